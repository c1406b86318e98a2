"""The reference engine: pyshacl, which every verdict has to agree with."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pyshacl
import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SH

from diplograph.errors import UsageError
from diplograph.validation.bridge import oxigraph_triples, rdflib_graph
from diplograph.validation.results import Result, read_report

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyoxigraph as ox

    from diplograph.validation.shapes import Shapes

_TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)


def pyshacl_results(triples: Iterable[ox.Triple], shapes: Shapes) -> list[Result]:
    """Validate triples against shapes; no inference, nothing is fetched.

    Raises:
        UsageError: the shapes are not well-formed SHACL, or use what pyshacl does not know.
    """
    try:
        outcome: tuple[Any, Any, Any] = pyshacl.validate(
            rdflib_graph(triples),
            shacl_graph=_graph(shapes),
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
    report = outcome[1]
    if not isinstance(report, rdflib.Graph):  # it gives some failures back instead of raising them
        raise UsageError(f"The shapes cannot be used: {report}")
    return read_report(oxigraph_triples(report), shapes)


@lru_cache(maxsize=2)
def _graph(shapes: Shapes) -> rdflib.Graph:
    return _spread(rdflib_graph(shapes.triples))


def _spread(shapes: rdflib.Graph) -> rdflib.Graph:
    """Give property shapes the targets of the node shape that lists them, and take them off its list.

    The results are the same, but pyshacl evaluates a shape with targets once for all its focus
    nodes, and a listed one anew for each of them, which takes twice as long on our shapes.
    """
    spread = rdflib.Graph()
    spread += shapes
    for node_shape in shapes.subjects(RDF.type, SH.NodeShape):
        targets = [(kind, target) for kind in _TARGETS for target in shapes.objects(node_shape, kind)]
        if targets and not _needs_its_list(node_shape, shapes):
            for shape in shapes.objects(node_shape, SH.property):
                if isinstance(shape, rdflib.URIRef):
                    spread.remove((node_shape, SH.property, shape))
                    for kind, target in targets:
                        spread.add((shape, kind, target))
    return spread


def _needs_its_list(node_shape: rdflib.term.Node, shapes: rdflib.Graph) -> bool:
    """Tell whether a node shape means something else without the property shapes that it lists."""
    if any((node_shape, term, None) in shapes for term in (SH.deactivated, SH.closed)):
        return True
    if (None, None, node_shape) in shapes or {RDFS.Class, OWL.Class} & set(shapes.objects(node_shape, RDF.type)):
        return True  # another shape uses it, or it is a class, and so a target of its own
    listed = shapes.objects(node_shape, SH.property)
    return any((shape, SH.qualifiedValueShapesDisjoint, None) in shapes for shape in listed)
