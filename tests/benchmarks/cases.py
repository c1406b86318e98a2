"""What is measured: diplograph in its ways of exporting, and the peers.

Owns the commands; does not know how they are measured, or what must come out.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.benchmarks import environments
from tests.benchmarks.peers import rml, tables

ROOT: Final = Path(__file__).parents[2]
_PEERS: Final = ROOT / "tests" / "benchmarks" / "peers"
K: Final = 1000


@dataclass(frozen=True, slots=True)
class Input:
    """A corpus to be converted: its folder, a folder for what belongs to it, and the folder of environments."""

    corpus: Path
    work: Path
    environments: Path

    @property
    def tables(self) -> Path:
        """The folder of the corpus as tables."""
        return self.work / "tables"


@dataclass(frozen=True, slots=True)
class Case:
    """Something to measure.

    `command` gives the command for an input and an output file; `suffix` is that of the output. `most` is the
    greatest number of facts that it is run with unless asked for more. `ready` prepares what is not measured.
    `part` is the part of the model that a peer covers, and empty for diplograph.
    """

    name: str
    title: str
    suffix: str
    command: Callable[[Input, Path], list[str]]
    most: int = 1000 * K
    ready: Callable[[Input], None] | None = None
    part: str = ""


@cache
def has_jobs() -> bool:
    """Tell whether exports can be spread over processes."""
    command = [sys.executable, "-m", "diplograph", "export", "--help"]
    return "--jobs" in subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _ours(*options: str, jobs: int = 1) -> Callable[[Input, Path], list[str]]:
    def command(given: Input, output: Path) -> list[str]:
        spread = ["--jobs", str(jobs)] if has_jobs() else []
        program = [sys.executable, "-m", "diplograph", "export", str(given.corpus), "-o", str(output)]
        return [*program, *options, *spread, "--quiet"]

    return command


def _by_hand(*options: str) -> Callable[[Input, Path], list[str]]:
    def command(given: Input, output: Path) -> list[str]:
        python = environments.python("by-hand", given.environments)
        return [python, str(_PEERS / "by_hand.py"), str(given.corpus), "-o", str(output), *options]

    return command


def _morph(given: Input, output: Path) -> list[str]:
    configuration = rml.write(given.tables, given.work, output)
    return [environments.python("morph-kgc", given.environments), "-m", "morph_kgc", str(configuration)]


def _maplib(given: Input, output: Path) -> list[str]:
    python = environments.python("maplib", given.environments)
    return [python, str(_PEERS / "ottr.py"), str(given.tables), "-o", str(output)]


def _tables(given: Input) -> None:
    if not given.tables.exists():
        tables.write(given.corpus, given.tables)


def _parquet(given: Input) -> None:
    _tables(given)
    if not list(given.tables.glob("*.parquet")):
        python = environments.python("maplib", given.environments)
        subprocess.run([python, _PEERS / "ottr.py", given.tables, "--prepare"], check=True)


_PLAIN: Final = "--no-validate"
_SHAPES: Final = ("--shapes", str(ROOT / "shapes"), "--ontology", str(ROOT / "ontology" / "diplomacy.ttl"))
OURS: Final = (
    Case("nquads-1", "diplograph, N-Quads, 1 process", ".nq", _ours(_PLAIN)),
    Case("nquads-2", "diplograph, N-Quads, 2 processes", ".nq", _ours(_PLAIN, jobs=2)),
    Case("turtle-1", "diplograph, Turtle, 1 process", ".ttl", _ours(_PLAIN)),
    Case("jsonld-1", "diplograph, JSON-LD, 1 process", ".jsonld", _ours(_PLAIN)),
    Case("validated-1", "diplograph, N-Quads, validated, 1 process", ".nq", _ours()),
    Case("validated-2", "diplograph, N-Quads, validated, 2 processes", ".nq", _ours(jobs=2)),
)
PEERS: Final = (
    Case("by-hand", "by hand with rdflib, N-Triples", ".nt", _by_hand(), 10 * K, part="by-hand"),
    Case("by-hand-validated", "the same with pyshacl", ".nt", _by_hand("--validate", *_SHAPES), K, part="by-hand"),
    Case("morph-kgc", "morph-kgc, N-Triples, 2 processes", ".nt", _morph, 100 * K, _tables, part="tables"),
    Case("maplib", "maplib, N-Triples, all cores", ".nt", _maplib, 100 * K, _parquet, part="tables"),
)


def cases(*, peers: bool) -> list[Case]:
    """List the cases that can be run here."""
    ours = [case for case in OURS if has_jobs() or not case.name.endswith("-2")]
    return [*ours, *(PEERS if peers else ())]
