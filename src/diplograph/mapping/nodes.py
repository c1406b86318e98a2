"""A node: one subject with all its properties, the unit in which the graph is made and written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import pyoxigraph as ox
from msgspec import Struct

Term: TypeAlias = str
"""An IRI or literal in the syntax of N-Triples; equal terms are equal strings."""

Properties: TypeAlias = list[tuple[Term, Term]]


class Node(Struct, frozen=True):
    """A subject, its properties in the order to be written, and the named graph it belongs to.

    `origin` is the annotation value that the node was made from, so that a finding about the
    node can be led back to its place in the source.
    """

    subject: Term
    properties: Properties
    graph: Term
    origin: object = None

    def ntriples(self) -> str:
        """Give the node's statements as lines of N-Triples."""
        start = self.subject
        return "".join([f"{start} {predicate} {value} .\n" for predicate, value in self.properties])

    def nquads(self) -> str:
        """Give the node's statements in its named graph as lines of N-Quads."""
        start, end = self.subject, f" {self.graph} .\n"
        return "".join([f"{start} {predicate} {value}{end}" for predicate, value in self.properties])

    def quads(self) -> Iterator[ox.Quad]:
        """Give the node's statements in its named graph."""
        return iter(ox.parse(self.nquads().encode(), format=ox.RdfFormat.N_QUADS))

    def triples(self) -> Iterator[ox.Triple]:
        """Give the node's statements without the named graph."""
        return (quad.triple for quad in ox.parse(self.ntriples().encode(), format=ox.RdfFormat.N_TRIPLES))


def is_iri(term: Term) -> bool:
    """Tell an IRI from a literal."""
    return term.startswith("<")
