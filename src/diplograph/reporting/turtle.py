"""Findings as a SHACL validation report in Turtle (SHACL, section 3.6), for programs that know RDF.

Only findings about a node of the graph are results; comments count what is left out. Terms are
read by a parser and written from what it read, so that data cannot add a triple.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.findings import count_by_severity
from diplograph.reporting.paths import shacl_path
from diplograph.values.printing import printable
from diplograph.writing.prefixes import VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.findings import Finding, Severity
    from diplograph.reporting.report import Report

_PREFIXES: Final = dict(sorted((VOCABULARIES | {"sh": "http://www.w3.org/ns/shacl#"}).items()))
_SEVERITIES: Final[dict[Severity, str]] = {"violation": "sh:Violation", "warning": "sh:Warning", "info": "sh:Info"}
_STRING: Final = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")
_LOCAL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_HIDDEN: Final = ("Cc", "Cf", "Zl", "Zp")


def lines(report: Report) -> Iterator[str]:
    """Write the report, its results in the order of files and places."""
    results = sorted((finding for finding in report.findings if _is_result(finding)), key=_order)
    yield from (f"@prefix {name}: <{space}> .\n" for name, space in _PREFIXES.items())
    yield "\n"
    yield from _comments(report)
    unusable = any(finding.severity == "error" for finding in report.findings)
    yield "[] a sh:ValidationReport ;\n"
    yield f"    sh:conforms {'false' if results or unusable else 'true'}"
    for place, finding in enumerate(results):
        yield ", [\n" if place else " ;\n    sh:result [\n"
        yield from _result(finding)
        yield "    ]"
    yield " .\n"


def _is_result(finding: Finding) -> bool:
    return bool(finding.focus) and finding.severity in _SEVERITIES


def _order(finding: Finding) -> tuple[object, ...]:
    return (*finding.order, finding.path, finding.component)


def _comments(report: Report) -> Iterator[str]:
    others = [finding for finding in report.findings if not _is_result(finding)]
    if others:
        yield f"# Left out, as about no node of the graph: {count_by_severity(others)}.\n"
    if report.accepted:
        yield f"# Left out, as accepted by the baseline: {count_by_severity(report.accepted)}.\n"


def _result(finding: Finding) -> Iterator[str]:
    """Write the properties of a result; what is empty or no term of its kind is left out, or said."""
    path = shacl_path(finding.path, _term)
    properties = {
        "sh:focusNode": _term(finding.focus) or _literal(finding.focus),
        "sh:resultPath": path,
        "sh:value": finding.value and (_term(finding.value) or _literal(finding.value)),
        "sh:sourceConstraintComponent": _term(f"<{finding.component}>"),
        "sh:sourceShape": _term(f"<{finding.shape}>"),
        "sh:resultSeverity": _SEVERITIES[finding.severity],
        "sh:resultMessage": _literal(finding.message),
        "dcterms:source": _literal(str(finding.location)),
    }
    yield "        a sh:ValidationResult"
    yield from (f" ;\n        {name} {value}" for name, value in properties.items() if value)
    yield "\n"
    if finding.path and not path:
        yield f"        # The path is none of SHACL: {printable(finding.path)}\n"


@lru_cache(maxsize=4096)
def _term(text: str) -> str:
    """Write a term given as N-Triples; `""` for what is none."""
    try:
        triples = list(ox.parse(f"<x:s> <x:p> {text} .".encode(), format=ox.RdfFormat.N_TRIPLES))
    except (SyntaxError, ValueError):
        return ""
    term = triples[0].object if len(triples) == 1 else None
    if isinstance(term, ox.NamedNode):
        return _short(term)
    if isinstance(term, ox.Literal) and term.direction is None:
        plain = term.language is not None or term.datatype == _STRING
        return _escaped(str(term)) if plain else f"{_literal(term.value)}^^{_short(term.datatype)}"
    return str(term) if isinstance(term, ox.BlankNode) else ""


def _short(iri: ox.NamedNode) -> str:
    for name, space in _PREFIXES.items():
        local = iri.value.removeprefix(space)
        if local != iri.value and _LOCAL.fullmatch(local):
            return f"{name}:{local}"
    return _escaped(str(iri))


def _literal(text: str) -> str:
    """Write text as a literal; a lone surrogate, which RDF cannot hold, as its escape."""
    return _escaped(str(ox.Literal(_SURROGATE.sub(lambda match: printable(match[0]), text))))


def _escaped(term: str) -> str:
    """Escape control and direction-changing characters (Turtle, section 6.4); the term stays the same."""
    if term.isprintable():
        return term
    return "".join(f"\\U{ord(letter):08X}" if unicodedata.category(letter) in _HIDDEN else letter for letter in term)
