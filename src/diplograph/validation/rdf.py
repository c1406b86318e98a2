"""Validating RDF files: parsed by pyoxigraph, which keeps lexical forms."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.errors import Finding, Location, Region, UsageError
from diplograph.validation.engine import validate
from diplograph.validation.shapes import load_shapes

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
    results = validate([*triples, *extra], load_shapes(shapes))
    here = Location(str(path))
    return [
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


def _triples(path: Path) -> list[ox.Triple]:
    suffix = path.name.removesuffix(".gz").lower().rpartition(".")[2]
    format_ = ox.RdfFormat.from_extension("rdf" if suffix == "owl" else suffix)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            return [quad.triple for quad in ox.parse(stream, format=format_)]  # type: ignore[arg-type]
    except OSError as error:
        raise UsageError(f"'{path}' cannot be read: {error.strerror or error}.") from error
