"""RDF literals whose lexical form is checked where they are made, and kept as written.

A literal is a string in the syntax of N-Triples, the form in which it is compared, kept and written
(RDF 1.1 N-Triples, section 4, the canonical form). The SHACL engines and the RDF libraries
accept ill-formed literals or rewrite them, so that the check has to be here (XML Schema
Definition Language 1.1 Part 2, section 3).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import pyoxigraph as ox

from diplograph.values import lexical
from diplograph.values.times import bounds

XSD: Final = lexical.XSD
EDTF: Final = "http://id.loc.gov/datatypes/edtf/EDTF"
STRING: Final = XSD + "string"
LANG_STRING: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
INTEGER: Final = XSD + "integer"
DECIMAL: Final = XSD + "decimal"
DATE: Final = XSD + "date"
DATE_TIME: Final = XSD + "dateTime"
ANY_URI: Final = XSD + "anyURI"

CHECKED: Final = lexical.CHECKED | {STRING, ANY_URI, EDTF}
"""The datatypes that are known; the lexical forms of all of them are checked."""

_ABSOLUTE: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_SPECIAL: Final = re.compile(r'[\x00-\x1f"\\\x7f]')
_ESCAPES: Final = {"\t": "\\t", "\b": "\\b", "\n": "\\n", "\r": "\\r", "\f": "\\f", '"': '\\"', "\\": "\\\\"}


def check(text: str, datatype: str) -> None:
    """Check that a text is in the lexical space of a datatype (its IRI).

    Raises:
        ValueError: it is not, with a sentence that says what would be.
    """
    if datatype == EDTF:
        bounds(text)
    elif datatype == ANY_URI and not _ABSOLUTE.fullmatch(text):
        message = f"'{text}' is not an absolute IRI such as https://example.org/."
        raise ValueError(message)
    lexical.check(text, datatype)


def check_language(tag: str) -> None:
    """Check that a language tag is well-formed (BCP 47, section 2.1).

    Raises:
        ValueError: it is not.
    """
    ox.Literal("", language=tag)


def plain(text: str) -> str:
    """Make an `xsd:string`.

    >>> plain("talks")
    '"talks"'
    """
    if _SPECIAL.search(text):
        text = _SPECIAL.sub(_escaped, text)
    return f'"{text}"'


def labelled(text: str, language: str) -> str:
    """Make a language-tagged literal, or a plain one where the language is `""`; tags are checked already."""
    return f"{plain(text)}@{language.lower()}" if language else plain(text)


def typed(text: str, datatype: str) -> str:
    """Make a literal of a datatype (its IRI), its lexical form checked and kept.

    >>> typed("007", INTEGER)
    '"007"^^<http://www.w3.org/2001/XMLSchema#integer>'

    Raises:
        ValueError: the text is not in the lexical space of the datatype.
    """
    check(text, datatype)
    return plain(text) if datatype == STRING else f"{plain(text)}^^<{datatype}>"


def integer(value: int) -> str:
    """Make an `xsd:integer`: stores rewrite the types derived from it."""
    return f'"{value}"^^<{INTEGER}>'


def date(value: str) -> str:
    """Make an `xsd:date` of a text that is known to be one."""
    return f'"{value}"^^<{DATE}>'


def number(value: Decimal) -> str:
    """Make an `xsd:decimal` of a number, with all its digits and no exponent.

    >>> number(Decimal("3e9")).partition("^^")[0]
    '"3000000000"'
    """
    return f'"{value:f}"^^<{DECIMAL}>'


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found.group()) or f"\\u{ord(found.group()):04X}"
