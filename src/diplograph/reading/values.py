"""The values of a fact's properties: times, amounts, words of a list, and what the range asks for."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from diplograph.annotations import Money, Quantity, Text, Time, Value, Word
from diplograph.reading import kinds, records, texts
from diplograph.values.literals import STRING, check

if TYPE_CHECKING:
    from diplograph.reading.context import Context
    from diplograph.reading.documents import Path, Raw
    from diplograph.vocabulary import Property


def read_time(raw: Raw, path: Path, context: Context) -> Time | None:
    """Read a time: a mapping, or an EDTF string for a date that the text itself states."""
    if isinstance(raw, str) or (isinstance(raw, int) and not isinstance(raw, bool)):
        edtf = kinds.EDTF_TEXT.read(raw, path, context)
        return None if edtf is None else Time(edtf=edtf, basis="in-text")
    fields = records.read_record(records.TIME, raw, path, context)
    if fields is None:
        return None
    if not fields and not raw:
        context.problem(path, "empty-time", "The time says nothing.", "Give its words, its date in EDTF, or both.")
        return None
    edtf, anchor = str(fields.get("edtf", "")), fields.get("anchor", "")
    if edtf and "basis" not in fields:
        hint = "Add basis: in-text if the text states the date, else publication-date or annotator."
        context.problem(path, "missing-basis", "The date does not say where it was taken from.", hint)
    if anchor and not edtf:
        context.problem((*path, "anchor"), "anchor-alone", "An anchor without a resolved time says nothing.", "", "key")
    return Time(fields.get("words"), edtf, anchor, fields.get("basis", ""))


def read_quantity(raw: Raw, path: Path, context: Context) -> Quantity | None:
    """Read a quantity: a mapping, or just a number."""
    if isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
        value = kinds.read_number(raw, path, context)
        return None if value is None else Quantity(value)
    fields = records.read_record(records.QUANTITY, raw, path, context)
    if fields is None or not _amount_given(fields, raw, "value", path, context):
        return None
    return Quantity(
        value=fields.get("value"),
        low=fields.get("from"),
        high=fields.get("to"),
        total=fields.get("of"),
        unit=fields.get("unit"),
        qualifier=fields.get("qualifier", ""),
    )


def read_money(raw: Raw, path: Path, context: Context) -> Money | None:
    """Read an amount of money: a mapping with its currency."""
    fields = records.read_record(records.MONEY, raw, path, context)
    if fields is None or "currency" not in fields or not _amount_given(fields, raw, "amount", path, context):
        return None
    return Money(
        currency=fields["currency"],
        value=fields.get("amount"),
        low=fields.get("from"),
        high=fields.get("to"),
        qualifier=fields.get("qualifier", ""),
        per=fields.get("per", ""),
        until=fields.get("until"),
    )


def _amount_given(fields: dict[str, Any], raw: Raw, key: str, path: Path, context: Context) -> bool:
    if not {key, "from", "to"} & fields.keys():
        if isinstance(raw, dict) and {key, "from", "to"} & raw.keys():
            return False  # given, but wrong, which was noted
        context.problem(path, "missing-amount", f"No amount is given: '{key}', or 'from' and 'to'.")
        return False
    if key in fields and {"from", "to"} & fields.keys():
        context.problem(path, "two-amounts", f"Give either '{key}', or 'from' and 'to'.")
        return False
    if "from" in fields and "to" in fields and fields["from"] > fields["to"]:
        context.problem(path, "range-order", "The range runs backwards.")
        return False
    return True


def read_value(found: Property, raw: Raw, path: Path, context: Context) -> Value | None:
    """Read one value of a property of the kinds that need no other fact."""
    reader = _READERS.get(found.kind)
    if reader is not None:
        return reader(raw, path, context)
    if found.kind == "concept":
        word = kinds.word_of(found.value_list).read(raw, path, context)
        return None if word is None else Word(word)
    if found.kind == "text":
        label = texts.read_label(raw, path, context)
        return None if label is None else Text(label)
    return _literal(found, raw, path, context)


_READERS: Final[dict[str, Callable[[Raw, Path, Context], Value | None]]] = {
    "entity": kinds.read_entity,
    "time": read_time,
    "quantity": read_quantity,
    "money": read_money,
}


@cache
def quick_values(kind: str, value_list: str) -> kinds.Quick[tuple[Value, ...]]:
    """Make the quick reader of a property of some kind: see `Kind`."""
    quick: dict[str, kinds.Quick[Value]] = {"entity": kinds.quick_entity, "text": _quick_text}
    if value_list:
        quick["concept"] = _quick_words(kinds.word_of(value_list).quick)
    return records.quick_many(quick[kind]) if kind in quick else _never


def _quick_words(quick: kinds.Quick[str]) -> kinds.Quick[Word]:
    def one(raw: Raw, context: Context) -> Word | None:
        word = quick(raw, context)
        return None if word is None else Word(word)

    return one


def _quick_text(raw: Raw, context: Context) -> Text | None:
    label = kinds.quick_label(raw, context)
    return None if label is None else Text(label)


def _never(_raw: Raw, _context: Context) -> None:
    return None


def _literal(found: Property, raw: Raw, path: Path, context: Context) -> Text | None:
    written = f"{raw:f}" if isinstance(raw, Decimal) else str(raw).lower() if isinstance(raw, (bool, int)) else raw
    text = texts.read_text(written, path, context)
    if text is None:
        return None
    try:
        check(text, found.range.value if found.range else STRING)
    except ValueError as error:
        context.problem(path, "literal", str(error))
        return None
    return Text((text, ""))
