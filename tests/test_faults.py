"""Faults injected into copies of the seeds: each is found at its place, and nothing besides.

A sample of what `python tests/faults/inject.py` does: a fault of each kind in YAML, and of each
third kind in JSON Lines. Those that the shapes find share a copy where they do not meet.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import yaml
from tests.faults.components import UNBREAKABLE, components, parameter
from tests.faults.copies import Copy, Spot, documents
from tests.faults.drawing import KINDS, Drawn, draw, seeds, some
from tests.faults.inject import main
from tests.faults.injecting import Engine, Outcome, injected, needed, outcome
from tests.faults.kinds import Fault, Kind
from tests.faults.nodes import Data, scan
from tests.faults.packing import packed

if TYPE_CHECKING:
    from tests.faults.edits import Syntax

SEED = "sample"
READING = [kind for kind in KINDS if kind.is_reading]
NESTED = {key for key, found in seeds().words.facts.items() if found.kind == "situation"}
SHAPES = [kind for kind in KINDS if not kind.is_reading]


def name(kind: Kind) -> str:
    return kind.name.replace(" ", "-")


def result(drawn: Sequence[Drawn], syntax: Syntax, engine: Engine) -> Outcome:
    """Inject faults into one copy, and check that just they are found."""
    faults = [one.fault for one in drawn]
    found = outcome(injected(faults, needed(faults), syntax), faults, engine)
    missed, besides = set(found.expected) - set(found.found), set(found.found) - set(found.expected)
    assert (sorted(map(str, missed)), sorted(map(str, besides))) == ([], [])
    assert found.is_right
    return found


def codes(drawn: Sequence[Drawn]) -> set[str]:
    """List the rules that faults break."""
    return {one.code for _, fault in drawn for one in fault.expected}


def broken(drawn: Sequence[Drawn]) -> set[str]:
    """List the components of the rules that faults break."""
    return {component for code in codes(drawn) for component in components()[code]}


@pytest.mark.parametrize(("syntax", "step"), [("yaml", 1), ("jsonl", 3)])
def test_what_the_shapes_find(syntax: Syntax, step: int) -> None:
    first, *others = packed(SHAPES[::step], SEED)
    assert len(first.drawn) > len(SHAPES) / step * 0.9
    found = result(first.drawn, syntax, "auto" if syntax == "yaml" else "shifty")
    assert {parameter(component) for component in found.components} == broken(first.drawn)
    for pack in others:
        result(pack.drawn, syntax, "shifty")


@pytest.mark.parametrize("kind", [kind for kind in READING if kind.syntax != "jsonl"], ids=name)
def test_what_the_reader_finds_in_yaml(kind: Kind) -> None:
    assert not result(some(kind, SEED)[:1], "yaml", "auto").components


@pytest.mark.parametrize("kind", [kind for kind in READING if kind.syntax != "yaml"][::3], ids=name)
def test_what_the_reader_finds_in_json_lines(kind: Kind) -> None:
    assert not result(some(kind, SEED)[:1], "jsonl", "auto").components


def test_each_component_of_the_shapes_has_a_fault_or_a_reason_why_not() -> None:
    used = {component for names in components().values() for component in names}
    hit = broken([some(kind, SEED)[0] for kind in SHAPES])
    assert sorted(used - hit - UNBREAKABLE.keys()) == []
    assert sorted(UNBREAKABLE.keys() & hit) == []
    assert sorted(UNBREAKABLE.keys() - used) == []


@pytest.mark.parametrize("syntax", ["yaml", "jsonl"])
def test_a_hundred_faults_are_of_many_kinds_and_everywhere(syntax: Syntax) -> None:
    drawn = draw(100, 1, syntax)
    assert len(drawn) == 100
    assert len(codes(drawn)) >= 60
    assert sum(kind.is_reading for kind, _ in drawn) == 25
    shapes = [one for one in drawn if not one.kind.is_reading]
    assert broken(shapes) == broken([some(kind, SEED)[0] for kind in SHAPES])
    spots = [one.place for _, fault in drawn for one in fault.expected if isinstance(one.place, Spot)]
    assert {spot.document for spot in spots} == set(documents())
    assert sum(not NESTED.isdisjoint(spot.steps[2:-1]) for spot in spots) > 10, "nested facts"
    assert sum(isinstance(spot.steps[-1], int) and len(spot.steps) > 2 for spot in spots) > 3, "items of lists"
    assert sum(len({edit.document for edit in fault.edits}) > 1 or bool(fault.documents) for _, fault in drawn) > 4


def test_faults_are_drawn_the_same_each_time() -> None:
    assert draw(20, 1, "yaml") == draw(20, 1, "yaml")
    assert draw(20, 1, "yaml") != draw(20, 2, "yaml")


def test_what_is_expected_at_another_place_is_told_apart() -> None:
    fault = some(next(kind for kind in READING if kind.name == "unknown-key"), SEED)[0].fault
    [right] = fault.expected
    assert isinstance(right.place, Spot)
    elsewhere = replace(right, place=right.place._replace(key=False))
    for wrong in (
        (),
        (right, right),
        (elsewhere,),
        (replace(right, code="edtf"),),
        (replace(right, related=(right.place,)),),
    ):
        faults = [Fault(fault.edits, wrong)]
        assert not outcome(injected(faults, needed(faults), "yaml"), faults, "auto").is_right


def test_the_script_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--faults", "4", "--engine", "shifty", "--syntax", "jsonl"]) == 0
    heading, *rows = capsys.readouterr().out.splitlines()
    assert heading.startswith(" no.  rule ")
    assert [row.split()[-1] for row in rows[:4]] == ["ok"] * 4
    assert rows[-1].startswith("4 faults, 4 rules, 1 for the reader, 0 in copies of all articles: 4 ok, 0 wrong")


def same(ours: Data, theirs: object) -> bool:
    """Tell whether scanned data are what a parser reads, which leaves all scalars as they are written."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return list(ours) == list(theirs) and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return isinstance(theirs, str) and (ours == theirs or (not isinstance(ours, str) and ours == Decimal(theirs)))


@pytest.mark.parametrize("document", documents())
def test_the_scanner_reads_the_seeds_as_parsers_do(document: str) -> None:
    in_yaml, in_json = (Copy.of([document], syntax).texts[document] for syntax in ("yaml", "jsonl"))
    assert same(scan(in_yaml).data(in_yaml), yaml.load(in_yaml, yaml.BaseLoader))  # noqa: S506 - gives text only
    assert scan(in_json).data(in_json) == json.loads(in_json, parse_float=Decimal)
