"""Property paths as a tree, read from shapes (SHACL, section 2.3.1).

Only what the reference walks as SHACL says: the inverse of one property, and no deeper than it goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import pyoxigraph as ox
from msgspec import Struct

from diplograph.validation.index import RDF, sh
from diplograph.validation.screening.lists import Unclear, members

if TYPE_CHECKING:
    from diplograph.validation.index import Index, Term

_FIRST: Final = ox.NamedNode(RDF + "first")
_DEEPEST: Final = 8


class Step(Struct, frozen=True):
    """From a node to the values of a property."""

    predicate: str


class Back(Struct, frozen=True):
    """From a value to the nodes that have it."""

    predicate: str


class Chain(Struct, frozen=True):
    """One path after the other."""

    paths: tuple[Path, ...]


class Choice(Struct, frozen=True):
    """Any of some paths."""

    paths: tuple[Path, ...]


class Repeat(Struct, frozen=True):
    """A path again and again; `stays` counts the start itself, and `once` ends after one step."""

    path: Path
    stays: bool
    once: bool


Path: TypeAlias = Step | Back | Chain | Choice | Repeat


def properties(path: Path | None) -> tuple[str, ...] | None:
    """Give the properties of a path that is one, or any of some; None for every other path."""
    if isinstance(path, Step):
        return (path.predicate,)
    if isinstance(path, Choice) and all(isinstance(each, Step) for each in path.paths):
        return tuple(each.predicate for each in path.paths if isinstance(each, Step))
    return None


_REPEATED: Final = (
    (sh("zeroOrMorePath"), True, False),
    (sh("oneOrMorePath"), False, False),
    (sh("zeroOrOnePath"), True, True),
)


def read_path(node: Term, shapes: Index, depth: int = 0) -> Path:
    """Read a path.

    Raises:
        Unclear: it is none, or one that is not walked by everybody alike.
    """
    if isinstance(node, ox.NamedNode):
        return Step(str(node))
    if not isinstance(node, ox.BlankNode) or depth > _DEEPEST:
        raise Unclear(f"a path that is deeper than {_DEEPEST}, or none")
    if shapes.objects(node, _FIRST):
        items = list(members(node, shapes))
        return Chain(tuple(read_path(item, shapes, depth + place + 1) for place, item in enumerate(_several(items))))
    about = shapes.about(node)
    if len(about) != 1 or any(len(values) != 1 for values in about.values()):
        raise Unclear("a path of several kinds")
    [(predicate, [value])] = about.items()
    if predicate == sh("inversePath") and isinstance(value, ox.NamedNode):
        return Back(str(value))
    if predicate == sh("alternativePath"):
        items = list(members(value, shapes))
        return Choice(tuple(read_path(item, shapes, depth + 1) for item in _several(items)))
    for repeated, stays, once in _REPEATED:
        if predicate == repeated:
            return Repeat(read_path(value, shapes, depth + 1), stays, once)
    raise Unclear(f"a path with {predicate}")


def _several(items: list[Term]) -> list[Term]:
    if len(items) < 2:  # noqa: PLR2004 - a list of one is no path (SHACL, section 2.3.1.2)
        raise Unclear("a path of fewer than two")
    return items
