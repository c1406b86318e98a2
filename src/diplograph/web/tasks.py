"""What the server asks of its workers, and what these reply; plain values that go over a pipe."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct


class Settings(Struct, frozen=True):
    """What a worker is started with.

    The graph at `path` is one that the server filled itself, or a store of the user's, of which the
    default graph is the union of all graphs. `memory` is in bytes.
    """

    path: str
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


class Start(Struct, frozen=True, tag=True):
    """Make the start page."""


class Listing(Struct, frozen=True, tag=True):
    """Make a page of a list of things, `only` those of a class or with an occurrence.

    With `words`, only those of which a name or the key has each word.
    """

    kind: str
    only: dict[str, str] = {}
    words: str = ""
    start: int = 0


class Thing(Struct, frozen=True, tag=True):
    """Tell all that is known of an IRI, in a format that is named or in a syntax that `accept` allows."""

    iri: str
    accept: str
    format: str = ""


class Question(Struct, frozen=True, tag=True):
    """Make the page of a question, saved under a name or given; with a format, its answer alone.

    `asked` tells that the fields were sent, `waits` that the question is only to be shown;
    `problem`, if given, is told instead of an answer.
    """

    name: str = ""
    query: str = ""
    given: dict[str, str] = {}
    format: str = ""
    asked: bool = False
    waits: bool = False
    problem: str = ""


Task = Ask | Describe | Start | Listing | Thing | Question


def asks(task: Task) -> bool:
    """Tell whether a task evaluates a query of the user's, of which nobody knows how long it takes."""
    return isinstance(task, Ask) or (isinstance(task, Question) and not task.problem and not task.waits)


class Reply(Struct, frozen=True):
    """The head of a reply; so many bytes as `size` says follow it.

    `spent` tells that the worker has lost its priority, and should be replaced.
    """

    status: int
    media_type: str
    size: int = 0
    headers: dict[str, str] = {}
    spent: bool = False


TASKS: Final = msgspec.msgpack.Decoder(Task)
REPLIES: Final = msgspec.msgpack.Decoder(Reply)
SETTINGS: Final = msgspec.msgpack.Decoder(Settings)
encoded: Final = msgspec.msgpack.Encoder().encode
TEXT: Final = "text/plain; charset=utf-8"
CUT: Final = "Diplograph-Cut-At"
"""The header of an answer that was cut: after how many rows or triples."""
KNOWS: Final = "Knows-Ontology"
"""The header by which a worker says first that its graph has the ontology."""
