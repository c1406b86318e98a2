"""What a fault is: edits of the seeds, and all that must be found after them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias

from tests.faults.copies import Place, Spot
from tests.faults.edits import Edit, Put, Syntax
from tests.faults.seeds import Fact, Seeds

if TYPE_CHECKING:
    from tests.faults.nodes import Data

MADE_UP: Final = "made-up"
"""What the ids of facts and the names of entities start with that a fault adds."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that there has to be: its rule, its place, and the related places."""

    code: str
    place: Place
    related: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Edits, and what must be found; `documents` are those that it needs beside those that it edits."""

    edits: tuple[Edit, ...]
    expected: tuple[Expected, ...]
    documents: tuple[str, ...] = ()

    @classmethod
    def one(cls, edit: Edit, code: str, place: Place, *related: Place) -> Fault:
        """Make a fault of one edit and one finding."""
        return cls((edit,), (Expected(code, place, related),))


Faults: TypeAlias = Callable[[Seeds, Random], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: all places where it can be made. A kind for one syntax only names it.

    Its name is the rule that it breaks, with something in brackets behind it to tell it from others.
    """

    name: str
    faults: Faults
    syntax: Syntax | None = None
    is_reading: bool = False

    @property
    def code(self) -> str:
        """The rule that it breaks."""
        return code_of(self.name)


def code_of(name: str) -> str:
    """Give the rule that a kind is named by."""
    return name.partition(" ")[0]


def rule(key: str, what: str) -> str:
    """Name the rule of a property.

    >>> rule("onBehalfOf", "use")
    'on-behalf-of-use'
    """
    return re.sub(r"([A-Z])", r"-\1", key).lower() + f"-{what}"


def added(seeds: Seeds, document: str, code: str, **keys: Data) -> tuple[Put, Spot]:
    """Add a fact, named by the rule that it breaks, at the end of an article, and give its place."""
    spot = Spot(document, ("facts", f"{MADE_UP}-{code}"))
    data: dict[str, Data] = {"id": spot.steps[1], **keys, "evidence": seeds.evidence(document)}
    return Put(document, spot.steps, data), spot


def below(spot: Spot, *steps: str | int) -> Spot:
    """Name a place in another one."""
    return spot._replace(steps=(*spot.steps, *steps))


def put(fact: Fact, value: Data, *steps: str | int) -> Put:
    """Put a value into a fact."""
    return Put(fact.document, (*fact.steps, *steps), value)
