"""What kinds of value the format knows: how each is read, and its JSON Schema.

A kind reads plain data into a checked value, or notes problems and gives `None`. Both sides of
a kind stand together, so that an editor's schema and the reader never part.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from iso4217 import Currency

from diplograph.annotations import EntityName, Label, Span
from diplograph.reading.texts import (
    LONGEST_NAME,
    name_type,
    read_aliases,
    read_label,
    read_labels,
    read_name,
    read_text,
    well_formed_tag,
    wrong_type,
)
from diplograph.values.literals import ANY_URI, DATE, check
from diplograph.values.times import bounds

if TYPE_CHECKING:
    from diplograph.reading.context import Context
    from diplograph.reading.documents import Path, Raw
    from diplograph.vocabulary import Vocabulary

T_co = TypeVar("T_co", covariant=True)
Schema = dict[str, Any]
Read = Callable[["Raw", "Path", "Context"], T_co | None]
Quick = Callable[["Raw", "Context"], T_co | None]


def _never(_raw: Raw, _context: Context) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Kind(Generic[T_co]):
    """How a value is read, and what a JSON Schema says of it.

    `quick` reads most of what is right without a path; what it gives nothing for may be right all the
    same, and is for `read`.
    """

    read: Read[T_co]
    schema: Callable[[Vocabulary], Schema]
    quick: Quick[T_co] = _never


_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
SPAN_PATTERN: Final = re.compile(r"([0-9]{1,12})-([0-9]{1,12})(?:/([0-9a-f]{12}))?")
_WIKIDATA: Final = re.compile(r"Q[1-9][0-9]*")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_CODE: Final = re.compile(r"[A-Z]{2}")
_LARGEST_EXPONENT: Final = 30


def _matching(pattern: re.Pattern[str], wanted: str, code: str) -> Read[str]:
    def read(raw: Raw, path: Path, context: Context) -> str | None:
        text = read_name(raw, path, context)
        if text is not None and not pattern.fullmatch(text):
            return context.problem(path, code, f"'{text}' is not {wanted}.")
        return text

    return read


def _quick_matching(pattern: re.Pattern[str]) -> Quick[str]:
    def quick(raw: Raw, _context: Context) -> str | None:
        return raw if type(raw) is str and len(raw) <= LONGEST_NAME and pattern.fullmatch(raw) else None

    return quick


def quick_text(raw: Raw, _context: Context) -> str | None:
    """Read plain text: letters and blanks, and no characters for control among them."""
    return raw if type(raw) is str and raw.isprintable() and raw and not raw.isspace() else None


def _quick_name(raw: Raw, context: Context) -> str | None:
    text = quick_text(raw, context)
    return text if text is not None and len(text) <= LONGEST_NAME else None


def quick_label(raw: Raw, context: Context) -> Label | None:
    """Read a plain text without a language."""
    text = quick_text(raw, context)
    return None if text is None else (text, "")


def _quick_labels(raw: Raw, context: Context) -> tuple[Label, ...] | None:
    text = quick_text(raw, context)
    return None if text is None else ((text, ""),)


def quick_entity(raw: Raw, context: Context) -> EntityName | None:
    """Read the name of an entity that is known."""
    if type(raw) is str and (raw in context.entities or raw in context.own):
        return EntityName(raw) if len(raw) <= LONGEST_NAME and raw.isprintable() else None
    return None


def _quick_span(raw: Raw, context: Context) -> Span | None:
    found = SPAN_PATTERN.fullmatch(raw) if type(raw) is str else None
    if found is None:
        return None
    first, last, digest = found.groups("")
    start, end = int(first), int(last)
    return Span(start, end, digest) if start < end and (context.length is None or end <= context.length) else None


def _checked(check: Callable[[str], object], code: str) -> Read[str]:
    def read(raw: Raw, path: Path, context: Context) -> str | None:
        text = read_text(str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw, path, context)
        if text is None:
            return None
        try:
            check(text)
        except ValueError as error:
            return context.problem(path, code, str(error))
        return text

    return read


def _language(text: str) -> None:
    if not well_formed_tag(text) or not _LANGUAGE.fullmatch(text):
        message = f"'{text}' is not a language tag such as en."
        raise ValueError(message)


def _currency(text: str) -> None:
    try:
        Currency(text)
    except ValueError:
        message = f"'{text}' is not a currency code of ISO 4217, such as GBP."
        raise ValueError(message) from None


def read_number(raw: Raw, path: Path, context: Context) -> Decimal | None:
    """Read a number exactly as written."""
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal)):
        return wrong_type("a number", raw, path, context)
    number = Decimal(raw)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > _LARGEST_EXPONENT:
        return context.problem(path, "number-size", "The exponent of the number is too large.")
    return number


def read_length(raw: Raw, path: Path, context: Context) -> int | None:
    """Read a length in code points."""
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        return wrong_type("a length in code points", raw, path, context)
    return raw


def read_span(raw: Raw, path: Path, context: Context) -> Span | None:
    """Read `start-end`, with the digest of the span's text behind a slash where there is one."""
    if isinstance(raw, dict):
        if "quote" not in raw:
            return wrong_type("a span such as 0-216", raw, path, context)
        hint = "Run 'diplograph anchor' to turn quotes into offsets."
        return context.problem(path, "not-anchored", "The evidence is still a quote.", hint)
    found = SPAN_PATTERN.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        hint = "Write start-end in code points, as in 0-216, or {quote: some words} for 'diplograph anchor'."
        shown = f"'{raw}'" if isinstance(raw, str) else name_type(raw)
        return context.problem(path, "span", f"Expected a span, found {shown}.", hint)
    start, end = int(found.group(1)), int(found.group(2))
    if start >= end:
        return context.problem(path, "span", f"The span {start}-{end} is empty or runs backwards.")
    if context.length is not None and end > context.length:
        message = f"The span {start}-{end} ends outside the text, which has {context.length} code points."
        return context.problem(path, "evidence-outside", message)
    return Span(start, end, found.group(3) or "")


def read_entity(raw: Raw, path: Path, context: Context) -> EntityName | None:
    """Read the name of a known entity."""
    name = read_name(raw, path, context)
    if name is None:
        return None
    if name not in context.entities and name not in context.own and not context.registers_missing:
        return context.unknown(path, "unknown-entity", "entity", name, {**context.entities, **context.own})
    return EntityName(name)


@cache
def word_of(value_list: str) -> Kind[str]:
    """Make the kind of the words of one of the ontology's value lists."""

    def read(raw: Raw, path: Path, context: Context) -> str | None:
        word = read_text(raw, path, context)
        words = context.vocabulary.lists[value_list]
        if word is not None and word not in words:
            return context.unknown(path, "unknown-word", f"word of the list '{value_list}'", word, words)
        return word

    def schema(vocabulary: Vocabulary) -> Schema:
        words = vocabulary.lists[value_list]
        described = [{"const": word, "description": vocabulary.definitions[iri]} for word, iri in words.items()]
        return {"oneOf": described}

    def quick(raw: Raw, context: Context) -> str | None:
        return raw if type(raw) is str and raw in context.vocabulary.lists[value_list] else None

    return Kind(read, schema, quick)


def one_or_many(one: Schema) -> Schema:
    """Describe one value, or a list of such values that is not empty."""
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _string(**more: object) -> Callable[[Vocabulary], Schema]:
    return lambda _: {"type": "string", **more}


def _pattern(pattern: re.Pattern[str]) -> Callable[[Vocabulary], Schema]:
    return _string(pattern=f"^{pattern.pattern}$")


_NUMBER_SCHEMA: Final = {"type": "number"}
_SOME_TEXT: Final = r"\S"
_LABELS_SCHEMA: Final = {
    "type": ["string", "object"],
    "pattern": _SOME_TEXT,
    "minProperties": 1,
    "propertyNames": {"pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"},
    "additionalProperties": {"type": "string", "pattern": _SOME_TEXT},
}

TEXT: Final = Kind(read_text, _string(pattern=_SOME_TEXT), quick_text)
LABEL: Final = Kind(read_label, lambda _: _LABELS_SCHEMA, quick_label)
LABELS: Final = Kind(read_labels, lambda _: _LABELS_SCHEMA, _quick_labels)
ALIASES: Final = Kind(read_aliases, lambda _: one_or_many(_LABELS_SCHEMA))
IDENTIFIER: Final = Kind(
    _matching(_IDENTIFIER, "an identifier of letters, digits, - and _", "identifier"),
    _string(pattern=f"^{_IDENTIFIER.pattern}$", maxLength=LONGEST_NAME),
    _quick_matching(_IDENTIFIER),
)
SHARED_KEY: Final = Kind(read_name, _string(pattern=_SOME_TEXT, maxLength=LONGEST_NAME), _quick_name)
SHA256: Final = Kind(_matching(_SHA256, "a SHA-256 in 64 lower-case hexadecimal digits", "sha256"), _pattern(_SHA256))
WIKIDATA: Final = Kind(_matching(_WIKIDATA, "a Wikidata item such as Q145", "wikidata"), _pattern(_WIKIDATA))
LANGUAGE: Final = Kind(_checked(_language, "language-tag"), _pattern(_LANGUAGE))
COUNTRY_CODE: Final = Kind(_matching(_CODE, "a country code of ISO 3166-1 such as GB", "country-code"), _pattern(_CODE))
URL: Final = Kind(_checked(lambda text: check(text, ANY_URI), "url"), _string(format="uri"))
DATE_TEXT: Final = Kind(_checked(lambda text: check(text, DATE), "date"), _string(format="date"))
EDTF_TEXT: Final = Kind(_checked(bounds, "edtf"), lambda _: {"type": ["string", "integer"]})
CURRENCY: Final = Kind(
    _checked(_currency, "currency"), lambda _: {"enum": sorted(currency.code for currency in Currency)}
)
NUMBER: Final = Kind(read_number, lambda _: _NUMBER_SCHEMA)
LENGTH: Final = Kind(read_length, lambda _: {"type": "integer", "minimum": 0})
ENTITY: Final = Kind(read_entity, _string(pattern=_SOME_TEXT, maxLength=LONGEST_NAME), quick_entity)
SPAN: Final = Kind(
    read_span,
    lambda _: {
        "anyOf": [
            {"type": "string", "pattern": f"^{SPAN_PATTERN.pattern}$"},
            {
                "type": "object",
                "properties": {"quote": {"type": "string"}, "nth": {"type": "integer", "minimum": 1}},
                "required": ["quote"],
                "additionalProperties": False,
            },
        ]
    },
    _quick_span,
)
