"""Into a store in a folder: made anew beside the old one, looked at, and put in its place at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from diplograph.errors import UsageError
from diplograph.loading.report import Report, sent
from diplograph.loading.shared import stale
from diplograph.mapping import terms
from diplograph.stores import folder
from diplograph.writing.outputs import output

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from diplograph.loading.graphs import Graphs
    from diplograph.loading.report import Act, How, Told

_ARTICLES: Final = f"SELECT DISTINCT ?graph {{ GRAPH ?graph {{ ?article a {terms.ARTICLE} }} }}"
_SHA256: Final = ox.NamedNode(terms.SHA256[1:-1])


def load(graphs: Graphs, target: str | Path, how: How, base_iri: str, told: Told | None = None) -> Report:
    """Make the store in a folder hold some graphs, beside the others that it has.

    Raises:
        UsageError: the folder cannot be written, another process is at it, what has arrived is not
            what was sent, or articles that are not among the sources would lose their situations.
    """
    act: Act = "added" if how.append else "replaced"
    if how.dry_run:
        old = folder.opened(target) if folder.current(target) else None
        return Report([sent(content, act) for content in graphs], _removed(old, graphs, how, base_iri))
    with folder.replacing(target) as (old, new):
        report = Report([], _removed(old, graphs, how, base_iri))
        kept = [graph for graph in _graphs(old) if str(graph) not in report.removed]
        if not how.append:
            kept = [graph for graph in kept if str(graph) not in graphs]
        lines = new / "statements.nq"
        with output(lines) as stream:
            for content in graphs:
                end = b" " + content.graph.encode() + b" .\n"
                stream.writelines(line.removesuffix(b" .\n") + end for line in content.body)
                report.sent.append(sent(content, act))
                if told is not None:
                    told(len(report.sent), len(graphs), report.statements)
        store = ox.Store(str(new))
        if old is not None:
            store.bulk_extend(quad for graph in kept for quad in old.quads_for_pattern(None, None, None, graph))
        store.bulk_load(path=str(lines), format=ox.RdfFormat.N_QUADS)
        store.flush()
        del store  # to be opened as readers will open it
        lines.unlink()
        _look(ox.Store.read_only(str(new)), report, old, kept)
    return report


def _removed(old: ox.Store | None, graphs: Graphs, how: How, base_iri: str) -> list[str]:
    """List the graphs that are to be removed."""
    if old is None or how.append:
        return []
    rows = cast("ox.QuerySolutions", old.query(_ARTICLES))
    return stale((str(row["graph"]) for row in rows), graphs, base_iri, prune=how.prune)


def _graphs(store: ox.Store | None) -> list[ox.NamedNode | ox.BlankNode]:
    return [] if store is None else list(store.named_graphs())


def _look(store: ox.Store, report: Report, old: ox.Store | None, kept: Iterable[ox.NamedNode | ox.BlankNode]) -> None:
    """Count what has arrived, and what has been kept.

    Raises:
        UsageError: it is not what was sent, or what was there; with the graph.
    """
    for one in report.sent:
        name = ox.NamedNode(one.graph)
        found = _count(store, name)
        if found < one.least or (one.act == "replaced" and found > one.count):
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
