"""Whether a situation came about: a table of rules over its claims.

The table is read from the top; the first rule that holds decides. Only claims count whose
source commits itself: what is merely passed on (FactBank Uu) and what is asked for, promised,
permitted or made a condition counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diplograph.mapping.statements import Statement

_FIRM: Final = frozenset({"certain", "probable"})
_HAPPENED: Final = frozenset({"past", "habitual"})
_HAPPENING: Final = _HAPPENED | {"ongoing"}
_REFUTABLE: Final = _HAPPENING | {"planned", ""}


class Stance(NamedTuple):
    """How a source stands to a situation: as much of a statement as the rules look at."""

    own: bool
    certainty: str
    polarity: str
    status: str


S = TypeVar("S", bound="Statement | Stance")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: the word of the ontology's list of occurrences, when it holds, and the test."""

    occurrence: str
    when: str
    holds: Callable[[Sequence[Stance]], bool]


def firm(statement: Statement | Stance) -> bool:
    """Tell whether the source calls it certain or probable."""
    return statement.certainty in _FIRM


def affirms(statement: Statement | Stance, *statuses: str) -> bool:
    """Tell whether a source firmly says that it is so, with one of some statuses."""
    return firm(statement) and statement.polarity == "positive" and statement.status in statuses


def refutes(statement: Statement | Stance) -> bool:
    """Tell whether a source firmly says that it is not so, or will not be."""
    return firm(statement) and statement.polarity == "negative" and statement.status in _REFUTABLE


def _certain(statement: Stance, *statuses: str) -> bool:
    return statement.certainty == "certain" and affirms(statement, *statuses)


def opposed(statements: Sequence[S]) -> list[S]:
    """Give the claims of which some firmly say that it is so and some that it is not."""
    against = [statement for statement in statements if refutes(statement)]
    happened = [statement for statement in statements if affirms(statement, *_HAPPENING)]
    planned = [statement for statement in statements if affirms(statement, "planned")]
    if against and happened:
        return [*against, *happened]
    wont = [statement for statement in against if statement.status == "planned"]
    return [*wont, *planned] if wont and planned else []


def _disputed(statements: Sequence[Stance]) -> bool:
    return bool(opposed(statements))


def _any(test: Callable[[Stance], bool]) -> Callable[[Sequence[Stance]], bool]:
    return lambda statements: any(test(statement) for statement in statements)


RULES: Final = (
    Rule("disputed", "one claim says firmly that it is so, and another that it is not", _disputed),
    Rule("not-occurred", "an article says firmly that it is not so", _any(lambda s: s.own and refutes(s))),
    Rule("denied", "a quoted source says firmly that it is not so", _any(refutes)),
    Rule("occurred", "an article is certain that it happened", _any(lambda s: s.own and _certain(s, *_HAPPENED))),
    Rule("ongoing", "an article is certain that it is happening", _any(lambda s: s.own and _certain(s, "ongoing"))),
    Rule(
        "reported",
        "a quoted source is certain that it happened or is happening",
        _any(lambda s: _certain(s, *_HAPPENING)),
    ),
    Rule("planned", "a source firmly calls it planned", _any(lambda s: affirms(s, "planned"))),
    Rule("conditional", "a source ties it firmly to a condition", _any(lambda s: affirms(s, "conditional"))),
    Rule("hypothetical", "a source firmly thinks of it", _any(lambda s: affirms(s, "hypothetical"))),
    Rule("possible", "a source calls it probable or possible, or doubts it", _any(lambda s: s.certainty != "certain")),
)
"""What none of the rules fits is `open`: no source commits itself."""


def occurrence(statements: Sequence[Statement]) -> str:
    """Decide whether a situation came about: a word of the ontology's list of occurrences."""
    return _decided(tuple([Stance(s.own, s.certainty, s.polarity, s.status) for s in statements if s.commits]))


@lru_cache(maxsize=4096)
def _decided(committed: tuple[Stance, ...]) -> str:
    """Apply the rules; most situations have one claim, and there are few ways to stand to it."""
    return next((rule.occurrence for rule in RULES if rule.holds(committed)), "open")
