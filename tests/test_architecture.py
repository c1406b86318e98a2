"""Who may import whom: the third column of the table of rooms, held as data."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from diplograph.reading import records
from diplograph.vocabulary.loading import ENTITY_KEYS, FACT_KEYS

PACKAGE = Path(__file__).parent.parent / "src" / "diplograph"
MAY_IMPORT = {
    "version": set[str](),
    "findings": set[str](),
    "errors": {"findings"},
    "resources": {"errors", "findings"},
    "annotations": set[str](),
    "values": {"errors", "findings"},
    "vocabulary": {"errors", "findings", "values"},
    "reading": {"errors", "findings", "annotations", "values", "vocabulary"},
    "guarding": set[str](),
    "rdf": {"errors", "findings", "guarding"},
    "stores": {"errors", "findings", "version", "writing"},
    "queries": {"errors", "findings", "values"},
    "explaining": {"errors", "findings", "queries", "values"},
    "schema": {"reading", "values", "vocabulary"},
    "mapping": {"errors", "findings", "annotations", "values", "vocabulary", "version"},
    "situations": {"annotations", "values", "vocabulary", "mapping"},
    "subjects": {"findings"},
    "validation": {"errors", "findings", "values", "rdf", "subjects"},
    "reporting": {"errors", "findings", "values", "version", "writing"},
    "writing": {"errors", "findings", "values", "vocabulary", "mapping"},
    "anchoring": {"errors", "findings", "reading", "writing"},
    "streaming": {"errors", "findings", "mapping", "reading", "situations", "validation", "vocabulary", "writing"},
    "locating": {"findings", "mapping", "reading", "streaming", "validation", "values", "vocabulary"},
    "verdicts": {"findings", "locating", "mapping", "reading", "streaming", "validation", "vocabulary"},
    "sharding": {
        "errors",
        "findings",
        "mapping",
        "reading",
        "resources",
        "streaming",
        "validation",
        "values",
        "verdicts",
        "version",
        "vocabulary",
        "writing",
    },
    "diffing": {
        "errors",
        "resources",
        "rdf",
        "values",
        "mapping",
        "reading",
        "writing",
        "queries",
        "explaining",
        "pipeline",
    },
    "pipeline": {
        "errors",
        "findings",
        "resources",
        "vocabulary",
        "reading",
        "schema",
        "mapping",
        "validation",
        "verdicts",
        "streaming",
        "sharding",
        "writing",
    },
    "loading": {
        "errors",
        "findings",
        "resources",
        "diffing",
        "mapping",
        "pipeline",
        "rdf",
        "stores",
        "streaming",
        "values",
        "writing",
    },
    "baseline": {"errors", "findings", "reading", "writing"},
    "checking": {
        "errors",
        "findings",
        "baseline",
        "mapping",
        "pipeline",
        "rdf",
        "reading",
        "reporting",
        "validation",
        "vocabulary",
    },
    "asking": {
        "errors",
        "findings",
        "resources",
        "reading",
        "mapping",
        "writing",
        "rdf",
        "stores",
        "queries",
        "explaining",
        "pipeline",
        "anchoring",
    },
    "web": {
        "errors",
        "findings",
        "values",
        "mapping",
        "writing",
        "stores",
        "queries",
        "explaining",
        "asking",
        "version",
    },
    "cli": {
        "errors",
        "findings",
        "checking",
        "reporting",
        "validation",
        "writing",
        "version",
        "values",
        "pipeline",
        "asking",
        "anchoring",
        "rdf",
        "queries",
        "diffing",
        "streaming",
        "loading",
        "stores",
        "web",
    },
    "__init__": {"checking", "diffing", "loading", "errors", "findings", "version", "pipeline", "asking", "anchoring"},
    "__main__": {"cli"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("diplograph"):
            if node.module == "diplograph":
                yield from (alias.name for alias in node.names)
            else:
                yield node.module.split(".")[1]
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: relative import"


def imported_packages(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_every_room_is_in_the_table() -> None:
    assert {room(path) for path in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_follow_the_table(path: Path) -> None:
    allowed = MAY_IMPORT[room(path)] | {room(path)}
    assert set(imported_rooms(path)) <= allowed


def test_only_validation_knows_the_engine_and_only_the_edges_know_rdflib() -> None:
    users = {
        package: {room(p) for p in MODULES if package in imported_packages(p)} for package in ("pyshacl", "rdflib")
    }
    assert users["pyshacl"] == {"validation"}
    assert users["rdflib"] == {"validation", "pipeline"}


def test_only_writing_opens_files_for_writing() -> None:
    marks = ("write_text(", "write_bytes(", '"wb"', '"w"', "mkstemp", "O_WRONLY")
    users = {room(path) for path in MODULES if any(mark in path.read_text("utf-8") for mark in marks)}
    assert users == {"writing", "sharding", "cli"}, "cli only redirects a closed standard output"


def test_nothing_below_prints_or_exits() -> None:
    for path in MODULES:
        if room(path) != "cli":
            text = path.read_text("utf-8")
            assert "sys.exit" not in text, path
            assert "print(" not in text.replace("fingerprint(", "").replace(">>> print(", ""), path


def test_the_mapping_never_reads_shapes_and_the_checker_never_reads_the_mapping() -> None:
    """One mistake must not pass both: nothing that maps knows where the shapes are."""
    for path in MODULES:
        if room(path) in ("reading", "mapping", "situations"):
            text = path.read_text("utf-8")
            assert "load_shapes" not in text, path
            assert 'folder("shapes")' not in text, path


def test_the_fixed_keys_of_the_format_are_known_to_the_vocabulary() -> None:
    """A property that an ontology adds must not take the key of something else."""
    assert {*records.FACT.by_key, "type"} == FACT_KEYS
    assert {*records.ENTITY.by_key, "type"} == ENTITY_KEYS
