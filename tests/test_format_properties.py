"""The format as a whole: any well-formed annotation becomes a graph, and anything else becomes findings.

Both are made by hypothesis: annotations from the ontology's own tables, so that a new word is
tried at once; and damage to annotations, ours and made ones, in their data and in their bytes.
`DIPLOGRAPH_FUZZ_EXAMPLES` says how often damage is done, for a long run of
`pytest tests/test_format_properties.py`.
"""

from __future__ import annotations

import copy
import io
import json
import os
import re
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from diplograph import resources
from diplograph.cli import main
from diplograph.errors import InputError, UsageError
from diplograph.findings import Finding
from diplograph.mapping.iris import Iris
from diplograph.rdf import rdf_quads
from diplograph.reading.corpus import Corpus, read
from diplograph.reading.yaml import parse_yaml
from diplograph.schema import json_schema
from diplograph.streaming.run import Run
from diplograph.vocabulary import Property, load_vocabulary
from diplograph.writing.ntriples import NQuads

SEEDS = Path(__file__).parent.parent / "seeds"
VOCABULARY = load_vocabulary([resources.folder("ontology") / "diplomacy.ttl"])
VALIDATOR = Draft202012Validator(json_schema(VOCABULARY))
FUZZED = int(os.environ.get("DIPLOGRAPH_FUZZ_EXAMPLES", "60"))
LENGTH = 1000
Raw = Any
Data = dict[str, Raw]
Syntax = Literal["yaml", "json", "jsonl"]
SYNTAXES: list[Syntax] = ["yaml", "json", "jsonl"]

rdflib.NORMALIZE_LITERALS = False

quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
fuzzed = settings(max_examples=FUZZED, deadline=None, suppress_health_check=list(HealthCheck))


# Well-formed annotations

LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
TEXT = st.text(LETTERS, min_size=1, max_size=12).filter(str.strip) | st.sampled_from(
    [
        '"""',
        "a\nb",
        "\\",
        "NO",
        "12:30:45",
        "010",
        "1e5",
        "~",
        "a: b",
        "# a",
        "\u202eabc",
        "𝔘 e\u0301",
        "\u2028.",
        "\ufeff",
    ]
)
IDENTIFIER = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,8}", fullmatch=True)
TAG = st.sampled_from(["en", "pt-br", "de-1996", "zh-hant-tw", "x-own"])
LABEL = TEXT | st.dictionaries(TAG, TEXT, min_size=1, max_size=1)
LABELS = TEXT | st.dictionaries(TAG, TEXT, min_size=1, max_size=3)
NUMBER = st.integers(-(10**30), 10**30) | st.decimals(-(10**12), 10**12, places=4, allow_nan=False)
EDTF = st.dates().map(str) | st.sampled_from(
    [
        "2024",
        "2024-09",
        "2024-09-14?",
        "2024~",
        "199X",
        "2024-21",
        "2022-02/..",
        "../2024-09-14",
        "XXXX-12-25",
        "Y12345",
    ]
)
DIGEST = st.text("0123456789abcdef", min_size=12, max_size=12)
SHA256 = st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def spans(draw: st.DrawFn) -> str:
    start = draw(st.integers(0, LENGTH - 1))
    end = draw(st.integers(start + 1, LENGTH))
    return f"{start}-{end}" + draw(st.just("") | DIGEST.map("/{}".format))


def one_or_many(strategy: st.SearchStrategy[Raw]) -> st.SearchStrategy[Raw]:
    """Give one value, or a list without repetition."""
    return strategy | st.lists(strategy, min_size=1, max_size=3, unique_by=json.dumps)


SPANS = one_or_many(spans())


def words(value_list: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(VOCABULARY.lists[value_list]))


@st.composite
def times(draw: st.DrawFn) -> Raw:
    if draw(st.booleans()):
        return draw(EDTF)
    found: Data = draw(st.fixed_dictionaries({"words": LABEL}, optional={"basis": words("basis")}))
    if draw(st.booleans()):
        found |= {"edtf": draw(EDTF), "basis": draw(words("basis"))}
        found |= draw(st.fixed_dictionaries({}, optional={"anchor": st.dates().map(str)}))
    return found


@st.composite
def amounts(draw: st.DrawFn, key: str, more: dict[str, st.SearchStrategy[Raw]]) -> Data:
    low, high = sorted([draw(NUMBER), draw(NUMBER)])
    given: Data = draw(st.sampled_from([{key: low}, {"from": low, "to": high}, {"from": low}, {"to": high}]))
    return given | draw(st.fixed_dictionaries({}, optional=more))


QUANTITIES = NUMBER | amounts("value", {"of": NUMBER, "unit": LABEL, "qualifier": words("qualifier")})
MONEY = st.tuples(
    amounts("amount", {"qualifier": words("qualifier"), "per": words("per"), "until": LABEL}),
    st.sampled_from(["GBP", "EUR", "XAU"]),
).map(lambda pair: pair[0] | {"currency": pair[1]})


def literal(name: str) -> st.SearchStrategy[Raw]:
    """Give literals of a datatype, by its local name."""
    known: dict[str, st.SearchStrategy[Raw]] = {
        "integer": st.integers(-(10**20), 10**20),
        "decimal": NUMBER,
        "boolean": st.booleans(),
        "date": st.dates().map(str),
    }
    return known.get(name, TEXT)


class Facts:
    """Draws the facts of one article; `ids` are those of all facts at its top, `inside` those around the next."""

    def __init__(self, draw: st.DrawFn, entities: list[str], ids: list[str]) -> None:
        self.draw, self.entities, self.ids = draw, entities, ids
        self.inside: list[str] = []

    def fact(self, within: Property | None = None, depth: int = 0) -> Data:
        draw = self.draw
        optional: dict[str, st.SearchStrategy[Raw]] = {
            "about": TEXT,
            "label": LABELS,
            "says": one_or_many(st.sampled_from(self.entities)),
            "certainty": words("certainty"),
            "polarity": words("polarity"),
            "status": words("status"),
            "evidence": SPANS,
            "quotation": SPANS,
            "note": LABELS,
        }
        found: Data = draw(st.fixed_dictionaries({"type": SITUATIONS}, optional=optional))
        if "says" in found and (within is None or within.conveys not in ("", "open")) and draw(st.booleans()):
            found["endorsed"] = draw(words("certainty"))
        keys = draw(st.lists(st.sampled_from(sorted(VOCABULARY.facts)), max_size=3 if depth < 2 else 0, unique=True))
        for key in keys:
            found[key] = self.values(VOCABULARY.facts[key], depth)
        return found

    def values(self, found: Property, depth: int) -> Raw:
        if found.kind == "situation":
            return self.situation(found, depth)
        kinds: dict[str, st.SearchStrategy[Raw]] = {
            "entity": st.sampled_from(self.entities),
            "time": times(),
            "quantity": QUANTITIES,
            "money": MONEY,
            "concept": words(found.value_list) if found.value_list else st.nothing(),
            "text": LABEL,
        }
        name = found.range.value.rpartition("#")[2] if found.range else ""
        one = kinds[found.kind] if found.kind in kinds else literal(name)
        return self.draw(one if found.kind in ("time", "quantity", "money") else one_or_many(one))

    def situation(self, found: Property, depth: int) -> Raw:
        others = [name for name in self.ids if name not in self.inside]
        kind = self.draw(st.sampled_from(["place", "key", "id"] if others else ["place", "key"]))
        if kind == "id":
            return self.draw(st.sampled_from(others))
        return {"about": self.draw(TEXT)} if kind == "key" else self.fact(found, depth + 1)

    def all(self) -> list[Data]:
        facts = []
        for name in self.ids:
            self.inside = [name]
            facts.append({"id": name, **self.fact()})
        return facts


CLASSES = {top: [found.name for found in VOCABULARY.below(top)] for top in ("Situation", "Entity")}
SITUATIONS = st.sampled_from(CLASSES["Situation"])
ENTITY_TYPES = st.sampled_from(CLASSES["Entity"])


@st.composite
def well_formed(draw: st.DrawFn) -> Data:
    """Make an annotation that says anything that can be said, in any combination, right or odd."""
    names = draw(st.lists(TEXT, min_size=1, max_size=4, unique=True))
    name = st.sampled_from(names)
    optional: dict[str, st.SearchStrategy[Raw]] = {
        "alias": one_or_many(TEXT),
        "wikidata": st.integers(1, 10**9).map("Q{}".format),
        "code": st.sampled_from(["GB", "NO"]),
        "note": LABELS,
    }
    optional |= {key: one_or_many(name) for key in VOCABULARY.entities}
    entity = st.fixed_dictionaries({"type": ENTITY_TYPES, "label": LABELS}, optional=optional)
    article = st.fixed_dictionaries(
        {"id": IDENTIFIER, "text": st.fixed_dictionaries({"sha256": SHA256, "length": st.just(LENGTH)})},
        optional={
            "label": LABELS,
            "publisher": name,
            "author": one_or_many(name),
            "language": st.sampled_from(["en", "pt-BR"]),
            "url": st.sampled_from(["https://example.org/a?b#c", "urn:x:1", "a:\u202e%zz"]),
            "published": times(),
            "parts": st.dictionaries(words("part"), SPANS, max_size=2),
            "note": LABELS,
        },
    )
    ids = draw(st.lists(IDENTIFIER, max_size=3, unique=True))
    written = st.fixed_dictionaries({"entity": name, "written": TEXT, "evidence": SPANS})
    no_fact = st.fixed_dictionaries({"evidence": SPANS, "reason": LABEL})
    data: Data = {
        "article": draw(article),
        "entities": {one: draw(entity) for one in names},
        "facts": Facts(draw, names, ids).all(),
        **draw(st.fixed_dictionaries({}, optional={"names": st.lists(written, max_size=2)})),
        **draw(st.fixed_dictionaries({}, optional={"noFact": st.lists(no_fact, min_size=1, max_size=2)})),
    }
    order = draw(st.permutations(sorted(data)))
    return {key: data[key] for key in order}


# Writing data in each syntax


def quoted(text: str) -> str:
    """Write a text in quotes, as JSON and YAML both have it; what YAML breaks lines at, or forgets, is escaped."""
    shown = json.dumps(text, ensure_ascii=False)
    return re.sub(
        "[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", shown
    )


def flow(data: Raw) -> str:
    """Write data as JSON, which is YAML too."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{quoted(key)}: {flow(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(flow, data)) + "]"
    if isinstance(data, str):
        return quoted(data)
    return f"{data:f}" if isinstance(data, Decimal) else json.dumps(data)


def block(data: Raw, indent: str = "") -> str:
    """Write data as YAML in lines, with long texts and empty collections in place."""
    if isinstance(data, dict) and data:
        lines = (f"{indent}? {quoted(key)}\n{indent}:{_below(value, indent)}" for key, value in data.items())
        return "".join(lines)
    if isinstance(data, list) and data:
        return "".join(f"{indent}-{_below(value, indent)}" for value in data)
    return f"{indent}{flow(data)}\n"


def _below(value: Raw, indent: str) -> str:
    nested = isinstance(value, (dict, list)) and bool(value)
    return "\n" + block(value, indent + "  ") if nested else f" {flow(value)}\n"


def written(data: Data, syntax: Syntax) -> bytes:
    text = block(data) if syntax == "yaml" else flow(data)
    return (text + "\n").encode("utf-8", "surrogatepass")


# What comes out


def graph(corpus: Corpus) -> list[ox.Quad]:
    """Map a corpus, whatever its problems."""
    return [
        quad for text in Run(corpus, Iris(), NQuads()).texts() for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS)
    ]


def of_the_data(quads: list[ox.Quad]) -> set[str]:
    """Leave out what tells of the file itself."""
    return {str(quad) for quad in quads if "/graph/export>" not in str(quad.graph_name)}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Share a folder among examples: to make one for each takes longer than the rest."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        (path / "entities.register.yaml").write_bytes((SEEDS / "entities.register.yaml").read_bytes())
        (path / "texts").mkdir()
        (path / "texts" / "a.txt").write_text("some words " * 100, "utf-8")
        yield path


def corpus_of(content: bytes, syntax: Syntax, folder: Path) -> Corpus:
    file = folder / f"a.diplomacy.{syntax}"
    file.write_bytes(content)
    return read([file], VOCABULARY)


@quick
@given(well_formed(), st.sampled_from(SYNTAXES))
def test_what_is_well_formed_becomes_a_graph_that_every_parser_reads(folder: Path, data: Data, syntax: Syntax) -> None:
    corpus = corpus_of(written(data, syntax), syntax, folder)
    quads = graph(corpus)
    assert [str(problem) for problem in corpus.problems] == []
    nquads = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert nquads is not None
    ours = list(ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
    assert ours == quads
    theirs = rdflib.Dataset().parse(io.BytesIO(nquads), format="nquads")
    assert len(theirs) == len(set(quads))


@quick
@given(well_formed())
def test_every_syntax_gives_the_same_graph(folder: Path, data: Data) -> None:
    graphs = [of_the_data(graph(corpus_of(written(data, syntax), syntax, folder))) for syntax in SYNTAXES]
    assert graphs[0]
    assert graphs[0] == graphs[1] == graphs[2]


# Damage to data

KNOWN_TO_A_SCHEMA = frozenset(
    ("unknown-key", "unknown-type", "unknown-word", "wrong-type", "identifier", "sha256", "wikidata", "empty-list")
)
"""Codes of what a schema can see wherever it stands; tests/test_schema.py tells all of them apart."""

OTHERS = st.sampled_from([*CLASSES["Situation"], *CLASSES["Entity"], *VOCABULARY.facts, "ada", "talks", "0-4"])
VALUES: st.SearchStrategy[Raw] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | NUMBER | TEXT | OTHERS | st.text(max_size=3) | EDTF,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXT | OTHERS | st.text(max_size=3), below, max_size=3),
    max_leaves=5,
)


def places(data: Raw, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """List the paths of everything in some data."""
    yield path
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in below:
        yield from places(value, (*path, step))


def at(data: Raw, path: tuple[str | int, ...]) -> Raw:
    for step in path:
        data = data[step]
    return data


@st.composite
def damaged(draw: st.DrawFn, data: Data) -> Raw:
    """Delete, double, replace, rename, move or retype something in some data."""
    data = copy.deepcopy(data)
    every = [path for path in places(data) if path]
    path = draw(st.sampled_from(every))
    around, step, value = at(data, path[:-1]), path[-1], at(data, path)
    what = draw(st.sampled_from(["delete", "replace", "rename", "move", "wrap", "text", "double"]))
    if what == "delete":
        del around[step]
    elif what in ("replace", "move"):
        around[step] = draw(VALUES) if what == "replace" else copy.deepcopy(at(data, draw(st.sampled_from(every))))
    elif what == "wrap":
        around[step] = draw(
            st.sampled_from([[value], [value, value], {"quote": value}, {"about": value}, {"en": value}])
        )
    elif what == "text":
        around[step] = str(value)
    elif isinstance(around, dict):
        around[draw(TEXT | OTHERS)] = around.pop(step) if what == "rename" else copy.deepcopy(value)
    else:
        around.insert(draw(st.integers(0, len(around))), copy.deepcopy(value))
    return data


def loaded(path: Path) -> Data:
    found = parse_yaml(path.read_text("utf-8"), path.name)
    assert not isinstance(found, Finding)
    assert isinstance(found.data, dict)
    return found.data


SEEDED = [loaded(path) for path in sorted(SEEDS.glob("*.diplomacy.yaml"))]
RIGHT = well_formed() | st.sampled_from(SEEDED)
WRONG = RIGHT.flatmap(damaged).flatmap(lambda data: damaged(data) if isinstance(data, dict) and data else st.just(data))


def plain(raw: Raw) -> Raw:
    """Give data as the json module would, without Decimals."""
    if isinstance(raw, dict):
        return {key: plain(value) for key, value in raw.items()}
    return [plain(value) for value in raw] if isinstance(raw, list) else float(raw) if isinstance(raw, Decimal) else raw


def check(corpus: Corpus) -> list[Finding]:
    """Map what may be broken, and check that each finding stands somewhere in its file."""
    quads = graph(corpus)
    try:
        corpus.check()
    except InputError as error:
        for finding in error.findings:
            check_place(finding)
        return error.findings
    nquads = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert list(ox.parse(nquads or b"", format=ox.RdfFormat.N_QUADS)) == quads
    return []


def check_place(finding: Finding) -> None:
    """Check that a finding has a sentence, and a region within its file."""
    assert re.fullmatch(r"[a-z0-9-]+", finding.code)
    assert finding.message.endswith((".", "?"))
    assert len(str(finding)) < 1500
    region = finding.location.region
    text = Path(finding.location.file).read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    lines = re.split(r"\r\n|\n|\r", text)
    if region is not None:
        assert 1 <= region.line <= region.end_line <= len(lines)
        assert 1 <= region.column <= len(lines[region.line - 1]) + 1
        assert (region.line, region.column) <= (region.end_line, region.end_column)
        assert region.end_column <= len(lines[region.end_line - 1]) + 2


@fuzzed
@given(WRONG, st.sampled_from(SYNTAXES))
def test_damaged_data_becomes_findings_at_their_places(folder: Path, data: Raw, syntax: Syntax) -> None:
    findings = check(corpus_of(written(data, syntax), syntax, folder))
    refused = list(VALIDATOR.iter_errors(plain(data)))
    here = {finding.code for finding in findings if finding.location.file.endswith(f"a.diplomacy.{syntax}")}
    if refused:
        assert findings, [error.message for error in refused]
    elif here & KNOWN_TO_A_SCHEMA:
        raise AssertionError([str(finding) for finding in findings])


@fuzzed
@given(WRONG, st.sampled_from(SYNTAXES), st.sampled_from(["validate", "export", "query", "explain", "anchor"]))
def test_damaged_data_ends_with_a_code_that_means_it(folder: Path, data: Raw, syntax: Syntax, command: str) -> None:
    file = folder / f"b.diplomacy.{syntax}"
    file.write_bytes(written(data, syntax))
    end(command, file)


def end(command: str, file: Path) -> None:
    """Run a command on a file; whatever it holds, nothing fails, and files are whole."""
    out = file.parent / "out.nq"
    more: dict[str, list[str]] = {
        "validate": ["validate", str(file)],
        "export": ["export", str(file), "-o", str(out), "--no-validate"],
        "query": ["query", "conflicts", str(file)],
        "explain": ["explain", "talks", str(file)],
        "anchor": ["anchor", str(file), "--articles", str(file.parent / "texts"), "--coverage"],
    }
    result = CliRunner().invoke(main, more[command], catch_exceptions=False)
    assert result.exit_code in (0, 1, 2), result.output
    assert "Traceback" not in result.output
    assert out.exists() == (command == "export" and result.exit_code == 0)
    if out.exists():
        assert len(list(ox.parse(path=str(out)))) > 0
        out.unlink()
    assert not [path for path in file.parent.iterdir() if path.name.endswith(".part")]


# Damage to bytes

PIECES = st.binary(max_size=4) | st.sampled_from(
    [
        b"\x00",
        b"\r",
        b"\n",
        b"\t",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xe2\x80\xa8",
        b"\xc2\x85",
        b"&a ",
        b"*a",
        b"!!int ",
        b"? ",
        b": ",
        b"- ",
        b"|\n",
        b">-\n",
        b"---\n",
        b"...\n",
        b"#",
        b"'",
        b'"',
        b"\\",
        b"\\u",
        b"\\ud800",
        b"<<",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b"%YAML 1.1\n",
        b"@",
        b"`",
        b"1e999",
        b"-0",
        b"NaN",
        b".inf",
        b"~",
        b"null",
        b"99999999",
    ]
)


@st.composite
def spoilt(draw: st.DrawFn, content: bytes) -> bytes:
    """Cut, splice, repeat and overwrite bytes."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 12) | st.integers(0, len(content) or 1)))
        what = draw(st.sampled_from(["cut", "splice", "overwrite", "repeat", "truncate"]))
        if what == "cut":
            content = content[:start] + content[end:]
        elif what == "splice":
            content = content[:start] + draw(PIECES) + content[start:]
        elif what == "overwrite":
            piece = draw(PIECES)
            content = content[:start] + piece + content[start + len(piece) :]
        elif what == "repeat":
            content = content[:end] + content[start:end][:200] * draw(st.integers(1, 3)) + content[end:]
        else:
            content = content[:start]
    return content


@st.composite
def spoilt_files(draw: st.DrawFn) -> tuple[bytes, Syntax]:
    syntax = draw(st.sampled_from(SYNTAXES))
    if syntax == "yaml" and draw(st.booleans()):
        content = draw(st.sampled_from(sorted(SEEDS.glob("*.diplomacy.yaml")))).read_bytes()
    else:
        content = written(draw(RIGHT), syntax) * (draw(st.integers(1, 2)) if syntax == "jsonl" else 1)
    return draw(spoilt(content)), syntax


@fuzzed
@given(spoilt_files())
def test_damaged_bytes_become_findings_at_their_places(folder: Path, spoilt_file: tuple[bytes, Syntax]) -> None:
    check(corpus_of(*spoilt_file, folder))


@fuzzed
@given(spoilt_files(), st.sampled_from(["validate", "export", "query", "explain", "anchor"]))
def test_damaged_bytes_end_with_a_code_that_means_it(
    folder: Path, spoilt_file: tuple[bytes, Syntax], command: str
) -> None:
    content, syntax = spoilt_file
    file = folder / f"c.diplomacy.{syntax}"
    file.write_bytes(content)
    end(command, file)


@pytest.fixture(scope="module")
def exports(folder: Path) -> dict[str, bytes]:
    """Give an export in each syntax."""
    file = folder / "d.diplomacy.json"
    file.write_bytes(written(SEEDED[0], "json"))
    found = {}
    for suffix in ("nq", "nt", "ttl", "trig", "jsonld", "rdf"):
        out = folder / f"d.{suffix}"
        assert CliRunner().invoke(main, ["export", str(file), "-o", str(out), "--no-validate"]).exit_code == 0
        found[suffix] = out.read_bytes()
    return found


@fuzzed
@given(st.data(), st.sampled_from(["nq", "nt", "ttl", "trig", "jsonld", "rdf"]))
def test_damaged_rdf_is_refused_at_its_place_or_read(
    folder: Path, exports: dict[str, bytes], data: st.DataObject, suffix: str
) -> None:
    file = folder / f"e.{suffix}"
    file.write_bytes(data.draw(spoilt(exports[suffix])))
    refused = ""
    try:
        list(rdf_quads(file))
    except InputError as error:
        for finding in error.findings:
            check_place(finding)
    except UsageError as error:
        refused = str(error)
    assert not refused or "cannot be read: it " in refused
