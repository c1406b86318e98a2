"""What may be replaced: graphs that several articles share must not lose what other articles put there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.errors import UsageError
from diplograph.mapping.iris import Iris

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diplograph.loading.graphs import Graphs

_NAMED: Final = 3


def stale(present: Iterable[str], graphs: Graphs, base_iri: str, *, prune: bool) -> list[str]:
    """List the graphs of articles that a store has and the sources do not, to be removed with `prune`.

    `present` are the names of the graphs that hold an article, as terms.

    Raises:
        UsageError: without `prune`, if the load would replace what is known of their situations.
    """
    iris = Iris(base_iri)
    others = sorted(graph for graph in present if graph.startswith(f"<{iris.base}graph/") and graph not in graphs)
    if not others or prune:
        return others
    if iris.graph("situations") in graphs or iris.graph("entities") in graphs:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        raise UsageError(
            f"The store has articles that are not among the sources ({', '.join(others[:_NAMED])}{more}), "
            "whose situations and entities would be replaced.",
            "Load all sources together, take --append to add to what is there, or --prune to remove those articles.",
        )
    return []
