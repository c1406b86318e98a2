"""A line of text with carets under a stretch of it, in the cells of a terminal.

A character takes no cell, one or two (Unicode Standard Annex 11); tabs become spaces, and what
could steer the terminal is escaped, so that a caret stands under what it means.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from diplograph.values.printing import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diplograph.findings import Region
    from diplograph.reporting.excerpts import Excerpt

_TAB: Final = "    "
_CUT: Final = "…"
_NARROWEST: Final = 20
_NO_CELL: Final = ("Mn", "Me")


def drawn(excerpt: Excerpt, region: Region, width: int) -> tuple[str, str]:
    r"""Give a line, cut around the region if it is wider than `width` cells, and the carets below it.

    >>> from diplograph.findings import Region
    >>> from diplograph.reporting.excerpts import Excerpt
    >>> drawn(Excerpt("a\t東京 b"), Region(1, 3, 1, 5), 80)
    ('a    東京 b', '     ^^^^')
    """
    shown = [_TAB if letter == "\t" else printable(letter) for letter in excerpt.text]
    cells = [_cells(text) for text in shown]
    start = min(region.column - excerpt.column, len(shown))
    inside = region.end_column - excerpt.column if region.end_line == region.line else len(shown)
    end = max(start, min(inside, len(shown)))
    left, right = 0, len(shown)
    if sum(cells) + bool(excerpt.before) + bool(excerpt.after) > max(width, _NARROWEST):
        left, right = _window(cells, start, end, max(width, _NARROWEST) - 2 * len(_CUT))
    head = _CUT if left or excerpt.before else ""
    tail = _CUT if right < len(shown) or excerpt.after else ""
    carets = sum(cells[start : min(end, right)])
    return f"{head}{''.join(shown[left:right])}{tail}", " " * (len(head) + sum(cells[left:start])) + "^" * max(
        carets, 1
    )


def _window(cells: Sequence[int], start: int, end: int, room: int) -> tuple[int, int]:
    """Choose what to show: the stretch from its start, then before and after it what there is room for."""
    right = start + _fitting(cells[start:end], room)
    left = start - _fitting(cells[start - 1 :: -1] if start else (), (room - sum(cells[start:right])) // 2)
    right += _fitting(cells[right:], room - sum(cells[left:right]))
    left -= _fitting(cells[left - 1 :: -1] if left else (), room - sum(cells[left:right]))
    while left < start and not cells[left]:  # a mark must not join the dots
        left += 1
    return left, right


def _fitting(cells: Sequence[int], room: int) -> int:
    """Count how many of some characters, from the first, have room."""
    return bisect_right(list(accumulate(cells)), room)


def _cells(text: str) -> int:
    return sum(
        0 if unicodedata.category(letter) in _NO_CELL else 2 if unicodedata.east_asian_width(letter) in "FW" else 1
        for letter in text
    )
