"""The namespaces that the first peer uses, and what it makes of labels, times and amounts."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from rdflib import DCTERMS, ORG, PROV, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef

__all__ = ["DCTERMS", "ORG", "PROV", "RDF", "RDFS", "SKOS", "XSD"]

DIP = Namespace("https://w3id.org/diplograph/ns#")
ID = "https://w3id.org/diplograph/id/"
OA = Namespace("http://www.w3.org/ns/oa#")
SCHEMA = Namespace("https://schema.org/")
WIKIDATA = Namespace("http://www.wikidata.org/entity/")
EDTF = URIRef("http://id.loc.gov/datatypes/edtf/EDTF")
CODE = SKOS.notation
_SEASONS = {"21": ("03", "11"), "22": ("06", "02"), "23": ("03", "11"), "24": ("06", "02")}


def node(space: str, *parts: str) -> URIRef:
    """Make the IRI of something of the data."""
    return URIRef(f"{ID}{space}/" + ".".join(quote(part, safe="-_").replace("~", "%7E") for part in parts))


def values(given: Any) -> list[Any]:
    """Give the values of a key, of which there may be one or a list."""
    return given if isinstance(given, list) else [given]


def labels(given: Any) -> Iterator[tuple[str, str]]:
    """Give the texts of a label with their languages."""
    if isinstance(given, dict):
        yield from ((text, language) for language, text in given.items())
    else:
        yield given, ""


def add_labels(graph: Graph, subject: URIRef, predicate: URIRef, given: Any) -> None:
    """Add a label in all its languages."""
    for text, language in labels(given):
        graph.add((subject, predicate, Literal(text, lang=language or None)))


def add_time(graph: Graph, subject: URIRef, time: dict[str, str], language: str) -> None:
    """Describe a time."""
    graph.add((subject, RDF.type, DIP.TimeValue))
    if "words" in time:
        graph.add((subject, DIP.words, Literal(time["words"], lang=language)))
    if "edtf" in time:
        first, last, granularity = _bounds(time["edtf"])
        graph.add((subject, DIP.edtf, Literal(time["edtf"], datatype=EDTF)))
        graph.add((subject, DIP.earliest, Literal(first, datatype=XSD.date)))
        if last:
            graph.add((subject, DIP.latest, Literal(last, datatype=XSD.date)))
        graph.add((subject, DIP.granularity, DIP[f"granularity-{granularity}"]))
    if "anchor" in time:
        graph.add((subject, DIP.anchor, Literal(time["anchor"], datatype=XSD.date)))
    if "basis" in time:
        graph.add((subject, DIP.basis, DIP[f"basis-{time['basis']}"]))


def _bounds(edtf: str) -> tuple[str, str, str]:
    """Give the first and last day of a time, and how fine it is."""
    first, slash, last = edtf.partition("/")
    if slash:
        return first, "" if last == ".." else last, "interval"
    year, _, rest = edtf.rstrip("~").partition("-")
    if not rest:
        return f"{year}-01-01", f"{year}-12-31", "year"
    if rest in _SEASONS:
        start, end = _SEASONS[rest]
        closing = int(year) + (start > end)
        return f"{year}-{start}-01", f"{closing}-{end}-{calendar.monthrange(closing, int(end))[1]:02}", "season"
    if "-" not in rest:
        return f"{year}-{rest}-01", f"{year}-{rest}-{calendar.monthrange(int(year), int(rest))[1]:02}", "month"
    return edtf, edtf, "day"


def add_amount(graph: Graph, subject: URIRef, amount: dict[str, Any], language: str) -> None:
    """Describe a quantity, or an amount of money."""
    graph.add((subject, RDF.type, DIP.MonetaryValue if "currency" in amount else DIP.Quantity))
    numbers = {"value": SCHEMA.value, "amount": SCHEMA.value, "from": SCHEMA.minValue, "to": SCHEMA.maxValue}
    for key, predicate in {**numbers, "of": DIP.total}.items():
        if key in amount:
            graph.add((subject, predicate, Literal(str(amount[key]), datatype=XSD.decimal)))
    for key in ("qualifier", "per"):
        if key in amount:
            graph.add((subject, DIP[key], DIP[f"{key}-{amount[key]}"]))
    for key, predicate in (("unit", SCHEMA.unitText), ("currency", SCHEMA.currency)):
        if key in amount:
            graph.add((subject, predicate, Literal(amount[key])))
    if "until" in amount:
        graph.add((subject, DIP.until, Literal(amount["until"], lang=language)))
