"""What every SHACL engine lets pass in shapes: misspelt terms, values that cannot be, targets that match nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import SH as SHACL

from diplograph.errors import did_you_mean
from diplograph.findings import Finding, Location, Severity
from diplograph.rdf import base_of
from diplograph.subjects import subject_places
from diplograph.validation.differences import differing
from diplograph.validation.index import SH, TYPE, sh
from diplograph.validation.shapes import load_shapes
from diplograph.validation.targets import CLASSES
from diplograph.values.lexical import XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from diplograph.validation.index import Index, Term
    from diplograph.validation.shapes import Shapes

_DIP: Final = "https://w3id.org/diplograph/ns#"
_TARGETS: Final = (sh("targetClass"), sh("targetSubjectsOf"), sh("targetObjectsOf"), sh("targetNode"), sh("target"))
_COUNTS: Final = {
    SH + name for name in ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount")
}
_FLAGS: Final = {SH + name for name in ("closed", "deactivated", "uniqueLang", "qualifiedValueShapesDisjoint")}
_LISTS: Final = {SH + name for name in ("in", "languageIn", "and", "or", "xone", "ignoredProperties")}
_ON_PATHS: Final = {
    SH + name
    for name in (
        *("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals"),
        *("qualifiedValueShape", "qualifiedMinCount", "qualifiedMaxCount"),
    )
}
"""Parameters that node shapes cannot have (SHACL, section 4)."""
_WANTED: Final = (sh("name"), sh("message"), sh("severity"))


def lint_shapes(paths: Iterable[Path], known: Mapping[str, bool]) -> list[Finding]:
    """Find what no SHACL engine complains about, each at its shape's place in the file.

    `known` has the ontology's terms, and whether each is a class.

    Raises:
        UsageError: a file cannot be read or is not Turtle.
    """
    return [finding for path in paths for finding in _placed(list(_lint(load_shapes([path]), known)), path)]


def _placed(findings: list[Finding], path: Path) -> list[Finding]:
    places = subject_places(path, {finding.focus for finding in findings}, base=base_of(path)) if findings else {}
    placed = [replace(finding, location=Location(str(path), places.get(finding.focus))) for finding in findings]
    return sorted(placed, key=lambda finding: finding.order)


def _lint(shapes: Shapes, known: Mapping[str, bool]) -> Iterator[Finding]:
    index = shapes.index
    for subject in index.subjects():
        yield from _lint_terms(subject, index, known)
        yield from _lint_values(subject, index)
        yield from _lint_targets(subject, index, known)
    for node, shape in shapes.by_node.items():
        if shape.iri and shape.path:
            lacking = [term for term in _WANTED if shape.iri and not index.objects(ox.NamedNode(shape.iri), term)]
            for term in lacking:
                yield _finding(node, "incomplete-shape", f"{node} has no {_short(term)}.", "", "warning")
    for difference in differing(shapes):
        message = f"The engines differ on what these shapes use ({difference.name}): {difference.reason}"
        yield _finding("", "engines-differ", message, "Validation takes pyshacl alone, which is slower.", "info")


def _lint_terms(subject: Term, index: Index, known: Mapping[str, bool]) -> Iterator[Finding]:
    """Find terms of SHACL and of the ontology that do not exist, in any place of a statement."""
    used = {predicate.value for predicate in index.about(subject)}
    used |= {term.value for terms in index.about(subject).values() for term in terms if isinstance(term, ox.NamedNode)}
    for term in sorted(used):
        if term.startswith(SH) and URIRef(term) not in SHACL:
            hint = did_you_mean(term.removeprefix(SH), (one.removeprefix(SH) for one in dir(SHACL)))
            yield _finding(_named(subject, index), "unknown-shacl-term", f"SHACL has no term {term}.", hint)
        if term.startswith(_DIP) and term not in known:
            hint = did_you_mean(term, known)
            yield _finding(_named(subject, index), "unknown-term", f"The ontology has no term {term}.", hint)


def _lint_values(subject: Term, index: Index) -> Iterator[Finding]:
    """Find parameters with values that they cannot have (SHACL, section 4)."""
    for predicate, values in index.about(subject).items():
        wanted = _wanted(predicate.value)
        for value in values:
            if wanted and not _fits(predicate.value, value, index):
                message = f"{_short(predicate)} takes {wanted}, not {value}."
                yield _finding(_named(subject, index), "ill-typed-parameter", message, "")
    if not index.objects(subject, sh("path")):
        for predicate in index.about(subject):
            if predicate.value in _ON_PATHS:
                message = f"{_short(predicate)} belongs on a shape with an sh:path."
                yield _finding(_named(subject, index), "misplaced-parameter", message, "")
    for value in index.objects(subject, sh("pattern")):
        try:
            re.compile(value.value if isinstance(value, ox.Literal) else "")
        except re.error as error:
            message = f"The pattern {value} is no regular expression: {error}."
            yield _finding(_named(subject, index), "ill-typed-parameter", message, "")


def _wanted(predicate: str) -> str:
    if predicate in _COUNTS:
        return "a whole number"
    if predicate in _FLAGS:
        return "true or false"
    if predicate in _LISTS:
        return "a list"
    return "a kind of node" if predicate == SH + "nodeKind" else ""


def _fits(predicate: str, value: Term, index: Index) -> bool:
    if predicate in _COUNTS:
        return isinstance(value, ox.Literal) and value.datatype.value == XSD + "integer" and value.value.isdigit()
    if predicate in _FLAGS:
        return isinstance(value, ox.Literal) and value.datatype.value == XSD + "boolean"
    if predicate in _LISTS:
        nil = isinstance(value, ox.NamedNode) and value.value.endswith("#nil")
        return nil or any(True for _ in index.members(value))
    kinds = ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
    return value in [sh(kind) for kind in kinds]


def _lint_targets(subject: Term, index: Index, known: Mapping[str, bool]) -> Iterator[Finding]:
    """Find shapes that nothing leads to, and targets that are no class or property of the ontology."""
    is_class = not CLASSES.isdisjoint(index.objects(subject, TYPE))
    has_target = is_class or any(index.objects(subject, target) for target in _TARGETS)
    if sh("NodeShape") in index.objects(subject, TYPE) and not has_target and not any(index.pointing(subject)):
        node = _named(subject, index)
        yield _finding(node, "no-target", f"{node} has no target, and no shape uses it.", "")
    for predicate, is_one in ((_TARGETS[0], "class"), (_TARGETS[1], "property"), (_TARGETS[2], "property")):
        for target in index.objects(subject, predicate):
            iri = target.value if isinstance(target, ox.NamedNode) else ""
            if iri.startswith(_DIP) and iri in known and known[iri] != (is_one == "class"):
                yield _finding(
                    _named(subject, index),
                    f"target-no-{is_one}",
                    f"The target {target} is no {is_one} of the ontology.",
                    "",
                )


def _named(node: Term, index: Index) -> str:
    """Give the node, or for a blank node the nearest one with a name that leads to it."""
    ahead, seen = [node], {node}
    for current in ahead:
        if isinstance(current, ox.NamedNode):
            return str(current)
        new = set(index.pointing(current)) - seen
        seen |= new
        ahead += sorted(new, key=str)
    return str(node)


def _short(term: ox.NamedNode) -> str:
    return f"sh:{term.value.removeprefix(SH)}"


def _finding(focus: str, code: str, message: str, hint: str, severity: Severity = "violation") -> Finding:
    return Finding(severity, code, message, Location(""), hint, focus=focus, owner=focus)
