"""RDF files in any syntax, told by their suffix and parsed by pyoxigraph, which keeps lexical forms."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Literal, cast

import pyoxigraph as ox

from diplograph.errors import InputError, UsageError
from diplograph.findings import Finding, Location, Region
from diplograph.guarding import Guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN: Final = 400
_SYNTAXES: Final[dict[str, Literal["xml", "json"]]] = {"rdf": "xml", "owl": "xml", "jsonld": "json"}

SUFFIXES: Final = (".ttl", ".nt", ".nq", ".trig", ".rdf", ".jsonld", ".n3", ".owl")


def is_rdf(path: str | Path) -> bool:
    """Tell an RDF file from annotations by its suffix."""
    return Path(path).name.lower().removesuffix(".gz").endswith(SUFFIXES)


def rdf_quads(path: str | Path, *, rename_blank_nodes: bool = False) -> Iterator[ox.Quad]:
    """Read an RDF file, its blank nodes renamed if they are to be apart from those of other files.

    No context of JSON-LD is fetched from another host.

    Raises:
        UsageError: the file cannot be read.
        InputError: the file is not of its syntax, with the place.
    """
    file = Path(path)
    suffix = file.name.lower().removesuffix(".gz").rpartition(".")[2]
    format_ = ox.RdfFormat.from_extension("rdf" if suffix == "owl" else suffix)
    try:
        with _opened(file) as stream:
            base = base_of(file)
            source = cast("IO[bytes]", Guarded(stream, file.stat().st_size, _SYNTAXES.get(suffix, "terms")))
            yield from ox.parse(source, format=format_, base_iri=base, rename_blank_nodes=rename_blank_nodes)
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        place = Location(str(path), Region(line, column, line, column + 1))
        raise InputError([Finding("error", "rdf-syntax", f"{_brief(error.msg)}.", place)]) from error
    except MemoryError as error:  # the parser's own limit, of 16 MB for an IRI, a literal or a comment
        place = Location(str(path))
        raise InputError([Finding("error", "too-large", "A single term is larger than 16 MB.", place)]) from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"'{path}' cannot be read: {reason}.") from error


def _brief(message: str) -> str:
    """Shorten a message that quotes a term in full."""
    return message if len(message) <= _SHOWN else f"{message[:_SHOWN]}…"


def base_of(file: str | Path) -> str:
    """Give the IRI against which relative ones in a file are resolved: its own (RFC 3986, section 5.1.3)."""
    return Path(file).absolute().as_uri()


def _opened(file: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(file)) if file.suffix.lower() == ".gz" else file.open("rb")
