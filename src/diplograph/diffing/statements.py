"""Statements as lines of bytes, one form for each: the terms of N-Triples, and the graph's name if it has one.

Terms are those of RDF, compared by their lexical forms. Owns how lines are made of quads and what can be
told of a line; knows nothing of files or of what differs.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CHUNK: Final = 10_000
_IRI: Final = rb"<[^<>]*+>"
_LITERAL: Final = rb'"(?:[^"\\]|\\.)*+"(?:@[A-Za-z]+(?:-[A-Za-z0-9]+)*+(?!-)|\^\^' + _IRI + rb")?"
STATEMENT: Final = re.compile(
    rb"(?P<triple>%b (?P<predicate>%b) (?P<object>%b|%b))(?: (?P<graph>%b))?\n" % (_IRI, _IRI, _IRI, _LITERAL, _IRI)
)
"""A line with terms of RDF 1.1, and without blank nodes."""
_PROVENANCE_GRAPH: Final = (b"/graph/export>\n", b"#graph/export>\n")
_PROVENANCE_SUBJECT: Final = re.compile(rb"<[^<>]*[/#](?:export/(?:[0-9a-f]{16}|diplograph)|source/[0-9a-f]{64})> ")


def lines(quads: Iterable[ox.Quad], name: str, *, graphs: bool) -> Iterator[list[bytes]]:
    r"""Write quads as lines, some thousands at a time; without the names of their graphs if these do not count.

    `name` is the file's, for messages.

    >>> quad = ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:b"), ox.Literal("c\n"), ox.NamedNode("x:d"))
    >>> list(lines([quad], "a.nq", graphs=True))
    [[b'<x:a> <x:b> "c\\n" <x:d>\n']]
    >>> list(lines([quad], "a.nq", graphs=False))
    [[b'<x:a> <x:b> "c\\n"\n']]

    Raises:
        UsageError: a statement has a blank node.
    """
    ahead = iter(quads)
    while chunk := list(islice(ahead, _CHUNK)):
        found = [f"{quad}\n".encode() for quad in chunk] if graphs else [f"{q.triple}\n".encode() for q in chunk]
        if b"_:" in b"".join(found):
            _refuse_blank_nodes(chunk, name)
        yield found


def _refuse_blank_nodes(quads: Iterable[ox.Quad], name: str) -> None:
    for quad in quads:
        if any(_has_blank_node(term) for term in (quad.subject, quad.object, quad.graph_name)):
            raise UsageError(
                f"'{name}' has blank nodes, of which nobody can tell which are the same in two files: {_cut(quad)}.",
                "Give them IRIs (skolemise them); what diplograph exports has none.",
            )


def _has_blank_node(term: object) -> bool:
    if isinstance(term, ox.Triple):
        return _has_blank_node(term.subject) or _has_blank_node(term.object)
    return isinstance(term, ox.BlankNode)


def _cut(quad: ox.Quad, longest: int = 200) -> str:
    text = str(quad)
    return text if len(text) <= longest else f"{text[:longest]}…"


def is_provenance(line: bytes, *, graphs: bool) -> bool:
    """Tell whether a statement belongs to the provenance of the export: by its graph, or else by its subject."""
    return line.endswith(_PROVENANCE_GRAPH) if graphs else _PROVENANCE_SUBJECT.match(line) is not None


def counted(number: int) -> str:
    """Say how many statements there are.

    >>> counted(1), counted(2000)
    ('1 statement', '2,000 statements')
    """
    return f"{number:,} statement" if number == 1 else f"{number:,} statements"


def subject_of(line: bytes) -> bytes:
    """Give the subject of a line; it has no space."""
    return line[: line.index(b" ")]


def parsed(found: Iterable[bytes]) -> list[ox.Quad]:
    """Read lines back as quads."""
    return list(ox.parse(b"".join(line[:-1] + b" .\n" for line in found), format=ox.RdfFormat.N_QUADS))
