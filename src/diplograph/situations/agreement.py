"""What the claims of a situation agree on: its values, its label, its first and last day."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from diplograph.annotations import Time
from diplograph.situations.occurrence import firm
from diplograph.values.times import Bounds, bounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diplograph.annotations import Label
    from diplograph.mapping.nodes import Term
    from diplograph.mapping.statements import Statement
    from diplograph.vocabulary import Vocabulary


def agreed_values(
    statements: Sequence[Statement], disputed: set[str], ranks: Mapping[str, int]
) -> list[tuple[str, Term]]:
    """List the values that stand on the situation: all but those of properties in dispute.

    What an article affirms on its own word goes before what quoted sources affirm, and that
    before what is merely put forward: each property takes the values of the first that give
    any. Equal contents stand once. `ranks` are the places in the order of the ontology of those
    that a situation can have: not the words that a source chose, which stay with its claim.
    """
    given = {word for statement in statements for word, _, _ in statement.values}
    if not given:
        return []
    found: list[tuple[str, Term]] = []
    for word in sorted((given & ranks.keys()) - disputed, key=ranks.__getitem__):
        kept: dict[object, Term] = {}
        for statement in statements if len(statements) == 1 else _vouched(statements, word):
            for key, term, value in statement.values:
                if key == word:  # the amount or time itself counts, not the node that carries it
                    kept.setdefault(term if value is None else value, term)
        found += [(word, term) for term in kept.values()]
    return found


def comparable(statements: Sequence[Statement], word: str) -> list[Statement]:
    """Give the statements whose values of a property are held against each other.

    Those that firmly affirm the situation; where there is none, those that call it possible, or
    else those that put it forward.
    """
    giving = [s for s in statements if s.polarity != "negative" and any(key == word for key, _, _ in s.values)]
    return [s for s in giving if firm(s)] or [s for s in giving if s.commits] or giving


def _vouched(statements: Sequence[Statement], word: str) -> list[Statement]:
    """Give the statements whose values of a property stand on the situation."""
    best = comparable(statements, word)
    own = [statement for statement in best if statement.own and statement.commits]
    return own or best or [s for s in statements if any(key == word for key, _, _ in s.values)]


def label(statements: Sequence[Statement], vocabulary: Vocabulary) -> Label:
    """Choose a label: the one that most claims give, the first in the alphabet among equals.

    Without any, the words of its key or id make one; what is nested in a fact goes by its class.
    """
    if len(statements) == 1 and len(statements[0].labels) == 1:
        return statements[0].labels[0]
    counts = Counter(found for statement in statements for found in statement.labels)
    if counts:
        return min(counts, key=lambda found: (-counts[found], found))
    first = statements[0]
    found = vocabulary.classes.get(first.type)
    nested = not first.shared and "." in first.key and found is not None
    return (found.label if nested and found else first.key.replace("-", " ")), ""


def first_and_last_day(statements: Sequence[Statement], *, disputed: bool) -> tuple[str | None, str | None]:
    """Give the days that the time of a situation lies between.

    If the claims clash, the days span all of them; else they are the days that all allow.
    Times marked uncertain or approximate count only where there is no other.
    """
    if "time" not in {key for statement in statements for key, _, _ in statement.values}:
        return None, None
    times = [
        value for statement in comparable(statements, "time") for key, _, value in statement.values if key == "time"
    ]
    limits = [bounds(time.edtf) for time in times if isinstance(time, Time) and time.edtf]
    chosen = [limit for limit in limits if limit.firm] or limits
    if not chosen:
        return None, None
    return _hull(chosen) if disputed else _common(chosen)


def _hull(limits: list[Bounds]) -> tuple[str | None, str | None]:
    earliest = [limit.earliest for limit in limits if limit.earliest]
    latest = [limit.latest for limit in limits if limit.latest]
    return (
        min(earliest) if len(earliest) == len(limits) else None,
        max(latest) if len(latest) == len(limits) else None,
    )


def _common(limits: list[Bounds]) -> tuple[str | None, str | None]:
    earliest = max((limit.earliest for limit in limits if limit.earliest), default=None)
    latest = min((limit.latest for limit in limits if limit.latest), default=None)
    if earliest and latest and earliest > latest:  # uncertain times need not meet
        return _hull(limits)
    return earliest, latest
