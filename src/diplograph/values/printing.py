"""Text from data made safe to print."""

from __future__ import annotations

import unicodedata
from typing import Final

_HIDDEN: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")


def printable(text: str) -> str:
    r"""Escape control and direction-changing characters, so that data cannot steer a terminal.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(
        character.encode("unicode_escape").decode() if unicodedata.category(character) in _HIDDEN else character
        for character in text
    )


def brief(text: str, longest: int = 400) -> str:
    """Shorten a text in its middle, so that a message has its beginning and its end however much data it quotes.

    >>> brief("Unknown key 'aaaaaaaaaaaaaaaaaaaa'.", 24)
    "Unknown key 'a…aaaaaaa'."
    """
    if len(text) <= longest:
        return text
    end = longest * 2 // 5
    return f"{text[: longest - end - 1]}…{text[-end:]}"


def one_line(text: str) -> str:
    r"""Join the lines of a text, so that data cannot pass for lines of its own.

    >>> one_line("a\n\n b\u2028c")
    'a b c'
    """
    return " ".join(text.split())
