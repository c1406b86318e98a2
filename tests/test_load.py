"""Loading into a store in a folder: what is in it afterwards, what stays, and what happens when it goes wrong."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

import diplograph
from diplograph.cli import main
from diplograph.errors import UsageError
from diplograph.loading.gathering import Wanted, gather
from diplograph.stores import folder

SEEDS = Path(__file__).parent.parent / "seeds"
ONE = SEEDS / "003-no-decision.diplomacy.yaml"
BASE = "https://w3id.org/diplograph/id/"
SHA256 = ox.NamedNode("https://schema.org/sha256")


def load(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["load", *map(str, arguments)])


def graphs(store: ox.Store) -> dict[str, set[str]]:
    """What each graph holds, without the digest that a load adds."""
    found: dict[str, set[str]] = {}
    for quad in store:
        if not (quad.subject == quad.graph_name and quad.predicate == SHA256):
            found.setdefault(quad.graph_name.value, set()).add(str(quad.triple))
    return found


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("exported") / "seeds.nq"
    assert CliRunner().invoke(main, ["export", str(SEEDS), "-o", str(target), "-q"]).exit_code == 0
    return target


def exported_graphs(file: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for quad in ox.parse(path=str(file)):
        found.setdefault(quad.graph_name.value, set()).add(str(quad.triple))
    return found


def test_each_article_is_a_graph_and_nothing_is_lost_or_added(tmp_path: Path, exported: Path) -> None:
    done = load(SEEDS, "--to", tmp_path / "db")
    assert done.exit_code == 0, done.stderr
    found = graphs(folder.opened(tmp_path / "db"))
    assert found.pop("https://w3id.org/diplograph/ns")
    assert found == exported_graphs(exported)
    assert "9 graphs: 9 added; no findings" in done.stderr
    assert done.stdout == ""


def test_every_graph_tells_its_digest(tmp_path: Path) -> None:
    load(ONE, "--to", tmp_path / "db")
    store = folder.opened(tmp_path / "db")
    for graph in store.named_graphs():
        told = [quad.object.value for quad in store.quads_for_pattern(graph, SHA256, None, graph)]  # type: ignore[union-attr]
        assert len(told) == 1
        assert len(told[0]) == 64


@pytest.mark.parametrize("form", ["nq", "trig", "shards"])
def test_rdf_and_shards_load_as_the_annotations_do(form: str, tmp_path: Path) -> None:
    target = tmp_path / ("shards" if form == "shards" else f"seeds.{form}")
    more = ["--shards", "3"] if form == "shards" else []
    assert CliRunner().invoke(main, ["export", str(SEEDS), "-o", str(target), "-q", *more]).exit_code == 0
    for source, name in ((SEEDS, "one"), (target, "other")):
        assert load(source, "--to", tmp_path / name).exit_code == 0
    one, other = (folder.opened(tmp_path / name) for name in ("one", "other"))
    assert set(map(str, one)) == set(map(str, other)), "digests included"


def test_saved_queries_answer_from_the_store_as_from_the_sources(tmp_path: Path) -> None:
    load(SEEDS, "--to", tmp_path / "db")
    for name in ("who-met-whom", "conflicts", "articles", "positions", "aid-totals"):
        one = CliRunner().invoke(main, ["query", name, str(SEEDS)])
        other = CliRunner().invoke(main, ["query", name, "--store", str(tmp_path / "db")])
        assert one.exit_code == other.exit_code == 0
        assert one.stdout == other.stdout


def test_one_graph_for_everything(tmp_path: Path, exported: Path) -> None:
    assert load(SEEDS, "--to", tmp_path / "db", "--graph", "https://example.org/all").exit_code == 0
    found = graphs(folder.opened(tmp_path / "db"))
    assert found.pop("https://w3id.org/diplograph/ns"), "which is no source, and needed by saved queries"
    assert found == {"https://example.org/all": set().union(*exported_graphs(exported).values())}


def test_triples_outside_of_any_graph_need_the_name_of_one(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text("<https://example.org/a> a <https://example.org/B> .", "utf-8")
    refused = load(file, "--to", tmp_path / "db")
    assert refused.exit_code == 2
    assert "outside of any named graph" in refused.stderr
    assert not (tmp_path / "db").exists()
    done = load(file, "--to", tmp_path / "db", "--graph", "https://example.org/g", "--no-ontology")
    assert done.exit_code == 0
    assert len(folder.opened(tmp_path / "db")) == 2


def test_blank_nodes_of_two_files_stay_apart_and_the_digest_stays_the_same(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.nq").write_text('_:x <https://example.org/p> "1" <https://example.org/g> .\n', "utf-8")
    files = [tmp_path / "a.nq", tmp_path / "b.nq"]
    digests = set()
    for _ in range(2):
        found, _ = gather(Wanted(sources=files, with_ontology=False))
        (content,) = found
        digests.add(content.digest)
        assert content.count == 3
        assert content.blank
    assert len(digests) == 1


def test_what_does_not_conform_is_not_loaded(tmp_path: Path) -> None:
    bad = tmp_path / "bad.diplomacy.yaml"
    shutil.copy(SEEDS / "entities.register.yaml", tmp_path)
    bad.write_text(ONE.read_text("utf-8").replace("certainty: ", "certanty: ", 1), "utf-8")
    done = load(bad, "--to", tmp_path / "db")
    assert done.exit_code == 2
    assert "bad.diplomacy.yaml:" in done.stderr
    assert not (tmp_path / "db").exists()


def test_graphs_are_replaced_and_others_stay(tmp_path: Path) -> None:
    other = tmp_path / "other.nq"
    other.write_text('<https://example.org/s> <https://example.org/p> "kept" <https://example.org/g> .\n', "utf-8")
    load(other, "--to", tmp_path / "db")
    load(SEEDS, "--to", tmp_path / "db")
    before = graphs(folder.opened(tmp_path / "db"))
    assert "https://example.org/g" in before
    load(SEEDS, "--to", tmp_path / "db")
    assert graphs(folder.opened(tmp_path / "db")) == before


def test_articles_that_are_not_loaded_keep_their_situations(tmp_path: Path) -> None:
    load(SEEDS, "--to", tmp_path / "db")
    before = graphs(folder.opened(tmp_path / "db"))
    refused = load(ONE, "--to", tmp_path / "db")
    assert refused.exit_code == 2
    assert "situations and entities would be replaced" in refused.stderr
    assert "--append" in refused.stderr
    assert graphs(folder.opened(tmp_path / "db")) == before
    added = load(ONE, "--to", tmp_path / "db", "--append")
    assert added.exit_code == 0
    after = graphs(folder.opened(tmp_path / "db"))
    assert after.keys() == before.keys()
    assert all(before[name] <= after[name] for name in before)
    pruned = load(ONE, "--to", tmp_path / "db", "--prune")
    assert "4 removed" in pruned.stderr
    load(ONE, "--to", tmp_path / "new")
    assert graphs(folder.opened(tmp_path / "db")) == graphs(folder.opened(tmp_path / "new"))


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    done = load(SEEDS, "--to", tmp_path / "db", "--dry-run")
    assert done.exit_code == 0
    assert not (tmp_path / "db").exists()
    assert len(done.stdout.splitlines()) == 9
    assert f"added <{BASE}graph/situations> " in done.stdout


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda path: path.write_text("a file"), "is a file"),
        (lambda path: (path.mkdir(), (path / "notes.txt").touch()), "something else than a store"),
        (lambda path: ox.Store(str(path)).flush(), "made by another program"),
    ],
)
def test_what_is_no_store_of_ours_is_left_alone(made: object, said: str, tmp_path: Path) -> None:
    target = tmp_path / "db"
    made(target)  # type: ignore[operator]
    before = sorted(path.name for path in tmp_path.rglob("*") if path.name != "LOG")
    done = load(ONE, "--to", target)
    assert done.exit_code == 2
    assert said in done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*") if path.name != "LOG") == before


def test_only_one_load_at_a_time(tmp_path: Path) -> None:
    load(ONE, "--to", tmp_path / "db")
    with folder.replacing(tmp_path / "db") as (_, new):
        refused = load(ONE, "--to", tmp_path / "db")
        assert refused.exit_code == 2
        assert "Another process is loading" in refused.stderr
        ox.Store(str(new)).flush()
    assert len(folder.opened(tmp_path / "db")) == 0


def test_a_failure_leaves_the_old_store_and_nothing_else(tmp_path: Path) -> None:
    load(ONE, "--to", tmp_path / "db")
    version = folder.current(tmp_path / "db")
    with pytest.raises(UsageError, match="No space left"), folder.replacing(tmp_path / "db"):
        raise OSError(28, "No space left on device")
    assert folder.current(tmp_path / "db") == version
    names = {path.name for path in (tmp_path / "db").iterdir()}
    assert names == {version, f"{version}.reading", "load.lock", "store"}


def test_who_reads_keeps_a_version_until_it_is_done(tmp_path: Path) -> None:
    """A reader in another process goes on with what it has opened, and the version goes with the next load."""
    load(ONE, "--to", tmp_path / "db")
    first = folder.current(tmp_path / "db")
    program = (
        "import sys; from diplograph.stores import folder; store = folder.opened(sys.argv[1]);"
        "print('open', flush=True); sys.stdin.read(); print(len(store))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "open\n"
        load(SEEDS, "--to", tmp_path / "db")
        assert (tmp_path / "db" / first).is_dir()
        count, _ = reader.communicate("")
    assert int(count) < len(folder.opened(tmp_path / "db"))
    load(SEEDS, "--to", tmp_path / "db")
    assert not (tmp_path / "db" / first).exists()


@pytest.mark.slow
def test_killed_at_any_moment_the_store_is_the_old_or_the_new(tmp_path: Path) -> None:
    """Twenty loads are killed at random moments; what is there is always one of the two, whole."""
    target = tmp_path / "db"
    states = {}
    for name, sources in (("old", [ONE]), ("new", [SEEDS])):
        load(*sources, "--to", tmp_path / name)
        states[name] = set(map(str, folder.opened(tmp_path / name)))
    command = [sys.executable, "-m", "diplograph", "load", str(SEEDS), "--to", str(target), "-q", "-j", "1"]
    start = time.monotonic()
    subprocess.run(command, check=True)
    whole = time.monotonic() - start
    chance = random.Random(20)  # noqa: S311 - no secret
    seen = []
    for _ in range(20):
        shutil.rmtree(target)
        shutil.copytree(tmp_path / "old", target, symlinks=True)
        with subprocess.Popen(command, start_new_session=True) as process:
            time.sleep(chance.uniform(0.3, 1.1) * whole)
            os.killpg(process.pid, signal.SIGKILL)
        found = set(map(str, ox.Store.read_only(str(target / "store"))))
        assert found in states.values()
        seen.append(next(name for name, state in states.items() if state == found))
    assert load(SEEDS, "--to", target).exit_code == 0
    assert set(map(str, folder.opened(target))) == states["new"]
    assert len([path for path in target.iterdir() if path.is_dir() and not path.is_symlink()]) == 1
    assert "old" in seen


def test_a_store_of_another_program_can_be_read(tmp_path: Path) -> None:
    store = ox.Store(str(tmp_path / "db"))
    store.add(ox.Quad(SHA256, SHA256, SHA256))
    store.flush()
    del store
    assert len(folder.opened(tmp_path / "db")) == 1
    with pytest.raises(UsageError, match="no store"):
        folder.opened(tmp_path)


def test_programs_load_too(tmp_path: Path) -> None:
    report = diplograph.load_into(tmp_path / "db", ONE, with_ontology=False)
    assert [sent.act for sent in report.sent] == ["added"] * 4
    assert report.statements == len(folder.opened(tmp_path / "db"))
    assert {finding.severity for finding in report.findings} <= {"warning", "info"}
    with pytest.raises(UsageError, match="Nobody listens"):
        diplograph.load_into("http://127.0.0.1:9", ONE, profile="oxigraph")


@pytest.mark.parametrize(
    ("datatype", "one", "other"),
    [
        ("duration", "P1Y", "P12M"),
        ("date", "2024-09-14Z", "2024-09-14+00:00"),
        ("time", "10:00:00.5", "10:00:00.50"),
        ("dateTime", "2024-09-14T24:00:00", "2024-09-15T00:00:00"),
        ("float", "16777216", "16777217"),
        ("double", "1E400", "INF"),
        ("decimal", "1.5", "1.50"),
        ("integer", "7", "007"),
        ("boolean", "1", "true"),
    ],
)
def test_literals_that_the_store_takes_for_one_are_no_loss(datatype: str, one: str, other: str, tmp_path: Path) -> None:
    file = tmp_path / "a.nq"
    typed = f"^^<http://www.w3.org/2001/XMLSchema#{datatype}>"
    lines = (f'<https://example.org/s> <https://example.org/p> "{text}"{typed} <x:g> .\n' for text in (one, other))
    file.write_text("".join(lines), "utf-8")
    done = load(file, "--to", tmp_path / "db", "--no-ontology")
    assert done.exit_code == 0, done.stderr
    assert len(folder.opened(tmp_path / "db")) == 2


def test_sources_without_any_statement_change_nothing(tmp_path: Path) -> None:
    load(ONE, "--to", tmp_path / "db")
    before = graphs(folder.opened(tmp_path / "db"))
    (tmp_path / "empty.nq").touch()
    done = load(tmp_path / "empty.nq", "--to", tmp_path / "db", "--prune")
    assert done.exit_code == 2
    assert "no statement at all" in done.stderr
    assert graphs(folder.opened(tmp_path / "db")) == before


def test_sources_without_any_article_prune_nothing(tmp_path: Path) -> None:
    load(ONE, "--to", tmp_path / "db")
    other = tmp_path / "other.nq"
    other.write_text("<https://example.org/s> <https://example.org/p> <https://example.org/o> <x:g> .\n", "utf-8")
    done = load(other, "--to", tmp_path / "db", "--prune")
    assert done.exit_code == 2
    assert "have no article" in done.stderr
    assert load(other, "--to", tmp_path / "db").exit_code == 0


def test_what_articles_share_goes_when_they_no_longer_do(tmp_path: Path) -> None:
    """An article alone has no situations that others share: those of before must not stay."""
    load(SEEDS, "--to", tmp_path / "db")
    alone = tmp_path / "alone.diplomacy.yaml"
    text = "article: {id: one, text: {sha256: %s, length: 9}}\nfacts: []\n" % ("0" * 64)
    alone.write_text(text, "utf-8")
    done = load(alone, "--to", tmp_path / "db", "--prune", "--no-validate", "--no-ontology")
    assert done.exit_code == 0, done.stderr
    assert set(graphs(folder.opened(tmp_path / "db"))) == {
        f"{BASE}graph/{'0' * 16}",
        f"{BASE}graph/export",
        "https://w3id.org/diplograph/ns",
    }


@pytest.mark.parametrize("to", ["127.0.0.1:7878", "localhost:3030/ds", "http:/example.org", ""])
def test_what_may_be_meant_as_an_address_is_no_folder(to: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = load(ONE, "--to", to)
    assert done.exit_code == 2
    assert "address" in done.stderr
    assert list(tmp_path.iterdir()) == []
