"""Files that are none, vanish, change or fill up, pipes that close and signals midway: nothing is left half done.

What needs signals, pipes or limits of the system runs in a process of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from tests.inputs import FACT, GOOD, HEADER, MEGABYTE, PEOPLE, SHA256, TALKS, Watched, annotation, names, packed, run

import diplograph
from diplograph.anchoring.spans import check_span


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that messages name files as they are given."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def with_texts() -> None:
    Path("texts").mkdir()
    Path("texts/one.txt").write_text("They met at the harbour. " * 4, "utf-8")


# Files that are none, vanish or change


def test_names_that_lead_nowhere_or_round_in_a_circle() -> None:
    Path("f").mkdir()
    Path("f/lost.diplomacy.yaml").symlink_to("nowhere")
    Path("f/round.diplomacy.yaml").symlink_to("round.diplomacy.yaml")
    Path("f/round.register.yaml").symlink_to("round.register.yaml")
    Path("f/folder.diplomacy.yaml").mkdir()
    os.mkfifo("f/pipe.diplomacy.yaml")
    Path("f/good.diplomacy.yaml").write_text(GOOD, "utf-8")
    result = run("validate", "f")
    assert (result.exit_code, result.stderr) == (2, "3 errors.\n")
    cannot = "error[unreadable] The file cannot be read"
    assert result.stdout.splitlines() == [
        f"f/lost.diplomacy.yaml: {cannot}: No such file or directory.",
        f"f/round.diplomacy.yaml: {cannot}: Too many levels of symbolic links.",
        f"f/round.register.yaml: {cannot}: Too many levels of symbolic links.",
    ]


@pytest.mark.parametrize("target", ["/dev/null", "/dev/zero"])
def test_a_device_is_no_source(target: str) -> None:
    Path("a.diplomacy.yaml").symlink_to(target)
    for command in (["validate"], ["export"], ["query", "conflicts"], ["explain", "talks"]):
        result = run(*command, "a.diplomacy.yaml")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "diplograph: 'a.diplomacy.yaml' is neither a file, a folder nor a pipe.\n"


@pytest.mark.parametrize("command", [["validate"], ["export", "-f", "turtle"], ["query", "conflicts"]])
def test_a_name_that_is_too_long_is_refused_by_the_system(command: list[str]) -> None:
    result = run(*command, "a" * 5000 + ".yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("': File name too long.\n")
    assert "failed" not in result.stderr


@pytest.fixture
def pipe() -> Iterator[Callable[[str, bytes], None]]:
    """Write into a named pipe while it is read."""
    threads = []

    def fill(name: str, content: bytes) -> None:
        os.mkfifo(name)
        threads.append(threading.Thread(target=Path(name).write_bytes, args=(content,), daemon=True))
        threads[-1].start()

    yield fill
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_a_pipe_is_kept_so_that_it_can_be_read_twice(pipe: Callable[[str, bytes], None]) -> None:
    """To place a finding, the input is read again, when there is nobody any more who writes into the pipe."""
    pipe("p.diplomacy.yaml.gz", gzip.compress(GOOD.replace("[ada, ben]", "ada").encode()))
    result = run("validate", "p.diplomacy.yaml.gz")
    assert result.exit_code == 1
    assert result.stdout.startswith("p.diplomacy.yaml.gz:6:")


def test_a_pipe_cannot_be_anchored(pipe: Callable[[str, bytes], None]) -> None:
    pipe("p.diplomacy.yaml", GOOD.encode())
    with_texts()
    result = run("anchor", "p.diplomacy.yaml", "--articles", "texts")
    assert result.exit_code == 2
    assert result.stderr == "diplograph: The pipe 'p.diplomacy.yaml' cannot be changed in place. Name the files.\n"


def test_registers_of_standard_input_stand_in_the_working_folder() -> None:
    Path("people.register.yaml").write_text(PEOPLE, "utf-8")
    text = "registers: [people.register.yaml]\n" + HEADER + "facts:\n" + FACT
    result = run("validate", "-", stdin=text.encode())
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("name", "where"), [("-", "in the current folder"), ("sub/a.diplomacy.jsonl", "beside this file")]
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_register_that_is_missing_is_told_once_a_file(name: str, where: str, jobs: str) -> None:
    lines = [annotation(registers=["no.yaml", *(["other.yaml"] if line == 3 else [])]) for line in range(200)]
    text = "\n".join(json.dumps(line) for line in lines)
    Path("sub").mkdir()
    Path("sub/a.diplomacy.jsonl").write_text(text, "utf-8")
    result = run("validate", name, "--jobs", jobs, stdin=text.encode() if name == "-" else None)
    shown = "<stdin>" if name == "-" else name
    fourth = text.splitlines()[3]
    assert result.stdout == (
        f"{shown}:1:{text.index('no.yaml')}: error[register-missing] "
        f"There is no register 'no.yaml' {where}. The file names it 200 times.\n"
        f"{shown}:4:{fourth.index('other.yaml')}: error[register-missing] There is no register 'other.yaml' {where}.\n"
    )
    assert result.exit_code == 2


@pytest.mark.parametrize("syntax", ["yaml", "json", "jsonl"])
def test_standard_input_may_be_packed(syntax: str) -> None:
    wrong = json.dumps(annotation()).replace('["ada", "ben"]', '"ada"')
    texts = {
        "yaml": "# one\n" + GOOD.replace("[ada, ben]", "ada"),
        "json": json.dumps(json.loads(wrong), indent=1),
        "jsonl": "\n" + wrong + "\n\n" + wrong.replace(SHA256, "f" * 64),
    }
    raw = texts[syntax].encode()
    plain, small = (run("validate", "-", stdin=given) for given in (raw, gzip.compress(raw)))
    assert (plain.exit_code, small.exit_code) == (1, 1)
    assert plain.stdout.count("<stdin>:") == (2 if syntax == "jsonl" else 1)
    assert small.stdout == plain.stdout


def test_standard_input_that_is_packed_has_the_limits_of_files() -> None:
    bomb = run("validate", "-", stdin=packed(b'{"a": "', b"x", 80 * MEGABYTE))
    assert (bomb.exit_code, "<stdin>:1:1: error[too-large] The line is larger than 64 MB." in bomb.stdout) == (2, True)
    for raw in (b"\x1f\x8b", gzip.compress(GOOD.encode())[:-10], gzip.compress(GOOD.encode()) + b"more"):
        result = run("validate", "-", stdin=raw)
        assert result.exit_code == 2
        assert result.stdout.startswith("<stdin>: error[unreadable] ")
        assert result.stdout.count("\n") == 1


def test_standard_input_may_be_closed_or_deep() -> None:
    command = [sys.executable, "-m", "diplograph", "validate", "-"]
    done = subprocess.run(["sh", "-c", '"$@" <&-', "sh", *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "diplograph: Standard input is closed. Name a file.\n")
    result = run("validate", "-", stdin=b'{"a":' * 100_000)
    assert (result.exit_code, result.stdout) == (
        2,
        "<stdin>:1:251: error[too-deep] The document is nested too deeply.\n",
    )


def test_registers_that_are_no_files() -> None:
    Path("dir.yaml").mkdir()
    os.mkfifo("pipe.yaml")
    names = ["dir.yaml", "pipe.yaml", "..", "/etc/passwd", "no\nsuch.yaml", "a" * 300 + ".yaml", "\ufeff.json", "{}"]
    Path("a.diplomacy.json").write_text(json.dumps(annotation(registers=names)), "utf-8")
    result = run("validate", "a.diplomacy.json")
    assert result.exit_code == 2
    hint = "Give a .yaml or .json file, relative to this one."
    expected = [f"error[register-missing] There is no register '{name}' beside this file." for name in names]
    for place in (2, 3, 7):
        expected[place] = f"error[register-path] '{names[place]}' cannot be a register. {hint}"
    expected = [line.replace("\n", "\\n").replace("\ufeff", "\\ufeff") for line in expected]
    assert [line.partition(": ")[2] for line in result.stdout.splitlines()] == expected


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("content", [gzip.compress(PEOPLE.encode())[:-10], gzip.compress(b"entities: {"), b""])
def test_a_register_that_cannot_be_read_is_told_and_not_every_name_in_it(content: bytes, jobs: str) -> None:
    Path("people.register.yaml.gz").write_bytes(content)
    named, unnamed = annotation(registers=["people.register.yaml.gz"], entities={}), annotation(entities={})
    Path("a.diplomacy.jsonl").write_text("\n".join(3 * [json.dumps(named)]), "utf-8")
    Path("b.diplomacy.jsonl").write_text("\n".join(3 * [json.dumps(unnamed)]), "utf-8")
    for sources in (["a.diplomacy.jsonl"], ["."]):
        result = run("validate", *sources, "--jobs", jobs)
        assert result.exit_code == 2
        assert result.stdout.startswith("people.register.yaml.gz:")
        assert result.stdout.count("\n") == 1


def test_a_register_may_be_packed() -> None:
    Path("people.register.yaml.gz").write_bytes(gzip.compress(PEOPLE.encode()))
    Path("a.diplomacy.yaml").write_text("registers: [people.register.yaml.gz]\n" + HEADER + "facts:\n" + FACT, "utf-8")
    assert run("validate", "a.diplomacy.yaml").stderr == "no findings.\n"


def test_a_file_that_vanishes_between_listing_and_reading() -> None:
    Path("a.diplomacy.yaml").write_text(GOOD, "utf-8")
    corpus = diplograph.read(".")
    Path("a.diplomacy.yaml").unlink()
    with pytest.raises(diplograph.InputError) as caught:
        diplograph.validate(corpus)
    [finding] = caught.value.findings
    assert (finding.code, finding.message) == ("unreadable", "The file cannot be read: No such file or directory.")


@pytest.mark.parametrize("change", ["edit", "remove"])
def test_a_file_that_changes_before_its_findings_are_placed(change: str) -> None:
    file = Path("a.diplomacy.yaml")
    file.write_text(GOOD, "utf-8")
    corpus = diplograph.read(".")
    assert len(list(corpus.articles())) == 1
    if change == "edit":
        file.write_text(GOOD + "# more\n", "utf-8")
    else:
        file.unlink()
    with pytest.raises(diplograph.InputError) as caught:
        list(corpus.articles(traced=True))
    message = "error[changed] The file was changed or taken away while it was in use. Run it again."
    assert str(caught.value) == f"a.diplomacy.yaml: {message}"
    if change == "edit":
        assert len(list(corpus.articles())) == 1  # from the beginning all is well again


def test_the_digest_is_that_of_what_was_read() -> None:
    Path("a.diplomacy.yaml").write_text(GOOD, "utf-8")
    other = json.dumps(annotation()).replace(SHA256, "f" * 64)
    Path("b.diplomacy.jsonl.gz").write_bytes(gzip.compress(other.encode()))
    corpus = diplograph.read(".")
    assert len(list(corpus.articles())) == 2
    digests = {name: hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in names()}
    assert {found.name: found.sha256 for found in corpus.inputs} == digests


def test_file_names_cannot_steer_a_terminal_or_make_lines() -> None:
    name = "a\n\x1b[31mred\u202e.diplomacy.yaml"
    Path(name).write_text("article: [", "utf-8")
    result = run("validate", ".")
    shown = "a\\n\\x1b[31mred\\u202e.diplomacy.yaml"
    problem = "error[yaml-syntax] This is not YAML: did not find expected node content."
    assert result.stdout == f"{shown}:1:11: {problem}\n"
    Path(name).write_text(GOOD, "utf-8")
    assert run("export", name, "-o", "out.nq").exit_code == 0
    assert "a\ufffd\ufffd[31mred\ufffd.diplomacy.yaml" in titles("out.nq")


def titles(file: str) -> list[str]:
    """List what an export calls its inputs."""
    quads = ox.parse(path=file)
    return [str(quad.object.value) for quad in quads if quad.predicate.value.endswith("/title")]


def test_file_names_that_are_no_text() -> None:
    try:
        Path(os.fsdecode(b"g\xff.diplomacy.yaml")).write_text(GOOD, "utf-8")
    except OSError as error:
        pytest.skip(f"this file system wants names to be text: {error.strerror}")
    assert run("export", ".", "-o", "out.nq").exit_code == 0
    assert "g\ufffd.diplomacy.yaml" in titles("out.nq")


# Disks, pipes and signals


def process(*arguments: str, within: str = '"$@"') -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, in a shell that may redirect or limit it."""
    command = ["bash", "-c", within, "bash", sys.executable, "-m", "diplograph", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    return done


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
COMMANDS = {
    "validate": ["validate", "bad.diplomacy.yaml"],
    "export": ["export", "a.diplomacy.yaml"],
    "query": ["query", "office-holders", "-p", "day=2024-09-14", "a.diplomacy.yaml"],
    "explain": ["explain", "talks", "a.diplomacy.yaml"],
    "anchor": ["anchor", "a.diplomacy.yaml", "--articles", "texts", "--check"],
    "schema": ["schema"],
}


@pytest.fixture
def sources() -> None:
    """Put a good and a bad annotation and a text into the folder."""
    Path("a.diplomacy.yaml").write_text(GOOD, "utf-8")
    Path("bad.diplomacy.yaml").write_text(GOOD + "x: 1\n", "utf-8")
    with_texts()


@needs_full
@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_behind_standard_output(command: str) -> None:
    done = process(*COMMANDS[command], within='"$@" > /dev/full')
    assert done.returncode == 2
    assert "No space left on device.\n" in done.stderr
    assert "failed" not in done.stderr


@needs_full
@pytest.mark.usefixtures("sources")
def test_a_full_disk_behind_a_file_is_told_by_its_name() -> None:
    for arguments in (["export", "a.diplomacy.yaml", "-f", "n-quads"], ["schema"]):
        result = run(*arguments, "-o", "/dev/full")
        assert result.exit_code == 2
        assert result.stderr == "diplograph: '/dev/full' cannot be written: No space left on device.\n"


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("name", ["out.nq", "out.ttl.gz", "out.jsonld"])
def test_a_disk_that_fills_up_midway_leaves_the_old_file_whole(name: str) -> None:
    """The shell lets a file grow to a kilobyte: what is written is longer, and fails midway."""
    Path(name).write_bytes(b"old")
    hardly_packed = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(2000))
    facts = [TALKS | {"note": hardly_packed}]
    Path("a.diplomacy.yaml").write_text(json.dumps(annotation(facts=facts)), "utf-8")
    done = process("export", "a.diplomacy.yaml", "-o", name, within='ulimit -f 1; exec "$@"')
    assert (done.returncode, done.stderr) == (2, f"diplograph: '{name}' cannot be written: File too large.\n")
    assert Path(name).read_bytes() == b"old"
    assert names() == sorted(["a.diplomacy.yaml", "bad.diplomacy.yaml", "texts", name])


def test_a_disk_that_fills_up_while_anchoring_leaves_the_annotation_whole() -> None:
    with_texts()
    facts = "".join(
        f"  - {{id: f{number}, type: Meeting, evidence: {{quote: met at, nth: 1}}}}\n" for number in range(100)
    )
    text = f"article: {{id: one, text: {{file: one.txt}}}}\nfacts:\n{facts}"
    Path("a.diplomacy.yaml").write_text(text, "utf-8")
    done = process("anchor", "a.diplomacy.yaml", "--articles", "texts", within='ulimit -f 1; exec "$@"')
    assert (done.returncode, done.stderr) == (2, "diplograph: 'a.diplomacy.yaml' cannot be written: File too large.\n")
    assert Path("a.diplomacy.yaml").read_text("utf-8") == text
    assert names() == ["a.diplomacy.yaml", "texts"]


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_goes_away_is_no_failure(command: str) -> None:
    done = process(*COMMANDS[command], within='"$@" | :; echo "${PIPESTATUS[0]}"')
    assert done.stdout in ("0\n", "1\n", "2\n")  # who is quick enough is not stopped
    assert "failed" not in done.stderr


@pytest.mark.usefixtures("sources")
def test_a_reader_of_much_that_goes_away_is_no_failure() -> None:
    Path("many.diplomacy.jsonl").write_text('{"a": 1}\n' * 4000, "utf-8")
    done = process("validate", "many.diplomacy.jsonl", within='"$@" | head -n 1; echo "${PIPESTATUS[0]}"')
    lines = done.stdout.splitlines()
    assert (lines[0].partition(" ")[0], lines[1]) == ("many.diplomacy.jsonl:1:1:", "2")


@pytest.mark.usefixtures("sources")
def test_outputs_that_are_no_files() -> None:
    done = process("export", "a.diplomacy.yaml", "-f", "n-quads", "-o", "/dev/stdout", within='"$@" | tail -n 1')
    assert done.stdout.startswith("<https://w3id.org/diplograph/")
    os.mkfifo("out.nq.gz")
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(Path("out.nq.gz").read_bytes()), daemon=True)
    reader.start()
    assert run("export", "a.diplomacy.yaml", "-o", "out.nq.gz").exit_code == 0
    reader.join(10)
    assert gzip.decompress(received[0]).startswith(b"<https://w3id.org/diplograph/")
    assert stat.S_ISFIFO(os.stat("out.nq.gz").st_mode)  # noqa: PTH116 - nothing is to be followed


@pytest.mark.usefixtures("sources")
def test_names_of_outputs_may_be_as_long_as_the_system_allows() -> None:
    name = "\U0001f600" * 62 + ".nq"
    result = run("export", "a.diplomacy.yaml", "-o", name)
    assert (result.exit_code, Path(name).exists()) == (0, True)
    result = run("export", "a.diplomacy.yaml", "-o", "x" * 300 + ".nq")
    assert (result.exit_code, "File name too long" in result.stderr) == (2, True)
    assert not [file for file in names() if file.endswith(".part")]


MIDWAY = """
import os, signal, sys
from diplograph.cli import main
from diplograph.{module} import {owner} as owner
before, calls = owner.{name}, []
def now(*arguments, **more):
    calls.append(1)
    if len(calls) == {call}:
        os.kill(os.getpid(), signal.{signal})
    return before(*arguments, **more)
owner.{name} = now
main(sys.argv[1:])
"""


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (["validate", "a.diplomacy.yaml"], ("reading.yaml", "yaml", "compose", 1)),
        (["export", "a.diplomacy.yaml", "-o", "out.nq"], ("mapping.nodes", "Node", "nquads", 5)),
        (["query", "conflicts", "a.diplomacy.yaml", "-o", "out.csv"], ("mapping.nodes", "Node", "nquads", 5)),
        (["explain", "talks", "a.diplomacy.yaml"], ("mapping.nodes", "Node", "nquads", 5)),
        (["anchor", "draft.diplomacy.jsonl", "--articles", "texts"], ("writing.outputs", "os", "fsync", 1)),
    ],
)
def test_a_signal_midway_leaves_everything_as_it_was(
    arguments: list[str], where: tuple[str, str, str, int], name: str, code: int
) -> None:
    """The signal comes out of the work itself, so that it is surely under way."""
    draft = {"article": {"id": "d", "text": {"file": "one.txt"}}, "facts": [{"evidence": {"quote": "met", "nth": 1}}]}
    Path("draft.diplomacy.jsonl").write_text(json.dumps(draft), "utf-8")
    for file in ("out.nq", "out.csv"):
        Path(file).write_text("old", "utf-8")
    before = {file: Path(file).read_bytes() for file in names() if Path(file).is_file()}
    module, owner, function, call = where
    program = MIDWAY.format(module=module, owner=owner, name=function, call=call, signal=name)
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert done.stderr == ("diplograph: Interrupted.\n" if name == "SIGINT" else "")
    assert {file: Path(file).read_bytes() for file in names() if Path(file).is_file()} == before


# Anchoring

DRAFT = """article:
  id: one
facts:
  - id: talks
    type: Meeting
    evidence: {quote: met at, nth: 1}
"""


def test_anchoring_leaves_alone_what_it_would_break() -> None:
    """YAML can be written in ways into which an edit does not fit: better no edit than a broken file."""
    with_texts()
    text = DRAFT.replace("  id: one\n", "  ? id\n  : one\n")
    Path("a.diplomacy.yaml").write_text(text, "utf-8")
    result = run("anchor", "a.diplomacy.yaml", "--articles", "texts")
    assert result.exit_code == 1
    hint = "Write it as in the examples, without '? ', and with its keys in lines of their own or in braces."
    message = f"violation[not-editable] The offsets cannot be written into this without breaking it. {hint}"
    assert result.stdout == f"a.diplomacy.yaml:1:1: {message}\n"
    assert result.stderr == "0 spans hold, 0 quotes anchored; 1 violation.\n"
    assert Path("a.diplomacy.yaml").read_text("utf-8") == text


def test_anchoring_does_not_undo_what_somebody_else_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    with_texts()
    file = Path("a.diplomacy.yaml")
    file.write_text(DRAFT, "utf-8")

    def meanwhile(*arguments: Any) -> Any:
        file.write_text(DRAFT + "# mine\n", "utf-8")
        return check_span(*arguments)

    monkeypatch.setattr("diplograph.anchoring.files.check_span", meanwhile)
    result = run("anchor", "a.diplomacy.yaml", "--articles", "texts")
    message = "'a.diplomacy.yaml' was changed while it was in use: it is left as it is. Run it again."
    assert (result.exit_code, result.stderr) == (2, f"diplograph: {message}\n")
    assert file.read_text("utf-8") == DRAFT + "# mine\n"


def test_anchoring_leaves_alone_what_cannot_be_read_to_its_end() -> None:
    with_texts()
    draft = {"article": {"id": "one"}, "facts": [{"evidence": {"quote": "met at", "nth": 1}}]}
    whole = gzip.compress((json.dumps(draft) + "\n").encode() * 5000)
    Path("a.diplomacy.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    result = run("anchor", "a.diplomacy.jsonl.gz", "--articles", "texts")
    assert result.exit_code == 2
    assert "error[unreadable] The compressed file is damaged: it ends too early." in result.stdout
    assert result.stderr == "0 spans hold, 0 quotes anchored; 1 error.\n"
    assert Path("a.diplomacy.jsonl.gz").read_bytes() == whole[: len(whole) // 2]


def test_anchoring_changes_the_lines_that_it_has_to_and_no_other() -> None:
    with_texts()
    draft = json.dumps({"article": {"id": "one"}, "facts": [{"evidence": {"quote": "met at", "nth": 1}}]})
    lines = [b"\xef\xbb\xbf" + draft.encode() + b"\r", b"{", b"", draft.encode(), b"  "]
    Path("a.diplomacy.jsonl").write_bytes(b"\n".join(lines))
    assert run("anchor", "a.diplomacy.jsonl", "--articles", "texts").exit_code == 2  # the second line is no JSON
    after = Path("a.diplomacy.jsonl").read_bytes().split(b"\n")
    assert [after[1], after[2], after[4]] == [b"{", b"", b"  "]
    assert after[0] == b"\xef\xbb\xbf" + after[3] + b"\r"
    assert b"quote" not in after[3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"caf\xe9", "The text 'texts/bad.txt' is not UTF-8 at byte 3."),
        (b"x" * (17 * MEGABYTE), "The text 'texts/bad.txt' is larger than 16 MB."),
        (None, "The text 'texts/bad.txt' cannot be read: No such file or directory."),
    ],
)
def test_texts_that_cannot_be_used(content: bytes | None, message: str) -> None:
    with_texts()
    os.mkfifo("texts/pipe.txt")
    Path("texts/folder.txt").mkdir()
    Path("a.diplomacy.yaml").write_text(DRAFT, "utf-8")
    if content is None:
        Path("texts/bad.txt").symlink_to("nowhere")
    else:
        Path("texts/bad.txt").write_bytes(content)
    result = run("anchor", "a.diplomacy.yaml", "--articles", "texts")
    assert (result.exit_code, result.stderr) == (2, f"diplograph: {message}\n")
    Path("texts/bad.txt").unlink()
    assert run("anchor", "a.diplomacy.yaml", "--articles", "texts").exit_code == 0  # the pipe and folder are no texts


def test_quotes_and_spans_of_any_size_are_looked_for_in_good_time(watched: Watched) -> None:
    with_texts()
    Path("texts/long.txt").write_text("ab " * 200_000, "utf-8")
    facts = [
        {"id": "a", "evidence": {"quote": "word " * 1_000_000}},
        {"id": "b", "evidence": "0-300000/000000000000"},
        {"id": "c", "evidence": "0-999999999999"},
    ]
    article = {"id": "long", "text": {"file": "long.txt"}}
    Path("a.diplomacy.json").write_text(json.dumps({"article": article, "facts": facts}), "utf-8")
    done, peak = watched("anchor", "a.diplomacy.json", "--articles", "texts", "--coverage")
    codes = [line.partition("[")[2].partition("]")[0] for line in done.stdout.splitlines()]
    assert codes[:3] == ["quote-not-found", "span-digest", "evidence-outside"]
    assert (done.returncode, peak < 250) == (1, True)
