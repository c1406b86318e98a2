"""The words of a query that look like words of the ontology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode

from diplograph.errors import did_you_mean
from diplograph.findings import Finding, Location, region
from diplograph.queries import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.queries.library import Query
    from diplograph.queries.names import Names
    from diplograph.queries.remote import Askable


def unknown_words(query: Query, store: Askable, names: Names) -> list[Finding]:
    """Find names in the ontology's namespace that the store says nothing of.

    No statement can match them, so that a slip of the pen would look like an empty answer.
    """
    space = names.prefixes["dip"]
    known: set[str] = set()
    findings = []
    for token, local in _words(query, names.prefixes, space):
        if not any(store.quads_for_pattern(NamedNode(space + local), None, None, None)):
            known = known or names.words()
            message = f"'{token.text}' is no word of the ontology."
            place = Location(query.name, region(query.text, token.start, token.start + len(token.text)))
            findings.append(Finding("warning", "unknown-term", message, place, did_you_mean(local, known)))
    return findings


def _words(query: Query, given: dict[str, str], space: str) -> Iterator[tuple[tokens.Token, str]]:
    """List the names of a query that lie in a namespace, with their local parts."""
    prefixes = given | tokens.prefixes(query.tokens)
    for token in query.tokens:
        prefix, _, local = token.text.partition(":")
        iri = prefixes.get(prefix, "") + local.rstrip(".") if token.kind == "name" else ""
        iri = token.text[1:-1] if token.kind == "iri" else iri
        if iri.startswith(space) and iri != space:
            yield token, iri.removeprefix(space)
