"""Copies of the seeds in either syntax, to be edited, and the places in them.

In YAML each article has its file. In JSON Lines all are in one, one a line, and the register is a
JSON file; the line of an article that a copy lacks is left empty.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from tests.faults.edits import edited
from tests.faults.nodes import scan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.faults.edits import Edit, Syntax
    from tests.faults.nodes import Data, Steps

SEEDS: Final = Path(__file__).parents[2] / "seeds"
REGISTER: Final = "register"
"""What the register is called where an article goes by the first three digits of its file."""
_LINES: Final = "seeds.diplomacy.jsonl"


class Spot(NamedTuple):
    """The value at the end of a path in a document, or its key."""

    document: str
    steps: Steps
    key: bool = False


class Mark(NamedTuple):
    """Part of a text that stands nowhere else in a document: `length` characters of it from `start`."""

    document: str
    text: str
    start: int = 0
    length: int = 1


Place: TypeAlias = Spot | Mark


class Region(NamedTuple):
    """Where a place is: line and column from 1, the end exclusive, as diplograph counts."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        """Give `file:line:column-line:column`, of the file's name what tells it from others."""
        name = REGISTER if REGISTER in self.file else self.file.partition("-")[0].partition(".")[0]
        return f"{name}:{self.line}:{self.column}-{self.end_line}:{self.end_column}"


@cache
def _originals(syntax: Syntax) -> dict[str, tuple[str, str]]:
    """Give the name of each document's file, and its text."""
    files = {file.name[:3]: file for file in sorted(SEEDS.glob("*.diplomacy.yaml"))}
    files[REGISTER] = SEEDS / "entities.register.yaml"
    texts = {document: file.read_text("utf-8") for document, file in files.items()}
    if syntax == "yaml":
        return {document: (files[document].name, text) for document, text in texts.items()}
    written = {document: _json(scan(text).data(text), document) for document, text in texts.items()}
    names = dict.fromkeys(texts, _LINES) | {REGISTER: "entities.register.json"}
    return {document: (names[document], text) for document, text in written.items()}


def _json(data: Data, document: str) -> str:
    text = json.dumps(data, ensure_ascii=False, default=float, indent=2 if document == REGISTER else None)
    return text.replace("entities.register.yaml", "entities.register.json")


def documents() -> list[str]:
    """List the seeds: the articles in the order of their files, then the register."""
    return list(_originals("yaml"))


@dataclass(slots=True)
class Copy:
    """Some of the seeds in a syntax, by document; the register is always among them."""

    syntax: Syntax
    texts: dict[str, str]

    @classmethod
    def of(cls, wanted: Iterable[str], syntax: Syntax) -> Copy:
        """Copy some documents."""
        chosen = {*wanted, REGISTER}
        return cls(syntax, {name: text for name, (_, text) in _originals(syntax).items() if name in chosen})

    def edit(self, edit: Edit) -> None:
        """Make an edit in one document."""
        self.texts[edit.document] = edited(self.texts[edit.document], edit, self.syntax)

    def write(self, folder: Path) -> None:
        """Write the files; a lone surrogate becomes the byte that it stands for, which is not UTF-8."""
        for name, text in self._files().items():
            (folder / name).write_text(text, "utf-8", errors="surrogateescape", newline="")

    def region(self, place: Place) -> Region:
        """Find a place in the files."""
        text = self.texts[place.document]
        start, end = _extent(place, text)
        name = _originals(self.syntax)[place.document][0]
        before = documents().index(place.document) if name == _LINES else 0
        return Region(name, *_line_and_column(text, start, before), *_line_and_column(text, end, before))

    def _files(self) -> dict[str, str]:
        originals = _originals(self.syntax)
        files = {originals[document][0]: text for document, text in self.texts.items()}
        if _LINES in files:
            lines = [self.texts.get(document, "") for document in originals if document != REGISTER]
            files[_LINES] = "\n".join(lines) + "\n"
        return files


def _extent(place: Place, text: str) -> tuple[int, int]:
    if isinstance(place, Mark):
        if text.count(place.text) != 1:
            message = f"'{place.text}' does not stand just once in {place.document}"
            raise ValueError(message)
        start = text.index(place.text) + place.start
        return start, start + place.length
    node = scan(text).at(place.steps)
    return node.key if place.key and node.key else (node.start, node.end)


def _line_and_column(text: str, offset: int, before: int) -> tuple[int, int]:
    return before + text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
