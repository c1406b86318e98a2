"""The screen passes nothing that an engine would report, and leaves what is in order out of doubt.

What the engines find is found first; the screen has to have doubted it. That it proves enough is
counted, so that a screen that doubts everything fails as well.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import diplograph
from diplograph.errors import UsageError
from diplograph.rdf import rdf_quads
from diplograph.validation.differences import differing, mixes_zones
from diplograph.validation.fast import doubts, is_installed, shifty_results
from diplograph.validation.index import ntriples
from diplograph.validation.reference import pyshacl_results
from diplograph.validation.screening import Screen, Screened
from diplograph.validation.screening.memory import Memo
from diplograph.validation.shapes import Shapes, load_shapes
from diplograph.vocabulary import load_vocabulary

ROOT: Final = Path(__file__).parent.parent
CASES: Final = ROOT / "tests" / "cases"
VALID: Final = sorted(path for path in CASES.iterdir() if path.is_dir() and path.name not in ("invalid", "unreadable"))
INVALID: Final = sorted(path for path in (CASES / "invalid").iterdir() if path.is_dir())
SUITE: Final = ROOT.parent / "shared" / "conformance" / "shacl"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TYPE: Final = f"<{RDF}type>"
BELOW: Final = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
EX: Final = "https://example.org/"
PREFIXES: Final = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <{EX}> . @prefix rdf: <{RDF}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

Node = tuple[str, list[tuple[str, str]]]

needs_shifty: Final = pytest.mark.skipif(not is_installed(), reason="the fast engine is not installed")


# ----------------------------------------------------------------------
# Data
# ----------------------------------------------------------------------


def nodes_of(triples: Iterable[ox.Triple]) -> list[Node]:
    nodes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for triple in triples:
        nodes[str(triple.subject)].append((str(triple.predicate), str(triple.object)))
    return list(nodes.items())


def parsed(turtle: str) -> list[ox.Triple]:
    quads = ox.parse(f"{PREFIXES}{turtle}".encode(), format=ox.RdfFormat.TURTLE)
    return list(dict.fromkeys(quad.triple for quad in quads))


def shapes_of(turtle: str) -> Shapes:
    return Shapes(parsed(turtle))


@cache
def ours() -> Shapes:
    return load_shapes(sorted((ROOT / "shapes").glob("*.ttl")))


@cache
def classes() -> tuple[ox.Triple, ...]:
    return tuple(load_vocabulary([ROOT / "ontology" / "diplomacy.ttl"]).subclass_triples())


@cache
def graph(source: Path) -> tuple[ox.Triple, ...]:
    """The triples that a case becomes."""
    rdf = source / "input.ttl"
    quads = rdf_quads(rdf) if rdf.is_file() else diplograph.quads(diplograph.read(source))
    return tuple(dict.fromkeys(quad.triple for quad in quads))


@cache
def focus_nodes(source: Path) -> frozenset[str]:
    """The focus nodes of a case for which the fast engine finds something."""
    results = shifty_results(ntriples([*graph(source), *classes()]), ours())
    return frozenset(result.focus for result in results)


def screened(screen: Screen, triples: Iterable[ox.Triple]) -> Screened:
    return screen.check(nodes_of(triples))


@pytest.fixture(scope="module")
def screen() -> Screen:
    return Screen(ours(), nodes_of(classes()))


# ----------------------------------------------------------------------
# Our shapes
# ----------------------------------------------------------------------


def test_our_shapes_are_compiled_without_a_rest(screen: Screen) -> None:
    assert screen.unknown == []
    assert screen.complete


@pytest.mark.parametrize("source", [*VALID, ROOT / "seeds"], ids=lambda path: path.name)
def test_what_is_in_order_is_proven(source: Path, screen: Screen) -> None:
    assert screened(screen, graph(source)) == Screened([], [])


@needs_shifty
@pytest.mark.parametrize("source", INVALID, ids=lambda path: path.name)
def test_what_the_engine_reports_is_doubtful_and_little_else(source: Path, screen: Screen) -> None:
    found = screened(screen, graph(source))
    assert set(found.doubtful) == focus_nodes(source)
    assert found.needed == []


def test_classes_in_the_batch_count_as_those_in_the_background() -> None:
    bare = Screen(ours(), [])
    for source in VALID[:6]:
        assert bare.check(nodes_of([*graph(source), *classes()])) == Screened([], [])


def test_memory_is_bounded_and_forgetting_changes_nothing(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diplograph.validation.screening.planning._MOST_PLANS", 7)
    forgetful = Screen(ours(), nodes_of(classes()))
    for source in (*VALID[:4], *INVALID[:20]):
        assert screened(forgetful, graph(source)) == screened(screen, graph(source))
    squares = Memo[int, int](lambda number: number * number, most=3)
    assert [squares[number] for number in (1, 2, 3, 4, 2)] == [1, 4, 9, 16, 4]
    assert len(squares) <= 3


# ----------------------------------------------------------------------
# Random shapes and graphs
# ----------------------------------------------------------------------

TERMS: Final = (
    *("ex:a", "ex:b", "ex:c", "ex:C", "ex:D"),
    *('"a"', '"A"', '"a"@en', '"b"@en', '"b"@en-GB', '"a"@de', '""', '"a\\n"', '"é"', '"10"'),
    *("0", "1", "5", "05", "5.0", "-1", '"x"^^xsd:integer', "true", '"1"^^xsd:boolean', "1.5e0"),
    *('"2024-01-31"^^xsd:date', '"2024-02-31"^^xsd:date', '"2024-02-01Z"^^xsd:date', '"0000-01-01"^^xsd:date'),
    *('"2024-01-31T10:00:00"^^xsd:dateTime', '"2024-01-31T10:00:00Z"^^xsd:dateTime', '"12024-01-01"^^xsd:date'),
    *('"a b"^^xsd:anyURI', '"1"^^xsd:gYear', '"300"^^xsd:byte', '"3"^^xsd:byte', '"x"^^ex:Type', "_:x"),
)
PROPERTIES: Final = ("ex:p", "ex:q", "ex:r")
SIMPLE: Final = st.sampled_from([*PROPERTIES, "rdf:type"])
DATATYPES: Final = ("string", "integer", "decimal", "date", "dateTime", "boolean", "double", "anyURI", "byte", "gYear")


def paths() -> st.SearchStrategy[str]:
    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        several = st.lists(inner, min_size=2, max_size=3).map(" ".join)
        repeated = st.tuples(st.sampled_from(["zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"]), inner)
        return st.one_of(
            several.map(lambda items: f"( {items} )"),
            several.map(lambda items: f"[ sh:alternativePath ( {items} ) ]"),
            repeated.map(lambda pair: f"[ sh:{pair[0]} {pair[1]} ]"),
        )

    inverse = SIMPLE.map(lambda name: f"[ sh:inversePath {name} ]")
    to_classes = st.sampled_from(
        ["( rdf:type [ sh:zeroOrMorePath rdfs:subClassOf ] )", "( ex:p [ sh:zeroOrMorePath rdfs:subClassOf ] )"]
    )
    return st.one_of(SIMPLE, st.recursive(st.one_of(SIMPLE, inverse, to_classes), larger, max_leaves=4))


def any_of(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


COUNTS: Final = st.integers(0, 3).map(str)
IN_SHAPES: Final = st.sampled_from([term for term in TERMS if not term.startswith("_:")])
ON_VALUES: Final = st.one_of(
    any_of("C", "D", "E").map(lambda name: f"sh:class ex:{name}"),
    any_of(*DATATYPES).map(lambda name: f"sh:datatype xsd:{name}"),
    any_of("sh:datatype rdf:langString", "sh:datatype ex:Type"),
    any_of("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral").map(
        lambda kind: f"sh:nodeKind sh:{kind}"
    ),
    st.lists(IN_SHAPES, min_size=1, max_size=4, unique=True).map(lambda terms: f"sh:in ( {' '.join(terms)} )"),
    any_of("^a", "a$", "^[a-z]$", "example", "^https://", "^.$", "^$").map(lambda text: f'sh:pattern "{text}"'),
    any_of("^A", "B$").map(lambda text: f'sh:pattern "{text}" ; sh:flags "i"'),
    COUNTS.map(lambda count: f"sh:minLength {count}"),
    COUNTS.map(lambda count: f"sh:maxLength {count}"),
    st.tuples(
        any_of("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"),
        any_of("0", "5", "5.0", "1.5", '"a"', '"2024-01-31"^^xsd:date'),
    ).map(lambda pair: f"sh:{pair[0]} {pair[1]}"),
    any_of('( "en" )', '( "de" "en-GB" )', '( "*" )', '( "EN" )').map(lambda tags: f"sh:languageIn {tags}"),
    IN_SHAPES.map(lambda term: f"sh:hasValue {term}"),
    st.sampled_from(PROPERTIES).map(lambda name: f"sh:equals {name}"),
    st.sampled_from(PROPERTIES).map(lambda name: f"sh:disjoint {name}"),
    st.lists(SIMPLE, max_size=3, unique=True).map(
        lambda names: f"sh:closed true ; sh:ignoredProperties ( {' '.join(names)} )"
    ),
)
ON_PATHS: Final = st.one_of(
    COUNTS.map(lambda count: f"sh:minCount {count}"),
    COUNTS.map(lambda count: f"sh:maxCount {count}"),
    st.just("sh:uniqueLang true"),
    st.tuples(any_of("lessThan", "lessThanOrEquals"), st.sampled_from(PROPERTIES)).map(
        lambda pair: f"sh:{pair[0]} {pair[1]}"
    ),
)


def once(parts: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[str]:
    """Give up to two parts of a shape, each parameter once."""
    chosen = st.lists(parts, min_size=least, max_size=2, unique_by=lambda part: part.split(" ", 1)[0])
    return chosen.map(lambda each: " ; ".join(each) or "sh:order 1")


def made_of(nodes: st.SearchStrategy[str], properties: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Give parameters that hold shapes."""
    either = st.one_of(nodes, properties)
    listed = st.lists(either, min_size=1, max_size=3).map(" ".join)
    return st.one_of(
        either.map(lambda shape: f"sh:not {shape}"),
        st.tuples(any_of("and", "or", "xone"), listed).map(lambda pair: f"sh:{pair[0]} ( {pair[1]} )"),
        nodes.map(lambda shape: f"sh:node {shape}"),
        properties.map(lambda shape: f"sh:property {shape}"),
    )


def on_a_path(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(paths(), once(parts, 1)).map(lambda pair: f"[ sh:path {pair[0]} ; {pair[1]} ]")


LEAF_NODES: Final = once(ON_VALUES).map("[ {} ]".format)
LEAF_PROPERTIES: Final = on_a_path(st.one_of(ON_VALUES, ON_PATHS))
QUALIFIED: Final = st.tuples(
    st.one_of(LEAF_NODES, LEAF_PROPERTIES),
    any_of("qualifiedMinCount 1", "qualifiedMaxCount 1", "qualifiedMinCount 2", "qualifiedMaxCount 0"),
).map(lambda pair: f"sh:qualifiedValueShape {pair[0]} ; sh:{pair[1]}")
COMPOSED: Final = made_of(LEAF_NODES, LEAF_PROPERTIES)
NODES: Final = once(st.one_of(ON_VALUES, COMPOSED)).map("[ {} ]".format)
ON_PROPERTIES: Final = on_a_path(st.one_of(ON_VALUES, ON_PATHS, QUALIFIED, COMPOSED))
TARGETS: Final = any_of(
    *("sh:targetClass ex:C", "sh:targetClass ex:E", "sh:targetSubjectsOf ex:p", "sh:targetObjectsOf ex:p"),
    *("sh:targetNode ex:a", 'sh:targetNode "a"', "a rdfs:Class , sh:NodeShape", "sh:targetObjectsOf rdf:type"),
)
TOP: Final = st.tuples(TARGETS, once(st.one_of(ON_VALUES, made_of(NODES, ON_PROPERTIES)), 1))
SHAPES: Final = st.lists(TOP, min_size=1, max_size=2).map(
    lambda tops: "\n".join(f"ex:{name} {target} ; {body} ." for name, (target, body) in zip("CS", tops, strict=False))
)
STATEMENTS: Final = st.one_of(
    st.tuples(any_of("ex:a", "ex:b", "ex:c", "_:x"), st.sampled_from(PROPERTIES), st.sampled_from(TERMS)),
    st.tuples(any_of("ex:a", "ex:b", "ex:c"), st.just("rdf:type"), any_of("ex:C", "ex:D", "ex:E")),
    st.tuples(any_of("ex:C", "ex:D"), st.just("rdfs:subClassOf"), any_of("ex:C", "ex:D", "ex:E")),
)
DATA: Final = st.lists(STATEMENTS, max_size=9).map(lambda rows: "\n".join(f"{' '.join(row)} ." for row in rows))


def reported(triples: Sequence[ox.Triple], shapes: Shapes) -> bool:
    """Tell whether an engine reports anything, where the engines can use the shapes."""
    try:
        results = pyshacl_results(triples, shapes)
    except UsageError:
        assume(condition=False)
    if not results and is_installed() and not (differing(shapes) or mixes_zones(triples) or doubts(shapes)):
        results = shifty_results(ntriples(triples), shapes)
    return bool(results)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(SHAPES, DATA)
def test_no_random_graph_passes_that_an_engine_reports(shapes_text: str, data: str) -> None:
    shapes, triples = shapes_of(shapes_text), parsed(data)
    screen = Screen(shapes, [])
    if screen.complete and not screen.check(nodes_of(triples)).doubtful:
        assert not reported(triples, shapes)


@pytest.mark.filterwarnings("ignore")
def test_random_graphs_are_often_proven() -> None:
    """Count what the strategies above come to, so that neither side of the test is empty."""
    seen: list[bool] = []

    @settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(SHAPES, DATA)
    def look(shapes_text: str, data: str) -> None:
        screen = Screen(shapes_of(shapes_text), [])
        if screen.complete:
            seen.append(not screen.check(nodes_of(parsed(data))).doubtful)

    look()
    assert 30 < seen.count(True) < len(seen) - 30


# ----------------------------------------------------------------------
# Single rules
# ----------------------------------------------------------------------

PROVEN: Final = [
    ("sh:datatype xsd:integer", "5 , -1 , 0"),
    ("sh:datatype xsd:decimal", "5.0"),
    ("sh:datatype xsd:date", '"2024-02-29"^^xsd:date'),
    ("sh:datatype xsd:anyURI", '"https://example.org/"^^xsd:anyURI'),
    ("sh:datatype ex:Type", '"anything"^^ex:Type'),
    ("sh:datatype rdf:langString", '"a"@en'),
    ("sh:in ( 1 ex:a )", "1 , ex:a"),
    ('sh:pattern "^a" ; sh:flags "i"', '"ABC"'),
    ('sh:pattern "^https://example.org/a$"', "ex:a"),
    ("sh:maxLength 1", '"\\U0001F600"'),
    ("sh:maxLength 3", '"a\\\\\\n"'),
    ("sh:minInclusive 0 ; sh:maxExclusive 10", "0 , 9.99"),
    ("sh:minCount 2", '"a" , "b"'),
    ("sh:lessThan ex:q", "1 . ex:x ex:q 1.5 , 2"),
    ("sh:lessThanOrEquals ex:q", '"2024-01-31"^^xsd:date . ex:x ex:q "2024-01-31"^^xsd:date'),
    ("sh:lessThan ex:q", '"2024-01-31T10:00:00Z"^^xsd:dateTime . ex:x ex:q "2024-01-31T11:00:00Z"^^xsd:dateTime'),
    ("sh:uniqueLang true", '"a"@en , "a"@de , "b"'),
    ('sh:languageIn ( "en" )', '"a"@en-GB'),
    ("sh:equals ex:q", "1 , 2 . ex:x ex:q 2 , 1"),
    ("sh:disjoint ex:q", "1 . ex:x ex:q 2"),
    ("sh:not [ sh:minInclusive 5 ]", "4"),
    ("sh:not [ sh:class ex:C ]", "ex:y . ex:y a ex:D"),
    ("sh:xone ( [ sh:class ex:C ] [ sh:class ex:D ] )", "ex:y . ex:y a ex:D"),
    ("sh:class ex:C", "ex:y . ex:y a ex:D . ex:D rdfs:subClassOf ex:E . ex:E rdfs:subClassOf ex:C"),
    ("sh:node [ sh:closed true ; sh:ignoredProperties ( ex:q ) ]", "ex:y . ex:y ex:q 1"),
    ("sh:minCount 2 ; sh:deactivated true", "1"),
]
DOUBTFUL: Final = [
    ("sh:datatype xsd:integer", '"x"^^xsd:integer'),
    ("sh:datatype xsd:date", '"2024-02-30"^^xsd:date'),
    ("sh:datatype xsd:date", '"12024-02-01"^^xsd:date'),
    ("sh:datatype xsd:gYear", '"2024"^^xsd:gYear'),
    ("sh:in ( 1 ex:a )", '"01"^^xsd:integer'),
    ("sh:hasValue 1", '"01"^^xsd:integer'),
    ('sh:pattern "^a$"', '"a\\n"'),
    ("sh:lessThan ex:q", '"2024-01-31T10:00:00"^^xsd:dateTime . ex:x ex:q "2024-02-01T11:00:00Z"^^xsd:dateTime'),
    ("sh:lessThan ex:q", '"2024"^^xsd:gYear . ex:x ex:q "2024-01-31"^^xsd:date'),
    ("sh:lessThan ex:q", "ex:a . ex:x ex:q ex:b"),
    ("sh:minInclusive 0", '"5"'),
    ("sh:not [ sh:minInclusive 5 ]", '"a"'),
    ("sh:not [ sh:pattern '^a$' ]", '"a\\n"'),
    ("sh:equals ex:q", '1 . ex:x ex:q "01"^^xsd:integer'),
    ("sh:uniqueLang true", '"a"@en , "b"@EN'),
    ('sh:languageIn ( "en" )', '"a"'),
    ("sh:class ex:C", '"a"'),
    ("sh:class ex:C", "ex:nowhere"),
    ("sh:maxCount 1", '1 , "01"^^xsd:integer'),
]


def one_shape(constraint: str) -> Shapes:
    return shapes_of(f"ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; {constraint} ] .")


@pytest.mark.parametrize(("constraint", "values"), PROVEN)
def test_what_surely_conforms_is_proven(constraint: str, values: str) -> None:
    shapes, triples = one_shape(constraint), parsed(f"ex:x ex:p {values} .")
    assert Screen(shapes, []).check(nodes_of(triples)) == Screened([], [])
    assert not reported(triples, shapes)


@pytest.mark.parametrize(("constraint", "values"), DOUBTFUL)
def test_what_does_not_surely_conform_is_doubtful(constraint: str, values: str) -> None:
    triples = parsed(f"ex:x ex:p {values} .")
    assert Screen(one_shape(constraint), []).check(nodes_of(triples)).doubtful == [f"<{EX}x>"]


@pytest.mark.parametrize(
    "shape",
    [
        "sh:property [ sh:path ex:p ; sh:minCount -1 ]",
        "sh:property [ sh:path ex:p ; sh:minCount 1 , 2 ]",
        "sh:property [ sh:path ex:p ; sh:pattern 'a' ; sh:flags 's' ]",
        "sh:property [ sh:path ex:p ; sh:pattern '(?=a)' ]",
        "sh:property [ sh:path ex:p ; sh:pattern '[' ]",
        "sh:property [ sh:path ex:p ; sh:datatype rdfs:Literal ]",
        "sh:property [ sh:path ex:p ; sh:nodeKind ex:Kind ]",
        "sh:property [ sh:path ex:p ; sh:in ( [ ] ) ]",
        "sh:property [ sh:path ( ex:p ) ; sh:minCount 1 ]",
        "sh:property [ sh:path [ sh:inversePath ( ex:p ex:q ) ] ; sh:minCount 1 ]",
        "sh:property [ sh:path [ ex:path ex:p ] ; sh:minCount 1 ]",
        "sh:property [ sh:path ex:p , ex:q ; sh:minCount 1 ]",
        "sh:property [ sh:minCount 1 ]",
        "sh:node [ sh:path ex:p ; sh:minCount 1 ]",
        "sh:node ex:S",
        "sh:ignoredProperties ( ex:p )",
        "sh:minCount 1",
        "sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1",
        "sh:or ( )",
        "sh:or ex:list",
        "sh:targetNode [ ]",
        "sh:targetClass 'C'",
        "sh:class 'C'",
        "sh:sparql [ sh:select 'SELECT $this WHERE { }' ]",
        "sh:target [ ]",
        "sh:unheardOf 1",
        "sh:uniqueLang true",
    ],
)
def test_what_is_not_surely_understood_keeps_a_screen_from_being_used(shape: str) -> None:
    screen = Screen(shapes_of(f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {shape} ."), [])
    assert not screen.complete
    assert screen.unknown
    with pytest.raises(UsageError, match="cannot be screened"):
        screen.check([])


def test_what_is_said_twice_counts_once() -> None:
    screen = Screen(one_shape("sh:maxCount 1"), [])
    pair = (f"<{EX}p>", "<a:b>")
    assert screen.check([(f"<{EX}x>", [pair, pair])]).doubtful == []
    assert screen.check([(f"<{EX}x>", [pair]), (f"<{EX}x>", [pair, (f"<{EX}p>", "<a:c>")])]).doubtful == [f"<{EX}x>"]


# ----------------------------------------------------------------------
# More of the data elsewhere
# ----------------------------------------------------------------------


def opened(constraint: str, data: str, *, context: str = "", background: str = "") -> Screened:
    """Check some data where ex:open is open."""
    screen = Screen(one_shape(constraint), nodes_of(parsed(background)), f"<{EX}open>".__eq__)
    return screen.check(nodes_of(parsed(data)), nodes_of(parsed(context)))


NEEDED: Final = [(f"<{EX}open>", f"<{EX}C>", f"<{EX}x>")]


@pytest.mark.parametrize(
    ("constraint", "needed", "doubtful"),
    [
        ("sh:class ex:C", True, False),
        ("sh:node [ sh:class ex:C ]", True, False),
        ("sh:property [ sh:path ( rdf:type [ sh:zeroOrMorePath rdfs:subClassOf ] ) ; sh:hasValue ex:C ]", True, False),
        ("sh:nodeKind sh:IRI", False, False),
        ("sh:minCount 1 ; sh:maxCount 1", False, False),
        ("sh:not [ sh:class ex:C ]", False, True),
        ("sh:or ( [ sh:class ex:C ] [ sh:class ex:D ] )", False, True),
        ("sh:or ( [ sh:class ex:C ] [ sh:nodeKind sh:IRI ] )", False, False),
        ("sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1", False, True),
        ("sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMaxCount 1", False, False),
        ("sh:property [ sh:path ex:q ; sh:minCount 1 ]", False, True),
        ("sh:property [ sh:path ex:q ; sh:maxCount 1 ]", False, True),
        ("sh:property [ sh:path [ sh:inversePath ex:q ] ; sh:maxCount 1 ]", False, True),
        ("sh:node [ sh:closed true ; sh:ignoredProperties ( ex:q ) ]", False, True),
    ],
)
def test_open_terms_are_asked_for_or_leave_a_doubt(constraint: str, needed: bool, doubtful: bool) -> None:  # noqa: FBT001
    found = opened(constraint, "ex:x ex:p ex:open .")
    assert found == Screened([f"<{EX}x>"] if doubtful else [], NEEDED if needed else [])


def test_what_is_known_of_an_open_term_is_enough_where_more_cannot_undo_it() -> None:
    for known in ({"context": "ex:open a ex:C ; ex:q 1 ."}, {"background": "ex:open a ex:C ; ex:q 1 ."}):
        assert opened("sh:class ex:C", "ex:x ex:p ex:open .", **known) == Screened([], [])
        assert opened("sh:node [ sh:property [ sh:path ex:q ; sh:minCount 1 ] ]", "ex:x ex:p ex:open .", **known) == (
            Screened([], [])
        )
        limit = "sh:node [ sh:property [ sh:path ex:q ; sh:maxCount 1 ] ]"
        assert opened(limit, "ex:x ex:p ex:open .", **known).doubtful == [f"<{EX}x>"]


@pytest.mark.parametrize(
    ("constraint", "right", "wrong"),
    [
        ("sh:class ex:C", "ex:known", "ex:other"),
        ("sh:or ( [ sh:class ex:C ] [ sh:class ex:E ] )", "ex:known", "ex:other"),
        ("sh:pattern 'k'", "ex:known", "ex:other"),
        ("sh:lessThan ex:q", "1 ; ex:q 3", "5 ; ex:q 3"),
        ("sh:uniqueLang true", '"a"@en , "b"@de', '"a"@en , "b"@en'),
        ("sh:property [ sh:path ( ex:r rdf:type ) ; sh:hasValue ex:C ]", "ex:known", "ex:other"),
    ],
)
def test_of_many_nodes_alike_only_the_wrong_one_is_doubted(constraint: str, right: str, wrong: str) -> None:
    rows = [f"ex:{name} ex:p {wrong if name == 'c' else right} ." for name in "abcdef"]
    known = "ex:known a ex:C ; ex:r ex:known . ex:other a ex:D ; ex:r ex:other ."
    assert opened(constraint, "\n".join([*rows, known])).doubtful == [f"<{EX}c>"]


def test_what_is_needed_for_some_of_many_nodes_alike_is_noted_for_each() -> None:
    rows = [f"ex:{name} ex:p {'ex:known' if name in 'bd' else 'ex:open'} ." for name in "abcde"]
    needed = [(f"<{EX}open>", f"<{EX}C>", f"<{EX}{name}>") for name in "ace"]
    for more, doubtful in ((), []), (("ex:f ex:p ex:other .",), [f"<{EX}f>"]):
        found = opened("sh:class ex:C", "\n".join([*rows, *more, "ex:known a ex:C ."]))
        assert found == Screened(doubtful, needed)


def test_values_in_one_language_that_are_the_same_term_count_once() -> None:
    screen = Screen(one_shape("sh:uniqueLang true"), [])
    pairs = [(f"<{EX}p>", '"a"@en'), (f"<{EX}p>", '"\\u0061"@EN'), (f"<{EX}p>", "_:b")]
    assert screen.check([(f"<{EX}x>", pairs)]).doubtful == []
    assert screen.check([(f"<{EX}x>", [*pairs, (f"<{EX}p>", '"b"@en')])]).doubtful == [f"<{EX}x>"]


def test_an_open_node_is_never_proven_as_it_may_be_a_target_of_more() -> None:
    assert opened("sh:minCount 1", "ex:open ex:p 1 .").doubtful == [f"<{EX}open>"]


def test_the_context_is_no_candidate_and_may_be_incomplete() -> None:
    assert opened("sh:minCount 2", "ex:x ex:p 1 , 2 .", context="ex:y ex:p 1 .") == Screened([], [])
    assert opened("sh:class ex:C", "ex:x ex:p ex:y .", context="ex:y a ex:C .") == Screened([], [])
    assert opened("sh:class ex:C", "ex:x ex:p ex:y .", context="ex:y a ex:D .").doubtful == [f"<{EX}x>"]
    none = "sh:property [ sh:path ex:q ; sh:maxCount 0 ]"
    assert opened(none, "ex:x ex:p ex:y .", context="ex:y ex:r 1 .").doubtful == [f"<{EX}x>"]
    assert opened(none, "ex:x ex:p ex:y .", background="ex:y ex:r 1 .").doubtful == []


def test_what_several_places_say_of_a_node_is_put_together() -> None:
    assert opened("sh:maxCount 1", "ex:x ex:p 1 .", context="ex:x ex:p 2 .").doubtful == [f"<{EX}x>"]
    assert opened("sh:maxCount 1", "ex:x ex:p 1 .", background="ex:x ex:p 2 .").doubtful == [f"<{EX}x>"]
    assert opened("sh:minCount 2", "ex:x ex:p 1 .", background="ex:x ex:p 2 .") == Screened([], [])


def test_values_of_a_property_are_candidates_wherever_they_are_described() -> None:
    shapes = shapes_of("ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; sh:class ex:C .")
    screen = Screen(shapes, nodes_of(parsed("ex:known a ex:C . ex:other a ex:D . ex:known ex:p ex:pointed .")))
    found = screen.check(nodes_of(parsed("ex:x ex:p ex:known , ex:other , ex:nowhere , 1 . ex:pointed a ex:D .")))
    assert set(found.doubtful) == {
        f"<{EX}other>",
        f"<{EX}nowhere>",
        f"<{EX}pointed>",
        '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
    }
    assert screen.background_doubtful().doubtful == [f"<{EX}pointed>"]
    assert screen.check([], nodes_of(parsed("ex:x ex:p ex:other ."))).doubtful == []


def test_the_background_grows() -> None:
    screen = Screen(one_shape("sh:class ex:C"), [])
    batch = nodes_of(parsed("ex:x ex:p ex:y ."))
    assert screen.check(batch).doubtful == [f"<{EX}x>"]
    screen.add_background(nodes_of(parsed("ex:y a ex:D .")))
    assert screen.check(batch).doubtful == [f"<{EX}x>"]
    screen.add_background(nodes_of(parsed("ex:D rdfs:subClassOf ex:C .")))
    assert screen.check(batch).doubtful == []
    assert Screen(one_shape("sh:class ex:C"), nodes_of(parsed("ex:x ex:p ex:z ."))).background_doubtful().doubtful == [
        f"<{EX}x>"
    ]


# ----------------------------------------------------------------------
# Articles by themselves
# ----------------------------------------------------------------------

_ARTICLE: Final = re.compile(r"/id/(?:claim|mention|value|article|source|entity)/([0-9a-f]{16})")
_SITUATION: Final = "<https://w3id.org/diplograph/id/situation/"


def by_article(triples: Sequence[ox.Triple]) -> tuple[dict[str, list[Node]], list[Node], list[Node]]:
    """Give the nodes of each article, the situations, and the entities."""
    articles: dict[str, list[Node]] = defaultdict(list)
    situations, entities = [], []
    for node in nodes_of(triples):
        if owner := _ARTICLE.search(node[0]):
            articles[owner[1]].append(node)
        elif node[0].startswith(_SITUATION):
            situations.append(node)
        elif "/id/entity/" in node[0]:
            entities.append(node)
    return articles, situations, entities


def split(triples: Sequence[ox.Triple], *, with_context: bool) -> tuple[set[str], set[str]]:
    """Check articles one by one, look up what is needed of situations, and give the doubts and what was checked."""
    articles, situations, entities = by_article(triples)
    screen = Screen(ours(), [*nodes_of(classes()), *entities], lambda term: term.startswith(_SITUATION))
    context = [(subject, [pair for pair in pairs if pair[0] == TYPE]) for subject, pairs in situations]
    types = {subject: [value for _, value in pairs] for subject, pairs in context}
    doubts, checked = set(screen.background_doubtful().doubtful), {subject for subject, _ in entities}
    for nodes in articles.values():
        found = screen.check(nodes, context if with_context else ())
        lacking = {focus for term, iri, focus in found.needed if iri not in screen.classes(types.get(term, ()))}
        doubts |= {*found.doubtful, *lacking}
        checked |= {subject for subject, _ in nodes}
    return doubts, checked


@needs_shifty
@pytest.mark.parametrize("with_context", [False, True])
def test_articles_by_themselves_are_doubted_no_less_than_together(with_context: bool) -> None:  # noqa: FBT001
    for source in INVALID:
        doubts, checked = split(graph(source), with_context=with_context)
        assert (focus_nodes(source) & checked) - doubts == set(), source.name


@pytest.mark.parametrize("with_context", [False, True])
def test_articles_by_themselves_are_proven_where_they_are_in_order(with_context: bool) -> None:  # noqa: FBT001
    for source in (*VALID, ROOT / "seeds"):
        doubts, _ = split(graph(source), with_context=with_context)
        assert doubts == set(), source.name


# ----------------------------------------------------------------------
# Changed copies of our constraints
# ----------------------------------------------------------------------


def loaded(name: str) -> Any:
    """Load another module of tests, under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"screening_{name}", ROOT / "tests" / f"{name}.py")
    assert spec
    assert spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def missed_mutants(every: int) -> tuple[list[str], int, int]:
    """Give the mutants of which the screen passes what the engine reports, and how many it proved and doubted."""
    mutations = loaded("test_mutations")
    below = {str(triple.subject): [str(triple.object)] for triple in reversed(classes())}
    originals: dict[str, Any] = {}
    for path in mutations.FILES:
        originals |= mutations.constraints(mutations.read_shapes(path))
    mutants = dict(list(mutations.mutated(originals, below).items())[::every])
    data = {str(number): graph(source) for number, source in enumerate((*VALID, *INVALID))}
    found = mutations.found(mutants, {name: ntriples([*triples, *classes()]) for name, triples in data.items()})
    nodes = {name: nodes_of(triples) for name, triples in data.items()}
    missed, proven, doubted = [], 0, 0
    for number, (name, mutant) in enumerate(mutants.items()):
        screen = Screen(shapes_of(f"{name} {mutations.turtle(mutant)[1:-1]} ."), nodes_of(classes()))
        if not screen.complete:
            continue
        reported_in: dict[str, set[str]] = defaultdict(set)
        for case, focus, _ in found[name]:
            reported_in[case].add(focus if focus[0] in '<"_' else f"<{focus}>")
        for case in {*reported_in, str(number % len(data))}:
            doubts = set(screen.check(nodes[case]).doubtful)
            missed += [f"{name}: {focus}" for focus in reported_in[case] - doubts]
            proven, doubted = proven + (not doubts), doubted + bool(doubts)
    return missed, proven, doubted


@needs_shifty
@pytest.mark.parametrize("every", [40, pytest.param(1, marks=pytest.mark.slow)])
def test_no_changed_constraint_passes_what_the_engine_reports(every: int) -> None:
    missed, proven, doubted = missed_mutants(every)
    assert not missed, "\n".join(missed[:20])
    assert proven > 5
    assert doubted > 20


# ----------------------------------------------------------------------
# The W3C's suite
# ----------------------------------------------------------------------


def official(file: Path) -> Iterator[tuple[str, Shapes, list[ox.Triple], set[str]]]:
    """Go through the tests of the core that have results: name, shapes, data, and the focus nodes of the results."""
    for case in loaded("test_w3c_shacl").cases(file):
        if case.name.startswith("core/") and case.expected is not None:
            quads = ox.parse(path=str(case.data), format=ox.RdfFormat.TURTLE, base_iri=case.data.as_uri())
            yield (
                case.name,
                load_shapes([case.shapes]),
                [quad.triple for quad in quads],
                {row[0] for row in case.expected},
            )


NESTED: Final = ("core/property/property-001", "core/validation-reports/shared")
"""Tests with results about the values of a focus node, which is the one to be doubted."""


@pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C's SHACL test suite is not here: shared/conformance is missing")
def test_what_is_proven_of_the_official_tests_conforms() -> None:
    exact: list[str] = []
    incomplete: list[str] = []
    for name, shapes, data, expected in official(SUITE.resolve() / "manifest.ttl"):
        screen = Screen(shapes, [])
        if not screen.complete:
            incomplete.append(name)
            continue
        doubts = {"_:" if each.startswith("_:") else each for each in screen.check(nodes_of(data)).doubtful}
        assert expected <= doubts or (name in NESTED and doubts), name
        exact += [name] if doubts == expected else []
    assert len(incomplete) < 10
    assert len(exact) >= 85, "nothing else is in doubt than what is reported"


def test_what_batches_point_at_in_the_background_is_doubted_again() -> None:
    shapes = shapes_of(
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:maxCount 1 ] ."
    )
    screen = Screen(shapes, nodes_of(parsed("ex:known a ex:C . ex:one ex:p ex:known .")))
    batch = nodes_of(parsed("ex:two ex:p ex:known . ex:three ex:p ex:other ."))
    assert screen.check(batch).doubtful == [], "nobody has claimed anything of the background yet"
    assert screen.background_doubtful().doubtful == []
    assert screen.check(batch).doubtful == [f"<{EX}known>"]
