"""Running pyshacl, and reading its report as results."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox
import pyshacl
import rdflib
from msgspec import Struct
from rdflib.namespace import OWL, RDF, RDFS, SH

from diplograph.errors import UsageError
from diplograph.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

_TARGETS: Final = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
_SEVERITIES: Final[dict[rdflib.term.Node | None, Severity]] = {
    SH.Violation: "violation",
    SH.Warning: "warning",
    SH.Info: "info",
}


class Result(Struct, frozen=True):
    """One validation result (SHACL, section 3.6.2); terms in N-Triples, empty where there is none.

    `shape` is the local name of the property or node shape. `path` is empty for paths that are
    more than one property.
    """

    severity: Severity
    shape: str
    message: str
    focus: str
    path: str
    value: str


def validate(triples: Iterable[ox.Triple], shapes: rdflib.Graph) -> list[Result]:
    """Validate triples against shapes; no inference, nothing is fetched.

    The results come in a fixed order.

    Raises:
        UsageError: the shapes are not well-formed SHACL.
    """
    data = rdflib_graph(triples)
    shapes = _spread(shapes)
    try:
        outcome: tuple[Any, Any, Any] = pyshacl.validate(
            data,
            shacl_graph=shapes,
            inference="none",
            advanced=False,
            js=False,
            meta_shacl=False,
            do_owl_imports=False,
            inplace=True,
        )
    except Exception as error:
        # pyshacl has no common error: bad patterns, flags and queries come as they are
        raise UsageError(f"The shapes cannot be used: {type(error).__name__}: {error}") from error
    report: rdflib.Graph = outcome[1]
    results = [_result(report, node) for node in report.objects(None, SH.result)]
    return sorted(set(results), key=lambda result: (result.focus, result.shape, result.path, result.value))


def _spread(shapes: rdflib.Graph) -> rdflib.Graph:
    """Give property shapes the targets of the node shape that lists them, and take them off its list.

    The results are the same, but pyshacl evaluates a shape with targets once for all its focus
    nodes, and a listed one anew for each of them, which takes twice as long on our shapes.
    """
    spread = rdflib.Graph()
    spread += shapes
    for node_shape in shapes.subjects(RDF.type, SH.NodeShape):
        targets = [(kind, target) for kind in _TARGETS for target in shapes.objects(node_shape, kind)]
        kept = (SH.deactivated, SH.closed)  # a closed shape has to see its list
        if any((node_shape, term, None) in shapes for term in kept) or (None, None, node_shape) in shapes:
            continue
        if {RDFS.Class, OWL.Class} & set(shapes.objects(node_shape, RDF.type)):
            continue  # a class is a target of its own
        for shape in shapes.objects(node_shape, SH.property):
            if targets and isinstance(shape, rdflib.URIRef):
                spread.remove((node_shape, SH.property, shape))
                for kind, target in targets:
                    spread.add((shape, kind, target))
    return spread


def _result(report: rdflib.Graph, node: rdflib.term.Node) -> Result:
    path, value = report.value(node, SH.resultPath), report.value(node, SH.value)
    shape = report.value(node, SH.sourceShape)
    messages = sorted(str(message) for message in report.objects(node, SH.resultMessage))
    return Result(
        severity=_SEVERITIES.get(report.value(node, SH.resultSeverity), "violation"),
        shape=_local_name(str(shape)) if isinstance(shape, rdflib.URIRef) else "shape",
        message=" ".join(messages),
        focus=_term(report.value(node, SH.focusNode)),
        path=_term(path) if isinstance(path, rdflib.URIRef) else "",
        value=_term(value) if not isinstance(value, rdflib.BNode) else "",
    )


def _local_name(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]


def _term(node: rdflib.term.Node | None) -> str:
    return node.n3() if isinstance(node, rdflib.term.Identifier) else ""


def _quiet(record: logging.LogRecord) -> bool:
    return "Failed to convert" not in record.getMessage()


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
        plain = term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
        datatype = None if plain else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, datatype=datatype, normalize=False)
    message = f"rdflib has no term for {term}"
    raise TypeError(message)
