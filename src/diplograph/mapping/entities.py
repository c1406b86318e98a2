"""Entities: what a register, or an article for itself, says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.annotations import EntityName, Text, Word
from diplograph.mapping import terms
from diplograph.mapping.nodes import Node
from diplograph.mapping.tables import text_literal
from diplograph.values import literals

if TYPE_CHECKING:
    from collections.abc import Callable

    from diplograph.annotations import Entity
    from diplograph.mapping.nodes import Properties, Term
    from diplograph.mapping.tables import Tables

WIKIDATA: Final = "http://www.wikidata.org/entity/"


def entity_node(entity: Entity, subject: Term, graph: Term, named: Callable[[str], Term], tables: Tables) -> Node:
    """Describe an entity; `named` gives the IRIs of the entities that it refers to."""
    properties: Properties = [(terms.TYPE, tables.class_terms[entity.type])]
    properties += [(terms.LABEL, literals.labelled(*label)) for label in entity.labels]
    properties += [(terms.ALT_LABEL, literals.labelled(*label)) for label in entity.aliases]
    properties.append((terms.IDENTIFIER, literals.plain(entity.name)))
    if entity.code:
        properties.append((terms.NOTATION, literals.plain(entity.code)))
    for key, values in entity.values:
        found = tables.vocabulary.entities[key]
        predicate, datatype = f"<{found.iri.value}>", found.range.value if found.range else literals.STRING
        for value in values:
            if isinstance(value, EntityName):
                properties.append((predicate, named(value.name)))
            elif isinstance(value, Word):
                properties.append((predicate, tables.lists[found.value_list][value.word]))
            elif isinstance(value, Text):
                properties.append((predicate, text_literal(value, datatype)))
    if entity.wikidata:
        properties.append((terms.SAME_AS, f"<{WIKIDATA}{entity.wikidata}>"))
    properties += [(terms.NOTE, literals.labelled(*note)) for note in entity.notes]
    return Node(subject, properties, graph, entity)
