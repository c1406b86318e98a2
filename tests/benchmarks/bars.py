"""What must be reached: ratios of what was measured in one run, on one machine.

Owns the bars; works on plain numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

_K: Final = 1000


@dataclass(frozen=True, slots=True)
class Result:
    """The medians of one case at one size; seconds and MB, without the time of an almost empty run in `net`."""

    wall: float
    cpu: float
    peak: float
    triples: int
    net: float

    @property
    def rate(self) -> float:
        """Triples a second, the start of the process included."""
        return self.triples / self.wall


Results = Mapping[tuple[str, int], Result]
"""Results by the name of the case and the number of facts."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar, what was measured for it, and whether that is enough; `at` is the number of facts."""

    title: str
    least: str
    found: str
    met: bool
    at: str


def bars(results: Results) -> list[Bar]:
    """Hold what was measured against the bars, each at the greatest size that all of its cases have."""
    least, most = float.__ge__, float.__le__
    found = (
        _rates(results, "unvalidated, 1 process, to by hand", "nquads-1", "by-hand", 10, least),
        _rates(results, "unvalidated, 2 processes, to morph-kgc", "nquads-2", "morph-kgc", 2, least),
        _rates(results, "unvalidated, 2 processes, to maplib", "nquads-2", "maplib", 1, float.__gt__),
        _rates(results, "validated, 1 process, to by hand with pyshacl", "validated-1", "by-hand-validated", 10, least),
        _speed(results, "validated-2", 250_000),
        _rates(
            results, "validated, 2 processes, to unvalidated morph-kgc", "validated-2", "morph-kgc", 1, float.__gt__
        ),
        *(_growth(results, name, "memory at 1M facts to 100k", lambda one: one.peak, 1.3, most) for name in _WORKERS),
        *(_memory(results, name, 500) for name in _WORKERS),
        *(_growth(results, name, "time at 1M facts to 100k", lambda one: one.wall, 10.5, most) for name in _WORKERS),
        _rates(results, "Turtle to N-Quads", "turtle-1", "nquads-1", 0.8, least),
        _rates(results, "JSON-LD to N-Quads", "jsonld-1", "nquads-1", 0.5, least),
    )
    return [bar for bar in found if bar is not None]


_WORKERS: Final = ("nquads-2", "validated-2")
_SIGNS: Final[dict[Callable[[float, float], bool], str]] = {
    float.__ge__: "≥",
    float.__gt__: ">",
    float.__le__: "≤",
}
Compare = Callable[[float, float], bool]


def _common(results: Results, *names: str) -> int | None:
    """Give the greatest size that all of some cases were run with."""
    sizes = [{size for found, size in results if found == name} for name in names]
    return max(set.intersection(*sizes), default=None)


def _rates(results: Results, title: str, one: str, other: str, bar: float, compare: Compare) -> Bar | None:
    size = _common(results, one, other)
    if size is None:
        return None
    ratio = results[one, size].rate / results[other, size].rate
    return Bar(title, f"{_SIGNS[compare]} {bar:g} x", f"{ratio:.2f} x", compare(ratio, float(bar)), f"{size:,}")


def _speed(results: Results, name: str, bar: int) -> Bar | None:
    size = _common(results, name)
    if size is None:
        return None
    rate = results[name, size].rate
    return Bar("validated, 2 processes", f"≥ {bar:,} triples/s", f"{rate:,.0f} triples/s", rate >= bar, f"{size:,}")


def _growth(
    results: Results, name: str, title: str, take: Callable[[Result], float], bar: float, compare: Compare
) -> Bar | None:
    small, great = results.get((name, 100 * _K)), results.get((name, 1000 * _K))
    if small is None or great is None:
        return None
    ratio = take(great) / take(small)
    return Bar(f"{name}: {title}", f"{_SIGNS[compare]} {bar:g} x", f"{ratio:.2f} x", compare(ratio, bar), "1,000,000")


def _memory(results: Results, name: str, bar: int) -> Bar | None:
    great = results.get((name, 1000 * _K))
    if great is None:
        return None
    return Bar(f"{name}: peak memory", f"≤ {bar} MB", f"{great.peak:.0f} MB", great.peak <= bar, "1,000,000")
