"""What a statement is about for its readers: articles, claims, situations, conflicts, entities, mentions.

Values such as times belong to the claim or article that has them, as the IRIs of diplograph tell,
whatever their base. Everything else is a thing of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.diffing.sorting import Sorted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diplograph.diffing.comparing import Difference

KINDS: Final = {
    "article": "articles",
    "claim": "claims",
    "situation": "situations",
    "conflict": "conflicts",
    "entity": "entities",
    "mention": "mentions",
    "other thing": "other things",
}
"""The kinds of things in the order in which they are told, with their plurals."""
_ORDER: Final = list(KINDS)
_OURS: Final = re.compile(
    r"<?(?P<base>[^<>]*[/#])(?P<space>article|claim|situation|entity|mention|value|conflict)/(?P<local>[^/#<>]*)>?"
)
_ADDED, _REMOVED, _CHANGED = "added", "removed", "changed"
STATES: Final = (_ADDED, _REMOVED, _CHANGED)


class Minted(Struct, frozen=True):
    """An IRI of diplograph: its base, the kind of thing, and the parts of its name."""

    base: str
    space: str
    parts: tuple[str, ...]

    def iri(self, space: str, *parts: str) -> str:
        """Give the IRI, between angle brackets, of another thing under the same base."""
        return f"<{self.base}{space}/{'.'.join(parts)}>"


class Thing(Struct, frozen=True):
    """A thing that was added, removed or changed, and its subjects that differ: itself, or its values."""

    kind: str
    iri: str
    state: str
    subjects: tuple[str, ...]


class Survey(Struct):
    """How many things of each kind were added, removed and changed, and the first of each kind."""

    counts: dict[str, Counter[str]]
    things: list[Thing]


def minted(iri: str) -> Minted | None:
    """Take an IRI of diplograph apart.

    >>> minted("<https://example.org/id/value/9547d0394c01bca0.talks.time.1>").parts
    ('9547d0394c01bca0', 'talks', 'time', '1')
    """
    found = _OURS.fullmatch(iri)
    return Minted(found["base"], found["space"], tuple(found["local"].split("."))) if found else None


def owner(subject: str) -> tuple[str, str]:
    """Give the kind and the IRI of the thing that a subject belongs to.

    >>> owner("<https://example.org/id/value/9547d0394c01bca0.talks.time.1>")
    ('claim', '<https://example.org/id/claim/9547d0394c01bca0.talks>')
    """
    found = minted(subject)
    if found is None:
        return "other thing", subject
    if found.space == "value":
        if found.parts[1:] == ("published",):
            return "article", found.iri("article", found.parts[0])
        return "claim", found.iri("claim", *found.parts[:-2])
    if found.space == "mention":
        return "mention", found.iri("mention", *(part for part in found.parts if part != "selector"))
    return found.space, subject


def survey(found: Difference, limit: int) -> Survey:
    """Count what differs, and give the first `limit` things of each kind, in the order of their IRIs.

    Raises:
        UsageError: there is no room for temporary files.
    """
    seen = Survey({kind: Counter() for kind in KINDS}, [])
    listed: Counter[str] = Counter()
    records = Sorted()
    try:
        for record in _records(found):
            records.add([record])
        for thing in _things(records):
            seen.counts[thing.kind][thing.state] += 1
            if listed[thing.kind] < limit and (thing.kind != "mention" or thing.state == _CHANGED):
                listed[thing.kind] += 1
                seen.things.append(thing)
    finally:
        records.close()
    return seen


def _records(found: Difference) -> Iterator[bytes]:
    """Note each subject that differs as a line that brings those of one thing together."""
    for subject in found.subjects():
        iri = subject.iri.decode()
        kind, belongs_to = owner(iri)
        state = _CHANGED if subject.in_old and subject.in_new else _REMOVED if subject.in_old else _ADDED
        yield "\t".join((str(_ORDER.index(kind)), belongs_to, iri, f"{state}\n")).encode()


def _things(records: Iterable[bytes]) -> Iterator[Thing]:
    split = (record.decode().rstrip("\n").split("\t") for record in records)
    for (order, iri), group in groupby(split, key=lambda fields: (fields[0], fields[1])):
        states = {fields[2]: fields[3] for fields in group}
        yield Thing(_ORDER[int(order)], iri, states.get(iri, _CHANGED), tuple(states))
