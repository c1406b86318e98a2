"""`diplograph explain`: what is known of a situation, in plain words."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

import diplograph
from diplograph import asking
from diplograph.cli import main

ANNOTATION = """
article: {id: ARTICLE, language: en, text: {sha256: "DIGEST", length: 400}, parts: {headline: 0-20, body: 20-400}}
registers: [people.register.yaml]
entities:
  aides: {type: UnnamedSource, label: aides}
facts:
  - id: talks
    about: harbour-talks
    type: Meeting
    label: Ada and Ben meet at the harbour
    participant: [ada, ben]
    time: TIME
    quantity: {value: 12, of: 20, unit: boat, qualifier: over}
    evidence: [30-60, 0-20]
    note: The harbour is not named.
"""
MORE = """  - id: payment
    type: Statement
    actor: ada
    says: [gazette, aides]
    endorsed: probable
    content:
      type: AidProvision
      label: money at the harbour
      actor: ada
      recipient: ben
      money: {amount: 1500.50, currency: EUR, per: year, until: as long as need be, qualifier: additional}
      partOf: {about: harbour-talks}
    evidence: 70-90
  - id: wish
    type: Request
    actor: ben
    addressee: ada
    requestedAct: {type: Meeting, about: harbour-talks, participant: [ada, ben], duration: {from: 2, to: 3, unit: hour}}
    evidence: 90-120
  - id: no-talks
    type: Denial
    actor: ben
    denies: {type: Meeting, about: harbour-talks, label: the meeting}
    evidence: 130-140
"""
REGISTER = """entities:
  ada: {type: Person, label: Ada Marsh}
  ben: {type: Person, label: "Ben \\u202eOkoro"}
  gazette: {type: MediaOrganisation, label: The Gazette}
"""
TALKS = r"""Ada and Ben meet at the harbour (harbour-talks)
Meeting. Disputed: Some say that it is so and some that it is not.
Affirmed in 2 articles, by 2 first sources.
Time: not before 2024-09-14, not after 2024-09-20.

How it is described
  duration: 2 to 3 hour  [one; claimed by nobody]
  participant: Ada Marsh  [one, two]
  participant: Ben \u202eOkoro  [one, two]
  quantity: over 12 of 20 boat  [one, two]

Where the sources disagree
  polarity:
    article one: certain, positive, past, at 0-20 (headline), 30-60 (body)
    article one, citing Ben \u202eOkoro: certain, negative, past, at 130-140 (body)
    article two: certain, positive, past, at 0-20 (headline), 30-60 (body)
  time:
    article one: “on Saturday” = 2024-09-14 (basis: in text, anchor: 2024-09-15), at 0-20 (headline), 30-60 (body)
    article two: 2024-09-20 (basis: in text), at 0-20 (headline), 30-60 (body)

Who says what
  article one: certain, positive, past, at 0-20 (headline), 30-60 (body)
    as: Ada and Ben meet at the harbour
    participant: Ada Marsh; Ben \u202eOkoro
    quantity: over 12 of 20 boat
    time: “on Saturday” = 2024-09-14 (basis: in text, anchor: 2024-09-15)
    note: The harbour is not named.
  article one, citing Ben \u202eOkoro: certain, negative, past, at 130-140 (body)
    within: no talks (no-talks)
    as: the meeting
  article two: certain, positive, past, at 0-20 (headline), 30-60 (body)
    as: Ada and Ben meet at the harbour
    participant: Ada Marsh; Ben \u202eOkoro
    quantity: over 12 of 20 boat
    time: 2024-09-20 (basis: in text)
    note: The harbour is not named.

What is put forward, and claimed by nobody
  article one, at 90-120 (body)
    within: wish
    duration: 2 to 3 hour
    participant: Ada Marsh; Ben \u202eOkoro

What points here
  no talks (no-talks), by its property 'denies'
  money at the harbour (payment.content.1), by its property 'part of'
  wish, by its property 'requested act'
"""
MONEY = r"""money at the harbour (payment.content.1)
Aid provision. Reported: Only quoted sources say that it happened or holds; no article vouches for it.
Affirmed in 1 article, by 1 first source.

How it is described
  actor: Ada Marsh  [one]
  money: 1500.5 EUR per year until “as long as need be” (additional)  [one]
  part of: Ada and Ben meet at the harbour (harbour-talks)  [one]
  recipient: Ben \u202eOkoro  [one]

Who says what
  article one, citing The Gazette, citing AIDES, citing Ada Marsh: certain, positive, past, at 70-90 (body)
    within: payment
    as: money at the harbour
    actor: Ada Marsh
    money: 1500.5 EUR per year until “as long as need be” (additional)
    part of: Ada and Ben meet at the harbour (harbour-talks)
    recipient: Ben \u202eOkoro

What points here
  payment, by its property 'content'
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two articles about one meeting."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "people.register.yaml").write_text(REGISTER, "utf-8")
    saturday = "{words: on Saturday, edtf: 2024-09-14, anchor: 2024-09-15, basis: in-text}"
    for name, digit, time, more in (("one", "1", saturday, MORE), ("two", "2", "2024-09-20", "")):
        text = ANNOTATION.replace("ARTICLE", name).replace("DIGEST", digit * 64).replace("TIME", time) + more
        (folder / f"{name}.diplomacy.yaml").write_text(text, "utf-8")
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["explain", *(str(a) for a in arguments)], catch_exceptions=False)


def test_claims_agreement_and_conflicts_are_told(corpus: Path) -> None:
    result = run("harbour-talks", corpus)
    assert (result.stdout, result.stderr, result.exit_code) == (TALKS, "", 0)


def test_a_chain_of_sources_and_an_amount_are_told(corpus: Path) -> None:
    aides = "aides (entity:1111111111111111.aides)"  # both articles have some
    assert run("payment.content.1", corpus).stdout == MONEY.replace("AIDES", aides)


def test_what_an_article_endorses_is_told(corpus: Path) -> None:
    text = run("payment", corpus).stdout
    told = "citing aides (entity:1111111111111111.aides): certain, positive, past (the article itself: probable)"
    assert f"  article one, citing The Gazette, {told}, at 70-90 (body)" in text


def test_a_claim_a_proposition_and_a_conflict_lead_to_their_situation(corpus: Path) -> None:
    part = "1" * 16
    for term in (f"claim:{part}.talks", f"claim:{part}.wish.requestedAct.1", "conflict:harbour-talks.time"):
        assert run(term, corpus).stdout == TALKS
    assert run("https://w3id.org/diplograph/id/situation/harbour-talks", corpus).stdout == TALKS


@pytest.mark.parametrize("name", ["a.ttl", "a.nq"])
def test_an_export_is_explained_like_its_sources(name: str, corpus: Path, tmp_path: Path) -> None:
    diplograph.export(diplograph.read(corpus), tmp_path / name, validated=False)
    assert run("harbour-talks", tmp_path / name).stdout == TALKS


def test_a_store_is_explained_with_names_where_it_has_the_ontology(corpus: Path, tmp_path: Path) -> None:
    store = ox.Store(str(tmp_path / "store"))
    store.extend(diplograph.quads(diplograph.read(corpus)))
    store.flush()
    del store
    result = run("harbour-talks", "--store", tmp_path / "store")
    plain = result.stdout
    quoted = run("payment.content.1", "--store", tmp_path / "store").stdout
    assert "(the article itself" not in quoted, "what is only passed on is not endorsed"
    assert result.stderr.startswith("The store lacks the ontology")
    assert "  article one, citing Ben \\u202eOkoro: dip:certainty-certain, dip:polarity-negative" in plain
    store = ox.Store(str(tmp_path / "store"))
    for file in sorted((Path(__file__).parent.parent / "ontology").glob("*.ttl")):
        store.load(path=str(file), to_graph=ox.NamedNode("https://w3id.org/diplograph/ns"))
    store.flush()
    del store
    result = run("harbour-talks", "--store", tmp_path / "store")
    assert (result.stdout, result.stderr) == (TALKS, "")


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("harbor-talks", "Nothing has the key 'harbor-talks'. Did you mean 'harbour-talks'?"),
        ("ada", "'entity:ada' is no situation, but a thing of the class 'person'. Name a situation by its key"),
        ("situation:harbour-talk", "Nothing in the graph is 'situation:harbour-talk'. Did you mean 'harbour-talks'?"),
        ("https://example.org/x", "'<https://example.org/x>' is no situation, but nothing that the graph describes."),
        ("situatio:talks", "There is no prefix 'situatio' for 'situatio:talks'. Did you mean 'situation'?"),
        ("a b", "Nothing has the key 'a b'."),
        ("http://a b", "'http://a b' is no IRI."),
    ],
)
def test_what_is_no_situation_is_said(term: str, message: str, corpus: Path) -> None:
    result = run(term, corpus)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_key_of_several_articles_asks_which(corpus: Path) -> None:
    for name in ("one", "two"):
        with (corpus / f"{name}.diplomacy.yaml").open("a", encoding="utf-8") as file:
            file.write("  - {id: aside, type: Event, label: an aside, evidence: 150-160}\n")
    result = run("aside", corpus)
    names = ", ".join(f"situation:{digit * 16}.aside" for digit in "12")
    assert f"The key 'aside' stands for several things. Name one of {names}." in result.stderr


def test_no_source_is_refused() -> None:
    assert "As in 'diplograph explain x seeds'." in run("x").stderr


def test_every_situation_of_the_seeds_can_be_explained(seeds: Path) -> None:
    graph = asking.load(seeds)
    answer = graph.store.query("SELECT ?s { ?s dip:occurrence ?o }", prefixes=graph.names.prefixes)
    assert isinstance(answer, ox.QuerySolutions)
    terms = [row["s"].value for row in answer]
    assert len(terms) > 300
    for term in terms[::7]:
        lines = asking.explain(term, graph).splitlines()
        assert lines[0].endswith(")")
        assert "Who says what" in lines or "What is put forward, and claimed by nobody" in lines


def test_the_office_that_articles_dispute(seeds: Path) -> None:
    text = run("zelenskyy-office", seeds).stdout
    disputed = text.partition("Where the sources disagree\n")[2].partition("\n\n")[0]
    assert disputed.startswith("  office:\n")
    assert "    article a000: Prime Minister of Ukraine, at 685-719 (body)\n" in disputed
    for article in ("a001", "a002", "a003", "a004"):
        assert f"    article {article}: President of Ukraine, at " in disputed


def test_offices_that_do_not_go_together_are_told_from_both_sides() -> None:
    case = Path(__file__).parent / "cases" / "incompatible-offices"
    graph = asking.load(case)
    answer = graph.store.query("SELECT ?s { ?c a dip:Conflict ; dip:about ?s }", prefixes=graph.names.prefixes)
    assert isinstance(answer, ox.QuerySolutions)
    first, second = sorted({row["s"].value for row in answer})
    for one, other in ((first, second), (second, first)):
        text = asking.explain(one, graph)
        section = text.partition("Where the sources disagree\n  office:\n")[2].partition("\n\n")[0]
        title = asking.explain(other, graph).splitlines()[0]
        assert len(section.splitlines()) >= 2
        assert section.count(f", of another situation: {title}") >= 1
        described = text.partition("How it is described\n")[2].partition("\n\n")[0]
        assert "  office: " not in described


def test_the_id_of_a_fact_leads_to_the_situation_with_another_key(corpus: Path) -> None:
    assert run("talks", corpus).stdout == TALKS


def test_data_cannot_forge_lines(corpus: Path) -> None:
    file = corpus / "one.diplomacy.yaml"
    forged = '"Ada\\n\\nWhere the sources disagree\\n  time:\\u2028x\\u0085y"'
    text = file.read_text("utf-8").replace("label: Ada and Ben meet at the harbour", f"label: {forged}")
    file.write_text(text.replace("note: The harbour is not named.", f"note: {forged}"), "utf-8")
    (corpus / "two.diplomacy.yaml").unlink()
    lines = run("harbour-talks", corpus).stdout.splitlines()
    assert "    as: Ada Where the sources disagree time: x y" in lines
    assert lines.count("Where the sources disagree") == 1
    assert "    note: Ada Where the sources disagree time: x y" in lines


def test_two_of_one_name_are_told_apart(corpus: Path) -> None:
    register = corpus / "people.register.yaml"
    register.write_text(REGISTER + "  ada-too: {type: Person, label: Ada Marsh}\n", "utf-8")
    file = corpus / "two.diplomacy.yaml"
    file.write_text(file.read_text("utf-8").replace("[ada, ben]", "[ada-too, ben]"), "utf-8")
    lines = run("harbour-talks", corpus).stdout.splitlines()
    assert "  participant: Ada Marsh (entity:ada)  [one]" in lines
    assert "  participant: Ada Marsh (entity:ada-too)  [two]" in lines


def test_a_label_without_language_or_in_english_is_preferred(corpus: Path) -> None:
    register = corpus / "people.register.yaml"
    register.write_text(REGISTER.replace("label: Ada Marsh", "label: {de: Ada Moor, en: Ada Marsh, aa: Zz}"), "utf-8")
    assert "  participant: Ada Marsh  [one, two]" in run("harbour-talks", corpus).stdout


def test_the_words_of_spans_are_told_from_texts_that_are_at_hand(tmp_path: Path) -> None:
    text = "Ada met Ben.\r\nThey 𝔘\tspoke \x1b[31mlong."
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "one.txt").write_bytes(text.encode())
    digest = hashlib.sha256(text.encode()).hexdigest()
    start, end = text.index("They"), len(text)
    (tmp_path / "one.diplomacy.yaml").write_text(
        f"article: {{id: one, text: {{sha256: '{digest}', length: {len(text)}}}}}\n"
        f"facts:\n  - {{id: talk, type: Event, label: a talk, evidence: [{start}-{end}, 0-7]}}\n",
        "utf-8",
    )
    source = tmp_path / "one.diplomacy.yaml"
    lines = run("talk", source, "--articles", folder).stdout.splitlines()
    place = lines.index(f"  article one: certain, positive, past, at 0-7, {start}-{end}")
    assert "No text is at hand" not in "".join(lines)
    assert lines[place + 1 : place + 3] == ["    “Ada met”", "    “They 𝔘 spoke \\x1b[31mlong.”"]
    (folder / "one.txt").write_text("another text", "utf-8")
    text = run("talk", source, "--articles", folder).stdout
    assert "“" not in text
    assert text.endswith("\n\nNo text is at hand that is the one annotated: one\n")
    assert "There is no folder" in run("talk", source, "--articles", tmp_path / "nowhere").stderr
