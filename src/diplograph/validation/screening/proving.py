"""Checking nodes by their plans: this runs for every node, and is written for speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from diplograph.validation.screening.layouts import grouped
from diplograph.validation.screening.terms import LITERAL, all_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from diplograph.validation.screening.atoms import Atom
    from diplograph.validation.screening.judging import Judge
    from diplograph.validation.screening.layouts import Group
    from diplograph.validation.screening.planning import Plan, Planner
    from diplograph.validation.screening.view import View, Watched

Left: TypeAlias = "Callable[[Plan, Group], Iterable[str]]"
"""Gives the nodes that do not surely conform, given what is noted as needed for the others."""


class Findings(Struct):
    """What is found in a batch: doubtful nodes as keys, and what the proofs of others need."""

    doubtful: dict[str, None]
    needed: list[tuple[str, str, str]]


def prove_nodes(view: View, planner: Planner, findings: Findings) -> None:
    """Check the nodes of a batch by their classes and properties."""
    todo: list[tuple[Plan, Group]] = []
    kinds = view.kinds
    for group in view.own.groups():
        plans = group.layout.plans
        for key, part in group.by_key():
            plan = plans.get(key)
            if plan is None:
                plan = plans[key] = planner.plan(part.subjects[0], part.layout, part.rows[0], view)
            kinds.update(dict.fromkeys(part.subjects, plan.kinds))
            todo.append((plan, part))
    left, doubtful = _prover(view, findings), set(view.open)  # what an open node is a target of is not known
    for plan, group in todo:
        closed = group.without(view.open) if view.open else group
        if closed.subjects:
            doubtful.update(left(plan, closed))
    if doubtful:
        findings.doubtful.update(dict.fromkeys([subject for subject in view.own.rows if subject in doubtful]))


def prove_objects(view: View, planner: Planner, findings: Findings) -> None:
    """Check what is a target as the value of a property, be it a node of the batch or not."""
    left, own = _prover(view, findings), view.own.rows
    for predicate, atoms in planner.atoms.of_objects.items():
        behind = view.context.holders(predicate).keys() | view.background.holders(predicate).keys()
        subjects = [*view.own.holders(predicate), *(behind & own.keys())]
        described = {subject: own[subject] for subject in subjects if subject in own and subject not in view.open}
        judges = _judges(atoms)
        doubtful = {
            subject for subject in subjects if subject not in described and not _judged(judges, subject, view, findings)
        }
        for group in grouped(described.items()):
            plans = group.layout.plans_of_objects
            for key, part in group.by_key():
                plan = plans.get((predicate, key))
                if plan is None:
                    plan = planner.plan_of_object(predicate, part.subjects[0], part.layout, part.rows[0], view)
                    plans[predicate, key] = plan
                doubtful.update(left(plan, part))
        if doubtful:
            findings.doubtful.update(dict.fromkeys([subject for subject in subjects if subject in doubtful]))


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


def _prover(view: View, findings: Findings) -> Left:  # noqa: C901 - functions that share what is at hand
    """Make the function that checks nodes by their plan, with all that it uses at hand.

    Together first: what stands at one place in many nodes is often the same. Only where that proves
    not all of them, each is checked by itself.
    """
    classes, classes_behind, is_open, needed = view.kinds.get, view.kinds_behind.get, view.is_open, findings.needed

    def left(plan: Plan, group: Group) -> Iterable[str]:
        if plan.is_hopeless:
            return group.subjects
        if proves(plan, group):
            return ()
        if len(group.subjects) == 1:
            return group.subjects
        return [each.subjects[0] for each in group.singly() if not proves(plan, each)]

    def proves(plan: Plan, group: Group) -> bool:
        mark = len(needed)
        if are_classes_right(plan, group) and are_terms_right(plan, group) and is_rest_right(plan, group):
            return True
        del needed[mark:]
        return False

    def are_classes_right(plan: Plan, group: Group) -> bool:
        columns = group.columns
        for place, iri in plan.instances:
            for found in set(map(classes, columns[place])):  # most have one of few sets of classes, in the batch
                if found is None or iri not in found:
                    if not are_instances(columns[place], iri, group):
                        return False
                    break
        for place, wanted in plan.alternatives:
            for term in columns[place]:
                if wanted.isdisjoint(classes(term) or classes_behind(term) or ()):
                    return False
        return True

    def are_instances(terms: Sequence[str], iri: str, group: Group) -> bool:
        lacking = set()
        for term in set(terms):
            found = classes(term) or classes_behind(term)
            if found is None or iri not in found:
                if term[0] == LITERAL or not is_open(term):
                    return False
                lacking.add(term)
        if lacking:
            pairs = zip(terms, group.subjects, strict=True)
            needed.extend([(term, iri, subject) for term, subject in pairs if term in lacking])
        return True

    def are_terms_right(plan: Plan, group: Group) -> bool:
        columns = group.columns
        for place, test in plan.tests:  # noqa: SIM110 - a generator would take longer
            if not all(map(test.__getitem__, columns[place])):
                return False
        return True

    def is_rest_right(plan: Plan, group: Group) -> bool:
        for run in plan.runs:
            if not all(map(run, group.rows)):
                return False
        for look in plan.looks:
            if not look(group, view):
                return False
        if plan.judges:
            for subject in group.subjects:
                if not _judged(plan.judges, subject, view, findings):
                    return False
        return True

    return left
