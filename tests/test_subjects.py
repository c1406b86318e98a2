"""Each subject is placed where its first statement stands, and nothing else is: by pyoxigraph's own reading.

A place is checked by what comes before it: the parser reads the file up to the end of the token that
was found, with a statement's rest added, and the last statement must then be about the subject that
was looked for, and none before it.
"""

from __future__ import annotations

import gzip
import random
import re
import tempfile
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import assume, given
from hypothesis import strategies as st

from diplograph import subjects
from diplograph.findings import Region
from diplograph.subjects import subject_places

ROOT = Path(__file__).parent.parent
W3C = ROOT.parent / "shared" / "conformance" / "shacl"
FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".n3": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
}


def placed(content: str | bytes, suffix: str, wanted: set[str], base: str = "") -> dict[str, Region]:
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        return subject_places(file.name, wanted, base=base)


def quads(text: str, suffix: str, base: str = "") -> list[ox.Quad]:
    return list(ox.parse(text.encode(), format=FORMATS[suffix], base_iri=base or None))


def terms(found: list[ox.Quad]) -> set[str]:
    return {str(term) for quad in found for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)}


def named_subjects(found: list[ox.Quad], text: str) -> set[str]:
    """List the subjects of a graph but for the blank nodes that the text gives no label."""
    known = {str(quad.subject) for quad in found}
    return {subject for subject in known if subject.startswith("<") or subject in text}


def offsets(text: str, place: Region) -> tuple[int, int]:
    assert place.line == place.end_line
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n|\Z)", text)
    before = sum(len(line) for line in lines[: place.line - 1])
    return before + place.column - 1, before + place.end_column - 1


def read_up_to(text: str, end: int, suffix: str, base: str) -> list[ox.Quad]:
    """Parse a text that goes on as a statement after the subject that ends at an offset."""
    for rest in (" <x:p> <x:o> .", " <x:p> <x:o> . }"):
        with suppress(SyntaxError):
            return quads(text[:end] + rest, suffix, base)
    pytest.fail(f"no statement starts with {text[max(0, end - 40) : end]!r}")


def check(text: str, suffix: str, base: str = "", every: int = 1) -> dict[str, Region]:
    """Look for all that a text names, and check what is found; of the places as many as told."""
    found = quads(text, suffix, base)
    places = placed(text, suffix, terms(found) | {"<x:none>", "_:none"}, base)
    assert set(places) == named_subjects(found, text)
    for subject, place in list(places.items())[::every]:
        start, end = offsets(text, place)
        assert re.fullmatch(r"<[^<>\s]*>|[^\s<>\"]*:[^\s<>\"]*", text[start:end])
        *before, last = read_up_to(text, end, suffix, base)
        assert str(last.subject) == subject
        assert subject not in {str(quad.subject) for quad in before}
    return places


SPACES = ["http://example.org/", "http://example.org/ns#", "http://example.org/é/", "urn:x:"]
LOCALS = [
    "a", "b", "a.b", ".a", "a.", "a,b~", "%41", "é", "𝔘", "-", "0", "1.5", "(x)", "a'b", "", "a/b?c", "e\u0301", ":",
]  # fmt: skip
PREFIXES = {"": SPACES[0], "a.b": SPACES[1], "é": SPACES[2], "prefix": SPACES[3]}
IRIS = st.builds(lambda space, local: ox.NamedNode(space + local), st.sampled_from(SPACES), st.sampled_from(LOCALS))
NODES = IRIS | st.sampled_from([ox.BlankNode(label) for label in ("a", "b1", "0", "a.b", "é", "a-b", "G")])
TEXTS = st.lists(
    st.sampled_from(
        ["x ", " . <http://example.org/a> ", '"', "'", "\\", "\n:a :b :c .\n", "\r", "# ", "𝔘", "}", "[", "''"]
    ),
    max_size=4,
).map("".join)
LITERALS = (
    TEXTS.map(ox.Literal)
    | TEXTS.map(lambda text: ox.Literal(text, language="en"))
    | st.sampled_from(
        [ox.Literal(1), ox.Literal(1.5), ox.Literal(value=True), ox.Literal("x", datatype=ox.NamedNode("x:d"))]
    )
)
GRAPHS = st.lists(st.builds(ox.Triple, NODES, IRIS, NODES | LITERALS), max_size=8)
DATASETS = st.lists(st.builds(ox.Quad, NODES, IRIS, NODES | LITERALS, NODES | st.just(ox.DefaultGraph())), max_size=8)


def serialized(graph: list[ox.Triple] | list[ox.Quad], suffix: str, prefixes: dict[str, str] | None = None) -> str:
    return (ox.serialize(graph, format=FORMATS[suffix], prefixes=prefixes) or b"").decode()


def term(of: Any) -> Any:
    """Turn a term of pyoxigraph into one of rdflib."""
    if isinstance(of, ox.Literal):
        return rdflib.Literal(of.value, lang=of.language, datatype=None if of.language else of.datatype.value)
    return rdflib.URIRef(of.value) if isinstance(of, ox.NamedNode) else rdflib.BNode(of.value)


@given(GRAPHS, st.sampled_from([".ttl", ".n3", ".nt"]), st.booleans())
def test_graphs_written_by_pyoxigraph(graph: list[ox.Triple], suffix: str, short: bool) -> None:  # noqa: FBT001
    text = serialized(graph, suffix, PREFIXES if short else None)
    assert set(check(text, suffix)) == {str(triple.subject) for triple in graph}


@given(DATASETS, st.sampled_from([".trig", ".nq"]), st.booleans())
def test_datasets_written_by_pyoxigraph(dataset: list[ox.Quad], suffix: str, short: bool) -> None:  # noqa: FBT001
    text = serialized(dataset, suffix, PREFIXES if short else None)
    assert set(check(text, suffix)) == {str(quad.subject) for quad in dataset}


@given(DATASETS, st.sampled_from(["turtle .ttl", "longturtle .ttl", "nt .nt", "trig .trig", "nquads .nq"]))
def test_datasets_written_by_rdflib(dataset: list[ox.Quad], syntax: str) -> None:
    name, suffix = syntax.split()
    written = rdflib.Dataset()
    for prefix, space in PREFIXES.items():
        written.bind(prefix, space, replace=True)
    for quad in dataset:
        context = written.default_graph if isinstance(quad.graph_name, ox.DefaultGraph) else term(quad.graph_name)
        written.graph(context).add((term(quad.subject), term(quad.predicate), term(quad.object)))
    graph = written if suffix in {".trig", ".nq"} else written.default_graph
    text = graph.serialize(format=name)
    try:
        quads(text, suffix)
    except SyntaxError:
        assume(condition=False)  # rdflib writes some names that are none
    check(text, suffix)


SUBJECTS = [
    ":a", ":b.c", r":b\,c\~", ":%41", ":", "::", ":a:b", ":0", ":a-b", "a.b:x", "a.b:", "é:é", "prefix:a", "base:graph",
    "_:a", "_:b.c", "_:0", "_:é", "<>", "<#a>", "<?>", "<a>", "<../a/./b>", "<//h>",
    "<http://example.org/a>", r"<http://example.org/\u0061>", r"<http://example.org/\U0001D518>",
]  # fmt: skip
OBJECTS = [
    *SUBJECTS,
    *("1", "-1", "1.5", ".5", "1.e5", "+1.5E-3", "true", "false", "[]", "()"),
    *("'ab'", '""', r'"\""', r"'x\\'", "'\"'", "'.'", '"x"@en', '"x"@prefix', '"x"^^:d', "'}'^^<a>"),
    '""""""',
    '"x . :no :no :no . "',
    "' . <http://example.org/a> '",
    '"# no"',
    '"""x\n:no :no :no .\n"" \\""" " }"""',
    "'''\n''\\\\'''@en-us",
    "[ :p :a ; a ( [] :b ) ; ]",
    "( 1.5 [ :p ( _:a ), [ :p 1 ] ] '.' )",
]
HEAD = "PREFIX : <http://example.org/> base <http://example.org/x/y?q#f>\n" + "".join(
    f"@prefix {name}: <http://example.org/{name}#> ." for name in ("a", "a.b", "é", "prefix", "base")
)
DECLARATIONS = st.sampled_from(
    [
        ["@prefix", ":", "<http://example.org/>", "."],
        ["PREFIX", ":", "<http://example.org/ns#>"],
        ["pReFiX", "a.b:", "<../x/>"],
        ["@base", "<http://example.org/>", "."],
        ["BASE", "<b/>"],
        ["@prefix", "base:", "<#>", "."],
        ["bAsE", "<urn:x:y>"],
    ]
)
GAPS = st.sampled_from([" ", "\n", "\r\n", "\r", "\t", " \n ", '# no . :no :no "no\n', "#\r", "\n#'''\r\n  "])
REST = st.builds(
    lambda verb, one, other, verb2, more: [verb, one, ",", other, ";", verb2, more, ";"],
    st.sampled_from(["a", ":p"]),
    st.sampled_from(OBJECTS),
    st.sampled_from(OBJECTS),
    st.sampled_from(["<p>", "prefix:p"]),
    st.sampled_from(OBJECTS),
)
STATEMENTS = st.builds(lambda subject, rest: [subject, *rest], st.sampled_from(SUBJECTS), REST)
ANONYMOUS = st.sampled_from([["[ :p :a ]"], ["[]", ":p", ":a"], ["( 1 :a )", "a", ":b"], ["[ a ( [] ) ]", ":p", "1.5"]])
TRIPLES = (STATEMENTS | STATEMENTS | ANONYMOUS).map(lambda tokens: [*tokens, "."])
BLOCKS = st.builds(
    lambda name, inside, last: [*name, "{", *(token for one in inside for token in one), *last, "}"],
    st.sampled_from([[], ["[]"], ["GRAPH", ":a"], ["graph", "_:a"], *([name] for name in SUBJECTS)]),
    st.lists(TRIPLES, max_size=2),
    STATEMENTS | ANONYMOUS | st.just([]),
)


@st.composite
def texts(draw: st.DrawFn, *parts: st.SearchStrategy[list[str]]) -> str:
    """Write statements with anything between their tokens that may stand there."""
    tokens = [token for part in draw(st.lists(st.one_of(*parts), min_size=1, max_size=6)) for token in part]
    return HEAD + "".join(draw(GAPS) + token for token in tokens) + draw(GAPS)


@given(texts(DECLARATIONS, TRIPLES, TRIPLES))
def test_turtle_of_any_shape(text: str) -> None:
    check(text, ".ttl")


@given(texts(DECLARATIONS, TRIPLES, BLOCKS, BLOCKS))
def test_trig_of_any_shape(text: str) -> None:
    for place in check(text, ".trig").values():
        _, end = offsets(text, place)
        assert not re.match(r"(?:\s|#[^\r\n]*)*\{", text[end:]), "the name of a graph is no subject"


def escaped(iri: str, how: random.Random) -> str:
    forms = ([letter, f"\\U{ord(letter):08x}", f"\\u{ord(letter):04X}"] for letter in iri)
    return "".join(how.choice(some if len(some[2]) == len(r"\u0000") else some[:2]) for some in forms)


@given(DATASETS, st.sampled_from(["\n", "\r\n", "\r", " # <x:no> <x:no> <x:no> .\n\n \t"]), st.randoms())
def test_lines_with_escapes_comments_and_any_line_end(dataset: list[ox.Quad], end: str, how: random.Random) -> None:
    lines = serialized(dataset, ".nq").split("\n")[:-1]
    text = "".join(re.sub(r"^<(.*?)>", lambda iri: f"<{escaped(iri[1], how)}>", line) + end for line in lines)
    assert set(check(text, ".nq")) == {str(quad.subject) for quad in dataset}


MARKED = {
    "comments": "# :no a :no .\n⟦:a⟧ # :no\n a # . :no a :no .\n :b #.\n . # :no a :no .\n#",
    "lists": "⟦:a⟧ a :b , :c ; :p :d ;; .⟦<b>⟧:p'q';:r<s>,:t . ⟦_:c⟧<p>[],(),1;.",
    "dots in names": "⟦:a.b⟧ a :c.d.e. ⟦:a⟧ a a.b:c.d.\n⟦a.b:c.d⟧ a :c.\n⟦_:a.b⟧ a _:c.d.\n⟦_:a⟧ a _:c.",
    "dots in numbers": "⟦:a⟧ :p 1.⟦:b⟧ :p 1.5.⟦:c⟧ :p .5.⟦:d⟧ :p 1.e5.⟦:e⟧ :p -1.5E-3.⟦:f⟧ :p +1.",
    "keywords": "⟦:a⟧ a :a. ⟦:b⟧ :p true .⟦:c⟧ a prefix:base .⟦prefix:a⟧ a :c .⟦base:a⟧ a prefix: . ⟦base:⟧ a a:a .",
    "local escapes": r"⟦:a\.⟧ a :b .⟦:a..\,b⟧ a :c\. . ⟦:\#x⟧ a :\;. ⟦:%41⟧ a :%2E .⟦:A⟧ a :\(\). ⟦:A\-⟧ a :b .",
    "colons": "⟦::⟧ a :: .⟦:⟧ a : .⟦:a:b⟧ a :::.",
    "beyond ASCII": "⟦é:é⟧ a :b . ⟦:𝔘⟧ :p '𝔘' . ⟦<http://example.org/𝔘/>⟧ a :b . ⟦_:é⟧ a :b .",
    "escapes in IRIs": r"⟦<http://example.org/\u0061>⟧ a :b . :a a :c . ⟦<http:\U0001d518>⟧ a :b . <http:𝔘> a :c .",
    "short strings": r"""⟦:a⟧ :p "\"", "\\", "\\\" . :no a :no . ", '\'', '"', '' , "" , "'", ' # '.⟦:b⟧ :p "\\".""",
    "long strings": r'⟦:a⟧ :p ‴"x" "" \‴ . :no a :no . \\\"‴ , ‴‴ .⟦:b⟧ :p ‴\\‴.⟦:c⟧ :p "", ‴ . "" " . ‴@en .',
    "long strings of the other quotes": "⟦:a⟧ :p '''\n'x' '' \\''' . :no a :no .‴ ''' . ⟦:b⟧ :p '''''' , ‴ ''' ‴ .",
    "tags and types": "⟦:a⟧ :p 'x'@en-us.⟦:b⟧ :p 'x'@prefix , 'y'@base .⟦:c⟧ :p 'x'^^:d. ⟦:d⟧ :p 'x'^^<x:d>.",
    "anonymous subjects": "[] a :b . [ a :no ] . [ a :no ; :p [ :p :no ] ] :p :no . ( :no 1 ) a :no . ⟦:a⟧ a :b .",
    "brackets in objects": "⟦:a⟧ :p [ :p :no ; :q ( :no [ :p '.' ] 1.5 ) ] , ( ) ; :q [] . ⟦:no⟧ :p ((())) .",
    "prefixes told anew": "⟦:a⟧ a :b . @prefix : <http://example.org/new#> . ⟦:a⟧ a :b . <http://example.org/a> a :b .",
    "prefixes as in SPARQL": "PREFIX x: <x:#> prefix y:<y#>pReFiX z: # :no\n <z#> ⟦x:a⟧ a y:b . ⟦y:a⟧ a z:b .",
    "bases told anew": "⟦<a>⟧ a <b> . @base <c/> . ⟦<a>⟧ a <b> . BASE <x:b> ⟦<x:b>⟧ a :b . <> a :b . ⟦<#a>⟧ a :b .",
    "prefixes keep their base": "@prefix x: <#> . ⟦x:a⟧ a :b . base <http://example.org/new> x:a a :c . ⟦<#a>⟧ a :b .",
    "no space": "@prefix x:<http://example.org/x#>.⟦<http://example.org/a>⟧<p><o>.⟦x:a⟧<p>'o'.⟦_:a⟧<p>[<p>()].⟦_:b⟧<p>(1).",
    "the first of many": "⟦:a⟧ a :b . ⟦:b⟧ a :a . :a a :c . <http://example.org/a> a :d . :b a :e .",
    "all line ends": "⟦:a⟧ :p '''\r\r\n\n''' .\r⟦:b⟧ a :c .\r\n⟦:c⟧ a :d .\n\r⟦:d⟧ a :e .",
    "version": "VERSION '1.2' @version \"1.2\" . ⟦:a⟧ a :b .",
    "triple terms and annotations": "<< :no a :c >> :p 1 . ⟦:a⟧ :p <<( :no a :c )>> , :d ~ {| a :no |} . ⟦:b⟧ a :c .",
}
MARKED_TRIG = {
    "graphs": "<g> { ⟦:a⟧ a :b . ⟦:b⟧ a :c } :g{⟦:c⟧ a :d .}_:g { ⟦_:a⟧ a :b } a.b:g.h{}⟦:d⟧ a :b .",
    "keyword": "GRAPH :g { ⟦:a⟧ a :b } graph <g> {⟦:b⟧ a :c.} gRaPh _:g { } ⟦:c⟧ a :d .",
    "default graph": "{ ⟦:a⟧ a :b . ⟦:b⟧ :p '}' } { [] a :no } { ⟦:c⟧ a :d } ⟦:d⟧ a :e . { }",
    "anonymous graphs": "[] { ⟦:a⟧ a :b } [ ] { } GRAPH [] { ⟦:b⟧ a :c } [ a :b ] . [] a :c . ⟦:c⟧ a :d .",
    "a subject named like a graph": ":g { :h a :b } :h { ⟦:g⟧ a :b } :h a :c .".replace("{ :h", "{ ⟦:h⟧"),
    "comments": ":g # {\n { # }\n ⟦:a⟧ # }\n a :b # .\n } # :no\n ⟦:b⟧ a :c .",
    "brackets": ":g { [ a :no ] . ( :no ) a :no . [] a :no . ⟦:a⟧ :p [ :p '{' ] . ⟦:b⟧ :p ( 1 ) } ⟦:c⟧ a :d .",
    "directives between": ":g { ⟦:a⟧ a :b } @prefix : <x:new#> . :g { ⟦:a⟧ a :b } BASE <x:> { ⟦<x:>⟧ a :b }",
}


def unmarked(marked: str) -> tuple[str, set[tuple[int, int]]]:
    """Take the marks out of a text, and tell where they were; ‴ stands for three quotes."""
    parts = re.split("[⟦⟧]", HEAD + marked.replace("‴", '"""'))
    ends = [sum(map(len, parts[:number])) for number in range(1, len(parts))]
    return "".join(parts), set(zip(ends[::2], ends[1::2], strict=True))


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "with a byte order mark"])
@pytest.mark.parametrize(
    ("suffix", "marked"),
    [pytest.param(".ttl", text, id=name) for name, text in MARKED.items()]
    + [pytest.param(".trig", text, id=f"{name} in TriG") for name, text in (MARKED | MARKED_TRIG).items()],
)
def test_the_first_statement_of_each_subject(suffix: str, marked: str, mark: str) -> None:
    text, expected = unmarked(marked)
    places = placed(mark + text, suffix, terms(quads(text, suffix)))
    assert {offsets(text, place) for place in places.values()} == expected
    assert check(text, suffix) == places


BASES = ["http://h/x/y?q=1#f", "http://h", "http://h/a/../b/", "http://h//", "urn:x:y", "file:///tmp/a.ttl", "x://h?q"]
REFERENCES = [
    "", "#z", "#", "?k", "?", "a", ".", "./", "..", "../", "../../../b", "//g", "//g?", "//h/../q", "http:g", "a:b:c",
    "g;x=1/../y", "/./a/../b", ";x", "g?y/../x", "g/./h//../i", "http://o/a/../b", "HTTP://O/%7e", "mailto:x", "é",
    "g//../..//x", "./x:y", ".//y", "..//y", "/../z", "//", "a/b:c",
]  # fmt: skip


@pytest.mark.parametrize("base", BASES)
def test_relative_iris_are_resolved_as_the_parser_does(base: str) -> None:
    lines = [f"<{reference}> <x:p> <x:{number}> ." for number, reference in enumerate(REFERENCES)]
    inside = f"@base <{base}> .\n" + "\n".join(lines)
    assert len(check(inside, ".ttl")) > len(REFERENCES) // 2
    outside = "\n" + "\n".join(lines)
    assert check(outside, ".ttl", base) == placed(inside, ".ttl", terms(quads(inside, ".ttl")))


@pytest.mark.parametrize(
    "path", [*sorted(ROOT.glob("ontology/*.ttl")), *sorted(ROOT.glob("shapes/*.ttl"))], ids=lambda path: path.name
)
def test_our_own_files(path: Path) -> None:
    text = path.read_text("utf-8")
    places = check(text, ".ttl", every=5)
    lines = text.split("\n")
    starts = {number for number, line in enumerate(lines, start=1) if re.match(r"(?!@prefix)\S+:\S* ", line)}
    assert {place.line for place in places.values()} <= starts
    assert len(places) > 5


def test_the_w3c_suite_of_shacl() -> None:
    if not W3C.is_dir():
        pytest.skip(f"the W3C test suite is not here: {W3C} is missing")
    files = sorted(W3C.rglob("*.ttl"))
    assert len(files) > 100
    for path in files:
        places = check(path.read_text("utf-8"), ".ttl", path.as_uri())
        assert places == subject_places(path, set(places), base=path.as_uri())


JUNK = st.lists(
    st.sampled_from([*OBJECTS, *"<>[](){}.;,^@#:\"'\\_ \n~|=?", "<<", "{|", '"""', "_:", "PREFIX", "base", "GRAPH"])
    | st.text()
)


@given(JUNK.map(" ".join) | JUNK.map("".join) | st.binary(), st.sampled_from([*FORMATS, ".ttl.gz", ".nt.gz"]))
def test_no_content_raises(content: str | bytes, suffix: str) -> None:
    wanted = {"<http://example.org/a>", "<a>", "_:a"}
    junk = content.encode() if isinstance(content, str) else content
    for before in (b"", HEAD.encode(), HEAD.encode() + b"<a> :p :b . <a> :p "):
        assert set(placed(before + junk, suffix, wanted)) <= wanted


@pytest.mark.parametrize("marked", (MARKED | MARKED_TRIG).values(), ids=(MARKED | MARKED_TRIG).keys())
def test_a_file_cut_short_has_the_places_of_what_is_left(marked: str) -> None:
    text, _ = unmarked(marked)
    wanted = terms(quads(text, ".trig"))
    places = placed(text, ".trig", wanted)
    for end in range(len(HEAD), len(text)):
        found = placed(text[:end], ".trig", wanted)
        assert found.items() <= places.items()
        # the place of what is followed by at least a space and a name's first letters is known already
        assert found.keys() >= {subject for subject, place in places.items() if offsets(text, place)[1] + 20 < end}


NONSENSE = [
    "?", "?b", "! .", ":b => :c .", ":b != .", "'x\n .", "'''x", "'x' .", "'x' a :c .", "true a :c .", "1 a :c .",
    "no:b a :c .", ":b .", ":b ] .", ":b 'x' .", ":b 1 .", "@prefix", "@prefix :b", "base :b", "@en", "GRAPHS",
    ":a :p \\ .", "_: a :c .",
]  # fmt: skip


@pytest.mark.parametrize("rest", NONSENSE)
def test_what_makes_no_sense_ends_the_search(rest: str) -> None:
    text = f"{HEAD} :a :p :c . {rest} :b a :c . :c a :b ."
    found = placed(text, ".ttl", {f"<http://example.org/{name}>" for name in "abc"})
    assert set(found) == {"<http://example.org/a>"}


MANY = "".join(f'<http://example.org/{number:x}> <x:p> "{number * 7919 % 10007}" .\n' for number in range(20_000))


@pytest.mark.parametrize("suffix", [".nt", ".nq", ".ttl", ".trig"])
def test_packed_files(suffix: str) -> None:
    wanted = {f"<http://example.org/{number:x}>" for number in (0, 77, 19_999)}
    places = placed(gzip.compress(MANY.encode()), f"{suffix}.gz", wanted)
    assert {place.line for place in places.values()} == {1, 78, 20_000}
    assert (
        places == placed(MANY, suffix.upper(), wanted) == placed(gzip.compress(MANY.encode()), f"{suffix}.GZ", wanted)
    )


@pytest.mark.parametrize("suffix", [".nt.gz", ".nq.gz", ".ttl.gz", ".trig.gz"])
@pytest.mark.parametrize("damage", [b"", b"\xff" * 10], ids=["cut", "overwritten"])
def test_packed_files_that_are_damaged(suffix: str, damage: bytes) -> None:
    packing = zlib.compressobj(wbits=31)
    packed = packing.compress(MANY.encode()) + packing.flush(zlib.Z_SYNC_FLUSH)
    places = placed(packed + damage, suffix, {f"<http://example.org/{number:x}>" for number in range(20_000)})
    assert len(places) > 10_000
    assert {place.line for place in places.values()} == set(range(1, len(places) + 1))
    assert placed(packed[: len(packed) // 2], suffix, {"<http://example.org/0>"}) == {
        "<http://example.org/0>": Region(1, 1, 1, 23)
    }


def test_files_that_have_no_places(tmp_path: Path) -> None:
    text = "<x:a> <x:p> <x:b> ."
    for name in ("a.rdf", "a.jsonld", "a.txt", "nt", "ttl.gz"):
        (tmp_path / name).write_text(text)
        assert subject_places(tmp_path / name, {"<x:a>"}) == {}
    (tmp_path / "folder.ttl").mkdir()
    assert subject_places(tmp_path / "folder.ttl", {"<x:a>"}) == {}
    assert subject_places(str(tmp_path / "none.nt"), {"<x:a>"}) == {}
    assert placed(text, ".nt.gz", {"<x:a>"}) == {}
    assert placed(text, ".nt", set()) == {}
    assert placed(text, ".nt", {"<x:a>"}) == {"<x:a>": Region(1, 1, 1, 6)}


@pytest.mark.parametrize("suffix", [".nt", ".nq.gz", ".ttl", ".trig.gz"])
def test_bytes_that_are_not_utf_8_harm_no_other_place(suffix: str) -> None:
    content = b'\xef\xbb\xbf<x:a> <x:p> "\xff" .\n<x:\xfe> <x:p> <x:p> .\n<x:b> <x:p> <x:p> .'
    found = placed(gzip.compress(content) if suffix.endswith(".gz") else content, suffix, {"<x:a>", "<x:b>", "<x:p>"})
    assert found == {"<x:a>": Region(1, 1, 1, 6), "<x:b>": Region(3, 1, 3, 6)}


def test_what_is_no_iri_is_no_subject() -> None:
    text = r"<a> <x:p> 1 . <x:b> <x:p> 1 . @base <x:/y> . <\u0020> <x:p> 1 . <\U00110000> <x:p> 1 . <z> <x:p> 1 ."
    found = placed(text, ".ttl", {"<a>", "<x:b>", "<x:/a>", "<x:/z>", "<x:/ >"}, base="none")
    assert set(found) == {"<a>", "<x:b>", "<x:/z>"}


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "with a byte order mark"])
@pytest.mark.parametrize("suffix", [".nt", ".nq"])
def test_lines(suffix: str, mark: str) -> None:
    text = (
        '<x:a> <x:p> "\u2028\x0b\x85" .\r<x:b><x:p>"# <x:no>".#\r\n\n \t_:a.b<x:p>_:no.\r\n'
        "# <x:no> .\n<x:\\u0063> <x:p> <x:a> ."
    )
    places = placed(mark + text, suffix, {"<x:a>", "<x:b>", "<x:c>", "<x:no>", "<x:p>", "_:a", "_:a.b", "_:no"})
    assert places == {
        "<x:a>": Region(1, 1, 1, 6),
        "<x:b>": Region(2, 1, 2, 6),
        "_:a.b": Region(4, 3, 4, 8),
        "<x:c>": Region(6, 1, 6, 11),
    }
    assert check(text, suffix) == places


def test_lines_are_read_until_all_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def lines(_: Path) -> Iterator[str]:
        yield "<x:a> <x:p> <x:b> .\n"
        yield "<x:b> <x:p> <x:a> .\n"
        pytest.fail("nothing more was wanted")

    monkeypatch.setattr(subjects, "_lines", lines)
    assert len(subject_places("a.nt", {"<x:a>", "<x:b>"})) == 2


def test_lines_are_not_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text(MANY * 3)
    tracemalloc.start()
    try:
        assert subject_places(tmp_path / "a.nt", {"<x:none>"}) == {}
        assert tracemalloc.get_traced_memory()[1] < len(MANY) / 5
    finally:
        tracemalloc.stop()


DEEP = 10_000
LONG = 10_000_000
VALUES = {
    "brackets": "[ :p " * DEEP + "1" + " ]" * DEEP,
    "lists": "( [ :p " * DEEP + "1" + " ] )" * DEEP,
    "letters": '"' + "x" * LONG + '"',
    "quotes": "'''" + "''\\'" * (LONG // 4) + "'''",
    "backslashes": '"' + "\\\\" * (LONG // 2) + '\\""',
    "lines": '"""' + "\n:no a :no .\n# " * (LONG // 160) + '"""',
    "digits": "1" * (LONG // 10),
    "an IRI": "<x:" + "x" * (LONG // 10) + ">",
    "a name": ":" + "x.%41" * (LONG // 50),
    "dots": ":" + "." * (LONG // 10) + "x",
    "many": "1 , " * (LONG // 40) + "2",
    "comments": "1 " + "#\n" * (LONG // 40) + "#" * LONG + "\n",
    "space": "1 " + " \n" * (LONG // 10),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_values_that_are_deep_or_long(value: str) -> None:
    wanted = {"<http://example.org/b>", "<http://example.org/no>"}
    assert set(placed(f"{HEAD}\n:a :p {value} .\n:b :p 1 .", ".ttl", wanted)) == {"<http://example.org/b>"}
