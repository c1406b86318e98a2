"""How far shapes look: read off their paths, and told apart from what a stream of articles can follow."""

from __future__ import annotations

from functools import cache
from typing import Final

import pyoxigraph as ox
import pytest

from diplograph import pipeline
from diplograph.streaming.following import follows
from diplograph.validation.reach import reach
from diplograph.validation.shapes import Shapes
from diplograph.vocabulary import Vocabulary

DIP: Final = "https://w3id.org/diplograph/ns#"
PREFIXES: Final = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dip: <{DIP}> . @prefix : <https://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


def shapes(text: str) -> Shapes:
    quads = ox.parse(f"{PREFIXES}{text}".encode(), format=ox.RdfFormat.TURTLE)
    return Shapes([quad.triple for quad in quads])


def looking(path: str, target: str = "sh:targetClass dip:Person") -> Shapes:
    return shapes(f":Shape a sh:NodeShape ; {target} ; sh:property [ sh:path {path} ; sh:maxCount 1 ] .")


@cache
def words() -> Vocabulary:
    return pipeline.vocabulary()


def names(terms: frozenset[str]) -> list[str]:
    return sorted(term[1:-1].removeprefix(DIP) for term in terms)


STARTING: Final = (
    "[ sh:inversePath dip:actor ]",
    "( [ sh:inversePath dip:actor ] prov:hadPrimarySource )",
    "[ sh:alternativePath ( dip:time [ sh:inversePath dip:actor ] ) ]",
    "[ sh:zeroOrMorePath [ sh:inversePath dip:actor ] ]",
    "[ sh:oneOrMorePath ( [ sh:inversePath dip:actor ] dip:about ) ]",
    "( [ sh:zeroOrMorePath dip:memberOf ] [ sh:inversePath dip:actor ] )",
    "( [ sh:zeroOrOnePath dip:memberOf ] [ sh:zeroOrMorePath dip:country ] [ sh:inversePath dip:actor ] )",
)


@pytest.mark.parametrize("path", STARTING)
def test_what_may_point_at_a_node_itself(path: str) -> None:
    assert names(reach(looking(path)).pointed) == ["Person"]


@pytest.mark.parametrize(
    "path",
    [
        "dip:actor",
        "( dip:country [ sh:inversePath dip:actor ] )",
        "( [ sh:oneOrMorePath dip:memberOf ] [ sh:inversePath dip:actor ] )",
    ],
)
def test_what_does_not_point_at_a_node_itself(path: str) -> None:
    assert reach(looking(path)).pointed == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        ":Shape sh:targetClass dip:State ; sh:property :P . :P sh:path [ sh:inversePath dip:actor ] .",
        ":P sh:targetClass dip:State ; sh:path [ sh:inversePath dip:actor ] .",
        ":Shape sh:targetClass dip:State ; sh:node [ sh:property [ sh:path [ sh:inversePath dip:host ] ] ] .",
        ":Shape sh:targetClass dip:State ; sh:or ( [ sh:property [ sh:path [ sh:inversePath dip:actor ] ] ] [ ] ) .",
        ":Shape sh:targetClass dip:State ; sh:not [ sh:path [ sh:inversePath dip:actor ] ; sh:minCount 1 ] .",
    ],
)
def test_shapes_look_through_those_that_they_use(text: str) -> None:
    assert names(reach(shapes(text)).pointed) == ["State"]


@pytest.mark.parametrize(
    ("path", "joining"),
    [
        ("( skos:notation [ sh:inversePath skos:notation ] )", ["http://www.w3.org/2004/02/skos/core#notation"]),
        ("( dip:country [ sh:inversePath dip:country ] dip:actor )", ["country"]),
        ("( dip:country [ sh:alternativePath ( [ sh:inversePath dip:country ] dip:actor ) ] )", ["country"]),
        ("( dip:country [ sh:zeroOrMorePath [ sh:inversePath dip:country ] ] )", ["country"]),
        ("[ sh:alternativePath ( dip:actor ( dip:country [ sh:inversePath dip:country ] ) ) ]", ["country"]),
        ("[ sh:inversePath dip:country ]", []),
        ("( [ sh:inversePath dip:country ] dip:actor )", []),
        ("dip:country", []),
    ],
)
def test_by_whose_values_other_nodes_are_found(path: str, joining: list[str]) -> None:
    assert names(reach(looking(path)).joining) == joining


@pytest.mark.parametrize("class_", ["dip:Person", "dip:State", "dip:TimeValue", "dip:UnnamedSource"])
def test_claims_that_point_at_a_thing_are_followed(class_: str) -> None:
    path = "( [ sh:inversePath dip:actor ] prov:hadPrimarySource )"
    assert follows(looking(path, f"sh:targetClass {class_}"), words())


@pytest.mark.parametrize("class_", ["dip:Situation", "dip:Meeting", ":Unknown", "rdfs:Resource"])
def test_claims_that_point_at_what_may_be_a_situation_are_not(class_: str) -> None:
    path = "( [ sh:inversePath dip:actor ] prov:hadPrimarySource )"
    assert not follows(looking(path, f"sh:targetClass {class_}"), words())


@pytest.mark.parametrize(
    ("path", "is_followed"),
    [
        ("( rdf:type [ sh:zeroOrMorePath [ sh:inversePath rdfs:subClassOf ] ] )", True),
        ("( [ sh:zeroOrMorePath [ sh:inversePath dip:reports ] ] dip:claimant rdf:type )", True),
        ("[ sh:inversePath ( dip:about dip:reports ) ]", False),
        ("[ sh:inversePath ( dip:reports dip:evidence ) ]", True),
        ("( dip:about dip:actor )", False),
        ("[ sh:oneOrMorePath dip:content ]", False),
        ("( dip:country dip:memberOf dip:memberOf )", True),
        ("[ sh:zeroOrMorePath dip:locatedIn ]", True),
    ],
)
def test_what_is_followed(path: str, *, is_followed: bool) -> None:
    assert follows(looking(path, "sh:targetClass dip:Claim"), words()) == is_followed


def test_a_path_turned_round_is_that_of_its_steps_turned_round() -> None:
    turned = "[ sh:inversePath ( prov:hadPrimarySource [ sh:inversePath dip:evidence ] ) ]"
    straight = "( dip:evidence [ sh:inversePath prov:hadPrimarySource ] )"
    for path in (turned, straight):
        assert follows(looking(path, "sh:targetClass dip:Mention"), words())


def test_a_shape_that_nobody_uses_asks_for_nothing() -> None:
    assert follows(shapes(":Shape a sh:NodeShape ; sh:property [ sh:path [ sh:inversePath dip:actor ] ] ."), words())


def test_shapes_that_use_each_other_come_to_an_end() -> None:
    circle = """:One sh:targetClass dip:Person ; sh:node :Two . :Two sh:node :One ; sh:or ( :One :Two ) .
        :One sh:property [ sh:path dip:country ; sh:node :One ] ."""
    assert reach(shapes(circle)).pointed == frozenset()
    assert follows(shapes(circle.replace("sh:property", "rdfs:seeAlso")), words())
    assert not follows(shapes(circle), words())


def test_ours_are_followed() -> None:
    found = reach(pipeline.load_shapes())
    assert "UnnamedSource" in names(found.pointed)
    assert any("notation" in name for name in found.joining)
    assert follows(pipeline.load_shapes(), words())
