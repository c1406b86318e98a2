"""The graph of a corpus as a stream of nodes: entities, articles, situations, provenance.

Where reading, mapping and situations meet; one article is in memory at a time, and what the
situations that articles share need to be told at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diplograph.mapping.articles import map_article
from diplograph.mapping.entities import entity_node
from diplograph.mapping.provenance import provenance_nodes
from diplograph.situations.collecting import Situations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diplograph.mapping.iris import Iris
    from diplograph.mapping.nodes import Node
    from diplograph.reading.corpus import Corpus, Reading
    from diplograph.reading.documents import Document, Path


def graph_nodes(corpus: Corpus, iris: Iris, ended: str = "") -> Iterator[Node]:
    """Give all nodes of a corpus; each subject once.

    Articles with problems are left out: see `Corpus.check`. `ended` is the time to be stated in
    the provenance (`xsd:dateTime`), or `""` for none.
    """
    situations = Situations(corpus.vocabulary, iris)
    described: set[str] = set()
    for reading in corpus.articles():
        yield from _new_entities(corpus, iris, situations, described)
        yield from _article(reading, corpus, iris, situations)
    yield from _new_entities(corpus, iris, situations, described)
    yield from situations.finish()
    yield from provenance_nodes(corpus.inputs, iris, ended)


def _article(reading: Reading, corpus: Corpus, iris: Iris, situations: Situations) -> Iterator[Node]:
    found = map_article(reading.article, corpus.vocabulary, iris)
    entities = iris.graph("entities")
    for node in found.nodes:
        if node.graph == entities:
            situations.links.add(node)
        yield node
    yield from situations.add(found.statements)


def _new_entities(corpus: Corpus, iris: Iris, situations: Situations, described: set[str]) -> Iterator[Node]:
    """Describe the entities of registers that have been read since the last time."""
    graph = iris.graph("entities")
    for name in [name for name in corpus.entities if name not in described]:
        described.add(name)
        node = entity_node(corpus.entities[name].entity, iris.entity(name), graph, iris.entity, corpus.vocabulary)
        situations.links.add(node)
        yield node


def located_nodes(corpus: Corpus, iris: Iris) -> Iterator[tuple[Node, Document, Mapping[int, Path]]]:
    """Give all nodes once more, each with its document and the way back to its place in it.

    A situation or conflict comes with the document of its first statement.
    """
    situations = Situations(corpus.vocabulary, iris)
    described: set[str] = set()
    documents: dict[str, tuple[Document, Mapping[int, Path]]] = {}
    for reading in corpus.articles(traced=True):
        list(_new_entities(corpus, iris, situations, described))
        for node in _article(reading, corpus, iris, situations):
            documents.setdefault(node.subject.value, (reading.document, reading.trace))
            yield node, reading.document, reading.trace
    for entity in corpus.entities.values():
        graph = iris.graph("entities")
        node = entity_node(entity.entity, iris.entity(entity.entity.name), graph, iris.entity, corpus.vocabulary)
        yield node, entity.document, entity.trace
    for node in situations.finish():
        first = node.origin[0] if isinstance(node.origin, tuple) else None
        found = documents.get(first.node.value) if first is not None else None
        if found is not None:
            yield node, *found
