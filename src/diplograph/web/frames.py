"""Frames: how the server and its workers speak over pipes; four bytes of length, then so many bytes."""

from __future__ import annotations

import struct
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from asyncio import StreamReader

_LENGTH: Final = struct.Struct(">I")


def framed(content: bytes) -> bytes:
    r"""Put the length before some bytes.

    >>> framed(b"ab")
    b'\x00\x00\x00\x02ab'
    """
    return _LENGTH.pack(len(content)) + content


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Read one frame; `None` at the end of the stream, also within a frame."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    content = stream.read(length)
    return content if len(content) == length else None


async def next_frame(stream: StreamReader) -> bytes:
    """Read one frame without holding up the others.

    Raises:
        asyncio.IncompleteReadError: the stream has ended.
    """
    length = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))[0]
    return await stream.readexactly(length)
