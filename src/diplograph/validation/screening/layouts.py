"""Nodes in memory: the objects of a node as a tuple, and a layout, shared by many nodes, of what stands where."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

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
    `values` give the objects of a property, `repeated` those of each that stands there more than once.
    `sought` has the places of those that are gone along from values to nodes.
    """

    __slots__ = (
        "key",
        "key_predicates",
        "plans",
        "plans_of_objects",
        "positions",
        "predicates",
        "repeated",
        "sought",
        "tells_classes",
        "types",
        "values",
    )

    def __init__(self, predicates: tuple[str, ...], keyed: frozenset[str], sought: frozenset[str]) -> None:
        self.predicates = predicates
        self.positions: dict[str, tuple[int, ...]] = {}
        for place, predicate in enumerate(predicates):
            self.positions[predicate] = (*self.positions.get(predicate, ()), place)
        self.values = {predicate: _values(places) for predicate, places in self.positions.items()}
        self.repeated = tuple(self.values[each] for each, places in self.positions.items() if len(places) > 1)
        self.sought = tuple((place, name) for place, name in enumerate(predicates) if name in sought)
        self.tells_classes = BELOW in self.positions
        self.types = self.positions.get(TYPE, ())
        places = [place for place, predicate in enumerate(predicates) if predicate in keyed]
        self.key_predicates = tuple(predicates[place] for place in places)
        self.key: Callable[[tuple[str, ...]], Key] = itemgetter(*places) if places else _nothing
        self.plans: dict[Key, Plan] = {}
        self.plans_of_objects: dict[tuple[str, Key], Plan] = {}


def _values(places: tuple[int, ...]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Make the function that picks the objects at some places."""
    first, last = places[0], places[-1]
    return itemgetter(slice(first, last + 1)) if last - first < len(places) else itemgetter(*places)


def _nothing(_: tuple[str, ...]) -> tuple[str, ...]:
    return ()


Row: TypeAlias = tuple[Layout, tuple[str, ...]]
"""A node: its layout, and its objects."""


class Group(Struct, frozen=True):
    """Nodes with one layout: their subjects, their objects, and the same objects by their place."""

    layout: Layout
    subjects: list[str]
    rows: list[tuple[str, ...]]
    columns: list[tuple[str, ...]]

    def by_key(self) -> list[tuple[Key, Group]]:
        """Part the nodes by their keys."""
        if len(self.rows) == 1:
            return [(self.layout.key(self.rows[0]), self)]
        keys = list(map(self.layout.key, self.rows))
        if keys.count(keys[0]) == len(keys):
            return [(keys[0], self)]
        numbers: dict[Key, list[int]] = {}
        for number, key in enumerate(keys):
            numbers.setdefault(key, []).append(number)
        return [
            (key, group(self.layout, [self.subjects[each] for each in some], [self.rows[each] for each in some]))
            for key, some in numbers.items()
        ]

    def without(self, subjects: Container[str]) -> Group:
        """Leave some nodes out."""
        pairs = [pair for pair in zip(self.subjects, self.rows, strict=True) if pair[0] not in subjects]
        if len(pairs) == len(self.subjects):
            return self
        return group(self.layout, [subject for subject, _ in pairs], [objects for _, objects in pairs])

    def singly(self) -> Iterator[Group]:
        """Go through the nodes, each as a group of its own."""
        for subject, objects in zip(self.subjects, self.rows, strict=True):
            yield group(self.layout, [subject], [objects])


def group(layout: Layout, subjects: list[str], rows: list[tuple[str, ...]]) -> Group:
    """Make a group of nodes with one layout."""
    return Group(layout, subjects, rows, list(zip(*rows, strict=True)))


def grouped(rows: Iterable[tuple[str, Row]]) -> list[Group]:
    """Group nodes by their layouts."""
    found: dict[Layout, tuple[list[str], list[tuple[str, ...]]]] = {}
    for subject, (layout, objects) in rows:
        known = found.get(layout)
        if known is None:
            found[layout] = [subject], [objects]
        else:
            known[0].append(subject)
            known[1].append(objects)
    return [group(layout, subjects, several) for layout, (subjects, several) in found.items()]


class Rows:
    """Nodes by subject, with the subjects by object for the properties that are asked for backwards."""

    def __init__(self, rows: dict[str, Row]) -> None:
        self.rows = rows
        self._holders: dict[str, dict[str, list[str]]] = {}
        self._groups: list[Group] = []
        self._places: dict[str, list[tuple[Group, int]]] = {}

    def add(self, rows: dict[str, Row]) -> None:
        """Add nodes."""
        self.rows.update(rows)
        self._holders.clear()
        self._groups = []
        self._places.clear()

    def holders(self, predicate: str) -> dict[str, list[str]]:
        """Give the subjects of a property that is sought, by its values."""
        found = self._holders.get(predicate)
        if found is None:
            found = self._holders[predicate] = {}
            for each, place in self._standing(predicate):
                for subject, value in zip(each.subjects, each.columns[place], strict=True):
                    if value in found:
                        found[value].append(subject)
                    else:
                        found[value] = [subject]
        return found

    def pointed_at(self, predicate: str, terms: Container[str]) -> set[str]:
        """Give those of some terms that are values of a property; where few are, this is quicker than all holders."""
        return {value for each, place in self._standing(predicate) for value in each.columns[place] if value in terms}

    def _standing(self, predicate: str) -> Sequence[tuple[Group, int]]:
        """List where a property stands, in which groups."""
        if not self._places:
            for each in self.groups():
                for place, name in each.layout.sought:
                    self._places.setdefault(name, []).append((each, place))
        return self._places.get(predicate, ())

    def groups(self) -> list[Group]:
        """Give the nodes by their layouts."""
        if not self._groups:
            self._groups = grouped(self.rows.items())
        return self._groups


def layouts(keyed: frozenset[str], sought: frozenset[str]) -> Memo[tuple[str, ...], Layout]:
    """Make a memory of layouts."""
    return Memo(lambda predicates: Layout(predicates, keyed, sought), most=20_000)


def row(properties: Properties, known: Memo[tuple[str, ...], Layout]) -> Row:
    """Lay out what is said of a node; what is said twice counts once."""
    if not properties:
        return known[()], ()
    predicates, objects = zip(*properties)  # noqa: B905 - pairs are of one length, and to say so costs time
    layout = known[predicates]
    for values in layout.repeated:
        several = values(objects)
        if len(set(several)) < len(several):
            return row(list(dict.fromkeys(properties)), known)
    return layout, objects
