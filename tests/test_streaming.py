"""The streamed path: what it finds is what is found in the whole graph at once, and its bytes are always the same.

Batches of one article, of all, and several processes are ways to do the same; pyshacl, which gets the
whole graph, says what must be found.
"""

from __future__ import annotations

import gc
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, cast

import pyoxigraph as ox
import pytest
from tests.benchmarks.corpus import CORPUS, Plan, write
from tests.benchmarks.faults import UNREADABLE
from tests.benchmarks.register import NAME as REGISTER
from tests.faults.drawing import KINDS
from tests.faults.injecting import injected, needed
from tests.faults.packing import packed

import diplograph
from diplograph import pipeline, verdicts
from diplograph.errors import InputError
from diplograph.findings import Finding
from diplograph.mapping.iris import Iris
from diplograph.streaming import run as streaming
from diplograph.streaming.run import Run
from diplograph.streaming.tasks import Batch, Outcome, Task
from diplograph.streaming.worker import Worker
from diplograph.validation.shapes import load_shapes
from diplograph.writing.formats import FORMATS
from diplograph.writing.ntriples import NQuads

if TYPE_CHECKING:
    from diplograph.streaming.run import Totals
    from diplograph.validation.deciding import Engine

Json: TypeAlias = dict[str, Any]


class Way(NamedTuple):
    """How much is done at a time, in bytes of documents and in records of situations, and on how many processes."""

    batch: int
    groups: int
    jobs: int


WAYS: Final = {
    "one-article-at-a-time": Way(1, 1, 1),
    "all-at-once": Way(1 << 30, 1 << 30, 1),
    "on-two-processes": Way(1, 1, 2),
    "some-at-a-time-on-three": Way(20_000, 40, 3),
}


def set_out(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast("Json", Run.__init__.__kwdefaults__), "batch", way.batch)
    monkeypatch.setattr(streaming, "_GROUPS", way.groups)


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Way:
    found: Way = request.param
    set_out(found, monkeypatch)
    return found


def whole(*sources: Path) -> list[Finding]:
    """Find what is wrong with the whole graph."""
    return pipeline.validate(pipeline.read(*sources), engine="pyshacl")


def streamed(way: Way, *sources: Path) -> list[Finding]:
    return pipeline.validate(pipeline.read(*sources), jobs=way.jobs)


def problems(read: Callable[[], object]) -> list[Finding]:
    with pytest.raises(InputError) as caught:
        read()
    return caught.value.findings


def codes(findings: Iterable[Finding]) -> list[str]:
    return sorted(finding.code for finding in findings)


def places(findings: Iterable[Finding]) -> list[str]:
    """Give where findings are, by the names of files, and their codes."""
    return [f"{Path(str(finding.location)).name} {finding.code}" for finding in findings]


# ----------------------------------------------------------------------
# Findings: the seeds, and seeds that were damaged
# ----------------------------------------------------------------------


def test_our_shapes_are_screened() -> None:
    """Else all that follows compares pyshacl with itself."""
    assert verdicts.screen(pipeline.load_shapes(), pipeline.vocabulary(), Iris(), "auto") is not None


def test_the_seeds_conform(seeds: Path, way: Way) -> None:
    assert streamed(way, seeds) == []


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Finding]]:
    """Copies of the seeds with a fault of nearly every kind, here and in the register, and what must be found."""
    folder = tmp_path_factory.mktemp("damaged")
    first, *_ = packed([kind for kind in KINDS if not kind.is_reading], "streamed")
    faults = [one.fault for one in first.drawn]
    injected(faults, needed(faults), "yaml").write(folder)
    return folder, whole(folder)


@pytest.mark.slow
def test_damaged_seeds(damaged: tuple[Path, list[Finding]], way: Way) -> None:
    folder, expected = damaged
    assert len(expected) > 100
    assert {"register", "diplomacy"} == {finding.location.file.split(".")[1] for finding in expected}
    assert streamed(way, folder) == expected


# ----------------------------------------------------------------------
# Findings: corpora that were made up, with faults
# ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Finding]]:
    folder = tmp_path_factory.mktemp("faulty")
    write(Plan(150, seed=14, faults=0.4, entities=200), folder)
    return folder, whole(folder / CORPUS)


def test_made_up_faults(faulty: tuple[Path, list[Finding]], way: Way) -> None:
    folder, expected = faulty
    assert len(expected) > 50
    made = [json.loads(line) for line in (folder / "faults.jsonl").read_text("utf-8").splitlines()]
    assert {code for fault in made for code in fault["rules"]} <= set(codes(expected))
    assert streamed(way, folder / CORPUS) == expected


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_more_made_up_faults(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(Plan(600, seed=seed, faults=0.05, entities=300), tmp_path)
    expected = whole(tmp_path / CORPUS)
    assert len(expected) > 10
    for found in WAYS.values():
        set_out(found, monkeypatch)
        assert streamed(found, tmp_path / CORPUS) == expected


# ----------------------------------------------------------------------
# Findings: what only shows from several articles
# ----------------------------------------------------------------------

PEOPLE: Final[Json] = {
    "ada": {"type": "Person", "label": "Ada Marsh", "country": "northland"},
    "ben": {"type": "Person", "label": "Ben Okoro", "country": "southland"},
    "northland": {"type": "State", "label": "Northland", "code": "NO"},
    "southland": {"type": "State", "label": "Southland"},
    "premier": {"type": "Office", "label": "Premier", "officeOf": "northland", "incompatibleWith": "president"},
    "president": {"type": "Office", "label": "President", "officeOf": "northland"},
    "harbour": {"type": "Place", "label": "Harbour"},
    "fishing": {"type": "Issue", "label": "fishing"},
    "insider": {"type": "UnnamedSource", "label": "an insider"},
}


def article(*facts: Json, registers: Sequence[str] = ("people",), text: str = "", **entities: Json) -> Json:
    """Annotate an article; each fact gets an id and evidence."""
    told = [{"id": f"f{at}", "evidence": f"{at * 10}-{at * 10 + 5}", **fact} for at, fact in enumerate(facts, start=1)]
    digest = hashlib.sha256((text or repr((facts, entities, registers))).encode()).hexdigest()
    header = {"id": f"a{digest[:4]}", "language": "en", "text": {"sha256": digest, "length": 5000}}
    named = [f"{name}.register.json" for name in registers]
    return {"registers": named, "article": header, "entities": entities, "facts": told}


def filled(folder: Path, articles: Iterable[Json], **registers: Json) -> Path:
    """Write articles a line each, and registers beside them; gives the file of the articles."""
    for name, entities in {"people": PEOPLE, **registers}.items():
        (folder / f"{name}.register.json").write_text(json.dumps({"entities": entities}), "utf-8")
    lines = [json.dumps({key: value for key, value in one.items() if value}) for one in articles]
    (folder / "told.diplomacy.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return folder / "told.diplomacy.jsonl"


MEETING: Final[Json] = {"type": "Meeting", "participant": ["ada", "ben"]}
"""Something to lie between."""

BETWEEN: Final = [article(MEETING, text=f"between {number}") for number in range(4)]


def holding(**more: object) -> Json:
    return {"type": "OfficeHolding", "about": "term", **more}


def stated(**more: object) -> Json:
    return {"type": "Statement", "actor": "ada", **more}


def state(code: str) -> Json:
    return {"type": "State", "label": "a State", "code": code}


TOGETHER: Final[dict[str, tuple[list[Json], list[str]]]] = {
    "what one article lacks another has": (
        [article(holding(holder="ada")), *BETWEEN, article(holding(office="premier"))],
        [],
    ),
    "what all articles lack": (
        [article(holding(holder="ada")), *BETWEEN, article(holding(holder="ada"), text="again")],
        ["office-holding-office"],
    ),
    "two branches of classes": (
        [article({**MEETING, "about": "x"}), *BETWEEN, article({"type": "ArmedAttack", "actor": "ben", "about": "x"})],
        ["situation-branch"],
    ),
    "an event for one and a state for another": (
        [article({**MEETING, "about": "term"}), *BETWEEN, article(holding(holder="ada", office="premier"))],
        ["situation-kind"],
    ),
    "a key that nobody describes": (
        [article(stated(content={"about": "nothing"})), *BETWEEN, article(stated(onIssue="fishing"))],
        ["claim-about-value", "content-value"],
    ),
    "a key that a later article describes": (
        [article(stated(content={"about": "term"})), *BETWEEN, article(holding(holder="ada", office="premier"))],
        [],
    ),
    "a key that an earlier article describes": (
        [article(holding(holder="ada", office="premier")), *BETWEEN, article(stated(content={"about": "term"}))],
        [],
    ),
    "a situation of the class that is needed": (
        [
            article({"type": "Request", "actor": "ada", "addressee": "ben", "requestedAct": {"about": "x"}}),
            *BETWEEN,
            article({**MEETING, "about": "x"}),
        ],
        [],
    ),
    "a shared situation that needs one which nobody describes": (
        [
            article({"type": "Request", "actor": "ada", "about": "r", "requestedAct": {"about": "nothing"}}),
            *BETWEEN,
            article({"type": "Request", "actor": "ben", "about": "r", "onIssue": "fishing"}),
        ],
        ["requested-act-value"],
    ),
    "a shared situation that needs one which another article describes": (
        [
            article({"type": "Request", "actor": "ada", "about": "r", "requestedAct": {"about": "x"}}),
            *BETWEEN,
            article({"type": "Request", "actor": "ben", "about": "r", "onIssue": "fishing"}),
            article({**MEETING, "about": "x"}),
        ],
        [],
    ),
    "two articles' States with one code": (
        [article(MEETING, here=state("XA")), *BETWEEN, article(MEETING, there=state("XA"))],
        ["state-code-unique", "state-code-unique"],
    ),
    "an article's State with the code of the register's": (
        [*BETWEEN, article(MEETING, here=state("NO"))],
        ["state-code-unique", "state-code-unique"],
    ),
    "articles' States with codes of their own": (
        [article(MEETING, here=state("XA")), *BETWEEN, article(MEETING, there=state("XB"))],
        [],
    ),
    "a register's unnamed source in two articles": (
        [
            article(stated(actor="insider", onIssue="fishing")),
            *BETWEEN,
            article(MEETING, {**MEETING, "says": "insider"}),
        ],
        ["unnamed-source-article"],
    ),
    "a register's unnamed source in one article": (
        [*BETWEEN, article(stated(actor="insider", onIssue="fishing"), {**MEETING, "says": "insider"})],
        [],
    ),
    "a situation that two articles' own entities take part in": (
        [
            article(
                {**MEETING, "about": "x", "participant": ["ada", "aide"]}, aide={"type": "Person", "label": "an aide"}
            ),
            *BETWEEN,
            article(
                {**MEETING, "about": "x", "participant": ["ben", "aide"]}, aide={"type": "Place", "label": "a place"}
            ),
        ],
        ["participant-value"],
    ),
}
"""Articles that only together are in order or not, and the rules that are broken."""


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, list[Finding]]]:
    known: dict[str, tuple[Path, list[Finding]]] = {}

    def found(name: str) -> tuple[Path, list[Finding]]:
        if name not in known:
            source = filled(tmp_path_factory.mktemp("together"), TOGETHER[name][0])
            known[name] = source, whole(source)
        return known[name]

    return found


@pytest.mark.parametrize("name", TOGETHER)
def test_what_shows_from_several_articles(
    name: str, way: Way, together: Callable[[str], tuple[Path, list[Finding]]]
) -> None:
    source, expected = together(name)
    assert codes(expected) == sorted(TOGETHER[name][1])
    assert streamed(way, source) == expected


@pytest.mark.parametrize("name", [name for name, (_, found) in TOGETHER.items() if found])
def test_doubtful_nodes_are_looked_into_one_by_one(
    name: str, together: Callable[[str], tuple[Path, list[Finding]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are many, some are looked into at a time; what one needs to be seen with is there all the same."""
    monkeypatch.setattr(verdicts, "_GATHERED", 1)
    monkeypatch.setattr(verdicts, "_TOGETHER", 1)
    source, expected = together(name)
    assert streamed(WAYS["one-article-at-a-time"], source) == expected


# ----------------------------------------------------------------------
# Findings: shapes of others, which look further than ours
# ----------------------------------------------------------------------

PREFIXES: Final = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix dip: <https://w3id.org/diplograph/ns#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix : <https://example.org/> .
"""

AIDE: Final[Json] = {"type": "Person", "label": "an aide", "country": "northland"}

LOOKED_AT: Final = [
    article({**MEETING, "about": "x"}, stated(content={"about": "x"}), text="1"),
    article(stated(content={"about": "x"}), holding(holder="ada", office="premier"), text="2"),
    article({**MEETING, "about": "x", "participant": ["ada", "aide"]}, text="3", aide=AIDE),
    article({"type": "OfficeHolding", "holder": "ada", "office": "president"}, MEETING, text="4"),
    article({"type": "Request", "actor": "ben", "about": "r", "requestedAct": {"about": "x"}}, text="5"),
    article(stated(content={"about": "r"}), {**MEETING, "says": "insider"}, text="6"),
]
"""Two meetings of one person, an own entity in a shared situation, what is said of what is said, and two offices."""

FOLLOWED: Final = {
    "claims on a situation": """targetClass dip:Situation ; sh:property [
        sh:path ( [ sh:inversePath dip:about ] dip:participant ) ; sh:maxCount 2 ]""",
    "a claim's situation": """targetClass dip:Claim ; sh:property [
        sh:path ( dip:about dip:articleCount ) ; sh:in ( 1 ) ]""",
    "the class of a situation": "targetClass dip:Claim ; sh:property [ sh:path dip:content ; sh:class dip:Statement ]",
    "no class of a situation": """targetClass dip:Claim ; sh:property [
        sh:path dip:about ; sh:not [ sh:class dip:Meeting ] ]""",
    "no conflicts": "targetClass dip:Conflict ; sh:property [ sh:path dip:conflictingClaim ; sh:maxCount 1 ]",
    "what conflicts are about": """targetClass dip:Conflict ; sh:property [
        sh:path ( dip:about rdf:type ) ; sh:hasValue dip:Meeting ]""",
    "entities of one country": """targetClass dip:Person ; sh:property [
        sh:path ( dip:country [ sh:inversePath dip:country ] ) ; sh:maxCount 1 ]""",
    "articles of a person": """targetClass dip:Person ; sh:property [
        sh:path ( [ sh:inversePath dip:participant ] prov:hadPrimarySource ) ; sh:maxCount 2 ]""",
    "an article's claims": """targetClass dip:Article ; sh:property [
        sh:path [ sh:inversePath prov:hadPrimarySource ] ; sh:maxCount 1 ]""",
    "provenance": "targetClass prov:Entity ; sh:property [ sh:path dcterms:title ; sh:maxCount 0 ]",
}
"""Shapes that look at what is in an article, a situation, or gathered from all."""

NOT_FOLLOWED: Final = {
    "what points at a person": """targetClass dip:Person ; sh:property [
        sh:path [ sh:inversePath dip:participant ] ; sh:maxCount 2 ]""",
    "what points at a state": """targetClass dip:State ; sh:property [
        sh:path [ sh:inversePath dip:country ] ; sh:maxCount 1 ]""",
    "what points at values": """targetObjectsOf dip:participant ; sh:property [
        sh:path [ sh:inversePath dip:participant ] ; sh:maxCount 2 ]""",
    "values of a property": "targetObjectsOf dip:participant ; sh:class dip:State",
    "values from no article": "targetObjectsOf dip:certainty ; sh:class dip:State",
    "a node by name": """targetNode <https://w3id.org/diplograph/id/entity/ada> ; sh:property [
        sh:path [ sh:inversePath dip:participant ] ; sh:maxCount 1 ]""",
    "subjects of a property": """targetSubjectsOf dip:country ; sh:property [
        sh:path [ sh:inversePath dip:participant ] ; sh:maxCount 1 ]""",
    "those who meet the same": """targetClass dip:Meeting ; sh:property [
        sh:path ( dip:participant [ sh:inversePath dip:participant ] ) ; sh:maxCount 2 ]""",
    "what points at a situation": """targetClass dip:Situation ; sh:property [
        sh:path [ sh:inversePath dip:content ] ; sh:maxCount 1 ]""",
    "articles that say something of a situation": """targetClass dip:Situation ; sh:property [
        sh:path ( [ sh:inversePath dip:content ] prov:hadPrimarySource ) ; sh:maxCount 1 ]""",
    "conflicts about a situation": """targetClass dip:Situation ; sh:property [
        sh:path ( [ sh:inversePath dip:about ] rdf:type ) ; sh:in ( dip:Claim dip:Proposition ) ]""",
    "conflicts of a claim": """targetClass dip:Claim ; sh:property [
        sh:path [ sh:inversePath dip:conflictingClaim ] ; sh:maxCount 0 ]""",
    "values of values": """targetClass dip:Claim ; sh:property [
        sh:path ( dip:about dip:participant rdf:type ) ; sh:in ( dip:State ) ]""",
    "values of values, nested": """targetClass dip:Claim ; sh:property [ sh:path dip:content ; sh:node [
        sh:property [ sh:path dip:requestedAct ; sh:class dip:Statement ] ] ]""",
    "what points at values, nested": """targetClass dip:Claim ; sh:property [ sh:path dip:participant ; sh:node [
        sh:property [ sh:path [ sh:inversePath dip:participant ] ; sh:maxCount 1 ] ] ]""",
    "what comes of what": """targetClass dip:Claim ; sh:property [
        sh:path ( [ sh:oneOrMorePath dip:content ] dip:occurrence ) ; sh:maxCount 0 ]""",
    "a shape that is a class": """:Not a sh:NodeShape . dip:Person a sh:NodeShape , rdfs:Class ; sh:property [
        sh:path [ sh:inversePath dip:participant ] ; sh:maxCount 2 ]""",
}
"""Shapes that look at what may be said in any article: the whole graph is taken."""


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("looked-at"), LOOKED_AT)


@pytest.mark.parametrize(
    ("name", "text", "is_followed"),
    [
        *((name, text, True) for name, text in FOLLOWED.items()),
        *((name, text, False) for name, text in NOT_FOLLOWED.items()),
    ],
)
def test_shapes_of_others(
    name: str, text: str, *, is_followed: bool, looked_at: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = "" if text.startswith(":") else ":Shape a sh:NodeShape ; sh:"
    (tmp_path / "shapes.ttl").write_text(f"{PREFIXES}{start}{text} .", "utf-8")
    shapes = load_shapes([tmp_path / "shapes.ttl"])

    def found(engine: Engine) -> list[Finding]:
        """What else findings are about comes with them where it has been looked at: that may be less."""
        findings, _ = pipeline.checked(pipeline.read(looked_at), shapes, engine=engine)
        return [replace(finding, related=()) for finding in findings]

    expected = found("pyshacl")
    assert expected, name
    assert (verdicts.screen(shapes, pipeline.vocabulary(), Iris(), "auto") is not None) == is_followed
    for way in (WAYS["one-article-at-a-time"], WAYS["all-at-once"]):
        set_out(way, monkeypatch)
        assert found("auto") == expected


# ----------------------------------------------------------------------
# Problems of the input
# ----------------------------------------------------------------------


def test_a_second_annotation_of_a_text_is_refused_where_it_stands(tmp_path: Path, way: Way) -> None:
    first = filled(tmp_path, [article(MEETING, text="once"), *BETWEEN, article(MEETING, MEETING, text="once")])
    second = first.with_name("z.diplomacy.json")
    second.write_text(json.dumps(article(MEETING, text="once")), "utf-8")
    found = problems(lambda: streamed(way, first, second))
    digest = article(text="once")["article"]["text"]["sha256"]
    column = first.read_text("utf-8").splitlines()[5].index(f'"{digest}"') + 1
    assert [str(one) for one in found] == [
        f"{first}:6:{column}: error[duplicate-article] '{first}' annotates the same text. Keep one file an article.",
        f"{second}:1:{column}: error[duplicate-article] '{first}' annotates the same text. Keep one file an article.",
    ]


def test_a_register_that_only_one_article_names_is_checked(tmp_path: Path, way: Way) -> None:
    further = {"carl": {"type": "Person", "label": "Carl", "country": "ada"}}
    told = filled(tmp_path, [*BETWEEN, article(MEETING, registers=("people", "more"))], more=further)
    expected = whole(told)
    assert places(expected) == ["more.register.json:1:70 country-value"]
    assert streamed(way, told) == expected


def test_what_is_wrong_in_a_register_is_told_once(tmp_path: Path, way: Way) -> None:
    further = {
        "carl": {"type": "Person", "label": "Carl", "country": "nowhere"},
        "dora": {"type": "Persn", "label": "D"},
    }
    naming = [article(MEETING, registers=("people", "more"), text=str(number)) for number in range(3)]
    told = filled(tmp_path, [*BETWEEN, *naming], more=further)
    found = problems(lambda: streamed(way, told))
    assert places(found) == ["more.register.json:1:70 unknown-entity", "more.register.json:1:99 unknown-type"]


def test_names_of_a_register_are_known_only_to_articles_that_name_it(tmp_path: Path, way: Way) -> None:
    carl = {"carl": {"type": "Person", "label": "Carl"}}
    named = article({**MEETING, "participant": ["ada", "carl"]}, registers=("people", "more"))
    unnamed = article({**MEETING, "participant": ["ada", "carl"]})
    for lines in ([named, *BETWEEN, unnamed], [unnamed, *BETWEEN, named]):
        told = filled(tmp_path, lines, more=carl)
        [found] = problems(partial(streamed, way, told))
        assert (found.code, found.location.region and found.location.region.line) == (
            "unknown-entity",
            lines.index(unnamed) + 1,
        )


@pytest.fixture(scope="module")
def unreadable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unreadable")
    write(Plan(400, seed=6, broken=0.6, entities=200), folder)
    return folder


def test_what_cannot_be_read_is_told_with_line_and_column(unreadable: Path, way: Way) -> None:
    made = [json.loads(line) for line in (unreadable / "broken.jsonl").read_text("utf-8").splitlines()]
    assert len({one["kind"] for one in made}) == len(UNREADABLE)
    found = problems(lambda: streamed(way, unreadable / CORPUS))
    regions = [finding.location.region for finding in found]
    assert [(region.line, finding.code) for region, finding in zip(regions, found, strict=True) if region] == [
        (one["line"], one["problem"]) for one in made
    ]
    assert {finding.location.file for finding in found} == {str(unreadable / CORPUS)}
    expected = problems(lambda: whole(unreadable / CORPUS))
    assert [replace(one, hint="") for one in found] == [replace(one, hint="") for one in expected], "hints are limited"


def test_nothing_is_written_where_something_is_wrong(unreadable: Path, tmp_path: Path, way: Way) -> None:
    target = tmp_path / "out.nq"
    target.write_bytes(b"what was there before")
    problems(lambda: pipeline.export(pipeline.read(unreadable / CORPUS), target, jobs=way.jobs))
    assert target.read_bytes() == b"what was there before"
    assert list(tmp_path.iterdir()) == [target]


# ----------------------------------------------------------------------
# Bytes
# ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write(Plan(400, seed=3, entities=200), folder)
    return folder / CORPUS


def exported(name: str, jobs: int, folder: Path, *sources: Path) -> bytes:
    target = folder / f"out{next(one.suffix for one in FORMATS if one.name == name)}"
    corpus = pipeline.read(*sources)
    pipeline.export(corpus, target, format=name, jobs=jobs, validated=False)
    return target.read_bytes()


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[int], int]:
    """Tell in how many processes workers did tasks; each waits at its first until there are as many as wanted."""
    seen = tmp_path / "processes"
    seen.mkdir()
    wanted, run, here = [1], Worker.run, os.getpid()

    def recorded(self: Worker, task: Task) -> Outcome:
        (seen / str(os.getpid())).touch()
        deadline = time.monotonic() + 60
        while os.getpid() != here and len(list(seen.iterdir())) < wanted[0]:
            assert time.monotonic() < deadline, "the other processes never got a task"
            time.sleep(0.01)
        return run(self, task)

    def wait_for(number: int) -> int:
        found = len(list(seen.iterdir()))
        for one in seen.iterdir():
            one.unlink()
        wanted[0] = number
        return found

    monkeypatch.setattr(Worker, "run", recorded)
    return wait_for


@pytest.mark.parametrize("name", [one.name for one in FORMATS])
def test_bytes_depend_neither_on_jobs_nor_on_batches(
    name: str, corpus: Path, tmp_path: Path, processes: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    processes(1)
    set_out(WAYS["all-at-once"], monkeypatch)
    expected = exported(name, 1, tmp_path, corpus)
    assert len(expected) > 100_000
    assert processes(1) == 1
    for batch, groups, jobs in ((1, 1, 1), (20_000, 10, 2), (5000, 3, 3)):
        set_out(Way(batch, groups, jobs), monkeypatch)
        if name == "trig":  # what is written of one graph at a time stands together
            expected = exported(name, 1, tmp_path, corpus)
        processes(jobs)
        assert exported(name, jobs, tmp_path, corpus) == expected
        assert processes(1) == jobs


def test_bytes_are_the_same_validated_and_not(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = exported("n-quads", 1, tmp_path, corpus)
    for found in WAYS.values():
        set_out(found, monkeypatch)
        pipeline.export(pipeline.read(corpus), tmp_path / "validated.nq", jobs=found.jobs)
        assert (tmp_path / "validated.nq").read_bytes() == expected


def statements(content: bytes) -> set[str]:
    """Give the statements of N-Quads, without those on the files that were read."""
    quads = ox.parse(content, format=ox.RdfFormat.N_QUADS)
    return {str(quad) for quad in quads if not str(quad.graph_name).endswith("graph/export>")}


def test_one_file_packed_files_a_folder_and_standard_input_are_one_graph(
    corpus: Path, tmp_path: Path, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = statements(exported("n-quads", 1, tmp_path, corpus))
    assert len(expected) > 5000
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    lines = corpus.read_bytes().splitlines(keepends=True)
    register = corpus.with_name(REGISTER).read_bytes()
    for place in (folder, folder / "below", tmp_path):
        (place / REGISTER).write_bytes(register)
    (folder / "below" / REGISTER).unlink()
    (folder / "below" / REGISTER).symlink_to(folder / REGISTER)
    first, second = folder / "one.diplomacy.jsonl.gz", folder / "below" / "two.diplomacy.jsonl"
    first.write_bytes(gzip.compress(b"".join(lines[::2])))
    second.write_bytes(b"".join(lines[1::2]))
    for sources in ([first, second], [second, first], [folder]):
        assert statements(exported("n-quads", way.jobs, tmp_path, *sources)) == expected
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(corpus.read_bytes())))
    assert statements(exported("n-quads", way.jobs, tmp_path, Path("-"))) == expected


# ----------------------------------------------------------------------
# The run itself
# ----------------------------------------------------------------------


def run_over(source: Path, **more: Any) -> Run:
    return Run(diplograph.read(source), Iris(), NQuads(), **more)


def test_totals_are_those_of_the_output(corpus: Path, way: Way) -> None:
    told: list[tuple[int, ...]] = []

    def tell(totals: Totals) -> None:
        told.append((totals.articles, totals.facts, totals.triples, totals.findings, totals.read))

    run = run_over(corpus, jobs=way.jobs, batch=way.batch, told=tell)
    lines = b"".join(run.texts()).count(b"\n")
    size = corpus.stat().st_size
    assert told[-1] == (
        len(corpus.read_bytes().splitlines()),
        400,
        lines,
        0,
        size + corpus.with_name(REGISTER).stat().st_size,
    )
    assert run.totals.size == size
    assert told == sorted(told), "they never go back"


def test_garbage_is_collected_as_before_when_a_run_is_over_or_left(corpus: Path, way: Way) -> None:
    before = gc.get_threshold(), gc.get_freeze_count()

    def now() -> tuple[tuple[int, int, int], int]:
        return gc.get_threshold(), gc.get_freeze_count()

    for _ in run_over(corpus, jobs=way.jobs, batch=way.batch).texts():
        pass
    assert now() == before
    texts = run_over(corpus, jobs=way.jobs, batch=way.batch).texts()
    next(texts)
    next(texts)
    assert now() != before
    texts.close()  # type: ignore[attr-defined]  # it is a generator
    assert now() == before
    with pytest.raises(ZeroDivisionError):
        for _ in run_over(corpus, jobs=way.jobs, batch=way.batch, told=lambda totals: totals.facts / 0).texts():
            pass
    assert now() == before


def children() -> list[int]:
    """List the processes that this one has started and that are still there."""
    found = Path(f"/proc/self/task/{os.getpid()}/children")
    if not found.exists():
        pytest.skip("this system does not list the children of processes")
    return [int(number) for number in found.read_text("utf-8").split()]


def test_a_run_that_is_left_early_leaves_no_process(corpus: Path) -> None:
    before = children()
    texts = run_over(corpus, jobs=3, batch=1).texts()
    for _ in range(3):
        next(texts)
    assert len(children()) == len(before) + 3
    texts.close()  # type: ignore[attr-defined]  # it is a generator
    assert children() == before


def test_an_error_in_a_worker_comes_out_as_it_is(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, here, run = children(), os.getpid(), Worker.run

    def failing(self: Worker, task: Task) -> Outcome:
        assert os.getpid() != here, "this is about workers"
        return run(self, task) if isinstance(task, Batch) and task.first else _refuse()

    def _refuse() -> Outcome:
        raise ArithmeticError("a mistake in the program")

    monkeypatch.setattr(Worker, "run", failing)
    with pytest.raises(ArithmeticError) as caught:
        list(run_over(corpus, jobs=2, batch=1).texts())
    assert caught.value.args == ("a mistake in the program",)
    assert "in failing" in str(caught.value.__cause__), "where it was made"
    assert children() == before


@pytest.mark.slow
def test_memory_does_not_grow_with_the_corpus(
    tmp_path: Path, watched: Callable[..., tuple[subprocess.CompletedProcess[str], int]]
) -> None:
    """What may be in memory has limits; they are reached before the larger corpus ends."""
    peaks = []
    for facts in (4000, 32_000):
        write(Plan(facts, seed=1, entities=300), tmp_path / str(facts))
        source, target = tmp_path / str(facts) / CORPUS, tmp_path / f"{facts}.nq"
        done, peak = watched("export", str(source), "-o", str(target), "--jobs", "1")
        assert done.returncode == 0, done.stderr
        peaks.append(peak)
    assert target.stat().st_size > 250 << 20
    assert peaks[1] < peaks[0] + 110
