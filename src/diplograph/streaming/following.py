"""Whether a stream of articles can follow shapes wherever they look.

What is said of a node is in one place; what points at it, and what its values are, may be in any
article (SHACL, section 2.3, paths). Where a stream is not sure to see all of it, the whole graph has
to be taken: missing something is worse than being slow.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, TypeAlias

import pyoxigraph as ox
from msgspec import Struct, structs

from diplograph.mapping import terms
from diplograph.validation.index import RDF, RDFS, TYPE, sh
from diplograph.validation.targets import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diplograph.validation.index import Index, Term
    from diplograph.validation.shapes import Shapes
    from diplograph.vocabulary import Vocabulary

_FIRST: Final = ox.NamedNode(RDF + "first")
_BELOW: Final = f"<{RDFS}subClassOf>"
_REPEATED: Final = (sh("zeroOrMorePath"), sh("oneOrMorePath"))
_OF_VALUES: Final = tuple(map(sh, ("property", "node", "not", "qualifiedValueShape")))
_OF_LISTS: Final = tuple(map(sh, ("and", "or", "xone")))
_CLASS, _SUBJECTS, _OBJECTS, _NODE = map(sh, ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode"))

_WITHIN: Final = frozenset((terms.REPORTS, terms.EVIDENCE, terms.IN_ARTICLE, terms.HAS_SOURCE, terms.HAS_SELECTOR))
"""Properties that lead from one thing of an article to another of the same, and that nothing else has."""

_OF_TIMES: Final = frozenset((terms.EDTF, terms.ANCHOR, terms.BASIS))
"""Properties that only times have."""

_OF_CONFLICTS: Final = frozenset((terms.TYPE, terms.LABEL, terms.ABOUT, terms.CONFLICT_ON, terms.CONFLICTING_CLAIM))

_AT_LEAST: Final = frozenset((TYPE, *map(sh, ("path", "minCount", "name", "message", "severity", "description"))))
"""The parameters of a shape that no further value can break."""


_LONGEST: Final = 12


class _Step(Struct, frozen=True):
    predicate: str
    is_inverse: bool
    is_repeated: bool


_Way: TypeAlias = tuple[_Step, ...]


def follows(shapes: Shapes, words: Vocabulary) -> bool:
    """Tell whether a stream sees all that shapes look at."""
    following = _Following(shapes.index, words)
    return all(following.is_followed(node) for node in shapes.index.subjects())


class _Following:
    """What is asked of one set of shapes."""

    def __init__(self, index: Index, words: Vocabulary) -> None:
        self._index = index
        facts, entities = (
            {f"<{prop.iri.value}>" for prop in found.values()} for found in (words.facts, words.entities)
        )
        self._of_facts = {*facts, terms.ABOUT}
        self._of_entities = {*entities, terms.NOTATION, terms.SAME_AS} - facts
        situations = {found.iri for found in words.below("Situation")}
        self._apart = {
            found.iri
            for name, found in words.classes.items()
            if not situations & {one.iri for one in words.below(name)}
        }
        """The classes of which no situation is an instance."""

    def is_followed(self, node: Term) -> bool:
        """Tell whether a stream sees all that a shape with targets looks at."""
        about = self._index.about(node)
        targets = {name: about[name] for name in (_CLASS, _SUBJECTS, _OBJECTS, _NODE) if name in about}
        if not targets and not CLASSES & set(about.get(TYPE, ())):
            return True  # it is used by others only, or not at all
        if _NODE in targets or any(str(one) not in {*_WITHIN, terms.ABOUT} for one in targets.get(_OBJECTS, ())):
            return False
        only_apart = self._are_apart(targets)
        return all(self._is_seen(way, shape, only_apart=only_apart) for shape, way in self._ways_from(node))

    def _are_apart(self, targets: Mapping[ox.NamedNode, Sequence[Term]]) -> bool:
        """Tell whether all focus nodes are things of which it is known what points at them from other articles."""
        return (
            targets.keys() <= {_CLASS, _SUBJECTS}
            and self._apart.issuperset(targets.get(_CLASS, ()))
            and _OF_TIMES.issuperset(map(str, targets.get(_SUBJECTS, ())))
        )

    def _ways_from(self, node: Term) -> Iterator[tuple[Term, _Way]]:
        """Give the ways that a shape looks along, with those of the shapes that it uses, from its focus nodes."""
        ahead: list[tuple[Term, _Way]] = [(node, ())]
        seen = set(ahead)
        for shape, before in ahead:
            about = self._index.about(shape)
            paths = about.get(sh("path"), [])
            ways = [(*before, *way) for path in paths for way in self._ways(path)] if paths else [before]
            yield from ((shape, way) for way in ways)
            used = [one for name in _OF_VALUES for one in about.get(name, ())]
            used += [one for name in _OF_LISTS for head in about.get(name, ()) for one in self._index.members(head)]
            new = [found for found in product(used, ways) if found not in seen]
            seen.update(new)
            ahead += new

    def _ways(self, path: Term, *, is_inverse: bool = False, is_repeated: bool = False) -> list[_Way]:
        """List the ways along a path; what may be skipped is not."""
        about = self._index.about(path)
        if _FIRST in about:
            members = [
                self._ways(one, is_inverse=is_inverse, is_repeated=is_repeated) for one in self._index.members(path)
            ]
            return [sum(parts, ()) for parts in product(*(reversed(members) if is_inverse else members))]
        found: list[_Way] = []
        for name, values in about.items():
            turned = is_inverse != (name == sh("inversePath"))
            inside = (
                [m for one in values for m in self._index.members(one)] if name == sh("alternativePath") else values
            )
            for one in inside:
                found += self._ways(one, is_inverse=turned, is_repeated=is_repeated or name in _REPEATED)
        return found or [(_Step(str(path), is_inverse, is_repeated),)]

    def _is_seen(self, way: _Way, shape: Term, *, only_apart: bool) -> bool:
        if len(way) > _LONGEST:
            return False  # shapes that use each other in a circle look ever further
        if sum(2 if step.is_repeated else 1 for step in way if self._is_forward(step)) > 1:
            return False  # the values of values may be described in articles that are not looked at
        return all(
            self._is_back_seen(way, place, shape, only_apart=only_apart)
            for place, step in enumerate(way)
            if step.is_inverse and step.predicate != _BELOW
        )

    def _is_forward(self, step: _Step) -> bool:
        return not step.is_inverse and step.predicate in self._of_facts

    def _is_back_seen(self, way: _Way, place: int, shape: Term, *, only_apart: bool) -> bool:
        """Tell whether all is seen that a step against the direction of statements may find."""
        if all(step.predicate in _WITHIN for step in way[: place + 1]):
            return True
        step, after = way[place], way[place + 1].predicate if place + 1 < len(way) else ""
        if place == 0 and not step.is_repeated:
            if step.predicate == terms.ABOUT:  # claims are gathered by what they are about; conflicts are not
                return bool(after) and (after not in _OF_CONFLICTS or _AT_LEAST.issuperset(self._index.about(shape)))
            return only_apart and after == terms.IN_ARTICLE  # which only claims have
        # entities that share a value are gathered by it
        there = structs.replace(step, is_inverse=False)
        return way == (there, step) and not step.is_repeated and step.predicate in self._of_entities
