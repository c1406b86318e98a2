"""What can go wrong: errors of the program's user, and findings about data.

Owns the base error and its leaves, and the values that say what is wrong with
data and where. Knows nothing of files, formats or shapes.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["error", "violation", "warning", "info"]
"""`error`: the input cannot be used; the others are the severities of SHACL (section 3.6.2.4)."""


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """A stretch of a text file: lines and columns count code points from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


LINE_BREAK: Final = re.compile(r"\r\n|\n|\r")


@lru_cache(maxsize=4)
def _line_starts(text: str) -> tuple[int, ...]:
    return (0, *(match.end() for match in LINE_BREAK.finditer(text)))


def region(text: str, start: int, end: int, first_line: int = 1) -> Region:
    r"""Turn code-point offsets of a text into lines and columns.

    >>> region("a: 1\nb: 2\n", 8, 9)
    Region(line=2, column=4, end_line=2, end_column=5)
    """
    starts = _line_starts(text)

    def place(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset)
        return first_line + line - 1, offset - starts[line - 1] + 1

    return Region(*place(start), *place(max(start, end)))


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file, or the whole file where no region is known."""

    file: str
    region: Region | None = None

    def __str__(self) -> str:
        """Give `file:line:column`, or the file alone."""
        return f"{self.file}:{self.region.line}:{self.region.column}" if self.region else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with data, with its place and what to do about it.

    `code` is a stable name: that of the reading rule, or of the shape. `focus`, `path` and
    `value` are N-Triples terms, set for findings of SHACL validation.
    """

    severity: Severity
    code: str
    message: str
    location: Location
    hint: str = ""
    focus: str = ""
    path: str = ""
    value: str = ""

    def __str__(self) -> str:
        """Give `file:line:column: severity[code] message hint`."""
        return f"{self.location}: {self.severity}[{self.code}] {self.message} {self.hint}".rstrip()

    @property
    def order(self) -> tuple[object, ...]:
        """Sort by file, then place, then rule."""
        region = self.location.region or Region(0, 0, 0, 0)
        return (self.location.file, region, self.code, self.message, self.focus, self.value)


class DiplographError(Exception):
    """Base of all errors that diplograph raises on purpose."""


@dataclass(eq=False)
class FindingsError(DiplographError):
    """Something is wrong with data; `findings` say what and where."""

    findings: list[Finding] = field(default_factory=list)

    def __str__(self) -> str:
        """Give all findings, one a line."""
        return "\n".join(str(finding) for finding in self.findings)


class InputError(FindingsError):
    """The input cannot be used: it cannot be read, or uses words that do not exist."""


class InvalidDataError(FindingsError):
    """The data can be read but does not conform to the shapes."""


@dataclass(eq=False)
class UsageError(DiplographError):
    """What was asked for cannot be done: a missing file, an unknown format, a target in the way."""

    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Give the message and the hint."""
        return f"{self.message} {self.hint}".rstrip()


@dataclass(eq=False)
class VocabularyError(DiplographError):
    """The ontology contradicts itself or lacks what the mapper needs; a fault of its author."""

    term: str
    message: str

    def __str__(self) -> str:
        """Name the term and say what is wrong with it."""
        return f"ontology: {self.term}: {self.message}"


_LONGEST_SLIP = 6
"""Words that differ more in length are not compared: registers have many names."""


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Suggest the nearest of some words, as a sentence.

    >>> did_you_mean("Meetin", ["Meeting", "Visit"])
    "Did you mean 'Meeting'?"
    >>> did_you_mean("xyz", ["Meeting"])
    ''
    """
    near_in_length = (found for found in words if abs(len(found) - len(word)) <= _LONGEST_SLIP)
    lowered = {candidate.lower(): candidate for candidate in sorted(near_in_length, reverse=True)}
    near = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return f"Did you mean '{lowered[near[0]]}'?" if near else ""


def count_by_severity(findings: Iterable[Finding]) -> str:
    """Count findings in words, worst first.

    >>> here = Location("a.yaml")
    >>> count_by_severity([Finding("warning", "x", "y", here), Finding("violation", "x", "y", here)])
    '1 violation, 1 warning'
    """
    counts = Counter(finding.severity for finding in findings)
    order: tuple[Severity, ...] = ("error", "violation", "warning", "info")
    words = [f"{counts[s]} {s}{'' if counts[s] == 1 or s == 'info' else 's'}" for s in order if counts[s]]
    return ", ".join(words) or "no findings"
