"""The JSON Schema: sound by itself, and of one mind with the reader as far as a schema can be."""

from __future__ import annotations

import copy
import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from diplograph import resources
from diplograph.cli import main
from diplograph.findings import Finding
from diplograph.reading.documents import Raw
from diplograph.reading.json import parse_json
from diplograph.reading.yaml import parse_yaml
from diplograph.schema import json_schema
from diplograph.vocabulary import load_vocabulary

ROOT = Path(__file__).parent.parent
SEEDS = sorted((ROOT / "seeds").glob("*.yaml"))
VALID = sorted((ROOT / "tests" / "cases").glob("*/*.diplomacy.yaml"))
UNREADABLE = sorted(path for path in (ROOT / "tests" / "cases" / "unreadable").iterdir() if path.is_dir())

NO_DATA = {
    "yaml-syntax": "nothing to hold against a schema",
    "json-syntax": "nothing to hold against a schema",
    "encoding": "nothing to hold against a schema",
    "unreadable": "nothing to hold against a schema",
    "empty-file": "nothing to hold against a schema",
    "too-deep": "nothing to hold against a schema, which may recurse",
    "duplicate-key": "a matter of syntax: data has one value a key",
    "key-type": "a matter of syntax: data has text as keys",
    "yaml-alias": "a matter of syntax: gone once the data is there",
    "yaml-tag": "a matter of syntax: gone once the data is there",
}
ONLY_THE_READER = NO_DATA | {
    "anchor-alone": "one key asks for another, which editors explain badly",
    "control-character": "a pattern for it would be unreadable in messages",
    "date": "`format` is an annotation in draft 2020-12, and patterns know no calendar",
    "duplicate-article": "needs the other articles",
    "duplicate-entity": "needs the registers",
    "duplicate-id": "needs the other facts",
    "duplicate-value": "needs the ontology's notion of sameness",
    "edtf": "a grammar with a calendar in it",
    "endorsed-unclaimed": "hangs on the class of the act and the property, which the ontology says",
    "empty-time": "words or a date: one of two keys",
    "endorsed-alone": "one key asks for another",
    "evidence-outside": "needs the length of the text",
    "literal": "needs the lexical space of a datatype",
    "missing-amount": "an amount or a range: one of several keys",
    "missing-basis": "one key asks for another",
    "not-anchored": "quotes are right while drafting, when the schema helps most",
    "number-size": "a number is a number to a schema",
    "one-language": "labels of many languages are right elsewhere",
    "range-order": "compares two values",
    "register-missing": "needs the file system",
    "register-path": "needs the file system",
    "too-many-claims": "multiplies the speakers of what is nested",
    "two-amounts": "an amount or a range: one of several keys",
    "unknown-entity": "needs the registers",
    "unknown-fact": "needs the other facts",
    "url": "`format` is an annotation in draft 2020-12",
}
ONLY_HERE = {
    ("missing-type-inside", "missing-key"): "a situation in place may be a mere reference, or have a default class",
    ("span-backwards", "span"): "a pattern cannot compare numbers",
    ("entity-empty-name", "empty-text"): "names of entities are free",
    ("missing-text", "missing-key"): "'diplograph anchor' fills it in",
}
THE_SCHEMA_TOO = {("literal-type", "literal"): "a whole number is a type of JSON, unlike most datatypes"}


@cache
def validator(*more: Path) -> Draft202012Validator:
    """Make a validator from the ontology, with further files where a case has them."""
    vocabulary = load_vocabulary([resources.folder("ontology") / "diplomacy.ttl", *more])
    return Draft202012Validator(json_schema(vocabulary))


def plain(raw: Raw) -> Any:
    """Give data as the json module would, without Decimals."""
    if isinstance(raw, dict):
        return {key: plain(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [plain(value) for value in raw]
    return float(raw) if isinstance(raw, Decimal) else raw


def loaded(path: Path) -> Any:
    found = parse_yaml(path.read_text("utf-8"), path.name)
    assert not isinstance(found, Finding), str(found)
    return plain(found.data)


def problems(data: Any, schema: Draft202012Validator | None = None) -> list[str]:
    return [error.message for error in (schema or validator()).iter_errors(data)]


def name(path: Path) -> str:
    return path.parent.name if path.name.startswith(("input", "expected")) else path.name


def test_the_schema_is_a_schema() -> None:
    schema = validator().schema
    assert isinstance(schema, dict)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)


def test_the_command_prints_the_schema() -> None:
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == validator().schema


@pytest.mark.parametrize("path", [*SEEDS, *VALID], ids=name)
def test_it_accepts_what_the_reader_accepts(path: Path) -> None:
    assert problems(loaded(path)) == []


def test_there_are_seeds() -> None:
    assert len([path for path in SEEDS if path.name.endswith(".diplomacy.yaml")]) >= 5
    assert len([path for path in SEEDS if path.name.endswith(".register.yaml")]) >= 1


ANNOTATION = """
article:
  id: one
  language: en
  published: {words: yesterday, edtf: 2024-09-14}
  text: {sha256: SHA, length: 100}
  parts: {headline: 0-9}
entities:
  aides: {type: UnnamedSource, label: aides, country: northland}
names:
  - {entity: aides, written: the aides, evidence: [0-9]}
facts:
  - id: aid
    type: AidProvision
    label: {en: help}
    actor: aides
    money: {amount: 3, currency: GBP, qualifier: about, per: year}
    quantity: {value: 3, unit: boat}
    stage: pledged
    certainty: probable
    time: {words: then, basis: in-text}
    reason: {type: Meeting, participant: [aides]}
    evidence: {quote: some words, nth: 2}
""".replace("SHA", "0123456789abcdef" * 4)
CHANGES = [
    ("article/idd", "one"),
    ("article/id", "number one"),
    ("article/text/sha", "x"),
    ("article/text/length", "100"),
    ("article/text/length", -1),
    ("article/parts/headlines", "0-9"),
    ("article/parts/headline", "0 to 9"),
    ("article/published/word", "then"),
    ("article/language", "english language"),
    ("colour", "red"),
    ("registers", 3),
    ("entities/aides/type", "UnamedSource"),
    ("entities/aides/type", "Meeting"),
    ("entities/aides/contry", "northland"),
    ("entities/aides/code", "EAST"),
    ("entities/aides/wikidata", "145"),
    ("names/0/written", 7),
    ("names/0/evidense", "0-9"),
    ("facts/0/type", "AidProvison"),
    ("facts/0/type", "Person"),
    ("facts/0/actors", "aides"),
    ("facts/0/certainty", "likely"),
    ("facts/0/stage", "pledge"),
    ("facts/0/money/currency", "POUND"),
    ("facts/0/money/per", "decade"),
    ("facts/0/money/amount", "3"),
    ("facts/0/quantity/units", "boat"),
    ("facts/0/quantity", "three"),
    ("facts/0/time/basis", "text"),
    ("facts/0/reason/type", "Meetin"),
    ("facts/0/reason/particpant", "aides"),
    ("facts/0/evidence/nth", 0),
    ("facts/0/evidence", 12),
    ("facts/0/label", ""),
    ("facts/0/label/english language", "help"),
]


@pytest.mark.parametrize(("path", "value"), CHANGES)
def test_it_refuses_what_is_misspelt(path: str, value: object) -> None:
    found = parse_yaml(ANNOTATION, "a.yaml")
    assert not isinstance(found, Finding)
    right = plain(found.data)
    assert problems(right) == []
    wrong = copy.deepcopy(right)
    *steps, last = path.split("/")
    place = wrong
    for step in steps:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    assert problems(wrong) != []


def findings(case: Path) -> dict[str, set[str]]:
    """List the codes that a case expects, by file."""
    lines = (case / "expected.txt").read_text("utf-8").splitlines()
    found: dict[str, set[str]] = {}
    for line in lines:
        match = re.match(r"([^:]+)(?::\d+:\d+)?: error\[([a-z0-9-]+)\]", line)
        assert match, line
        found.setdefault(match[1], set()).add(match[2])
    return found


def datas(path: Path) -> list[Any]:
    """Give the data of a file, or of each of its lines; nothing where it cannot be parsed."""
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    if path.suffix == ".yaml":
        parsed = [parse_yaml(text, path.name)]
    else:
        lines = text.splitlines() if path.suffix == ".jsonl" else [text]
        parsed = [parse_json(line, path.name) for line in lines if line.strip()]
    return [plain(found.data) for found in parsed if not isinstance(found, Finding)]


@pytest.mark.parametrize("case", UNREADABLE, ids=lambda path: path.name)
def test_it_agrees_with_the_reader(case: Path) -> None:
    more = [case / "ontology.ttl"] if (case / "ontology.ttl").exists() else []
    for file, codes in findings(case).items():
        refused = [data for data in datas(case / file) if problems(data, validator(*more))]
        here = {code for code in codes if (case.name, code) in ONLY_HERE}
        both = {code for code in codes if (case.name, code) in THE_SCHEMA_TOO}
        if codes - here - ONLY_THE_READER.keys() | both:
            assert refused, codes
        elif not codes & NO_DATA.keys():
            assert not refused, codes


def test_every_excuse_is_needed() -> None:
    found = {(case.name, code) for case in UNREADABLE for codes in findings(case).values() for code in codes}
    assert ONLY_THE_READER.keys() <= {code for _, code in found}
    assert ONLY_HERE.keys() | THE_SCHEMA_TOO.keys() <= found
