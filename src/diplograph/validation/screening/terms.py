"""Terms as N-Triples writes them: of what kind each is, and what a literal is made of (RDF 1.1 N-Triples)."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from msgspec import Struct

from diplograph.validation.index import RDF, RDFS
from diplograph.values.lexical import XSD

TYPE: Final = f"<{RDF}type>"
BELOW: Final = f"<{RDFS}subClassOf>"
STRING: Final = f"{XSD}string"
LANGUAGE_STRING: Final = f"{RDF}langString"

IRI: Final = "<"
LITERAL: Final = '"'
BLANK: Final = "_"
"""The first character of a term tells its kind."""

Verdict: TypeAlias = bool | None
"""Whether something holds: surely, surely not, or not known here."""

_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_CONTROLS: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Parts(Struct, frozen=True):
    """A literal taken apart: its text without escapes, the IRI of its datatype, its language tag or `""`."""

    text: str
    datatype: str
    language: str


def unescaped(text: str) -> str:
    r"""Resolve the escapes of a text.

    >>> unescaped(r"a\u0041\n")
    'aA\n'
    """
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    short, long, control = found.groups()
    return _CONTROLS.get(control, control) if control else chr(int(short or long, 16))


def parts(literal: str) -> Parts:
    """Take a literal apart.

    >>> parts('"a"@en')
    Parts(text='a', datatype='http://www.w3.org/1999/02/22-rdf-syntax-ns#langString', language='en')
    """
    end = literal.rindex('"')
    text, suffix = unescaped(literal[1:end]), literal[end + 1 :]
    if suffix.startswith("@"):
        return Parts(text, LANGUAGE_STRING, suffix[1:])
    return Parts(text, unescaped(suffix[3:-1]) if suffix else STRING, "")


def text_of(term: str) -> str:
    """Give the text of an IRI or a literal, as patterns and lengths take it."""
    text = term[1 : term.rindex('"')] if term[0] == LITERAL else term[1:-1]
    return unescaped(text) if "\\" in text else text


def same(term: str) -> object:
    """Give what two terms share just if they are the same term, however they are written."""
    if term[0] == LITERAL:
        found = parts(term)
        return (found.text, found.datatype, found.language.lower())
    return unescaped(term)


def all_of(verdicts: list[Verdict]) -> Verdict:
    """Join verdicts that all have to hold."""
    return False if False in verdicts else None if None in verdicts else True


def opposite(verdict: Verdict) -> Verdict:
    """Turn a verdict round; what is not known stays so."""
    return None if verdict is None else not verdict
