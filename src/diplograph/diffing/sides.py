"""What is compared: annotations, an RDF file, or a sharded export; each a stream of quads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from msgspec import Struct

from diplograph import pipeline
from diplograph.diffing.shards import Shards, is_sharded, shards_in
from diplograph.errors import UsageError
from diplograph.rdf import SUFFIXES, is_rdf, rdf_quads

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from diplograph.reading.corpus import Corpus

_WITH_GRAPHS: Final = (".nq", ".trig")
_PERHAPS: Final = ".jsonld"
_ANNOTATIONS: Final = (".yaml", ".yml", ".json", ".jsonl", ".ndjson")


class Side(Struct, frozen=True):
    """One of the two: its name as given, and where its statements come from."""

    name: str
    base_iri: str
    source: Corpus | Shards | Path

    @property
    def files(self) -> list[Path]:
        """The files that are read."""
        if isinstance(self.source, Path):
            return [self.source]
        if isinstance(self.source, Shards):
            return [self.source.folder / name for name in self.source.digests]
        return [file.path for file in self.source.files]

    def quads(self, without: frozenset[str] = frozenset()) -> Iterator[ox.Quad]:
        """Read the statements; those of a sharded export without some parts.

        Raises:
            InputError: something is wrong with the input.
            UsageError: a file cannot be read, or is not what it should be.
        """
        if isinstance(self.source, Path):
            return rdf_quads(self.source)
        if isinstance(self.source, Shards):
            return self.source.quads(without)
        return pipeline.quads(self.source, base_iri=self.base_iri)

    def has_graphs(self) -> bool:
        """Tell whether it has named graphs: what its syntax says, or for JSON-LD what is in it.

        Raises:
            InputError: the file is not of its syntax.
            UsageError: the file cannot be read.
        """
        if isinstance(self.source, Path):
            if _plain(self.source).endswith(_PERHAPS):
                return _any_graph(rdf_quads(self.source))
            return _plain(self.source).endswith(_WITH_GRAPHS)
        if isinstance(self.source, Shards):
            return any(_plain(file).endswith(_WITH_GRAPHS) for file in self.files)
        return True


def side(name: str | Path, ontology: Collection[str | Path], base_iri: str) -> Side:
    """Find what a name stands for.

    Raises:
        UsageError: there is no such file, it is of no kind that can be compared, or a sharded
            export is incomplete.
    """
    path = Path(name)
    if is_sharded(path):
        return Side(str(name), base_iri, shards_in(path))
    if str(name) != "-":
        if not path.exists():
            raise UsageError(f"There is no file or folder '{name}'.")
        if not path.is_dir() and is_rdf(path):
            return Side(str(name), base_iri, path)
        if path.is_file() and not _plain(path).endswith(_ANNOTATIONS):
            known = f"annotations ({' '.join(_ANNOTATIONS)}) and RDF ({' '.join(SUFFIXES)}), each also .gz"
            raise UsageError(f"The syntax of '{name}' cannot be told from its suffix.", f"Known: {known}.")
    return Side(str(name), base_iri, pipeline.read(name, ontology=ontology))


def _plain(path: Path) -> str:
    return path.name.lower().removesuffix(".gz")


def _any_graph(quads: Iterator[ox.Quad]) -> bool:
    """Tell whether a statement is in a named graph, or whether there is none at all."""
    first = next(quads, None)
    return first is None or any(
        not isinstance(quad.graph_name, ox.DefaultGraph) for part in ([first], quads) for quad in part
    )
