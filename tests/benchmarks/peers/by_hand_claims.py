"""What the first peer makes of facts: claims with their chains of attribution, propositions, values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from rdflib import Graph, Literal, URIRef
from tests.benchmarks.peers.by_hand_situations import Situations, Statement
from tests.benchmarks.peers.by_hand_terms import (
    DIP,
    PROV,
    RDF,
    RDFS,
    SKOS,
    add_amount,
    add_labels,
    add_time,
    labels,
    node,
    values,
)
from tests.benchmarks.peers.model import DEFAULTS, LASTING, LISTS, META, OPEN, SITUATIONS, SPEAKER


class Voice(NamedTuple):
    """A chain of sources that tells a fact."""

    sources: tuple[URIRef, ...]
    suffix: str = ""
    within: URIRef | None = None


class Told(NamedTuple):
    """A fact with what its surroundings give it."""

    fact: dict[str, Any]
    type: str
    part: str
    voices: list[Voice]
    evidence: list[str]
    certainty: str
    polarity: str
    status: str
    situation: URIRef
    key: str


class Article(NamedTuple):
    """What all claims of an article share; `mention` describes a span and gives its IRI."""

    iri: URIRef
    part: str
    language: str
    own: dict[str, URIRef]
    mention: Callable[[str], URIRef]


class Claims:
    """The claims of one article."""

    def __init__(self, graph: Graph, article: Article, situations: Situations) -> None:
        self.graph = graph
        self.shared = article
        self.article = article.iri
        self.article_part = article.part
        self.language = article.language
        self.situations = situations
        self.facts: dict[str, dict[str, Any]] = {}

    def tell_all(self, facts: list[dict[str, Any]]) -> None:
        """Add the claims of all facts."""
        self.facts = {fact["id"]: fact for fact in facts}
        for fact in facts:
            sources = (self.article, *map(self.entity, values(fact.get("says", []))))
            self.tell(self.told(fact, fact["type"], fact["id"], [Voice(sources)], values(fact["evidence"])), [])

    def entity(self, name: str) -> URIRef:
        """Give the IRI of an entity."""
        return self.shared.own.get(name) or node("entity", name)

    def told(  # noqa: PLR0913 - all that surrounds a fact
        self,
        fact: dict[str, Any],
        kind: str,
        part: str,
        voices: list[Voice],
        evidence: list[str],
        *,
        denied: bool = False,
        status: str = "",
    ) -> Told:
        """Fill in what a fact leaves out."""
        situation = (
            node("situation", fact["about"])
            if "about" in fact
            else node("situation", self.article_part, *part.split("."))
        )
        certainty, polarity, given = (fact.get(key, "") for key in ("certainty", "polarity", "status"))
        if voices:
            certainty = certainty or "certain"
            polarity = denial(polarity) if denied else polarity or "positive"
            conditional = "condition" in fact and kind not in SPEAKER
            given = given or ("conditional" if conditional else status or ("ongoing" if kind in LASTING else "past"))
        key = fact.get("about", part)
        return Told(fact, kind, part, voices, evidence, certainty, polarity, given, situation, key)

    def tell(self, told: Told, within: list[URIRef]) -> None:
        """Add the claims of a fact, or its proposition, with its values and all that is in it."""
        for voice in told.voices:
            self.claim(told, voice)
        if not told.voices:
            subject = node("claim", self.article_part, *told.part.split("."))
            self.graph.add((subject, RDF.type, DIP.Proposition))
            for claim in within:
                self.graph.add((subject, DIP.within, claim))
            for source in values(told.fact.get("says", [])):
                self.graph.add((subject, PROV.wasAttributedTo, self.entity(source)))
            self.stand(subject, told)
            self.qualify(subject, told, told.certainty)
            self.describe(subject, told)
            self.situations.state(
                Statement(told.situation, told.key, self.article, told.type, tuple(labels(told.fact.get("label", {}))))
            )
        for key, given in told.fact.items():
            if key in META:
                continue
            for place, value in enumerate(values(given), 1):
                self.add_value(told, key, place, value)

    def claim(self, told: Told, voice: Voice, *, valued: bool = True) -> None:
        """Add a chain of claims, each of which reports the next."""
        last = len(voice.sources) - 1
        for level, source in enumerate(voice.sources):
            subject = self.iri(told, voice, level)
            endorsed = told.fact.get("endorsed", "") if level == 0 and level < last else ""
            certainty = told.certainty if level == last else endorsed or "underspecified"
            self.graph.add((subject, RDF.type, DIP.Claim))
            self.graph.add((subject, DIP.claimant, source))
            if level < last:
                self.graph.add((subject, DIP.reports, self.iri(told, voice, level + 1)))
            if voice.within is not None:
                self.graph.add((subject, DIP.within, voice.within))
            self.stand(subject, told)
            said = told if level == last or endorsed else told._replace(polarity="", status="")
            self.qualify(subject, said, certainty)
            if level == last and valued:
                self.describe(subject, told)
            names = tuple(labels(told.fact.get("label", {})))
            self.situations.state(
                Statement(
                    told.situation,
                    told.key,
                    self.article,
                    told.type if valued else "",
                    names if valued else (),
                    source if level == last else None,
                    level == 0,
                    certainty,
                    told.polarity,
                    told.status,
                )
            )

    def iri(self, told: Told, voice: Voice, level: int) -> URIRef:
        """Give the IRI of a claim of a chain."""
        last = level == len(voice.sources) - 1
        return URIRef(
            str(node("claim", self.article_part, *told.part.split(".")))
            + voice.suffix
            + ("" if last else f".by-{level}")
        )

    def stand(self, subject: URIRef, told: Told) -> None:
        """Say what a claim is about, and where it stands."""
        self.graph.add((subject, DIP.about, told.situation))
        self.graph.add((subject, PROV.hadPrimarySource, self.article))
        for span in told.evidence:
            self.graph.add((subject, DIP.evidence, self.shared.mention(span)))
        for span in told.fact.get("quotation", []):
            quotation = self.shared.mention(span)
            self.graph.add((quotation, RDF.type, DIP.Quotation))
            self.graph.add((subject, DIP.evidence, quotation))

    def qualify(self, subject: URIRef, told: Told, certainty: str) -> None:
        """Say how sure a claim is."""
        for key, word in (("certainty", certainty), ("polarity", told.polarity), ("status", told.status)):
            if word:
                self.graph.add((subject, DIP[key], DIP[f"{key}-{word}"]))

    def describe(self, subject: URIRef, told: Told) -> None:
        """Say what a claim gives its situation."""
        self.graph.add((subject, DIP.claimedType, DIP[told.type]))
        add_labels(self.graph, subject, RDFS.label, told.fact.get("label", {}))
        add_labels(self.graph, subject, SKOS.note, told.fact.get("note", {}))
        for words in values(told.fact.get("wording", [])):
            self.graph.add((subject, DIP.wording, Literal(words, lang=self.language)))
        for key, given in told.fact.items():
            if key not in META:
                for place, value in enumerate(values(given), 1):
                    self.graph.add((subject, DIP[key], self.term(told, key, place, value)))

    def term(self, told: Told, key: str, place: int, value: Any) -> URIRef:
        """Give what stands for a value on a claim."""
        if key in LISTS:
            return DIP[f"{key}-{value}"]
        if key in SITUATIONS:
            part = self.nested_part(told, key, place)
            about = self.facts[value].get("about") if isinstance(value, str) else value.get("about")
            if about:
                return node("situation", about)
            return node("situation", self.article_part, *([value] if isinstance(value, str) else part.split(".")))
        return (
            self.entity(value)
            if isinstance(value, str)
            else node("value", self.article_part, *told.part.split("."), key, str(place))
        )

    def nested_part(self, told: Told, key: str, place: int) -> str:
        """Name what is nested in a fact."""
        return f"{told.part}.{key}.{place}"

    def add_value(self, told: Told, key: str, place: int, value: Any) -> None:
        """Describe a time, an amount, or a situation in a fact."""
        if key in SITUATIONS:
            self.contain(told, key, place, value)
        elif isinstance(value, dict):
            add = add_time if key in ("time", "deferredUntil") else add_amount
            add(self.graph, self.term(told, key, place, value), value, self.language)

    def contain(self, told: Told, key: str, place: int, value: Any) -> None:
        """Tell what a fact contains: by its speakers where it conveys it, else by nobody."""
        denied = key == "denies" or (key in ("content", "allegation") and told.type == "Denial")
        conveyed = denied or (key in ("content", "allegation") and told.type not in OPEN)
        real = (
            told.certainty in ("certain", "probable")
            and told.polarity == "positive"
            and told.status in ("past", "ongoing", "habitual")
        )
        voices = self.speakers(told) if conveyed and real and told.voices else []
        hypothetical = "hypothetical" if told.type in ("Warning", "Threat") else ""
        if isinstance(value, dict) and value.keys() != {"about"}:
            voices = [
                voice._replace(sources=(*voice.sources, *map(self.entity, values(value.get("says", [])))))
                for voice in voices
            ]
            part = self.nested_part(told, key, place)
            kind = value.get("type") or DEFAULTS[key]
            evidence = values(value.get("evidence", told.evidence))
            inner = self.told(value, kind, part, voices, evidence, denied=denied, status=hypothetical)
            suffixes = [voice.suffix for voice in told.voices] or [""]
            base = str(node("claim", self.article_part, *told.part.split(".")))
            self.tell(inner, [URIRef(base + suffix) for suffix in suffixes])
            return
        self.refer(told, key, value, voices, denied=denied, status=hypothetical)

    def refer(self, told: Told, key: str, value: Any, voices: list[Voice], *, denied: bool, status: str) -> None:
        """Add what speakers claim of a situation that another fact describes."""
        meant = self.facts[value] if isinstance(value, str) else {}
        polarity = denial(meant.get("polarity", "")) if denied else meant.get("polarity", "positive")
        kind = meant.get("type", "")
        default = ("ongoing" if kind in LASTING else "past") if kind else ""
        steps = ("fact", value) if isinstance(value, str) else ("key", value["about"])
        about = meant.get("about") if isinstance(value, str) else value["about"]
        situation = node("situation", about) if about else node("situation", self.article_part, str(value))
        inner = Told(
            fact={},
            type="",
            part=".".join((told.part, key, *steps)),
            voices=voices,
            evidence=told.evidence,
            certainty="certain",
            polarity=polarity,
            status=meant.get("status", "") or (status if kind else "") or default,
            situation=situation,
            key=about or str(value),
        )
        for voice in voices:
            self.claim(inner, voice, valued=False)

    def speakers(self, told: Told) -> list[Voice]:
        """Give the voices of those who say it: each voice of the act, continued by each speaker."""
        names = values(told.fact.get(SPEAKER.get(told.type, ""), []))
        return [
            Voice(
                (*voice.sources, self.entity(name)),
                voice.suffix + (f".as-{name}" if len(names) > 1 else ""),
                self.iri(told, voice, len(voice.sources) - 1),
            )
            for voice in told.voices
            for name in names
        ]


def denial(polarity: str) -> str:
    """Give the polarity of what is denied."""
    return "positive" if polarity == "negative" else "negative"
