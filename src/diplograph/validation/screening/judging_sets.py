"""Demands on the values of a node together: how many, which, and how they compare to those of a property."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from diplograph.validation.screening import tree
from diplograph.validation.screening.literals import VALUES, order
from diplograph.validation.screening.paths import Path
from diplograph.validation.screening.terms import BLANK, LITERAL, Verdict, all_of, parts, same
from diplograph.validation.screening.walking import Seek, Walk, seeker, walker

if TYPE_CHECKING:
    from diplograph.validation.screening.judging import Judge, Needs
    from diplograph.validation.screening.view import View

    Compare = Callable[[Collection[str], Collection[str]], Verdict]


def of_values(path: Path | None, demand: tree.OfValues, judge_of: Callable[[tree.Shape], Judge]) -> Judge:
    """Make the function that judges such a demand."""
    walk: Walk = walker(path) if path else lambda start, _: ((start,), True)
    seek: Seek = seeker(path) if path else lambda start, _, accept: accept(start) is True
    if isinstance(demand, tree.Count):
        return _sized(walk, demand.least, demand.most)
    if isinstance(demand, tree.Qualified):
        return _counted(walk, seek, judge_of(demand.shape), demand.least, demand.most)
    if isinstance(demand, tree.Holds):
        return _holding(walk, seek, demand.term)
    if isinstance(demand, tree.UniqueLanguages):
        return _unique(walk)
    compare = _before(same_too=demand.same) if isinstance(demand, tree.Before) else _equal
    return _compared(walk, demand.predicate, _disjoint if isinstance(demand, tree.Disjoint) else compare)


def _sized(walk: Walk, least: int, most: int | None) -> Judge:
    def judge(focus: str, view: View, _: Needs) -> Verdict:
        values, is_complete = walk(focus, view)
        possible = len(values)
        surely = len(set(map(same, values))) if possible > 1 else possible
        return _within(surely, possible, least, most, is_complete=is_complete)

    return judge


def _counted(walk: Walk, seek: Seek, judge: Judge, least: int, most: int | None) -> Judge:
    def judge_count(focus: str, view: View, _: Needs) -> Verdict:
        if least == 1 and most is None and seek(focus, view, lambda value: judge(value, view, None) is True):
            return True
        values, is_complete = walk(focus, view)
        verdicts = [judge(value, view, None) for value in values]
        surely = {same(value) for value, verdict in zip(values, verdicts, strict=True) if verdict}
        possible = len(verdicts) - verdicts.count(False)
        return _within(len(surely), possible, least, most, is_complete=is_complete)

    return judge_count


def _within(surely: int, possible: int, least: int, most: int | None, *, is_complete: bool) -> Verdict:
    """Tell whether a count is between two limits, of which so much is sure, and so much possible where all is seen."""
    if (most is not None and surely > most) or (is_complete and possible < least):
        return False
    is_little = most is None or (is_complete and possible <= most)
    return True if surely >= least and is_little else None


def _holding(walk: Walk, seek: Seek, term: str) -> Judge:
    key = same(term)

    def judge(focus: str, view: View, _: Needs) -> Verdict:
        if seek(focus, view, term.__eq__):
            return True
        values, is_complete = walk(focus, view)
        return None if not is_complete or key in map(same, values) else False

    return judge


def _unique(walk: Walk) -> Judge:
    def judge(focus: str, view: View, _: Needs) -> Verdict:
        values, is_complete = walk(focus, view)
        literals = {same(value): parts(value).language.lower() for value in values if value[0] == LITERAL}
        tags = [language for language in literals.values() if language]
        if any("--" in tag for tag in tags):
            return None
        return False if len(set(tags)) < len(tags) else True if is_complete else None

    return judge


def _compared(walk: Walk, predicate: str, compare: Compare) -> Judge:
    def judge(focus: str, view: View, _: Needs) -> Verdict:
        values, is_complete = walk(focus, view)
        if not is_complete or view.is_incomplete(focus):
            return None
        return compare(values, view.objects(focus, predicate))

    return judge


def _equal(values: Collection[str], others: Collection[str]) -> Verdict:
    if len(values) == len(others) == 1:
        [one], [other] = values, others
        if one == other:
            return True
    elif set(values) == set(others):
        return True
    return None if {*map(same, values)} == {*map(same, others)} else False


def _disjoint(values: Collection[str], others: Collection[str]) -> Verdict:
    return {*map(same, values)}.isdisjoint(map(same, others))


def _before(*, same_too: bool) -> Compare:
    wanted = (-1, 0) if same_too else (-1,)

    def compare(values: Collection[str], others: Collection[str]) -> Verdict:
        if any(value[0] == BLANK for value in values):
            return None
        limits = [VALUES[other] for other in others]
        found = [order(VALUES[value], limit) for value in values for limit in limits]
        return all_of([None if each is None else each in wanted for each in found])

    return compare
