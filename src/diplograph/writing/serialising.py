"""Writing nodes in any syntax."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from diplograph.mapping.iris import SPACES
from diplograph.writing.jsonld import context, write_jsonld
from diplograph.writing.prefixes import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diplograph.mapping.nodes import Node
    from diplograph.vocabulary import Vocabulary
    from diplograph.writing.formats import Format

_SPACED: Final = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG)


def write_nodes(
    nodes: Iterable[Node], stream: IO[bytes], format_: Format, vocabulary: Vocabulary, base: str, context_url: str = ""
) -> None:
    """Write nodes to a stream: with their named graphs if the format has them."""
    names = prefixes(base, SPACES)
    if format_.rdf == ox.RdfFormat.JSON_LD:
        write_jsonld(nodes, stream, context(vocabulary, names), names, context_url)
        return
    statements: Iterable[ox.Quad] | Iterable[ox.Triple] = (
        (quad for node in nodes for quad in node.quads())
        if format_.dataset
        else (triple for node in nodes for triple in node.triples())
    )
    spaced = _Spaced(stream)
    target = cast("IO[bytes]", spaced) if format_.rdf in _SPACED else stream
    ox.serialize(statements, target, format=format_.rdf, prefixes=names)
    spaced.finish()


class _Spaced:
    """Puts an empty line behind each subject, for readers: the serialiser leaves none.

    A line break stands in the output only where the serialiser ends a line, never in a literal.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._held = stream, b""

    def write(self, chunk: bytes) -> int:
        """Write the whole lines so far; keep the rest until its line ends."""
        data = self._held + chunk
        end = data.rfind(b"\n") + 1
        lines, self._held = data[:end].replace(b" .\n", b" .\n\n"), data[end:]
        if b"@prefix" in lines:
            lines = re.sub(rb"(?m)^(@prefix .*\n)\n(?=@prefix)", rb"\1", lines)
        self._stream.write(lines)
        return len(chunk)

    def flush(self) -> None:
        """Leave flushing to the stream's owner."""

    def finish(self) -> None:
        """Write what is left."""
        self._stream.write(self._held)
