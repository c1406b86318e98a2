"""Which engine decides: the reference, the fast one, or both, and what happens when they disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from diplograph.errors import EnginesDisagreeError, UsageError
from diplograph.validation import fast
from diplograph.validation.differences import differing, is_missed, mixes_zones
from diplograph.validation.index import ntriples

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

    from diplograph.validation.results import Result
    from diplograph.validation.shapes import Shapes

Engine = Literal["auto", "pyshacl", "shifty"]
ENGINES: Final[tuple[Engine, ...]] = ("auto", "pyshacl", "shifty")


def validate(triples: Sequence[ox.Triple], shapes: Shapes, engine: Engine = "auto") -> list[Result]:
    """Validate triples against shapes; nothing is inferred, and nothing fetched.

    With `auto` the fast engine decides whether the triples conform; where they do not, the
    reference writes the report, and both have to find the same. Without the fast engine, or
    where engines are known to differ, `auto` is the reference.

    Raises:
        UsageError: the shapes cannot be used, or the engine is not installed.
        EnginesDisagreeError: with `auto`, the engines found different results.
    """
    if engine == "shifty":
        return fast.shifty_results(ntriples(triples), shapes)
    if engine == "auto" and fast.is_installed() and not _known_to_differ(triples, shapes):
        data = ntriples(triples)
        if fast.conforms(data, shapes):
            return []
        return agreed(_reference(triples, shapes), fast.shifty_results(data, shapes))
    return _reference(triples, shapes)


def _known_to_differ(triples: Sequence[ox.Triple], shapes: Shapes) -> bool:
    try:
        return bool(differing(shapes)) or bool(fast.doubts(shapes)) or mixes_zones(triples)
    except UsageError:  # shapes that the fast engine refuses: let the reference say what it makes of them
        return True


def _reference(triples: Sequence[ox.Triple], shapes: Shapes) -> list[Result]:
    from diplograph.validation.reference import pyshacl_results  # noqa: PLC0415 - takes half a second to import

    return pyshacl_results(triples, shapes)


def agreed(reference: list[Result], quick: list[Result]) -> list[Result]:
    """Give the reference's results if the fast engine found the same.

    Raises:
        EnginesDisagreeError: it did not.
    """
    ours = {result.identity for result in reference}
    theirs = {result.identity for result in quick}
    missed = [result for result in quick if result.identity not in ours and is_missed(result)]
    only_quick = [result for result in quick if result.identity not in ours and not is_missed(result)]
    only_reference = [result for result in reference if result.identity not in theirs]
    if only_reference or only_quick:
        raise EnginesDisagreeError(_told(only_reference), _told(only_quick))
    return sorted([*reference, *missed])


def _told(results: list[Result]) -> list[str]:
    return [f"{result.code} at {result.focus} {result.path} {result.value}".strip() for result in results]
