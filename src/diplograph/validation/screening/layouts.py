"""Nodes in memory: the objects of a node as a tuple, and a layout, shared by many nodes, of what stands where."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from diplograph.validation.screening.memory import Memo
from diplograph.validation.screening.terms import BELOW, TYPE

if TYPE_CHECKING:
    from diplograph.validation.screening.planning import Plan

Properties: TypeAlias = Sequence[tuple[str, str]]
"""What is said of a node: pairs of property and value, as terms in N-Triples."""

Key: TypeAlias = str | tuple[str, ...]


class Layout:
    """The properties of a node in their order, and what has been found out about all nodes that have just these.

    `key` gives the objects on which plans rest: those of the properties by which classes are told.
    """

    __slots__ = (
        "key",
        "key_predicates",
        "plans",
        "plans_of_objects",
        "positions",
        "predicates",
        "repeats",
        "tells_classes",
        "types",
    )

    def __init__(self, predicates: tuple[str, ...], keyed: frozenset[str]) -> None:
        self.predicates = predicates
        self.positions: dict[str, tuple[int, ...]] = {}
        for place, predicate in enumerate(predicates):
            self.positions[predicate] = (*self.positions.get(predicate, ()), place)
        self.repeats = len(self.positions) < len(predicates)
        self.tells_classes = BELOW in self.positions
        self.types = self.positions.get(TYPE, ())
        places = [place for place, predicate in enumerate(predicates) if predicate in keyed]
        self.key_predicates = tuple(predicates[place] for place in places)
        self.key: Callable[[tuple[str, ...]], Key] = itemgetter(*places) if places else _nothing
        self.plans: dict[Key, Plan] = {}
        self.plans_of_objects: dict[tuple[str, Key], Plan] = {}


def _nothing(_: tuple[str, ...]) -> tuple[str, ...]:
    return ()


Row: TypeAlias = tuple[Layout, tuple[str, ...]]
"""A node: its layout, and its objects."""


class Rows:
    """Nodes by subject, with the subjects by object for the properties that are asked for backwards."""

    def __init__(self, rows: dict[str, Row]) -> None:
        self.rows = rows
        self._holders: dict[str, dict[str, list[str]]] = {}
        self._by_layout: dict[Layout, list[tuple[str, tuple[str, ...]]]] = {}

    def add(self, rows: dict[str, Row]) -> None:
        """Add nodes."""
        self.rows.update(rows)
        self._holders.clear()
        self._by_layout.clear()

    def holders(self, predicate: str) -> dict[str, list[str]]:
        """Give the subjects of a property by its values."""
        found = self._holders.get(predicate)
        if found is None:
            found = self._holders[predicate] = {}
            for layout, nodes in self._nodes_by_layout().items():
                for place in layout.positions.get(predicate, ()):
                    for subject, objects in nodes:
                        found.setdefault(objects[place], []).append(subject)
        return found

    def pointed_at(self, predicate: str, terms: Container[str]) -> set[str]:
        """Give those of some terms that are values of a property; where few are, this is quicker than all holders."""
        return {
            objects[place]
            for layout, nodes in self._nodes_by_layout().items()
            for place in layout.positions.get(predicate, ())
            for _, objects in nodes
            if objects[place] in terms
        }

    def _nodes_by_layout(self) -> dict[Layout, list[tuple[str, tuple[str, ...]]]]:
        if not self._by_layout:
            for subject, (layout, objects) in self.rows.items():
                self._by_layout.setdefault(layout, []).append((subject, objects))
        return self._by_layout


def layouts(keyed: frozenset[str]) -> Memo[tuple[str, ...], Layout]:
    """Make a memory of layouts."""
    return Memo(lambda predicates: Layout(predicates, keyed), most=20_000)


def row(properties: Properties, known: Memo[tuple[str, ...], Layout]) -> Row:
    """Lay out what is said of a node; what is said twice counts once."""
    if not properties:
        return known[()], ()
    predicates, objects = zip(*properties, strict=True)
    layout = known[predicates]
    if layout.repeats and len(set(properties)) < len(properties):
        return row(list(dict.fromkeys(properties)), known)
    return layout, objects
