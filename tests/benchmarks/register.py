"""The register of a made-up corpus: entities of the classes in the mix of the seeds, and how they are drawn.

Owns what the entities are called and how they hang together; knows nothing of facts.
"""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks import words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from random import Random

Entity = dict[str, Any]
NAME: Final = "entities.register.json"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FICTITIOUS: Final = 900_000_000
"""Wikidata has no item with so high a number."""
_LAST: Final = ("Occasion", "Issue", "WeaponSystem")
"""Classes named by a phrase."""


class Register:
    """Entities by class, the frequent ones first: of a class, the n-th is drawn in proportion to 1/n (Zipf)."""

    def __init__(self, size: int, mix: Mapping[str, int], random: Random) -> None:
        self.names = {kind: _names(kind, count) for kind, count in _counts(size, mix).items()}
        self._weights = {
            kind: list(accumulate(1 / rank for rank in range(1, len(names) + 1))) for kind, names in self.names.items()
        }
        self.entities: dict[str, Entity] = {
            name: self._described(kind, place, name, random)
            for kind, names in self.names.items()
            for place, name in enumerate(names)
        }

    def draw(self, kind: str, random: Random, besides: Collection[str] = ()) -> str:
        """Draw an entity of a class, other than some."""
        weights, names = self._weights[kind], self.names[kind]
        while True:
            name = names[bisect(weights, random.random() * weights[-1])]
            if name not in besides:
                return name

    def _described(self, kind: str, place: int, name: str, random: Random) -> Entity:
        language = words.language(random)
        label = _label(kind, place, language, random)
        entity: Entity = {"type": kind, "label": {language: label} if random.random() < 0.3 else label}
        if random.random() < 0.25:
            other = words.language(random)
            entity["alias"] = [_label(kind, place, other, random), f"{name} ({other})"]
        if kind == "State" and place < len(_LETTERS) * 10:
            entity["code"] = _LETTERS[place // len(_LETTERS)] + _LETTERS[place % len(_LETTERS)]
        if random.random() < 0.4:
            entity["wikidata"] = f"Q{_FICTITIOUS + 1_000_000 * list(self.names).index(kind) + place}"
        entity.update(self._tied(kind, place, name, random))
        return entity

    def _tied(self, kind: str, place: int, name: str, random: Random) -> Entity:
        """Say how an entity hangs together with others: only with those before it of its own class."""
        ties: Entity = {}
        chance = random.random()
        if kind in ("Person", "GovernmentBody", "MediaOrganisation", "ArmedActor") and chance < 0.9:
            ties["country"] = self.draw("State", random)
        if kind == "State" and chance < 0.6:
            ties["memberOf"] = self.draw("IntergovernmentalOrganisation", random)
        if kind in ("Person", "Agent") and chance < 0.15:
            ties["memberOf"] = self.draw(words.pick(("IntergovernmentalOrganisation", "Agent"), random), random, {name})
        if kind == "Office":
            ties["officeOf"] = self.draw("State" if chance < 0.8 else "GovernmentBody", random)
            if place and chance < 0.1:
                ties["incompatibleWith"] = self.names[kind][int(random.random() * place)]
        if kind == "Place" and place and chance < 0.6:
            ties["locatedIn"] = self.names[kind][int(random.random() * place)]
        elif kind == "Place":
            ties["country"] = self.draw("State", random)
        return ties


def _counts(size: int, mix: Mapping[str, int]) -> dict[str, int]:
    """Split a number in the proportions of a mix, with some of every class; the most frequent takes the rest."""
    total = sum(mix.values())
    counts = {kind: max(8, size * count // total) for kind, count in sorted(mix.items())}
    largest = max(counts, key=lambda kind: counts[kind])
    counts[largest] = max(8, size - sum(counts.values()) + counts[largest])
    return counts


def _names(kind: str, count: int) -> list[str]:
    return [f"{kind.lower()}-{place + 1}" for place in range(count)]


def _label(kind: str, place: int, language: str, random: Random) -> str:
    if kind == "Person":
        return words.person(language, random)
    if kind in _LAST:
        return words.phrase(language, random)
    if kind in ("Place", "State"):
        return f"{words.place(language, random)} {place + 1}"
    return f"{words.noun(language, random)} {words.place(language, random)}"
