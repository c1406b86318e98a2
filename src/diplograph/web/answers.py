"""Answers to queries, whole and in the syntax that the client prefers, or a reason why there is none."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import pyoxigraph as ox

from diplograph.errors import UsageError
from diplograph.queries import formats
from diplograph.queries.library import Query
from diplograph.queries.limits import First
from diplograph.queries.running import Answer, answer
from diplograph.queries.safety import checked
from diplograph.web import negotiation
from diplograph.web.protocol import RefusedError
from diplograph.web.tasks import CUT, Ask, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diplograph.web.graph import Served
    from diplograph.web.negotiation import Offer

_SYNTAXES = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}


def answered(task: Ask, graph: Served, stream: IO[bytes]) -> Reply:
    """Write the answer to a query.

    Raises:
        InputError: the query is not SPARQL, with the place.
        RefusedError: a graph is not there, or the client takes no syntax of the answer.
        UsageError: the query cannot be answered.
    """
    query = Query("query", task.query)
    query.parameters = []  # on the wire a variable is a variable, whatever its name begins with
    found = _evaluated(query, task, graph)
    offers = negotiation.GRAPHS if formats.is_triples(found) else negotiation.RESULTS
    offer = negotiation.chosen(task.accept, offers)
    if offer is None:
        raise RefusedError(406, f"The answer comes as {', '.join(offer.media_type for offer in offers)}.")
    cut = write(found, offer, graph, stream)
    return Reply(200, offer.media_type + ("; charset=utf-8" if offer.media_type.startswith("text/") else ""), 0, cut)


def write(found: Answer, offer: Offer, graph: Served, stream: IO[bytes]) -> dict[str, str]:
    """Write an answer in one syntax; gives the headers that tell whether it was cut."""
    if isinstance(found, ox.QueryTriples):
        return write_triples(found, offer, graph, stream)
    cut = formats.write_answer(found, stream, offer.name, graph.names, most=graph.most_rows)
    return {CUT: str(graph.most_rows)} if cut else {}


def write_triples(triples: Iterable[ox.Triple], offer: Offer, graph: Served, stream: IO[bytes]) -> dict[str, str]:
    """Write triples in one syntax, no more than may come out; gives the headers that tell whether they were cut."""
    first = First(triples, graph.most_rows)
    syntax = _SYNTAXES[offer.name]
    named = syntax in (ox.RdfFormat.TURTLE, ox.RdfFormat.RDF_XML)
    ox.serialize(first, stream, format=syntax, prefixes=graph.names.prefixes if named else None)
    return {CUT: str(graph.most_rows)} if first.cut else {}


def _evaluated(query: Query, task: Ask, graph: Served) -> Answer:
    if not task.default_graphs and not task.named_graphs:
        return answer(query, graph.store, {}, graph.names, union=graph.union)
    default, named = (_known(graphs, graph) for graphs in (task.default_graphs, task.named_graphs))
    checked(query.text, lambda _: True, name=query.name, prefixes=graph.names.prefixes)  # FROM counts for nothing here
    try:
        return graph.store.query(
            query.text, prefixes=graph.names.prefixes, default_graph=[*default], named_graphs=[*named]
        )
    except (OSError, RuntimeError) as error:
        raise UsageError(f"The query cannot be answered: {error}.") from error


def _known(graphs: Iterable[str], graph: Served) -> list[ox.NamedNode]:
    """Find the graphs of these IRIs.

    Raises:
        RefusedError: there is none of such an IRI here; none is fetched.
    """
    found = []
    for iri in graphs:
        try:
            node = ox.NamedNode(iri)
        except ValueError as error:
            raise RefusedError(400, f"'{iri}' is no IRI of a graph.") from error
        if not any(graph.store.quads_for_pattern(None, None, None, node)):
            raise RefusedError(400, f"There is no graph <{iri}> here, and none is fetched.")
        found.append(node)
    return found
