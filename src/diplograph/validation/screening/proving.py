"""Checking nodes by their plans: this runs for every node, and is written for speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from diplograph.validation.screening.terms import LITERAL, all_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diplograph.validation.screening.atoms import Atom
    from diplograph.validation.screening.judging import Judge
    from diplograph.validation.screening.planning import Plan, Planner
    from diplograph.validation.screening.view import View, Watched

Prove: TypeAlias = "Callable[[Plan, str, tuple[str, ...]], bool]"
"""Tells whether a node surely conforms, given what is noted as needed."""


class Findings(Struct):
    """What is found in a batch: doubtful nodes as keys, and what the proofs of others need."""

    doubtful: dict[str, None]
    needed: list[tuple[str, str, str]]


def prove_nodes(view: View, planner: Planner, findings: Findings) -> None:
    """Check the nodes of a batch by their classes and properties."""
    todo: list[tuple[str, tuple[str, ...], Plan]] = []
    kinds = view.kinds
    for subject, (layout, objects) in view.own.rows.items():
        plan = layout.plans.get(key := layout.key(objects))
        if plan is None:
            plan = layout.plans[key] = planner.plan(subject, layout, objects, view)
        kinds[subject] = plan.kinds
        todo.append((subject, objects, plan))
    prove, is_open = _prover(view, findings), view.is_open
    for subject, objects, plan in todo:
        if is_open(subject) or not prove(plan, subject, objects):  # what an open node is a target of is not known
            findings.doubtful[subject] = None


def prove_objects(view: View, planner: Planner, findings: Findings) -> None:
    """Check what is a target as the value of a property, be it a node of the batch or not."""
    prove = _prover(view, findings)
    for predicate, atoms in planner.atoms.of_objects.items():
        behind = view.context.holders(predicate).keys() | view.background.holders(predicate).keys()
        for subject in (*view.own.holders(predicate), *(behind & view.own.rows.keys())):
            row = view.own.rows.get(subject)
            if row is None or view.is_open(subject):
                is_proven = _judged(_judges(atoms), subject, view, findings)
            else:
                layout, objects = row
                key = (predicate, layout.key(objects))
                plan = layout.plans_of_objects.get(key)
                if plan is None:
                    plan = planner.plan_of_object(predicate, subject, layout, objects, view)
                    layout.plans_of_objects[key] = plan
                is_proven = prove(plan, subject, objects)
            if not is_proven:
                findings.doubtful[subject] = None


def prove_targets(view: View, planner: Planner, findings: Findings) -> None:
    """Check the nodes that shapes name, unless they are described elsewhere."""
    for subject, atoms in planner.atoms.of_nodes.items():
        is_here = subject in view.own.rows or subject not in view.background.rows
        if is_here and subject not in view.context.rows and not _judged(_judges(atoms), subject, view, findings):
            findings.doubtful[subject] = None


def doubt_watched(view: View, watched: Watched, findings: Findings) -> None:
    """Doubt what was proven of the background before, where a batch points at what the proof looked back from."""
    for predicate, terms in watched.items():
        for term in sorted(view.own.pointed_at(predicate, terms)):
            findings.doubtful.update(dict.fromkeys(sorted(terms[term])))


def _judges(atoms: Sequence[Atom]) -> list[Judge]:
    return [atom.judge for atom in atoms]


def _judged(judges: Sequence[Judge], subject: str, view: View, findings: Findings) -> bool:
    """Judge a node in full, and note what is needed for it."""
    needs: list[tuple[str, str]] = []
    view.focus = subject
    if not all_of([judge(subject, view, needs) for judge in judges]):
        return False
    findings.needed += [(term, iri, subject) for term, iri in needs]
    return True


def _prover(view: View, findings: Findings) -> Prove:  # noqa: C901 - three functions that share what is at hand
    """Make the function that checks a node by its plan, with all that it uses at hand."""
    classes, classes_behind, is_open, needed = view.kinds.get, view.kinds_behind.get, view.is_open, findings.needed

    def prove(plan: Plan, subject: str, objects: tuple[str, ...]) -> bool:
        mark = len(needed)
        if not plan.is_hopeless and are_values_right(plan, subject, objects) and is_rest_right(plan, subject, objects):
            return True
        del needed[mark:]
        return False

    def are_values_right(plan: Plan, subject: str, objects: tuple[str, ...]) -> bool:
        for place, iri in plan.instances:
            term = objects[place]
            found = classes(term) or classes_behind(term)
            if found is None or iri not in found:
                if term[0] == LITERAL or not is_open(term):
                    return False
                needed.append((term, iri, subject))
        for place, wanted in plan.alternatives:
            term = objects[place]
            if wanted.isdisjoint(classes(term) or classes_behind(term) or ()):
                return False
        for place, test in plan.tests:  # noqa: SIM110 - a generator would take longer, here and below
            if not test[objects[place]]:
                return False
        return True

    def is_rest_right(plan: Plan, subject: str, objects: tuple[str, ...]) -> bool:
        for run in plan.runs:
            if not run(objects):
                return False
        view.focus = subject
        for look in plan.looks:
            if not look(subject, objects, view):
                return False
        return not plan.judges or _judged(plan.judges, subject, view, findings)

    return prove
