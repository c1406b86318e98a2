"""Where an IRI has its page, and what of an IRI or a text may stand on a page."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote, unquote

from msgspec import Struct

_PLAIN: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]+")
_ENCODED: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
_WEB: Final = re.compile(r"https?://[^/?#\s\\@]+(?:[/?#][^\s\\]*)?", re.IGNORECASE)
_HIDDEN: Final = ("Cc", "Cs", "Zl", "Zp")
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KEPT: Final = frozenset("\n\t")


class Link(Struct, frozen=True, order=True):
    """A term on a page: its text, the address of its page if it has one, its IRI or datatype, its language."""

    text: str
    href: str = ""
    title: str = ""
    language: str = ""


def page_of(iri: str, base: str) -> str:
    """Give the address of the page of an IRI: under the base the same path, else one that names the IRI.

    >>> page_of("https://example.org/id/entity/ukraine", "https://example.org/id/")
    '/id/entity/ukraine'
    >>> page_of("javascript:alert(1)", "https://example.org/id/")
    '/about?iri=javascript%3Aalert%281%29'
    """
    rest = iri.removeprefix(base)
    if iri.startswith(base) and _PLAIN.fullmatch(rest) and not _moves(rest):
        return f"/id/{rest}"
    return f"/about?iri={quote(iri, safe='')}"


def _moves(path: str) -> bool:
    """Tell whether a client may take a path for another one, as it may decode what needs no code (RFC 3986, 6.2)."""
    needless = any(_UNRESERVED.fullmatch(unquote(code)) for code in _ENCODED.findall(path))
    return needless or any(part in ("", ".", "..") for part in path.split("/"))


def is_web(iri: str) -> bool:
    """Tell whether an IRI may be a link to another place: only the web's own schemes.

    >>> is_web("http://www.wikidata.org/entity/Q1"), is_web("javascript:alert(1)"), is_web("https://a@b")
    (True, False, False)
    """
    return _WEB.fullmatch(iri) is not None


def visible(text: str) -> str:
    r"""Escape what cannot be seen and what turns the direction of a text; lines and tabs stay.

    >>> visible("a\u202eb\n")
    'a\\u202eb\n'
    """
    return "".join(
        letter.encode("unicode_escape").decode()
        if letter not in _KEPT and (letter in _TURNING or unicodedata.category(letter) in _HIDDEN)
        else letter
        for letter in text
    )
