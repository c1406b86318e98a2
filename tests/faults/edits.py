"""Edits of a text: a value put in another's place or beside it, a key or item dropped, a key renamed.

An edit is made where the scanner says that things stand, in the style that it finds there; what it
puts in is written in flow style.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from tests.faults.nodes import scan

if TYPE_CHECKING:
    from tests.faults.nodes import Data, Node, Steps

Syntax: TypeAlias = Literal["yaml", "jsonl"]
_PLAIN: Final = re.compile(r"(?!(?:true|false|null)\b)[A-Za-z][\w-]*(?: [\w-]+)*")


class Raw(str):
    """Text that is put in as it stands, whether or not it is a value."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Put:
    """Put a value where a path leads, in place of what is there; `again` leaves that and adds the key once more."""

    document: str
    steps: Steps
    value: Data
    again: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Take out a key with its value, or an item."""

    document: str
    steps: Steps


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a value another key."""

    document: str
    steps: Steps
    key: str


Edit: TypeAlias = Put | Drop | Rename


def edited(text: str, edit: Edit, syntax: Syntax) -> str:
    r"""Make an edit.

    >>> edited("a: b\nc: {d: e}\n", Put("", ("c", "f"), ["g", 1]), "yaml")
    'a: b\nc: {d: e, f: [g, 1]}\n'
    >>> edited("- a: b\n  c: d\n", Drop("", (0, "a")), "yaml")
    '- c: d\n'
    """
    *above, last = edit.steps
    around = scan(text).at(tuple(above))
    if isinstance(edit, Rename):
        return _replaced(text, around.below[last].key or (0, 0), _name(edit.key, syntax))
    if isinstance(edit, Drop):
        return _replaced(text, _with_gap(around, last), "")
    if last in around.below and not edit.again:
        node = around.below[last]
        return _replaced(text, (node.start, node.end), written(edit.value, syntax))
    key = f"{_name(str(last), syntax)}: " if around.opened in "{:" else ""
    return _added(text, around, key + written(edit.value, syntax))


def written(value: Data, syntax: Syntax) -> str:
    """Write a value in flow style.

    >>> written({"a": ["b c", "d: e"]}, "yaml"), written({"a": ["b c"]}, "jsonl")
    ('{a: [b c, "d: e"]}', '{"a": ["b c"]}')
    """
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_name(key, syntax)}: {written(one, syntax)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(written(one, syntax) for one in value)}]"
    if isinstance(value, Decimal):
        return str(value)
    plain = syntax == "yaml" and isinstance(value, str) and _PLAIN.fullmatch(value)
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def _name(key: str, syntax: Syntax) -> str:
    return json.dumps(key) if syntax == "jsonl" else key


def _replaced(text: str, span: tuple[int, int], new: str) -> str:
    return text[: span[0]] + new + text[span[1] :]


def _added(text: str, around: Node, entry: str) -> str:
    """Add an entry behind the last one of a collection that is not empty."""
    last = list(around.below.values())[-1]
    between = ", " if around.opened in "[{" else "\n" + " " * around.column + "- " * (around.opened == "-")
    return _replaced(text, (last.end, last.end), between + entry)


def _with_gap(around: Node, step: str | int) -> tuple[int, int]:
    """Give the extent of an entry with what stands between it and its neighbour."""
    names = list(around.below)
    place = names.index(step)
    node = around.below[step]
    if place + 1 < len(names):
        return _start(node), _start(around.below[names[place + 1]])
    return around.below[names[place - 1]].end, node.end


def _start(node: Node) -> int:
    return node.key[0] if node.key else node.start
