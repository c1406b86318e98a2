"""Findings as a table of Markdown (GFM 0.29), for the summary of a CI job or a comment: the worst first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diplograph.reporting.text import count_line
from diplograph.values.printing import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.findings import Severity
    from diplograph.reporting.report import Report

_ORDER: Final[tuple[Severity, ...]] = ("error", "violation", "warning", "info")
_ROWS: Final = 500
"""GitHub takes a summary of up to a megabyte."""
_LONGEST: Final = 1000
_MARKUP: Final = re.compile(r"([!-/:-@\[-`{-~])")


def lines(report: Report) -> Iterator[str]:
    """Write the count, and a row a finding; past the first rows only how many there are."""
    yield f"### diplograph: {_escaped(count_line(report))}\n"
    yield f"\n{len(report.files)} {'file' if len(report.files) == 1 else 'files'} checked.\n"
    findings = sorted(report.findings, key=lambda finding: _ORDER.index(finding.severity))
    if findings:
        yield "\n| place | severity | rule | message |\n|---|---|---|---|\n"
    for finding in findings[:_ROWS]:
        message = f"{finding.message} {finding.hint}".rstrip()
        cells = (str(finding.location), finding.severity, finding.code, message)
        yield f"| {' | '.join(_escaped(cell) for cell in cells)} |\n"
    if len(findings) > _ROWS:
        yield f"\n{len(findings) - _ROWS} more are in the log.\n"


def _escaped(text: str) -> str:
    r"""Write text so that nothing in it is markup (section 6.1).

    >>> _escaped("a|b <c>")
    'a\\|b \\<c\\>'
    """
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return _MARKUP.sub(r"\\\1", printable(one_line(shown)))
