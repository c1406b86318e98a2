"""Findings: what is wrong with data, where, and how badly; values, never exceptions.

Owns places in text files too: a finding without one cannot be acted upon. Knows nothing of
what found it, nor of how it is shown.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
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


_OWN: Final = re.compile(r"^<.*/(?:[0-9a-f]{16}\.)?")
"""What stands before the name of a node that an annotation has made."""

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


def portable(file: str) -> str:
    """Name a file so that it has the same name on another machine: from the working folder, with slashes.

    >>> portable("./seeds//a.yaml")
    'seeds/a.yaml'
    """
    folder = os.path.join(os.getcwd(), "")  # noqa: PTH118, PTH109 - names that are no paths, as <stdin>, pass too
    return os.path.normpath(file.removeprefix(folder)).replace(os.sep, "/")


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a finding is about, and what stands there."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with data, with its place and what to do about it.

    `code` is a stable name: that of the reading rule, or of the shape. `owner` names the article,
    fact or entity at fault, as in `a003/expulsion`, where it is known. `focus`, `path`, `value`,
    `component` and `shape` are those of a SHACL validation result (section 3.6.2), terms in
    N-Triples and the last two as bare IRIs; they are empty for what is no such result, and `shape`
    for a shape that has no IRI.
    """

    severity: Severity
    code: str
    message: str
    location: Location
    hint: str = ""
    focus: str = ""
    path: str = ""
    value: str = ""
    component: str = ""
    shape: str = ""
    owner: str = ""
    related: tuple[Related, ...] = ()

    def __str__(self) -> str:
        """Give `file:line:column: severity[code] message hint`."""
        return f"{self.location}: {self.severity}[{self.code}] {self.message} {self.hint}".rstrip()

    @property
    def order(self) -> tuple[object, ...]:
        """Sort by file, then place, then rule."""
        region = self.location.region or Region(0, 0, 0, 0)
        return (self.location.file, region, self.code, self.message, self.focus, self.value)

    @property
    def fingerprint(self) -> str:
        """Tell the finding from others across runs: 32 hexadecimal digits.

        Made from file, article or fact, shape, path and value, and for what is no validation
        result from its message; never from the line, so that text around it may change.
        """
        # IRIs of an annotation's nodes hold the base and the digest of the text, which may change
        focus, value = (self.focus, self.value) if self.owner == self.focus else ("", _OWN.sub("", self.value))
        what = (self.shape, focus, self.path, value, self.component) if self.component else (self.message,)
        parts = [portable(self.location.file), self.owner, self.code, *what]
        return hashlib.sha256(json.dumps(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


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
