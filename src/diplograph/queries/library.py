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


class Query:
    """A query: its name, its text, and what its header says of it."""

    def __init__(self, name: str, text: str) -> None:
        """Read the header.

        Raises:
            UsageError: the header is not YAML, or not of the form that is expected.
        """
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
    marked = [line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)]
    try:
        # every scalar stays text: a default is what somebody could have typed
        found = yaml.load("\n".join(marked), Loader=yaml.BaseLoader)  # noqa: S506 - it makes text, lists and mappings only
    except yaml.YAMLError as error:
        raise UsageError(f"The header of the query '{name}' is not YAML: {' '.join(str(error).split())}.") from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise UsageError(f"The header of the query '{name}' is no mapping.", "As in: #+ summary: Who met whom.")
    return found


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
    """Find a saved query by its name, or read the file of that name.

    Raises:
        UsageError: there is neither, or the file cannot be read.
    """
    file = Path(name)
    if file.suffix == SUFFIX or file.is_file():
        return _from_file(file)
    saved = saved_queries()
    if name in saved:
        return saved[name]
    hint = did_you_mean(name, saved) or "'diplograph query --list' shows all."
    raise UsageError(f"There is no saved query '{name}', and no such file.", hint)


def _from_file(file: Path) -> Query:
    try:
        return Query(str(file), file.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"The query '{file}' is not UTF-8 at byte {error.start}.") from error
    except OSError as error:
        raise UsageError(f"The query '{file}' cannot be read: {error.strerror}.") from error
