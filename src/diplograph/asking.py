"""What can be asked: a graph is loaded from sources or opened as a store, queried, and explained.

The Python side of the commands that ask; prints nothing and exits nowhere.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

import pyoxigraph as ox
from msgspec import Struct

from diplograph import pipeline, resources
from diplograph.anchoring.texts import article_texts
from diplograph.errors import UsageError
from diplograph.explaining import explain as account_of
from diplograph.mapping.iris import DEFAULT_BASE, SPACES, Iris
from diplograph.mapping.terms import ONTOLOGY
from diplograph.queries import formats
from diplograph.queries.fetching import fetched
from diplograph.queries.library import Query, query_named, saved_queries
from diplograph.queries.names import Names
from diplograph.queries.remote import Askable, Remote
from diplograph.queries.running import Answer, answer
from diplograph.queries.words import unknown_words
from diplograph.rdf import is_rdf, rdf_quads
from diplograph.reading.corpus import Corpus
from diplograph.stores import folder, memory
from diplograph.writing.outputs import STDOUT, output
from diplograph.writing.prefixes import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from diplograph.findings import Finding
    from diplograph.queries.remote import Answering

    PathLike = str | Path
    Source = str | Path | Corpus


_SCHEMES: Final = ("plover#types", "cameo#scheme")


S_co = TypeVar("S_co", bound=Askable, covariant=True)


class Graph(Struct, Generic[S_co], frozen=True):
    """A graph that can be asked: a store, and the names that its IRIs go by.

    With `union`, what has no graph is looked for in all named graphs of the store.
    """

    store: S_co
    names: Names
    union: bool = False


def load(
    *sources: Source, store: PathLike = "", ontology: Iterable[PathLike] = (), base_iri: str = DEFAULT_BASE
) -> Graph[ox.Store]:
    """Load annotation sources and RDF files into memory, or open the store in a folder.

    A corpus that has been read is a source too. What is loaded has the ontology with it, in a
    named graph and, as everything, in the default graph.

    Raises:
        InputError: something is wrong with the input.
        UsageError: a source or store does not exist, both or neither are given, or a store is
            given with ontology files, which it would have to hold itself.
    """
    if bool(sources) == bool(store):
        raise UsageError("Give sources, or a store.", "As in 'diplograph query NAME seeds'.")
    base = Iris(base_iri).base
    if store:
        if list(ontology):
            raise UsageError("A store is asked as it is: it has to hold the ontology itself.", "Leave --ontology out.")
        opened = folder.opened(store)
        return Graph(opened, Names(opened, prefixes(base, SPACES)), union=True)
    filled = memory.filled(_all_quads(sources, list(ontology), base))
    return Graph(filled, Names(filled, prefixes(base, SPACES)))


def behind(server: Answering, *, base_iri: str = DEFAULT_BASE) -> Graph[Remote]:
    """Ask a server, which has to hold the ontology itself, as a store is asked.

    Raises:
        UsageError: the base IRI is none.
    """
    store = Remote(server)
    return Graph(store, Names(store, prefixes(Iris(base_iri).base, SPACES)), union=True)


def _all_quads(sources: Iterable[Source], ontology: Iterable[PathLike], base_iri: str) -> Iterator[ox.Quad]:
    """Give the statements of all sources, annotations and RDF, and those of the ontology."""
    corpora = [source for source in sources if isinstance(source, Corpus)]
    paths = [source for source in sources if not isinstance(source, Corpus)]
    files = [path for path in paths if is_rdf(path)]
    annotations = [path for path in paths if path not in files]
    if annotations:
        corpora.append(pipeline.read(*annotations, ontology=ontology))
    for corpus in corpora:
        yield from pipeline.quads(corpus, base_iri=base_iri)
    for file in files:
        yield from rdf_quads(file, rename_blank_nodes=True)
    graph = ox.NamedNode(ONTOLOGY[1:-1])
    for file in [*resources.turtle_files(resources.folder("ontology")), *pipeline.turtle(ontology)]:
        yield from (ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in rdf_quads(file))


def query(
    name: str,
    *sources: Source | Graph[Askable],
    parameters: Mapping[str, str] | None = None,
    **more: Any,  # noqa: ANN401 - those of `load`
) -> Answer:
    """Ask a saved query, or that of a file, of sources, of a store, or of a graph loaded before.

    `parameters` are texts, as on the command line; further arguments go to `load`. Gives what
    pyoxigraph gives: solutions for SELECT, a truth value for ASK, triples for CONSTRUCT. A query
    that would ask another host or change the graph is refused; there is no limit of time or rows,
    as the command has them.

    >>> [str(row["place"].value) for row in query("who-met-whom", "seeds") if row["place"]][:1]
    ['the White House']

    Raises:
        InputError: something is wrong with the input or the query.
        UsageError: there is no such query, or a parameter is missing, unknown or of another type.
    """
    return ask(query_named(name), _graph(sources, more), parameters or {})


def explain(term: str, *sources: Source | Graph[Askable], articles: PathLike = "", **more: Any) -> str:  # noqa: ANN401 - as above
    """Tell in plain words what sources, or a graph loaded before, hold of a situation.

    `term` is its key or IRI. `articles` is a folder with texts of articles; of those found
    there, the words are told.

    Raises:
        InputError: something is wrong with the input.
        UsageError: nothing or several things have the key, or it stands for no situation.
    """
    graph = _graph(sources, more)
    if not isinstance(graph.store, ox.Store):
        raise UsageError("A server can be asked, but not explained.", "Load the sources, or open a store in a folder.")
    texts = {found.sha256: found.text for found in article_texts(articles)} if articles else {}
    return account_of(graph.names.term(term), graph.store, graph.names, texts)


def _graph(sources: tuple[Source | Graph[Askable], ...], more: dict[str, Any]) -> Graph[Askable]:
    loaded = [source for source in sources if isinstance(source, Graph)]
    if not loaded:
        return load(*(source for source in sources if not isinstance(source, Graph)), **more)
    if len(sources) > 1 or more:
        raise UsageError("A graph that is loaded is asked alone.", "Load all sources together.")
    return loaded[0]


def ask(found: Query, graph: Graph[Askable], parameters: Mapping[str, str]) -> Answer:
    """Ask a query of a graph that is loaded already.

    Of a server that is known to answer it wrongly, what was loaded is fetched, and asked here.
    """
    if isinstance(graph.store, Remote) and is_doubtful(found, graph):
        filled = memory.filled(fetched(graph.store))
        return answer(found, filled, parameters, Names(filled, graph.names.prefixes))
    return answer(found, graph.store, parameters, graph.names, union=graph.union)


def is_doubtful(found: Query, graph: Graph[Askable]) -> bool:
    """Tell whether a server is known to answer a saved query wrongly."""
    return isinstance(graph.store, Remote) and found.name in graph.store.doubtful and found.name in saved_queries()


def doubts(found: Query, graph: Graph[Askable]) -> list[Finding]:
    """Find the words of a query that look like the ontology's and are not: they match nothing."""
    return unknown_words(found, graph.store, graph.names) if knows_ontology(graph) else []


def knows_ontology(graph: Graph[Askable]) -> bool:
    """Tell whether a graph has the ontology with its schemes, without which queries find less."""
    terms = (ox.NamedNode(f"https://w3id.org/diplograph/{name}") for name in ("ns#Situation", *_SCHEMES))
    return all(any(graph.store.quads_for_pattern(term, None, None, None)) for term in terms)


def serialised(
    found: Answer,
    graph: Graph[Askable],
    format: str,  # noqa: A002 - the option's name
    width: int = 0,
    most: int = 0,
) -> tuple[IO[bytes], bool]:
    """Write an answer into a temporary file, to be read from its beginning.

    A table that is wider than `width` columns, if that is given, becomes a record for each row. Of
    rows and triples the first `most` are written, all if that is 0; tells whether there are more.

    Raises:
        UsageError: the format is unknown or does not go with the answer.
    """
    spool = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=1 << 24))  # noqa: SIM115 - the reader closes it
    try:
        cut = formats.write_answer(found, spool, format, graph.names, width, most)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool, cut


def write_answer(spool: IO[bytes], target: PathLike = STDOUT) -> None:
    """Write what `serialised` gave to a file, or to standard output.

    Raises:
        UsageError: the target cannot be written.
    """
    with output(target) as stream, spool:
        shutil.copyfileobj(spool, stream)
