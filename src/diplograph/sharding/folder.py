"""The parts of a folder in the making: what goes to each, what is safely on disk, and what they are in the end."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.errors import UsageError
from diplograph.sharding.journal import NAME as JOURNAL
from diplograph.sharding.journal import Journal
from diplograph.sharding.places import DESCRIPTION, SUMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from diplograph.sharding.places import Place
    from diplograph.streaming.tasks import Outcome

_OFTEN: Final = 16 << 20
"""After how many bytes, of parts and of the journal, they are brought to disk."""


class Part(Struct, frozen=True):
    """A finished part: its name, its size in bytes, and its SHA-256."""

    name: str
    size: int
    sha256: str


class Folder:
    """A folder in the making.

    The same parts come out whatever the order of runs: a part is a sequence of packed pieces in the
    order of the sources, and nothing else decides on its bytes.
    """

    def __init__(self, place: Place, count: int, suffix: str, made_for: bytes) -> None:
        self._place = place
        self._names = [f"part-{number:05}{suffix}" for number in range(count)]
        self._journal = Journal(place.making, made_for)
        self._files: list[IO[bytes]] = []
        self._sizes: list[int] = []
        self._since = 0
        self._sound = True

    def start(self, beginning: bytes) -> None:
        """Start anew, each part with its beginning; what an earlier run has left is taken away.

        Raises:
            UsageError: the folder cannot be made.
        """
        self._place.take_away()
        with self._writing():
            self._place.making.mkdir()
            self._journal.start()
            self._files = [path.open("wb") for path in self._paths()]
        self._sizes = [0] * len(self._files)
        for number in range(len(self._files)):
            self._write(number, beginning)

    def resume(self) -> Sequence[Outcome]:
        """Go on with what an earlier run has left: gives the outcomes of the batches that are done.

        Where there are none, it has to be started anew.

        Raises:
            UsageError: there is nothing to go on with, or it was made for something else.
        """
        if not (self._place.making / JOURNAL).is_file():
            message = f"There is no unfinished run for '{self._place.target}' to be resumed."
            raise UsageError(message, "Leave --resume out.")
        with self._writing():
            done = self._journal.done([path.stat().st_size if path.is_file() else 0 for path in self._paths()])
            if done:
                self._sizes = list(done.lengths)
                self._files = [path.open("r+b") for path in self._paths()]
                for file, size in zip(self._files, self._sizes, strict=True):
                    file.truncate(size)
                    file.seek(size)
        return done

    def _paths(self) -> list[Path]:
        return [self._place.making / name for name in self._names]

    def take(self, outcome: Outcome) -> None:
        """Write the pieces of an outcome, and note a batch as done.

        With the first problem the run has failed, and nothing more is worth noting.

        Raises:
            UsageError: the disk is full.
        """
        if outcome.kept:
            return
        for number, piece in outcome.pieces:
            self._write(number, piece)
        self._sound = self._sound and not outcome.problems
        if outcome.digest and self._sound:
            self._since += self._journal.add(outcome, self._sizes)
        if self._since > _OFTEN:
            self.save()

    def _write(self, number: int, piece: bytes) -> None:
        with self._writing():
            self._files[number].write(piece)
        self._sizes[number] += len(piece)
        self._since += len(piece)

    def save(self) -> None:
        """Bring the parts to disk, and write the journal behind them.

        Raises:
            UsageError: the disk is full.
        """
        with self._writing():
            self._flush()
            self._journal.write()
        self._since = 0

    def _flush(self) -> None:
        for file in self._files:
            file.flush()
            os.fsync(file.fileno())

    def finished(self) -> list[Part]:
        """Bring the parts to disk, and give their sizes and digests.

        Raises:
            UsageError: the disk is full.
        """
        with self._writing():
            self._flush()
            return [Part(path.name, path.stat().st_size, _digest(path)) for path in self._paths()]

    def complete(self, parts: Sequence[Part], description: bytes) -> None:
        """Write the description and the digests, and put the folder into its place.

        Raises:
            UsageError: the disk is full, or the target is no longer what it was.
        """
        sums = {part.name: part.sha256 for part in parts} | {DESCRIPTION: hashlib.sha256(description).hexdigest()}
        lines = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items()))
        with self._writing():
            _write_safely(self._place.making / DESCRIPTION, description)
            _write_safely(self._place.making / SUMS, lines.encode())
            self._close()
            self._place.put_in_place()

    def keep(self) -> None:
        """Leave the folder unfinished, with what is done so far, as far as there is room."""
        with suppress(UsageError):
            self.save()
        self._close()

    def take_away(self) -> None:
        """Take the unfinished folder away.

        Raises:
            UsageError: it holds other files.
        """
        self._close()
        self._place.take_away()

    def _close(self) -> None:
        for file in self._files:
            with suppress(OSError):  # what could not be written has been told
                file.close()
        self._files = []

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Say of the folder that it cannot be written, where the system says so of a file."""
        try:
            yield
        except OSError as error:
            hint = "What is done is kept: make room, and go on with --resume." if self._files else ""
            raise UsageError(
                f"'{self._place.making}' cannot be written to: {error.strerror or error}.", hint
            ) from error


def _digest(path: Path) -> str:
    with path.open("rb") as part:
        return hashlib.file_digest(part, "sha256").hexdigest()


def _write_safely(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
