"""The tables: a class, a property, and the vocabulary that holds them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import pyoxigraph as ox
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

DIP: Final = "https://w3id.org/diplograph/ns#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
OWL: Final = "http://www.w3.org/2002/07/owl#"

Kind = Literal["entity", "situation", "time", "quantity", "money", "concept", "text", "literal", "node"]
"""What a property takes: `node` is for what only the program writes, such as a claim."""


class Class(Struct, frozen=True):
    """A class: its own name, all classes above it (itself first), and how its acts speak.

    `speaker` is the key of the property that holds the claimants of what an act conveys,
    `conveys` how the class takes its content; both are empty where the ontology is silent.
    """

    name: str
    iri: ox.NamedNode
    ancestors: tuple[str, ...]
    label: str
    comment: str
    speaker: str
    conveys: str
    default_status: str
    content_status: str


class Property(Struct, frozen=True):
    """A property: the kind of value it takes, and how claims can disagree on it.

    `word` is the key in annotations, or the local name. `range` is the class of an entity or
    situation, or the datatype of a literal. `conflicts` are words of the list of rules.
    """

    word: str
    iri: ox.NamedNode
    kind: Kind
    range: ox.NamedNode | None
    label: str
    comment: str
    value_list: str
    conveys: str
    default_class: str
    conflicts: frozenset[str]
    conflict_within: str
    compatibility: str
    incompatibility: str


class Vocabulary(Struct, frozen=True):
    """All tables. `facts` and `entities` are by annotation key, `lists` by list and word.

    `fact_keys` and `entity_keys` are all keys that a fact or an entity may have.
    """

    version: str
    classes: Mapping[str, Class]
    properties: Mapping[str, Property]
    facts: Mapping[str, Property]
    entities: Mapping[str, Property]
    lists: Mapping[str, Mapping[str, ox.NamedNode]]
    definitions: Mapping[ox.NamedNode, str]
    fact_keys: frozenset[str]
    entity_keys: frozenset[str]

    def is_a(self, name: str, ancestor: str) -> bool:
        """Tell whether a class is another one or below it."""
        found = self.classes.get(name)
        return found is not None and ancestor in found.ancestors

    def below(self, ancestor: str) -> list[Class]:
        """List a class and all classes below it, by name."""
        return [found for _, found in sorted(self.classes.items()) if ancestor in found.ancestors]

    def terms(self) -> dict[str, bool]:
        """List the IRIs of all terms, each with whether it is a class."""
        lists = [f"{DIP}{name}-list" for name in self.lists]
        others = [*self.properties, *(iri.value for iri in self.definitions), *lists]
        return dict.fromkeys(others, False) | {found.iri.value: True for found in self.classes.values()}

    def subclass_triples(self) -> list[ox.Triple]:
        """Give which class is below which, each with all above it, for engines that ask the data."""
        below = ox.NamedNode(RDFS + "subClassOf")
        return [
            ox.Triple(found.iri, below, self.classes[name].iri)
            for found in self.classes.values()
            for name in found.ancestors[1:]
            if name in self.classes
        ]
