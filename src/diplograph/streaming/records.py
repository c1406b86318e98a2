"""Records that are put aside, from bytes and back (MessagePack), and texts packed as members of gzip files."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

import msgspec

from diplograph.streaming.tasks import Claimed, Classes, Held, Needed

if TYPE_CHECKING:
    from collections.abc import Sequence

encoded: Final = msgspec.msgpack.Encoder().encode
_DECODE: Final = msgspec.msgpack.Decoder(Claimed | Needed).decode
_LEVEL: Final = 6
"""How hard texts are packed (zlib); more takes much longer and saves little."""


def packed(text: bytes) -> bytes:
    """Compress a text as a member of a gzip file, without a time: the same text gives the same bytes."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(text) + packer.flush()


def unmet(records: Sequence[bytes]) -> list[str]:
    """List the nodes that do not conform, as a situation is not what they need; records are demands on it."""
    found = [msgspec.msgpack.decode(record, type=Classes | Needed) for record in records]
    names = {name for one in found if isinstance(one, Classes) for name in one.names}
    return [one.focus for one in found if isinstance(one, Needed) and one.wanted not in names]


def decoded(record: bytes) -> Claimed | Needed:
    """Read a record that was put aside for a situation."""
    found: Claimed | Needed = _DECODE(record)
    return found


def decoded_holding(record: bytes) -> Held:
    """Read a record of what holds now."""
    return msgspec.msgpack.decode(record, type=Held)
