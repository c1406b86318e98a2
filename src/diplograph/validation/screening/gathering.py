"""Bringing nodes into memory, each subject in one place: what is said of it in several is put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from diplograph.validation.screening.layouts import Layout, Properties, Row, row
from diplograph.validation.screening.terms import BELOW

if TYPE_CHECKING:
    from diplograph.validation.screening.memory import Memo

    Known = Memo[tuple[str, ...], Layout]


def laid_out(nodes: Iterable[tuple[str, Properties]], known: Known) -> dict[str, Row]:
    """Lay nodes out, by subject."""
    rows: dict[str, Row] = {}
    for subject, properties in nodes:
        found = row(properties, known)
        rows[subject] = joined(rows[subject], found, known) if subject in rows else found
    return rows


def joined(one: Row, other: Row, known: Known) -> Row:
    """Put together what two rows say of a node."""
    if one == other:
        return one
    pairs = [*zip(one[0].predicates, one[1], strict=True), *zip(other[0].predicates, other[1], strict=True)]
    return row(list(dict.fromkeys(pairs)), known)


def merged(rows: dict[str, Row], others: Mapping[str, Row], known: Known) -> None:
    """Add to each of some rows what others say of the same subject."""
    for subject in rows.keys() & others.keys():
        rows[subject] = joined(rows[subject], others[subject], known)


def set_apart(own: dict[str, Row], context: dict[str, Row], background: Mapping[str, Row], known: Known) -> None:
    """Let each subject of a batch be found in one place, with all that is said of it anywhere."""
    merged(own, context, known)
    merged(own, background, known)
    for subject in own.keys() & context.keys():
        del context[subject]
    merged(context, background, known)


def classes_below(rows: Mapping[str, Row]) -> list[tuple[str, str]]:
    """List what rows say of classes that are below others."""
    return [
        (subject, objects[place])
        for subject, (layout, objects) in rows.items()
        if layout.tells_classes
        for place in layout.positions[BELOW]
    ]
