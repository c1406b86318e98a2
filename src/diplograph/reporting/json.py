"""Findings as one JSON object, for programs: stable names, exact text, nothing rounded.

    version    1; a field that is added does not change it, one that changes or goes does
    tool       {name, version}
    summary    {error, violation, warning, info: counts of `findings`;
                files: how many were checked; accepted: how many the baseline accepted}
    files      the names of all files that were checked, in order
    findings   in the order of files and places, each an object of
        severity     "error", "violation", "warning" or "info"
        code         stable name of the rule
        message      a sentence
        hint         what to do about it
        location     {file, line, column, endLine, endColumn}; counts code points from 1, the end
                     is exclusive; the file alone where no place is known
        owner        the article, fact or entity at fault
        focus, path, value, component, shape
                     of a SHACL validation result: terms in N-Triples, a path as SPARQL has it,
                     and two bare IRIs
        fingerprint  32 hexadecimal digits that stay the same across runs
        related      [{location, message}]

Of a finding, fields that are empty are left out; those that every finding has are severity, code,
message, location and fingerprint. A lone surrogate in data is shown as its escape.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from diplograph.reporting.jsontext import object_lines
from diplograph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.findings import Finding, Location
    from diplograph.reporting.report import Report

_SEVERITIES: Final = ("error", "violation", "warning", "info")


def lines(report: Report) -> Iterator[str]:
    """Write the object, a finding a line."""
    counts = Counter(finding.severity for finding in report.findings)
    summary = {severity: counts[severity] for severity in _SEVERITIES}
    return object_lines(
        {
            "version": 1,
            "tool": {"name": "diplograph", "version": __version__},
            "summary": {**summary, "files": len(report.files), "accepted": len(report.accepted)},
            "files": iter(report.files),
            "findings": (_finding(finding) for finding in report.findings),
        }
    )


def _finding(finding: Finding) -> dict[str, object]:
    always = {
        "severity": finding.severity,
        "code": finding.code,
        "message": finding.message,
        "location": _location(finding.location),
        "fingerprint": finding.fingerprint,
    }
    known = {name: getattr(finding, name) for name in ("hint", "owner", "focus", "path", "value", "component", "shape")}
    related = [{"location": _location(other.location), "message": other.message} for other in finding.related]
    return always | {name: value for name, value in {**known, "related": related}.items() if value}


def _location(location: Location) -> dict[str, str | int]:
    if location.region is None:
        return {"file": location.file}
    region = location.region
    return {
        "file": location.file,
        "line": region.line,
        "column": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }
