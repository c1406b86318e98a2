"""Triples by subject and by object: the little that reading shapes and reports needs of a graph."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Term: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
SH: Final = "http://www.w3.org/ns/shacl#"
TYPE: Final = ox.NamedNode(RDF + "type")
_FIRST: Final = ox.NamedNode(RDF + "first")
_REST: Final = ox.NamedNode(RDF + "rest")


def sh(name: str) -> ox.NamedNode:
    """Give a term of the SHACL vocabulary."""
    return ox.NamedNode(SH + name)


def ntriples(triples: Iterable[ox.Triple]) -> bytes:
    """Write triples as N-Triples."""
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


class Index:
    """Triples that can be asked by subject and predicate, or by predicate and object."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._forward: dict[Term, dict[ox.NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._backward: dict[Term, dict[ox.NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            self._forward[triple.subject][triple.predicate].append(triple.object)
            self._backward[triple.object][triple.predicate].append(triple.subject)

    def subjects(self) -> list[Term]:
        """List all subjects, in the order of the triples."""
        return list(self._forward)

    def about(self, subject: Term) -> dict[ox.NamedNode, list[Term]]:
        """Give the properties of a subject."""
        return self._forward.get(subject, {})

    def objects(self, subject: Term, predicate: ox.NamedNode) -> list[Term]:
        """List the values of a subject's property."""
        return self._forward.get(subject, {}).get(predicate, [])

    def value(self, subject: Term, predicate: ox.NamedNode) -> Term | None:
        """Give the first value of a subject's property, if there is one."""
        return next(iter(self.objects(subject, predicate)), None)

    def holders(self, predicate: ox.NamedNode, value: Term) -> list[Term]:
        """List the subjects that have a value for a property."""
        return self._backward.get(value, {}).get(predicate, [])

    def pointing(self, value: Term) -> Iterator[Term]:
        """Go through the subjects that have something as a value of any property."""
        for subjects in self._backward.get(value, {}).values():
            yield from subjects

    def members(self, head: Term | None) -> Iterator[Term]:
        """Go through the members of a list (RDF 1.1, rdf:List); a list that runs in a circle ends."""
        seen: set[Term] = set()
        while head is not None and head not in seen:
            seen.add(head)
            first = self.value(head, _FIRST)
            if first is not None:
                yield first
            head = self.value(head, _REST)
