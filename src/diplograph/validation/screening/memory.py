"""Answers that are kept for a while: as many as fit a bound, then all are let go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

K = TypeVar("K")
V = TypeVar("V")

_MOST: Final = 16_000


class Memo(dict[K, V]):
    """A function's answers by its argument; `memo[argument]` asks it only once (no other way is as fast)."""

    __slots__ = ("_most", "answer")

    def __init__(self, answer: Callable[[K], V], most: int = _MOST) -> None:
        super().__init__()
        self.answer = answer
        self._most = most

    def __missing__(self, argument: K) -> V:
        """Ask the function."""
        if len(self) >= self._most:
            self.clear()
        answer = self[argument] = self.answer(argument)
        return answer
