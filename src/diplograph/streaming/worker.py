"""A worker: reads articles, maps them, describes what is complete, screens it, and writes it as text.

The same worker does all tasks of a small run, and a copy of it in each process those of a large one.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

from diplograph.mapping import terms
from diplograph.mapping.articles import map_article
from diplograph.mapping.nodes import Node
from diplograph.mapping.tables import Tables
from diplograph.reading.corpus import TELLING
from diplograph.situations.conflicts import holdings
from diplograph.situations.describing import Describer
from diplograph.situations.links import Links
from diplograph.streaming.entities import Entities
from diplograph.streaming.records import decoded, encoded, packed
from diplograph.streaming.tasks import Batch, Claimed, Classes, Groups, Held, Needed, Outcome, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diplograph.mapping.articles import ArticleGraph
    from diplograph.mapping.iris import Iris
    from diplograph.mapping.statements import Statement
    from diplograph.reading.corpus import Corpus
    from diplograph.streaming.screening import Screening
    from diplograph.writing.serialising import Writer

Sheaf: TypeAlias = tuple[str, list[Node]]
"""What belongs together, under the IRI of the article, situation or entity that it is about, or none."""

_HINTS: Final = 100
_LATER_HINTS: Final = 3
"""For how many unknown words the first batch, and each later one, looks for what may have been meant."""

_WHOLE: Final = frozenset((terms.TYPE, terms.ABOUT, terms.IN_ARTICLE))
"""The properties of which the context of situations has all values: what claims are, and are about, and where."""

WHOLE_ACROSS: Final = _WHOLE - {terms.TYPE}


class Worker:
    """Does tasks with one corpus's vocabulary and registers.

    Without a writer no text is made; without a screen, nothing is screened. With `counting`, outcomes
    tell which classes and properties are used.
    """

    def __init__(
        self,
        corpus: Corpus,
        iris: Iris,
        writer: Writer | None = None,
        screening: Screening | None = None,
        *,
        counting: bool = False,
        parts: int = 0,
    ) -> None:
        self._corpus = corpus
        self._iris = iris
        self._writer = writer
        self._screening = screening
        self._screen = screening.screen if screening else None
        self._counting = counting
        self._parts = parts
        self.tables = Tables(corpus.vocabulary)
        self.describer = Describer(corpus.vocabulary, iris)
        self.links = Links.of(corpus.vocabulary)
        self._entities = Entities(corpus, iris, self.tables)
        self._watched: set[str] = set()
        self._above = {
            f"<{found.iri.value}>": frozenset(
                f"<{corpus.vocabulary.classes[name].iri.value}>"
                for name in found.ancestors
                if name in corpus.vocabulary.classes
            )
            for found in corpus.vocabulary.classes.values()
        }

    @property
    def joining(self) -> frozenset[str]:
        """The properties by whose values shapes find other nodes."""
        return self._screening.reach.joining if self._screening else frozenset()

    def run(self, task: Task) -> Outcome:
        """Do one task."""
        return self._batch(task) if isinstance(task, Batch) else self._groups(task)

    def take_over(self, corpus: Corpus) -> None:
        """Take over the registers that a corpus has read."""
        self._corpus.take_over(corpus)
        self.learn()

    def learn(self) -> None:
        """Take in the entities of registers that have been read since the last time."""
        nodes = self._entities.new()
        if nodes:
            self.links.add(self.links.ties(nodes))
            if self._screening is not None:
                self._screening.screen.add_background([(node.subject, node.properties) for node in nodes])
                self._watched |= {node.subject for node in nodes if self._is_watched(node)}

    def _is_watched(self, node: Node) -> bool:
        """Tell whether shapes ask what points at an entity of a register, in whatever article."""
        wanted = self._screening.reach.pointed if self._screening else frozenset()
        classes = [value for name, value in node.properties if name == terms.TYPE]
        return any(not wanted.isdisjoint(self._above.get(name, ())) for name in classes)

    def written(self, sheaves: Sequence[Sheaf], outcome: Outcome) -> Outcome:
        """Write nodes, and count what is in them; what is written for several parts is packed sheaf by sheaf."""
        nodes = [node for _, inside in sheaves for node in inside]
        if self._writer is not None and self._parts:
            outcome.pieces = [(self._part(key), packed(self._writer.text(inside))) for key, inside in sheaves if inside]
        elif self._writer is not None:
            outcome.text = self._writer.text(nodes)
        outcome.triples += sum([len(node.properties) for node in nodes])
        if self._counting:
            counts = Counter([name for node in nodes for name, _ in node.properties])
            counts.update([f"{value} " for node in nodes for name, value in node.properties if name == terms.TYPE])
            outcome.counts = dict(counts)
        return outcome

    def _part(self, key: str) -> int:
        """Choose the part of an article, situation or entity by its IRI; what has none goes to the last."""
        return zlib.crc32(key.encode()) % self._parts if key else self._parts

    def screened(
        self, nodes: Sequence[Node], outcome: Outcome, context: Sequence[Node] = (), whole: frozenset[str] = _WHOLE
    ) -> None:
        """Find the nodes of which it is not certain that they conform.

        `whole` are the properties of which the nodes of the context have all values.
        """
        if self._screen is not None:
            found = self._screen.check(
                [(node.subject, node.properties) for node in nodes],
                [(node.subject, node.properties) for node in context],
                whole,
            )
            outcome.doubtful += found.doubtful
            outcome.needed += found.needed

    def join(self, nodes: Sequence[Node], outcome: Outcome) -> None:
        """Note what shapes may look at from other articles: entities by their values, and what points at them."""
        if self._screening is None:
            return
        joining, entities = self._screening.reach.joining, self._entities.graph
        for node in nodes:
            if node.graph == entities:
                found = [(f"={value}", node.subject) for name, value in node.properties if name in joining]
            elif self._watched:
                found = [(value, node.subject) for _, value in node.properties if value in self._watched]
            else:
                continue
            outcome.joined += [(value.encode(), subject.encode()) for value, subject in found]

    def _batch(self, batch: Batch) -> Outcome:
        corpus, outcome = self._corpus, Outcome()
        corpus.start_batch(_HINTS if batch.first else _LATER_HINTS)
        sheaves: list[Sheaf] = []
        for position, unit in enumerate(batch.units):
            reading = corpus.read(unit)
            if reading is None:
                continue
            if reading.registers:
                outcome.registers += [one for one in reading.registers if one not in outcome.registers]
                self.learn()
            outcome.texts.append((reading.article.sha256[:TELLING], position))
            outcome.facts += len(reading.article.facts)
            graph = map_article(reading.article, self.tables, self._iris)
            sheaves.append((graph.nodes[0].subject, [*graph.nodes, *self._situations(graph, outcome)]))
        nodes = [node for _, inside in sheaves for node in inside]
        outcome.problems = list(corpus.problems)
        outcome.registers += [one for one in corpus.registers_left if one not in outcome.registers]
        self.screened(nodes, outcome)
        self.join(nodes, outcome)
        outcome.put_aside += _demands(outcome)
        return self.written(sheaves, outcome)

    def _situations(self, graph: ArticleGraph, outcome: Outcome) -> Iterator[Node]:
        """Describe the situations that are the article's alone, and put aside what belongs to others."""
        own: dict[str, list[Statement]] = defaultdict(list)
        shared: list[Statement] = []
        for statement in graph.statements:
            if statement.shared:
                shared.append(statement)
            else:
                own[statement.key].append(statement)
        ties = self.links.ties([node for node in graph.nodes if node.graph == self._entities.graph])
        links = self.links.beside(ties)
        described = [node for found in own.values() for node in self.describer.describe(found, links)]
        held = holdings(graph.statements, self._corpus.vocabulary)
        if held:
            for one in held:
                key = f"{one.word} {one.shared}".encode()
                outcome.holdings.append((key, encoded(Held(one, tuple(links.reached((one.value,)))))))
        if shared:
            nodes = {node.subject: node for node in (*graph.nodes, *described)}
            for statement in shared:
                values = [term for _, term, _ in statement.values]
                known = tuple([(term, _classes(nodes[term])) for term in values if term in nodes])
                record = Claimed(statement, known, tuple(links.reached(values)) if ties else ())
                outcome.put_aside.append((statement.situation[:-1].encode(), encoded(record)))
        return iter(described)

    def _groups(self, task: Groups) -> Outcome:
        """Describe situations of which all statements are there."""
        outcome = Outcome()
        if task.registers:
            self._corpus.load(task.registers)
            self.learn()
        sheaves: list[Sheaf] = []
        context: dict[str, Node] = {}
        for records in task.records:
            found = [decoded(record) for record in records]
            claimed = [one for one in found if isinstance(one, Claimed)]
            described = list(self.describe(claimed))
            sheaves.append((described[0].subject if described else "", described))
            if self._screen is not None:
                context |= {node.subject: node for node in self._context(claimed)}
                classes = {value for node in described[:1] for name, value in node.properties if name == terms.TYPE}
                above = {name for one in classes for name in self._above.get(one, ())}
                outcome.demands += [
                    (node.subject[:-1].encode(), encoded(Classes(tuple(above)))) for node in described[:1]
                ]
                needed = [one for one in found if isinstance(one, Needed)]
                outcome.doubtful += [one.focus for one in needed if one.wanted not in above]
        nodes = [node for _, inside in sheaves for node in inside]
        if self._screening is not None:
            self._screening.open.complete = frozenset([node.subject for node in nodes])
        self.screened(nodes, outcome, list(context.values()))
        outcome.demands += _demands(outcome)
        return self.written(sheaves, outcome)

    def describe(self, claimed: Sequence[Claimed]) -> Iterator[Node]:
        """Describe a situation that articles share, if any of them states something of it."""
        if claimed:
            links = self.links.beside([tie for one in claimed for tie in one.ties])
            yield from self.describer.describe([one.statement for one in claimed], links)

    def context_across(self, conflicts: Sequence[Node]) -> list[Node]:
        """Give what conflicts across situations are about: the claims, and the situations as these call them."""
        found: dict[str, Node] = {}
        for conflict in conflicts:
            for one in conflict.origin if isinstance(conflict.origin, tuple) else ():
                found |= {node.subject: node for node in self._context([Claimed(one, (), ())])}
                if one.type:
                    kind = (terms.TYPE, self.tables.class_terms[one.type])
                    found.setdefault(one.situation, Node(one.situation, [kind], ""))
        return list(found.values())

    def _context(self, claimed: Sequence[Claimed]) -> Iterator[Node]:
        """Give the claims on a situation as far as shapes of situations look at them, and what their values are."""
        for one in claimed:
            statement = one.statement
            kind = terms.CLAIM if statement.is_claim else terms.PROPOSITION
            properties = [
                (terms.TYPE, kind),
                (terms.ABOUT, statement.situation),
                (terms.IN_ARTICLE, statement.article),
                *((terms.LABEL, f'"{text}"') for text, _ in statement.labels),
                *((self.tables.facts[word].predicate, term) for word, term, _ in statement.values),
            ]
            yield Node(statement.node, properties, "")
            for term, classes in one.classes:
                yield Node(term, [(terms.TYPE, name) for name in classes], "")


def _classes(node: Node) -> tuple[str, ...]:
    """List the classes of a node."""
    return tuple([value for name, value in node.properties if name == terms.TYPE])


def _demands(outcome: Outcome) -> list[tuple[bytes, bytes]]:
    """Turn what an outcome needs of situations into records."""
    needed, outcome.needed = outcome.needed, []
    return [(one[:-1].encode(), encoded(Needed(wanted, focus))) for one, wanted, focus in needed]
