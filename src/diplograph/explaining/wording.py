"""An account in plain words, as lines of text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from diplograph.explaining.accounts import account
from diplograph.explaining.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import NamedNode, Store

    from diplograph.explaining.accounts import Account, Disagreement, Place, Said
    from diplograph.queries.names import Names


NO_TEXTS: Final[Mapping[str, str]] = MappingProxyType({})


def explain(term: NamedNode, store: Store, names: Names, texts: Mapping[str, str] = NO_TEXTS) -> str:
    """Tell in plain words what a store holds of a situation, or of what a claim is about.

    `texts` are those of articles by their SHA-256; with them, the words of each span are told.

    Raises:
        UsageError: the IRI stands for no situation.
    """
    found = account(term, View(store, names, texts))
    sections = [_summary(found), _agreed(found), _disputed(found), _claims(found), _propositions(found), _linked(found)]
    sections += [_without_text(found)] if texts else []
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section)))


def _summary(found: Account) -> Iterator[str]:
    yield f"{found.label} ({found.key})"
    yield f"{', '.join(found.classes).capitalize()}. {found.occurrence.capitalize()}: {found.meaning}"
    if found.articles:
        articles, sources = _counted(found.articles, "article"), _counted(found.sources, "first source")
        yield f"Affirmed in {articles}, by {sources}."
    if found.earliest or found.latest:
        yield f"Time: {_days(found.earliest, found.latest)}."


def _days(earliest: str, latest: str) -> str:
    if earliest == latest:
        return earliest
    ends = (f"not before {earliest}" if earliest else "", f"not after {latest}" if latest else "")
    return ", ".join(end for end in ends if end)


def _counted(number: str, noun: str) -> str:
    return f"{number} {noun}" if number == "1" else f"{number} {noun}s"


def _agreed(found: Account) -> Iterator[str]:
    """Tell the values that stand on the situation and are in no conflict, with the articles that give them."""
    claimed, put_forward = _givers(found.claims), _givers(found.propositions)
    disputed = {conflict.property for conflict in found.disagreements}
    values = [(word, value) for word, listed in found.values if word not in disputed for value in listed]
    if values:
        yield "How it is described"
    for word, value in values:
        articles = ", ".join(sorted(claimed[word, value] or put_forward[word, value]))
        nobody = "" if claimed[word, value] else "; claimed by nobody"
        yield f"  {word}: {value}  [{articles}{nobody}]"


def _givers(told: Iterable[Said]) -> dict[tuple[str, str], set[str]]:
    """List the articles that give each value of each property."""
    given: dict[tuple[str, str], set[str]] = defaultdict(set)
    for said in told:
        for word, values in said.values:
            for value in values:
                given[word, value].add(said.article)
    return given


def _disputed(found: Account) -> Iterator[str]:
    """Tell where claims clash, and who says what; also of another situation that cannot hold beside this one."""
    if found.disagreements:
        yield "Where the sources disagree"
    for conflict in found.disagreements:
        yield f"  {conflict.property}:"
        for said, other in conflict.claims:
            about = f", of another situation: {other}" if other else ""
            yield f"    {_voice(said)}: {_position(conflict, said)}{_standing(said.places)}{about}"


def _position(conflict: Disagreement, said: Said) -> str:
    values = [value for word, listed in said.values if word == conflict.property for value in listed]
    return ", ".join(values) or ", ".join(said.firmness)


def _voice(said: Said) -> str:
    """Name who says it, outermost first, each citing the next."""
    return ", citing ".join(said.chain) if said.chain else f"article {said.article}"


def _claims(found: Account) -> Iterator[str]:
    if found.claims:
        yield "Who says what"
    for said in found.claims:
        yield from _one(said)


def _propositions(found: Account) -> Iterator[str]:
    if found.propositions:
        yield "What is put forward, and claimed by nobody"
    for said in found.propositions:
        yield from _one(said)


def _one(said: Said) -> Iterator[str]:
    """Tell one claim: who, how sure, where, and with which values."""
    firmness = f": {', '.join(said.firmness)}" if said.firmness else ""
    endorsed = f" (the article itself: {said.endorsed})" if said.endorsed else ""
    yield f"  {_voice(said)}{firmness}{endorsed}{_standing(said.places)}"
    yield from (f"    “{place.words}”" for place in said.places if place.words)
    for act in said.within:
        yield f"    within: {act}"
    if said.label:
        yield f"    as: {said.label}"
    for word, values in said.values:
        yield f"    {word}: {'; '.join(values)}"
    for note in said.notes:
        yield f"    note: {note}"


def _standing(places: tuple[Place, ...]) -> str:
    listed = ", ".join(
        f"{place.start}-{place.end}" + (f" ({', '.join(place.parts)})" if place.parts else "") for place in places
    )
    return f", at {listed}" if listed else ""


def _linked(found: Account) -> Iterator[str]:
    """Tell which other situations point at this one, and how."""
    if found.mentions:
        yield "What points here"
    for word, other in found.mentions:
        yield f"  {other}, by its property '{word}'"


def _without_text(found: Account) -> Iterator[str]:
    """Tell of which articles the words cannot be shown."""
    told = (*found.claims, *found.propositions)
    missing = sorted({said.article for said in told if any(not place.words for place in said.places)})
    if missing:
        yield f"No text is at hand that is the one annotated: {', '.join(missing)}"
