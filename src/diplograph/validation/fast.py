"""The fast engine: pyshifty, where it is installed. It never reads files or addresses here, only bytes."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from diplograph.errors import UsageError
from diplograph.validation.results import Result, read_report

if TYPE_CHECKING:
    from diplograph.validation.shapes import Shapes


def is_installed() -> bool:
    """Tell whether the package of the fast engine is there."""
    return find_spec("shifty") is not None


def conforms(data: bytes, shapes: Shapes) -> bool:
    """Tell whether data (N-Triples) conforms to the shapes, without a report.

    Raises:
        UsageError: the engine is not installed, or cannot use the shapes or the data.
    """
    outcome = _run("validate_algebra", data, shapes)
    return bool(outcome.conforms)


def shifty_results(data: bytes, shapes: Shapes) -> list[Result]:
    """Validate data (N-Triples) against the shapes.

    Raises:
        UsageError: the engine is not installed, or cannot use the shapes or the data.
    """
    report = _run("validate_w3c", data, shapes).report_turtle
    return read_report((quad.triple for quad in ox.parse(report, format=ox.RdfFormat.TURTLE)), shapes)


def doubts(shapes: Shapes) -> list[str]:
    """List what the engine says of shapes that it takes, but not as they are written."""
    return list(_prepared(shapes.ntriples).diagnostics)


def _run(how: str, data: bytes, shapes: Shapes) -> Any:  # noqa: ANN401 - a class of the engine's native part
    if not is_installed():
        hint = "Install diplograph[fast], or take --engine pyshacl."
        raise UsageError("The engine shifty is not installed.", hint)
    prepared = _prepared(shapes.ntriples)
    try:
        # no inference; targets, paths and classes are looked up in the data alone, as pyshacl does
        return getattr(prepared, how)(data, None, "nt", "data", None, False, "info", True, "error", False)  # noqa: FBT003
    except ValueError as error:
        raise UsageError(f"The data or the shapes cannot be used by shifty: {error}") from error


@lru_cache(maxsize=4)
def _prepared(shapes: bytes) -> Any:  # noqa: ANN401 - the same
    # the native class: what the package wraps around it needs rdflib, and hands back rewritten literals
    from shifty._shifty import PreparedValidator  # noqa: PLC0415 - may be missing

    try:
        return PreparedValidator(shapes, None, "nt", None)
    except ValueError as error:
        raise UsageError(f"The shapes cannot be used by shifty: {error}") from error
