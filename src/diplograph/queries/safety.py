"""What a query may not do: ask another host, change a store, or name a graph that is not there.

Two readings decide: that of the engine's own parser, and that of the terminals of SPARQL's grammar
(`tokens`). A query is safe only if both say so; where they differ, it is refused. Nothing is
evaluated, and no host is asked. Knows neither stores nor parameters, so that queries to whatever
endpoint can be checked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

import pyoxigraph as ox

from diplograph.errors import InputError
from diplograph.findings import Finding, Location, Region, region
from diplograph.queries import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from diplograph.queries.tokens import Token

_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES: Final = ("LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH")
_DECLARING: Final = ("BASE", "PREFIX", "VERSION")
_GUARDED: Final = ("service", "from")
"""Keywords that must stand where both readings see them, and nowhere else."""
_HOST: Final = "SERVICE, which asks another host, is not allowed."
_PLACE: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_SHOWN: Final = 160
_DEEPEST: Final = 100
_LONGEST: Final = 1000
"""The engine's parser calls itself for each bracket and each part of a chain; without stack, it ends the program."""
_NO_PARTS: Final = ("A", "TRUE", "FALSE", "UNDEF")
_CHAINED: Final = frozenset("!+-*/|&=<>^")
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_ESCAPE_OR_PAIR: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.DOTALL)
_SLASHED: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*://")
"""How an IRI begins that cannot be read as "less than" and an expression."""
_OPENING: Final = re.compile(r"[({\[]")


class _ParsedError(Exception):
    """Stops the engine between parsing and evaluating."""


def checked(
    text: str,
    is_graph: Callable[[str], bool],
    *,
    name: str = "<query>",
    prefixes: Mapping[str, str] | None = None,
    base: str | None = None,
) -> str:
    """Check that a query only reads the store that it is sent to, and give its form, as SELECT.

    `is_graph` tells of an IRI whether the store has a named graph of that name; `name` stands in
    findings. `prefixes` and `base` are those that the query is evaluated with beyond its own.

    >>> checked("SELECT ?service { ?service ?p 'SERVICE' }", lambda _: False)
    'SELECT'

    Raises:
        InputError: it is not SPARQL, an update, too deep for the engine, has SERVICE, names a graph
            in FROM that is not there, or can be read in two ways; the finding has the place.
    """
    taken = tokens.tokens(text)
    meant = [token for token in taken if token.kind not in ("space", "comment")]
    query = _Query(text, name, dict(prefixes or {}), base)
    _refuse_updates(query, meant)
    _refuse_depth(query, taken)
    for token in meant:
        if _is_word(token, "SERVICE"):
            query.refuse("sparql-service", _HOST, token.start, len(token.text))
    query.parse()
    _refuse_escapes(query, taken)
    graphs = list(_graphs(query, meant))
    _refuse_other_readings(query, taken)
    for token, iri in zip(graphs, query.resolved(meant, graphs), strict=True):
        if not is_graph(iri):
            query.refuse("unknown-graph", f"There is no graph <{iri}>.", token.start, len(token.text))
    return query.form(meant).text.upper()


class _Query:
    """A query with what it takes to parse it, and to say where something is wrong with it."""

    def __init__(self, text: str, name: str, prefixes: dict[str, str], base: str | None) -> None:
        self.text = text
        self.name = name
        self._prefixes = prefixes
        self._base = base

    def refuse(self, code: str, message: str, start: int, length: int = 1, hint: str = "") -> NoReturn:
        """Refuse the query for what stands at an offset."""
        place = Location(self.name, region(self.text, start, start + length))
        raise InputError([Finding("error", code, message, place, hint)])

    def parse(self) -> None:
        """Let the engine parse the query, and evaluate nothing.

        Raises:
            InputError: it is not SPARQL.
        """
        try:
            self._parse(self.text)
        except SyntaxError as error:
            raise InputError([_syntax_finding(self.name, str(error))]) from error

    def parses_as(self, text: str) -> bool:
        """Tell whether the engine takes another text with the same prefixes and base."""
        try:
            self._parse(text)
        except SyntaxError:
            return False
        return True

    def _parse(self, text: str) -> None:
        def graphs() -> Iterator[ox.NamedNode]:
            """Stand for the named graphs, which the engine asks for when it has parsed, and before it evaluates."""
            raise _ParsedError
            yield

        try:
            ox.Store().query(text, base_iri=self._base, prefixes=self._prefixes, named_graphs=graphs())  # type: ignore[arg-type]
        except _ParsedError:
            return
        raise AssertionError("the engine evaluates what it is to parse only")

    def form(self, meant: list[Token]) -> Token:
        """Find the keyword that tells the form of a query that parses."""
        first = _first_word(meant)
        if first is None or first.text.upper() not in _FORMS:
            message = f"The query has to have one of {', '.join(_FORMS)} by itself."
            self.refuse("sparql-ambiguous", message, first.start if first else 0)
        return first

    def resolved(self, meant: list[Token], graphs: list[Token]) -> list[str]:
        """Let the engine make IRIs of names and relative IRIs, with what the query declares before its form."""
        if not graphs:
            return []
        listed = " ".join(token.text for token in graphs)
        question = f"{self.text[: self.form(meant).start]}\nSELECT ?g {{ VALUES ?g {{ {listed} }} }}"
        try:
            found = ox.Store().query(question, base_iri=self._base, prefixes=self._prefixes)
        except SyntaxError:
            found = None
        iris = [row["g"] for row in found] if isinstance(found, ox.QuerySolutions) else []
        if len(iris) != len(graphs):
            self.refuse("sparql-ambiguous", "Which graphs FROM names cannot be told.", graphs[0].start)
        return [iri.value for iri in iris if isinstance(iri, ox.NamedNode)]


def _is_word(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word


def _first_word(meant: list[Token]) -> Token | None:
    """Find the first keyword after what a query declares."""
    words = (token for token in meant if token.kind == "word")
    return next((token for token in words if token.text.upper() not in _DECLARING), None)


def _refuse_updates(query: _Query, meant: list[Token]) -> None:
    """Refuse updates by their first word after what they declare, and what an endpoint may read up to only."""
    if "\x00" in query.text:
        query.refuse("sparql-syntax", "The query holds the character NUL.", query.text.index("\x00"))
    first = _first_word(meant)
    if first is not None and first.text.upper() in _UPDATES:
        message = "This is an update: it would change the store; queries only read."
        query.refuse("sparql-update", message, first.start, len(first.text))


def _refuse_depth(query: _Query, taken: list[Token]) -> None:
    """Refuse what the engine's parser has no stack for, also where it could read an IRI as "less than" and more."""
    twofold = any(token.kind == "iri" and not _SLASHED.match(token.text) for token in taken)
    unseen = "".join(token.text for token in taken if len(token.text) > 1 and not _SLASHED.match(token.text))
    if tokens.depth(taken) > _DEEPEST or (twofold and len(_OPENING.findall(unseen)) > _DEEPEST):
        message = f"The query '{query.name}' nests its brackets more than {_DEEPEST} deep."
        query.refuse("sparql-too-deep", message, 0)
    parts = [token for token in taken if token.text in _CHAINED or (token.kind == "word" and _is_part(token))]
    if len(parts) > _LONGEST or (twofold and sum(letter in _CHAINED for letter in unseen) > _LONGEST):
        message = f"The query '{query.name}' has more than {_LONGEST} keywords and operators."
        query.refuse("sparql-too-deep", message, 0)


def _is_part(word: Token) -> bool:
    return word.text.upper() not in _NO_PARTS


def _refuse_escapes(query: _Query, taken: list[Token]) -> None:
    """Refuse escapes that end a string, an IRI or a comment for who resolves them before all else.

    They may stand only where the character that they stand for may (SPARQL 1.1, section 19.2); so
    the terminals have to be the same ones with the characters themselves.
    """
    if not _ESCAPE.search(query.text):
        return
    for pattern in (_ESCAPE, _ESCAPE_OR_PAIR):  # a backslash that is escaped itself begins no escape, for some

        def plain(text: str, pattern: re.Pattern[str] = pattern) -> list[str]:
            return [token.kind for token in tokens.tokens(pattern.sub(_unescaped, text))]

        if plain(query.text) != [token.kind for token in taken]:
            changed = (token for token in taken if "\\" in token.text and plain(token.text) != [token.kind])
            token = next(changed, taken[0])
            message = "An escape stands for a character that cannot stand in its place."
            query.refuse("sparql-ambiguous", message, token.start, len(token.text), "Write '\\\"' for a quote.")


def _unescaped(match: re.Match[str]) -> str:
    digits = match[1] or match[2]
    point = int(digits, 16) if digits else 0
    return chr(point) if digits and point <= 0x10FFFF else match.group()  # noqa: PLR2004 - Unicode's last


def _graphs(query: _Query, meant: list[Token]) -> Iterator[Token]:
    """List the names of graphs behind FROM and FROM NAMED."""
    for at, token in enumerate(meant):
        if _is_word(token, "FROM"):
            rest = meant[at + 1 : at + 3]
            found = rest[1] if len(rest) > 1 and _is_word(rest[0], "NAMED") else rest[0] if rest else None
            if found is None or found.kind not in ("iri", "name") or found.text.upper().startswith("NAMED:"):
                query.refuse("sparql-ambiguous", "Which graph FROM names cannot be told.", token.start, 4)
            yield found


def _refuse_other_readings(query: _Query, taken: Iterable[Token]) -> None:
    """Refuse a query in which the engine sees a keyword where there is none by the terminals.

    Where the letters are part of a name, a string, an IRI or a comment, others do as well: the
    engine has to take the query with these, in which it cannot see the keyword.
    """
    for word in _GUARDED:
        letters = re.compile(word, re.IGNORECASE)
        if (first := letters.search(query.text)) is None:
            continue
        other = _another(word, query.text)
        shown = (token.text if _is_word(token, word.upper()) else letters.sub(other, token.text) for token in taken)
        if not query.parses_as("".join(shown)):
            hint = _HOST if word == "service" else "Put a space on either side of FROM."
            message = f"The query can be read in two ways, in one of which {word.upper()} is a keyword."
            query.refuse("sparql-ambiguous", message, first.start(), len(word), hint)


def _another(word: str, text: str) -> Callable[[re.Match[str]], str]:
    """Replace a word, but for its first letter, which may belong to an escape, by one that a text does not hold."""
    lowered = text.lower()
    rests = ("NOTHI"[: len(word) - 3] + one + other for one in _LETTERS for other in _LETTERS)
    rest = next(rest for rest in rests if rest.lower() not in lowered)
    return lambda match: match.group()[0] + rest


def _syntax_finding(name: str, message: str) -> Finding:
    """Put what the engine says of a query at its place."""
    found = _PLACE.fullmatch(message)
    line, column, said = (int(found[1]), int(found[2]), found[3]) if found else (1, 1, message)
    said = said.partition(", [")[0].replace("expected one of The", "The")  # sets of letters are of no help
    said = said if len(said) <= _SHOWN else f"{said[:_SHOWN]} …"
    place = Region(line, column, line, column + 1)
    return Finding("error", "sparql-syntax", f"This is not SPARQL 1.1: {said}.", Location(name, place))
