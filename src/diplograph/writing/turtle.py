"""Turtle and TriG: each subject a block of its own, with prefixed names (RDF 1.1 Turtle, section 6.5)."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from diplograph.mapping import terms
from diplograph.values import literals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diplograph.mapping.nodes import Node, Term

_LOCAL: Final = re.compile(
    r"(?:(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:(?:[A-Za-z0-9_.-]|%[0-9A-Fa-f]{2})*(?:[A-Za-z0-9_-]|%[0-9A-Fa-f]{2}))?)?"
)
_PLAIN: Final = {
    literals.INTEGER: re.compile(r"[+-]?[0-9]+"),
    literals.DECIMAL: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    literals.XSD + "double": re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
    literals.XSD + "boolean": re.compile(r"true|false"),
}
"""The literals that stand without quotes and datatype (section 2.5)."""

_MOST_KEPT: Final = 50_000


class Turtle:
    """Writes nodes as Turtle; knows the short forms of the terms that it has met."""

    separator = end = b""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.start = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(prefixes.items())).encode() + b"\n"
        self._prefixes = sorted(prefixes.items(), key=lambda item: -len(item[1]))
        self._short: dict[Term, str] = {}
        # the spaces of the data differ in one step behind the base
        self._spaces = {iri: name for name, iri in prefixes.items()}

    def text(self, nodes: Iterable[Node]) -> bytes:
        """Write some nodes."""
        if len(self._short) > _MOST_KEPT:
            self._short.clear()
        return b"".join([self._block(node, "").encode() for node in nodes])

    def _block(self, node: Node, indent: str) -> str:
        short, shortened = self._short, self._shortened
        subject = node.subject
        lines = [indent, short.get(subject) or shortened(subject)]
        last = ""
        for predicate, value in node.properties:
            written = short.get(value) or shortened(value)
            if predicate == last:
                lines += (" , ", written)
            else:
                name = "a" if predicate == terms.TYPE else short.get(predicate) or shortened(predicate)
                lines += (f" ;\n\t{indent}" if last else " ", name, " ", written)
                last = predicate
        lines.append(" .\n\n")
        return "".join(lines)

    def _shortened(self, term: Term) -> str:
        if term[0] == '"':
            return self._literal(term) if term[-1] == ">" else term
        found = self._short[term] = self._iri(term)
        return found

    def _iri(self, term: Term) -> str:
        iri = term[1:-1]
        cut = iri.rfind("/") + 1
        name = self._spaces.get(iri[:cut])
        if name is not None and _LOCAL.fullmatch(iri, cut):
            return f"{name}:{iri[cut:]}"
        for name, space in self._prefixes:
            if iri.startswith(space) and _LOCAL.fullmatch(iri, len(space)):
                return f"{name}:{iri[len(space) :]}"
        return term

    def _literal(self, term: Term) -> str:
        """Shorten a literal with a datatype."""
        text, _, datatype = term.rpartition("^^")
        pattern = _PLAIN.get(datatype[1:-1])
        if pattern is not None and pattern.fullmatch(text, 1, len(text) - 1):
            return text[1:-1]
        return f"{text}^^{self._short.get(datatype) or self._shortened(datatype)}"


class TriG(Turtle):
    """Writes nodes as TriG: those of one named graph together as far as they come together."""

    def text(self, nodes: Iterable[Node]) -> bytes:
        """Write some nodes."""
        if len(self._short) > _MOST_KEPT:
            self._short.clear()
        found = []
        for graph, inside in groupby(nodes, lambda node: node.graph):
            blocks = "".join([self._block(node, "\t") for node in inside])
            found.append(f"{self._short.get(graph) or self._shortened(graph)} {{\n{blocks[:-1]}}}\n\n")
        return "".join(found).encode()
