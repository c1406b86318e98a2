"""What is to be loaded: annotations, validated first, RDF files, folders of shards, and the ontology."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from msgspec import Struct

from diplograph import pipeline, resources
from diplograph.diffing.shards import is_sharded, shards_in
from diplograph.errors import UsageError
from diplograph.loading.graphs import Graphs
from diplograph.mapping.iris import DEFAULT_BASE
from diplograph.mapping.terms import ONTOLOGY
from diplograph.rdf import is_rdf, rdf_quads
from diplograph.writing.ntriples import NQuads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diplograph.findings import Finding
    from diplograph.pipeline import PathLike, Told

_NO_GRAPH: Final = "Name one for all statements with --graph, or load N-Quads or TriG."


class Wanted(Struct, frozen=True, kw_only=True):
    """What is to be loaded, and how it is read; the options of the command.

    `graph` is the IRI of the one graph for all, if not one an article, one for situations, and so on.
    """

    sources: Sequence[PathLike]
    graph: str = ""
    ontology: Sequence[PathLike] = ()
    with_ontology: bool = True
    validated: bool = True
    shapes: Sequence[PathLike] = ()
    base_iri: str = DEFAULT_BASE
    jobs: int = 1


def gather(wanted: Wanted, told: Told | None = None) -> tuple[Graphs, list[Finding]]:
    """Read all sources; give their statements by graph, and the warnings of the shapes.

    Raises:
        InputError: something is wrong with the input.
        InvalidDataError: the annotations violate a shape.
        UsageError: a source does not exist, or has statements that are in no graph.
    """
    graphs = Graphs(_term(wanted.graph) if wanted.graph else "")
    paths = [Path(source) for source in wanted.sources]
    shards = [path for path in paths if is_sharded(path)]
    files = [path for path in paths if is_rdf(path) and not path.is_dir()]
    annotations = [path for path in paths if path not in shards and path not in files]
    findings: list[Finding] = []
    if annotations:
        findings = _annotations(annotations, wanted, graphs, told)
    for place, path in enumerate((*shards, *files)):
        quads = shards_in(path).quads(frozenset()) if path in shards else rdf_quads(path)
        _take(_relabelled(quads, f"s{place}b"), graphs, path, wanted.graph)
    if not len(graphs):
        raise UsageError("The sources have no statement at all.", "Nothing is changed.")
    if wanted.with_ontology:
        _ontology(wanted.ontology, graphs)
    return graphs, findings


def _term(graph: str) -> str:
    try:
        return str(ox.NamedNode(graph))
    except ValueError as error:
        raise UsageError(f"'{graph}' is no IRI for a graph.", "As in https://example.org/graph.") from error


def _annotations(paths: Sequence[Path], wanted: Wanted, graphs: Graphs, told: Told | None) -> list[Finding]:
    def take(texts: Iterable[bytes]) -> None:
        for text in texts:
            graphs.add_nquads(text)

    return pipeline.written(
        pipeline.read(*paths, ontology=wanted.ontology),
        NQuads(),
        take,
        validated=wanted.validated,
        shapes=wanted.shapes,
        base_iri=wanted.base_iri,
        jobs=wanted.jobs,
        told=told,
    )


def _relabelled(quads: Iterable[ox.Quad], prefix: str) -> Iterator[ox.Quad]:
    """Name blank nodes by their file and order, so that those of two files differ and a digest stays the same."""
    known: dict[object, ox.BlankNode] = {}

    def renamed(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode:
        if isinstance(term, ox.Triple):
            raise UsageError("Triple terms of RDF 1.2 cannot be loaded.", f"The statement has one: {term}.")
        if not isinstance(term, ox.BlankNode):
            return term  # type: ignore[return-value] # what it was, whatever it was
        return known.setdefault(term, ox.BlankNode(f"{prefix}{len(known)}"))  # type: ignore[return-value]

    for quad in quads:
        yield ox.Quad(renamed(quad.subject), quad.predicate, renamed(quad.object), quad.graph_name)


def _take(quads: Iterable[ox.Quad], graphs: Graphs, path: Path, graph: str) -> None:
    for name, found in groupby(quads, lambda quad: quad.graph_name):
        if not graph and not isinstance(name, ox.NamedNode):
            raise UsageError(f"'{path}' has statements outside of any named graph.", _NO_GRAPH)
        for quad in found:
            graphs.add(str(name).encode(), f"{quad.triple} .\n".encode())


def _ontology(more: Iterable[PathLike], graphs: Graphs) -> None:
    """Take the ontology along, in a graph of its own, which questions about classes and names need."""
    files = [*resources.turtle_files(resources.folder("ontology")), *pipeline.turtle(more)]
    for place, file in enumerate(files):
        for quad in _relabelled(rdf_quads(file), f"o{place}b"):
            graphs.add(ONTOLOGY.encode(), f"{quad.triple} .\n".encode(), by_itself=True)
