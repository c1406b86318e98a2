"""Every syntax holds the same graph, byte by byte the same in every run, and is written whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

import diplograph
from diplograph import pipeline
from diplograph.reading.documents import Document
from diplograph.reading.yaml import parse_yaml
from diplograph.writing.formats import FORMATS, Format

Statements = set[tuple[str, str, str]]
DATA = Path(__file__).parent / "cases" / "unsafe-keys"


@pytest.fixture(autouse=True)
def _lexical_forms_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep rdflib from rewriting literals when it parses."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


@pytest.fixture(scope="module", params=["seeds", "unsafe-keys", "amounts", "times"])
def source(request: pytest.FixtureRequest) -> Path:
    """The seeds, and cases with the values that syntaxes find hard."""
    root = Path(__file__).parent
    return root.parent / "seeds" if request.param == "seeds" else root / "cases" / request.param


@pytest.fixture(scope="module")
def reference(source: Path) -> Statements:
    """The statements as the Python API gives them, before any syntax."""
    return {spelled(quad.triple) for quad in diplograph.quads(diplograph.read(source))}


def spelled(triple: ox.Triple) -> tuple[str, str, str]:
    return (str(triple.subject), str(triple.predicate), str(triple.object))


def by_oxigraph(path: Path) -> Statements:
    with path.open("rb") as stream:
        return {spelled(q.triple) for q in ox.parse(stream, format=ox.RdfFormat.from_extension(path.suffix[1:]))}


def by_rdflib(path: Path) -> Statements:
    graph: rdflib.Graph | rdflib.Dataset = rdflib.Dataset() if path.suffix in (".nq", ".trig") else rdflib.Graph()
    names = {".ttl": "turtle", ".nt": "nt", ".nq": "nquads", ".trig": "trig", ".rdf": "xml", ".jsonld": "json-ld"}
    graph.parse(path, format=names[path.suffix])
    quads: Iterator[Any] = graph.quads() if isinstance(graph, rdflib.Dataset) else iter(graph)
    return {(str(term(q[0])), str(term(q[1])), str(term(q[2]))) for q in quads}


def term(node: rdflib.term.Node) -> ox.NamedNode | ox.Literal:
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    assert isinstance(node, rdflib.Literal), f"a blank node: {node!r}"
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype)) if node.datatype else None)


def by_pyld(path: Path) -> Statements:
    document = json.loads(path.read_text("utf-8"))
    text = jsonld.to_rdf(document, {"format": "application/n-quads"})
    return {spelled(quad.triple) for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS)}


READERS = {
    "turtle": (by_rdflib, by_oxigraph),
    "json-ld": (by_pyld, by_rdflib, by_oxigraph),
    "n-triples": (by_rdflib, by_oxigraph),
    "n-quads": (by_rdflib, by_oxigraph),
    "trig": (by_rdflib, by_oxigraph),
    "rdf-xml": (by_rdflib, by_oxigraph),
}


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_every_parser_reads_the_same_graph(
    format_: Format, source: Path, reference: Statements, tmp_path: Path
) -> None:
    target = tmp_path / f"out{format_.suffix}"
    diplograph.export(diplograph.read(source), target, validated=False)
    assert len(reference) > 60
    for reader in READERS[format_.name]:
        assert reader(target) == reference, reader.__name__


@pytest.mark.parametrize("format_", FORMATS, ids=lambda format_: format_.name)
def test_compressed_is_the_same_and_carries_no_clock(format_: Format, tmp_path: Path) -> None:
    plain, packed = tmp_path / f"out{format_.suffix}", tmp_path / f"out{format_.suffix}.gz"
    for target in (plain, packed):
        diplograph.export(diplograph.read(DATA), target)
    assert gzip.decompress(packed.read_bytes()) == plain.read_bytes()
    assert packed.read_bytes()[3:8] == bytes(5), "no file name flag, no time"


def test_named_graphs_part_articles_situations_and_entities(seeds: Path) -> None:
    quads = list(diplograph.quads(diplograph.read(seeds)))
    base = "https://w3id.org/diplograph/id/graph/"
    names = {str(quad.graph_name)[1:-1].removeprefix(base) for quad in quads}
    assert len(names) == 5 + 3
    assert {"situations", "entities", "export"} <= names
    claim = ox.NamedNode("https://w3id.org/diplograph/ns#Claim")
    assert {str(q.graph_name)[1:-1].removeprefix(base) for q in quads if q.object == claim} == names - {
        "situations",
        "entities",
        "export",
    }


def test_no_blank_nodes_and_each_statement_once(seeds: Path) -> None:
    triples = [quad.triple for quad in diplograph.quads(diplograph.read(seeds))]
    assert not any(isinstance(t, ox.BlankNode) for triple in triples for t in (triple.subject, triple.object))
    assert len(triples) == len(set(triples)) > 5000


def test_json_ld_has_each_subject_once_and_compact_terms(seeds: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonld"
    diplograph.export(diplograph.read(seeds), target, validated=False)
    document = json.loads(target.read_text("utf-8"))
    ids = [node["id"] for node in document["@graph"]]
    assert len(ids) == len(set(ids)) > 500
    talks = next(n for n in document["@graph"] if n["id"] == "situation:starmer-biden-washington-talks")
    assert talks["type"] == "Meeting"
    assert talks["occurrence"] == "occurrence-occurred"
    assert set(talks["participant"]) == {"entity:starmer", "entity:biden"}
    keys = {key for node in document["@graph"] for key in node}
    assert not [key for key in keys if ":" in key], "every property has a term of its own"


def test_json_ld_context_can_be_referred_to(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonld"
    diplograph.export(diplograph.read(DATA), target, context_url="https://example.org/context.jsonld")
    document = json.loads(target.read_text("utf-8"))
    assert document["@context"] == "https://example.org/context.jsonld"
    shipped = json.loads((Path(__file__).parent.parent / "ontology" / "context.jsonld").read_text("utf-8"))

    def loader(url: str, _: object) -> dict[str, object]:
        return {"documentUrl": url, "contextUrl": None, "document": shipped, "contentType": "application/ld+json"}

    text = jsonld.to_rdf(document, {"format": "application/n-quads", "documentLoader": loader})
    found = {spelled(quad.triple) for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS)}
    assert found == {spelled(quad.triple) for quad in diplograph.quads(diplograph.read(DATA))}


def test_turtle_changes_only_where_a_fact_changes(tmp_path: Path, seeds: Path) -> None:
    """One changed label changes that fact's lines, its situation's, and the input's digest."""
    copy = tmp_path / "seeds"
    copy.mkdir()
    for file in seeds.glob("*.yaml"):
        (copy / file.name).write_bytes(file.read_bytes())
    before, after = tmp_path / "before.ttl", tmp_path / "after.ttl"
    diplograph.export(diplograph.read(copy), before, validated=False)
    [article] = copy.glob("004*")
    text = article.read_text("utf-8")
    of_its_own = re.search(r"  - id: \S+\n    type: \S+\n    label: (.+)\n", text)
    assert of_its_own is not None
    assert text.count(of_its_own[1]) == 1
    article.write_text(text.replace(of_its_own[1], "worded otherwise"), "utf-8")
    diplograph.export(diplograph.read(copy), after, validated=False)
    ours, theirs = before.read_text("utf-8").splitlines(), after.read_text("utf-8").splitlines()
    assert len(ours) == len(theirs)
    changed = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    provenance = [a for a, _ in changed if "source:" in a or "sha256" in a or "export:" in a]
    assert 1 <= len(changed) - len(provenance) <= 2
    assert all("label" in a for a, _ in changed if a not in provenance)


def test_same_bytes_in_another_process_and_folder(tmp_path: Path, seeds: Path) -> None:
    results = []
    for seed in ("1", "2"):
        folder = tmp_path / f"at-{seed}"
        copy = folder / "annotations"
        copy.mkdir(parents=True)
        for file in seeds.glob("*.yaml"):
            (copy / file.name).write_bytes(file.read_bytes())
        environment = os.environ | {"PYTHONHASHSEED": seed}
        for format_ in FORMATS:
            command = [sys.executable, "-m", "diplograph", "export", "annotations", "--no-validate", "-o"]
            subprocess.run([*command, f"out{format_.suffix}"], cwd=folder, env=environment, check=True)
        results.append({format_.name: (folder / f"out{format_.suffix}").read_bytes() for format_ in FORMATS})
    assert results[0] == results[1]
    assert all(len(content) > 10_000 for content in results[0].values())


def test_order_of_facts_and_files_does_not_change_the_graph(tmp_path: Path) -> None:
    case = Path(__file__).parent / "cases" / "shared-situation"
    register = (case.parent / "people.register.yaml").read_text("utf-8")
    (tmp_path / "people.register.yaml").write_text(register, "utf-8")
    swapped = tmp_path / "swapped"
    swapped.mkdir()
    (swapped / "1.diplomacy.yaml").write_bytes((case / "b.diplomacy.yaml").read_bytes())
    (swapped / "2.diplomacy.yaml").write_bytes((case / "a.diplomacy.yaml").read_bytes())

    def data(folder: Path) -> Statements:
        quads = diplograph.quads(diplograph.read(folder))
        return {spelled(quad.triple) for quad in quads if not str(quad.graph_name).endswith("/export>")}

    assert data(swapped) == data(case)


def test_timestamp_only_when_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "out.nt"
    diplograph.export(diplograph.read(DATA), target)
    assert "endedAtTime" not in target.read_text("utf-8")
    diplograph.export(diplograph.read(DATA), target, ended="2026-11-20T10:00:00Z")
    assert '"2026-11-20T10:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>' in target.read_text("utf-8")


def test_violations_leave_the_old_file_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.ttl"
    target.write_text("old", "utf-8")
    bad = tmp_path / "bad.diplomacy.yaml"
    text = (DATA.parent / "claim" / "input.diplomacy.yaml").read_text("utf-8")
    bad.write_text(text.replace("../people", "people").replace("participant: [ada, ben]", "participant: ada"), "utf-8")
    (tmp_path / "people.register.yaml").write_bytes((DATA.parent / "people.register.yaml").read_bytes())
    with pytest.raises(diplograph.InvalidDataError) as raised:
        diplograph.export(diplograph.read(bad), target)
    assert {finding.code for finding in raised.value.findings} == {"meeting-participants"}
    assert target.read_text("utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.diplomacy.yaml", "out.ttl", "people.register.yaml"]
    assert diplograph.export(diplograph.read(bad), target, validated=False) == []
    assert "dip:Claim" in target.read_text("utf-8")


def test_a_failure_while_writing_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.ttl"
    target.write_text("old", "utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(diplograph.UsageError, match="No space left"):
        diplograph.export(diplograph.read(DATA), target)
    assert [path.name for path in tmp_path.iterdir()] == ["out.ttl"]
    assert target.read_text("utf-8") == "old"


def test_links_stay_links_and_modes_stay_modes(tmp_path: Path) -> None:
    real, link = tmp_path / "real.ttl", tmp_path / "link.ttl"
    real.write_text("old", "utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    diplograph.export(diplograph.read(DATA), link)
    assert link.is_symlink()
    assert "dip:Claim" in real.read_text("utf-8")
    assert real.stat().st_mode & 0o777 == 0o640


def test_unsafe_keys_stay_in_their_place() -> None:
    """Keys and names made to break out of an IRI or a string come back as they are."""
    statements = {spelled(quad.triple) for quad in diplograph.quads(diplograph.read(DATA))}
    identifiers = {value for _, predicate, value in statements if predicate.endswith("/identifier>")}
    assert str(ox.Literal('a.b/c> <evil:x> "q" é 𝔘')) in identifiers
    assert str(ox.Literal("x> . <http://evil.example/> <y")) in identifiers
    subjects = {subject[1:-1] for subject, _, _ in statements}
    assert all(subject.startswith("https://w3id.org/diplograph/id/") for subject in subjects)
    assert not any(set(subject) & set(' <>"{}|\\^`') for subject in subjects)


def plain_number(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)


def test_yaml_json_and_json_lines_are_the_same_graph(seeds: Path, tmp_path: Path) -> None:
    """The seeds written as JSON, and all in one compressed JSON Lines file, give the same statements."""
    whole = [parse_yaml(file.read_text("utf-8"), file.name) for file in sorted(seeds.glob("*.diplomacy.yaml"))]
    articles = [document.data for document in whole if isinstance(document, Document)]
    assert len(articles) == 5
    lines = [json.dumps(article, ensure_ascii=False, default=plain_number) for article in articles]
    one, many = tmp_path / "one", tmp_path / "many"
    for folder in (one, many):
        folder.mkdir()
        (folder / "entities.register.yaml").write_bytes((seeds / "entities.register.yaml").read_bytes())
    (one / "all.diplomacy.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    for place, line in enumerate(lines):
        (many / f"{place}.diplomacy.json").write_text(line, "utf-8")

    def statements(folder: Path) -> Statements:
        quads = diplograph.quads(diplograph.read(folder))
        return {spelled(quad.triple) for quad in quads if not str(quad.graph_name).endswith("/export>")}

    assert statements(one) == statements(many) == statements(seeds)


def test_the_shipped_context_and_schema_are_current(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    for write, shipped in (
        (pipeline.write_context, root / "ontology" / "context.jsonld"),
        (pipeline.write_schema, root / "seeds" / "diplomacy.schema.json"),
    ):
        write(tmp_path / "current")
        assert (tmp_path / "current").read_text("utf-8") == shipped.read_text("utf-8"), "run 'diplograph schema' anew"


def test_order_of_facts_roles_and_entities_does_not_change_the_graph(seeds: Path, tmp_path: Path) -> None:
    """The seeds with every list that is no sequence turned around give the same statements."""
    (tmp_path / "entities.register.yaml").write_bytes((seeds / "entities.register.yaml").read_bytes())
    for place, file in enumerate(sorted(seeds.glob("*.diplomacy.yaml"), reverse=True)):
        document = parse_yaml(file.read_text("utf-8"), file.name)
        assert isinstance(document, Document)
        assert isinstance(document.data, dict)
        turned = {key: turn(value, key) for key, value in reversed(document.data.items())}
        text = json.dumps(turned, ensure_ascii=False, default=plain_number)
        (tmp_path / f"{place}.diplomacy.json").write_text(text, "utf-8")

    def statements(folder: Path) -> Statements:
        quads = diplograph.quads(diplograph.read(folder))
        return {spelled(quad.triple) for quad in quads if not str(quad.graph_name).endswith("/export>")}

    assert statements(tmp_path) == statements(seeds)


def turn(value: Any, key: str) -> Any:
    """Turn lists and mappings around; an attribution chain is a sequence, and so are situations written in place."""
    if isinstance(value, dict):
        return {name: turn(item, name) for name, item in reversed(value.items())}
    if isinstance(value, list) and key != "says":
        sequence = any(isinstance(item, dict) and "id" not in item for item in value) and key != "names"
        items = [turn(item, "") for item in value]
        return items if sequence else items[::-1]
    return value
