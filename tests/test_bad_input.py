"""Bad input, on purpose: each gets a sentence at its place and the right exit code, and leaves nothing behind.

All of it goes through the command line; what needs a look at the memory runs in a process of its own.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from tests.inputs import (
    ARTICLE,
    ENTITIES,
    FACT,
    GOOD,
    HEADER,
    MEGABYTE,
    PEOPLE,
    SHA256,
    TALKS,
    Watched,
    annotation,
    names,
    noise,
    packed,
    run,
)

from diplograph.reading import contents, documents
from diplograph.reading.json import parse_json


def fact(**more: Any) -> str:
    """Write an annotation whose only fact has some further keys."""
    return json.dumps(annotation(facts=[TALKS | more]))


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
                "a.diplomacy.yaml.gz: error[unreadable] The compressed file is damaged: it ends too early. "
                "Fetch it again, or pack it anew."
            )
        ],
    ),
    "gzip with another check sum": (
        "a.diplomacy.yaml.gz",
        gzip.compress(b"a: 1\n", mtime=0)[:-8] + bytes(8),
        [
            (
                "a.diplomacy.yaml.gz: error[unreadable] The compressed file is damaged: "
                "it does not unpack to what was packed. Fetch it again, or pack it anew."
            )
        ],
    ),
    "gzip with more behind": (
        "a.diplomacy.yaml.gz",
        gzip.compress(GOOD.encode(), mtime=0) + b"more",
        [
            (
                "a.diplomacy.yaml.gz: error[unreadable] The compressed file is damaged: "
                "something else follows what is packed. Fetch it again, or pack it anew."
            )
        ],
    ),
    "no gzip at all": (
        "a.diplomacy.jsonl.gz",
        b"{}",
        [
            (
                "a.diplomacy.jsonl.gz: error[unreadable] The file is not packed with gzip. "
                "Pack it, or take .gz from its name."
            )
        ],
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


@pytest.mark.parametrize("most", [10_000, 3], ids=["read to its end", "given up before"])
@pytest.mark.parametrize("command", [["validate"], ["validate", "--jobs", "2"], ["anchor", "--articles", "texts"]])
def test_a_damaged_file_is_one_error(command: list[str], most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One wrong byte stands in all that was packed as a run of what was before; the check sum behind it tells."""
    with_texts()
    for module in ("reading.corpus", "streaming.run"):
        monkeypatch.setattr(f"diplograph.{module}.MOST_PROBLEMS", most)
    broken = b"{" + b" " * 70_000 + b"\n"  # a batch each
    Path("a.diplomacy.jsonl.gz").write_bytes(gzip.compress(broken * 60)[:-8] + bytes(8))
    result = run(command[0], "a.diplomacy.jsonl.gz", *command[1:])
    told = "The compressed file is damaged: it does not unpack to what was packed. Fetch it again, or pack it anew."
    assert (result.exit_code, result.stdout) == (2, f"a.diplomacy.jsonl.gz: error[unreadable] {told}\n")


def test_a_damaged_file_takes_nothing_from_what_is_found_in_others() -> None:
    Path("a.diplomacy.jsonl.gz").write_bytes(gzip.compress(b"{\n" * 3)[:-8] + bytes(8))
    Path("b.diplomacy.jsonl.gz").write_bytes(gzip.compress(b"{\n" * 2))
    found = [line.partition(" ")[0] for line in run("validate", ".").stdout.splitlines()]
    assert found == ["a.diplomacy.jsonl.gz:", "b.diplomacy.jsonl.gz:1:2:", "b.diplomacy.jsonl.gz:2:2:"]


# What is too large


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
def test_what_unpacks_to_more_than_a_document_is_refused(bomb: str, watched: Watched) -> None:
    name, content, what = BOMBS[bomb]
    Path(name).write_bytes(content())
    done, peak = watched("validate", name)
    assert done.stdout == f"{name}:1:1: error[too-large] The {what}. {SPLIT}\n"
    assert (done.returncode, peak < 300) == (2, True)
    assert run("export", name, "-o", "out.nq").exit_code == 2
    assert names() == [name]


def test_a_line_for_editors_is_a_line_for_messages() -> None:
    """JSON Lines end with a line feed; what an editor shows as further lines is counted as such."""
    Path("a.diplomacy.jsonl").write_bytes(b'{"article":\r 1}\r\n{\r\r"a" 1}\r\r\n\r\n[')
    places = [line.partition(": ")[0] for line in run("validate", "a.diplomacy.jsonl").stdout.splitlines()]
    assert places == ["a.diplomacy.jsonl:2:2", "a.diplomacy.jsonl:5:5", "a.diplomacy.jsonl:8:2"]


def test_empty_lines_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "LARGEST", 1 << 20)
    Path("a.diplomacy.jsonl").write_bytes(b"\r\n" * (1 << 20))
    result = run("validate", "a.diplomacy.jsonl")
    message = "error[too-large] There are too many empty lines. Remove them."
    assert (result.exit_code, result.stdout) == (2, f"a.diplomacy.jsonl:16385:1: {message}\n")


def test_a_register_is_no_way_round_the_limit(watched: Watched) -> None:
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
def test_the_worst_of_documents_takes_a_gigabyte_and_no_more(name: str, watched: Watched) -> None:
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


def test_long_texts_are_data_and_messages_stay_short(watched: Watched) -> None:
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


def test_a_key_twice_that_is_long_takes_little_memory(watched: Watched) -> None:
    """The places in a text were found with a pattern that took a hundred bytes for each character."""
    key = "k" * 10_000_000
    Path("a.diplomacy.json").write_text(f'{{"{key}": 1, "{key}": 2}}', "utf-8")
    done, peak = watched("validate", "a.diplomacy.json")
    assert "error[duplicate-key] The key 'kkk" in done.stdout
    assert (done.returncode, peak < 300) == (2, True)


def test_aliases_multiply_nothing(watched: Watched) -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 40))
    Path("a.diplomacy.yaml").write_text(HEADER + "l0: &l0 [x]\n" + levels, "utf-8")
    done, peak = watched("validate", "a.diplomacy.yaml")
    assert done.returncode == 2
    assert done.stdout.count("error[yaml-alias] Anchors and aliases are not used here. Write the value out.\n") == 40
    assert peak < 100
    Path("a.diplomacy.yaml").write_text(HEADER + f"facts: [&a {'x' * 1_000_000}" + ", *a" * 10_000 + "]\n", "utf-8")
    done, peak = watched("validate", "a.diplomacy.yaml")
    assert (done.returncode, peak < 200) == (2, True)


def test_speakers_in_speakers_are_counted_before_they_speak(watched: Watched) -> None:
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
    monkeypatch.setattr("diplograph.reading.context.suggestions", lambda *_: iter(range(2)))
    monkeypatch.setattr("diplograph.reading.corpus.suggestions", lambda *_: iter(range(2)))
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


def test_lines_are_read_one_at_a_time(watched: Watched) -> None:
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
