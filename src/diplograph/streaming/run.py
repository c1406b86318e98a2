"""A run over all sources: what is written, in order, and what is found on the way."""

from __future__ import annotations

import gc
import hashlib
from collections import Counter, deque
from itertools import chain
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.errors import UsageError
from diplograph.mapping.provenance import provenance_nodes
from diplograph.reading.documents import MOST_PROBLEMS
from diplograph.streaming.entities import Entities
from diplograph.streaming.pool import Pool
from diplograph.streaming.records import decoded_holding, unmet
from diplograph.streaming.sorting import Sorter
from diplograph.streaming.tasks import Batch, Groups, Outcome
from diplograph.streaming.worker import WHOLE_ACROSS, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from diplograph.mapping.iris import Iris
    from diplograph.mapping.nodes import Node
    from diplograph.reading.corpus import Corpus
    from diplograph.reading.sources import SourceFile, Unit
    from diplograph.streaming.screening import Screening
    from diplograph.streaming.worker import Sheaf
    from diplograph.writing.serialising import Writer

BATCH: Final = 1 << 16
"""How many bytes of documents a batch has, or a little more; one document at least."""

_GROUPS: Final = 400
"""How many records, claims mostly, the groups of a task have, or a little more."""

_RARELY: Final = (200_000, 20, 100)
"""When garbage is collected during a run: nothing that is made in it runs in circles, so that there is little."""


class Totals(Struct):
    """What a run has done so far.

    `findings` are problems and doubtful nodes, `read` is how many of the `size` bytes of the sources
    have been read.
    """

    articles: int = 0
    facts: int = 0
    triples: int = 0
    findings: int = 0
    read: int = 0
    size: int = 0


class Run:
    """Runs over a corpus once; afterwards it knows what is wrong, and can find what belongs together.

    `counts` has how often properties and, with a space behind them, classes are used. With `parts`, what
    is written goes to as many and one more; `kept` are the outcomes of an earlier run that was cut off.
    `doubtful` are the nodes of which it is not proven that they conform. `told` is called now and then
    with the totals.
    """

    def __init__(  # noqa: PLR0913 - options of commands
        self,
        corpus: Corpus,
        iris: Iris,
        writer: Writer | None = None,
        screening: Screening | None = None,
        *,
        jobs: int = 1,
        ended: str = "",
        batch: int = BATCH,
        counting: bool = False,
        parts: int = 0,
        kept: Sequence[Outcome] = (),
        told: Callable[[Totals], None] | None = None,
    ) -> None:
        self.corpus = corpus
        self.iris = iris
        self.totals = Totals()
        self.doubtful: list[str] = []
        self.counts: Counter[str] = Counter()
        self.statements = Sorter()
        self.places = Sorter()
        self.holdings = Sorter()
        self.joined = Sorter()
        self.worker = Worker(corpus.copied(), iris, writer, screening, counting=counting, parts=parts)
        self._entities = Entities(corpus, iris, self.worker.tables)
        self._pool = Pool(self.worker, jobs)
        self._order = {file.name: number for number, file in enumerate(corpus.files)}
        self._ended = ended
        self._kept = kept
        self._digesting = bool(parts)
        self._batch = batch
        self._told = told
        self.registers: dict[SourceFile, None] = {}

    def texts(self) -> Iterator[bytes]:
        """Give the text of the whole graph piece by piece; see `outcomes`."""
        for outcome in self.outcomes():
            yield outcome.text

    def outcomes(self) -> Iterator[Outcome]:
        """Give the whole graph piece by piece: entities, articles, situations, provenance.

        Where something is wrong with the input, what is given is not all.

        Raises:
            LostWorkerError: a process was ended from outside.
        """
        self.totals.size = self.corpus.size
        thresholds = gc.get_threshold()
        gc.set_threshold(*_RARELY)
        try:
            yield from self._articles()
            yield from self._shared()
        finally:
            self._pool.close()
            gc.set_threshold(*thresholds)
            gc.unfreeze()
        conflicts = list(self.across())
        context = self.worker.context_across(conflicts)
        yield self._rest([(node.subject, [node]) for node in conflicts], context)
        yield self._rest([("", list(provenance_nodes(self.corpus.inputs, self.iris, self._ended)))])

    def _articles(self) -> Iterator[Outcome]:
        """Read, map, and write all articles; behind them the entities of registers that only articles name."""
        batches = self._batches()
        first = next(batches, None)  # the registers of the run have been read then, before any process starts
        self.worker.take_over(self.corpus)
        gc.freeze()
        entities = self._new_entities()
        entities.kept = bool(self._kept)
        yield entities
        read: deque[Batch] = deque()

        def waiting() -> Iterator[Batch]:
            for batch in batches if first is None else chain((first,), batches):
                if len(self.corpus.problems) >= MOST_PROBLEMS:
                    return
                read.append(batch)
                yield batch

        listed = waiting()
        for kept in self._kept:
            batch = next(listed, None)
            if batch is None or digest(batch) != kept.digest:
                raise UsageError("The sources are not those of the run that is to be resumed.", "Leave --resume out.")
            read.clear()
            self._put_aside(kept, batch)
            yield self._taken(kept)
        for outcome in self._pool.outcomes(listed):
            batch = read.popleft()
            if self._digesting:
                outcome.digest = digest(batch)
            self._put_aside(outcome, batch)
            yield self._taken(outcome)
        yield self._new_entities()
        self.corpus.complete()

    def _put_aside(self, outcome: Outcome, batch: Batch) -> None:
        """Put aside what an outcome has for later, the registers too that it is the first to name."""
        new = [register for register in outcome.registers if register not in self.registers]
        if new:
            self.registers |= dict.fromkeys(new)
            self.corpus.load(new)
            self.worker.take_over(self.corpus)
        for start, position in outcome.texts:
            self.places.add(start.encode(), self.place(batch.units[position]))
        for key, content in outcome.holdings:
            self.holdings.add(key, content)
        for key, content in outcome.put_aside:
            self.statements.add(key, content)
        self.totals.articles += len(batch.units)

    def _new_entities(self) -> Outcome:
        return self._rest([(node.subject, [node]) for node in self._entities.new()])

    def place(self, unit: Unit) -> bytes:
        """Give where a unit stands, in the order of the sources."""
        return b"%06d %012d" % (self._order[unit.file.name], unit.line)

    def _batches(self) -> Iterator[Batch]:
        """Put documents together to batches of about the same size."""
        units: list[Unit] = []
        size, first = 0, True
        for unit in self.corpus.units():
            units.append(unit)
            size += len(unit.content)
            if size >= self._batch:
                yield Batch(tuple(units), first)
                units, size, first = [], 0, False
        if units:
            yield Batch(tuple(units), first)

    def _shared(self) -> Iterator[Outcome]:
        """Describe and write the situations that articles share, by key."""
        demands = Sorter()
        for outcome in self._pool.outcomes(self._groups()):
            for key, content in outcome.demands:
                demands.add(key, content)
            yield self._taken(outcome)
        for _, records in demands.groups():
            self.doubtful += unmet(records)
        for key, subjects in self.joined.groups():
            found = set(subjects)
            if key.startswith(b"<"):  # what points at an entity of a register, whatever that may mean for it
                self.doubtful.append(key.decode())
            elif len(found) > 1:
                self.doubtful += sorted(subject.decode() for subject in found)

    def _groups(self) -> Iterator[Groups]:
        registers = tuple(self.registers)
        found: list[list[bytes]] = []
        size = 0
        for _, records in self.statements.groups():
            found.append(records)
            size += len(records)
            if size >= _GROUPS:
                yield Groups(found, registers)
                found, size = [], 0
        if found:
            yield Groups(found, registers)

    def across(self, wanted: Collection[str] | None = None) -> Iterator[Node]:
        """Describe the conflicts between claims on different situations: all, or some."""
        if wanted is not None and not wanted:
            return
        for _, records in self.holdings.groups():
            if len(records) > 1:
                held = [decoded_holding(record) for record in records]
                links = self.worker.links.beside([tie for one in held for tie in one.ties])
                for node in self.worker.describer.across([one.holding for one in held], links):
                    if wanted is None or node.subject in wanted:
                        yield node

    def _rest(self, sheaves: Sequence[Sheaf], context: Sequence[Node] = ()) -> Outcome:
        """Write nodes here, and take what is found in them."""
        outcome = Outcome()
        nodes = [node for _, inside in sheaves for node in inside]
        self.worker.screened(nodes, outcome, context, WHOLE_ACROSS)
        self.worker.join(nodes, outcome)
        outcome.doubtful += [focus for _, _, focus in outcome.needed]
        return self._taken(self.worker.written(sheaves, outcome))

    def _taken(self, outcome: Outcome) -> Outcome:
        """Count what an outcome brings."""
        self.corpus.problems += outcome.problems
        self.doubtful += outcome.doubtful
        for key, content in outcome.joined:
            self.joined.add(key, content)
        self.counts.update(outcome.counts)
        self.totals.facts += outcome.facts
        self.totals.triples += outcome.triples
        self.totals.findings = len(self.corpus.problems) + len(self.doubtful)
        if self._told is not None:
            self.totals.read = self.corpus.size_read
            self._told(self.totals)
        return outcome


def digest(batch: Batch) -> bytes:
    """Give the SHA-256 of a batch's documents, with where they stand."""
    found = hashlib.sha256()
    for unit in batch.units:
        content = unit.content if isinstance(unit.content, bytes) else unit.content.encode(errors="surrogatepass")
        found.update(f"{len(content)} {unit.line} {unit.file.title}\n".encode(errors="surrogatepass") + content)
    return found.digest()
