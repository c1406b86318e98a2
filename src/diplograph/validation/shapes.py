"""The shapes: read from Turtle, and checked for what every engine lets pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import rdflib
from rdflib.namespace import OWL, RDF, SH
from rdflib.plugins.parsers.notation3 import BadSyntax

from diplograph.errors import UsageError, did_you_mean
from diplograph.findings import Finding, Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_DIP: Final = "https://w3id.org/diplograph/ns#"
_SH: Final = str(SH)
_TARGETS: Final = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)


def load_shapes(paths: Iterable[Path]) -> rdflib.Graph:
    """Read shapes files (Turtle) into one graph.

    A file with the same `owl:Ontology` as an earlier one takes its place: a changed copy of our
    shapes replaces ours, a file of other shapes adds to them.

    Raises:
        UsageError: a file cannot be read or is not Turtle.
    """
    files: dict[str, rdflib.Graph] = {}
    for path in paths:
        graph = _parsed(path)
        header = min((str(subject) for subject in graph.subjects(RDF.type, OWL.Ontology)), default=str(path))
        files[header] = graph
    whole = rdflib.Graph()
    for graph in files.values():
        whole += graph
    return whole


def _parsed(path: Path) -> rdflib.Graph:
    try:
        return rdflib.Graph().parse(path, format="turtle")
    except OSError as error:
        raise UsageError(f"The shapes '{path}' cannot be read: {error.strerror}.") from error
    except BadSyntax as error:
        raise UsageError(f"The shapes '{path}' are not Turtle: {error.message} in line {error.lines + 1}.") from error


def lint_shapes(paths: Iterable[Path], known: Mapping[str, bool]) -> list[Finding]:
    """Find what no SHACL engine complains about: misspelt terms, and shapes that do nothing.

    Unknown terms of SHACL, terms that the ontology lacks, targets that are no class or property,
    and property shapes without a name, message or severity. `known` has the ontology's terms, and
    whether each is a class.
    """
    return [finding for path in paths for finding in _lint(path, load_shapes([path]), known)]


def _lint(path: Path, shapes: rdflib.Graph, known: Mapping[str, bool]) -> Iterator[Finding]:
    used = {str(term) for triple in shapes for term in triple if isinstance(term, rdflib.URIRef)}
    for term in sorted(used):
        if term.startswith(_SH) and rdflib.URIRef(term) not in SH:
            hint = did_you_mean(term, map(str, dir(SH)))
            yield _finding(path, "unknown-shacl-term", f"SHACL has no term {term}.", hint)
        if term.startswith(_DIP) and term not in known:
            yield _finding(path, "unknown-term", f"The ontology has no term {term}.", did_you_mean(term, known))
    yield from _lint_targets(path, shapes, known)
    for shape in sorted(set(shapes.subjects(SH.path, None)), key=str):
        for predicate in (SH.name, SH.message, SH.severity):
            if isinstance(shape, rdflib.URIRef) and shapes.value(shape, predicate) is None:
                yield _finding(path, "incomplete-shape", f"{shape} has no sh:{predicate.removeprefix(_SH)}.", "")


def _lint_targets(path: Path, shapes: rdflib.Graph, known: Mapping[str, bool]) -> Iterator[Finding]:
    for shape in sorted(set(shapes.subjects(RDF.type, SH.NodeShape)), key=str):
        targets = [target for predicate in _TARGETS for target in shapes.objects(shape, predicate)]
        if not targets and isinstance(shape, rdflib.URIRef) and not any(shapes.subjects(None, shape)):
            yield _finding(path, "no-target", f"{shape} has no target, and no shape uses it.", "")
    for target in sorted(set(shapes.objects(None, SH.targetClass)), key=str):
        if str(target).startswith(_DIP) and not known.get(str(target)):
            yield _finding(path, "target-no-class", f"The target {target} is no class of the ontology.", "")


def _finding(path: Path, code: str, message: str, hint: str) -> Finding:
    return Finding("violation", code, message, Location(str(path)), hint)
