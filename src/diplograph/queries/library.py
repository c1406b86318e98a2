"""Queries that describe themselves: those saved in the package, and those that users write.

A query file (`.rq`) starts with a header of comments marked `#+`, which hold YAML with the keys
`summary`, `description` and `defaults`, after the convention of grlc.
"""

from __future__ import annotations

from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Final

import yaml

from diplograph.errors import UsageError, did_you_mean
from diplograph.queries.parameters import Parameter, parameters
from diplograph.queries.tokens import Token, tokens

SUFFIX: Final = ".rq"
_MARK: Final = "#+"
_KEYS: Final = (
    *("summary", "description", "defaults", "tags", "enumerate", "endpoint", "endpoint_in_url"),
    *("method", "pagination", "transform"),
)
"""The keys that grlc knows; of the last ones nothing is made here."""
_LARGEST: Final = 1 << 20


class Query:
    """A query: its name, its text, and what its header says of it."""

    def __init__(self, name: str, text: str) -> None:
        """Read the header.

        Raises:
            UsageError: the query is empty or too long, or its header is not of the form that is expected.
        """
        if len(text) > _LARGEST:
            raise UsageError(f"The query '{name}' is longer than {_LARGEST} characters.")
        if not text.strip():
            raise UsageError(f"The query '{name}' is empty.")
        self.name = name
        self.text = text
        header = _header(name, text)
        self.summary = str(header.get("summary", "")).strip()
        self.description = str(header.get("description", "")).strip()
        self._defaults = _defaults(name, header.get("defaults"))

    @cached_property
    def tokens(self) -> list[Token]:
        """The query taken apart."""
        return tokens(self.text)

    @cached_property
    def parameters(self) -> list[Parameter]:
        """The parameters in the order of their first appearance."""
        return parameters(self.tokens, self._defaults)

    @property
    def signature(self) -> str:
        """The name with the parameters, as in `meetings (who, from=2024-01-01)`."""
        listed = ", ".join(str(parameter) for parameter in self.parameters)
        return f"{self.name} ({listed})" if listed else self.name


def _header(name: str, text: str) -> dict[str, object]:
    lines = [line.strip() for line in text.splitlines()]
    marked = "\n".join(line.removeprefix(_MARK) for line in lines if line.startswith(_MARK))
    try:
        found = _plain(yaml.compose(marked, Loader=yaml.BaseLoader), name)
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"The header of the query '{name}' is not YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(found, dict):
        raise UsageError(f"The header of the query '{name}' is no mapping.", "As in: #+ summary: Who met whom.")
    for key in found:
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS) or f"Known: {', '.join(_KEYS)}."
            raise UsageError(f"The header of the query '{name}' has an unknown key '{key}'.", hint)
    for key in ("summary", "description"):
        if not isinstance(found.get(key, ""), str):
            raise UsageError(f"The {key} of the query '{name}' is no text.", "Quote it.")
    return found


def _plain(node: yaml.Node | None, name: str) -> object:
    """Turn a header into text, lists and mappings: a default is what somebody could have typed."""
    if node is None:
        return {}
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, name) for item in node.value]
    keys = [str(key.value) for key, _ in node.value]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise UsageError(f"The header of the query '{name}' has the key '{twice}' twice.", "Keep one.")
    return {key: _plain(value, name) for key, (_, value) in zip(keys, node.value, strict=True)}


def _defaults(name: str, raw: object) -> dict[str, str]:
    """Read the defaults: a list of mappings, as grlc has them, or one mapping."""
    listed = raw if isinstance(raw, list) else [] if raw is None else [raw]
    pairs = [pair for item in listed for pair in (item.items() if isinstance(item, dict) else [(item, None)])]
    for key, value in pairs:
        if not isinstance(key, str) or not isinstance(value, str):
            raise UsageError(f"The defaults of the query '{name}' cannot be read.", "As in: #+   - from: 2024-09-01")
    return dict(pairs)


def saved_queries() -> dict[str, Query]:
    """Read all queries that are saved in the package, by name, in the order of the alphabet."""
    folder = resources.files("diplograph.queries") / "saved"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(SUFFIX)), key=lambda file: file.name)
    names = [(file.name.removesuffix(SUFFIX), file) for file in files]
    return {name: Query(name, file.read_text("utf-8")) for name, file in names}


def query_named(name: str) -> Query:
    """Find a saved query by its name, or read a file: what ends in `.rq` or is a path is a file.

    Raises:
        UsageError: there is neither, or the file cannot be read.
    """
    file = Path(name)
    if file.suffix == SUFFIX or len(file.parts) > 1:
        return _from_file(file)
    saved = saved_queries()
    if name in saved:
        return saved[name]
    if file.exists():
        return _from_file(file)
    hint = did_you_mean(name, saved) or "'diplograph query --list' shows all."
    raise UsageError(f"There is no saved query '{name}', and no such file.", hint)


def _from_file(file: Path) -> Query:
    try:
        with file.open("rb") as stream:
            return query_from(str(file), stream.read(4 * _LARGEST))
    except OSError as error:
        raise UsageError(f"The query '{file}' cannot be read: {error.strerror}.") from error


def query_from(name: str, content: bytes) -> Query:
    """Read a query from bytes: UTF-8, with or without a byte order mark.

    Raises:
        UsageError: it is not UTF-8, empty or too long, or its header cannot be used.
    """
    try:
        return Query(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"The query '{name}' is not UTF-8 at byte {error.start}.") from error
