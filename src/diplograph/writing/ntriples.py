"""N-Triples and N-Quads: terms are kept in this syntax, so that lines are only put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diplograph.mapping.nodes import Node


class NTriples:
    """Writes nodes as N-Triples (RDF 1.1 N-Triples, section 4)."""

    start = end = separator = b""

    def text(self, nodes: Iterable[Node]) -> bytes:
        """Write some nodes."""
        return b"".join([node.ntriples().encode() for node in nodes])


class NQuads(NTriples):
    """Writes nodes in their named graphs as N-Quads (RDF 1.1 N-Quads)."""

    def text(self, nodes: Iterable[Node]) -> bytes:
        """Write some nodes."""
        return b"".join([node.nquads().encode() for node in nodes])
