"""Annotation files: each matched with its text, checked, and edited in place where it has to be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.anchoring.coverage import Coverage, Resolved, contradicted, uncovered_sentences
from diplograph.anchoring.coverage import coverage as coverage_of
from diplograph.anchoring.editing import Edit, fits, rewrite, span_edit, text_edits
from diplograph.anchoring.matching import differences, matching_text
from diplograph.anchoring.spans import Anchored, check_span, extent, span_places
from diplograph.anchoring.texts import ArticleText, article_texts
from diplograph.errors import UsageError
from diplograph.findings import Finding
from diplograph.reading.contents import Digest
from diplograph.reading.documents import Document, Problem, Raw
from diplograph.reading.sources import (
    STDIN_NAME,
    UNREADABLE,
    SourceFile,
    documents,
    source_files,
    without_consequences,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


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
    sources: Iterable[str | Path], articles: str | Path, *, check: bool = False, coverage: bool = False
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
    digest, anchored, before = Digest(), outcome.anchored, len(outcome.findings)
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
    outcome.findings[before:] = without_consequences(outcome.findings[before:])
    if changed:
        rewrite(file, changed, digest.hexdigest())


_CUT_SHORT: Final = (UNREADABLE, "too-large")
"""The codes of what is the end of a file that has not been read to its end."""


def _obstacle(document: Document, edits: Sequence[Edit], task: _Task) -> Problem | None:
    """Say why a document is left as it is, if it is: for want of leave, or of a place where the edits fit."""
    if edits and task.check:
        message = f"{len(edits)} {'place is' if len(edits) == 1 else 'places are'} not anchored."
        return Problem((), "not-anchored", message, "Run without --check.")
    if edits and not fits(document, edits):
        hint = "Write it as in the examples, without '? ', and with its keys in lines of their own or in braces."
        return Problem((), "not-editable", "The offsets cannot be written into this without breaking it.", hint)
    return None


def _document(document: Document, task: _Task, outcome: Outcome) -> list[Edit]:
    """Check one annotation; give the edits that anchor what is not anchored yet."""
    article = document.data.get("article") if isinstance(document.data, dict) else None
    if not isinstance(article, dict):
        outcome.findings.append(document.finding(Problem((), "missing-key", "The key 'article' is missing.")))
        return []
    matched = matching_text(article, task.texts)
    if isinstance(matched, Problem):
        outcome.findings.append(document.finding(matched, "violation"))
        return []
    outcome.findings += [document.finding(problem, "violation") for problem in differences(document.data, matched)]
    edits = text_edits(document, article, matched)
    resolved: list[Resolved] = []
    for path, raw in span_places(document.data):
        result = check_span(raw, path, matched.text)
        if isinstance(result, Problem):
            outcome.findings.append(document.finding(result, "violation"))
            continue
        if isinstance(result, Anchored):
            outcome.anchored += 1
            edits.append(span_edit(document, path, result.span))
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
