"""What remains of a demand once the layout is known: checks at fixed places, short cuts, or the judgement in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from diplograph.validation.screening import tree
from diplograph.validation.screening.memory import Memo
from diplograph.validation.screening.paths import properties
from diplograph.validation.screening.shortcuts import agreeing, anything, before, counted, reaching, some_of, told_apart
from diplograph.validation.screening.terms import Verdict, all_of, opposite

if TYPE_CHECKING:
    from diplograph.validation.screening.atoms import Atom
    from diplograph.validation.screening.judging import Judge
    from diplograph.validation.screening.layouts import Layout
    from diplograph.validation.screening.shortcuts import Look, Run, Tests
    from diplograph.validation.screening.walking import Accept


class Remains(Struct, frozen=True):
    """Checks of a node: of the values at some places, by their class or as terms; of its objects; of what is around.

    Each is of some value at least to the proof: what they do not find is not proven.
    """

    instances: tuple[tuple[int, frozenset[str]], ...] = ()
    tests: tuple[tuple[int, Tests], ...] = ()
    runs: tuple[Run, ...] = ()
    looks: tuple[Look, ...] = ()
    judges: tuple[Judge, ...] = ()


def remains(atom: Atom, layout: Layout, tests: dict[int, Tests]) -> Remains:
    """Find the shortest way to check a demand on nodes of a layout; `tests` keeps the memories of all layouts."""
    accept, names = _accepted(atom, tests), properties(atom.path)
    places = [place for name in names or () for place in layout.positions.get(name, ())]
    if accept and names is not None:
        return Remains(runs=(some_of(places, accept),))
    if accept and atom.path is not None:
        return Remains(looks=(reaching(atom.path, accept, layout),))
    found = _around(atom, layout) if names is None else _at_places(atom, places, layout, tests)
    return found or Remains(judges=(atom.judge,))


def _around(atom: Atom, layout: Layout) -> Remains | None:
    """Find a check of where a longer path leads, if there is one."""
    if isinstance(atom.demand, tree.Equals) and atom.path is not None:
        look = agreeing(atom.path, atom.demand.predicate, atom.judge, layout)
        return Remains(looks=(look,)) if look else None
    return None


def _at_places(atom: Atom, places: list[int], layout: Layout, tests: dict[int, Tests]) -> Remains | None:
    """Find a check of the values at some places, if there is one."""
    demand = atom.demand
    if classes := _classes(demand):
        return Remains(instances=tuple((place, classes) for place in places))
    if isinstance(demand, tree.UniqueLanguages):
        return Remains(runs=(told_apart(places),))
    if isinstance(demand, tree.Before):
        return Remains(runs=(before(places, layout.positions.get(demand.predicate, ()), same_too=demand.same),))
    memory = _memory(atom, demand.shape if isinstance(demand, tree.Qualified) else demand, tests)
    if memory is None or not isinstance(demand, tree.Qualified):
        return None if memory is None else Remains(tests=tuple((place, memory) for place in places))
    # two values may be one, written differently
    return Remains(runs=(counted(demand, places, memory),)) if demand.least <= 1 else None


def _accepted(atom: Atom, tests: dict[int, Tests]) -> Accept | None:
    """Give what accepts a value, if a demand is met as soon as there is one such value."""
    demand = atom.demand
    if isinstance(demand, tree.Holds):
        return demand.term.__eq__
    if isinstance(demand, tree.Count) and demand.least == 1 and demand.most is None:
        return anything
    if isinstance(demand, tree.Qualified) and demand.least == 1 and demand.most is None:
        memory = _memory(atom, demand.shape, tests)
        return None if memory is None else memory.__getitem__
    return None


def _memory(atom: Atom, demand: tree.Demand | tree.Shape, tests: dict[int, Tests]) -> Tests | None:
    if atom.number not in tests:
        test = _test(demand)
        if test is None:
            return None
        tests[atom.number] = Memo(test)
    return tests[atom.number]


def _classes(demand: tree.Demand) -> frozenset[str]:
    """List the classes of which a value has to have one, if that is all that is demanded."""
    if isinstance(demand, tree.InstanceOf):
        return frozenset({demand.iri})
    found: set[str] = set()
    for shape in demand.shapes if isinstance(demand, tree.AnyOf) else ():
        if shape.path is not None or len(shape.demands) != 1 or not isinstance(shape.demands[0], tree.InstanceOf):
            return frozenset()
        found.add(shape.demands[0].iri)
    return frozenset(found)


def _test(demand: tree.Demand | tree.Shape) -> Callable[[str], Verdict] | None:
    """Make one test of a demand on the term alone; None for every other demand."""
    if isinstance(demand, tree.Shape):
        every = _tests(demand.demands)
        if demand.path is not None or every is None:
            return None
        return every[0] if len(every) == 1 else lambda term: all_of([test(term) for test in every])
    if isinstance(demand, tree.TermTest):
        return demand.passes
    if isinstance(demand, tree.Not):
        inner = _test(demand.shape)
        return None if inner is None else lambda term: opposite(inner(term))
    if isinstance(demand, tree.AnyOf):
        some = _tests(demand.shapes)
        return None if some is None else _passing_one(some)
    return None


def _tests(demands: tuple[tree.Demand | tree.Shape, ...]) -> list[Callable[[str], Verdict]] | None:
    found = [_test(each) for each in demands]
    every = [test for test in found if test is not None]
    return every if len(every) == len(found) else None


def _passing_one(tests: Sequence[Callable[[str], Verdict]]) -> Callable[[str], Verdict]:
    """Make one test of several of which a term has to pass one."""

    def test_any(term: str) -> Verdict:
        verdict: Verdict = False
        for test in tests:
            found = test(term)
            if found:
                return True
            verdict = None if found is None else verdict
        return verdict

    return test_any
