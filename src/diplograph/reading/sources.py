"""Sources: which files there are, what they hold, and their digests.

A source is a file, a folder (every annotation and register in it), or `-` for standard input,
which is kept in a temporary file so that it can be looked at a second time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import sys
import tempfile
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Literal, cast

from msgspec import Struct

from diplograph.errors import UsageError
from diplograph.findings import Finding, Location, region
from diplograph.reading.documents import Document
from diplograph.reading.json import parse_json
from diplograph.reading.yaml import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Syntax = Literal["yaml", "json", "jsonl"]
SYNTAXES: Final[dict[str, Syntax]] = {
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_ARTICLE_FILE: Final = re.compile(r".+\.diplomacy\.(yaml|yml|json|jsonl|ndjson)(\.gz)?")
_REGISTER_FILE: Final = re.compile(r".+\.register\.(yaml|yml|json)(\.gz)?")
STDIN: Final = "-"
STDIN_NAME: Final = "<stdin>"
_MARK: Final = b"\xef\xbb\xbf"


class SourceFile(Struct, frozen=True):
    """A file to read: where it is, how messages and provenance call it, and its syntax."""

    path: Path
    name: str
    syntax: Syntax

    @property
    def title(self) -> str:
        """The name for provenance: without the folder, which differs from machine to machine."""
        name = "stdin" if self.name == STDIN_NAME else self.path.name
        return "".join(character if character.isprintable() else "\ufffd" for character in name)

    @property
    def is_register(self) -> bool:
        """Whether it holds shared entities rather than articles."""
        return _REGISTER_FILE.fullmatch(self.path.name) is not None


def source_files(sources: Iterable[str | Path]) -> list[SourceFile]:
    """List the files that sources stand for, folders in the order of their names.

    Raises:
        UsageError: a source does not exist, is of no known syntax, or holds nothing to read.
    """
    found: list[SourceFile] = []
    for source in sources:
        if not str(source):
            raise UsageError("The name of a source is empty.")
        found += [_standard_input()] if str(source) == STDIN else _files(Path(source))
    return list({file.path.resolve(): file for file in found}.values())


def _files(path: Path) -> list[SourceFile]:
    if path.is_dir():
        inside = [file for file in sorted(path.rglob("*")) if _wanted(file)]
        if not inside:
            hint = "Annotations end in .diplomacy.yaml, .diplomacy.json or .diplomacy.jsonl."
            raise UsageError(f"There is no annotation in the folder '{path}'.", hint)
        return [_file(file) for file in inside]
    if not path.exists():
        raise UsageError(f"There is no file or folder '{path}'.")
    return [_file(path)]


def _wanted(path: Path) -> bool:
    named = _ARTICLE_FILE.fullmatch(path.name) or _REGISTER_FILE.fullmatch(path.name)
    return named is not None and path.is_file()


def _file(path: Path) -> SourceFile:
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix not in SYNTAXES:
        known = " ".join(SYNTAXES)
        raise UsageError(f"The syntax of '{path}' cannot be told from its suffix.", f"Known: {known}, each also .gz.")
    return SourceFile(path, str(path), SYNTAXES[suffix])


def _standard_input() -> SourceFile:
    """Keep standard input in a temporary file that goes with the process."""
    kept = tempfile.NamedTemporaryFile(prefix="diplograph-", suffix=".stdin")  # noqa: SIM115 - lives as long as `_kept`
    shutil.copyfileobj(sys.stdin.buffer, kept)
    kept.flush()
    _kept.append(cast("IO[bytes]", kept))
    return SourceFile(Path(kept.name), STDIN_NAME, _guess(Path(kept.name)))


_kept: Final[list[IO[bytes]]] = []


def _guess(path: Path) -> Syntax:
    """Tell JSON, JSON Lines and YAML apart by the first line that is not empty."""
    with path.open("rb") as file:
        first = next((line for line in file if line.strip()), b"")
    if not first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        return "yaml"
    try:
        json.loads(first)
    except ValueError:
        return "json"
    return "jsonl"


def documents(file: SourceFile, digest: hashlib._Hash | None = None) -> Iterator[Document | Finding]:
    """Read a file's documents one after the other; what cannot be read is a finding.

    All bytes of the file, as they are on disk, go into `digest`.
    """
    try:
        with _opened(file.path, digest) as stream:
            if file.syntax == "jsonl":
                yield from _lines(stream, file.name)
            else:
                yield _whole(stream.read(), file)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        yield Finding("error", "unreadable", f"The file cannot be read: {reason}.", Location(file.name))


def _opened(path: Path, digest: hashlib._Hash | None) -> IO[bytes]:
    if digest is not None:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _lines(stream: IO[bytes], name: str) -> Iterator[Document | Finding]:
    empty = True
    for number, line in enumerate(stream, start=1):
        if line.removeprefix(_MARK).strip():
            empty = False
            text = _text(line.rstrip(b"\r\n"), name, number)
            yield text if isinstance(text, Finding) else parse_json(text, name, number)
    if empty:
        yield Finding("error", "empty-file", "The file is empty.", Location(name))


def _whole(content: bytes, file: SourceFile) -> Document | Finding:
    text = _text(content, file.name, 1)
    if isinstance(text, Finding):
        return text
    if not text.strip():
        return Finding("error", "empty-file", "The file is empty.", Location(file.name))
    return parse_yaml(text, file.name) if file.syntax == "yaml" else parse_json(text, file.name)


def _text(content: bytes, name: str, first_line: int) -> str | Finding:
    """Decode UTF-8, with or without a byte order mark."""
    content = content.removeprefix(_MARK)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        place = region(before, len(before), len(before) + 1, first_line)
        message = f"The byte 0x{content[error.start]:02X} is not UTF-8."
        return Finding("error", "encoding", message, Location(name, place), "Save the file as UTF-8.")
