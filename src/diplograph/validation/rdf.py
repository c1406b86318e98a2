"""Validating RDF files: parsed by pyoxigraph, which keeps lexical forms."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.errors import Finding, Location, Region, UsageError
from diplograph.validation.engine import validate
from diplograph.validation.shapes import load_shapes
from diplograph.values.literals import CHECKED, typed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RDF_SUFFIXES: Final = (".ttl", ".nt", ".nq", ".trig", ".rdf", ".jsonld", ".n3", ".owl")


def is_rdf(path: Path) -> bool:
    """Tell an RDF file from annotations by its suffix."""
    return path.name.removesuffix(".gz").lower().endswith(RDF_SUFFIXES)


def rdf_findings(path: Path, shapes: Iterable[Path], extra: Iterable[ox.Triple]) -> list[Finding]:
    """Validate an RDF file, with some triples (the ontology's classes) as context.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        triples = _triples(path)
    except SyntaxError as error:
        place = Region(error.lineno or 1, error.offset or 1, error.lineno or 1, (error.offset or 1) + 1)
        return [Finding("error", "rdf-syntax", f"{error.msg}.", Location(str(path), place))]
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
    suffix = path.name.removesuffix(".gz").lower().rpartition(".")[2]
    format_ = ox.RdfFormat.from_extension("rdf" if suffix == "owl" else suffix)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            triples = [quad.triple for quad in ox.parse(stream, format=format_)]  # type: ignore[arg-type]
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"'{path}' cannot be read: {reason}.") from error
    if any(isinstance(term, ox.Triple) for triple in triples for term in (triple.subject, triple.object)):
        raise UsageError(f"'{path}' holds triple terms (RDF 1.2), which cannot be validated.")
    return triples
