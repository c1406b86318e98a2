"""The parameters of SHACL Core that hold no shapes, each read into the demands that it makes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.validation.index import RDFS, SH, sh
from diplograph.validation.screening import testing
from diplograph.validation.screening.lists import Unclear, members
from diplograph.validation.screening.paths import Chain, Repeat, Step
from diplograph.validation.screening.terms import BELOW, IRI, TYPE
from diplograph.validation.screening.tree import (
    Before,
    Closed,
    Count,
    Demand,
    Disjoint,
    Equals,
    Holds,
    InstanceOf,
    Shape,
    TermTest,
    UniqueLanguages,
)
from diplograph.values.lexical import XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diplograph.validation.index import Index, Term

    About = dict[ox.NamedNode, list[Term]]

_CLASS_PATH: Final = Chain((Step(TYPE), Repeat(Step(BELOW), stays=True, once=False)))
_LOOSE: Final = (RDFS + "Literal", RDFS + "Datatype")
"""Datatypes that the reference takes for more than they are."""


def read(predicate: ox.NamedNode, about: About, shapes: Index, *, has_path: bool) -> Iterator[Demand]:
    """Read a parameter.

    Raises:
        Unclear: it is ill-typed, or does not belong on a shape of this kind.
    """
    name = predicate.value.removeprefix(SH)
    if not has_path and name in ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals"):
        raise Unclear(f"sh:{name} without a path")
    yield from READERS[predicate.value](about[predicate], about, shapes)


def plain(shape: Shape) -> Shape:
    """Say in one way what can be said in two: a class at the end of type and the classes above is `InstanceOf`."""
    held = [demand.term for demand in shape.demands if isinstance(demand, Holds) and demand.term[0] == IRI]
    if shape.path != _CLASS_PATH or len(held) < len(shape.demands):
        return shape
    return Shape(None, tuple(map(InstanceOf, held)))


def number(terms: list[Term]) -> int | None:
    """Read a count, if there is one."""
    if not terms:
        return None
    return int(_text(terms))


def _only(terms: list[Term]) -> Term:
    if len(terms) != 1:
        raise Unclear("a parameter with several values")
    return terms[0]


def _text(terms: list[Term]) -> str:
    term = _only(terms)
    if not isinstance(term, ox.Literal):
        raise Unclear("a parameter that is no literal")
    return term.value


def _plain_text(terms: list[Term]) -> str:
    term = _only(terms)
    if not isinstance(term, ox.Literal) or term.datatype.value != f"{XSD}string":
        raise Unclear("a parameter that is no plain text")
    return term.value


def _iris(terms: Iterable[Term]) -> list[str]:
    found = list(terms)
    if not all(isinstance(term, ox.NamedNode) for term in found):
        raise Unclear("a parameter that is no IRI")
    return [str(term) for term in found]


def _terms(terms: Iterable[Term]) -> list[str]:
    found = list(terms)
    if any(isinstance(term, (ox.BlankNode, ox.Triple)) for term in found):
        raise Unclear("a blank node as a value")
    return [str(term) for term in found]


def _datatype(terms: list[Term], *_: object) -> Iterator[Demand]:
    [iri] = _iris([_only(terms)])
    if iri[1:-1] in _LOOSE:
        raise Unclear(f"sh:datatype {iri}")
    yield TermTest(testing.of_datatype(iri[1:-1]))


def _kind(terms: list[Term], *_: object) -> Iterator[Demand]:
    kind = testing.KINDS.get(str(_only(terms))[len(SH) + 1 : -1])
    if kind is None:
        raise Unclear("a kind of node that there is not")
    yield TermTest(testing.of_kind(kind))


def _among(terms: list[Term], _: About, shapes: Index) -> Iterator[Demand]:
    yield TermTest(testing.among(frozenset(_terms(members(_only(terms), shapes)))))


def _pattern(terms: list[Term], about: About, _: Index) -> Iterator[Demand]:
    flags = _plain_text(about[sh("flags")]) if sh("flags") in about else ""
    try:
        yield TermTest(testing.matching(_plain_text(terms), flags))
    except re.error as error:
        raise Unclear(f"sh:pattern: {error}") from error


def _languages(terms: list[Term], _: About, shapes: Index) -> Iterator[Demand]:
    ranges = [_plain_text([item]) for item in members(_only(terms), shapes)]
    yield TermTest(testing.in_language(frozenset(each.lower() for each in ranges)))


def _bound(side: str) -> Callable[[list[Term], About, Index], Iterator[Demand]]:
    def read_bound(terms: list[Term], *_: object) -> Iterator[Demand]:
        _text(terms)
        yield TermTest(testing.bounded(side, str(terms[0])))

    return read_bound


def _closed(terms: list[Term], about: About, shapes: Index) -> Iterator[Demand]:
    if _text(terms) == "true":
        lists = about.get(sh("ignoredProperties"), [])
        ignored = _iris(item for head in lists for item in members(head, shapes))
        paths = [path for node in about.get(sh("property"), ()) for path in shapes.objects(node, sh("path"))]
        named = [str(path) for path in paths if isinstance(path, ox.NamedNode)]
        yield Closed(frozenset((*ignored, *named)))


def _ignored(_: list[Term], about: About, __: Index) -> Iterator[Demand]:
    if sh("closed") not in about:
        raise Unclear("sh:ignoredProperties without sh:closed")
    yield from ()


def _unique(terms: list[Term], *_: object) -> Iterator[Demand]:
    if _text(terms) == "true":
        yield UniqueLanguages()


READERS: Final[dict[str, Callable[[list[Term], About, Index], Iterator[Demand]]]] = {
    SH + "class": lambda terms, *_: map(InstanceOf, _iris(terms)),
    SH + "datatype": _datatype,
    SH + "nodeKind": _kind,
    SH + "in": _among,
    SH + "pattern": _pattern,
    SH + "languageIn": _languages,
    SH + "minLength": lambda terms, *_: iter([TermTest(testing.of_length(number(terms) or 0, None))]),
    SH + "maxLength": lambda terms, *_: iter([TermTest(testing.of_length(0, number(terms)))]),
    SH + "minCount": lambda terms, *_: iter([Count(number(terms) or 0, None)]),
    SH + "maxCount": lambda terms, *_: iter([Count(0, number(terms))]),
    SH + "hasValue": lambda terms, *_: map(Holds, _terms(terms)),
    SH + "equals": lambda terms, *_: map(Equals, _iris(terms)),
    SH + "disjoint": lambda terms, *_: map(Disjoint, _iris(terms)),
    SH + "lessThan": lambda terms, *_: (Before(iri, same=False) for iri in _iris(terms)),
    SH + "lessThanOrEquals": lambda terms, *_: (Before(iri, same=True) for iri in _iris(terms)),
    SH + "uniqueLang": _unique,
    SH + "closed": _closed,
    SH + "ignoredProperties": _ignored,
    **{SH + side: _bound(side) for side in testing.BOUNDS},
}
"""How each parameter is read: from its values, all that is said of the shape, and the graph."""
