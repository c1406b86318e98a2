"""A store in a folder: opened for reading, and replaced as a whole.

What `load` makes is a folder with versions, each a store as pyoxigraph and the Oxigraph server keep
it (RocksDB), and a link `store` to the one that counts. A new version is made beside the old one and
the link is moved to it (rename, POSIX), so that who opens the folder gets the old store or the new
one, whole, whatever happens in between. Who reads holds a lock on the version, which keeps it from
being tidied away. A folder that is itself such a store is opened for reading too.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import re
import shutil
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox

from diplograph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINK: Final = "store"
_VERSION: Final = re.compile(r"version-[0-9a-f]{32}")
"""Strict: what is called so and does not count is removed, which must not be anything of the user's."""
_LOCK: Final = "load.lock"
_READING: Final = ".reading"
_NEXT: Final = ".link"
_ROCKSDB: Final = "CURRENT"
"""The file by which RocksDB knows its databases."""

_ATTEMPTS: Final = 100

_leases: Final[dict[Path, IO[bytes]]] = {}
"""What keeps the versions that this process reads from being tidied away, as long as it lives; one for each."""


def opened(folder: str | Path) -> ox.Store:
    """Open the store that a folder holds, for reading.

    Raises:
        UsageError: there is no store in the folder, or it cannot be read.
    """
    path = Path(folder)
    if not current(path) and not (path / _ROCKSDB).is_file():
        raise UsageError(f"There is no store in the folder '{folder}'.", "'diplograph load SOURCE --to DIR' makes one.")
    try:
        return ox.Store.read_only(str(_held(path.resolve()) if current(path) else path))
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"The store in '{folder}' cannot be opened: {error}.") from error


def current(folder: str | Path) -> str:
    """Tell the version that a folder has now; empty where it has none."""
    try:
        name = (Path(folder) / _LINK).readlink().name
    except OSError:
        return ""
    return name if _VERSION.fullmatch(name) else ""


def _held(folder: Path) -> Path:
    """Find the version that counts, and keep it from being tidied away."""
    for _ in range(_ATTEMPTS):
        version = current(folder)
        try:
            lease = (folder / f"{version}{_READING}").open("rb")
        except FileNotFoundError:  # it has been replaced meanwhile
            continue
        fcntl.flock(lease, fcntl.LOCK_SH)
        if (folder / version / _ROCKSDB).is_file():
            kept = _leases.setdefault(folder / version, lease)
            if kept is lease:
                atexit.register(lease.close)
            else:
                lease.close()
            return folder / version
        lease.close()
    raise FileNotFoundError("it is replaced all the time, or damaged")


@contextmanager
def replacing(folder: str | Path) -> Iterator[tuple[ox.Store | None, Path]]:
    """Give the store that is there, if any, and a path to make a new one in, which replaces it at the end.

    If anything goes wrong, the old one stays. Only one can do this at a time.

    Raises:
        UsageError: another process is at it, or the folder holds something else or cannot be written.
    """
    path = Path(folder)
    _check(path)
    try:
        created = _made(path)
        with (path / _LOCK).open("ab") as lock:
            _lock(lock, folder)
            _tidy(path)
            version = path / f"version-{uuid.uuid4().hex}"
            version.mkdir()
            try:
                yield (ox.Store.read_only(str(path / current(path))) if current(path) else None), version
                _switch(path, version)
            except BaseException:
                if current(path) != version.name:  # else it counts already, and the old one does not any more
                    _give_up(path, version.name, with_folder=created)
                raise
            _tidy(path)
    except OSError as error:
        raise UsageError(f"The store in '{folder}' cannot be written: {error.strerror or error}.") from error


def _check(path: Path) -> None:
    """Refuse a folder that is no store of ours."""
    if (path / _ROCKSDB).is_file():
        hint = "Load into it through its server, or into another folder."
        raise UsageError(f"The store in '{path}' was made by another program, which may be using it.", hint)
    if path.exists() and not path.is_dir():
        raise UsageError(f"'{path}' is a file.", "Name a folder for the store.")
    if path.is_dir() and not current(path) and any(not _is_ours(found) for found in path.iterdir()):
        raise UsageError(f"The folder '{path}' holds something else than a store.", "Name an empty folder.")


def _is_ours(path: Path) -> bool:
    """Tell what a load that was cut off may leave."""
    return path.name == _LOCK or _VERSION.fullmatch(path.name.partition(".")[0]) is not None


def _made(path: Path) -> bool:
    """Make a folder; tells whether it was not there before."""
    try:
        path.mkdir(parents=True)
    except FileExistsError:
        return False
    return True


def _lock(lock: IO[bytes], folder: str | Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(f"Another process is loading into '{folder}'.", "Wait until it is done.") from None
    if not os.fstat(lock.fileno()).st_nlink:  # another process has given up meanwhile, and removed it
        raise UsageError(f"Another process was loading into '{folder}'.", "Try again.")


def _switch(folder: Path, version: Path) -> None:
    """Let a version count from now on."""
    for found in (*version.iterdir(), version):
        _to_disk(found)
    (folder / f"{version.name}{_READING}").touch()
    link = folder / f"{version.name}{_NEXT}"
    link.symlink_to(version.name)
    link.replace(folder / _LINK)
    _to_disk(folder)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tidy(folder: Path) -> None:
    """Remove what does not count and nobody reads: versions before, and those that were never finished."""
    now = current(folder)
    names = {found.name.partition(".")[0] for found in folder.iterdir()}
    for name in filter(_VERSION.fullmatch, names - {now}):
        lease = folder / f"{name}{_READING}"
        with suppress(BlockingIOError), lease.open("ab") as reading:
            fcntl.flock(reading, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder, name)


def _remove(folder: Path, name: str) -> None:
    shutil.rmtree(folder / name, ignore_errors=True)
    for suffix in (_NEXT, _READING):
        (folder / f"{name}{suffix}").unlink(missing_ok=True)


def _give_up(folder: Path, name: str, *, with_folder: bool) -> None:
    """Remove a version that will not count, and a folder that was made for it; who calls holds the lock."""
    _remove(folder, name)
    if with_folder:
        with suppress(OSError):  # another process may wait for the lock, or somebody have put something in
            (folder / _LOCK).unlink()
            folder.rmdir()
