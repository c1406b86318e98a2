"""The graph that is served: filled into a folder by the server, opened for reading by each worker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from msgspec import Struct

from diplograph.explaining.view import View, dip
from diplograph.mapping.iris import SPACES
from diplograph.queries.names import Names
from diplograph.stores import folder
from diplograph.writing.prefixes import prefixes

if TYPE_CHECKING:
    from diplograph.web.tasks import Settings


SMALL: Final = 250_000
"""Quads up to which each worker has the graph in memory, where queries take a third of the time."""


class Served(Struct, frozen=True):
    """A graph as a worker sees it: the store, names for its IRIs, and how much may come out of it.

    With `union`, the default graph is the union of all graphs. `base` is that of the data's IRIs.
    """

    store: ox.Store
    names: Names
    base: str
    most_rows: int
    union: bool

    @property
    def view(self) -> View:
        """The graph by the terms of the ontology."""
        return View(self.store, self.names, {})

    @property
    def knows_ontology(self) -> bool:
        """Whether the classes and properties have names and definitions here."""
        return any(self.store.quads_for_pattern(dip("Situation"), None, None))


def version_of(settings: Settings) -> str:
    """Tell the version of the user's store that counts now; a load replaces it as a whole."""
    return folder.current(settings.path) if settings.of_user else ""


def fill(folder_: Path, loaded: ox.Store) -> Path:
    """Write a graph into a folder, from which workers open it; gives the path of what they open."""
    if len(loaded) <= SMALL:
        path = folder_ / "graph.nq"
        loaded.dump(str(path), format=ox.RdfFormat.N_QUADS)
        return path
    store = ox.Store(str(folder_ / "store"))
    store.bulk_extend(loaded)
    store.flush()
    return folder_ / "store"


def opened(settings: Settings) -> Served:
    """Open the graph that a worker is to serve.

    Raises:
        UsageError: there is none in the folder, or it cannot be read.
    """
    store = folder.opened(settings.path) if settings.of_user else _filled(settings.path)
    names = Names(store, prefixes(settings.base, SPACES))
    return Served(store, names, settings.base, settings.most_rows, settings.of_user)


def _filled(path: str) -> ox.Store:
    """Open what `fill` has written."""
    if not Path(path).is_file():
        return ox.Store.read_only(path)
    store = ox.Store()
    store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
    return store
