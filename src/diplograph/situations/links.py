"""Which entities are tied to which by the properties that make values compatible or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from diplograph.mapping.nodes import Node, Term
    from diplograph.vocabulary import Vocabulary

Tie: TypeAlias = tuple[str, str, str]
"""A property's predicate, an entity, and what the entity is tied to by it, as terms."""


class Links:
    """The ties of the entities that all articles share, and beside them those of one article's own."""

    def __init__(self, predicates: Iterable[Term], above: Links | None = None) -> None:
        self._tied: dict[Term, dict[Term, set[Term]]] = {predicate: defaultdict(set) for predicate in predicates}
        self._above = above

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Links:
        """Make the links of a vocabulary, without any ties yet."""
        properties = vocabulary.facts.values()
        words = {word for found in properties for word in (found.compatibility, found.incompatibility) if word}
        return cls(f"<{word}>" for word in words)

    def ties(self, nodes: Iterable[Node]) -> list[Tie]:
        """List what nodes say of ties."""
        tied = self._tied
        return [
            (predicate, node.subject, value)
            for node in nodes
            for predicate, value in node.properties
            if predicate in tied
        ]

    def add(self, ties: Iterable[Tie]) -> None:
        """Learn ties."""
        for predicate, entity, value in ties:
            self._tied[predicate][entity].add(value)

    def beside(self, ties: Iterable[Tie]) -> Links:
        """Give these links with further ties, which are not kept."""
        ties = list(ties)
        if not ties:
            return self
        found = Links(self._tied, self)
        found.add(ties)
        return found

    def reached(self, terms: Iterable[Term]) -> Iterator[Tie]:
        """List the ties of an article's own entities that chains from some terms use."""
        if self._above is None:
            return
        ahead = list(dict.fromkeys(terms))
        seen = set(ahead)
        for current in ahead:
            for predicate, tied in self._tied.items():
                for value in sorted(tied.get(current, ())):
                    yield predicate, current, value
                    if value not in seen:
                        seen.add(value)
                        ahead.append(value)

    def values(self, predicate: Term, entity: Term) -> set[Term]:
        """Give what an entity is tied to by a property."""
        found = self._tied.get(predicate, {}).get(entity, set())
        return found | self._above.values(predicate, entity) if self._above else found

    def within(self, word: str, inner: Term, outer: Term) -> bool:
        """Tell whether a chain of ties leads from one entity to another, or they are the same."""
        if inner == outer or not word:
            return inner == outer
        predicate = f"<{word}>"
        reached, ahead = {inner}, [inner]
        for current in ahead:
            new = self.values(predicate, current) - reached
            reached |= new
            ahead += sorted(new)
        return outer in reached

    def tied(self, word: str, one: Term, other: Term) -> bool:
        """Tell whether two entities are tied directly, in either direction."""
        predicate = f"<{word}>"
        return other in self.values(predicate, one) or one in self.values(predicate, other)
