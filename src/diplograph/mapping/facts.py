"""Facts: claims with their chains of attribution, and propositions that nobody claims.

A fact is told by one or more voices. A voice is a chain of sources, outermost first, starting
with the article. Each source of a chain gets a claim; each claim reports the next, and the last
carries the values. What an act conveys is told by its speakers as further voices; what an act
only asks for, promises, permits or ties itself to is told by none, and becomes a proposition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct

from diplograph.annotations import EntityName, Fact, FactId, Money, Quantity, SharedKey, Time, Value
from diplograph.mapping import terms
from diplograph.mapping.identity import Identities, Situation
from diplograph.mapping.nodes import Node, Properties, Term
from diplograph.mapping.statements import Statement
from diplograph.mapping.values import value_properties
from diplograph.values import literals
from diplograph.values.identifiers import iri_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diplograph.annotations import Span
    from diplograph.mapping.scope import Scope
    from diplograph.mapping.tables import Key
    from diplograph.vocabulary import Class

_HAPPENING: Final = ("past", "ongoing", "habitual")
_FIRM: Final = ("certain", "probable")
_CLAIM: Final = (terms.TYPE, terms.CLAIM)
_PROPOSITION: Final = (terms.TYPE, terms.PROPOSITION)
_Values: TypeAlias = list[tuple["Key", Term, Value]]


class _Voice(Struct, frozen=True):
    """A chain of sources that tells a fact; `suffix` tells the claims of several voices apart."""

    sources: tuple[Term, ...]
    suffix: str = ""
    within: Term = ""


class _Told(Struct, frozen=True):
    """A fact as it is told: its situation, its part of IRIs, its voices, all defaults filled in.

    Without voices it is a proposition, and `certainty`, `polarity` and `status` are only what
    the annotation says. `origin` is the fact that the annotation has for it.
    """

    fact: Fact
    situation: Situation
    part: str
    voices: tuple[_Voice, ...]
    evidence: tuple[Span, ...]
    certainty: str
    polarity: str
    status: str
    origin: Fact


class FactMapper:
    """Maps the facts of one article, in order; collects their statements."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._tables = scope.tables
        self._identities = Identities(scope)
        self.nodes: list[Node] = []
        self.statements: list[Statement] = []

    def map(self, fact: Fact) -> None:
        """Map a fact of the article, with all that is nested in it."""
        voice = _Voice((self._scope.subject, *self._named(fact.says)))
        self._tell(self._told(fact, (voice,), fact.evidence))

    def _told(
        self,
        fact: Fact,
        voices: tuple[_Voice, ...],
        evidence: tuple[Span, ...],
        *,
        denied: bool = False,
        status: str = "",
    ) -> _Told:
        """Fill in the defaults of a fact; `status` is that which the act around it sets."""
        situation, part = self._identities.situation(fact), self._identities.part(fact)
        if not voices:
            return _Told(fact, situation, part, (), evidence, fact.certainty, fact.polarity, fact.status, fact)
        found = self._tables.classes[fact.type]
        # what somebody says under a condition has been said; the condition is on its content
        conditional = not found.speaker and any(key == "condition" for key, _ in fact.values)
        default = status or found.default_status
        return _Told(
            fact=fact,
            situation=situation,
            part=part,
            voices=voices,
            evidence=evidence,
            certainty=fact.certainty or "certain",
            polarity=_denied(fact.polarity) if denied else fact.polarity or "positive",
            status=fact.status or ("conditional" if conditional else default),
            origin=fact,
        )

    def _named(self, names: tuple[EntityName, ...]) -> tuple[Term, ...]:
        return tuple([self._scope.entity(name.name) for name in names])

    def _tell(self, told: _Told, within: Sequence[Term] = ()) -> None:
        """Make the nodes of a fact: its claims or proposition, its values, and what it contains."""
        scope, names, part = self._scope, self._identities, told.part
        values: _Values = []
        for word, items in told.fact.values:
            key = self._tables.facts[word]
            make = key.make
            values += [(key, make(value, scope, names, part, place), value) for place, value in enumerate(items, 1)]
        for voice in told.voices:
            self._claims(told, voice, values)
        if not told.voices:
            self._proposition(told, values, within)
        self.nodes += scope.new_mentions((*told.evidence, *told.fact.quotation))
        for key, term, value in values:
            if key.described and isinstance(value, (Time, Quantity, Money)):
                self.nodes.append(Node(term, value_properties(value, scope), scope.graph, value))
            elif key.contains and isinstance(value, (Fact, FactId, SharedKey)):
                self._contained(told, key, value)

    def _claims(self, told: _Told, voice: _Voice, values: _Values) -> None:
        """Make a chain of claims, outermost first; the last one carries the values."""
        tables, sources = self._tables, voice.sources
        last = len(sources) - 1
        about, standing = (terms.ABOUT, told.situation.iri), self._standing(told)
        if voice.within:
            standing = [(terms.WITHIN, voice.within), *standing]
        node = self._claim(told, voice, 0)
        for level, source in enumerate(sources):
            properties: Properties = [_CLAIM, about, (terms.CLAIMANT, source)]
            inner = level == last
            endorsed = told.fact.endorsed if level == 0 else ""
            certainty = told.certainty if inner else endorsed or "underspecified"
            following = node
            if not inner:
                following = self._claim(told, voice, level + 1)
                properties.append((terms.REPORTS, following))
            properties.append(tables.certainty[certainty])
            if inner or endorsed:
                properties.append(tables.polarity[told.polarity])
                if told.status:
                    properties.append(tables.status[told.status])
            if inner:
                properties += self._described(told, values)
            properties += standing
            self.nodes.append(Node(node, properties, self._scope.graph, told.origin))
            self._state(told, node, certainty, values if inner else [], own=level == 0, source=source if inner else "")
            node = following

    def _proposition(self, told: _Told, values: _Values, within: Sequence[Term]) -> None:
        """Make what is put forward without being claimed, with whatever the annotation says of it."""
        node, tables = f"{self._scope.claims}{told.part}>", self._tables
        properties: Properties = [_PROPOSITION, (terms.ABOUT, told.situation.iri)]
        given = ((tables.certainty, told.certainty), (tables.polarity, told.polarity), (tables.status, told.status))
        properties += [pairs[word] for pairs, word in given if word]
        properties += self._described(told, values)
        properties += [(terms.WITHIN, claim) for claim in within]
        properties += [(terms.ATTRIBUTED_TO, source) for source in self._named(told.fact.says)]
        self._state(told, node, "", values, own=False)
        self.nodes.append(Node(node, properties + self._standing(told), self._scope.graph, told.fact))

    def _described(self, told: _Told, values: _Values) -> Properties:
        """Say what the source gives the situation: its class, its label, its values."""
        fact = told.fact
        found: Properties = [self._tables.claimed[fact.type]] if fact.type else []
        found += [(terms.LABEL, literals.labelled(*label)) for label in fact.labels]
        found += [(key.predicate, term) for key, term, _ in values]
        found += [(terms.NOTE, literals.labelled(*note)) for note in fact.notes]
        return found

    def _standing(self, told: _Told) -> Properties:
        """Say where it stands: the spans, and the article even where no span is given."""
        found = self._scope.evidence((*told.evidence, *told.fact.quotation))
        found.append(self._scope.in_article)
        return found

    def _state(self, told: _Told, node: Term, certainty: str, values: _Values, *, own: bool, source: Term = "") -> None:
        situation, fact = told.situation, told.fact
        self.statements.append(
            Statement(
                node,
                situation.iri,
                self._scope.subject,
                situation.key,
                situation.shared,
                fact.type,
                fact.labels,
                own,
                source,
                certainty,
                told.polarity,
                told.status,
                # a key is described if, and only if, its values are times and amounts
                tuple([(key.word, term, value if key.described else None) for key, term, value in values]),  # type: ignore[misc]
            )
        )

    def _contained(self, told: _Told, key: Key, value: Fact | FactId | SharedKey) -> None:
        """Tell what a fact contains: by its speakers where its class conveys it, else by nobody."""
        outer = self._tables.classes[told.fact.type]
        stance = outer.conveys if outer.conveys and key.conveys not in ("", "open") else key.conveys or "open"
        voices = self._speakers(told, outer) if stance != "open" and _takes_place(told) else ()
        denied = stance == "denied"
        if isinstance(value, Fact):
            if value.says:
                says = self._named(value.says)
                voices = tuple([_Voice((*voice.sources, *says), voice.suffix, voice.within) for voice in voices])
            evidence = value.evidence or told.evidence
            inner = self._told(value, voices, evidence, denied=denied, status=outer.content_status)
            self._tell(inner, self._main_claims(told))
        elif voices:
            inner = self._referred(told, key, value, voices, denied=denied)
            for voice in voices:
                self._claims(inner, voice, [])

    def _referred(
        self, told: _Told, key: Key, value: FactId | SharedKey, voices: tuple[_Voice, ...], *, denied: bool
    ) -> _Told:
        """Give what speakers claim of a situation that another fact describes.

        Of a fact of this article, its polarity and status count, as if it stood in place; of a
        shared key nothing is known here, so that the claim has no status.
        """
        situation = self._identities.situation(value)
        # words that no position can be, and that keep keys and ids apart
        named = ("fact", value.id) if isinstance(value, FactId) else ("key", value.key)
        part = ".".join((told.part, *(iri_part(step) for step in (key.word, *named))))
        content_status = self._tables.classes[told.fact.type].content_status
        default = self._tables.classes[situation.type].default_status if situation.type else ""
        return _Told(
            fact=Fact(""),
            situation=situation,
            part=part,
            voices=voices,
            evidence=told.evidence,
            certainty="certain",
            polarity=_denied(situation.polarity) if denied else situation.polarity or "positive",
            status=situation.status or (situation.type and content_status) or default,
            origin=told.fact,
        )

    def _speakers(self, told: _Told, outer: Class) -> tuple[_Voice, ...]:
        """Give the voices of those who convey: each voice of the act, continued by each speaker."""
        names = [value for key, items in told.fact.values if key == outer.speaker for value in items]
        speakers = [name for name in names if isinstance(name, EntityName)]
        several = len(speakers) > 1
        return tuple(
            _Voice(
                (*voice.sources, self._scope.entity(speaker.name)),
                voice.suffix + (f".as-{iri_part(speaker.name)}" if several else ""),
                self._claim(told, voice, len(voice.sources) - 1),
            )
            for voice in told.voices
            for speaker in speakers
        )

    def _claim(self, told: _Told, voice: _Voice, level: int) -> Term:
        """Mint the IRI of a claim of a chain; the last one has no number."""
        number = "" if level == len(voice.sources) - 1 else f".by-{level}"
        return f"{self._scope.claims}{told.part}{voice.suffix}{number}>"

    def _main_claims(self, told: _Told) -> list[Term]:
        """Give the claims, one a voice, or the proposition that carry a fact's values."""
        suffixes = [voice.suffix for voice in told.voices] or [""]
        return [f"{self._scope.claims}{told.part}{suffix}>" for suffix in suffixes]


def _denied(polarity: str) -> str:
    """Give the polarity of what is denied; denying a negative makes a positive."""
    return "positive" if polarity == "negative" else "negative"


def _takes_place(told: _Told) -> bool:
    """Tell whether an act is presented as real, so that what it conveys is indeed conveyed."""
    return told.certainty in _FIRM and told.polarity == "positive" and told.status in _HAPPENING
