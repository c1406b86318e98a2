"""From the shapes graph to the tree: every parameter that SHACL Core has, and nothing that is not surely understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.validation.index import OWL, RDFS, SH, TYPE, sh
from diplograph.validation.screening import parameters
from diplograph.validation.screening.lists import Unclear, members
from diplograph.validation.screening.paths import read_path
from diplograph.validation.screening.tree import AllOf, AnyOf, Demand, Not, OneOf, Qualified, Shape, Targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diplograph.validation.index import Index, Term

_ABOUT: Final = frozenset(
    SH + name
    for name in (
        *("path", "name", "description", "message", "severity", "deactivated", "order", "group", "defaultValue"),
        *("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"),
        *("flags", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"),
    )
)
"""Terms on a shape that are no demands, or are read with another."""
_LISTED: Final[dict[ox.NamedNode, Callable[[tuple[Shape, ...]], Demand]]] = {
    sh("and"): AllOf,
    sh("or"): AnyOf,
    sh("xone"): OneOf,
}
_TARGETS: Final = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
_KINDS: Final = (sh("NodeShape"), sh("PropertyShape"))
_CLASS: Final = ox.NamedNode(RDFS + "Class")
_DEEPEST: Final = 8
"""The reference goes no deeper than 15 shapes."""


class Reader:
    """Reads the shapes of a graph, each once."""

    def __init__(self, shapes: Index) -> None:
        self._shapes = shapes
        self._read: dict[Term, Shape] = {}
        self._classes: set[Term] = {_CLASS, ox.NamedNode(OWL + "Class")}
        self._classes |= set(shapes.holders(ox.NamedNode(RDFS + "subClassOf"), _CLASS))

    def targeted(self) -> Iterator[Term]:
        """Go through the nodes that are shapes by their type or their targets."""
        targets = {sh(name) for name in _TARGETS}
        for node in self._shapes.subjects():
            about = self._shapes.about(node)
            if targets & set(about) or set(_KINDS) & set(about.get(TYPE, ())) or self._is_class(about):
                yield node

    def targets(self, node: Term) -> Targets:
        """Read what a shape is about.

        Raises:
            Unclear: a target is a blank node, or a literal where it cannot be one.
        """
        about = self._shapes.about(node)
        found = {name: about.get(sh(name), []) for name in _TARGETS}
        if self._is_class(about):
            found["targetClass"] = [*found["targetClass"], node]
        for name, terms in found.items():
            wanted = (ox.NamedNode, ox.Literal) if name == "targetNode" else (ox.NamedNode,)
            if not all(isinstance(term, wanted) for term in terms):
                raise Unclear(f"sh:{name} with a node of another kind")
        return Targets(*(tuple(map(str, dict.fromkeys(found[name]))) for name in _TARGETS))

    def shape(self, node: Term, above: tuple[Term, ...] = ()) -> Shape:
        """Read a shape and all below it.

        Raises:
            Unclear: there is something that engines do not surely take alike, or a circle.
        """
        if node in above or len(above) > _DEEPEST or isinstance(node, ox.Literal):
            raise Unclear("shapes that are too deep or run in a circle")
        if node not in self._read:
            self._read[node] = self._shape(node, (*above, node))
        return self._read[node]

    def _shape(self, node: Term, above: tuple[Term, ...]) -> Shape:
        about = self._shapes.about(node)
        paths = about.get(sh("path"), [])
        is_typed = [kind in about.get(TYPE, ()) for kind in _KINDS]
        if len(paths) > 1 or (paths and is_typed[0]) or (is_typed[1] and not paths):
            raise Unclear("a shape of the wrong kind")
        path = read_path(paths[0], self._shapes) if paths else None
        demands = [demand for predicate in about for demand in self._demands(node, predicate, above)]
        off = any(term.value == "true" for term in about.get(sh("deactivated"), ()) if isinstance(term, ox.Literal))
        return parameters.plain(Shape(path, () if off else tuple(demands)))

    def _demands(self, node: Term, predicate: ox.NamedNode, above: tuple[Term, ...]) -> Iterator[Demand]:
        about = self._shapes.about(node)
        values, has_path = about[predicate], sh("path") in about
        if predicate in (sh("property"), sh("node")):
            for value in values:
                if (sh("path") in self._shapes.about(value)) != (predicate == sh("property")):
                    raise Unclear("a shape of the wrong kind")
                yield AllOf((self.shape(value, above),))
        elif predicate in _LISTED:
            for value in values:
                yield _LISTED[predicate](tuple(self.shape(item, above) for item in self._items(value)))
        elif predicate == sh("not"):
            yield from (Not(self.shape(value, above)) for value in values)
        elif predicate == sh("qualifiedValueShape"):
            yield self._qualified(about, above)
        elif predicate.value in parameters.READERS:
            yield from parameters.read(predicate, about, self._shapes, has_path=has_path)
        elif predicate.value.startswith(SH) and predicate.value not in _ABOUT:
            raise Unclear(f"sh:{predicate.value.removeprefix(SH)}")

    def _qualified(self, about: dict[ox.NamedNode, list[Term]], above: tuple[Term, ...]) -> Qualified:
        shapes = about[sh("qualifiedValueShape")]
        apart = about.get(sh("qualifiedValueShapesDisjoint"), [])
        if len(shapes) != 1 or sh("path") not in about or any("true" in str(term) for term in apart):
            raise Unclear("sh:qualifiedValueShape with siblings, several times, or without a path")
        least, most = (parameters.number(about.get(sh(f"qualified{end}Count"), [])) for end in ("Min", "Max"))
        return Qualified(self.shape(shapes[0], above), least or 0, most)

    def _items(self, head: Term) -> list[Term]:
        items = list(members(head, self._shapes))
        if not items or len(set(items)) < len(items):
            raise Unclear("a list of shapes that is empty, or has one twice")
        return items

    def _is_class(self, about: dict[ox.NamedNode, list[Term]]) -> bool:
        is_shape = any(predicate.value.startswith(SH) for predicate in about) or bool(
            set(_KINDS) & set(about.get(TYPE, ()))
        )
        return is_shape and not self._classes.isdisjoint(about.get(TYPE, ()))
