"""Loading: from ontology files to tables."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.errors import UsageError, VocabularyError
from diplograph.values.literals import LANG_STRING, XSD
from diplograph.vocabulary.checking import check
from diplograph.vocabulary.tables import DIP, OWL, RDF, RDFS, SKOS, Class, Kind, Property, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FACT_KEYS: Final = frozenset(
    [
        "id",
        "type",
        "about",
        "label",
        "says",
        "endorsed",
        "certainty",
        "polarity",
        "status",
        "evidence",
        "quotation",
        "note",
    ]
)
ENTITY_KEYS: Final = frozenset(("type", "label", "alias", "wikidata", "code", "note"))
"""Keys that the format itself gives a meaning."""

_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
EDTF_NAMESPACE: Final = "http://id.loc.gov/datatypes/edtf/"
_CLASS_KINDS: Final[dict[str, Kind]] = {"Entity": "entity", "Situation": "situation"}
_VALUE_KINDS: Final[dict[str, Kind]] = {
    LANG_STRING: "text",
    DIP + "TimeValue": "time",
    DIP + "MonetaryValue": "money",
    DIP + "Quantity": "quantity",
}


class _Graph:
    """The ontology's triples by subject and predicate."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.objects: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = defaultdict(list)
        self.of_type: dict[str, dict[str, ox.NamedNode]] = defaultdict(dict)
        for triple in triples:
            subject, value = triple.subject, triple.object
            if isinstance(subject, ox.NamedNode) and isinstance(value, (ox.NamedNode, ox.Literal)):
                values = self.objects[subject.value, triple.predicate.value]
                if value not in values:
                    values.append(value)
                if triple.predicate.value == RDF + "type":
                    self.of_type[value.value][subject.value] = subject

    def all(self, subject: str, predicate: str) -> list[str]:
        return [value.value for value in self.objects.get((subject, predicate), ())]

    def one(self, subject: str, predicate: str) -> str:
        values = self.all(subject, predicate)
        if len(values) > 1:
            raise VocabularyError(subject, f"has {len(values)} values of {predicate}; one is allowed.")
        return values[0] if values else ""


def load_vocabulary(paths: Iterable[Path]) -> Vocabulary:
    """Read ontology files (Turtle) into tables.

    A file with the same `owl:Ontology` as an earlier one takes its place: a changed copy of our
    ontology replaces ours, a file of other terms adds to them.

    Raises:
        UsageError: a file cannot be read or is not Turtle.
        VocabularyError: the ontology contradicts itself.
    """
    files: dict[str, list[ox.Triple]] = {}
    for path in paths:
        triples = list(_triples(path))
        files[_header(triples) or str(path)] = triples
    graph = _Graph(triple for triples in files.values() for triple in triples)
    lists, definitions = _lists(graph)
    classes = {name.removeprefix(DIP): _class(graph, name, iri) for name, iri in _named(graph, "Class")}
    properties: dict[str, Property] = {}
    facts: dict[str, Property] = {}
    entities: dict[str, Property] = {}
    for name, iri in [*_named(graph, "ObjectProperty"), *_named(graph, "DatatypeProperty")]:
        found = _property(graph, name, iri, classes)
        properties[found.iri.value] = found
        if graph.one(name, DIP + "factKey"):
            _enter(found, facts, FACT_KEYS)
        if graph.one(name, DIP + "entityKey"):
            _enter(found, entities, ENTITY_KEYS)
    version = graph.one(DIP.rstrip("#"), OWL + "versionInfo")
    keys = (FACT_KEYS | facts.keys(), ENTITY_KEYS | entities.keys())
    vocabulary = Vocabulary(version, classes, properties, facts, entities, lists, definitions, *keys)
    check(vocabulary)
    return vocabulary


def _enter(found: Property, table: dict[str, Property], fixed: frozenset[str]) -> None:
    """Enter a property under its key, which has to be a plain word that nothing else has."""
    if not _KEY.fullmatch(found.word):
        raise VocabularyError(found.iri.value, f"has the key '{found.word}', which is no plain word.")
    if found.word in fixed:
        raise VocabularyError(found.iri.value, f"has the key '{found.word}', which the format itself uses.")
    if found.word in table:
        other = table[found.word].iri.value
        raise VocabularyError(found.iri.value, f"has the key '{found.word}', which {other} has too.")
    table[found.word] = found


def _triples(path: Path) -> Iterable[ox.Triple]:
    try:
        with path.open("rb") as file:
            for quad in ox.parse(file, format=ox.RdfFormat.TURTLE):
                yield quad.triple
    except OSError as error:
        raise UsageError(f"The ontology '{path}' cannot be read: {error.strerror}.") from error
    except SyntaxError as error:
        raise UsageError(f"The ontology '{path}' is not Turtle: {error.msg}.") from error


def _header(triples: Iterable[ox.Triple]) -> str:
    """Give the ontology that a file says it is, or `""`."""
    kind = ox.NamedNode(OWL + "Ontology")
    return next((str(triple.subject) for triple in triples if triple.object == kind), "")


def _named(graph: _Graph, kind: str) -> list[tuple[str, ox.NamedNode]]:
    return list(graph.of_type.get(OWL + kind, {}).items())


def _lists(graph: _Graph) -> tuple[dict[str, dict[str, ox.NamedNode]], dict[ox.NamedNode, str]]:
    lists: dict[str, dict[str, ox.NamedNode]] = defaultdict(dict)
    definitions = {}
    for name, iri in graph.of_type.get(SKOS + "Concept", {}).items():
        definitions[iri] = graph.one(name, SKOS + "definition")
        for scheme in graph.all(name, SKOS + "inScheme"):
            lists[scheme][graph.one(name, SKOS + "notation")] = iri
    return {_list_name(scheme): words for scheme, words in lists.items()}, definitions


def _list_name(scheme: str) -> str:
    return scheme.removeprefix(DIP).removesuffix("-list")


def _word(graph: _Graph, subject: str, predicate: str) -> str:
    """Give the notation of the concept that a term points to, or `""`."""
    concept = graph.one(subject, predicate)
    return graph.one(concept, SKOS + "notation") if concept else ""


def _ancestors(graph: _Graph, name: str) -> tuple[str, ...]:
    found = [name]
    for current in found:
        found.extend(parent for parent in graph.all(current, RDFS + "subClassOf") if parent not in found)
    return tuple(found)


def _class(graph: _Graph, name: str, iri: ox.NamedNode) -> Class:
    ancestors = _ancestors(graph, name)

    def inherited(predicate: str) -> str:
        """Give the predicate of the nearest class that has it."""
        return next((ancestor for ancestor in ancestors if graph.all(ancestor, DIP + predicate)), "")

    speaker = graph.one(inherited("speaker"), DIP + "speaker")
    return Class(
        name=name.removeprefix(DIP),
        iri=iri,
        ancestors=tuple(ancestor.removeprefix(DIP) for ancestor in ancestors),
        label=graph.one(name, RDFS + "label"),
        comment=graph.one(name, RDFS + "comment"),
        speaker=graph.one(speaker, DIP + "factKey"),
        conveys=_word(graph, inherited("conveys"), DIP + "conveys"),
        default_status=_word(graph, inherited("defaultStatus"), DIP + "defaultStatus"),
        content_status=_word(graph, inherited("contentStatus"), DIP + "contentStatus"),
    )


def _property(graph: _Graph, name: str, iri: ox.NamedNode, classes: Mapping[str, Class]) -> Property:
    key = graph.one(name, DIP + "factKey") or graph.one(name, DIP + "entityKey")
    rng = graph.one(name, RDFS + "range")
    value_list = graph.one(name, DIP + "valueList")
    rules = graph.all(name, DIP + "conflictRule")
    return Property(
        word=key or name.rpartition("#")[2].rpartition("/")[2],
        iri=iri,
        kind=_kind(name, rng, value_list, classes),
        range=ox.NamedNode(rng) if rng else None,
        label=graph.one(name, RDFS + "label"),
        comment=graph.one(name, RDFS + "comment"),
        value_list=_list_name(value_list) if value_list else "",
        conveys=_word(graph, name, DIP + "conveys"),
        default_class=graph.one(name, DIP + "defaultClass").removeprefix(DIP),
        conflicts=frozenset(graph.one(rule, SKOS + "notation") for rule in rules),
        conflict_within=graph.one(name, DIP + "conflictWithin"),
        compatibility=graph.one(name, DIP + "compatibility"),
        incompatibility=graph.one(name, DIP + "incompatibility"),
    )


def _kind(name: str, rng: str, value_list: str, classes: Mapping[str, Class]) -> Kind:
    if value_list:
        return "concept"
    if rng in _VALUE_KINDS:
        return _VALUE_KINDS[rng]
    if rng.startswith((XSD, EDTF_NAMESPACE)):
        return "literal"
    local = rng.removeprefix(DIP)
    if rng.startswith(DIP) and local not in classes:
        raise VocabularyError(name, f"has the range {rng}, which is no class of the ontology.")
    ancestors = classes[local].ancestors if local in classes else ()
    return next((kind for top, kind in _CLASS_KINDS.items() if top in ancestors), "node")
