"""The words of a SPARQL query, after the terminals of its grammar (SPARQL 1.1, section 19.8).

Only as far as the parameters, the columns of an answer and keywords can be told: whether the query
is right is for the engine's own parser to say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LETTER: Final = (  # PN_CHARS_BASE
    r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_IN_VARIABLE: Final = _LETTER + r"0-9_\u00b7\u0300-\u036f\u203f\u2040"
_IN_NAME: Final = _IN_VARIABLE + "-"  # PN_CHARS
# Nothing is tried twice (possessive repeats), so that no query takes long to take apart.
_TERMINALS: Final = re.compile(
    rf"""(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
      | (?P<comment>\#[^\r\n]*+)
      | (?P<string>'''(?:'{{0,2}}(?:[^'\\]|\\.))*+''' | \"{{3}}(?:\"{{0,2}}(?:[^\"\\]|\\.))*+\"{{3}}
                 | '(?:[^'\\\r\n]|\\.)*+' | \"(?:[^\"\\\r\n]|\\.)*+\")
      | [?$](?P<variable>[{_IN_VARIABLE}]++)
      | (?P<name>(?:[{_LETTER}][.{_IN_NAME}]*+|_)?+
                 :(?:[:.{_IN_NAME}]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*+)
      | (?P<language>@[a-zA-Z]++(?:-[a-zA-Z0-9]++)*+)
      | (?P<number>[0-9]++)
      | (?P<word>[{_LETTER}][.{_IN_NAME}]*+)
      | (?P<space>\s++)
      | (?P<sign>['"].*+|.)  # an open quote takes the rest with it""",
    re.VERBOSE | re.DOTALL,
)
_BRACKETS: Final = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}


class Token(Struct, frozen=True):
    """A terminal: its kind, its text as written, its offset, and for variables the bare name."""

    kind: str
    text: str
    start: int
    variable: str = ""


def tokens(query: str) -> list[Token]:
    """Take a query apart; joined again, the texts are the query.

    >>> [token.text for token in tokens("ASK{?a a<b>}#?c")]
    ['ASK', '{', '?a', ' ', 'a', '<b>', '}', '#?c']
    """
    return [
        Token(match.lastgroup or "", match.group(), match.start(), match.group("variable") or "")
        for match in _TERMINALS.finditer(query)
    ]


def variables(found: Iterable[Token]) -> list[str]:
    """List the names of the variables in the order in which they first appear."""
    return list(dict.fromkeys(token.variable for token in found if token.variable))


def prefixes(found: Iterable[Token]) -> dict[str, str]:
    """List the prefixes that a query declares, with their IRIs."""
    meaningful = [token for token in found if token.kind not in ("space", "comment")]
    thrice = zip(meaningful, meaningful[1:], meaningful[2:], strict=False)
    return {
        name.text.removesuffix(":"): iri.text[1:-1]
        for word, name, iri in thrice
        if word.text.upper() == "PREFIX" and name.kind == "name" and iri.kind == "iri"
    }


def depth(found: Iterable[Token]) -> int:
    """Tell how deep brackets are nested."""
    deepest = current = 0
    for token in found:
        current += _BRACKETS.get(token.text, 0)
        deepest = max(deepest, current)
    return deepest


def substituted(found: list[Token], values: Mapping[str, str]) -> str:
    """Write the query with each of some variables replaced by a term in the syntax of N-Triples.

    A term takes the place of a whole variable, and BOUND of such a variable is true; nothing else
    of the query changes.
    """
    texts = [f" {values[token.variable]} " if token.variable in values else token.text for token in found]
    places = [place for place, token in enumerate(found) if token.kind not in ("space", "comment")]
    for at in range(len(places) - 3):
        word, opening, variable, closing = places[at : at + 4]
        if found[word].text.upper() == "BOUND" and found[opening].text == "(" and found[variable].variable in values:
            texts[word] = " true "
            texts[opening] = texts[variable] = texts[closing] = ""
    return "".join(texts)


def with_columns(found: list[Token], names: Iterable[str]) -> str | None:
    """Write a query that begins with SELECT * with the columns named; `None` for all others."""
    meaningful = [place for place, token in enumerate(found) if token.kind not in ("space", "comment")]
    words = [place for place in meaningful if found[place].text.upper() == "SELECT"]
    after = [place for place in meaningful if words and place > words[0]]
    star = after[1] if after and found[after[0]].text.upper() in ("DISTINCT", "REDUCED") else after[0] if after else -1
    if star < 0 or found[star].text != "*":
        return None
    columns = " ".join(f"?{name}" for name in names)
    return "".join(columns if place == star else token.text for place, token in enumerate(found))
