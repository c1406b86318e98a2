"""The folder of a running server, which ends with it; what a killed one has left is removed by the next."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX: Final = "diplograph-serve-"
_LOCK: Final = "running.lock"


@contextmanager
def workplace() -> Iterator[str]:
    """Give a folder that only this user can read, until the server ends."""
    _tidy()
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        with (path / "new.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (path / "new.lock").rename(path / _LOCK)  # once it is held: who sees it unheld may remove the folder
            yield folder


def _tidy() -> None:
    """Remove the folders of servers of this user that run no more."""
    for found in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another server is at work there, or has tidied it away
            status = found.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
                continue
            with (found / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(found, ignore_errors=True)
