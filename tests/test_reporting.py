"""Reports: every format holds any text, is read by parsers that others wrote, and stays the same."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import tracemalloc
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, RDF, SH

from diplograph.errors import UsageError
from diplograph.findings import LINE_BREAK, Finding, Location, Region, Related, count_by_severity, region
from diplograph.reporting.carets import drawn
from diplograph.reporting.excerpts import Excerpt, Excerpts
from diplograph.reporting.formats import FORMATS, format_named
from diplograph.reporting.paths import shacl_path
from diplograph.reporting.report import Report, Rule
from diplograph.reporting.text import for_terminal
from diplograph.values.printing import printable

SCHEMA = Path(__file__).parent.parent.parent / "shared" / "conformance" / "sarif-schema-2.1.0.json"
NS = "https://w3id.org/diplograph/ns#"
SHAPE = "https://w3id.org/diplograph/shapes#claim-certainty-count"
HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")

VIOLATION = Finding(
    "violation",
    "claim-certainty-count",
    "A claim has one certainty.",
    Location("seeds/a.yaml", Region(3, 5, 3, 14)),
    hint="Keep one.",
    focus="<https://w3id.org/diplograph/id/claim/1>",
    path=f"<{NS}certainty>",
    value='"likely"@en',
    component=f"{SH}MaxCountConstraintComponent",
    shape=SHAPE,
    owner="a003/expulsion",
    related=(Related(Location("seeds/b.yaml", Region(1, 1, 1, 3)), "The other one."),),
)
WARNING = Finding("warning", "no-label", "A label is missing.", Location("seeds/a.yaml", Region(4, 1, 6, 2)))
ERROR = Finding("error", "yaml-syntax", "Not YAML: 50% is [x](1) {0}.", Location("seeds/b.yaml"))
INFO = Finding("info", "note", "A note.", Location("<stdin>", Region(1, 1, 1, 2)))
OLD = Finding("violation", "old", "An old one.", Location("seeds/c.yaml", Region(2, 2, 2, 3)), focus="_:old")
RULE = Rule("claim-certainty-count", "claim certainty count", "Give *one* certainty.", "violation", SHAPE)
REPORT = Report(
    findings=(VIOLATION, WARNING, ERROR, INFO),
    files=("seeds/a.yaml", "seeds/b.yaml", "seeds/c.yaml", "<stdin>"),
    rules=(RULE,),
    accepted=(OLD,),
)


def written(name: str, report: Report = REPORT) -> str:
    return "".join(FORMATS[name].write(report))


# Any text in any field.

NASTY = (
    "::set-env name=PATH::x",
    "##[add-mask]x",
    "##[error]x",
    "\n::stop-commands::x",
    "\r\n::error::x",
    "]]><!--",
    "&amp;<b>",
    "{0}",
    "[x](1)",
    "\\[x](1)\\](2)",
    "\x1b[31m",
    "\u202e",
    "\u2028",
    "\ud800",
    "\udcff",
    "\ufffe",
    "\uffff",
    "\x00",
    "\x85",
    "%0A",
    "a,b:c",
    "../a b.yaml",
    "/data/ä.yaml",
    '" . <x:a> <x:b> <x:c> . #',
    '"""',
    "> ] . <x:a> <x:b> <x:c> . #",
    "<http://a/\u202e>",
    "\U000e0041",
)
texts = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=8),
    st.lists(st.sampled_from(NASTY), max_size=3).map("".join),
)
terms = st.one_of(
    texts,
    st.sampled_from(
        (
            "<http://a/b>",
            f"<{NS}Meeting>",
            "_:b0",
            '"a"',
            '"a\\n\\u202E\\"b"@en-GB',
            '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
            "<http://a/\u202e>",
            '"a"@en--ltr',
            '<<( <x:a> <x:b> "c" )>>',
        )
    ),
)
paths = st.one_of(texts, st.sampled_from((f"<{NS}certainty>", "^<x:a>/(<x:b>|<x:c>)*", "(((<x:a>", "<x:a>>", "^_:b")))


@st.composite
def regions(draw: st.DrawFn) -> Region:
    line, column = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    end_line = line + draw(st.integers(0, 1))
    return Region(line, column, end_line, column + draw(st.integers(0, 3)))


locations = st.builds(Location, texts, st.none() | regions())
findings = st.builds(
    Finding,
    severity=st.sampled_from(("error", "violation", "warning", "info")),
    code=texts,
    message=texts,
    location=locations,
    hint=texts,
    focus=terms,
    path=paths,
    value=terms,
    component=texts,
    shape=texts,
    owner=texts,
    related=st.lists(st.builds(Related, locations, texts), max_size=2).map(tuple),
)
rules = st.builds(Rule, texts, texts, texts, st.sampled_from(("violation", "warning", "info")), texts)
reports = st.builds(
    Report,
    findings=st.lists(findings, max_size=4).map(tuple),
    files=st.lists(texts, max_size=3).map(tuple),
    rules=st.lists(rules, max_size=3).map(tuple),
    accepted=st.lists(findings, max_size=2).map(tuple),
)
ALL = "".join(NASTY)
WORST = Report(
    findings=tuple(
        Finding(severity, ALL, ALL, place, ALL, ALL, ALL, ALL, ALL, ALL, ALL, (Related(place, ALL),))
        for severity in ("error", "violation", "warning", "info")
        for place in (Location(ALL, Region(1, 1, 1, 2)),)
    ),
    files=NASTY,
    rules=(Rule(ALL, ALL, ALL, "warning", ALL),),
)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def hidden(text: str) -> set[str]:
    return {letter for letter in text if unicodedata.category(letter) in HIDDEN} - {"\n"}


# The table.


def test_the_table_has_a_row_for_each_format() -> None:
    assert list(FORMATS) == ["text", "json", "sarif", "junit", "github", "markdown", "turtle"]
    assert all(format_named(name).name == name for name in FORMATS)
    suffixes = [suffix for row in FORMATS.values() for suffix in row.suffixes]
    assert len(suffixes) == len(set(suffixes))
    with pytest.raises(TypeError):
        FORMATS["more"] = FORMATS["text"]  # type: ignore[index]


def test_an_unknown_format_is_refused_with_what_was_meant() -> None:
    with pytest.raises(UsageError, match=r"no format 'sarf' for findings\. Did you mean 'sarif'\?"):
        format_named("sarf")
    with pytest.raises(UsageError, match=r"Known: text, json, sarif, junit, github, markdown, turtle\."):
        format_named("qqqqqqqqqqqq")


@pytest.mark.parametrize("name", FORMATS)
@quick
@given(report=reports)
@example(report=WORST)
def test_any_report_is_written_as_the_same_lines_without_hidden_characters(name: str, report: Report) -> None:
    text = written(name, report)
    assert text == written(name, report)
    assert text.endswith("\n")
    assert not hidden(text)
    assert text.encode("utf-8").decode("utf-8") == text


@pytest.mark.parametrize("name", FORMATS)
def test_no_place_of_this_machine_is_written(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = written(name)
    monkeypatch.chdir(tmp_path)
    assert written(name) == before
    assert str(tmp_path) not in before


# Text.


def test_plain_text_keeps_a_file_together_and_counts() -> None:
    mixed = Report(findings=(VIOLATION, ERROR, WARNING), files=(), accepted=(OLD,))
    assert written("text", mixed) == (
        "seeds/a.yaml:3:5: violation[claim-certainty-count] A claim has one certainty. Keep one.\n"
        "  seeds/b.yaml:1:1: The other one.\n"
        "seeds/a.yaml:4:1: warning[no-label] A label is missing.\n"
        "seeds/b.yaml: error[yaml-syntax] Not YAML: 50% is [x](1) {0}.\n"
        "1 error, 1 violation, 1 warning. 1 accepted by the baseline.\n"
    )
    assert written("text", Report((), ())) == "no findings.\n"


@quick
@given(report=reports)
@example(report=WORST)
def test_plain_text_has_a_line_for_each_finding_and_place(report: Report) -> None:
    places = sum(len(finding.related) for finding in report.findings)
    assert written("text", report).count("\n") == len(report.findings) + places + 1


def test_a_terminal_is_shown_the_line_and_what_is_meant_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("seeds").mkdir()
    Path("seeds/a.yaml").write_text("id: a\nclaims:\n\t東: likely, certain\n- type: Meeting\n", "utf-8")
    with Excerpts() as excerpt:
        shown = "".join(for_terminal(REPORT, colour=False, width=80, excerpt=excerpt))
    assert shown == (
        "seeds/a.yaml\n"
        "  3:5 violation[claim-certainty-count] A claim has one certainty.\n"
        "    Keep one.\n"
        "    |     東: likely, certain\n"
        "    |         ^^^^^^^^^\n"
        "    see seeds/b.yaml:1:1: The other one.\n"
        "  4:1 warning[no-label] A label is missing.\n"
        "    | - type: Meeting\n"
        "    | ^^^^^^^^^^^^^^^\n"
        "\n"
        "seeds/b.yaml\n"
        "  error[yaml-syntax] Not YAML: 50% is [x](1) {0}.\n"
        "\n"
        "<stdin>\n"
        "  1:1 info[note] A note.\n"
        "\n"
        "1 error, 1 violation, 1 warning, 1 info. 1 accepted by the baseline.\n"
    )


def test_colour_is_put_on_what_is_ours_only() -> None:
    report = Report(findings=(Finding("warning", "c", "\x1b[5mm", Location("\x1bf", Region(1, 2, 1, 3))),), files=())
    shown = "".join(for_terminal(report, colour=True, width=80, excerpt=lambda _: Excerpt("a\x1b[5m")))
    assert shown == (
        "\x1b[1m\\x1bf\x1b[0m\n"
        "  1:2 \x1b[33mwarning\x1b[0m[c] \\x1b[5mm\n"
        "    | a\\x1b[5m\n"
        "    |  \x1b[33m^^^^\x1b[0m\n"
        "\n"
        "1 warning.\n"
    )


@quick
@given(report=reports, line=texts, width=st.integers(-5, 90))
def test_a_terminal_is_never_steered(report: Report, line: str, width: int) -> None:
    shown = "".join(for_terminal(report, colour=False, width=width, excerpt=lambda _: Excerpt(line)))
    assert not hidden(shown)
    rows = sum(1 + len(one.related) + bool(one.hint) + 2 * bool(one.location.region) for one in report.findings)
    files = {one.location.file for one in report.findings}
    assert shown.count("\n") == rows + 2 * len(files) + 1


# Carets: pieces of text with the cells that they take, counted by hand.

PIECES = (
    ("a", 1),
    ("東", 2),
    ("e\u0301", 1),
    ("\t", 4),
    ("\x1b", 4),
    ("\u202e", 6),
    ("\U0001f600", 2),
    ("ｶ", 1),
    ("\ud800", 6),
)
pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=60)


def column(some: list[tuple[str, int]]) -> int:
    return 1 + sum(len(text) for text, _ in some)


@quick
@given(line=pieces, data=st.data())
def test_carets_stand_under_what_is_meant(line: list[tuple[str, int]], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line) - 1))
    end = data.draw(st.integers(start, len(line)))
    place = Region(1, column(line[:start]), 1, column(line[:end]))
    _, carets = drawn(Excerpt("".join(text for text, _ in line)), place, 1000)
    before, meant = (sum(cells for _, cells in some) for some in (line[:start], line[start:end]))
    assert carets == " " * before + "^" * max(1, meant)


@quick
@given(line=pieces, data=st.data(), width=st.integers(20, 60))
def test_a_cut_line_fits_and_shows_what_is_meant(line: list[tuple[str, int]], data: st.DataObject, width: int) -> None:
    start = data.draw(st.integers(0, len(line) - 1))
    place = Region(1, column(line[:start]), 1, column(line[: start + 1]))
    shown, carets = drawn(Excerpt("".join(text for text, _ in line), after=True), place, width)
    assert shown.endswith("…")
    assert cells_of(shown) <= width
    assert carets.count("^") == line[start][1]
    reached, offset = 0, 0
    while reached < carets.index("^"):
        reached += cells_of(shown[offset])
        offset += 1
    while unicodedata.category(shown[offset]) == "Mn":
        offset += 1
    expected = {"\t": "    ", "\x1b": "\\x1b", "\u202e": "\\u202e", "\ud800": "\\ud800"}.get(line[start][0])
    assert reached == carets.index("^")
    assert shown[offset:].startswith(expected or line[start][0])


def cells_of(shown: str) -> int:
    known = {"東": 2, "\u0301": 0, "\U0001f600": 2}
    return sum(known.get(letter, 1) for letter in shown)


def test_a_long_stretch_is_shown_from_its_start() -> None:
    shown, carets = drawn(Excerpt("key: " + "v" * 100), Region(1, 6, 1, 106), 30)
    assert shown == "…" + "v" * 28 + "…"
    assert carets == " " + "^" * 28


def test_a_mark_without_its_letter_is_not_left_at_the_cut() -> None:
    shown, carets = drawn(Excerpt("a" * 40 + "e\u0301" + "b" * 17 + "X"), Region(1, 60, 1, 61), 20)
    assert (shown, carets) == ("…" + "b" * 17 + "X", " " * 18 + "^")


def test_a_stretch_of_several_lines_is_marked_to_the_end_of_the_first() -> None:
    assert drawn(Excerpt("ab cd"), Region(1, 4, 9, 1), 80) == ("ab cd", "   ^^")
    assert drawn(Excerpt("ab"), Region(1, 3, 2, 1), 80) == ("ab", "  ^")


# Excerpts.


def read(path: Path, line: int, col: int = 1) -> Excerpt | None:
    with Excerpts() as excerpt:
        return excerpt(Location(str(path), Region(line, col, line, col + 1)))


@quick
@given(
    lines=st.lists(st.text(st.sampled_from("aé東\u0301\x85\u2028"), max_size=5), min_size=1, max_size=6),
    breaks=st.lists(st.sampled_from(("\n", "\r\n", "\r")), min_size=6, max_size=6),
    data=st.data(),
)
def test_the_line_read_is_the_one_that_findings_count(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], breaks: list[str], data: st.DataObject
) -> None:
    text = "".join(line + end for line, end in zip(lines, breaks, strict=False))
    offset = data.draw(st.integers(0, len(text) - 1))
    place = region(text, offset, offset + 1)
    path = tmp_path_factory.getbasetemp() / "lines.yaml"
    path.write_bytes(text.encode())
    found = read(path, place.line, place.column)
    assert found == Excerpt(LINE_BREAK.split(text)[place.line - 1])
    if not LINE_BREAK.match(text[offset]):
        assert found.text[place.column - 1] == text[offset]


def test_compressed_files_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress("\ufeffone\ntwo".encode()))
    assert read(path, 1) == Excerpt("one")
    assert read(path, 2) == Excerpt("two")
    assert read(path, 3) is None


def test_what_cannot_be_read_has_no_excerpt(tmp_path: Path) -> None:
    (tmp_path / "broken.gz").write_bytes(gzip.compress(b"a\nb" * 99)[:-20])
    (tmp_path / "none.gz").write_bytes(b"none")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "one").write_bytes(b"one")
    os.mkfifo(tmp_path / "pipe")  # would wait for ever
    for name in ("missing", "broken.gz", "none.gz", "empty", "pipe", ".", "a\0b", "\ud800"):
        assert read(tmp_path / name, 99) is None
    assert read(tmp_path / "one", 1, 6) is None
    assert read(tmp_path / "one", 1, 4) == Excerpt("one")
    with Excerpts() as excerpt:
        assert excerpt(Location(str(tmp_path / "one"))) is None


def test_bytes_that_are_no_text_are_shown_as_such(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a\xff\nb")
    assert read(tmp_path / "a", 1) == Excerpt("a\ufffd")


@pytest.mark.parametrize("col", [1, 400, 60_000, 65_536, 65_537, 66_000, 70_000, 199_999, 200_000, 200_001])
def test_of_a_long_line_only_what_stands_around_the_column_is_kept(tmp_path: Path, col: int) -> None:
    line = "".join(f"{number:010}" for number in range(20_000))
    path = tmp_path / "long.jsonl"
    path.write_text(f"first\n{line}\nlast\n", "utf-8")
    found = read(path, 2, col)
    assert found is not None
    assert found.text == line[found.column - 1 : found.column - 1 + len(found.text)]
    assert found.column <= col <= found.column + len(found.text)
    assert len(found.text) <= 2000
    assert found.after == (found.column - 1 + len(found.text) < len(line))
    assert found.before == (found.column > 1)


def test_a_column_beyond_a_long_line_has_no_excerpt(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_text("x" * 100_000 + "\n" + "y" * 100_000, "utf-8")
    assert read(path, 1, 150_000) is None
    assert read(path, 1, 100_600) is None
    path.write_text("x" * 100_000, "utf-8")
    assert read(path, 1, 150_000) is None


def test_places_in_any_order_are_found(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("one\n" + "x" * 100_000 + "\nthree\n", "utf-8")
    other = tmp_path / "b.jsonl"
    other.write_text("other\n", "utf-8")
    asked = [
        (path, 1, 1),
        (path, 2, 90_000),
        (path, 2, 90_001),
        (path, 2, 5),
        (path, 3, 1),
        (path, 3, 2),
        (other, 1, 1),
    ]
    with Excerpts() as excerpt:
        for file, line, col in [*asked, *reversed(asked)]:
            found = excerpt(Location(str(file), Region(line, col, line, col)))
            assert found is not None
            assert found.column == max(1, col - 500)
            assert found.text[:2] == {1: "on", 2: "xx", 3: "th"}[line] or file is other


def test_a_file_is_read_once_for_places_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("one\ntwo\nthree\n", "utf-8")
    with Excerpts() as excerpt:
        assert excerpt(Location(str(path), Region(1, 1, 1, 2))) == Excerpt("one")
        path.unlink()
        assert excerpt(Location(str(path), Region(2, 1, 2, 2))) == Excerpt("two")
        assert excerpt(Location(str(path), Region(2, 3, 2, 4))) == Excerpt("two")
        assert excerpt(Location(str(path), Region(3, 1, 3, 2))) == Excerpt("three")


def test_a_line_of_ten_megabytes_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"x" * 10_000_000)
    tracemalloc.start()
    try:
        found = read(path, 1, 9_999_999)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found is not None
    assert peak < 2_000_000


# JSON.


def test_json_has_the_fields_that_it_documents() -> None:
    document = json.loads(written("json"))
    assert {**document, "findings": None, "tool": document["tool"]["name"]} == {
        "version": 1,
        "tool": "diplograph",
        "summary": {"error": 1, "violation": 1, "warning": 1, "info": 1, "files": 4, "accepted": 1},
        "files": ["seeds/a.yaml", "seeds/b.yaml", "seeds/c.yaml", "<stdin>"],
        "findings": None,
    }
    assert document["findings"][0] == {
        "severity": "violation",
        "code": "claim-certainty-count",
        "message": "A claim has one certainty.",
        "hint": "Keep one.",
        "location": {"file": "seeds/a.yaml", "line": 3, "column": 5, "endLine": 3, "endColumn": 14},
        "owner": "a003/expulsion",
        "focus": "<https://w3id.org/diplograph/id/claim/1>",
        "path": f"<{NS}certainty>",
        "value": '"likely"@en',
        "component": f"{SH}MaxCountConstraintComponent",
        "shape": SHAPE,
        "fingerprint": VIOLATION.fingerprint,
        "related": [
            {
                "location": {"file": "seeds/b.yaml", "line": 1, "column": 1, "endLine": 1, "endColumn": 3},
                "message": "The other one.",
            }
        ],
    }
    assert document["findings"][2] == {
        "severity": "error",
        "code": "yaml-syntax",
        "message": "Not YAML: 50% is [x](1) {0}.",
        "location": {"file": "seeds/b.yaml"},
        "fingerprint": ERROR.fingerprint,
    }
    documented = FORMATS["json"].write.__globals__["__doc__"]
    assert all(name in documented for finding in document["findings"] for name in finding)


def test_json_without_findings_is_whole() -> None:
    assert json.loads(written("json", Report((), ())))["findings"] == []


def visible(text: str) -> str:
    return re.sub("[\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text)


@quick
@given(report=reports)
@example(report=WORST)
def test_json_keeps_any_text(report: Report) -> None:
    document = json.loads(written("json", report))
    assert document["files"] == [visible(file) for file in report.files]
    for finding, told in zip(report.findings, document["findings"], strict=True):
        for name in ("code", "message", "hint", "focus", "path", "value", "component", "shape", "owner"):
            assert told.get(name, "") == visible(getattr(finding, name))
        assert [other["message"] for other in told.get("related", [])] == [
            visible(other.message) for other in finding.related
        ]


# SARIF.


@pytest.fixture(scope="session")
def sarif_schema() -> jsonschema.Draft4Validator:
    if not SCHEMA.is_file():
        pytest.skip(f"SARIF IS NOT CHECKED: the schema is not here: {SCHEMA}")
    return jsonschema.Draft4Validator(json.loads(SCHEMA.read_text("utf-8")))


def sarif_run(report: Report = REPORT) -> dict[str, Any]:
    log = json.loads(written("sarif", report))
    [run] = log["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_of_the_example() -> None:
    run = sarif_run()
    driver = run["tool"]["driver"]
    assert (driver["name"], run["columnKind"]) == ("diplograph", "unicodeCodePoints")
    assert [rule["id"] for rule in driver["rules"]] == [
        "claim-certainty-count",
        "no-label",
        "yaml-syntax",
        "note",
        "old",
    ]
    assert driver["rules"][0] == {
        "id": "claim-certainty-count",
        "name": "ClaimCertaintyCount",
        "shortDescription": {"text": "claim certainty count"},
        "fullDescription": {"text": "Give *one* certainty."},
        "help": {"text": "Give *one* certainty.", "markdown": r"Give \*one\* certainty\."},
        "defaultConfiguration": {"level": "error"},
        "properties": {"shape": SHAPE},
    }
    assert run["results"][0] == {
        "ruleId": "claim-certainty-count",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "A claim has one certainty. Keep one."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "seeds/a.yaml", "uriBaseId": "%SRCROOT%", "index": 0},
                    "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 14},
                },
                "logicalLocations": [{"fullyQualifiedName": "a003/expulsion"}],
            }
        ],
        "relatedLocations": [
            {
                "id": 1,
                "physicalLocation": {
                    "artifactLocation": {"uri": "seeds/b.yaml", "uriBaseId": "%SRCROOT%", "index": 1},
                    "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 3},
                },
                "message": {"text": "The other one."},
            }
        ],
        "properties": {
            "focus": "<https://w3id.org/diplograph/id/claim/1>",
            "path": f"<{NS}certainty>",
            "value": '"likely"@en',
            "component": f"{SH}MaxCountConstraintComponent",
        },
        "partialFingerprints": {"diplograph/v1": VIOLATION.fingerprint},
        "suppressions": [],
    }
    assert [result["level"] for result in run["results"]] == ["error", "warning", "error", "note", "error"]
    assert run["results"][2]["message"] == {"text": r"Not YAML: 50% is \[x\](1) {{0}}."}
    assert run["results"][4]["suppressions"] == [{"kind": "external", "status": "accepted"}]
    assert run["artifacts"][3] == {"location": {"uri": "%3Cstdin%3E"}, "roles": ["analysisTarget", "standardStream"]}


def test_sarif_says_whether_the_run_could_read_everything() -> None:
    assert sarif_run()["invocations"] == [{"executionSuccessful": False}]
    fine = sarif_run(Report(findings=(VIOLATION,), files=()))
    assert fine["invocations"] == [{"executionSuccessful": True}]
    assert "suppressions" not in fine["results"][0]


def test_sarif_names_files_as_uris(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    files = ("./a//ä b.yaml", "a/ä b.yaml", f"{tmp_path}/a/ä b.yaml", "/data/50%.yaml", "x:y/z.yaml", "../up", "\udcff")
    artifacts = sarif_run(Report(findings=(), files=files))["artifacts"]
    assert [artifact["location"] for artifact in artifacts] == [
        {"uri": "a/%C3%A4%20b.yaml", "uriBaseId": "%SRCROOT%"},
        {"uri": "file:///data/50%25.yaml"},
        {"uri": "x%3Ay/z.yaml", "uriBaseId": "%SRCROOT%"},
        {"uri": "../up", "uriBaseId": "%SRCROOT%"},
        {"uri": "%FF", "uriBaseId": "%SRCROOT%"},
    ]


def test_sarif_rules_of_one_code_are_told_apart_by_their_shapes() -> None:
    here = Location("a.yaml")
    several = (
        Finding("warning", "count", "m", here, shape="http://a#count"),
        Finding("warning", "count", "m", here, shape="http://b#count"),
        Finding("warning", "alone", "m", here),
        Finding("warning", "alone", "m", here, shape="http://c#alone"),
        Finding("info", "count", "m", here, shape="http://new#count"),
    )
    known = (
        Rule("count", "", "", "warning", "http://a#count"),
        Rule("count", "", "", "warning", "http://b#count"),
        Rule("alone", "", "", "warning", "http://c#alone"),
        Rule("http://a#count", "", "", "info"),
    )
    run = sarif_run(Report(findings=several, files=(), rules=known))
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ids == ["http://a#count", "http://b#count", "alone", "http://a#count:2", "http://new#count"]
    assert [result["ruleId"] for result in run["results"]] == [ids[0], ids[1], "alone", "alone", ids[4]]


def test_sarif_numbers_equal_fingerprints() -> None:
    run = sarif_run(Report(findings=(WARNING, WARNING), files=(), accepted=(WARNING,)))
    told = [result["partialFingerprints"]["diplograph/v1"] for result in run["results"]]
    assert told == [WARNING.fingerprint, f"{WARNING.fingerprint}:2", f"{WARNING.fingerprint}:3"]


LINK = re.compile(r"\[(?:[^\\\[\]]|\\[\\\[\]])*\]\(")
URI = re.compile(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*|file:///(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*")


def messages(value: object) -> list[str]:
    """Find every text of a message: what a viewer may take for one with links and placeholders."""
    if isinstance(value, list):
        return [text for item in value for text in messages(item)]
    if not isinstance(value, dict):
        return []
    own = [text for key, text in value.items() if key in ("text", "markdown")]
    return own + [text for key, item in value.items() if key != "properties" for text in messages(item)]


def test_sarif_of_the_example_follows_the_schema(sarif_schema: jsonschema.Draft4Validator) -> None:
    sarif_schema.validate(json.loads(written("sarif")))
    sarif_schema.validate(json.loads(written("sarif", Report((), ()))))
    with pytest.raises(jsonschema.ValidationError):
        sarif_schema.validate({"version": "2.1.0", "runs": [{"tool": {}}]})


@settings(quick, max_examples=15)
@given(report=reports)
@example(report=WORST)
def test_sarif_of_anything_follows_the_schema(sarif_schema: jsonschema.Draft4Validator, report: Report) -> None:
    sarif_schema.validate(json.loads(written("sarif", report)))


@quick
@given(report=reports)
@example(report=WORST)
def test_sarif_of_anything_is_consistent_and_escaped(report: Report) -> None:
    run = sarif_run(report)
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(ids) == len(set(ids))
    assert len(run["results"]) == len(report.findings) + len(report.accepted)
    uris = [artifact["location"]["uri"] for artifact in run["artifacts"]]
    assert len(uris) == len(set(uris))
    assert all(URI.fullmatch(uri) for uri in uris)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        for place in (*result.get("locations", ()), *result.get("relatedLocations", ())):
            if "physicalLocation" in place:
                location = place["physicalLocation"]["artifactLocation"]
                assert uris[location["index"]] == location["uri"]
    prints = Counter(result["partialFingerprints"]["diplograph/v1"] for result in run["results"])
    assert set(prints.values()) <= {1}
    for text in messages(run):
        assert not re.search("[{}]", text.replace("{{", "").replace("}}", ""))
        assert not any(not preceded(text, match.start()) for match in LINK.finditer(text))


def preceded(text: str, place: int) -> bool:
    """Tell whether a bracket is itself escaped: an odd number of backslashes stands before it."""
    return (place - len(text[:place].rstrip("\\"))) % 2 == 1


# JUnit.


def test_junit_of_the_example() -> None:
    assert written("junit") == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="diplograph" tests="4" failures="1" errors="1">\n'
        '  <testsuite name="diplograph" tests="4" failures="1" errors="1" skipped="0">\n'
        '    <testcase classname="diplograph" name="seeds/a.yaml" file="seeds/a.yaml">\n'
        '      <failure message="seeds/a.yaml:3:5: violation[claim-certainty-count] A claim has one certainty. '
        'Keep one." type="claim-certainty-count">'
        "seeds/a.yaml:3:5: violation[claim-certainty-count] A claim has one certainty. Keep one.\n"
        "  seeds/b.yaml:1:1: The other one.\n"
        "seeds/a.yaml:4:1: warning[no-label] A label is missing.\n"
        "</failure>\n"
        "    </testcase>\n"
        '    <testcase classname="diplograph" name="seeds/b.yaml" file="seeds/b.yaml">\n'
        '      <error message="seeds/b.yaml: error[yaml-syntax] Not YAML: 50% is [x](1) {0}." type="yaml-syntax">'
        "seeds/b.yaml: error[yaml-syntax] Not YAML: 50% is [x](1) {0}.\n"
        "</error>\n"
        "    </testcase>\n"
        '    <testcase classname="diplograph" name="seeds/c.yaml" file="seeds/c.yaml"/>\n'
        '    <testcase classname="diplograph" name="&lt;stdin&gt;" file="&lt;stdin&gt;">\n'
        "      <system-out>&lt;stdin&gt;:1:1: info[note] A note.\n"
        "</system-out>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_junit_tells_of_the_worst_in_a_file_first() -> None:
    both = Report(findings=(WARNING, VIOLATION, Finding("error", "e", "m", WARNING.location)), files=())
    [case] = ET.fromstring(written("junit", both)).iter("testcase")  # noqa: S314
    [error] = case
    assert (error.tag, error.get("type")) == ("error", "e")
    assert error.text is not None
    assert len(error.text.splitlines()) == 4


@quick
@given(report=reports)
@example(report=WORST)
def test_junit_of_anything_is_xml_that_counts_right(report: Report) -> None:
    root = ET.fromstring(written("junit", report).encode())  # noqa: S314
    [suite] = root
    cases = suite.findall("testcase")
    assert len(cases) == len({*report.files, *(finding.location.file for finding in report.findings)})
    for counted in (root, suite):
        assert counted.get("tests") == str(len(cases))
        assert counted.get("failures") == str(len(list(root.iter("failure"))))
        assert counted.get("errors") == str(len(list(root.iter("error"))))
    assert all(len(case) <= 1 for case in cases)
    lines = sum(1 + len(finding.related) for finding in report.findings)
    assert sum((told.text or "").count("\n") for case in cases for told in case) == lines


# GitHub: a runner as actions/runner has it (ActionCommand.cs, ActionCommandManager.cs).

COMMANDS = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "set-env", "set-output", "echo"}


def commands(output: str) -> list[tuple[str, dict[str, str], str]]:
    """Tell which commands a runner takes from output, whatever it breaks into lines."""
    taken, token, known = [], "", {*COMMANDS, "stop-commands"}
    for line in re.split(r"\r\n|\r|\n", output):
        command = anchored(line, known) or legacy(line, known)
        if command is None or (token and command[0] != token):
            continue
        if command[0] == "stop-commands":
            token = command[2].lower()
            assert token not in known
            known.add(token)
        elif token:
            known.remove(token)
            token = ""
        taken.append(command)
    assert not token
    return taken


def anchored(line: str, known: set[str]) -> tuple[str, dict[str, str], str] | None:
    match = re.match(r"\s*::(.*?)::(.*)", line, re.DOTALL)
    name, _, properties = match[1].partition(" ") if match else ("", "", "")
    if not match or name.lower() not in known:
        return None
    pairs = (pair.split("=", 1) for pair in properties.strip().split(",") if "=" in pair)
    return name.lower(), {key: unescaped(value) for key, value in pairs}, unescaped(match[2])


def legacy(line: str, known: set[str]) -> tuple[str, dict[str, str], str] | None:
    match = re.search(r"##\[(.*?)\](.*)", line, re.DOTALL)
    name = match[1].partition(" ")[0].lower() if match else ""
    return (name, {}, match[2]) if match and name in known else None


def unescaped(text: str) -> str:
    for code, letter in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, letter)
    return text


def test_github_of_the_example() -> None:
    lines = written("github").splitlines()
    told = "A claim has one certainty. Keep one."
    token = lines[1].removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{64}", token)
    assert lines == [
        "::group::1 error, 1 violation, 1 warning, 1 info. 1 accepted by the baseline.",
        f"::stop-commands::{token}",
        *written("text").splitlines()[:-1],
        f"::{token}::",
        "::endgroup::",
        "::error file=seeds/b.yaml,title=yaml-syntax::Not YAML: 50%25 is [x](1) {0}.",
        f"::error file=seeds/a.yaml,line=3,endLine=3,col=5,endColumn=14,title={VIOLATION.code}::{told}",
        "::warning file=seeds/a.yaml,line=4,endLine=6,title=no-label::A label is missing.",
        "::notice file=<stdin>,line=1,endLine=1,col=1,endColumn=2,title=note::A note.",
        "1 error, 1 violation, 1 warning, 1 info. 1 accepted by the baseline.",
    ]
    assert written("github", Report((), ("a",))) == "no findings.\n"


def test_github_is_given_ten_of_each_level_worst_first() -> None:
    def some(severity: Any, count: int) -> list[Finding]:
        return [
            Finding(severity, f"{severity}-{n}", "m", Location("a", Region(n + 1, 1, n + 1, 2))) for n in range(count)
        ]

    many = [*some("violation", 12), *some("warning", 3), *some("error", 2), *some("info", 11)]
    output = written("github", Report(findings=tuple(many), files=()))
    titles = [told["title"] for _, told, _ in commands(output) if "title" in told]
    assert titles == [
        *("error-0", "error-1"),
        *(f"violation-{n}" for n in range(8)),
        *("warning-0", "warning-1", "warning-2"),
        *(f"info-{n}" for n in range(10)),
    ]
    assert output.splitlines()[-1] == (
        "2 errors, 12 violations, 3 warnings, 11 info."
        " 5 without an annotation, of which GitHub shows 10 a level: see the log above."
    )


@settings(quick, max_examples=60)
@given(report=reports)
@example(report=WORST)
def test_a_runner_takes_no_command_but_ours(report: Report) -> None:
    output = written("github", report)
    taken = commands(output)
    levels = {"error": "error", "violation": "error", "warning": "warning", "info": "notice"}
    names = [name for name, _, _ in taken]
    if report.findings:
        assert names[:2] == ["group", "stop-commands"]
        assert names[2] == taken[1][2]
        assert names[3] == "endgroup"
        assert Counter(names[4:]) == Counter(levels[finding.severity] for finding in report.findings)
        said = Counter((told.get("title", ""), message) for _, told, message in taken[4:])
        assert said == Counter(
            (printable(one.code).rstrip(), printable(f"{one.message} {one.hint}".rstrip())) for one in report.findings
        )
    assert all(set(told) <= {"file", "line", "endLine", "col", "endColumn", "title"} for _, told, _ in taken)
    inside = False
    for line in output.splitlines()[1:]:
        if line.startswith("::") and names[2:3] == [line.strip(":")]:
            inside = False
        if line.startswith("::") and not inside:
            assert re.match(rf"::(?:stop-commands::|endgroup::|{names[2]}::|(?:error|warning|notice) .*::)", line)
        inside = inside or line.startswith("::stop-commands::")
    assert "::" not in output.splitlines()[-1]


def test_a_token_that_data_holds_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = iter((b"held", b"held", b"free"))
    monkeypatch.setattr(hashlib, "sha256", lambda _: hashlib.sha1(next(digests), usedforsecurity=False))
    held, free = (hashlib.sha1(word, usedforsecurity=False).hexdigest() for word in (b"held", b"free"))
    echoed = Finding("warning", "x", f"::{held.upper()}::", Location("a"))
    output = written("github", Report(findings=(echoed,), files=()))
    assert output.splitlines()[1] == f"::stop-commands::{free}"
    assert [name for name, _, _ in commands(output)] == ["group", "stop-commands", free, "endgroup", "warning"]


# Turtle.


def parsed(text: str) -> rdflib.Graph:
    """Read Turtle by two parsers that know nothing of each other, and make sure that they agree."""
    graph = rdflib.Graph().parse(data=text, format="turtle")
    other = rdflib.Graph()
    quads = ox.parse(text, format=ox.RdfFormat.TURTLE)
    triples = io.BytesIO()
    ox.serialize((quad.triple for quad in quads), triples, format=ox.RdfFormat.N_TRIPLES)
    other.parse(data=triples.getvalue(), format="nt")
    assert len(graph) == len(other)
    return other


def test_turtle_of_the_example() -> None:
    text = written("turtle")
    comments, body = text[text.index("# ") :].split("[]", 1)
    assert comments == (
        "# Left out, as about no node of the graph: 1 error, 1 warning, 1 info.\n"
        "# Left out, as accepted by the baseline: 1 violation.\n"
    )
    assert body == (
        " a sh:ValidationReport ;\n"
        "    sh:conforms false ;\n"
        "    sh:result [\n"
        "        a sh:ValidationResult ;\n"
        "        sh:focusNode <https://w3id.org/diplograph/id/claim/1> ;\n"
        "        sh:resultPath dip:certainty ;\n"
        '        sh:value "likely"@en ;\n'
        "        sh:sourceConstraintComponent sh:MaxCountConstraintComponent ;\n"
        f"        sh:sourceShape <{SHAPE}> ;\n"
        "        sh:resultSeverity sh:Violation ;\n"
        '        sh:resultMessage "A claim has one certainty." ;\n'
        '        dcterms:source "seeds/a.yaml:3:5"\n'
        "    ] .\n"
    )
    assert isomorphic(parsed(text), rdflib.Graph().parse(data=text, format="turtle"))


@pytest.mark.parametrize(
    ("found", "conforms"),
    [((), True), ((INFO,), True), ((ERROR,), False), ((VIOLATION,), False)],
    ids=["nothing", "no result", "an error", "a result"],
)
def test_turtle_says_whether_the_data_conforms(found: tuple[Finding, ...], conforms: bool) -> None:  # noqa: FBT001
    graph = parsed(written("turtle", Report(findings=found, files=())))
    assert list(graph.objects(None, SH.conforms)) == [rdflib.Literal(conforms)]


def test_turtle_is_sorted_whatever_the_order() -> None:
    one, two = (Finding("info", "c", "m", Location(file), focus="_:a") for file in ("a", "b"))
    assert written("turtle", Report((one, two), ())) == written("turtle", Report((two, one), ()))


@quick
@given(report=reports)
@example(report=WORST)
def test_turtle_of_anything_is_a_report_and_nothing_else(report: Report) -> None:
    graph = parsed(written("turtle", report))
    [node] = graph.subjects(RDF.type, SH.ValidationReport)
    expected = [one for one in report.findings if one.focus and one.severity != "error"]
    results = list(graph.objects(node, SH.result))
    assert len(results) == len(expected)
    once = (SH.focusNode, SH.resultSeverity, SH.resultMessage, DCTERMS.source)
    for result in results:
        assert all(len(list(graph.objects(result, predicate))) == 1 for predicate in once)
    told = Counter(str(message) for message in graph.objects(None, SH.resultMessage))
    assert told == Counter(visible(one.message) for one in expected)
    ours = {str(RDF), str(SH), str(DCTERMS)}
    assert {
        str(predicate).rpartition("#" if "#" in str(predicate) else "/")[0] for predicate in graph.predicates()
    } <= {space[:-1] for space in ours}


@pytest.mark.parametrize(
    ("given", "written_as"),
    [
        ('"a"@en', '"a"@en'),
        ('"1"^^<http://www.w3.org/2001/XMLSchema#integer>', '"1"^^xsd:integer'),
        (f"<{NS}a/b>", f"<{NS}a/b>"),
        (f"<{NS}a>", "dip:a"),
        ("_:b1", "_:b1"),
        ("a b", '"a b"'),
        ('"a" . <x:a> <x:b> <x:c>', r'"\"a\" . <x:a> <x:b> <x:c>"'),
        ('"a" .\n<x:a> <x:b> "c"', r'"\"a\" .\n<x:a> <x:b> \"c\""'),
        ('"a\\u202Eb"', r'"a\U0000202Eb"'),
        ("<http://a/\u202e>", r"<http://a/\U0000202E>"),
    ],
)
def test_turtle_writes_terms_from_what_a_parser_read(given: str, written_as: str) -> None:
    one = Finding("info", "c", "m", Location("a"), focus="_:x", value=given)
    text = written("turtle", Report((one,), ()))
    assert f"sh:value {written_as} ;\n" in text
    [value] = parsed(text).objects(None, SH.value)
    assert isinstance(value, rdflib.term.Identifier)


# Paths.

IRIS = ("<x:a>", "<x:b>", "<http://c/d>")
trees = st.recursive(
    st.sampled_from(IRIS),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("*+?^"), inner),
        st.tuples(st.sampled_from("/|"), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=8,
)
KINDS = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath", "^": "inversePath"}


def sparql(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    sign: str
    sign, inner = tree
    if isinstance(inner, list):
        return "(" + sign.join(sparql(one) for one in inner) + ")"
    return f"(^{sparql(inner)})" if sign == "^" else f"({sparql(inner)}{sign})"


def shacl(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    sign, inner = tree
    if isinstance(inner, list):
        members = f"( {' '.join(shacl(one) for one in inner)} )"
        return members if sign == "/" else f"[ sh:alternativePath {members} ]"
    return f"[ sh:{KINDS[sign]} {shacl(inner)} ]"


@quick
@given(tree=trees)
def test_paths_become_those_of_shacl(tree: Any) -> None:
    assert shacl_path(sparql(tree), str) == shacl(tree)
    assert shacl_path(f" {sparql(tree)} ".replace("/", " / ").replace("http: /  / c / d", "http://c/d"), str) == shacl(
        tree
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("^<x:a>*", "[ sh:inversePath [ sh:zeroOrMorePath <x:a> ] ]"),
        ("<x:a>/<x:b>|^<x:c>", "[ sh:alternativePath ( ( <x:a> <x:b> ) [ sh:inversePath <x:c> ] ) ]"),
        ("(<x:a>)", "<x:a>"),
        ("/".join(["(<x:a>)"] * 99), f"( {' '.join(['<x:a>'] * 99)} )"),
    ],
)
def test_paths_bind_as_in_sparql(path: str, expected: str) -> None:
    assert shacl_path(path, str) == expected


@pytest.mark.parametrize(
    "path",
    ["", "a", "!<x:a>", "<x:a>/", "(<x:a>", "<x:a>)", "<x:a> <x:b>", "<x:a>**", "^^<x:a>", "(" * 9999, "<>>", "^"],
)
def test_what_is_no_path_is_said_to_be_none(path: str) -> None:
    assert shacl_path(path, str) == ""
    one = Finding("info", "c", "m", Location("a"), focus="_:x", path=path and f"{path}\n")
    text = written("turtle", Report((one,), ()))
    assert SH.resultPath not in set(parsed(text).predicates())
    assert ("# The path is none of SHACL: " in text) == bool(path)


def test_counts_are_those_of_findings() -> None:
    assert count_by_severity(REPORT.findings) in written("text")
