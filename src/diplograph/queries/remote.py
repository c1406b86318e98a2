"""An endpoint that can be asked as a store is: every answer is fetched whole before any of it counts."""

from __future__ import annotations

import io
from itertools import count
from typing import IO, TYPE_CHECKING, Final, Protocol, TypeAlias

import pyoxigraph as ox

from diplograph.errors import UsageError
from diplograph.queries import tokens
from diplograph.queries.safety import checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Node = ox.NamedNode | ox.BlankNode
    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_NTRIPLES: Final = "application/n-triples"
_IN_MEMORY: Final = 1 << 24
_MOST: Final = 5000
"""How many statements of a pattern are fetched: patterns only find names."""


class Answering(Protocol):
    """Whoever sends queries to an endpoint, as `Server` does; `doubtful` are saved queries that it gets wrong."""

    url: str

    @property
    def doubtful(self) -> frozenset[str]:
        """The names of saved queries that the store is known to answer wrongly."""
        ...

    def answer(self, query: str, media_type: str, *, union: bool = False) -> IO[bytes]:
        """Give an answer whole, from its beginning."""
        ...

    def results(self, query: str, *, union: bool = False) -> ox.QuerySolutions | ox.QueryBoolean:
        """Give rows or a truth value, of an answer that is whole."""
        ...


class Triples:
    """Triples of an endpoint's answer, with their lexical forms as they came."""

    def __init__(self, answer: IO[bytes]) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[ox.Triple]:
        """Give the triples, once."""
        with self._answer:
            for quad in ox.parse(self._answer, format=ox.RdfFormat.N_TRIPLES):
                yield quad.triple


class Remote:
    """Asks an endpoint what a store of pyoxigraph would be asked; queries have been checked before."""

    def __init__(self, server: Answering) -> None:
        self._server = server
        self.doubtful = server.doubtful

    def query(
        self, query: str, *, prefixes: Mapping[str, str], use_default_graph_as_union: bool = False
    ) -> ox.QuerySolutions | ox.QueryBoolean | Triples:
        """Ask a query, with prefixes beyond its own.

        With `use_default_graph_as_union` the default graph is the union of all graphs, unless the
        query says itself what it is, by FROM.

        Raises:
            UsageError: the endpoint cannot be reached, refuses, or gives only some of the answer.
        """
        form = checked(query, lambda _: True, prefixes=prefixes)
        taken = tokens.tokens(query)
        declared = tokens.prefixes(taken)
        used = {token.text.partition(":")[0] for token in taken if token.kind == "name"} - declared.keys()
        text = "".join(f"PREFIX {name}: <{prefixes[name]}> " for name in sorted(used & prefixes.keys())) + query
        union = use_default_graph_as_union and not any(
            token.kind == "word" and token.text.upper() == "FROM" for token in taken
        )
        if form in ("CONSTRUCT", "DESCRIBE"):
            return self._triples(self._server.answer(text, _NTRIPLES, union=union))
        return self._server.results(text, union=union)

    def _triples(self, given: IO[bytes]) -> Triples:
        answer = _held(given)
        try:
            for _ in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES):
                pass
        except (SyntaxError, ValueError) as error:
            raise self._broken(error) from error
        answer.seek(0)
        return Triples(answer)

    def _broken(self, error: Exception) -> UsageError:
        return UsageError(f"{self._server.url}: The answer broke off, or is none: {error}.")

    def contains_named_graph(self, graph: ox.NamedNode) -> bool:
        """Tell whether the endpoint has a graph with any statement."""
        return bool(self.query(f"ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}", prefixes={}))

    def quads_for_pattern(
        self,
        subject: Node | ox.Triple | None,
        predicate: ox.NamedNode | None,
        object_: Term | None,
        graph_name: Node | ox.DefaultGraph | None = None,  # noqa: ARG002 - as a store has it; all graphs are meant
    ) -> Iterator[ox.Quad]:
        """Give statements of a pattern from all graphs, so many at most."""
        number = count()
        terms = [f"?t{next(number)}" if term is None else str(term) for term in (subject, predicate, object_)]
        where = " ".join(terms)
        text = f"CONSTRUCT {{ {where} }} WHERE {{ {where} }} LIMIT {_MOST}"
        for triple in self._triples(self._server.answer(text, _NTRIPLES, union=True)):
            yield ox.Quad(triple.subject, triple.predicate, triple.object)


def _held(answer: IO[bytes]) -> IO[bytes]:
    """Take an answer into memory if it is not large, so that no file waits for whoever reads the rows."""
    start = answer.read(_IN_MEMORY + 1)
    if len(start) > _IN_MEMORY:
        answer.seek(0)
        return answer
    answer.close()
    return io.BytesIO(start)


Askable: TypeAlias = ox.Store | Remote
"""What queries are asked of."""
