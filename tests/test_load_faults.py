"""Loading when things go wrong: what is said, what is tried again, and what the store holds afterwards."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pyoxigraph as ox
import pytest
import requests
from click.testing import CliRunner, Result
from msgspec.structs import replace
from tests.relay import Answer, Asked, relaying
from tests.servers import PASSWORD, Server, fuseki, oxigraph, virtuoso

from diplograph.cli import main
from diplograph.stores import client, profiles
from diplograph.stores.folder import opened

NAME = "https://example.org/g"
JSON = (("Content-Type", "application/sparql-results+json"),)


def nquads(path: Path, graphs: int, count: int = 50) -> Path:
    lines = [
        f'<https://example.org/{n}> <https://example.org/p> "{n} of {count}" <{NAME}{graph}> .\n'
        for graph in range(graphs)
        for n in range(count)
    ]
    path.write_text("".join(lines), "utf-8")
    return path


def load(url: str, *arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["load", *map(str, arguments), "--to", url, "--no-ontology"])


def refused(url: str, *arguments: str | Path) -> str:
    done = load(url, *arguments)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.stderr
    assert "It failed" not in done.stderr
    assert "\x1b" not in done.output
    assert len(done.stderr) < 1500
    return done.stderr


def held(server: Server) -> dict[str, int]:
    """How many statements each graph has, digests included."""
    query = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    path = {"virtuoso": "/sparql"}.get(server.profile, "/query")
    answer = requests.get(
        server.url + path,
        params={"query": query},
        headers={"Accept": "application/sparql-results+json"},
        timeout=30,
    )
    rows = answer.json()["results"]["bindings"]
    found = {row["g"]["value"]: int(row["n"]["value"]) for row in rows if row}
    return {name: count for name, count in found.items() if name.startswith((NAME, "urn:uuid:"))}


def of(methods: str, answer: Answer, times: int = 1_000) -> Callable[[Asked], Answer | None]:
    """Answer the first requests with these methods in this way, and pass all others on."""
    left = [times]

    def meddle(asked: Asked) -> Answer | None:
        if asked.method not in methods.split() or not left[0]:
            return None
        left[0] -= 1
        return answer

    return meddle


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server


@pytest.fixture
def store(running: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(client, "_PAUSE", 0.01)
    requests.post(running.url + "/update", data={"update": "DROP ALL"}, timeout=30).raise_for_status()
    return running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return nquads(tmp_path / "a.nq", 2)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(400, b"Bad things at line 3"), "answers 400 Bad Request: Bad things at line 3."),
        (Answer(401), "DIPLOGRAPH_PASSWORD"),
        (Answer(403), "read-only"),
        (Answer(404), "Is the address right"),
        (Answer(405), "read-only"),
        (Answer(413), "Raise its limit"),
        (Answer(429), "Load again later"),
        (Answer(500, b"java.io.IOException: No space left on device"), "Make room on its disk"),
        (Answer(500, b"IO error: No space left on device: While appending to file: db/000123.log"), "Make room"),
        (Answer(500, b"<html>Virtuoso 42000 Error SR: disk full</html>"), "Make room on its disk"),
        (Answer(507), "Make room on its disk"),
        (Answer(500), "Its log should tell more"),
        (Answer(503), "Load again later"),
        (Answer(302), "points to another place"),
        (Answer(304), "points to another place"),
        (Answer(500, b"\x1b[31mred\x07\xe2\x80\xae"), "answers 500"),
        (Answer(500, b"x" * 5_000_000), "xxx…"),
        (Answer(500, b"\xff\xfe", (("Content-Encoding", "gzip"),)), "answers 500"),
        (Answer(302, headers=(("Location", "http://[bad\x1b[31m"),)), "It points to http://[bad"),
    ],
)
def test_a_refusal_says_what_to_do_and_leaves_what_was_there(
    store: Server, file: Path, answer: Answer, said: str, tmp_path: Path
) -> None:
    assert load(store.url, nquads(tmp_path / "old.nq", 1, 20)).exit_code == 0
    with relaying(store.url, of("PUT", answer)) as relay:
        assert said in refused(relay.url, file)
    assert held(store) == {f"{NAME}0": 21}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_host_is_asked_again_for_what_can_be_repeated(store: Server, file: Path, status: int) -> None:
    with relaying(store.url, of("PUT", Answer(status, b"busy", (("Retry-After", "0"),)), times=2)) as relay:
        assert load(relay.url, file).exit_code == 0
        assert relay.count("PUT") == 4, "one of the two graphs three times"
        assert len({len(asked.body) for asked in relay.changes}) == 1, "with the whole body"
    assert held(store) == {f"{NAME}0": 51, f"{NAME}1": 51}


def test_a_busy_host_is_left_alone_after_some_attempts(store: Server, file: Path) -> None:
    with relaying(store.url, of("PUT", Answer(503))) as relay:
        refused(relay.url, file)
        assert relay.count("PUT") == 4


def test_nobody_waits_for_an_hour_because_a_host_says_so(store: Server, file: Path) -> None:
    for wait in ("3600", "Fri, 31 Dec 2199 23:59:59 GMT", "9" * 400):
        with relaying(store.url, of("PUT", Answer(503, b"", (("Retry-After", wait),)))) as relay:
            refused(relay.url, file)
            assert relay.count("PUT") == 1 or wait.startswith("99")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_adds_is_never_sent_twice(store: Server, file: Path, status: int) -> None:
    with relaying(store.url, of("POST", Answer(status, b"", (("Retry-After", "0"),)))) as relay:
        refused(relay.url, file, "--append")
        assert relay.count("POST") == 1


def test_what_is_too_large_is_sent_in_ever_smaller_pieces(store: Server, tmp_path: Path) -> None:
    large = nquads(tmp_path / "large.nq", 1, 12_000)

    def limited(asked: Asked) -> Answer | None:
        return Answer(413) if len(asked.body) > 80_000 else None

    for more in ((), ("--append", "--graph", NAME)):
        with relaying(store.url, limited) as relay:
            assert load(relay.url, large, *more).exit_code == 0
            assert relay.count("PUT") == (0 if more else 1)
            assert relay.count("POST") > 9
    assert held(store) == {f"{NAME}0": 12_001, NAME: 12_001}


def test_blank_nodes_are_not_torn_apart(store: Server, tmp_path: Path) -> None:
    large = tmp_path / "large.ttl"
    large.write_text("".join(f"[] <x:p> [ <x:q> {n} ] .\n" for n in range(4000)), "utf-8")
    with relaying(store.url, lambda asked: Answer(413) if len(asked.body) > 80_000 else None) as relay:
        assert "blank nodes" in refused(relay.url, large, "--graph", NAME)
        assert "blank nodes" in refused(relay.url, large, "--graph", NAME, "--append")
    assert held(store) == {}


def test_a_body_that_is_cut_off_is_sent_again_if_it_replaces(store: Server, file: Path) -> None:
    with relaying(store.url) as relay:
        relay.half_bodies = True
        assert load(relay.url, file).exit_code == 0
        assert not relay.half_bodies
        assert relay.count("PUT") == 2, "and one of which half arrived"
        relay.half_bodies = True
        assert "The connection broke off" in refused(relay.url, file, "--append", "--graph", NAME)
        assert relay.count("POST") == 0, "but for the half"
    assert held(store) == {f"{NAME}0": 51, f"{NAME}1": 51}


@pytest.mark.parametrize("how", ["cut", "cut answer"])
def test_an_answer_that_is_cut_off_is_not_believed(
    store: Server, file: Path, how: Literal["cut", "cut answer"]
) -> None:
    with relaying(store.url) as relay:
        relay.meddle = lambda _: how if len(relay.asked) == 4 else None
        done = load(relay.url, file)
        assert "broke off" in done.stderr or done.exit_code == 0
        assert "It failed" not in done.stderr
        if how == "cut":  # nothing was said: the question, or what replaces, is sent again
            assert done.exit_code == 0
    assert load(store.url, file).exit_code == 0
    assert held(store) == {f"{NAME}0": 51, f"{NAME}1": 51}


@pytest.mark.parametrize(
    "body",
    [
        b'{"head":{"vars":["graph"]},"results":{"bindings":[{"graph":{"type":"uri","value":"http://a.example/"}}',
        b'{"head":{"vars":["graph"]},"results":{"bindings":[]}',
        b'{"head":{"vars":["graph"]},"results":{"bindings":[{"graph":{"type":"what"}}]}}',
        b'{"boolean":true}',
        b"[]",
        b"",
        b"<html>Welcome</html>",
        b"\x00\xff\x1b[31m" * 1000,
        b'{"a":' * 10_000,
    ],
)
def test_garbage_and_parts_of_answers_are_not_believed(store: Server, file: Path, body: bytes) -> None:
    with relaying(store.url, of("GET", Answer(200, body, JSON))) as relay:
        said = refused(relay.url, file, "--profile", "oxigraph")
        assert "The answer broke off, or is none" in said or "no rows" in said
        assert relay.changes == []


def test_who_is_pointed_elsewhere_does_not_go_there(store: Server, file: Path) -> None:
    with relaying(store.url) as other:
        for status in (301, 302, 303, 307, 308):
            for methods in ("GET", "PUT"):
                pointing = Answer(status, b"", (("Location", f"{other.url}/elsewhere"),))
                with relaying(store.url, of(methods, pointing)) as relay:
                    assert f"It points to {other.url}/elsewhere" in refused(relay.url, file, "--profile", "oxigraph")
        assert other.connections == 0
    assert held(store) == {}


@contextmanager
def listening(said: bytes | None) -> Iterator[tuple[str, list[int]]]:
    """A host that says something else than HTTP, or nothing at all."""
    accepted: list[int] = []
    kept = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                accepted.append(1)
                kept.append(connection)
                if said is not None:
                    connection.recv(1 << 16)
                    connection.sendall(said)
                    connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", accepted
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    for connection in kept:
        connection.close()


def test_hosts_that_do_not_answer_are_told_apart(store: Server, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nobody = f"http://127.0.0.1:{gone.getsockname()[1]}"
    assert "Nobody listens there." in refused(nobody, file)
    monkeypatch.setattr(socket, "getaddrinfo", _no_address)  # a test asks no name server
    assert "There is no such host." in refused("http://store.invalid", file)
    monkeypatch.undo()
    monkeypatch.setattr(client, "_PAUSE", 0.01)
    with listening(b"220 mail.example ESMTP\r\n") as (host, _):
        assert "What it answers is not HTTP." in refused(f"http://{host}", file)
        assert "does not speak TLS" in refused(f"https://{host}", file)
    monkeypatch.setattr(client, "_CONNECTING", 0.5)
    assert "does not speak TLS" in refused(store.url.replace("http:", "https:"), file)


def _no_address(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_a_host_that_is_slow_is_waited_for_once_and_as_long_as_told(file: Path) -> None:
    with listening(None) as (host, accepted):
        start = time.monotonic()
        said = refused(f"http://{host}", file, "--timeout", "0.3")
        assert "No answer within 0.3 s. Give it more with --timeout." in said
        assert len(accepted) == 1
        assert time.monotonic() - start < 20


def test_a_certificate_file_that_is_not_there_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    assert "There is no file '/nowhere/ca.pem', which SSL_CERT_FILE names." in refused("https://127.0.0.1:9", file)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:port",
        "http:/127.0.0.1",
        "http://127.0.0.1/sparql?key=value",
        "http://127.0.0.1/#here",
    ],
)
def test_what_is_no_address_is_refused(url: str, file: Path) -> None:
    assert "address" in refused(url, file)
    assert not Path("http:").exists()


def test_a_wrong_path_is_told_and_nothing_is_lost(store: Server, file: Path) -> None:
    assert load(store.url, file).exit_code == 0
    assert "answers 404 Not Found" in refused(f"{store.url}/nowhere", file, "--profile", "oxigraph")
    assert held(store) == {f"{NAME}0": 51, f"{NAME}1": 51}


def test_a_store_that_reads_only_is_told(tmp_path: Path, file: Path) -> None:
    for start, said in ((oxigraph, "answers 403"), (fuseki, "answers 405")):
        folder = tmp_path / said[-3:]
        folder.mkdir()
        with start(folder, read_only=True) as server:
            message = refused(server.url, file)
            assert said in message
            assert "read-only" in message


@pytest.mark.parametrize("auth", ["basic", "digest"])
def test_who_is_not_known_is_told_what_to_do(
    auth: str, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with fuseki(tmp_path, password=PASSWORD, auth=auth) as server:
        assert "Set DIPLOGRAPH_USER and DIPLOGRAPH_PASSWORD" in refused(server.url, file)
        monkeypatch.setenv("DIPLOGRAPH_USER", server.user)
        monkeypatch.setenv("DIPLOGRAPH_PASSWORD", PASSWORD[::-1])
        said = refused(server.url, file)
        assert "is the password, or the token, the right one" in said
        assert PASSWORD[::-1] not in said
        monkeypatch.setenv("DIPLOGRAPH_PASSWORD", PASSWORD)
        assert load(server.url, file).exit_code == 0


@pytest.mark.slow
@pytest.mark.parametrize("start", [oxigraph, fuseki, virtuoso])
def test_a_store_that_is_killed_in_the_middle_goes_on_with_the_next_load(
    start: Callable[[Path], Iterator[Server]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIPLOGRAPH_USER", "dba")
    monkeypatch.setenv("DIPLOGRAPH_PASSWORD", PASSWORD)
    file = nquads(tmp_path / "many.nq", 6)
    with start(tmp_path) as server:  # type: ignore[attr-defined]
        names = set()

        def kill(asked: Asked) -> None:
            if asked.changes and not asked.body.startswith(b"update"):
                names.update(asked.parameters["graph"])
                if len(names) == 4:
                    server.kill()

        with relaying(server.url, kill) as relay:
            said = refused(relay.url, file)
            assert "broke off" in said or "Nobody listens" in said
        server.start()
        done = load(server.url, file)
        assert done.exit_code == 0, done.stderr
        assert "6 graphs: 3 added, 3 unchanged" in done.stderr
        assert {name: count for name, count in held(server).items() if name.startswith(NAME)} == {
            f"{NAME}{n}": 51 for n in range(6)
        }


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_who_is_interrupted_tidies_up(store: Server, tmp_path: Path, how: signal.Signals) -> None:
    """The pieces of a graph that is not whole go again, and the old graph stays."""
    assert load(store.url, nquads(tmp_path / "old.nq", 1, 20)).exit_code == 0
    file = nquads(tmp_path / "new.nq", 1, 3000)
    program = (
        "import sys; from msgspec.structs import replace; from diplograph.stores import profiles;"
        "small = replace(profiles.profile_named('oxigraph'), most=10_000); profiles._BY_NAME['oxigraph'] = small;"
        "from diplograph.cli import main; main(sys.argv[1:])"
    )
    reached, go_on = threading.Event(), threading.Event()

    def wait(asked: Asked) -> Literal["cut"] | None:
        if not asked.changes or len(relay.changes) != 4:
            return None
        reached.set()
        go_on.wait(60)
        return "cut"

    with relaying(store.url, wait) as relay:
        arguments = ["load", str(file), "--to", relay.url, "--no-ontology", "--profile", "oxigraph"]
        with subprocess.Popen([sys.executable, "-c", program, *arguments], stderr=subprocess.PIPE) as process:
            assert reached.wait(60)
            assert any(name.startswith("urn:uuid:") for name in held(store))
            os.kill(process.pid, how)
            _, said = process.communicate(timeout=60)
            go_on.set()
        assert process.returncode in {130, 143}, said
    assert held(store) == {f"{NAME}0": 21}


def test_articles_are_listed_some_at_a_time(store: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As stores cut answers: those that come after the first ones are not forgotten."""
    base = "https://w3id.org/diplograph/id/graph/"
    article = "<https://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/diplograph/ns#Article>"
    for n in range(7):
        text = f"INSERT DATA {{ GRAPH <{base}{n}> {{ {article} }} }}"
        requests.post(f"{store.url}/update", data={"update": text}, timeout=30).raise_for_status()
    monkeypatch.setattr("diplograph.loading.remote._ROWS", 3)
    own = tmp_path / "own.nq"
    own.write_text("".join(f"{article} <{base}{n}> .\n" for n in (0, 1, 2, 3, "situations")), "utf-8")
    said = refused(store.url, own)
    assert all(f"{base}{n}>" in said for n in (4, 5, 6))
    assert "3 removed" in load(store.url, own, "--prune").stderr


def test_pieces_end_with_lines_and_are_as_large_as_they_may_be(
    store: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a line is longer than a piece, or than what is looked at to find its end."""
    monkeypatch.setattr("diplograph.loading.remote._WINDOW", 16)
    small = replace(profiles.profile_named("oxigraph"), most=1000)
    monkeypatch.setitem(profiles._BY_NAME, "oxigraph", small)  # noqa: SLF001 - there is no other way to its table
    file = tmp_path / "a.nq"
    sizes = [1, 3000, 10, 900, 950, 40, 40, 40, 5000, 2]
    lines = [f'<x:{n}> <x:p> "{"é" * size}" <{NAME}> .\n' for n, size in enumerate(sizes)]
    file.write_text("".join(lines), "utf-8")
    with relaying(store.url) as relay:
        assert load(relay.url, file, "--profile", "oxigraph").exit_code == 0
        bodies = [asked.body for asked in relay.changes if not asked.body.startswith(b"update=")]
    assert all(body.endswith(b" .\n") for body in bodies)
    assert all(len(body) <= 1000 or body.count(b"\n") == 1 for body in bodies)
    assert b"".join(bodies).count(b"\n") == len(sizes) + 1
    assert all(len(one) + len(two.split(b"\n")[0]) >= 1000 for one, two in pairwise(bodies))
    assert held(store) == {NAME: len(sizes) + 1}


def test_blank_nodes_of_two_loads_into_a_folder_stay_apart(tmp_path: Path) -> None:
    """Though both are called the same in what is loaded; those of one load that are the same stay so."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.nq").write_text(f'_:x <x:p> "1" <x:{name}> .\n_:x <x:q> _:x <x:{name}> .\n', "utf-8")
        assert load(str(tmp_path / "db"), tmp_path / f"{name}.nq").exit_code == 0
    found = {
        name: [quad.subject for quad in opened(tmp_path / "db") if quad.graph_name.value == f"x:{name}"]
        for name in "ab"
    }
    nodes = {name: {node for node in subjects if isinstance(node, ox.BlankNode)} for name, subjects in found.items()}
    assert [len(some) for some in nodes.values()] == [1, 1]
    assert nodes["a"] != nodes["b"]


@pytest.mark.slow
@pytest.mark.parametrize("into", ["server", "folder"])
def test_memory_does_not_grow_with_what_is_loaded(
    store: Server,
    into: str,
    tmp_path: Path,
    watched: Callable[..., tuple[subprocess.CompletedProcess[str], int]],
) -> None:
    """What is sorted in memory is 64 MB at most; beyond it, nothing grows."""
    peaks = []
    for graphs in (100, 400):
        file = nquads(tmp_path / f"{graphs}.nq", graphs, 1000)
        to = store.url if into == "server" else str(tmp_path / f"db{graphs}")
        done, peak = watched("load", str(file), "--to", to, "--no-ontology")
        assert done.returncode == 0, done.stderr
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 80, peaks
