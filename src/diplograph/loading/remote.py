"""Into a store behind HTTP: graph by graph, each whole or not at all, and looked at when it is there.

A graph of which the store has the digest and as many statements is not sent again, so that a load that
was cut off goes on where it stopped.
"""

from __future__ import annotations

import uuid
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox
from msgspec import Struct

from diplograph.errors import UsageError
from diplograph.loading.report import Report, sent
from diplograph.loading.shared import stale
from diplograph.mapping import terms
from diplograph.stores.client import Body
from diplograph.stores.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.loading.graphs import Content, Graphs
    from diplograph.loading.report import Act, How, Told
    from diplograph.stores.server import Server

_ROWS: Final = 5000
_ARTICLES: Final = f"""SELECT DISTINCT ?graph {{{{
  GRAPH ?graph {{{{ ?article a {terms.ARTICLE} }}}} FILTER(STR(?graph) > "{{after}}")
}}}} ORDER BY STR(?graph) LIMIT {{rows}}"""
_STATE: Final = """SELECT ?count ?digest {{
  {{ SELECT (COUNT(*) AS ?count) {{ GRAPH {graph} {{ ?s ?p ?o }} }} }}
  OPTIONAL {{ GRAPH {graph} {{ {name} {sha256} ?digest }} }}
}}"""
_ANOTHER: Final = "Does somebody else load at the same time? If not, its log should tell more; load again."
_TOO_LARGE: Final = 413
_LEAST: Final = 1 << 16
_MOST: Final = 10_000_000
"""How many bytes to send at once where a store has refused more."""

_WINDOW: Final = 1 << 16


class State(Struct, frozen=True):
    """What a store has in a graph: how many statements, and which digests."""

    count: int
    digests: frozenset[str]


def load(graphs: Graphs, server: Server, how: How, base_iri: str, told: Told | None = None) -> Report:
    """Make a store hold some graphs, beside the others that it has.

    Raises:
        UsageError: the store cannot be reached or refuses, what has arrived is not what was sent, or
            articles that are not among the sources would lose their situations.
    """
    report = Report()
    if not how.append:

        def has(graph: str) -> bool:
            return state(server, graph).count > 0

        report.removed = stale(_with_articles(server), has, graphs, base_iri, prune=how.prune)
    try:
        _load_all(graphs, server, how, report, told)
    except UsageError as error:
        if report.sent and not how.dry_run:
            error.hint = f"{error.hint} What was loaded whole stays; load again to go on.".strip()
        raise
    return report


def _load_all(graphs: Graphs, server: Server, how: How, report: Report, told: Told | None) -> None:
    """Load all graphs, remove those that are to go, and look once more at the end, when all should be there."""
    statements = 0
    for content in graphs:
        report.sent.append(sent(content, _load(content, server, how)))
        statements += content.count
        if told is not None:
            told(len(report.sent), len(graphs), statements)
    if how.dry_run:
        return
    for graph in report.removed:
        server.drop(graph[1:-1])
        if state(server, graph).count:
            raise UsageError(f"{server.url}: The graph {graph} is still there after it was removed.")
    for one in report.sent:
        found = state(server, f"<{one.graph}>")
        if found.count < one.least or one.digest not in found.digests:
            raise UsageError(f"{server.url}: The graph <{one.graph}> has been changed since it was loaded.", _ANOTHER)


def _with_articles(server: Server) -> Iterator[str]:
    """List the graphs that hold an article, as terms; some at a time, as stores cut answers."""
    after = ""
    while True:
        rows = server.select(_ARTICLES.format(after=after, rows=_ROWS))
        found = [row["graph"].value for row in rows if isinstance(row["graph"], ox.NamedNode)]
        yield from (f"<{graph}>" for graph in found)
        if len(found) < _ROWS or found[-1] == after:
            return
        after = found[-1]


def state(server: Server, graph: str, name: str = "") -> State:
    """Look at a graph, which need not be there; `name` is what its digest is of, if not of its own name."""
    rows = list(server.select(_STATE.format(graph=graph, name=name or graph, sha256=terms.SHA256)))
    digests = frozenset(row["digest"].value for row in rows if isinstance(row["digest"], ox.Literal))
    counts = [int(row["count"].value) for row in rows if isinstance(row["count"], ox.Literal)]
    return State(counts[0] if counts else 0, digests)


def _load(content: Content, server: Server, how: How) -> Act:
    before = state(server, content.graph)
    if how.append:
        if content.digest in before.digests and before.count >= content.least:
            return "unchanged"
        if not how.dry_run:
            _add(content, server, content.iri, server.profile.most)
            _look(content, server, range(max(before.count, content.least), before.count + content.count + 1))
        return "added"
    if before.count in _whole(content) and before.digests == {content.digest}:
        return "unchanged"
    if not how.dry_run:
        _replace(content, server)
        if state(server, content.graph).count > content.count:  # Fuseki keeps decimals such as 1.50 over a PUT
            server.drop(content.iri)
            content.body.seek(0)
            _replace(content, server)
        _look(content, server, _whole(content))
    return "replaced" if before.count else "added"


def _whole(content: Content) -> range:
    """Tell how many statements a graph has that is there as a whole."""
    return range(content.least, content.count + 1)


def _replace(content: Content, server: Server) -> None:
    """Put a graph at the place of what is there: at once, or under another name first."""
    most = server.profile.most
    if not server.profile.staged and (not most or content.size <= most):
        try:
            server.put(content.iri, Body(content.body, content.size))
        except RefusedError as error:
            if error.status != _TOO_LARGE or content.size <= _LEAST:
                raise
            most = min(max(content.size // 4, _LEAST), _MOST)
        else:
            return
    staging = f"urn:uuid:{uuid.uuid4()}"
    try:
        _add(content, server, staging, most)
        _look(content, server, _whole(content), f"<{staging}>")
        server.move(staging, content.iri)
    except BaseException as error:
        try:
            server.drop(staging)
        except UsageError as kept:
            alike = isinstance(error, RefusedError) and isinstance(kept, RefusedError) and kept.status == error.status
            if isinstance(error, UsageError) and not alike:  # who refuses both has taken nothing
                error.hint = f"{error.hint} It may still have the graph <{staging}>, which is to be removed.".strip()
        raise


def _add(content: Content, server: Server, graph: str, most: int) -> None:
    """Add to a graph, in as many requests as the store needs."""
    start, most = 0, most or content.size
    while start < content.size:
        if content.blank and content.size > most:
            hint = "Give its blank nodes IRIs (skolemise them): they would fall apart."
            raise UsageError(f"The graph {content.graph} is too large to be sent at once.", hint)
        end = _end(content.body, start, content.size, most)
        content.body.seek(start)
        try:
            server.post(graph, Body(content.body, end - start))
        except RefusedError as error:
            if error.status != _TOO_LARGE or most <= _LEAST:
                raise
            most = max(min(most, end - start) // 4, _LEAST)
        else:
            start = end


def _end(body: IO[bytes], start: int, size: int, most: int) -> int:
    """Tell where a piece ends that begins at a place: between lines, after so many bytes or one line."""
    if size - start <= most:
        return size
    back = 0
    while back < most:
        back = min(max(back * 16, _WINDOW), most)
        body.seek(start + most - back)
        cut = body.read(back).rfind(b"\n") + 1
        if cut:
            return start + most - back + cut
    body.seek(start + most)
    return start + most + len(body.readline())


def _look(content: Content, server: Server, counts: range, graph: str = "") -> None:
    """Look whether a graph, or another one that is to replace it, holds what was sent.

    Raises:
        UsageError: it does not; with the graph.
    """
    graph = graph or content.graph
    found = state(server, graph, content.graph)
    if found.count not in counts:
        what = f"holds {found.count:,} statements of {counts[-1]:,}"
    elif content.digest not in found.digests:
        what = "lacks the digest that was sent"
    else:
        return
    raise UsageError(f"{server.url}: The graph {graph} {what} after loading.", _ANOTHER)
