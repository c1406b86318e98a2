"""The exact difference of two sets of statements, at a memory that does not follow their size."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.diffing.shards import Shards, unchanged
from diplograph.diffing.sides import Side, side
from diplograph.diffing.sorting import Kept, Sorted
from diplograph.diffing.statements import is_provenance, lines, parsed, subject_of
from diplograph.errors import UsageError
from diplograph.mapping.iris import DEFAULT_BASE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    import pyoxigraph as ox

_CHUNK: Final = 1000


class Subject(Struct, frozen=True):
    """A subject of which something differs: its IRI, and whether the old and the new have any statement on it."""

    iri: bytes
    in_old: bool
    in_new: bool


class Difference(Struct, frozen=True):
    """What differs, as lines of statements in order, and what both sides hold, as far as it was read.

    With `graphs`, named graphs count; `without_graphs` names the side that has none while the other
    has, so that triples were compared.
    """

    old: Sorted
    new: Sorted
    removed: Kept
    added: Kept
    graphs: bool
    without_graphs: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything differs."""
        return bool(self.removed) or bool(self.added)

    def removed_quads(self) -> Iterator[ox.Quad]:
        """Give the statements that only the old has."""
        return _quads(self.removed)

    def added_quads(self) -> Iterator[ox.Quad]:
        """Give the statements that only the new has."""
        return _quads(self.added)

    def is_provenance(self, line: bytes) -> bool:
        """Tell whether a statement belongs to the provenance of the export."""
        return is_provenance(line, graphs=self.graphs)

    def subjects(self) -> Iterator[Subject]:
        """Give the subjects of which something differs, in order, but those of the provenance."""
        current, in_old, in_new, differs = b"", False, False, False
        for sign, line in compared(self.old, self.new):
            if not current or not line.startswith(current):
                if differs:
                    yield Subject(current[:-1], in_old, in_new)
                current, in_old, in_new, differs = subject_of(line) + b" ", False, False, False
            in_old, in_new = in_old or sign <= 0, in_new or sign >= 0
            differs = differs or (sign != 0 and not self.is_provenance(line))
        if differs:
            yield Subject(current[:-1], in_old, in_new)


def _quads(found: Iterable[bytes]) -> Iterator[ox.Quad]:
    ahead = iter(found)
    while chunk := list(islice(ahead, _CHUNK)):
        yield from parsed(chunk)


def compared(old: Iterable[bytes], new: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Go through two ordered streams at once: -1 with what only the old has, 1 only the new, 0 both.

    >>> list(compared([b"a", b"b"], [b"b", b"c"]))
    [(-1, b'a'), (0, b'b'), (1, b'c')]
    """
    olds, news = iter(old), iter(new)
    one, other = next(olds, None), next(news, None)
    while one is not None and other is not None:
        if one == other:
            yield 0, one
            one, other = next(olds, None), next(news, None)
        elif one < other:
            yield -1, one
            one = next(olds, None)
        else:
            yield 1, other
            other = next(news, None)
    while one is not None:
        yield -1, one
        one = next(olds, None)
    while other is not None:
        yield 1, other
        other = next(news, None)


def sides(
    old: str | Path, new: str | Path, ontology: Collection[str | Path] = (), base_iri: str = DEFAULT_BASE
) -> tuple[Side, Side]:
    """Find what two names stand for.

    Raises:
        UsageError: a name stands for nothing that can be compared, or both for standard input.
    """
    if str(old) == str(new) == "-":
        raise UsageError("Only one of the two can be standard input.")
    return side(old, ontology, base_iri), side(new, ontology, base_iri)


@contextmanager
def difference(old: Side, new: Side, *, provenance: bool = True) -> Iterator[Difference]:
    """Compare two sets of statements; what differs can be had while the block lasts.

    If only one side has named graphs, triples are compared. Without `provenance`, what tells how an
    export was made is left out. Parts that are the same in two sharded exports are not opened.

    Raises:
        InputError: something is wrong with the input.
        UsageError: a file cannot be read, has blank nodes, or is not what its digest says.
    """
    have = (old.has_graphs(), new.has_graphs())
    graphs = all(have)
    same: frozenset[str] = frozenset()
    if isinstance(old.source, Shards) and isinstance(new.source, Shards):
        same = unchanged(old.source, new.source)
    with ExitStack() as stack:
        olds, news, removed, added = Sorted(), Sorted(), Kept(), Kept()
        for one in (olds, news, removed, added):
            stack.callback(one.close)
        for found, into in ((old, olds), (new, news)):
            for chunk in lines(found.quads(same), found.name, graphs=graphs):
                into.add(chunk)
        for sign, line in compared(olds, news):
            if sign and (provenance or not is_provenance(line, graphs=graphs)):
                (removed if sign < 0 else added).add(line)
        lacking = "" if have[0] == have[1] else (new if have[0] else old).name
        yield Difference(olds, news, removed, added, graphs, lacking)
