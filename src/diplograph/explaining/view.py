"""A view of a store by terms of the ontology: values, what refers to something, and names for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from diplograph.values.printing import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import BlankNode, Store, Triple

    from diplograph.queries.names import Names

    Term = NamedNode | BlankNode | Literal | Triple

DIP: Final = "https://w3id.org/diplograph/ns#"
RDF_TYPE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
RDFS_LABEL: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
DEFINITION: Final = NamedNode("http://www.w3.org/2004/02/skos/core#definition")
IDENTIFIER: Final = NamedNode("http://purl.org/dc/terms/identifier")


def dip(word: str) -> NamedNode:
    """Give a term of the ontology."""
    return NamedNode(DIP + word)


class View:
    """Looks things up in all graphs of a store; every answer is in a fixed order.

    `texts` has the texts of articles by their SHA-256, as far as they are at hand.
    """

    def __init__(self, store: Store, names: Names, texts: Mapping[str, str]) -> None:
        self._store = store
        self.names = names
        self.texts = texts

    def values(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """Give the values of a property, sorted."""
        if not isinstance(subject, NamedNode):
            return []
        found = {quad.object for quad in self._store.quads_for_pattern(subject, predicate, None, None)}
        return sorted(found, key=str)

    def value(self, subject: Term, predicate: NamedNode) -> Term | None:
        """Give the value of a property, the first if there are several."""
        return next(iter(self.values(subject, predicate)), None)

    def text(self, subject: Term, predicate: NamedNode) -> str:
        """Give the value of a property as text, or nothing."""
        return one_line(self.names.short(self.value(subject, predicate)))

    def number(self, subject: Term, predicate: NamedNode) -> int:
        """Give the value of a property as a whole number, 0 if there is none."""
        found = self.text(subject, predicate)
        return int(found) if found.isascii() and found.isdigit() else 0

    def subjects(self, predicate: NamedNode, value: NamedNode) -> list[NamedNode]:
        """Give what has something as the value of a property, sorted."""
        quads = self._store.quads_for_pattern(None, predicate, value, None)
        return sorted({quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}, key=str)

    def properties(self, subject: NamedNode) -> list[NamedNode]:
        """Give the properties that something has, sorted."""
        quads = self._store.quads_for_pattern(subject, None, None, None)
        return sorted({quad.predicate for quad in quads}, key=str)

    def pointing(self, value: NamedNode) -> list[tuple[NamedNode, NamedNode]]:
        """Give what points at something, each with the property by which it does, sorted."""
        quads = self._store.quads_for_pattern(None, None, value, None)
        return sorted({(q.subject, q.predicate) for q in quads if isinstance(q.subject, NamedNode)}, key=str)

    def is_a(self, subject: Term, word: str) -> bool:
        """Tell whether something is directly of a class of the ontology."""
        return dip(word) in self.values(subject, RDF_TYPE)

    def name(self, term: Term | None) -> str:
        """Name something for people: by its label, else by its identifier or IRI.

        A label without language goes before one in English, and that before others. Where
        several entities have the same label, the IRI tells them apart.
        """
        if not isinstance(term, NamedNode):
            return one_line(self.names.short(term))
        labels = [found for found in self.values(term, RDFS_LABEL) if isinstance(found, Literal)]
        if not labels:
            return self.text(term, IDENTIFIER) or self.names.short(term)
        best = min(labels, key=lambda label: (label.language not in (None, "en"), label.language or "", label.value))
        alike = self.value(term, IDENTIFIER) is not None and self._others(term, best)
        return one_line(best.value) + (f" ({self.names.short(term)})" if alike else "")

    def _others(self, term: NamedNode, label: Literal) -> bool:
        """Tell whether another entity has the same label; claims and situations are no entities."""
        for quad in self._store.quads_for_pattern(None, RDFS_LABEL, label, None):
            other = quad.subject
            known = isinstance(other, NamedNode) and self.value(other, IDENTIFIER) is not None
            if known and other != term and self.value(other, dip("occurrence")) is None:
                return True
        return False
