"""Lists of shapes, and the word for what a screen does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.validation.index import RDF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.validation.index import Index, Term

_FIRST: Final = ox.NamedNode(RDF + "first")
_REST: Final = ox.NamedNode(RDF + "rest")
_NIL: Final = ox.NamedNode(RDF + "nil")


class Unclear(Exception):  # noqa: N818 - no error: what a screen does not take, engines do
    """Shapes hold something whose meaning is not sure, or not known here."""


def members(head: Term, shapes: Index) -> Iterator[Term]:
    """Go through a well-formed list.

    Raises:
        Unclear: it is not.
    """
    seen: set[Term] = set()
    while head != _NIL:
        first, rest = shapes.objects(head, _FIRST), shapes.objects(head, _REST)
        if len(first) != 1 or len(rest) != 1 or head in seen:
            raise Unclear("a list that is not well-formed")
        seen.add(head)
        yield first[0]
        head = rest[0]
