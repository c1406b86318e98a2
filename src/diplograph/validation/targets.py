"""Targets: whether a shape has any focus node in some data (SHACL, section 2.1.3).

A check that had nothing to look at must not pass for a success.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.validation.index import OWL, RDFS, TYPE, sh

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from diplograph.validation.index import Index, Term
    from diplograph.validation.shapes import Shapes

_BELOW: Final = ox.NamedNode(RDFS + "subClassOf")
CLASSES: Final = {ox.NamedNode(RDFS + "Class"), ox.NamedNode(OWL + "Class")}
_TARGET_CLASS: Final = sh("targetClass")
_OF_PROPERTIES: Final = (sh("targetSubjectsOf"), sh("targetObjectsOf"))
_NAMED: Final = (sh("targetNode"),)
"""Target nodes are focus nodes whether the data has them or not."""


def finds_focus_nodes(shapes: Shapes, triples: Iterable[ox.Triple], codes: Collection[str] | None = None) -> bool:
    """Tell whether any of the shapes, or of those with some codes, has a focus node in the triples."""
    return finds_in_use(shapes, *_used(triples), codes)


def finds_in_use(
    shapes: Shapes, classes: set[Term], properties: set[Term], codes: Collection[str] | None = None
) -> bool:
    """Tell whether any of the shapes, or of those with some codes, has one of some classes or properties as target.

    `classes` are those that have instances, with all above them.
    """
    wanted = {node for node, shape in shapes.by_node.items() if codes is None or shape.code in codes}
    for node in shapes.index.subjects():
        if _is_target_met(node, shapes.index, classes, properties) and _reaches(node, wanted, shapes.index):
            return True
    return False


def _used(triples: Iterable[ox.Triple]) -> tuple[set[Term], set[Term]]:
    """List the classes that have instances, with all above them, and the properties in use."""
    classes: set[Term] = set()
    properties: set[Term] = set()
    above: dict[Term, set[Term]] = defaultdict(set)
    for triple in triples:
        properties.add(triple.predicate)
        if triple.predicate == TYPE:
            classes.add(triple.object)
        elif triple.predicate == _BELOW:
            above[triple.subject].add(triple.object)
    ahead = list(classes)
    for current in ahead:
        new = above.get(current, set()) - classes
        classes |= new
        ahead += new
    return classes, properties


def _is_target_met(node: Term, shapes: Index, classes: set[Term], properties: set[Term]) -> bool:
    own = {node} if CLASSES & set(shapes.objects(node, TYPE)) else set()  # a shape that is a class targets itself
    if classes & (own | set(shapes.objects(node, _TARGET_CLASS))):
        return True
    if any(properties & set(shapes.objects(node, predicate)) for predicate in _OF_PROPERTIES):
        return True
    return any(shapes.objects(node, predicate) for predicate in _NAMED)


def _reaches(node: Term, wanted: set[str], shapes: Index) -> bool:
    """Tell whether a shape is one of some, or uses one of them."""
    ahead, seen = [node], {node}
    for current in ahead:
        if str(current) in wanted:
            return True
        for values in shapes.about(current).values():
            new = set(values) - seen
            seen |= new
            ahead += new
    return False
