"""Each folder of tests/cases: annotations and what they become, or what is found wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import diplograph
from diplograph.cli import main

CASES = Path(__file__).parent / "cases"
VALID = sorted(path for path in CASES.iterdir() if path.is_dir() and path.name not in ("invalid", "unreadable"))
INVALID = sorted(path for path in (CASES / "invalid").iterdir() if path.is_dir())


def names(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("case", VALID, ids=names)
def test_annotations_become_the_expected_turtle(case: Path, tmp_path: Path, update_cases: bool) -> None:  # noqa: FBT001
    target = tmp_path / "out.ttl"
    warnings = diplograph.export(diplograph.read(case), target)
    assert [finding.code for finding in warnings] == []
    expected = case / "expected.ttl"
    if update_cases:
        expected.write_bytes(target.read_bytes())
    assert target.read_text("utf-8") == expected.read_text("utf-8")


@pytest.mark.parametrize("case", INVALID, ids=names)
def test_each_constraint_is_found_at_its_place(
    case: Path,
    monkeypatch: pytest.MonkeyPatch,
    update_cases: bool,  # noqa: FBT001
) -> None:
    monkeypatch.chdir(case)
    [source] = [path.name for path in Path().glob("input.*")]
    result = CliRunner().invoke(main, ["validate", "--quiet", source])
    expected = case / "expected.txt"
    if update_cases:
        expected.write_text(result.stdout, "utf-8")
    assert result.stdout == expected.read_text("utf-8")
    lines = [line for line in result.stdout.splitlines() if not line.startswith("  ")]  # those are related places
    codes = {line.partition("[")[2].partition("]")[0] for line in lines}
    assert case.name in codes, "the case is named after the constraint that it violates"
    severities = {line.split(": ")[1].partition("[")[0] for line in lines}
    assert result.exit_code == (1 if "violation" in severities else 0)
    assert severities <= {"violation", "warning"}
    assert severities


def test_there_are_cases() -> None:
    assert len(VALID) >= 18
    assert len(INVALID) >= 60
