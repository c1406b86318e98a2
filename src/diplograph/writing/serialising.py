"""Which writer a syntax has: one that takes nodes as they come, some at a time."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Protocol

import pyoxigraph as ox

from diplograph.mapping.iris import SPACES
from diplograph.writing.jsonld import JsonLd, context
from diplograph.writing.ntriples import NQuads, NTriples
from diplograph.writing.prefixes import prefixes
from diplograph.writing.turtle import TriG, Turtle

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diplograph.mapping.nodes import Node
    from diplograph.vocabulary import Vocabulary
    from diplograph.writing.formats import Format


class Writer(Protocol):
    """Writes nodes in a syntax; texts of nodes are joined by the separator, between start and end."""

    start: bytes
    separator: bytes
    end: bytes

    def text(self, nodes: Iterable[Node]) -> bytes:
        """Write some nodes."""


def writer(format_: Format, vocabulary: Vocabulary, base: str, context_url: str = "") -> Writer:
    """Make the writer of a syntax; that of RDF/XML writes N-Triples, for `write` to rewrite.

    Raises:
        UsageError: the base IRI cannot be used.
    """
    names = prefixes(base, SPACES)
    if format_.rdf == ox.RdfFormat.JSON_LD:
        return JsonLd(context(vocabulary, names), names, context_url)
    if format_.rdf == ox.RdfFormat.TURTLE:
        return Turtle(names)
    if format_.rdf == ox.RdfFormat.TRIG:
        return TriG(names)
    return NQuads() if format_.dataset else NTriples()


def write(texts: Iterable[bytes], stream: IO[bytes], format_: Format, used: Writer, base: str) -> None:
    """Write the texts that a writer made, as they come, as one document."""
    if format_.rdf == ox.RdfFormat.RDF_XML:
        triples = (quad.triple for text in texts for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
        ox.serialize(triples, stream, format=format_.rdf, prefixes=prefixes(base, SPACES))
        return
    stream.write(used.start)
    separator = b""
    for text in texts:
        if text:
            stream.write(separator + text if separator else text)
            separator = used.separator
    stream.write(used.end)
