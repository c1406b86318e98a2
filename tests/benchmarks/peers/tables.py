"""The corpus as tables, for the peers that map tables: which there are, and how they are written.

    python tests/benchmarks/peers/tables.py DIR -o TABLES

The tables hold what can be told of articles, mentions, names, entities, and of the claims of those facts that the
article tells in its own voice: their class, label, note, wording, how sure they are, and all their values, times
and amounts. Chains of attribution, what is nested in facts, situations, the days that times lie between, and
conflicts are left out. IRIs are written out, which spares the peers the most costly part of their work. Making
the tables is not part of what is measured.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[3]))  # so that this runs as a script

from tests.benchmarks.peers.model import LASTING, LISTS, META, SITUATIONS, SPEAKER, listed

ID: Final = "https://w3id.org/diplograph/id/"
DIP: Final = "https://w3id.org/diplograph/ns#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_SCHEMA: Final = "https://schema.org/"
_ORG: Final = "http://www.w3.org/ns/org#"
_OA: Final = "http://www.w3.org/ns/oa#"
_PROV: Final = "http://www.w3.org/ns/prov#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
EDTF: Final = "http://id.loc.gov/datatypes/edtf/EDTF"

IRI: Final = "iri"
PLAIN: Final = "plain"
TAGGED: Final = "tagged"
"""A text in a language, which the column `language` names."""
INTEGER, DECIMAL, DATE, ANY_URI = (XSD + name for name in ("integer", "decimal", "date", "anyURI"))


@dataclass(frozen=True, slots=True)
class Column:
    """What a column says of the subject: a predicate, and what the values are: IRIs, texts, or of a datatype."""

    predicate: str
    kind: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a subject a row; `type` is the class of all of them. Cells may be empty."""

    columns: dict[str, Column] = field(default_factory=dict)
    type: str = ""

    @property
    def header(self) -> list[str]:
        """The names of all columns."""
        tagged = any(column.kind == TAGGED for column in self.columns.values())
        return ["node", *self.columns, *(["language"] if tagged else [])]


def _columns(namespace: str, **kinds: str) -> dict[str, Column]:
    return {name: Column(namespace + name, kind) for name, kind in kinds.items()}


ENTITY_KEYS: Final = listed(
    "actor recipient participant host visitor mediator organiser addressee onBehalfOf holder beneficiary affected "
    "target instrument item office topic onIssue medium occasion place origin destination"
)
VALUE_KEYS: Final = (
    *ENTITY_KEYS,
    *sorted(SITUATIONS),
    *LISTS,
    "time",
    "deferredUntil",
    "duration",
    "quantity",
    "money",
)
_TIED: Final = {
    "country": Column(DIP + "country", IRI),
    "memberOf": Column(_ORG + "memberOf", IRI),
    "officeOf": Column(_ORG + "postIn", IRI),
    "locatedIn": Column(_SCHEMA + "containedInPlace", IRI),
    "incompatibleWith": Column(DIP + "incompatibleWith", IRI),
}
_LABEL: Final = {"label": Column(_RDFS + "label", PLAIN)}
_TYPE: Final = {"type": Column(RDF + "type", IRI)}
TABLES: Final[dict[str, Table]] = {
    "articles": Table(
        _LABEL
        | _columns(_DCTERMS, identifier=PLAIN)
        | _columns(_SCHEMA, sha256=PLAIN, publisher=IRI, author=IRI, inLanguage=PLAIN, url=ANY_URI, datePublished=DATE)
        | _columns(DIP, length=INTEGER, time=IRI),
        DIP + "Article",
    ),
    "entities": Table(
        _TYPE
        | _LABEL
        | _columns(_DCTERMS, identifier=PLAIN)
        | _columns(_SKOS, notation=PLAIN)
        | _columns(_SCHEMA, sameAs=IRI)
        | _TIED
    ),
    "aliases": Table(_columns(_SKOS, altLabel=PLAIN)),
    "labels": Table({"label": Column(_RDFS + "label", TAGGED)}),
    "mentions": Table(
        _columns(_OA, hasSource=IRI, hasSelector=IRI) | _columns(DIP, digest=PLAIN, part=IRI), DIP + "Mention"
    ),
    "selectors": Table(_columns(_OA, start=INTEGER, end=INTEGER), _OA + "TextPositionSelector"),
    "quotations": Table(_TYPE),
    "names": Table(_columns(_SCHEMA, mentions=IRI) | _columns(DIP, writtenAs=TAGGED)),
    "claims": Table(
        _LABEL
        | _columns(_SKOS, note=PLAIN)
        | _columns(DIP, about=IRI, claimant=IRI, certainty=IRI, polarity=IRI, status=IRI, claimedType=IRI)
        | _columns(_PROV, hadPrimarySource=IRI),
        DIP + "Claim",
    ),
    "evidence": Table(_columns(DIP, evidence=IRI)),
    "wordings": Table(_columns(DIP, wording=TAGGED)),
    "times": Table(
        _columns(DIP, words=TAGGED, anchor=DATE, basis=IRI) | {"edtf": Column(DIP + "edtf", EDTF)}, DIP + "TimeValue"
    ),
    "amounts": Table(
        _TYPE
        | _columns(_SCHEMA, value=DECIMAL, minValue=DECIMAL, maxValue=DECIMAL, unitText=PLAIN, currency=PLAIN)
        | _columns(DIP, total=DECIMAL, qualifier=IRI, per=IRI)
    ),
    "horizons": Table(_columns(DIP, until=TAGGED)),
    **{f"value-{key}": Table(_columns(DIP, **{key: IRI})) for key in VALUE_KEYS},
}
"""All tables by name; both mappings follow from them."""

Row = tuple[str, dict[str, Any]]
"""The name of a table, and the cells of a row by column."""


def rows(folder: Path) -> Iterator[Row]:
    """Read a corpus as rows of tables."""
    for path in sorted(folder.glob("*.register.json")):
        for name, entity in json.loads(path.read_text("utf-8"))["entities"].items():
            yield from _entity(f"{ID}entity/{name}", name, entity, {})
    for path in sorted(folder.glob("*.diplomacy.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield from _Article(json.loads(line)).rows()


def _values(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _labels(subject: str, given: Any) -> Iterator[Row]:
    if isinstance(given, dict):
        for language, text in given.items():
            yield "labels", {"node": subject, "label": text, "language": language}


def _plain(given: Any) -> str:
    return given if isinstance(given, str) else ""


def _entity(subject: str, name: str, entity: dict[str, Any], own: dict[str, str]) -> Iterator[Row]:
    ties = {key: own.get(entity[key], f"{ID}entity/{entity[key]}") for key in _TIED if key in entity}
    item = {"sameAs": f"http://www.wikidata.org/entity/{entity['wikidata']}"} if "wikidata" in entity else {}
    described = {"type": DIP + entity["type"], "label": _plain(entity["label"]), "identifier": name, **ties, **item}
    yield "entities", {"node": subject, "notation": entity.get("code", ""), **described}
    yield from _labels(subject, entity["label"])
    for alias in entity.get("alias", []):
        yield "aliases", {"node": subject, "altLabel": alias}


class _Article:
    """One article, read as rows."""

    def __init__(self, line: dict[str, Any]) -> None:
        self._line = line
        self._header = line["article"]
        self._part = self._header["text"]["sha256"][:16]
        self._subject = f"{ID}article/{self._part}"
        self._language = self._header["language"]
        self._own = {name: f"{ID}entity/{self._part}.{name}" for name in line.get("entities", {})}
        self._about = {fact["id"]: fact.get("about") for fact in line["facts"]}
        self._mentioned: set[str] = set()
        self._quoted: set[str] = set()

    def rows(self) -> Iterator[Row]:
        yield from self._described()
        for name, entity in self._line.get("entities", {}).items():
            yield from _entity(self._own[name], name, entity, self._own)
        for name in self._line.get("names", []):
            yield from self._mention(name["evidence"])
            written = {"mentions": self._entity(name["entity"]), "writtenAs": name["written"]}
            yield "names", {"node": self._span(name["evidence"]), "language": self._language, **written}
        for fact in self._line["facts"]:
            for span in (*_values(fact["evidence"]), *fact.get("quotation", [])):
                yield from self._mention(span)
            for span in set(fact.get("quotation", [])) - self._quoted:
                self._quoted.add(span)
                yield "quotations", {"node": self._span(span), "type": DIP + "Quotation"}
            if "says" not in fact:
                yield from self._claim(fact)

    def _described(self) -> Iterator[Row]:
        header = self._header
        cells = {"node": self._subject, "label": header["label"], "identifier": header["id"], "url": header["url"]}
        cells |= {"sha256": header["text"]["sha256"], "length": header["text"]["length"], "inLanguage": self._language}
        cells |= {key: self._entity(header[key]) for key in ("publisher", "author") if key in header}
        if "published" in header:
            published = f"{ID}value/{self._part}.published"
            cells |= {"time": published, "datePublished": header["published"]["edtf"]}
            yield self._time(published, header["published"])
        yield "articles", cells

    def _entity(self, name: str) -> str:
        return self._own.get(name) or f"{ID}entity/{name}"

    def _span(self, span: str) -> str:
        return f"{ID}mention/{self._part}.{span.partition('/')[0]}"

    def _mention(self, span: str) -> Iterator[Row]:
        if span in self._mentioned:
            return
        self._mentioned.add(span)
        subject = self._span(span)
        extent, _, digest = span.partition("/")
        start, end = map(int, extent.split("-"))
        part = next((name for name, (whole,) in self._header["parts"].items() if _within(start, end, whole)), "")
        cells = {"hasSource": self._subject, "hasSelector": f"{subject}.selector", "digest": digest}
        yield "mentions", {"node": subject, "part": part and f"{DIP}part-{part}", **cells}
        yield "selectors", {"node": f"{subject}.selector", "start": start, "end": end}

    def _claim(self, fact: dict[str, Any]) -> Iterator[Row]:
        subject = f"{ID}claim/{self._part}.{fact['id']}"
        kind = fact["type"]
        conditional = "condition" in fact and kind not in SPEAKER
        status = fact.get("status", "conditional" if conditional else "ongoing" if kind in LASTING else "past")
        words = {"certainty": fact.get("certainty", "certain"), "polarity": fact.get("polarity", "positive")}
        cells = {key: f"{DIP}{key}-{word}" for key, word in (words | {"status": status}).items()}
        cells |= {"about": self._situation(fact.get("about"), fact["id"]), "claimedType": DIP + kind}
        cells |= {"label": _plain(fact["label"]), "note": fact.get("note", "")}
        yield "claims", {"node": subject, "claimant": self._subject, "hadPrimarySource": self._subject, **cells}
        yield from _labels(subject, fact["label"])
        for span in dict.fromkeys((*_values(fact["evidence"]), *fact.get("quotation", []))):
            yield "evidence", {"node": subject, "evidence": self._span(span)}
        for text in _values(fact.get("wording", [])):
            yield "wordings", {"node": subject, "wording": text, "language": self._language}
        for key in fact.keys() - META:
            for place, value in enumerate(_values(fact[key]), 1):
                yield from self._value(subject, fact["id"], key, place, value)

    def _situation(self, about: str | None, part: str) -> str:
        return f"{ID}situation/{about}" if about else f"{ID}situation/{self._part}.{part}"

    def _value(self, subject: str, part: str, key: str, place: int, value: Any) -> Iterator[Row]:
        node = f"{ID}value/{self._part}.{part}.{key}.{place}"
        if key in LISTS:
            node = f"{DIP}{key}-{value}"
        elif key in SITUATIONS and isinstance(value, str):
            node = self._situation(self._about[value], value)
        elif key in SITUATIONS:
            node = self._situation(value.get("about"), f"{part}.{key}.{place}")
        elif isinstance(value, str):
            node = self._entity(value)
        elif key in ("time", "deferredUntil"):
            yield self._time(node, value)
        else:
            yield from self._amount(node, value)
        yield f"value-{key}", {"node": subject, key: node}

    def _time(self, subject: str, time: dict[str, str]) -> Row:
        basis = {"basis": f"{DIP}basis-{time['basis']}"} if "basis" in time else {}
        return "times", {**time, **basis, "node": subject, "language": self._language}

    def _amount(self, subject: str, amount: dict[str, Any]) -> Iterator[Row]:
        names = {"amount": "value", "from": "minValue", "to": "maxValue", "of": "total", "unit": "unitText"}
        cells = {names.get(key, key): value for key, value in amount.items() if key != "until"}
        cells |= {key: f"{DIP}{key}-{amount[key]}" for key in ("qualifier", "per") if key in amount}
        kind = DIP + ("MonetaryValue" if "currency" in amount else "Quantity")
        yield "amounts", {"node": subject, "type": kind, **cells}
        if "until" in amount:
            yield "horizons", {"node": subject, "until": amount["until"], "language": self._language}


def _within(start: int, end: int, whole: str) -> bool:
    first, last = map(int, whole.partition("/")[0].split("-"))
    return first <= start and end <= last


def write(corpus: Path, folder: Path) -> None:
    """Write the tables of a corpus as CSV, those without rows too."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        writers = {}
        for name, table in TABLES.items():
            stream = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            writers[name] = csv.DictWriter(stream, table.header, restval="")
            writers[name].writeheader()
        for name, cells in rows(corpus):
            writers[name].writerow(cells)


def main() -> None:
    """Write the tables that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    write(given.folder, given.output)


if __name__ == "__main__":
    main()
