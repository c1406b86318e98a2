"""The folder of parts: made beside its place, and moved there when it is whole."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.errors import UsageError
from diplograph.sharding.journal import NAME as JOURNAL
from diplograph.sharding.journal import Entry, Journal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diplograph.streaming.tasks import Outcome

SUMS: Final = "SHA256SUMS"
DESCRIPTION: Final = "dataset.ttl"
_OFTEN: Final = 64 << 20
"""After how many bytes the parts are brought to disk, and the journal is written."""


class Part(Struct, frozen=True):
    """A finished part: its name, its size in bytes, and its SHA-256."""

    name: str
    size: int
    sha256: str


class Folder:
    """A folder in the making, beside the one that it will be.

    The same parts come out whatever the order of runs: a part is a sequence of packed pieces in the
    order of the sources, and nothing else decides on its bytes.
    """

    def __init__(self, target: Path, count: int, suffix: str, made_for: bytes) -> None:
        self._target = target
        self.making = target.with_name(f"{target.name}.unfinished")
        self._names = [f"part-{number:05}{suffix}" for number in range(count)]
        self._journal = Journal(self.making, made_for)
        self._files: list[IO[bytes]] = []
        self._sizes: list[int] = []
        self._since = 0

    def check(self) -> None:
        """Refuse a target that is something else than a folder of parts.

        Raises:
            UsageError: it is.
        """
        if self._target.exists() and not self._target.is_dir():
            raise UsageError(f"'{self._target}' is not a folder.", "Name a folder with -o.")
        if self._target.is_dir():
            others = [path.name for path in self._target.iterdir() if not _is_ours(path.name)]
            if others:
                message = f"The folder '{self._target}' holds other files, such as '{min(others)}'."
                raise UsageError(message, "Name another folder with -o.")

    def start(self) -> None:
        """Start anew; what an earlier run has left is taken away.

        Raises:
            UsageError: the folder cannot be made.
        """
        self.take_away()
        try:
            self.making.mkdir(parents=True)
            self._journal.start()
            self._files = [(self.making / name).open("wb") for name in self._names]
        except OSError as error:
            raise UsageError(f"'{self.making}' cannot be written to: {error.strerror}.") from error
        self._sizes = [0] * len(self._files)

    def resume(self) -> list[Outcome]:
        """Go on with what an earlier run has left: gives the outcomes of the batches that are done.

        Raises:
            UsageError: there is nothing to go on with, or it was made for something else.
        """
        if not (self.making / JOURNAL).is_file():
            raise UsageError(f"There is no unfinished run for '{self._target}' to be resumed.", "Leave --resume out.")
        entries = self._journal.read()
        while entries and not self._is_on_disk(entries[-1]):
            entries.pop()
        if not entries:
            self.start()
            return []
        self._journal.keep(entries)
        self._sizes = list(entries[-1].lengths)
        self._files = [(self.making / name).open("r+b") for name in self._names]
        for file, size in zip(self._files, self._sizes, strict=True):
            file.truncate(size)
            file.seek(size)
        for entry in entries:
            entry.outcome.kept = True
        return [entry.outcome for entry in entries]

    def _is_on_disk(self, entry: Entry) -> bool:
        if len(entry.lengths) != len(self._names):
            return False
        paths = [self.making / name for name in self._names]
        return all(
            path.is_file() and path.stat().st_size >= size for path, size in zip(paths, entry.lengths, strict=True)
        )

    def begin(self, start: bytes) -> None:
        """Write what each part begins with."""
        for number in range(len(self._files)):
            self._write(number, start)

    def take(self, outcome: Outcome) -> None:
        """Write the pieces of an outcome, and note a batch as done.

        Raises:
            UsageError: the disk is full.
        """
        if outcome.kept:
            return
        for number, piece in outcome.pieces:
            self._write(number, piece)
        if outcome.digest:
            self._journal.add(outcome, list(self._sizes))
        if self._since > _OFTEN:
            self.save()

    def _write(self, number: int, piece: bytes) -> None:
        try:
            self._files[number].write(piece)
        except OSError as error:
            raise UsageError(f"'{self.making}' cannot be written to: {error.strerror}.") from error
        self._sizes[number] += len(piece)
        self._since += len(piece)

    def save(self) -> None:
        """Bring the parts to disk, and write the journal behind them.

        Raises:
            UsageError: the disk is full.
        """
        try:
            for file in self._files:
                file.flush()
                os.fsync(file.fileno())
            self._journal.write()
        except OSError as error:
            raise UsageError(f"'{self.making}' cannot be written to: {error.strerror}.") from error
        self._since = 0

    def finished(self) -> list[Part]:
        """Close the parts, and give their sizes and digests."""
        found = []
        for file, name in zip(self._files, self._names, strict=True):
            file.flush()
            os.fsync(file.fileno())
            file.close()
            with (self.making / name).open("rb") as part:
                sha256 = hashlib.file_digest(part, "sha256").hexdigest()
            found.append(Part(name, (self.making / name).stat().st_size, sha256))
        return found

    def put_in_place(self, parts: Sequence[Part], description: bytes) -> None:
        """Write the description and the digests, and move the folder to its place."""
        (self.making / DESCRIPTION).write_bytes(description)
        sums = {part.name: part.sha256 for part in parts} | {DESCRIPTION: hashlib.sha256(description).hexdigest()}
        lines = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items()))
        (self.making / SUMS).write_text(lines, "ascii")
        (self.making / JOURNAL).unlink(missing_ok=True)
        before = self._target.with_name(f"{self._target.name}.before")
        if self._target.exists():
            shutil.rmtree(before, ignore_errors=True)
            self._target.rename(before)
        self.making.rename(self._target)
        shutil.rmtree(before, ignore_errors=True)

    def take_away(self) -> None:
        """Take the unfinished folder away, if there is one.

        Raises:
            UsageError: what has its name is no unfinished folder.
        """
        for file in self._files:
            file.close()
        self._files = []
        if self.making.is_dir():
            if any(not _is_ours(path.name) for path in self.making.iterdir()):
                raise UsageError(f"'{self.making}' holds other files.", "Move them away.")
            shutil.rmtree(self.making)


def _is_ours(name: str) -> bool:
    return name in (SUMS, DESCRIPTION, JOURNAL) or name.startswith("part-")


@contextmanager
def locked(folder: Folder) -> Iterator[None]:
    """Keep a second run from the same folder.

    Raises:
        UsageError: another run is making it.
    """
    import fcntl  # noqa: PLC0415 - not on every system

    path = folder.making.with_name(f".{folder.making.name}.lock")
    try:
        file = path.open("wb")
    except OSError as error:
        raise UsageError(f"'{path.parent}' cannot be written to: {error.strerror}.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(
                f"Another run is making '{folder.making}'.", "Wait for it, or name another folder."
            ) from error
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
