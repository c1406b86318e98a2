"""RDF literals whose lexical form is checked where they are made, and kept as written.

The SHACL engines and the RDF libraries accept ill-formed literals or rewrite them, so that
the check has to be here (XML Schema Definition Language 1.1 Part 2, section 3).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal, NamedNode

from diplograph.values import lexical
from diplograph.values.times import bounds

XSD: Final = lexical.XSD
EDTF: Final = NamedNode("http://id.loc.gov/datatypes/edtf/EDTF")
STRING: Final = NamedNode(XSD + "string")
LANG_STRING: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")
INTEGER: Final = NamedNode(XSD + "integer")
DECIMAL: Final = NamedNode(XSD + "decimal")
DATE: Final = NamedNode(XSD + "date")
DATE_TIME: Final = NamedNode(XSD + "dateTime")
ANY_URI: Final = NamedNode(XSD + "anyURI")

CHECKED: Final = lexical.CHECKED | {STRING.value, ANY_URI.value, EDTF.value}
"""The datatypes that are known; the lexical forms of all of them are checked."""

_ABSOLUTE: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>\"{}|\\^`]+")


def typed(text: str, datatype: NamedNode) -> Literal:
    """Make a literal of a datatype, its lexical form checked and kept.

    >>> typed("007", INTEGER).value
    '007'

    Raises:
        ValueError: the text is not in the lexical space of the datatype.
    """
    if datatype == EDTF:
        bounds(text)
    elif datatype == ANY_URI and not _ABSOLUTE.fullmatch(text):
        message = f"'{text}' is not an absolute IRI such as https://example.org/."
        raise ValueError(message)
    lexical.check(text, datatype.value)
    return Literal(text, datatype=datatype)


def labelled(text: str, language: str) -> Literal:
    """Make a language-tagged literal, or a plain one where the language is `""`.

    Raises:
        ValueError: the tag is not well-formed (BCP 47, section 2.1).
    """
    return Literal(text, language=language) if language else Literal(text)


def number(value: Decimal) -> Literal:
    """Make an `xsd:decimal` of a number, with all its digits and no exponent.

    >>> number(Decimal("3e9")).value
    '3000000000'
    """
    return Literal(f"{value:f}", datatype=DECIMAL)
