"""A statement: what one claim or proposition contributes to its situation, in compact form."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from diplograph.annotations import Label, Money, Quantity, Time

Measure: TypeAlias = Time | Quantity | Money


class Statement(Struct, frozen=True, array_like=True):
    """What a claim or proposition says of its situation, as far as other claims meet it there.

    `key` names the situation: the shared key, or for a situation of one article the fact's id
    (`shared` tells which). `certainty`, `polarity` and `status` are words of the ontology's
    lists, empty for propositions; `certainty` is never `underspecified` but in claims that
    commit to nothing. `own` tells that the claimant is the article itself; `first_source` is the
    claimant, if the claim does not report somebody else's, else empty. `values` hold each
    property's word, the RDF term, and the time or amount that it stands for, if it is one.
    """

    node: str
    situation: str
    article: str
    key: str
    shared: bool
    type: str
    labels: tuple[Label, ...]
    own: bool
    first_source: str
    certainty: str
    polarity: str
    status: str
    values: tuple[tuple[str, str, Measure | None], ...]

    @property
    def commits(self) -> bool:
        """Whether a source commits itself to it, one way or the other."""
        return self.certainty not in ("", "underspecified")

    @property
    def is_claim(self) -> bool:
        """Whether somebody claims it; else it is a proposition."""
        return self.certainty != ""
