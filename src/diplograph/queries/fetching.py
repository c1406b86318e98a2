"""All that a server holds of what was loaded: for questions that it is known to answer wrongly.

Fetched in pages, as stores cut long answers, and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from diplograph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.queries.remote import Remote

MOST: Final = 2_000_000
"""How many statements are fetched; they have to fit into memory."""
_PAGE: Final = 5000
_GRAPHS: Final = """SELECT ?graph (COUNT(*) AS ?count) {{
  GRAPH ?graph {{ ?graph <https://schema.org/sha256> ?digest }}
  GRAPH ?graph {{ ?s ?p ?o }}
}} GROUP BY ?graph ORDER BY STR(?graph) LIMIT {page} OFFSET {offset}"""
_STATEMENTS: Final = "SELECT ?s ?p ?o {{ GRAPH {graph} {{ ?s ?p ?o }} }} LIMIT {page} OFFSET {offset}"


def fetched(store: Remote) -> Iterator[ox.Quad]:
    """Give the statements of all graphs that have a digest, as those have that `diplograph load` has filled.

    Raises:
        UsageError: there are none or too many, they cannot be fetched, or not all of them arrive.
    """
    graphs = {
        cast("ox.NamedNode", row["graph"]): int(cast("ox.Literal", row["count"]).value)
        for row in _pages(store, _GRAPHS, "")
    }
    if not graphs or sum(graphs.values()) > MOST:
        raise UsageError(
            f"The server would answer this wrongly, and holds {sum(graphs.values()):,} statements that were loaded: "
            f"1 to {MOST:,} can be fetched and asked here.",
            "Ask the sources, or a store in a folder, or another server.",
        )
    for graph, count in graphs.items():
        found = 0
        for row in _pages(store, _STATEMENTS, str(graph)):
            found += 1
            yield ox.Quad(
                cast("ox.NamedNode", row["s"]), cast("ox.NamedNode", row["p"]), cast("ox.Literal", row["o"]), graph
            )
        if found != count:
            raise UsageError(f"The server gives {found:,} of the {count:,} statements of the graph {graph}.")


def _pages(store: Remote, query: str, graph: str) -> Iterator[ox.QuerySolution]:
    offset, found = 0, _PAGE
    while found == _PAGE:
        text = query.format(graph=graph, page=_PAGE, offset=offset)
        rows = list(cast("ox.QuerySolutions", store.query(text, prefixes={})))
        yield from rows
        found = len(rows)
        offset += found
