"""The syntaxes of RDF that can be written: one row each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from diplograph.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Format:
    """A syntax: its name on the command line, file suffix, media type, and whether it has named graphs."""

    name: str
    suffix: str
    media_type: str
    rdf: ox.RdfFormat
    dataset: bool = False


FORMATS: Final = (
    Format("turtle", ".ttl", "text/turtle", ox.RdfFormat.TURTLE),
    Format("json-ld", ".jsonld", "application/ld+json", ox.RdfFormat.JSON_LD),
    Format("n-triples", ".nt", "application/n-triples", ox.RdfFormat.N_TRIPLES),
    Format("n-quads", ".nq", "application/n-quads", ox.RdfFormat.N_QUADS, dataset=True),
    Format("trig", ".trig", "application/trig", ox.RdfFormat.TRIG, dataset=True),
    Format("rdf-xml", ".rdf", "application/rdf+xml", ox.RdfFormat.RDF_XML),
)
_BY_NAME: Final = {format_.name: format_ for format_ in FORMATS}
_BY_SUFFIX: Final = {format_.suffix: format_ for format_ in FORMATS}


def format_named(name: str) -> Format:
    """Find a format by its name.

    Raises:
        UsageError: there is no such format.
    """
    if name not in _BY_NAME:
        raise UsageError(
            f"There is no format '{name}'.", did_you_mean(name, _BY_NAME) or f"Known: {', '.join(_BY_NAME)}."
        )
    return _BY_NAME[name]


def format_of(path: str | Path) -> Format | None:
    """Tell the format from a file's suffix, before `.gz` if it is compressed."""
    return _BY_SUFFIX.get(Path(str(path).removesuffix(".gz")).suffix.lower())
