"""From the plain data of one document to an article or a register, all problems noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.annotations import Article, Entity, NoFact, Span, Value, WrittenName
from diplograph.reading import kinds, records, texts
from diplograph.reading.facts import read_facts
from diplograph.reading.values import read_time, read_value

if TYPE_CHECKING:
    from diplograph.reading.context import Context
    from diplograph.reading.documents import Path, Raw

TOP_KEYS: Final = {
    "article": "What is known of the text.",
    "registers": "Files with the shared entities, relative to this file.",
    "entities": "Entities that only this article has; in a register, those that all articles share.",
    "names": "Names exactly as the article writes them.",
    "facts": "What the article states.",
    "noFact": "Stretches of the text that hold no fact, each with the reason.",
    "$schema": "The JSON Schema that editors use; not read.",
}
REGISTER_KEYS: Final = {"entities", "$schema"}


def register_paths(raw: Raw, context: Context) -> list[tuple[str, Path]]:
    """List the registers that a document names, with the places where it does."""
    if not isinstance(raw, dict) or "registers" not in raw:
        return []
    named = [
        (texts.read_text(item, at, context), at) for item, at in texts.each(raw["registers"], ("registers",), context)
    ]
    return [(name, at) for name, at in named if name is not None]


def read_register(raw: Raw, context: Context) -> tuple[Entity, ...]:
    """Read a register; its entities may refer to those of other registers known to the context."""
    if not isinstance(raw, dict):
        texts.wrong_type("a mapping with the key 'entities'", raw, (), context)
        return ()
    records.refuse_unknown(raw, set(REGISTER_KEYS), "a register", (), context)
    return read_entities(raw.get("entities"), ("entities",), context)


def entity_types(raw: Raw) -> dict[str, str]:
    """List the names that a document's entities have, with their classes as written."""
    entities = raw.get("entities") if isinstance(raw, dict) else None
    if not isinstance(entities, dict):
        return {}
    return {name: str(record.get("type", "")) if isinstance(record, dict) else "" for name, record in entities.items()}


def read_entities(raw: Raw, path: Path, context: Context) -> tuple[Entity, ...]:
    """Read a mapping of names to entities."""
    if not isinstance(raw, dict):
        texts.wrong_type("a mapping of names to entities", raw, path, context)
        return ()
    found = (_entity(name, record, (*path, name), context) for name, record in raw.items())
    return tuple(entity for entity in found if entity is not None)


def _entity(name: str, raw: Raw, path: Path, context: Context) -> Entity | None:
    if not isinstance(raw, dict):
        texts.wrong_type("a mapping for an entity", raw, path, context)
        return None
    properties = context.vocabulary.entities
    records.refuse_unknown(raw, context.vocabulary.entity_keys, "an entity", path, context)
    if texts.read_name(name, path, context) is None:
        return None
    type_name = _entity_type(raw, path, context)
    fields = records.read_fields(records.ENTITY, raw, path, context)
    values: list[tuple[str, tuple[Value, ...]]] = []
    for key, value in raw.items():
        if key in properties:
            found: dict[Value, None] = {}
            for item, at in texts.each(value, (*path, key), context):
                one = read_value(properties[key], item, at, context)
                if one is not None and texts.is_new(one, found, at, context):
                    found[one] = None
            values.append((key, tuple(found)))
    if type_name is None or "label" not in fields:
        return None
    entity = Entity(
        name=name,
        type=type_name,
        labels=fields["label"],
        aliases=fields.get("alias", ()),
        notes=fields.get("note", ()),
        wikidata=fields.get("wikidata", ""),
        code=fields.get("code", ""),
        values=tuple(values),
    )
    return context.note(entity, path)


def _entity_type(raw: dict[str, Raw], path: Path, context: Context) -> str | None:
    if "type" not in raw:
        context.problem(path, "missing-key", "The key 'type' is missing.", "Name a class of entities, as in Person.")
        return None
    name = texts.read_text(raw["type"], (*path, "type"), context)
    if name is not None and not context.vocabulary.is_a(name, "Entity"):
        known = [found.name for found in context.vocabulary.below("Entity")]
        context.unknown((*path, "type"), "unknown-type", "class of entities", name, known)
        return None
    return name


def read_article(raw: Raw, context: Context) -> Article | None:
    """Read an article's annotation, or note why it cannot be used."""
    if not isinstance(raw, dict):
        texts.wrong_type("a mapping with the keys 'article' and 'facts'", raw, (), context)
        return None
    records.refuse_unknown(raw, set(TOP_KEYS), "an annotation", (), context)
    entities = read_entities(raw["entities"], ("entities",), context) if "entities" in raw else ()
    header = _header(raw, context)
    names = _names(raw["names"], ("names",), context) if "names" in raw else ()
    facts = read_facts(raw["facts"], ("facts",), context) if "facts" in raw else ()
    no_facts = _no_facts(raw["noFact"], ("noFact",), context) if "noFact" in raw else ()
    given = raw.get("article")
    article = given if isinstance(given, dict) else {}
    published: Path = ("article", "published")
    time = read_time(article["published"], published, context) if "published" in article else None
    parts = _parts(article, context)
    if header is None:
        return None
    fields, text = header
    found = Article(
        id=fields["id"],
        sha256=text["sha256"],
        length=text["length"],
        file=text.get("file", ""),
        language=fields.get("language", ""),
        url=fields.get("url", ""),
        published=context.note(time, published),
        publisher=fields.get("publisher"),
        authors=fields.get("author", ()),
        labels=fields.get("label", ()),
        notes=fields.get("note", ()),
        parts=parts,
        entities=entities,
        names=names,
        facts=facts,
        no_facts=no_facts,
    )
    return context.note(found, ("article",))


def _header(raw: dict[str, Raw], context: Context) -> tuple[records.Fields, records.Fields] | None:
    """Read what is known of the text, its length first: every span is checked against it."""
    article = raw.get("article")
    if not isinstance(article, dict):
        context.problem(("article",), "missing-key", "The key 'article' is missing, or holds no mapping.")
        return None
    known = {*records.ARTICLE.by_key, "text", "published", "parts"}
    records.refuse_unknown(article, known, "'article'", ("article",), context)
    text: records.Fields | None = None
    if "text" in article:
        text = records.read_record(records.TEXT, article["text"], ("article", "text"), context)
    else:
        hint = "Run 'diplograph anchor FILE --articles DIR', which fills it in."
        context.problem(("article",), "missing-key", "The key 'text' is missing.", hint)
    context.length = text.get("length") if text else None
    fields = records.read_fields(records.ARTICLE, article, ("article",), context)
    if text is None or not {"sha256", "length"} <= text.keys() or "id" not in fields:
        return None
    return fields, text


def _parts(article: dict[str, Raw], context: Context) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    raw = article.get("parts", {})
    path: Path = ("article", "parts")
    if not isinstance(raw, dict):
        texts.wrong_type("a mapping of parts to spans", raw, path, context)
        return ()
    words = context.vocabulary.lists["part"]
    found = []
    for word, spans in raw.items():
        if word not in words:
            context.unknown((*path, word), "unknown-word", "part of an article", word, words, "key")
            continue
        field = records.Field(word, kinds.SPAN, "", many=True)
        value = records.read_field(field, spans, (*path, word), context)
        if isinstance(value, tuple):
            found.append((word, value))
    return tuple(found)


def _names(raw: Raw, path: Path, context: Context) -> tuple[WrittenName, ...]:
    if not isinstance(raw, list):
        texts.wrong_type("a list of names", raw, path, context)
        return ()
    found = []
    for place, item in enumerate(raw):
        fields = records.read_record(records.WRITTEN_NAME, item, (*path, place), context)
        if fields is not None and {"entity", "written", "evidence"} <= fields.keys():
            found.append(WrittenName(fields["entity"], fields["written"], fields["evidence"]))
    return tuple(found)


def _no_facts(raw: Raw, path: Path, context: Context) -> tuple[NoFact, ...]:
    found = []
    for item, at in texts.each(raw, path, context):
        fields = records.read_record(records.NO_FACT, item, at, context)
        if fields is not None and {"evidence", "reason"} <= fields.keys():
            found.append(NoFact(fields["evidence"], fields["reason"]))
    return tuple(found)
