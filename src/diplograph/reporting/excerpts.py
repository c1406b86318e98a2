"""The text that a finding is about, read from its file when it is asked for.

Owns how a line is reached. A file is read forwards and never held: one line of JSON Lines can
have ten megabytes, and of those only what stands around a column is kept.
"""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from msgspec import Struct

if TYPE_CHECKING:
    from typing import TextIO

    from diplograph.findings import Location, Region

_BEFORE: Final = 500
_AFTER: Final = 1500
_HEAD: Final = 1 << 16
"""How much of a line is kept for findings that stand in the same line: in code points."""
_UNREADABLE: Final = (OSError, EOFError, ValueError, zlib.error)


class Excerpt(Struct, frozen=True):
    """A line of text, or a part of it: `column` is that of its first character, counted from 1.

    `after` tells that the line goes on.
    """

    text: str
    column: int = 1
    after: bool = False

    @property
    def before(self) -> bool:
        """Whether the line begins before the excerpt."""
        return self.column > 1


class Excerpts:
    """Reads the lines that findings are about; call it with their places, those of a file in order.

    It keeps the last file open until it is closed. Places in another order, or far into a long
    line, cost a new start.

    >>> from diplograph.findings import Location, Region
    >>> with Excerpts() as excerpt:
    ...     excerpt(Location("no-such-file", Region(1, 1, 1, 2))) is None
    True
    """

    def __init__(self) -> None:
        self._stream: TextIO | None = None
        self._file = ""
        self._line = 0
        self._head = ""

    def __enter__(self) -> Self:
        """Give the reader."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file that is open."""
        self._close()

    def __call__(self, place: Location) -> Excerpt | None:
        """Give the text of a place; nothing where there is no such line, or no file that can be read."""
        if place.region is None:
            return None
        try:
            found = self._excerpt(place.file, place.region)
        except _UNREADABLE:
            self._close()
            return None
        end = found.column + len(found.text)
        return found if place.region.column <= end + 1 else None  # a line feed after a carriage return has a column

    def _excerpt(self, file: str, region: Region) -> Excerpt:
        stream = self._at(file, region.line)
        first = max(1, region.column - _BEFORE)
        length = region.column - first + _AFTER
        if first + length <= _HEAD or self._head.endswith("\n") or len(self._head) < _HEAD:
            return _part(self._head, first, length)
        try:
            _skip(stream, first - 1 - len(self._head))
            overlap = self._head[first - 1 :]
            text = overlap + stream.readline(length + 1 - len(overlap))
        finally:
            self._close()  # the head no longer stands before what comes next
        return Excerpt(text.removesuffix("\n")[:length], first, after=len(text.removesuffix("\n")) > length)

    def _at(self, file: str, line: int) -> TextIO:
        """Go to a line, and take its head."""
        if self._stream is None or file != self._file or line < self._line:
            self._close()
            self._stream, self._file, self._line, self._head = _opened(file), file, 0, "\n"
        while self._line < line:
            while self._head and not self._head.endswith("\n"):
                self._head = self._stream.readline(_HEAD)
            self._head = self._stream.readline(_HEAD)
            if not self._head:
                raise EOFError
            self._line += 1
        return self._stream

    def _close(self) -> None:
        if self._stream is not None:
            self._stream.close()
        self._stream = None


def _opened(file: str) -> TextIO:
    """Open a regular file: every line break becomes a line feed, a byte order mark is left out."""
    path = Path(file)
    if not path.is_file():
        raise FileNotFoundError(file)
    binary = gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # noqa: SIM115 - the caller closes it
    return io.TextIOWrapper(binary, "utf-8-sig", errors="replace")


def _skip(stream: TextIO, length: int) -> None:
    """Go forward in a line.

    Raises:
        EOFError: the line ends before.
    """
    while length > 0:
        piece = stream.readline(min(length, _HEAD))
        if not piece or piece.endswith("\n"):
            raise EOFError
        length -= len(piece)


def _part(line: str, first: int, length: int) -> Excerpt:
    """Cut a part out of a line."""
    text = line.removesuffix("\n")
    end = first - 1 + length
    return Excerpt(text[first - 1 : end], first, after=len(text) > end)
