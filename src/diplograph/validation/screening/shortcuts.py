"""Short cuts: functions that prove common demands of a node, its layout known, and say nothing where they do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from diplograph.validation.screening import tree
from diplograph.validation.screening.literals import VALUES, order
from diplograph.validation.screening.memory import Memo
from diplograph.validation.screening.paths import Chain, Path, Repeat, Step
from diplograph.validation.screening.terms import BLANK, Verdict
from diplograph.validation.screening.walking import Accept, Seek, seeker

if TYPE_CHECKING:
    from diplograph.validation.screening.layouts import Layout
    from diplograph.validation.screening.view import View

Tests: TypeAlias = Memo[str, Verdict]
Run: TypeAlias = Callable[[tuple[str, ...]], bool]
"""Checks the objects of a node."""
Look: TypeAlias = "Callable[[str, tuple[str, ...], View], bool]"
"""Checks a node by its subject, its objects, and what is around it."""


def some_of(places: Sequence[int], accept: Accept) -> Run:
    """Prove that one of the values at some places is accepted."""
    if len(places) == 1:
        [only] = places
        return lambda objects: bool(accept(objects[only]))

    def run(objects: tuple[str, ...]) -> bool:
        for place in places:  # noqa: SIM110 - a generator would take longer
            if accept(objects[place]):
                return True
        return False

    return run


def counted(demand: tree.Qualified, places: Sequence[int], tests: Tests) -> Run:
    """Prove that so many of the values at some places pass a test."""
    least, most = demand.least, demand.most

    def run(objects: tuple[str, ...]) -> bool:
        found = [tests[value] for value in {objects[place] for place in places}]
        surely, possibly = found.count(True), len(found) - found.count(False)
        return surely >= least and (most is None or possibly <= most)

    return run


def before(places: Sequence[int], others: Sequence[int], *, same: bool) -> Run:
    """Prove that the values at some places come before those at others."""
    wanted = (-1, 0) if same else (-1,)
    pairs = [(place, other) for place in places for other in others]

    def run(objects: tuple[str, ...]) -> bool:
        for place, other in pairs:
            if order(VALUES[objects[place]], VALUES[objects[other]]) not in wanted:
                return False
        return bool(pairs) or not any(objects[place][0] == BLANK for place in places)

    return run


def reaching(path: Path, accept: Accept, layout: Layout) -> Look:
    """Prove that a path reaches a value that is accepted."""
    if isinstance(path, Chain):
        first, *rest = path.paths
        remainder = Chain(tuple(rest)) if len(rest) > 1 else rest[0]
        if isinstance(first, Repeat) and first.stays:  # the focus node itself is the first that it reaches
            at_once, seek = reaching(remainder, accept, layout), seeker(path)
            return lambda subject, objects, view: at_once(subject, objects, view) or seek(subject, view, accept)
        if isinstance(first, Step):
            return _onward(layout.positions.get(first.predicate, ()), remainder, accept)
    if isinstance(path, Step):
        run = some_of(layout.positions.get(path.predicate, ()), accept)
        return lambda _, objects, __: run(objects)
    seek = seeker(path)
    return lambda subject, _, view: seek(subject, view, accept)


def _onward(places: Sequence[int], path: Path, accept: Accept) -> Look:
    """Prove that a path reaches an accepted value from one of the values at some places."""
    if not isinstance(path, Step):
        return _seeking(places, seeker(path), accept)
    predicate = path.predicate

    def look(_: str, objects: tuple[str, ...], view: View) -> bool:
        for place in places:
            for value in view.objects(objects[place], predicate):
                if accept(value):
                    return True
        return False

    return look


def _seeking(places: Sequence[int], seek: Seek, accept: Accept) -> Look:
    return lambda _, objects, view: any(seek(objects[place], view, accept) for place in places)
