"""Into a store in a folder: made anew beside the old one, looked at, and put in its place at once."""

from __future__ import annotations

import uuid
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from diplograph.errors import UsageError
from diplograph.loading.report import Report, sent
from diplograph.loading.shared import stale
from diplograph.mapping import terms
from diplograph.stores import folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from diplograph.loading.graphs import Content, Graphs
    from diplograph.loading.report import Act, How, Told

_ARTICLES: Final = f"SELECT DISTINCT ?graph {{ GRAPH ?graph {{ ?article a {terms.ARTICLE} }} }}"
_AT_ONCE: Final = 8_000_000
"""How many bytes of N-Quads to load at once: more takes memory, and no less time."""

_QUADS_AT_ONCE: Final = 50_000
_SHA256: Final = ox.NamedNode(terms.SHA256[1:-1])


def load(graphs: Graphs, target: str | Path, how: How, base_iri: str, told: Told | None = None) -> Report:
    """Make the store in a folder hold some graphs, beside the others that it has.

    Raises:
        UsageError: the folder cannot be written, another process is at it, what has arrived is not
            what was sent, or articles that are not among the sources would lose their situations.
    """
    if how.dry_run:
        old = folder.opened(target) if folder.current(target) else None
        acts = _Acts(old, how)
        return Report([sent(content, acts.on(content)) for content in graphs], _removed(old, graphs, how, base_iri))
    with folder.replacing(target) as (old, new):
        report = Report([], _removed(old, graphs, how, base_iri))
        kept = [graph for graph in _graphs(old) if str(graph) not in report.removed]
        if not how.append:
            kept = [graph for graph in kept if str(graph) not in graphs]
        store = ox.Store(str(new))
        if old is not None:
            _extend(store, (quad for graph in kept for quad in old.quads_for_pattern(None, None, None, graph)))
        _fill(store, graphs, report, _Acts(old, how), told)
        store.flush()
        del store  # to be opened as readers will open it
        _look(ox.Store.read_only(str(new)), report, old, frozenset(kept))
    return report


class _Acts:
    """What becomes of graphs: those that the old store lacks are added, others are as well, or replaced."""

    def __init__(self, old: ox.Store | None, how: How) -> None:
        self._old, self._append = old, how.append

    def on(self, content: Content) -> Act:
        """Tell what becomes of a graph."""
        there = self._old is not None and self._old.contains_named_graph(ox.NamedNode(content.iri))
        return "replaced" if there and not self._append else "added"


def _fill(store: ox.Store, graphs: Graphs, report: Report, acts: _Acts, told: Told | None) -> None:
    """Put the graphs into a store, so much at once that memory stays flat."""
    name, lines, statements = uuid.uuid4().hex, bytearray(), 0
    for content in graphs:
        if content.blank:
            _extend(store, _own(content, name))
        else:
            end = b" " + content.graph.encode() + b" .\n"
            for line in content.body:
                lines += line.removesuffix(b" .\n") + end
                if len(lines) >= _AT_ONCE:
                    _take(store, lines)
        report.sent.append(sent(content, acts.on(content)))
        statements += content.count
        if told is not None:
            told(len(report.sent), len(graphs), statements)
    _take(store, lines)


def _take(store: ox.Store, lines: bytearray) -> None:
    """Load lines of N-Quads without blank nodes, which would have other names in each call."""
    store.bulk_load(bytes(lines), format=ox.RdfFormat.N_QUADS)
    lines.clear()


def _own(content: Content, name: str) -> Iterator[ox.Quad]:
    """Give the statements of a graph, its blank nodes named so that they are none that the store has."""
    graph = ox.NamedNode(content.iri)

    def own(term: object) -> ox.NamedNode:
        return ox.BlankNode(f"{name}{term.value}") if isinstance(term, ox.BlankNode) else term  # type: ignore[return-value]

    for quad in ox.parse(content.body, format=ox.RdfFormat.N_TRIPLES):
        yield ox.Quad(own(quad.subject), quad.predicate, own(quad.object), graph)


def _extend(store: ox.Store, quads: Iterator[ox.Quad]) -> None:
    while some := list(islice(quads, _QUADS_AT_ONCE)):
        store.bulk_extend(some)


def _removed(old: ox.Store | None, graphs: Graphs, how: How, base_iri: str) -> list[str]:
    """List the graphs that are to be removed."""
    if old is None or how.append:
        return []
    rows = cast("ox.QuerySolutions", old.query(_ARTICLES))

    def has(graph: str) -> bool:
        return old.contains_named_graph(ox.NamedNode(graph[1:-1]))

    return stale((str(row["graph"]) for row in rows), has, graphs, base_iri, prune=how.prune)


def _graphs(store: ox.Store | None) -> list[ox.NamedNode | ox.BlankNode]:
    return [] if store is None else list(store.named_graphs())


def _look(store: ox.Store, report: Report, old: ox.Store | None, kept: Collection[ox.NamedNode | ox.BlankNode]) -> None:
    """Count what has arrived, and what has been kept.

    Raises:
        UsageError: it is not what was sent, or what was there; with the graph.
    """
    for one in report.sent:
        name = ox.NamedNode(one.graph)
        found = _count(store, name)
        if found < one.least or (name not in kept and found > one.count):
            raise UsageError(f"The graph <{one.graph}> holds {found} statements of {one.count} after loading.")
        digest = ox.Literal(one.digest)
        if not any(store.quads_for_pattern(name, _SHA256, digest, name)):
            raise UsageError(f"The graph <{one.graph}> lacks its digest after loading.")
    for graph in kept:
        if old is not None and _count(store, graph) < _count(old, graph):
            raise UsageError(f"The graph {graph} lost statements while others were loaded.")


def _count(store: ox.Store, graph: ox.NamedNode | ox.BlankNode) -> int:
    """Count the statements in a graph."""
    rows = cast("ox.QuerySolutions", store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", default_graph=[graph]))
    return int(cast("ox.Literal", next(rows)["n"]).value)
