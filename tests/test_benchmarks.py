"""The benchmark: its corpora are what they claim to be, its peers make our graph, its bars are drawn right.

Nothing here is timed; `python tests/benchmarks/run.py` measures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from tests.benchmarks import environments, run
from tests.benchmarks.bars import Result, bars
from tests.benchmarks.corpus import CORPUS, ENTITIES, Plan, write
from tests.benchmarks.faults import UNREADABLE, VIOLATIONS
from tests.benchmarks.measuring import FailedError, line_count, measured
from tests.benchmarks.peers import by_hand, rml, tables
from tests.benchmarks.peers.comparing import PARTS, compared, statements
from tests.benchmarks.register import NAME as REGISTER
from tests.benchmarks.templates import Template, mix

import diplograph

GENERATOR = Path(__file__).parent / "benchmarks" / "corpus.py"
SMALL = Plan(facts=240, seed=5, entities=200)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus without faults."""
    folder = tmp_path_factory.mktemp("small")
    write(SMALL, folder)
    return folder


@pytest.fixture(scope="session")
def ours(small: Path) -> set[tuple[str, str, str]]:
    """Our graph of it."""
    path = small / "ours.nt"
    diplograph.export(diplograph.read(small), path, validated=False)
    return statements(path)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def codes_by_line(folder: Path) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for finding in diplograph.check(folder).findings:
        assert finding.location.region
        found[finding.location.region.line].add(finding.code)
    return found


def nested(fact: Any) -> Iterator[Any]:
    """Go through a fact and those in it, references left out."""
    yield fact
    for value in fact.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and "label" in one:
                yield from nested(one)


def told(template: Template) -> Iterator[Template]:
    yield template
    for slot in template.slots:
        for one in slot.situations:
            if one is not None:
                yield from told(one)


# The generator


def test_the_same_arguments_make_the_same_bytes(tmp_path: Path) -> None:
    plan = Plan(facts=200, seed=3, faults=0.05, broken=0.1, entities=150)
    write(plan, tmp_path / "one")
    options = ["--facts", "200", "--seed", "3", "--faults", "0.05", "--broken", "0.1", "--entities", "150"]
    hashes = {**os.environ, "PYTHONHASHSEED": "17"}
    subprocess.run([sys.executable, GENERATOR, *options, "-o", tmp_path / "two"], check=True, env=hashes)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(["broken.jsonl", CORPUS, REGISTER, "faults.jsonl"])
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in names)


def test_another_seed_makes_another_corpus(tmp_path: Path) -> None:
    for seed in (1, 2):
        write(Plan(facts=20, seed=seed, entities=100), tmp_path / str(seed))
    assert (tmp_path / "1" / CORPUS).read_bytes() != (tmp_path / "2" / CORPUS).read_bytes()


def test_without_faults_nothing_is_found(small: Path) -> None:
    assert not diplograph.check(small).findings


def test_each_fault_is_found_by_its_rules_and_nothing_besides(tmp_path: Path) -> None:
    write(Plan(facts=400, seed=2, faults=0.12, entities=200), tmp_path)
    faults = lines(tmp_path / "faults.jsonl")
    assert {fault["kind"] for fault in faults} == set(VIOLATIONS)
    expected: dict[int, set[str]] = defaultdict(set)
    for fault in faults:
        expected[fault["line"]].update(fault["rules"])
    assert codes_by_line(tmp_path) == expected


def test_each_unreadable_article_is_refused_for_its_reason(tmp_path: Path) -> None:
    write(Plan(facts=300, seed=4, broken=0.9, entities=200), tmp_path)
    problems = lines(tmp_path / "broken.jsonl")
    assert {problem["kind"] for problem in problems} == set(UNREADABLE)
    assert codes_by_line(tmp_path) == {problem["line"]: {problem["problem"]} for problem in problems}


def test_the_mix_is_that_of_the_seeds(tmp_path: Path) -> None:
    write(Plan(facts=6000, seed=1), tmp_path)
    articles = lines(tmp_path / CORPUS)
    facts = [fact for article in articles for fact in article["facts"]]
    assert len(facts) == 6000
    assert 17 < len(facts) / len(articles) < 24
    everything = [one for fact in facts for one in nested(fact)]
    for given, made in (
        (Counter(one.type for one in (*mix().shared, *mix().single)), Counter(fact["type"] for fact in facts)),
        (
            Counter(one.type for top in (*mix().shared, *mix().single) for one in told(top)),
            Counter(one.get("type", "") for one in everything),
        ),
    ):
        assert made.keys() == given.keys()
        for kind, count in given.most_common(6):
            assert made[kind] / made.total() == pytest.approx(count / given.total(), rel=0.35), kind


def test_situations_are_shared_as_announced(tmp_path: Path) -> None:
    write(Plan(facts=6000, seed=1, entities=500), tmp_path)
    articles: dict[str, set[int]] = defaultdict(set)
    classes: dict[str, set[str]] = defaultdict(set)
    shared = total = 0
    for number, article in enumerate(lines(tmp_path / CORPUS)):
        for fact in article["facts"]:
            total += 1
            shared += "about" in fact
            for one in nested(fact):
                if "about" in one:
                    articles[one["about"]].add(number)
                    classes[one["about"]].add(one["type"])
    assert 0.27 < shared / total < 0.33
    assert 3.5 < sum(map(len, articles.values())) / len(articles) < 4.5
    assert {len(found) for found in classes.values()} == {1}


def test_few_actors_act_often_and_many_seldom(tmp_path: Path) -> None:
    write(Plan(facts=3000, seed=1), tmp_path)
    actors = Counter(
        fact["actor"]
        for article in lines(tmp_path / CORPUS)
        for fact in article["facts"]
        if isinstance(fact.get("actor"), str)
    )
    assert actors.most_common(1)[0][1] > 30 * median(actors.values())


def test_the_register_has_its_size_and_other_scripts(tmp_path: Path) -> None:
    write(Plan(facts=2), tmp_path)
    register = json.loads((tmp_path / REGISTER).read_text("utf-8"))["entities"]
    assert len(register) == ENTITIES
    labels = "".join(str(entity["label"]) for entity in register.values())
    assert {"Ї", "Ł", "王", "ş", "م"} <= set(labels)
    states = [entity["code"] for entity in register.values() if "code" in entity]
    assert len(states) == len(set(states)) > 200


# The peers


def test_what_is_written_by_hand_is_our_graph(small: Path, ours: set[tuple[str, str, str]], tmp_path: Path) -> None:
    by_hand.read(small).serialize(tmp_path / "theirs.nt", format="nt", encoding="utf-8")
    found = compared(ours, statements(tmp_path / "theirs.nt"), PARTS["by-hand"])
    assert (found.foreign, found.missing, found.examples) == (0, 0, [])
    assert found.triples > 0.8 * len(ours)


def test_what_the_tables_hold_is_our_graph(small: Path, ours: set[tuple[str, str, str]], tmp_path: Path) -> None:
    quads = [quad for name, cells in tables.rows(small) for quad in mapped(name, cells)]
    (tmp_path / "theirs.nt").write_bytes(ox.serialize(quads, format=ox.RdfFormat.N_TRIPLES) or b"")
    found = compared(ours, statements(tmp_path / "theirs.nt"), PARTS["tables"])
    assert (found.foreign, found.missing, found.examples) == (0, 0, [])
    assert found.triples > 0.5 * len(ours)


def mapped(name: str, cells: dict[str, Any]) -> Iterator[ox.Triple]:
    """Do with a row what the mappings of the peers do."""
    table, subject = tables.TABLES[name], ox.NamedNode(cells["node"])
    assert set(cells) <= set(table.header)
    if table.type:
        yield ox.Triple(subject, ox.NamedNode(tables.RDF + "type"), ox.NamedNode(table.type))
    for key, column in table.columns.items():
        text = str(cells.get(key, ""))
        if text:
            term: ox.NamedNode | ox.Literal
            if column.kind == tables.IRI:
                term = ox.NamedNode(text)
            elif column.kind == tables.TAGGED:
                term = ox.Literal(text, language=cells["language"])
            else:
                term = ox.Literal(text, datatype=None if column.kind == tables.PLAIN else ox.NamedNode(column.kind))
            yield ox.Triple(subject, ox.NamedNode(column.predicate), term)


def test_the_mapping_has_a_rule_for_each_column_of_the_tables(small: Path, tmp_path: Path) -> None:
    tables.write(small, tmp_path / "tables")
    rml.write(tmp_path / "tables", tmp_path, tmp_path / "out.nt")
    mapping = rdflib.Graph().parse(tmp_path / "mapping.ttl")
    rules = list(mapping.subject_objects(rdflib.URIRef("http://w3id.org/rml/predicateObjectMap")))
    filled = {name for name, _ in tables.rows(small)}
    assert len(rules) == sum(len(tables.TABLES[name].columns) + bool(tables.TABLES[name].type) for name in filled)


def test_a_graph_that_says_more_or_less_is_not_ours() -> None:
    part = PARTS["by-hand"]
    article, label = "<https://w3id.org/diplograph/id/article/1>", "<http://www.w3.org/2000/01/rdf-schema#label>"
    ours = {(article, label, '"one"'), (article, "<urn:p>", '"two"')}
    assert compared(ours, set(ours), part).same
    assert compared(ours, {*ours, (article, label, '"three"')}, part).foreign == 1
    assert compared(ours, {(article, label, '"one"')}, part).missing == 1
    assert not compared(ours, set(), part).same


# Measuring


def test_a_program_is_measured_with_all_below_it(tmp_path: Path) -> None:
    if not Path("/proc/self/smaps_rollup").exists():
        pytest.skip("this system does not tell how much memory a process takes")
    inner = "import time; kept = bytearray(80 << 20); time.sleep(1)"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    found = measured([sys.executable, "-c", script], tmp_path / "log", tmp_path)
    assert found.wall > 1
    assert found.cpu > 0
    assert found.peak > 80


def test_a_program_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="what went wrong"):
        measured([sys.executable, "-c", "import sys; sys.exit('what went wrong')"], tmp_path / "log", tmp_path)


def test_lines_are_counted(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(b"x\n" * 1234)
    assert line_count(tmp_path / "lines") == 1234


def result(wall: float, peak: float = 100.0) -> Result:
    return Result(wall=wall, cpu=wall, peak=peak, triples=1_000_000, net=wall)


def test_bars_are_drawn_at_the_greatest_common_size() -> None:
    found = bars(
        {
            ("nquads-1", 1000): result(1),
            ("nquads-1", 10_000): result(2),
            ("nquads-1", 100_000): result(9),
            ("by-hand", 1000): result(5),
            ("by-hand", 10_000): result(21),
            ("turtle-1", 100_000): result(12),
        }
    )
    assert [(bar.title, bar.found, bar.met, bar.at) for bar in found] == [
        ("unvalidated, 1 process, to by hand", "10.50 x", True, "10,000"),
        ("Turtle to N-Quads", "0.75 x", False, "100,000"),
    ]


def test_bars_of_growth_need_both_sizes() -> None:
    small, great = ("validated-2", 100_000), ("validated-2", 1_000_000)
    titles = [bar.title for bar in bars({small: result(1)})]
    assert titles == ["validated, 2 processes"]
    grown = {bar.title: (bar.found, bar.met) for bar in bars({small: result(1, 300), great: result(10.6, 400)})}
    assert grown["validated-2: memory at 1M facts to 100k"] == ("1.33 x", False)
    assert grown["validated-2: time at 1M facts to 100k"] == ("10.60 x", False)
    assert grown["validated-2: peak memory"] == ("400 MB", True)


def test_a_package_that_is_not_installed_has_no_version_and_spoils_no_report() -> None:
    found = environments.versions(sys.executable, ("rdflib", "no-such-package"))
    assert found == {"rdflib": rdflib.__version__, "no-such-package": "not installed"}


def test_one_command_measures_and_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--sizes", "20", "--runs", "1", "--entities", "100", "--no-peers", "--only", "nquads-1,turtle-1"]
    assert run.main([*options, "--work", str(tmp_path)]) == 0
    report = capsys.readouterr().out
    assert "## 20 facts (one run)" in report
    assert "| diplograph, Turtle, 1 process |" in report
    assert "| Turtle to N-Quads | ≥ 0.8 x |" in report
    found = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert [measure["case"] for measure in found["measures"]] == ["nquads-1", "turtle-1"]
    assert found["measures"][0]["triples"] == found["measures"][1]["triples"] > 400
    assert str(tmp_path) not in report
