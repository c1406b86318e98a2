"""EDTF strings and the days that they can mean (ISO 8601-2:2019, levels 0 to 2).

Plain years, months and days are read here; everything else is left to the `edtf` package.
An open or unknown end of an interval has no day: none is made up.
"""

from __future__ import annotations

import calendar
import io
import re
from contextlib import redirect_stdout
from datetime import date
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

_PLAIN: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_SEASONS: Final = {
    **dict.fromkeys((21, 23), (3, 11)),  # spring and autumn of either hemisphere
    **dict.fromkeys((22, 24), (6, 14)),  # summer and winter of either, into the next year
    **dict.fromkeys((25, 31), (3, 5)),  # spring of the north, autumn of the south
    **dict.fromkeys((26, 32), (6, 8)),
    **dict.fromkeys((27, 29), (9, 11)),
    **dict.fromkeys((28, 30), (12, 14)),
    **{33 + place: (3 * place + 1, 3 * place + 3) for place in range(4)},
    **{37 + place: (4 * place + 1, 4 * place + 4) for place in range(3)},
    **{40 + place: (6 * place + 1, 6 * place + 6) for place in range(2)},
}
"""First and last month of the seasons, quarters, quadrimesters and semesters of EDTF level 2."""

_ANY_YEAR: Final = re.compile(
    r"XXXX-(?:0[13578]|1[02])(?:-(?:0[1-9]|[12][0-9]|3[01]))?|XXXX-(?:0[469]|11)(?:-(?:0[1-9]|[12][0-9]|30))?"
)
"""A month, or a day of a month with no doubt about its length, of some year: common, and quicker than the package."""

_LONGEST: Final = 200
_HUGE: Final = re.compile(r"E[0-9]{3}")  # years beyond any use, which the package would compute
_NO_YEAR: Final = "0000"
_OPEN_ENDS: Final = ("", "..")
_LAST_YEAR: Final = 9999
_MONTHS: Final = 12


class Bounds(Struct, frozen=True):
    """The first and the last day that a time can mean, as ISO 8601 dates; `None` where open.

    `firm` is false for times marked uncertain or approximate, which must not be held against
    others. `granularity` is a word of the ontology's list.
    """

    earliest: str | None
    latest: str | None
    granularity: str
    firm: bool


@lru_cache(maxsize=4096)
def bounds(edtf: str) -> Bounds:
    """Find the first and the last day of an EDTF string.

    >>> bounds("2024-09")
    Bounds(earliest='2024-09-01', latest='2024-09-30', granularity='month', firm=True)
    >>> bounds("2022-02/..").latest is None
    True

    Raises:
        ValueError: not EDTF, or a day that does not exist.
    """
    if edtf != edtf.strip() or len(edtf) > _LONGEST or _HUGE.search(edtf):
        raise _not_edtf(edtf)
    plain = _PLAIN.fullmatch(edtf)
    if plain and plain.group(1) != _NO_YEAR:
        return _plain(edtf, *plain.groups())
    if _ANY_YEAR.fullmatch(edtf):
        return Bounds(None, None, "coarse", firm=True)
    if edtf.count("/") == 1:
        return _interval(*edtf.split("/"))
    return _parsed(edtf)


def _plain(edtf: str, year: str, month: str | None, day: str | None) -> Bounds:
    if month and not day and int(month) in _SEASONS:
        return _season(int(year), *_SEASONS[int(month)])
    try:
        if day:
            date.fromisoformat(edtf)
            return Bounds(edtf, edtf, "day", firm=True)
        if month:
            last = calendar.monthrange(int(year), int(month))[1]
            return Bounds(f"{edtf}-01", f"{edtf}-{last:02}", "month", firm=True)
    except ValueError:
        raise _not_edtf(edtf) from None
    return Bounds(f"{year}-01-01", f"{year}-12-31", "year", firm=True)


def _season(year: int, first: int, last: int) -> Bounds:
    end_year, end_month = (year, last) if last <= _MONTHS else (year + 1, last - _MONTHS)
    end = f"{end_year:04}-{end_month:02}-{calendar.monthrange(end_year, end_month)[1]:02}"
    return Bounds(f"{year:04}-{first:02}-01", end if end_year <= _LAST_YEAR else None, "season", firm=True)


def _interval(start: str, end: str) -> Bounds:
    if start in _OPEN_ENDS and end in _OPEN_ENDS:
        raise _not_edtf(f"{start}/{end}")
    first = None if start in _OPEN_ENDS else bounds(start)
    last = None if end in _OPEN_ENDS else bounds(end)
    earliest = first.earliest if first else None
    latest = last.latest if last else None
    if earliest and latest and earliest > latest:
        message = f"The interval '{start}/{end}' ends before it starts."
        raise ValueError(message)
    firm = (first is None or first.firm) and (last is None or last.firm)
    return Bounds(earliest, latest, "interval", firm)


def _parsed(edtf: str) -> Bounds:
    from edtf import parse_edtf  # noqa: PLC0415 - slow to import, and rarely needed
    from edtf.parser.edtf_exceptions import EDTFParseException  # noqa: PLC0415

    try:
        with redirect_stdout(io.StringIO()):  # the package prints what it cannot make
            parsed: Any = parse_edtf(edtf)
        earliest, latest = _day(parsed.lower_strict()), _day(parsed.upper_strict())
    except (EDTFParseException, ValueError, AttributeError, TypeError, IndexError, OverflowError):
        raise _not_edtf(edtf) from None
    if edtf.startswith("XXXX") or "S" in edtf:
        earliest = latest = None  # any year, or significant digits: the package would say too much
    return Bounds(earliest, latest, _granularity(type(parsed).__name__, edtf), firm=not re.search(r"[~?%]", edtf))


def _day(moment: Any) -> str | None:  # noqa: ANN401 - a struct_time, or an infinity
    if isinstance(moment, (int, float)) or not 0 < moment.tm_year <= _LAST_YEAR:
        return None
    return date(moment.tm_year, moment.tm_mon, moment.tm_mday).isoformat()


def _granularity(kind: str, edtf: str) -> str:
    if kind == "DateAndTime":
        return "time"
    if kind in ("OneOfASet", "MultipleDates"):
        return "set"
    if "X" in edtf or kind not in ("UncertainOrApproximate", "Date", "PartialUncertainOrApproximate"):
        return "coarse"
    return ("year", "month", "day")[min(edtf.lstrip("-").count("-"), 2)]


def _not_edtf(text: str) -> ValueError:
    return ValueError(f"'{text}' is not a date that exists in EDTF, such as 2024-09-14 or 2024-09.")
