"""Drawing faults: so many of all kinds, each at a place chosen by a seed, a quarter of them for the reader to find."""

from __future__ import annotations

from functools import cache
from itertools import chain, cycle, islice
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.faults import entities, needs, several, unreadable, values
from tests.faults.components import components
from tests.faults.seeds import Seeds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.faults.edits import Syntax
    from tests.faults.kinds import Fault, Kind

KINDS: Final = (*values.KINDS, *needs.KINDS, *entities.KINDS, *several.KINDS, *unreadable.KINDS)
_FOR_THE_READER: Final = 4
"""One fault in so many is for the reader, the others for the shapes."""
_SOME: Final = 30


class Drawn(NamedTuple):
    """A kind, and the one of its faults that was chosen."""

    kind: Kind
    fault: Fault


@cache
def seeds() -> Seeds:
    """Read the seeds, once."""
    return Seeds()


@cache
def some(kind: Kind, seed: str) -> tuple[Drawn, ...]:
    """Choose some faults of a kind, or all that there are if these are few."""
    rng = Random(f"{seed} {kind.name}")  # noqa: S311 - to be repeated, not to be secret
    every = list(kind.faults(seeds(), rng))
    return tuple(Drawn(kind, fault) for fault in rng.sample(every, min(_SOME, len(every))))


def draw(count: int, seed: int, syntax: Syntax) -> list[Drawn]:
    """Draw faults: first for each component of SHACL, and such as take two files, then all kinds in turn."""
    every = Random(seed).sample(KINDS, len(KINDS))  # noqa: S311 - the same
    kinds = [kind for kind in every if kind.syntax in (None, syntax)]
    shapes = _rounds(_varied([kind for kind in kinds if not kind.is_reading]))
    reading = _rounds([kind for kind in kinds if kind.is_reading])
    mixed = chain.from_iterable((*islice(shapes, _FOR_THE_READER - 1), next(reading)) for _ in range(count))
    return [some(kind, f"{seed} {turn}")[0] for kind, turn in islice(mixed, count)]


def _rounds(kinds: Sequence[Kind]) -> Iterator[tuple[Kind, int]]:
    return ((kind, turn // len(kinds)) for turn, kind in enumerate(cycle(kinds)))


def _varied(kinds: Sequence[Kind]) -> list[Kind]:
    """Move to the front the first kind of each component, and those that take two files."""
    first: dict[str, Kind] = {}
    for kind in kinds:
        for component in sorted(components().get(kind.code, ())):
            first.setdefault(component, kind)
    front = dict.fromkeys([*first.values(), *(kind for kind in kinds if kind in several.KINDS)])
    return [*front, *(kind for kind in kinds if kind not in front)]
