"""Lines in order, each once, however many: in memory while they are few, else in temporary files.

Sorted runs are written as the memory's share is filled, and merged while they are read. The files
have no names, so that nothing of them is left, whatever happens to the program.
"""

from __future__ import annotations

import heapq
import tempfile
from typing import IO, TYPE_CHECKING, Final, cast

from diplograph.writing.temporaries import let_go, no_room, temporary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST: Final = 1 << 25
"""How many bytes of lines are held in memory, those that Python adds to each included."""
_MOST_FILES: Final = 64
_ADDED: Final = 48


class Sorted:
    """Lines, each with its end, that come back in the order of their bytes, each once.

    Holds at most `most` bytes in memory, and one chunk of what is added. To be closed after use.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = MOST if most is None else most
        self._held: list[bytes] = []
        self._size = 0
        self._levels: list[list[IO[bytes]]] = []

    def add(self, chunk: list[bytes]) -> None:
        """Take in lines, in any order.

        Raises:
            UsageError: they do not fit into the folder for temporary files.
        """
        self._held += chunk
        self._size += sum(map(len, chunk)) + _ADDED * len(chunk)
        if self._size > self._most:
            self._held.sort()
            self._keep(_once(self._held), 0)
            self._held, self._size = [], 0

    def _keep(self, run: Iterable[bytes], level: int) -> None:
        """Write a run into a file; where there are many on a level, merge them into one of the next."""
        if level == len(self._levels):
            self._levels.append([])
        file = temporary()
        self._levels[level].append(file)
        _write(run, file)
        _flush(file)
        if len(self._levels[level]) >= _MOST_FILES:
            merged, self._levels[level] = self._levels[level], []
            try:
                self._keep(_once(heapq.merge(*_rewound(merged))), level + 1)
            finally:
                _close(merged)

    def __iter__(self) -> Iterator[bytes]:
        """Give the lines in order, each once; one walk at a time."""
        self._held.sort()
        return _once(heapq.merge(self._held, *_rewound(self._files)) if self._levels else self._held)

    def unordered(self) -> Iterator[bytes]:
        """Give the lines in whatever order is quickest, some of them more than once."""
        yield from self._held
        for file in _rewound(self._files):
            yield from file

    @property
    def _files(self) -> list[IO[bytes]]:
        return [file for level in self._levels for file in level]

    def close(self) -> None:
        """Let go of the lines and their files."""
        self._held = []
        _close(self._files)
        self._levels = []


class Kept:
    """Lines in the order in which they were added; some in memory, many in a temporary file."""

    def __init__(self, most: int | None = None) -> None:
        most = (MOST if most is None else most) // 8
        self._file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=max(most, 1)))  # noqa: SIM115 - see close
        self._count = 0

    def add(self, line: bytes) -> None:
        """Take in a line.

        Raises:
            UsageError: it does not fit into the folder for temporary files.
        """
        _write((line,), self._file)
        self._count += 1

    def __len__(self) -> int:
        """Give the number of lines."""
        return self._count

    def __iter__(self) -> Iterator[bytes]:
        """Give the lines; one walk at a time.

        Raises:
            UsageError: they do not fit into the folder for temporary files.
        """
        _flush(self._file)
        self._file.seek(0)
        yield from self._file

    def close(self) -> None:
        """Let go of the lines."""
        let_go(self._file)


def _write(lines: Iterable[bytes], file: IO[bytes]) -> None:
    try:
        file.writelines(lines)
    except OSError as error:
        raise no_room(error) from error


def _flush(file: IO[bytes]) -> None:
    """Empty the buffer, which may be where the disk turns out to be full."""
    try:
        file.flush()
    except OSError as error:
        raise no_room(error) from error


def _once(ordered: Iterable[bytes]) -> Iterator[bytes]:
    last = b""
    for line in ordered:
        if line != last:
            yield line
            last = line


def _rewound(files: list[IO[bytes]]) -> list[IO[bytes]]:
    for file in files:
        file.seek(0)
    return files


def _close(files: Iterable[IO[bytes]]) -> None:
    for file in files:
        let_go(file)
