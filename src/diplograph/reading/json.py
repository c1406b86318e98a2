"""JSON with duplicate keys refused, numbers kept exactly, and positions on demand.

A clean document costs one pass of the standard parser. Only when something has to be located
is the text scanned a second time for positions (RFC 8259 for the grammar).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import islice
from json.decoder import scanstring  # type: ignore[attr-defined]  # public, but not in the stubs
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from diplograph.findings import Finding, Location, region
from diplograph.reading.documents import DEEPEST, MOST_PROBLEMS, MOST_VALUES, SPLIT, Document, Problem
from diplograph.values.printing import brief

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.reading.documents import Part, Path, Raw

_BLANK: Final = re.compile(r"[ \t\n\r]*")
_ATOM: Final = re.compile(r"[^\s,\]}]+")
_STRING: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"')  # possessive: a long string would take a hundredfold
_TOKEN: Final = re.compile(rf'{_STRING.pattern}|[\[{{\]}}]|[^\s,:\[{{\]}}"]+')
_LONGEST_EXPONENT: Final = re.compile(r".*[eE][-+]?[0-9]{4,}")
_LONGEST_INTEGER: Final = 1000
_LONGEST_DECIMAL: Final = 2 * _LONGEST_INTEGER  # as many before the point as behind it


class _Node(Struct, gc=False):
    """A value's place, where its key starts (-1 without one), and the places below it by key or position.

    A key that stands a second time in its mapping is known by a negative number, which no key is.
    """

    start: int
    end: int
    key: int
    below: Mapping[str | int, _Node]


_NOTHING: Final[Mapping[str | int, _Node]] = {}


class _DuplicateKey(Exception):  # noqa: N818 - a signal, never seen outside
    pass


class _BadNumber(ValueError):  # noqa: N818 - the same
    def __init__(self, number: str, message: str) -> None:
        super().__init__(message)
        self.number = number


def parse_json(text: str, file: str, first_line: int = 1) -> Document | Finding:
    """Parse one JSON value, or say why it is none."""
    if _has_too_many(text):
        message = f"The document has more than {MOST_VALUES:,} values."
        return Finding("error", "too-large", message, Location(file, region(text, 0, 1, first_line)), SPLIT)
    try:
        data, doubled = _loaded(text)
        deep = _deep_place(text) if doubled or _is_deep(data) else None
    except json.JSONDecodeError as error:
        place = region(text, error.pos, error.pos + 1, first_line)
        return Finding(
            "error", "json-syntax", f"This is not JSON: {error.msg.removesuffix(' at')}.", Location(file, place)
        )
    except RecursionError:
        deep = _deep_place(text)
    except _BadNumber as error:
        starts = (token.start() for token in _TOKEN.finditer(text) if token.group().startswith(error.number))
        start = next(starts, 0)
        place = region(text, start, start + len(error.number), first_line)
        return Finding("error", "json-syntax", f"This is not JSON: {error}.", Location(file, place))
    if deep is not None:
        place = region(text, deep, deep + 1, first_line)
        return Finding("error", "too-deep", "The document is nested too deeply.", Location(file, place))
    problems = tuple(islice(_duplicates(_scan(text), (), text), MOST_PROBLEMS)) if doubled else ()
    scanned = cache(lambda: _scan(text))
    return Document(file, text, data, lambda path, part: _span(scanned(), path, part, text), first_line, problems)


def _has_too_many(text: str) -> bool:
    """Tell whether there are too many values: each but the first in its place follows a comma or bracket."""

    def at_most(one: str) -> int:
        return 1 + sum(one.count(mark) for mark in ",[{")

    return len(text) > MOST_VALUES and at_most(text) > MOST_VALUES and at_most(_STRING.sub("", text)) > MOST_VALUES


def _loaded(text: str) -> tuple[Raw, bool]:
    """Load the data, and tell whether any key stands twice in its mapping."""
    try:
        return _load(text, _refuse_duplicates), False
    except _DuplicateKey:
        return _load(text, _keep_first), True


def _load(text: str, pairs_hook: Any) -> Raw:  # noqa: ANN401 - what json takes
    data: Raw = json.loads(
        text, object_pairs_hook=pairs_hook, parse_float=_decimal, parse_int=_integer, parse_constant=_no_constant
    )
    return data


def _is_deep(data: Raw) -> bool:
    level = [data]
    for _ in range(DEEPEST):
        below: list[Raw] = []
        for one in level:
            kind = type(one)
            if kind is dict:
                below += one.values()  # type: ignore[union-attr]  # for speed: each value of each article comes here
            elif kind is list:
                below += one  # type: ignore[arg-type]  # the same
        if not below:
            return False
        level = below
    return any(isinstance(found, (dict, list)) for found in level)


def _deep_place(text: str) -> int | None:
    """Find the bracket with which a text gets too deep."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += (token.group() in ("[", "{")) - (token.group() in ("]", "}"))
        if depth > DEEPEST:
            return token.start()
    return None


def _refuse_duplicates(pairs: list[tuple[str, Raw]]) -> dict[str, Raw]:
    data = dict(pairs)
    if len(data) < len(pairs):
        raise _DuplicateKey
    return data


def _keep_first(pairs: list[tuple[str, Raw]]) -> dict[str, Raw]:
    """Keep the value that `_scan` gives the key's own name to."""
    data: dict[str, Raw] = {}
    for key, value in pairs:
        data.setdefault(key, value)
    return data


def _decimal(text: str) -> Decimal:
    if len(text) > _LONGEST_DECIMAL:
        raise _BadNumber(text, f"a number of {len(text)} characters is too long")
    if _LONGEST_EXPONENT.match(text):
        raise _BadNumber(text, f"the number {brief(text, 100)} is too large")
    return Decimal(text)


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise _BadNumber(text, f"a number of {len(text)} digits is too large")
    return int(text)


def _no_constant(text: str) -> Raw:
    raise _BadNumber(text, f"{text} is not a JSON number")


def _duplicates(node: _Node, path: Path, text: str) -> Iterator[Problem]:
    for step, below in node.below.items():
        if isinstance(step, int) and step < 0:
            key = scanstring(text, below.key + 1)[0]
            message = brief(f"The key '{key}' stands here twice.")
            yield Problem((*path, step), "duplicate-key", message, "Keep one.", "key")
        yield from _duplicates(below, (*path, step), text)


def _span(root: _Node, path: Path, part: Part, text: str) -> tuple[int, int]:
    node = root
    for step in path:
        if step not in node.below:
            break
        node = node.below[step]
    if part == "key" and node.key >= 0:
        return node.key, scanstring(text, node.key + 1)[1]
    return node.start, node.end


def _scan(text: str) -> _Node:
    node, _ = _value(text, _skip(text, 0), -1)
    return node


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, key: int) -> tuple[_Node, int]:
    """Scan the value at an offset of a text that is known to be JSON."""
    if text[at] == '"':
        end = scanstring(text, at + 1)[1]
        return _Node(at, end, key, _NOTHING), end
    if text[at] in "{[":
        return _container(text, at, key)
    atom = _ATOM.match(text, at)
    end = atom.end() if atom else at + 1
    return _Node(at, end, key, _NOTHING), end


def _container(text: str, start: int, key: int) -> tuple[_Node, int]:
    below: dict[str | int, _Node] = {}
    at = _skip(text, start + 1)
    while text[at] not in "}]":
        step: str | int = len(below)
        below_key = -1
        if text[start] == "{":
            below_key = at
            name, at = scanstring(text, at + 1)
            step = name if name not in below else -len(below)
            at = _skip(text, _skip(text, at) + 1)
        below[step], at = _value(text, at, below_key)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return _Node(start, at + 1, key, below), at + 1
