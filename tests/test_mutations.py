"""Every constraint of the shapes is changed in every way that matters, and some case has to notice.

A mutant is a copy of one constraint with one thing changed: a parameter left out, a bound moved by
one, a class replaced by the one above it, a target, a word of a list or an alternative left out. A
case notices it if the mutant finds something else there than the constraint does, as pairs of focus
node and severity. A constraint with a mutant that no case notices could break unseen: the case that
is named after it needs a line more, of what it forbids or of what it just allows.

All constraints and mutants stand side by side in one graph, and pyshifty validates each case against
it once. That it finds what pyshacl finds is tested, too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import quote, unquote

import pyoxigraph as ox
import pytest

import diplograph
from diplograph.rdf import rdf_quads
from diplograph.reading.corpus import read
from diplograph.vocabulary import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diplograph.vocabulary import Vocabulary

shifty = pytest.importorskip("shifty", reason="pyshifty is not installed: NO CONSTRAINT IS TESTED BY MUTATION")

ROOT: Final = Path(__file__).parent.parent
CASES: Final = ROOT / "tests" / "cases"
FILES: Final = sorted((ROOT / "shapes").glob("*.ttl"))

EQUIVALENT: Final[dict[str, str]] = {}
"""Mutants that no data can tell from their constraint, as the test names them, and why. There are none."""


# ----------------------------------------------------------------------
# Shapes as values
# ----------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A shape, or a node within one: pairs of property and value in the order of the file."""

    pairs: tuple[tuple[str, Value], ...]

    def put(self, index: int, *pairs: tuple[str, Value]) -> Node:
        """Replace one pair by others, or by none."""
        return Node((*self.pairs[:index], *pairs, *self.pairs[index + 1 :]))

    def having(self, *names: str) -> tuple[tuple[str, Value], ...]:
        return tuple(pair for pair in self.pairs if pair[0] in names)

    def without(self, *names: str) -> Node:
        return Node(tuple(pair for pair in self.pairs if pair[0] not in names))


Value: TypeAlias = "str | tuple[Value, ...] | Node"
"""A term in N-Triples, a list, or a blank node."""
Term: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SH: Final = "http://www.w3.org/ns/shacl#"


def sh(name: str) -> str:
    return f"<{SH}{name}>"


def read_shapes(path: Path) -> dict[str, Node]:
    """Read what a file says of named things, with all that hangs on them."""
    pairs: dict[Term, list[tuple[str, Term]]] = defaultdict(list)
    for quad in rdf_quads(path):
        pairs[quad.subject].append((str(quad.predicate), quad.object))

    def value(term: Term) -> Value:
        if str(term) == f"<{RDF}nil>" or (pairs[term] and pairs[term][0][0] == f"<{RDF}first>"):
            return tuple(items(term))
        return node(term) if isinstance(term, ox.BlankNode) else str(term)

    def items(term: Term) -> Iterator[Value]:
        while pairs[term]:
            (_, first), (_, term) = pairs[term]
            yield value(first)

    def node(term: Term) -> Node:
        return Node(tuple((name, value(each)) for name, each in pairs[term]))

    return {str(name): node(name) for name in list(pairs) if isinstance(name, ox.NamedNode)}


def turtle(value: Value) -> str:
    """Write a value; a shape that says nothing is still a shape."""
    if isinstance(value, Node):
        pairs = value.pairs or ((f"<{RDF}type>", sh("NodeShape")),)
        return f"[ {' ; '.join(f'{name} {turtle(each)}' for name, each in pairs)} ]"
    return f"( {' '.join(map(turtle, value))} )" if isinstance(value, tuple) else value


def brief(value: Value) -> str:
    """Name a value for a reader: local names, and of a node its last pair."""
    if isinstance(value, Node):
        return " ".join(map(brief, value.pairs[-1]))
    if isinstance(value, tuple):
        return f"({' '.join(map(brief, value))})"
    return re.split(r"[#/]", value[1:-1])[-1] if value.startswith("<") else value.partition("^^")[0].strip('"')


def nodes(value: Value) -> Iterator[Node]:
    """Give all nodes in a value."""
    if isinstance(value, Node):
        yield value
    if not isinstance(value, str):
        for each in value if isinstance(value, tuple) else [each for _, each in value.pairs]:
            yield from nodes(each)


def replaced(value: Value, old: Node, new: Value) -> Value:
    """Replace a node wherever a value has it."""
    if value == old:
        return new
    if isinstance(value, Node):
        return Node(tuple((name, replaced(each, old, new)) for name, each in value.pairs))
    return tuple(replaced(each, old, new) for each in value) if isinstance(value, tuple) else value


# ----------------------------------------------------------------------
# Constraints and their mutants
# ----------------------------------------------------------------------

Above: TypeAlias = "Mapping[str, list[str]]"
"""The class right above each class, if there is one."""

TARGETS: Final = tuple(map(sh, ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode")))
LISTS: Final = tuple(map(sh, ("in", "or", "and", "xone", "ignoredProperties", "languageIn")))
COMPANIONS: Final = {
    sh("closed"): sh("ignoredProperties"),
    sh("pattern"): sh("flags"),
    sh("qualifiedMinCount"): sh("qualifiedValueShape"),
    sh("qualifiedMaxCount"): sh("qualifiedValueShape"),
}
"""Parameters, and what means nothing without them."""
KEPT: Final = {f"<{RDF}type>", *map(sh, ("path", "name", "message", "severity")), *COMPANIONS.values()}
STRICTER: Final = {
    sh("lessThanOrEquals"): sh("lessThan"),
    sh("minInclusive"): sh("minExclusive"),
    sh("maxInclusive"): sh("maxExclusive"),
}
"""Parameters, and those that differ where both sides are the same."""
LOOSER: Final = {stricter: looser for looser, stricter in STRICTER.items()}
KINDS: Final = tuple(map(sh, ("BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")))


def constraints(shapes: Mapping[str, Node]) -> dict[str, Node]:
    """Give each shape that constrains something the targets of those that list it: it stands alone then."""
    targets: dict[Value, tuple[tuple[str, Value], ...]] = defaultdict(tuple)
    for shape in shapes.values():
        for _, listed in shape.having(sh("property")):
            targets[listed] += shape.having(*TARGETS)
    plain = (*KEPT, *TARGETS, sh("property"))
    return {
        name: Node(shape.pairs + targets[name])
        for name, shape in shapes.items()
        if any(key.startswith(f"<{SH}") for key, _ in shape.without(*plain).pairs)
    }


def mutants(constraint: Node, above: Above) -> Iterator[tuple[str, Node]]:
    """Change one thing of a constraint after the other, and say what."""
    yield from changes(constraint, above)
    yield from detours(constraint)


def changes(shape: Node, above: Above) -> Iterator[tuple[str, Node]]:
    """Change one thing of a shape, or of a shape that it is made of, outside its paths."""
    for index, (name, value) in enumerate(shape.pairs):
        if name not in KEPT:
            yield f"{brief(name)} {brief(value)} removed", shape.put(index).without(COMPANIONS.get(name, ""))
        for what, pair in others(name, value, above):
            yield what, shape.put(index, pair)
        if name != sh("path"):
            for what, changed in within(value, above):
                yield f"{brief(name)}: {what}", shape.put(index, (name, changed))


def within(value: Value, above: Above) -> Iterator[tuple[str, Value]]:
    """Change one thing of the shapes in a value."""
    if isinstance(value, Node):
        yield from changes(value, above)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            for what, changed in within(item, above):
                yield f"{index + 1}. {what}", (*value[:index], changed, *value[index + 1 :])


def others(name: str, value: Value, above: Above) -> Iterator[tuple[str, tuple[str, Value]]]:
    """Give what could stand in place of a parameter, and say how it differs."""
    if isinstance(value, tuple) and name in LISTS:
        for index, item in enumerate(value):
            yield f"{brief(name)} without {brief(item)}", (name, value[:index] + value[index + 1 :])
    if isinstance(value, str):
        pairs = [(name, other) for other in neighbours(name, value, above)]
        pairs += [(other[name], value) for other in (STRICTER, LOOSER) if name in other]
        for pair in pairs:
            yield f"{brief(name)} {brief(value)} turned to {brief(pair[0])} {brief(pair[1])}", pair


def neighbours(name: str, value: str, above: Above) -> Iterator[str]:
    """Give the values of a parameter that are next to one."""
    if name in (sh("class"), sh("hasValue")):
        yield from above.get(value, ())
    elif name == sh("nodeKind"):
        yield from (kind for kind in KINDS if brief(value) in brief(kind) and kind != value)
    elif name == sh("pattern"):
        [quad] = ox.parse(f"<x:> <x:> {value} .", format=ox.RdfFormat.N_TRIPLES)
        pattern = quad.object.value
        yield from (str(ox.Literal(other)) for other in wider(pattern) if other != pattern)
    elif bound := re.search(r"(Count|Length|clusive)>$", name):
        [number] = map(int, re.findall(r'^"(-?\d+)"', value))
        near = (number - 1, number + 1)
        yield from (value.replace(f'"{number}"', f'"{each}"') for each in near if each >= 0 or bound[1] == "clusive")


def wider(pattern: str) -> list[str]:
    """Give patterns that match more: any text, without an end, any character for some, one character less."""
    parts = [(part, ".") for part in re.finditer(r"\[[^]]*\]|\\\.", pattern)]
    parts += [(part, str(int(part[0]) - 1)) for part in re.finditer(r"(?<=\{)\d+(?=\})", pattern)]
    changed = [f"{pattern[: part.start()]}{other}{pattern[part.end() :]}" for part, other in parts]
    return [".", pattern.removeprefix("^"), pattern.removesuffix("$"), *dict.fromkeys(changed)]


def detours(constraint: Node) -> Iterator[tuple[str, Node]]:
    """Leave an alternative out of a path, or end a chain after one step, wherever a constraint has it.

    Chains of classes stay: the data name all classes above each, so that one step reaches them.
    """
    for node in dict.fromkeys(nodes(constraint)):
        for what, other in bypasses(node):
            changed = replaced(constraint, node, other)
            assert isinstance(changed, Node)
            yield f"path {what}", changed


def bypasses(node: Node) -> Iterator[tuple[str, Value]]:
    """Give what could stand in place of a node of a path, and say how it differs."""
    for name, value in node.having(sh("alternativePath"), sh("zeroOrMorePath")):
        if isinstance(value, tuple):
            for index, item in enumerate(value):
                rest = value[:index] + value[index + 1 :]
                yield f"without {brief(item)}", Node(((name, rest),)) if len(rest) > 1 else rest[0]
        elif "subClassOf" not in brief(value):
            yield f"with {brief(value)} once at most", Node(((sh("zeroOrOnePath"), value),))


# ----------------------------------------------------------------------
# Which mutants the cases notice
# ----------------------------------------------------------------------

Found: TypeAlias = "dict[str, set[tuple[str, str, str]]]"
"""What each shape finds: case, focus node and severity."""


def found(shapes: Mapping[str, Node], cases: Mapping[str, bytes]) -> Found:
    """Validate the cases, with the name of each shape as its message.

    Shapes that are the same in all but their names are one for pyshifty, under one of the names.
    """
    text = "".join(
        f'{name} {turtle(shape.without(sh("message")))[1:-1]} ; {sh("message")} "{name[1:-1]}" .\n'
        for name, shape in shapes.items()
    )
    validator = shifty.PreparedValidator(text.encode())
    results: Found = {name: set() for name in shapes}
    for case, data in cases.items():
        outcome = validator.validate_algebra(data, graph_mode="data", infer=False, on_unsupported="error")
        for result in outcome.violations:
            results[f"<{result.shape_name}>"].add((case, result.focus_node, result.severity))
    return results


def mutated(originals: Mapping[str, Node], above: Above) -> dict[str, Node]:
    """Give all mutants of some constraints; the name of each tells its constraint, and what was changed."""
    return {
        f"{name[:-1]}?{number}.{quote(what, safe='')}>": mutant
        for name, original in originals.items()
        for number, (what, mutant) in enumerate(mutants(original, above))
    }


def unnoticed(results: Found) -> list[tuple[str, str]]:
    """Give the constraint of each mutant that finds just what the constraint finds, and what was changed."""
    names = [(name, *name[1:-1].partition("?")) for name in results if "?" in name]
    return [
        (brief(f"<{original}>"), unquote(what.partition(".")[2]))
        for name, original, _, what in names
        if results[name] == results[f"<{original}>"]
    ]


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return load_vocabulary([ROOT / "ontology" / "diplomacy.ttl"])


@pytest.fixture(scope="module")
def above(words: Vocabulary) -> Above:
    classes = words.classes
    return {
        str(each.iri): [str(classes[name].iri) for name in each.ancestors[1:2] if name in classes]
        for each in classes.values()
    }


@pytest.fixture(scope="module")
def cases(words: Vocabulary) -> dict[str, bytes]:
    """The graphs of all cases that can be read, in N-Triples, with the classes of the ontology."""
    files = [file for pattern in ("*/expected.ttl", "invalid/*/expected.txt") for file in CASES.glob(pattern)]
    return {str(file.parent.relative_to(CASES)): graph(file.parent, words) for file in sorted(files)}


@pytest.fixture(scope="module")
def results(above: Above, cases: Mapping[str, bytes]) -> Found:
    """What all constraints and mutants find in the cases."""
    originals = {name: shape for path in FILES for name, shape in constraints(read_shapes(path)).items()}
    return found(originals | mutated(originals, above), cases)


def graph(case: Path, words: Vocabulary) -> bytes:
    rdf = case / "input.ttl"
    quads = rdf_quads(rdf) if rdf.is_file() else diplograph.quads(read([case], words))
    triples = [*(quad.triple for quad in quads), *words.subclass_triples()]
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert data is not None
    return data


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_case_notices_every_mutant(path: Path, results: Found) -> None:
    own = set(map(brief, constraints(read_shapes(path))))
    missed = {f"{constraint}: {what}" for constraint, what in unnoticed(results) if constraint in own}
    listed = {mutant for mutant in EQUIVALENT if mutant.partition(":")[0] in own}
    assert not missed - listed, "\n".join(["no case notices", *sorted(missed - listed)])
    assert not listed - missed, "\n".join(["a case notices, or no constraint has", *sorted(listed - missed)])


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("sh:maxCount 1", ["maxCount 1 removed", "maxCount 1 turned to maxCount 0", "maxCount 1 turned to maxCount 2"]),
        ("sh:class dip:State", ["class State removed", "class State turned to class Agent"]),
        ("sh:lessThan ex:b", ["lessThan b removed", "lessThan b turned to lessThanOrEquals b"]),
        ("sh:in ( ex:a ex:b )", ["in (a b) removed", "in without a", "in without b"]),
        ("sh:closed true ; sh:ignoredProperties ( ex:p )", ["closed true removed", "ignoredProperties without p"]),
        (
            'sh:pattern "^[A-Z]{2}"',
            [
                "pattern ^[A-Z]{2} removed",
                "pattern ^[A-Z]{2} turned to pattern .",
                "pattern ^[A-Z]{2} turned to pattern [A-Z]{2}",
                "pattern ^[A-Z]{2} turned to pattern ^.{2}",
                "pattern ^[A-Z]{2} turned to pattern ^[A-Z]{1}",
            ],
        ),
        (
            "sh:or ( [ sh:class dip:State ] [ sh:datatype ex:d ] )",
            [
                "or (class State datatype d) removed",
                "or without class State",
                "or without datatype d",
                "or: 1. class State removed",
                "or: 1. class State turned to class Agent",
                "or: 2. datatype d removed",
            ],
        ),
        (
            "sh:qualifiedValueShape [ sh:not [ sh:hasValue ex:a ] ] ; sh:qualifiedMinCount 1",
            [
                "qualifiedValueShape: not hasValue a removed",
                "qualifiedValueShape: not: hasValue a removed",
                "qualifiedMinCount 1 removed",
                "qualifiedMinCount 1 turned to qualifiedMinCount 0",
                "qualifiedMinCount 1 turned to qualifiedMinCount 2",
            ],
        ),
    ],
)
def test_mutants_that_no_case_notices_are_named(shape: str, expected: list[str], above: Above, tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    prefixes = f"@prefix sh: <{SH}> . @prefix dip: <https://w3id.org/diplograph/ns#> . @prefix ex: <http://e.org/> ."
    target = "[ sh:alternativePath ( ex:p [ sh:zeroOrMorePath ex:q ] ) ]"
    user = "ex:n a sh:NodeShape ; sh:property ex:c ; sh:targetClass ex:C , ex:D ."
    path.write_text(f"{prefixes} ex:c sh:path {target} ; {shape} . {user}", "utf-8")
    targets = ["targetClass C removed", "targetClass D removed"]
    paths = ["path without p", "path without zeroOrMorePath q", "path with q once at most"]
    originals = constraints(read_shapes(path))
    missed = unnoticed(found(originals | mutated(originals, above), {}))
    assert missed == [("c", what) for what in [*expected, *targets, *paths]]


def test_pyshifty_finds_in_the_cases_what_pyshacl_finds(results: Found, cases: Mapping[str, bytes]) -> None:
    codes: dict[str, set[str]] = {case: set() for case in cases}
    for name in results:
        for case, _, _ in results[name] if "?" not in name else ():
            codes[case].add(brief(name))
    for case in cases:
        expected = CASES / case / "expected.txt"
        text = expected.read_text("utf-8") if expected.is_file() else ""
        assert codes[case] == set(re.findall(r"^\S+ \w+\[([\w-]+)\]", text, re.MULTILINE)), case
