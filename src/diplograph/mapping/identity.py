"""Which situation a fact is about, and what its claims are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diplograph.annotations import Fact, FactId, SharedKey
from diplograph.mapping.iris import fact_part

if TYPE_CHECKING:
    from diplograph.mapping.nodes import Term
    from diplograph.mapping.scope import Scope


class Situation(Struct, frozen=True):
    """A situation as an article names it: by a key that articles share, or by a fact of its own.

    `type`, `polarity` and `status` are what the fact that describes it says, empty for a bare
    shared key.
    """

    iri: Term
    key: str
    shared: bool
    type: str = ""
    polarity: str = ""
    status: str = ""


class Identities:
    """The names of all facts of one article, nested ones included."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._parts: dict[int, str] = {}
        self._by_id: dict[str, Fact] = {}
        for top in scope.article.facts:
            self._enter(top, (top.id,))

    def _enter(self, fact: Fact, path: tuple[str, ...]) -> None:
        self._parts[id(fact)] = fact_part(path)
        if fact.id:
            self._by_id[fact.id] = fact
        for key, values in fact.values:
            for place, value in enumerate(values, start=1):
                if type(value) is Fact:
                    self._enter(value, (value.id,) if value.id else (*path, key, str(place)))

    def part(self, fact: Fact) -> str:
        """Give the part of IRIs that stands for a fact: its id, or the way to it from one."""
        return self._parts[id(fact)]

    def situation(self, value: Fact | FactId | SharedKey) -> Situation:
        """Name the situation that a fact, a reference to a fact, or a shared key is about."""
        if isinstance(value, SharedKey):
            return Situation(self._scope.iris.situation(value.key), value.key, shared=True)
        fact = self._by_id[value.id] if isinstance(value, FactId) else value
        if fact.about:
            iri, key = self._scope.iris.situation(fact.about), fact.about
        else:
            key = self._parts[id(fact)]
            iri = f"{self._scope.situations}{key}>"
        return Situation(iri, key, bool(fact.about), fact.type, fact.polarity, fact.status)
