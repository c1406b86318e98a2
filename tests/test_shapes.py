"""The shapes: linted, each constraint with a case of its own, and the seeds conform to them."""

from __future__ import annotations

from pathlib import Path

import pytest

import diplograph
from diplograph.validation.differences import differing
from diplograph.validation.fast import doubts
from diplograph.validation.index import sh
from diplograph.validation.linting import lint_shapes
from diplograph.validation.shapes import load_shapes
from diplograph.vocabulary import load_vocabulary

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "shapes").glob("*.ttl"))
INVALID = ROOT / "tests" / "cases" / "invalid"


@pytest.fixture(scope="module")
def terms() -> dict[str, bool]:
    return load_vocabulary([ROOT / "ontology" / "diplomacy.ttl"]).terms()


def test_shapes_are_clean(terms: dict[str, bool]) -> None:
    assert [str(finding) for finding in lint_shapes(FILES, terms)] == []


@pytest.mark.parametrize(
    ("addition", "code"),
    [
        ("shape:x a sh:PropertyShape ; sh:path dip:actor ; sh:minCuont 1 .", "unknown-shacl-term"),
        ("shape:x a sh:NodeShape ; sh:targetClass dip:Meetin .", "unknown-term"),
        ("shape:x a sh:NodeShape ; sh:targetClass dip:actor .", "target-no-class"),
        ("shape:x a sh:NodeShape .", "no-target"),
        ("shape:x a sh:PropertyShape ; sh:path dip:actor ; sh:minCount 1 .", "incomplete-shape"),
    ],
)
def test_the_lint_finds_what_engines_let_pass(addition: str, code: str, tmp_path: Path, terms: dict[str, bool]) -> None:
    prefixes = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dip: <https://w3id.org/diplograph/ns#> .\n"
    path = tmp_path / "bad.ttl"
    path.write_text(f"{prefixes}@prefix shape: <https://w3id.org/diplograph/shapes#> .\n{addition}\n", "utf-8")
    assert code in {finding.code for finding in lint_shapes([path], terms)}


def test_the_seeds_conform_without_a_warning(seeds: Path) -> None:
    assert [str(finding) for finding in diplograph.validate(diplograph.read(seeds))] == []


def constraints() -> set[str]:
    """The shapes that constrain something: each of them has a message."""
    shapes = load_shapes(FILES).by_node.values()
    assert all(shape.message for shape in shapes if shape.iri)
    return {shape.code for shape in shapes if shape.iri}


def test_each_constraint_has_a_name_of_its_own_and_a_case() -> None:
    names = [shape.name for shape in load_shapes(FILES).by_node.values() if shape.iri]
    assert len(names) == len(set(names)), "two constraints share a name"
    hit = {
        line.partition("[")[2].partition("]")[0]
        for file in INVALID.glob("*/expected.txt")
        for line in file.read_text("utf-8").splitlines()
        if not line.startswith("  ")
    }
    assert len(hit) > 200
    assert sorted(hit - constraints()) == []
    assert sorted(constraints() - hit) == []


def test_engines_agree_on_all_that_our_shapes_use() -> None:
    shapes = load_shapes(FILES)
    assert differing(shapes) == []
    assert doubts(shapes) == []
    assert not [triple for triple in shapes.triples if triple.predicate == sh("sparql")]
    assert len([triple for triple in shapes.triples if triple.object == sh("NodeShape")]) > 60
