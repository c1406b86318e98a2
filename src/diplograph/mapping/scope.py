"""What all facts of one article share: the IRIs within it, its language, its spans."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct
from pyoxigraph import Literal, NamedNode

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
    from diplograph.mapping.nodes import Properties
    from diplograph.vocabulary import Vocabulary


class _SpanUse(Struct):
    """All that an annotation says of one span: each is one mention, however often it is used."""

    spans: list[Span]
    quotation: bool = False
    names: list[WrittenName] = []


class Scope:
    """The names and spans of one article; mentions are made on demand, each once."""

    def __init__(self, article: Article, vocabulary: Vocabulary, iris: Iris) -> None:
        self.article = article
        self.vocabulary = vocabulary
        self.iris = iris
        self.part = article_part(article.sha256)
        self.subject = iris.node("article", self.part)
        self.graph = iris.node("graph", self.part)
        self._own = {entity.name for entity in article.entities}
        self._spans = _span_uses(article)
        self._described: set[tuple[int, int]] = set()

    def node(self, space: str, *parts: str) -> NamedNode:
        """Mint the IRI of something within the article; the parts are encoded already."""
        return self.iris.node(space, self.part, *parts)

    def entity(self, name: str) -> NamedNode:
        """Give the IRI of an entity: the article's own, or a register's."""
        return self.node("entity", iri_part(name)) if name in self._own else self.iris.entity(name)

    def text(self, label: Label) -> Literal:
        """Make a literal of words of the article: in its language, unless another is given."""
        return literals.labelled(label[0], label[1] or self.article.language)

    def mentions(self, spans: Iterable[Span]) -> list[NamedNode]:
        """Give the IRIs of the mentions of some spans."""
        return [self._mention(span.start, span.end) for span in spans]

    def new_mentions(self, spans: Iterable[Span]) -> Iterator[Node]:
        """Describe the mentions of some spans, as far as they have not been described before."""
        for span in spans:
            extent = (span.start, span.end)
            if extent not in self._described:
                self._described.add(extent)
                yield from self._mention_nodes(*extent)

    def _mention(self, start: int, end: int) -> NamedNode:
        return self.node("mention", f"{start}-{end}")

    def _mention_nodes(self, start: int, end: int) -> Iterator[Node]:
        """Describe a span as the Web Annotation Data Model has it (sections 4 and 4.2.5)."""
        use = self._spans[start, end]
        subject = self._mention(start, end)
        selector = self.node("mention", f"{start}-{end}", "selector")
        properties: Properties = [(terms.TYPE, terms.MENTION)]
        if use.quotation:
            properties.append((terms.TYPE, terms.QUOTATION))
        properties += [(terms.HAS_SOURCE, self.subject), (terms.HAS_SELECTOR, selector)]
        parts = self.vocabulary.lists["part"]
        properties += [(terms.PART, parts[word]) for word in self._parts_around(start, end)]
        digests = sorted({span.digest for span in use.spans if span.digest})
        properties += [(terms.DIGEST, Literal(digest)) for digest in digests]
        for name in use.names:
            properties.append((terms.MENTIONS, self.entity(name.entity.name)))
            properties.append((terms.WRITTEN_AS, self.text((name.written, ""))))
        origin = use.spans[0]
        yield Node(subject, properties, self.graph, origin)
        position: Properties = [
            (terms.TYPE, terms.TEXT_POSITION),
            (terms.START, literals.typed(str(start), literals.INTEGER)),
            (terms.END, literals.typed(str(end), literals.INTEGER)),
        ]
        yield Node(selector, position, self.graph, origin)

    def _parts_around(self, start: int, end: int) -> list[str]:
        """List the parts of the article that hold the whole span."""
        return [
            word for word, spans in self.article.parts if any(span.start <= start and end <= span.end for span in spans)
        ]


def _span_uses(article: Article) -> dict[tuple[int, int], _SpanUse]:
    uses: dict[tuple[int, int], _SpanUse] = defaultdict(lambda: _SpanUse(spans=[], names=[]))
    for name in article.names:
        for span in name.evidence:
            uses[span.start, span.end].spans.append(span)
            uses[span.start, span.end].names.append(name)
    for fact in all_facts(article.facts):
        for span in (*fact.evidence, *fact.quotation):
            uses[span.start, span.end].spans.append(span)
        for span in fact.quotation:
            uses[span.start, span.end].quotation = True
    return dict(uses)


def all_facts(facts: Iterable[Fact]) -> Iterator[Fact]:
    """Go through facts and the situations nested in them."""
    for fact in facts:
        yield fact
        yield from all_facts(value for _, values in fact.values for value in values if isinstance(value, Fact))
