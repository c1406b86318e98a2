"""Annotated news facts in, a validated knowledge graph of diplomacy out.

>>> import diplograph
>>> corpus = diplograph.read("seeds")
>>> diplograph.validate(corpus)
[]
>>> len(diplograph.graph(corpus)) > 1000
True

Everything that the command line does is here: `read`, `validate`, `check`, `export`, `export_shards`,
`diff`, `load_into`, `query`, `explain`, `anchor`, `write_schema`, and what only a program wants: `graph` and `quads`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from diplograph.version import __version__

if TYPE_CHECKING:
    from diplograph.anchoring import anchor
    from diplograph.asking import explain, load, query
    from diplograph.checking import check
    from diplograph.diffing import diff
    from diplograph.errors import (
        DiplographError,
        EnginesDisagreeError,
        InputError,
        InvalidDataError,
        UsageError,
        VocabularyError,
    )
    from diplograph.findings import Finding, Location
    from diplograph.loading import load_into
    from diplograph.pipeline import (
        export,
        export_shards,
        graph,
        quads,
        read,
        validate,
        validate_rdf,
        write_context,
        write_schema,
    )

_HOMES = {
    "anchoring": ("anchor",),
    "asking": ("explain", "load", "query"),
    "checking": ("check",),
    "diffing": ("diff",),
    "errors": (
        "DiplographError",
        "EnginesDisagreeError",
        "InputError",
        "InvalidDataError",
        "UsageError",
        "VocabularyError",
    ),
    "findings": ("Finding", "Location"),
    "loading": ("load_into",),
    "pipeline": (
        "export",
        "export_shards",
        "graph",
        "quads",
        "read",
        "validate",
        "validate_rdf",
        "write_context",
        "write_schema",
    ),
}

__all__ = [
    "DiplographError",
    "EnginesDisagreeError",
    "Finding",
    "InputError",
    "InvalidDataError",
    "Location",
    "UsageError",
    "VocabularyError",
    "__version__",
    "anchor",
    "check",
    "diff",
    "explain",
    "export",
    "export_shards",
    "graph",
    "load",
    "load_into",
    "quads",
    "query",
    "read",
    "validate",
    "validate_rdf",
    "write_context",
    "write_schema",
]


def __dir__() -> list[str]:
    """List the public names, also those that are imported when they are first used."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module holds
    """Import a public name when it is first used, so that importing the package costs nothing."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"diplograph.{module}"), name)
    message = f"module 'diplograph' has no attribute '{name}'"
    raise AttributeError(message)
