"""The entities of registers as nodes: described as registers are read, by whoever reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diplograph.mapping.entities import entity_node

if TYPE_CHECKING:
    from diplograph.mapping.iris import Iris
    from diplograph.mapping.nodes import Node
    from diplograph.mapping.tables import Tables
    from diplograph.reading.corpus import Corpus


class Entities:
    """The entities of a corpus's registers as nodes, each once."""

    def __init__(self, corpus: Corpus, iris: Iris, tables: Tables) -> None:
        self._corpus, self._iris, self._tables = corpus, iris, tables
        self.graph = iris.graph("entities")
        self._known: set[str] = set()

    def new(self) -> list[Node]:
        """Describe the entities of registers that have been read since the last time."""
        readings, iris = self._corpus.entities, self._iris
        if len(readings) == len(self._known):
            return []
        names = [name for name in readings if name not in self._known]
        self._known.update(names)
        return [
            entity_node(readings[name].entity, iris.entity(name), self.graph, iris.entity, self._tables)
            for name in names
        ]
