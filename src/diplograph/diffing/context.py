"""What has to be known to put a difference into words: the statements on things, their values and names.

Two views, of the old and of the new, hold what was read of the things that are told, and nothing else;
what lies in parts that were not opened is not known, and goes by its IRI.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from msgspec import Struct

from diplograph.diffing.statements import STATEMENT, parsed, subject_of
from diplograph.diffing.things import minted
from diplograph.explaining.view import View
from diplograph.mapping.iris import DEFAULT_BASE, SPACES
from diplograph.queries.names import Names
from diplograph.writing.prefixes import prefixes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from diplograph.diffing.comparing import Difference
    from diplograph.diffing.sorting import Sorted
    from diplograph.diffing.things import Thing

MOST_LINES: Final = 200
"""How many statements on one subject are looked at, of each side."""
_NAMING: Final = (
    b"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>",
    b"<http://www.w3.org/2000/01/rdf-schema#label>",
    b"<http://purl.org/dc/terms/identifier>",
    b"<https://w3id.org/diplograph/ns#occurrence>",
)
_VALUE: Final = b"/value/"


class Context(Struct, frozen=True):
    """The two views, and what differs of each subject: its statements that were removed, and those added."""

    old: View
    new: View
    removed: dict[str, list[ox.Quad]]
    added: dict[str, list[ox.Quad]]
    hidden: Counter[str]


def context(found: Difference, things: Collection[Thing], ontology: Iterable[ox.Quad]) -> Context:
    """Gather what is needed to tell of some things."""
    wanted = {subject.encode() for thing in things for subject in thing.subjects}
    removed, more_removed = _of(found.removed, wanted)
    added, more_added = _of(found.added, wanted)
    hidden = Counter({iri.decode(): count for iri, count in (more_removed + more_added).items()})
    around = wanted | {thing.iri.encode() for thing in things}
    words = list(ontology)
    names = prefixes(_base(things), SPACES)
    old, new = (_view(side, lines, around, words, names) for side, lines in ((found.old, removed), (found.new, added)))
    return Context(old, new, _by_subject(removed), _by_subject(added), hidden)


def _base(things: Iterable[Thing]) -> str:
    """Find the base of the data's IRIs."""
    bases = (known.base for thing in things if (known := minted(thing.iri)))
    return next(bases, DEFAULT_BASE)


def _of(lines: Iterable[bytes], wanted: Collection[bytes]) -> tuple[list[bytes], Counter[bytes]]:
    """Take the statements on some subjects, of each so many, and count the others."""
    taken: list[bytes] = []
    counts: Counter[bytes] = Counter()
    for line in lines:
        subject = subject_of(line)
        if subject in wanted:
            counts[subject] += 1
            if counts[subject] <= MOST_LINES:
                taken.append(line)
    return taken, Counter({subject: count - MOST_LINES for subject, count in counts.items() if count > MOST_LINES})


def _by_subject(lines: Iterable[bytes]) -> dict[str, list[ox.Quad]]:
    found: dict[str, list[ox.Quad]] = {}
    for quad in parsed(lines):
        found.setdefault(str(quad.subject), []).append(quad)
    return found


def _view(
    side: Sorted, differing: list[bytes], around: Collection[bytes], words: list[ox.Quad], names: dict[str, str]
) -> View:
    """Collect what one side says of some things, of their values, and how what they point at is called."""
    own = {*differing, *_about(side, around)}
    near = {term for line in own for term in _named(line)} - set(around)
    store = ox.Store()
    store.extend(words)
    store.extend(ox.Quad(*quad.triple) for quad in parsed({*own, *_about(side, near)}))
    return View(store, Names(store, names), {})


def _about(side: Sorted, subjects: Collection[bytes]) -> Iterator[bytes]:
    """Give what names some subjects, all of what are values, and what points at values."""
    counts: Counter[bytes] = Counter()
    for line in side.unordered():
        subject = subject_of(line)
        told = subject in subjects and (_VALUE in line or line[len(subject) + 1 :].startswith(_NAMING))
        if told or (_VALUE in line and line.split(b" ", 3)[2].strip() in subjects):
            counts[subject] += 1
            if counts[subject] <= MOST_LINES:
                yield line


def _named(line: bytes) -> Iterator[bytes]:
    """Give what a statement is told with: its subject, its object, and the articles that they are in."""
    found = STATEMENT.fullmatch(line)
    if found is None:
        return
    terms = [subject_of(line), found["object"]] if found["object"].startswith(b"<") else [subject_of(line)]
    for term in terms:
        yield term
        known = minted(term.decode())
        if known is not None:
            yield known.iri("article", known.parts[0]).encode()
