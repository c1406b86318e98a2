"""Which shapes look against the direction of statements, and so at what other articles may say.

A node's own statements are in one place; what points at it may be anywhere. (SHACL, section
2.3.1.4, inverse paths.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from msgspec import Struct

from diplograph.validation.index import RDF, sh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.validation.index import Index, Term
    from diplograph.validation.shapes import Shapes

_INVERSE: Final = sh("inversePath")
_SKIPPABLE: Final = (sh("zeroOrMorePath"), sh("zeroOrOnePath"))
_FIRST: Final = ox.NamedNode(RDF + "first")


class Reach(Struct, frozen=True):
    """What shapes look at against the direction of statements, as N-Triples terms.

    `pointed` are the classes of which shapes ask what points at their instances, `joining` the
    properties by whose values shapes find other nodes with the same value.
    """

    pointed: frozenset[str]
    joining: frozenset[str]


def reach(shapes: Shapes) -> Reach:
    """Find what shapes look at against the direction of statements."""
    index = shapes.index
    pointed = {
        str(target)
        for node in index.subjects()
        for target in index.objects(node, sh("targetClass"))
        if any(_starts_inversely(path, index) for path in _paths(node, index))
    }
    paths = [path for node in index.subjects() for path in index.objects(node, sh("path"))]
    joining = {str(predicate) for path in paths for predicate in _joining(path, index)}
    return Reach(frozenset(pointed), frozenset(joining))


def _paths(shape: Term, index: Index) -> list[Term]:
    """List the paths of a shape and of those that it uses."""
    ahead, seen, found = [shape], {shape}, []
    for current in ahead:
        found += index.objects(current, sh("path"))
        for predicate, values in index.about(current).items():
            if predicate != sh("path"):
                new = set(values) - seen
                seen |= new
                ahead += new
    return found


def _starts_inversely(path: Term, index: Index) -> bool:
    """Tell whether a way along a path may start with an inverse step, at the node itself."""
    about = index.about(path)
    if _INVERSE in about:
        return True
    if _FIRST in about:
        for member in index.members(path):
            if _starts_inversely(member, index):
                return True
            if not any(one in index.about(member) for one in _SKIPPABLE):
                return False
        return False
    return any(_starts_inversely(one, index) for one in _parts(path, index))


def _joining(path: Term, index: Index) -> Iterator[Term]:
    """Give the predicates of the inverse steps that are not the first of their sequence."""
    if _FIRST in index.about(path):
        first, *later = index.members(path)
        yield from _joining(first, index)
        for member in later:
            yield from _inverse(member, index)
    else:
        for one in _parts(path, index):
            yield from _joining(one, index)


def _inverse(path: Term, index: Index) -> Iterator[Term]:
    """Give the predicates of all inverse steps of a path."""
    yield from index.objects(path, _INVERSE)
    for one in [*_parts(path, index), *index.members(path)]:
        yield from _inverse(one, index)


def _parts(path: Term, index: Index) -> list[Term]:
    """List what an alternative or repeated path is made of."""
    found = [one for predicate in (*_SKIPPABLE, sh("oneOrMorePath")) for one in index.objects(path, predicate)]
    return [*found, *(one for head in index.objects(path, sh("alternativePath")) for one in index.members(head))]
