"""A report: what was checked, by which rules, and what was found."""

from __future__ import annotations

from msgspec import Struct

from diplograph.findings import Finding, Severity


class Rule(Struct, frozen=True):
    """A rule that findings name by its code: a shape, or a rule of reading or linting.

    `message` says what the rule asks for, `severity` how bad it is to break it. `shape` is the
    IRI of the shape, empty for rules that are none.
    """

    code: str
    name: str
    message: str
    severity: Severity
    shape: str = ""


class Report(Struct, frozen=True):
    """The outcome of a check.

    `findings` are in the order of files and places. `accepted` are those that the baseline
    accepts: they are counted and not shown. `files` are all that were checked, in order, also
    those without findings. `rules` are all that were applied; a finding may have a code that is
    not among them (a rule of reading).
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    accepted: tuple[Finding, ...] = ()
