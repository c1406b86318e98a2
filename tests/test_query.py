"""`diplograph query`: parameters are terms, answers come in every format, and no other host is asked."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import click
import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import diplograph
from diplograph.cli import main
from diplograph.queries.formats import FORMATS
from diplograph.queries.library import Query, saved_queries
from diplograph.queries.tokens import substituted, tokens

DATA = """
@prefix ex: <https://example.org/> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:a dcterms:identifier "a" ; ex:day "2024-09-01"^^xsd:date ; ex:size 1.50 ; ex:name "=1+1" .
ex:b dcterms:identifier "b" ; ex:day "2024-09-09"^^xsd:date ; ex:size 12 ; ex:name "ä|<b>\\u001B[31m\\nx"@de .
ex:c dcterms:identifier "twin" . ex:d dcterms:identifier "twin" .
"""
PREFIXES = "PREFIX ex: <https://example.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An RDF file."""
    path = tmp_path / "data.ttl"
    path.write_text(DATA, "utf-8")
    return path


def ask(query: str, *arguments: str | Path, stdin: bool = True) -> Result:
    """Run a query that is given on standard input."""
    given_query = ["-"] if stdin else []
    words = ["query", *given_query, *(str(argument) for argument in arguments)]
    return CliRunner().invoke(main, words, input=(PREFIXES + query).encode(), catch_exceptions=False)


def refused(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


# ---------------------------------------------------------------- parameters


@pytest.mark.parametrize(
    ("query", "given_values", "rows"),
    [
        ("SELECT ?s { ?s ex:day ?d FILTER(?d > ?_from_xsd_date) }", ["from=2024-09-05"], ["b"]),
        ("SELECT ?s { ?s ex:size ?n FILTER(?n < ?_most_integer) }", ["most=10"], ["a"]),
        ("SELECT ?s { ?s ex:size ?n FILTER(?n = ?_just_number) }", ["just=1.5"], ["a"]),
        ("SELECT ?s { ?s ex:name ?_name }", ["name==1+1"], ["a"]),
        ("SELECT ?s { ?s ex:name ?_name_de }", ["name=ä|<b>\x1b[31m\nx"], ["b"]),
        ("SELECT ?s { VALUES ?s { ex:a ex:b } FILTER(?s = ?_which_iri) }", ["which=b"], ["b"]),
        ("SELECT ?s { VALUES ?s { ex:a ex:b } FILTER(?s = ?_which_iri) }", ["which=https://example.org/a"], ["a"]),
        ("SELECT ?s { ?s ex:size ?n FILTER(?s = ?__which_iri) }", ["which=<https://example.org/a>"], ["a"]),
        ("SELECT DISTINCT ?s { ?s ex:size ?__n_number } ORDER BY ?s", [], ["a", "b"]),
        ("#+ defaults:\n#+   - n: 12\nSELECT ?s { ?s ex:size ?v FILTER(?v = ?_n_integer) }", [], ["b"]),
        ("#+ defaults: {n: 12}\nSELECT ?s { ?s ex:size ?v FILTER(?v < ?_n_integer) }", ["n=2"], ["a"]),
        ("SELECT ?s { ?s ex:size ?n FILTER(!BOUND(?__n_integer) || ?n = ?__n_integer) }", ["n=12"], ["b"]),
        ("SELECT ?s { ?s ex:size ?n FILTER(!BOUND( ?__n_integer) || ?n = ?__n_integer) } ORDER BY ?s", [], ["a", "b"]),
        ("PREFIX e: <https://example.org/> SELECT ?s { ?s ex:size ?n FILTER(?s = ?_which_iri) }", ["which=e:b"], ["b"]),
        ("SELECT ?s { ?s ex:day ?d { SELECT ?d { ?x ex:day ?d FILTER EXISTS { ?x ex:size ?_n_integer } } } }",
         ["n=12"], ["b"]),
    ],
)  # fmt: skip
def test_parameters_are_bound_as_terms_of_their_type(
    query: str, given_values: list[str], rows: list[str], data: Path
) -> None:
    result = ask(query, data, *(word for value in given_values for word in ("-p", value)))
    assert result.stderr == ""
    assert [line.rpartition("/")[2] for line in result.stdout.splitlines()[1:]] == rows


@given(st.text(alphabet="\"'\\}{<>#?_ab \n\r\u2028.^@"))
def test_no_value_can_leave_its_literal(text: str) -> None:
    query = 'SELECT ?s { ?s <e:p> ?_v . ?s <e:q> "?_v", "a" } # ?_v'
    taken = tokens(substituted(tokens(query), {"_v": str(ox.Literal(text))}))
    assert "".join(token.text for token in taken if token.kind != "space") == "".join(
        str(ox.Literal(text)) if token.variable == "_v" else token.text
        for token in tokens(query)
        if token.kind != "space"
    )
    store = ox.Store()
    subject = ox.NamedNode("e:s")
    store.add(ox.Quad(subject, ox.NamedNode("e:p"), ox.Literal(text)))
    store.add(ox.Quad(subject, ox.NamedNode("e:q"), ox.Literal("?_v")))
    store.add(ox.Quad(subject, ox.NamedNode("e:q"), ox.Literal("a")))
    found = store.query("".join(token.text for token in taken))
    assert isinstance(found, ox.QuerySolutions)
    assert [row["s"] for row in found] == [subject]


@pytest.mark.parametrize(
    ("query", "arguments", "message"),
    [
        ("SELECT ?s { ?s ex:day ?_from_xsd_date }", [],
         "The query needs a value for 'from'. Give it with -p from=VALUE."),
        ("SELECT ?s { ?s ex:day ?_from_xsd_date }", ["-p", "form=2024-09-01"],
         "The query has no parameter 'form'. Did you mean 'from'?"),
        ("SELECT ?s { ?s ex:day ?_from_xsd_date }", ["-p", "from=tomorrow"],
         "The parameter 'from' takes another value: 'tomorrow' is not a date of the form 2024-09-14."),
        ("SELECT ?s { ?s ex:day ?_from_xsd_date }", ["-p", "from=2024-02-30"], "There is no day '2024-02-30'"),
        ("SELECT ?s { ?s ex:size ?_n_integer }", ["-p", "n=1.5"], "'1.5' is not a whole number."),
        ("SELECT ?s { ?s ex:size 1 }", ["-p", "n=1"], "The query has no parameter 'n'. It has none."),
        ("SELECT ?s { ?s ex:size ?_n }", ["-p", "n"], "'n' gives no parameter. As in -p country=ukraine."),
        ("SELECT ?s { ?s ex:size ?_n }", ["-p", "n=1", "-p", "n=2"], "The parameter 'n' is given twice."),
        ("SELECT ?s { ?s ex:size ?_n . ?s ex:x ?__n_iri }", [], "Two variables of the query stand for the parameter"),
        ("#+ defaults: {m: 1}\nSELECT ?s { ?s ex:size ?_n }", [], "The query gives a default for 'm'"),
        ("SELECT ?_n { ?s ex:size ?_n }", ["-p", "n=1"], "stand where only a variable can stand. A SELECT takes"),
        ("SELECT ?s { ?s a ?_n_iri }", ["-p", "n=twin"],
         "The key 'twin' stands for several things. Name one of ex:c, ex:d."),
        ("SELECT ?s { ?s a ?_n_iri }", ["-p", "n=twinn"], "Nothing has the key 'twinn'. Did you mean 'twin'?"),
        ("SELECT ?s { ?s a ?_n_iri }", ["-p", "n=http://a b/"], "'http://a b/' is no IRI."),
        ("SELECT ?s { ?s a ?_n_iri }", ["-p", "n=http://[/"], "'http://[/' is no IRI"),
        ("SELECT ?s { ?s a ?_n_iri }", ["-p", "n=xe:a"], "There is no prefix 'xe' for 'xe:a'. Write an IRI"),
        ("SELECT ?s { ?s a ?_n_iri }", ["-p", "n=ex:nothing"], "Nothing in the graph is 'ex:nothing'."),
        ("SELECT ?s { ?s a ?_n_iri }", ["-p", "n=entity:a"], "Nothing in the graph is 'entity:a'."),
        ("SELECT ?s { ?s ex:size ?_n }", ["-p", "n=\udcff"], "The value of the parameter 'n' is not UTF-8."),
        ("SELECT ?s { ?s ex:size ?_the_who }", [], "begins like a parameter, and has no type that is known."),
        ("SELECT ?s { ?s ex:size ?_from_day }", [], "begins like a parameter, and has no type that is known."),
        ("SELECT ?s { ?s ex:size ?_n_xsd_foo }", [], "begins like a parameter, and has no type that is known."),
        ("SELECT ?s { ?s ex:size ?___n }", [], "begins like a parameter, and has no type that is known."),
        ("#+ summary: a\n#+ summary: b\nASK {}", [], "The header of the query '<stdin>' has the key 'summary' twice."),
        ("#+ defautls: {n: 1}\nASK {}", [], "has an unknown key 'defautls'. Did you mean 'defaults'?"),
        ("#+ summary: [a]\nASK {}", [], "The summary of the query '<stdin>' is no text. Quote it."),
        ("#+ a: &a [x, x]\n#+ summary: *a\nASK {}", [], "The header of the query '<stdin>' has an unknown key 'a'."),
        ("#+ summary: " + "[" * 5000 + "\nASK {}", [], "The header of the query '<stdin>' is not YAML"),
        ("ASK " + "{" * 20000, [], "nests its brackets more than 100 deep."),
        ("ASK {} #" + "x" * (1 << 20), [], "is longer than 1048576 characters."),
        ("#+ defaults: [1, 2]\nSELECT ?s { ?s ex:size ?_n }", [], "The defaults of the query '<stdin>' cannot be"),
        ("#+ summary: [\nSELECT ?s { ?s ex:size ?_n }", [], "The header of the query '<stdin>' is not YAML"),
        ("#+ summary\nSELECT ?s { ?s ex:size ?_n }", [], "The header of the query '<stdin>' is no mapping."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_parameters_is_said(query: str, arguments: list[str], message: str, data: Path) -> None:
    assert message in refused(ask(query, data, *arguments))


def test_keys_of_the_data_classes_and_prefixes_stand_for_iris(seeds: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) (?_what_iri AS ?iri) { ?s ?p ?_what_iri }"
    for value, iri in (
        ("putin", "entity:putin"),
        ("entity:putin", "entity:putin"),
        ("Meeting", "dip:Meeting"),
        ("starmer-biden-washington-talks", "situation:starmer-biden-washington-talks"),
        ("a003", "article:"),
    ):
        result = ask(query, seeds, "-p", f"what={value}", "--format", "table")
        number, found = result.stdout.splitlines()[2].split()
        assert found.startswith(iri)
        assert int(number) > 0


# ------------------------------------------------------------------- formats

A, B = "<https://example.org/a>", "<https://example.org/b>"
ROWS = "SELECT ?s ?name ?size { ?s ex:name ?name OPTIONAL { ?s ex:size ?size FILTER(?size > 2) } } ORDER BY ?s"


def test_csv_marks_formulas_and_keeps_the_rest(data: Path) -> None:
    result = ask(ROWS, data)
    assert result.stdout_bytes.count(b"\r\n") == 3
    assert list(csv.reader(io.StringIO(result.stdout, newline=""))) == [
        ["s", "name", "size"],
        ["https://example.org/a", "'=1+1", ""],
        ["https://example.org/b", "ä|<b>\x1b[31m\nx", "12"],
    ]


@pytest.mark.parametrize(
    ("literal", "marked"),
    [
        ('"=1"', True), ('"+1+1"', True), ('"-a"', True), ('"@a"', True), ('" =1"', True), ('"\\n=1"', True),
        ('"\\t1"', True), ('"\\u200B=1"', True), ('"\\uFEFF=1"', True), ('"\\uFF1D1"', True), ('"=1"@en', True),
        ('"=1"^^<e:type>', True), ('"=1"^^xsd:date', True), ("-1.5", False), ("+2", False), ('"-3"', False),
        ("-1e6", False), ('"2024-09-14"^^xsd:date', False), ('"a=1"', False), ('""', False),
    ],
)  # fmt: skip
def test_only_what_a_spreadsheet_could_run_is_marked(literal: str, marked: bool, data: Path) -> None:  # noqa: FBT001
    [_, [value]] = csv.reader(io.StringIO(ask(f"SELECT ?v {{ VALUES ?v {{ {literal} }} }}", data).stdout, newline=""))
    assert value.startswith("'") == marked


def test_tsv_json_and_xml_are_exact(data: Path) -> None:
    assert '<https://example.org/a>\t"=1+1"\t\n' in ask(ROWS, data, "--format", "tsv").stdout
    found = json.loads(ask(ROWS, data, "--format", "json").stdout)
    assert found["head"]["vars"] == ["s", "name", "size"]
    assert found["results"]["bindings"][1]["name"] == {
        "type": "literal", "value": "ä|<b>\x1b[31m\nx", "xml:lang": "de"
    }  # fmt: skip
    tame = ROWS.replace("?s ex:name ?name", '?s ex:name ?name FILTER(?name = "=1+1")')
    root = ET.fromstring(ask(tame, data, "--format", "xml").stdout)  # noqa: S314 - our own output
    assert [literal.text for literal in root.iter("{http://www.w3.org/2005/sparql-results#}literal")] == ["=1+1"]


def test_tables_cannot_steer_a_terminal_and_markdown_cannot_carry_markup(data: Path) -> None:
    text = ask(ROWS, data, "--format", "table").stdout
    assert "\x1b" not in text
    assert r"ä|<b>\x1b[31m\nx" in text
    markdown = ask(ROWS, data, "--format", "md").stdout.splitlines()
    assert markdown[:3] == [
        "| s | name | size |", "| --- | --- | --- |", "| &lt;https://example.org/a&gt; | =1+1 |  |"
    ]  # fmt: skip
    assert r"ä\|&lt;b&gt;\\x1b\[31m x" in markdown[3]


def test_columns_of_a_table_are_of_one_width_on_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "wide.ttl"
    path.write_text('<e:1> <e:p> "東京" . <e:2> <e:p> "cafe\u0301" . <e:3> <e:p> "ab" .', "utf-8")
    lines = ask("SELECT ?v ?s { ?s <e:p> ?v } ORDER BY ?s", path, "--format", "table").stdout.splitlines()
    assert lines == ["v     s", "----  -----", "東京  <e:1>", "cafe\u0301  <e:2>", "ab    <e:3>"]


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (60, [f"s{' ' * 22}  name  size", f"{'-' * 23}  ----  ----", f"{A}  =1+1", f"{B}  ä     12"]),
        (20, [f"s     {A}", "name  =1+1", "", f"s     {B}", "name  ä", "size  12"]),
    ],
)
def test_a_terminal_shows_a_table_or_records_where_it_would_not_fit(
    columns: int, shown: list[str], tmp_path: Path
) -> None:
    data = tmp_path / "data.ttl"
    data.write_text(DATA.replace("ä|<b>\\u001B[31m\\nx", "ä"), "utf-8")
    (tmp_path / "rows.rq").write_text(PREFIXES + ROWS, "utf-8")
    command = [sys.executable, "-m", "diplograph", "query", "rows.rq", "data.ttl"]
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns)}
    done = subprocess.run(command, cwd=tmp_path, stdout=theirs, stderr=subprocess.PIPE, env=environment, check=False)
    os.close(theirs)
    printed = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while chunk := os.read(ours, 4096):
            printed += chunk
    os.close(ours)
    assert (done.returncode, done.stderr) == (0, b"")
    assert printed.decode().splitlines() == shown


def test_a_graph_is_turtle_and_a_truth_value_is_one_cell(data: Path) -> None:
    construct = ask("CONSTRUCT { ?s a ex:Thing } { ?s ex:day ?d }", data)
    assert len(rdflib.Graph().parse(data=construct.stdout, format="turtle")) == 2
    assert ask("ASK { ?s ex:day ?d }", data).stdout == "answer\ntrue\n"
    assert json.loads(ask("ASK { ?s ex:none ?d }", data, "--format", "json").stdout)["boolean"] is False
    assert "cannot be written as csv. Take ttl." in refused(
        ask("CONSTRUCT { ?s a ex:Thing } { ?s ex:day ?d }", data, "--format", "csv")
    )
    assert "cannot be written as ttl. Take csv or json." in refused(ask("ASK {}", data, "--format", "ttl"))
    assert "cannot be written as ttl." in refused(ask(ROWS, data, "--format", "ttl"))


def test_the_suffix_of_the_output_tells_the_format(data: Path, tmp_path: Path) -> None:
    for name, start in (
        ("a.csv", b"s,name"), ("a.tsv", b"?s\t"), ("a.json", b'{"head"'), ("a.srx", b"<?xml"), ("a.md", b"| s |"),
        ("a.txt", b"s  "),
    ):  # fmt: skip
        result = ask(ROWS, data, "-o", tmp_path / name)
        assert (result.exit_code, result.stdout) == (0, "")
        assert (tmp_path / name).read_bytes().startswith(start)
    ask(ROWS, data, "-o", tmp_path / "a.csv.gz")
    assert gzip.decompress((tmp_path / "a.csv.gz").read_bytes()) == (tmp_path / "a.csv").read_bytes()
    assert "The format cannot be told from the name" in refused(ask(ROWS, data, "-o", tmp_path / "a.xlsx"))
    old = (tmp_path / "a.csv").read_bytes()
    refused(ask("SELECT ?s { ?s ex:size ?_n }", data, "-o", tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_bytes() == old


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT ?z ?a { ?a ex:day ?z }", "z,a"),
        ("SELECT * { ?z ex:day ?a . ?z ex:size ?m }", "z,a,m"),
        ("SELECT DISTINCT # ?first\n * { ?z ex:day ?a BIND(1 AS ?c) FILTER EXISTS { ?z ex:size ?hidden } }", "z,a,c"),
        ("SELECT * { ?z ex:day ?a { SELECT (MAX(?v) AS ?b) { ?x ex:size ?v } } }", "z,a,b"),
        ("SELECT (COUNT(*) AS ?n) { { SELECT * { ?z ex:day ?a } } }", "n"),
        ("SELECT * { ex:a ex:day ?_d_xsd_date . ?z ex:day ?a }", "z,a"),
    ],
)
def test_columns_come_in_the_order_of_the_select(query: str, columns: str, data: Path) -> None:
    given_values = ["-p", "d=2024-09-01"] if "?_d_" in query else []
    result = ask(query, data, *given_values)
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == columns
    assert len(lines) > 1


# ------------------------------------------------------------------- sources


@pytest.mark.parametrize("name", ["a.ttl", "a.nt", "a.nq", "a.trig", "a.jsonld", "a.rdf", "a.ttl.gz", "a.nq.gz"])
def test_annotations_and_every_syntax_of_rdf_give_the_same_answer(name: str, seeds: Path, tmp_path: Path) -> None:
    diplograph.export(diplograph.read(seeds), tmp_path / name, validated=False)
    query = "SELECT ?s ?label { ?s a dip:Conflict ; rdfs:label ?label } ORDER BY ?s"
    expected = ask(query, seeds).stdout
    assert expected.count("\n") > 2
    assert ask(query, tmp_path / name).stdout == expected
    count = "SELECT (COUNT(*) AS ?n) { ?s dip:occurrence ?o }"
    assert ask(count, tmp_path / name, seeds).stdout == ask(count, seeds).stdout, "what both have counts once"


def test_named_graphs_can_be_asked_for(seeds: Path) -> None:
    query = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?claim a dip:Claim } }"
    assert ask(query, seeds).stdout == "n\n5\n"


def test_blank_nodes_of_two_files_stay_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.nt").write_text(f'_:b <e:p> "{name}" .\n', "utf-8")
    result = ask("SELECT ?v ?w { ?s <e:p> ?v , ?w FILTER(?v != ?w) }", tmp_path / "one.nt", tmp_path / "two.nt")
    assert result.stdout == "v,w\n"


@pytest.fixture
def store(data: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "store"
    made = ox.Store(str(folder))
    made.load(path=str(data), to_graph=ox.NamedNode("https://example.org/graph"))
    made.flush()
    return folder


def test_a_store_is_asked_across_its_graphs_and_not_changed(store: Path) -> None:
    query = "SELECT ?s { ?s ex:size 12 }"
    result = ask(query, "--store", store)
    assert result.stdout == "s\nhttps://example.org/b\n"
    assert result.stderr.startswith("The store lacks the ontology, or its codes: questions about classes find less")
    writer = ox.Store(str(store))  # while another process has it open for writing
    assert ask(query, "--store", store).stdout == "s\nhttps://example.org/b\n"
    del writer


@pytest.mark.parametrize("named", ["nowhere", "."])
def test_a_folder_without_a_store_is_refused_and_left_as_it_is(named: str, tmp_path: Path) -> None:
    folder = tmp_path / named
    before = sorted(tmp_path.rglob("*"))
    assert "There is no store in the folder" in refused(ask("ASK {}", "--store", folder))
    assert sorted(tmp_path.rglob("*")) == before


# -------------------------------------------------------------------- errors


def test_what_is_not_sparql_is_found_at_its_place(tmp_path: Path, data: Path) -> None:
    file = tmp_path / "bad.rq"
    file.write_text("PREFIX e: <e:>\nSELECT ?s {\n  ?s e:p }\n", "utf-8")
    result = CliRunner().invoke(main, ["query", str(file), str(data)])
    assert refused(result).startswith(f"{file}:3:11: error[sparql-syntax] This is not SPARQL 1.1: expected ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["who-met-whon", "DATA"], "There is no saved query 'who-met-whon', and no such file. Did you mean 'who-met"),
        (["nowhere.rq", "DATA"], "The query 'nowhere.rq' cannot be read: No such file or directory."),
        (["who-met-whom"], "What is 'who-met-whom' to be asked of? As in 'diplograph query who-met-whom seeds'."),
        ([], "Which query? 'diplograph query --list' shows all that are saved."),
        (["-", "-"], "Standard input cannot be both the query and a source."),
        (["who-met-whom", "DATA", "--store", "x"], "Give sources, or --store, or --endpoint."),
        (["who-met-whom", "nowhere.ttl"], "'nowhere.ttl' cannot be read: No such file or directory."),
        (["who-met-whom", "nowhere.yaml"], "There is no file or folder 'nowhere.yaml'."),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments: list[str], message: str, data: Path) -> None:
    words = [str(data) if word == "DATA" else word for word in arguments]
    assert message in refused(CliRunner().invoke(main, ["query", *words], input=b"ASK {}"))


def test_broken_rdf_and_broken_annotations_are_found_at_their_place(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<e:a> <e:b> .\n", "utf-8")
    assert f"{tmp_path / 'bad.ttl'}:1:13: error[rdf-syntax]" in refused(ask("ASK {}", tmp_path / "bad.ttl"))
    (tmp_path / "bad.diplomacy.yaml").write_text("article: {id: 1}\n", "utf-8")
    assert "error[missing-key]" in refused(ask("ASK {}", tmp_path / "bad.diplomacy.yaml"))
    (tmp_path / "bad.rq").write_bytes(b"ASK {} # \xff")
    assert "is not UTF-8 at byte 9." in refused(ask("", tmp_path / "bad.rq", tmp_path / "bad.ttl", stdin=False))


def test_a_word_that_the_ontology_lacks_is_doubted(data: Path, seeds: Path) -> None:
    query = "SELECT ?s {\n  ?s a dip:Meting ; rdfs:label ?l ; <https://w3id.org/diplograph/ns#hots> ?h . }"
    result = ask(query, seeds)
    assert (result.exit_code, result.stdout) == (0, "s\n")
    second = "'<https://w3id.org/diplograph/ns#hots>' is no word of the ontology. Did you mean 'host'?"
    assert result.stderr.splitlines() == [
        "<stdin>:3:8: warning[unknown-term] 'dip:Meting' is no word of the ontology. Did you mean 'Meeting'?",
        f"<stdin>:3:37: warning[unknown-term] {second}",
    ]
    assert ask("SELECT ?s { ?s a dip:Meeting } # dip:Meting 'dip:Meting'", data).stderr == ""


def test_a_saved_query_is_refused_to_a_store_without_the_ontology(store: Path) -> None:
    result = CliRunner().invoke(main, ["query", "conflicts", "--store", str(store)])
    assert "The store lacks the ontology, or its codes, which the saved queries ask for." in refused(result)
    result = ask("ASK {}", "--store", store, "--ontology", store)
    assert "A store is asked as it is: it has to hold the ontology itself." in refused(result)


def test_a_broken_store_is_refused(store: Path) -> None:
    for file in store.glob("MANIFEST-*"):
        file.write_bytes(b"broken")
    assert "cannot be opened" in refused(ask("ASK {}", "--store", store))


def test_a_base_that_is_no_iri_is_refused(data: Path) -> None:
    assert "The base IRI 'no iri'" in refused(ask("ASK {}", data, "--base-iri", "no iri"))


def test_names_of_saved_queries_go_before_files(tmp_path: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conflicts").write_text("", "utf-8")  # as a shell makes it for "> conflicts"
    assert CliRunner().invoke(main, ["query", "conflicts", str(seeds)]).exit_code == 0
    (tmp_path / "mine").write_text("ASK {}", "utf-8")
    assert CliRunner().invoke(main, ["query", "mine", str(seeds)]).stdout == "answer\ntrue\n"
    assert "is empty" in refused(CliRunner().invoke(main, ["query", "./conflicts", str(seeds)]))


def test_marks_line_ends_and_suffixes_in_capitals_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_bytes("\ufeff#+ defaults:\r\n#+   - n: 1\r\nASK { FILTER(?_n_integer = 1) }\r\n".encode())
    (tmp_path / "A.TTL.GZ").write_bytes(gzip.compress(b"<e:a> <e:b> <e:c> ."))
    result = CliRunner().invoke(main, ["query", str(tmp_path / "a.rq"), str(tmp_path / "A.TTL.GZ")])
    assert (result.stdout, result.stderr) == ("answer\ntrue\n", "")


@pytest.mark.parametrize(
    "text", ["a." * 50_000, "a-" * 50_000, "'\\" * 20_000, "<a" * 50_000, "a:" * 50_000, '"""' * 30_000]
)
def test_a_long_query_is_taken_apart_whole(text: str) -> None:
    """Patterns that go back and try again would take minutes for these."""
    assert "".join(token.text for token in tokens(text)) == text


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_long_query_can_be_stopped(sent: signal.Signals, code: int, tmp_path: Path) -> None:
    (tmp_path / "many.nt").write_text("".join(f"<e:{n}> <e:p> <e:{n + 1}> .\n" for n in range(4000)), "utf-8")
    (tmp_path / "long.rq").write_text(
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?j) }", "utf-8"
    )
    (tmp_path / "answer.csv").write_text("old", "utf-8")
    command = [sys.executable, "-m", "diplograph", "query", "long.rq", "many.nt", "-o", "answer.csv"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as running:
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(3)
        running.send_signal(sent)
        _, errors = running.communicate(timeout=30)
    assert running.returncode == code
    assert "Traceback" not in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answer.csv", "long.rq", "many.nt"]
    assert (tmp_path / "answer.csv").read_text("utf-8") == "old"


def test_the_command_line_offers_every_format() -> None:
    [option] = [option for option in main.commands["query"].params if option.name == "format_"]
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == [*FORMATS, "ttl"]


# ------------------------------------------------------------ no other host


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port that notes who connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[bytes] = []
        server.settimeout(0.1)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                heard.append(connection.recv(100))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], heard
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <HOST> { ?a ?b ?c } }",
        "SELECT * { ?x ex:day ?d .service SILENT<HOST>{ ?a ?b ?c } }",
        "SELECT * { BIND(<HOST> AS ?h) { } SERVICE ?h { ?a ?b ?c } }",
        "ASK { FILTER EXISTS { SERVICE <HOST> { ?a ?b ?c } } }",
        "SELECT * { ?x ex:name 'a\\'b' . SERVICE <HOST> { ?a ?b ?c } }",
        "SELECT * { ?x ex:name '''a''\\'''' SERVICE <HOST> { ?a ?b ?c } }",
        "# \r SELECT * { SERVICE <HOST> { ?a ?b ?c } }",
        # the engine's parser asks for no end of a word behind a keyword
        "PREFIX : <HOST> SELECT * { SERVICE:x { ?a ?b ?c } }",
        "PREFIX x: <HOST> SELECT * { SERVICEx:x { ?a ?b ?c } }",
        "SELECT * { SERVICESILENT<HOST> { ?a ?b ?c } }",
        "CONSTRUCT { ?a ?b ?c } { SERVICESILENT<HOST> { ?a ?b ?c } }",
        "DESCRIBE ?a { SERVICESILENT<HOST> { ?a ?b ?c } }",
        "PREFIX p: <HOST> SELECT * { ?x ex:size 1.5SERVICEp:x { ?a ?b ?c } }",
        # nor are its IRIs and strings always those of the grammar's terminals
        "SELECT * { FILTER(1<2)SERVICE#>\n<HOST>{ ?a ?b ?c } }",
        "SELECT * { VALUES ?x {'>'} FILTER(1<2&&?x='>') SERVICE <HOST> { ?a ?b 'c' } }",
        "SELECT * { VALUES ?s { ex:b\u00b7\\' } SERVICE <HOST> { ?a ?b 'c' } }",
        "SELECT * { VALUES ?s { ex:b\u0301\\' } SERVICE <HOST> { ?a ?b 'c' } }",
        "SELECT * { \\u0053ERVICE <HOST> { ?a ?b ?c } }",
    ],
)
def test_no_other_host_is_asked(query: str, data: Path, listener: tuple[int, list[bytes]]) -> None:
    port, heard = listener
    message = refused(ask(query.replace("HOST", f"http://127.0.0.1:{port}/"), data))
    assert "SERVICE, which asks another host, is not allowed." in message or "\\u0053" in query
    assert heard == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT * FROM <HOST> { ?a ?b ?c }", 2),
        ("SELECT * FROM NAMED <HOST> { GRAPH ?g { ?a ?b ?c } }", 2),
        ("BASE <HOST> SELECT * { <x> ?b ?c }", 0),
        ("DESCRIBE <HOST>", 0),
        ("LOAD <HOST>", 2),
        ("INSERT DATA { <HOST> <HOST> 1 }", 2),
    ],
)
def test_an_iri_of_another_host_is_a_name_and_no_address(
    query: str, code: int, data: Path, listener: tuple[int, list[bytes]]
) -> None:
    port, heard = listener
    assert ask(query.replace("HOST", f"http://127.0.0.1:{port}/"), data).exit_code == code
    assert heard == []


def test_no_context_of_json_ld_is_fetched(tmp_path: Path, listener: tuple[int, list[bytes]]) -> None:
    port, heard = listener
    context = json.dumps({"@context": f"http://127.0.0.1:{port}/context.jsonld", "@id": "e:a", "p": 1})
    (tmp_path / "a.jsonld").write_text(context, "utf-8")
    assert "error[rdf-syntax]" in refused(ask("ASK {}", tmp_path / "a.jsonld"))
    assert heard == []


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ?service { ?service ex:SERVICE \'SERVICE\', """a SERVICE "" b""", <https://e/SERVICE> } # SERVICE',
        "SELECT $SERVICE { $SERVICE ex:a.SERVICE 'it\\'s SERVICE'@en-SERVICE }",
        "PREFIX SERVICE: <e:> ASK { SERVICE:a SERVICE: _:SERVICE }",
    ],
)
def test_the_word_alone_is_no_request(query: str, data: Path) -> None:
    result = ask(query, data)
    assert (result.exit_code, result.stderr) == (0, "")


@given(st.text(alphabet="?$_aB:<>'\"\\#{}.@^|&%- \n\r1é\u0301😀"))
def test_a_query_taken_apart_is_whole(text: str) -> None:
    taken = tokens(text)
    assert "".join(token.text for token in taken) == text
    assert [token.start for token in taken] == sorted(token.start for token in taken)


# ------------------------------------------------------------- saved queries


def test_saved_queries_are_listed_one_a_line_and_can_be_shown() -> None:
    listed = CliRunner().invoke(main, ["query", "--list"]).stdout.splitlines()
    assert len(listed) == len(saved_queries()) >= 32
    for line, (name, query) in zip(listed, saved_queries().items(), strict=True):
        assert line.startswith(name)
        assert line.endswith(f": {query.summary}")
        shown = CliRunner().invoke(main, ["query", name, "--show"]).stdout
        assert shown.splitlines() == query.text.splitlines()


def test_a_signature_tells_what_may_be_left_out() -> None:
    text = "#+ defaults:\n#+  - to: 2024-12-31\nSELECT ?s { ?s ?_p_iri ?__o . FILTER(?_to_xsd_date) }"
    assert Query("q", text).signature == "q (p, o?, to=2024-12-31)"
    assert Query("q", "ASK {}").signature == "q"


def test_a_graph_is_loaded_once_and_asked_often(seeds: Path) -> None:
    graph = diplograph.load(diplograph.read(seeds))
    found = diplograph.query("corroboration", graph, parameters={"least": "5"})
    assert isinstance(found, ox.QuerySolutions)
    assert len(list(found)) > 1
    with pytest.raises(diplograph.UsageError, match="asked alone"):
        diplograph.query("corroboration", graph, seeds)
    assert diplograph.explain("zelenskyy-office", graph) == diplograph.explain("zelenskyy-office", seeds)


def test_the_python_side_gives_what_pyoxigraph_gives(seeds: Path) -> None:
    found = diplograph.query("who-met-whom", seeds, parameters={"who": "starmer"})
    assert isinstance(found, ox.QuerySolutions)
    assert {row["meeting"].value for row in found} == {
        "Starmer and Biden talk in Washington",
        "Starmer speaks to reporters on the plane",
    }


def test_a_closed_standard_output_is_said(data: Path) -> None:
    command = f"echo 'ASK {{}}' | '{sys.executable}' -m diplograph query - '{data}' >&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "diplograph: Standard output is closed. Name a file with -o.\n")
