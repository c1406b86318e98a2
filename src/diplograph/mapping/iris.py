"""Every IRI of the data: minted here, from keys and hashes alone.

Parts of an IRI are percent-encoded and joined by full stops, which no part can contain. What
belongs to an article starts with the first 16 hexadecimal digits of its text's SHA-256, so that
nothing depends on a date, a label, or the order of files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import NamedNode

from diplograph.errors import UsageError
from diplograph.values.identifiers import iri_part
from diplograph.values.literals import ANY_URI, check

DEFAULT_BASE: Final = "https://w3id.org/diplograph/id/"
SPACES: Final = ("article", "claim", "situation", "entity", "mention", "value", "conflict", "graph", "source", "export")
_HASH_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Iris:
    """Mints the IRIs of one data set under a base IRI, as terms of N-Triples."""

    base: str = DEFAULT_BASE
    _entities: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the base IRI.

        Raises:
            UsageError: it is not an absolute IRI that ends in a slash or hash.
        """
        try:
            check(self.base, ANY_URI)
            NamedNode(self.base)
        except ValueError as error:
            raise UsageError(f"The base IRI '{self.base}' is not an absolute IRI.") from error
        if not self.base.endswith(("/", "#")):
            raise UsageError(f"The base IRI '{self.base}' has to end in '/' or '#'.")

    def node(self, space: str, *parts: str) -> str:
        """Mint the IRI of a thing of one kind; the parts are encoded already."""
        return f"<{self.base}{space}/{'.'.join(parts)}>"

    def entity(self, name: str) -> str:
        """Mint the IRI of a register's entity."""
        found = self._entities.get(name)
        if found is None:
            found = self._entities[name] = self.node("entity", iri_part(name))
        return found

    def situation(self, key: str) -> str:
        """Mint the IRI of the situation with a shared key."""
        return f"<{self.base}situation/{iri_part(key)}>"

    def is_shared(self, term: str) -> bool:
        """Tell whether a term is a situation with a shared key: what is an article's own has a full stop."""
        return term.startswith(f"<{self.base}situation/") and "." not in term[len(self.base) :]

    def graph(self, name: str) -> str:
        """Mint the name of one of the graphs that all articles share."""
        return self.node("graph", name)


def article_part(sha256: str) -> str:
    """Give the part of an IRI that stands for an article's text."""
    return sha256[:_HASH_DIGITS]


def fact_part(path: tuple[str, ...]) -> str:
    """Join the steps that lead to a fact: its id, or the id of the outer fact, key and position."""
    return ".".join(map(iri_part, path))
