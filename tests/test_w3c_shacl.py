"""The W3C's SHACL test suite, read where it lies, through the command that users have.

Each test is run by both engines. What differs from the official results is listed, with the
reason; a difference that is gone has to leave the list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from diplograph.cli import main
from diplograph.validation.index import Index, Term, sh
from diplograph.validation.paths import path_text

SUITE: Final = Path(__file__).parent.parent.parent / "shared" / "conformance" / "shacl"
MF: Final = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT: Final = "http://www.w3.org/ns/shacl-test#"

UNIQUE_LANG: Final = "sh:uniqueLang counts with the literal true alone (SHACL, 4.4.5); both engines take 1 for it."
DIFFERENT: Final = {
    ("core/property/uniqueLang-002", "pyshacl"): UNIQUE_LANG,
    ("core/property/uniqueLang-002", "shifty"): UNIQUE_LANG,
    ("sparql/node/prefixes-001", "pyshacl"): "pyshacl does not follow owl:imports from sh:prefixes to declarations.",
    ("sparql/pre-binding/shapesGraph-001", "pyshacl"): "pyshacl does not support $shapesGraph, which is optional.",
}
"""Tests whose official result an engine does not give."""


class Case(NamedTuple):
    """A test: its name, the files of data and shapes, and the official results, or None for a failure."""

    name: str
    data: Path
    shapes: Path
    expected: set[tuple[str, ...]] | None


def parsed(file: Path) -> Index:
    return Index(quad.triple for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE, base_iri=file.as_uri()))


def local(iri: Term | None) -> Path:
    assert isinstance(iri, ox.NamedNode)
    return Path(iri.value.removeprefix("file://"))


def anonymous(term: str) -> str:
    """Blank nodes have no names to compare."""
    return "_:" if term.startswith("_:") else term


def official(result: Term, manifest: Index) -> set[tuple[str, ...]] | None:
    if isinstance(result, ox.NamedNode):
        assert result.value == f"{SHT}Failure"
        return None
    found: set[tuple[str, ...]] = set()
    for one in manifest.objects(result, sh("result")):
        path = manifest.value(one, sh("resultPath"))
        terms = ("focusNode", "value", "sourceConstraintComponent", "resultSeverity", "sourceShape")
        focus, value, component, severity, shape = (str(manifest.value(one, sh(term)) or "") for term in terms)
        # a severity of one's own is a violation here
        level = {str(sh("Warning")): "warning", str(sh("Info")): "info"}.get(severity, "violation")
        found.add((anonymous(focus), path_text(path, manifest), anonymous(value), component, level, anonymous(shape)))
    return found


def cases(file: Path) -> Iterator[Case]:
    manifest = parsed(file)
    for subject in manifest.subjects():
        for included in manifest.objects(subject, ox.NamedNode(f"{MF}include")):
            yield from cases(local(included))
        for head in manifest.objects(subject, ox.NamedNode(f"{MF}entries")):
            for test in manifest.members(head):
                action = manifest.value(test, ox.NamedNode(f"{MF}action"))
                result = manifest.value(test, ox.NamedNode(f"{MF}result"))
                assert action is not None
                assert result is not None
                data = local(manifest.value(action, ox.NamedNode(f"{SHT}dataGraph")))
                shapes = local(manifest.value(action, ox.NamedNode(f"{SHT}shapesGraph")))
                name = str(file.relative_to(SUITE.resolve()).with_suffix(""))
                yield Case(name, data, shapes, official(result, manifest))


ALL: Final = list(cases(SUITE.resolve() / "manifest.ttl")) if SUITE.is_dir() else []


def results(case: Case, engine: str) -> set[tuple[str, ...]] | None:
    """Run the command, and give the validation results that it reports, or None if it refuses."""
    options = ["--shapes", str(case.shapes), "--engine", engine, "--format", "json", "--quiet"]
    outcome = CliRunner().invoke(main, ["validate", str(case.data), *options])
    if outcome.exit_code == 2:
        assert "cannot be used" in outcome.stderr
        assert "Traceback" not in outcome.output
        return None
    assert outcome.exit_code in (0, 1), outcome.stderr
    found = [finding for finding in json.loads(outcome.stdout)["findings"] if "component" in finding]
    # the engine has to have said so, not one of our own rules
    return {
        (
            anonymous(finding["focus"]),
            finding.get("path", ""),
            anonymous(finding.get("value", "")),
            f"<{finding['component']}>",
            finding["severity"],
            f"<{finding['shape']}>" if "shape" in finding else "_:",
        )
        for finding in found
    }


@pytest.mark.skipif(not ALL, reason="the W3C's SHACL test suite is not here: shared/conformance is missing")
def test_the_suite_is_whole() -> None:
    assert len(ALL) == 120
    assert {name for name, _ in DIFFERENT} <= {case.name for case in ALL}


@pytest.mark.parametrize("engine", ["pyshacl", "shifty"])
@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_results_are_the_official_ones(case: Case, engine: str) -> None:
    found = results(case, engine)
    if (case.name, engine) in DIFFERENT:
        assert found != case.expected, "this difference is gone: take it from the list"
    else:
        assert found == case.expected
