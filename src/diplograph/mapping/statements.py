"""A statement: what one claim or proposition contributes to its situation, in compact form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diplograph.annotations import Fact, Label, Value
from diplograph.mapping.nodes import Term

if TYPE_CHECKING:
    from pyoxigraph import NamedNode


class Statement(Struct, frozen=True):
    """What a claim or proposition says of its situation, as far as other claims meet it there.

    `key` names the situation: the shared key, or for a situation of one article the fact's id
    (`shared` tells which). `certainty`, `polarity` and `status` are words of the ontology's
    lists, empty for propositions; `certainty` is never `underspecified` but in claims that
    commit to nothing. `own` tells that the claimant is the article itself; `first_source` is the
    claimant, if the claim does not report somebody else's. `values` hold each
    property's word, the RDF term, and the annotation value that it was made from. `origin` is
    the fact that says so.
    """

    node: NamedNode
    situation: NamedNode
    article: NamedNode
    key: str
    shared: bool
    type: str
    labels: tuple[Label, ...]
    own: bool
    first_source: NamedNode | None
    certainty: str
    polarity: str
    status: str
    values: tuple[tuple[str, Term, Value], ...]
    origin: Fact

    @property
    def commits(self) -> bool:
        """Whether a source commits itself to it, one way or the other."""
        return self.certainty not in ("", "underspecified")
