"""Edits of annotation files: where they go, whether the file then reads as intended, and the file written anew."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diplograph.anchoring.texts import TEXT
from diplograph.errors import UsageError
from diplograph.findings import Finding
from diplograph.reading.contents import MARK, Digest, numbered_lines, opened
from diplograph.reading.documents import Path, Raw
from diplograph.reading.json import parse_json
from diplograph.reading.yaml import parse_yaml
from diplograph.writing.outputs import output

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diplograph.anchoring.texts import ArticleText
    from diplograph.reading.documents import Document
    from diplograph.reading.sources import SourceFile


class Edit(Struct, frozen=True):
    """What replaces the text from one offset to another; and the value that then stands at a path."""

    start: int
    end: int
    written: str
    path: Path
    value: Raw


def span_edit(document: Document, path: Path, span: str) -> Edit:
    """Put a span with its offsets in the place of what is there."""
    written = span if _is_yaml(document) else json.dumps(span)
    return Edit(*document.locate(path, "value"), written, path, span)


def text_edits(document: Document, article: dict[str, Raw], matched: ArticleText) -> list[Edit]:
    """Fill in the SHA-256 and the length of the text where they are missing."""
    raw = article.get("text")
    known = raw if isinstance(raw, dict) else {}
    if {"sha256", "length"} <= known.keys():
        return []
    fields: dict[str, Raw] = {"file": matched.name, "sha256": matched.sha256, "length": len(matched.text)}
    if not _is_yaml(document):
        written = json.dumps(fields, ensure_ascii=False)
        label = '"text": '
    else:
        written = "{" + ", ".join(f"{key}: {_yaml_scalar(value)}" for key, value in fields.items()) + "}"
        label = "text: "
    if "text" in article:
        start, end = document.locate(TEXT, "value")
        return [Edit(start, end, written if start < end else f" {written}", TEXT, fields)]
    first = next(iter(article))
    key_start, _ = document.locate(("article", first), "key")
    block = _is_yaml(document) and document.text[document.locate(("article",), "value")[0]] != "{"
    line_start = document.text.rfind("\n", 0, key_start) + 1
    line_end = "\r\n" if "\r\n" in document.text else "\n"
    separator = line_end + document.text[line_start:key_start] if block else ", "
    return [Edit(key_start, key_start, label + written + separator, TEXT, fields)]


def _yaml_scalar(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) and not value.isalnum() else str(value)


def fits(document: Document, edits: Sequence[Edit]) -> bool:
    """Tell whether a document reads as intended once the edits are in it: YAML has many ways to be written."""
    text = _edited(document.text, edits)
    if not _encodable(text):
        return False  # a file may have a name that is no text
    parsed = parse_yaml(text, "") if _is_yaml(document) else parse_json(text, "")
    if isinstance(parsed, Finding) and not _is_yaml(document):
        parsed = parse_yaml(text, "")  # YAML may begin with a brace too
    wanted = copy.deepcopy(document.data)
    for edit in edits:
        place: Any = wanted
        for step in edit.path[:-1]:
            place = place[step]
        place[edit.path[-1]] = edit.value
    return not isinstance(parsed, Finding) and parsed.data == wanted


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_yaml(document: Document) -> bool:
    return not document.text.lstrip().startswith("{")


def _edited(text: str, edits: Iterable[Edit]) -> str:
    """Put edits into a text; they do not overlap."""
    pieces, done = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [text[done : edit.start], edit.written]
        done = edit.end
    return "".join([*pieces, text[done:]])


def rewrite(file: SourceFile, changed: Mapping[int, Sequence[Edit]], sha256: str) -> None:
    """Write a file anew: the whole of it, or in JSON Lines the lines that changed, one at a time.

    Raises:
        UsageError: the file has been changed since it was read, or cannot be written.
    """
    digest = Digest()
    with output(file.path) as target, opened(file.path, digest) as stream:
        lines = numbered_lines(stream) if file.syntax == "jsonl" else [(1, stream.read())]
        for number, line in lines:
            mark = MARK if line.startswith(MARK) else b""
            content = line.rstrip(b"\r\n") if file.syntax == "jsonl" else line
            edits = changed.get(number)
            if edits is None:
                target.write(line)
            else:
                new = _edited(content.removeprefix(mark).decode(), edits).encode()
                target.write(mark + new + line[len(content) :])
        if digest.hexdigest() != sha256:
            raise UsageError(f"'{file.name}' was changed while it was in use: it is left as it is.", "Run it again.")
