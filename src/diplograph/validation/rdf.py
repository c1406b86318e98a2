"""Validating RDF files: parsed by pyoxigraph, which keeps lexical forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from diplograph.errors import InputError, UsageError
from diplograph.findings import Finding, Location
from diplograph.rdf import rdf_quads
from diplograph.validation.engine import validate
from diplograph.validation.shapes import load_shapes
from diplograph.values.literals import CHECKED, typed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def rdf_findings(path: Path, shapes: Iterable[Path], extra: Iterable[ox.Triple]) -> list[Finding]:
    """Validate an RDF file, with some triples (the ontology's classes) as context.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        triples = _triples(path)
    except InputError as error:
        return error.findings
    here = Location(str(path))
    literals = [found for triple in triples if (found := _ill_formed(triple, here))]
    results = validate([*triples, *extra], load_shapes(shapes))
    return literals + [
        Finding(
            result.severity,
            result.shape,
            f"{result.focus}: {result.message}",
            here,
            "",
            result.focus,
            result.path,
            result.value,
        )
        for result in results
    ]


def _ill_formed(triple: ox.Triple, here: Location) -> Finding | None:
    """Check the lexical form of a literal, which engines let pass."""
    value = triple.object
    if not isinstance(value, ox.Literal) or value.datatype.value not in CHECKED:
        return None
    try:
        typed(value.value, value.datatype)
    except ValueError as error:
        message = f"{triple.subject}: {error}"
        terms = (str(triple.subject), str(triple.predicate), str(value))
        return Finding("violation", "ill-formed-literal", message, here, "", *terms)
    return None


def _triples(path: Path) -> list[ox.Triple]:
    triples = [quad.triple for quad in rdf_quads(path)]
    if any(isinstance(term, ox.Triple) for triple in triples for term in (triple.subject, triple.object)):
        raise UsageError(f"'{path}' holds triple terms (RDF 1.2), which cannot be validated.")
    return triples
