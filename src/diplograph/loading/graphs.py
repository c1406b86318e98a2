"""The statements of all sources, by graph: each graph's in order, each once, with their digest; memory stays flat."""

from __future__ import annotations

import hashlib
import re
import tempfile
from itertools import groupby
from operator import itemgetter
from typing import IO, TYPE_CHECKING, Final, cast

from msgspec import Struct

from diplograph.loading.values import Values
from diplograph.mapping import terms
from diplograph.streaming.sorting import Sorter
from diplograph.values import literals
from diplograph.writing.temporaries import no_room

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_IN_MEMORY: Final = 1 << 24
_ARTICLE: Final = re.compile(rb"[0-9a-f]{16}>")
_SORTED_AT_ONCE: Final = 1 << 26


class Content(Struct, frozen=True):
    """What a graph is to hold: its name as a term, N-Triples, their number and size, and the digest.

    A store that takes literals of the same value for one may have as few as `least` statements of them.
    The last of the statements says the digest, the SHA-256 of the others in the order of their
    bytes, of the graph: who finds it, and as many statements, finds the whole graph.
    """

    graph: str
    body: IO[bytes]
    count: int
    least: int
    size: int
    digest: str
    blank: bool

    @property
    def iri(self) -> str:
        """The name of the graph, bare."""
        return self.graph[1:-1]


class Graphs:
    """Takes statements in any order and gives the content of each graph, by name.

    `only` is the name of the one graph for all statements, as a term, if not those that they have.
    """

    def __init__(self, only: str = "") -> None:
        self._only = only.encode()
        self._sorter = Sorter(_SORTED_AT_ONCE)
        self._names: set[bytes] = set()

    def __len__(self) -> int:
        """Count the graphs."""
        return len(self._names)

    def __contains__(self, graph: str) -> bool:
        """Tell whether a graph, by its term, has any statement."""
        return graph.encode() in self._names

    def has_article(self, base: str) -> bool:
        """Tell whether there is the graph of an article, whose name ends in the digits of its text's SHA-256."""
        start = f"<{base}graph/".encode()
        return any(name.startswith(start) and _ARTICLE.fullmatch(name[len(start) :]) for name in self._names)

    def add_nquads(self, text: bytes) -> None:
        r"""Take lines of N-Quads, all with the name of a graph.

        >>> graphs = Graphs()
        >>> graphs.add_nquads(b'<x:s> <x:p> "o" <x:g> .\n')
        >>> [(content.graph, content.count) for content in graphs]
        [('<x:g>', 2)]
        """
        for line in text.splitlines(keepends=True):
            triple, graph, _ = line.rsplit(b" ", 2)
            self.add(graph, triple + b" .\n")

    def add(self, graph: bytes, triple: bytes, *, by_itself: bool = False) -> None:
        """Take a line of N-Triples for a graph, whose name may be empty if all statements go to one.

        What is to be `by_itself` goes to its own graph whatever the others do.
        """
        name = graph if by_itself else self._only or graph
        self._names.add(name)
        self._sorter.add(name, triple)

    def __iter__(self) -> Iterator[Content]:
        """Give the graphs in the order of their names; each body can be read until the next one is given.

        Raises:
            UsageError: there is no room for temporary files.
        """
        for graph, records in groupby(self._sorter, itemgetter(0)):
            with cast("IO[bytes]", tempfile.SpooledTemporaryFile(_IN_MEMORY, prefix="diplograph-")) as body:
                yield _content(graph.decode(), body, (line for _, line in records))


def _content(graph: str, body: IO[bytes], ordered: Iterable[bytes]) -> Content:
    digest = hashlib.sha256()
    count, size, last, blank, values = 0, 0, b"", False, Values()
    try:
        for line in ordered:
            if line != last:
                body.write(line)
                digest.update(line)
                values.add(line)
                count, size, last = count + 1, size + len(line), line
                blank = blank or _has_blank_node(line)
        told = f"{graph} {terms.SHA256} {literals.plain(digest.hexdigest())} .\n".encode()
        body.write(told)
        body.seek(0)
    except OSError as error:
        raise no_room(error) from error
    return Content(graph, body, count + 1, count + 1 - values.repeated, size + len(told), digest.hexdigest(), blank)


def _has_blank_node(line: bytes) -> bool:
    """Tell whether the subject or object of a line is a blank node."""
    last = line.rsplit(b" ", 2)[1]
    return line.startswith(b"_:") or (last.startswith(b"_:") and b'"' not in last)
