"""Where things stand in a text: a scanner for JSON and for such YAML as the seeds are written in.

Knows nothing of diplograph and uses no parser, so that it can tell whether diplograph finds the
right places. Of YAML it takes block and flow collections, plain and double-quoted words on one
line, folded text and comments. It expects that the text is in order.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeAlias

Data: TypeAlias = "dict[str, Data] | list[Data] | str | int | Decimal | bool | None"
Steps: TypeAlias = tuple[str | int, ...]
"""Keys and positions from the top of a document; instead of its position, the `id` of an item.

Of a key that stands twice, the second ends in `'`.
"""

_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_KEY: Final = re.compile(r'("(?:[^"\\]|\\.)*"|[A-Za-z$][\w-]*)\s*:(?=\s)')
_IN_BLOCK: Final = re.compile(r"[^\n]*?(?=[ \t]+#|[ \t]*(?:\r?\n|\Z))")
_IN_FLOW: Final = re.compile(r"[^,\[\]{}\n]*[^,\[\]{}\s]")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_CONSTANTS: Final[dict[str, Data]] = {"true": True, "false": False, "null": None}


@dataclass(slots=True)
class Node:
    """A value from `start` to `end` (exclusive), the place of its key, and what is in it.

    `column` is that of its first character, from 0; `opened` is the bracket of a collection in
    flow style, `-` or `:` for one in block style, and empty for a scalar. `name` is its `id`.
    """

    start: int
    end: int
    column: int
    opened: str = ""
    key: tuple[int, int] | None = None
    name: str = ""
    below: dict[str | int, Node] = field(default_factory=dict)

    def at(self, path: Steps) -> Node:
        """Go down a path."""
        node = self
        for step in path:
            named = (below for below in node.below.values() if below.name == step)
            node = node.below[step] if step in node.below else next(named)
        return node

    def data(self, text: str) -> Data:
        """Give the plain data that it stands for in its text."""
        if self.opened in ("{", ":"):
            return {str(key): node.data(text) for key, node in self.below.items()}
        if self.opened:
            return [node.data(text) for node in self.below.values()]
        return _scalar(text[self.start : self.end])


@lru_cache(maxsize=16)
def scan(text: str) -> Node:
    r"""Scan a document; the nodes are for looking only.

    >>> node = scan("a:\n  - {b: c d}  # e\n")
    >>> text = node.at(("a", 0, "b"))
    >>> (text.start, text.end, text.key)
    (11, 14, (8, 9))
    """
    return _value(text, _skip(text, 0), inline=False)


def _scalar(written: str) -> Data:
    if written.startswith('"'):
        return str(json.loads(written))
    if written.startswith(">"):
        return " ".join(line.strip() for line in written.splitlines()[1:])
    if _NUMBER.fullmatch(written):
        return Decimal(written) if re.search("[.eE]", written) else int(written)
    return _CONSTANTS.get(written, written)


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _column(text: str, at: int) -> int:
    return at - text.rfind("\n", 0, at) - 1


def _value(text: str, at: int, *, inline: bool) -> Node:
    """Scan the value that starts at an offset; `inline` if its key or dash stands on the same line."""
    if text[at] in "{[":
        return _flow(text, at)
    if text[at] == ">":
        return Node(at, _end_of_folded(text, at), _column(text, at))
    if text.startswith("- ", at) and not inline:
        return _block_list(text, at)
    if _KEY.match(text, at) and not inline:
        return _block_mapping(text, at)
    found = _QUOTED.match(text, at) or _IN_BLOCK.match(text, at)
    return Node(at, found.end() if found else at, _column(text, at))


def _end_of_folded(text: str, at: int) -> int:
    """Find the end of the last line that is indented deeper than the one on which the text starts."""
    first, *lines = text[text.rfind("\n", 0, at) + 1 :].split("\n")
    indent = len(first) - len(first.lstrip(" -"))
    end = offset = at - len(first.partition(">")[0]) + len(first)
    for line in lines:
        offset += 1 + len(line)
        if line.strip() and not line.startswith(" " * (indent + 1)):
            break
        end = offset if line.strip() else end
    return end


def _block_list(text: str, at: int) -> Node:
    node = Node(at, at, _column(text, at), "-")
    while text.startswith("- ", at) and _column(text, at) == node.column:
        below = _value(text, _skip(text, at + 1), inline=False)
        node.below[len(node.below)] = below
        node.end, at = below.end, _skip(text, below.end)
    return node


def _block_mapping(text: str, at: int) -> Node:
    node = Node(at, at, _column(text, at), ":")
    while (found := _KEY.match(text, at)) and _column(text, at) == node.column:
        start = _skip(text, found.end())
        below = _value(text, start, inline="\n" not in text[found.end() : start])
        _enter(node, found, below, text)
        node.end, at = below.end, _skip(text, below.end)
    return node


def _flow(text: str, at: int) -> Node:
    """Scan a collection in brackets, as all of JSON is."""
    node = Node(at, at, _column(text, at), text[at])
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        found = _KEY.match(text, at) if node.opened == "{" else None
        below = _flow_value(text, _skip(text, found.end()) if found else at)
        if found:
            _enter(node, found, below, text)
        else:
            node.below[len(node.below)] = below
        at = _skip(text, below.end)
        at = _skip(text, at + 1) if text[at] == "," else at
    node.end = at + 1
    return node


def _flow_value(text: str, at: int) -> Node:
    if text[at] in "{[":
        return _flow(text, at)
    found = _QUOTED.match(text, at) or _IN_FLOW.match(text, at)
    return Node(at, found.end() if found else at, _column(text, at))


def _enter(node: Node, found: re.Match[str], below: Node, text: str) -> None:
    name = found[1].strip('"')
    below.key = found.span(1)
    if name == "id":
        node.name = text[below.start : below.end].strip('"')
    node.below[name if name not in node.below else name + "'"] = below
