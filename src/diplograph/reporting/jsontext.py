r"""JSON text that is safe to print and never held whole.

Control and direction-changing characters are escaped, which changes no value. A lone surrogate,
which no strict reader of JSON takes, becomes its escape as visible text: `\ud800`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HIDDEN: Final = ("Cc", "Cf", "Zl", "Zp")


def json_text(value: object) -> str:
    r"""Write a value on one line.

    >>> json_text(["é\x85\ud800"])
    '["é\\u0085\\\\ud800"]'
    """
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else "".join(map(_escaped, text))


def object_lines(fields: Mapping[str, object]) -> Iterator[str]:
    """Write an object with a field a line; an iterator becomes an array with an item a line."""
    yield "{\n"
    for place, (key, value) in enumerate(fields.items(), start=1):
        comma = "," * (place < len(fields))
        if isinstance(value, Iterator):
            yield f"  {json_text(key)}: [\n"
            yield from _separated(f"    {json_text(item)}" for item in value)
            yield f"  ]{comma}\n"
        else:
            yield f"  {json_text(key)}: {json_text(value)}{comma}\n"
    yield "}\n"


def _separated(lines: Iterable[str]) -> Iterator[str]:
    """Put a comma after each line but the last."""
    held = ""
    for line in lines:
        if held:
            yield f"{held},\n"
        held = line
    if held:
        yield f"{held}\n"


def _escaped(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return f"\\\\u{ord(character):04x}"
    return json.dumps(character)[1:-1] if category in _HIDDEN else character
