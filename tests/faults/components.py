"""The constraint components that our shapes use, and those that no annotation can break."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Final

import pyoxigraph as ox

from diplograph import pipeline

_SH: Final = "http://www.w3.org/ns/shacl#"
_DESCRIBING: Final = frozenset(
    {
        "path",
        "name",
        "description",
        "message",
        "severity",
        "property",
        "ignoredProperties",
        "flags",
        "targetClass",
        "targetNode",
        "targetSubjectsOf",
        "targetObjectsOf",
        "order",
        "group",
        "deactivated",
        "qualifiedValueShape",
        "qualifiedValueShapesDisjoint",
    }
)
"""Terms that constrain nothing on their own: of what they describe, another term says how it counts."""

UNBREAKABLE: Final = {
    "closed": "The mapper writes the properties itself; a key that the format lacks is an 'unknown-key' of the reader.",
    "datatype": "The mapper types each literal; a value that is none of its type is a problem of the reader.",
    "equals": "The mapper gives a claim the situation of the claim that it passes on, and the article of its spans.",
    "in": "The reader takes words from the ontology's lists ('unknown-word'), from which the shapes have theirs.",
    "lessThan": "The reader takes no span that is empty or runs backwards ('span').",
    "maxLength": "The reader takes no longer digest, country code or currency ('sha256', 'country-code', 'currency').",
    "nodeKind": "The mapper names the property of a conflict by its IRI.",
    "pattern": "The reader checks digests, codes and items of Wikidata ('sha256', 'country-code', 'wikidata').",
    "uniqueLang": "The reader takes one label a language ('duplicate-value').",
}
"""Components that annotations cannot break, and what prevents it."""


@cache
def components() -> dict[str, frozenset[str]]:
    """List the components of each rule by its code, as the local names of their parameters, as in `minCount`."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in pipeline.own_shapes():
        for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE):
            subject, parameter = quad.subject, quad.predicate.value
            if isinstance(subject, ox.NamedNode) and parameter.startswith(_SH):
                found[subject.value.rpartition("#")[2]].add(parameter.removeprefix(_SH))
    rules = {code: frozenset(parameters - _DESCRIBING) for code, parameters in found.items()}
    return {code: parameters for code, parameters in rules.items() if parameters}


def parameter(component: str) -> str:
    """Name a component by its parameter.

    >>> parameter("http://www.w3.org/ns/shacl#MinCountConstraintComponent")
    'minCount'
    """
    name = component.removeprefix(_SH).removesuffix("ConstraintComponent")
    return name[:1].lower() + name[1:]
