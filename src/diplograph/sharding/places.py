"""Where a folder of parts stands: made beside its place, and moved there when it is whole.

Owns which files belong to such a folder: nothing else is ever taken away.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from diplograph.errors import UsageError
from diplograph.sharding.journal import NAME as JOURNAL

if TYPE_CHECKING:
    from collections.abc import Iterator

SUMS: Final = "SHA256SUMS"
DESCRIPTION: Final = "dataset.ttl"
_OWN: Final = re.compile(r"part-\d{5}\.(nq|nt|ttl|trig)\.gz|" + "|".join(map(re.escape, (SUMS, DESCRIPTION, JOURNAL))))
_OTHER: Final = "Name another folder with -o."
_AWAY: Final = "Move them away."


class Place:
    """A target, `making` beside it for what is not whole yet, and a third for the old one while they change."""

    def __init__(self, target: str | Path) -> None:
        self.target = Path(target)
        try:
            real = self.target.resolve()
        except (OSError, RuntimeError) as error:  # a link to itself
            raise UsageError(f"'{target}' cannot be found: it is a link to itself.", _OTHER) from error
        if not real.name:
            raise UsageError(f"'{target}' cannot be such a folder.", _OTHER)
        self._real = real
        self.making = real.with_name(f"{real.name}.unfinished")
        self._before = real.with_name(f".{real.name}.before")
        self._lock = real.with_name(f".{real.name}.lock")

    def check(self) -> None:
        """Refuse a target that is something else than a folder of parts, or an empty one.

        Raises:
            UsageError: it is.
        """
        if self._real.exists() and not self._real.is_dir():
            raise UsageError(f"'{self.target}' is not a folder.", _OTHER)
        names = _names(self._real)
        others = [name for name in names if not _OWN.fullmatch(name)]
        if others or (names and SUMS not in names):
            raise UsageError(f"The folder '{self.target}' holds other files, such as '{min(others or names)}'.", _OTHER)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second run from the same folder.

        Raises:
            UsageError: another run is making it.
        """
        import fcntl  # noqa: PLC0415 - not on every system

        try:
            file = self._lock.open("wb")
        except OSError as error:
            raise UsageError(f"'{self._real.parent}' cannot be written to: {error.strerror}.") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                taken = self._lock.stat().st_ino == os.fstat(file.fileno()).st_ino  # not one that is being given up
            except OSError:
                taken = False
            if not taken:
                raise UsageError(f"Another run is making '{self.target}'.", "Wait for it, or name another folder.")
            try:
                self._restore()
                yield
            finally:
                self._lock.unlink(missing_ok=True)

    def _restore(self) -> None:
        """Put back, or take away, an old folder that a run left when it was cut off between two steps."""
        _check_own(self._before)
        if self._before.exists() and not self._real.exists():
            self._before.rename(self._real)
        _remove(self._before)

    def take_away(self) -> None:
        """Take the unfinished folder away, if there is one.

        Raises:
            UsageError: what has its name is no unfinished folder.
        """
        _remove(self.making)

    def put_in_place(self) -> None:
        """Move the folder that was made to its place; what was there before goes when it is there.

        Raises:
            UsageError: other files have come into the target since it was checked.
        """
        self.check()
        (self.making / JOURNAL).unlink()
        if self._real.exists():
            self._real.rename(self._before)
        try:
            self.making.rename(self._real)
        except BaseException:
            with suppress(OSError):
                self._before.rename(self._real)
            raise
        _remove(self._before)


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def _remove(folder: Path) -> None:
    """Take a folder of ours away with all that is in it.

    Raises:
        UsageError: it holds something else.
    """
    _check_own(folder)
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)


def _check_own(folder: Path) -> None:
    if any(not _OWN.fullmatch(name) for name in _names(folder)):
        raise UsageError(f"'{folder}' holds other files.", _AWAY)
