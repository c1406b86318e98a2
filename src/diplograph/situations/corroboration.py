"""How many vouch for a situation: the articles that carry a claim of it, and the first sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diplograph.mapping.statements import Statement


class Corroboration(Struct, frozen=True):
    """How many articles carry a claim that affirms a situation, and from how many first sources.

    A first source reports nobody further. A named source that several articles quote is one, an
    article in its own voice is one, and the unnamed sources of two articles are two.
    """

    articles: int
    sources: int


def corroboration(statements: Sequence[Statement]) -> Corroboration:
    """Count who affirms a situation, in whatever degree of certainty.

    Nobody is counted who denies it, only passes it on, or merely asks for it.
    """
    if len(statements) == 1:
        [one] = statements
        is_affirmed = one.polarity == "positive" and one.commits
        return Corroboration(int(is_affirmed), int(is_affirmed and bool(one.first_source)))
    affirming = [found for found in statements if found.commits and found.polarity == "positive"]
    return Corroboration(
        articles=len({found.article for found in affirming}),
        sources=len({found.first_source for found in affirming if found.first_source}),
    )
