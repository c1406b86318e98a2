"""Two SHACL engines, one verdict: on fixtures, on the seeds, on damaged graphs, and where they are known to differ."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import diplograph
from diplograph import pipeline
from diplograph.cli import main
from diplograph.errors import EnginesDisagreeError, UsageError
from diplograph.rdf import rdf_quads
from diplograph.validation import deciding, fast
from diplograph.validation.differences import differing, is_missed, mixes_zones
from diplograph.validation.fast import doubts
from diplograph.validation.index import ntriples
from diplograph.validation.reference import pyshacl_results
from diplograph.validation.results import Result
from diplograph.validation.shapes import Shapes, load_shapes

ROOT: Final = Path(__file__).parent.parent
CASES: Final = ROOT / "tests" / "cases"
VALID: Final = sorted(path for path in CASES.iterdir() if path.is_dir() and path.name not in ("invalid", "unreadable"))
PREFIXES: Final = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""


@cache
def graph(source: Path) -> tuple[ox.Triple, ...]:
    """Give the triples that a source is validated as."""
    corpus = diplograph.read(source)
    context = corpus.vocabulary.subclass_triples()
    return (*(quad.triple for quad in diplograph.quads(corpus)), *context)


def identities(results: Sequence[Result]) -> set[tuple[str, ...]]:
    return {result.identity for result in results}


def both(triples: Sequence[ox.Triple], shapes: Shapes) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    quick = fast.shifty_results(ntriples(triples), shapes)
    assert fast.conforms(ntriples(triples), shapes) == (not quick)
    reference = identities(pyshacl_results(triples, shapes))
    return reference, {one.identity for one in quick if one.identity in reference or not is_missed(one)}


@pytest.mark.parametrize("source", [*VALID, ROOT / "seeds"], ids=lambda path: path.name)
def test_both_engines_accept_what_is_valid(source: Path) -> None:
    # what is invalid is run by both engines in test_cases, where a disagreement is an error
    assert both(graph(source), pipeline.load_shapes()) == (set(), set())


SOURCES: Final = sorted(
    [*CASES.glob("invalid/*/input.ttl"), *(path for path in VALID if path.name != "unsafe-keys")], key=str
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SOURCES), st.data())
def test_both_engines_find_the_same_in_damaged_graphs(source: Path, data: st.DataObject) -> None:
    """Statements are lost, doubled with other values, and moved to other subjects."""
    if source.suffix == ".ttl":
        context = diplograph.read(CASES / "article").vocabulary.subclass_triples()
        triples = [*(quad.triple for quad in rdf_quads(source)), *context]
    else:
        triples = list(graph(source))
    own = [triple for triple in triples if "subClassOf" not in triple.predicate.value]
    subjects = sorted({triple.subject for triple in own}, key=str)
    objects = sorted({triple.object for triple in own}, key=str)
    for _ in range(data.draw(st.integers(1, 12))):
        hit = data.draw(st.sampled_from(own))
        how = data.draw(st.sampled_from(["lose", "add", "move", "exchange"]))
        if how in ("lose", "exchange") and hit in triples:
            triples.remove(hit)
        if how in ("add", "exchange"):
            triples.append(ox.Triple(hit.subject, hit.predicate, data.draw(st.sampled_from(objects))))
        if how == "move":
            triples.append(ox.Triple(data.draw(st.sampled_from(subjects)), hit.predicate, hit.object))
    triples = list(dict.fromkeys(triples))
    reference, quick = both(triples, pipeline.load_shapes())
    assert reference == quick


DIFFERENCES: Final = [
    ("lookaround", 'sh:pattern "^a(?=b)"', '"ab"'),
    ("back reference", r'sh:pattern "^(a)\\1$"', '"aa"'),
    ("Unicode class", r'sh:pattern "^\\p{Lu}$"', '"A"'),
    ("class subtraction", 'sh:pattern "^[a-z-[aeiou]]+$"', '"b"'),
    ("flag s", 'sh:pattern "^a.b$" ; sh:flags "s"', r'"a\nb"'),
    ("flag x", 'sh:pattern "^a b$" ; sh:flags "x"', '"ab"'),
    ("end of day", "sh:datatype xsd:time", '"24:00:00"^^xsd:time'),
    ("odd digit", "sh:datatype xsd:hexBinary", '"0"^^xsd:hexBinary'),
    ("zone", 'sh:minInclusive "2024-01-01T00:00:00"^^xsd:dateTime', '"2024-01-02T00:00:00Z"^^xsd:dateTime'),
    ("count", 'sh:minCount "x"', '"a"'),
    ("negative count", "sh:minCount -1", '"a"'),
    ("two counts", "sh:minCount 1 , 0", '"a"'),
    ("no count", "sh:qualifiedValueShape [ sh:nodeKind sh:IRI ]", '"a"'),
    ("word characters", r'sh:pattern "^\\w$"', '"\u0301"'),
    ("node kind", "sh:nodeKind ex:Foo", '"a"'),
]


def shapes_of(tmp_path: Path, constraint: str) -> Shapes:
    file = tmp_path / "shapes.ttl"
    target = "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property ex:P . ex:P sh:path ex:p ;"
    file.write_text(f"{PREFIXES}{target} {constraint} .", "utf-8")
    return load_shapes([file])


def triples_of(turtle: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(f"{PREFIXES}{turtle}".encode(), format=ox.RdfFormat.TURTLE)]


def verdict(engine: deciding.Engine, triples: list[ox.Triple], shapes: Shapes) -> object:
    """Give the results of an engine, or that it refuses."""
    try:
        return identities(deciding.validate(triples, shapes, engine))
    except UsageError:
        return "refused"


@pytest.mark.parametrize(("constraint", "value"), [row[1:] for row in DIFFERENCES], ids=[row[0] for row in DIFFERENCES])
def test_where_engines_differ_the_reference_decides_alone(constraint: str, value: str, tmp_path: Path) -> None:
    shapes, triples = shapes_of(tmp_path, constraint), triples_of(f"ex:x ex:p {value} .")
    reference, quick = verdict("pyshacl", triples, shapes), verdict("shifty", triples, shapes)
    assert reference != quick, "the engines agree now: take it from the list"
    assert verdict("auto", triples, shapes) == reference
    assert differing(shapes) or doubts(shapes)


def test_values_that_cannot_be_compared_are_violations(tmp_path: Path) -> None:
    shapes = shapes_of(tmp_path, "sh:lessThanOrEquals ex:q")
    triples = triples_of("ex:x ex:p ex:y ; ex:q ex:z .")
    assert verdict("pyshacl", triples, shapes) == set()
    assert len(deciding.validate(triples, shapes, "auto")) == 1


def test_sparql_is_left_to_the_reference(tmp_path: Path) -> None:
    select = "SELECT $this ?value WHERE { $this <https://example.org/p> ?value FILTER(?value = 1.5) }"
    shapes = shapes_of(tmp_path, f'sh:minCount 1 . ex:S sh:sparql [ sh:select "{select}" ]')
    triples = triples_of('ex:x ex:p "1.50"^^xsd:decimal .')
    assert verdict("shifty", triples, shapes) == set()
    assert len(deciding.validate(triples, shapes, "auto")) == 1


@pytest.mark.parametrize(
    "constraint",
    ["sh:in _:l . _:l rdf:first ex:y ; rdf:rest _:l", "sh:property [ sh:path _:p ] . _:p sh:inversePath _:p"],
)
def test_circles_are_refused_before_an_engine_meets_them(constraint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="runs in a circle"):
        shapes_of(tmp_path, constraint)


def test_times_with_and_without_a_zone_are_left_to_the_reference(tmp_path: Path) -> None:
    shapes = shapes_of(tmp_path, "sh:lessThan ex:q")
    zoned, plain = '"2024-01-02T00:00:00Z"^^xsd:dateTime', '"2024-01-01T00:00:00"^^xsd:dateTime'
    triples = triples_of(f"ex:x ex:p {plain} ; ex:q {zoned} .")
    assert mixes_zones(triples)
    assert not mixes_zones(triples_of(f"ex:x ex:p {plain} ; ex:q {plain} ."))
    assert verdict("auto", triples, shapes) == verdict("pyshacl", triples, shapes)


def test_a_last_line_feed_which_the_reference_misses_is_found(tmp_path: Path) -> None:
    shapes = shapes_of(tmp_path, 'sh:pattern "^a$"')
    triples = triples_of(r'ex:x ex:p "a\n" , "b" .')
    assert len(deciding.validate(triples, shapes, "pyshacl")) == 1
    assert len(deciding.validate(triples, shapes, "auto")) == 2


RESULT: Final = Result("<a:b>", "made-up", "<a:p>", '"x"', "a:Component", "violation", "<a:S>", "Made up.")


@pytest.mark.parametrize("seen", [[], [RESULT]])
def test_a_disagreement_is_reported_and_fails_the_run(
    seen: list[Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case = CASES / "invalid" / "meeting-participants" / "input.diplomacy.yaml"
    monkeypatch.setattr(fast, "shifty_results", lambda *_: seen)
    outcome = CliRunner().invoke(main, ["validate", str(case), "-o", f"json={tmp_path / 'report.json'}"])
    assert outcome.exit_code == 3
    assert "The SHACL engines disagree (only pyshacl: meeting-participants at <" in outcome.stderr
    assert ("only shifty: made-up at <a:b> <a:p>" in outcome.stderr) == bool(seen)
    assert not list(tmp_path.iterdir()), "there is no report to be believed"
    assert CliRunner().invoke(main, ["validate", str(case), "--engine", "pyshacl"]).exit_code == 1


def test_more_results_than_a_message_names_are_kept_in_the_error() -> None:
    results = [replace(RESULT, focus=str(number)) for number in range(9)]
    with pytest.raises(EnginesDisagreeError) as caught:
        deciding.agreed([], results)
    assert len(caught.value.only_shifty) == 9
    assert str(caught.value).count(" at ") == 3


def test_without_the_fast_engine_auto_is_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES / "invalid" / "meeting-participants" / "input.diplomacy.yaml"
    with_it = CliRunner().invoke(main, ["validate", str(case)])
    monkeypatch.setattr(fast, "is_installed", lambda: False)
    without = CliRunner().invoke(main, ["validate", str(case)])
    assert (without.exit_code, without.output) == (1, with_it.output)
    assert CliRunner().invoke(main, ["validate", str(ROOT / "seeds")]).exit_code == 0
    asked = CliRunner().invoke(main, ["validate", str(case), "--engine", "shifty"])
    assert asked.exit_code == 2
    assert asked.stderr.splitlines() == [
        "diplograph: The engine shifty is not installed. Install diplograph[fast], or take --engine pyshacl."
    ]


@pytest.mark.parametrize("engine", ["auto", "pyshacl", "shifty"])
def test_every_engine_writes_the_same_report(engine: str) -> None:
    for name in ("meeting-participants", "time-order", "state-code-unique", "situation-branch"):
        [case] = (CASES / "invalid" / name).glob("input.*")
        outcome = CliRunner().invoke(main, ["validate", case.name, "--engine", engine, "--quiet"])
        assert outcome.exit_code == 2, "from another folder there is no such file"
        outcome = CliRunner().invoke(main, ["validate", str(case), "--engine", engine, "--quiet"])
        expected = (case.parent / "expected.txt").read_text("utf-8").splitlines()
        assert [line.replace(f"{case.parent}/", "") for line in outcome.stdout.splitlines()] == expected
