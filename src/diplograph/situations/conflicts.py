"""Where claims clash: the rules that the ontology names, one function each.

A rule compares two claims' values of a property and tells whether both can hold. Which
property has which rule is said in the ontology.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import combinations, product
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from diplograph.annotations import Money, Quantity, Time
from diplograph.mapping.statements import Measure, Statement
from diplograph.situations.agreement import comparable
from diplograph.values.times import bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diplograph.mapping.nodes import Term
    from diplograph.situations.links import Links
    from diplograph.vocabulary import Property, Vocabulary

Given: TypeAlias = tuple["Term", Measure | None]
_INFINITE: Final = Decimal("Infinity")


class Clash(Struct, frozen=True):
    """Claims that cannot all hold, with the property on which they disagree."""

    word: str
    claims: tuple[Statement, ...]


def clashes(statements: Sequence[Statement], conflicting: Mapping[str, Property], links: Links) -> list[Clash]:
    """Find where the claims of one situation clash, by property in the order of the ontology.

    `conflicting` are the properties that can conflict, by word.
    """
    if len(statements) == 1:  # nobody clashes with themselves
        return []
    found = []
    words = {word for statement in statements for word, _, _ in statement.values}
    for word, prop in conflicting.items():
        if word in words:
            given = [(statement, _values(statement, word)) for statement in comparable(statements, word)]
            pairs = (
                (one, other)
                for (one, ours), (other, theirs) in combinations(given, 2)
                if _clash(prop, ours, theirs, links)
            )
            involved = {statement.node: statement for pair in pairs for statement in pair}
            if involved:
                found.append(Clash(word, tuple(involved.values())))
    return found


def _values(statement: Statement, word: str) -> list[Given]:
    return [(term, value) for key, term, value in statement.values if key == word]


def _clash(prop: Property, ours: list[Given], theirs: list[Given], links: Links) -> bool:
    """Tell whether no value of one claim goes with any of the other."""
    if "single-value" in prop.conflicts:
        return not any(
            links.within(prop.compatibility, one, other) or links.within(prop.compatibility, other, one)
            for one, _ in ours
            for other, _ in theirs
        )
    if "disjoint-times" in prop.conflicts:
        return all(disjoint_times(one, other) for _, one in ours for _, other in theirs)
    if "disjoint-ranges" in prop.conflicts:
        pairs = [(one, other) for _, one in ours for _, other in theirs if _measure(one) == _measure(other) is not None]
        return bool(pairs) and all(disjoint_ranges(one, other) for one, other in pairs)
    return False


def disjoint_times(one: Measure | None, other: Measure | None) -> bool:
    """Tell whether no day fits both times; uncertain and approximate times fit any."""
    if not (isinstance(one, Time) and isinstance(other, Time) and one.edtf and other.edtf):
        return False
    ours, theirs = bounds(one.edtf), bounds(other.edtf)
    if not (ours.firm and theirs.firm):
        return False
    first = ours.latest and theirs.earliest and ours.latest < theirs.earliest
    second = theirs.latest and ours.earliest and theirs.latest < ours.earliest
    return bool(first or second)


def _measure(value: Measure | None) -> tuple[object, ...] | None:
    """Say what a number measures; only numbers of the same measure can be compared."""
    if isinstance(value, Money):
        return (value.currency, value.per, _kind(value.qualifier))
    return (value.unit, _kind(value.qualifier)) if isinstance(value, Quantity) else None


def _kind(qualifier: str) -> str:
    return qualifier if qualifier in ("additional", "ordinal", "about") else ""


def disjoint_ranges(one: Measure | None, other: Measure | None) -> bool:
    """Tell whether no number fits both amounts, of which the measure is the same."""
    if not isinstance(one, (Quantity, Money)) or not isinstance(other, (Quantity, Money)):
        return False
    if "about" in (one.qualifier, other.qualifier):
        return False
    (low, low_open), (high, high_open) = _ends(one)
    (other_low, other_low_open), (other_high, other_high_open) = _ends(other)
    before = high < other_low or (high == other_low and (high_open or other_low_open))
    after = other_high < low or (other_high == low and (other_high_open or low_open))
    return before or after


def _ends(amount: Quantity | Money) -> tuple[tuple[Decimal, bool], tuple[Decimal, bool]]:
    """Give the lowest and highest number that an amount can mean, and whether each is excluded."""
    if amount.value is None:
        low = -_INFINITE if amount.low is None else amount.low
        return (low, False), (_INFINITE if amount.high is None else amount.high, False)
    lowest, highest = (-_INFINITE, False), (_INFINITE, False)
    return {
        "over": ((amount.value, True), highest),
        "at-least": ((amount.value, False), highest),
        "under": (lowest, (amount.value, True)),
        "up-to": (lowest, (amount.value, False)),
    }.get(amount.qualifier, ((amount.value, False), (amount.value, False)))


class Holding(Struct, frozen=True, array_like=True):
    """A claim that something holds now, for comparison with claims on other situations."""

    word: str
    shared: str
    value: str
    claim: Statement


def holdings(statements: Iterable[Statement], vocabulary: Vocabulary) -> list[Holding]:
    """List what claims say holds now, of properties that are compared across situations."""
    compared = {word: prop for word, prop in vocabulary.facts.items() if "incompatible-values" in prop.conflicts}
    words = {prop.iri.value: word for word, prop in vocabulary.facts.items()} if compared else {}
    found = []
    for statement in statements:
        if statement.status == "ongoing" and statement.polarity == "positive" and statement.commits:
            for word, term, _ in statement.values:
                if word in compared:
                    within = words[compared[word].conflict_within]
                    found += [Holding(word, shared, term, statement) for shared, _ in _values(statement, within)]
    return found


def incompatible(found: Sequence[Holding], vocabulary: Vocabulary, links: Links) -> list[tuple[Holding, ...]]:
    """Find holdings of different situations that cannot hold together, grouped by what they share."""
    groups: dict[tuple[str, Term], list[Holding]] = defaultdict(list)
    for holding in found:
        groups[holding.word, holding.shared].append(holding)
    clashing = []
    for (word, _), group in groups.items():
        by_value: dict[Term, list[Holding]] = defaultdict(list)
        for holding in group:
            by_value[holding.value].append(holding)
        incompatibility = vocabulary.facts[word].incompatibility
        pairs = (
            (one, other)
            for value, another in combinations(by_value, 2)
            if links.tied(incompatibility, value, another)
            for one, other in product(by_value[value], by_value[another])
            if one.claim.situation != other.claim.situation and not _apart(one.claim, other.claim)
        )
        involved = {(holding.claim.node, holding.value): holding for pair in pairs for holding in pair}
        if involved:
            clashing.append(tuple(involved.values()))
    return clashing


def _apart(one: Statement, other: Statement) -> bool:
    """Tell whether the times of two claims have no day in common."""
    ours, theirs = _values(one, "time"), _values(other, "time")
    return bool(ours and theirs) and all(disjoint_times(first, second) for _, first in ours for _, second in theirs)
