"""The journal of a folder in the making: what has been written, so that a run that is cut off can go on.

One record for each batch of articles: what its outcome put aside, and how long each part was
behind it. A record counts once the parts are safely on disk.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from diplograph.errors import UsageError
from diplograph.streaming.tasks import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME: Final = "journal"
_LENGTH: Final = struct.Struct("<I")


class Entry(Struct, frozen=True):
    """An outcome without its pieces, and the lengths of all parts behind it, in bytes."""

    outcome: Outcome
    lengths: list[int]


def _to_text(value: Any) -> str:  # noqa: ANN401 - msgspec's hook
    return os.fsencode(value).decode(errors="surrogateescape") if isinstance(value, Path) else str(value)


def _from_text(kind: type, value: Any) -> Any:  # noqa: ANN401 - msgspec's hook
    return kind(value)


_ENCODER: Final = msgspec.msgpack.Encoder(enc_hook=_to_text)
_DECODER: Final = msgspec.msgpack.Decoder(Entry, dec_hook=_from_text)


class Journal:
    """The journal in a folder; `made_for` says for what sources and options the folder is made."""

    def __init__(self, folder: Path, made_for: bytes) -> None:
        self._path = folder / NAME
        self._made_for = made_for
        self._waiting: list[bytes] = []

    def start(self) -> None:
        """Begin a new journal."""
        self._path.write_bytes(_framed(self._made_for))

    def read(self) -> list[Entry]:
        """Read what an earlier run has done; a last entry that is not whole is left out.

        Raises:
            UsageError: it was made for other sources or options.
        """
        records = list(_records(self._path.read_bytes()))
        if not records or records[0] != self._made_for:
            message = "The unfinished folder was made of other sources, with other options or another version."
            raise UsageError(message, "Leave --resume out, and it is made anew.")
        try:
            return [_DECODER.decode(record) for record in records[1:]]
        except msgspec.DecodeError as error:
            raise UsageError(f"The journal '{self._path}' is broken: {error}", "Leave --resume out.") from error

    def keep(self, entries: Sequence[Entry]) -> None:
        """Begin anew with some entries."""
        content = b"".join([_framed(self._made_for), *(_framed(_ENCODER.encode(entry)) for entry in entries)])
        self._path.write_bytes(content)

    def add(self, outcome: Outcome, lengths: list[int]) -> None:
        """Take an entry, to be written when its parts are on disk."""
        bare = replace(outcome, pieces=[], text=b"")
        self._waiting.append(_framed(_ENCODER.encode(Entry(bare, lengths))))

    def write(self) -> None:
        """Write the entries that wait; the parts have been brought to disk."""
        with self._path.open("ab") as file:
            file.write(b"".join(self._waiting))
            file.flush()
            os.fsync(file.fileno())
        self._waiting.clear()


def _framed(record: bytes) -> bytes:
    return _LENGTH.pack(len(record)) + record


def _records(content: bytes) -> list[bytes]:
    found, at = [], 0
    while at + _LENGTH.size <= len(content):
        (size,) = _LENGTH.unpack_from(content, at)
        at += _LENGTH.size
        if at + size > len(content):
            break
        found.append(content[at : at + size])
        at += size
    return found
