"""How every command runs: errors become messages and exit codes, findings become lines."""

from __future__ import annotations

import atexit
import functools
import math
import os
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

import click

from diplograph.errors import DiplographError, EnginesDisagreeError, FindingsError, InputError
from diplograph.findings import count_by_severity
from diplograph.values.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diplograph.findings import Finding

P = ParamSpec("P")
T = TypeVar("T")

FINDINGS: Final = 1
UNUSABLE: Final = 2
FAILED: Final = 3
INTERRUPTED: Final = 130
TERMINATED: Final = 143
_COLOURS: Final = {"error": "red", "violation": "red", "warning": "yellow", "info": "cyan"}
_left: Final[list[int]] = []  # the exit code, once a thread has been left at work
_REPORT_HERE: Final = "Please report this with the command and, if you can, the file."


def say(text: str, colour: str | None = None) -> None:
    """Print a line for people, on standard error; in colour only on a terminal."""
    plain = "NO_COLOR" in os.environ or colour is None
    click.echo(text if plain else click.style(text, fg=colour), err=True)


def say_findings(findings: Iterable[Finding]) -> None:
    """Print findings for people, worst in colour, each with its related places."""
    from diplograph.reporting.text import finding_lines  # noqa: PLC0415 - for a quick --help

    for finding in findings:
        for line in finding_lines(finding):
            say(line, _COLOURS[finding.severity])


def say_without_ontology() -> None:
    """Tell that a store lacks the ontology."""
    say("The store lacks the ontology, or its codes: questions about classes find less, names are missing.", "yellow")


def command(run: Callable[P, None]) -> Callable[P, None]:
    """Wrap a command: what it raises becomes a message and an exit code, never a traceback."""

    @functools.wraps(run)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        signal.signal(signal.SIGTERM, _terminated)
        try:
            run(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            say("diplograph: Interrupted.", "red")
            raise click.exceptions.Exit(INTERRUPTED) from None
        except Exception as error:
            code = _explain(error)
            _let_go_of_stdout()
            if code == FAILED and os.environ.get("DIPLOGRAPH_TRACEBACK"):
                raise
            raise click.exceptions.Exit(code) from error

    return wrapped


class OutOfTimeError(Exception):
    """Work has taken longer than it may, and is left alone: the program has to end now."""


def interruptible(work: Callable[[], T], limit: float = 0) -> T:
    """Run what native code may hold for long, so that Ctrl-C and SIGTERM end the program at once.

    Signals are heard between two steps of Python only, and in the main thread; so the work has
    a thread of its own, which ends with the program.

    Raises:
        OutOfTimeError: it has taken more than `limit` seconds, if that is not 0.
    """
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            failed.append(_without_locals(error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        _await(thread, limit)
    except BaseException as error:
        _left.append(_code_for(error))
        raise
    if failed:
        raise failed[0]
    return done[0]


def _await(thread: threading.Thread, limit: float) -> None:
    end = time.monotonic() + limit if limit else math.inf
    while thread.is_alive():
        left = end - time.monotonic()
        if left <= 0:
            raise OutOfTimeError
        thread.join(min(0.2, left))


def _code_for(error: BaseException) -> int:
    if isinstance(error, OutOfTimeError):
        return UNUSABLE
    return error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else INTERRUPTED


@atexit.register  # at import, so that what is registered later is tidied up before
def _leave() -> None:
    """End the process where a thread has been left at work: in native code, it would not survive the interpreter."""
    if _left:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # full, gone, or never there
                stream.flush()
        os._exit(_left[0])


def _without_locals(error: BaseException) -> BaseException:
    """Let go of what the frames of an error hold: answers of the engine must not leave their thread."""
    one: BaseException | None = error
    while one is not None:
        traceback.clear_frames(one.__traceback__)
        one = one.__cause__ or one.__context__
    return error


def _let_go_of_stdout() -> None:
    """Drop what standard output has not taken, which the interpreter would try again, and fail, when it ends."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):  # full, gone, or never there
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminated(*_: object) -> None:
    """Leave in order when told to, so that no unfinished file stays behind."""
    raise SystemExit(TERMINATED)


def _explain(error: Exception) -> int:
    """Print what went wrong, and give the exit code."""
    if isinstance(error, FindingsError):
        say_findings(error.findings)
        say(f"{count_by_severity(error.findings)}; nothing was written.")
        return UNUSABLE if isinstance(error, InputError) else FINDINGS
    if isinstance(error, BrokenPipeError):  # who reads our output has gone; keep the interpreter from flushing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNUSABLE
    if isinstance(error, EnginesDisagreeError):
        say(printable(f"diplograph: {error}"), "red")
        return FAILED
    if isinstance(error, DiplographError):
        say(printable(f"diplograph: {error}"), "red")
        return UNUSABLE
    if isinstance(error, OSError):
        where = f" '{error.filename}'" if error.filename else ""
        say(printable(f"diplograph: The operating system refused{where}: {error.strerror or error}."), "red")
        return UNUSABLE
    say(printable(f"diplograph: It failed: {type(error).__name__}: {error}. {_REPORT_HERE}"), "red")
    return FAILED


def options(*given: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Join click decorators, in the order in which the help shows them."""

    def decorate(function: Any) -> Any:  # noqa: ANN401 - click's own typing
        for option in reversed(given):
            function = option(function)
        return function

    return decorate


SOURCES: Final = click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
ONTOLOGY: Final = click.option(
    "--ontology", multiple=True, metavar="PATH", help="Add an ontology file or folder (Turtle)."
)
SHAPES: Final = click.option("--shapes", multiple=True, metavar="PATH", help="Add a shapes file or folder (Turtle).")
BASE_IRI: Final = click.option(
    "--base-iri",
    default="https://w3id.org/diplograph/id/",
    show_default=True,
    metavar="IRI",
    help="Base of the data's IRIs.",
)
ENGINE: Final = click.option(
    "--engine",
    type=click.Choice(["auto", "pyshacl", "shifty"]),
    default="auto",
    show_default=True,
    help="The SHACL engine; auto takes the fast one, shifty, and lets pyshacl report.",
)
JOBS: Final = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many processes to use; the output does not depend on it.  [default: all cores]",
)
QUIET: Final = click.option("-q", "--quiet", is_flag=True, help="Print findings and errors only.")
