"""One document: plain data of an article or register, and the way back to places in its text.

Both syntaxes parse to the same plain data: dict, list, str, int, Decimal, bool, None. Numbers
with a fraction or exponent are Decimals, so that no digit is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from diplograph.findings import Finding, Location, Severity, region
from diplograph.values.printing import brief

Raw: TypeAlias = "dict[str, Raw] | list[Raw] | str | int | Decimal | bool | None"
Path: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of a document, as in `("facts", 0, "time")`."""

Part = Literal["key", "value"]
Locate: TypeAlias = Callable[[Path, Part], tuple[int, int]]
"""From a path to the start and end of its key or value, in code points of the text."""

DEEPEST: Final = 50
"""How many steps a path may have; nothing that the format knows comes near."""

MOST_VALUES: Final = 2_000_000
"""How many values a document may have, keys not counted: each takes up to 700 bytes while it is read."""

SPLIT: Final = "Split it into several, or keep one article a line (.jsonl)."

MOST_PROBLEMS: Final = 10_000
"""How many problems are told; nobody reads more, and a broken export of a million lines has as many."""


class Problem(Struct, frozen=True):
    """Something wrong at a path; its place is looked up when it is reported."""

    path: Path
    code: str
    message: str
    hint: str = ""
    part: Part = "value"


class Document(Struct, frozen=True):
    """Plain data with its origin. `first_line` is the line of the file at which `text` starts.

    `problems` are those that the syntax itself gave, such as duplicate keys.
    """

    file: str
    text: str
    data: Raw
    locate: Locate
    first_line: int = 1
    problems: tuple[Problem, ...] = ()

    def finding(self, problem: Problem, severity: Severity = "error") -> Finding:
        """Give a problem its place in the file."""
        location = self.location(problem.path, problem.part)
        owner = self.owner(problem.path)
        return Finding(severity, problem.code, brief(problem.message), location, brief(problem.hint), owner=owner)

    def location(self, path: Path, part: Part = "value") -> Location:
        """Find the place of a path, or of the nearest thing above it that exists."""
        start, end = self.locate(path, part)
        return Location(self.file, region(self.text, start, end, self.first_line))

    def owner(self, path: Path) -> str:
        """Name what a path leads into: the article, the fact by its id, the entity by its name.

        As in `a003/expulsion`; a fact without an id is named by the one around it, or its position.
        """
        data = self.data if isinstance(self.data, dict) else {}
        article = data.get("article")
        names = [article.get("id")] if isinstance(article, dict) else []
        if path[:1] == ("entities",):
            names += path[1:2]
        elif path[:1] == ("facts",) and len(path) > 1:
            names.append(_nearest_id(data, path) or f"fact {path[1]}")
        return "/".join(brief(name) for name in names if isinstance(name, str))


def _nearest_id(data: Raw, path: Path) -> str:
    """Give the id of the innermost fact on the way along a path."""
    found = ""
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            break
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            found = str(data["id"])
    return found
