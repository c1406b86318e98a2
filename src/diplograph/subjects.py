r"""Where subjects stand in RDF files: the line and column of the first statement about each.

Owns what the parser does not tell: places. Takes files that pyoxigraph has parsed without fault,
so that it only looks for where statements start and end, and checks nothing: where something
unexpected stands it stops, and what was found before is kept. Knows nothing of findings but
their regions.
"""

from __future__ import annotations

import gzip
import re
import zlib
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import pyoxigraph as ox
from msgspec import Struct

from diplograph.findings import Region, region

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    Token = re.Match[str]

# Names may hold more here than the grammar lets them: in a file without fault they end all the same.
# What repeats is possessive, or nothing comes after it, so that no match goes back over a long text.
_LETTER: Final = r"A-Za-z\x80-\U0010FFFF"
_CHAR: Final = rf"{_LETTER}0-9_\-"
_IRI: Final = r'(?P<iri><[^<>"{}|^`\x00-\x20]*>)'
_LABEL: Final = rf"(?P<label>_:[{_CHAR}.]*[{_CHAR}])"
_PREFIX: Final = rf"(?P<prefix>(?:[{_LETTER}][{_CHAR}.]*+(?<!\.))?)"
_LOCAL: Final = rf"(?P<local>(?:[{_CHAR}:%.]*[{_CHAR}:%]|\\.|\.+(?=\\))*)"
_STRING: Final = r'"""(?s:.*?)(?<!\\)(?:\\\\)*+"""|".*?(?<!\\)(?:\\\\)*+"'
_NUMBER: Final = r"[+-]?(?:[0-9]*\.[0-9]+|[0-9]+(?:\.(?=[eE][+-]?[0-9]))?)(?:[eE][+-]?[0-9]+)?"
_WORD: Final = r"(?P<word>@?[A-Za-z][A-Za-z0-9\-]*)"
_BRACKET: Final = r"(?P<open><<|\{\||[\[(])|(?P<close>>>|\|\}|[\])])|(?P<end>[.{}]|\Z)"
_OTHER: Final = r"\^\^|[;,~]|(?P<comment>#.*)|(?P<unknown>.)"
_LITERAL: Final = "|".join([_STRING, _STRING.replace('"', "'"), _NUMBER])
_TOKEN: Final = re.compile(
    rf"[ \t\n]*+(?:{_IRI}|{_LABEL}|(?P<name>{_PREFIX}:{_LOCAL})|{_LITERAL}|{_WORD}|{_BRACKET}|{_OTHER})"
)
"""The tokens of Turtle (RDF 1.1 Turtle, section 6.5) and TriG; of RDF 1.2 as much as keeps brackets in pairs."""
_LINE: Final = re.compile(rf"[ \t]*+(?:{_IRI}|{_LABEL})")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U00((?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})")
_FOLLOWING: Final[dict[str, tuple[str | None, ...]]] = {
    "prefix": ("name", "iri"),
    "base": ("iri",),
    "graph": (),
    "version": (None,),
}
"""The kinds of the tokens that are read with a keyword; strings are of none."""


class _UnexpectedToken(Exception):  # noqa: N818 - a signal, never seen outside
    pass


def subject_places(path: Path | str, wanted: Collection[str], *, base: str = "") -> dict[str, Region]:
    r"""Find the first statement about each of some subjects: the region of the subject in it.

    Subjects are terms of N-Triples, blank nodes by the labels that the file gives them; one without
    a label, and a term that is no subject in the file, has no place. `base` is the IRI that the
    parser was given for relative ones. The suffix tells the syntax, and a file that is neither
    N-Triples, N-Quads, Turtle nor TriG has no places. The first two are read line by line, until
    all is found; Turtle and TriG are read into memory whole. Raises nothing: where a file cannot
    be read on, or makes no sense, what was found before is given.

    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile(suffix=".ttl") as file:
    ...     _ = file.write(b"@prefix : <http://example.org/> .\n:a :b :c .\n  :c :b _:d .")
    ...     file.flush()
    ...     subject_places(file.name, {"<http://example.org/c>", "_:d"})
    {'<http://example.org/c>': Region(line=3, column=3, end_line=3, end_column=5)}
    """
    missing, places = set(wanted), dict[str, Region]()
    for term, token, line in _subjects(Path(path), base) if missing else ():
        if term in missing:
            missing.remove(term)
            places[term] = region(token.string, *token.span(token.lastgroup or 0), line)
            if not missing:
                break
    return places


def _subjects(file: Path, base: str) -> Iterator[tuple[str, Token, int]]:
    """Give each statement's subject, its token in a text, and the line that the text starts at."""
    name = file.name.lower().removesuffix(".gz")
    if name.endswith((".nt", ".nq")):
        for number, line in enumerate(_lines(file), start=1):
            if token := _LINE.match(line):
                yield token["label"] or _unescaped(token["iri"]), token, number
    elif name.endswith((".ttl", ".trig", ".n3")):
        with suppress(_UnexpectedToken):
            for term, token in _turtle_subjects("".join(_lines(file)), base):
                yield term, token, 1


def _lines(file: Path) -> Iterator[str]:
    r"""Read lines as far as they can be read, ended by \n whatever ends them in the file, without byte order mark."""
    with suppress(OSError, EOFError, zlib.error), _opened(file) as stream:
        yield from stream


def _opened(file: Path) -> TextIO:
    if file.suffix.lower() == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", errors="replace")
    return file.open(encoding="utf-8-sig", errors="replace")


def _turtle_subjects(text: str, base: str) -> Iterator[tuple[str, Token]]:
    """Give the subject of each statement of Turtle or TriG, unless it has no name, and its token."""
    names, every = _Names(base, {}), _TOKEN.finditer(text)
    tokens = (token for token in every if token.lastgroup != "comment")
    for token in tokens:
        if token.lastgroup == "open":
            _skip_statement(every, depth=1)
        elif token.lastgroup == "word":
            names.declare(token["word"].lower().removeprefix("@"), tokens)
        elif token.lastgroup != "end":
            term, verb = names.term(token), next(tokens)
            if verb["end"] == "{":
                continue  # the name of a graph
            if verb.lastgroup not in {"iri", "name", "word"}:
                raise _UnexpectedToken
            yield term, token
            _skip_statement(every, depth=0)


def _skip_statement(tokens: Iterator[Token], depth: int) -> None:
    """Go past the end of a statement, or past the brace that makes brackets the name of a graph."""
    for token in tokens:
        kind = token.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif kind == "unknown":
            raise _UnexpectedToken
        elif kind == "end" and depth == 0:
            return


class _Names(Struct):
    """What names stand for at a place in a text: the base and the prefixes that hold there."""

    base: str
    prefixes: dict[str, str]

    def declare(self, keyword: str, tokens: Iterator[Token]) -> None:
        """Take in what follows a keyword at the start of a statement."""
        kinds = _FOLLOWING.get(keyword)
        following = list(islice(tokens, len(kinds or ())))
        if kinds != tuple(token.lastgroup for token in following):
            raise _UnexpectedToken
        if keyword == "base":
            self.base = self._iri(following[0])
        elif keyword == "prefix":
            self.prefixes[following[0]["prefix"]] = self._iri(following[1])

    def term(self, token: Token) -> str:
        """Write what a token stands for as N-Triples do."""
        if token.lastgroup == "iri":
            return f"<{self._iri(token)}>"
        if token.lastgroup == "name" and token["prefix"] in self.prefixes:
            local = token["local"].replace("\\", "")  # which cannot be escaped itself
            return f"<{self.prefixes[token['prefix']]}{local}>"
        if token.lastgroup == "label":
            return token["label"]
        raise _UnexpectedToken

    def _iri(self, token: Token) -> str:
        """Resolve an IRI as the parser does: `urljoin` loses an empty query or fragment, and knows few schemes."""
        iri = _unescaped(token["iri"][1:-1])
        if not self.base or _SCHEME.match(iri):
            return iri
        try:
            [quad] = ox.parse(f"<{iri}> <x:> <x:> .", format=ox.RdfFormat.TURTLE, base_iri=self.base)
        except (SyntaxError, ValueError):
            return iri
        return str(quad.subject)[1:-1]


def _unescaped(iri: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), iri) if "\\" in iri else iri
