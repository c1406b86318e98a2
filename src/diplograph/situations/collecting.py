"""Collecting statements by situation, and describing each situation when it is complete.

A situation that only one article can have is complete with the article; one with a shared key
when all articles have been seen.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from diplograph.mapping import terms
from diplograph.mapping.nodes import Node
from diplograph.situations import agreement
from diplograph.situations.conflicts import Clash, Holding, Links, clashes, holdings, incompatible
from diplograph.situations.corroboration import corroboration
from diplograph.situations.occurrence import occurrence, opposed
from diplograph.values import literals
from diplograph.values.identifiers import iri_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyoxigraph import NamedNode

    from diplograph.mapping.iris import Iris
    from diplograph.mapping.nodes import Properties
    from diplograph.mapping.statements import Statement
    from diplograph.vocabulary import Vocabulary


class Situations:
    """The situations of a data set, described as they become complete."""

    def __init__(self, vocabulary: Vocabulary, iris: Iris) -> None:
        self._vocabulary = vocabulary
        self._iris = iris
        self._graph = iris.graph("situations")
        self._shared: dict[str, list[Statement]] = defaultdict(list)
        self._holdings: list[Holding] = []
        polarity = vocabulary.properties.get(terms.POLARITY.value)
        self._opposable = polarity is not None and "opposite-factuality" in polarity.conflicts
        self.links = Links(vocabulary)

    def add(self, statements: Iterable[Statement]) -> Iterator[Node]:
        """Take an article's statements; describe the situations that are the article's alone."""
        own: dict[str, list[Statement]] = defaultdict(list)
        for statement in statements:
            self._holdings += holdings((statement,), self._vocabulary)
            (self._shared if statement.shared else own)[statement.key].append(statement)
        for found in own.values():
            yield from self._describe(found)

    def finish(self) -> Iterator[Node]:
        """Describe the situations that articles share, by key, and conflicts across situations."""
        for _, found in sorted(self._shared.items()):
            yield from self._describe(found)
        groups = incompatible(
            sorted(self._holdings, key=lambda held: held.claim.node.value), self._vocabulary, self.links
        )
        for group in groups:
            yield self._across(group)

    def _describe(self, found: list[Statement]) -> Iterator[Node]:
        """Describe one situation, and the conflicts of its claims."""
        statements = sorted(found, key=lambda statement: statement.node.value)
        occurred = occurrence(statements)
        conflicts = clashes(statements, self._vocabulary, self.links)
        disputed = {clash.word for clash in conflicts}
        label = agreement.label(statements, self._vocabulary)
        first = statements[0]
        properties: Properties = [(terms.TYPE, iri) for iri in self._types(statements)]
        properties.append((terms.LABEL, literals.labelled(*label)))
        properties.append((terms.IDENTIFIER, Literal(first.key)))
        properties.append((terms.OCCURRENCE, self._vocabulary.lists["occurrence"][occurred]))
        vouching = corroboration(statements)
        properties.append((terms.ARTICLE_COUNT, literals.typed(str(vouching.articles), literals.INTEGER)))
        properties.append((terms.SOURCE_COUNT, literals.typed(str(vouching.sources), literals.INTEGER)))
        for word, term in agreement.agreed_values(statements, disputed, self._vocabulary):
            properties.append((self._vocabulary.facts[word].iri, term))
        earliest, latest = agreement.first_and_last_day(statements, disputed="time" in disputed)
        properties += [(terms.EARLIEST, literals.typed(earliest, literals.DATE))] if earliest else []
        properties += [(terms.LATEST, literals.typed(latest, literals.DATE))] if latest else []
        yield Node(first.situation, properties, self._graph, tuple(statements))
        if self._opposable and (opposite := opposed(statements)):
            conflicts.append(Clash("polarity", tuple(opposite)))
        for clash in conflicts:
            yield self._conflict(clash, first, label[0])

    def _types(self, statements: Sequence[Statement]) -> list[NamedNode]:
        names = sorted({statement.type for statement in statements if statement.type})
        return [self._vocabulary.classes[name].iri for name in names]

    def _conflict(self, clash: Clash, first: Statement, label: str) -> Node:
        part = first.situation.value.removeprefix(f"{self._iris.base}situation/")
        subject = self._iris.node("conflict", part, iri_part(clash.word))
        return self._conflict_node(subject, clash.word, [first.situation], clash.claims, f"{clash.word}: {label}")

    def _across(self, group: tuple[Holding, ...]) -> Node:
        """Describe a conflict between claims on several situations."""
        word, shared = group[0].word, group[0].shared.value.rpartition("/")[2]
        subject = self._iris.node("conflict", "across", shared, iri_part(word))
        situations = sorted({holding.claim.situation for holding in group}, key=lambda iri: iri.value)
        return self._conflict_node(subject, word, situations, tuple(held.claim for held in group), f"{word}: {shared}")

    def _conflict_node(
        self, subject: NamedNode, word: str, about: list[NamedNode], claims: tuple[Statement, ...], label: str
    ) -> Node:
        on = self._vocabulary.facts[word].iri if word in self._vocabulary.facts else terms.POLARITY
        properties: Properties = [(terms.TYPE, terms.CONFLICT), (terms.LABEL, Literal(label))]
        properties += [(terms.ABOUT, iri) for iri in about]
        properties.append((terms.CONFLICT_ON, on))
        nodes = sorted({claim.node for claim in claims}, key=lambda iri: iri.value)
        properties += [(terms.CONFLICTING_CLAIM, node) for node in nodes]
        return Node(subject, properties, self._graph, claims)
