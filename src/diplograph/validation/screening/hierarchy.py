"""Which class is below which: for each class all above it, itself included, computed once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from diplograph.validation.screening.memory import Memo

if TYPE_CHECKING:
    from diplograph.validation.screening.layouts import Row

Kinds = frozenset[str]
"""The classes of a node, with all above them."""


class Hierarchy:
    """The classes of some data."""

    def __init__(self, edges: Iterable[tuple[str, str]]) -> None:
        self.edges: Mapping[str, set[str]] = {}
        above: dict[str, set[str]] = {}
        for lower, upper in edges:
            above.setdefault(lower, set()).add(upper)
        self.edges = above
        self._kinds: Memo[tuple[str, ...], Kinds] = Memo(self._reached)

    def kinds(self, types: Sequence[str]) -> Kinds:
        """Give some classes with all above them."""
        return self._kinds[tuple(types)]

    def kinds_of_all(self, rows: Mapping[str, Row]) -> dict[str, Kinds]:
        """Give the classes of all nodes that have any."""
        return {
            subject: self.kinds([objects[place] for place in layout.types])
            for subject, (layout, objects) in rows.items()
            if layout.types
        }

    def with_edges(self, edges: Iterable[tuple[str, str]]) -> Hierarchy:
        """Give a hierarchy with more classes below others."""
        return Hierarchy([*((lower, upper) for lower, uppers in self.edges.items() for upper in uppers), *edges])

    def _reached(self, types: tuple[str, ...]) -> Kinds:
        reached, ahead = set(types), list(types)
        for current in ahead:
            new = self.edges.get(current, set()) - reached
            reached |= new
            ahead += new
        return frozenset(reached)
