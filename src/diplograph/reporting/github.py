"""Findings as GitHub Actions show them: a log that folds, and annotations in the pull request.

The runner takes `::name::` at the beginning of a line, and `##[name]` anywhere in one, for a
command; so text from data stands between `::stop-commands::` and its token, or escaped within a
command of ours. Of each level GitHub shows ten annotations a step and drops the others unsaid.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, Literal

from diplograph.findings import portable
from diplograph.reporting.text import by_file, count_line, finding_lines
from diplograph.values.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diplograph.findings import Finding, Location, Severity
    from diplograph.reporting.report import Report

    Level = Literal["error", "warning", "notice"]

_LEVELS: Final[dict[Severity, Level]] = {
    "error": "error",
    "violation": "error",
    "warning": "warning",
    "info": "notice",
}
_SHOWN: Final = 10
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def lines(report: Report) -> Iterator[str]:
    """Write all findings as a protected group, commands for the worst of them, and the count."""
    shown = _annotated(report.findings)
    if report.findings:
        yield from _group(report)
        yield from (_command(finding) for finding in shown)
    left_out = len(report.findings) - len(shown)
    note = f" {left_out} without an annotation, of which GitHub shows {_SHOWN} a level: see the log above."
    yield f"{count_line(report)}{note if left_out else ''}\n"


def _annotated(findings: Sequence[Finding]) -> list[Finding]:
    """Choose the first of each level, worst first."""
    by_level: dict[Level, list[Finding]] = {level: [] for level in _LEVELS.values()}
    for severity, level in _LEVELS.items():
        by_level[level] += [finding for finding in findings if finding.severity == severity]
    return [finding for chosen in by_level.values() for finding in chosen[:_SHOWN]]


def _group(report: Report) -> Iterator[str]:
    log = [line for findings in by_file(report.findings).values() for one in findings for line in finding_lines(one)]
    token = _token(log)
    yield f"::group::{count_line(report)}\n"
    yield f"::stop-commands::{token}\n"
    yield from (f"{line}\n" for line in log)
    yield f"::{token}::\n"
    yield "::endgroup::\n"


def _token(log: Sequence[str]) -> str:
    """Make a word that no line holds, the same for the same lines; the runner ignores case."""
    text = "\n".join(log).encode("utf-8", "backslashreplace")
    token = hashlib.sha256(text).hexdigest()
    while token in text.decode().lower():
        token = hashlib.sha256(token.encode()).hexdigest()
    return token


def _command(finding: Finding) -> str:
    properties = _place(finding.location) | {"title": finding.code}
    given = ",".join(f"{key}={printable(value).translate(_PROPERTY)}" for key, value in properties.items() if value)
    message = printable(f"{finding.message} {finding.hint}".rstrip()).translate(_DATA)
    return f"::{_LEVELS[finding.severity]} {given}::{message}\n"


def _place(location: Location) -> dict[str, str]:
    """Give the place of an annotation; GitHub heeds columns within one line only."""
    region = location.region
    if not location.file or region is None:
        return {"file": location.file and portable(location.file)}
    place = {"file": portable(location.file), "line": f"{region.line}", "endLine": f"{region.end_line}"}
    if region.line == region.end_line:
        place |= {"col": f"{region.column}", "endColumn": f"{region.end_column}"}
    return place
