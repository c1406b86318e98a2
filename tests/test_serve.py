"""`diplograph serve`: whom it answers, how it ends, and what happens to workers that do not."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pyoxigraph as ox
import pytest
import requests
from click.testing import CliRunner
from tests.benchmarks.serve import under_load
from tests.web.serving import ENDLESS, Served, serving

from diplograph import asking
from diplograph.cli import main
from diplograph.web import graph
from diplograph.web.frames import framed
from diplograph.web.tasks import Settings, encoded

HUNGRY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """The seeds, served by three workers, with a short limit."""
    with serving(SEEDS, "--timeout", "5", "--jobs", "3") as found:
        yield found


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it has not come about"
        time.sleep(0.05)


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_a_query_that_never_ends_is_stopped_and_others_go_on(server: Served) -> None:
    with ThreadPoolExecutor() as threads:
        endless = threads.submit(server.ask, ENDLESS)
        assert [server.ask("ASK {}").status_code for _ in range(20)] == [200] * 20
        found = endless.result()
    assert found.status_code == 503
    assert "longer than 5 seconds" in found.text
    until(lambda: len(server.workers()) == 3)
    assert server.ask("ASK {}").ok


def test_a_query_that_takes_long_goes_behind_the_others() -> None:
    with serving(SEEDS, "--timeout", "600", "--jobs", "2") as server, ThreadPoolExecutor() as threads:
        endless = threads.submit(_silently, server)
        until(lambda: sorted(worker.nice() for worker in server.workers()) == [0, 10], 60)
        server.end()
        endless.result()


def test_a_worker_that_is_killed_in_the_middle_is_told_and_replaced(server: Served) -> None:
    with ThreadPoolExecutor() as threads:
        endless = threads.submit(server.ask, ENDLESS)
        until(lambda: any(worker.cpu_times().user > 0.7 for worker in server.workers()))
        busy = max(server.workers(), key=lambda worker: worker.cpu_times().user)
        busy.kill()
        found = endless.result()
    assert found.status_code == 500
    assert "has ended" in found.text
    until(lambda: len(server.workers()) == 3)
    assert server.ask("ASK {}").ok


def test_idle_workers_that_are_killed_are_replaced_unseen(server: Served) -> None:
    for worker in server.workers():
        worker.kill()
        worker.wait(5)
    assert server.ask("ASK {}").ok


def test_a_query_that_needs_too_much_memory_ends_its_worker_alone() -> None:
    with serving(SEEDS, "--timeout", "50", "--jobs", "2") as server:
        found = server.ask(HUNGRY)
        assert (found.status_code, "of memory" in found.text) == (500, True)
        assert server.ask("ASK {}").ok


def test_less_memory_than_workers_take_is_no_reason_not_to_start() -> None:
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30));"
    done = "from diplograph.web import worker; worker.main()"
    settings = Settings(str(SEEDS / "none"), of_user=True, base="e:", most_rows=1, memory=1 << 31)
    command = [sys.executable, "-c", limited + done]
    found = subprocess.run(command, input=framed(encoded(settings)), capture_output=True, check=True)
    assert b"There is no store" in found.stdout


def test_a_client_that_goes_away_takes_its_query_along() -> None:
    with serving(SEEDS, "--timeout", "60", "--jobs", "2") as server:
        before = {worker.pid for worker in server.workers()}
        with pytest.raises(requests.Timeout):
            requests.get(server.url + "/sparql", params={"query": ENDLESS}, timeout=1.5)
        until(lambda: len(before - {worker.pid for worker in server.workers()}) == 1)
        assert server.ask("ASK {}").ok


def target(link: Path) -> str:
    """Tell where a link points to; nowhere, if it has gone meanwhile."""
    try:
        return str(link.readlink())
    except FileNotFoundError:
        return ""


def test_what_a_client_does_not_fetch_is_thrown_away() -> None:
    long = f"SELECT ('{'a' * 3000}' AS ?x) {{ ?a ?b ?c }} LIMIT 9000"
    with serving(SEEDS, "--jobs", "2") as server:

        def held() -> list[Path]:
            found = Path(f"/proc/{server.process.pid}/fd").iterdir()
            return [path for path in found if "(deleted)" in target(path)]

        with requests.get(server.url + "/sparql", params={"query": long}, timeout=60, stream=True) as answer:
            assert answer.ok
            until(lambda: len(held()) == 1)
        until(lambda: not held())
        assert len(server.ask(long, "text/csv").content) > 9000 * 3000


@pytest.mark.slow
def test_too_many_requests_are_sent_away_at_once() -> None:
    with serving(SEEDS, "--timeout", "1", "--jobs", "1") as server, ThreadPoolExecutor(90) as threads:
        found = [future.result() for future in [threads.submit(server.ask, ENDLESS) for _ in range(80)]]
        assert {answer.status_code for answer in found} == {503}
        busy = [answer for answer in found if "busy" in answer.text]
        assert busy
        assert all(answer.headers["Retry-After"] == "1" for answer in busy)
        assert server.ask("ASK {}").ok


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("busy", [False, True])
def test_the_server_ends_cleanly_with_its_workers(tmp_path: Path, sent: signal.Signals, busy: bool) -> None:  # noqa: FBT001 - a case
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which nohup ignores, and whoever is started inherits
    with serving(SEEDS, "--timeout", "60", "--jobs", "2", temporary=tmp_path) as server:
        workers = server.workers()
        assert len(workers) == 2
        assert list(tmp_path.iterdir())
        thread = threading.Thread(target=lambda: _silently(server))
        if busy:
            thread.start()
            until(lambda: any(worker.cpu_times().user > 0.7 for worker in workers))
        assert server.end(sent) == (0, "Ended.\n")
        if busy:
            thread.join()
        until(lambda: all(map(is_gone, workers)))
        assert list(tmp_path.iterdir()) == []


def _silently(server: Served) -> None:
    with contextlib.suppress(requests.RequestException):
        server.ask(ENDLESS)


def test_a_server_that_is_killed_leaves_no_worker_even_in_a_long_query(tmp_path: Path) -> None:
    with serving(SEEDS, "--timeout", "600", "--jobs", "2", temporary=tmp_path) as server:
        workers = server.workers()
        thread = threading.Thread(target=lambda: _silently(server))
        thread.start()
        until(lambda: any(worker.cpu_times().user > 0.7 for worker in workers))
        server.process.kill()
        thread.join()
        until(lambda: all(map(is_gone, workers)))


def test_workers_take_no_module_from_the_folder_of_the_data(tmp_path: Path) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('taken')", "utf-8")
    with serving(SEEDS, "--jobs", "1", cwd=tmp_path) as server:
        assert server.ask("ASK {}").ok


def test_what_a_killed_server_leaves_is_removed_by_the_next_and_nothing_else(tmp_path: Path) -> None:
    other = tmp_path / "diplograph-serve-of-somebody"
    other.mkdir()
    with serving(SEEDS, "--jobs", "1", temporary=tmp_path) as running:
        kept = set(tmp_path.iterdir())
        with serving(SEEDS, "--jobs", "1", temporary=tmp_path) as killed:
            killed.process.kill()
            killed.process.wait()
        assert len(set(tmp_path.iterdir()) - kept) == 1
        with serving(SEEDS, "--jobs", "1", temporary=tmp_path) as third:
            assert third.end() == (0, "Ended.\n")
        assert set(tmp_path.iterdir()) == kept
        assert running.ask("ASK {}").ok
    assert list(tmp_path.iterdir()) == [other]


def raw(server: Served, host: str, path: str = "/sparql?query=ASK%7B%7D") -> http.client.HTTPResponse:
    """Ask under another name."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    connection.putrequest("GET", path, skip_host=True)
    if host:
        connection.putheader("Host", host)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_only_names_of_this_machine_are_answered(server: Served) -> None:
    port = urlsplit(server.url).port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        assert raw(server, host).status == 200
    for host in ("evil.example", f"evil.example:{port}", "localhost", f"localhost:{port}.evil.example", "127.0.0.1:1"):
        answer = raw(server, host)
        assert answer.status == 421, host
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert raw(server, "").status == 400


def test_every_answer_keeps_browsers_in_bounds(server: Served) -> None:
    for path in ("/sparql", "/sparql?query=ASK%7B%7D", "/sparql?query=oops", "/nothing"):
        headers = server.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "data:" not in policy
        assert "connect-src" not in policy, "no script asks for anything"
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Server" not in headers


def test_other_origins_read_nothing_unless_they_are_named(server: Served) -> None:
    asked = {"Origin": "https://lab.example"}
    assert "Access-Control-Allow-Origin" not in server.get("/sparql", headers=asked).headers
    with serving(SEEDS, "--jobs", "1", "--cors", "https://lab.example") as other:
        found = other.get("/sparql", headers=asked)
        assert found.headers["Access-Control-Allow-Origin"] == "https://lab.example"
        assert "Origin" in found.headers["Vary"]
        assert "Access-Control-Allow-Origin" not in other.get("/sparql", headers={"Origin": "null"}).headers
        wanted = asked | {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        before = requests.options(other.url + "/sparql", headers=wanted, timeout=30)
        assert before.status_code == 204
        assert before.headers["Access-Control-Allow-Headers"] == "content-type"
        strange = requests.options(other.url + "/sparql", headers=wanted | {"Origin": "https://x.example"}, timeout=30)
        assert "Access-Control-Allow-Origin" not in strange.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_of_other_origins_set_nothing_to_work_but_may_link_here(server: Served, site: str) -> None:
    def status(at: Served, mode: str, dest: str, **more: str) -> int:
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest} | more
        return at.get("/sparql?query=ASK%7B%7D", headers=headers).status_code

    assert status(server, "no-cors", "image") == 403
    assert status(server, "navigate", "iframe") == 403
    assert status(server, "cors", "empty", Origin="https://lab.example") == 403
    assert status(server, "navigate", "document") == 200
    with serving(SEEDS, "--jobs", "1", "--cors", "https://lab.example") as other:
        assert status(other, "cors", "empty", Origin="https://lab.example") == 200
        assert status(other, "cors", "empty", Origin="https://x.example") == 403


def test_the_server_listens_on_loopback_only(server: Served) -> None:
    held = [c.laddr.ip for c in psutil.Process(server.process.pid).net_connections() if c.status == "LISTEN"]
    assert held == ["127.0.0.1"]


def test_a_store_in_a_folder_is_served_with_all_its_graphs(tmp_path: Path) -> None:
    loaded = asking.load(SEEDS)
    store = ox.Store(str(tmp_path / "store"))
    store.bulk_extend(quad for quad in loaded.store if quad.graph_name != ox.DefaultGraph())
    store.flush()
    del store
    with serving("--store", tmp_path / "store", "--jobs", "1") as server:
        found = server.ask("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a dip:Article }")
        assert found.json()["results"]["bindings"][0]["n"]["value"] == "5"


@pytest.mark.parametrize("most", [0, 1_000_000])
def test_large_graphs_are_on_disk_and_small_ones_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(graph, "SMALL", most)
    loaded = asking.load(SEEDS).store
    path = graph.fill(tmp_path, loaded)
    assert path.is_dir() is (most == 0)
    base = "https://w3id.org/diplograph/id/"
    served = graph.opened(Settings(str(path), of_user=False, base=base, most_rows=1, memory=1 << 31))
    assert set(served.store) == set(loaded)


def test_a_store_that_is_loaded_anew_is_served_anew(tmp_path: Path) -> None:
    loading = [sys.executable, "-m", "diplograph", "load", "--quiet", "--to", str(tmp_path / "store")]
    one, two = sorted(SEEDS.glob("00[01]*.yaml"))
    subprocess.run([*loading, one], check=True, capture_output=True)
    with serving("--store", tmp_path / "store", "--jobs", "2") as server:
        count = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a dip:Article }"
        assert server.ask(count).json()["results"]["bindings"][0]["n"]["value"] == "1"
        subprocess.run([*loading, one, two], check=True, capture_output=True)
        for _ in range(4):
            assert server.ask(count).json()["results"]["bindings"][0]["n"]["value"] == "2"


def test_a_store_without_the_ontology_is_served_with_a_warning(tmp_path: Path) -> None:
    store = ox.Store(str(tmp_path / "store"))
    store.add(ox.Quad(ox.NamedNode("https://example.org/a"), ox.NamedNode("https://example.org/b"), ox.Literal("c")))
    store.flush()
    del store
    with serving("--store", tmp_path / "store", "--jobs", "1") as server:
        assert server.get("/").ok
        assert "lacks the ontology" in server.end()[1]


def test_what_is_loaded_counts_once_in_the_default_graph(server: Served) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s a dip:Meeting }"
    assert server.ask(count).json()["results"]["bindings"][0]["n"]["value"] == "7"


def refused(*arguments: str | Path) -> str:
    result = CliRunner().invoke(main, ["serve", *map(str, arguments)])
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.output


def test_what_cannot_be_served_is_told(tmp_path: Path) -> None:
    assert "What is to be served?" in refused()
    assert "no store in the folder" in refused("--port", "0", "--store", tmp_path)
    assert "Give sources, or a store" in refused("--port", "0", "--store", tmp_path, SEEDS)
    assert "Leave --ontology out" in refused("--port", "0", "--store", tmp_path, "--ontology", SEEDS)
    assert "is no origin" in refused("--cors", "https://lab.example/", SEEDS)
    bad = tmp_path / "bad.ttl"
    bad.write_text("<a> <b> .")
    assert "bad.ttl:1:" in refused("--port", "0", bad)


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refused(SEEDS, "--port", str(taken.getsockname()[1]))
    assert "Give another with --port" in said


def test_without_the_extra_it_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "uvicorn" else object())
    said = refused(SEEDS)
    assert "missing: uvicorn" in said
    assert "pip install 'diplograph[serve]'" in said


def test_the_command_line_loads_no_server() -> None:
    code = "import sys, diplograph.cli; print({'starlette', 'uvicorn', 'jinja2', 'pyoxigraph'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.slow
def test_many_clients_are_answered_beside_a_query_that_never_ends() -> None:
    with serving(SEEDS, "--timeout", "10") as server:
        load = under_load(server, 10, 6, endless=True)
    assert not load.errors
    assert load.times
    assert load.endless
    assert set(load.endless) == {503}
