"""The mapping's own tables: what the ontology says, as the terms to be written, made once for a run.

For each key of a fact there is a function that makes the term of a value, so that a fact costs
no look-up that could have been done before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct

from diplograph.mapping import terms
from diplograph.values import literals
from diplograph.values.identifiers import iri_part

if TYPE_CHECKING:
    from diplograph.annotations import EntityName as Name
    from diplograph.annotations import Fact, FactId, SharedKey, Text, Time, Word
    from diplograph.mapping.identity import Identities
    from diplograph.mapping.nodes import Term
    from diplograph.mapping.scope import Scope
    from diplograph.vocabulary import Class, Property, Vocabulary

Make: TypeAlias = Callable[[Any, "Scope", "Identities", str, int], "Term"]
"""From a value, the part of IRIs that stands for its fact, and its position to the value's term."""

_NODES: Final = ("time", "quantity", "money")


class Key(Struct, frozen=True):
    """A key of facts: the property, how the terms of its values are made, and what is to be done beside.

    `described` tells that a value has a node of its own, `contains` that it is a situation.
    `conveys` says how it takes its content.
    """

    word: str
    predicate: Term
    make: Make
    described: bool
    contains: bool
    conveys: str


class Tables:
    """Classes, words and keys of the ontology as terms; pairs of a property and a word are made, too."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.classes: Mapping[str, Class] = vocabulary.classes
        self.class_terms = {name: f"<{found.iri.value}>" for name, found in vocabulary.classes.items()}
        self.claimed = {name: (terms.CLAIMED_TYPE, term) for name, term in self.class_terms.items()}
        self.lists = {
            name: {word: f"<{iri.value}>" for word, iri in words.items()} for name, words in vocabulary.lists.items()
        }
        self.certainty = self._pairs("certainty", terms.CERTAINTY)
        self.polarity = self._pairs("polarity", terms.POLARITY)
        self.status = self._pairs("status", terms.STATUS)
        self.part = self._pairs("part", terms.PART)
        self.granularity = self._pairs("granularity", terms.GRANULARITY)
        self.basis = self._pairs("basis", terms.BASIS)
        self.qualifier = self._pairs("qualifier", terms.QUALIFIER)
        self.per = self._pairs("per", terms.PER)
        self.facts = {word: self._key(word, found) for word, found in vocabulary.facts.items()}

    def _pairs(self, name: str, predicate: Term) -> dict[str, tuple[Term, Term]]:
        return {word: (predicate, term) for word, term in self.lists.get(name, {}).items()}

    def _key(self, word: str, found: Property) -> Key:
        return Key(
            word=word,
            predicate=f"<{found.iri.value}>",
            make=self._maker(word, found),
            described=found.kind in _NODES,
            contains=found.kind == "situation",
            conveys=found.conveys,
        )

    def _maker(self, word: str, found: Property) -> Make:
        if found.kind == "concept":
            return _maker_of_words(self.lists[found.value_list])
        if found.kind in _NODES:
            return _maker_of_nodes(iri_part(word))
        if found.kind in ("text", "literal"):
            return _maker_of_literals(found.range.value if found.range else literals.STRING)
        return _entity_term if found.kind == "entity" else _situation_term


def _entity_term(value: Name, scope: Scope, _names: Identities, _part: str, _place: int) -> Term:
    return scope.entity(value.name)


def _situation_term(
    value: Fact | FactId | SharedKey, _scope: Scope, names: Identities, _part: str, _place: int
) -> Term:
    return names.situation(value).iri


def _maker_of_words(words: Mapping[str, Term]) -> Make:
    def make(value: Word, _scope: Scope, _names: Identities, _part: str, _place: int) -> Term:
        return words[value.word]

    return make


def _maker_of_nodes(key: str) -> Make:
    def make(_value: Time, scope: Scope, _names: Identities, part: str, place: int) -> Term:
        return f"{scope.values}{part}.{key}.{place}>"

    return make


def _maker_of_literals(datatype: str) -> Make:
    def make(value: Text, scope: Scope, _names: Identities, _part: str, _place: int) -> Term:
        return scope.text(value.label) if datatype == literals.LANG_STRING else text_literal(value, datatype)

    return make


def text_literal(text: Text, datatype: str) -> Term:
    """Make the literal of a property: tagged text, or a value of the property's datatype."""
    if datatype in (literals.LANG_STRING, literals.STRING):
        return literals.labelled(*text.label)
    return literals.typed(text.label[0], datatype)
