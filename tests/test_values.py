"""Values by themselves: times, parts of IRIs, and literals."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from diplograph.values import literals
from diplograph.values.identifiers import iri_part
from diplograph.values.times import Bounds, bounds

# Written by hand from the EDTF specification (https://www.loc.gov/standards/datetime/); `-` is no day.
TIMES = """
2024                    2024-01-01  2024-12-31  year      firm
2024-02                 2024-02-01  2024-02-29  month     firm
2023-02                 2023-02-01  2023-02-28  month     firm
2024-11                 2024-11-01  2024-11-30  month     firm
2024-09-14              2024-09-14  2024-09-14  day       firm
2024-02-29              2024-02-29  2024-02-29  day       firm
0001-01-01              0001-01-01  0001-01-01  day       firm
9999-12-31              9999-12-31  9999-12-31  day       firm
2024-09-14T10:00:00     2024-09-14  2024-09-14  time      firm
2024-09-14T23:59:59Z    2024-09-14  2024-09-14  time      firm
2023/2024               2023-01-01  2024-12-31  interval  firm
2024-01/2024-02         2024-01-01  2024-02-29  interval  firm
2024-09-16/2024-09-17   2024-09-16  2024-09-17  interval  firm
2024-09-14/2024         2024-09-14  2024-12-31  interval  firm
2024-09-14/2024-09-14   2024-09-14  2024-09-14  interval  firm
2022-02/..              2022-02-01  -           interval  firm
2022-02/                2022-02-01  -           interval  firm
../2024-09              -           2024-09-30  interval  firm
/2024-09                -           2024-09-30  interval  firm
2024?                   2024-01-01  2024-12-31  year      loose
2024-09~                2024-09-01  2024-09-30  month     loose
2024-09-14%             2024-09-14  2024-09-14  day       loose
2024-02-29?             2024-02-29  2024-02-29  day       loose
2024-09-14?/2024-09-16  2024-09-14  2024-09-16  interval  loose
2024~/..                2024-01-01  -           interval  loose
2024-21                 2024-03-01  2024-11-30  season    firm
2024-22                 2024-06-01  2025-02-28  season    firm
2024-23                 2024-03-01  2024-11-30  season    firm
2024-24                 2024-06-01  2025-02-28  season    firm
2023-24                 2023-06-01  2024-02-29  season    firm
2024-25                 2024-03-01  2024-05-31  season    firm
2024-28                 2024-12-01  2025-02-28  season    firm
2024-29                 2024-09-01  2024-11-30  season    firm
2024-30                 2024-12-01  2025-02-28  season    firm
2024-31                 2024-03-01  2024-05-31  season    firm
2024-32                 2024-06-01  2024-08-31  season    firm
2024-33                 2024-01-01  2024-03-31  season    firm
2024-34                 2024-04-01  2024-06-30  season    firm
2024-35                 2024-07-01  2024-09-30  season    firm
2024-36                 2024-10-01  2024-12-31  season    firm
2024-37                 2024-01-01  2024-04-30  season    firm
2024-38                 2024-05-01  2024-08-31  season    firm
2024-39                 2024-09-01  2024-12-31  season    firm
2024-40                 2024-01-01  2024-06-30  season    firm
2024-41                 2024-07-01  2024-12-31  season    firm
2024-21/2024-23         2024-03-01  2024-11-30  interval  firm
198X                    1980-01-01  1989-12-31  coarse    firm
19XX                    1900-01-01  1999-12-31  coarse    firm
2024-XX                 2024-01-01  2024-12-31  coarse    firm
2024-02-XX              2024-02-01  2024-02-29  coarse    firm
2023-02-XX              2023-02-01  2023-02-28  coarse    firm
2024-XX-XX              2024-01-01  2024-12-31  coarse    firm
1XXX-12                 1000-12-01  1999-12-31  coarse    firm
15XX-12-25              1500-12-25  1599-12-25  coarse    firm
XXXX-12-25              -           -           coarse    firm
201X/..                 2010-01-01  -           interval  firm
2024?-09-14             2024-09-14  2024-09-14  day       loose
2024-?09-14             2024-09-14  2024-09-14  day       loose
[2022,2024]             2022-01-01  2024-12-31  set       firm
{2022,2024}             2022-01-01  2024-12-31  set       firm
[2024-09-14,2024-09-16] 2024-09-14  2024-09-16  set       firm
{2023..2025}            2023-01-01  2025-12-31  set       firm
[..2024-01-05]          -           2024-01-05  set       firm
[2024-01-05..]          2024-01-05  -           set       firm
0000                    -           -           year      firm
0000-01-01              -           -           day       firm
-0044-03-15             -           -           day       firm
-0500/-0400             -           -           interval  firm
Y17000                  -           -           coarse    firm
"""
ROWS = [line.split() for line in TIMES.strip().splitlines()]

NO_TIMES = ["", " ", "x", "soon", "202", "24", "2024-9-1", "20240914", "2024-W37-6", "2024/09/14", "14.09.2024"]
NO_TIMES += [
    "2024-00",
    "2024-13",
    "2024-20",
    "2024-42",
    "2024-99",
    "2024-09-00",
    "2024-09-31",
    "2024-02-30",
    "2023-02-29",
]
NO_TIMES += [
    "1900-02-29",
    "2024-02-30?",
    "2023-02-29?",
    "2023-02-29%",
    "2024-04-31~",
    "2024-13?",
    "0000-13",
    "2024-09-14??",
]
NO_TIMES += [
    "2024-02-30/2024-03-01",
    "2024-02-01/2024-02-30",
    "2024-02-30/..",
    "../2023-02-29",
    "../..",
    "/",
    "../",
    "2024//",
]
NO_TIMES += ["2025/2024", "2024-09-15/2024-09-14", "2024-09/2024-08", "2024/2025/2026", "2024/soon", "unknown/2024"]
NO_TIMES += ["2024-02-30T10:00:00", "2024-09-14T25:00:00", "2024-09-14T10:00", "12:30:45", "[2024-02-30,2024-03-01]"]
NO_TIMES += ["{2024-04-31}", "[2024", " 2024", "2024 ", "2024\n", "２０２４", "2024-09-14x", "2024\x00", "2024-21-01"]


def day(text: str) -> str | None:
    return None if text == "-" else text


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_edtf_has_the_days_that_it_can_mean(row: list[str]) -> None:
    edtf, earliest, latest, granularity, firm = row
    assert bounds(edtf) == Bounds(day(earliest), day(latest), granularity, firm == "firm")


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match=r"is not a date that exists in EDTF|ends before it starts\."):
        bounds(text)
    assert capsys.readouterr() == ("", "")


@given(st.dates())
def test_a_day_is_its_own_bounds(found: dt.date) -> None:
    assert bounds(found.isoformat()) == Bounds(found.isoformat(), found.isoformat(), "day", firm=True)
    uncertain = bounds(f"{found.isoformat()}?")
    assert (uncertain.earliest, uncertain.latest, uncertain.firm) == (found.isoformat(), found.isoformat(), False)


@given(st.dates())
def test_a_month_ends_before_the_next_begins(found: dt.date) -> None:
    assume((found.year, found.month) != (9999, 12))
    edges = bounds(found.isoformat()[:7])
    assert edges.earliest == found.replace(day=1).isoformat()
    assert edges.latest is not None
    after = dt.date.fromisoformat(edges.latest) + dt.timedelta(days=1)
    assert after.day == 1
    assert (after.year, after.month) == (found.year + found.month // 12, found.month % 12 + 1)


@given(st.dates(), st.dates())
def test_an_interval_runs_forwards(start: dt.date, end: dt.date) -> None:
    text = f"{start}/{end}"
    if start <= end:
        assert bounds(text) == Bounds(str(start), str(end), "interval", firm=True)
    else:
        with pytest.raises(ValueError, match="ends before it starts"):
            bounds(text)


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_only_days_of_the_calendar_are_times(year: int, month: int, number: int) -> None:
    text = f"{year:04}-{month:02}-{number:02}"
    try:
        exists = bool(dt.date(year or 2000, month, number))  # the year 0 is a leap year, as 2000 is
    except ValueError:
        exists = False
    if exists:
        assert bounds(text).granularity == "day"
    else:
        with pytest.raises(ValueError, match="is not a date that exists"):
            bounds(text)


@given(st.text(alphabet="0123456789-/.?~%XTSY[]{},: ", max_size=14))
def test_any_text_has_bounds_that_are_days_or_is_refused(text: str) -> None:
    try:
        found = bounds(text)
    except ValueError as error:
        assert str(error).startswith(("'", "The interval"))  # noqa: PT017 - any text may be refused
        return
    edges = [dt.date.fromisoformat(edge) for edge in (found.earliest, found.latest) if edge]
    assert edges == sorted(edges)


PARTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6) | st.text("aA.~%2E-_/ ", min_size=1, max_size=6)


@given(st.lists(PARTS, min_size=1, max_size=4), st.lists(PARTS, min_size=1, max_size=4))
def test_different_parts_never_meet_in_one_iri(some: list[str], others: list[str]) -> None:
    joined = [".".join(iri_part(part) for part in parts) for parts in (some, others)]
    assert (joined[0] == joined[1]) == (some == others)


@given(PARTS)
def test_a_part_is_a_segment_of_an_iri_that_no_software_rewrites(part: str) -> None:
    encoded = iri_part(part)
    assert re.fullmatch(r"(?:[A-Za-z0-9_-]|%[0-9A-F]{2})+", encoded)
    assert (
        bytes.fromhex("".join(re.findall(r"%(..)", "".join(f"%{byte:02X}" for byte in part.encode())))).decode() == part
    )
    assert re.sub(rb"%(..)", lambda found: bytes.fromhex(found[1].decode()), encoded.encode()).decode() == part
    assert NamedNode(f"https://example.org/{encoded}").value == f"https://example.org/{encoded}"


def test_parts_that_look_like_joined_or_encoded_ones_stay_apart() -> None:
    keys = [
        "a.b",
        "a%2Eb",
        "a%2eb",
        "a",
        "b",
        "a~b",
        "a%7Eb",
        "A",
        "é",
        "e\u0301",
        "%",
        "%25",
        "a b",
        "a+b",
        "a_b",
        "a-b",
    ]
    assert len({iri_part(key) for key in keys}) == len(keys)


LEXICAL = [
    (
        literals.INTEGER,
        ["0", "007", "-0", "+12", "9" * 50],
        ["", " 1", "1 ", "1.0", "1e3", "0x1", "1_000", "١", "--1", "1\n"],
    ),
    (
        literals.DECIMAL,
        ["0", "1.50", ".5", "5.", "-0.0", "+007.10"],
        ["", ".", "1e3", "1,5", "NaN", "INF", "0x1.8", "1.5\n"],
    ),
    (
        literals.DATE,
        ["2024-09-14", "2024-02-29", "2024-09-14Z", "2024-09-14+14:00", "2024-09-14-13:59", "0000-01-01"],
        [
            "",
            "2024",
            "2024-02-30",
            "2023-02-29",
            "2024-13-01",
            "20240914",
            "2024-W37-6",
            "2024-09-14+15:00",
            "2024-09-14+00:60",
            "2024-09-14 ",
            "２０２４-09-14",
        ],
    ),
    (
        literals.DATE_TIME,
        ["2024-09-14T10:00:00", "2024-09-14T23:59:59.50Z", "2024-09-14T00:00:00-05:30"],
        [
            "2024-09-14",
            "2024-09-14 10:00:00",
            "2024-09-14T24:30:00",
            "2024-09-14T10:60:00",
            "2024-09-14T10:00",
            "2024-02-30T10:00:00",
            "2024-09-14T10:00:00+99:00",
        ],
    ),
    (
        literals.ANY_URI,
        ["https://example.org/", "urn:isbn:1", "mailto:ada@example.org", "https://example.org/é?a=b#c"],
        [
            "",
            "example.org",
            "/a",
            "https:",
            "https://example.org/a b",
            "https://example.org/<x>",
            "1a:b",
            'a:"',
            "a:\n",
        ],
    ),
    (literals.XSD + "boolean", ["true", "false", "1", "0"], ["", "True", "yes", "TRUE", "2", "true "]),
]
GOOD = [(text, datatype) for datatype, good, _ in LEXICAL for text in good]
BAD = [(text, datatype) for datatype, _, bad in LEXICAL for text in bad]


@pytest.mark.parametrize(("text", "datatype"), GOOD)
def test_lexical_forms_are_kept(text: str, datatype: str) -> None:
    assert literals.typed(text, datatype) == str(Literal(text, datatype=NamedNode(datatype)))


@pytest.mark.parametrize(("text", "datatype"), BAD)
def test_ill_formed_literals_are_refused_with_a_sentence(text: str, datatype: str) -> None:
    with pytest.raises(ValueError, match=r"(?s)^('.*' is not .*|There is no day '.*' in the calendar)\.$"):
        literals.typed(text, datatype)


@given(st.integers())
def test_integers_keep_their_digits(number: int) -> None:
    for text in (str(number), f"{number:+}", f"{number:+08}"):
        assert literals.typed(text, literals.INTEGER) == f'"{text}"^^<{literals.INTEGER}>'
        assert literals.typed(text, literals.DECIMAL) == f'"{text}"^^<{literals.DECIMAL}>'


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_decimals_keep_their_digits(number: Decimal) -> None:
    text = f"{number:f}"
    assert literals.typed(text, literals.DECIMAL) == f'"{text}"^^<{literals.DECIMAL}>'
    with pytest.raises(ValueError, match="is not a whole number"):
        literals.typed(text, literals.INTEGER)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_numbers_become_decimals_without_an_exponent(number: Decimal) -> None:
    assume(abs(number.adjusted()) < 100)
    found = literals.number(number)
    assert found == literals.typed(f"{number:f}", literals.DECIMAL)
    assert Decimal(found.partition("^^")[0].strip('"')) == number


@given(st.dates())
def test_dates_keep_their_form(found: dt.date) -> None:
    assert literals.typed(found.isoformat(), literals.DATE) == literals.date(found.isoformat())


@given(st.text(max_size=12))
def test_only_what_is_well_formed_becomes_a_number(text: str) -> None:
    allowed = set(text) <= set("0123456789+-.") and any(character.isdigit() for character in text)
    try:
        literals.typed(text, literals.DECIMAL)
    except ValueError:
        assert not (text.isascii() and text.isdigit())
    else:
        assert allowed


@pytest.mark.parametrize("tag", ["english language", "de_DE", "", "e", "en-", "1"])
def test_labels_have_well_formed_tags_or_none(tag: str) -> None:
    if not tag:
        assert literals.labelled("talks", tag) == str(Literal("talks"))
        return
    with pytest.raises(ValueError):  # noqa: PT011 - the words are pyoxigraph's
        literals.check_language(tag)


def test_a_label_keeps_its_language() -> None:
    assert literals.labelled("talks", "en-gb") == str(Literal("talks", language="en-gb"))


@given(st.text())
def test_literals_are_written_as_n_triples_has_them(text: str) -> None:
    """The canonical form, which is that of the serialiser of pyoxigraph too."""
    assume(not any("\ud800" <= letter <= "\udfff" for letter in text))
    assert literals.plain(text) == str(Literal(text))
    assert literals.labelled(text, "en") == str(Literal(text, language="en"))
