"""Comparing two sets of statements and writing what differs, in one of three forms."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct

from diplograph import pipeline, resources
from diplograph.diffing.comparing import Difference, difference, sides
from diplograph.diffing.summary import LIMIT, summary
from diplograph.diffing.updates import BATCH, write_update
from diplograph.errors import UsageError
from diplograph.mapping.iris import DEFAULT_BASE
from diplograph.rdf import rdf_quads
from diplograph.writing.outputs import STDOUT, output

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import pyoxigraph as ox

    from diplograph.diffing.sides import Side

    PathLike: TypeAlias = str | Path

Form: TypeAlias = Literal["summary", "sparql", "nquads", "none"]


class Outcome(Struct, frozen=True):
    """How many statements were added and removed; the side without named graphs, if only one has them."""

    added: int
    removed: int
    without_graphs: str = ""

    @property
    def differs(self) -> bool:
        """Tell whether anything differs."""
        return bool(self.added or self.removed)


_N_QUADS: Final = (".nq", ".nq.gz")


def diff(  # noqa: PLR0913 - each is an option of the command
    old: PathLike,
    new: PathLike,
    target: PathLike = STDOUT,
    *,
    format: Form = "summary",  # noqa: A002 - the option's name
    removed: PathLike = "",
    added: PathLike = "",
    provenance: bool = True,
    batch: int = BATCH,
    limit: int = LIMIT,
    ontology: Collection[PathLike] = (),
    base_iri: str = DEFAULT_BASE,
) -> Outcome:
    """Compare two sets of statements, and write what differs.

    Each side is an annotation file or folder, an RDF file, or the folder of a sharded export. The
    format `summary` tells it in words, at most `limit` things of each kind; `sparql` is an update that
    turns a store with the old into one with the new, in operations of at most `batch` statements;
    `nquads` are two files, named by `removed` and `added`, of which one may be left out; `none` writes
    nothing. Without `provenance`, what tells how the exports were made is not compared.

    Raises:
        InputError: something is wrong with the input.
        UsageError: a side does not exist or cannot be read, has blank nodes, or is not what its
            digests say; or an output cannot be written, or is one of the inputs.
    """
    outputs = [removed, added] if format == "nquads" else [target] if format != "none" else []
    compared = sides(old, new, ontology, base_iri)
    _check(format, [name for name in outputs if str(name)], compared)
    with difference(*compared, provenance=provenance) as found:
        if format == "nquads":
            _write_pair(found, removed, added)
        elif format == "sparql":
            with output(target) as stream:
                write_update(found, stream, batch)
        elif format == "summary":
            with output(target) as stream:
                stream.writelines(f"{line}\n".encode() for line in summary(found, _ontology(ontology), limit))
        return Outcome(len(found.added), len(found.removed), found.without_graphs)


def _check(form: Form, outputs: list[PathLike], compared: tuple[Side, Side]) -> None:
    if form == "nquads" and not outputs:
        raise UsageError("N-Quads are two files.", "Name them with --removed FILE and --added FILE.")
    read = {file.resolve() for side in compared for file in side.files}
    named = [Path(name).resolve() for name in outputs if str(name) != STDOUT]
    for name, path in zip((name for name in outputs if str(name) != STDOUT), named, strict=True):
        if path in read:
            raise UsageError(f"'{name}' is one of the files that are compared.", "Name another file.")
        if form == "nquads" and not path.name.lower().endswith(_N_QUADS):
            raise UsageError(f"'{name}' would be N-Quads.", "Let its name end in .nq or .nq.gz.")
    if len(outputs) != len({*named, *(name for name in outputs if str(name) == STDOUT)}):
        raise UsageError("What was removed and what was added cannot go to the same file.")


def _write_pair(found: Difference, removed: PathLike, added: PathLike) -> None:
    with ExitStack() as stack:
        for name, lines in ((removed, found.removed), (added, found.added)):
            if str(name):
                stream = stack.enter_context(output(name))
                stream.writelines(_n_quads(lines))


def _n_quads(lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line[:-1] + b" .\n" for line in lines)


def _ontology(more: Collection[PathLike]) -> Iterator[ox.Quad]:
    for file in [*resources.turtle_files(resources.folder("ontology")), *pipeline.turtle(more)]:
        yield from rdf_quads(file)
