"""Records put aside and taken up again in order, in bounded memory: an external merge sort.

Records are kept in memory up to a limit, then written to a temporary file as a sorted run; reading
merges the runs (Knuth, The Art of Computer Programming, volume 3, section 5.4). The file has no
name, so that nothing is left however the program ends.
"""

from __future__ import annotations

import heapq
import os
import struct
import weakref
from itertools import groupby
from operator import itemgetter
from typing import IO, TYPE_CHECKING, Final, TypeAlias

from diplograph.writing.temporaries import let_go, no_room, temporary

if TYPE_CHECKING:
    from collections.abc import Iterator

Record: TypeAlias = tuple[bytes, bytes]
"""A key, by which records are sorted and grouped, and what is put aside under it."""

LIMIT: Final = 4 << 20
_OVERHEAD: Final = 150
"""How many bytes a record takes in memory beside its contents."""

_LENGTHS: Final = struct.Struct("<II")
_READ: Final = 1 << 16


class Sorter:
    """Takes records in any order, and gives them by key, as often as wanted; those of a key by content.

    `limit` is the number of bytes that are kept in memory.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._kept: list[Record] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._runs: list[tuple[int, int]] = []

    def add(self, key: bytes, content: bytes) -> None:
        """Put a record aside.

        Raises:
            UsageError: there is no room for temporary files.
        """
        self._kept.append((key, content))
        self._size += len(key) + len(content) + _OVERHEAD
        if self._size > self._limit:
            self._write_run()

    def __iter__(self) -> Iterator[Record]:
        """Give all records in order."""
        self._kept.sort()
        if not self._runs:
            return iter(self._kept)
        return heapq.merge(self._kept, *(self._run(start, end) for start, end in self._runs))

    def groups(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """Give the contents of all records with the same key together, by key."""
        for key, records in groupby(self, itemgetter(0)):
            yield key, [content for _, content in records]

    def _write_run(self) -> None:
        if self._file is None:
            self._file = temporary()
            weakref.finalize(self, let_go, self._file)  # at once, not when garbage is collected
        self._kept.sort()
        start = self._file.tell()
        try:
            for key, content in self._kept:
                self._file.write(_LENGTHS.pack(len(key), len(content)) + key + content)
            self._file.flush()
        except OSError as error:
            raise no_room(error) from error
        self._runs.append((start, self._file.tell()))
        self._kept, self._size = [], 0

    def _run(self, start: int, end: int) -> Iterator[Record]:
        """Read a run; several are read at once, so that each keeps its own place in the file."""
        number = self._file.fileno() if self._file is not None else -1
        held, at = b"", 0
        while True:
            while len(held) - at < _LENGTHS.size or len(held) - at < _LENGTHS.size + sum(
                _LENGTHS.unpack_from(held, at)
            ):
                if start == end:
                    return
                new = os.pread(number, min(_READ, end - start), start)
                start += len(new)
                held, at = held[at:] + new, 0
            first, second = _LENGTHS.unpack_from(held, at)
            at += _LENGTHS.size
            yield held[at : at + first], held[at + first : at + first + second]
            at += first + second
