"""Each path of a document leads to exactly its key and value in the text, whatever stands there."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from diplograph.findings import Finding, Location
from diplograph.reading.documents import Document
from diplograph.reading.documents import Path as DocumentPath
from diplograph.reading.json import parse_json
from diplograph.reading.sources import SourceFile, documents
from diplograph.reading.yaml import parse_yaml

Tree = str | list["Tree"] | dict[str, "Tree"]

LINE_ENDS = st.sampled_from(["\n", "\r\n"])
WORDS = [
    "talks",
    "𝔘",
    "e\u0301",
    "👩‍🚀 rests",
    "a\tb",
    "naïve",
    "\u2028",
    "\u0085",
    "'",
    '"',
    "\\",
    "x: y",
    "# no",
    "[",
    "~",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=4).map("".join) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"), max_size=6
)
TREES: st.SearchStrategy[Tree] = st.recursive(
    TEXTS,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXTS, below, max_size=4),
    max_leaves=12,
)
DOCUMENTS: st.SearchStrategy[Tree] = st.dictionaries(TEXTS, TREES, min_size=1, max_size=4)


def paths(tree: Tree, path: DocumentPath = ()) -> Iterator[tuple[DocumentPath, Tree]]:
    """List everything in a tree, with the path that leads to it."""
    yield path, tree
    if isinstance(tree, dict):
        for key, below in tree.items():
            yield from paths(below, (*path, key))
    elif isinstance(tree, list):
        for place, below in enumerate(tree):
            yield from paths(below, (*path, place))


def offset(text: str, line: int, column: int) -> int:
    """Walk to a line and column, one character at a time."""
    at = 0
    while line > 1:
        if text[at : at + 2] == "\r\n":
            at, line = at + 2, line - 1
        else:
            at, line = at + 1, line - (text[at] in "\r\n")
    return at + column - 1


def excerpt(text: str, location: Location) -> str:
    """Cut out what a location points at."""
    region = location.region
    assert region is not None
    return text[offset(text, region.line, region.column) : offset(text, region.end_line, region.end_column)]


def document(parsed: Document | Finding) -> Document:
    assert isinstance(parsed, Document), str(parsed)
    assert parsed.problems == ()
    return parsed


def quoted(text: str) -> str:
    """Write a text as JSON does, tabs and all that is not ASCII left as they are where they may."""
    return json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u0085", "\\u0085")


def flow(tree: Tree, space: str) -> str:
    """Write a tree as JSON, with white space wherever it may stand."""
    if isinstance(tree, str):
        return json.dumps(tree, ensure_ascii=False)
    inside = (
        [f"{json.dumps(key, ensure_ascii=False)}{space}:{space}{flow(below, space)}" for key, below in tree.items()]
        if isinstance(tree, dict)
        else [flow(below, space) for below in tree]
    )
    start, end = "{}" if isinstance(tree, dict) else "[]"
    return start + space + f"{space},{space}".join(inside) + space + end


def block(tree: Tree, indent: str, end: str) -> str:
    """Write a tree as YAML in block style; what is empty, and every other text, in flow style."""
    if isinstance(tree, str):
        return f"'{tree.replace(chr(39), chr(39) * 2)}'{end}" if tree.isalnum() else quoted(tree) + f" # {end}"
    if not tree:
        return ("{ }" if isinstance(tree, dict) else "[ ]") + end
    lines = []
    for key, below in tree.items() if isinstance(tree, dict) else enumerate(tree):
        mark = f"{quoted(key)}:" if isinstance(key, str) else "-"
        inline = isinstance(below, str) or not below
        lines.append(f"{indent}{mark} {block(below, '', end)}" if inline else f"{indent}{mark}{end}")
        if not inline:
            lines.append(f"{indent}# 𝔘{end}{block(below, indent + '  ', end)}")
    return "".join(lines)


@given(DOCUMENTS, st.text("\t \n\r", max_size=3))
def test_json_values_are_where_they_are_said_to_be(tree: Tree, space: str) -> None:
    text = space + flow(tree, space) + space
    found = document(parse_json(text, "a.json"))
    assert found.data == tree
    for path, expected in paths(tree):
        cut = excerpt(text, found.location(path))
        assert json.loads(cut) == expected
        assert cut == cut.strip()


@given(DOCUMENTS, st.text("\t \n\r", max_size=3))
def test_json_keys_are_where_they_are_said_to_be(tree: Tree, space: str) -> None:
    text = space + flow(tree, space) + space
    found = document(parse_json(text, "a.json"))
    places = set()
    for path, _ in paths(tree):
        if path and isinstance(path[-1], str):
            location = found.location(path, "key")
            assert json.loads(excerpt(text, location)) == path[-1]
            assert location not in places
            places.add(location)


@given(DOCUMENTS, LINE_ENDS)
def test_yaml_values_are_where_they_are_said_to_be(tree: Tree, end: str) -> None:
    text = f"# 𝔘{end}" + block(tree, "", end)
    found = document(parse_yaml(text, "a.yaml"))
    assert found.data == tree
    for path, expected in paths(tree):
        location = found.location(path)
        cut = excerpt(text, location)
        assert cut == cut.strip()
        assert location.region is not None
        # what is cut out of a block needs its first line's indentation back to be YAML
        assert document(parse_yaml(" " * (location.region.column - 1) + cut, "cut")).data == expected


@given(DOCUMENTS, LINE_ENDS)
def test_yaml_keys_are_where_they_are_said_to_be(tree: Tree, end: str) -> None:
    text = block(tree, "", end)
    found = document(parse_yaml(text, "a.yaml"))
    places = set()
    for path, _ in paths(tree):
        if path and isinstance(path[-1], str):
            location = found.location(path, "key")
            assert excerpt(text, location) == quoted(path[-1])
            assert location not in places
            places.add(location)


@given(DOCUMENTS, st.sampled_from(["", " ", "\t", " \t "]))
def test_yaml_in_flow_style_is_located_as_json_is(tree: Tree, space: str) -> None:
    text = flow(tree, space).replace("\u2028", "\\u2028").replace("\u0085", "\\u0085")
    in_json, in_yaml = document(parse_json(text, "a")), document(parse_yaml(text, "a"))
    for path, _ in paths(tree):
        assert in_json.location(path) == in_yaml.location(path)
        assert in_json.location(path, "key") == in_yaml.location(path, "key")


@given(DOCUMENTS, LINE_ENDS)
def test_what_is_not_there_is_placed_at_what_is_above_it(tree: Tree, end: str) -> None:
    for found in (document(parse_json(flow(tree, end), "a")), document(parse_yaml(block(tree, "", end), "a"))):
        for path, below in paths(tree):
            if isinstance(below, str):
                assert found.location((*path, "none")) == found.location(path)
                assert found.location((*path, 99, "none")) == found.location(path)
            elif isinstance(below, list):
                assert found.location((*path, len(below))) == found.location(path)


@given(TEXTS, LINE_ENDS, st.sampled_from(["|", ">", "|-", ">+"]))
def test_block_scalars_end_with_their_text(word: str, end: str, style: str) -> None:
    line = re.sub(r"\s", "_", word) or "_"
    text = f"a: {style}{end}  {line}{end}  x{end}{end}b: 1{end}"
    found = document(parse_yaml(text, "a.yaml"))
    assert excerpt(text, found.location(("a",))) == f"{style}{end}  {line}{end}  x"
    assert excerpt(text, found.location(("b",), "key")) == "b"


@given(st.lists(DOCUMENTS | st.none(), min_size=1, max_size=6).filter(any), LINE_ENDS, st.booleans())
def test_json_lines_are_placed_by_their_line_in_the_file(
    trees: list[Tree | None],
    end: str,
    mark: bool,  # noqa: FBT001
) -> None:
    lines = ["" if tree is None else flow(tree, " ") for tree in trees]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.diplomacy.jsonl"
        file.write_bytes((b"\xef\xbb\xbf" if mark else b"") + end.join(lines).encode())
        found = [document(parsed) for parsed in documents(SourceFile(file, "a.jsonl", "jsonl"))]
    wanted = [number for number, tree in enumerate(trees, start=1) if tree is not None and lines[number - 1].strip()]
    assert [one.first_line for one in found] == wanted
    for one, number in zip(found, wanted, strict=True):
        tree = trees[number - 1]
        assert tree is not None
        for path, expected in paths(tree):
            location = one.location(path)
            assert location.region is not None
            assert (location.region.line, location.region.end_line) == (number, number)
            cut = lines[number - 1][location.region.column - 1 : location.region.end_column - 1]
            assert json.loads(cut) == expected


def test_a_finding_has_the_place_of_its_path() -> None:
    found = document(parse_yaml("a:\r\n  - 𝔘\r\n  - b: {c: 1}\r\n", "f.yaml"))
    assert str(found.location(("a", 0))) == "f.yaml:2:5"
    assert str(found.location(("a", 1, "b", "c"), "key")) == "f.yaml:3:9"
    assert str(found.location(("a", 1, "b", "c"))) == "f.yaml:3:12"


def test_of_two_equal_keys_the_first_has_the_value_and_the_last_is_too_many() -> None:
    for parsed in (parse_yaml("a: [1]\na: [2, 3]\n", "f"), parse_json('{"a": [1],\n "a": [2, 3]}', "f")):
        assert isinstance(parsed, Document)
        assert parsed.data == {"a": [1]}
        [problem] = parsed.problems
        assert parsed.finding(problem).code == "duplicate-key"
        region = parsed.finding(problem).location.region
        assert region is not None
        assert region.line == 2
        value = parsed.location(("a", 0)).region
        assert value is not None
        assert value.line == 1
