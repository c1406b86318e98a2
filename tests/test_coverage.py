"""`diplograph anchor --coverage`: which sentences of a text no evidence covers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import diplograph
from diplograph.anchoring.sentences import sentences
from diplograph.cli import main

TEXT = "Daily 𝔘 News\n\nMr. Oak met Mrs. Elm. They spoke “long.” 🎉\r\nSubscribe here!\nElm left\nfor home."
SENTENCES = ["Daily 𝔘 News", "Mr. Oak met Mrs. Elm.", "They spoke “long.”", "Subscribe here!", "Elm left\nfor home."]

LAST = SENTENCES[-1]


def at(quote: str) -> str:
    start = TEXT.index(quote)
    return f"{start}-{start + len(quote)}"


def run(folder: Path, facts: str, *options: str, text: str = TEXT) -> Result:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    (folder / "texts").mkdir()
    (folder / "texts" / "one.txt").write_bytes(text.encode())
    known = f"{{file: one.txt, sha256: {sha256}, length: {len(text)}}}"
    file = folder / "one.diplomacy.yaml"
    file.write_text(f"article: {{id: one, language: en-GB, text: {known}}}\n{facts}", "utf-8")
    return CliRunner().invoke(
        main, ["anchor", str(file), "--articles", str(folder / "texts"), "--coverage", *options], catch_exceptions=False
    )


def test_sentences_are_found_with_their_code_points() -> None:
    assert [TEXT[start:end] for start, end in sentences(TEXT)] == SENTENCES


@given(st.text(alphabet="aB. \n\r😀“”é1!?"), st.sampled_from(["en", "de", "pt-BR", "xx", ""]))
def test_sentences_stand_in_order_and_hold_every_word(text: str, language: str) -> None:
    found = sentences(text, language)
    assert [position for extent in found for position in extent] == sorted(p for extent in found for p in extent)
    inside = {position for start, end in found for position in range(start, end)}
    assert {position for position, letter in enumerate(text) if letter.isalnum()} <= inside
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in found)


def test_what_no_evidence_covers_is_listed_at_its_place_in_the_text(tmp_path: Path) -> None:
    facts = f"facts:\n  - {{id: a, type: Meeting, evidence: [{at('Mr. Oak met')}]}}\n"
    names = f"names:\n  - {{entity: elm, written: Elm left, evidence: {at('Elm left')}}}\n"  # a name is no evidence
    result = run(tmp_path, facts + names, "--quiet")
    texts = tmp_path / "texts" / "one.txt"
    hint = "Annotate what it states, or list it under 'noFact' with the reason."
    counts = "1 of 5 sentences covered (20%; 18% of the words that state something)"
    assert result.stdout.splitlines() == [
        f"{texts}:1:1: violation[uncovered] No evidence covers the sentence {at('Daily 𝔘 News')}. {hint}",
        f"{texts}:3:23: violation[uncovered] No evidence covers the sentence {at('They spoke “long.”')}. {hint}",
        f"{texts}:4:1: violation[uncovered] No evidence covers the sentence {at('Subscribe here!')}. {hint}",
        f"{texts}:5:1: violation[uncovered] No evidence covers the sentence {at(LAST)}. {hint}",
        f"{tmp_path}/one.diplomacy.yaml: {counts}, 0 without fact, 4 uncovered",
    ]
    assert result.exit_code == 1


def test_what_holds_no_fact_is_excused_and_counts_for_no_word(tmp_path: Path) -> None:
    facts = f"""facts:
  - {{id: a, type: Meeting, evidence: {{quote: Mr. Oak met Mrs. Elm.}}, quotation: {at("They spoke “long.”")},
     causedBy: {{type: Visit, label: a visit, evidence: {{quote: Elm left for home}}}}}}
noFact:
  - {{evidence: {{quote: Subscribe here}}, reason: advertisement}}
  - {{evidence: [{at("Daily")}, {at("𝔘 News")}], reason: furniture}}
"""
    result = run(tmp_path, facts)
    assert result.stdout == (
        f"{tmp_path}/one.diplomacy.yaml: 3 of 5 sentences covered (60%; 100% of the words that state something), "
        "2 without fact, 0 uncovered\n"
    )
    assert (result.stderr, result.exit_code) == ("0 spans hold, 6 quotes anchored; no findings.\n", 0)
    written = (tmp_path / "one.diplomacy.yaml").read_text("utf-8")
    assert f"evidence: {at('Subscribe here')}/" in written


def test_a_part_of_a_sentence_excuses_nothing(tmp_path: Path) -> None:
    result = run(tmp_path, f"noFact: {{evidence: {at('Subscribe')}, reason: advertisement}}\n")
    assert "uncovered] No evidence covers the sentence " + at("Subscribe here!") in result.stdout
    assert "0 of 5 sentences covered (0%; 0% of the words that state something), 0 without fact" in result.stdout


def test_evidence_where_no_fact_is_said_to_be_is_a_contradiction(tmp_path: Path) -> None:
    start, end = (int(part) for part in at("Subscribe here!").split("-"))
    facts = f"facts:\n  - {{id: a, type: Event, label: a, evidence: {start + 3}-{end}}}\n"
    no_fact = f"noFact:\n  - reason: advertisement\n    evidence: [{start}-{end}, 0-3]\n"
    result = run(tmp_path, facts + no_fact, "--quiet")
    [line] = [line for line in result.stdout.splitlines() if "contradicted" in line]
    message = f"{start}-{end} is said to hold no fact, and is evidence at {start + 3}-{end}."
    place = f"{tmp_path}/one.diplomacy.yaml:6:16"
    assert line == f"{place}: violation[no-fact-contradicted] {message} Correct one of them."
    assert result.exit_code == 1


def test_articles_of_one_file_are_told_apart_by_their_lines(tmp_path: Path) -> None:
    run(tmp_path, "facts: []\n")
    text = {"file": "one.txt", "sha256": hashlib.sha256(TEXT.encode()).hexdigest(), "length": len(TEXT)}
    lines = [json.dumps({"article": {"id": name, "text": text}}) for name in ("a", "b")]
    file = tmp_path / "many.diplomacy.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    outcome = diplograph.anchor([file], tmp_path / "texts", coverage=True)
    assert [found.article for found in outcome.coverage] == [str(file), f"{file}:2"]


def test_spans_that_share_white_space_contradict_nothing(tmp_path: Path) -> None:
    start = TEXT.index("They")
    facts = f"facts:\n  - {{id: a, type: Event, label: a, evidence: 0-{start}}}\n"
    assert (
        "contradicted"
        not in run(tmp_path, f"{facts}noFact: {{evidence: {start - 1}-{start + 18}, reason: x}}\n").stdout
    )


def test_words_that_hold_no_fact_within_a_sentence_count_for_nothing(tmp_path: Path) -> None:
    facts = f"facts:\n  - {{id: a, type: Event, label: a, evidence: {at('Elm left')}}}\n"
    result = run(tmp_path, f"{facts}noFact: {{evidence: {at('for home')}, reason: padding}}\n")
    assert "1 of 5 sentences covered (20%; 13% of the words that state something)" in result.stdout  # 2 of 15


def test_lines_that_end_in_a_carriage_return_alone_are_counted(tmp_path: Path) -> None:
    result = run(tmp_path, "facts: []\n", "--quiet", text="One.\rTwo.\r\nThree.\nFour.")
    places = [line.partition(": ")[0].rpartition("one.txt:")[2] for line in result.stdout.splitlines()[:-1]]
    assert places == ["1:1", "2:1", "3:1", "4:1"]


def test_a_text_without_words_is_covered(tmp_path: Path) -> None:
    result = run(tmp_path, "facts: []\n", text="… \n—\n")
    assert "0 of 0 sentences covered (100%; 100%" in result.stdout
    assert result.exit_code == 0


def test_coverage_with_check_changes_nothing(tmp_path: Path) -> None:
    result = run(tmp_path, "noFact: {evidence: {quote: Daily 𝔘 News}, reason: masthead}\n", "--check")
    assert "1 place is not anchored" in result.stdout
    assert "1 without fact, 4 uncovered" in result.stdout
    assert "quote: Daily" in (tmp_path / "one.diplomacy.yaml").read_text("utf-8")


@pytest.mark.parametrize("reason", ["newsletter", "photo credit"])
def test_what_holds_no_fact_can_be_read_and_reaches_no_graph(tmp_path: Path, reason: str) -> None:
    run(tmp_path, f"noFact: {{evidence: {at('Subscribe here!')}, reason: {reason}}}\n")
    corpus = diplograph.read(tmp_path / "one.diplomacy.yaml")
    [article] = [reading.article for reading in corpus.articles()]
    assert [item.reason for item in article.no_facts] == [(reason, "")]
    assert reason not in "".join(str(quad) for quad in diplograph.quads(corpus))


def test_the_seeds_leave_no_sentence_out(seeds: Path, articles: Path) -> None:
    outcome = diplograph.anchor([seeds], articles, check=True, coverage=True)
    assert [str(finding) for finding in outcome.findings] == []
    assert len(outcome.coverage) == 5
    for found in outcome.coverage:
        assert found.covered + found.excused == found.sentences > 10
        assert found.covered_words > 0.95 * found.words
