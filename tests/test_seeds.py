"""The seeds against the articles' texts, where those are at hand: spans hold, and no sentence is copied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import diplograph

ROOT = Path(__file__).parent.parent
LONGEST_RUN = 6


def test_every_span_holds(seeds: Path, articles: Path) -> None:
    outcome = diplograph.anchor([seeds], articles, check=True)
    assert [str(finding) for finding in outcome.findings] == []
    assert (outcome.anchored, outcome.checked > 300) == (0, True)


def test_no_sentence_of_the_articles_is_in_the_repository(articles: Path) -> None:
    known = {run for file in articles.glob("*.txt") for run in runs(file.read_text("utf-8"))}
    assert len(known) > 2000
    for folder in ("seeds", "tests", "ontology", "shapes", "src"):
        for file in (ROOT / folder).rglob("*"):
            if file.suffix in (".yaml", ".json", ".ttl", ".py", ".txt", ".md", ".jsonld"):
                found = known & set(runs(file.read_text("utf-8", errors="replace")))
                assert not found, f"{file.name}: {sorted(found)[:1]}"


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """Give all runs of words that are one longer than is allowed."""
    words = re.findall(r"\w+", text.lower())
    return (tuple(words[start : start + LONGEST_RUN + 1]) for start in range(len(words) - LONGEST_RUN))


def test_the_five_articles_tell_of_one_meeting(seeds: Path) -> None:
    keys = [
        {fact.about for fact in reading.article.facts if fact.type == "Meeting"}
        for reading in diplograph.read(seeds).articles()
    ]
    assert len(keys) == 5
    assert all("starmer-biden-washington-talks" in found for found in keys)
    facts = sum(len(reading.article.facts) for reading in diplograph.read(seeds).articles())
    assert facts >= 320


def test_every_seed_is_bound_to_the_schema_beside_it(seeds: Path) -> None:
    files = list(seeds.glob("*.yaml"))
    assert len(files) == 6
    line = "# yaml-language-server: $schema=diplomacy.schema.json\n"
    assert all(file.read_text("utf-8").startswith(line) for file in files)
    assert (seeds / "diplomacy.schema.json").is_file()
