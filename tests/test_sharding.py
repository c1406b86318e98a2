"""Folders of parts: they are the graph, say what they are, change where their sources do, and appear whole."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from tests.benchmarks.corpus import CORPUS, Plan, write
from tests.benchmarks.register import NAME as REGISTER

from diplograph import pipeline
from diplograph.cli import main
from diplograph.errors import UsageError
from diplograph.mapping.articles import map_article
from diplograph.rdf import rdf_quads
from diplograph.sharding import folder as folders
from diplograph.sharding.exporting import FORMATS
from diplograph.sharding.journal import Journal
from diplograph.streaming.run import Run
from diplograph.writing.formats import format_named

BASE = "https://w3id.org/diplograph/id/"
DIP = "https://w3id.org/diplograph/ns#"
SUMS, DESCRIPTION, JOURNAL = "SHA256SUMS", "dataset.ttl", "journal"
SEEDS = Path(__file__).parent.parent / "seeds"
SUFFIXES = {name: format_named(name).suffix for name in FORMATS}
MAPPING = "diplograph.streaming.worker.map_article"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
DCTERMS = rdflib.Namespace("http://purl.org/dc/terms/")
PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")
XSD = rdflib.Namespace("http://www.w3.org/2001/XMLSchema#")


def run(*arguments: object, code: int = 0) -> Result:
    """Run `diplograph export` here; a traceback is never what is wanted."""
    result = CliRunner().invoke(main, ["export", *map(str, arguments)])
    assert result.exit_code == code, result.stderr
    assert "It failed" not in result.stderr
    return result


def export(source: Path, target: Path, count: int = 4, *options: object) -> Path:
    run(source, "--shards", count, "-o", target, "--no-validate", "--jobs", 1, *options)
    return target


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*"))


def quads(text: bytes, name: str) -> Counter[ox.Quad]:
    return Counter(ox.parse(text, format=format_named(name).rdf))


def whole(folder: Path) -> bytes:
    """Put the parts together as `zcat part-*` does."""
    return b"".join(gzip.decompress(path.read_bytes()) for path in parts(folder))


def changed(one: Path, other: Path) -> set[str]:
    before, after = content(one), content(other)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def left(target: Path) -> set[str]:
    """List what stands beside a target, which should be nothing."""
    return {path.name for path in target.parent.iterdir()} - {target.name}


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up corpus of about twenty articles."""
    folder = tmp_path_factory.mktemp("made-up") / "corpus"
    write(Plan(300, seed=7, entities=300), folder)
    return folder


@pytest.fixture
def corpus(made_up: Path, tmp_path: Path) -> Path:
    """A copy of the corpus that may be changed."""
    return Path(shutil.copytree(made_up, tmp_path / "corpus"))


def set_batch(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setitem(Run.__init__.__kwdefaults__ or {}, "batch", size)


def articles(corpus: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (corpus / CORPUS).read_text("utf-8").splitlines()]


def put(corpus: Path, found: list[dict[str, Any]]) -> None:
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in found]
    (corpus / CORPUS).write_text("".join(lines), "utf-8")


# 1. The parts are the graph


@pytest.fixture(scope="session")
def in_one_file(made_up: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[ox.Quad]]:
    """The graph as a plain export has it, in each format."""
    files = {name: tmp_path_factory.mktemp("plain") / f"plain{SUFFIXES[name]}" for name in FORMATS}
    for path in files.values():
        run(made_up, "-o", path, "--no-validate", "--jobs", 1)
    return {name: quads(path.read_bytes(), name) for name, path in files.items()}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("count", [1, 3, 16])
def test_the_parts_put_together_are_the_graph(
    name: str, count: int, made_up: Path, in_one_file: dict[str, Counter[ox.Quad]], tmp_path: Path
) -> None:
    out = export(made_up, tmp_path / "out", count, "-f", name)
    wanted = in_one_file[name]
    assert len(parts(out)) == count + 1
    assert quads(whole(out), name) == wanted
    apart = Counter[ox.Quad]()
    for path in parts(out):  # each can be loaded by itself, and no statement is in two
        apart += quads(gzip.decompress(path.read_bytes()), name)
    assert apart == wanted


@pytest.mark.parametrize("count", [1, 16])
def test_the_command_line_of_others_takes_the_folder_as_it_is(count: int, tmp_path: Path) -> None:
    # sixteen parts for five articles: some have nothing in them, and are packed files all the same
    out = tmp_path / "out"
    result = run(SEEDS, "--shards", count, "-o", out)
    assert result.stderr == f"{out}: written; no findings.\n"
    assert set(content(out)) == {SUMS, DESCRIPTION, *(f"part-{number:05}.nq.gz" for number in range(count + 1))}
    checked = subprocess.run(["sha256sum", "-c", "--strict", SUMS], cwd=out, capture_output=True, text=True, check=True)
    assert checked.stdout.splitlines() == [f"{name}: OK" for name in sorted(content(out).keys() - {SUMS})]
    packed = [path.name for path in parts(out)]
    text = subprocess.run(["zcat", *packed], cwd=out, capture_output=True, check=True).stdout
    plain = tmp_path / "plain.nq"
    run(SEEDS, "-o", plain)
    assert sorted(text.splitlines()) == sorted(plain.read_bytes().splitlines())
    assert left(out) == {"plain.nq"}


def test_more_parts_than_there_is_to_put_into_them(corpus: Path, tmp_path: Path) -> None:
    put(corpus, articles(corpus)[:1])
    (corpus / REGISTER).rename(corpus / "entities.json")
    put(corpus, [one | {"registers": ["entities.json"]} for one in articles(corpus)])
    for name in ("n-quads", "turtle"):
        out = export(corpus / CORPUS, tmp_path / name, 200, "-f", name)
        assert len(parts(out)) == 201
        subprocess.run(["gzip", "-t", *parts(out)], check=True)
        plain = tmp_path / f"plain{SUFFIXES[name]}"
        run(corpus / CORPUS, "-o", plain, "--no-validate")
        assert quads(whole(out), name) == quads(plain.read_bytes(), name)


def test_the_bytes_depend_on_the_sources_alone(made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = content(export(made_up, tmp_path / "first", 3))
    again = tmp_path / "again"
    for _ in range(2):  # the second time over what is there
        run(made_up, "--shards", 3, "-o", again, "--no-validate", "--jobs", 3)
        assert content(again) == first
    for size in (1, 20_000):
        set_batch(monkeypatch, size)
        for jobs in (1, 2):
            out = tmp_path / f"{size}-{jobs}"
            run(made_up, "--shards", 3, "-o", out, "--jobs", jobs)
            assert content(out) == first
    moved = Path(shutil.copytree(made_up, tmp_path / "moved to another place"))
    assert content(export(moved, tmp_path / "elsewhere", 3)) == first


def test_registers_that_are_named_late_do_not_make_bytes_depend_on_batches(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus / "late.json").write_text('{"entities": {"latecomer": {"type": "Person", "label": "Late"}}}', "utf-8")
    found = articles(corpus)
    found[len(found) // 2]["registers"].append("late.json")
    put(corpus, found)
    first = content(export(corpus / CORPUS, tmp_path / "first", 1))
    set_batch(monkeypatch, 1)
    assert content(export(corpus / CORPUS, tmp_path / "second", 1)) == first


# 2. The description


def described(folder: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(folder / DESCRIPTION, format="turtle", publicID="https://host.example/data/dataset.ttl")


@pytest.fixture(scope="session")
def seeds_in_parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("seeds")
    return {name: export(SEEDS, folder / name, 3, "-f", name) for name in FORMATS}


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_described_is_what_sparql_counts(name: str, seeds_in_parts: dict[str, Path]) -> None:
    out = seeds_in_parts[name]
    graph = described(out)
    data = graph.value(None, rdflib.RDF.type, DCAT.Dataset)
    store = ox.Store()
    for path in parts(out):
        store.load(gzip.decompress(path.read_bytes()), format=format_named(name).rdf)

    def asked(query: str) -> list[list[str]]:
        rows = store.query(query, use_default_graph_as_union=True)
        assert isinstance(rows, ox.QuerySolutions)
        return [[getattr(value, "value", "") for value in row] for row in rows]

    [[triples]] = asked("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    classes = {kind: int(n) for kind, n in asked("SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c")}
    properties = {name: int(n) for name, n in asked("SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p")}
    assert graph.value(data, VOID.triples) == rdflib.Literal(int(triples))
    assert graph.value(data, VOID.classes) == rdflib.Literal(len(classes))
    assert graph.value(data, VOID.properties) == rdflib.Literal(len(properties))
    assert {
        str(graph.value(one, VOID["class"])): graph.value(one, VOID.entities).toPython()  # type: ignore[union-attr]
        for one in graph.objects(data, VOID.classPartition)
    } == classes
    assert {
        str(graph.value(one, VOID.property)): graph.value(one, VOID.triples).toPython()  # type: ignore[union-attr]
        for one in graph.objects(data, VOID.propertyPartition)
    } == properties


MEDIA = {
    "n-quads": ("application/n-quads", "N-Quads"),
    "n-triples": ("application/n-triples", "N-Triples"),
    "turtle": ("text/turtle", "Turtle"),
    "trig": ("application/trig", "TriG"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_files_are_described_as_they_are(name: str, seeds_in_parts: dict[str, Path]) -> None:
    out = seeds_in_parts[name]
    graph, host = described(out), "https://host.example/data/"
    data = rdflib.URIRef(f"{host}dataset.ttl")
    assert (data, rdflib.RDF.type, VOID.Dataset) in graph
    files = {f"{host}{path.name}": path for path in parts(out)}
    assert {str(one) for one in graph.objects(data, VOID.dataDump)} == set(files)
    found = list(graph.objects(data, DCAT.distribution))
    assert {str(graph.value(one, DCAT.downloadURL)) for one in found} == set(files)
    media, feature = MEDIA[name]
    assert list(graph.objects(data, VOID.feature)) == [rdflib.URIRef(f"http://www.w3.org/ns/formats/{feature}")]
    for one in found:
        path = files[str(graph.value(one, DCAT.downloadURL))]
        assert (one, rdflib.RDF.type, DCAT.Distribution) in graph
        assert str(one) == f"{host}dataset.ttl#{path.name}"
        size = graph.value(one, DCAT.byteSize)
        assert size == rdflib.Literal(str(path.stat().st_size), datatype=XSD.nonNegativeInteger)
        iana = "https://www.iana.org/assignments/media-types/"
        assert graph.value(one, DCAT.mediaType) == rdflib.URIRef(iana + media)
        assert graph.value(one, DCAT.compressFormat) == rdflib.URIRef(iana + "application/gzip")
        [checksum] = graph.objects(one, SPDX.checksum)
        assert graph.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert graph.value(checksum, SPDX.checksumValue).eq(rdflib.Literal(digest, datatype=XSD.hexBinary))  # type: ignore[union-attr]
        assert graph.value(checksum, rdflib.RDF.type) == SPDX.Checksum


# The terms as their vocabularies define them: DCAT 3; VoID; the RDF terms of SPDX 2, as DCAT uses
# them; DCMI Metadata Terms; PROV-O.
KNOWN = {
    DCAT: {"Dataset", "Distribution", "byteSize", "compressFormat", "distribution", "downloadURL", "mediaType"},
    SPDX: {"Checksum", "algorithm", "checksum", "checksumAlgorithm_sha256", "checksumValue"},
    VOID: {
        *("Dataset", "class", "classPartition", "classes", "dataDump", "entities", "feature", "properties", "property"),
        *("propertyPartition", "triples", "uriSpace", "vocabulary"),
    },
    DCTERMS: {"conformsTo", "issued", "license", "title"},
    PROV: {"wasGeneratedBy"},
    rdflib.RDF: {"type"},
}


def test_only_known_terms_are_used_and_the_rest_is_stated(tmp_path: Path) -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    out = export(SEEDS, tmp_path / "out", 2, "--licence", licence, "--timestamp", "--base-iri", "https://h.example/x/")
    graph = described(out)
    data = rdflib.URIRef("https://host.example/data/dataset.ttl")
    known = {rdflib.URIRef(f"{space}{name}") for space, names in KNOWN.items() for name in names}
    used = {*graph.predicates(), *graph.objects(None, rdflib.RDF.type), *graph.objects(None, SPDX.algorithm)}
    assert used == known
    assert set(graph.subjects(DCTERMS.license, rdflib.URIRef(licence))) == {
        data,
        *graph.objects(data, DCAT.distribution),
    }
    assert graph.value(data, VOID.uriSpace) == rdflib.Literal("https://h.example/x/")
    assert graph.value(data, VOID.vocabulary) == rdflib.URIRef(DIP)
    text = (out / DESCRIPTION).read_bytes()  # another parser reads as much in it, and keeps times as they are
    read = set(ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=str(data)))
    assert len(read) == len(graph)
    [issued] = [quad.object for quad in read if quad.predicate.value == str(DCTERMS.issued)]
    ended = ox.NamedNode(str(PROV.endedAtTime))
    [stated] = [quad for quad in rdf_quads(parts(out)[-1]) if quad.predicate == ended]
    assert stated.object == issued
    assert isinstance(issued, ox.Literal)
    assert issued.datatype == ox.NamedNode(str(XSD.dateTime))
    assert str(stated.subject) == f"<{graph.value(data, PROV.wasGeneratedBy)}>"


def test_neither_licence_nor_time_is_stated_unless_asked_for(seeds_in_parts: dict[str, Path]) -> None:
    graph = described(seeds_in_parts["n-quads"])
    assert not list(graph.subject_objects(DCTERMS.license))
    assert not list(graph.subject_objects(DCTERMS.issued))


@pytest.mark.parametrize(
    "licence",
    [
        "CC-BY",
        "https://x> a <y",
        "https://x y",
        "https://x\n",
        'https://x"',
        "https://x\\u003e",
        "https://x\x01",
        "https://x\x7f\u0085",
        "https://[",
        "https://",
        "javascript:alert(1)",
        "/relative",
        " https://x.example",
        "https://x\udc80",
        "https://x.example/\u202e",
    ],
)
def test_a_licence_that_is_no_address_is_refused(licence: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(SEEDS, "--shards", 2, "-o", out, f"--licence={licence}", "--no-validate", code=2)
    assert re.search(r"licence .* is not the address of one", result.stderr, re.DOTALL)
    assert not left(out)
    assert not out.exists()


# 3. Increments


def holding(folder: Path, subject: str) -> set[str]:
    """List the parts that say something of a subject."""
    return {path.name for path in parts(folder) if any(str(q.subject) == f"<{subject}>" for q in rdf_quads(path))}


def article_iri(article: dict[str, Any]) -> str:
    return f"{BASE}article/{article['article']['text']['sha256'][:16]}"


def shared(article: dict[str, Any]) -> set[str]:
    """List the keys of the situations that an article may share."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("about"), str):
                found.add(value["about"])
            for one in value.values():
                look(one)
        elif isinstance(value, list):
            for one in value:
                look(one)

    look(article["facts"])
    return found


def check_difference(old: Path, new: Path, tmp_path: Path) -> None:
    """Check that `diff` gives what differs, and does not open parts that are the same."""
    before, after = set(rdf_all(old)), set(rdf_all(new))
    same = {path.name for path in parts(old)} - changed(old, new)
    assert same
    for name in same:
        (old / name).write_bytes(b"not to be opened")
        (new / name).unlink()
    files = {name: tmp_path / f"{name}.nq" for name in ("removed", "added")}
    options = [text for name, path in files.items() for text in (f"--{name}", str(path))]
    result = CliRunner().invoke(main, ["diff", str(old), str(new), *options])
    assert result.exit_code == 0, result.stderr
    found = {name: set(rdf_quads(path)) for name, path in files.items()}
    assert found == {"removed": before - after, "added": after - before}


def rdf_all(folder: Path) -> Iterator[ox.Quad]:
    for path in parts(folder):
        yield from rdf_quads(path)


def test_a_fact_that_changes_changes_few_parts(corpus: Path, tmp_path: Path) -> None:
    old = export(corpus, tmp_path / "old", 60)
    found = articles(corpus)
    middle = found[len(found) // 2]
    fact = next(fact for fact in middle["facts"] if "about" not in fact)
    fact["certainty"] = "doubtful" if fact.get("certainty") == "possible" else "possible"
    put(corpus, found)
    new = export(corpus, tmp_path / "new", 60)
    last = parts(old)[-1].name
    may = holding(old, article_iri(middle)) | {last, SUMS, DESCRIPTION}
    assert len(may) == 4
    assert changed(old, new) == may
    check_difference(old, new, tmp_path)


def test_a_shared_situation_changes_its_own_part_too(corpus: Path, tmp_path: Path) -> None:
    old = export(corpus, tmp_path / "old", 60)
    found = articles(corpus)
    tellings = Counter(key for one in found for key in shared(one))
    told = {fact["about"]: (one, fact) for one in found for fact in one["facts"] if tellings[fact.get("about")] > 1}
    key, (article, fact) = next(iter(sorted(told.items())))
    fact["polarity"] = "positive" if fact.get("polarity") == "negative" else "negative"
    put(corpus, found)
    new = export(corpus, tmp_path / "new", 60)
    may = holding(old, article_iri(article)) | holding(old, f"{BASE}situation/{key}")
    assert len(may) == 2
    assert changed(old, new) == may | {parts(old)[-1].name, SUMS, DESCRIPTION}
    check_difference(old, new, tmp_path)


def test_an_article_in_the_middle_changes_few_parts(corpus: Path, tmp_path: Path) -> None:
    found = articles(corpus)
    middle = found.pop(len(found) // 2)
    everything = (corpus / CORPUS).read_bytes()
    put(corpus, found)
    old = export(corpus, tmp_path / "old", 60)
    (corpus / CORPUS).write_bytes(everything)
    new = export(corpus, tmp_path / "new", 60)
    may = holding(new, article_iri(middle)).union(*(holding(new, f"{BASE}situation/{key}") for key in shared(middle)))
    differ = changed(old, new) - {parts(old)[-1].name, SUMS, DESCRIPTION}
    assert holding(new, article_iri(middle)) <= differ <= may
    assert len(differ) < 20
    check_difference(old, new, tmp_path)


def test_a_new_entity_changes_one_part_and_the_last(corpus: Path, tmp_path: Path) -> None:
    old = export(corpus, tmp_path / "old", 60)
    register = json.loads((corpus / REGISTER).read_text("utf-8"))
    names = list(register["entities"])
    entities = list(register["entities"].items())
    entities.insert(len(names) // 2, ("newcomer", {"type": "Person", "label": "New"}))
    (corpus / REGISTER).write_text(json.dumps({"entities": dict(entities)}), "utf-8")
    new = export(corpus, tmp_path / "new", 60)
    [part] = holding(new, f"{BASE}entity/newcomer")
    assert changed(old, new) == {part, parts(old)[-1].name, SUMS, DESCRIPTION}
    check_difference(old, new, tmp_path)


# 4. Going on with a run that was cut off


def cut_off(monkeypatch: pytest.MonkeyPatch, at: int, mapped: list[str], error: type[BaseException]) -> None:
    """Let a run end with an error at the article with some number, and note which articles are mapped."""
    real = map_article

    def counted(article: Any, *given: Any) -> Any:
        if len(mapped) == at:
            raise error
        mapped.append(article.sha256)
        return real(article, *given)

    monkeypatch.setattr(MAPPING, counted)


HALF = 9
GO_ON = "What is done is kept: the same command with --resume goes on from there."


class Interrupted:
    """A run of a corpus that is interrupted at its tenth article; each is a batch, and is on disk at once."""

    def __init__(self, corpus: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.corpus, self.out, self.monkeypatch = corpus, folder / "out", monkeypatch
        self.unfinished = folder / "out.unfinished"
        self.all = [one["article"]["text"]["sha256"] for one in articles(self.corpus)]
        set_batch(monkeypatch, 1)
        monkeypatch.setattr(folders, "_OFTEN", 0)
        wanted = folder / "wanted"
        if not wanted.exists():
            export(self.corpus, wanted, 4)
            result = self.go(at=HALF, code=130)
            assert result.stderr.splitlines() == [GO_ON, "diplograph: Interrupted."]
            assert self.mapped == self.all[:HALF]
            assert not self.out.exists()
        self.wanted = content(wanted)

    def go(self, *options: object, at: int = -1, code: int = 0, parts: int = 4, sources: Any = None) -> Result:
        self.mapped: list[str] = []
        with self.monkeypatch.context() as patch:
            cut_off(patch, at, self.mapped, KeyboardInterrupt)
            given = [*(sources or [self.corpus]), "--no-validate", *options]
            return run(*given, "--shards", parts, "-o", self.out, "--jobs", 1, code=code)

    def check(self, again: int, *options: object) -> None:
        """Check that the run goes on from an article, and all comes out as it should."""
        self.go("--resume", *options)
        assert self.mapped == self.all[again:]
        assert content(self.out) == self.wanted
        assert left(self.out) <= {"corpus", "wanted"}


@pytest.fixture(scope="session")
def cut(made_up: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the parts of the corpus, and those of a run that was interrupted."""
    folder = tmp_path_factory.mktemp("cut")
    with pytest.MonkeyPatch.context() as patch:
        Interrupted(made_up, folder, patch)
    return folder


@pytest.fixture
def interrupted(made_up: Path, cut: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Interrupted:
    """The same in a folder that may be changed."""
    return Interrupted(made_up, Path(shutil.copytree(cut, tmp_path / "cut")), monkeypatch)


def test_a_run_goes_on_from_what_is_done(interrupted: Interrupted) -> None:
    assert {path.name for path in interrupted.unfinished.iterdir()} == {
        JOURNAL,
        *(f"part-{number:05}.nq.gz" for number in range(5)),
    }
    interrupted.check(HALF)


def test_a_run_can_be_cut_off_again_and_again(interrupted: Interrupted) -> None:
    for done in (HALF, HALF + 3):
        interrupted.go("--resume", at=3, code=130)
        assert interrupted.mapped == interrupted.all[done : done + 3]
    interrupted.check(HALF + 6)


def test_a_run_that_is_not_resumed_starts_anew(interrupted: Interrupted) -> None:
    interrupted.go()
    assert interrupted.mapped == interrupted.all
    assert content(interrupted.out) == interrupted.wanted
    assert left(interrupted.out) == {"wanted"}
    result = interrupted.go("--resume", code=2)
    assert result.stderr == (
        f"diplograph: There is no unfinished run for '{interrupted.out}' to be resumed. Leave --resume out.\n"
    )
    assert content(interrupted.out) == interrupted.wanted


def records(journal: bytes) -> list[int]:
    """List where the records of a journal end."""
    ends, at = [], 0
    while at < len(journal):
        at += 8 + struct.unpack_from("<I", journal, at)[0]
        ends.append(at)
    assert at == len(journal)
    return ends


def test_a_record_that_is_not_whole_or_is_damaged_is_done_again(interrupted: Interrupted) -> None:
    journal = interrupted.unfinished / JOURNAL
    whole, random = journal.read_bytes(), Random(5)  # noqa: S311 - damage, not secrets
    ends = records(whole)
    assert len(ends) == 1 + HALF
    saved = {path.name: path.read_bytes() for path in interrupted.unfinished.iterdir()}
    damaged = [
        (whole[:-1], HALF - 1),
        (whole[: ends[-2] + 3], HALF - 1),
        (whole[: ends[4] + 8], 4),
        (whole[: ends[0]], 0),
        (whole + random.randbytes(300), HALF),
        (whole + struct.pack("<II", 2**32 - 1, 0) + b"x", HALF),
        (whole[: ends[3] + 20] + b"\0" + whole[ends[3] + 21 :], 3),
        (whole[: ends[6]] + random.randbytes(5000), 6),
    ]
    for text, again in damaged:
        shutil.rmtree(interrupted.out, ignore_errors=True)
        interrupted.unfinished.mkdir() if not interrupted.unfinished.exists() else None
        for name, one in saved.items():
            (interrupted.unfinished / name).write_bytes(one)
        journal.write_bytes(text)
        interrupted.check(again)


def test_parts_that_lack_what_the_journal_says_are_made_again(interrupted: Interrupted) -> None:
    [part, *_] = sorted(interrupted.unfinished.glob("part-*"), key=lambda path: -path.stat().st_size)
    size = part.stat().st_size
    os.truncate(part, size - 1)
    interrupted.go("--resume", at=0, code=130)
    lengths = json.loads(json.dumps([path.stat().st_size for path in interrupted.unfinished.glob("part-*")]))
    assert max(lengths) < size
    os.truncate(part, 0)
    interrupted.check(0)


def test_what_is_behind_the_journal_is_cut_off(interrupted: Interrupted) -> None:
    for part in interrupted.unfinished.glob("part-*"):
        with part.open("ab") as file:
            file.write(b"written, but not noted" * 50_000)
    interrupted.check(HALF)


def test_a_part_that_is_missing_starts_all_anew(interrupted: Interrupted) -> None:
    (interrupted.unfinished / "part-00002.nq.gz").unlink()
    interrupted.check(0)


OTHER = "The unfinished folder was made of other sources, with other options or another version."
CHANGED = "The sources are not those of the run that is to be resumed."


@pytest.mark.parametrize(
    "options",
    [
        ["--timestamp"],
        ["--licence", "https://x.example/"],
        ["--base-iri", "https://x.example/"],
        ["-f", "n-triples"],
        ["--ontology", Path(__file__).parent.parent / "tests" / "vocabularies"],
        ["--shards", 5],
    ],
)
def test_a_run_with_other_options_is_not_gone_on_with(options: list[object], interrupted: Interrupted) -> None:
    count = int(str(options[1])) if options[0] == "--shards" else 4
    given = options if options[0] != "--shards" else []
    if options[0] == "--ontology":
        extension = interrupted.out.with_name("more.ttl")
        extension.write_text(
            "@prefix dip: <https://w3id.org/diplograph/ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
            "@prefix owl: <http://www.w3.org/2002/07/owl#> ."
            "dip:Duel a owl:Class ; rdfs:subClassOf dip:Event ; rdfs:label 'duel'@en ; rdfs:comment 'A duel.'@en .",
            "utf-8",
        )
        given = ["--ontology", extension]
    before = content(interrupted.unfinished)
    result = interrupted.go("--resume", *given, code=2, parts=count)
    interrupted.out.with_name("more.ttl").unlink(missing_ok=True)
    assert result.stderr == f"diplograph: {OTHER} Leave --resume out, and it is made anew.\n"
    assert content(interrupted.unfinished) == before
    interrupted.check(HALF)


def test_a_run_of_another_version_or_with_shapes_is_not_gone_on_with(interrupted: Interrupted) -> None:
    with interrupted.monkeypatch.context() as patch:
        patch.setattr("diplograph.sharding.exporting.__version__", "0.0.0")
        assert OTHER in interrupted.go("--resume", code=2).stderr
    given = [interrupted.corpus, "--shards", 4, "-o", interrupted.out, "--resume", "--jobs", 1]
    assert OTHER in run(*given, code=2).stderr
    interrupted.check(HALF)


def test_a_run_of_other_sources_is_not_gone_on_with(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted = Interrupted(corpus, tmp_path, monkeypatch)
    file, register = interrupted.corpus / CORPUS, interrupted.corpus / REGISTER
    first, entities = file.read_bytes(), register.read_bytes()
    swapped = first.splitlines(keepends=True)
    swapped[1:3] = reversed(swapped[1:3])  # of the same size
    found = re.search(rb'"label": ?"(\w)', entities)
    assert found
    renamed = entities[: found.start(1)] + b"#" + entities[found.end(1) :]
    cases = [
        (first + b"\n", entities, OTHER),
        (first, renamed, OTHER),
        (b"".join(swapped), entities, CHANGED),
    ]
    for articles_, entities_, message in cases:
        file.write_bytes(articles_)
        register.write_bytes(entities_)
        result = interrupted.go("--resume", code=2)
        assert message in result.stderr
        assert "Leave --resume out" in result.stderr
        assert "goes on" not in result.stderr
        assert interrupted.mapped == []
        assert interrupted.unfinished.is_dir()
    file.write_bytes(first)
    register.write_bytes(entities)
    assert OTHER in interrupted.go("--resume", sources=[file], code=2).stderr
    interrupted.check(HALF)


def test_a_register_that_articles_name_has_to_be_what_it_was(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus / REGISTER).rename(corpus / "entities.json")
    put(corpus, [one | {"registers": ["entities.json"]} for one in articles(corpus)])
    run_ = Interrupted(corpus, tmp_path, monkeypatch)
    register = corpus / "entities.json"
    entities = register.read_bytes()
    register.write_bytes(entities.replace(b'"label"', b'"label" ', 1))
    result = run_.go("--resume", code=2)
    message = f"The register '{register}' is not what it was. Leave --resume out, and it is made anew."
    assert result.stderr == f"diplograph: {message}\n"
    register.write_bytes(entities)
    run_.check(HALF)


def test_a_run_goes_on_from_another_working_folder_but_not_with_a_copy(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpus / REGISTER).rename(corpus / "entities.json")
    put(corpus, [one | {"registers": ["entities.json"]} for one in articles(corpus)])
    monkeypatch.chdir(tmp_path)
    run_ = Interrupted(Path("corpus"), tmp_path, monkeypatch)
    copy = Path(shutil.copytree(corpus, tmp_path / "copy"))
    assert OTHER in run_.go("--resume", sources=[copy], code=2).stderr
    shutil.rmtree(copy)
    monkeypatch.chdir(tmp_path / "out.unfinished")
    run_.corpus = Path("../corpus")
    run_.check(HALF)


def test_names_beyond_utf_8_can_be_gone_on_with(made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/here \xff"))
    try:
        shutil.copytree(made_up, folder / "corpus")
    except OSError:
        pytest.skip("this file system takes no such names")
    corpus = folder / "corpus"
    (corpus / REGISTER).rename(corpus / "entities.json")
    put(corpus, [one | {"registers": ["entities.json"]} for one in articles(corpus)])
    Interrupted(corpus, folder, monkeypatch).check(HALF)


@pytest.mark.parametrize("number", range(12))
def test_a_hostile_journal_does_no_harm(number: int, interrupted: Interrupted) -> None:
    journal, random = interrupted.unfinished / JOURNAL, Random(number)  # noqa: S311 - damage, not secrets
    whole = journal.read_bytes()
    ends = records(whole)

    def framed(record: bytes) -> bytes:
        return struct.pack("<II", len(record), zlib.crc32(record)) + record

    first = whole[: ends[0]]
    hostile = [
        b"",
        b"\0" * 100,
        b"\xff" * 100,
        random.randbytes(1000),
        struct.pack("<II", 2**31, 0) + b"x",
        first + framed(b""),
        first + framed(b"\xdd\xff\xff\xff\xff"),  # an array of four thousand million
        first + framed(b"\x93\xdf\xff\xff\xff\xff\x90\x90"),
        first + framed(b"\x93\x81\xa4text\xc6\xff\xff\xff\xff"),
        first + framed(b"\x93\x81\xa6counts\x81\xa1\xff\x01\x90\x90"),  # no UTF-8
        first + framed(b"\x91" * 100_000),
        first + framed(random.randbytes(200)),
    ]
    journal.write_bytes(hostile[number])
    result = interrupted.go("--resume", code=2)
    assert result.stderr.startswith("diplograph: The ")
    assert result.stderr.endswith("Leave --resume out, and it is made anew.\n")
    assert len(result.stderr.splitlines()) == 1
    assert journal.read_bytes() == hostile[number]


@pytest.mark.parametrize("lengths", [[-1] * 5, [0] * 4, [2**62] * 5, []])
def test_lengths_that_cannot_be_are_not_believed(lengths: list[int], interrupted: Interrupted) -> None:
    journal = interrupted.unfinished / JOURNAL
    whole = journal.read_bytes()
    *_, start, end = records(whole)
    entry = msgspec.msgpack.decode(whole[start + 8 : end])
    entry[-1] = lengths
    record = msgspec.msgpack.encode(entry)
    journal.write_bytes(whole[:start] + struct.pack("<II", len(record), zlib.crc32(record)) + record)
    interrupted.check(HALF - 1)


def test_an_interruption_while_the_journal_is_written_does_not_write_it_twice(
    interrupted: Interrupted, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Journal.write
    calls: list[int] = []

    def write(journal: Journal) -> None:
        waiting = list(journal._waiting)  # noqa: SLF001 - what an interruption leaves in between
        size = journal._size  # noqa: SLF001
        real(journal)
        calls.append(1)
        if len(calls) == 4:
            journal._waiting, journal._size = waiting, size  # noqa: SLF001
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "write", write)
        interrupted.go("--resume", code=130)
    assert len(calls) == 5
    interrupted.check(HALF + 4)


def test_a_violation_before_the_cut_is_still_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    write(Plan(200, seed=7, entities=300, faults=0.05), corpus)
    set_batch(monkeypatch, 1)
    monkeypatch.setattr(folders, "_OFTEN", 0)
    wanted = run(corpus, "--shards", 3, "-o", out, "--jobs", 1, code=1).stderr
    assert "violation" in wanted
    assert left(out) == {"corpus"}
    mapped: list[str] = []
    with monkeypatch.context() as patch:
        cut_off(patch, len(articles(corpus)) - 1, mapped, KeyboardInterrupt)
        run(corpus, "--shards", 3, "-o", out, "--jobs", 1, code=130)
    mapped.clear()
    with monkeypatch.context() as patch:
        cut_off(patch, -1, mapped, KeyboardInterrupt)
        assert run(corpus, "--shards", 3, "-o", out, "--jobs", 1, "--resume", code=1).stderr == wanted
    assert set(mapped[:1]) == {articles(corpus)[-1]["article"]["text"]["sha256"]}
    assert left(out) == {"corpus"}


def test_a_problem_before_the_cut_is_still_found(
    made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/here \xff"))  # problems name it
    try:
        corpus = Path(shutil.copytree(made_up, folder / "corpus"))
    except OSError:
        pytest.skip("this file system takes no such names")
    found = articles(corpus)
    found[2]["facts"][0]["type"] = "Nothing"
    put(corpus, found)
    set_batch(monkeypatch, 1)
    monkeypatch.setattr(folders, "_OFTEN", 0)
    given = [corpus, "--shards", 3, "-o", folder / "out", "--jobs", 1]
    wanted = run(*given, code=2).stderr
    assert "'Nothing'" in wanted
    mapped: list[str] = []
    with monkeypatch.context() as patch:
        cut_off(patch, HALF, mapped, KeyboardInterrupt)
        run(*given, code=130)
    assert run(*given, "--resume", code=2).stderr == wanted
    assert {path.name for path in folder.iterdir()} == {"corpus"}


def test_a_time_is_that_of_the_run_that_ends(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_batch(monkeypatch, 1)
    monkeypatch.setattr(folders, "_OFTEN", 0)
    out = tmp_path / "out"

    def at(time: str, *, resume: bool = False) -> None:
        corpus_ = pipeline.read(corpus)
        pipeline.export_shards(corpus_, out, 3, validated=False, ended=time, resume=resume)

    at("2024-09-15T12:00:00Z")
    wanted = content(out)
    mapped: list[str] = []
    with monkeypatch.context() as patch:
        cut_off(patch, HALF, mapped, KeyboardInterrupt)
        with pytest.raises(KeyboardInterrupt):
            at("2024-09-14T12:00:00Z")
    at("2024-09-15T12:00:00Z", resume=True)
    assert content(out) == wanted


DRIVER = """
import os, signal, sys
from diplograph.cli import main
from diplograph.sharding import folder
from diplograph.streaming import run, worker

log, around, moment, how = sys.argv[1:5]
run.Run.__init__.__kwdefaults__["batch"] = 1
folder._OFTEN = 10_000
ticks, real, write, sync = 0, worker.map_article, folder.Folder._write, os.fsync

def tick():
    global ticks
    ticks += 1
    if ticks == int(moment):
        os.kill(os.getpid(), getattr(signal, how))

def audited(event, arguments):
    if event in ("open", "os.rename", "os.remove", "os.truncate", "os.mkdir", "shutil.rmtree"):
        if str(arguments[0]).startswith(around):
            tick()

def noted(name):
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, name.encode() + b"\\n")
    os.close(handle)

def mapped(article, *given):
    noted(article.sha256)
    return real(article, *given)

def written(*given):
    tick()
    write(*given)

def synced(handle):
    tick()
    sync(handle)

worker.map_article, folder.Folder._write, os.fsync = mapped, written, synced
sys.addaudithook(audited)
code = 0
try:
    main(sys.argv[5:])
except SystemExit as error:
    code = error.code
noted(f"ticks {ticks}")
raise SystemExit(code)
"""


class Driver:
    """Runs exports in processes that end themselves at some moment: at a write, or another step on the disk."""

    def __init__(self, corpus: Path, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.corpus, self.out = corpus, folder / "out"
        self._log = folder.parent / f"{folder.name}.log"

    def go(self, *options: str, moment: int = 0, how: str = "SIGKILL") -> tuple[int, list[str], str]:
        """Give the exit code, which articles were mapped, and what was told; the number of ticks comes last."""
        self._log.unlink(missing_ok=True)
        command = [sys.executable, "-c", DRIVER, str(self._log), str(self.out.parent), str(moment), how, "export"]
        given = [str(self.corpus), "-o", str(self.out), "--shards", "3", *options]
        done = subprocess.run([*command, *given], capture_output=True, text=True, timeout=100, check=False)
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr
        mapped = self._log.read_text("ascii").split("\n")[:-1] if self._log.exists() else []
        return done.returncode, mapped, done.stderr


def batches_on_disk(unfinished: Path) -> int:
    journal = unfinished / JOURNAL
    return len(records(journal.read_bytes())) - 1 if journal.exists() and journal.stat().st_size else 0


@pytest.fixture(scope="session")
def moments(made_up: Path, tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many moments a whole run has."""
    code, [*_, ticks], _ = Driver(made_up, tmp_path_factory.mktemp("whole")).go("--jobs", "1", "--no-validate")
    assert code == 0
    return int(ticks.split()[1])


@pytest.mark.parametrize("seed", range(8))
def test_a_run_that_is_killed_goes_on(
    seed: int, moments: int, made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver, all_ = Driver(made_up, tmp_path / "here"), [one["article"]["text"]["sha256"] for one in articles(made_up)]
    old = content(export(SEEDS, driver.out, 1))
    random = Random(seed)  # noqa: S311 - moments, not secrets
    # when parts are written, and when one folder takes the place of the other
    moment = random.randint(2, moments - 20) if seed % 2 else moments - random.randint(0, 19)
    code, _, _ = driver.go("--jobs", "1", "--no-validate", moment=moment)
    assert code == -signal.SIGKILL
    set_batch(monkeypatch, 1)
    wanted = content(export(made_up, tmp_path / "wanted", 3))
    unfinished, before = driver.out.with_name("out.unfinished"), driver.out.with_name(".out.before")
    assert content(driver.out if driver.out.exists() else before) in (old, wanted)
    done, mapped = batches_on_disk(unfinished), list[str]()
    cut_off(monkeypatch, -1, mapped, KeyboardInterrupt)
    given = [made_up, "--shards", 3, "-o", driver.out, "--no-validate", "--jobs", 1]
    if (unfinished / JOURNAL).exists():
        run(*given, "--resume")
        assert mapped == all_[done:]
    else:
        assert "no unfinished run" in run(*given, "--resume", code=2).stderr
        run(*given)
    assert content(driver.out) == wanted
    assert left(driver.out) == set()


@pytest.mark.parametrize(("how", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_run_on_several_processes_that_is_told_to_end_goes_on(
    how: str, code: int, made_up: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    driver = Driver(made_up, folder)
    wanted = content(export(made_up, tmp_path / "wanted", 3))
    ended, _, told = driver.go("--jobs", "2", moment=450, how=how)
    assert ended == code, told
    assert told.splitlines()[0] == GO_ON
    done = batches_on_disk(folder / "out.unfinished")
    assert done
    ended, mapped, told = driver.go("--jobs", "2", "--resume")
    assert ended == 0, told
    assert sorted(mapped[:-1]) == sorted(one["article"]["text"]["sha256"] for one in articles(made_up)[done:])
    assert content(driver.out) == wanted
    assert [path.name for path in folder.iterdir()] == ["out"]


# 5. Whole or not at all


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An export that is there already."""
    return export(SEEDS, tmp_path / "out", 2)


def test_what_is_wrong_leaves_the_old_folder_as_it_was(old: Path, tmp_path: Path, corpus: Path) -> None:
    before = content(old)
    faulty, broken = tmp_path / "faulty", tmp_path / "broken"
    write(Plan(100, seed=2, entities=300, faults=0.1), faulty)
    write(Plan(100, seed=2, entities=300, broken=0.5), broken)
    for source, code in ((faulty, 1), (broken, 2)):
        for jobs in (1, 2):
            result = run(source, "--shards", 2, "-o", old, "--jobs", jobs, code=code)
            assert result.stderr.endswith("; nothing was written.\n")
            assert content(old) == before
            assert left(old) == {"corpus", "faulty", "broken"}
    twice = articles(corpus)
    put(corpus, [*twice, twice[0]])
    assert "annotates the same text" in run(corpus, "--shards", 2, "-o", old, code=2).stderr
    assert content(old) == before


FULL = """
import resource, sys
from diplograph.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
main(sys.argv[2:])
"""


@pytest.mark.parametrize("size", [0, 4000, 30_000])
def test_a_disk_that_is_full_leaves_the_old_folder_as_it_was(size: int, old: Path, made_up: Path) -> None:
    before = content(old)
    command = [sys.executable, "-c", FULL, str(size), "export", str(made_up), "--shards", "2", "-o", str(old)]
    done = subprocess.run([*command, "--no-validate"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"diplograph: '{old}.unfinished' cannot be written to: File too large.")
    assert len(done.stderr.splitlines()) == 1
    assert content(old) == before
    wanted = content(export(made_up, old.with_name("wanted"), 2))
    export(made_up, old, 2, *(["--resume"] if "--resume" in done.stderr else []))
    assert content(old) == wanted


@pytest.mark.parametrize("at", [1, 5, 40])
def test_a_disk_that_fills_up_can_be_gone_on_with(
    at: int, old: Path, made_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, wanted = content(old), content(export(made_up, old.with_name("wanted"), 2))
    set_batch(monkeypatch, 1)
    monkeypatch.setattr(folders, "_OFTEN", 0)
    real, calls = os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) >= at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    result = run(made_up, "--shards", 2, "-o", old, "--no-validate", "--jobs", 1, code=2)
    reason = f"diplograph: '{old}.unfinished' cannot be written to: No space left on device."
    assert result.stderr.startswith(reason)
    assert content(old) == before
    monkeypatch.setattr(os, "fsync", real)
    export(made_up, old, 2, "--resume")
    assert content(old) == wanted
    assert left(old) == {"wanted"}


def test_a_folder_that_cannot_be_moved_to_its_place_leaves_the_old_one(
    old: Path, made_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real = content(old), Path.rename

    def rename(path: Path, target: Path) -> Path:
        if path.name == "out.unfinished":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    result = run(made_up, "--shards", 2, "-o", old, "--no-validate", code=2)
    assert "cannot be written to: Input/output error" in result.stderr
    assert content(old) == before


def test_a_second_run_for_the_same_folder_is_refused(
    made_up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, link = tmp_path / "out", tmp_path / "link"
    link.symlink_to(out)
    real, seen = map_article, list[int]()

    def mapped(*given: Any) -> Any:
        if not seen:
            seen.append(1)
            for target in (out, link):
                for options in ([], ["--resume"]):
                    result = run(SEEDS, "--shards", 3, "-o", target, "--jobs", 1, *options, code=2)
                    message = f"Another run is making '{target}'. Wait for it, or name another folder."
                    assert result.stderr == f"diplograph: {message}\n"
            run(SEEDS, "--shards", 3, "-o", tmp_path / "other", "--jobs", 1)
        return real(*given)

    wanted = content(export(made_up, tmp_path / "wanted", 2))
    monkeypatch.setattr(MAPPING, mapped)
    assert content(export(made_up, out, 2)) == wanted
    assert left(out) == {"wanted", "other", "link"}


def test_a_target_that_is_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine", "utf-8")
    result = run(SEEDS, "--shards", 2, "-o", file, code=2)
    assert result.stderr == f"diplograph: '{file}' is not a folder. Name another folder with -o.\n"
    assert file.read_text("utf-8") == "mine"
    assert left(file) == set()


STRANGE = [
    ["notes.txt"],
    [SUMS, "part-list.txt"],
    [SUMS, "part-00000.nq.gz", "part-00000.nq"],
    [SUMS, "part-1.nq.gz"],
    [SUMS, ".hidden"],
]
NOT_EXPORTS = [[JOURNAL], [DESCRIPTION], ["part-00000.nq.gz"]]


@pytest.mark.parametrize(
    ("which", "names"),
    [
        *(("out", names) for names in (*STRANGE, *NOT_EXPORTS)),
        *((which, names) for which in ("out.unfinished", ".out.before") for names in STRANGE),
    ],
)
def test_no_files_of_others_are_taken_away(which: str, names: list[str], tmp_path: Path) -> None:
    folder = tmp_path / which
    folder.mkdir()
    for name in names:
        (folder / name).write_text("mine", "utf-8")
    before = content(folder)
    result = run(SEEDS, "--shards", 2, "-o", tmp_path / "out", "--no-validate", code=2)
    assert "holds other files" in result.stderr
    assert content(folder) == before
    assert left(folder) == set()


def test_files_that_come_while_it_is_made_are_not_taken_away(
    old: Path, made_up: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = map_article

    def mapped(*given: Any) -> Any:
        (old / "notes.txt").write_text("mine", "utf-8")
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(MAPPING, mapped)
        result = run(made_up, "--shards", 2, "-o", old, "--no-validate", "--jobs", 1, code=2)
    assert "holds other files, such as 'notes.txt'" in result.stderr
    assert (old / "notes.txt").read_text("utf-8") == "mine"
    (old / "notes.txt").unlink()
    export(made_up, old, 2, "--resume")
    assert len(content(old)) == 5


def test_an_old_folder_is_put_back_after_a_cut_between_two_steps(old: Path, tmp_path: Path) -> None:
    before = content(old)
    old.rename(tmp_path / ".out.before")
    assert "no unfinished run" in run(SEEDS, "--shards", 2, "-o", old, "--resume", code=2).stderr
    assert content(old) == before
    assert left(old) == set()


def test_a_folder_that_does_not_exist_or_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = run(SEEDS, "--shards", 2, "-o", tmp_path / "none" / "out", code=2)
    assert result.stderr == f"diplograph: '{tmp_path / 'none'}' cannot be written to: No such file or directory.\n"
    (tmp_path / "file").write_text("", "utf-8")
    result = run(SEEDS, "--shards", 2, "-o", tmp_path / "file" / "out", code=2)
    assert result.stderr == f"diplograph: '{tmp_path / 'file'}' cannot be written to: Not a directory.\n"
    (tmp_path / "loop").symlink_to("loop")
    assert "is a link to itself" in run(SEEDS, "--shards", 2, "-o", tmp_path / "loop", code=2).stderr
    assert "File name too long" in run(SEEDS, "--shards", 2, "-o", tmp_path / ("x" * 250), code=2).stderr
    assert "cannot be such a folder" in run(SEEDS, "--shards", 2, "-o", "/", code=2).stderr
    assert {path.name for path in tmp_path.iterdir()} == {"file", "loop"}


@pytest.mark.skipif(IS_ROOT, reason="root may write everywhere")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(0o500)
    result = run(SEEDS, "--shards", 2, "-o", tmp_path / "closed" / "out", code=2)
    assert result.stderr == f"diplograph: '{tmp_path / 'closed'}' cannot be written to: Permission denied.\n"


def test_names_may_be_as_they_like(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = content(export(SEEDS, tmp_path / "wanted", 2))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    names = ("with spaces é", "slash/", "../work/there", "-dash", "new\nline")
    for name in names:
        result = run(SEEDS, "--shards", 2, f"--output={name}", "--no-validate", "--jobs", 1)
        assert content(tmp_path / "work" / name) == wanted
        assert result.stderr.endswith(": written; not validated.\n")
    assert len(list(Path().iterdir())) == len(names)


def test_a_link_stays_one(tmp_path: Path) -> None:
    wanted = content(export(SEEDS, tmp_path / "wanted", 2))
    (tmp_path / "disk").mkdir()
    for name, where in (("one", "disk/old"), ("two", "disk/new")):
        (tmp_path / name).symlink_to(where)
    (tmp_path / "disk" / "old").mkdir()
    for name in ("one", "two"):
        assert content(export(SEEDS, tmp_path / name, 2)) == wanted
        assert (tmp_path / name).is_symlink()
    assert {path.name for path in (tmp_path / "disk").iterdir()} == {"old", "new"}
    assert left(tmp_path / "disk") == {"wanted", "one", "two"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--shards", 2], "--shards needs a folder: name it with -o."),
        (["--shards", 2, "-o", "-"], "--shards needs a folder: name it with -o."),
        (["--resume", "-o", "out"], "--resume and --licence go with --shards."),
        (["--licence", "https://x.example", "-o", "out.nq"], "--resume and --licence go with --shards."),
        (["--shards", 2, "-o", "out", "-f", "json-ld"], "Parts cannot be written as json-ld."),
        (["--shards", 2, "-o", "out", "-f", "rdf-xml"], "Parts cannot be written as rdf-xml."),
        (["--shards", 2, "-o", "out.ttl", "-f", "turtle"], "'out.ttl' is the name of a file, and parts are a folder."),
        (["--shards", 2, "-o", "out.NQ.gz"], "'out.NQ.gz' is the name of a file, and parts are a folder. Name a "),
        (["--shards", 2, "-o", "out", "--context-url", "https://x.example"], "--context-url is for JSON-LD"),
        (["--shards", 2, "-o", "out", "--engine", "pyshacl"], "--shards cannot go with --engine pyshacl"),
        (["--shards", 0, "-o", "out"], "0 is not in the range 1<=x<=1000"),
        (["--shards", 1001, "-o", "out"], "1001 is not in the range 1<=x<=1000"),
        (["--shards", 2, "-o", "out", "--base-iri", "x y"], "is not an absolute IRI"),
    ],
)
def test_what_does_not_go_together_is_refused(
    options: list[object], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in run(SEEDS, *options, code=2).stderr
    assert list(tmp_path.iterdir()) == []


def test_the_library_refuses_a_number_of_parts_that_cannot_be(tmp_path: Path) -> None:
    for count in (0, 1001, -1):
        with pytest.raises(UsageError, match="There can be 1 to 1000 parts"):
            pipeline.export_shards(pipeline.read(SEEDS), tmp_path / "out", count)


# 6. What is said at the end


def test_what_was_written_is_said_once(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for options, told in (
        ([], f"{out}: written; no findings.\n"),
        (["--no-validate"], f"{out}: written; not validated.\n"),
        (["-q"], ""),
    ):
        result = run(SEEDS, "--shards", 2, "-o", out, *options)
        assert (result.stdout, result.stderr) == ("", told)
