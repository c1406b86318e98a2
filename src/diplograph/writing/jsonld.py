"""JSON-LD 1.1: each subject once, compact terms, a context made from the ontology.

The document is an object with `@context` and `@graph`; the graph is written node by node, so that
memory stays flat (JSON-LD 1.1, sections 4.1 and 4.7).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import IO, TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from diplograph.mapping import terms
from diplograph.values.literals import XSD
from diplograph.vocabulary import DIP, RDFS, SKOS
from diplograph.writing.prefixes import VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diplograph.mapping.nodes import Node, Term
    from diplograph.vocabulary import Vocabulary

Json = dict[str, Any]

_SCHEMA: Final = "https://schema.org/"
_OA: Final = "http://www.w3.org/ns/oa#"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_PROV: Final = "http://www.w3.org/ns/prov#"
_IRI: Final = "@id"
_FOREIGN: Final = {
    "label": (RDFS + "label", ""),
    "altLabel": (SKOS + "altLabel", ""),
    "note": (SKOS + "note", ""),
    "notation": (SKOS + "notation", ""),
    "identifier": (_DCTERMS + "identifier", ""),
    "title": (_DCTERMS + "title", ""),
    "conformsTo": (_DCTERMS + "conformsTo", _IRI),
    "sha256": (_SCHEMA + "sha256", ""),
    "inLanguage": (_SCHEMA + "inLanguage", ""),
    "publisher": (_SCHEMA + "publisher", _IRI),
    "author": (_SCHEMA + "author", _IRI),
    "url": (_SCHEMA + "url", XSD + "anyURI"),
    "datePublished": (_SCHEMA + "datePublished", XSD + "date"),
    "sameAs": (_SCHEMA + "sameAs", _IRI),
    "mentions": (_SCHEMA + "mentions", _IRI),
    "softwareVersion": (_SCHEMA + "softwareVersion", ""),
    "number": (_SCHEMA + "value", XSD + "decimal"),
    "minValue": (_SCHEMA + "minValue", XSD + "decimal"),
    "maxValue": (_SCHEMA + "maxValue", XSD + "decimal"),
    "unit": (_SCHEMA + "unitText", ""),
    "currency": (_SCHEMA + "currency", ""),
    "hasSource": (_OA + "hasSource", _IRI),
    "hasSelector": (_OA + "hasSelector", _IRI),
    "start": (_OA + "start", XSD + "integer"),
    "end": (_OA + "end", XSD + "integer"),
    "hadPrimarySource": (_PROV + "hadPrimarySource", _IRI),
    "wasAttributedTo": (_PROV + "wasAttributedTo", _IRI),
    "used": (_PROV + "used", _IRI),
    "wasAssociatedWith": (_PROV + "wasAssociatedWith", _IRI),
    "endedAtTime": (_PROV + "endedAtTime", XSD + "dateTime"),
}
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")


def context(vocabulary: Vocabulary, prefixes: Mapping[str, str]) -> Json:
    """Make the JSON-LD context: prefixes, the ontology's terms, and the few foreign ones in use."""
    found: Json = {"@version": 1.1, "@vocab": DIP, "id": "@id", "type": "@type"}
    found |= {name: {"@id": iri, "@prefix": True} for name, iri in sorted(prefixes.items())}
    for word, (iri, coercion) in _FOREIGN.items():
        found[word] = {"@id": _short(iri, VOCABULARIES)} | (
            {"@type": _short(coercion, VOCABULARIES)} if coercion else {}
        )
    foreign = {iri for iri, _ in _FOREIGN.values()}
    for prop in sorted(vocabulary.properties.values(), key=lambda prop: prop.word):
        # a name that is taken: the property is written with its prefix; a foreign one has its name
        if prop.word in found or prop.iri.value in foreign:
            continue
        found[prop.word] = {"@id": _short(prop.iri.value, VOCABULARIES)} | _coercion(prop.kind, prop.range, prop.word)
    return found


def context_text(found: Json) -> str:
    """Write a context as JSON, a term a line."""
    lines = (f" {json.dumps(name)}: {json.dumps(term, ensure_ascii=False)}" for name, term in found.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def _coercion(kind: str, range_: ox.NamedNode | None, word: str) -> Json:
    """Say how the values of a property are read: as words of the ontology, IRIs, or a datatype."""
    if kind == "concept" or word in ("claimedType", "conflictOn"):
        return {"@type": "@vocab"}
    if kind == "text":
        return {}
    if kind == "literal" and range_ is not None:
        return {} if range_.value == XSD + "string" else {"@type": _short(range_.value, VOCABULARIES)}
    return {"@type": "@id"}


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    for name, space in prefixes.items():
        if iri.startswith(space):
            return f"{name}:{iri.removeprefix(space)}"
    return iri


class NodeObjects:
    """Turns nodes into compact JSON-LD node objects under a context."""

    def __init__(self, found: Json, prefixes: Mapping[str, str]) -> None:
        self._prefixes = sorted(prefixes.items(), key=lambda item: -len(item[1]))
        self._terms = {
            self._expand(term["@id"]): (name, term.get("@type", ""))
            for name, term in found.items()
            if isinstance(term, dict) and "@prefix" not in term
        }
        self._taken = frozenset(found)

    def _expand(self, short: str) -> str:
        name, _, local = short.partition(":")
        return next((iri + local for prefix, iri in self._prefixes if prefix == name), short)

    def node_object(self, node: Node) -> Json:
        """Make the node object of a node: its id, its types, and its properties in order."""
        found: Json = {"id": self._iri(node.subject)}
        grouped: dict[ox.NamedNode, list[Term]] = defaultdict(list)
        for predicate, value in node.properties:
            grouped[predicate].append(value)
        for predicate, values in grouped.items():
            if predicate == terms.TYPE:
                written: list[Any] = [self._vocab(value) for value in values]
                name = "type"
            else:
                name, coercion = self._terms.get(predicate.value, (self._iri(predicate), ""))
                written = [self._value(value, coercion) for value in values]
            found[name] = written[0] if len(written) == 1 else written
        return found

    def _iri(self, iri: ox.NamedNode) -> str:
        for name, space in self._prefixes:
            local = iri.value.removeprefix(space)
            if local != iri.value and local and not local.startswith("//"):
                return f"{name}:{local}"
        return iri.value

    def _vocab(self, value: Term) -> str:
        """Shorten a class or concept: without a prefix where it is the ontology's own."""
        local = value.value.removeprefix(DIP)
        plain = local != value.value and ":" not in local and "#" not in local
        if plain and local not in self._taken:
            return local
        return self._iri(ox.NamedNode(value.value))

    def _value(self, value: Term, coercion: str) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, ox.NamedNode):
            if coercion == "@vocab":
                return self._vocab(value)
            return self._iri(value) if coercion == "@id" else {"@id": self._iri(value)}
        if value.language:
            return {"@value": value.value, "@language": value.language}
        datatype = value.datatype.value
        if datatype == XSD + "string":
            return {"@value": value.value} if coercion else value.value
        if coercion and self._expand(coercion) == datatype:
            native = datatype == XSD + "integer" and _INTEGER.fullmatch(value.value)
            return int(value.value) if native else value.value
        return {"@value": value.value, "@type": self._iri(value.datatype)}


def write_jsonld(
    nodes: Iterable[Node], stream: IO[bytes], found: Json, prefixes: Mapping[str, str], context_url: str = ""
) -> None:
    """Write nodes as a JSON-LD document; the context stands in it, or is referred to by its URL."""
    objects = NodeObjects(found, prefixes)
    heading = json.dumps(context_url) if context_url else context_text(found)
    stream.write(f'{{\n"@context": {heading},\n"@graph": ['.encode())
    separator = "\n"
    for node in nodes:
        text = json.dumps(objects.node_object(node), ensure_ascii=False, indent=1)
        stream.write(f"{separator}{text}".encode())
        separator = ",\n"
    stream.write(b"\n]\n}\n")
