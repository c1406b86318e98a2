"""Tests of a term alone, made from the parameters of shapes (SHACL, sections 4.1, 4.3 and 4.4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diplograph.validation.screening.literals import comparable, has_datatype, order
from diplograph.validation.screening.terms import BLANK, IRI, LITERAL, STRING, Verdict, parts, same, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Test = Callable[[str], Verdict]

KINDS: Final = {
    "IRI": IRI,
    "BlankNode": BLANK,
    "Literal": LITERAL,
    "BlankNodeOrIRI": BLANK + IRI,
    "BlankNodeOrLiteral": BLANK + LITERAL,
    "IRIOrLiteral": IRI + LITERAL,
}
BOUNDS: Final = {"minExclusive": (1,), "minInclusive": (0, 1), "maxExclusive": (-1,), "maxInclusive": (-1, 0)}
"""Where a value has to lie as seen from the bound: -1 before it, 1 behind it."""


def of_kind(starts: str) -> Test:
    """Test the kind of a term."""
    return lambda term: term[0] in starts


def of_datatype(datatype: str) -> Test:
    """Test the datatype of a literal, and its form."""
    if datatype == STRING:  # most texts are written without their datatype
        return lambda term: term[0] == term[-1] == LITERAL or has_datatype(term, STRING)
    return lambda term: has_datatype(term, datatype)


def among(terms: frozenset[str]) -> Test:
    """Test whether a term is one of some; differently written terms may still be the same."""
    known = {same(term) for term in terms}

    def test(term: str) -> Verdict:
        if term in terms:
            return True
        return None if same(term) in known else False

    return test


def matching(pattern: str, flags: str) -> Test:
    """Test a text against a pattern; Python's `$` lets a last line feed pass, which others do not."""
    search = re.compile(pattern, re.IGNORECASE if "i" in flags else 0).search

    def test(term: str) -> Verdict:
        if term[0] == BLANK:
            return False
        text = text_of(term)
        return None if text.endswith("\n") and "$" in pattern else search(text) is not None

    return test


def of_length(least: int, most: int | None) -> Test:
    """Test the length of a text, in code points."""

    def test(term: str) -> Verdict:
        if term[0] == BLANK:
            return False
        length = len(text_of(term))
        return least <= length and (most is None or length <= most)

    return test


def bounded(side: str, bound: str) -> Test:
    """Test a value against a bound; what cannot surely be compared is not known."""
    limit, wanted = comparable(bound), BOUNDS[side]

    def test(term: str) -> Verdict:
        found = order(comparable(term), limit)
        return None if found is None else found in wanted

    return test


def in_language(ranges: frozenset[str]) -> Test:
    """Test the language of a literal; a range of several parts is known only where it is the whole tag."""

    def test(term: str) -> Verdict:
        language = parts(term).language.lower() if term[0] == LITERAL else ""
        if "--" in language:
            return None
        if not language:
            return False
        if "*" in ranges or language in ranges or language.partition("-")[0] in ranges:
            return True
        return None if any(language.startswith(f"{one}-") for one in ranges) else False

    return test
