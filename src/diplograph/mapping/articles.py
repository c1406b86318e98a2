"""One article: the text, its names and own entities, and all that its facts become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diplograph.mapping import terms
from diplograph.mapping.entities import entity_node
from diplograph.mapping.facts import FactMapper
from diplograph.mapping.nodes import Node
from diplograph.mapping.scope import Scope
from diplograph.mapping.values import time_properties
from diplograph.values import literals
from diplograph.values.times import bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.annotations import Article, Time
    from diplograph.mapping.iris import Iris
    from diplograph.mapping.nodes import Properties
    from diplograph.mapping.statements import Statement
    from diplograph.mapping.tables import Tables


class ArticleGraph(Struct, frozen=True):
    """What one article becomes: its nodes in the order of the annotation, and its statements."""

    nodes: list[Node]
    statements: list[Statement]


def map_article(article: Article, tables: Tables, iris: Iris) -> ArticleGraph:
    """Map one article; the same annotation gives the same nodes wherever it is mapped."""
    scope = Scope(article, tables, iris)
    mapper = FactMapper(scope)
    mapper.nodes += (*_header(article, scope), *_entities(article, scope), *_names(article, scope))
    for fact in article.facts:
        mapper.map(fact)
    return ArticleGraph(mapper.nodes, mapper.statements)


def _header(article: Article, scope: Scope) -> Iterator[Node]:
    properties: Properties = [(terms.TYPE, terms.ARTICLE)]
    properties += [(terms.LABEL, literals.labelled(*label)) for label in article.labels]
    properties += [(terms.IDENTIFIER, literals.plain(article.id)), (terms.SHA256, literals.plain(article.sha256))]
    properties.append((terms.LENGTH, literals.integer(article.length)))
    if article.publisher:
        properties.append((terms.PUBLISHER, scope.entity(article.publisher.name)))
    properties += [(terms.AUTHOR, scope.entity(author.name)) for author in article.authors]
    if article.language:
        properties.append((terms.IN_LANGUAGE, literals.plain(article.language)))
    if article.url:
        properties.append((terms.URL, literals.typed(article.url, literals.ANY_URI)))
    if article.published:
        properties += _published(article.published, scope)
    properties += [(terms.NOTE, literals.labelled(*note)) for note in article.notes]
    yield Node(scope.subject, properties, scope.graph, article)
    if article.published:
        yield Node(
            scope.node("value", "published"), time_properties(article.published, scope), scope.graph, article.published
        )


def _published(published: Time, scope: Scope) -> Properties:
    """Say when the article was published: as a day if it is one, and in all that is known."""
    found: Properties = [(terms.PUBLISHED, scope.node("value", "published"))]
    limits = bounds(published.edtf) if published.edtf else None
    if limits and limits.firm and limits.earliest and limits.earliest == limits.latest:
        found.append((terms.DATE_PUBLISHED, literals.date(limits.earliest)))
    return found


def _entities(article: Article, scope: Scope) -> Iterator[Node]:
    graph = scope.iris.graph("entities")
    for entity in article.entities:
        yield entity_node(entity, scope.entity(entity.name), graph, scope.entity, scope.tables)


def _names(article: Article, scope: Scope) -> Iterator[Node]:
    for name in article.names:
        yield from scope.new_mentions(name.evidence)
