"""A difference in plain words: which things were added, removed or changed, and what changed of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode

from diplograph.diffing.context import Context, context
from diplograph.diffing.statements import counted
from diplograph.diffing.things import KINDS, STATES, Thing, minted, owner, survey
from diplograph.explaining.values import in_words
from diplograph.explaining.view import RDF_TYPE, RDFS_LABEL
from diplograph.values.printing import brief, one_line, printable

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator

    import pyoxigraph as ox

    from diplograph.diffing.comparing import Difference
    from diplograph.diffing.things import Minted
    from diplograph.explaining.view import Term, View

LIMIT: Final = 100
_WORDS: Final = {
    RDF_TYPE: "class",
    RDFS_LABEL: "label",
    NamedNode("http://purl.org/dc/terms/identifier"): "key",
}
_STRUCTURE: Final = tuple(
    NamedNode(iri)
    for iri in (
        "http://www.w3.org/2000/01/rdf-schema#label",
        "http://purl.org/dc/terms/identifier",
        "http://www.w3.org/ns/oa#hasSelector",
        "http://www.w3.org/ns/oa#hasSource",
        "http://www.w3.org/ns/prov#hadPrimarySource",
    )
)
"""What an added or removed thing is not told to have: its name says it."""
_SAID_BY_KIND: Final = ("article", "claim", "conflict", "mention")
"""The kinds that are their own classes."""
Words = dict[str, tuple[list[str], list[str]]]
"""What was removed and what was added, by property."""


def summary(found: Difference, ontology: Iterable[ox.Quad], limit: int = LIMIT) -> Iterator[str]:
    """Tell what differs, one line after the other: at most `limit` things of each kind, then how many there are.

    Raises:
        UsageError: there is no room for temporary files.
    """
    if not found:
        yield "Nothing differs."
        return
    seen = survey(found, limit)
    told = context(found, seen.things, ontology)
    for kind in KINDS:
        things = [thing for thing in seen.things if thing.kind == kind]
        for _, lines in sorted((_key(thing, told), list(_lines(thing, told))) for thing in things):
            yield from (printable(line) for line in lines)
        more = seen.counts[kind].total() - len(things)
        if more and limit and kind != "mention":
            yield f"and {more:,} more {kind if more == 1 else KINDS[kind]}"
        if things:
            yield ""
    yield from _totals(found, seen.counts)


def _totals(found: Difference, counts: dict[str, Counter[str]]) -> Iterator[str]:
    told = [_states(kind, counts[kind]) for kind in KINDS if counts[kind]]
    if told:
        yield f"{'; '.join(told)}."
    removed, added = (sum(found.is_provenance(line) for line in lines) for lines in (found.removed, found.added))
    if told:
        yield f"{counted(len(found.added) - added)} added, {len(found.removed) - removed:,} removed."
    if removed or added:
        yield f"Provenance of the export: {counted(added)} added, {removed:,} removed."


def _states(kind: str, counts: Counter[str]) -> str:
    """Say how many of a kind there are: '2 claims added, 1 changed'."""
    first, *rest = [(state, counts[state]) for state in STATES if counts[state]]
    return ", ".join([f"{_counted(first[1], kind)} {first[0]}", *(f"{count:,} {state}" for state, count in rest)])


def _counted(number: int, kind: str) -> str:
    return f"{number:,} {kind if number == 1 else KINDS[kind]}"


def _key(thing: Thing, told: Context) -> tuple[str, str]:
    return _name(thing.iri, _better(thing, told)), thing.iri


def _better(thing: Thing, told: Context) -> View:
    """Give the view that knows the thing, the new one if both do."""
    return told.old if thing.state == "removed" else told.new


def _lines(thing: Thing, told: Context) -> Iterator[str]:
    """Tell one thing: its head, and a line for each property, or for each value if there are several."""
    view = _better(thing, told)
    kind = (
        "proposition"
        if view.is_a(_node(thing.iri), "Proposition")
        else ""
        if thing.kind == "other thing"
        else thing.kind
    )
    yield " ".join(part for part in (thing.state, kind, _head(thing.iri, view)) if part)
    for word, (before, after) in sorted(_changes(thing, told).items()):
        olds, news = sorted(before), sorted(after)
        if thing.state != "changed":
            yield f"    {word}: {'; '.join(olds or news)}"
        elif len(olds) == len(news) == 1:
            yield f"    {word}: {olds[0]} -> {news[0]}"
        else:
            yield from (f"    {word}: - {value}" for value in olds)
            yield from (f"    {word}: + {value}" for value in news)
    hidden = sum(told.hidden[subject] for subject in thing.subjects)
    if hidden:
        yield f"    and {counted(hidden)} more"


def _head(iri: str, view: View) -> str:
    """Name a thing as `explain` does: its label, and its key; a claim by its key, and its label."""
    name, node = _name(iri, view), _node(iri)
    label = brief(view.name(node), 100) if view.values(node, RDFS_LABEL) else ""
    known = minted(iri)
    if not label or known is None:
        return name if not label else f"{label} ({name})"
    if known.space == "conflict":
        return label
    return f"{label} ({name})" if known.space in ("situation", "entity") else f"{name} ({label})"


def _name(iri: str, view: View) -> str:
    """Give what a thing goes by: the id of its article and its own, or its key."""
    known = minted(iri)
    if known is None:
        return view.names.short(_node(iri))
    article = _article(known, view)
    if known.space == "article":
        return article or known.parts[0]
    first = article or known.parts[0]
    rest = ".".join(unquote(part) for part in known.parts[1:])
    return f"{first}/{rest}" if rest else unquote(known.parts[0])


def _article(known: Minted, view: View) -> str:
    return view.text(_node(known.iri("article", known.parts[0])), NamedNode("http://purl.org/dc/terms/identifier"))


def _node(iri: str) -> NamedNode:
    return NamedNode(iri[1:-1])


def _changes(thing: Thing, told: Context) -> Words:
    """Give what was removed and added of a thing, in words, by property."""
    found: Words = defaultdict(lambda: ([], []))
    itself = thing.iri in thing.subjects
    values = {subject for subject in thing.subjects if subject != thing.iri and owner(subject)[1] == thing.iri}
    if itself:
        _add(found, 0, told.removed.get(thing.iri, ()), told.old, thing)
        _add(found, 1, told.added.get(thing.iri, ()), told.new, thing)
    linked = {str(quad.object) for side in (told.removed, told.added) for quad in side.get(thing.iri, ())}
    for value in sorted(values - linked):
        if not value.endswith(".selector>"):
            _value(found, value, told)
    return found


def _add(found: Words, place: int, quads: Iterable[ox.Quad], view: View, thing: Thing) -> None:
    for quad in quads:
        if thing.state == "changed" or not _said_by_name(quad.predicate, thing):
            found[_property(quad.predicate, view)][place].append(_words(quad.object, view))


def _said_by_name(predicate: NamedNode, thing: Thing) -> bool:
    return predicate in _STRUCTURE or (predicate == RDF_TYPE and thing.kind in _SAID_BY_KIND)


def _value(found: Words, value: str, told: Context) -> None:
    """Tell how a value changed that something has; if it is told the same before and after, of what it consists."""
    node = _node(value)
    words = [_words(node, view) if view.values(node, RDF_TYPE) else "" for view in (told.old, told.new)]
    pointing = [*told.new.pointing(node), *told.old.pointing(node)]
    word = _property(pointing[0][1], told.new) if pointing else unquote(value[1:-1].rpartition("/")[2])
    if words[0] != words[1]:
        for place, text in enumerate(words):
            found[word][place].extend([text] if text else [])
        return
    for place, (side, view) in enumerate(((told.removed, told.old), (told.added, told.new))):
        for quad in side.get(value, ()):
            found[f"{word}, {_property(quad.predicate, view)}"][place].append(_words(quad.object, view))


def _property(predicate: NamedNode, view: View) -> str:
    return _WORDS.get(predicate) or view.name(predicate)


def _words(term: Term, view: View) -> str:
    """Put a value into words: what has a name by it, a text with its language, a place in an article by its offsets."""
    if isinstance(term, Literal):
        text = brief(one_line(term.value))
        return f"{text} ({term.language})" if term.language else text
    known = minted(str(term))
    if known is not None and known.space == "mention":
        return ".".join(known.parts[1:])
    if known is not None and known.space in ("article", "claim"):
        return _name(str(term), view)
    return brief(in_words(term, view))
