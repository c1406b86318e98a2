"""A triple store behind HTTP: SPARQL 1.1 Protocol, Update, and Graph Store HTTP Protocol.

A PUT or DELETE without the name of a graph, which would replace or remove everything, cannot be sent.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections import deque
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final, Literal, cast

import msgspec
import pyoxigraph as ox
import requests

from diplograph.errors import UsageError
from diplograph.stores.client import Body, Client
from diplograph.stores.profiles import Endpoints, Profile, endpoints, profile_named, profile_of
from diplograph.stores.refusals import RefusedError
from diplograph.writing.temporaries import no_room, pack, temporary

if TYPE_CHECKING:
    from collections.abc import Callable

    from diplograph.stores.credentials import Prompt

_RESULTS: Final = "application/sparql-results+json"
_NTRIPLES: Final = "application/n-triples"
_LONGEST_GET: Final = 1500
"""How many characters of a query fit into an address, encoded: Oxigraph takes 8 KB of headers."""

_CHUNK: Final = 1 << 16
_IN_MEMORY: Final = 1 << 24
_SHOWN: Final = 300
_NO_ANSWER: Final = "Is the address right? If so, its log should tell more."
_NOT_SPARQL: Final = (
    "Name the address that answers SPARQL: with the data set for Fuseki (http://127.0.0.1:3030/ds), "
    "with /sparql for 'diplograph serve'."
)
_WORTH_PACKING: Final = 1 << 20
_CUT: Final = {"X-SPARQL-MaxRows": "ResultSetMaxRows", "Diplograph-Cut-At": "--max-rows"}
"""How Virtuoso and our own server say that they have cut an answer, and by which setting."""


class Server:
    """A store at an address that the user has given; its profile is told from how it answers, if not given."""

    def __init__(
        self,
        url: str,
        *,
        profile: str = "",
        timeout: float = 300.0,
        user: str = "",
        prompt: Prompt | None = None,
        told: Callable[[str], None] | None = None,
    ) -> None:
        """Get ready; asks the host for its kind if no profile is given. `told` hears of dangers at once.

        Raises:
            UsageError: the address is none, the profile is unknown, or the host cannot be reached.
        """
        self.url = url
        named = profile_named(profile) if profile else None
        self.client = Client(url, timeout=timeout, user=user, prompt=prompt, told=told)
        self._timeout = timeout
        self.profile: Profile = named or self._detected(url)
        self.at: Endpoints = endpoints(self.profile, url)

    @property
    def doubtful(self) -> frozenset[str]:
        """The names of saved queries that the store is known to answer wrongly."""
        return self.profile.doubtful

    def _detected(self, url: str) -> Profile:
        try:
            with self.client.request("GET", url, parameters={"query": "ASK {}"}) as response:
                return profile_of(response.headers, url)
        except RefusedError as error:  # also a refusal tells who it is
            return profile_of(error.headers, url)

    def close(self) -> None:
        """Let go of connections."""
        self.client.close()

    def put(self, graph: str, body: Body) -> None:
        """Replace what is in a graph by N-Triples (Graph Store HTTP Protocol, section 5.3)."""
        self._send("PUT", graph, body)

    def post(self, graph: str, body: Body) -> None:
        """Add N-Triples to a graph (Graph Store HTTP Protocol, section 5.5)."""
        self._send("POST", graph, body)

    def _send(self, method: Literal["PUT", "POST"], graph: str, body: Body) -> None:
        named, headers = self._named(graph), {"Content-Type": _NTRIPLES}
        if not self.profile.packed or self.client.is_near or len(body) < _WORTH_PACKING:
            _done(self.client.request(method, self.at.graphs, parameters=named, headers=headers, body=body))
            return
        with temporary() as file:
            small = Body(file, pack(body, file))
            headers["Content-Encoding"] = "gzip"
            _done(self.client.request(method, self.at.graphs, parameters=named, headers=headers, body=small))

    def _named(self, graph: str) -> dict[str, str]:
        if not graph:
            raise ValueError("a request for a graph has to name it")
        name, written = self.profile.graph
        return {name: written.format(graph)}

    def update(self, text: str) -> None:
        """Send an update (SPARQL 1.1 Protocol, section 2.2)."""
        _done(self.client.request("POST", self.at.update, body={"update": text}))

    def drop(self, graph: str) -> None:
        """Remove a graph, if it is there."""
        self.update(f"DROP SILENT GRAPH {ox.NamedNode(graph)}")

    def move(self, source: str, target: str) -> None:
        """Let a graph that is there replace another, which may be there."""
        self.update(self.profile.move.format(source=ox.NamedNode(source), target=ox.NamedNode(target)))

    def select(self, query: str, *, union: bool = False) -> ox.QuerySolutions:
        """Ask for rows.

        Raises:
            UsageError: the store cannot be reached, refuses, or gives only some of the answer.
        """
        found = self.results(query, union=union)
        if not isinstance(found, ox.QuerySolutions):
            raise UsageError(f"{self.url} gives no rows where rows were asked for.")
        return found

    def results(self, query: str, *, union: bool = False) -> ox.QuerySolutions | ox.QueryBoolean:
        """Ask for rows or a truth value.

        Raises:
            UsageError: the store cannot be reached, refuses, or gives only some of the answer.
        """
        return parsed_results(self.answer(query, _RESULTS, union=union), self.url)

    def answer(self, query: str, media_type: str, *, union: bool = False) -> IO[bytes]:
        """Give an answer whole, as it came, from its beginning.

        Raises:
            UsageError: the store cannot be reached, refuses, takes too long, or gives only some of the answer.
        """
        parameters = {"query": query, **(self.profile.union if union else {})}
        if self.profile.seconds:
            parameters[self.profile.seconds] = f"{self._timeout:g}"
        long = len(query) > _LONGEST_GET
        end = time.monotonic() + self._timeout
        response = self.client.request(
            "POST" if long else "GET",
            self.at.query,
            parameters=None if long else parameters,
            body=parameters if long else None,
            headers={"Accept": media_type},
        )
        with response:
            for header, raised in _CUT.items():
                if header in response.headers:
                    message = f"{self.url} gives only {response.headers[header]} rows, and there are more."
                    raise UsageError(message, f"Raise its {raised}, or add LIMIT.")
            if "html" in response.headers.get("Content-Type", "").lower():
                raise UsageError(f"{self.url} answers with a page for people.", _NOT_SPARQL)
            return self._spooled(response, end)

    def _spooled(self, response: requests.Response, end: float) -> IO[bytes]:
        """Keep an answer, which has to be there at a time."""
        spool = cast("IO[bytes]", tempfile.SpooledTemporaryFile(_IN_MEMORY, prefix="diplograph-"))  # noqa: SIM115 - given away
        try:
            self._take(response, spool, end)
            spool.seek(0)
        except BaseException as error:
            with suppress(OSError):
                spool.close()
            if isinstance(error, OSError):
                raise no_room(error) from error
            raise
        return spool

    def _take(self, response: requests.Response, spool: IO[bytes], end: float) -> None:
        """Write an answer down, which has to be there at a time."""
        chunks = response.iter_content(_CHUNK)
        while True:
            try:
                chunk = next(chunks, b"")
            except requests.RequestException:
                raise UsageError(f"{self.url}: The connection broke off within the answer.") from None
            if not chunk:
                return
            spool.write(chunk)
            if time.monotonic() > end:
                raise UsageError(
                    f"{self.url}: The answer took more than {self._timeout:g} s.", "Give it more with --timeout."
                )


def _done(response: requests.Response) -> None:
    """Let go of an answer that says no more than that it is one; read, if short, for the connection to be of use."""
    with response, suppress(Exception):  # what has arrived is looked at, whatever was said
        response.raw.read(_CHUNK)


def parsed_results(answer: IO[bytes], url: str) -> ox.QuerySolutions | ox.QueryBoolean:
    """Read results in JSON.

    Raises:
        UsageError: they are damaged, as where a query fails in the middle of an answer.
    """
    try:
        with answer:
            text = answer.read()
        msgspec.json.decode(text, type=msgspec.Raw)  # to its end, which the next lines do not look for
        found = ox.parse_query_results(io.BytesIO(text), ox.QueryResultsFormat.JSON)
        if isinstance(found, ox.QuerySolutions):  # read as they are taken: all of them, before any is believed
            deque(found, 0)
            found = ox.parse_query_results(io.BytesIO(text), ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise UsageError(f"{url}: The answer broke off, or is none: {str(error)[:_SHOWN]}.", _NO_ANSWER) from error
    return found
