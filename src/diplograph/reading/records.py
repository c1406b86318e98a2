"""The records of the format as tables: which keys each has, what they take, and what they mean.

A record is a mapping with fixed keys. The tables drive the reader and the JSON Schema alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from diplograph.reading import kinds, texts
from diplograph.reading.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from diplograph.reading.context import Context
    from diplograph.reading.documents import Path, Raw

T = TypeVar("T")
Fields = dict[str, Any]
"""The checked values of a record by key; keys that were left out or wrong are missing."""


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a record. `many` takes one value or a list of them, and gives a tuple.

    `quick` is that of the kind, for one value or many.
    """

    key: str
    kind: Kind[object]
    comment: str
    many: bool = False
    required: bool = False
    quick: kinds.Quick[object] = field(init=False)

    def __post_init__(self) -> None:
        """Make the quick reader."""
        object.__setattr__(self, "quick", quick_many(self.kind.quick) if self.many else self.kind.quick)


def quick_many(one: kinds.Quick[T]) -> kinds.Quick[tuple[T, ...]]:
    """Make the quick reader of one value or a list of different ones from that of one."""

    def quick(raw: Raw, context: Context) -> tuple[T, ...] | None:
        if type(raw) is not list:
            value = one(raw, context)
            return None if value is None else (value,)
        values = [value for item in raw if (value := one(item, context)) is not None]
        if not values or len(values) < len(raw) or (len(values) > 1 and len(set(values)) < len(values)):
            return None
        return tuple(values)

    return quick


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with fixed keys; `name` is how messages and the schema call it."""

    name: str
    fields: tuple[Field, ...]
    example: str = ""
    by_key: Mapping[str, Field] = field(init=False)
    required: tuple[Field, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the fields: all by key, and those that have to be there."""
        object.__setattr__(self, "by_key", {one.key: one for one in self.fields})
        object.__setattr__(self, "required", tuple(one for one in self.fields if one.required))


TIME: Final = Record(
    "time",
    (
        Field("words", kinds.LABEL, "The words of the text, as in 'on Saturday'."),
        Field("edtf", kinds.EDTF_TEXT, "The time in EDTF (ISO 8601-2). Left out where it cannot be told."),
        Field("anchor", kinds.DATE_TEXT, "The day against which a relative time was resolved."),
        Field("basis", kinds.word_of("basis"), "Where the anchor, or the time itself, was taken from."),
    ),
    "{words: on Friday}, or a date such as 2024-09-14",
)
QUANTITY: Final = Record(
    "quantity",
    (
        Field("value", kinds.NUMBER, "The number."),
        Field("from", kinds.NUMBER, "The lower end of a range."),
        Field("to", kinds.NUMBER, "The upper end of a range."),
        Field("of", kinds.NUMBER, "The total that the value is a part of."),
        Field("unit", kinds.LABEL, "What is counted or measured, in the singular."),
        Field("qualifier", kinds.word_of("qualifier"), "How the number is to be read."),
    ),
    "{value: 70, unit: drone}",
)
MONEY: Final = Record(
    "money",
    (
        Field("amount", kinds.NUMBER, "The amount."),
        Field("from", kinds.NUMBER, "The lower end of a range."),
        Field("to", kinds.NUMBER, "The upper end of a range."),
        Field("currency", kinds.CURRENCY, "The currency, by its code in ISO 4217.", required=True),
        Field("qualifier", kinds.word_of("qualifier"), "How the amount is to be read."),
        Field("per", kinds.word_of("per"), "The period in which it recurs."),
        Field("until", kinds.LABEL, "How long it recurs, in words."),
    ),
    "{amount: 40000000, currency: EUR}",
)
TEXT: Final = Record(
    "text",
    (
        Field("file", kinds.TEXT, "The name of the file with the text, for 'diplograph anchor'."),
        Field("sha256", kinds.SHA256, "The SHA-256 of the file.", required=True),
        Field("length", kinds.LENGTH, "The length of the text in Unicode code points.", required=True),
    ),
)
ARTICLE: Final = Record(
    "article",
    (
        Field("id", kinds.IDENTIFIER, "A short name for the article, used in messages.", required=True),
        Field("label", kinds.LABELS, "What the article is, in your own words."),
        Field("publisher", kinds.ENTITY, "The media organisation that published it."),
        Field("author", kinds.ENTITY, "Who wrote it.", many=True),
        Field("language", kinds.LANGUAGE, "The language of the text (BCP 47)."),
        Field("url", kinds.URL, "Where it was published."),
        Field("note", kinds.LABELS, "A remark of the annotator."),
    ),
)
WRITTEN_NAME: Final = Record(
    "name",
    (
        Field("entity", kinds.ENTITY, "Whose name it is.", required=True),
        Field("written", kinds.TEXT, "The name exactly as the article writes it.", required=True),
        Field("evidence", kinds.SPAN, "Where it stands.", many=True, required=True),
    ),
)
NO_FACT: Final = Record(
    "noFact",
    (
        Field("evidence", kinds.SPAN, "What holds no fact.", many=True, required=True),
        Field("reason", kinds.LABEL, "Why it holds none, as in 'navigation'.", required=True),
    ),
    "{evidence: 0-22, reason: navigation}",
)
ENTITY: Final = Record(
    "entity",
    (
        Field("label", kinds.LABELS, "The usual name.", required=True),
        Field("alias", kinds.ALIASES, "Other names and spellings."),
        Field("wikidata", kinds.WIKIDATA, "The item of Wikidata, where it is certain."),
        Field("code", kinds.COUNTRY_CODE, "The code of a state in ISO 3166-1 alpha-2."),
        Field("note", kinds.LABELS, "A remark of the annotator."),
    ),
)
FACT: Final = Record(
    "fact",
    (
        Field("id", kinds.IDENTIFIER, "The name of the fact within the article."),
        Field("about", kinds.SHARED_KEY, "The key that all facts about the same situation share, in all articles."),
        Field("label", kinds.LABELS, "The situation in your own words."),
        Field("says", kinds.ENTITY, "Who says so, outermost first; the article itself if left out.", many=True),
        Field("endorsed", kinds.word_of("certainty"), "How sure the article itself is of what it quotes."),
        Field("certainty", kinds.word_of("certainty"), "How sure the source is; 'certain' if left out."),
        Field("polarity", kinds.word_of("polarity"), "'negative' where the source says that it is not so."),
        Field("status", kinds.word_of("status"), "Where the source places it in time and possibility."),
        Field("evidence", kinds.SPAN, "Where it stands in the text: start-end in code points.", many=True),
        Field("quotation", kinds.SPAN, "Where the text gives somebody's words verbatim.", many=True),
        Field("note", kinds.LABELS, "A remark of the annotator."),
    ),
)


def read_fields(record: Record, raw: dict[str, Raw], path: Path, context: Context) -> Fields:
    """Read the keys of a record that are present and right; note what is missing or wrong.

    Keys that the record lacks are left to the caller: a fact has the ontology's words too.
    """
    found: Fields = {}
    fields, is_traced = record.by_key, context.trace is not None
    for key, given in raw.items():
        one = fields.get(key)
        if one is not None:
            value = None if is_traced else one.quick(given, context)
            if value is None:
                value = read_field(one, given, (*path, key), context)
            if value is not None:
                found[key] = value
    for one in record.required:
        if one.key not in raw:
            hint = f"It says: {one.comment[0].lower()}{one.comment[1:]}"
            context.problem(path, "missing-key", f"The key '{one.key}' is missing.", hint)
    return found


def read_field(one: Field, raw: Raw, path: Path, context: Context) -> object | None:
    """Read the value of a key: one value, or for `many` a tuple of those that are right."""
    if not one.many:
        return context.note(one.kind.read(raw, path, context), path)
    if type(raw) is not list:
        value = context.note(one.kind.read(raw, path, context), path)
        return () if value is None else (value,)
    found: dict[object, None] = {}
    for item, at in texts.each(raw, path, context):
        value = context.note(one.kind.read(item, at, context), at)
        if value is not None and texts.is_new(value, found, at, context):
            found[value] = None
    return tuple(found)


def refuse_unknown(raw: dict[str, Raw], known: AbstractSet[str], what: str, path: Path, context: Context) -> None:
    """Note every key that is not known."""
    if raw.keys() <= known:
        return
    for key in raw:
        if key not in known:
            context.unknown((*path, key), "unknown-key", f"key of {what}", key, known, "key")


def read_record(record: Record, raw: Raw, path: Path, context: Context) -> Fields | None:
    """Read a record whose keys are all in its table."""
    if not isinstance(raw, dict):
        hint = f"As in {record.example}." if record.example else ""
        texts.wrong_type(f"a mapping for '{record.name}'", raw, path, context, hint)
        return None
    refuse_unknown(raw, record.by_key.keys(), f"'{record.name}'", path, context)
    return read_fields(record, raw, path, context)
