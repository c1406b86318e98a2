"""What is settled for all nodes of one layout: by what stands there at all, or by the classes that are told.

A demand is *keyed* if it rests on nothing but the objects of the key properties (`rdf:type`, and
others that lead to classes) and the classes above and below these. Then nodes with the same key
have the same answer, and one of them is judged for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.validation.screening import tree
from diplograph.validation.screening.paths import Back, Chain, Choice, Path, Repeat, Step, properties
from diplograph.validation.screening.terms import BELOW, Verdict

if TYPE_CHECKING:
    from diplograph.validation.screening.layouts import Layout

Places = frozenset[str]
_FOCUS: Final[Places] = frozenset({"focus"})
_CLASS: Final[Places] = frozenset({"class"})
_NOWHERE: Final[Places] = frozenset()


def settled(path: Path | None, demand: tree.Demand, layout: Layout) -> Verdict:
    """Tell whether a demand holds for every node of a layout, or for none, as far as its properties tell."""
    if path is None:
        return layout.positions.keys() <= demand.allowed if isinstance(demand, tree.Closed) else None
    names = properties(path)
    if names is not None:
        most = sum(len(layout.positions.get(name, ())) for name in names)
        if isinstance(demand, (tree.Count, tree.Qualified)):
            return _counted(demand, min(most, 1) if isinstance(demand, tree.Count) else 0, most)
        if not most and isinstance(demand, tree.OfValue):
            return True
    return None


def _counted(demand: tree.Count | tree.Qualified, surely: int, possibly: int) -> Verdict:
    """Tell whether counts hold for any number of values between two."""
    limit = possibly if demand.most is None else demand.most
    if demand.least > possibly or surely > limit:
        return False
    return True if surely >= demand.least and possibly <= limit else None


def is_keyed(path: Path | None, demand: tree.Demand, layout: Layout) -> bool:
    """Tell whether a demand rests on the key of a node alone."""
    return _rests(path, demand, _FOCUS, layout)


def _rests(path: Path | None, demand: tree.Demand, start: Places, layout: Layout) -> bool:
    ends = _ends(path, start, layout) if path else start
    if ends is None:
        return False
    if isinstance(demand, (tree.Equals, tree.Disjoint, tree.Before)):
        return "focus" not in ends and _ends(Step(demand.predicate), start, layout) is not None
    return not ends or _rests_on(ends, demand, layout)


def _rests_on(ends: Places, demand: tree.Demand, layout: Layout) -> bool:
    if isinstance(demand, tree.InstanceOf):
        return ends == _FOCUS
    if isinstance(demand, (tree.AllOf, tree.AnyOf, tree.OneOf)):
        return all(_shape_rests(shape, ends, layout) for shape in demand.shapes)
    if isinstance(demand, tree.Not):
        return _shape_rests(demand.shape, ends, layout)
    if ends != _CLASS or isinstance(demand, tree.Closed):
        return False
    return not isinstance(demand, tree.Qualified) or _shape_rests(demand.shape, ends, layout)


def _shape_rests(shape: tree.Shape, start: Places, layout: Layout) -> bool:
    return all(_rests(shape.path, demand, start, layout) for demand in shape.demands)


def _ends(path: Path, start: Places, layout: Layout) -> Places | None:
    """Give where a path leads: to the focus node, to classes, nowhere, or None for what the key does not tell."""
    if isinstance(path, Step):
        found = [_step(path.predicate, place, layout) for place in start]
        return None if None in found else _NOWHERE.union(*(each for each in found if each))
    if isinstance(path, Back):
        return start if path.predicate == BELOW and start <= _CLASS else _NOWHERE if not start else None
    if isinstance(path, Chain):
        ends: Places | None = start
        for each in path.paths:
            ends = None if ends is None else _ends(each, ends, layout)
        return ends
    if isinstance(path, Choice):
        branches = [_ends(each, start, layout) for each in path.paths]
        return None if None in branches else _NOWHERE.union(*(each for each in branches if each))
    return _repeated(path, start, layout)


def _step(predicate: str, place: str, layout: Layout) -> Places | None:
    if place == "class":
        return _CLASS if predicate == BELOW else None
    if predicate not in layout.positions:
        return _NOWHERE
    return _CLASS if predicate in layout.key_predicates else None


def _repeated(path: Repeat, start: Places, layout: Layout) -> Places | None:
    reached = _ends(path.path, start, layout)
    while reached is not None and not path.once:
        further = _ends(path.path, reached, layout)
        if further is None or further <= reached:
            reached = None if further is None else reached
            break
        reached |= further
    return None if reached is None else reached | start if path.stays else reached
