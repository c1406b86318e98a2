"""Packing: faults that have nothing to do with each other into one copy, so that one check tells of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.faults.copies import Mark
from tests.faults.drawing import some

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.faults.drawing import Drawn
    from tests.faults.kinds import Fault, Kind

Part = tuple[str | int, ...]


class Pack(NamedTuple):
    """Faults for one copy, and the parts of documents that they are about."""

    drawn: list[Drawn]
    parts: set[Part]


def packed(kinds: Iterable[Kind], seed: str) -> list[Pack]:
    """Draw a fault of each kind, and put it into the first pack where it meets no other: none about the same."""
    packs: list[Pack] = []
    for kind in kinds:
        chosen = some(kind, seed)
        fitting = ((pack, one) for pack in packs for one in chosen if not _meet(pack.parts, set(_parts(one.fault))))
        pack, one = next(fitting, (None, chosen[0]))
        if pack is None:
            pack = Pack([], set())
            packs.append(pack)
        pack.drawn.append(one)
        pack.parts.update(_parts(one.fault))
    return packs


def _parts(fault: Fault) -> Iterator[Part]:
    """Name the facts, entities and the like that a fault is about; what is no longer read is all of a document."""
    places = [place for one in fault.expected for place in (one.place, *one.related)]
    for place in (*fault.edits, *places):
        yield (place.document,) if isinstance(place, Mark) else (place.document, *place.steps[:2])


def _meet(ours: Iterable[Part], theirs: Iterable[Part]) -> bool:
    """Tell whether two parts are the same, or one is in the other."""
    return any(one[: len(other)] == other[: len(one)] for one in ours for other in theirs)
