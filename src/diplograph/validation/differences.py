"""Where the two engines are known to differ, as data: what makes it so, and who is right.

Shapes that use such a construct, and documents that hold such literals, are left to the
reference engine alone. Found by trying each constraint with both engines (pyshacl 0.40.1,
pyshifty 0.5.1); a test tries them again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from msgspec import Struct

from diplograph.validation.index import RDF, sh
from diplograph.values.lexical import XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diplograph.validation.results import Result
    from diplograph.validation.shapes import Shapes

_BOUNDS: Final = tuple(sh(name) for name in ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"))
_COUNTS: Final = tuple(
    sh(name) for name in ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount")
)
_WHOLE: Final = re.compile(rf"[0-9]+\^{re.escape(XSD)}integer")
_FLAG: Final = re.compile(rf"(?:true|false)\^{re.escape(XSD)}boolean")
_ANY: Final = re.compile(r"(?s).*")
_ONE_OF: Final = {
    **dict.fromkeys(_COUNTS, _WHOLE),
    **dict.fromkeys((sh("closed"), sh("deactivated"), sh("uniqueLang"), sh("qualifiedValueShapesDisjoint")), _FLAG),
    **dict.fromkeys(_BOUNDS, _ANY),
    sh("pattern"): _ANY,
}
"""Parameters of which a shape has one at most, with the literals that they take (SHACL, section 4)."""
_EXTENSIONS: Final = tuple(
    sh(name) for name in ("sparql", "select", "ask", "target", "js", "expression", "rule", "entailment", "shapesGraph")
)
_FUNCTIONS: Final = (sh("SPARQLFunction"), sh("SPARQLTarget"), sh("SPARQLTargetType"), sh("ConstraintComponent"))
_COMPARING: Final = (
    *("LessThan", "LessThanOrEquals"),
    *("MinInclusive", "MaxInclusive", "MinExclusive", "MaxExclusive"),
)
_ZONED: Final = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$")
_TIMES: Final = tuple(XSD + name for name in ("dateTime", "dateTimeStamp", "date", "time"))
_PLAIN_ESCAPES: Final = re.compile(r"\\[][dnrt.^$*+?(){}|/\\-]")
_BEYOND: Final = re.compile(r"\(\?|\\|\[[^]]*(?:-\[|&&|\[)")


class Difference(Struct, frozen=True):
    """A construct of shapes on which the engines differ, with the reason."""

    name: str
    reason: str
    used: Callable[[Shapes], bool]


def _literals(shapes: Shapes, *predicates: ox.NamedNode) -> Iterator[ox.Literal]:
    for triple in shapes.triples:
        if triple.predicate in predicates and isinstance(triple.object, ox.Literal):
            yield triple.object


def _odd_pattern(shapes: Shapes) -> bool:
    """Find what a regular expression means in one engine only: (?, escapes of classes, nested classes."""
    return any(_BEYOND.search(_PLAIN_ESCAPES.sub("", text.value)) for text in _literals(shapes, sh("pattern")))


def _odd_flags(shapes: Shapes) -> bool:
    return any(text.value.strip("i") for text in _literals(shapes, sh("flags")))


def _odd_datatype(shapes: Shapes) -> bool:
    odd = {ox.NamedNode(XSD + name) for name in ("time", "hexBinary", "base64Binary")}
    odd |= {ox.NamedNode(RDF + name) for name in ("HTML", "XMLLiteral")}
    return any(triple.predicate == sh("datatype") and triple.object in odd for triple in shapes.triples)


def _bound_by_time(shapes: Shapes) -> bool:
    return any(bound.datatype.value in _TIMES for bound in _literals(shapes, *_BOUNDS))


def _odd_parameter(shapes: Shapes) -> bool:
    """Find parameters that are there twice, or not of their kind: the reference refuses many of these."""
    once: set[tuple[object, object]] = set()
    for triple in shapes.triples:
        kind = _ONE_OF.get(triple.predicate)
        if kind is None:
            continue
        value = triple.object
        if (triple.subject, triple.predicate) in once:
            return True
        once.add((triple.subject, triple.predicate))
        if not isinstance(value, ox.Literal) or not kind.fullmatch(f"{value.value}^{value.datatype.value}"):
            return True
    return False


def _odd_qualified(shapes: Shapes) -> bool:
    """Find qualified value shapes without a count, and counts without one."""
    shaped = {triple.subject for triple in shapes.triples if triple.predicate == sh("qualifiedValueShape")}
    counted = {triple.subject for triple in shapes.triples if triple.predicate in _COUNTS[-2:]}
    return shaped != counted


def _extended(shapes: Shapes) -> bool:
    """Find SPARQL, and what only extensions of SHACL know."""
    return any(triple.predicate in _EXTENSIONS or triple.object in _FUNCTIONS for triple in shapes.triples)


def _empty_list(shapes: Shapes) -> bool:
    nil = ox.NamedNode(RDF + "nil")
    lists = (sh("and"), sh("or"), sh("xone"))
    return any(triple.predicate in lists and triple.object == nil for triple in shapes.triples)


KNOWN: Final = (
    Difference("pattern", "Lookaround, back references and classes such as \\p{Lu} work in one of them.", _odd_pattern),
    Difference("flags", "pyshacl ignores the flags s and x of sh:pattern.", _odd_flags),
    Difference("datatype", "pyshacl refuses 24:00:00, pyshifty accepts hexBinary with an odd digit.", _odd_datatype),
    Difference("parameter", "pyshacl refuses what is ill-typed or doubled, pyshifty often not.", _odd_parameter),
    Difference("qualified", "pyshacl refuses a qualified value shape without a count, pyshifty not.", _odd_qualified),
    Difference("empty list", "pyshacl refuses an empty list of shapes, pyshifty not.", _empty_list),
    Difference("extension", "SPARQL compares numbers by value in one, by term in the other.", _extended),
    Difference(
        "time-bound", "Times with a zone and without: pyshacl never compares them, pyshifty does.", _bound_by_time
    ),
)


def differing(shapes: Shapes) -> list[Difference]:
    """List the known differences that some shapes may run into."""
    return [difference for difference in KNOWN if difference.used(shapes)]


def mixes_zones(triples: Iterable[ox.Triple]) -> bool:
    """Tell whether times with a zone and times without stand in one document; engines compare them differently."""
    found: set[bool] = set()
    for triple in triples:
        value = triple.object
        if isinstance(value, ox.Literal) and value.datatype.value in _TIMES:
            found.add(_ZONED.search(value.value[8:]) is not None)
    return len(found) > 1


def is_missed(result: Result) -> bool:
    """Tell a result that pyshacl is known to miss, and pyshifty to be right about.

    For Python, '$' matches before a last line feed too; and values that cannot be compared, as a
    year and a date, are a violation (SHACL, sections 4.3 and 4.5).
    """
    component = result.component.rpartition("#")[2].removesuffix("ConstraintComponent")
    return component in _COMPARING or (component == "Pattern" and '\\n"' in result.value)
