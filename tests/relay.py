"""A host on loopback between us and a store: writes down all that is asked, passes it on, and meddles if told to.

Without a store behind it, it is a store that answers what a test makes up.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, urlsplit

_OURS = {"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}
_ASKING = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: Message[str, str]
    body: bytes

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The parameters in its address."""
        return parse_qs(urlsplit(self.path).query, keep_blank_values=True)

    @property
    def changes(self) -> bool:
        """Whether it may change what a store holds: all but questions."""
        return self.method not in _ASKING and not self.body.startswith(b"query=")


@dataclass(frozen=True)
class Answer:
    """What a host answers instead of the store: after so many bytes of it, the connection may be cut."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: int | None = None


Meddling = Callable[[Asked], "Answer | Literal['cut', 'cut answer'] | None"]
"""What is done with a request: answered here, not answered at all, answered in part, or (None) passed on."""


@dataclass
class Relay:
    """Where it listens, what it has been asked, and what it does with the next request."""

    url: str
    meddle: Meddling | None = None
    half_bodies: bool = False
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    @property
    def changes(self) -> list[Asked]:
        """The requests that may have changed something."""
        return [asked for asked in self.asked if asked.changes]

    def count(self, method: str) -> int:
        """Count the requests with a method."""
        return sum(asked.method == method for asked in self.asked)


@contextlib.contextmanager
def relaying(url: str = "", meddle: Meddling | None = None) -> Iterator[Relay]:  # noqa: C901 - one class, small methods
    """Listen on loopback, before the store at an address."""
    store = urlsplit(url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def setup(self) -> None:
            super().setup()
            relay.connections += 1

        def version_string(self) -> str:
            return "Relay"

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            if relay.half_bodies and length and self.command in {"PUT", "POST"}:
                relay.half_bodies = False
                self.rfile.read(length // 2)
                self._cut()
                return
            asked = Asked(self.command, self.path, self.headers, self.rfile.read(length))
            relay.asked.append(asked)
            done = relay.meddle(asked) if relay.meddle else None
            if done == "cut":
                self._cut()
            elif isinstance(done, Answer):
                self._answer(done)
            else:
                self._answer(self._passed_on(asked), half=done == "cut answer")

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _handle  # noqa: N815 - as http.server calls them

        def _passed_on(self, asked: Asked) -> Answer:
            connection = http.client.HTTPConnection(store.hostname or "", store.port, timeout=120)
            with contextlib.closing(connection):
                headers = {name: value for name, value in asked.headers.items() if name.lower() not in _OURS}
                if asked.body or asked.method in {"PUT", "POST"}:
                    headers["Content-Length"] = str(len(asked.body))
                connection.request(asked.method, asked.path, body=asked.body or None, headers=headers)
                answer = connection.getresponse()
                kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _OURS - {"server"}]
                return Answer(answer.status, answer.read(), tuple(kept))

        def _answer(self, answer: Answer, *, half: bool = False) -> None:
            cut = len(answer.body) // 2 if half else answer.cut
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[:cut])
            if cut is not None:
                self._cut()

        def _cut(self) -> None:
            """End the connection as a cable does that is pulled: with a reset."""
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().finish()

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """Take it as it is when a client goes away."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        path = store.path.rstrip("/")
        relay = Relay(f"http://127.0.0.1:{server.server_address[1]}{path}", meddle)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield relay
        finally:
            server.shutdown()
            thread.join()
