"""The triple stores of the tests are real, take and give data, are reached from this machine only, and end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from tests.servers import PASSWORD, Server, fuseki, oxigraph, rdf4j, virtuoso

GRAPH = "https://example.org/graph"
COUNT = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}"
TRIPLES = "".join(f'<https://example.org/{n}> <https://example.org/p> "{n} é" .\n' for n in range(7)).encode()
PLACES = {  # of queries, of graphs, and the parameter which names the graph
    "oxigraph": ("/query", "/store", "graph", GRAPH),
    "fuseki": ("/query", "/data", "graph", GRAPH),
    "virtuoso": ("/sparql", "/sparql-graph-crud-auth", "graph-uri", GRAPH),
    "rdf4j": ("", "/statements", "context", f"<{GRAPH}>"),
}
Start = Callable[[Path], AbstractContextManager[Server]]
STORES: dict[str, Start] = {
    "oxigraph": oxigraph,
    "fuseki": fuseki,
    "fuseki-basic": partial(fuseki, password=PASSWORD, auth="basic"),
    "fuseki-digest": partial(fuseki, password=PASSWORD, auth="digest"),
    "virtuoso": virtuoso,
    "rdf4j": rdf4j,
}


def _authentication(server: Server, name: str) -> AuthBase | None:
    if not server.user:
        return None
    kind = HTTPBasicAuth if name.endswith("basic") else HTTPDigestAuth
    return kind(server.user, server.password)


def _put(server: Server, name: str) -> requests.Response:
    _, graphs, parameter, graph = PLACES[server.profile]
    return requests.put(
        server.url + graphs,
        params={parameter: graph},
        data=TRIPLES,
        headers={"Content-Type": "application/n-triples"},
        auth=_authentication(server, name),
        timeout=30,
    )


def _count(server: Server, name: str) -> int:
    answer = requests.get(
        server.url + PLACES[server.profile][0],
        params={"query": COUNT},
        headers={"Accept": "application/sparql-results+json"},
        auth=_authentication(server, name),
        timeout=30,
    )
    answer.raise_for_status()
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


def _listening(process: int) -> set[str]:
    """The addresses on which a process listens, as the kernel writes them: hexadecimal, 0100007F for 127.0.0.1."""
    sockets = set()
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            sockets.add(str(descriptor.readlink()))
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    return {line[1] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in sockets}


@pytest.mark.parametrize("name", STORES)
def test_a_store_takes_triples_and_counts_them_on_loopback_only_and_ends(name: str, tmp_path: Path) -> None:
    with STORES[name](tmp_path) as server:
        assert server.process is not None
        assert _put(server, name).ok
        assert _count(server, name) == 7
        listening = _listening(server.process.pid)
        assert f"0100007F:{server.port:04X}" in listening
        assert {address.partition(":")[0] for address in listening} == {"0100007F"}
        if server.user:
            server.password = PASSWORD[::-1]
            assert _put(server, name).status_code == 401
    assert not server.is_up()
    with pytest.raises(ProcessLookupError):
        os.killpg(server.process.pid, 0)


@pytest.mark.parametrize("name", ["oxigraph", "fuseki", "virtuoso"])
def test_a_store_that_was_killed_starts_again_where_it_was_with_what_it_held(name: str, tmp_path: Path) -> None:
    with STORES[name](tmp_path) as server:
        assert _put(server, name).ok
        server.kill()
        assert not server.is_up()
        server.restart()
        assert _count(server, name) == 7


@pytest.mark.parametrize(
    ("start", "read_only"), [(oxigraph, partial(oxigraph, read_only=True)), (fuseki, partial(fuseki, read_only=True))]
)
def test_a_store_opened_read_only_serves_what_it_held_and_takes_nothing(
    start: Start, read_only: Start, tmp_path: Path
) -> None:
    with start(tmp_path) as server:
        assert _put(server, server.profile).ok
    with read_only(tmp_path) as server:
        assert not _put(server, server.profile).ok
        assert _count(server, server.profile) == 7


def test_a_store_ends_with_a_test_that_fails(tmp_path: Path) -> None:
    started: list[Server] = []

    def fails() -> None:
        with oxigraph(tmp_path) as server:
            started.append(server)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert not started[0].is_up()


def test_a_missing_store_is_skipped_loudly_or_fails_where_all_are_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.servers.MAVEN", tmp_path)
    monkeypatch.delenv("DIPLOGRAPH_NEED_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED"), fuseki(tmp_path):
        pass
    monkeypatch.setenv("DIPLOGRAPH_NEED_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="NOT TESTED"), fuseki(tmp_path):
        pass
