"""What all facts of one article share: the IRIs within it, its language, its spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diplograph.annotations import Fact
from diplograph.mapping import terms
from diplograph.mapping.iris import article_part
from diplograph.mapping.nodes import Node
from diplograph.values import literals
from diplograph.values.identifiers import iri_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diplograph.annotations import Article, Label, Span, WrittenName
    from diplograph.mapping.iris import Iris
    from diplograph.mapping.nodes import Properties, Term
    from diplograph.mapping.tables import Tables

_MENTION = (terms.TYPE, terms.MENTION)
_QUOTATION = (terms.TYPE, terms.QUOTATION)
_POSITION = (terms.TYPE, terms.TEXT_POSITION)


class _SpanUse(Struct):
    """All that an annotation says of one span: each is one mention, however often it is used.

    `origin` is the first of the spans.
    """

    origin: Span
    digests: set[str]
    quotation: bool = False
    names: list[WrittenName] = []


class Scope:
    """The names and spans of one article; mentions are made on demand, each once.

    `claims`, `situations`, `values` and `mentions` are the beginnings of the terms of such things.
    """

    def __init__(self, article: Article, tables: Tables, iris: Iris) -> None:
        self.article = article
        self.tables = tables
        self.iris = iris
        self.part = article_part(article.sha256)
        self.subject = iris.node("article", self.part)
        self.graph = iris.node("graph", self.part)
        self.claims, self.situations, self.values, self.mentions = (
            f"<{iris.base}{space}/{self.part}." for space in ("claim", "situation", "value", "mention")
        )
        self.in_article = (terms.IN_ARTICLE, self.subject)
        self._own = {entity.name: self.node("entity", iri_part(entity.name)) for entity in article.entities}
        self._uses = _span_uses(article)
        self._described: set[tuple[int, int]] = set()
        parts = tables.part
        self._parts = [(span.start, span.end, parts[word]) for word, spans in article.parts for span in spans]
        self._has_source = (terms.HAS_SOURCE, self.subject)

    def node(self, space: str, *parts: str) -> Term:
        """Mint the IRI of something within the article; the parts are encoded already."""
        return self.iris.node(space, self.part, *parts)

    def entity(self, name: str) -> Term:
        """Give the IRI of an entity: the article's own, or a register's."""
        return self._own.get(name) or self.iris.entity(name)

    def text(self, label: Label) -> Term:
        """Make a literal of words of the article: in its language, unless another is given."""
        return literals.labelled(label[0], label[1] or self.article.language)

    def evidence(self, spans: Iterable[Span]) -> Properties:
        """Give the mentions of some spans as evidence, each once."""
        start = self.mentions
        return [(terms.EVIDENCE, f"{start}{first}-{end}>") for first, end in {(one.start, one.end): 0 for one in spans}]

    def new_mentions(self, spans: Iterable[Span]) -> Iterator[Node]:
        """Describe the mentions of some spans, as far as they have not been described before."""
        for span in spans:
            extent = (span.start, span.end)
            if extent not in self._described:
                self._described.add(extent)
                yield from self._mention_nodes(*extent)

    def _mention_nodes(self, start: int, end: int) -> tuple[Node, Node]:
        """Describe a span as the Web Annotation Data Model has it (sections 4 and 4.2.5)."""
        use = self._uses[start, end]
        name = f"{self.mentions}{start}-{end}"
        selector = f"{name}.selector>"
        properties: Properties = [_MENTION, _QUOTATION] if use.quotation else [_MENTION]
        properties += (self._has_source, (terms.HAS_SELECTOR, selector))
        for first, last, part in self._parts:
            if first <= start and end <= last and part not in properties:
                properties.append(part)
        properties += [(terms.DIGEST, f'"{digest}"') for digest in sorted(use.digests)]
        for written in use.names:
            properties.append((terms.MENTIONS, self.entity(written.entity.name)))
            properties.append((terms.WRITTEN_AS, self.text((written.written, ""))))
        position: Properties = [
            _POSITION,
            (terms.START, literals.integer(start)),
            (terms.END, literals.integer(end)),
        ]
        return Node(f"{name}>", properties, self.graph, use.origin), Node(selector, position, self.graph, use.origin)


def _span_uses(article: Article) -> dict[tuple[int, int], _SpanUse]:
    uses: dict[tuple[int, int], _SpanUse] = {}

    def use(span: Span) -> _SpanUse:
        extent = (span.start, span.end)
        found = uses.get(extent)
        if found is None:
            found = uses[extent] = _SpanUse(span, set())
        if span.digest:
            found.digests.add(span.digest)
        return found

    for name in article.names:
        for span in name.evidence:
            use(span).names.append(name)
    ahead = list(reversed(article.facts))
    while ahead:
        fact = ahead.pop()
        for span in fact.evidence:
            use(span)
        for span in fact.quotation:
            use(span).quotation = True
        inner = [value for _, values in fact.values for value in values if type(value) is Fact]
        ahead += reversed(inner)
    return uses
