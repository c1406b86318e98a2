"""Inject faults into copies of the seeds, and see whether each is found where it is, and nothing besides.

    python tests/faults/inject.py [--faults 100] [--seed 1]
        [--engine auto|pyshacl|shifty|both] [--syntax yaml|jsonl|both]

Each fault has a copy of its own: of the articles that it needs, or every seventh time of all of them.
Prints a table, and exits with 1 if any fault was found wrongly.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that this runs as a script

from tests.faults.components import UNBREAKABLE, components, parameter
from tests.faults.copies import documents
from tests.faults.drawing import Drawn, draw
from tests.faults.injecting import Engine, Outcome, Place, injected, needed, outcome

if TYPE_CHECKING:
    from tests.faults.edits import Syntax

_FULL: Final = 7
"""Every so many faults, the copy is of all articles."""
_ENGINES: Final[dict[str, tuple[Engine, ...]]] = {
    "auto": ("auto",),
    "pyshacl": ("pyshacl",),
    "shifty": ("shifty",),
    "both": ("pyshacl", "shifty"),
}
_SYNTAXES: Final[dict[str, tuple[Syntax, ...]]] = {"yaml": ("yaml",), "jsonl": ("jsonl",), "both": ("yaml", "jsonl")}
_ROW: Final = "{:>4}  {:<31}  {:<6}  {:<7}  {:<29}  {:<29}  {}"


class Row(NamedTuple):
    """A fault, the syntax and articles of its copy, and what came of it with each engine."""

    number: int
    drawn: Drawn
    syntax: Syntax
    articles: list[str]
    outcomes: dict[Engine, Outcome]

    @property
    def is_right(self) -> bool:
        """Whether all engines found what must be found, nothing besides, and say the same of it."""
        said = {outcome.said for outcome in self.outcomes.values()}
        return len(said) == 1 and all(outcome.is_right for outcome in self.outcomes.values())


def rows(count: int, seed: int, syntax: Syntax, engines: Sequence[Engine]) -> Iterator[Row]:
    """Inject faults one by one."""
    every = documents()[:-1]
    for number, drawn in enumerate(draw(count, seed, syntax), start=1):
        articles = every if number % _FULL == 0 else needed([drawn.fault])
        copy = injected([drawn.fault], articles, syntax)
        yield Row(number, drawn, syntax, articles, {one: outcome(copy, [drawn.fault], one) for one in engines})


def lines(row: Row) -> Iterator[str]:
    """Give the lines of the table for a fault: one for each finding that must be there or is there."""
    first = next(iter(row.outcomes.values()))
    places = dict.fromkeys([*first.expected, *(place for one in row.outcomes.values() for place in one.found)])
    extent = "all" if len(row.articles) == len(documents()) - 1 else "+".join(row.articles)
    for place in places:
        expected = _shown(place) if place in first.expected else "nothing"
        found = [
            f"{engine} {_shown(place) if place in one.found else 'nothing'}" for engine, one in row.outcomes.items()
        ]
        same = len({text.partition(" ")[2] for text in found}) == 1
        shown = found[0].partition(" ")[2] if same else ", ".join(found)
        yield _ROW.format(
            row.number, place.code, row.syntax, extent, expected, shown, "ok" if row.is_right else "WRONG"
        )


def _shown(place: Place) -> str:
    return f"{place.region}{f' +{len(place.related)}' if place.related else ''}"


def closing(found: Sequence[Row], seconds: float) -> Iterator[str]:
    """Give the lines below the table: what was covered, what cannot be, and how many faults were found rightly."""
    codes = Counter(place.code for row in found for one in row.outcomes.values() for place in one.expected)
    reading = sum(row.drawn.kind.is_reading for row in found)
    hit = {parameter(name) for row in found for one in row.outcomes.values() for name in one.components}
    yield f"components: {', '.join(sorted(hit))}"
    yield "components that no annotation can break:"
    yield from (f"  sh:{name}: {reason}" for name, reason in UNBREAKABLE.items())
    yield f"components without a fault in this run: {', '.join(sorted(_used() - hit - UNBREAKABLE.keys())) or 'none'}"
    right = sum(row.is_right for row in found)
    full = sum(len(row.articles) == len(documents()) - 1 for row in found)
    yield (
        f"{len(found)} faults, {len(codes)} rules, {reading} for the reader, {full} in copies of all articles: "
        f"{right} ok, {len(found) - right} wrong ({seconds:.0f} s)"
    )


def _used() -> set[str]:
    return {name for names in components().values() for name in names}


def _tell(text: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in text)
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--faults", type=int, default=100, help="how many, in each syntax (100)")
    parser.add_argument("--seed", type=int, default=1, help="chooses kinds and places (1)")
    parser.add_argument("--engine", choices=_ENGINES, default="auto")
    parser.add_argument("--syntax", choices=_SYNTAXES, default="both")
    options = parser.parse_args(arguments)
    started, found = time.monotonic(), []
    _tell([_ROW.format("no.", "rule", "syntax", "copy", "expected", "found with each engine", "").rstrip()])
    for syntax in _SYNTAXES[options.syntax]:
        for row in rows(options.faults, options.seed, syntax, _ENGINES[options.engine]):
            found.append(row)
            _tell(lines(row))
    _tell(closing(found, time.monotonic() - started))
    return 0 if all(row.is_right for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
