"""The JSON Schema of the annotation format, made from the ontology and the record tables.

Draft 2020-12. An editor bound to it completes and checks keys, classes and the words of value
lists. It cannot check what needs more than one place: names of entities, ids, offsets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from diplograph.reading import kinds, records
from diplograph.reading.decoding import REGISTER_KEYS, TOP_KEYS
from diplograph.values.literals import XSD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diplograph.reading.records import Field, Record
    from diplograph.vocabulary import Property, Vocabulary

Schema = dict[str, Any]
SCHEMA_ID: Final = "https://w3id.org/diplograph/schema/annotation.json"


def json_schema(vocabulary: Vocabulary) -> Schema:
    """Make the JSON Schema of an annotation file and of a register."""
    definitions = {
        "fact": _fact(vocabulary, with_id=True),
        "situation": _situation(vocabulary),
        "entity": _entity(vocabulary),
        "article": _article(vocabulary),
        "time": {"anyOf": [{"type": ["string", "integer"]}, _record(records.TIME, vocabulary)]},
        "quantity": {"anyOf": [{"type": "number"}, _record(records.QUANTITY, vocabulary)]},
        "money": _record(records.MONEY, vocabulary),
        "name": _record(records.WRITTEN_NAME, vocabulary),
        "noFact": _record(records.NO_FACT, vocabulary),
        "span": kinds.SPAN.schema(vocabulary),
    }
    annotation = {
        "type": "object",
        "properties": {key: {"description": comment} | _TOP[key] for key, comment in TOP_KEYS.items()},
        "required": ["article"],
        "additionalProperties": False,
    }
    register = {
        "type": "object",
        "properties": {key: {"description": TOP_KEYS[key]} | _TOP[key] for key in sorted(REGISTER_KEYS)},
        "required": ["entities"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": f"diplograph annotation, ontology {vocabulary.version}",
        "if": {"required": ["article"]},
        "then": annotation,
        "else": register,
        "$defs": definitions,
    }


_TOP: Final[dict[str, Schema]] = {
    "article": {"$ref": "#/$defs/article"},
    "registers": {"type": ["string", "array"], "items": {"type": "string"}, "minItems": 1},
    "entities": {"type": "object", "additionalProperties": {"$ref": "#/$defs/entity"}},
    "names": {"type": "array", "items": {"$ref": "#/$defs/name"}},
    "facts": {"type": "array", "items": {"$ref": "#/$defs/fact"}},
    "noFact": kinds.one_or_many({"$ref": "#/$defs/noFact"}),
    "$schema": {"type": "string"},
}


def _field(field: Field, vocabulary: Vocabulary) -> Schema:
    one = {"$ref": "#/$defs/span"} if field.kind is kinds.SPAN else field.kind.schema(vocabulary)
    return {"description": field.comment} | (kinds.one_or_many(one) if field.many else one)


def _record(record: Record, vocabulary: Vocabulary) -> Schema:
    return _object({field.key: _field(field, vocabulary) for field in record.fields}, _required(record))


def _required(record: Record) -> list[str]:
    return [field.key for field in record.fields if field.required]


def _object(properties: Schema, required: list[str]) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": required} if required else {})


def _classes(vocabulary: Vocabulary, top: str) -> Schema:
    return {
        "description": "The class.",
        "oneOf": [{"const": found.name, "description": found.comment} for found in vocabulary.below(top)],
    }


def _properties(found: Iterable[Property], vocabulary: Vocabulary) -> Schema:
    return {prop.word: {"description": prop.comment} | kinds.one_or_many(_value(prop, vocabulary)) for prop in found}


def _value(prop: Property, vocabulary: Vocabulary) -> Schema:
    """Describe one value of a property, by its kind."""
    if prop.kind in ("time", "quantity", "money"):
        return {"$ref": f"#/$defs/{prop.kind}"}
    if prop.kind == "situation":
        return {"$ref": "#/$defs/situation"}
    if prop.kind == "concept":
        return kinds.word_of(prop.value_list).schema(vocabulary)
    if prop.kind == "text":
        return kinds.LABEL.schema(vocabulary)
    if prop.kind == "literal":
        name = prop.range.value.removeprefix(XSD) if prop.range else ""
        return {"type": {"integer": "integer", "decimal": "number", "boolean": "boolean"}.get(name, "string")}
    return {"type": "string"}


def _fact(vocabulary: Vocabulary, *, with_id: bool) -> Schema:
    fixed = {field.key: _field(field, vocabulary) for field in records.FACT.fields}
    properties = {"type": _classes(vocabulary, "Situation")} | fixed
    return _object(properties | _properties(vocabulary.facts.values(), vocabulary), ["id", "type"] if with_id else [])


def _situation(vocabulary: Vocabulary) -> Schema:
    id_of_fact = {"type": "string", "description": "The id of a fact of this article."}
    return {"anyOf": [id_of_fact, _fact(vocabulary, with_id=False)]}


def _entity(vocabulary: Vocabulary) -> Schema:
    fixed = {field.key: _field(field, vocabulary) for field in records.ENTITY.fields}
    properties = {"type": _classes(vocabulary, "Entity")} | fixed
    required = ["type", *_required(records.ENTITY)]
    return _object(properties | _properties(vocabulary.entities.values(), vocabulary), required)


def _article(vocabulary: Vocabulary) -> Schema:
    fixed = {field.key: _field(field, vocabulary) for field in records.ARTICLE.fields}
    spans = kinds.one_or_many({"$ref": "#/$defs/span"})
    parts = {
        word: {"description": vocabulary.definitions[iri]} | spans for word, iri in vocabulary.lists["part"].items()
    }
    nested = {
        "published": {"$ref": "#/$defs/time", "description": "When it was published."},
        "text": _record(records.TEXT, vocabulary),
        "parts": {"description": "Which spans are headline, body and so on."} | _object(parts, []),
    }
    return _object(fixed | nested, _required(records.ARTICLE))
