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

from diplograph.validation.index import sh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diplograph.validation.results import Result
    from diplograph.validation.shapes import Shapes

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_BOUNDS: Final = tuple(sh(name) for name in ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"))
_COUNTS: Final = tuple(
    sh(name) for name in ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount")
)
_ZONED: Final = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$")
_TIMES: Final = (XSD + "dateTime", XSD + "date", XSD + "time")
_PLAIN_ESCAPES: Final = re.compile(r"\\[][dwsnrt.^$*+?(){}|/\\-]")
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
    return any(triple.predicate == sh("datatype") and triple.object in odd for triple in shapes.triples)


def _bound_by_time(shapes: Shapes) -> bool:
    return any(bound.datatype.value in _TIMES for bound in _literals(shapes, *_BOUNDS))


def _odd_count(shapes: Shapes) -> bool:
    counts = [triple.object for triple in shapes.triples if triple.predicate in _COUNTS]
    return not all(isinstance(count, ox.Literal) and count.datatype.value == XSD + "integer" for count in counts)


KNOWN: Final = (
    Difference("pattern", "Lookaround, back references and classes such as \\p{Lu} work in one of them.", _odd_pattern),
    Difference("flags", "pyshacl ignores the flags s and x of sh:pattern.", _odd_flags),
    Difference("datatype", "pyshacl refuses 24:00:00, pyshifty accepts hexBinary with an odd digit.", _odd_datatype),
    Difference("count", "pyshacl refuses a count that is no xsd:integer, pyshifty passes over it.", _odd_count),
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


def is_line_end(result: Result) -> bool:
    """Tell a result that pyshacl misses: for Python, '$' matches before a last line feed too."""
    return result.component.endswith("#PatternConstraintComponent") and '\\n"' in result.value
