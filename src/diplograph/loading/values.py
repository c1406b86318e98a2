"""Which literals stores take for one: those of the same value, as 1.5 and 1.50, or @en-GB and @en-gb."""

from __future__ import annotations

import re
from decimal import Context, InvalidOperation
from typing import Final

_LITERAL: Final = re.compile(
    rb'(?P<before>.*?> )"(?P<text>[^"]*)"'
    rb"(?:@(?P<tag>[A-Za-z0-9-]+)|\^\^<http://www\.w3\.org/2001/XMLSchema#(?P<type>\w+)>) \.\n",
    re.DOTALL,
)
_BOOLEANS: Final = {b"1": b"true", b"0": b"false"}
_PRECISION: Final = Context(prec=15)
"""As many digits as Virtuoso keeps."""


class Values:
    """Goes through lines of N-Triples in order, and counts those that repeat another with the same value."""

    def __init__(self) -> None:
        self.repeated = 0
        self._of = b""
        self._seen: set[tuple[bytes, object]] = set()

    def add(self, line: bytes) -> None:
        r"""Take a line.

        >>> values = Values()
        >>> for text in (b"1.5", b"1.50", b"2"):
        ...     values.add(b'<x:s> <x:p> "%b"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n' % text)
        >>> values.repeated
        1
        """
        found = _LITERAL.fullmatch(line)
        if found is None:
            return
        if found["before"] != self._of:
            self._of, self._seen = found["before"], set()
        value = _value(found["text"], found["tag"], found["type"])
        self.repeated += value in self._seen
        self._seen.add(value)


def _value(text: bytes, tag: bytes | None, datatype: bytes | None) -> tuple[bytes, object]:
    """Give what two literals have in common if a store may take them for one."""
    if tag is not None:
        return tag.lower(), text
    if datatype == b"boolean":
        return b"boolean", _BOOLEANS.get(text, text)
    if datatype is not None and (b"ate" in datatype or b"ime" in datatype or b"uration" in datatype):
        return b"time", None  # whether they are the same, stores see differently
    if datatype in (b"float", b"double"):
        return b"number", None
    try:
        return b"number", _PRECISION.create_decimal(text.decode()).normalize()
    except (InvalidOperation, ValueError):
        return datatype or b"", text
