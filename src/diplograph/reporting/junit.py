"""Findings as JUnit XML, for CI servers that show tests: each file is a test that fails or passes.

Follows `junit-10.xsd` of the Jenkins plugin xunit, with the attribute `file` of a test case
besides, by which GitLab links a test to its file.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, Literal

from diplograph.reporting.text import by_file, finding_lines
from diplograph.values.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diplograph.findings import Finding, Severity
    from diplograph.reporting.report import Report

    Outcome = Literal["error", "failure", "system-out", ""]

_NO_XML: Final = str.maketrans({"\ufffe": r"\ufffe", "\uffff": r"\uffff"})
"""What is neither a control character nor one that XML 1.0 (section 2.2) can hold."""


def lines(report: Report) -> Iterator[str]:
    """Write a suite with a test case a file: those that were checked, then others with findings."""
    cases: dict[str, list[Finding]] = {file: [] for file in report.files} | by_file(report.findings)
    outcomes = [_outcome(findings) for findings in cases.values()]
    counts = f'tests="{len(cases)}" failures="{outcomes.count("failure")}" errors="{outcomes.count("error")}"'
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="diplograph" {counts}>\n'
    yield f'  <testsuite name="diplograph" {counts} skipped="0">\n'
    for (file, findings), outcome in zip(cases.items(), outcomes, strict=True):
        yield from _case(file, findings, outcome)
    yield "  </testsuite>\n</testsuites>\n"


def _outcome(findings: Sequence[Finding]) -> Outcome:
    """Name the element that tells of findings: the worst decides, a case has one."""
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        return "error"
    return "failure" if "violation" in severities else "system-out" if findings else ""


def _case(file: str, findings: Sequence[Finding], outcome: Outcome) -> Iterator[str]:
    name = _xml(file)
    begin = f'    <testcase classname="diplograph" name="{name}" file="{name}"'
    if not outcome:
        yield f"{begin}/>\n"
        return
    text = "\n".join(_xml(line) for finding in findings for line in finding_lines(finding))
    yield f"{begin}>\n"
    yield f"      <{outcome}{_summary(findings, outcome)}>{text}\n</{outcome}>\n"
    yield "    </testcase>\n"


def _summary(findings: Sequence[Finding], outcome: Outcome) -> str:
    """Give the attributes that tell of the first of the worst findings."""
    worst: dict[Outcome, Severity] = {"error": "error", "failure": "violation"}
    first = next((finding for finding in findings if finding.severity == worst.get(outcome)), None)
    return f' message="{_xml(str(first))}" type="{_xml(first.code)}"' if first else ""


def _xml(text: str) -> str:
    """Escape text for XML, what it cannot hold visibly."""
    return escape(printable(text).translate(_NO_XML))
