"""JSON-LD 1.1: each subject once, compact terms, a context made from the ontology.

The document is an object with `@context` and `@graph`; the graph is written node by node, so that
memory stays flat (JSON-LD 1.1, sections 4.1 and 4.7).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from diplograph.mapping import terms
from diplograph.values.literals import INTEGER, XSD
from diplograph.vocabulary import DIP, RDFS, SKOS
from diplograph.writing.prefixes import VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyoxigraph as ox

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
_MOST_KEPT: Final = 50_000
_INTEGERS: Final = f"^^<{INTEGER}>"
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


class JsonLd:
    """Writes nodes as a JSON-LD document: a node object a line in its graph array.

    A literal of N-Triples is a string of JSON as it stands: both escape alike what they escape.
    """

    separator = b",\n"
    end = b"\n]\n}\n"

    def __init__(self, found: Json, prefixes: Mapping[str, str], context_url: str = "") -> None:
        """Take the context, which stands in the document, or is referred to by its URL."""
        heading = json.dumps(context_url) if context_url else context_text(found)
        self.start = f'{{\n"@context": {heading},\n"@graph": [\n'.encode()
        self._prefixes = sorted(prefixes.items(), key=lambda item: -len(item[1]))
        self._spaces = {iri: name for name, iri in prefixes.items()}
        self._keys = {
            f"<{self._expand(term['@id'])}>": (json.dumps(name) + ": ", self._coerced(term.get("@type", "")))
            for name, term in found.items()
            if isinstance(term, dict) and "@prefix" not in term
        }
        self._taken = frozenset(found)
        self._short: dict[Term, str] = {}
        self._words: dict[Term, str] = {}

    def _expand(self, short: str) -> str:
        name, _, local = short.partition(":")
        return next((iri + local for prefix, iri in self._prefixes if prefix == name), short)

    def _coerced(self, coercion: str) -> str:
        return coercion if coercion.startswith("@") or not coercion else f"^^<{self._expand(coercion)}>"

    def text(self, nodes: Iterable[Node]) -> bytes:
        """Write some nodes."""
        if len(self._short) > _MOST_KEPT:
            self._short.clear()
        return b",\n".join([self._object(node).encode() for node in nodes])

    def _object(self, node: Node) -> str:
        """Write the node object of a node: its id, its types, and its properties in order."""
        grouped: dict[Term, list[Term]] = {}
        for predicate, value in node.properties:
            if predicate in grouped:
                grouped[predicate].append(value)
            else:
                grouped[predicate] = [value]
        members = [f'{{"id": {self._iri(node.subject)}']
        for predicate, values in grouped.items():
            if predicate == terms.TYPE:
                key, written = '"type": ', [self._word(value) for value in values]
            else:
                key, coercion = self._keys.get(predicate) or (f"{self._iri(predicate)}: ", "")
                written = [self._value(value, coercion) for value in values]
            members.append(key + (written[0] if len(written) == 1 else f"[{', '.join(written)}]"))
        return ", ".join(members) + "}"

    def _iri(self, term: Term) -> str:
        found = self._short.get(term)
        if found is None:
            found = self._short[term] = f'"{self._compact(term[1:-1])}"'
        return found

    def _compact(self, iri: str) -> str:
        cut = iri.rfind("/") + 1
        name = self._spaces.get(iri[:cut])
        if name is not None and cut < len(iri):
            return f"{name}:{iri[cut:]}"
        for prefix, space in self._prefixes:
            local = iri.removeprefix(space)
            if local != iri and local and not local.startswith("//"):
                return f"{prefix}:{local}"
        return iri

    def _word(self, term: Term) -> str:
        """Shorten a class or concept: without a prefix where it is the ontology's own."""
        found = self._words.get(term)
        if found is None:
            iri = term[1:-1]
            local = iri.removeprefix(DIP)
            plain = local != iri and ":" not in local and "#" not in local and local not in self._taken
            found = self._words[term] = f'"{local}"' if plain else self._iri(term)
        return found

    def _value(self, term: Term, coercion: str) -> str:
        if term[0] == "<":
            if coercion == "@vocab":
                return self._word(term)
            return self._iri(term) if coercion == "@id" else f'{{"@id": {self._iri(term)}}}'
        if term[-1] == '"':
            return f'{{"@value": {term}}}' if coercion else term
        if term[-1] == ">":
            text, _, datatype = term.rpartition("^^")
            if coercion and term.endswith(coercion):
                native = coercion == _INTEGERS and _INTEGER.fullmatch(text, 1, len(text) - 1)
                return text[1:-1] if native else text
            return f'{{"@value": {text}, "@type": {self._iri(datatype)}}}'
        text, _, language = term.rpartition("@")
        return f'{{"@value": {text}, "@language": "{language}"}}'
