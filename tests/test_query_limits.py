"""The limits of `diplograph query`: of time, at which nothing stays at work, and of rows, which is said."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from diplograph.cli import main
from diplograph.queries import formats
from diplograph.queries.names import Names

CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
LONG = {
    "a cross join, counted": f"SELECT (COUNT(*) AS ?n) {{ {CROSS} FILTER(?a != ?j) }}",
    "a cross join, streamed": f"SELECT * {{ {CROSS} FILTER(STR(?a) = CONCAT(STR(?d), STR(?l))) }}",
    "a truth value": f"ASK {{ {CROSS} FILTER(STR(?a) = CONCAT(STR(?d), STR(?l))) }}",
    "a path in a dense graph": "SELECT (COUNT(*) AS ?n) { ?a (<e:p>|<e:q>)* ?b . ?b ^(<e:p>|<e:q>)* ?c . "
    "?c (<e:p>|<e:q>)* ?d . ?d ^(<e:p>|<e:q>)* ?e }",
    "a catastrophic pattern": "SELECT * { ?a ?b ?c . ?d ?e ?f "
    f"FILTER(REGEX('{'a' * 20_000}', CONCAT('(a*)*(a*)*(a|aa){{1,300}}', STR(?a), STR(?f)))) }}",
    "an order of a cross join": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY CONCAT(STR(?a), STR(?d))",
    "triples of a cross join": f"CONSTRUCT {{ ?a ?d ?g }} {{ {CROSS} }}",
    "a table of a cross join": f"SELECT * {{ {CROSS} }} #table",
    "JSON of a cross join": f"SELECT * {{ {CROSS} }} #json",
    "a grouped cross join": f"SELECT ?a ?d (COUNT(*) AS ?n) {{ {CROSS} }} GROUP BY ?a ?d",
}


@pytest.mark.parametrize("query", LONG.values(), ids=LONG)
def test_a_query_out_of_time_is_stopped_at_once_and_leaves_nothing(query: str, tmp_path: Path) -> None:
    lines = [f"<e:{n}> <e:{'pq'[n % 2]}> <e:{(n * 7 + m * 13) % 60}> .\n" for n in range(60) for m in range(30)]
    (tmp_path / "dense.nt").write_text("".join(lines), "utf-8")
    (tmp_path / "long.rq").write_text(query, "utf-8")
    name = "answer.ttl" if query.startswith("CONSTRUCT") else "answer.txt" if "#table" in query else "answer.json"
    (tmp_path / name).write_text("old", "utf-8")
    before = sorted(tmp_path.iterdir())
    command = [sys.executable, "-m", "diplograph", "query", "long.rq", "dense.nt", "-o", name]
    limits = ["--timeout", "0.5", "--max-rows", "0"]
    start = time.monotonic()
    done = subprocess.run([*command, *limits], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.splitlines() == [
        "diplograph: The query was stopped after 0.5 s. Narrow it, add LIMIT, or give --timeout more."
    ]
    assert (done.returncode, done.stdout) == (2, "")
    assert time.monotonic() - start < 60, "far from what any of them would take"
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / name).read_text("utf-8") == "old"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.nt"
    path.write_text("".join(f'<e:{n}> <e:p> "{n}" .\n' for n in range(5)), "utf-8")
    return path


def ask(query: str, *arguments: str | Path) -> Result:
    words = ["query", "-", *(str(argument) for argument in arguments)]
    return CliRunner().invoke(main, words, input=query.encode(), catch_exceptions=False)


@pytest.mark.parametrize("limit", ["0", "60", "1e9"])
def test_what_is_in_time_is_answered(limit: str, data: Path) -> None:
    result = ask("ASK { <e:1> ?p ?o }", data, "--timeout", limit)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "answer\ntrue\n", "")


def test_limits_that_are_none_are_refused(data: Path) -> None:
    for option, value in (("--timeout", "-1"), ("--timeout", "soon"), ("--max-rows", "-1"), ("--max-rows", "1.5")):
        assert ask("ASK {}", data, option, value).exit_code == 2


def test_the_limits_are_told_with_their_defaults() -> None:
    told = " ".join(CliRunner().invoke(main, ["query", "--help"]).stdout.split())
    assert "Stop the query when answering takes longer; 0 for no limit. [default: 30; x>=0]" in told
    assert "Give no more rows or triples, and say so; 0 for all. [default: 100000; x>=0]" in told


ROWS = "SELECT ?s ?v { ?s <e:p> ?v } ORDER BY ?s"
COUNTS: dict[str, Callable[[str], int]] = {
    "csv": lambda text: len(list(csv.reader(io.StringIO(text)))) - 1,
    "tsv": lambda text: len(text.splitlines()) - 1,
    "json": lambda text: len(json.loads(text)["results"]["bindings"]),
    "xml": lambda text: len(list(ox.parse_query_results(text, format=ox.QueryResultsFormat.XML))),  # type: ignore[arg-type]
    "md": lambda text: len(text.splitlines()) - 2,
    "table": lambda text: len(text.splitlines()) - 2,
    "ttl": lambda text: len(rdflib.Graph().parse(data=text, format="turtle")),
}


@pytest.mark.parametrize("format_", [*formats.FORMATS, "ttl"])
@pytest.mark.parametrize(
    ("most", "count", "cut"), [(1, 1, True), (4, 4, True), (5, 5, False), (6, 5, False), (0, 5, False)]
)
def test_rows_beyond_the_limit_are_left_out_and_that_is_said(
    format_: str,
    most: int,
    count: int,
    cut: bool,  # noqa: FBT001
    data: Path,
) -> None:
    query = ROWS if format_ != "ttl" else "CONSTRUCT { ?s ?p ?v } { ?s ?p ?v FILTER(?p = <e:p>) }"
    result = ask(query, data, "--format", format_, "--max-rows", str(most))
    assert result.exit_code == 0
    assert COUNTS[format_](result.stdout) == count
    things = "triples" if format_ == "ttl" else "rows"
    said = f"Only the first {most} {things} are given: the answer has more."
    assert result.stderr == (f"{said} Give --max-rows more, or 0 for all, or the query a LIMIT.\n" if cut else "")


def test_the_limit_that_nobody_gave_holds_too(data: Path, tmp_path: Path) -> None:
    digits = " ".join(str(digit) for digit in range(10))
    query = "SELECT * { " + "".join(f"VALUES ?d{place} {{ {digits} }} " for place in range(5)) + "VALUES ?e { 1 2 } }"
    result = ask(query, data, "-o", tmp_path / "rows.csv", "--timeout", "0")
    assert result.stderr.startswith("Only the first 100,000 rows are given: the answer has more.")
    assert (tmp_path / "rows.csv").read_text("utf-8").count("\n") == 100_001


def test_what_is_beyond_the_limit_is_not_fetched(data: Path) -> None:
    """Of this answer, more than anybody could wait for, or hold."""
    query = f"SELECT * {{ {CROSS} . {CROSS.replace('?', '?x')} . {CROSS.replace('?', '?y')} }}"
    for format_ in formats.FORMATS:
        result = ask(query, data, "--format", format_, "--max-rows", "3", "--timeout", "0")
        assert COUNTS[format_](result.stdout) == 3


TERMS = st.one_of(
    st.builds(ox.Literal, st.text(st.characters(exclude_categories=["Cs"]))),
    st.builds(ox.Literal, st.text(), language=st.sampled_from(["en", "de-AT"])),
    st.just(ox.Literal("x", language="ar", direction=ox.BaseDirection.RTL)),
    st.builds(ox.Literal, st.integers() | st.booleans() | st.floats()),
    st.builds(ox.Literal, st.sampled_from(["007", "1.50", "1e5", "x"]), datatype=st.just(ox.NamedNode("e:\u00e9"))),
    st.sampled_from([ox.NamedNode("https://example.org/\u00e9?a=1&b#c"), ox.BlankNode("b"), ox.BlankNode()]),
)
OBJECTS = TERMS | st.builds(lambda term: ox.Triple(ox.NamedNode("e:s"), ox.NamedNode("e:p"), term), TERMS)


@given(st.lists(OBJECTS, max_size=5), st.sampled_from(["tsv", "json", "xml"]))
def test_below_the_limit_the_bytes_are_those_of_the_engine(terms: list[ox.Literal], format_: str) -> None:
    store = ox.Store()
    for term in terms:
        store.add(ox.Quad(ox.NamedNode(f"e:{len(store)}"), ox.NamedNode("e:p"), term))
    for query in ("SELECT ?s ?none ?v { ?s ?p ?v }", "SELECT ?v { ?s ?p ?v }", "SELECT ?none { ?s ?p ?v }"):
        expected, written = io.BytesIO(), io.BytesIO()
        native = getattr(ox.QueryResultsFormat, format_.upper())
        asked, again = store.query(query), store.query(query)
        assert isinstance(asked, ox.QuerySolutions)
        assert isinstance(again, ox.QuerySolutions)
        asked.serialize(expected, format=native)
        assert not formats.write_answer(again, written, format_, Names(store, {}), most=len(terms) or 1)
        assert written.getvalue() == expected.getvalue()


def test_an_error_amid_an_answer_is_no_answer() -> None:
    """The engine reads rows that are made while it reads; what fails there must not look like their end."""

    class BrokenError(Exception):
        pass

    def rows() -> object:
        yield from ()
        raise BrokenError

    from diplograph.queries.limits import First, solutions  # noqa: PLC0415

    with pytest.raises(BrokenError):
        solutions(First(rows(), 3), ["a"]).serialize(io.BytesIO(), format=ox.QueryResultsFormat.XML)  # type: ignore[arg-type]


def test_rows_are_not_held(watched: Callable[..., tuple[subprocess.CompletedProcess[str], int]], data: Path) -> None:
    digits = " ".join(f"'{'x' * 2000}{digit}'" for digit in range(10))
    values = "".join(f"VALUES ?d{place} {{ {digits} }} " for place in range(5))
    query, target = data.with_name("many.rq"), data.with_name("answer")
    query.write_text(f"SELECT * {{ {values} }}", "utf-8")
    peaks = []
    for most in ("100", "10000"):
        options = ["-f", "json", "--max-rows", most, "--timeout", "0", "-o", str(target)]
        done, peak = watched("query", str(query), str(data), *options)
        assert done.returncode == 0
        peaks.append(peak)
    assert target.stat().st_size > 100_000_000
    assert peaks[1] - peaks[0] < 70, f"{peaks} MB"
