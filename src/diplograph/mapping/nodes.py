"""A node: one subject with all its properties, the unit in which the graph is made and written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import pyoxigraph as ox
from msgspec import Struct

Term: TypeAlias = ox.NamedNode | ox.Literal
Properties: TypeAlias = list[tuple[ox.NamedNode, Term]]


class Node(Struct, frozen=True):
    """A subject, its properties in the order to be written, and the named graph it belongs to.

    `origin` is the annotation value that the node was made from, so that a finding about the
    node can be led back to its place in the source.
    """

    subject: ox.NamedNode
    properties: Properties
    graph: ox.NamedNode
    origin: object = None

    def quads(self) -> Iterator[ox.Quad]:
        """Give the node's statements in its named graph."""
        return (ox.Quad(self.subject, predicate, value, self.graph) for predicate, value in self.properties)

    def triples(self) -> Iterator[ox.Triple]:
        """Give the node's statements without the named graph."""
        return (ox.Triple(self.subject, predicate, value) for predicate, value in self.properties)
