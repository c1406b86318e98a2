"""Loading: sources are read and validated whole, then a store takes them graph by graph and is looked at."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

from diplograph.loading import embedded, remote
from diplograph.loading.gathering import Wanted, gather
from diplograph.loading.report import How
from diplograph.mapping.iris import DEFAULT_BASE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diplograph.loading.graphs import Graphs
    from diplograph.loading.report import Report, Told
    from diplograph.pipeline import PathLike
    from diplograph.stores.server import Server


def load_into(  # noqa: PLR0913 - each is an option of the command
    target: PathLike | Server,
    *sources: PathLike,
    append: bool = False,
    prune: bool = False,
    dry_run: bool = False,
    profile: str = "",
    user: str = "",
    timeout: float = 300.0,
    graph: str = "",
    validated: bool = True,
    shapes: Sequence[PathLike] = (),
    ontology: Sequence[PathLike] = (),
    with_ontology: bool = True,
    base_iri: str = DEFAULT_BASE,
    jobs: int = 1,
) -> Report:
    """Load sources into the store in a folder, or into the server at an address, or one that is connected.

    Nothing is sent before all sources are read and the annotations conform. Graphs are replaced, or
    with `append` added to; with `prune` those of articles that are not among the sources are removed.
    `timeout` is in seconds, for each answer of a server. Gives what was done, and the warnings.

    Raises:
        InputError: something is wrong with the input.
        InvalidDataError: the annotations violate a shape.
        UsageError: a source or the store cannot be used, or what has arrived is not what was sent.
    """
    wanted = Wanted(
        sources=sources,
        graph=graph,
        ontology=ontology,
        with_ontology=with_ontology,
        validated=validated,
        shapes=shapes,
        base_iri=base_iri,
        jobs=jobs,
    )
    how = How(append=append, prune=prune, dry_run=dry_run)
    with ExitStack() as stack:
        store = target
        if isinstance(target, (str, Path)) and "://" in str(target):
            from diplograph.stores.server import Server  # noqa: PLC0415 - folders do without HTTP

            connected = Server(str(target), profile=profile, user=user, timeout=timeout)
            store = stack.enter_context(closing(connected))
        graphs, findings = gather(wanted)
        report = send(graphs, store, how, base_iri)
    report.findings = findings
    return report


def send(graphs: Graphs, target: str | Path | Server, how: How, base_iri: str, told: Told | None = None) -> Report:
    """Load graphs into the store in a folder, or a server.

    Raises:
        UsageError: the store cannot be used, or what has arrived is not what was sent.
    """
    from diplograph.stores.server import Server  # noqa: PLC0415 - folders do without HTTP

    if isinstance(target, Server):
        return remote.load(graphs, target, how, base_iri, told)
    return embedded.load(graphs, target, how, base_iri, told)
