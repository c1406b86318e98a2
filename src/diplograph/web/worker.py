"""A worker: a process that opens the graph and does one task after the other, until its pipe is closed.

It looks at the data and makes whole answers. It may be killed at any moment: it keeps nothing.
"""

from __future__ import annotations

import io
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Final, cast

from diplograph.errors import DiplographError
from diplograph.web.answers import answered
from diplograph.web.description import described
from diplograph.web.effort import Effort
from diplograph.web.frames import framed, read_frame
from diplograph.web.graph import Served, opened
from diplograph.web.overview import listed, started
from diplograph.web.protocol import RefusedError
from diplograph.web.questions import questioned
from diplograph.web.tasks import (
    KNOWS,
    SETTINGS,
    TASKS,
    TEXT,
    Ask,
    Describe,
    Listing,
    Question,
    Reply,
    Settings,
    Start,
    Task,
    Thing,
    encoded,
)
from diplograph.web.things import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer as Buffer

_IN_MEMORY: Final = 1 << 24
_LARGEST: Final = 1 << 28
"""Bytes of an answer; more is refused rather than sent in part."""


class TooLargeError(Exception):
    """An answer has outgrown what may be sent."""


class Spool(io.RawIOBase):
    """A temporary file that takes so much and no more."""

    def __init__(self) -> None:
        self.file = cast("IO[bytes]", tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - the sender closes it
        self.size = 0

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def write(self, content: Buffer) -> int:
        """Take some bytes.

        Raises:
            TooLargeError: that is too much.
        """
        taken = bytes(content)
        self.size += len(taken)
        if self.size > _LARGEST:
            raise TooLargeError
        return self.file.write(taken)


def main() -> None:
    """Serve tasks from standard input to what was standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal: the server decides
    replies, sys.stdout = sys.stdout.buffer, sys.stderr  # what somebody prints must not be taken for a reply
    first = read_frame(sys.stdin.buffer)
    if first is None:
        return
    try:
        graph = _prepared(SETTINGS.decode(first))
    except (DiplographError, OSError, ValueError) as error:
        _send(replies, Reply(500, TEXT), _said(str(error)))
        return
    _send(replies, Reply(200, TEXT, 0, {KNOWS: "yes"} if graph.knows_ontology else {}), Spool())
    effort = Effort()
    for task in _tasks():
        with effort.watched():
            reply, spool = _done(task, graph)
        _send(replies, reply, spool, spent=effort.spent)


def _prepared(settings: Settings) -> Served:
    """Open the graph, and let this process have no more memory than it is given, or than it may have anyway."""
    given = resource.getrlimit(resource.RLIMIT_AS)
    memory = min([settings.memory, *(limit for limit in given if limit != resource.RLIM_INFINITY)])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return opened(settings)


def _tasks() -> Iterator[Task]:
    """Give the tasks as they come; a thread listens, so that the end of the server ends even a long query."""
    waiting: SimpleQueue[Task] = SimpleQueue()

    def listen() -> None:
        while (frame := read_frame(sys.stdin.buffer)) is not None:
            waiting.put(TASKS.decode(frame))
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield waiting.get()


def _done(task: Task, graph: Served) -> tuple[Reply, Spool]:
    """Do a task; what cannot be answered is answered with the reason."""
    spool = Spool()
    stream = cast("IO[bytes]", spool)
    try:
        reply = _by_kind(task, graph, stream)
    except RefusedError as error:
        return Reply(error.status, TEXT), _said(str(error))
    except TooLargeError:
        return Reply(500, TEXT), _said(f"The answer is larger than {_LARGEST >> 20} MB. Ask for less, as with LIMIT.")
    except DiplographError as error:
        return Reply(400, TEXT), _said(str(error))
    except Exception as error:  # noqa: BLE001 - the next task must not suffer
        return Reply(500, TEXT), _said(f"It failed: {type(error).__name__}: {error}.")
    return reply, spool


def _by_kind(task: Task, graph: Served, stream: IO[bytes]) -> Reply:
    match task:
        case Ask():
            return answered(task, graph, stream)
        case Describe():
            return described(task, graph, stream)
        case Start():
            return started(task, graph, stream)
        case Listing():
            return listed(task, graph, stream)
        case Thing():
            return shown(task, graph, stream)
        case Question():
            return questioned(task, graph, stream)


def _said(message: str) -> Spool:
    spool = Spool()
    spool.write(message.encode("utf-8", "replace") + b"\n")
    return spool


def _send(stream: IO[bytes], reply: Reply, spool: Spool, *, spent: bool = False) -> None:
    head = Reply(reply.status, reply.media_type, spool.size, reply.headers, spent)
    spool.file.seek(0)
    with spool.file as file:
        stream.write(framed(encoded(head)))
        shutil.copyfileobj(file, stream)
        stream.flush()


if __name__ == "__main__":
    main()
