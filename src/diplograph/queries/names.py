"""Names for the IRIs of a store: short forms for people, and what somebody may type for an IRI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pyoxigraph import Literal, NamedNode, Triple

from diplograph.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import BlankNode

    from diplograph.queries.remote import Askable

_IDENTIFIER: Final = NamedNode("http://purl.org/dc/terms/identifier")
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_LOCAL: Final = re.compile(r"[\w%-](?:[\w%.-]*[\w%-])?")
_SCHEMES: Final = ("urn", "tag", "doi", "info", "mailto", "did")
"""Schemes of IRIs that have no slashes; anything else before a colon is meant as a prefix."""
_SHOWN: Final = 5


class Names:
    """Resolves and shortens IRIs with prefixes and with the keys that a store's things have."""

    def __init__(self, store: Askable, prefixes: Mapping[str, str]) -> None:
        self.prefixes = dict(prefixes)
        self._store = store

    def with_prefixes(self, more: Mapping[str, str]) -> Names:
        """Give the same names with further prefixes."""
        return Names(self._store, self.prefixes | dict(more))

    def term(self, text: str) -> NamedNode:
        """Find what somebody means: an IRI, a name with a prefix, a key of the data, or a class.

        Raises:
            UsageError: nothing has this key or prefix, or several things have the key.
        """
        written = text.removeprefix("<").removesuffix(">")
        prefix, colon, local = written.partition(":")
        if colon and prefix in self.prefixes:
            return self._present(self._checked(self.prefixes[prefix] + local, text), text)
        if colon and not local.startswith("//") and prefix.lower() not in _SCHEMES and written == text:
            hint = did_you_mean(prefix, self.prefixes) or "Write an IRI between < and >."
            raise UsageError(f"There is no prefix '{prefix}' for '{text}'.", hint)
        if colon:
            return self._checked(written, text)
        found = self._with_key(written) or self._in_ontology(written) or self._of_fact(written)
        if len(found) > 1:
            listed = ", ".join(self.short(term) for term in found[:_SHOWN])
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise UsageError(f"The key '{text}' stands for several things.", f"Name one of {listed}{more}.")
        if not found:
            hint = did_you_mean(written, self._keys() | self.words()) or "Give a key, a name with a prefix, or an IRI."
            raise UsageError(f"Nothing has the key '{text}'.", hint)
        return found[0]

    def _checked(self, iri: str, text: str) -> NamedNode:
        if not _ABSOLUTE.fullmatch(iri):
            raise UsageError(f"'{text}' is no IRI.", "As in entity:ukraine or https://example.org/ukraine.")
        try:
            return NamedNode(iri)
        except ValueError as error:
            raise UsageError(f"'{text}' is no IRI: {error}.") from error

    def _present(self, term: NamedNode, text: str) -> NamedNode:
        """Refuse a name of the data or the ontology that nothing is said of: a slip of the pen."""
        store = self._store
        if any(store.quads_for_pattern(term, None, None, None)) or any(store.quads_for_pattern(None, None, term, None)):
            return term
        known = self._keys() | self.words()
        raise UsageError(f"Nothing in the graph is '{text}'.", did_you_mean(text.partition(":")[2], known))

    def _with_key(self, key: str) -> list[NamedNode]:
        quads = self._store.quads_for_pattern(None, _IDENTIFIER, Literal(key), None)
        subjects = {quad.subject for quad in quads if isinstance(quad.subject, NamedNode)}
        return sorted(subjects, key=lambda term: term.value)

    def _in_ontology(self, word: str) -> list[NamedNode]:
        if not _LOCAL.fullmatch(word):
            return []
        term = NamedNode(self.prefixes["dip"] + word)
        return [term] if any(self._store.quads_for_pattern(term, None, None, None)) else []

    def _of_fact(self, key: str) -> list[NamedNode]:
        """Find the situations that facts of this id are about, where these have keys of their own."""
        quads = self._store.quads_for_pattern(None, NamedNode(self.prefixes["dip"] + "about"), None, None)
        space = self.prefixes.get("claim", "")
        found = {
            quad.object
            for quad in quads
            if isinstance(quad.object, NamedNode)
            and isinstance(quad.subject, NamedNode)
            and quad.subject.value.startswith(space)
            and quad.subject.value.removeprefix(space).partition(".")[2] == key
        }
        return sorted(found, key=lambda term: term.value)

    def words(self) -> set[str]:
        """List the words of the ontology that the store has."""
        space = self.prefixes["dip"]
        label = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
        subjects = (quad.subject for quad in self._store.quads_for_pattern(None, label, None, None))
        return {
            found.value.removeprefix(space)
            for found in subjects
            if isinstance(found, NamedNode) and found.value.startswith(space)
        }

    def _keys(self) -> set[str]:
        quads = self._store.quads_for_pattern(None, _IDENTIFIER, None, None)
        return {quad.object.value for quad in quads if isinstance(quad.object, Literal)}

    def short(self, term: NamedNode | BlankNode | Literal | Triple | None) -> str:
        """Give a term for people: a name with a prefix, the text of a literal, nothing for nothing."""
        if isinstance(term, Literal):
            return term.value
        if isinstance(term, Triple):
            return f"<<( {term} )>>"
        if not isinstance(term, NamedNode):
            return "" if term is None else str(term)
        near = [(space, prefix) for prefix, space in self.prefixes.items() if term.value.startswith(space)]
        for space, prefix in sorted(near, reverse=True):
            local = term.value.removeprefix(space)
            if _LOCAL.fullmatch(local):
                return f"{prefix}:{local}"
        return f"<{term.value}>"
