"""Validation results: what an engine's report says, as values that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from msgspec import Struct

from diplograph.findings import Finding, Location, Related, Severity
from diplograph.validation.index import Index, sh
from diplograph.validation.paths import path_text
from diplograph.validation.shapes import SEVERITIES, local_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diplograph.validation.index import Term
    from diplograph.validation.shapes import Shape, Shapes

_RESULT = sh("result")


class Result(Struct, frozen=True, order=True):
    """One validation result (SHACL, section 3.6.2); terms in N-Triples, empty where there is none.

    `path` is written as in SPARQL, `component` is an IRI, `shape` the node of the source shape,
    `code` the name by which findings call it.
    """

    focus: str
    code: str
    path: str
    value: str
    component: str
    severity: Severity
    shape: str
    message: str

    @property
    def identity(self) -> tuple[str, ...]:
        """What two engines have to agree on; messages are each engine's own."""
        return (self.focus, self.path, self.value, self.component, self.severity, self.shape)

    def finding(self, message: str, location: Location, owner: str, related: tuple[Related, ...] = ()) -> Finding:
        """Make a finding of it."""
        return Finding(
            severity=self.severity,
            code=self.code,
            message=message,
            location=location,
            focus=self.focus,
            path=self.path,
            value=self.value,
            component=self.component,
            shape=self.shape[1:-1] if self.shape.startswith("<") else "",
            owner=owner,
            related=related,
        )


def read_report(triples: Iterable[ox.Triple], shapes: Shapes) -> list[Result]:
    """Read a validation report, in a fixed order; results that say the same stand once."""
    report = Index(triples)
    nodes = (node for subject in report.subjects() for node in report.objects(subject, _RESULT))
    return sorted({_result(node, report, shapes) for node in nodes})


def _result(node: Term, report: Index, shapes: Shapes) -> Result:
    source = report.value(node, sh("sourceShape"))
    known = shapes.by_node.get(str(source))
    path = report.value(node, sh("resultPath"))
    severity = report.value(node, sh("resultSeverity"))
    component = report.value(node, sh("sourceConstraintComponent"))
    messages = sorted(
        {term.value for term in report.objects(node, sh("resultMessage")) if isinstance(term, ox.Literal)}
    )
    return Result(
        focus=_text(report.value(node, sh("focusNode"))),
        code=known.code if known else local_name(source.value) if isinstance(source, ox.NamedNode) else "shape",
        path=_path(path, report, known),
        value=_text(report.value(node, sh("value"))),
        component=component.value if isinstance(component, ox.NamedNode) else "",
        severity=SEVERITIES.get(severity.value if isinstance(severity, ox.NamedNode) else "", "violation"),
        shape=_text(source),
        message=known.message if known and known.message in messages else " ".join(messages),
    )


def _path(path: Term | None, report: Index, known: Shape | None) -> str:
    """Give the path of a result: that of the shape if it is more than one property, as reports lose parts of it."""
    if path is None or isinstance(path, ox.NamedNode) or known is None:
        return path_text(path, report)
    return known.path


def _text(term: Term | None) -> str:
    return "" if term is None else str(term)
