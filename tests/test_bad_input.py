"""Bad input, on purpose: each gets a sentence at its place and the right exit code, and leaves nothing behind.

All of it goes through the command line. What needs signals, pipes, limits of the system or a look
at the memory runs in a process of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import stat
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import diplograph
from diplograph import guarding
from diplograph.anchoring.spans import check_span
from diplograph.cli import main
from diplograph.reading import contents, documents
from diplograph.reading.json import parse_json

SHA256 = "0123456789abcdef" * 4
ARTICLE = {"id": "one", "language": "en", "text": {"sha256": SHA256, "length": 100}}
ENTITIES = {"ada": {"type": "Person", "label": "Ada"}, "ben": {"type": "Person", "label": "Ben"}}
TALKS = {"id": "talks", "type": "Meeting", "participant": ["ada", "ben"], "label": "they met", "evidence": "0-40"}
HEADER = f"article: {{id: one, language: en, text: {{sha256: {SHA256}, length: 100}}}}\n"
PEOPLE = "entities:\n  ada: {type: Person, label: Ada}\n  ben: {type: Person, label: Ben}\n"
FACT = "  - {id: talks, type: Meeting, participant: [ada, ben], label: they met, evidence: 0-40}\n"
GOOD = HEADER + PEOPLE + "facts:\n" + FACT
MEGABYTE = 1 << 20


def annotation(**more: Any) -> dict[str, Any]:
    """Make an annotation without problems, some of its keys replaced."""
    return {"article": ARTICLE, "entities": ENTITIES, "facts": [TALKS], **more}


def fact(**more: Any) -> str:
    """Write an annotation whose only fact has some further keys."""
    return json.dumps(annotation(facts=[TALKS | more]))


def noise(size: int, seed: int = 1) -> bytes:
    """Give bytes without sense, always the same."""
    return random.Random(seed).randbytes(size)  # noqa: S311 - nothing is to be kept secret


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def names() -> list[str]:
    """List what is in the working folder."""
    return sorted(path.name for path in Path().iterdir())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that messages name files as they are given."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(name: str, content: bytes, *lines: str) -> None:
    """Check that a file is refused by all commands with the same lines, and that nothing is written."""
    Path(name).write_bytes(content)
    before = names()
    validated = run("validate", name)
    assert validated.stdout.splitlines() == list(lines)
    assert validated.exit_code == 2
    count = "1 error" if len(lines) == 1 else f"{len(lines)} errors"
    assert validated.stderr == f"{count}.\n"
    others = [["export", name, "-o", "out.nq"], ["query", "conflicts", name], ["explain", "talks", name]]
    for arguments in others:
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (2, ""), arguments
        assert result.stderr.splitlines() == [*lines, f"{count}; nothing was written."]
    assert names() == before


def with_texts() -> None:
    Path("texts").mkdir()
    Path("texts/one.txt").write_text("They met at the harbour. " * 4, "utf-8")


DEEP = "error[too-deep] The document is nested too deeply."
NO_TOP = "Known: $schema, article, entities, facts, names, noFact, registers."
BROKEN: dict[str, tuple[str, str | bytes, list[str]]] = {
    # YAML
    "an unclosed list": (
        "a.diplomacy.yaml",
        HEADER + "facts: [\n",
        ["a.diplomacy.yaml:3:1: error[yaml-syntax] This is not YAML: did not find expected node content."],
    ),
    "tabs": (
        "a.diplomacy.yaml",
        "article:\n\tid: a\n",
        ["a.diplomacy.yaml:2:1: error[yaml-syntax] This is not YAML: found character that cannot start any token."],
    ),
    "two documents": (
        "a.diplomacy.yaml",
        GOOD + "---\n" + GOOD,
        ["a.diplomacy.yaml:7:1: error[yaml-syntax] This is not YAML: but found another document."],
    ),
    "a directive of another version": (
        "a.diplomacy.yaml",
        "%YAML 9.9\n---\n" + GOOD,
        ["a.diplomacy.yaml:1:1: error[yaml-syntax] This is not YAML: found incompatible YAML document."],
    ),
    "a tag that runs programs": (
        "a.diplomacy.yaml",
        GOOD + "noFact: !!python/object/apply:os.system [id]\n",
        [
            (
                "a.diplomacy.yaml:7:9: error[yaml-tag] The tag '!!python/object/apply:os.system' is not used here. "
                "Leave it out."
            ),
            (
                "a.diplomacy.yaml:7:42: error[wrong-type] Expected a mapping for 'noFact', found text 'id'. "
                "As in {evidence: 0-22, reason: navigation}."
            ),
        ],
    ),
    "a merge key": (
        "a.diplomacy.yaml",
        GOOD + "<<: {facts: []}\n",
        [f"a.diplomacy.yaml:7:1: error[unknown-key] Unknown key of an annotation '<<'. {NO_TOP}"],
    ),
    "brackets without end": ("a.diplomacy.yaml", "a: " + "[" * 100_000, [f"a.diplomacy.yaml:1:53: {DEEP}"]),
    "braces without end": ("a.diplomacy.yaml", "a: " + "{a: " * 30_000, [f"a.diplomacy.yaml:1:200: {DEEP}"]),
    "dashes without end": ("a.diplomacy.yaml", "- " * 50_000 + "x\n", [f"a.diplomacy.yaml:1:101: {DEEP}"]),
    "question marks without end": ("a.diplomacy.yaml", "? " * 50_000 + "x\n", [f"a.diplomacy.yaml:1:101: {DEEP}"]),
    "deeper with each line": (
        "a.diplomacy.yaml",
        "\n".join(" " * depth + "a:" for depth in range(2000)) + " 1\n",
        [f"a.diplomacy.yaml:51:51: {DEEP}"],
    ),
    # JSON
    "a cut end": (
        "a.diplomacy.json",
        json.dumps(annotation())[:-5],
        ["a.diplomacy.json:1:358: error[json-syntax] This is not JSON: Unterminated string starting."],
    ),
    "more behind the end": (
        "a.diplomacy.json",
        "{} x",
        ["a.diplomacy.json:1:4: error[json-syntax] This is not JSON: Extra data."],
    ),
    "a comma too many": (
        "a.diplomacy.json",
        '{"article": 1,}',
        [
            (
                "a.diplomacy.json:1:15: error[json-syntax] This is not JSON: "
                "Expecting property name enclosed in double quotes."
            )
        ],
    ),
    "brackets that close": ("a.diplomacy.json", "[" * 100_000 + "]" * 100_000, [f"a.diplomacy.json:1:51: {DEEP}"]),
    "brackets that do not": ("a.diplomacy.json", "[" * 1_000_000, [f"a.diplomacy.json:1:51: {DEEP}"]),
    "mappings in mappings": (
        "a.diplomacy.json",
        '{"a":' * 200_000 + "1" + "}" * 200_000,
        [f"a.diplomacy.json:1:251: {DEEP}"],
    ),
    "ten thousand facts in each other": (
        "a.diplomacy.json",
        '{"facts": [' + '{"content": ' * 10_000 + "1" + "}" * 10_000 + "]}",
        [f"a.diplomacy.json:1:588: {DEEP}"],
    ),
    "a line that is deep": ("a.diplomacy.jsonl", "\n" + "[" * 60 + "]" * 60, [f"a.diplomacy.jsonl:2:51: {DEEP}"]),
    # encodings
    "UTF-16": (
        "a.diplomacy.yaml",
        GOOD.encode("utf-16"),
        ["a.diplomacy.yaml:1:1: error[encoding] This is UTF-16 or UTF-32, or no text at all. Save the file as UTF-8."],
    ),
    "UTF-16 without a mark": (
        "a.diplomacy.json",
        "{}".encode("utf-16-be"),
        ["a.diplomacy.json:1:1: error[encoding] This is UTF-16 or UTF-32, or no text at all. Save the file as UTF-8."],
    ),
    "Latin-1": (
        "a.diplomacy.yaml",
        GOOD.replace("they met", "café").encode("latin-1"),
        ["a.diplomacy.yaml:6:67: error[encoding] The byte 0xE9 is not UTF-8. Save the file as UTF-8."],
    ),
    "an overlong NUL": (
        "a.diplomacy.yaml",
        b"a: \xc0\x80\n",
        ["a.diplomacy.yaml:1:4: error[encoding] The byte 0xC0 is not UTF-8. Save the file as UTF-8."],
    ),
    "surrogates in bytes": (
        "a.diplomacy.json",
        b'{"a": "\xed\xa0\x80"}',
        ["a.diplomacy.json:1:8: error[encoding] The byte 0xED is not UTF-8. Save the file as UTF-8."],
    ),
    "noise": (
        "a.diplomacy.json",
        noise(100_000),
        ["a.diplomacy.json:1:1: error[encoding] The byte 0xF5 is not UTF-8. Save the file as UTF-8."],
    ),
    # characters
    "NUL in YAML": (
        "a.diplomacy.yaml",
        GOOD.replace("they", "th\0ey"),
        [
            (
                "a.diplomacy.yaml:6:66: error[yaml-syntax] YAML cannot hold this text: "
                "control characters are not allowed. Remove it."
            )
        ],
    ),
    "NUL in JSON": (
        "a.diplomacy.json",
        '{"a": "\0"}',
        ["a.diplomacy.json:1:8: error[json-syntax] This is not JSON: Invalid control character."],
    ),
    "NUL escaped": (
        "a.diplomacy.json",
        fact(about="\0"),
        ["a.diplomacy.json:1:375: error[control-character] The text holds the control character U+0000. Remove it."],
    ),
    "half of a surrogate pair": (
        "a.diplomacy.json",
        fact(note="\udc00"),
        ["a.diplomacy.json:1:374: error[control-character] The text holds the control character U+DC00. Remove it."],
    ),
    "a key that turns round what follows": (
        "a.diplomacy.yaml",
        GOOD + "\u202efacts: 1\n",
        ["a.diplomacy.yaml:7:1: error[unknown-key] Unknown key of an annotation '\\u202efacts'. Did you mean 'facts'?"],
    ),
    "a key that steers a terminal": (
        "a.diplomacy.json",
        json.dumps(annotation(**{"\x1b[2J\x9b": 1})),
        [f"a.diplomacy.json:1:368: error[unknown-key] Unknown key of an annotation '\\x1b[2J\\x9b'. {NO_TOP}"],
    ),
    # numbers
    "a number of many digits": (
        "a.diplomacy.json",
        fact(quantity=0).replace(": 0}", ": " + "1" * 100_000 + "}"),
        ["a.diplomacy.json:1:378: error[json-syntax] This is not JSON: a number of 100000 digits is too large."],
    ),
    "a fraction of many digits": (
        "a.diplomacy.json",
        fact(quantity=0).replace(": 0}", ": 0." + "1" * 100_000 + "}"),
        ["a.diplomacy.json:1:378: error[json-syntax] This is not JSON: a number of 100002 characters is too long."],
    ),
    "a huge exponent": (
        "a.diplomacy.json",
        fact(quantity=0).replace(": 0}", ": 1e99999999}"),
        ["a.diplomacy.json:1:378: error[json-syntax] This is not JSON: the number 1e99999999 is too large."],
    ),
    "an exponent beyond use": (
        "a.diplomacy.yaml",
        GOOD.replace("label: they met", "quantity: -1e999"),
        ["a.diplomacy.yaml:6:67: error[number-size] The exponent of the number is too large."],
    ),
    "a year beyond use": (
        "a.diplomacy.json",
        fact(time="Y1E999999999"),
        [
            (
                "a.diplomacy.json:1:374: error[edtf] 'Y1E999999999' is not a date that exists in EDTF, "
                "such as 2024-09-14 or 2024-09."
            )
        ],
    ),
    # packing
    "gzip cut short": (
        "a.diplomacy.yaml.gz",
        gzip.compress(GOOD.encode(), mtime=0)[:-10],
        [
            (
                "a.diplomacy.yaml.gz: error[unreadable] The file cannot be read: "
                "Compressed file ended before the end-of-stream marker was reached."
            )
        ],
    ),
    "gzip with another check sum": (
        "a.diplomacy.yaml.gz",
        gzip.compress(b"a: 1\n", mtime=0)[:-8] + bytes(8),
        ["a.diplomacy.yaml.gz: error[unreadable] The file cannot be read: CRC check failed 0x0 != 0xe3231969."],
    ),
    "gzip with more behind": (
        "a.diplomacy.yaml.gz",
        gzip.compress(GOOD.encode(), mtime=0) + b"more",
        ["a.diplomacy.yaml.gz: error[unreadable] The file cannot be read: Not a gzipped file (b'mo')."],
    ),
    "no gzip at all": (
        "a.diplomacy.jsonl.gz",
        b"{}",
        ["a.diplomacy.jsonl.gz: error[unreadable] The file cannot be read: Not a gzipped file (b'{}')."],
    ),
    # names that are said twice
    "an id twice": (
        "a.diplomacy.yaml",
        GOOD + FACT,
        ["a.diplomacy.yaml:7:10: error[duplicate-id] Another fact of this article has the id 'talks'."],
    ),
    "an article twice": (
        "a.diplomacy.jsonl",
        2 * (json.dumps(annotation()) + "\n"),
        [
            (
                "a.diplomacy.jsonl:2:64: error[duplicate-article] 'a.diplomacy.jsonl' annotates the same text. "
                "Keep one file an article."
            )
        ],
    ),
    "articles whose IRIs would be the same": (
        "a.diplomacy.jsonl",
        json.dumps(annotation()) + "\n" + json.dumps(annotation()).replace(SHA256, SHA256[:16] + "f" * 48),
        [
            (
                "a.diplomacy.jsonl:2:64: error[duplicate-article] 'a.diplomacy.jsonl' annotates the same text. "
                "Keep one file an article."
            )
        ],
    ),
    "a fact about itself": (
        "a.diplomacy.json",
        fact(condition="talks"),
        ["a.diplomacy.json:1:379: error[self-reference] The fact 'talks' refers to itself. Name another fact."],
    ),
    "a source that quotes itself": (
        "a.diplomacy.json",
        fact(says=["ada", "ben", "ada"]),
        ["a.diplomacy.json:1:389: error[duplicate-value] This value stands here twice. Keep one."],
    ),
    "a register that names registers": (
        "a.register.yaml",
        "registers: [a.register.yaml]\n" + PEOPLE,
        ["a.register.yaml:1:1: error[unknown-key] Unknown key of a register 'registers'. Known: $schema, entities."],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_are_refused_at_their_place(case: str) -> None:
    name, content, lines = BROKEN[case]
    refused(name, content if isinstance(content, bytes) else content.encode(), *lines)


@pytest.mark.parametrize("case", [case for case in BROKEN if "register" not in case])
def test_broken_files_are_left_alone_by_anchor(case: str) -> None:
    name, content, _ = BROKEN[case]
    raw = content if isinstance(content, bytes) else content.encode()
    Path(name).write_bytes(raw)
    with_texts()
    result = run("anchor", name, "--articles", "texts", "--coverage")
    assert result.exit_code in (1, 2)
    assert result.stdout
    assert "failed" not in result.stderr
    assert Path(name).read_bytes() == raw
    assert names() == sorted([name, "texts"])


# What is too large


def packed(beginning: bytes, filling: bytes, size: int, end: bytes = b"") -> bytes:
    """Pack a text of at least a size without ever having it in memory."""
    packer = zlib.compressobj(9, wbits=31)
    block = filling * (MEGABYTE // len(filling))
    pieces = [packer.compress(beginning), *(packer.compress(block) for _ in range(size // MEGABYTE + 1))]
    return b"".join([*pieces, packer.compress(end), packer.flush()])


SPLIT = "Split it into several, or keep one article a line (.jsonl)."
BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "YAML": ("a.diplomacy.yaml.gz", lambda: packed(b"a: ", b"x", 80 * MEGABYTE), "document is larger than 64 MB"),
    "lines of YAML": (
        "a.diplomacy.yaml.gz",
        lambda: packed(b"", b"\n", 80 * MEGABYTE),
        "document is larger than 64 MB",
    ),
    "JSON": ("a.diplomacy.json.gz", lambda: packed(b'{"a": "', b"x", 80 * MEGABYTE), "document is larger than 64 MB"),
    "a line of JSON": (
        "a.diplomacy.jsonl.gz",
        lambda: packed(b'{"a": "', b"x", 80 * MEGABYTE),
        "line is larger than 64 MB",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_unpacks_to_more_than_a_document_is_refused(bomb: str) -> None:
    name, content, what = BOMBS[bomb]
    Path(name).write_bytes(content())
    done, peak = watched("validate", name)
    assert done.stdout == f"{name}:1:1: error[too-large] The {what}. {SPLIT}\n"
    assert (done.returncode, peak < 300) == (2, True)
    assert run("export", name, "-o", "out.nq").exit_code == 2
    assert names() == [name]


def test_empty_lines_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "LARGEST", 1 << 20)
    Path("a.diplomacy.jsonl").write_bytes(b"\r\n" * (1 << 20))
    result = run("validate", "a.diplomacy.jsonl")
    message = "error[too-large] There are too many empty lines. Remove them."
    assert (result.exit_code, result.stdout) == (2, f"a.diplomacy.jsonl:16385:1: {message}\n")


def test_a_register_is_no_way_round_the_limit() -> None:
    Path("big.register.yaml.gz").write_bytes(packed(b"entities: ", b"x", 80 * MEGABYTE))
    Path("a.diplomacy.yaml").write_text("registers: [big.register.yaml.gz]\n" + GOOD, "utf-8")
    done, peak = watched("validate", "a.diplomacy.yaml")
    assert done.stdout == f"big.register.yaml.gz:1:1: error[too-large] The document is larger than 64 MB. {SPLIT}\n"
    assert (done.returncode, peak < 300) == (2, True)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.diplomacy.json", "[" + "1," * 60 + "1]", "1:1"),
        ("a.diplomacy.json", '{"a": [' + "[]," * 50 + "1]}", "1:1"),
        ("a.diplomacy.jsonl", "\n[" + "{}," * 50 + "1]", "2:1"),
        ("a.diplomacy.yaml", "- 1\n" * 60, "50:3"),
        ("a.diplomacy.yaml", "a: {" + "b, " * 60 + "}", "1:75"),
    ],
)
def test_many_small_values_are_too_large_as_well(
    name: str, text: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("json", "yaml"):
        monkeypatch.setattr(f"diplograph.reading.{module}.MOST_VALUES", 50)
    Path(name).write_text(text, "utf-8")
    result = run("validate", name)
    keys = ", keys included" if name.endswith("yaml") else ""
    message = f"The document has more than 50 values{keys}. {SPLIT}"
    assert (result.exit_code, result.stdout) == (2, f"{name}:{place}: error[too-large] {message}\n")


@pytest.mark.parametrize("text", ['{"a": "' + '[{,\\"' * 100 + '"}', '{"a": [1, "]", 2]}'])
def test_what_stands_in_a_string_is_no_value(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diplograph.reading.json.MOST_VALUES", 5)
    assert isinstance(parse_json(text, "a.json"), documents.Document)


def test_lines_without_end_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "_MOST_LINES", 100)
    refused(
        "a.diplomacy.yaml",
        b"#\r" * 101 + GOOD.encode(),
        "a.diplomacy.yaml:1:1: error[too-large] The document has more than 100 lines. " + SPLIT,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.diplomacy.json", "a.diplomacy.yaml"])
def test_the_worst_of_documents_takes_a_gigabyte_and_no_more(name: str) -> None:
    """Two million values, which is the most: a list where facts should stand, each of them a problem."""
    if name.endswith("json"):
        text = '{"facts": [' + '{"a":1},' * 640_000 + "1]}"
    else:
        text = "facts: [" + "{a: 1}," * 600_000 + "]\n"
    Path(name).write_text(text, "utf-8")
    done, peak = watched("validate", name, "--quiet")
    assert done.returncode == 2
    assert done.stdout.count("\n") == 10_001
    assert done.stdout.startswith(f"{name}: error[too-many-problems] There are more than 10,000 problems; ")
    assert peak < 1300


def test_long_texts_are_data_and_messages_stay_short() -> None:
    long = "x" * 10_000_000
    Path("a.diplomacy.json").write_text(fact(label=long, time=long, type=long, place=long, **{long: 1}), "utf-8")
    done, peak = watched("validate", "a.diplomacy.json")
    lines = done.stdout.splitlines()
    assert done.returncode == 2
    assert [line.partition("[")[2].partition("]")[0] for line in lines] == [
        "unknown-type",
        "edtf",
        "too-long",
        "unknown-key",
    ]
    assert max(map(len, lines)) < 500
    assert lines[0].endswith("xxx'.")
    assert peak < 300
    Path("a.diplomacy.json").write_text(fact(label=long), "utf-8")
    assert run("export", "a.diplomacy.json", "-o", "out.nq").exit_code == 0
    assert Path("out.nq").stat().st_size > len(long)


def test_a_key_twice_that_is_long_takes_little_memory() -> None:
    """The places in a text were found with a pattern that took a hundred bytes for each character."""
    key = "k" * 10_000_000
    Path("a.diplomacy.json").write_text(f'{{"{key}": 1, "{key}": 2}}', "utf-8")
    done, peak = watched("validate", "a.diplomacy.json")
    assert "error[duplicate-key] The key 'kkk" in done.stdout
    assert (done.returncode, peak < 300) == (2, True)


def test_aliases_multiply_nothing() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 40))
    Path("a.diplomacy.yaml").write_text(HEADER + "l0: &l0 [x]\n" + levels, "utf-8")
    done, peak = watched("validate", "a.diplomacy.yaml")
    assert done.returncode == 2
    assert done.stdout.count("error[yaml-alias] Anchors and aliases are not used here. Write the value out.\n") == 40
    assert peak < 100
    Path("a.diplomacy.yaml").write_text(HEADER + f"facts: [&a {'x' * 1_000_000}" + ", *a" * 10_000 + "]\n", "utf-8")
    done, peak = watched("validate", "a.diplomacy.yaml")
    assert (done.returncode, peak < 200) == (2, True)


def test_speakers_in_speakers_are_counted_before_they_speak() -> None:
    """Ten levels of ten speakers would be ten thousand million claims."""
    names = [f"voice-{number}" for number in range(10)]
    told: Any = {"type": "Meeting", "label": "a meeting"}
    for _ in range(10):
        told = {"type": "Statement", "actor": names, "label": "a statement", "content": told}
    people = ENTITIES | {name: {"type": "Person", "label": name} for name in names}
    Path("a.diplomacy.json").write_text(
        json.dumps(annotation(entities=people, facts=[told | {"id": "s", "evidence": "0-4"}])), "utf-8"
    )
    done, peak = watched("export", "a.diplomacy.json", "--no-validate", "-o", "out.nq")
    assert done.returncode == 2
    message = "1000 chains of 4 sources tell this, which makes more than 1000 claims of it."
    assert f"error[too-many-claims] {message} Name a group as the speaker.\n" in done.stderr
    assert peak < 100


def test_many_unknown_names_are_told_in_good_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison with each of many names takes long: after some, no correction is looked for any more."""
    monkeypatch.setattr("diplograph.reading.context.suggestions", lambda: iter(range(2)))
    monkeypatch.setattr("diplograph.reading.corpus.suggestions", lambda: iter(range(2)))
    facts = [TALKS | {"id": f"f{number}", "participant": ["adda", "ben"]} for number in range(4)]
    Path("a.diplomacy.json").write_text(json.dumps(annotation(facts=facts)), "utf-8")
    lines = run("validate", "a.diplomacy.json").stdout.splitlines()
    assert [line.partition("Unknown ")[2] for line in lines] == [
        *["entity 'adda'. Did you mean 'ada'?"] * 2,
        *["entity 'adda'."] * 2,
    ]


def test_problems_without_end_come_to_an_end() -> None:
    Path("a.diplomacy.jsonl").write_text('{"a": 1}\n' * 20_000, "utf-8")
    Path("b.diplomacy.yaml").write_text("a: 1\n", "utf-8")
    result = run("validate", ".")
    assert result.exit_code == 2
    lines = result.stdout.splitlines()
    message = "error[too-many-problems] There are more than 10,000 problems; the rest is not told."
    assert (len(lines), lines[0]) == (10_001, f"a.diplomacy.jsonl: {message}")


# Memory and time of what is large and right

WATCHED = """
import sys
from diplograph.cli import main
try:
    main(sys.argv[2:])
finally:
    status = open("/proc/self/status").read()
    open(sys.argv[1], "w").write(status.partition("VmHWM:")[2].split()[0])
"""


def watched(*arguments: str) -> tuple[subprocess.CompletedProcess[str], int]:
    """Run a command, and tell its peak of memory in MB: that of the process itself, not of its parent."""
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell how much memory a process took")
    peak = Path("../peak")
    command = [sys.executable, "-c", WATCHED, str(peak), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert "Traceback" not in done.stderr
    return done, int(peak.read_text("utf-8")) // 1024


def test_lines_are_read_one_at_a_time() -> None:
    """A million facts have to fit: what is read takes the same memory however many articles there are."""
    peaks = []
    for count in (50, 2000):
        with Path("a.diplomacy.jsonl").open("w", encoding="utf-8") as file:
            for number in range(count):
                article = ARTICLE | {"text": {"sha256": f"{number:064x}"[::-1], "length": 100}}
                file.write(
                    json.dumps(annotation(article=article, noFact=[{"evidence": "1-2", "reason": "x" * 20_000}])) + "\n"
                )
        done, peak = watched("export", "a.diplomacy.jsonl", "--no-validate", "-o", "out.nq")
        assert done.returncode == 0, done.stderr
        peaks.append(peak)
    assert peaks[1] < peaks[0] + 20  # the file has 40 MB


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


def test_standard_input_may_be_closed_or_deep() -> None:
    command = [sys.executable, "-m", "diplograph", "validate", "-"]
    done = subprocess.run(["sh", "-c", '"$@" <&-', "sh", *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "diplograph: Standard input is closed. Name a file.\n")
    result = run("validate", "-", stdin=b'{"a":' * 100_000)
    assert (result.exit_code, result.stdout) == (2, f"<stdin>:1:251: {DEEP}\n")


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


# Keys that try to break out of an IRI, a literal or a line

HOSTILE = [
    *("a> <b", '"""', "'''", "a\nb", "a\tb", "\\", "\\u0041", "..", "%2E", "../../x", "{}", "?q#f", "#", "/", "$(id)"),
    *("\u202e", "\ufeff", "\U000e0041", "\U0001f600", "e\u0301", "\u00e9", "<script>", "@prefix", "@en", "^^", "_:b"),
    *(
        "a.b",
        "a.by-1",
        "a.as-b",
        "http://example.org/",
        " a",
        "a ",
        "--",
        "%00",
        "x" * 1000,
        "*",
        "&a",
        "!",
        "a\u2028b",
    ),
]


@pytest.mark.parametrize("suffix", ["nq", "ttl", "trig", "nt", "jsonld", "rdf"])
def test_hostile_keys_stay_where_they_belong(suffix: str) -> None:
    """Whatever a key holds, each entity and situation has an IRI of its own, under the base."""
    people = {key: {"type": "Person", "label": f"<{key}>"} for key in HOSTILE}
    facts = [
        TALKS | {"id": f"f{place}", "about": key, "says": key, "participant": [key, "ada"], "label": f'{key}" . <a:b>'}
        for place, key in enumerate(HOSTILE)
    ]
    Path("a.diplomacy.json").write_text(json.dumps(annotation(entities=ENTITIES | people, facts=facts)), "utf-8")
    assert run("export", "a.diplomacy.json", "-o", f"out.{suffix}", "--no-validate").exit_code == 0
    quads = list(ox.parse(path=f"out.{suffix}"))
    base = "https://w3id.org/diplograph/id/"
    subjects = {str(quad.subject.value) for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    assert all(subject.startswith(base) for subject in subjects)
    assert len([subject for subject in subjects if subject.startswith(base + "situation/")]) == len(HOSTILE)
    own = [subject for subject in subjects if subject.startswith(f"{base}entity/{SHA256[:16]}.")]
    assert len(own) == len(HOSTILE) + 2
    literals = {quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)}
    assert {literal for literal in literals if literal.endswith('" . <a:b>')} == {f'{key}" . <a:b>' for key in HOSTILE}


def test_ids_are_plain_or_refused() -> None:
    plain = {"x" * 1000}
    ids = [*(key for key in HOSTILE if key not in plain), "", "\ud800", "a" * 1001]
    facts = [TALKS | {"id": key} for key in ids]
    Path("a.diplomacy.json").write_text(json.dumps(annotation(facts=facts)), "utf-8")
    result = run("validate", "a.diplomacy.json")
    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == len(ids)
    codes = {line.partition("[")[2].partition("]")[0] for line in result.stdout.splitlines()}
    assert codes == {"identifier", "empty-text", "control-character", "too-long"}


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


# What goes round in circles

CIRCLES = {
    "facts that contain each other": (
        "  - {id: s, type: Statement, actor: ada, content: t, evidence: 0-4}\n"
        "  - {id: t, type: Statement, actor: ben, content: s, evidence: 4-9}\n"
    ),
    "denials of each other": (
        "  - {id: s, type: Denial, actor: ada, denies: t, evidence: 0-4}\n"
        "  - {id: t, type: Denial, actor: ben, denies: s, evidence: 4-9}\n"
    ),
    "conditions of each other": (
        "  - {id: s, type: Meeting, participant: [ada, ben], condition: t, evidence: 0-4}\n"
        "  - {id: t, type: Meeting, participant: [ada, ben], condition: s, outcomeOf: s, evidence: 4-9}\n"
    ),
    "a condition of itself by its shared key": (
        "  - {id: s, type: Meeting, about: k, participant: [ada, ben], condition: {about: k}, evidence: 0-4}\n"
    ),
    "a chain that names a source twice by nesting": (
        "  - {id: s, type: Statement, actor: ada, says: ada, evidence: 0-4,\n"
        "     content: {type: Meeting, says: ada, participant: [ada, ben], label: a meeting}}\n"
    ),
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_circles_of_facts_are_harmless(circle: str) -> None:
    Path("a.diplomacy.yaml").write_text(HEADER + PEOPLE + "facts:\n" + CIRCLES[circle], "utf-8")
    for arguments in (["validate"], ["export", "-o", "out.nq"], ["query", "conflicts"], ["explain", "s"]):
        result = run(*arguments, "a.diplomacy.yaml")
        assert result.exit_code == 0, result.output
    assert len(list(ox.parse(path="out.nq"))) > 40


@pytest.mark.parametrize("key", ["content", "condition"])
def test_a_ring_of_many_facts_is_no_recursion(key: str) -> None:
    kinds: dict[str, dict[str, Any]] = {
        "content": {"type": "Statement", "actor": "ada"},
        "condition": {"type": "Meeting", "participant": ["ada", "ben"]},
    }
    facts = [
        {"id": f"f{place}", key: f"f{(place + 1) % 2000}", "evidence": "0-4", "label": "one of many"} | kinds[key]
        for place in range(2000)
    ]
    Path("a.diplomacy.json").write_text(json.dumps(annotation(facts=facts)), "utf-8")
    assert run("export", "a.diplomacy.json", "-o", "out.nq", "--no-validate").exit_code == 0
    assert len(list(ox.parse(path="out.nq"))) > 20_000


@pytest.mark.parametrize(
    ("register", "code"),
    [
        ("a: {type: Place, label: a, locatedIn: b}\n  b: {type: Place, label: b, locatedIn: a}", "place-chain"),
        ("a: {type: Place, label: a, locatedIn: a}", "place-chain"),
        ("a: {type: Office, label: a, officeOf: b, incompatibleWith: a}\n  b: {type: State, label: b}", ""),
        ("a: {type: State, label: a, country: b}\n  b: {type: State, label: b, country: a}", ""),
    ],
)
def test_circles_in_registers_are_found_or_harmless(register: str, code: str) -> None:
    Path("a.register.yaml").write_text(f"entities:\n  {register}\n", "utf-8")
    result = run("validate", "a.register.yaml")
    assert "failed" not in result.stderr
    assert (result.exit_code == 1) == bool(code), result.output
    assert code in result.stdout
    for arguments in (["query", "conflicts"], ["export", "--no-validate", "-o", "out.nq"]):
        assert run(*arguments, "a.register.yaml").exit_code == 0


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
    facts = [TALKS | {"id": f"f{number}", "note": noise(99, number).hex()} for number in range(9)]
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
        (["export", "a.diplomacy.yaml", "-o", "out.nq"], ("mapping.nodes", "Node", "quads", 5)),
        (["query", "conflicts", "a.diplomacy.yaml", "-o", "out.csv"], ("mapping.nodes", "Node", "quads", 5)),
        (["explain", "talks", "a.diplomacy.yaml"], ("mapping.nodes", "Node", "quads", 5)),
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


# RDF

NAMESPACES = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/"'
ELEMENT = f'<rdf:RDF {NAMESPACES}><rdf:Description rdf:about="http://example.org/a"><e:p>%s</e:p></rdf:Description>'
LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9)
)
RDF: dict[str, tuple[str, str | bytes | Callable[[], bytes], str]] = {
    "a cut end": ("a.ttl", "<a:b> <a:c>", "a.ttl:1:12: error[rdf-syntax] "),
    "noise": ("a.nt", noise(10_000), "a.nt:1:1: error[rdf-syntax] "),
    "UTF-16": ("a.rdf", (ELEMENT % "x").encode("utf-16"), "a.rdf:1:1: error[rdf-syntax] "),
    "NUL": ("a.trig", "\0", "a.trig:1:1: error[rdf-syntax] "),
    "half of a surrogate pair": ("a.nt", '<a:b> <a:c> "\\uD800" .', "a.nt:1:14: error[rdf-syntax] "),
    "a context elsewhere": (
        "a.jsonld",
        '{"@context": "http://127.0.0.1:9/", "a": 1}',
        "a.jsonld:1:1: error[rdf-syntax] ",
    ),
    "a file as an entity": (
        "a.rdf",
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>{ELEMENT % "&x;"}',
        "a.rdf:1:1: error[rdf-syntax] ",
    ),
    "a long IRI that is none": ("a.rdf", f'<rdf:RDF xmlns:rdf="{"x" * MEGABYTE}"/>', "a.rdf:1:1: error[rdf-syntax] "),
    "gzip cut short": ("a.nq.gz", gzip.compress(b"<a:b> <a:c> <a:d> .")[:-12], "'a.nq.gz' cannot be read: Compressed "),
    "no gzip": ("a.nq.gz", b"<a:b> <a:c> <a:d> .", "'a.nq.gz' cannot be read: Not a gzipped file (b'<a')."),
    "a literal without end": (
        "a.ttl",
        '<a:b> <a:c> "' + "x" * (17 * MEGABYTE),
        "a.ttl: error[too-large] A single term is larger than 16 MB.",
    ),
    "a packed literal without end": (
        "a.nt.gz",
        lambda: packed(b'<a:b> <a:c> "', b"x", 80 * MEGABYTE),
        "a.nt.gz: error[too-large] A single term is larger than 16 MB.",
    ),
    "packed empty lines": (
        "a.jsonld.gz",
        lambda: packed(b"[", b"\n", 80 * MEGABYTE),
        "'a.jsonld.gz' cannot be read: it unpacks to more than 200 times its size.",
    ),
    "text between tags without end": (
        "a.rdf.gz",
        lambda: packed((ELEMENT % "").encode()[:-23], noise(1 << 14).hex().encode(), 66 * MEGABYTE),
        "'a.rdf.gz' cannot be read: there are more than 64 MB without a tag.",
    ),
    "a thousand million laughs": (
        "a.rdf",
        f"{LAUGHS}]>{ELEMENT % '&j;'}</rdf:RDF>",
        "'a.rdf' cannot be read: it declares an entity that is long or made of others.",
    ),
    "a long laugh": (
        "a.owl",
        f'<!DOCTYPE r [<!ENTITY a "{"ha" * 1000}">]>{ELEMENT % ("&a;" * 1000)}</rdf:RDF>',
        "'a.owl' cannot be read: it declares an entity that is long",
    ),
    "elements in elements": (
        "a.rdf",
        f"<rdf:RDF {NAMESPACES}>" + "<rdf:Description><e:p>" * 20_000,
        "'a.rdf' cannot be read: it is nested more than 1000 elements deep.",
    ),
    "mappings in mappings": (
        "a.jsonld",
        '{"a:b":' * 5000 + "1" + "}" * 5000,
        "'a.jsonld' cannot be read: it is nested more than 200 brackets deep.",
    ),
    "triples in triples": (
        "a.ttl",
        "<a:b> <a:c> " + "<<( <a:b> <a:c> " * 20_000 + "1" + " )>>" * 20_000 + " .",
        "'a.ttl' cannot be read: it has triple terms nested more than 200 deep.",
    ),
    "brackets without end": ("a.ttl", "<a:b> <a:c> " + "[ <a:p> " * 100_000, "a.ttl:1:800013: error[rdf-syntax] "),
    "a folder": ("a.ttl/b", "", "'a.ttl' cannot be read: Is a directory."),
}


@pytest.mark.parametrize("case", RDF)
def test_broken_rdf_is_refused(case: str) -> None:
    """What makes the parser fill the memory or crash is refused before; so it is in a process of its own."""
    name, content, told = RDF[case]
    raw = content() if callable(content) else content if isinstance(content, bytes) else content.encode()
    file = Path(name)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(raw)
    name = file.parts[0]
    done, peak = watched("validate", name)
    output = done.stdout + done.stderr
    line = output.splitlines()[0].removeprefix("diplograph: ")
    assert line.startswith(told), line
    assert done.returncode == 2
    assert len(line) < 600
    assert peak < 350
    if "surrogate" not in case:
        result = run("query", "conflicts", name)
        assert (result.exit_code, line in result.stderr) == (2, True)


@pytest.mark.parametrize("name", ["a.ttl", "a.nt", "a.jsonld", "a.rdf"])
def test_a_mark_at_the_start_of_rdf_is_no_part_of_it(name: str) -> None:
    Path("a.diplomacy.yaml").write_text(GOOD, "utf-8")
    assert run("export", "a.diplomacy.yaml", "-o", name).exit_code == 0
    Path(name).write_bytes(b"\xef\xbb\xbf" + Path(name).read_bytes())
    assert run("validate", name).stdout == ""
    assert run("query", "conflicts", name).exit_code == 0


JSON = st.recursive(
    st.text(st.sampled_from('a"\\[{]}\n\u00e9'), max_size=6),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(st.sampled_from('"[{\\'), max_size=3), below),
    max_leaves=20,
)


@given(JSON, st.data())
def test_brackets_are_counted_as_json_has_them(value: Any, data: st.DataObject) -> None:
    def depth(one: Any) -> int:
        below = one.values() if isinstance(one, dict) else one if isinstance(one, list) else None
        return 0 if below is None else 1 + max(map(depth, below), default=0)

    around = guarding._DEEPEST - depth(value)  # noqa: SLF001 - so that it is exactly as deep as may be, or deeper by one
    for more, refused in ((0, False), (1, True)):
        text = ("[" * (around + more) + json.dumps(value, ensure_ascii=False) + "]" * (around + more)).encode()
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
        pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        check = guarding._Brackets()  # noqa: SLF001 - it sees each piece
        assert any(check(piece) for piece in pieces) == refused


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
    assert "error[unreadable] The file cannot be read: Compressed file ended" in result.stdout
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


def test_quotes_and_spans_of_any_size_are_looked_for_in_good_time() -> None:
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
