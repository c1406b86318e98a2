"""Where the sentences of a text begin and end. All offsets are code points."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sentencex import get_sentence_boundaries

from diplograph.findings import LINE_BREAK

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD: Final = re.compile(r"\w+")


def sentences(text: str, language: str = "en") -> list[tuple[int, int]]:
    r"""Find the sentences of a text, without the white space around them.

    A line ends a sentence too, so that headlines stand alone, unless the next line goes on in
    lower case, as in text that is wrapped. What has no word is no sentence. `language` is a
    tag (BCP 47) for the rules of abbreviations.

    >>> sentences("News\nMr. Oak said no. It\nrained.")
    [(0, 4), (5, 21), (22, 32)]
    """
    found = []
    for start, end in _blocks(text):
        # the segmenter knows languages by their first subtag
        for part in get_sentence_boundaries(language.partition("-")[0].lower() or "en", text[start:end]):
            piece = text[start + part["start_index"] : start + part["end_index"]]
            if WORD.search(piece):
                first = start + part["start_index"] + len(piece) - len(piece.lstrip())
                found.append((first, first + len(piece.strip())))
    return found


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Give the stretches between line ends that end a sentence."""
    start = 0
    for line_end in LINE_BREAK.finditer(text):
        if not text[line_end.end() : line_end.end() + 1].islower():
            yield start, line_end.start()
            start = line_end.end()
    yield start, len(text)
