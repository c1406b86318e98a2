"""From the bytes of a file to the texts of its documents: unpacked, digested, decoded, within limits.

Owns how much is read at a time. A packed file may be a thousand times its size once unpacked, so
that every limit is one on what comes out; no more than one document is in memory.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final, cast

from diplograph.errors import DamagedError
from diplograph.findings import Finding, Location, Region, region
from diplograph.reading.documents import SPLIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST: Final = 1 << 26
"""How many bytes a document may have after unpacking: 64 MB, a thousand times what an article needs."""

_MOST_LINES: Final = 4_000_000
_EMPTY_LINE: Final = 64
"""How many bytes an empty line counts for: to go on to the next takes as long as to read so many."""

MARK: Final = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8, which some editors write."""

PACKED: Final = b"\x1f\x8b"
"""How a file packed with gzip begins (RFC 1952, section 2.3.1)."""

_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


class Digest:
    """The SHA-256 of what has been read, and how many bytes that were."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self.size = 0

    def update(self, content: bytes | memoryview) -> None:
        """Take in what was read."""
        self._sha256.update(content)
        self.size += len(content)

    def hexdigest(self) -> str:
        """Give the digest in hexadecimal digits."""
        return self._sha256.hexdigest()


class _Digested(io.RawIOBase):
    """Puts every byte that is read into a digest, so that what was read and what is stated are the same."""

    def __init__(self, raw: io.FileIO, digest: Digest) -> None:
        super().__init__()
        self._raw, self._digest = raw, digest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any buffer will do
        count = self._raw.readinto(buffer)
        self._digest.update(memoryview(buffer)[:count])
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


@contextmanager
def opened(path: Path, digest: Digest | None = None) -> Iterator[IO[bytes]]:
    """Open a file for reading, unpacked if its name ends in `.gz`.

    All bytes of the file, as they are on disk, go into `digest` while they are read.

    Raises:
        OSError: the file cannot be read.
        DamagedError: it cannot be unpacked, which may show only at its end.
    """
    with io.BufferedReader(_Digested(io.FileIO(path), digest or Digest()), 1 << 16) as stream:
        if path.suffix == ".gz":
            with _unpacked(stream) as unpacked:
                yield unpacked
        else:
            yield cast("IO[bytes]", stream)


@contextmanager
def _unpacked(stream: io.BufferedReader[_Digested]) -> Iterator[IO[bytes]]:
    start = stream.peek(len(PACKED))[: len(PACKED)]
    if start and start != PACKED:
        raise DamagedError("The file is not packed with gzip.", "Pack it, or take .gz from its name.")
    try:
        with gzip.GzipFile(fileobj=stream) as unpacked:
            yield cast("IO[bytes]", unpacked)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        message = f"The compressed file is damaged: {_damage(error)}."
        raise DamagedError(message, "Fetch it again, or pack it anew.") from error


def _damage(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "it ends too early"
    if str(error).startswith("Not a gzipped file"):
        return "something else follows what is packed"
    if str(error).startswith(("CRC check failed", "Incorrect length")):
        return "it does not unpack to what was packed"
    return "it cannot be unpacked to its end"


def whole_text(stream: IO[bytes], name: str) -> str | Finding:
    """Read the text of a file that is one document, or say why it cannot be had."""
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        return _too_large(name, 1, "document")
    text = decoded(content, name, 1)
    if isinstance(text, Finding):
        return text
    if text.count("\n") + text.count("\r") > _MOST_LINES:
        message = f"The document has more than {_MOST_LINES:,} lines."
        return Finding("error", "too-large", message, _line(name, 1), SPLIT)
    return text if text.strip() else _empty(name)


def numbered_lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Read what ends in a line feed, with the number of its line; no more of it than is certainly too much.

    A carriage return within it, which JSON allows, begins a line for editors and for `region` too.
    """
    number = 1
    while line := stream.readline(LARGEST + 1):
        yield number, line
        number += 1 + line.count(b"\r") - line.endswith(b"\r\n")


def filled_lines(stream: IO[bytes], name: str) -> Iterator[tuple[int, bytes] | Finding]:
    """Read the lines that are not empty, each with its number; a line that is too long is the last."""
    blank, empty = 0, True
    for number, line in numbered_lines(stream):
        if len(line) > LARGEST:
            yield _too_large(name, number, "line")
            return
        if line.removeprefix(MARK).strip():
            empty = False
            yield number, line.rstrip(b"\r\n")
            continue
        blank += max(len(line), _EMPTY_LINE)
        if blank > LARGEST:  # nobody writes so, but a few bytes of a packed file can hold it
            message = "There are too many empty lines."
            yield Finding("error", "too-large", message, _line(name, number), "Remove them.")
            return
    if empty:
        yield _empty(name)


def _too_large(name: str, line: int, what: str) -> Finding:
    message = f"The {what} is larger than {LARGEST >> 20} MB."
    return Finding("error", "too-large", message, _line(name, line), SPLIT)


def _line(name: str, line: int) -> Location:
    return Location(name, Region(line, 1, line, 1))


def _empty(name: str) -> Finding:
    return Finding("error", "empty-file", "The file is empty.", Location(name))


def decoded(content: bytes, name: str, first_line: int) -> str | Finding:
    """Decode UTF-8, with or without a byte order mark."""
    content = content.removeprefix(MARK)
    hint = "Save the file as UTF-8."
    if content.startswith(_WIDE_MARKS) or b"\0" in content[:2]:
        place = Location(name, Region(first_line, 1, first_line, 2))
        return Finding("error", "encoding", "This is UTF-16 or UTF-32, or no text at all.", place, hint)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        place = Location(name, region(before, len(before), len(before) + 1, first_line))
        return Finding("error", "encoding", f"The byte 0x{content[error.start]:02X} is not UTF-8.", place, hint)
