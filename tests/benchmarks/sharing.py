"""Situations that several articles tell: which there are while a corpus is being written.

Owns how many articles share a key, and how far apart they lie. The state is bounded: what has been told
often enough is forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.benchmarks import words

if TYPE_CHECKING:
    from random import Random

    from tests.benchmarks.facts import Writing
    from tests.benchmarks.templates import Mix, Template

ARTICLES: Final = 4
"""How many articles tell a shared situation, on average."""
SHARE: Final = 0.3
"""How many of the facts are about shared situations."""
_LIVING: Final = 10
"""One in so many of all shared situations is being told at one time."""
_TRIES: Final = 8


@dataclass(slots=True)
class Shared:
    """A situation with a shared key: what its claims agree on, how often it is told, and has been told."""

    key: str
    template: Template
    values: dict[str, Any]
    times: int
    told: int = 0


class _Pool:
    """Situations of which one is drawn, all alike; leaving costs the same however many there are."""

    def __init__(self) -> None:
        self._found: list[Shared] = []
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, shared: Shared) -> None:
        self._places[shared.key] = len(self._found)
        self._found.append(shared)

    def remove(self, shared: Shared) -> None:
        place, last = self._places.pop(shared.key), self._found.pop()
        if last is not shared:
            self._found[place] = last
            self._places[last.key] = place

    def draw(self, article: Writing, random: Random) -> Shared | None:
        """Draw one that an article has not told, unless there is hardly any."""
        for _ in range(_TRIES if self._found else 0):
            found = self._found[int(random.random() * len(self._found))]
            if found.key not in article.used:
                return found
        return None


class Situations:
    """The shared situations that are being told."""

    def __init__(self, facts: int, mix: Mix, random: Random) -> None:
        self._mix = mix
        self._random = random
        self._living = _Pool()
        self._by_type: defaultdict[str, _Pool] = defaultdict(_Pool)
        self._target = max(4, int(facts * SHARE / ARTICLES / _LIVING))
        self._ahead = 0
        self._count = 0

    def next(self, article: Writing, left: int) -> Shared | None:
        """Choose what an article tells next, new or known, with so many facts of the corpus still to come.

        Towards the end nothing new begins, so that what has begun is told as often as planned; nothing at
        all is left to tell then, or nothing that this article has not told.
        """
        ending = left * SHARE <= self._ahead
        if not ending and len(self._living) < self._target:
            return self._begin(words_of(self._mix.shared, self._random), article)
        known = self._living.draw(article, self._random)
        if known is None and not ending:
            return self._begin(words_of(self._mix.shared, self._random), article)
        return known and self._tell(known, article)

    def of_type(self, kind: str, article: Writing) -> Shared | None:
        """Choose a known situation of a class for an article to tell."""
        known = self._by_type[kind].draw(article, self._random)
        return known and self._tell(known, article)

    def known(self, article: Writing) -> str | None:
        """Give the key of a situation that has been told, without telling it."""
        found = self._living.draw(article, self._random)
        return found.key if found else None

    def _begin(self, template: Template, article: Writing) -> Shared:
        self._count += 1
        key = f"{words.noun('en', self._random)}-{words.noun('en', self._random)}-{self._count}"
        # two articles at least; now and then something that all of them talk about
        often = 40 if self._random.random() < 0.002 else 2 + int(self._random.expovariate(1 / 2.3))
        shared = Shared(key, template, article.skeleton(template, self), often)
        self._living.add(shared)
        self._by_type[template.type].add(shared)
        self._ahead += often
        return self._tell(shared, article)

    def _tell(self, shared: Shared, article: Writing) -> Shared:
        article.used.add(shared.key)
        shared.times -= 1
        self._ahead -= 1
        if not shared.times:
            self._living.remove(shared)
            self._by_type[shared.template.type].remove(shared)
        return shared


def words_of(templates: tuple[Template, ...], random: Random) -> Template:
    """Draw a template, all alike."""
    return templates[int(random.random() * len(templates))]
