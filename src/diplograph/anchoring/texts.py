"""The texts of the articles, and finding things in them. All offsets are code points."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGEST_DIGITS: Final = 12


class ArticleText(Struct, frozen=True):
    """An article's text: the name and path of its file, the SHA-256 of its bytes, its code points."""

    name: str
    path: str
    sha256: str
    text: str


def article_texts(folder: str | Path) -> list[ArticleText]:
    """Read all texts (`*.txt`, UTF-8) of a folder; line ends stay as they are.

    Raises:
        UsageError: there is no such folder, no text in it, or one that is not UTF-8.
    """
    path = Path(folder)
    if not path.is_dir():
        raise UsageError(f"There is no folder '{folder}'.")
    texts = list(_read(path))
    if not texts:
        raise UsageError(f"There is no text (*.txt) in the folder '{folder}'.")
    return texts


def _read(path: Path) -> Iterator[ArticleText]:
    for file in sorted(path.glob("*.txt")):
        content = file.read_bytes()
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(f"The text '{file}' is not UTF-8 at byte {error.start}.") from error
        yield ArticleText(file.name, str(file), hashlib.sha256(content).hexdigest(), text)


def digest(text: str) -> str:
    """Give the first 12 hexadecimal digits of the SHA-256 of a text in UTF-8.

    >>> digest("")
    'e3b0c44298fc'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_DIGITS]


def occurrences(quote: str, text: str) -> list[tuple[int, int]]:
    r"""Find where a quote stands in a text, whatever white space is between its words.

    >>> occurrences("b c", "a b\nc, b  c")
    [(2, 5), (7, 11)]
    """
    pattern = r"\s+".join(re.escape(word) for word in quote.split())
    return [match.span(1) for match in re.finditer(f"(?=({pattern}))", text)]  # overlapping ones too


def moved(length: int, wanted: str, text: str) -> list[tuple[int, int]]:
    """Find the spans of a length whose digest is the one wanted: where a span has moved to."""
    starts = range(len(text) - length + 1)
    return [(start, start + length) for start in starts if digest(text[start : start + length]) == wanted]
