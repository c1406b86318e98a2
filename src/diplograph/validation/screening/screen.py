"""The screen: proves of nodes that they conform, or leaves them in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from diplograph.errors import UsageError
from diplograph.validation.screening.atoms import atoms_of
from diplograph.validation.screening.gathering import classes_below, laid_out, merged, set_apart
from diplograph.validation.screening.hierarchy import Hierarchy, Kinds
from diplograph.validation.screening.layouts import Properties, Rows
from diplograph.validation.screening.planning import Planner
from diplograph.validation.screening.proving import Findings, doubt_watched, prove_nodes, prove_objects, prove_targets
from diplograph.validation.screening.view import View, Watched, never

if TYPE_CHECKING:
    from diplograph.validation.shapes import Shapes

Nodes = Sequence[tuple[str, Properties]]
"""Nodes, each by its subject."""


class Screened(Struct, frozen=True):
    """What a check leaves open.

    `doubtful` has the focus nodes that are not proven, in order, each once. `needed` has what the
    proofs of others rest on: an open term, the class that it has to be an instance of (or of one
    below), and the focus node.
    """

    doubtful: list[str]
    needed: list[tuple[str, str, str]]


class Screen:
    """Shapes compiled to prove, very fast, that focus nodes conform.

    It never finds that something is wrong: what is doubtful goes to an engine. What it proves, no
    engine would report at any severity, as long as all that points at a term that is not open is
    in the batch, its context or the background.

    `background` are nodes outside of the batches that stay, such as registers and classes. Of a
    term that `is_open`, more may be said elsewhere; the answer for a class may not change.
    `unknown` says what keeps the shapes from being compiled; then nothing can be checked.
    """

    def __init__(
        self, shapes: Shapes, background: Iterable[tuple[str, Properties]], is_open: Callable[[str], bool] = never
    ) -> None:
        self._atoms = atoms_of(shapes)
        self.unknown: list[str] = self._atoms.unknown
        self._is_open = is_open
        self._background = Rows({})
        self._kinds: dict[str, Kinds] = {}
        self._watched: Watched = {}
        self._planner = Planner(self._atoms, Hierarchy(()))
        self.add_background(list(background))

    @property
    def complete(self) -> bool:
        """Whether every shape was compiled."""
        return not self.unknown

    def add_background(self, nodes: Nodes) -> None:
        """Add nodes to the background; of a node that is there, more may be said."""
        rows = laid_out(nodes, self._planner.layouts)
        merged(rows, self._background.rows, self._planner.layouts)
        self._background.add(rows)
        edges = classes_below(rows)
        if edges:  # the plans so far rest on other classes
            self._planner = Planner(self._atoms, self._planner.hierarchy.with_edges(edges))
            rows = self._background.rows
        self._kinds.update(self._planner.hierarchy.kinds_of_all(rows))

    def classes(self, types: Sequence[str]) -> Kinds:
        """Give some classes with all that are above them in the background: with these, needs can be looked up."""
        return self._planner.hierarchy.kinds(types)

    def background_doubtful(self) -> Screened:
        """Check the nodes of the background among themselves.

        After that, `check` doubts those again whose proof a batch may undo, as it points at them.
        """
        view = View(self._background, Rows({}), Rows({}), self._is_open)
        view.kinds = dict(self._kinds)
        view.watched = self._watched = {}
        return self._screened(view, self._planner)

    def check(self, nodes: Nodes, context: Nodes = (), whole: frozenset[str] = frozenset()) -> Screened:
        """Check the nodes of a batch, and what they make a target of.

        The context counts as data, but its nodes are no candidates, and more may be said of them, but
        by the properties that are `whole`.

        Raises:
            UsageError: the shapes are not complete.
        """
        planner, behind = self._planner, self._kinds
        own, around = laid_out(nodes, planner.layouts), laid_out(context, planner.layouts)
        edges = [*classes_below(own), *classes_below(around)]
        if edges:  # plans that hold elsewhere do not hold here
            planner = Planner(self._atoms, planner.hierarchy.with_edges(edges))
            own, around = laid_out(nodes, planner.layouts), laid_out(context, planner.layouts)
            behind = planner.hierarchy.kinds_of_all(self._background.rows)
        set_apart(own, around, self._background.rows, planner.layouts)
        view = View(Rows(own), Rows(around), self._background, self._is_open)
        view.kinds, view.kinds_behind = planner.hierarchy.kinds_of_all(around), behind
        view.whole = whole
        return self._screened(view, planner)

    def _screened(self, view: View, planner: Planner) -> Screened:
        if self.unknown:
            raise UsageError(f"The shapes cannot be screened: {self.unknown[0]}")
        findings = Findings({}, [])
        prove_nodes(view, planner, findings)
        prove_objects(view, planner, findings)
        prove_targets(view, planner, findings)
        if view.watched is None:
            doubt_watched(view, self._watched, findings)
        return Screened(list(findings.doubtful), findings.needed)
