"""Validating RDF files: parsed by pyoxigraph, which keeps lexical forms."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.errors import InputError, UsageError
from diplograph.findings import Finding, Location
from diplograph.rdf import base_of, rdf_quads
from diplograph.subjects import subject_places
from diplograph.validation.deciding import validate
from diplograph.validation.targets import finds_focus_nodes
from diplograph.values import lexical
from diplograph.values.literals import CHECKED, EDTF
from diplograph.values.times import bounds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from diplograph.validation.deciding import Engine
    from diplograph.validation.results import Result
    from diplograph.validation.shapes import Shapes

_MADE_UP: Final = re.compile(r"[0-9a-f]{24,32}")
_LABEL: Final = re.compile(r"_:[0-9a-f]{24,32}")
_SHOWN: Final = 200
"""How much of a value a message shows, in characters."""


def validate_file(
    path: Path,
    shapes: Shapes,
    context: Iterable[ox.Triple],
    engine: Engine = "auto",
    codes: Collection[str] | None = None,
) -> tuple[list[Finding], bool]:
    """Validate an RDF file, with some triples (the ontology's classes) as context.

    Gives the findings, and whether any shape, or any of those with some codes, has a focus node.

    Raises:
        UsageError: the file cannot be read, or the shapes cannot be used.
        EnginesDisagreeError: see `deciding.validate`.
    """
    try:
        triples = _triples(path)
    except InputError as error:
        return error.findings, True
    every = [*triples, *context]
    literals = [wrong for triple in triples if (wrong := _ill_formed(triple))]
    # engines differ on ill-formed literals, which is why they are checked here
    results = validate(every, shapes, "pyshacl" if literals and engine == "auto" else engine)
    found = [*literals, *(result.finding(_sentence(result), Location(""), result.focus) for result in results)]
    if any("_:" in finding.focus + finding.value for finding in found):
        found = _renamed(found, triples)
    return _placed(found, path), finds_focus_nodes(shapes, every, codes)


def _sentence(result: Result) -> str:
    """Name the node, and the value if there is one: no key or list item of an annotation tells them."""
    value = result.value if len(result.value) <= _SHOWN else f"{result.value[:_SHOWN]}…"
    found = f" Found {value}." if value and value != result.focus else ""
    return f"{result.focus}: {result.message}{found}"


def _renamed(findings: list[Finding], triples: Sequence[ox.Triple]) -> list[Finding]:
    """Number blank nodes that have no label in the file: the parser gives them other ones in every run."""
    terms = (term for triple in triples for term in (triple.subject, triple.object))
    labels = dict.fromkeys(term.value for term in terms if isinstance(term, ox.BlankNode))
    anonymous = [label for label in labels if _MADE_UP.fullmatch(label)]
    names = {f"_:{label}": f"_:anonymous-{number}" for number, label in enumerate(anonymous, start=1)}

    def renamed(finding: Finding) -> Finding:
        focus, value = (names.get(term, term) for term in (finding.focus, finding.value))
        message = _LABEL.sub(lambda label: names.get(label.group(), label.group()), finding.message)
        return replace(finding, focus=focus, value=value, owner=focus, message=message)

    return [renamed(finding) for finding in findings]


def _placed(findings: list[Finding], path: Path) -> list[Finding]:
    """Give findings the line of their focus node's first statement, where the syntax tells it."""
    places = subject_places(path, {finding.focus for finding in findings}, base=base_of(path)) if findings else {}
    placed = [replace(finding, location=Location(str(path), places.get(finding.focus))) for finding in findings]
    return sorted(placed, key=lambda finding: finding.order)


def _ill_formed(triple: ox.Triple) -> Finding | None:
    """Check the lexical form of a literal, which engines let pass."""
    value = triple.object
    if not isinstance(value, ox.Literal) or value.datatype.value not in CHECKED:
        return None
    try:
        if value.datatype.value == EDTF:
            bounds(value.value)
        lexical.check(value.value, value.datatype.value)
    except ValueError as error:
        focus = str(triple.subject)
        return Finding(
            severity="violation",
            code="ill-formed-literal",
            message=f"{focus}: {error}",
            location=Location(""),
            focus=focus,
            path=str(triple.predicate),
            value=str(value),
            owner=focus,
        )
    return None


def _triples(path: Path) -> list[ox.Triple]:
    triples = [quad.triple for quad in rdf_quads(path)]
    if any(isinstance(term, ox.Triple) for triple in triples for term in (triple.subject, triple.object)):
        raise UsageError(f"'{path}' holds triple terms (RDF 1.2), which cannot be validated.")
    return triples
