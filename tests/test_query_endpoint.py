"""Asking a server: the answers are those of the sources, whole or not at all, and nobody else is asked."""

from __future__ import annotations

import http.server
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result
from tests.servers import Server, oxigraph

from diplograph.cli import main

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as up:
        assert run("load", SEEDS, "--to", up.url).exit_code == 0
        yield up


def run(*arguments: object, text: str = "") -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=text)


def both(server: Server, *arguments: object, text: str = "") -> tuple[Result, Result]:
    """Ask the server, and the sources."""
    name, *more = arguments
    return (
        run("query", name, "--endpoint", server.url, *more, text=text),
        run("query", name, SEEDS, *more, text=text),
    )


@pytest.mark.parametrize("format_", ["table", "csv", "tsv", "json", "xml", "md"])
def test_every_format_is_as_from_the_sources(format_: str, server: Server) -> None:
    theirs, ours = both(server, "who-met-whom", "-f", format_)
    assert theirs.exit_code == 0, theirs.stderr
    assert theirs.stdout == ours.stdout


def test_parameters_are_keys_of_the_data(server: Server) -> None:
    theirs, ours = both(server, "touching-country", "-p", "country=ukraine", "-p", "from=2024-09-01")
    assert theirs.stdout == ours.stdout
    assert len(ours.stdout.splitlines()) > 2
    wrong = run("query", "touching-country", "--endpoint", server.url, "-p", "country=ukrane")
    assert wrong.exit_code == 2
    assert "Did you mean 'ukraine'?" in wrong.stderr


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?a a dip:Meeting }",
        "CONSTRUCT { ?a a ?b } WHERE { ?a a ?b . ?a a dip:Visit }",
        "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a a dip:Claim } }",
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?a a dip:Claim } } GROUP BY ?g ORDER BY ?g",
        "SELECT (COUNT(*) AS ?n) FROM graph:situations { ?a a dip:Meeting }",
    ],
)
def test_queries_of_every_form_are_as_from_the_sources(query: str, server: Server) -> None:
    theirs, ours = both(server, "-", text=query)
    assert theirs.exit_code == 0, theirs.stderr
    assert sorted(theirs.stdout.splitlines()) == sorted(ours.stdout.splitlines())


def test_a_row_limit_says_that_it_cuts(server: Server) -> None:
    done = run("query", "-", "--endpoint", server.url, "--max-rows", 3, text="SELECT ?s { ?s ?p ?o }")
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 4
    assert "Only the first 3 rows" in done.stderr


def test_what_is_to_be_asked_is_one_thing(server: Server) -> None:
    assert "Give sources, or --store, or --endpoint" in run("query", "articles", SEEDS, "--endpoint", server.url).stderr
    assert "go with --endpoint" in run("query", "articles", SEEDS, "--profile", "fuseki").stderr
    assert "no profile 'fuski'. Did you mean 'fuseki'?" in (
        run("query", "articles", "--endpoint", server.url, "--profile", "fuski").stderr
    )


Asked = list[tuple[str, str]]


@contextmanager
def listening(answer: bytes, *, status: int = 200, pause: threading.Event | None = None) -> Iterator[tuple[str, Asked]]:
    """Listen on loopback, note what is asked for, and give one answer to everything but questions about names."""
    asked: Asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query).get("query", [""])[0]
            asked.append((self.command, query))
            about = query.startswith("CONSTRUCT { <")
            given = b"<x:s> <x:p> <x:o> .\n" if about else b'{"head":{},"boolean":true}' if "ASK" in query else answer
            if pause is not None and not about and query:
                pause.wait(20)
            self.send_response(status)
            self.send_header("Content-Length", str(len(given)))
            with suppress(ConnectionError):  # who asked may have left
                self.end_headers()
                self.wfile.write(given)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}/sparql", asked
    finally:
        if pause is not None:
            pause.set()
        listener.shutdown()
        listener.server_close()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:1/>",
        "DELETE WHERE { ?s ?p ?o }",
        "INSERT DATA { <x:a> <x:b> <x:c> }",
        "DROP ALL",
        'DEFINE get:soft "replace" SELECT * { ?s ?p ?o }',
        "SELECT * { ?s ?p ?o ",
    ],
)
def test_what_is_not_safe_is_never_sent(query: str) -> None:
    with listening(b"") as (url, asked):
        done = run("query", "-", "--endpoint", url, "--profile", "generic", text=query)
    assert done.exit_code == 2
    assert "<stdin>:1:" in done.stderr
    assert [text for _, text in asked if not text.startswith("CONSTRUCT { <")] == []


def test_from_names_a_graph_that_is_there(server: Server) -> None:
    done = run("query", "-", "--endpoint", server.url, text="SELECT * FROM <http://example.org/none> { ?s ?p ?o }")
    assert done.exit_code == 2
    assert "There is no graph <http://example.org/none>" in done.stderr


@pytest.mark.parametrize(
    "answer",
    [
        b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"uri","value":"x:a"}},',
        b'{"results":{"bindings":[{"s":{"type":"uri","value":"x:a"}}]},"head":{"vars":["s"]}',
        b"<html>busy</html>",
        b"",
        json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri"}}]}}).encode(),
    ],
)
def test_half_an_answer_is_none(answer: bytes, tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("before", "utf-8")
    with listening(answer) as (url, _):
        done = run("query", "-", "--endpoint", url, "--profile", "generic", "-o", target, text="SELECT ?s { ?s ?p ?o }")
    assert done.exit_code == 2, done.output
    assert "broke off" in done.stderr
    assert target.read_text("utf-8") == "before"


def test_a_server_that_does_not_answer_is_left_in_time() -> None:
    with listening(b"", pause=threading.Event()) as (url, _):
        done = run(
            "query", "-", "--endpoint", url, "--profile", "generic", "--timeout", 1, text="SELECT ?s { ?s ?p ?o }"
        )
    assert done.exit_code == 2
    assert "1 s" in done.stderr


def test_a_store_without_the_ontology_is_refused_for_saved_queries(tmp_path: Path) -> None:
    with oxigraph(tmp_path) as up:
        run("load", SEEDS, "--to", up.url, "--no-ontology")
        done = run("query", "who-met-whom", "--endpoint", up.url)
        assert done.exit_code == 2
        assert "lacks the ontology" in done.stderr
        assert "diplograph load" in done.stderr


def test_an_answer_that_the_server_has_cut_is_refused(tmp_path: Path) -> None:
    """Our own server cuts too, and says so: rows that are missing must not go unseen."""
    command = [sys.executable, "-m", "diplograph", "serve", str(SEEDS), "--port", "0", "--max-rows", "60"]
    with (tmp_path / "said").open("wb") as said, subprocess.Popen(command, stderr=said) as process:
        try:
            end = time.monotonic() + 60
            while "Serving" not in (told := (tmp_path / "said").read_text("utf-8")) and time.monotonic() < end:
                time.sleep(0.1)
            url = told.split()[1] + "sparql"
            few = run("query", "who-met-whom", "--endpoint", url, "-p", "who=putin")
            more = run("query", "-", "--endpoint", url, text="SELECT * { ?s ?p ?o }")
        finally:
            process.send_signal(signal.SIGINT)
    assert few.exit_code == 0, few.stderr
    assert more.exit_code == 2
    assert "gives only 60 rows, and there are more. Raise its --max-rows" in more.stderr
