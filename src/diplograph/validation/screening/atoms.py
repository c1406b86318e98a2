"""Shapes taken apart: single demands, each on the values of one path from the focus node, by what they are about."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from msgspec import Struct

from diplograph.validation.differences import differing
from diplograph.validation.screening import tree
from diplograph.validation.screening.judging import Judge, judge_at
from diplograph.validation.screening.lists import Unclear
from diplograph.validation.screening.parsing import Reader
from diplograph.validation.screening.paths import Back, Chain, Choice, Path, Repeat, Step
from diplograph.validation.screening.terms import BELOW, TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.validation.shapes import Shapes


class Atom(Struct, frozen=True):
    """One demand on the values of a path, or on the focus node itself, and the function that judges it.

    `reads` are the properties that it may ask of any node.
    """

    number: int
    path: Path | None
    demand: tree.Demand
    judge: Judge
    reads: tuple[str, ...]


class Atoms:
    """All that some shapes demand, by their targets; `unknown` says what is not understood of them.

    By the properties `keyed` classes are told, and those `sought` are gone along from values to nodes.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.of_class: dict[str, list[Atom]] = defaultdict(list)
        self.of_subjects: dict[str, list[Atom]] = defaultdict(list)
        self.of_objects: dict[str, list[Atom]] = defaultdict(list)
        self.of_nodes: dict[str, list[Atom]] = defaultdict(list)
        self.keyed: frozenset[str] = frozenset({TYPE})
        self.sought: frozenset[str] = frozenset()
        self.unknown = [f"{each.name}: {each.reason}" for each in differing(shapes)]
        self._numbers = count()
        reader, made = Reader(shapes.index), dict[int, list[Atom]]()
        for node in reader.targeted():
            try:
                shape, targets = reader.shape(node), reader.targets(node)
                atoms = [atom for part in _parts(shape) for atom in self._made(part, made)]
            except (Unclear, RecursionError) as error:
                self.unknown.append(f"{node}: {error}")
                continue
            self._enter(atoms, targets)
        self.sought |= self.of_objects.keys()

    def _made(self, shape: tree.Shape, made: dict[int, list[Atom]]) -> list[Atom]:
        """Make the atoms of a shape, the same ones wherever it is used."""
        found = made.get(id(shape))  # shapes are kept by their reader, and so are their places in memory
        if found is None:
            own = [each for each in shape.demands if shape.path is not None or not isinstance(each, tree.AllOf)]
            found = made[id(shape)] = [
                Atom(next(self._numbers), shape.path, demand, judge_at(shape.path, demand), _reads(shape.path, demand))
                for demand in own
            ]
            steps = (step for each in own for step in _steps(shape.path, each))
            self.sought |= {step.predicate for step in steps if isinstance(step, Back)}
            to_classes = [atom.reads for atom in found if BELOW in atom.reads]
            self.keyed |= {name for reads in to_classes for name in reads if name != BELOW}
        return found

    def _enter(self, atoms: list[Atom], targets: tree.Targets) -> None:
        for table, terms in (
            (self.of_nodes, targets.nodes),
            (self.of_class, targets.classes),
            (self.of_subjects, targets.subjects_of),
            (self.of_objects, targets.objects_of),
        ):
            for term in terms:
                table[term] += atoms


@lru_cache(maxsize=4)
def atoms_of(shapes: Shapes) -> Atoms:
    """Take shapes apart, the same ones once."""
    return Atoms(shapes)


def _parts(shape: tree.Shape) -> Iterator[tree.Shape]:
    """Go through a shape and all that it demands of the same focus node."""
    yield shape
    if shape.path is None:
        for demand in shape.demands:
            for inner in demand.shapes if isinstance(demand, tree.AllOf) else ():
                yield from _parts(inner)


def _reads(path: Path | None, demand: tree.Demand) -> tuple[str, ...]:
    """List the properties of a path, and those of the demands at its end."""
    return tuple(dict.fromkeys(step.predicate for step in _steps(path, demand) if isinstance(step, Step)))


def _steps(path: Path | None, demand: tree.Demand) -> Iterator[Step | Back]:
    """Go through the single steps of a path, and of the demands at its end."""
    if path is not None:
        yield from _steps_of(path)
    if isinstance(demand, (tree.Equals, tree.Disjoint, tree.Before)):
        yield Step(demand.predicate)
    inner = [demand.shape] if isinstance(demand, (tree.Not, tree.Qualified)) else []
    inner += demand.shapes if isinstance(demand, (tree.AllOf, tree.AnyOf, tree.OneOf)) else ()
    for shape in inner:
        for each in shape.demands:
            yield from _steps(shape.path, each)


def _steps_of(path: Path) -> Iterator[Step | Back]:
    if isinstance(path, (Chain, Choice)):
        for each in path.paths:
            yield from _steps_of(each)
    elif isinstance(path, Repeat):
        yield from _steps_of(path.path)
    else:
        yield path
