"""Loading into real servers: what they hold afterwards, read back without our own client, and what stays as it was."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import requests
from click.testing import CliRunner, Result
from msgspec.structs import replace
from requests.auth import HTTPDigestAuth
from tests.relay import Answer, Asked, relaying
from tests.servers import PASSWORD, Server, fuseki, oxigraph, rdf4j, virtuoso

from diplograph.cli import main
from diplograph.errors import UsageError
from diplograph.loading.gathering import Wanted, gather
from diplograph.loading.loading import send
from diplograph.loading.report import How
from diplograph.stores import profiles
from diplograph.stores.server import Server as Behind

SEEDS = Path(__file__).parent.parent / "seeds"
OTHER = SEEDS / "001-secret-permission.diplomacy.yaml"
ONE = SEEDS / "003-no-decision.diplomacy.yaml"
BASE = "https://w3id.org/diplograph/id/graph/"
ONTOLOGY = "https://w3id.org/diplograph/ns"
ARTICLE = re.compile(f"<?{BASE}[0-9a-f]{{16}}>?$")
SHA256 = "https://schema.org/sha256"
XSD = "http://www.w3.org/2001/XMLSchema#"
GRAPH = "https://example.org/g"
NUMBERS = {f"{XSD}{name}" for name in ("decimal", "integer", "double", "nonNegativeInteger", "positiveInteger")}
STARTS: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "oxigraph": oxigraph,
    "fuseki": fuseki,
    "virtuoso": partial(virtuoso, max_rows=100_000),
    "rdf4j": rdf4j,
}
Term = tuple[object, ...]


class Store:
    """A real server, asked in the simplest way."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.at = profiles.endpoints(profiles.profile_named(server.profile), server.url)
        self.session = requests.Session()
        self.session.trust_env = False
        if server.user:
            self.session.auth = HTTPDigestAuth(server.user, server.password)

    def rows(self, query: str) -> list[dict[str, Any]]:
        answer = self.session.get(
            self.at.query, params={"query": query}, headers={"Accept": "application/sparql-results+json"}, timeout=60
        )
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["results"]["bindings"]
        return found

    def update(self, text: str) -> None:
        self.session.post(self.at.update, data={"update": text}, timeout=60).raise_for_status()

    def graphs(self) -> set[str]:
        """The graphs with a statement in them, but for those that Virtuoso has from the start."""
        rows = self.rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")
        found = {row["g"]["value"] for row in rows}
        return {graph for graph in found if not re.match(r"http://(www\.w3|127|localhost|www\.openlink)", graph)}

    def held(self, graph: str) -> set[Term]:
        """What a graph holds, but for its digest, in the form that all stores keep."""
        rows = self.rows(f"SELECT ?s ?p ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        triples = {tuple(read(row[name]) for name in "spo") for row in rows}
        return {triple for triple in triples if triple[:2] != (("uri", graph), ("uri", SHA256))}

    def digests(self) -> dict[str, str]:
        """The digest of each graph."""
        rows = self.rows(f"SELECT ?g ?d {{ GRAPH ?g {{ ?g <{SHA256}> ?d }} }}")
        return {row["g"]["value"]: row["d"]["value"] for row in rows}

    def empty(self) -> None:
        for graph in self.graphs():
            self.update(f"DROP SILENT GRAPH <{graph}>")
        assert not self.graphs()


def read(term: dict[str, str]) -> Term:
    """Read a term of an answer, up to what stores rewrite."""
    if term["type"] == "bnode":
        return ("bnode",)
    if term["type"] == "uri":
        return ("uri", term["value"])
    return literal(term["value"], term.get("xml:lang", ""), term.get("datatype", f"{XSD}string"))


def literal(value: str, language: str, datatype: str) -> Term:
    if language:
        return ("text", value, language.lower())
    if datatype in NUMBERS:
        return ("number", Decimal(value).normalize())
    if datatype == f"{XSD}boolean":
        return ("boolean", value in {"true", "1"})
    if datatype == f"{XSD}dateTime":
        return ("time", re.sub(r"(\.\d*?)0+(?=Z|$|[+-])", r"\1", value.replace("+00:00", "Z")).replace(".Z", "Z"))
    if datatype == f"{XSD}duration":
        return ("duration",)
    return ("literal", value, datatype)


def expected(file: Path) -> dict[str, set[Term]]:
    """What an export has, in the same form."""
    found: dict[str, set[Term]] = {}
    for quad in ox.parse(path=str(file)):
        triple = tuple(map(_term, (quad.subject, quad.predicate, quad.object)))
        found.setdefault(quad.graph_name.value, set()).add(triple)
    return found


def _term(term: object) -> Term:
    if isinstance(term, ox.Literal):
        return literal(term.value, term.language or "", term.datatype.value)
    return ("uri", term.value) if isinstance(term, ox.NamedNode) else ("bnode",)


def load(store: Store | str, *arguments: str | Path) -> Result:
    url = store if isinstance(store, str) else store.server.url
    return CliRunner().invoke(main, ["load", *map(str, arguments), "--to", url])


def loaded(store: Store | str, *arguments: str | Path) -> Result:
    done = load(store, *arguments)
    assert done.exit_code == 0, done.stderr
    return done


@pytest.fixture(scope="module", params=STARTS)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with STARTS[request.param](tmp_path_factory.mktemp(request.param)) as server:
        store = Store(server)
        with closing(store.session):
            yield store


@pytest.fixture
def store(running: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("DIPLOGRAPH_USER", "dba")
    monkeypatch.setenv("DIPLOGRAPH_PASSWORD", PASSWORD)
    running.empty()
    return running


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("exported") / "seeds.nq"
    assert CliRunner().invoke(main, ["export", str(SEEDS), "-o", str(target), "-q"]).exit_code == 0
    return target


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two of the seeds: for a slow store, all of them take long."""
    target = tmp_path_factory.mktemp("small") / "seeds.nq"
    assert CliRunner().invoke(main, ["export", str(ONE), str(OTHER), "-o", str(target), "-q"]).exit_code == 0
    return target


@pytest.fixture
def changed(small: Path, tmp_path: Path) -> Path:
    """The same with a word changed in the graph of one article."""
    lines = small.read_text("utf-8").splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if '"' in line and ARTICLE.match(line.rsplit(" ", 2)[1]))
    first, _, rest = lines[place].partition('"')
    lines[place] = f'{first}"changed {rest}'
    target = tmp_path / "changed.nq"
    target.write_text("".join(lines), "utf-8")
    return target


def nquads(path: Path, values: dict[str, int]) -> Path:
    """So many statements for each graph."""
    lines = [
        f'<https://example.org/{n}> <https://example.org/p> "{n} of {count}" <{graph}> .\n'
        for graph, count in values.items()
        for n in range(count)
    ]
    path.write_text("".join(lines), "utf-8")
    return path


def test_a_server_holds_what_export_gives_and_is_not_sent_it_again(store: Store, exported: Path) -> None:
    done = loaded(store, SEEDS)
    assert "9 graphs: 9 added; no findings" in done.stderr
    assert done.stdout == ""
    wanted = expected(exported)
    assert store.graphs() == {*wanted, ONTOLOGY}
    for graph, triples in wanted.items():
        assert store.held(graph) == triples, graph
    assert store.digests().keys() == store.graphs()
    with relaying(store.server.url) as relay:
        again = loaded(relay.url, SEEDS, "--profile", store.server.profile)
        assert "9 graphs: 9 unchanged" in again.stderr
        assert relay.changes == []
        assert not any(asked.body for asked in relay.asked)


def test_only_what_has_changed_is_replaced(store: Store, small: Path, changed: Path) -> None:
    loaded(store, small)
    before = store.digests()
    with relaying(store.server.url) as relay:
        assert "5 graphs: 1 replaced, 4 unchanged" in loaded(relay.url, changed, "--no-ontology").stderr
    after = store.digests()
    (graph,) = (name for name in before if before[name] != after[name])
    assert ARTICLE.match(graph)
    assert store.held(graph) == expected(changed)[graph]
    if not profiles.profile_named(store.server.profile).staged:
        assert [asked.method for asked in relay.changes] == ["PUT"]
    assert store.graphs() == {*expected(small), ONTOLOGY}, "nothing left of staging"


def test_no_request_for_a_graph_goes_without_its_name(store: Store, small: Path, changed: Path) -> None:
    with relaying(store.server.url) as relay:
        for arguments in ([small], [changed], [changed, "--graph", GRAPH], [small, "--append"]):
            loaded(relay.url, *arguments)
        loaded(relay.url, ONE, "--prune")
        assert relay.changes
        name, written = profiles.profile_named(store.server.profile).graph
        for asked in relay.changes:
            if asked.body.startswith(b"update="):
                assert asked.method == "POST"
                continue
            (graph,) = asked.parameters[name]
            assert graph.startswith(written.partition("{")[0] + "http") or "urn:uuid:" in graph
            assert "Content-Length" in asked.headers
            assert "Transfer-Encoding" not in asked.headers
        assert relay.count("DELETE") == 0


def test_one_graph_for_all(store: Store, small: Path) -> None:
    assert "1 graph: 1 added" in loaded(store, small, "--graph", GRAPH, "--no-ontology").stderr
    assert store.graphs() == {GRAPH}
    assert store.held(GRAPH) == set().union(*expected(small).values())


def test_adding_twice_adds_once(store: Store, tmp_path: Path) -> None:
    one = nquads(tmp_path / "one.nq", {GRAPH: 3})
    two = nquads(tmp_path / "two.nq", {GRAPH: 4})
    loaded(store, one, "--no-ontology")
    assert "1 added" in loaded(store, two, "--append", "--no-ontology").stderr
    with relaying(store.server.url) as relay:
        assert "1 unchanged" in loaded(relay.url, two, "--append", "--no-ontology").stderr
        assert "1 unchanged" in loaded(relay.url, one, "--append", "--no-ontology").stderr
        assert relay.changes == []
    found = expected(one)[GRAPH] | expected(two)[GRAPH]
    assert store.held(GRAPH) == found


def test_articles_that_are_not_loaded_keep_their_situations(store: Store, small: Path) -> None:
    loaded(store, small, "--no-ontology")
    before = store.digests()
    with relaying(store.server.url) as relay:
        refused = load(relay.url, ONE)
        assert refused.exit_code == 2
        assert "situations and entities would be replaced" in refused.stderr
        assert relay.changes == []
    assert store.digests() == before
    added = loaded(store, ONE, "--append", "--no-ontology")
    assert "added" in added.stderr
    for graph, triples in expected(small).items():
        assert triples <= store.held(graph)
    pruned = loaded(store, ONE, "--prune", "--no-ontology")
    assert "1 removed" in pruned.stderr
    assert len([graph for graph in store.graphs() if ARTICLE.match(graph)]) == 1


def test_a_dry_run_tells_what_would_be_done_and_does_not_do_it(store: Store, small: Path, changed: Path) -> None:
    with relaying(store.server.url) as relay:
        first = loaded(relay.url, small, "--dry-run")
        assert len([line for line in first.stdout.splitlines() if line.startswith("added <")]) == 6
        loaded(store, small)
        before = store.digests()
        second = loaded(relay.url, changed, "--dry-run")
        assert Store.digests(store) == before
        assert len([line for line in second.stdout.splitlines() if line.startswith("unchanged <")]) == 5
        pruned = loaded(relay.url, ONE, "--prune", "--dry-run")
        assert len([line for line in pruned.stdout.splitlines() if line.startswith("removed <")]) == 1
        assert relay.changes == []
    assert store.digests() == before


@pytest.mark.parametrize("name", [profile.name for profile in profiles.PROFILES])
def test_a_wrong_profile_is_an_error_and_destroys_nothing(store: Store, name: str, tmp_path: Path) -> None:
    file = nquads(tmp_path / "one.nq", {GRAPH: 3, "https://example.org/h": 2})
    loaded(store, file, "--no-ontology")
    before = store.digests()
    other = nquads(tmp_path / "two.nq", {GRAPH: 5})
    with relaying(store.server.url) as relay:
        done = load(relay.url, other, "--no-ontology", "--profile", name)
        if done.exit_code == 0:  # as good as its own: nothing else is touched
            assert store.held(GRAPH) == expected(other)[GRAPH]
            loaded(store, file, "--no-ontology")
        else:
            assert done.exit_code == 2
            assert "Traceback" not in done.stderr
            assert re.search(r"profile|log|address|gives no|answer", done.stderr)
    assert store.digests() == before
    if name == store.server.profile:
        assert done.exit_code == 0


@pytest.mark.parametrize("form", ["ttl", "nt", "rdf", "jsonld", "trig", "nq.gz", "shards"])
def test_every_syntax_loads(store: Store, form: str, small: Path, tmp_path: Path) -> None:
    """One of the stores is enough: what is sent does not depend on the syntax that was read."""
    if store.server.profile != "oxigraph":
        pytest.skip("the same bytes as for Oxigraph")
    target = tmp_path / ("shards" if form == "shards" else f"seeds.{form}")
    more = ["--shards", "3"] if form == "shards" else []
    done = CliRunner().invoke(main, ["export", str(ONE), str(OTHER), "-o", str(target), "-q", *more])
    assert done.exit_code == 0, done.stderr
    graph = ["--graph", GRAPH] if form in {"ttl", "nt", "rdf", "jsonld"} else []
    loaded(store, target, "--no-ontology", *graph)
    wanted = expected(small)
    if graph:
        assert store.held(GRAPH) == set().union(*wanted.values())
    else:
        assert {name: store.held(name) for name in store.graphs()} == wanted


def test_blank_nodes_arrive_as_they_are_joined(store: Store, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.ttl").write_text(f'[] <x:p> [ <x:q> "{name}" ; <x:q> [ <x:r> "" ] ] .', "utf-8")
    files = [tmp_path / "a.ttl", tmp_path / "b.ttl"]
    for _ in range(2):  # over itself: nothing is doubled
        loaded(store, *files, "--graph", GRAPH, "--no-ontology")
    chains = store.rows(f"SELECT ?t {{ GRAPH <{GRAPH}> {{ ?a <x:p> ?b . ?b <x:q> ?t, ?c . ?c <x:r> ?d }} }}")
    assert sorted(row["t"]["value"] for row in chains if row["t"]["type"] != "bnode") == ["a", "b"]
    (counted,) = store.rows(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}")
    assert counted["n"]["value"] == "9", "four of each file, and the digest"
    assert "1 unchanged" in loaded(store, *files, "--graph", GRAPH, "--no-ontology").stderr


def with_limit(monkeypatch: pytest.MonkeyPatch, store: Store, most: int) -> None:
    """Let the profile of a store take few bytes at once."""
    small = replace(profiles.profile_named(store.server.profile), most=most)
    monkeypatch.setitem(profiles._BY_NAME, small.name, small)  # noqa: SLF001 - there is no other way to its table


def test_a_large_graph_goes_in_pieces_and_replaces_the_old_one_at_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_limit(monkeypatch, store, 10_000)
    loaded(store, nquads(tmp_path / "old.nq", {GRAPH: 1500}), "--no-ontology", "--profile", store.server.profile)
    old = store.held(GRAPH)
    new = nquads(tmp_path / "new.nq", {GRAPH: 1000})
    during = []

    def look(asked: Asked) -> None:
        if asked.changes:
            during.append(store.held(GRAPH))

    with relaying(store.server.url, look) as relay:
        loaded(relay.url, new, "--no-ontology", "--profile", store.server.profile)
        bodies = [asked.body for asked in relay.changes if not asked.body.startswith(b"update=")]
    assert len(bodies) > 5
    assert max(map(len, bodies)) <= 10_000
    assert all(body.endswith(b" .\n") for body in bodies)
    assert during == [old] * len(during), "the old graph, whole, until the last request"
    assert store.held(GRAPH) == expected(new)[GRAPH]
    assert store.graphs() == {GRAPH}


@pytest.mark.parametrize("failing", ["piece", "count", "move"])
def test_where_staging_fails_the_old_graph_stays_and_staging_goes(
    store: Store, failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_limit(monkeypatch, store, 10_000)
    loaded(store, nquads(tmp_path / "old.nq", {GRAPH: 1500}), "--no-ontology", "--profile", store.server.profile)
    old = store.held(GRAPH)
    new = nquads(tmp_path / "new.nq", {GRAPH: 1000})
    sent: list[Asked] = []

    def meddle(asked: Asked) -> Answer | None:
        if not asked.changes or (failing == "move" and not asked.body.startswith(b"update=")):
            return None
        sent.append(asked)
        if failing == "count" and len(sent) == 3:
            return Answer(204)  # said to be there, and lost
        return Answer(500) if len(sent) == {"move": 1, "piece": 3}.get(failing) else None

    with relaying(store.server.url, meddle) as relay:
        done = load(relay.url, new, "--no-ontology", "--profile", store.server.profile)
    assert done.exit_code == 2
    assert ("after loading" if failing == "count" else "answers 500") in done.stderr
    assert store.held(GRAPH) == old
    assert store.graphs() == {GRAPH}


def test_two_loads_of_a_graph_at_once_leave_one_of_the_two(store: Store, tmp_path: Path) -> None:
    """Neither a mixture nor nothing; whose graph it is has not failed."""
    files = [nquads(tmp_path / f"{count}.nq", {GRAPH: count}) for count in (2000, 3000)]
    wanted = [expected(file)[GRAPH] for file in files]
    for _ in range(4):
        start = threading.Barrier(2)

        def at_once(file: Path, start: threading.Barrier = start) -> str:
            graphs, _ = gather(Wanted(sources=[file], with_ontology=False))
            with closing(Behind(store.server.url, profile=store.server.profile)) as server:
                start.wait()
                try:
                    send(graphs, server, How(), BASE)
                except UsageError as error:
                    return str(error)
            return ""

        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(at_once, files))
        found = store.held(GRAPH)
        assert found in wanted, f"{len(found)} statements, {said}"
        assert not said[wanted.index(found)], said
        assert store.graphs() == {GRAPH}


def test_what_goes_to_another_machine_is_packed_where_the_store_takes_it(
    store: Store, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diplograph.stores.server._WORTH_PACKING", 1000)
    with relaying(store.server.url) as relay, closing(Behind(relay.url, profile=store.server.profile)) as behind:
        monkeypatch.setattr(behind.client, "is_near", False)
        graphs, _ = gather(Wanted(sources=[small], with_ontology=False))
        report = send(graphs, behind, How(), BASE)
    assert {sent.act for sent in report.sent} == {"added"}
    packed = {one.headers.get("Content-Encoding", "") for one in relay.asked if len(one.body) > 1000}
    assert packed == ({""} if store.server.profile == "virtuoso" else {"gzip"})
    held = expected(small)
    assert {graph: store.held(graph) for graph in held} == held
