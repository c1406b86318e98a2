"""Plans: what remains to be checked of nodes with one layout and one key, and where in them it stands."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from diplograph.validation.screening import tree
from diplograph.validation.screening.hierarchy import Hierarchy, Kinds
from diplograph.validation.screening.layouts import Layout, layouts
from diplograph.validation.screening.memory import Memo
from diplograph.validation.screening.remains import Remains, remains
from diplograph.validation.screening.settling import is_keyed, settled
from diplograph.validation.screening.shortcuts import Look, Run, Tests
from diplograph.validation.screening.terms import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diplograph.validation.screening.atoms import Atom, Atoms
    from diplograph.validation.screening.judging import Judge
    from diplograph.validation.screening.view import View

_MOST_PLANS: Final = 40_000
_KEYED: Final = "keyed"


class Plan(Struct):
    """What to check of a node: classes of values, tests of values, and what needs more than one look.

    `is_hopeless` is a plan that no node with this layout and key can meet.
    """

    kinds: Kinds
    is_hopeless: bool = False
    instances: tuple[tuple[int, str], ...] = ()
    alternatives: tuple[tuple[int, frozenset[str]], ...] = ()
    tests: tuple[tuple[int, Tests], ...] = ()
    runs: tuple[Run, ...] = ()
    looks: tuple[Look, ...] = ()
    judges: tuple[Judge, ...] = ()


Decision: TypeAlias = Verdict | str | Remains


class Planner:
    """Makes plans, and keeps them with the layouts that they are for."""

    def __init__(self, atoms: Atoms, hierarchy: Hierarchy) -> None:
        self.atoms = atoms
        self._made = 0
        self.hierarchy = hierarchy
        self.layouts = layouts(atoms.keyed, atoms.sought)
        self._of_kinds: Memo[Kinds, tuple[Atom, ...]] = Memo(self._atoms_of)
        self._keyed: dict[object, Verdict] = {}
        self._outlines: dict[tuple[int, ...], Verdict | str] = {}
        self._tests: dict[int, Tests] = {}
        self._joint_tests: dict[tuple[int, ...], Tests] = {}

    def plan(self, subject: str, layout: Layout, objects: tuple[str, ...], view: View) -> Plan:
        """Make the plan of a node and of all that have the same layout and key, by their classes and properties."""
        kinds = self.hierarchy.kinds([objects[place] for place in layout.types])
        if kinds:
            view.kinds[subject] = kinds
        atoms = {atom.number: atom for atom in self._of_kinds[kinds]}
        for predicate in layout.positions:
            atoms.update((atom.number, atom) for atom in self.atoms.of_subjects.get(predicate, ()))
        return self._plan(list(atoms.values()), kinds, (subject, layout, objects), view)

    def plan_of_object(
        self, predicate: str, subject: str, layout: Layout, objects: tuple[str, ...], view: View
    ) -> Plan:
        """Make the plan of nodes that are values of a property, as far as they are targets for that."""
        return self._plan(self.atoms.of_objects[predicate], view.classes(subject), (subject, layout, objects), view)

    def _plan(self, atoms: list[Atom], kinds: Kinds, node: tuple[str, Layout, tuple[str, ...]], view: View) -> Plan:
        subject, layout, objects = node
        self._count()
        key = layout.key(objects)
        left: list[Remains] = []
        for atom in atoms:
            decision = self._decision(atom, layout)
            if decision == _KEYED:
                decision = self._judged(atom, (layout.key_predicates, key), subject, view)
            if isinstance(decision, Remains):
                left.append(decision)
            elif not decision:
                return Plan(kinds, is_hopeless=True)
        return self._joined(kinds, left)

    def _joined(self, kinds: Kinds, left: list[Remains]) -> Plan:
        instances = [pair for each in left for pair in each.instances]
        by_place: dict[int, list[Tests]] = defaultdict(list)
        for place, test in (pair for each in left for pair in each.tests):
            by_place[place].append(test)
        return Plan(
            kinds,
            instances=tuple((place, next(iter(classes))) for place, classes in instances if len(classes) == 1),
            alternatives=tuple((place, classes) for place, classes in instances if len(classes) > 1),
            tests=tuple((place, self._joint(several)) for place, several in by_place.items()),
            runs=tuple(run for each in left for run in each.runs),
            looks=tuple(look for each in left for look in each.looks),
            judges=tuple(judge for each in left for judge in each.judges),
        )

    def _joint(self, tests: list[Tests]) -> Tests:
        """Make one test of all that are made at the same place."""
        if len(tests) == 1:
            return tests[0]
        key = tuple(map(id, tests))  # the planner keeps them all, and so their places in memory
        if key not in self._joint_tests:
            self._joint_tests[key] = Memo(_passing([test.answer for test in tests]))
        return self._joint_tests[key]

    def _decision(self, atom: Atom, layout: Layout) -> Decision:
        """Decide on a demand for all nodes of a layout: whether it holds, what it rests on, or what remains of it."""
        if isinstance(atom.demand, tree.Closed):
            verdict = settled(atom.path, atom.demand, layout)
            return remains(atom, layout, self._tests) if verdict is None else verdict
        positions = layout.positions
        outline = (atom.number, *[len(positions.get(name, ())) for name in atom.reads])
        if outline not in self._outlines:  # how many there are of what it reads is all that tells so much
            decision: Verdict | str = settled(atom.path, atom.demand, layout)
            self._outlines[outline] = (
                _KEYED if decision is None and is_keyed(atom.path, atom.demand, layout) else decision
            )
        found = self._outlines[outline]
        return remains(atom, layout, self._tests) if found is None else found

    def _judged(self, atom: Atom, key: object, subject: str, view: View) -> Verdict:
        """Judge a demand for all nodes with some key, on one of them."""
        if (atom.number, key) not in self._keyed:
            self._keyed[atom.number, key] = atom.judge(subject, view, None)
        return self._keyed[atom.number, key]

    def _atoms_of(self, kinds: Kinds) -> tuple[Atom, ...]:
        return tuple(atom for kind in kinds for atom in self.atoms.of_class.get(kind, ()))

    def _count(self) -> None:
        """Let everything go when there are too many plans, so that memory has a bound."""
        self._made += 1
        if self._made > _MOST_PLANS:
            self._made = 0
            self.layouts.clear()
            self._keyed.clear()
            self._outlines.clear()


def _passing(answers: Sequence[Callable[[str], Verdict]]) -> Callable[[str], Verdict]:
    """Make the function that tells whether a term surely passes all of some tests."""

    def is_passing(term: str) -> bool:
        for answer in answers:  # noqa: SIM110 - a generator would take longer
            if not answer(term):
                return False
        return True

    return is_passing
