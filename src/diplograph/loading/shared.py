"""What may be replaced: graphs that several articles share must not lose what other articles put there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.errors import UsageError
from diplograph.mapping.iris import Iris

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diplograph.loading.graphs import Graphs

_NAMED: Final = 3
_SHARED: Final = ("entities", "export", "situations")


def stale(
    present: Iterable[str], has: Callable[[str], bool], graphs: Graphs, base_iri: str, *, prune: bool
) -> list[str]:
    """List the graphs of a store that a load takes away: with `prune` those of articles that the sources lack.

    The graphs that articles share go if the sources have nothing for them any more. `present` are the names
    of the graphs that hold an article, as terms; `has` tells whether the store has a graph.

    Raises:
        UsageError: without `prune`, if the load would replace what is known of other articles' situations; with
            it, if the sources have no article at all.
    """
    iris = Iris(base_iri)
    shared = [iris.graph(name) for name in _SHARED]
    known = sorted(graph for graph in present if graph.startswith(f"<{iris.base}graph/"))
    others = [graph for graph in known if graph not in graphs]
    ours = any(name in graphs for name in shared) or len(others) < len(known) or graphs.has_article(iris.base)
    if prune and not ours:
        raise UsageError("The sources have no article: --prune would remove all of them.", "Name the articles to keep.")
    if not ours:
        return []
    if others and not prune:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        raise UsageError(
            f"The store has articles that are not among the sources ({', '.join(others[:_NAMED])}{more}), "
            "whose situations and entities would be replaced.",
            "Load all sources together, take --append to add to what is there, or --prune to remove those articles.",
        )
    return [*others, *(graph for graph in shared if graph not in graphs and has(graph))]
