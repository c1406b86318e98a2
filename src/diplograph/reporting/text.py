"""Findings as lines: plain ones for files, pipes and logs, and a fuller manner for terminals.

Everything that comes from data is made printable, so that a line is a line and steers nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.findings import Severity, count_by_severity
from diplograph.reporting.carets import drawn
from diplograph.values.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diplograph.findings import Finding, Location
    from diplograph.reporting.excerpts import Excerpt
    from diplograph.reporting.report import Report

    Paint = Callable[[str], str]

_COLOURS: Final[dict[Severity, str]] = {"error": "1;31", "violation": "31", "warning": "33", "info": "36"}
_BOLD: Final = "1"
_MARGIN: Final = "    | "


def plain(report: Report) -> Iterator[str]:
    """Give a line a finding, those of a file together, its related places below it, and the count."""
    for findings in by_file(report.findings).values():
        for finding in findings:
            yield from (f"{line}\n" for line in finding_lines(finding))
    yield f"{count_line(report)}\n"


def for_terminal(
    report: Report, *, colour: bool, width: int, excerpt: Callable[[Location], Excerpt | None]
) -> Iterator[str]:
    """Give findings for people: under the name of their file, each with the line of text it is about.

    `excerpt` gives that text, or nothing where the file cannot be read. Only the excerpts are cut
    to `width` cells; sentences are left to the terminal.
    """
    for file, findings in by_file(report.findings).items():
        yield f"{_painter(_BOLD, colour=colour)(printable(file) or '(no file)')}\n"
        for finding in findings:
            paint = _painter(_COLOURS[finding.severity], colour=colour)
            yield from (f"{line}\n" for line in _shown(finding, paint, width, excerpt))
        yield "\n"
    yield f"{count_line(report)}\n"


def finding_lines(finding: Finding) -> Iterator[str]:
    """Give a finding as a line that is safe to print, then its related places, indented."""
    yield printable(str(finding))
    for related in finding.related:
        yield printable(f"  {related.location}: {related.message}")


def count_line(report: Report) -> str:
    """Count the findings, and those that the baseline accepted, in a sentence."""
    accepted = f" {len(report.accepted)} accepted by the baseline." if report.accepted else ""
    return f"{count_by_severity(report.findings)}.{accepted}"


def by_file(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Put the findings of a file together, files in the order in which they come first."""
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.location.file, []).append(finding)
    return grouped


def _shown(finding: Finding, paint: Paint, width: int, excerpt: Callable[[Location], Excerpt | None]) -> Iterator[str]:
    region = finding.location.region
    place = f"{region.line}:{region.column} " if region else ""
    yield f"  {place}{paint(finding.severity)}{printable(f'[{finding.code}] {finding.message}')}"
    if finding.hint:
        yield printable(f"    {finding.hint}")
    text = excerpt(finding.location) if region else None
    if region and text is not None:
        line, carets = drawn(text, region, width - len(_MARGIN))
        yield f"{_MARGIN}{line}".rstrip()
        yield f"{_MARGIN}{carets.replace('^', '')}{paint(carets.lstrip())}"
    for related in finding.related:
        yield printable(f"    see {related.location}: {related.message}")


def _painter(code: str, *, colour: bool) -> Paint:
    """Make text coloured by an SGR code (ECMA-48, section 8.3.117), or leave it."""
    return (lambda text: f"\x1b[{code}m{text}\x1b[0m") if colour else (lambda text: text)
