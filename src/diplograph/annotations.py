"""What an annotator wrote, as frozen values: the input of the mapping.

Owns the types of one article's annotation. Every word in them has been checked against the
ontology; what the annotator left out is empty. Nothing here knows RDF, files or positions.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

Label: TypeAlias = tuple[str, str]
"""A text and its language tag (BCP 47, lower case), or `""` where none was given."""


class Span(Struct, frozen=True):
    """A stretch of an article's text: code points `start` (inclusive) to `end` (exclusive).

    `digest` is the first 12 hexadecimal digits of the SHA-256 of its UTF-8 bytes, or `""`.
    """

    start: int
    end: int
    digest: str = ""


class Time(Struct, frozen=True, tag=True):
    """A time as a source gives it; only what the annotator wrote is set.

    `edtf` is an EDTF string (ISO 8601-2, levels 0 to 2), `anchor` an ISO 8601 date,
    `basis` a word of the ontology's list of bases.
    """

    words: Label | None = None
    edtf: str = ""
    anchor: str = ""
    basis: str = ""


class Quantity(Struct, frozen=True, tag=True):
    """A number of something: a `value`, or a range from `low` to `high`; `total` is what it is out of."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    total: Decimal | None = None
    unit: Label | None = None
    qualifier: str = ""


class Money(Struct, frozen=True, tag=True):
    """An amount in a currency (ISO 4217); `per` is the period of recurrence, `until` its horizon in words."""

    currency: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    qualifier: str = ""
    per: str = ""
    until: Label | None = None


class SharedKey(Struct, frozen=True):
    """A reference to the situation that has this key in all articles."""

    key: str


class FactId(Struct, frozen=True):
    """A reference to the situation of another fact of the same article."""

    id: str


class EntityName(Struct, frozen=True):
    """The name of an entity: of the article's own entities, or of a register."""

    name: str


class Word(Struct, frozen=True):
    """A word of one of the ontology's value lists."""

    word: str


class Text(Struct, frozen=True):
    """A literal as written; its datatype is the range of the property."""

    label: Label


class Fact(Struct, frozen=True):
    """What an article has about one situation; nested where a fact's value is itself a situation.

    `id` is empty for a nested fact without one. `about` is the shared key, or empty for a
    situation of this fact alone. `says` is the chain of attribution, outermost first, without
    the article. `certainty`, `polarity` and `status` are words of the ontology's lists, empty
    where the annotation leaves them to the default. `evidence` is empty where that of the fact
    that contains this one stands for it.
    """

    type: str
    id: str = ""
    about: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[Label, ...] = ()
    says: tuple[EntityName, ...] = ()
    endorsed: str = ""
    certainty: str = ""
    polarity: str = ""
    status: str = ""
    evidence: tuple[Span, ...] = ()
    quotation: tuple[Span, ...] = ()
    values: tuple[tuple[str, tuple[Value, ...]], ...] = ()


Value: TypeAlias = EntityName | Word | Text | Time | Quantity | Money | Fact | SharedKey | FactId


class Entity(Struct, frozen=True):
    """One thing of a register: its class, its names, and what the register says of it."""

    name: str
    type: str
    labels: tuple[Label, ...]
    aliases: tuple[Label, ...] = ()
    notes: tuple[Label, ...] = ()
    wikidata: str = ""
    code: str = ""
    values: tuple[tuple[str, tuple[Value, ...]], ...] = ()


class WrittenName(Struct, frozen=True):
    """A name exactly as the article writes it, and where."""

    entity: EntityName
    written: str
    evidence: tuple[Span, ...]


class NoFact(Struct, frozen=True):
    """Stretches of the text that hold no fact, and why, in the annotator's words."""

    evidence: tuple[Span, ...]
    reason: Label


class Article(Struct, frozen=True):
    """One article's annotation: what is known of the text, and the facts in the order written.

    `sha256` (64 hexadecimal digits) and `length` (code points) freeze the text.
    """

    id: str
    sha256: str
    length: int
    file: str = ""
    language: str = ""
    url: str = ""
    published: Time | None = None
    publisher: EntityName | None = None
    authors: tuple[EntityName, ...] = ()
    labels: tuple[Label, ...] = ()
    notes: tuple[Label, ...] = ()
    parts: tuple[tuple[str, tuple[Span, ...]], ...] = ()
    entities: tuple[Entity, ...] = ()
    names: tuple[WrittenName, ...] = ()
    facts: tuple[Fact, ...] = ()
    no_facts: tuple[NoFact, ...] = ()


class Input(Struct, frozen=True):
    """A file that was read: its name without the folder, and the SHA-256 of its bytes."""

    name: str
    sha256: str
