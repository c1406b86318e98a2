"""Where claims clash: the rules that the ontology names, one function each.

A rule compares two claims' values of a property and tells whether both can hold. Which
property has which rule is said in the ontology.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.annotations import Money, Quantity, Time, Value
from diplograph.situations.agreement import comparable
from diplograph.values.times import bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import NamedNode

    from diplograph.mapping.nodes import Node, Term
    from diplograph.mapping.statements import Statement
    from diplograph.vocabulary import Property, Vocabulary

Given = tuple["Term", Value]
_INFINITE: Final = Decimal("Infinity")


class Links:
    """Which entities are tied to which by the properties that make values compatible or not."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        properties = vocabulary.facts.values()
        wanted = {word for found in properties for word in (found.compatibility, found.incompatibility) if word}
        self._tied: dict[str, dict[Term, set[Term]]] = {word: defaultdict(set) for word in wanted}

    def add(self, entity: Node) -> None:
        """Learn the ties of an entity from its node."""
        for predicate, value in entity.properties:
            if predicate.value in self._tied:
                self._tied[predicate.value][entity.subject].add(value)

    def within(self, word: str, inner: Term, outer: Term) -> bool:
        """Tell whether a chain of ties leads from one entity to another, or they are the same."""
        ties = self._tied.get(word, {})
        reached, ahead = {inner}, [inner]
        for current in ahead:
            new = ties.get(current, set()) - reached
            reached |= new
            ahead += sorted(new, key=str)
        return outer in reached

    def tied(self, word: str, one: Term, other: Term) -> bool:
        """Tell whether two entities are tied directly, in either direction."""
        ties = self._tied.get(word, {})
        return other in ties.get(one, ()) or one in ties.get(other, ())


class Clash(Struct, frozen=True):
    """Claims that cannot all hold, with the property on which they disagree."""

    word: str
    claims: tuple[Statement, ...]


def clashes(statements: Sequence[Statement], vocabulary: Vocabulary, links: Links) -> list[Clash]:
    """Find where the claims of one situation clash, by property in the order of the ontology."""
    found = []
    several = len(statements) > 1  # nobody clashes with themselves
    words = {word for statement in statements for word, _, _ in statement.values} if several else set()
    for word, prop in vocabulary.facts.items():
        if word in words and prop.conflicts:
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


def disjoint_times(one: Value, other: Value) -> bool:
    """Tell whether no day fits both times; uncertain and approximate times fit any."""
    if not (isinstance(one, Time) and isinstance(other, Time) and one.edtf and other.edtf):
        return False
    ours, theirs = bounds(one.edtf), bounds(other.edtf)
    if not (ours.firm and theirs.firm):
        return False
    first = ours.latest and theirs.earliest and ours.latest < theirs.earliest
    second = theirs.latest and ours.earliest and theirs.latest < ours.earliest
    return bool(first or second)


def _measure(value: Value) -> tuple[object, ...] | None:
    """Say what a number measures; only numbers of the same measure can be compared."""
    if isinstance(value, Money):
        return (value.currency, value.per, _kind(value.qualifier))
    return (value.unit, _kind(value.qualifier)) if isinstance(value, Quantity) else None


def _kind(qualifier: str) -> str:
    return qualifier if qualifier in ("additional", "ordinal", "about") else ""


def disjoint_ranges(one: Value, other: Value) -> bool:
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


class Holding(Struct, frozen=True):
    """A claim that something holds now, for comparison with claims on other situations."""

    word: str
    shared: Term
    value: Term
    claim: Statement


def holdings(statements: Iterable[Statement], vocabulary: Vocabulary) -> list[Holding]:
    """List what claims say holds now, of properties that are compared across situations."""
    words = {prop.iri.value: word for word, prop in vocabulary.facts.items()}
    found = []
    for statement in statements:
        if statement.commits and statement.polarity == "positive" and statement.status == "ongoing":
            for word, term, _ in statement.values:
                prop = vocabulary.facts[word]
                if "incompatible-values" in prop.conflicts:
                    within = words[prop.conflict_within]
                    found += [Holding(word, shared, term, statement) for shared, _ in _values(statement, within)]
    return found


def incompatible(found: Sequence[Holding], vocabulary: Vocabulary, links: Links) -> list[tuple[Holding, ...]]:
    """Find holdings of different situations that cannot hold together, grouped by what they share."""
    groups: dict[tuple[str, NamedNode | object], list[Holding]] = defaultdict(list)
    for holding in found:
        groups[holding.word, holding.shared].append(holding)
    clashing = []
    for (word, _), group in groups.items():
        prop = vocabulary.facts[word]
        pairs = (
            (one, other)
            for one, other in combinations(group, 2)
            if one.claim.situation != other.claim.situation
            and links.tied(prop.incompatibility, one.value, other.value)
            and not _apart(one.claim, other.claim)
        )
        involved = {(holding.claim.node, holding.value): holding for pair in pairs for holding in pair}
        if involved:
            clashing.append(tuple(involved.values()))
    return clashing


def _apart(one: Statement, other: Statement) -> bool:
    """Tell whether the times of two claims have no day in common."""
    ours, theirs = _values(one, "time"), _values(other, "time")
    return bool(ours and theirs) and all(disjoint_times(first, second) for _, first in ours for _, second in theirs)
