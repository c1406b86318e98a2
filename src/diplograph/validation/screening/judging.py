"""Whether a node conforms to a shape, as far as can be seen: surely, surely not, or not known here.

Each demand becomes a function, once. This is the meaning of the shapes in full; plans only take
short cuts to the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from diplograph.validation.screening import tree
from diplograph.validation.screening.judging_sets import of_values
from diplograph.validation.screening.paths import Path
from diplograph.validation.screening.terms import TYPE, Verdict, all_of, opposite
from diplograph.validation.screening.walking import walker

if TYPE_CHECKING:
    from diplograph.validation.screening.view import View

Needs: TypeAlias = "list[tuple[str, str]] | None"
"""Where open terms are noted that have to be instances of classes, for all to hold; None where that is not enough."""
Judge: TypeAlias = "Callable[[str, View, Needs], Verdict]"
"""Judges a node, or a value."""

_RESOURCE = "<http://www.w3.org/2000/01/rdf-schema#Resource>"
"""A class that closed shapes let pass, for some engines."""


def judge_of(shape: tree.Shape) -> Judge:
    """Make the function that judges whether a node conforms to a shape."""
    return _every([judge_at(shape.path, demand) for demand in shape.demands])


def judge_at(path: Path | None, demand: tree.Demand) -> Judge:
    """Make the function that judges one demand on the values of a path, or on the node itself."""
    if not isinstance(demand, tree.OfValue):
        return of_values(path, demand, judge_of)
    judge = _of_value(demand)
    if path is None:
        return judge
    walk = walker(path)

    def judge_values(focus: str, view: View, needs: Needs) -> Verdict:
        values, is_complete = walk(focus, view)
        verdict = all_of([judge(value, view, needs if is_complete else None) for value in values])
        return None if verdict and not is_complete else verdict

    return judge_values


def _of_value(demand: tree.OfValue) -> Judge:
    if isinstance(demand, tree.TermTest):
        passes = demand.passes
        return lambda value, _, __: passes(value)
    if isinstance(demand, tree.InstanceOf):
        return _instance_of(demand.iri)
    if isinstance(demand, tree.Closed):
        return _closed(demand.allowed)
    if isinstance(demand, tree.Not):
        judge = judge_of(demand.shape)
        return lambda value, view, _: opposite(judge(value, view, None))
    judges = [judge_of(shape) for shape in demand.shapes]
    if isinstance(demand, tree.AllOf):
        return _every(judges)
    return _any(judges) if isinstance(demand, tree.AnyOf) else _one(judges)


def _every(judges: Sequence[Judge]) -> Judge:
    if len(judges) == 1:
        return judges[0]
    return lambda value, view, needs: all_of([judge(value, view, needs) for judge in judges])


def _any(judges: Sequence[Judge]) -> Judge:
    def judge_any(value: str, view: View, _: Needs) -> Verdict:
        verdict: Verdict = False
        for judge in judges:
            found = judge(value, view, None)
            if found:
                return True
            verdict = None if found is None else verdict
        return verdict

    return judge_any


def _one(judges: Sequence[Judge]) -> Judge:
    def judge_one(value: str, view: View, _: Needs) -> Verdict:
        found = [judge(value, view, None) for judge in judges]
        if found.count(True) > 1:
            return False
        return None if None in found else True in found

    return judge_one


def _instance_of(iri: str) -> Judge:
    def judge(value: str, view: View, needs: Needs) -> Verdict:
        verdict = view.is_instance(value, iri)
        if verdict is None and needs is not None and view.is_open(value):
            needs.append((value, iri))
            return True
        return verdict

    return judge


def _closed(allowed: frozenset[str]) -> Judge:
    def judge(value: str, view: View, _: Needs) -> Verdict:
        beyond = set(view.predicates(value)) - allowed
        if not beyond:
            return None if view.is_incomplete(value) else True
        return None if beyond == {TYPE} and _RESOURCE in view.objects(value, TYPE) else False

    return judge
