"""What is surely well-formed, and surely comparable: where engines may differ, nothing is said.

The reference holds values as Python does: no day before the year 1 or after 9999, no numbers of
thousands of digits. Only what is plain for it and for XML Schema alike is taken for known.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from diplograph.validation.index import RDF, RDFS
from diplograph.validation.screening.memory import Memo
from diplograph.validation.screening.terms import LANGUAGE_STRING, LITERAL, STRING, Verdict, parts
from diplograph.values import lexical
from diplograph.values.lexical import XSD

_DAY: Final = "(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PLAIN: Final = {
    "integer": r"[+-]?[0-9]{1,400}",
    "decimal": r"[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?",
    "boolean": "true|false",
    "date": _DAY,
    "dateTime": rf"{_DAY}T(?!24)[0-9:]{{8}}(?:\.[0-9]{{1,6}})?Z?",
    "double": r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?",
    "float": r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9])?",
    "anyURI": "[^ \\t\\n\\r]+",
}
_WHOLE: Final = frozenset(
    XSD + name
    for name in (
        *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
    )
)
_FORMS: Final = {
    **dict.fromkeys(_WHOLE, re.compile(_PLAIN["integer"])),
    **{XSD + name: re.compile(form) for name, form in _PLAIN.items()},
}
_NUMBER: Final = f"{XSD}integer"
_INTEGER: Final = re.compile(rf'"([0-9]{{1,18}})"\^\^<{XSD}integer>')
_BUILT_IN: Final = (XSD, RDF, RDFS)


def has_datatype(literal: str, datatype: str) -> Verdict:
    """Tell whether a term is a well-formed literal of a datatype (its IRI); those that nobody checks are."""
    if literal[0] != LITERAL:
        return False
    if datatype == _NUMBER and _INTEGER.fullmatch(literal):
        return True
    found = parts(literal)
    if found.datatype != datatype:
        return False
    if datatype in (STRING, LANGUAGE_STRING):
        return True if "--" not in found.language else None
    if not datatype.startswith(_BUILT_IN):
        return True
    return True if is_plain(found.text, datatype) else None


def is_plain(text: str, datatype: str) -> bool:
    """Tell whether a text is a lexical form that nobody refuses."""
    form = _FORMS.get(datatype)
    if form is None or not form.fullmatch(text):
        return False
    try:
        lexical.check(text, datatype)
    except ValueError:
        return False
    return True


def comparable(term: str) -> tuple[str, object] | None:
    """Give a literal's value, and among which values it has an order; None for what is better not compared."""
    if integer := _INTEGER.fullmatch(term):  # most literals with an order are integers
        return ("number", int(integer[1]))
    if term[0] != LITERAL:
        return None
    found = parts(term)
    if found.datatype == STRING:
        return ("text", found.text)
    return _valued(found.text, found.datatype) if is_plain(found.text, found.datatype) else None


def _valued(text: str, datatype: str) -> tuple[str, object] | None:
    if datatype in _WHOLE or datatype == f"{XSD}decimal":
        return ("number", Decimal(text))
    if datatype == f"{XSD}date":
        return ("date", text)
    if datatype == f"{XSD}dateTime" and len(text.rstrip("Z")) == len("2024-09-14T10:00:00"):
        return ("dateTime" + text[19:], text)  # with a zone or without
    return None


VALUES: Final[Memo[str, tuple[str, object] | None]] = Memo(comparable)
"""What `comparable` gives, kept for a while."""


def order(left: tuple[str, object] | None, right: tuple[str, object] | None) -> int | None:
    """Tell which of two values comes first, -1 for the left one; None where that is not sure."""
    if left is None or right is None or left[0] != right[0]:
        return None
    one, other = left[1], right[1]
    if one == other:
        return 0
    return -1 if one < other else 1  # type: ignore[operator] # the same kind of value on both sides
