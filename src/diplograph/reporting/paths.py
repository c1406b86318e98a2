"""Property paths from SPARQL's notation (SPARQL 1.1 Query, section 9.1) to that of SHACL (section 2.3.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    Written = Callable[[str], str]

_TOKEN: Final = re.compile(r"\s*(<[^<>\s]*>|[()|/^*+?])")
_REPEATED: Final = {"*": "sh:zeroOrMorePath", "+": "sh:oneOrMorePath", "?": "sh:zeroOrOnePath"}
_DEEPEST: Final = 50


def shacl_path(path: str, iri: Callable[[str], str]) -> str:
    """Write a path as Turtle; `""` for what is no path. `iri` writes an IRI in angle brackets, or gives `""`.

    Negated properties are no paths of SHACL.

    >>> shacl_path("^<x:a>/(<x:b>|<x:c>)*", str)
    '( [ sh:inversePath <x:a> ] [ sh:zeroOrMorePath [ sh:alternativePath ( <x:b> <x:c> ) ] ] )'
    """
    tokens, end = [], 0
    while match := _TOKEN.match(path, end):
        tokens.append(match[1])
        end = match.end()
    if path[end:].strip():
        return ""
    try:
        return _Parser(tokens, iri).whole()
    except ValueError:
        return ""


class _Parser:
    """Reads tokens by recursive descent, a method a rule of SPARQL's grammar (section 19.8, 89 to 94)."""

    def __init__(self, tokens: list[str], iri: Written) -> None:
        self._tokens = [*reversed(tokens)]
        self._iri = iri
        self._depth = 0

    def whole(self) -> str:
        path = self._alternative()
        if self._tokens:
            raise ValueError(self._tokens)
        return path

    def _alternative(self) -> str:
        parts = self._separated("|", self._sequence)
        return f"[ sh:alternativePath ( {' '.join(parts)} ) ]" if len(parts) > 1 else parts[0]

    def _sequence(self) -> str:
        parts = self._separated("/", self._inverse)
        return f"( {' '.join(parts)} )" if len(parts) > 1 else parts[0]

    def _separated(self, sign: str, part: Callable[[], str]) -> list[str]:
        parts = [part()]
        while self._taken(sign):
            parts.append(part())
        return parts

    def _inverse(self) -> str:
        return f"[ sh:inversePath {self._element()} ]" if self._taken("^") else self._element()

    def _element(self) -> str:
        path = self._primary()
        sign = next((sign for sign in _REPEATED if self._taken(sign)), None)
        return f"[ {_REPEATED[sign]} {path} ]" if sign else path

    def _primary(self) -> str:
        if self._taken("("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise ValueError(self._depth)
            path = self._alternative()
            self._depth -= 1
            if not self._taken(")"):
                raise ValueError(self._tokens)
            return path
        path = self._iri(self._tokens.pop()) if self._tokens else ""
        if not path:
            raise ValueError(self._tokens)
        return path

    def _taken(self, sign: str) -> bool:
        if self._tokens and self._tokens[-1] == sign:
            self._tokens.pop()
            return True
        return False
