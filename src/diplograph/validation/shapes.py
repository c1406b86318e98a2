"""The shapes: read from Turtle, each given the name by which findings call it."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.errors import UsageError
from diplograph.findings import Severity
from diplograph.rdf import base_of
from diplograph.validation.index import OWL, RDF, RDFS, SH, TYPE, Index, ntriples, sh
from diplograph.validation.paths import path_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from diplograph.validation.index import Term

SEVERITIES: Final[dict[str, Severity]] = {
    SH + "Violation": "violation",
    SH + "Warning": "warning",
    SH + "Info": "info",
}
_OURS: Final = "https://w3id.org/diplograph/shapes/"
_STRUCTURE: Final = (
    *(ox.NamedNode(RDF + name) for name in ("first", "rest")),
    *(sh(f"{name}Path") for name in ("inverse", "alternative", "zeroOrMore", "oneOrMore", "zeroOrOne")),
)
_STARTS: Final = tuple(
    sh(name) for name in ("path", "in", "and", "or", "xone", "languageIn", "ignoredProperties", "datatype")
)
_ONTOLOGY: Final = ox.NamedNode(OWL + "Ontology")
_COMMENT: Final = ox.NamedNode(RDFS + "comment")
_ABOUT_THE_SHAPE: Final = frozenset(
    SH + name
    for name in (
        *("path", "property", "name", "description", "message", "severity", "deactivated", "order", "group"),
        *("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target"),
        *("defaultValue", "ignoredProperties", "flags"),
    )
)
"""The terms of SHACL that constrain nothing by themselves."""


class Shape:
    """What findings need to know of a shape: its names, its message, how bad a violation is."""

    __slots__ = ("code", "iri", "message", "name", "path", "severity")

    def __init__(self, node: Term, code: str, shapes: Index) -> None:
        self.code = code
        self.iri = node.value if isinstance(node, ox.NamedNode) else ""
        self.path = path_text(shapes.value(node, sh("path")), shapes)
        self.name = _text(shapes, node, sh("name")) or code
        self.message = next(
            filter(None, (_text(shapes, node, term) for term in (sh("message"), sh("description"), _COMMENT))), ""
        )
        severity = shapes.value(node, sh("severity"))
        self.severity = SEVERITIES.get(severity.value if isinstance(severity, ox.NamedNode) else "", "violation")


class Shapes:
    """A shapes graph, and the views of it that engines and reports take; each is made once."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = tuple(triples)

    @cached_property
    def index(self) -> Index:
        """The graph, to be asked."""
        return Index(self.triples)

    @cached_property
    def ntriples(self) -> bytes:
        """The graph as N-Triples; blank nodes have labels that no data has."""
        return ntriples(self.triples)

    @cached_property
    def by_node(self) -> dict[str, Shape]:
        """All shapes that constrain something, by their node as an N-Triples term."""
        found = [node for node in self.index.subjects() if _constrains(node, self.index)]
        codes = _codes(found, self.index)
        return {str(node): Shape(node, codes[str(node)], self.index) for node in found}


def load_shapes(paths: Iterable[Path]) -> Shapes:
    """Read shapes files (Turtle) into one graph.

    A changed copy of a file of ours, told by its `owl:Ontology`, takes the place of ours; any other
    file adds to them.

    Raises:
        UsageError: a file cannot be read, is not Turtle, or holds a list or path that runs in a circle.
    """
    return _merged(tuple((str(path), base_of(path), _content(path)) for path in paths))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"The shapes '{path}' cannot be read: {error.strerror}.") from error


@lru_cache(maxsize=4)
def _merged(files: tuple[tuple[str, str, bytes], ...]) -> Shapes:
    """Join files; the same contents give the same shapes, with all that has been made of them."""
    by_header: dict[str, tuple[ox.Triple, ...]] = {}
    for name, base, content in files:
        triples = _parsed(name, base, content)
        named = [one.subject for one in triples if one.predicate == TYPE and one.object == _ONTOLOGY]
        headers = [subject.value for subject in named if isinstance(subject, ox.NamedNode)]
        by_header[next((header for header in sorted(headers) if header.startswith(_OURS)), base)] = triples
    shapes = Shapes(triple for triples in by_header.values() for triple in triples)
    _refuse_circles(shapes)
    return shapes


def _refuse_circles(shapes: Shapes) -> None:
    """Refuse lists and paths that run in circles: engines in native code crash on them.

    Raises:
        UsageError: there is one.
    """
    ahead: dict[Term, set[Term]] = {}
    for triple in shapes.triples:
        if triple.predicate in _STRUCTURE and isinstance(triple.object, (ox.BlankNode, ox.NamedNode)):
            ahead.setdefault(triple.subject, set()).add(triple.object)
    used = _reached([triple.object for triple in shapes.triples if triple.predicate in _STARTS], ahead)
    ahead = {node: nexts for node, nexts in ahead.items() if node in used}
    behind: dict[Term, set[Term]] = {}
    for node, nexts in ahead.items():
        for one in nexts:
            behind.setdefault(one, set()).add(node)
    ends = [node for node in behind if node not in ahead]
    for end in ends:
        for node in behind.get(end, ()):
            ahead[node].discard(end)
            if not ahead[node]:
                ends.append(node)
    if any(ahead.values()):
        raise UsageError("The shapes cannot be used: a list or path in them runs in a circle.")


def _reached(starts: list[Term], ahead: dict[Term, set[Term]]) -> set[Term]:
    """Find all that is reached from some nodes; what no shape uses may be as it likes."""
    reached = set(starts)
    for current in starts:
        new = ahead.get(current, set()) - reached
        reached |= new
        starts += new
    return reached


@lru_cache(maxsize=16)
def _parsed(name: str, base: str, content: bytes) -> tuple[ox.Triple, ...]:
    try:
        parsed = ox.parse(content, format=ox.RdfFormat.TURTLE, base_iri=base, rename_blank_nodes=True)
        return tuple(quad.triple for quad in parsed)
    except SyntaxError as error:
        raise UsageError(f"The shapes '{name}' are not Turtle: {error.msg}, in line {error.lineno}.") from error


def _constrains(node: Term, shapes: Index) -> bool:
    """Tell whether a node is a shape with a constraint of its own."""
    about = shapes.about(node)
    if sh("path") not in about and not {sh("NodeShape"), sh("PropertyShape")} & set(about.get(TYPE, ())):
        return False
    return any(
        predicate.value not in _ABOUT_THE_SHAPE
        for predicate in about
        if not predicate.value.startswith((RDF, RDFS, OWL))
    )


def _codes(nodes: list[Term], shapes: Index) -> dict[str, str]:
    """Name shapes: by the local name of the IRI, or the whole IRI where two share it.

    A blank node is called after the named shape that holds it, and the last property of its path.
    """
    names = {str(node): local_name(node.value) for node in nodes if isinstance(node, ox.NamedNode)}
    shared = {name for name, count in Counter(names.values()).items() if count > 1}
    codes = {node: node[1:-1] if name in shared else name for node, name in names.items()}
    for node in nodes:
        if not isinstance(node, ox.NamedNode):
            holder = _holder(node, shapes)
            step = local_name(path_text(shapes.value(node, sh("path")), shapes).strip("<>()*+?"))
            codes[str(node)] = "/".join(filter(None, (holder, step))) or "shape"
    return codes


def _holder(node: Term, shapes: Index) -> str:
    """Find the name of the nearest shape with an IRI that leads to a node."""
    ahead, seen = [node], {node}
    for current in ahead:
        for above in shapes.pointing(current):
            if isinstance(above, ox.NamedNode):
                return local_name(above.value)
            if above not in seen:
                seen.add(above)
                ahead.append(above)
    return ""


def local_name(iri: str) -> str:
    """Give what stands behind the last hash or slash of an IRI."""
    return iri.rpartition("#")[2].rpartition("/")[2] or iri


def _text(shapes: Index, node: Term, predicate: ox.NamedNode) -> str:
    """Give the text of a property, in English or without a language if there is one."""
    texts = [term for term in shapes.objects(node, predicate) if isinstance(term, ox.Literal)]
    best = sorted(texts, key=lambda text: (not (text.language or "en").startswith("en"), text.value))
    return best[0].value if best else ""
