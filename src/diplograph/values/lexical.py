"""The lexical spaces of XML Schema's datatypes: which texts are literals of them at all.

SHACL engines and RDF libraries let many ill-formed literals pass, or rewrite them, so that the
check rests on none of them (XML Schema Definition Language 1.1 Part 2, section 3; RDF 1.1
Concepts, section 5.1, for the datatypes that RDF uses).
"""

from __future__ import annotations

import re
from typing import Final

XSD: Final = "http://www.w3.org/2001/XMLSchema#"

_ZONE: Final = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR: Final = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_MONTH: Final = r"(?P<month>0[1-9]|1[0-2])"
_DAY: Final = r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_DAYS: Final = r"(?:[0-9]+D)?"
_HOURS: Final = r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
_NAME: Final = r"[^\W\d][\w.\-\u00b7]*"
_FLOAT: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"
_B: Final = "[A-Za-z0-9+/] ?"
_BASE64: Final = rf"(?:(?:{_B}){{4}})*(?:(?:{_B}){{2}}[AEIMQUYcgkosw048] ?=|{_B}[AQgw] ?= ?=)?"

_FORMS: Final = {
    "boolean": (r"true|false|1|0", "true or false"),
    "decimal": (r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", "a number"),
    "integer": (r"[+-]?[0-9]+", "a whole number"),
    "double": (_FLOAT, "a number such as 1.5E0"),
    "float": (_FLOAT, "a number such as 1.5E0"),
    "date": (f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}", "a date of the form 2024-09-14"),
    "time": (f"{_TIME}{_ZONE}", "a time of the form 10:00:00"),
    "dateTime": (f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}", "a date and time of the form 2024-09-14T10:00:00"),
    "dateTimeStamp": (f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE[:-1]}", "a date and time with a zone"),
    "gYear": (f"{_YEAR}{_ZONE}", "a year of four digits"),
    "gYearMonth": (f"{_YEAR}-{_MONTH}{_ZONE}", "a month of the form 2024-09"),
    "gMonth": (f"--{_MONTH}{_ZONE}", "a month of the form --09"),
    "gMonthDay": (f"--{_MONTH}-{_DAY}{_ZONE}", "a day of the form --09-14"),
    "gDay": (f"---{_DAY}{_ZONE}", "a day of the form ---14"),
    "duration": (rf"-?P(?=.)(?:[0-9]+Y)?(?:[0-9]+M)?{_DAYS}{_HOURS}", "a duration of the form P1Y2M3DT4H"),
    "yearMonthDuration": (r"-?P(?=.)(?:[0-9]+Y)?(?:[0-9]+M)?", "a duration of the form P1Y2M"),
    "dayTimeDuration": (rf"-?P(?=.){_DAYS}{_HOURS}", "a duration of the form P3DT4H"),
    "hexBinary": (r"(?:[0-9a-fA-F]{2})*", "pairs of hexadecimal digits"),
    "base64Binary": (_BASE64, "text in base 64"),
    "language": (r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*", "a language tag"),
    "normalizedString": (r"[^\t\n\r]*", "text in one line without tabs"),
    "token": (r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?", "words with single spaces"),
    "NMTOKEN": (r"[\w.\-:\u00b7]+", "a name token"),
    "Name": (r"(?:[^\W\d]|:)[\w.\-:\u00b7]*", "a name of XML"),
    "NCName": (_NAME, "a name of XML without a colon"),
}
_PATTERNS: Final = {XSD + name: (re.compile(form), prose) for name, (form, prose) in _FORMS.items()}
_RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    XSD + "nonNegativeInteger": (0, None),
    XSD + "positiveInteger": (1, None),
    XSD + "nonPositiveInteger": (None, 0),
    XSD + "negativeInteger": (None, -1),
    XSD + "byte": (-(2**7), 2**7 - 1),
    XSD + "short": (-(2**15), 2**15 - 1),
    XSD + "int": (-(2**31), 2**31 - 1),
    XSD + "long": (-(2**63), 2**63 - 1),
    XSD + "unsignedByte": (0, 2**8 - 1),
    XSD + "unsignedShort": (0, 2**16 - 1),
    XSD + "unsignedInt": (0, 2**32 - 1),
    XSD + "unsignedLong": (0, 2**64 - 1),
}
CHECKED: Final = frozenset((*_PATTERNS, *_RANGES))
"""The datatypes whose lexical forms are checked; those of `xsd:string` and `xsd:anyURI` are all texts."""

_LONGEST_INTEGER: Final = 4000
_LONG_MONTHS: Final = (1, 3, 5, 7, 8, 10, 12)
_FEBRUARY: Final = 2


def check(lexical: str, datatype: str) -> None:
    """Check that a text is in the lexical space of a datatype (its IRI); others are let pass.

    >>> check("2024-09-14", XSD + "date")
    >>> check("2024-09-31", XSD + "date")
    Traceback (most recent call last):
    ValueError: There is no day '2024-09-31' in the calendar.

    Raises:
        ValueError: it is not, with a sentence that says what would be.
    """
    if datatype in _RANGES:
        _check_range(lexical, datatype)
    elif datatype in _PATTERNS:
        pattern, prose = _PATTERNS[datatype]
        found = pattern.fullmatch(lexical)
        if found is None:
            message = f"'{lexical}' is not {prose}."
            raise ValueError(message)
        parts = found.groupdict()
        if parts.get("day") and parts.get("month"):
            _check_day(lexical, int(parts.get("year") or 0), int(parts["month"]), int(parts["day"]))


def _check_range(lexical: str, datatype: str) -> None:
    name, (low, high) = datatype.removeprefix(XSD), _RANGES[datatype]
    if not _PATTERNS[XSD + "integer"][0].fullmatch(lexical):
        message = f"'{lexical}' is not a whole number."
        raise ValueError(message)
    digits = lexical.lstrip("+-").lstrip("0")
    # more digits than Python turns into a number at once are beyond any limit there is
    size = int(digits or "0") if len(digits) <= _LONGEST_INTEGER else 10**_LONGEST_INTEGER
    value = -size if lexical.startswith("-") else size
    if (low is not None and value < low) or (high is not None and value > high):
        message = f"'{lexical}' is outside the range of xsd:{name}."
        raise ValueError(message)


def _check_day(lexical: str, year: int, month: int, day: int) -> None:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = (29 if leap else 28) if month == _FEBRUARY else 31 if month in _LONG_MONTHS else 30
    if day > last:
        message = f"There is no day '{lexical}' in the calendar."
        raise ValueError(message)
