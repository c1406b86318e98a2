"""Texts: plain, with a language, or in several languages; and what every reader of values needs.

Each reader takes plain data, its path and the context; it gives a checked value, or notes
problems and gives `None`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from diplograph.values.literals import check_language

if TYPE_CHECKING:
    from collections.abc import Container

    from diplograph.annotations import Label
    from diplograph.reading.context import Context
    from diplograph.reading.documents import Path, Raw

_SHOWN: Final = 40
_LONGEST_TAG: Final = 100
LONGEST_NAME: Final = 1000
"""How many characters a name may have that becomes part of IRIs."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def name_type(raw: Raw) -> str:
    """Name the type of plain data for a message."""
    if isinstance(raw, bool):
        return "true or false"
    names: dict[type, str] = {dict: "a mapping", list: "a list", str: "text", int: "a number", Decimal: "a number"}
    return names.get(type(raw), "nothing")


def wrong_type(wanted: str, raw: Raw, path: Path, context: Context, hint: str = "") -> None:
    """Note a value of the wrong type."""
    shown = f" '{raw[:_SHOWN]}'" if isinstance(raw, str) else ""
    context.problem(path, "wrong-type", f"Expected {wanted}, found {name_type(raw)}{shown}.", hint)


def each(raw: Raw, path: Path, context: Context) -> list[tuple[Raw, Path]]:
    """Give the items of a list with their paths, or the one value that may stand for a list."""
    if not isinstance(raw, list):
        return [(raw, path)]
    if len(raw) == 1:
        return [(raw[0], (*path, 0))]
    if not raw:
        context.problem(path, "empty-list", "The list is empty.", "Leave the key out.")
    return [(item, (*path, place)) for place, item in enumerate(raw)]


def is_new(value: object, others: Container[object], path: Path, context: Context) -> bool:
    """Tell whether a value is not among others; note it if it is.

    Lists may be long: give a set, or a mapping where the order is kept.
    """
    if value in others:
        context.problem(path, "duplicate-value", "This value stands here twice.", "Keep one.")
        return False
    return True


def read_text(raw: Raw, path: Path, context: Context) -> str | None:
    """Read text: not empty, and nothing that no RDF syntax could carry."""
    if isinstance(raw, str) and raw.isprintable() and raw and not raw.isspace():
        return raw
    if not isinstance(raw, str):
        hint = "Quote it." if isinstance(raw, (int, Decimal, bool)) else ""
        return wrong_type("text", raw, path, context, hint)
    if not raw.strip():
        return context.problem(path, "empty-text", "The text is empty.", "Leave the key out.")
    control = _CONTROL.search(raw)
    if control:
        code = f"U+{ord(control.group()):04X}"
        return context.problem(path, "control-character", f"The text holds the control character {code}.", "Remove it.")
    return raw


def read_name(raw: Raw, path: Path, context: Context) -> str | None:
    """Read a text that becomes part of IRIs, of many where much is nested: it must not be long."""
    text = read_text(raw, path, context)
    if text is not None and len(text) > LONGEST_NAME:
        message = f"The name has {len(text)} characters; {LONGEST_NAME} are allowed."
        return context.problem(path, "too-long", message, "Shorten it.")
    return text


def read_labels(raw: Raw, path: Path, context: Context) -> tuple[Label, ...] | None:
    """Read a text, or a mapping of language tags to texts."""
    if not isinstance(raw, dict):
        text = read_text(raw, path, context)
        return None if text is None else ((text, ""),)
    if not raw:
        return context.problem(path, "empty-text", "The text is empty.", "Leave the key out.")
    labels: dict[str, str] = {}
    for tag, text_raw in raw.items():
        text = read_text(text_raw, (*path, tag), context)
        if not well_formed_tag(tag):
            context.problem(
                (*path, tag), "language-tag", f"'{tag}' is not a language tag.", "As in en or pt-BR.", "key"
            )
        elif text is not None and is_new(tag.lower(), labels, (*path, tag), context):
            labels[tag.lower()] = text
    return tuple((text, tag) for tag, text in labels.items())


def well_formed_tag(tag: str) -> bool:
    """Tell whether a language tag is well-formed (BCP 47, section 2.1), and not longer than any in use."""
    if not 0 < len(tag) <= _LONGEST_TAG:
        return False
    try:
        check_language(tag)
    except ValueError:
        return False
    return True


def read_aliases(raw: Raw, path: Path, context: Context) -> tuple[Label, ...] | None:
    """Read a name, or a list of names; each may be a mapping by language."""
    found: dict[Label, None] = {}
    for item, at in each(raw, path, context):
        for label in read_labels(item, at, context) or ():
            if is_new(label, found, at, context):
                found[label] = None
    return tuple(found)


def read_label(raw: Raw, path: Path, context: Context) -> Label | None:
    """Read one text, or a mapping with exactly one language tag."""
    labels = read_labels(raw, path, context)
    if labels is not None and len(labels) > 1:
        return context.problem(path, "one-language", "One text in one language is allowed here.")
    return labels[0] if labels else None
