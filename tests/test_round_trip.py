"""Which literals stores rewrite: every form that diplograph can write is loaded into real stores, and read back.

What comes back is read as results in JSON and as N-Triples, by readers that change nothing, and has to differ from
what was loaded in exactly what the tables below say, which the README has too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest
import requests
from click.testing import CliRunner
from tests.servers import PASSWORD, Server, fuseki, oxigraph, rdf4j, virtuoso

from diplograph import resources
from diplograph.cli import main
from diplograph.stores import folder
from diplograph.stores.profiles import endpoints, profile_named
from diplograph.values.literals import CHECKED, EDTF, LANG_STRING, XSD, check, labelled, plain, typed
from diplograph.vocabulary import Vocabulary, load_vocabulary

ROOT = Path(__file__).parent.parent
README = Path(os.environ.get("DIPLOGRAPH_README", ROOT / "README.md"))  # another one to try a text before it is there
GRAPH = "https://example.org/forms"
VALUE = "https://example.org/value"
SELECT = f"SELECT ?form ?value {{ GRAPH <{GRAPH}> {{ ?form <{VALUE}> ?value }} }}"
CONSTRUCT = f"CONSTRUCT {{ ?form <{VALUE}> ?value }} {{ GRAPH <{GRAPH}> {{ ?form <{VALUE}> ?value }} }}"
LONGEST = 60


class Literal(NamedTuple):
    """A literal as it is written: its text, its datatype by its last name, and its language tag."""

    text: str
    datatype: str
    language: str = ""


class Row(NamedTuple):
    """How stores rewrite a form, "" where they keep it: in the folder and the Oxigraph server, and in the others.

    What is written of a `language tag` is the tag. Where the datatype is another one afterwards, it follows behind,
    and where only one of the two syntaxes tells, its name. A `derived integer` stands for all types of `DERIVED`.
    Rows that are `like` those before are rewritten for the same reason, and the README leaves them out.
    """

    datatype: str
    written: str
    oxigraph: str = ""
    fuseki: str = ""
    virtuoso: str = ""
    rdf4j: str = ""
    like: bool = False


OURS = (
    Row("language tag", "en-gb", "", "en-GB"),
    Row("language tag", "de-ch-1996", "", "de-CH-1996", like=True),
    Row("language tag", "zh-hans", "", "zh-Hans", like=True),
    Row("decimal", "7", "", "7.0"),
    Row("decimal", "0", "", "0.0", like=True),
    Row("decimal", "3000000000", "", "3000000000.0", like=True),
    Row("decimal", "1.50", "1.5", "1.5", "1.5"),
    Row("decimal", "3000000000.00", "3000000000", "3000000000.0", "3000000000", like=True),
    Row("decimal", "7.0", "7", "", "7"),
    Row("decimal", "-0", "0", "0.0", "0"),
    Row("decimal", "0.12345678901234567890", "", "", "0.123456789012346"),
    Row("decimal", "0.000000000000000001", "", "", "0", like=True),
    Row("integer", "2147483648", "", "", "2147483648 decimal"),
    Row("integer", "999999999999", "", "", "999999999999 decimal", like=True),
    Row("date", "2024-09-14+00:00", "2024-09-14Z", "", "2024-09-14Z"),
    Row("date", "-0044-03-15", "", "", "-044-03-15"),
)
"""What happens to literals of the ontology as it is."""

YOURS = (
    Row("language tag", "en-GB", "en-gb", "", "en-gb", "en-gb"),
    Row("language tag", "EN-gb", "en-gb", "en-GB", "en-gb", "en-gb", like=True),
    Row("language tag", "zh-Hans", "zh-hans", "", "zh-hans", "zh-hans", like=True),
    Row("integer", "007", "7", "7", "7"),
    Row("integer", "+7", "7", "7", "7", like=True),
    Row("integer", "-0", "0", "0", "0", like=True),
    Row("derived integer", "7", "7 integer"),
    Row("derived integer", "007", "7 integer", "7", "7", like=True),
    Row("decimal", ".5", "0.5", "0.5", "0.5", like=True),
    Row("decimal", "5.", "5", "5.0", "5", like=True),
    Row("decimal", "+1.5", "1.5", "1.5", "1.5", like=True),
    Row("decimal", "007.5", "7.5", "7.5", "7.5", like=True),
    Row("dateTime", "2024-09-14T10:00:00+00:00", "2024-09-14T10:00:00Z", "", "2024-09-14T10:00:00Z"),
    Row(
        "dateTime",
        "2024-09-14T10:00:00.50Z",
        "2024-09-14T10:00:00.5Z",
        "2024-09-14T10:00:00.5Z",
        "2024-09-14T10:00:00.500Z",
    ),
    Row("dateTime", "2024-09-14T10:00:00.123456789Z", "", "", "2024-09-14T10:00:00.123456Z"),
    Row("dateTime", "2024-09-14T24:00:00", "2024-09-15T00:00:00"),
    Row("dateTime", "-0044-03-15T12:00:00Z", "", "", "-044-03-15T12:00:00Z", like=True),
    Row("dateTimeStamp", "2024-09-14T10:00:00Z", "2024-09-14T10:00:00Z dateTime"),
    Row("time", "10:00:00.50", "10:00:00.5", "", "10:00:00.500"),
    Row("time", "24:00:00", "00:00:00", like=True),
    Row("gYear", "-0044", "", "", "-044"),
    Row("duration", "P1Y", "", "", "12", like=True),
    Row("duration", "P12M", "P1Y", "", "12"),
    Row("duration", "PT36H", "P1DT12H", "", "129600.0", like=True),
    Row("duration", "P0D", "PT0S", "", "0.0", like=True),
    Row("duration", "PT1S", "", "", "1.1", like=True),
    Row("yearMonthDuration", "P14M", "P1Y2M", "", "14"),
    Row("dayTimeDuration", "PT36H", "P1DT12H", "", "129600.0"),
    Row("boolean", "true", "", "", "1 in JSON"),
    Row("boolean", "false", "", "", "0 in JSON", like=True),
    Row("boolean", "1", "true", "true", "true in N-Triples"),
    Row("boolean", "0", "false", "false", "false in N-Triples", like=True),
    Row("double", "1.5E0", "1.5", "1.5e0", "1.5"),
    Row("double", "1e6", "1000000", "1000000.0e0", "1e+06", like=True),
    Row("double", "1", "", "1.0e0", "1.0", like=True),
    Row("double", "+INF", "INF", "INF", "", like=True),
    Row("double", "1E400", "INF", "INF", "INF"),
    Row("float", "1.5E0", "1.5", "1.5", "1.5", like=True),
    Row("float", "16777217", "16777216", "1.6777216E7", "1.67772e+07"),
)
"""What happens to those of RDF files, and of properties of an ontology of one's own."""

DERIVED = (
    *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "byte", "short", "int"),
    *("long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
)
TEXTS = (
    *("talks", 'say "no"', "it's", "“no”", "a\nb", "a\tb", "back\\slash", "\\n", "a\\", '"""', "<b>&amp;</b>", "%41"),
    *("é", "Zelensky\u0306", "\u1e9b\u0323", "\u4e2d\u6587", "\U00010348", "\U0001f600 \U0001f469\u200d\U0001f467"),
    *(" led ", "two  blanks", "a\u00a0b", "a\u2028b\u0085c", "a\u202eb\u2066c\u200f", "\ufeffx", "\ue000"),
    *("007", "1.50", "2024-09-14", "true", "_:b", "0123456789abcdef" * 4, "GBP", "é" * 50_000, "ab" * 500_000),
)
TEXTS_OF_OTHERS = ("", "\r", "a\r\nb", "\x08\x0c", "\x00", "\x01", "\x1f", "\x7f", "\ufffe", "\U0001fffe")
"""Texts that annotations cannot have."""

EDTF_FORMS = (
    *("2024", "2024-09", "2024-09-14", "2024-09-14T10:00:00", "2024-09-14T10:00:00Z", "2024-09-14/2024-09-20"),
    *("2022-02/..", "../2024", "/2024", "2024?", "2024-09~", "2024%", "202X", "2024-XX", "2024-09-XX", "XXXX-12"),
    *("156X-12-25", "2024-21", "[2023,2024]", "{2023..2025}", "-0044", "Y-170000002", "0007"),
)
KEPT_OURS = {
    "string": TEXTS,
    "langString": TEXTS,
    "language tag": ("en", "de", "x-ours"),
    "EDTF": EDTF_FORMS,
    "date": ("2024-09-14", "2024-02-29", "0001-01-01", "9999-12-31", "1582-10-10", "2024-09-14Z", "2024-09-14+02:00"),
    "dateTime": ("2024-09-14T10:00:00Z",),
    "integer": ("0", "7", "-7", "2147483647"),
    "decimal": ("1.5", "-1.5", "0.5", "123456789.123456789", "1" + "0" * 30 + ".5"),
    "anyURI": ("https://example.org/", "https://example.org/?a=1&b=%20#é", "HTTPS://EXAMPLE.ORG", "urn:x:y"),
}
"""Forms of the ontology as it is that no store rewrites."""

KEPT_YOURS = {
    "string": TEXTS_OF_OTHERS,
    "langString": TEXTS_OF_OTHERS,
    "dateTime": ("2024-09-14T10:00:00", "2024-09-14T10:00:00+02:00", "0001-01-01T00:00:00Z"),
    "time": ("10:00:00", "10:00:00Z", "10:00:00+02:00"),
    "gYear": ("2024", "2024Z"),
    "duration": ("P1Y2M3DT4H5M6S",),
    "gYearMonth": ("2024-09", "2024-09Z"),
    "gMonth": ("--09",),
    "gMonthDay": ("--09-14",),
    "gDay": ("---14",),
    "double": ("INF", "-INF", "NaN"),
    "float": ("0.1", "INF"),
    "hexBinary": ("0fb8", "0FB8"),
    "base64Binary": ("AQID", "AQ ID"),
    "language": ("en", "en-GB", "EN"),
    "normalizedString": ("a  b",),
    "token": ("a b",),
    "NMTOKEN": ("1a",),
    "Name": ("a:b",),
    "NCName": ("a",),
}
"""The same of the others."""

Start = Callable[[Path], AbstractContextManager[Server]]
STORES: dict[str, tuple[str, Start | None]] = {
    "folder": ("oxigraph", None),
    "oxigraph": ("oxigraph", oxigraph),
    "fuseki": ("fuseki", fuseki),
    "virtuoso": ("virtuoso", virtuoso),
    "rdf4j": ("rdf4j", rdf4j),
}
"""Each with its column of the tables."""

STRING_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
LINE = re.compile(
    rf'<(?P<form>[^>]+)>\s*<{VALUE}>\s*"(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<tag>[\w-]+)|\^\^<(?P<type>[^>]*)>)?\s*\.\s*'
)


def literals_of(row: Row) -> Iterator[tuple[Literal, str]]:
    """Give the literals that a row is about, each with the sign that it needs."""
    if row.datatype == "language tag":
        yield Literal("talks", "langString", row.written), ""
    elif row.datatype == "derived integer":
        for name in DERIVED:
            sign = "-" if name in ("nonPositiveInteger", "negativeInteger") else ""
            yield Literal(sign + row.written, name), sign
    elif row.datatype == "langString":
        yield Literal(row.written, "langString", "en"), ""
    else:
        yield Literal(row.written, row.datatype), ""


def forms() -> list[Literal]:
    """List all literals that are loaded, each once."""
    kept = [Row(name, text) for table in (KEPT_OURS, KEPT_YOURS) for name, texts in table.items() for text in texts]
    return list(dict.fromkeys(found for row in (*OURS, *YOURS, *kept) for found, _ in literals_of(row)))


def iri(datatype: str) -> str:
    return {"EDTF": EDTF, "langString": LANG_STRING}.get(datatype, XSD + datatype)


def written(literal: Literal) -> str:
    """Write a literal as diplograph does, except that language tags stay as they are."""
    if literal.language:
        return f"{plain(literal.text)}@{literal.language}"
    return typed(literal.text, iri(literal.datatype))


def told(before: Literal, after: Literal | None) -> str:
    """Tell what has become of a literal as the tables do: "" if nothing has."""
    if before == after:
        return ""
    if after is None:
        return "lost"
    if before.language and before.text == after.text:
        return after.language
    return after.text + (f" {after.datatype}" if before.datatype != after.datatype else "")


def told_of_both(before: Literal, in_json: Literal | None, in_ntriples: Literal | None) -> str:
    """Tell it of both syntaxes, each by its name if they differ."""
    found = {"JSON": told(before, in_json), "N-Triples": told(before, in_ntriples)}
    if len(set(found.values())) == 1:
        return found["JSON"]
    return ", ".join(f"{what} in {syntax}" for syntax, what in found.items() if what)


def literal(text: str, datatype: str, language: str) -> Literal:
    if language:
        return Literal(text, "langString", language)
    short = next((name for name in (XSD, EDTF.removesuffix("EDTF")) if datatype.startswith(name)), "")
    return Literal(text, datatype.removeprefix(short) or "string")


def read_json(document: bytes) -> dict[str, Literal]:
    """Read results; `json` keeps what RDF libraries do not, such as the case of language tags."""
    rows = json.loads(document)["results"]["bindings"]
    values = {row["form"]["value"]: row["value"] for row in rows}
    assert len(values) == len(rows)
    return {
        form: literal(value["value"], value.get("datatype", ""), value.get("xml:lang", ""))
        for form, value in values.items()
    }


def read_ntriples(document: bytes) -> dict[str, Literal]:
    """Read N-Triples line by line (RDF 1.1 N-Triples, section 7)."""
    found = {}
    for line in document.decode("utf-8").split("\n"):
        if line.strip() and not line.startswith("#"):
            parts = LINE.fullmatch(line)
            assert parts, line[:200]
            found[parts["form"]] = literal(unescaped(parts["text"]), parts["type"] or "", parts["tag"] or "")
    return found


def unescaped(text: str) -> str:
    return STRING_ESCAPE.sub(lambda one: ESCAPES[one[3]] if one[3] else chr(int(one[1] or one[2], 16)), text)


def answers(store: Path | Server) -> tuple[bytes, bytes]:
    """Ask a store for all forms, as JSON and as N-Triples."""
    if isinstance(store, Path):
        opened = folder.opened(store)
        rows, triples = opened.query(SELECT), opened.query(CONSTRUCT)
        assert isinstance(rows, ox.QuerySolutions)
        assert isinstance(triples, ox.QueryTriples)
        as_json, as_ntriples = (
            rows.serialize(format=ox.QueryResultsFormat.JSON),
            triples.serialize(format=ox.RdfFormat.N_TRIPLES),
        )
        assert as_json
        assert as_ntriples
        return as_json, as_ntriples
    at = endpoints(profile_named(store.profile), store.url).query
    found = []
    for query, accept in ((SELECT, "application/sparql-results+json"), (CONSTRUCT, "application/n-triples")):
        answer = requests.get(at, params={"query": query}, headers={"Accept": accept}, timeout=60)
        answer.raise_for_status()
        found.append(answer.content)
    return found[0], found[1]


def rewritten(store: Path | Server) -> dict[Literal, str]:
    """Load all forms into a store, and tell which of them come back otherwise, and how."""
    all_forms = {f"https://example.org/form/{number}": form for number, form in enumerate(forms())}
    source = (store if isinstance(store, Path) else store.folder).with_suffix(".nq")
    lines = [f"<{name}> <{VALUE}> {written(form)} <{GRAPH}> .\n" for name, form in all_forms.items()]
    source.write_text("".join(lines), "utf-8")
    to = str(store) if isinstance(store, Path) else store.url
    done = CliRunner().invoke(main, ["load", str(source), "--to", to, "--no-ontology"])
    assert done.exit_code == 0, done.output
    in_json, in_ntriples = answers(store)
    ours, theirs = read_json(in_json), read_ntriples(in_ntriples)
    assert (ours.keys() | theirs.keys()) <= all_forms.keys()
    found = {form: told_of_both(form, ours.get(name), theirs.get(name)) for name, form in all_forms.items()}
    return {brief(form): what[:LONGEST] for form, what in found.items() if what}


def brief(form: Literal) -> Literal:
    """Cut a form for a message that can be read."""
    return form._replace(text=form.text[:LONGEST])


@pytest.mark.parametrize("name", STORES)
def test_a_store_rewrites_what_the_tables_say_and_nothing_else(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIPLOGRAPH_USER", "dba")
    monkeypatch.setenv("DIPLOGRAPH_PASSWORD", PASSWORD)
    column, start = STORES[name]
    expected = {
        form: sign + what
        for row in (*OURS, *YOURS)
        if (what := getattr(row, column))
        for form, sign in literals_of(row)
    }
    if start is None:
        assert rewritten(tmp_path / "store") == expected
        return
    (tmp_path / name).mkdir()
    with start(tmp_path / name) as server:
        assert rewritten(server) == expected


def ranges(vocabulary: Vocabulary) -> set[str]:
    """Give the datatypes of the literals that an ontology asks for, with those of the parts of times and amounts."""
    found = {prop.range.value for prop in vocabulary.properties.values() if prop.kind == "literal" and prop.range}
    return found | {LANG_STRING for prop in vocabulary.properties.values() if prop.kind == "text"}


def covered() -> set[str]:
    """Give the datatypes of which the tables tell what becomes of the literals of the ontology as it is."""
    return {iri(name) for name in ({row.datatype for row in OURS} | set(KEPT_OURS)) - {"language tag"}}


def test_all_datatypes_of_the_ontology_are_tried(seeds: Path, tmp_path: Path) -> None:
    """Those that its properties have, and those that are in what is made of the cases, the seeds and the ontology."""
    ontology = resources.turtle_files(resources.folder("ontology"))
    assert ranges(load_vocabulary(ontology)) <= covered()
    export = CliRunner().invoke(main, ["export", str(seeds), "-q", "--timestamp", "-o", str(tmp_path / "seeds.nq")])
    assert export.exit_code == 0
    made = [tmp_path / "seeds.nq", *ontology, *(ROOT / "tests" / "cases").glob("*/*.ttl")]
    assert len(made) > 20
    values = [quad.object for path in made for quad in ox.parse(path=str(path))]
    assert {value.datatype.value for value in values if isinstance(value, ox.Literal)} <= covered()


def test_a_new_datatype_of_the_ontology_is_noticed(tmp_path: Path) -> None:
    more = tmp_path / "more.ttl"
    more.write_text(
        "<https://example.org/more> a <http://www.w3.org/2002/07/owl#Ontology> .\n"
        "<https://example.org/born> a <http://www.w3.org/2002/07/owl#DatatypeProperty> ;\n"
        f"  <http://www.w3.org/2000/01/rdf-schema#range> <{XSD}gYear> .\n",
        "utf-8",
    )
    vocabulary = load_vocabulary([*resources.turtle_files(resources.folder("ontology")), more])
    assert ranges(vocabulary) - covered() == {f"{XSD}gYear"}


def test_all_datatypes_that_an_ontology_of_your_own_can_have_are_tried() -> None:
    assert {iri(form.datatype) for form in forms()} == CHECKED | {LANG_STRING}


def test_what_is_tried_is_what_diplograph_writes() -> None:
    """Every form is a literal of its datatype, and tags are in lower case where the ontology's own are."""
    for form in forms():
        check(form.text, iri(form.datatype))
    for row in OURS:
        for form, _ in literals_of(row):
            assert not form.language or labelled(form.text, form.language) == written(form)


def markdown(rows: tuple[Row, ...], kept: dict[str, tuple[str, ...]]) -> str:
    """Write a table as the README has it: a row of each sort, and one for what all stores keep."""
    table = [["datatype", "written", "Oxigraph", "Fuseki", "Virtuoso", "RDF4J"]]
    for row in rows:
        if not row.like:
            cells = (row.written, row.oxigraph, row.fuseki, row.virtuoso, row.rdf4j)
            table.append([row.datatype, *map(coded, cells)])
    untouched = sorted(set(kept) - {row.datatype for row in rows}, key=str.lower)
    table.append([", ".join(untouched), "all", "", "", "", ""])
    lines = ["|".join(["", *(f" {cell} " if cell else " " for cell in cells), ""]) for cells in table]
    return "\n".join([lines[0], "|---|---|---|---|---|---|", *lines[1:], ""])


def coded(cell: str) -> str:
    text, _, more = cell.partition(" ")
    return f"`{text}` {more}".strip() if text else ""


def test_the_tables_are_those_of_the_readme(update_cases: bool) -> None:  # noqa: FBT001
    text = README.read_text("utf-8")
    found = re.search(r"^(#{2,4}) Round trip\n(.*?)(?=^#{2,4} |\Z)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        pytest.skip("README.md has no section 'Round trip' yet, with which the tables could be compared")
    blocks = re.findall(r"(?:^\|.*\n)+", found[2], re.MULTILINE)
    tables = [markdown(*table) for table in ((OURS, KEPT_OURS), (YOURS, KEPT_YOURS))]
    if update_cases:
        for shown, table in zip(blocks, tables, strict=True):
            text = text.replace(shown, table)
        README.write_text(text, "utf-8")
    else:
        assert blocks == tables
