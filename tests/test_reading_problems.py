"""Each folder of tests/cases/unreadable: an input, and exactly what is found wrong with it, in place.

A case is `input.*` with the registers that it names, `expected.txt` with the lines that are
printed, and `ontology.ttl` where it needs words that the ontology lacks.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import diplograph
from diplograph.annotations import Article, Money, Quantity, Text, Time, Value
from diplograph.cli import main

CASES = sorted(path for path in (Path(__file__).parent / "cases" / "unreadable").iterdir() if path.is_dir())
READING = Path(diplograph.__file__).parent / "reading"
SHA256 = "0123456789abcdef" * 4
HEADER = f"article: {{id: one, text: {{sha256: {SHA256}, length: 100}}}}\n"

ELSEWHERE = {"changed", "too-large", "too-many-problems"}
"""Codes of what no file of a case can be; tests/test_bad_input.py has them."""

PROBLEM = re.compile(
    r"""(?: Finding\(\s*"error",\s*  # a finding that has no path
          | (?:[Pp]roblem|unknown)\(\s*(?:\((?:[^()]|\([^()]*\))*\)|\w+),\s*  # a path, then the code
        )"(?P<code>[a-z0-9-]+)"
      | _(?:matching|checked)\(.*?,\ "(?P<last>[a-z0-9-]+)"\)  # the code comes last
    """,
    re.VERBOSE,
)


def name(path: Path) -> str:
    return path.name


def codes(case: Path) -> set[str]:
    """List the codes of the problems that a case expects."""
    return set(re.findall(r": error\[([a-z0-9-]+)\] ", (case / "expected.txt").read_text("utf-8")))


@pytest.mark.parametrize("case", CASES, ids=name)
def test_problems_are_found_at_their_places(
    case: Path,
    monkeypatch: pytest.MonkeyPatch,
    update_cases: bool,  # noqa: FBT001
) -> None:
    monkeypatch.chdir(case)
    [source] = [path.name for path in Path().glob("input.*")]
    ontology = ["--ontology", "ontology.ttl"] if Path("ontology.ttl").exists() else []
    result = CliRunner().invoke(main, ["validate", "--quiet", *ontology, source])
    expected = case / "expected.txt"
    if update_cases:
        expected.write_text(result.stdout, "utf-8")
    assert result.stdout == expected.read_text("utf-8")
    assert result.stderr == ""
    assert result.exit_code == 2
    assert result.stdout
    for line in result.stdout.splitlines():
        assert re.fullmatch(r"[^:]+\.(?:yaml|json|jsonl|gz)(?::\d+:\d+)?: error\[[a-z0-9-]+\] \S.*", line)


def test_every_code_of_the_reader_has_a_case() -> None:
    written = {
        found["code"] or found["last"]
        for file in READING.glob("*.py")
        for found in PROBLEM.finditer(file.read_text("utf-8"))
    } | {"wrong-type", "unknown-type", "unknown-word", "span"}
    assert len(written) >= 45
    assert written - {code for case in CASES for code in codes(case)} == ELSEWHERE


def test_several_problems_of_a_file_are_reported_together() -> None:
    case = next(case for case in CASES if case.name == "several")
    lines = (case / "expected.txt").read_text("utf-8").splitlines()
    places = [tuple(int(number) for number in line.split(":")[1:3]) for line in lines]
    assert len(lines) >= 10
    assert places == sorted(places)


def test_a_file_without_problems_is_read_beside_one_with_problems(tmp_path: Path) -> None:
    (tmp_path / "a.diplomacy.yaml").write_text("article: [\n", "utf-8")
    (tmp_path / "b.diplomacy.yaml").write_text(HEADER + "facts: []\n", "utf-8")
    (tmp_path / "c.diplomacy.yaml").write_text("facts: 1\n", "utf-8")
    corpus = diplograph.read(tmp_path)
    assert [reading.article.id for reading in corpus.articles()] == ["one"]
    with pytest.raises(diplograph.InputError) as caught:
        corpus.check()
    assert [(Path(finding.location.file).name, finding.code) for finding in caught.value.findings] == [
        ("a.diplomacy.yaml", "yaml-syntax"),
        ("c.diplomacy.yaml", "missing-key"),
        ("c.diplomacy.yaml", "wrong-type"),
    ]


def article(folder: Path, text: str) -> Article:
    """Read one annotation that has no problems."""
    file = folder / "input.diplomacy.yaml"
    file.write_text(text, "utf-8")
    corpus = diplograph.read(file)
    [reading] = corpus.articles()
    corpus.check()
    return reading.article


def value(folder: Path, key: str, written: str) -> Value:
    """Read one value of a fact."""
    fact = f"facts:\n  - id: talks\n    type: Meeting\n    evidence: 0-40\n    {key}: {written}\n"
    [(word, (found,))] = article(folder, HEADER + fact).facts[0].values
    assert word == key
    return found


TEXTS = ["NO", "yes", "on", "Off", "y", "True", "Null", "12:30:45", "1:30", "010", "0x10", "0o17", "0b1", "1_000"]
TEXTS += [".inf", "-.INF", ".NaN", "1.", ".5", "2024-09-14", "2024-09-14T10:00:00Z", "1,000", "=", "<<", "12e", "--1"]


@pytest.mark.parametrize("written", TEXTS)
def test_plain_words_stay_what_they_are_written_as(written: str, tmp_path: Path) -> None:
    assert value(tmp_path, "wording", written) == Text((written, ""))


@pytest.mark.parametrize("written", TEXTS)
def test_labels_stay_what_they_are_written_as(written: str, tmp_path: Path) -> None:
    fact = f"facts:\n  - {{id: talks, type: Meeting, label: {written!r}, note: [x], evidence: 0-40}}\n"
    fact = fact.replace("note: [x]", f"note: {{en: {written}}}" if "," not in written else f"note: {{en: '{written}'}}")
    [found] = article(tmp_path, HEADER + fact).facts
    assert (found.labels, found.notes) == (((written, ""),), ((written, "en"),))


def test_a_country_is_norway_and_not_false(tmp_path: Path) -> None:
    entities = "entities:\n  norway: {type: State, label: Norway, code: NO}\n  on: {type: State, label: 'no'}\n"
    norway, on = article(tmp_path, HEADER + entities).entities
    assert (norway.code, on.name, on.labels) == ("NO", "on", (("no", ""),))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-09-14", Time(edtf="2024-09-14", basis="in-text")),
        ("2024", Time(edtf="2024", basis="in-text")),
        ("{words: 12:30:45}", Time(words=("12:30:45", ""))),
        (
            "{words: 2024-09-14, edtf: 2024-09, basis: in-text}",
            Time(words=("2024-09-14", ""), edtf="2024-09", basis="in-text"),
        ),
        (
            "{words: 010, edtf: 2024, anchor: 2024-09-14, basis: annotator}",
            Time(words=("010", ""), edtf="2024", anchor="2024-09-14", basis="annotator"),
        ),
    ],
)
def test_times_stay_what_they_are_written_as(written: str, expected: Time, tmp_path: Path) -> None:
    assert value(tmp_path, "time", written) == expected


@pytest.mark.parametrize(
    ("written", "digits"),
    [("7", "7"), ("1.50", "1.50"), ("3e9", "3E+9"), ("-0.10", "-0.10"), ("0", "0"), ("12345678901234567890.1", "")],
)
def test_numbers_keep_their_digits(written: str, digits: str, tmp_path: Path) -> None:
    found = value(tmp_path, "quantity", written)
    assert isinstance(found, Quantity)
    assert str(found.value) == (digits or written)


def test_amounts_are_exact(tmp_path: Path) -> None:
    found = value(tmp_path, "money", "{amount: 0.1, currency: NOK, until: 1_000}")
    assert found == Money(currency="NOK", value=Decimal("0.1"), until=("1_000", ""))


@pytest.mark.parametrize(
    "ends", ["{to: -1, currency: NOK}", "{from: -3, to: -1, currency: NOK}", "{to: 0, currency: NOK}"]
)
def test_a_range_without_a_lower_end_may_lie_below_zero(ends: str, tmp_path: Path) -> None:
    found = value(tmp_path, "money", ends)
    assert isinstance(found, Money)
    assert found.high == Decimal(-1 if "-1" in ends else 0)
