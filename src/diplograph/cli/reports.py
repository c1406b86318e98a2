"""Where reports go: standard output in one format, and files in any others."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from diplograph.cli import running
from diplograph.errors import UsageError, did_you_mean
from diplograph.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diplograph.reporting.formats import Format
    from diplograph.reporting.report import Report

NAMES: Final = ("text", "json", "sarif", "junit", "github", "markdown", "turtle")
FAIL_ON: Final = ("violation", "warning", "info", "never")
_WORST_FIRST: Final[tuple[Severity, ...]] = ("violation", "warning", "info")
_STDOUT: Final = "-"
_NARROWEST: Final = 40
_COUNTING: Final = ("github", "markdown")
"""The formats for people that end with a count of their own."""


def targets(format_: str, outputs: Sequence[str], sources: Sequence[str]) -> dict[str, Format]:
    """Read the options: which file, or `-` for standard output, takes which format.

    Raises:
        UsageError: an option is not of the form FORMAT=FILE, a format is unknown, or two reports
            would go to one file, or one over a source.
    """
    from diplograph.reporting.formats import format_named  # noqa: PLC0415 - for a quick --help

    found = {_STDOUT: format_named(format_)}
    files: set[Path] = {Path(source).resolve() for source in sources if source != _STDOUT}
    for option in outputs:
        name, equals, file = option.partition("=")
        if not equals or not file:
            hint = did_you_mean(name, NAMES) or "As in --output sarif=findings.sarif."
            raise UsageError(f"'--output {option}' does not name a format and a file.", hint)
        if file == _STDOUT:
            raise UsageError("Standard output takes one report.", "Name its format with --format.")
        if Path(file).resolve() in files:
            raise UsageError(f"'{file}' is a source, or takes another report.", "Name another file.")
        files.add(Path(file).resolve())
        found[file] = format_named(name)
    return found


def deliver(report: Report, to: dict[str, Format], given: Sequence[str], *, quiet: bool) -> None:
    """Print a report, and write it to files; each file is written whole or not at all.

    `given` are files and folders of the command that no report may overwrite, beside those checked.

    Raises:
        UsageError: a file cannot be written, or would be something that was read.
    """
    for file in to:
        if file != _STDOUT and any(_is_same(file, kept) for kept in (*report.files, *given)):
            raise UsageError(f"'{file}' is something that this check reads.", "Name another file.")
    for file, format_ in to.items():
        if file != _STDOUT:
            _write(file, format_.write(report))
    if to[_STDOUT].name == "text":
        _print(report, quiet=quiet)
        return
    _write(_STDOUT, to[_STDOUT].write(report))
    if not quiet and to[_STDOUT].name not in _COUNTING:
        _say_count(report)


def _is_same(file: str, kept: str) -> bool:
    """Tell whether a file is another one, or within a folder of Turtle."""
    target, other = Path(file).resolve(), Path(kept).resolve()
    return target == other or (other.is_dir() and target.parent == other and target.suffix == ".ttl")


def _write(file: str, parts: Iterable[str]) -> None:
    from diplograph.writing.outputs import output  # noqa: PLC0415

    with output(file) as stream:
        for part in parts:
            stream.write(part.encode())


def _print(report: Report, *, quiet: bool) -> None:
    """Print findings as lines; on a terminal with the text that they are about."""
    from diplograph.reporting import text  # noqa: PLC0415

    if sys.stdout is not None and sys.stdout.isatty():
        for part in _for_terminal(report):
            click.echo(part, nl=False)
        return
    if report.findings:
        together = text.by_file(report.findings).values()
        _write(_STDOUT, (f"{line}\n" for found in together for one in found for line in text.finding_lines(one)))
    if not quiet:
        _say_count(report)


def _say_count(report: Report) -> None:
    from diplograph.reporting.text import count_line  # noqa: PLC0415

    running.say(count_line(report))


def _for_terminal(report: Report) -> Iterator[str]:
    from diplograph.reporting import text  # noqa: PLC0415
    from diplograph.reporting.excerpts import Excerpts  # noqa: PLC0415

    width = max(shutil.get_terminal_size().columns, _NARROWEST)
    with Excerpts() as excerpt:
        yield from text.for_terminal(report, colour="NO_COLOR" not in os.environ, width=width, excerpt=excerpt)


def exit_code(report: Report, fail_on: str) -> int:
    """Give the exit code that a report calls for; unusable input is worse than any finding."""
    severities = {finding.severity for finding in report.findings}
    if "error" in severities:
        return running.UNUSABLE
    failing = _WORST_FIRST[: FAIL_ON.index(fail_on) + 1] if fail_on != "never" else ()
    return running.FINDINGS if severities & set(failing) else 0
