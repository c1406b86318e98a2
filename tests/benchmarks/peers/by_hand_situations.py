"""What the first peer makes of situations: their classes, label, identifier, occurrence and counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from rdflib import Graph, Literal, URIRef
from tests.benchmarks.peers.by_hand_terms import DCTERMS, DIP, RDF, RDFS


class Statement(NamedTuple):
    """What a claim or proposition says of its situation; `certainty` is empty for a proposition."""

    situation: URIRef
    key: str
    article: URIRef
    type: str
    labels: tuple[tuple[str, str], ...]
    first_source: URIRef | None = None
    own: bool = False
    certainty: str = ""
    polarity: str = ""
    status: str = ""

    def holds(self, polarity: str, *statuses: str) -> bool:
        """Tell whether the source says firmly that it is so, or that it is not."""
        firm = self.certainty in ("certain", "probable")
        return firm and self.polarity == polarity and self.status in statuses


class Situations:
    """All statements by situation."""

    def __init__(self) -> None:
        self._statements: defaultdict[URIRef, list[Statement]] = defaultdict(list)

    def state(self, statement: Statement) -> None:
        """Keep a statement."""
        self._statements[statement.situation].append(statement)

    def add_to(self, graph: Graph) -> None:
        """Describe all situations."""
        for situation, statements in self._statements.items():
            for kind in {found.type for found in statements if found.type}:
                graph.add((situation, RDF.type, DIP[kind]))
            counts = Counter(label for found in statements for label in found.labels)
            text, language = min(counts, key=lambda label: (-counts[label], label))
            graph.add((situation, RDFS.label, Literal(text, lang=language or None)))
            graph.add((situation, DCTERMS.identifier, Literal(statements[0].key)))
            graph.add((situation, DIP.occurrence, DIP[f"occurrence-{occurrence(statements)}"]))
            affirming = [
                s for s in statements if s.certainty not in ("", "underspecified") and s.polarity == "positive"
            ]
            articles = {found.article for found in affirming}
            sources = {found.first_source for found in affirming if found.first_source}
            graph.add((situation, DIP.articleCount, Literal(len(articles))))
            graph.add((situation, DIP.sourceCount, Literal(len(sources))))


def occurrence(statements: list[Statement]) -> str:
    """Decide whether a situation came about: the first rule that holds."""
    told = [found for found in statements if found.certainty not in ("", "underspecified")]
    happening = ("past", "habitual", "ongoing")
    against = [s for s in told if s.holds("negative", *happening, "planned", "")]
    certain = [s for s in told if s.certainty == "certain"]
    happened = any(s.holds("positive", *happening) for s in told)
    planned = any(s.holds("positive", "planned") for s in told)
    rules = {
        "disputed": (against and happened) or (planned and any(s.status == "planned" for s in against)),
        "not-occurred": any(s.own for s in against),
        "denied": against,
        "occurred": any(s.own and s.holds("positive", "past", "habitual") for s in certain),
        "ongoing": any(s.own and s.holds("positive", "ongoing") for s in certain),
        "reported": any(s.holds("positive", *happening) for s in certain),
        "planned": planned,
        "conditional": any(s.holds("positive", "conditional") for s in told),
        "hypothetical": any(s.holds("positive", "hypothetical") for s in told),
        "possible": any(s.certainty != "certain" for s in told),
    }
    return next((name for name, holds in rules.items() if holds), "open")
