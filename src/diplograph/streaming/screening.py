"""What a screen takes in a stream: which terms are open, and what shapes look at in other articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from diplograph.mapping.iris import Iris
    from diplograph.validation.reach import Reach
    from diplograph.validation.screening import Screen


class Open:
    """Tells which terms are open: situations that articles share, until all is there that is said of them."""

    def __init__(self, iris: Iris) -> None:
        self._is_shared = iris.is_shared
        self._start = iris.situation("")[:-1]
        self.complete: frozenset[str] = frozenset()

    def __call__(self, term: str) -> bool:
        """Tell whether more may be said of a term elsewhere."""
        return term.startswith(self._start) and self._is_shared(term) and term not in self.complete


class Screening(Struct, frozen=True):
    """A screen, what it takes for open, and what its shapes look at against the direction of statements."""

    screen: Screen
    open: Open
    reach: Reach
