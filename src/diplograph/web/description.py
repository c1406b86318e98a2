"""The endpoint described in RDF (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from itertools import islice
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.web import negotiation
from diplograph.web.answers import write_triples
from diplograph.web.protocol import RefusedError
from diplograph.web.tasks import Describe, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.web.graph import Served

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_WRITTEN: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "RDF_XML"),
)
_TYPE: Final = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_MOST_GRAPHS: Final = 1000
"""How many named graphs are told; there is one for each article."""


def described(task: Describe, graph: Served, stream: IO[bytes]) -> Reply:
    """Write the description of the endpoint.

    Raises:
        RefusedError: the client takes no syntax of RDF.
    """
    offer = negotiation.chosen(task.accept, negotiation.GRAPHS) or (
        negotiation.GRAPHS[0] if negotiation.chosen(task.accept, [negotiation.PAGE]) else None
    )
    if offer is None:
        offers = ", ".join(offer.media_type for offer in negotiation.GRAPHS)
        raise RefusedError(406, f"The description of the service comes as {offers}.")
    write_triples(_triples(task.endpoint, graph), offer, graph, stream)
    return Reply(200, offer.media_type)


def _triples(endpoint: str, graph: Served) -> Iterator[ox.Triple]:
    service = ox.NamedNode(endpoint)
    dataset, default = (ox.NamedNode(f"{endpoint}#{name}") for name in ("dataset", "default-graph"))
    yield ox.Triple(service, _TYPE, _sd("Service"))
    yield ox.Triple(service, _sd("endpoint"), service)
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    for name in _WRITTEN:
        yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(_FORMATS + name))
    yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    yield ox.Triple(service, _sd("defaultDataset"), dataset)
    yield ox.Triple(dataset, _TYPE, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), default)
    yield ox.Triple(default, _TYPE, _sd("Graph"))
    names = [node for node in graph.store.named_graphs() if isinstance(node, ox.NamedNode)]
    for number, named in enumerate(islice(sorted(names, key=str), _MOST_GRAPHS)):
        one = ox.NamedNode(f"{endpoint}#graph-{number}")
        yield ox.Triple(dataset, _sd("namedGraph"), one)
        yield ox.Triple(one, _TYPE, _sd("NamedGraph"))
        yield ox.Triple(one, _sd("name"), named)


def _sd(word: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + word)
