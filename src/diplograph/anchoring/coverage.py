"""How much of an article's text the evidence of its facts covers, and what it leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diplograph.anchoring.sentences import WORD, sentences
from diplograph.findings import Finding, Location, region
from diplograph.reading.documents import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diplograph.anchoring.texts import ArticleText
    from diplograph.reading.documents import Path

Extent = tuple[int, int]
"""Code points from the first (inclusive) to the second (exclusive)."""


class Resolved(Struct, frozen=True):
    """A span of an annotation that holds, with the place where it stands."""

    path: Path
    extent: Extent

    @property
    def of_a_fact(self) -> bool:
        """Whether it is evidence or a quotation: names and parts of an article state nothing."""
        return self.path[0] == "facts"

    @property
    def of_no_fact(self) -> bool:
        """Whether the annotation says that nothing is stated there."""
        return self.path[0] == "noFact"


class Coverage(Struct, frozen=True):
    """The sentences of one article: how many evidence covers, and which none does.

    `excused` counts those that the annotation lists as holding no fact; `words` and
    `covered_words` count the words of all others. A sentence is covered if evidence reaches
    any of its words.
    """

    article: str
    sentences: int
    covered: int
    excused: int
    words: int
    covered_words: int
    uncovered: tuple[Extent, ...]

    def __str__(self) -> str:
        """Give the counts as one line."""
        shares = f"{self.covered} of {_counted(self.sentences, 'sentence')} covered ({_share(self)})"
        return f"{self.article}: {shares}, {self.excused} without fact, {len(self.uncovered)} uncovered"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _share(found: Coverage) -> str:
    of_sentences = found.covered / found.sentences if found.sentences else 1.0
    of_words = found.covered_words / found.words if found.words else 1.0
    return f"{of_sentences:.0%}; {of_words:.0%} of the words that state something"


def coverage(article: str, text: ArticleText, language: str, spans: Sequence[Resolved]) -> Coverage:
    """Count the sentences of a text that the evidence of facts covers."""
    evidence = _positions(span.extent for span in spans if span.of_a_fact)
    excuses = _positions(span.extent for span in spans if span.of_no_fact)
    extents = sentences(text.text, language)
    covered, excused, counted, found = 0, 0, 0, 0
    uncovered: list[Extent] = []
    for extent in extents:
        words = _words(text.text, extent)
        reached = sum(not evidence.isdisjoint(word) for word in words)
        stating = sum(excuses.isdisjoint(word) or not evidence.isdisjoint(word) for word in words)
        if reached:
            covered += 1
        elif not stating:
            excused += 1
        else:
            uncovered.append(extent)
        counted += stating
        found += reached
    return Coverage(article, len(extents), covered, excused, counted, found, tuple(uncovered))


def _positions(extents: Iterable[Extent]) -> set[int]:
    return {position for start, end in extents for position in range(start, end)}


def _words(text: str, extent: Extent) -> list[range]:
    return [range(*match.span()) for match in WORD.finditer(text, *extent)]


def uncovered_sentences(found: Coverage, text: ArticleText) -> Iterator[Finding]:
    """Give a finding for each sentence without evidence, at its place in the text."""
    for start, end in found.uncovered:
        yield Finding(
            "violation",
            "uncovered",
            f"No evidence covers the sentence {start}-{end}.",
            Location(text.path, region(text.text, start, end)),
            "Annotate what it states, or list it under 'noFact' with the reason.",
        )


def contradicted(spans: Sequence[Resolved], text: ArticleText) -> Iterator[Problem]:
    """Find what is said to hold no fact although the evidence of some fact has a word of it."""
    evidence = [span.extent for span in spans if span.of_a_fact]
    for span in spans:
        start, end = span.extent
        shared = ((max(start, first), min(end, last), first, last) for first, last in evidence)
        clash = next((found for found in shared if WORD.search(text.text, *found[:2])), None)
        if span.of_no_fact and clash is not None:
            message = f"{start}-{end} is said to hold no fact, and is evidence at {clash[2]}-{clash[3]}."
            yield Problem(span.path, "no-fact-contradicted", message, "Correct one of them.")
