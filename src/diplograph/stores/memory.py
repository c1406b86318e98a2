"""A store in memory, filled with quads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable


def filled(quads: Iterable[ox.Quad]) -> ox.Store:
    """Fill a store: each quad in its named graph, and all triples in the default graph.

    The default graph has each triple once, however many named graphs hold it: a union that the
    store makes while it answers would count it once for each.
    """
    store = ox.Store()
    listed = list(quads)
    store.bulk_extend(listed)
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in listed)
    return store
