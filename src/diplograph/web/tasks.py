"""What the server asks of its workers, and what these reply; plain values that go over a pipe."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct


class Settings(Struct, frozen=True):
    """What a worker is started with.

    `folder` holds the graph: one that the server filled itself, or a store of the user's, of which
    the default graph is the union of all graphs. `memory` is in bytes.
    """

    folder: str
    of_user: bool
    base: str
    most_rows: int
    memory: int


class Ask(Struct, frozen=True, tag=True):
    """Answer a query in a syntax that `accept`, an HTTP header, allows.

    The graphs are those of the SPARQL 1.1 Protocol (section 2.1.4): with any of them, the query
    sees these and nothing else.
    """

    query: str
    accept: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


class Describe(Struct, frozen=True, tag=True):
    """Describe the endpoint itself, which has the IRI `endpoint`."""

    endpoint: str
    accept: str


Task = Ask | Describe


class Reply(Struct, frozen=True):
    """The head of a reply; so many bytes as `size` says follow it."""

    status: int
    media_type: str
    size: int = 0
    headers: dict[str, str] = {}


TASKS: Final = msgspec.msgpack.Decoder(Task)
REPLIES: Final = msgspec.msgpack.Decoder(Reply)
SETTINGS: Final = msgspec.msgpack.Decoder(Settings)
encoded: Final = msgspec.msgpack.Encoder().encode
TEXT: Final = "text/plain; charset=utf-8"
CUT: Final = "Diplograph-Cut-At"
"""The header of an answer that was cut: after how many rows or triples."""
