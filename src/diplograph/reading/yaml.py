"""YAML 1.2 as annotations need it: positions kept, nothing guessed.

Only `true`, `false`, `null` and plain decimal numbers are more than text, so that `NO`,
`12:30:45`, `010` and bare dates stay what the annotator wrote (YAML 1.2.2, section 10.3, the
core schema, without its octal and hexadecimal numbers). Duplicate keys, tags, anchors and
aliases are refused, and so is what is nested too deeply.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from diplograph.findings import Finding, Location, region
from diplograph.reading.documents import DEEPEST, MOST_PROBLEMS, MOST_VALUES, SPLIT, Document, Problem
from diplograph.values.printing import brief

if TYPE_CHECKING:
    from diplograph.reading.documents import Part, Path, Raw

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,999})(\.[0-9]{1,1000})?([eE][-+]?[0-9]{1,3})?")
_CONSTANTS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_STANDARD: Final = "tag:yaml.org,2002:"
_PERHAPS_DEEP: Final = 500 if hasattr(yaml, "CSafeLoader") else DEEPEST  # without C, recursion ends sooner
_LONG: Final = 1000
_INDENTED: Final = re.compile(rf"^[ ?-]{{{_PERHAPS_DEEP}}}", re.MULTILINE)


def parse_yaml(text: str, file: str) -> Document | Finding:
    """Parse one YAML document, or say why it is none."""
    try:
        refused = _oversized(text, file)
        root = None if refused else yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        return _syntax_finding(error, text, file)
    except yaml.reader.ReaderError as error:
        return _character_finding(error, text, file)
    if refused is not None:
        return refused
    problems: list[Problem] = []
    data = None if root is None else _plain(root, (), _Walk(text, problems, set()))
    places = _Places(root, text, {})
    return Document(file, text, data, partial(_span, places), problems=tuple(problems[:MOST_PROBLEMS]))


def _oversized(text: str, file: str) -> Finding | None:
    """Refuse what is nested too deeply, or has too many values, before PyYAML's composer meets it.

    The composer recurses, and takes 700 bytes for each value. Only a text with very many brackets
    or other marks, or with very deep indentation, is looked at.
    """
    marks = {mark: text.count(mark) for mark in "[{,:?-"}
    few = len(text) <= MOST_VALUES or 2 * sum(marks.values()) < MOST_VALUES
    if few and marks["["] + marks["{"] < _PERHAPS_DEEP and not _INDENTED.search(text):
        return None
    depth = values = 0
    for event in yaml.parse(text, Loader=_LOADER):
        values += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or values > MOST_VALUES:
            start = event.start_mark.index if event.start_mark else 0
            place = Location(file, region(text, start, start + 1))
            if depth > DEEPEST:
                return Finding("error", "too-deep", "The document is nested too deeply.", place)
            message = f"The document has more than {MOST_VALUES:,} values, keys included."
            return Finding("error", "too-large", message, place, SPLIT)
    return None


def _syntax_finding(error: yaml.MarkedYAMLError, text: str, file: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    what = (error.problem or error.context or "syntax error").strip()
    place = region(text, mark.index, mark.index + 1) if mark else None
    hint = "Quote text that holds ': ' or starts with a special character." if "mapping values" in what else ""
    return Finding("error", "yaml-syntax", f"This is not YAML: {what}.", Location(file, place), hint)


def _character_finding(error: yaml.reader.ReaderError, text: str, file: str) -> Finding:
    """Say where a character stands that YAML does not allow (YAML 1.2.2, section 5.1)."""
    start = error.position  # libyaml counts bytes
    if _LOADER is not yaml.SafeLoader:
        start = len(text.encode()[:start].decode("utf-8", "ignore"))
    message = f"YAML cannot hold this text: {error.reason}."
    return Finding("error", "yaml-syntax", message, Location(file, region(text, start, start + 1)), "Remove it.")


class _Walk(NamedTuple):
    """What walking the nodes of a document needs at every step."""

    text: str
    problems: list[Problem]
    refused: set[int]


def _plain(node: Any, path: Path, walk: _Walk) -> Raw:  # noqa: ANN401 - PyYAML's nodes
    if len(path) > DEEPEST:
        walk.problems.append(Problem(path, "too-deep", "The document is nested too deeply."))
        return None
    if _refused(node, path, walk):
        return None
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, place), walk) for place, item in enumerate(node.value)]
    return _mapping(node, path, walk)


def _refused(node: Any, path: Path, walk: _Walk, part: Part = "value") -> bool:  # noqa: ANN401
    """Refuse anchors and tags, which stand where their node starts; without an anchor there is no alias.

    An alias is the very node that the anchor stands at: it is noted once. Tell whether it is a
    collection or a long text that was met before, which must not be read again: a few bytes
    could ask for it a million times.
    """
    start = node.start_mark.index
    first = walk.text[start : start + 1]
    if first not in ("&", "!"):
        return False
    if isinstance(node, yaml.MappingNode) and node.value and node.value[0][0].start_mark.index == start:
        return False  # it belongs to the first key
    if id(node) in walk.refused:
        return isinstance(node, yaml.CollectionNode) or len(node.value) > _LONG
    walk.refused.add(id(node))
    shown = node.tag.replace(_STANDARD, "!!")
    walk.problems.append(
        Problem(path, "yaml-alias", "Anchors and aliases are not used here.", "Write the value out.", part)
        if first == "&"
        else Problem(path, "yaml-tag", brief(f"The tag '{shown}' is not used here."), "Leave it out.", part)
    )
    return False


def _mapping(node: Any, path: Path, walk: _Walk) -> Raw:  # noqa: ANN401
    data: dict[str, Raw] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            walk.problems.append(Problem(path, "key-type", "A key has to be a word, not a list or mapping."))
            continue
        key = key_node.value
        _refused(key_node, (*path, key), walk, "key")
        if key in data:
            message = brief(f"The key '{key}' stands here twice.")
            walk.problems.append(Problem((*path, key), "duplicate-key", message, "Keep one.", "key"))
            continue
        data[key] = _plain(value_node, (*path, key), walk)
    return data


def _scalar(node: Any) -> Raw:  # noqa: ANN401
    text: str = node.value
    if node.style:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    return Decimal(text) if number.group(1) or number.group(2) else int(text)


class _Places(NamedTuple):
    """The nodes of a document, and the first and last pair of each key, by mapping, as they are asked for."""

    root: Any
    text: str
    pairs: dict[int, dict[str, tuple[Any, Any]]]

    def pairs_of(self, node: Any) -> dict[str, tuple[Any, Any]]:  # noqa: ANN401
        """Give the pairs of a mapping by key: to go through them for each of many problems takes for ever."""
        found = self.pairs.get(id(node))
        if found is None:
            found = self.pairs[id(node)] = {}
            for pair in node.value:
                if isinstance(pair[0], yaml.ScalarNode):
                    key = pair[0].value
                    found[key] = (found[key][0] if key in found else pair, pair)
        return found


def _span(places: _Places, path: Path, part: Part) -> tuple[int, int]:
    """Find a key or value by walking the nodes; stop at the last step that exists.

    Of a key that stands twice, the first has the value, and the last is the one too many.
    """
    if places.root is None:
        return 0, 0
    node, key_node = places.root, None
    for place, step in enumerate(path, start=1):
        if isinstance(step, str) and isinstance(node, yaml.MappingNode) and step in places.pairs_of(node):
            key_node, node = places.pairs_of(node)[step][part == "key" and place == len(path)]
        elif isinstance(step, int) and isinstance(node, yaml.SequenceNode) and step < len(node.value):
            key_node, node = None, node.value[step]
        else:
            break
    found = key_node if part == "key" and key_node is not None else node
    return found.start_mark.index, _end(found, places.text)


def _end(node: Any, text: str) -> int:  # noqa: ANN401
    """Find where a node ends; that of a block would include the white space behind it."""
    for _ in range(DEEPEST):  # an alias can make a node contain itself
        if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
            break
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    start: int = node.start_mark.index
    end: int = node.end_mark.index
    is_block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    return start + len(text[start:end].rstrip()) if is_block else end
