"""Loading: sources are read and validated whole, then a store takes them graph by graph and is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diplograph.loading import embedded, remote
from diplograph.loading.gathering import Wanted, gather
from diplograph.loading.report import How

if TYPE_CHECKING:
    from pathlib import Path

    from diplograph.findings import Finding
    from diplograph.loading.graphs import Graphs
    from diplograph.loading.report import Report, Told
    from diplograph.pipeline import PathLike
    from diplograph.stores.server import Server


def load_into(
    target: PathLike | Server,
    *sources: PathLike,
    append: bool = False,
    prune: bool = False,
    dry_run: bool = False,
    **more: object,
) -> tuple[Report, list[Finding]]:
    """Load sources into the store in a folder, or a server.

    Nothing is sent before all sources are read and the annotations conform. Graphs are replaced, or
    with `append` added to; with `prune` those of articles that are not among the sources are removed.
    Further arguments are those of `Wanted`. Gives what was done, and the warnings.

    Raises:
        InputError: something is wrong with the input.
        InvalidDataError: the annotations violate a shape.
        UsageError: a source or the store cannot be used, or what has arrived is not what was sent.
    """
    wanted = Wanted(sources=sources, **more)  # type: ignore[arg-type] # checked by whoever calls
    graphs, findings = gather(wanted)
    return send(graphs, target, How(append=append, prune=prune, dry_run=dry_run), wanted.base_iri), findings


def send(graphs: Graphs, target: str | Path | Server, how: How, base_iri: str, told: Told | None = None) -> Report:
    """Load graphs into the store in a folder, or a server.

    Raises:
        UsageError: the store cannot be used, or what has arrived is not what was sent.
    """
    from diplograph.stores.server import Server  # noqa: PLC0415 - folders do without HTTP

    if isinstance(target, Server):
        return remote.load(graphs, target, how, base_iri, told)
    return embedded.load(graphs, target, how, base_iri, told)
