"""Annotation files: each matched with its text, checked, and edited in place where it has to be."""

from __future__ import annotations

import copy
import json
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from diplograph.anchoring.coverage import Coverage, Resolved, contradicted, uncovered_sentences
from diplograph.anchoring.coverage import coverage as coverage_of
from diplograph.anchoring.spans import Anchored, check_span, extent, span_places
from diplograph.anchoring.texts import ArticleText, article_texts
from diplograph.errors import UsageError
from diplograph.findings import Finding
from diplograph.reading.contents import MARK, Digest, numbered_lines, opened
from diplograph.reading.documents import Document, Path, Problem, Raw
from diplograph.reading.json import parse_json
from diplograph.reading.kinds import SPAN_PATTERN
from diplograph.reading.sources import STDIN_NAME, SourceFile, documents, source_files
from diplograph.reading.yaml import parse_yaml
from diplograph.writing.outputs import output

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Edit(Struct, frozen=True):
    """What replaces the text from one offset to another; and the value that then stands at a path."""

    start: int
    end: int
    written: str
    path: Path
    value: Raw


class Outcome(Struct):
    """What was found, how many spans hold, and how many were turned into offsets with digests.

    `coverage` has an entry for each article, if it was asked for.
    """

    findings: list[Finding] = []
    checked: int = 0
    anchored: int = 0
    coverage: list[Coverage] = []


class _Task(Struct, frozen=True):
    """What to do with each annotation, and with which texts."""

    texts: list[ArticleText]
    check: bool
    coverage: bool


def anchor(
    sources: Iterable[str | FilePath], articles: str | FilePath, *, check: bool = False, coverage: bool = False
) -> Outcome:
    """Tie the evidence of annotation files to the texts in a folder.

    Files are changed in place, each whole or not at all, and not at all with `check`. With
    `coverage`, each sentence that no evidence covers is found, unless the annotation lists it
    as holding no fact.

    Raises:
        UsageError: a source or the folder does not exist, or a file cannot be written.
    """
    files = source_files(sources)
    for file in files:
        if file.kept:
            name = "Standard input" if file.name == STDIN_NAME else f"The pipe '{file.name}'"
            raise UsageError(f"{name} cannot be changed in place.", "Name the files.")
    task = _Task(article_texts(articles), check, coverage)
    outcome = Outcome()
    for file in files:
        if not file.is_register:
            _file(file, task, outcome)
    return outcome


def _file(file: SourceFile, task: _Task, outcome: Outcome) -> None:
    changed: dict[int, list[Edit]] = {}
    digest, anchored = Digest(), outcome.anchored
    for document in documents(file, digest):
        if isinstance(document, Finding):
            outcome.findings.append(document)
            if document.code in _CUT_SHORT:
                changed, outcome.anchored = {}, anchored
            continue
        if document.problems:  # which of two values is meant, cannot be told
            outcome.findings += [document.finding(problem) for problem in document.problems]
            continue
        before = outcome.anchored
        edits = _document(document, task, outcome)
        problem = _obstacle(document, edits, task)
        if problem is not None:
            outcome.anchored = before
            outcome.findings.append(document.finding(problem, "violation"))
        elif edits:
            changed[document.first_line] = edits
    if changed:
        _rewrite(file, changed, digest.hexdigest())


_CUT_SHORT: Final = ("unreadable", "too-large")
"""The codes of what is the end of a file that has not been read to its end."""


def _obstacle(document: Document, edits: Sequence[Edit], task: _Task) -> Problem | None:
    """Say why a document is left as it is, if it is: for want of leave, or of a place where the edits fit."""
    if edits and task.check:
        message = f"{len(edits)} {'place is' if len(edits) == 1 else 'places are'} not anchored."
        return Problem((), "not-anchored", message, "Run without --check.")
    if edits and not _fits(document, edits):
        hint = "Write it as in the examples, without '? ', and with its keys in lines of their own or in braces."
        return Problem((), "not-editable", "The offsets cannot be written into this without breaking it.", hint)
    return None


def _fits(document: Document, edits: Sequence[Edit]) -> bool:
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


def _document(document: Document, task: _Task, outcome: Outcome) -> list[Edit]:
    """Check one annotation; give the edits that anchor what is not anchored yet."""
    article = document.data.get("article") if isinstance(document.data, dict) else None
    if not isinstance(article, dict):
        outcome.findings.append(document.finding(Problem((), "missing-key", "The key 'article' is missing.")))
        return []
    matched = _matched(article, task.texts)
    if isinstance(matched, Problem):
        outcome.findings.append(document.finding(matched, "violation"))
        return []
    outcome.findings += [document.finding(problem, "violation") for problem in _differences(document.data, matched)]
    edits = _text_edits(document, article, matched)
    resolved: list[Resolved] = []
    for path, raw in span_places(document.data):
        result = check_span(raw, path, matched.text)
        if isinstance(result, Problem):
            outcome.findings.append(document.finding(result, "violation"))
            continue
        if isinstance(result, Anchored):
            outcome.anchored += 1
            span = result.span if _is_yaml(document) else json.dumps(result.span)
            edits.append(Edit(*document.locate(path, "value"), span, path, result.span))
        else:
            outcome.checked += 1
        resolved.append(Resolved(path, extent(result.span if result else raw)))
    if task.coverage:
        _cover(document, article, matched, resolved, outcome)
    return edits


def _cover(
    document: Document,
    article: dict[str, Raw],
    matched: ArticleText,
    spans: Sequence[Resolved],
    outcome: Outcome,
) -> None:
    """Count what the evidence covers; sentences left out are found at their place in the text."""
    language = article.get("language")
    line = f":{document.first_line}" if document.first_line > 1 else ""  # of a file with an article a line
    found = coverage_of(document.file + line, matched, language if isinstance(language, str) else "", spans)
    outcome.coverage.append(found)
    outcome.findings += uncovered_sentences(found, matched)
    outcome.findings += [document.finding(problem, "violation") for problem in contradicted(spans, matched)]


_TEXT: Final = ("article", "text")


def _matched(article: dict[str, Raw], texts: Sequence[ArticleText]) -> ArticleText | Problem:
    """Find the text of an article: by its SHA-256, by its file's name, or by the article's id."""
    raw = article.get("text")
    text = raw if isinstance(raw, dict) else {}
    sha256, file = text.get("sha256"), text.get("file")
    by_digest = next((found for found in texts if found.sha256 == sha256), None)
    if by_digest is not None:
        return by_digest
    named = next((found for found in texts if found.name == file), None)
    if sha256 is not None:
        if named is not None:
            hint = f"The file's SHA-256 is {named.sha256}. Annotate the new text, or get the old one back."
            return Problem(
                (*_TEXT, "sha256"), "text-changed", f"The text '{named.name}' is not the one annotated.", hint
            )
        return Problem((*_TEXT, "sha256"), "text-missing", "No text in the folder has this SHA-256.")
    if named is not None:
        return named
    by_id = [found for found in texts if FilePath(found.name).stem == article.get("id")]
    if by_id:
        return by_id[0]
    hint = "Name it: text: {file: NAME.txt} under 'article'."
    return Problem(("article",), "text-missing", "It cannot be told which text this annotates.", hint)


def _differences(data: Raw, matched: ArticleText) -> Iterator[Problem]:
    """Find where the annotation says something else of its text than the text shows."""
    if not isinstance(data, dict):
        return
    article = data.get("article")
    text = article.get("text") if isinstance(article, dict) else None
    length = text.get("length") if isinstance(text, dict) else None
    if length is not None and length != len(matched.text):
        message = f"The text has {len(matched.text)} code points, not {length}."
        yield Problem((*_TEXT, "length"), "text-length", message)
    names = data.get("names")
    for place, name in enumerate(names if isinstance(names, list) else []):
        for _, raw in span_places({"names": [name]}):
            span = SPAN_PATTERN.fullmatch(raw) if isinstance(raw, str) else None
            found = matched.text[int(span.group(1)) : int(span.group(2))] if span else None
            written = name.get("written") if isinstance(name, dict) else None
            if found is not None and isinstance(written, str) and found.split() != written.split():
                yield Problem(("names", place, "written"), "name-differs", "The text has another name at this span.")


def _text_edits(document: Document, article: dict[str, Raw], matched: ArticleText) -> list[Edit]:
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
        start, end = document.locate(_TEXT, "value")
        return [Edit(start, end, written if start < end else f" {written}", _TEXT, fields)]
    first = next(iter(article))
    key_start, _ = document.locate(("article", first), "key")
    block = _is_yaml(document) and document.text[document.locate(("article",), "value")[0]] != "{"
    line_start = document.text.rfind("\n", 0, key_start) + 1
    line_end = "\r\n" if "\r\n" in document.text else "\n"
    separator = line_end + document.text[line_start:key_start] if block else ", "
    return [Edit(key_start, key_start, label + written + separator, _TEXT, fields)]


def _yaml_scalar(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) and not value.isalnum() else str(value)


def _is_yaml(document: Document) -> bool:
    return not document.text.lstrip().startswith("{")


def _edited(text: str, edits: Iterable[Edit]) -> str:
    """Put edits into a text; they do not overlap."""
    pieces, done = [], 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [text[done : edit.start], edit.written]
        done = edit.end
    return "".join([*pieces, text[done:]])


def _rewrite(file: SourceFile, changed: Mapping[int, Sequence[Edit]], sha256: str) -> None:
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
