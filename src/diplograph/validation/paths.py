"""Property paths of shapes, written as in SPARQL (SHACL, section 2.3.1; SPARQL 1.1 Query, section 9.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.validation.index import RDF, sh

if TYPE_CHECKING:
    from diplograph.validation.index import Index, Term

_REPEATED: Final = ((sh("zeroOrMorePath"), "*"), (sh("oneOrMorePath"), "+"), (sh("zeroOrOnePath"), "?"))
_ALTERNATIVE: Final = sh("alternativePath")
_INVERSE: Final = sh("inversePath")
_FIRST: Final = ox.NamedNode(RDF + "first")
_DEEPEST: Final = 30


def path_text(path: Term | None, shapes: Index, depth: int = 0) -> str:
    """Write a path of a shape as SPARQL has it, IRIs in angle brackets; `""` for what is none."""
    if isinstance(path, ox.NamedNode):
        return str(path)
    if path is None or depth > _DEEPEST:
        return ""
    alternatives = shapes.value(path, _ALTERNATIVE)
    steps = shapes.members(alternatives or path)
    if alternatives is not None or shapes.value(path, _FIRST) is not None:
        return ("|" if alternatives else "/").join(_group(step, shapes, depth) for step in steps)
    inverse = shapes.value(path, _INVERSE)
    if inverse is not None:
        return f"^{_group(inverse, shapes, depth)}"
    for predicate, sign in _REPEATED:
        repeated = shapes.value(path, predicate)
        if repeated is not None:
            return f"{_group(repeated, shapes, depth)}{sign}"
    return ""


def _group(path: Term, shapes: Index, depth: int) -> str:
    """Write a path within another: in parentheses unless it is one property."""
    inner = path_text(path, shapes, depth + 1)
    return inner if isinstance(path, ox.NamedNode) else f"({inner})"
