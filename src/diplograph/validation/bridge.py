"""Between pyoxigraph's terms and rdflib's, lexical forms kept as they are."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pyoxigraph as ox
import rdflib

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STRING = "http://www.w3.org/2001/XMLSchema#string"


def rdflib_graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """Make an rdflib graph; lexical forms stay as they are."""
    graph = rdflib.Graph()
    logging.getLogger("rdflib.term").addFilter(_quiet)  # it prints a traceback for each ill-formed literal
    for triple in triples:
        graph.add((rdflib_term(triple.subject), rdflib_term(triple.predicate), rdflib_term(triple.object)))
    return graph


def rdflib_term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> rdflib.term.Identifier:
    """Make an rdflib term of a pyoxigraph term."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = None if term.datatype.value == _STRING else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, datatype=datatype, normalize=False)
    message = f"rdflib has no term for {term}"
    raise TypeError(message)


def oxigraph_triples(graph: rdflib.Graph) -> Iterator[ox.Triple]:
    """Give the triples of an rdflib graph, without those that no RDF syntax could write."""
    for subject, predicate, value in graph:
        yield ox.Triple(_term(subject), _term(predicate), _term(value))  # type: ignore[arg-type]


def _term(term: rdflib.term.Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or _STRING)))
    message = f"pyoxigraph has no term for {term!r}"
    raise TypeError(message)


def _quiet(record: logging.LogRecord) -> bool:
    return "Failed to convert" not in record.getMessage()
