"""Short cuts: functions that prove common demands of a node, its layout known, and say nothing where they do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from diplograph.validation.screening import tree
from diplograph.validation.screening.literals import VALUES, order
from diplograph.validation.screening.memory import Memo
from diplograph.validation.screening.paths import Chain, Path, Repeat, Step
from diplograph.validation.screening.terms import BLANK, LITERAL, Verdict, same
from diplograph.validation.screening.walking import Accept, seeker, walker

if TYPE_CHECKING:
    from diplograph.validation.screening.judging import Judge
    from diplograph.validation.screening.layouts import Group, Layout
    from diplograph.validation.screening.view import View

Tests: TypeAlias = Memo[str, Verdict]
Run: TypeAlias = Callable[[tuple[str, ...]], bool]
"""Checks the objects of a node."""
Look: TypeAlias = "Callable[[Group, View], bool]"
"""Checks all nodes of a group, with what is around them."""

_UNTAGGED: Final = '">'
"""How what has no language tag ends: plain text, or a datatype or IRI."""


def anything(_: str) -> bool:
    """Accept each value."""
    return True


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


def before(places: Sequence[int], others: Sequence[int], *, same_too: bool) -> Run:
    """Prove that the values at some places come before those at others."""
    wanted = (-1, 0) if same_too else (-1,)
    pairs = [(place, other) for place in places for other in others]

    def run(objects: tuple[str, ...]) -> bool:
        for place, other in pairs:
            if order(VALUES[objects[place]], VALUES[objects[other]]) not in wanted:
                return False
        return bool(pairs) or not any(objects[place][0] == BLANK for place in places)

    return run


def told_apart(places: Sequence[int]) -> Run:
    """Prove that no two of the values at some places have the same language."""

    def run(objects: tuple[str, ...]) -> bool:
        found = {objects[place] for place in places}
        tags: dict[object, str] = {
            value: value[value.rindex(LITERAL) :].lower()
            for value in found
            if value[0] == LITERAL and value[-1] not in _UNTAGGED
        }
        if len(set(tags.values())) < len(tags):
            tags = {same(str(value)): tag for value, tag in tags.items()}
        return len(set(tags.values())) == len(tags) and not any("--" in tag for tag in tags.values())

    return run


def agreeing(path: Path, predicate: str, judge: Judge, layout: Layout) -> Look | None:
    """Prove that a path of two steps leads to the one value that a property has; where it may not, judge in full."""
    places = layout.positions.get(predicate, ())
    if len(places) != 1 or not isinstance(path, Chain) or len(path.paths) != 2:  # noqa: PLR2004 - see the name
        return None
    [place], (first, last) = places, path.paths
    if not isinstance(last, Step):
        return None
    walk, step = walker(first), last.predicate

    def agrees(subject: str, value: str, view: View) -> bool:
        middles, is_complete = walk(subject, view)
        for middle in middles:
            if view.objects(middle, step) != (value,) or view.may_lack(middle, step):
                return False
        return is_complete and bool(middles)

    def look(group: Group, view: View) -> bool:
        for subject, value in zip(group.subjects, group.columns[place], strict=True):
            view.focus = subject
            if not agrees(subject, value, view) and not judge(subject, view, None):
                return False
        return True

    return look


def reaching(path: Path, accept: Accept, layout: Layout) -> Look:
    """Prove that a path reaches a value that is accepted."""
    seek, left = seeker(path), _left(path, accept, layout)

    def look(group: Group, view: View) -> bool:
        for subject in left(group, view) if left else group.subjects:
            view.focus = subject
            if not seek(subject, view, accept):
                return False
        return True

    return look


def _left(path: Path, accept: Accept, layout: Layout) -> Callable[[Group, View], list[str]] | None:
    """Make a function that gives the nodes from which two steps are not enough to reach an accepted value."""
    steps = path.paths if isinstance(path, Chain) else ()
    if steps and isinstance(steps[0], Repeat) and steps[0].stays:  # the focus node itself is the first that it reaches
        steps = steps[1:]
    if len(steps) != 2 or not isinstance(steps[0], Step) or not isinstance(steps[1], Step):  # noqa: PLR2004 - see above
        return None
    places, predicate = layout.positions.get(steps[0].predicate, ()), steps[1].predicate

    def left(group: Group, view: View) -> list[str]:
        values = {value for place in places for value in group.columns[place]}
        good = view.leading(values, predicate, accept)
        if good == values and places:
            return []
        return [
            subject
            for subject, objects in zip(group.subjects, group.rows, strict=True)
            if good.isdisjoint([objects[place] for place in places])
        ]

    return left
