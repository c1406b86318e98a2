"""Describing situations: each when all its statements are there, and the conflicts of its claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diplograph.mapping import terms
from diplograph.mapping.nodes import Node
from diplograph.situations import agreement
from diplograph.situations.conflicts import Clash, Holding, clashes, incompatible
from diplograph.situations.corroboration import corroboration
from diplograph.situations.occurrence import occurrence, opposed
from diplograph.values import literals
from diplograph.values.identifiers import iri_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diplograph.mapping.iris import Iris
    from diplograph.mapping.nodes import Properties, Term
    from diplograph.mapping.statements import Statement
    from diplograph.situations.links import Links
    from diplograph.vocabulary import Vocabulary


class Describer:
    """Describes situations and conflicts; made of the ontology once for a run."""

    def __init__(self, vocabulary: Vocabulary, iris: Iris) -> None:
        self._vocabulary = vocabulary
        self._iris = iris
        self._graph = iris.graph("situations")
        self._classes = {name: (terms.TYPE, f"<{found.iri.value}>") for name, found in vocabulary.classes.items()}
        words = vocabulary.lists.get("occurrence", {})
        self._occurrence = {word: (terms.OCCURRENCE, f"<{iri.value}>") for word, iri in words.items()}
        self._predicates = {word: f"<{prop.iri.value}>" for word, prop in vocabulary.facts.items()}
        standing = (word for word, prop in vocabulary.facts.items() if prop.kind != "text")
        self._ranks = {word: rank for rank, word in enumerate(standing)}
        self._conflicting = {word: prop for word, prop in vocabulary.facts.items() if prop.conflicts}
        polarity = vocabulary.properties.get(terms.POLARITY[1:-1])
        self._opposable = polarity is not None and "opposite-factuality" in polarity.conflicts

    def describe(self, found: Sequence[Statement], links: Links) -> Iterator[Node]:
        """Describe one situation from all its statements, and the conflicts of its claims."""
        statements = found if len(found) == 1 else sorted(found, key=lambda statement: statement.node[:-1])
        first = statements[0]
        conflicts = clashes(statements, self._conflicting, links)
        disputed = {clash.word for clash in conflicts}
        label = agreement.label(statements, self._vocabulary)
        vouching = corroboration(statements)
        properties: Properties = [self._classes[name] for name in sorted({one.type for one in statements if one.type})]
        properties += (
            (terms.LABEL, literals.labelled(*label)),
            (terms.IDENTIFIER, literals.plain(first.key)),
            self._occurrence[occurrence(statements)],
            (terms.ARTICLE_COUNT, literals.integer(vouching.articles)),
            (terms.SOURCE_COUNT, literals.integer(vouching.sources)),
        )
        for word, term in agreement.agreed_values(statements, disputed, self._ranks):
            properties.append((self._predicates[word], term))
        earliest, latest = agreement.first_and_last_day(statements, disputed="time" in disputed)
        properties += [(terms.EARLIEST, literals.date(earliest))] if earliest else []
        properties += [(terms.LATEST, literals.date(latest))] if latest else []
        yield Node(first.situation, properties, self._graph, tuple(statements))
        if self._opposable and len(statements) > 1 and (opposite := opposed(statements)):
            conflicts.append(Clash("polarity", tuple(opposite)))
        for clash in conflicts:
            yield self._conflict(clash, first, label[0])

    def across(self, holdings: Sequence[Holding], links: Links) -> Iterator[Node]:
        """Describe the conflicts between claims on several situations."""
        ordered = sorted(holdings, key=lambda held: held.claim.node[:-1])
        for group in incompatible(ordered, self._vocabulary, links):
            word, shared = group[0].word, group[0].shared.rpartition("/")[2].removesuffix(">")
            subject = self._iris.node("conflict", "across", shared, iri_part(word))
            situations = sorted({holding.claim.situation for holding in group}, key=lambda iri: iri[:-1])
            claims = tuple(held.claim for held in group)
            yield self._conflict_node(subject, word, situations, claims, f"{word}: {shared}")

    def _conflict(self, clash: Clash, first: Statement, label: str) -> Node:
        part = first.situation.removeprefix(f"<{self._iris.base}situation/").removesuffix(">")
        subject = self._iris.node("conflict", part, iri_part(clash.word))
        return self._conflict_node(subject, clash.word, [first.situation], clash.claims, f"{clash.word}: {label}")

    def _conflict_node(
        self, subject: Term, word: str, about: list[Term], claims: tuple[Statement, ...], label: str
    ) -> Node:
        properties: Properties = [(terms.TYPE, terms.CONFLICT), (terms.LABEL, literals.plain(label))]
        properties += [(terms.ABOUT, iri) for iri in about]
        properties.append((terms.CONFLICT_ON, self._predicates.get(word, terms.POLARITY)))
        properties += [
            (terms.CONFLICTING_CLAIM, node)
            for node in sorted({claim.node for claim in claims}, key=lambda node: node[:-1])
        ]
        return Node(subject, properties, self._graph, claims)
