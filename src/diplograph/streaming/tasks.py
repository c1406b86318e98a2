"""What is handed to a worker and what comes back: plain values that can go from process to process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from diplograph.findings import Finding
from diplograph.mapping.statements import Statement
from diplograph.reading.sources import SourceFile, Unit
from diplograph.situations.conflicts import Holding
from diplograph.situations.links import Tie


class Batch(Struct, frozen=True):
    """Some documents to be read, in order; `first` tells the first batch of a run."""

    units: Sequence[Unit]
    first: bool


class Groups(Struct, frozen=True):
    """Situations to be described: for each all that was put aside for it. `registers` have been read."""

    records: Sequence[Sequence[bytes]]
    registers: tuple[SourceFile, ...]


Task: TypeAlias = Batch | Groups


class Classes(Struct, frozen=True, array_like=True, tag="t"):
    """The classes that a situation is an instance of, and all above them, as terms."""

    names: tuple[str, ...]


class Claimed(Struct, frozen=True, array_like=True, tag="c"):
    """A statement on a situation that articles share, with what the article knows of its values.

    `classes` are those of the article's own things among the values, `ties` those of its own entities.
    """

    statement: Statement
    classes: tuple[tuple[str, tuple[str, ...]], ...]
    ties: tuple[Tie, ...]


class Needed(Struct, frozen=True, array_like=True, tag="n"):
    """A node that conforms if a situation is an instance of a class, as terms."""

    wanted: str
    focus: str


class Held(Struct, frozen=True, array_like=True):
    """What holds now by a claim, with the ties of the article's own entities in it."""

    holding: Holding
    ties: tuple[Tie, ...]


class Outcome(Struct):
    """What became of a task.

    `text` is what is to be written, or `pieces` with the part that each goes to, packed. `digest` is that
    of a batch's documents, where it is asked for; `kept` tells what was done in an earlier run.
    `put_aside` and `holdings` are records with their keys; `texts` has for each article the
    beginning of its text's SHA-256 and the position of its unit in the batch; `registers` are those that
    articles name. `doubtful` are the nodes of which it is not proven that they conform; `demands` are
    records of what situations have to be for others to conform, and of what they are; `joined`
    are the nodes that shapes may find from elsewhere, by what they are found by: a thing that they point
    at, or a value that they have, with `=` before it.
    """

    text: bytes = b""
    pieces: list[tuple[int, bytes]] = []
    triples: int = 0
    facts: int = 0
    problems: list[Finding] = []
    put_aside: list[tuple[bytes, bytes]] = []
    holdings: list[tuple[bytes, bytes]] = []
    texts: list[tuple[str, int]] = []
    registers: list[SourceFile] = []
    doubtful: list[str] = []
    needed: list[tuple[str, str, str]] = []
    demands: list[tuple[bytes, bytes]] = []
    joined: list[tuple[bytes, bytes]] = []
    counts: dict[str, int] = {}
    digest: bytes = b""
    kept: bool = False
