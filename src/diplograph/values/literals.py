"""RDF literals whose lexical form is checked where they are made, and kept as written.

The SHACL engines and the RDF libraries accept ill-formed literals or rewrite them, so that
the check has to be here (XML Schema Definition Language 1.1 Part 2, section 3).
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal, NamedNode

from diplograph.values.times import bounds

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
EDTF: Final = NamedNode("http://id.loc.gov/datatypes/edtf/EDTF")
STRING: Final = NamedNode(XSD + "string")
LANG_STRING: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")
INTEGER: Final = NamedNode(XSD + "integer")
DECIMAL: Final = NamedNode(XSD + "decimal")
DATE: Final = NamedNode(XSD + "date")
DATE_TIME: Final = NamedNode(XSD + "dateTime")
ANY_URI: Final = NamedNode(XSD + "anyURI")

_ZONE: Final = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_LEXICAL: Final = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    XSD + "boolean": re.compile(r"true|false|1|0"),
    XSD + "date": re.compile(r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}" + _ZONE),
    XSD + "dateTime": re.compile(
        r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?" + _ZONE
    ),
    XSD + "anyURI": re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>\"{}|\\^`]+"),
}
CHECKED: Final = frozenset((*_LEXICAL, STRING.value, EDTF.value))
"""The datatypes whose lexical forms are checked."""

_PROSE: Final = {
    XSD + "integer": "a whole number",
    XSD + "decimal": "a number",
    XSD + "boolean": "true or false",
    XSD + "date": "a date of the form 2024-09-14",
    XSD + "dateTime": "a date and time of the form 2024-09-14T10:00:00",
    XSD + "anyURI": "an absolute IRI such as https://example.org/",
}


def typed(lexical: str, datatype: NamedNode) -> Literal:
    """Make a literal of a datatype, its lexical form checked and kept.

    >>> typed("007", INTEGER).value
    '007'

    Raises:
        ValueError: the text is not in the lexical space of the datatype.
    """
    if datatype == EDTF:
        bounds(lexical)
    pattern = _LEXICAL.get(datatype.value)
    if pattern is not None:
        if not pattern.fullmatch(lexical):
            message = f"'{lexical}' is not {_PROSE[datatype.value]}."
            raise ValueError(message)
        if datatype.value in (XSD + "date", XSD + "dateTime"):
            check_calendar(lexical[:10])
    return Literal(lexical, datatype=datatype)


def check_calendar(text: str) -> None:
    """Check that a day of the form 2024-09-14 exists.

    Raises:
        ValueError: there is no such day, as in 2024-02-30.
    """
    try:
        date.fromisoformat(text)
    except ValueError as error:
        message = f"There is no day '{text}' in the calendar."
        raise ValueError(message) from error


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
