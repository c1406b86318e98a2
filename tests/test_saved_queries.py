"""Each saved query: its header, and its answers for the seeds.

`tests/queries/NAME.yaml` holds a list of cases, each with `parameters` and the `rows` that are
expected, in order, as a table shows them. The rows were worked out by reading the articles, and
not by running the query; comments say from what. `guard.diplomacy.yaml` beside them is an invented
article of events that did not happen: no query may count them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
import yaml

from diplograph import asking
from diplograph.queries.library import Query, saved_queries

QUERIES: Final = saved_queries()
CASES: Final = Path(__file__).parent / "queries"
HAPPENED: Final = {"dip:occurrence-occurred", "dip:occurrence-ongoing", "occurred", "ongoing"}


@pytest.fixture(scope="module")
def graph(seeds: Path) -> asking.Graph[Any]:
    return asking.load(seeds)


@pytest.fixture(scope="module")
def guarded(seeds: Path) -> asking.Graph[Any]:
    """The seeds, with events that are planned, denied, possible or only asked for."""
    return asking.load(seeds, CASES / "guard.diplomacy.yaml")


def rows(query: Query, graph: asking.Graph[Any], parameters: dict[str, str]) -> list[list[str]]:
    answer = asking.ask(query, graph, parameters)
    assert isinstance(answer, ox.QuerySolutions)
    return [[graph.names.short(value) for value in row] for row in answer]


def cases(name: str) -> list[dict[str, Any]]:
    text = (CASES / f"{name}.yaml").read_text("utf-8")
    found: list[dict[str, Any]] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - every cell stays text
    return found


def test_each_query_has_its_cases_and_each_case_its_query() -> None:
    assert {file.stem for file in CASES.glob("*.yaml")} - {"guard.diplomacy"} == QUERIES.keys()
    assert len(QUERIES) >= 32


@pytest.mark.parametrize("name", QUERIES)
def test_the_answer_is_what_a_reader_of_the_articles_finds(name: str, graph: asking.Graph[Any]) -> None:
    found = cases(name)
    assert any(case["rows"] for case in found), "a query that finds nothing shows nothing"
    for case in found:
        expected = [[str(cell) for cell in row] for row in case["rows"]]
        assert rows(QUERIES[name], graph, case.get("parameters") or {}) == expected


@pytest.mark.parametrize("query", QUERIES.values(), ids=list(QUERIES))
def test_a_header_says_what_the_query_is_for(query: Query) -> None:
    assert re.fullmatch(r"[A-Z].{20,90}\.", query.summary), query.summary
    assert len(query.description) > 60
    assert "\n" not in query.summary
    assert re.search(r"\bORDER BY\b", query.text), "the same question has the same answer"
    for parameter in query.parameters:
        assert re.search(rf"\b{parameter.name}\b", query.description), f"nothing is said of {parameter.name}"


COUNTING: Final = {name: query for name, query in QUERIES.items() if re.search(r"\b(COUNT|SUM|AVG)\s*\(", query.text)}


def test_some_queries_count() -> None:
    assert len(COUNTING) >= 4


@pytest.mark.parametrize("query", COUNTING.values(), ids=list(COUNTING))
def test_what_did_not_happen_is_not_counted(query: Query, graph: asking.Graph[Any], guarded: asking.Graph[Any]) -> None:
    """Planned and denied events change no count, but where a column says that they did not happen."""
    assert "dip:occurrence" in query.text, "a query that counts has to say what counts as having happened"
    parameters = next((case.get("parameters") or {} for case in cases(query.name)), {})
    answer = asking.ask(query, graph, parameters)
    assert isinstance(answer, ox.QuerySolutions)
    columns = [variable.value for variable in answer.variables]
    before, after = rows(query, graph, parameters), rows(query, guarded, parameters)
    if "occurrence" in columns:
        place = columns.index("occurrence")
        before = [row for row in before if row[place] in HAPPENED]
        after = [row for row in after if row[place] in HAPPENED]
    assert after == before


def test_the_guard_would_be_counted_without_its_occurrence(
    graph: asking.Graph[Any], guarded: asking.Graph[Any]
) -> None:
    """The invented events are such that a query without the guard does count them."""
    text = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a/rdfs:subClassOf* ?_class_iri ; dip:actor|dip:participant ?who }"
    query = Query("unguarded", text)
    for name in ("Encounter", "CommunicativeAct", "PolicyAct", "ArmsTransfer", "AidProvision", "Sanction", "ForceAct"):
        [[before]] = rows(query, graph, {"class": name})
        [[after]] = rows(query, guarded, {"class": name})
        assert int(after) > int(before), name
