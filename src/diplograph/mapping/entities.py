"""Entities: what a register, or an article for itself, says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode

from diplograph.annotations import EntityName, Text, Word
from diplograph.mapping import terms
from diplograph.mapping.nodes import Node
from diplograph.values import literals

if TYPE_CHECKING:
    from collections.abc import Callable

    from diplograph.annotations import Entity
    from diplograph.mapping.nodes import Properties
    from diplograph.vocabulary import Vocabulary

WIKIDATA: Final = "http://www.wikidata.org/entity/"


def entity_node(
    entity: Entity, subject: NamedNode, graph: NamedNode, named: Callable[[str], NamedNode], vocabulary: Vocabulary
) -> Node:
    """Describe an entity; `named` gives the IRIs of the entities that it refers to."""
    properties: Properties = [(terms.TYPE, vocabulary.classes[entity.type].iri)]
    properties += [(terms.LABEL, literals.labelled(*label)) for label in entity.labels]
    properties += [(terms.ALT_LABEL, literals.labelled(*label)) for label in entity.aliases]
    properties.append((terms.IDENTIFIER, Literal(entity.name)))
    if entity.code:
        properties.append((terms.NOTATION, Literal(entity.code)))
    for key, values in entity.values:
        found = vocabulary.entities[key]
        for value in values:
            if isinstance(value, EntityName):
                properties.append((found.iri, named(value.name)))
            elif isinstance(value, Word):
                properties.append((found.iri, vocabulary.lists[found.value_list][value.word]))
            elif isinstance(value, Text):
                properties.append((found.iri, text_literal(value, found.range)))
    if entity.wikidata:
        properties.append((terms.SAME_AS, NamedNode(WIKIDATA + entity.wikidata)))
    properties += [(terms.NOTE, literals.labelled(*note)) for note in entity.notes]
    return Node(subject, properties, graph, entity)


def text_literal(text: Text, datatype: NamedNode | None) -> Literal:
    """Make the literal of a property: tagged text, or a value of the property's datatype."""
    if datatype is None or datatype in (literals.LANG_STRING, literals.STRING):
        return literals.labelled(*text.label)
    return literals.typed(text.label[0], datatype)
