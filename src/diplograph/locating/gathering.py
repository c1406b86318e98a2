"""The nodes around some nodes, each with its place: a second look at the sources, at as little as is needed.

Only the articles that some nodes belong to are read again, with the way back from each annotation
value kept; what articles share is described again from what was put aside.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.mapping.articles import map_article
from diplograph.mapping.entities import entity_node
from diplograph.mapping.provenance import provenance_nodes
from diplograph.mapping.statements import Statement
from diplograph.streaming.records import decoded
from diplograph.streaming.tasks import Claimed

if TYPE_CHECKING:
    from diplograph.mapping.nodes import Node
    from diplograph.reading.corpus import Reading
    from diplograph.reading.documents import Document, Path
    from diplograph.streaming.run import Run

_HASH: Final = re.compile(r"[0-9a-f]{16}")
_NOTHING: Final[Mapping[int, Path]] = {}


class Place(Struct, frozen=True):
    """A node with its document and the way back to its place in it; some nodes come from no document."""

    node: Node
    document: Document | None
    trace: Mapping[int, Path]


class Surroundings:
    """The nodes that lead to or from some nodes, by subject."""

    def __init__(self, run: Run, focus: Collection[str]) -> None:
        self._run = run
        self.places: dict[str, Place] = {}
        self._pointing: dict[str, list[str]] | None = None
        situations, across, articles = self._wanted(focus)
        articles |= self._articles_on(situations, across) | self._articles_found_from(focus)
        self._read_articles(articles)
        self._describe_registers()
        self._describe_shared(situations | self._mentioned(), across)
        for node in provenance_nodes(run.corpus.inputs, run.iris):
            self.places.setdefault(node.subject, Place(node, None, _NOTHING))

    def around(self, focus: Iterable[str]) -> list[Node]:
        """Give nodes with all that leads to them, in however many steps, and all that follows from any of these."""
        waiting = list(dict.fromkeys(focus))
        seen = set(waiting)
        for term in waiting:
            values = [term, *self._joined(term)]
            new = [one for value in values for one in self._leading_to(value) if one not in seen]
            seen.update(new)
            waiting += dict.fromkeys(new)
        found: dict[str, Node] = {}
        while waiting:
            term = waiting.pop()
            if term not in found and term in self.places:
                node = self.places[term].node
                found[term] = node
                waiting += [value for _, value in node.properties if value not in found]
        return list(found.values())

    def told_of(self, focus: Iterable[str], values: Iterable[str]) -> Iterator[Place]:
        """Give the places that results name: what is around their nodes, and the claims on their values."""
        for node in self.around(focus):
            yield self.places[node.subject]
        origins = [self.places[value].node.origin for value in values if value in self.places]
        claims = [one for origin in origins if isinstance(origin, tuple) for one in origin]
        yield from (self.places[one.node] for one in claims if isinstance(one, Statement) and one.node in self.places)

    def _joined(self, term: str) -> list[str]:
        """List the values of a node, by which others may be found that have the same."""
        found, joining = self.places.get(term), self._run.worker.joining
        return [value for name, value in found.node.properties if name in joining] if found else []

    def _leading_to(self, term: str) -> list[str]:
        if self._pointing is None:
            self._pointing = defaultdict(list)
            for subject, found in self.places.items():
                for _, value in found.node.properties:
                    self._pointing[value].append(subject)
        return self._pointing.get(term, [])

    def _wanted(self, focus: Collection[str]) -> tuple[set[str], set[str], set[str]]:
        """Tell which shared situations, which conflicts across situations, and which articles are wanted."""
        situations: set[str] = set()
        across: set[str] = set()
        articles: set[str] = set()
        start = len(self._run.iris.base) + 1
        for term in focus:
            space, _, name = term[start:-1].partition("/")
            first, _, rest = name.partition(".")
            if space == "conflict" and first == "across":
                across.add(term)
            elif space == "conflict":
                situations.add(self._run.iris.node("situation", first))
            elif space == "situation" and not rest:
                situations.add(term)
            if _HASH.fullmatch(first):
                articles.add(first)
        return situations, across, articles

    def _articles_on(self, situations: Collection[str], across: Collection[str]) -> set[str]:
        """Find the articles that have claims on some situations, or in some conflicts across situations."""
        found: set[str] = set()
        if situations:
            for key, records in self._run.statements.groups():
                if f"{key.decode()}>" in situations:
                    found |= {_article(one.statement) for one in _claimed(records)}
        for node in self._run.across(across):
            origin = node.origin
            found |= (
                {_article(one) for one in origin if isinstance(one, Statement)} if isinstance(origin, tuple) else set()
            )
        return found

    def _articles_found_from(self, focus: Collection[str]) -> set[str]:
        """Find the articles that point at some entities of registers, or have entities with the same values."""
        return {
            article
            for key, subjects in self._run.joined.groups()
            if (key.decode() in focus if key.startswith(b"<") else any(one.decode() in focus for one in subjects))
            for subject in subjects
            for article in _HASH.findall(subject.decode().rpartition("/")[2])[:1]
        }

    def _read_articles(self, articles: Collection[str]) -> None:
        run = self._run
        wanted = {where for start, where in run.places if start.decode() in articles} if articles else set()
        for unit in run.corpus.units(traced=True):
            if run.place(unit) in wanted:
                reading = run.corpus.read(unit)
                if reading is not None:
                    self._keep(reading)
        run.corpus.load(run.registers)

    def _keep(self, reading: Reading) -> None:
        """Keep the nodes of an article, and of the situations that are its own."""
        worker, found = self._run.worker, map_article(reading.article, self._run.worker.tables, self._run.iris)
        own: dict[str, list[Statement]] = defaultdict(list)
        for statement in found.statements:
            if not statement.shared:
                own[statement.key].append(statement)
        links = worker.links.beside(worker.links.ties(found.nodes))
        described = [node for statements in own.values() for node in worker.describer.describe(statements, links)]
        for node in (*found.nodes, *described):
            self.places[node.subject] = Place(node, reading.document, reading.trace)

    def _describe_registers(self) -> None:
        run = self._run
        graph = run.iris.graph("entities")
        for name, entity in run.corpus.entities.items():
            node = entity_node(entity.entity, run.iris.entity(name), graph, run.iris.entity, run.worker.tables)
            self.places[node.subject] = Place(node, entity.document, entity.trace)

    def _mentioned(self) -> set[str]:
        """List the situations that articles share and that the nodes so far mention."""
        is_shared = self._run.iris.is_shared
        return {value for found in self.places.values() for _, value in found.node.properties if is_shared(value)}

    def _describe_shared(self, situations: Collection[str], across: Collection[str]) -> None:
        if situations:
            for key, records in self._run.statements.groups():
                if f"{key.decode()}>" in situations:
                    self._keep_shared(self._run.worker.describe(_claimed(records)))
        self._keep_shared(self._run.across(across))

    def _keep_shared(self, nodes: Iterable[Node]) -> None:
        """Keep situations and conflicts: each is placed by the first claim on it that was read."""
        for node in nodes:
            claims = node.origin if isinstance(node.origin, tuple) else ()
            first = next((self.places[one.node] for one in claims if one.node in self.places), None)
            document, trace = (first.document, first.trace) if first else (None, _NOTHING)
            self.places[node.subject] = Place(node, document, trace)


def _article(statement: Statement) -> str:
    """Give the beginning of the text's SHA-256 of a statement's article."""
    return statement.article.rpartition("/")[2].removesuffix(">")


def _claimed(records: Iterable[bytes]) -> list[Claimed]:
    return [one for one in map(decoded, records) if isinstance(one, Claimed)]
