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

TEXT: Final = ("article", "text")
"""The path, in an annotation, to what it says of its article's text."""

_DIGEST_DIGITS: Final = 12
_LARGEST: Final = 1 << 24
_LONGEST_SEARCH: Final = 1 << 30


class ArticleText(Struct, frozen=True):
    """An article's text: the name and path of its file, the SHA-256 of its bytes, its code points."""

    name: str
    path: str
    sha256: str
    text: str


def article_texts(folder: str | Path) -> list[ArticleText]:
    """Read all texts (`*.txt`, UTF-8) of a folder; line ends stay as they are.

    Raises:
        UsageError: there is no such folder, no text in it, or one that cannot be read, is too large
            or is not UTF-8.
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
        if not file.is_file() and not file.is_symlink():
            continue  # a folder or a device
        try:
            with file.open("rb") as stream:
                content = stream.read(_LARGEST + 1)
        except OSError as error:
            raise UsageError(f"The text '{file}' cannot be read: {error.strerror}.") from error
        if len(content) > _LARGEST:
            raise UsageError(f"The text '{file}' is larger than {_LARGEST >> 20} MB.")
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
    words = quote.split()
    if sum(map(len, words)) > len(text):
        return []  # a pattern of any length would be made
    pattern = r"\s+".join(re.escape(word) for word in words)
    return [match.span(1) for match in re.finditer(f"(?=({pattern}))", text)]  # overlapping ones too


def moved(length: int, wanted: str, text: str) -> list[tuple[int, int]] | None:
    """Find the spans of a length whose digest is the one wanted: where a span has moved to.

    Every place is tried; `None` where text and span are so long that it would take minutes.
    """
    starts = range(max(0, len(text) - length + 1))
    if len(starts) * length > _LONGEST_SEARCH:
        return None
    return [(start, start + length) for start in starts if digest(text[start : start + length]) == wanted]
