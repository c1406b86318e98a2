"""How a load is to be done, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct, field

from diplograph.findings import Finding
from diplograph.loading.graphs import Content

Act: TypeAlias = Literal["replaced", "added", "unchanged"]


class How(Struct, frozen=True, kw_only=True):
    """Whether graphs are replaced or added to, and whether those of articles that are gone are removed."""

    append: bool = False
    prune: bool = False
    dry_run: bool = False


class Sent(Struct, frozen=True):
    """A graph as it was loaded: its IRI, statements and bytes of N-Triples, their digest, and what became of it.

    See `Content` for `least`.
    """

    graph: str
    count: int
    least: int
    size: int
    digest: str
    act: Act


def sent(content: Content, act: Act) -> Sent:
    """Note what became of a graph."""
    return Sent(content.iri, content.count, content.least, content.size, content.digest, act)


class Report(Struct):
    """What a load did, graph by graph, the names of those that it removed, and the warnings of the shapes."""

    sent: list[Sent] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def statements(self) -> int:
        """The number of statements in all graphs that were sent, found unchanged ones included."""
        return sum(sent.count for sent in self.sent)


Told: TypeAlias = Callable[[int, int, int], None]
"""Called now and then with the number of graphs done, of all graphs, and of statements."""
