"""The formats of reports: one row each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from diplograph.errors import UsageError, did_you_mean
from diplograph.reporting import github, json, junit, markdown, sarif, text, turtle
from diplograph.reporting.report import Report


class Format(Struct, frozen=True):
    """A format: its name on the command line, media type, the suffixes of its files, and its writer.

    `write` gives text that ends in a newline, piece by piece, to be encoded as UTF-8; the same
    report gives the same text.
    """

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    write: Callable[[Report], Iterator[str]]


_ROWS: Final = (
    Format("text", "text/plain", (".txt",), text.plain),
    Format("json", "application/json", (".json",), json.lines),
    Format("sarif", "application/sarif+json", (".sarif", ".sarif.json"), sarif.lines),
    Format("junit", "application/xml", (".xml",), junit.lines),
    Format("github", "text/plain", (), github.lines),
    Format("markdown", "text/markdown", (".md",), markdown.lines),
    Format("turtle", "text/turtle", (".ttl",), turtle.lines),
)
FORMATS: Final[Mapping[str, Format]] = MappingProxyType({row.name: row for row in _ROWS})


def format_named(name: str) -> Format:
    """Find a format by its name.

    Raises:
        UsageError: there is no such format.
    """
    if name not in FORMATS:
        known = f"Known: {', '.join(FORMATS)}."
        raise UsageError(f"There is no format '{name}' for findings.", did_you_mean(name, FORMATS) or known)
    return FORMATS[name]
