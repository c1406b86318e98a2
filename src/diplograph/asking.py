"""What can be asked: a graph is loaded from sources or opened as a store, queried, and explained.

The Python side of the commands that ask; prints nothing and exits nowhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from msgspec import Struct

from diplograph import pipeline, resources
from diplograph.anchoring.texts import article_texts
from diplograph.errors import UsageError
from diplograph.explaining import explain as account_of
from diplograph.mapping.iris import DEFAULT_BASE, SPACES
from diplograph.mapping.terms import ONTOLOGY
from diplograph.queries import formats
from diplograph.queries.library import Query, query_named
from diplograph.queries.names import Names
from diplograph.queries.running import Answer, answer
from diplograph.rdf import is_rdf, rdf_quads
from diplograph.stores import folder, memory
from diplograph.writing.outputs import STDOUT, output
from diplograph.writing.prefixes import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    PathLike = str | Path


class Graph(Struct, frozen=True):
    """A graph that can be asked: a store, and the names that its IRIs go by.

    With `union`, what has no graph is looked for in all named graphs of the store.
    """

    store: ox.Store
    names: Names
    union: bool = False


def load(
    *sources: PathLike, store: PathLike = "", ontology: Iterable[PathLike] = (), base_iri: str = DEFAULT_BASE
) -> Graph:
    """Load annotation sources and RDF files into memory, or open the store in a folder.

    What is loaded has the ontology too, in a named graph of its own.

    Raises:
        InputError: something is wrong with the input.
        UsageError: a source or store does not exist, or both or neither are given.
    """
    if bool(sources) == bool(store):
        raise UsageError("Give sources, or a store.", "As in 'diplograph query NAME seeds'.")
    if store:
        opened = folder.opened(store)
        return Graph(opened, Names(opened, prefixes(base_iri, SPACES)), union=True)
    filled = memory.filled(_all_quads(sources, ontology, base_iri))
    return Graph(filled, Names(filled, prefixes(base_iri, SPACES)))


def _all_quads(sources: Iterable[PathLike], ontology: Iterable[PathLike], base_iri: str) -> Iterator[ox.Quad]:
    """Give the statements of all sources, annotations and RDF, and those of the ontology."""
    files = [source for source in sources if is_rdf(source)]
    annotations = [source for source in sources if source not in files]
    if annotations:
        yield from pipeline.quads(pipeline.read(*annotations, ontology=ontology), base_iri=base_iri)
    for file in files:
        yield from rdf_quads(file, rename_blank_nodes=True)
    for file in [*resources.turtle_files(resources.folder("ontology")), *pipeline.turtle(ontology)]:
        yield from (ox.Quad(quad.subject, quad.predicate, quad.object, ONTOLOGY) for quad in rdf_quads(file))


def query(name: str, *sources: PathLike, parameters: Mapping[str, str] | None = None, **more: Any) -> Answer:  # noqa: ANN401 - those of `load`
    """Ask a saved query, or that of a file, of sources or of a store.

    `parameters` are texts, as on the command line; further arguments go to `load`. Gives what
    pyoxigraph gives: solutions for SELECT, a truth value for ASK, triples for CONSTRUCT.

    >>> [str(row["place"].value) for row in query("who-met-whom", "seeds") if row["place"]][:1]
    ['the White House']

    Raises:
        InputError: something is wrong with the input or the query.
        UsageError: there is no such query, or a parameter is missing, unknown or of another type.
    """
    return ask(query_named(name), load(*sources, **more), parameters or {})


def ask(found: Query, graph: Graph, parameters: Mapping[str, str]) -> Answer:
    """Ask a query of a graph that is loaded already."""
    return answer(found, graph.store, parameters, graph.names, union=graph.union)


def write_answer(found: Answer, graph: Graph, format: str, target: PathLike = STDOUT) -> None:  # noqa: A002
    """Write an answer in one of the formats `table`, `csv`, `tsv`, `json`, `xml`, `md` and `ttl`.

    Raises:
        UsageError: the format is unknown or does not go with the answer, or the target cannot be
            written.
    """
    with output(target) as stream:
        formats.write_answer(found, stream, format, graph.names)


def explain(term: str, graph: Graph, articles: PathLike = "") -> str:
    """Tell in plain words what a loaded graph holds of a situation, by its key or IRI.

    `articles` is a folder with texts of articles; of those found there, the words are told.

    Raises:
        UsageError: nothing or several things have the key, or it stands for no situation.
    """
    texts = {found.sha256: found.text for found in article_texts(articles)} if articles else {}
    return account_of(graph.names.term(term), graph.store, graph.names, texts)


def knows_classes(graph: Graph) -> bool:
    """Tell whether a graph has the ontology, without which questions about classes find less."""
    return any(graph.store.quads_for_pattern(graph.names.term("dip:Situation"), None, None, None))
