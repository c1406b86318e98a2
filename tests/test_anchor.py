"""`diplograph anchor`: quotes become offsets, texts are checked, and files change only where they must."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import diplograph
from diplograph.anchoring import Outcome, anchor
from diplograph.anchoring.texts import occurrences
from diplograph.cli import main

TEXT = "The envoy 𝔘 sailed home.\r\nThe cafe\u0301 was shut;\n\tthe envoy 𝔘 left. 👩‍🚀 Waves, waves."
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()
FILLED = f'{{file: "one.txt", sha256: {SHA256}, length: {len(TEXT)}}}'
KNOWN = f"{{file: one.txt, sha256: {SHA256}, length: {len(TEXT)}}}"
HEADER = f"article:\n  id: one\n  text: {KNOWN}\n"


def span(quote: str, nth: int = 1) -> str:
    """Write the span of a quote, found in another way than the program's."""
    start = -1
    for _ in range(nth):
        start = TEXT.index(quote, start + 1)
    digest = hashlib.sha256(quote.encode()).hexdigest()[:12]
    return f"{start}-{start + len(quote)}/{digest}"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder with one text."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "one.txt").write_bytes(TEXT.encode())
    return folder


def written(folder: Path, content: str, name: str = "a.diplomacy.yaml") -> Path:
    file = folder / name
    file.write_bytes(content.encode())
    return file


def run(file: Path, texts: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["anchor", str(file), "--articles", str(texts), *options])


def codes(outcome: Outcome) -> list[str]:
    return [finding.code for finding in outcome.findings]


def evidence(quote: str) -> str:
    """Write an annotation with one span."""
    return f"{HEADER}facts:\n  - id: a\n    evidence: {quote}\n"


QUOTES = [
    ("{quote: sailed}", span("sailed")),
    ("{quote: 𝔘 sailed home.}", span("𝔘 sailed home.")),
    ('{"quote": "home. The"}', span("home.\r\nThe")),
    ("{quote: 'shut; the envoy'}", span("shut;\n\tthe envoy")),
    ('{quote: "cafe\\u0301"}', span("cafe\u0301")),
    ("{quote: 👩‍🚀 Waves}", span("👩‍🚀 Waves")),
    ("{quote: envoy 𝔘, nth: 2}", span("envoy 𝔘", 2)),
    ("{quote: envoy 𝔘, nth: 1}", span("envoy 𝔘", 1)),
    ("0-3", span("The")),
    ('"10-11"', span("𝔘")),
    ("\n      quote: sailed home.\n      nth: 1", "\n      " + span("sailed home.")),
    ("\n      quote: >-\n        sailed\n        home.", "\n      " + span("sailed home.")),
    ("\n      # where he is\n      quote: |\n        left.", "\n      # where he is\n      " + span("left.")),
    (
        "\n      - {quote: sailed}  # one\n      - quote: left",
        f"\n      - {span('sailed')}  # one\n      - {span('left')}",
    ),
    ("[{quote: sailed}, 0-3, {quote: 'left'}]", f"[{span('sailed')}, {span('The')}, {span('left')}]"),
]


@pytest.mark.parametrize(("quote", "expected"), QUOTES)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_quotes_become_offsets_and_nothing_else_changes(
    quote: str, expected: str, end: str, texts: Path, tmp_path: Path
) -> None:
    frame = "# 𝔘 first\n\n" + evidence("@") + "    note:   'as it   was'  # kept\n\n  # last, é\n"
    file = written(tmp_path, frame.replace("@", quote).replace("\n", end))
    outcome = anchor([file], texts)
    assert codes(outcome) == []
    assert outcome.checked == 0
    assert file.read_bytes().decode() == frame.replace("@", expected).replace("\n", end)
    again = anchor([file], texts)
    assert (codes(again), again.anchored, again.checked) == ([], 0, outcome.anchored)
    assert file.read_bytes().decode() == frame.replace("@", expected).replace("\n", end)


def test_spans_are_found_wherever_they_stand(texts: Path, tmp_path: Path) -> None:
    content = f"""article:
  id: one
  text: {KNOWN}
  parts: {{headline: [{{quote: sailed}}], body: {{quote: left}}}}
names:
  - {{entity: waves, written: Waves, evidence: {{quote: Waves}}}}
facts:
  - id: a
    quotation: {{quote: shut}}
    content: {{type: Event, reason: {{type: Event, evidence: [{{quote: left}}]}}}}
"""
    file = written(tmp_path, content)
    outcome = anchor([file], texts)
    assert (codes(outcome), outcome.anchored) == ([], 5)
    for quote in ("sailed", "left", "Waves", "shut"):
        content = content.replace(f"{{quote: {quote}}}", span(quote))
    assert file.read_text("utf-8") == content


ACROSS = "home.\r\nThe"
JSON = [
    ('{"quote": "sailed"}', f'"{span("sailed")}"'),
    ('{"quote": "home.\\r\\nThe"}', f'"{span(ACROSS)}"'),
    ('[ {"nth": 2, "quote": "\\ud835\\udd18"}, "0-3" ]', f'[ "{span("𝔘", 2)}", "{span("The")}" ]'),
]


@pytest.mark.parametrize(("quote", "expected"), JSON)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_json_is_edited_in_place(quote: str, expected: str, end: str, texts: Path, tmp_path: Path) -> None:
    text = {"sha256": SHA256, "length": len(TEXT)}
    frame = (
        f'{{ "article": {{"id":"one",\n\t"text": {json.dumps(text)}}},\n "facts":[ {{"evidence" : @ , "é":"𝔘"}} ] }}\n'
    )
    file = written(tmp_path, frame.replace("@", quote).replace("\n", end), "a.diplomacy.json")
    assert codes(anchor([file], texts)) == []
    assert file.read_bytes().decode() == frame.replace("@", expected).replace("\n", end)
    assert isinstance(json.loads(file.read_bytes()), dict)


def test_json_lines_keep_their_line_ends(texts: Path, tmp_path: Path) -> None:
    text = json.dumps({"sha256": SHA256, "length": len(TEXT)})
    line = f'{{"article": {{"id": "one", "text": {text}}}, "facts": [{{"evidence": @}}]}}'
    frame = f"\ufeff{line}\r\n\r\n{line.replace('@', '[]')}\n{line}\n\n{line}"
    file = written(tmp_path, frame.replace("@", '{"quote": "sailed"}'), "a.diplomacy.jsonl")
    outcome = anchor([file], texts)
    assert (codes(outcome), outcome.anchored) == ([], 3)
    assert file.read_bytes().decode() == frame.replace("@", f'"{span("sailed")}"')


def test_compressed_files_stay_compressed(texts: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.diplomacy.yaml.gz"
    file.write_bytes(gzip.compress(evidence("{quote: sailed}").encode()))
    assert codes(anchor([file], texts)) == []
    assert gzip.decompress(file.read_bytes()).decode() == evidence(span("sailed"))


def test_a_byte_order_mark_stays(texts: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "\ufeff" + evidence("{quote: sailed}"))
    anchor([file], texts)
    assert file.read_bytes().decode() == "\ufeff" + evidence(span("sailed"))


JSON_FILLED = json.dumps({"file": "one.txt", "sha256": SHA256, "length": len(TEXT)})
FILLINGS = [
    (
        "a.diplomacy.yaml",
        "article:\n  id: one  # it\nfacts: []\n",
        f"article:\n  text: {FILLED}\n  id: one  # it\nfacts: []\n",
    ),
    ("a.diplomacy.yaml", "article:\r\n  id: one\r\n", f"article:\r\n  text: {FILLED}\r\n  id: one\r\n"),
    (
        "a.diplomacy.yaml",
        "article:\n    # our\n    id: one\n",
        f"article:\n    # our\n    text: {FILLED}\n    id: one\n",
    ),
    ("a.diplomacy.yaml", "article: {id: one}\nfacts: []\n", f"article: {{text: {FILLED}, id: one}}\nfacts: []\n"),
    ("a.diplomacy.yaml", "article:\n  id: x\n  text: {file: one.txt}\n", f"article:\n  id: x\n  text: {FILLED}\n"),
    (
        "a.diplomacy.yaml",
        "article:\n  id: one\n  text:\nfacts: []\n",
        f"article:\n  id: one\n  text: {FILLED}\nfacts: []\n",
    ),
    (
        "a.diplomacy.yaml",
        f"article:\n  text:  # what\n    sha256: {SHA256}\n  id: x\n",
        f"article:\n  text:  # what\n    {FILLED}\n  id: x\n",
    ),
    ("a.diplomacy.json", '{"article": {"id": "one"}}\n', f'{{"article": {{"text": {JSON_FILLED}, "id": "one"}}}}\n'),
    (
        "a.diplomacy.json",
        '{\n"article": {\n "id": "one"}}',
        f'{{\n"article": {{\n "text": {JSON_FILLED}, "id": "one"}}}}',
    ),
    (
        "a.diplomacy.json",
        '{"article": {"id": "one", "text": null}}',
        f'{{"article": {{"id": "one", "text": {JSON_FILLED}}}}}',
    ),
    (
        "a.diplomacy.jsonl",
        '{"article": {"id": "one"}}\r\n',
        f'{{"article": {{"text": {JSON_FILLED}, "id": "one"}}}}\r\n',
    ),
]


@pytest.mark.parametrize(("name", "content", "expected"), FILLINGS)
def test_the_text_is_filled_in(name: str, content: str, expected: str, texts: Path, tmp_path: Path) -> None:
    file = written(tmp_path, content, name)
    assert codes(anchor([file], texts)) == []
    assert file.read_bytes().decode() == expected
    assert codes(anchor([file], texts, check=True)) == []


def test_the_reader_takes_what_was_anchored(texts: Path, tmp_path: Path) -> None:
    fact = "facts:\n  - id: a\n    type: Event\n    label: he sails\n    evidence: {quote: 𝔘 sailed}\n"
    file = written(tmp_path, "article:\n  id: one\n" + fact)
    anchor([file], texts)
    corpus = diplograph.read(file)
    [reading] = corpus.articles()
    corpus.check()
    [found] = reading.article.facts[0].evidence
    assert TEXT[found.start : found.end] == "𝔘 sailed"
    assert (reading.article.sha256, reading.article.length, reading.article.file) == (SHA256, len(TEXT), "one.txt")


WRONG = [
    ("{quote: envoy}", "quote-ambiguous", 15, "The quote stands 2 times in the text, at 4, 51."),
    ("{quote: flew}", "quote-not-found", 15, "The quote is not in the text."),
    ("{quote: Sailed}", "quote-not-found", 15, "The quote is not in the text."),
    ('{quote: "caf\\u00e9"}', "quote-not-found", 15, "The quote is not in the text."),
    ("{quote: envoy, nth: 3}", "quote-nth", 35, "'nth' has to be a number from 1 to 2."),
    ("{quote: envoy, nth: 0}", "quote-nth", 35, "'nth' has to be a number from 1 to 2."),
    ("{quote: envoy, nth: true}", "quote-nth", 35, "'nth' has to be a number from 1 to 2."),
    ('{quote: " "}', "quote", 15, "A quote is a mapping with 'quote'"),
    ("{qoute: sailed}", "quote", 15, "A quote is a mapping with 'quote'"),
    ("{quote: sailed, nht: 1}", "quote", 15, "A quote is a mapping with 'quote'"),
    ("sailed", "span", 15, "This is no span."),
    ("[[0-3]]", "span", 16, "This is no span."),
    ("3-3", "evidence-outside", 15, "The span 3-3 is not within the text"),
    ("0-999", "evidence-outside", 15, f"The span 0-999 is not within the text, which has {len(TEXT)} code points."),
    ("0-3/000000000000", "span-digest", 15, "The text at 0-3 is not what it was when the span was written."),
]


@pytest.mark.parametrize(("quote", "code", "column", "message"), WRONG)
def test_what_cannot_be_anchored_is_reported_in_its_place(
    quote: str, code: str, column: int, message: str, texts: Path, tmp_path: Path
) -> None:
    content = evidence(quote)
    file = written(tmp_path, content)
    result = run(file, texts)
    [line] = result.stdout.splitlines()
    assert line.startswith(f"{file}:6:{column}: violation[{code}] {message}")
    assert result.exit_code == 1
    assert file.read_text("utf-8") == content


def test_what_is_right_is_anchored_beside_what_is_wrong(texts: Path, tmp_path: Path) -> None:
    file = written(tmp_path, evidence("[{quote: envoy}, {quote: sailed}, 9-9]"))
    result = run(file, texts)
    assert (result.exit_code, len(result.stdout.splitlines())) == (1, 2)
    assert file.read_text("utf-8") == evidence(f"[{{quote: envoy}}, {span('sailed')}, 9-9]")


def test_a_span_that_moved_is_reported_with_its_new_place(texts: Path, tmp_path: Path) -> None:
    moved = span("left").replace(span("left").partition("/")[0], "1-5")
    beyond = span("Waves").replace(span("Waves").partition("/")[0], "990-995")
    twice = span("𝔘").replace(span("𝔘").partition("/")[0], "0-1")
    gone = "0-4/" + hashlib.sha256(b"gone").hexdigest()[:12]
    file = written(tmp_path, evidence(f"[{moved}, {beyond}, {twice}, {gone}]"))
    lines = run(file, texts).stdout.splitlines()
    assert [line.split("[")[1].split("]")[0] for line in lines] == ["span-digest", "evidence-outside"] + [
        "span-digest"
    ] * 2
    assert lines[0].endswith(f"It moved to {span('left')}.")
    assert lines[1].endswith(f"It moved to {span('Waves')}.")
    assert lines[2].endswith(f"It moved to {span('𝔘', 1)}, {span('𝔘', 2)}.")
    assert lines[3].endswith("Its text is not in the article any more.")


def test_a_text_that_changed_is_reported_and_nothing_is_anchored(texts: Path, tmp_path: Path) -> None:
    content = evidence("{quote: sailed}")
    file = written(tmp_path, content)
    (texts / "one.txt").write_bytes(TEXT.encode() + b"\n")
    result = run(file, texts)
    now = hashlib.sha256(TEXT.encode() + b"\n").hexdigest()
    assert result.stdout.startswith(
        f"{file}:3:33: violation[text-changed] The text 'one.txt' is not the one annotated."
    )
    assert now in result.stdout
    assert result.exit_code == 1
    assert file.read_text("utf-8") == content


def test_a_text_is_known_by_its_digest_whatever_its_name(texts: Path, tmp_path: Path) -> None:
    (texts / "one.txt").rename(texts / "renamed.txt")
    (texts / "one.txt").write_text("another text", "utf-8")
    file = written(tmp_path, evidence("{quote: sailed}"))
    assert codes(anchor([file], texts)) == []
    assert file.read_text("utf-8") == evidence(span("sailed"))


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("article:\n  id: two\nfacts: []\n", "2:3"),
        ("article: {id: two, text: {file: two.txt}}\nfacts: []\n", "1:10"),
        (f"article:\n  id: one\n  text: {{sha256: {'0' * 64}, length: 3}}\n", "3:18"),
    ],
)
def test_a_text_that_is_not_there_is_reported(content: str, place: str, texts: Path, tmp_path: Path) -> None:
    file = written(tmp_path, content)
    result = run(file, texts)
    assert result.stdout.startswith(f"{file}:{place}: violation[text-missing] ")
    assert result.exit_code == 1
    assert file.read_text("utf-8") == content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("facts: []\n", "missing-key"),
        ("- article\n", "missing-key"),
        ("article: [\n", "yaml-syntax"),
        (HEADER + "facts:\n  - evidence: {quote: sailed}\n    evidence: 0-3\n", "duplicate-key"),
        (HEADER + "facts:\n  - evidence: &e {quote: sailed}\n    quotation: *e\n", "yaml-alias"),
    ],
)
def test_what_cannot_be_read_is_an_error_and_stays(content: str, code: str, texts: Path, tmp_path: Path) -> None:
    file = written(tmp_path, content)
    result = run(file, texts)
    assert f"error[{code}]" in result.stdout
    assert result.exit_code == 2
    assert file.read_text("utf-8") == content


def test_check_changes_nothing(texts: Path, tmp_path: Path) -> None:
    content = "article: {id: one}\nfacts:\n  - id: a\n    evidence: [{quote: sailed}, 0-3]\n"
    file = written(tmp_path, content)
    result = run(file, texts, "--check")
    assert result.stdout == f"{file}:1:1: violation[not-anchored] 3 places are not anchored. Run without --check.\n"
    assert result.stderr == "0 spans hold, 0 quotes anchored; 1 violation.\n"
    assert result.exit_code == 1
    assert file.read_text("utf-8") == content


def test_check_is_content_with_what_is_anchored(texts: Path, tmp_path: Path) -> None:
    content = evidence(f"[{span('sailed')}, {span('left')}]")
    file = written(tmp_path, content)
    result = run(file, texts, "--check")
    assert (result.stdout, result.exit_code) == ("", 0)
    assert result.stderr == "2 spans hold, 0 quotes anchored; no findings.\n"
    assert run(file, texts, "--check", "--quiet").output == ""
    assert file.read_text("utf-8") == content


def test_a_second_run_writes_nothing(texts: Path, tmp_path: Path) -> None:
    file = written(tmp_path, evidence("{quote: sailed}"))
    first = run(file, texts)
    assert (first.exit_code, first.stdout) == (0, "")
    assert first.stderr == "0 spans hold, 1 quote anchored; no findings.\n"
    before = (file.read_bytes(), file.stat().st_ino)
    second = run(file, texts)
    assert (second.exit_code, second.stderr) == (0, "1 span holds, 0 quotes anchored; no findings.\n")
    assert (file.read_bytes(), file.stat().st_ino) == before


def test_registers_are_left_alone(texts: Path, tmp_path: Path) -> None:
    folder = tmp_path / "annotations"
    folder.mkdir()
    register = "entities: {ada: {type: Person, label: Ada, evidence: {quote: sailed}}}\n"
    other = written(folder, register, "people.register.yaml")
    written(folder, evidence("{quote: sailed}"))
    outcome = anchor([folder], texts)
    assert (codes(outcome), outcome.anchored) == ([], 1)
    assert other.read_text("utf-8") == register


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640, 0o755])
def test_the_mode_of_the_file_is_kept(mode: int, texts: Path, tmp_path: Path) -> None:
    file = written(tmp_path, evidence("{quote: sailed}"))
    file.chmod(mode)
    anchor([file], texts)
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert file.read_text("utf-8") == evidence(span("sailed"))


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(texts: Path, tmp_path: Path) -> None:
    file = written(tmp_path, evidence("{quote: sailed}"), "real.diplomacy.yaml")
    link = tmp_path / "link.diplomacy.yaml"
    link.symlink_to(file)
    anchor([link], texts)
    assert link.is_symlink()
    assert file.read_text("utf-8") == evidence(span("sailed"))


def test_a_folder_that_cannot_be_written_leaves_the_file_whole(
    texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    content = evidence("{quote: sailed}")
    file = written(folder, content)
    folder.chmod(0o500)
    try:
        if os.access(folder, os.W_OK):  # root may write anywhere

            def refuse(*_: Any, **__: Any) -> None:
                raise PermissionError(13, "Permission denied")

            monkeypatch.setattr(tempfile, "mkstemp", refuse)
        result = run(file, texts)
    finally:
        folder.chmod(0o700)
    assert result.exit_code == 2
    assert result.stderr == f"diplograph: '{folder}' cannot be written to: Permission denied.\n"
    assert isinstance(result.exception, SystemExit)
    assert file.read_text("utf-8") == content
    assert [path.name for path in folder.iterdir()] == [file.name]


def test_a_write_that_fails_leaves_the_file_whole(texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    content = evidence("{quote: sailed}")
    file = written(folder, content)

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    result = run(file, texts)
    assert result.exit_code == 2
    assert "No space left on device" in result.stderr
    assert "Traceback" not in result.output
    assert file.read_text("utf-8") == content
    assert [path.name for path in folder.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({}, "There is no text (*.txt) in the folder"),
        ({"one.txt": b"caf\xe9"}, "is not UTF-8 at byte 3."),
        ({"one.md": b"text"}, "There is no text (*.txt) in the folder"),
    ],
)
def test_a_folder_without_texts_is_refused(names: dict[str, bytes], message: str, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, content in names.items():
        (folder / name).write_bytes(content)
    result = run(written(tmp_path, evidence("0-3")), folder)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_folder_or_source_that_is_not_there_is_refused(texts: Path, tmp_path: Path) -> None:
    file = written(tmp_path, evidence("0-3"))
    for source, folder in ((file, tmp_path / "none"), (tmp_path / "none.diplomacy.yaml", texts)):
        result = run(source, folder)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("diplograph: There is no ")


@given(
    st.lists(st.sampled_from(["a", "𝔘", "e\u0301", "👩‍🚀", "b.", "(c", "\\d"]), min_size=1, max_size=12),
    st.lists(st.sampled_from([" ", "\n", "\r\n", "\t", "\u00a0", "  "]), min_size=12, max_size=12),
    st.integers(0, 11),
    st.integers(1, 4),
)
def test_any_words_of_a_text_are_found_where_they_stand(
    words: list[str], spaces: list[str], first: int, count: int
) -> None:
    text, starts = "", []
    for word, space in zip(words, spaces, strict=False):
        starts.append(len(text))
        text += word + space
    chosen = words[first : first + count]
    if not chosen:
        assert occurrences("no such words", text) == []
        return
    last = first + len(chosen) - 1
    assert (starts[first], starts[last] + len(words[last])) in occurrences(" ".join(chosen), text)


def test_quotes_that_overlap_are_all_counted() -> None:
    assert occurrences("ab ab", "ab ab ab") == [(0, 5), (3, 8)]


def test_a_wrong_length_and_a_wrong_name_are_found(tmp_path: Path) -> None:
    """What the annotation says of its text is held against the text, beyond the digests."""
    (tmp_path / "a.txt").write_text("Ada Marsh spoke.", "utf-8")
    sha256 = hashlib.sha256(b"Ada Marsh spoke.").hexdigest()
    annotation = tmp_path / "a.diplomacy.yaml"
    annotation.write_text(
        f"article: {{id: a, text: {{sha256: {sha256}, length: 99}}}}\n"
        "names:\n  - {entity: ada, written: Ada March, evidence: 0-9}\nfacts: []\n",
        "utf-8",
    )
    outcome = anchor([annotation], tmp_path)
    assert [finding.code for finding in outcome.findings] == ["text-length", "name-differs"]
    assert [finding.location.region.line for finding in outcome.findings if finding.location.region] == [1, 3]
