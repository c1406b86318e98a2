"""Terms of the graph as a page shows them: named, linked, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from diplograph.explaining.values import in_words
from diplograph.explaining.view import DIP, IDENTIFIER, RDF_TYPE, RDFS_LABEL, View, dip
from diplograph.web.links import Link, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diplograph.explaining.view import Term
    from diplograph.web.graph import Served

    Rows = list[tuple[Link, list[Link]]]

_OA: Final = "http://www.w3.org/ns/oa#"
_SPANS: Final = {"Mention", "Quotation"}
_VALUES: Final = {"TimeValue", "Quantity", "MonetaryValue"}
_SAID: Final = {"Claim", "Proposition"}
_KINDS: Final = {
    f"http://www.w3.org/{space}#{word}": name
    for space, word, name in (
        ("2002/07/owl", "Class", "class"),
        ("2000/01/rdf-schema", "Class", "class"),
        ("2002/07/owl", "ObjectProperty", "property"),
        ("2002/07/owl", "DatatypeProperty", "property of text or numbers"),
        ("2002/07/owl", "AnnotationProperty", "annotation"),
        ("1999/02/22-rdf-syntax-ns", "Property", "property"),
        ("2002/07/owl", "Ontology", "ontology"),
        ("2004/02/skos/core", "Concept", "concept"),
        ("2004/02/skos/core", "ConceptScheme", "list of concepts"),
    )
}
"""What a term of a vocabulary is, in words: these classes have no labels in the graph."""
_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
SOURCE: Final = NamedNode("http://www.w3.org/ns/prov#hadPrimarySource")


def start_of(place: Link) -> int:
    """Tell where a span begins, by its words."""
    digits = place.text.partition("–")[0]  # noqa: RUF001 - a range
    return int(digits) if digits.isascii() and digits.isdigit() else 0


class Terms:
    """Links for the terms of one graph."""

    def __init__(self, graph: Served) -> None:
        self.view: View = graph.view
        self._base = graph.base
        self._links: dict[NamedNode, Link] = {}

    def link(self, term: Term) -> Link:
        """Show a term: the name of an IRI with its page, the text of a literal."""
        if isinstance(term, Literal):
            datatype = "" if term.language or term.datatype.value == _STRING else self.short(term.datatype)
            return Link(term.value, title=datatype, language=term.language or "")
        if not isinstance(term, NamedNode):
            return Link(self.view.names.short(term))
        found = self._links.get(term)
        if found is None:
            found = self._links[term] = Link(self._words(term) or self.short(term), self.page(term), term.value)
        return found

    def source(self, term: Term) -> Link:
        """Show who says something; an article by its key, with its name as the title."""
        key = (
            self.view.text(term, IDENTIFIER) if isinstance(term, NamedNode) and self.view.is_a(term, "Article") else ""
        )
        if not key or not isinstance(term, NamedNode):
            return self.link(term)
        return Link(f"article {key}", self.page(term), self.view.name(term))

    def short_link(self, term: Term) -> Link:
        """Show a term by its short name: what was asked for is not put into words."""
        if not isinstance(term, NamedNode):
            return self.link(term)
        return Link(self.short(term), self.page(term), term.value)

    def page(self, term: NamedNode) -> str:
        """Give the address of the page of an IRI."""
        return page_of(term.value, self._base)

    def short(self, term: Term) -> str:
        """Give the short name of a term."""
        return self.view.names.short(term)

    def links(self, terms: Iterable[Term]) -> list[Link]:
        """Show terms in the order of what is shown."""
        return sorted(map(self.link, terms), key=lambda link: (link.text, link.href))

    def properties(self, subject: NamedNode, left_out: Iterable[NamedNode] = ()) -> Rows:
        """Show all properties of something with their values."""
        without = set(left_out)
        listed = [found for found in self.view.properties(subject) if found not in without]
        return sorted((self.link(found), self.links(self.view.values(subject, found))) for found in listed)

    def _words(self, term: NamedNode) -> str:
        kinds = {
            kind.value.removeprefix(DIP) for kind in self.view.values(term, RDF_TYPE) if isinstance(kind, NamedNode)
        }
        if kinds & _SPANS:
            return self.place(term)
        if kinds & _VALUES:
            return in_words(term, self.view)
        if kinds & _SAID:
            return f"{self.told(term)} ({self._origin(term, 'claim' if 'Claim' in kinds else 'proposition')})"
        if term.value in _KINDS and not self.view.values(term, RDFS_LABEL):
            return _KINDS[term.value]
        return self.view.name(term)

    def told(self, claim: NamedNode) -> str:
        """Name what a claim or a proposition tells: by its label, else by what it is about."""
        about = None if self.view.values(claim, RDFS_LABEL) else self.view.value(claim, dip("about"))
        return self.view.name(about or claim)

    def _origin(self, claim: NamedNode, kind: str) -> str:
        """Tell claims apart that have one label: whether it is denied, by whom, and in which article."""
        denied = self.view.value(claim, dip("polarity")) == dip("polarity-negative")
        source, article = self.view.value(claim, dip("claimant")), self.view.value(claim, SOURCE)
        key = self.view.text(article or claim, IDENTIFIER)
        parts = (
            f"negative {kind}" if denied else kind,
            source not in {None, article} and f"of {self.view.name(source)}",
            key and f"in {key}",
        )
        return " ".join(part for part in parts if part)

    def place(self, mention: NamedNode) -> str:
        """Tell where a span stands: its offsets, and the parts of the article that hold it."""
        selector = self.view.value(mention, NamedNode(_OA + "hasSelector"))
        if selector is None:
            return self.view.name(mention)
        start, end = (self.view.number(selector, NamedNode(_OA + word)) for word in ("start", "end"))
        parts = ", ".join(self.view.name(part) for part in self.view.values(mention, dip("part")))
        return f"{start}–{end}" + (f" ({parts})" if parts else "")  # noqa: RUF001 - a range

    def places(self, claim: NamedNode) -> list[Link]:
        """Show the spans that bear a claim, in their order."""
        return sorted((self.link(place) for place in self.view.values(claim, dip("evidence"))), key=start_of)

    def classes(self, subject: NamedNode) -> list[Link]:
        """Show the classes of something."""
        return self.links(self.view.values(subject, RDF_TYPE))
