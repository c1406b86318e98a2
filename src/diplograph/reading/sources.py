"""Sources: which files there are, and the documents in them.

A source is a file, a folder (every annotation and register in it), or `-` for standard input,
which is kept in a temporary file so that it can be looked at a second time; so is a named pipe.
Names tell the syntax and the packing; of standard input, which has none, its beginning does.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Literal, cast

from msgspec import Struct

from diplograph.errors import DamagedError, UsageError
from diplograph.findings import Finding, Location
from diplograph.reading.contents import MARK, PACKED, Digest, decoded, filled_lines, opened, whole_text
from diplograph.reading.documents import Document
from diplograph.reading.json import parse_json
from diplograph.reading.yaml import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Syntax = Literal["yaml", "json", "jsonl"]
SYNTAXES: Final[dict[str, Syntax]] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_ARTICLE_FILE: Final = re.compile(r".+\.diplomacy\.(yaml|yml|json|jsonl|ndjson)(\.gz)?", re.DOTALL)
_REGISTER_FILE: Final = re.compile(r".+\.register\.(yaml|yml|json)(\.gz)?", re.DOTALL)
UNREADABLE: Final = "unreadable"
"""The code of a file that cannot be read, or not to its end."""
STDIN: Final = "-"
STDIN_NAME: Final = "<stdin>"


class SourceFile(Struct, frozen=True):
    """A file to read: where it is, how messages and provenance call it, and its syntax.

    `kept` tells a temporary file that holds what came through a pipe.
    """

    path: Path
    name: str
    syntax: Syntax
    kept: bool = False

    @property
    def real(self) -> str:
        """The path without links: one for each file, however it is named. A link to itself stays what it is."""
        return os.path.realpath(self.path)

    @property
    def title(self) -> str:
        """The name for provenance: without the folder, which differs from machine to machine."""
        name = "stdin" if self.name == STDIN_NAME else Path(self.name).name
        return "".join(character if character.isprintable() else "\ufffd" for character in name)

    @property
    def is_register(self) -> bool:
        """Whether it holds shared entities rather than articles."""
        return _REGISTER_FILE.fullmatch(Path(self.name).name) is not None

    @property
    def folder(self) -> Path:
        """The folder that what it names is relative to: the working folder for standard input."""
        return Path(self.name).parent


def source_files(sources: Iterable[str | Path]) -> list[SourceFile]:
    """List the files that sources stand for, folders in the order of their names.

    Raises:
        UsageError: a source does not exist, is of no known syntax, holds nothing to read, or cannot
            be listed.
    """
    found: list[SourceFile] = []
    for source in sources:
        if not str(source):
            raise UsageError("The name of a source is empty.")
        found += [_standard_input()] if str(source) == STDIN else _files(Path(source))
    return list({file.real: file for file in found}.values())


def _files(path: Path) -> list[SourceFile]:
    if path.is_dir():
        inside = _inside(path)
        if not inside:
            hint = "Annotations end in .diplomacy.yaml, .diplomacy.json or .diplomacy.jsonl."
            raise UsageError(f"There is no annotation in the folder '{path}'.", hint)
        return [SourceFile(file, str(file), _syntax(file)) for file in inside]
    if not path.exists():
        raise UsageError(f"There is no file or folder '{path}'.")
    syntax = _syntax(path)
    if path.is_fifo():
        with path.open("rb") as stream:
            return [SourceFile(_keep(stream, packed=path.suffix == ".gz"), str(path), syntax, kept=True)]
    if not path.is_file():
        raise UsageError(f"'{path}' is neither a file, a folder nor a pipe.")
    return [SourceFile(path, str(path), syntax)]


def _inside(folder: Path) -> list[Path]:
    """List the annotations and registers in a folder and all below it, in the order of their names."""

    def refuse(error: OSError) -> None:
        raise UsageError(f"The folder '{error.filename}' cannot be read: {error.strerror}.") from error

    walked = os.walk(folder, onerror=refuse)
    return sorted(path for top, _, names in walked for name in names if _wanted(path := Path(top, name)))


def _wanted(path: Path) -> bool:
    """Tell whether it is named as an annotation or register; what a link lost is reported when it is read."""
    named = _ARTICLE_FILE.fullmatch(path.name) or _REGISTER_FILE.fullmatch(path.name)
    return named is not None and (path.is_file() or path.is_symlink())


def _syntax(path: Path) -> Syntax:
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix not in SYNTAXES:
        known = " ".join(SYNTAXES)
        raise UsageError(f"The syntax of '{path}' cannot be told from its suffix.", f"Known: {known}, each also .gz.")
    return SYNTAXES[suffix]


def _standard_input() -> SourceFile:
    if sys.stdin is None:
        raise UsageError("Standard input is closed.", "Name a file.")
    path = _keep(sys.stdin.buffer)
    return SourceFile(path, STDIN_NAME, _guess(path), kept=True)


def _keep(stream: IO[bytes], *, packed: bool | None = None) -> Path:
    """Keep what comes through a pipe in a temporary file that goes with the process.

    Whether it is packed shows in the name of the file, and if it is not known in its first two bytes.
    """
    start = stream.read(len(PACKED))
    suffix = ".gz" if packed or (packed is None and start == PACKED) else ".kept"
    kept = tempfile.NamedTemporaryFile(prefix="diplograph-", suffix=suffix)  # noqa: SIM115 - lives as long as `_kept`
    kept.write(start)
    shutil.copyfileobj(stream, kept)
    kept.flush()
    atexit.register(kept.close)  # a process that is ended in the middle does not tidy up otherwise
    _kept.append(cast("IO[bytes]", kept))
    return Path(kept.name)


_kept: Final[list[IO[bytes]]] = []
_ENOUGH: Final = 1 << 20
"""How much is looked at to tell the syntax; JSON in one longer line reads as JSON Lines too."""
_MOST_UNPACKED: Final = 1 << 32
"""How much is unpacked only to see whether a file is damaged: some ten seconds."""


def _guess(path: Path) -> Syntax:
    """Tell JSON, JSON Lines and YAML apart by the first line that is not empty."""
    try:
        with opened(path) as stream:
            start = stream.read(_ENOUGH)
    except (OSError, DamagedError):
        return "yaml"  # what is wrong shows when it is read, as a whole
    first, ended, _ = start.lstrip(MARK + b" \t\r\n").partition(b"\n")
    if not first.startswith(b"{"):
        return "yaml"
    if len(start) == _ENOUGH and not ended:
        return "jsonl"
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return "json"
    return "jsonl"


class Unit(Struct, frozen=True):
    """A document still to be parsed: a line of JSON Lines as it is, or the text of a whole file."""

    file: SourceFile
    line: int
    content: bytes | str


def units(file: SourceFile, digest: Digest | None = None) -> Iterator[Unit | Finding]:
    """Read a file one document after the other; what cannot be read is a finding.

    All bytes of the file, as they are on disk, go into `digest`, unless it cannot be read to its end.
    """
    try:
        with opened(file.path, digest) as stream:
            if file.syntax == "jsonl":
                for line in filled_lines(stream, file.name):
                    yield line if isinstance(line, Finding) else Unit(file, *line)
                return
            text = whole_text(stream, file.name)
    except (OSError, DamagedError) as error:
        text = _unreadable(file, error)
    yield text if isinstance(text, Finding) else Unit(file, 1, text)


def _unreadable(file: SourceFile, error: OSError | DamagedError) -> Finding:
    if isinstance(error, DamagedError):
        return Finding("error", UNREADABLE, error.message, Location(file.name), error.hint)
    reason = error.strerror or error
    return Finding("error", UNREADABLE, f"The file cannot be read: {reason}.", Location(file.name))


def damage(file: SourceFile) -> Finding | None:
    """Unpack a packed file to its end, if that is not very far, and say whether it is damaged."""
    try:
        with opened(file.path) as stream:
            for _ in range(_MOST_UNPACKED // _ENOUGH):
                if not stream.read(_ENOUGH):
                    break
    except (OSError, DamagedError) as error:
        return _unreadable(file, error)
    return None


def without_consequences(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what was found in files that cannot be read to their end: damaged data is full of faults."""
    unreadable = {finding.location.file for finding in findings if finding.code == UNREADABLE}
    return [one for one in findings if one.code == UNREADABLE or one.location.file not in unreadable]


def parsed(unit: Unit) -> Document | Finding:
    """Parse a document, or say why it is none."""
    name = unit.file.name
    if unit.file.syntax == "yaml":
        return parse_yaml(str(unit.content), name)
    text = decoded(unit.content, name, unit.line) if isinstance(unit.content, bytes) else unit.content
    return text if isinstance(text, Finding) else parse_json(text, name, unit.line)


def documents(file: SourceFile, digest: Digest | None = None) -> Iterator[Document | Finding]:
    """Read and parse a file's documents one after the other; what cannot be read is a finding."""
    for unit in units(file, digest):
        yield unit if isinstance(unit, Finding) else parsed(unit)
