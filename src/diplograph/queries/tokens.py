"""The words of a SPARQL query, after the terminals of its grammar (SPARQL 1.1, section 19.8).

Only as far as parameters, the columns of the answer and requests to other hosts can be told:
whether the query is right is for the engine to say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TERMINALS: Final = re.compile(
    r"""(?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
      | (?P<comment>\#[^\r\n]*)
      | (?P<string>'''(?:'{0,2}(?:[^'\\]|\\.))*''' | \"{3}(?:\"{0,2}(?:[^\"\\]|\\.))*\"{3}
                 | '(?:[^'\\\r\n]|\\.)*' | \"(?:[^\"\\\r\n]|\\.)*\")
      | [?$](?P<variable>\w+)
      | (?P<name>(?:[^\W\d_][\w.-]*|_)?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
      | (?P<language>@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)
      | (?P<number>[0-9]+)
      | (?P<word>[^\W\d]\w*)
      | (?P<space>\s+)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)


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


def keyword(found: Iterable[Token], word: str) -> Token | None:
    """Find a keyword, in any case, outside of names, strings and comments."""
    return next((token for token in found if token.kind == "word" and token.text.upper() == word), None)


def substituted(found: Iterable[Token], values: Mapping[str, str]) -> str:
    """Write the query with each of some variables replaced by a term in the syntax of N-Triples.

    A term takes the place of a whole variable; nothing else of the query changes.
    """
    return "".join(f" {values[token.variable]} " if token.variable in values else token.text for token in found)


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
