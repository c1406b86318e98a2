"""Facts: claims with their chains of attribution, and propositions that nobody claims.

A fact is told by one or more voices. A voice is a chain of sources, outermost first, starting
with the article. Each source of a chain gets a claim; each claim reports the next, and the last
carries the values. What an act conveys is told by its speakers as further voices; what an act
only asks for, promises, permits or ties itself to is told by none, and becomes a proposition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct
from pyoxigraph import NamedNode

from diplograph.annotations import EntityName, Fact, FactId, SharedKey, Text, Value, Word
from diplograph.mapping import terms
from diplograph.mapping.entities import text_literal
from diplograph.mapping.identity import Identities, Situation
from diplograph.mapping.nodes import Node, Properties, Term
from diplograph.mapping.statements import Statement
from diplograph.mapping.values import value_properties
from diplograph.values import literals
from diplograph.values.identifiers import iri_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diplograph.annotations import Span
    from diplograph.mapping.scope import Scope
    from diplograph.vocabulary import Class, Property

_HAPPENING: Final = ("past", "ongoing", "habitual")
_FIRM: Final = ("certain", "probable")
_Values: TypeAlias = list[tuple[str, Term, Value]]


class _Voice(Struct, frozen=True):
    """A chain of sources that tells a fact; `suffix` tells the claims of several voices apart."""

    sources: tuple[NamedNode, ...]
    suffix: str = ""
    within: NamedNode | None = None


class _Told(Struct, frozen=True):
    """A fact as it is told: its situation, its part of IRIs, its voices, all defaults filled in.

    Without voices it is a proposition, and `certainty`, `polarity` and `status` are only what
    the annotation says. `origin` is the fact that refers to the situation where none describes it.
    """

    fact: Fact
    situation: Situation
    part: str
    voices: tuple[_Voice, ...]
    evidence: tuple[Span, ...]
    certainty: str
    polarity: str
    status: str
    origin: Fact | None = None


class FactMapper:
    """Maps the facts of one article, in order; collects their statements."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._vocabulary = scope.vocabulary
        self._identities = Identities(scope)
        self.statements: list[Statement] = []

    def nodes_of(self, fact: Fact) -> Iterator[Node]:
        """Map a fact of the article, with all that is nested in it."""
        voice = _Voice((self._scope.subject, *self._named(fact.says)))
        yield from self._tell(self._told(fact, (voice,), fact.evidence))

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
            return _Told(fact, situation, part, (), evidence, fact.certainty, fact.polarity, fact.status)
        found = self._vocabulary.classes[fact.type]
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
        )

    def _named(self, names: tuple[EntityName, ...]) -> tuple[NamedNode, ...]:
        return tuple(self._scope.entity(name.name) for name in names)

    def _tell(self, told: _Told, within: Sequence[NamedNode] = ()) -> Iterator[Node]:
        """Give the nodes of a fact: its claims or proposition, its values, and what it contains."""
        values = [
            (key, self._term(value, told.part, key, place), value)
            for key, items in told.fact.values
            for place, value in enumerate(items, start=1)
        ]
        for voice in told.voices:
            yield from self._claims(told, voice, values)
        if not told.voices:
            yield self._proposition(told, values, within)
        yield from self._scope.new_mentions((*told.evidence, *told.fact.quotation))
        for key, term, value in values:
            properties = value_properties(value, self._scope)
            if properties and isinstance(term, NamedNode):
                yield Node(term, properties, self._scope.graph, value)
            elif isinstance(value, (Fact, FactId, SharedKey)):
                yield from self._contained(told, self._vocabulary.facts[key], value)

    def _claims(self, told: _Told, voice: _Voice, values: _Values) -> Iterator[Node]:
        """Give a chain of claims, outermost first; the last one carries the values."""
        lists, last = self._vocabulary.lists, len(voice.sources) - 1
        for level, source in enumerate(voice.sources):
            endorsed = told.fact.endorsed if level == 0 else ""
            certainty = told.certainty if level == last else endorsed or "underspecified"
            node = self._claim(told, voice, level)
            properties: Properties = [(terms.TYPE, terms.CLAIM), (terms.ABOUT, told.situation.iri)]
            properties.append((terms.CLAIMANT, source))
            if level < last:
                properties.append((terms.REPORTS, self._claim(told, voice, level + 1)))
            properties.append((terms.CERTAINTY, lists["certainty"][certainty]))
            if level == last or endorsed:
                properties.append((terms.POLARITY, lists["polarity"][told.polarity]))
                properties += [(terms.STATUS, lists["status"][told.status])] if told.status else []
            if level == last:
                properties += self._described(told, values)
            if voice.within is not None:
                properties.append((terms.WITHIN, voice.within))
            yield Node(node, properties + self._standing(told), self._scope.graph, told.origin or told.fact)
            first_source = source if level == last else None
            self._state(told, node, certainty, values if level == last else [], own=level == 0, source=first_source)

    def _proposition(self, told: _Told, values: _Values, within: Sequence[NamedNode]) -> Node:
        """Give what is put forward without being claimed, with whatever the annotation says of it."""
        node = self._scope.node("claim", told.part)
        properties: Properties = [(terms.TYPE, terms.PROPOSITION), (terms.ABOUT, told.situation.iri)]
        given = (("certainty", terms.CERTAINTY), ("polarity", terms.POLARITY), ("status", terms.STATUS))
        for name, predicate in given:
            word = getattr(told, name)
            properties += [(predicate, self._vocabulary.lists[name][word])] if word else []
        properties += self._described(told, values)
        properties += [(terms.WITHIN, claim) for claim in within]
        properties += [(terms.ATTRIBUTED_TO, source) for source in self._named(told.fact.says)]
        self._state(told, node, "", values, own=False)
        return Node(node, properties + self._standing(told), self._scope.graph, told.fact)

    def _described(self, told: _Told, values: _Values) -> Properties:
        """Say what the source gives the situation: its class, its label, its values."""
        found: Properties = []
        if told.fact.type:
            found.append((terms.CLAIMED_TYPE, self._vocabulary.classes[told.fact.type].iri))
        found += [(terms.LABEL, literals.labelled(*label)) for label in told.fact.labels]
        found += [(self._vocabulary.facts[key].iri, term) for key, term, _ in values]
        return found + [(terms.NOTE, literals.labelled(*note)) for note in told.fact.notes]

    def _standing(self, told: _Told) -> Properties:
        """Say where it stands: the spans, and the article even where no span is given."""
        spans = dict.fromkeys(self._scope.mentions((*told.evidence, *told.fact.quotation)))
        return [*((terms.EVIDENCE, span) for span in spans), (terms.IN_ARTICLE, self._scope.subject)]

    def _state(
        self,
        told: _Told,
        node: NamedNode,
        certainty: str,
        values: _Values,
        *,
        own: bool,
        source: NamedNode | None = None,
    ) -> None:
        self.statements.append(
            Statement(
                node=node,
                situation=told.situation.iri,
                article=self._scope.subject,
                key=told.situation.key,
                shared=told.situation.shared,
                type=told.fact.type,
                labels=told.fact.labels,
                own=own,
                first_source=source,
                certainty=certainty,
                polarity=told.polarity,
                status=told.status,
                values=tuple(values),
                origin=told.origin or told.fact,
            )
        )

    def _contained(self, told: _Told, found: Property, value: Fact | FactId | SharedKey) -> Iterator[Node]:
        """Tell what a fact contains: by its speakers where its class conveys it, else by nobody."""
        outer = self._vocabulary.classes[told.fact.type]
        stance = outer.conveys if outer.conveys and found.conveys not in ("", "open") else found.conveys or "open"
        voices = self._speakers(told, outer) if stance != "open" and _takes_place(told) else ()
        denied = stance == "denied"
        if isinstance(value, Fact):
            voices = tuple(
                _Voice((*voice.sources, *self._named(value.says)), voice.suffix, voice.within) for voice in voices
            )
            evidence = value.evidence or told.evidence
            inner = self._told(value, voices, evidence, denied=denied, status=outer.content_status)
            yield from self._tell(inner, self._main_claims(told))
            return
        inner = self._referred(told, found, value, voices, denied=denied)
        for voice in voices:
            yield from self._claims(inner, voice, [])

    def _referred(
        self, told: _Told, found: Property, value: FactId | SharedKey, voices: tuple[_Voice, ...], *, denied: bool
    ) -> _Told:
        """Give what speakers claim of a situation that another fact describes.

        Of a fact of this article, its polarity and status count, as if it stood in place; of a
        shared key nothing is known here, so that the claim has no status.
        """
        situation = self._identities.situation(value)
        fact = Fact(situation.type, polarity=situation.polarity, status=situation.status)
        # words that no position can be, and that keep keys and ids apart
        named = ("fact", value.id) if isinstance(value, FactId) else ("key", value.key)
        part = ".".join((told.part, *(iri_part(step) for step in (found.word, *named))))
        content_status = self._vocabulary.classes[told.fact.type].content_status
        default = self._vocabulary.classes[fact.type].default_status if fact.type else ""
        return _Told(
            fact=Fact(""),
            situation=situation,
            part=part,
            voices=voices,
            evidence=told.evidence,
            certainty="certain",
            polarity=_denied(fact.polarity) if denied else fact.polarity or "positive",
            status=fact.status or (fact.type and content_status) or default,
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

    def _claim(self, told: _Told, voice: _Voice, level: int) -> NamedNode:
        """Mint the IRI of a claim of a chain; the last one has no number."""
        inner = level == len(voice.sources) - 1
        return self._scope.node("claim", told.part + voice.suffix + ("" if inner else f".by-{level}"))

    def _main_claims(self, told: _Told) -> list[NamedNode]:
        """Give the claims, one a voice, or the proposition that carry a fact's values."""
        suffixes = [voice.suffix for voice in told.voices] or [""]
        return [self._scope.node("claim", told.part + suffix) for suffix in suffixes]

    def _term(self, value: Value, part: str, key: str, place: int) -> Term:
        """Give the term that stands for a value on the claim."""
        if isinstance(value, EntityName):
            return self._scope.entity(value.name)
        if isinstance(value, Word):
            return self._vocabulary.lists[self._vocabulary.facts[key].value_list][value.word]
        if isinstance(value, (Fact, FactId, SharedKey)):
            return self._identities.situation(value).iri
        if isinstance(value, Text):
            datatype = self._vocabulary.facts[key].range
            return self._scope.text(value.label) if datatype == literals.LANG_STRING else text_literal(value, datatype)
        return self._scope.node("value", part, iri_part(key), str(place))


def _denied(polarity: str) -> str:
    """Give the polarity of what is denied; denying a negative makes a positive."""
    return "positive" if polarity == "negative" else "negative"


def _takes_place(told: _Told) -> bool:
    """Tell whether an act is presented as real, so that what it conveys is indeed conveyed."""
    return told.certainty in _FIRM and told.polarity == "positive" and told.status in _HAPPENING
