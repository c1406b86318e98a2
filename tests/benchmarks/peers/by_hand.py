"""The first peer: annotations to N-Triples as one would write it by hand, with rdflib and pyshacl.

    python by_hand.py DIR -o out.nt [--validate --shapes DIR --ontology FILE]

Needs rdflib, and pyshacl to validate; nothing of diplograph. Reads the corpus and its register, builds one
graph in memory, and writes it, if it conforms. It makes all of the articles, mentions, names, entities, claims,
propositions and values; of situations the class, label, identifier, occurrence and counts, but neither the
values that claims agree on, nor days, nor conflicts; and nothing about the export itself. It reads the forms
that the generator writes, and checks nothing of what it reads.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))  # so that this runs as a script

from rdflib import Graph, Literal, URIRef
from tests.benchmarks.peers.by_hand_claims import Article, Claims
from tests.benchmarks.peers.by_hand_situations import Situations
from tests.benchmarks.peers.by_hand_terms import (
    CODE,
    DCTERMS,
    DIP,
    OA,
    ORG,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    WIKIDATA,
    XSD,
    add_labels,
    add_time,
    node,
)

TIES = {
    "country": DIP.country,
    "memberOf": ORG.memberOf,
    "officeOf": ORG.postIn,
    "locatedIn": SCHEMA.containedInPlace,
    "incompatibleWith": DIP.incompatibleWith,
}


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--shapes", type=Path)
    parser.add_argument("--ontology", type=Path)
    given = parser.parse_args()
    graph = read(given.folder)
    if given.validate and not conforms(graph, given.shapes, given.ontology):
        return 1
    graph.serialize(given.output, format="nt", encoding="utf-8")
    return 0


def read(folder: Path) -> Graph:
    """Make the graph of the corpus in a folder."""
    graph, situations = Graph(), Situations()
    for path in sorted(folder.glob("*.register.json")):
        for name, entity in json.loads(path.read_text("utf-8"))["entities"].items():
            add_entity(graph, node("entity", name), name, entity, {})
    for path in sorted(folder.glob("*.diplomacy.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                add_article(graph, json.loads(line), situations)
    situations.add_to(graph)
    return graph


def add_entity(graph: Graph, subject: URIRef, name: str, entity: dict[str, Any], own: dict[str, URIRef]) -> None:
    """Describe an entity; `own` are those of the same article by name."""
    graph.add((subject, RDF.type, DIP[entity["type"]]))
    graph.add((subject, DCTERMS.identifier, Literal(name)))
    add_labels(graph, subject, RDFS.label, entity["label"])
    for alias in entity.get("alias", []):
        add_labels(graph, subject, SKOS.altLabel, alias)
    if "code" in entity:
        graph.add((subject, CODE, Literal(entity["code"])))
    if "wikidata" in entity:
        graph.add((subject, SCHEMA.sameAs, WIKIDATA[entity["wikidata"]]))
    for key, predicate in TIES.items():
        if key in entity:
            graph.add((subject, predicate, own.get(entity[key]) or node("entity", entity[key])))


def add_article(graph: Graph, line: dict[str, Any], situations: Situations) -> None:
    """Describe an article with all that it holds."""
    header = line["article"]
    part = header["text"]["sha256"][:16]
    subject = node("article", part)
    own = {name: node("entity", part, name) for name in line.get("entities", {})}
    graph.add((subject, RDF.type, DIP.Article))
    add_labels(graph, subject, RDFS.label, header["label"])
    graph.add((subject, DCTERMS.identifier, Literal(header["id"])))
    graph.add((subject, SCHEMA.sha256, Literal(header["text"]["sha256"])))
    graph.add((subject, DIP.length, Literal(header["text"]["length"])))
    graph.add((subject, SCHEMA.inLanguage, Literal(header["language"])))
    graph.add((subject, SCHEMA.url, Literal(header["url"], datatype=XSD.anyURI)))
    for key in ("publisher", "author"):
        if key in header:
            graph.add((subject, SCHEMA[key], own.get(header[key]) or node("entity", header[key])))
    if "published" in header:
        published = node("value", part, "published")
        graph.add((subject, DIP.time, published))
        graph.add((subject, SCHEMA.datePublished, Literal(header["published"]["edtf"], datatype=XSD.date)))
        add_time(graph, published, header["published"], header["language"])
    for name, entity in line.get("entities", {}).items():
        add_entity(graph, own[name], name, entity, own)
    mentions = partial(add_mention, graph, subject, part, header["parts"])
    for name in line.get("names", []):
        mention = mentions(name["evidence"])
        graph.add((mention, SCHEMA.mentions, own.get(name["entity"]) or node("entity", name["entity"])))
        graph.add((mention, DIP.writtenAs, Literal(name["written"], lang=header["language"])))
    claims = Claims(graph, Article(subject, part, header["language"], own, mentions), situations)
    claims.tell_all(line["facts"])


def add_mention(graph: Graph, article: URIRef, part: str, parts: dict[str, list[str]], span: str) -> URIRef:
    """Describe a span of an article."""
    extent, _, digest = span.partition("/")
    start, end = map(int, extent.split("-"))
    subject, selector = node("mention", part, extent), node("mention", part, extent, "selector")
    graph.add((subject, RDF.type, DIP.Mention))
    graph.add((subject, OA.hasSource, article))
    graph.add((subject, OA.hasSelector, selector))
    graph.add((subject, DIP.digest, Literal(digest)))
    graph.add((selector, RDF.type, OA.TextPositionSelector))
    graph.add((selector, OA.start, Literal(start)))
    graph.add((selector, OA.end, Literal(end)))
    for name, spans in parts.items():
        for whole in spans:
            first, last = map(int, whole.partition("/")[0].split("-"))
            if first <= start and end <= last:
                graph.add((subject, DIP.part, DIP[f"part-{name}"]))
    return subject


def conforms(graph: Graph, shapes: Path, ontology: Path) -> bool:
    """Validate a graph with pyshacl, which takes the classes' hierarchy from the ontology."""
    from pyshacl import validate  # noqa: PLC0415 - only where it is asked for

    rules, classes = Graph(), Graph()
    for path in sorted(shapes.glob("*.ttl")):
        rules.parse(path)
    for triple in Graph().parse(ontology).triples((None, RDFS.subClassOf, None)):
        classes.add(triple)
    graph += classes
    verdict, _, report = validate(graph, shacl_graph=rules, inference="none", allow_warnings=True)
    graph -= classes
    if not verdict:
        sys.stderr.write(report)
    return bool(verdict)


if __name__ == "__main__":
    sys.exit(main())
