"""Shapes as a tree of values: what is demanded, free of how RDF writes it and of how it is checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from diplograph.validation.screening.paths import Path
from diplograph.validation.screening.terms import Verdict


class Shape(Struct, frozen=True):
    """Demands on a node, or with a path on the values that it leads to; a deactivated shape demands nothing."""

    path: Path | None
    demands: tuple[Demand, ...]


class TermTest(Struct, frozen=True):
    """Each value passes a test of the term alone: kind, datatype, pattern, bounds, a list."""

    passes: Callable[[str], Verdict]


class InstanceOf(Struct, frozen=True):
    """Each value is an instance of a class, or of one below it."""

    iri: str


class Count(Struct, frozen=True):
    """There are at least and at most so many values."""

    least: int
    most: int | None


class Qualified(Struct, frozen=True):
    """At least and at most so many values conform to a shape."""

    shape: Shape
    least: int
    most: int | None


class Holds(Struct, frozen=True):
    """One of the values is this term."""

    term: str


class Equals(Struct, frozen=True):
    """The values are just those of a property of the focus node."""

    predicate: str


class Disjoint(Struct, frozen=True):
    """No value is one of a property of the focus node."""

    predicate: str


class Before(Struct, frozen=True):
    """Each value comes before all values of a property of the focus node, or is the same where `same` says so."""

    predicate: str
    same: bool


class UniqueLanguages(Struct, frozen=True):
    """No two values have the same language."""


class Closed(Struct, frozen=True):
    """Each value has no properties but these."""

    allowed: frozenset[str]


class Not(Struct, frozen=True):
    """No value conforms to a shape."""

    shape: Shape


class AllOf(Struct, frozen=True):
    """Each value conforms to all of some shapes."""

    shapes: tuple[Shape, ...]


class AnyOf(Struct, frozen=True):
    """Each value conforms to one of some shapes at least."""

    shapes: tuple[Shape, ...]


class OneOf(Struct, frozen=True):
    """Each value conforms to just one of some shapes."""

    shapes: tuple[Shape, ...]


OfValue: TypeAlias = TermTest | InstanceOf | Closed | Not | AllOf | AnyOf | OneOf
"""Demands that each value meets by itself, or not."""
OfValues: TypeAlias = Count | Qualified | Holds | Equals | Disjoint | Before | UniqueLanguages
"""Demands on the values together."""
Demand: TypeAlias = OfValue | OfValues


class Targets(Struct, frozen=True):
    """What a shape is about."""

    nodes: tuple[str, ...]
    classes: tuple[str, ...]
    subjects_of: tuple[str, ...]
    objects_of: tuple[str, ...]
