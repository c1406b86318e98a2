"""The command line: what goes where, exit codes, and that no fault in data ever shows a traceback."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from diplograph import pipeline
from diplograph.cli import main
from diplograph.values.printing import printable

CASES = Path(__file__).parent / "cases"
GOOD = str(CASES / "claim")


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def test_export_writes_data_to_stdout_and_nothing_else() -> None:
    result = run("export", GOOD)
    assert result.exit_code == 0
    assert result.stdout == (CASES / "claim" / "expected.ttl").read_text("utf-8")
    assert result.stderr == ""


def test_export_tells_the_format_from_the_suffix(tmp_path: Path) -> None:
    for name, start in (("a.nt", "<https://"), ("a.jsonld", "{"), ("a.trig", "@prefix"), ("a.rdf", "<?xml")):
        result = run("export", GOOD, "-o", tmp_path / name)
        assert result.exit_code == 0
        assert (tmp_path / name).read_text("utf-8").startswith(start)
        assert result.stdout == ""
        assert result.stderr == f"{tmp_path / name}: written; no findings.\n"
    result = run("export", GOOD, "-o", tmp_path / "a.nt.gz", "--quiet")
    assert gzip.decompress((tmp_path / "a.nt.gz").read_bytes()) == (tmp_path / "a.nt").read_bytes()
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["export", "nowhere"], "There is no file or folder 'nowhere'."),
        (["export", GOOD, "-o", "a.xyz"], "The format cannot be told from the name 'a.xyz'. Give one with --format."),
        (["export", GOOD, "-f", "turtle", "-o", "/"], "'/' is a folder. Name a file in it."),
        (["export", GOOD, "-o", "no/such/folder.ttl"], "cannot be written to: No such file or directory."),
        (["export", GOOD, "--base-iri", "here"], "The base IRI 'here' is not an absolute IRI."),
        (["export", GOOD, "--base-iri", "https://example.org"], "has to end in '/' or '#'."),
        (["export", GOOD, "--ontology", "no.ttl"], "There is no file or folder 'no.ttl'."),
        (["export", str(CASES / "people.register.yaml") + ".txt"], "There is no file or folder"),
        (["validate", str(Path(__file__))], "The syntax of"),
        (["anchor", GOOD, "--articles", "nowhere"], "There is no folder 'nowhere'."),
    ],
)
def test_what_cannot_be_used_exits_with_2_and_a_sentence(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_an_empty_folder_is_not_a_success(tmp_path: Path) -> None:
    for command in ("export", "validate"):
        result = run(command, tmp_path)
        assert result.exit_code == 2
        assert "There is no annotation in the folder" in result.stderr


def test_a_register_alone_is_checked_and_exported() -> None:
    result = run("validate", CASES / "people.register.yaml")
    assert (result.exit_code, result.stderr) == (0, "no findings.\n")


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.diplomacy.yaml").write_text("article: {id: x}\nfacts: []\n", "utf-8")
    result = run("validate", tmp_path)
    assert result.exit_code == 2
    assert [line.partition(": ")[0].rpartition("/")[2] for line in result.stdout.splitlines()] == [
        "a.diplomacy.yaml:1:10",
        "b.diplomacy.yaml:1:10",
    ]
    assert result.stderr == "2 errors.\n"
    written = run("export", tmp_path, "-o", tmp_path / "out.ttl")
    assert written.exit_code == 2
    assert "nothing was written" in written.stderr
    assert not (tmp_path / "out.ttl").exists()


def test_rdf_is_validated_too(tmp_path: Path) -> None:
    target = tmp_path / "out.ttl"
    assert run("export", GOOD, "-o", target).exit_code == 0
    assert run("validate", target).exit_code == 0
    broken = target.read_text("utf-8").replace("dip:certainty dip:certainty-certain ;", "")
    target.write_text(broken, "utf-8")
    result = run("validate", target)
    assert result.exit_code == 1
    assert "violation[claim-certainty" in result.stdout
    target.write_text("this is not Turtle", "utf-8")
    result = run("validate", target)
    assert result.exit_code == 2
    assert result.stdout.startswith(f"{target}:1:1: error[rdf-syntax]")


def test_standard_input_in_three_syntaxes(tmp_path: Path) -> None:
    yaml = "article: {id: x, language: en, text: {sha256: " + "a" * 64 + ", length: 9}}\nentities:\n"
    yaml += "  ada: {type: Person, label: Ada}\nfacts:\n"
    yaml += "  - {id: f, type: Statement, actor: ada, label: she spoke, evidence: 0-9}\n"
    data = {
        "article": {"id": "x", "language": "en", "text": {"sha256": "a" * 64, "length": 9}},
        "entities": {"ada": {"type": "Person", "label": "Ada"}},
        "facts": [{"id": "f", "type": "Statement", "actor": "ada", "label": "she spoke", "evidence": "0-9"}],
    }
    outputs = set()
    for text in (yaml, json.dumps(data), json.dumps(data, indent=1), json.dumps(data) + "\n"):
        path = tmp_path / "in"
        path.write_text(text, "utf-8")
        command = [sys.executable, "-m", "diplograph", "export", "-", "-f", "n-triples"]
        with path.open("rb") as stream:
            done = subprocess.run(command, stdin=stream, capture_output=True, text=True, check=True)
        outputs.add("".join(line for line in done.stdout.splitlines(keepends=True) if "/source/" not in line))
    assert len({output.count("\n") for output in outputs}) == 1
    assert all("id/claim/aaaaaaaaaaaaaaaa.f>" in output for output in outputs)


def test_a_closed_pipe_is_not_a_crash() -> None:
    command = f"{sys.executable} -m diplograph export {CASES / 'times'} --no-validate | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert len(done.stdout) == 10
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_fault_of_the_program_exits_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        message = "a bug"
        raise RuntimeError(message)

    monkeypatch.setattr(pipeline, "read", broken)
    result = run("export", GOOD)
    assert result.exit_code == 3
    assert "It failed: RuntimeError: a bug. Please report this" in result.stderr
    assert "Traceback" not in result.stderr


def test_data_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x.diplomacy.json"
    key = "\x1b]0;owned\x07\u202e\x9b31m"
    path.write_text(json.dumps({"article": {"id": "x"}, key: 1, "facts": []}), "utf-8")
    result = run("validate", path)
    assert result.exit_code == 2
    assert not set(result.stdout) & set("\x1b\x07\u202e\x9b")
    assert "\\x1b]0;owned\\x07\\u202e\\x9b31m" in result.stdout
    assert printable("Zelenskyy é 𝔘\tx") == "Zelenskyy é 𝔘\\tx"


def test_colours_only_where_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    invalid = CASES / "invalid" / "meeting-participants" / "input.diplomacy.yaml"
    plain = CliRunner().invoke(main, ["export", str(invalid)], color=True, env={"NO_COLOR": "1"})
    assert "\x1b[" not in plain.stderr
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[31m" in CliRunner().invoke(main, ["export", str(invalid)], color=True).stderr


def test_help_needs_none_of_the_heavy_modules() -> None:
    """The help is quick because of what it does not import; the benchmark of it is the import list."""
    code = (
        "import sys; from diplograph.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'rdflib', 'pyshacl', 'pyoxigraph', 'yaml', 'msgspec', 'edtf'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Exit codes: 0 all well, 1 violations" in done.stdout


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run opens no connection, whatever IRIs the data holds."""
    import socket  # noqa: PLC0415

    def refused(*_: object, **__: object) -> None:
        message = "a connection was attempted"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    assert run("export", CASES / "article").exit_code == 0
    assert run("validate", CASES / "unsafe-keys").exit_code == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_midway_leaves_nothing_behind(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """The input is a pipe that never ends, so that the run is surely midway when the signal comes."""
    target = tmp_path / "out.nt"
    target.write_text("old", "utf-8")
    fifo = tmp_path / "endless.jsonl"
    os.mkfifo(fifo)
    command = [sys.executable, "-m", "diplograph", "export", str(fifo), "-o", str(target), "--no-validate"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        with fifo.open("w") as pipe:
            pipe.write("\n")
            pipe.flush()
            for _ in range(100):  # a signal between two reads is only seen after the second
                process.send_signal(number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.3)
                    break
        _, stderr = process.communicate(timeout=30)
        assert process.returncode == code
    assert "Traceback" not in stderr
    assert target.read_text("utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["endless.jsonl", "out.nt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said_in_a_sentence() -> None:
    for arguments in (["-o", "/dev/full", "-f", "turtle"], ["-f", "turtle"]):
        with Path("/dev/full").open("wb") as full:
            command = [sys.executable, "-m", "diplograph", "export", GOOD, *arguments]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 2
        assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_suffix_and_a_format_must_not_contradict_each_other(tmp_path: Path) -> None:
    result = run("export", GOOD, "-o", tmp_path / "a.ttl", "-f", "n-quads")
    assert result.exit_code == 2
    assert "is named as turtle, but n-quads is asked for." in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_source_is_never_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "a.diplomacy.yaml"
    source.write_text("article: {}\nfacts: []\n", "utf-8")
    result = run("export", source, "-o", source, "-f", "turtle")
    assert (result.exit_code, source.read_text("utf-8")) == (2, "article: {}\nfacts: []\n")
    assert "is one of the sources" in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "code", "message"),
    [
        ("x.ttl.gz", gzip.compress(b"<a:b> <a:c> <a:d> .", mtime=0)[:-12], 2, "cannot be read: "),
        ("x.ttl", b"<a:b> <a:c> <<( <a:d> <a:e> <a:f> )>> .", 2, "holds triple terms (RDF 1.2)"),
        ("x.ttl", b'<a:b> <a:c> "x"^^<http://www.w3.org/2001/XMLSchema#integer> .', 1, "'x' is not a whole number."),
        ("x.nt", b'<a:b> <a:c> "2024-02-30"^^<http://www.w3.org/2001/XMLSchema#date> .', 1, "no day '2024-02-30'"),
        ("x.diplomacy.json", b'{"a": NaNx}', 2, "error[json-syntax]"),
        ("x.diplomacy.json", b'{"a": 1e99999x}', 2, "error[json-syntax]"),
        ("x.diplomacy.yaml", b"a: &x\n  - *x\n", 2, "error[yaml-alias]"),
        ("x.diplomacy.yaml", b"article: {id: a, published: Y1E999999999}\n", 2, "error[edtf]"),
        ("x.diplomacy.yaml", b"article: {id: a, language: en-a}\n", 2, "error[language-tag]"),
        ("x.diplomacy.yaml", b"registers: [" + b"a" * 300 + b".yaml]\n", 2, "error[register-missing]"),
        ("x.diplomacy.jsonl", b'{"article": {"id": "a"}, "entities": {"a": {"label": "x\\ry"}}}', 2, "U+000D"),
    ],
)
def test_odd_input_gets_a_sentence(name: str, content: bytes, code: int, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    command = [sys.executable, "-m", "diplograph", "validate", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    assert message in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


PREFIXES = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dip: <https://w3id.org/diplograph/ns#> .
@prefix ex: <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def test_closed_shapes_see_the_properties_that_they_list(tmp_path: Path) -> None:
    """What makes pyshacl quicker must not change what it finds."""
    (tmp_path / "data.ttl").write_text(PREFIXES + "ex:a a ex:T ; ex:p 1 . ex:b a ex:T ; ex:q 1 .", "utf-8")
    (tmp_path / "shapes.ttl").write_text(
        PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:closed true ; sh:property ex:P ;\n"
        " sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) .\n"
        "ex:P a sh:PropertyShape ; sh:path ex:p ; sh:maxCount 2 .",
        "utf-8",
    )
    result = run("validate", tmp_path / "data.ttl", "--shapes", tmp_path / "shapes.ttl")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert "<https://example.org/b>" in result.stdout


@pytest.mark.parametrize(
    ("shapes", "code", "message"),
    [
        ("ex:s a sh:NodeShape ; sh:targetClass dip:Claim ; sh:pattern '[' .", 2, "The shapes cannot be used"),
        ("ex:s a sh:NodeShape ; sh:targetClass dip:Claim ; sh:minCuont 1 .", 1, "SHACL has no term"),
        ("ex:s a sh:NodeShape ; sh:targetClass dip:Clam .", 1, "Did you mean 'https://w3id.org/diplograph/ns#Claim'?"),
    ],
)
def test_shapes_of_others(shapes: str, code: int, message: str, tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(PREFIXES + shapes, "utf-8")
    result = run("validate", GOOD, "--shapes", path)
    assert result.exit_code == code
    assert message in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("ontology", "message"),
    [
        ('ex:p a owl:ObjectProperty ; rdfs:range dip:Place ; dip:factKey "place" .', "has too."),
        ('ex:p a owl:ObjectProperty ; rdfs:range dip:Place ; dip:factKey "says" .', "which the format itself uses."),
        ('ex:p a owl:ObjectProperty ; rdfs:range dip:Place ; dip:factKey "@type" .', "which is no plain word."),
        ('ex:p a owl:DatatypeProperty ; rdfs:range xsd:QName ; dip:factKey "year" .', "cannot be checked."),
        (
            'ex:p a owl:ObjectProperty ; rdfs:range skos:Concept ; dip:valueList ex:l ; dip:factKey "q" .',
            "has no words.",
        ),
        ('ex:p a owl:ObjectProperty ; rdfs:range owl:Class ; dip:factKey "q" .', "that no annotation can give."),
    ],
)
def test_ontologies_that_would_mislead_are_refused(ontology: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "ontology.ttl"
    path.write_text(PREFIXES + ontology, "utf-8")
    result = run("validate", GOOD, "--ontology", path)
    assert result.exit_code == 2
    assert message in result.stderr
