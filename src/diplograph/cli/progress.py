"""How far a long run is, told on standard error: a line that changes on a terminal, or one every ten seconds."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from diplograph.streaming.run import Totals

How: TypeAlias = Literal["auto", "plain", "none"]
OPTION: Final = click.option(
    "--progress",
    type=click.Choice(["auto", "plain", "none"]),
    default="auto",
    show_default=True,
    help="How progress is told: on terminals, as a line every 10 seconds, or not at all.",
)
_EVERY: Final = {"auto": 0.2, "plain": 10.0}
_PATIENCE: Final = 1.0
"""How many seconds a run may take before it is told of on a terminal: short ones stay quiet."""

_MINUTE: Final = 60
_HOUR: Final = 3600


class Progress:
    """Tells totals of a run as they come; with `none`, or `auto` away from a terminal, tells nothing."""

    def __init__(self, how: How) -> None:
        self._how = how if how != "auto" or (sys.stderr is not None and sys.stderr.isatty()) else "none"
        self._start = self._last = time.monotonic()
        self._shown = False
        if self._how == "auto":
            self._last += _PATIENCE

    def __call__(self, totals: Totals) -> None:
        """Take totals of a run; tell them if it is time."""
        self._tell(lambda seconds: _line(totals, seconds))

    def sent(self, done: int, graphs: int, statements: int) -> None:
        """Take how many of the graphs are in a store, with how many statements; tell it if it is time."""
        self._tell(lambda _: f"{done:,} of {graphs:,} graphs, {statements:,} statements loaded")

    def _tell(self, made: Callable[[float], str]) -> None:
        now = time.monotonic()
        if self._how == "none" or now - self._last < _EVERY[self._how]:
            return
        self._last = now
        line = made(now - self._start)
        if self._how == "plain":
            click.echo(line, err=True)
        else:
            click.echo(f"\r{line}\x1b[K", err=True, nl=False)
            self._shown = True

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the line away that was shown on a terminal."""
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _line(totals: Totals, seconds: float) -> str:
    """Say what has been done, how fast, and how long the rest will take."""
    rate = f"{totals.facts / seconds:,.0f} facts/s, {totals.triples / seconds:,.0f} triples/s"
    found = f", {totals.findings:,} findings" if totals.findings else ""
    left = ""
    if totals.size and 0 < totals.read <= totals.size:
        left = f", {totals.read / totals.size:.0%}, {_time(seconds * (totals.size - totals.read) / totals.read)} left"
    return f"{totals.facts:,} facts, {totals.triples:,} triples, {rate}{found}{left}"


def _time(seconds: float) -> str:
    minutes = round(seconds / _MINUTE)
    if seconds >= _HOUR:
        return f"{minutes // _MINUTE} h {minutes % _MINUTE} min"
    return f"{minutes} min" if seconds >= 2 * _MINUTE else f"{seconds:.0f} s"
