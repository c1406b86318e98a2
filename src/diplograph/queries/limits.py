"""The first rows or triples of an answer, and whether there are more; nothing is held in memory."""

from __future__ import annotations

import io
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import msgspec
import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Item = TypeVar("Item")


class First(Generic[Item]):
    """Some items up to a number, 0 for all; `cut` tells, once they have been taken, whether there are more.

    To know that, one more is fetched than is given.

    >>> first = First("abc", 2)
    >>> list(first), first.cut
    (['a', 'b'], True)
    """

    def __init__(self, items: Iterable[Item], most: int = 0) -> None:
        self.items = items
        self.most = most
        self.cut = False

    def __iter__(self) -> Iterator[Item]:
        """Give the items, once."""
        left = iter(self.items)
        yield from islice(left, self.most or None)
        self.cut = bool(self.most) and next(left, None) is not None


def solutions(first: First[ox.QuerySolution], names: list[str]) -> ox.QuerySolutions:
    """Give the first solutions as the engine has them, so that it writes them as it writes all.

    It reads them from JSON (SPARQL 1.1 Query Results JSON Format, section 3), made while it reads.
    """
    stream = cast("io.BufferedReader", io.BufferedReader(_Chunks(_document(first, names)), 1 << 16))
    return cast("ox.QuerySolutions", ox.parse_query_results(stream, format=ox.QueryResultsFormat.JSON))


def _document(first: First[ox.QuerySolution], names: list[str]) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    yield b'{"head":{"vars":' + encode(names) + b'},"results":{"bindings":['
    for place, solution in enumerate(first):
        row = {name: _binding(term) for name, term in zip(names, solution, strict=True) if term is not None}
        yield b"," * bool(place) + encode(row)
    yield b"]}}"


def _binding(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> dict[str, object]:
    """Write a term as JSON; triples and directions as the engine does, after the drafts of SPARQL 1.2."""
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _binding(part) for name, part in parts.items()}}
    if not isinstance(term, ox.Literal):
        return {"type": "uri" if isinstance(term, ox.NamedNode) else "bnode", "value": term.value}
    literal: dict[str, object] = {"type": "literal", "value": term.value}
    if term.language is None:
        return literal | {"datatype": term.datatype.value}
    direction = {} if term.direction is None else {"its:dir": term.direction.value}
    return literal | {"xml:lang": term.language} | direction


class _Chunks(io.RawIOBase):
    """Bytes that are made while they are read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as one chunk goes; 0 is the end."""
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = chunk
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size
