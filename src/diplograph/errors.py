"""What can go wrong: errors of the program's user, as exceptions with fields and a sentence.

Owns the base error and its leaves. Knows nothing of files, formats or shapes.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from diplograph.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable


_DISAGREEMENTS: Final = 3
"""How many results of each engine a message names."""


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
class DamagedError(DiplographError):
    """A packed file cannot be unpacked to its end, or not to what was packed."""

    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Give the message and the hint."""
        return f"{self.message} {self.hint}".rstrip()


@dataclass(eq=False)
class EnginesDisagreeError(DiplographError):
    """Two SHACL engines came to different results on the same data: neither can be believed."""

    only_pyshacl: list[str]
    only_shifty: list[str]

    def __str__(self) -> str:
        """Name what only one of them found, the first few of each."""
        found = [("pyshacl", self.only_pyshacl), ("shifty", self.only_shifty)]
        told = "; ".join(f"only {name}: {', '.join(only[:_DISAGREEMENTS])}" for name, only in found if only)
        return f"The SHACL engines disagree ({told}). Take --engine pyshacl until this is mended, and please report it."


@dataclass(eq=False)
class VocabularyError(DiplographError):
    """The ontology contradicts itself or lacks what the mapper needs; a fault of its author."""

    term: str
    message: str

    def __str__(self) -> str:
        """Name the term and say what is wrong with it."""
        return f"ontology: {self.term}: {self.message}"


_LONGEST_SLIP: Final = 6
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
