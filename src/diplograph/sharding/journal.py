"""The journal of a folder in the making: what has been written, so that a run that is cut off can go on.

One record for each batch of articles: what its outcome put aside, and how long each part was
behind it. A record counts once the parts are safely on disk. Each has its length and its CRC-32
before it, so that what was written in part, or damaged, is not taken for one.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, overload

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from diplograph.errors import UsageError
from diplograph.reading.sources import SourceFile, Syntax
from diplograph.streaming.tasks import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = "journal"
_FRAME: Final = struct.Struct("<II")
_ANEW: Final = "Leave --resume out, and it is made anew."


class Register(Struct, frozen=True, array_like=True):
    """A register that articles name: where it is, its name, as the system has them, and its SHA-256."""

    path: bytes
    name: bytes
    syntax: Syntax
    sha256: bytes

    def file(self) -> SourceFile:
        """Give it as the source that it is."""
        return SourceFile(Path(os.fsdecode(self.path)), os.fsdecode(self.name), self.syntax)


class Entry(Struct, frozen=True, array_like=True):
    """An outcome without its pieces and registers, these, and the lengths of all parts behind it, in bytes."""

    outcome: Outcome
    registers: list[Register]
    lengths: list[int]


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Entry)


class Journal:
    """The journal in a folder; `made_for` says for what sources and options the folder is made."""

    def __init__(self, folder: Path, made_for: bytes) -> None:
        self._path = folder / NAME
        self._made_for = made_for
        self._waiting: list[bytes] = []
        self._size = 0
        self._digests: dict[Path, bytes] = {}

    def start(self) -> None:
        """Begin a new journal."""
        self._waiting = [_framed(self._made_for)]
        self._size = 0
        self.write()

    def done(self, sizes: Sequence[int]) -> Done:
        """Give what an earlier run has done, as far as parts of these sizes hold it; the rest is taken away.

        Raises:
            UsageError: it was made for other sources or options, or is no journal.
        """
        self._waiting = []
        with self._path.open("rb") as file:
            records = _records(file.fileno(), self._path.stat().st_size)
            start, first = next(records, (0, b""))
            if first != self._made_for:
                message = "The unfinished folder was made of other sources, with other options or another version."
                raise UsageError(message, _ANEW)
            self._size = start + len(first)
            places = []
            for place, record in records:
                entry = self._decoded(record)
                if not _are_held(entry.lengths, sizes):
                    break
                self._check(entry.registers)
                places.append((place, len(record)))
                self._size = place + len(record)
        os.truncate(self._path, self._size)
        return Done(self._path, places)

    def _decoded(self, record: bytes) -> Entry:
        try:
            return _DECODER.decode(record)
        except (msgspec.MsgspecError, ValueError) as error:
            raise UsageError(f"The journal '{self._path}' is broken: {error}.", _ANEW) from error

    def _check(self, registers: Sequence[Register]) -> None:
        for register in registers:
            file = register.file()
            if self._digest(file.path) != register.sha256:
                raise UsageError(f"The register '{file.name}' is not what it was.", _ANEW)

    def _digest(self, path: Path) -> bytes:
        if path not in self._digests:
            self._digests[path] = file_digest(path)
        return self._digests[path]

    def add(self, outcome: Outcome, lengths: Sequence[int]) -> int:
        """Take an entry, to be written when its parts are on disk; gives its size in bytes."""
        registers = [
            Register(os.fsencode(file.real), os.fsencode(file.name), file.syntax, self._digest(Path(file.real)))
            for file in outcome.registers
        ]
        bare = replace(outcome, pieces=[], text=b"", registers=[])
        self._waiting.append(_framed(_ENCODER.encode(Entry(bare, registers, list(lengths)))))
        return len(self._waiting[-1])

    def write(self) -> None:
        """Write the entries that wait; the parts have been brought to disk. Once more does no harm."""
        content = b"".join(self._waiting)
        with self._path.open("r+b" if self._size else "wb") as file:
            file.seek(self._size)
            file.write(content)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        self._waiting, self._size = [], self._size + len(content)


class Done(Sequence[Outcome]):
    """The outcomes in a journal, read as they are asked for: there may be more than memory should hold."""

    def __init__(self, path: Path, places: Sequence[tuple[int, int]]) -> None:
        self._path = path
        self._places = places

    @cached_property
    def lengths(self) -> list[int]:
        """The lengths of all parts behind the last one."""
        return self._entry(-1).lengths

    def __len__(self) -> int:
        """Count them."""
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Outcome: ...
    @overload
    def __getitem__(self, index: slice) -> list[Outcome]: ...
    def __getitem__(self, index: int | slice) -> Outcome | list[Outcome]:
        """Read one, or some."""
        if isinstance(index, slice):
            return [self[one] for one in range(len(self))[index]]
        entry = self._entry(index)
        return replace(entry.outcome, registers=[one.file() for one in entry.registers], kept=True)

    def _entry(self, index: int) -> Entry:
        start, size = self._places[index]
        with self._path.open("rb") as file:
            return _DECODER.decode(os.pread(file.fileno(), size, start))


def file_digest(path: Path) -> bytes:
    """Give the SHA-256 of a file, or nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""


def _are_held(lengths: Sequence[int], sizes: Sequence[int]) -> bool:
    """Tell whether files of some sizes hold what was written to some lengths."""
    return len(lengths) == len(sizes) and all(0 <= length <= size for length, size in zip(lengths, sizes, strict=True))


def _framed(record: bytes) -> bytes:
    return _FRAME.pack(len(record), zlib.crc32(record)) + record


def _records(file: int, size: int) -> Iterator[tuple[int, bytes]]:
    """Give the records of a file of some size, each with its place, up to one that is not whole."""
    at = 0
    while at + _FRAME.size <= size:
        length, crc = _FRAME.unpack(os.pread(file, _FRAME.size, at))
        at += _FRAME.size
        record = os.pread(file, length, at) if at + length <= size else None
        if record is None or zlib.crc32(record) != crc:
            return
        yield at, record
        at += length
