"""Outputs: written beside their target and renamed, so that a failed run leaves the old file whole."""

from __future__ import annotations

import gzip
import os
import shutil
import stat
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from diplograph.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

STDOUT = "-"


@contextmanager
def output(target: str | Path) -> Iterator[IO[bytes]]:
    """Open a file, or `-` for standard output, for writing; what is written appears at the end.

    A name that ends in `.gz` is compressed, without name and time, so that the same content
    gives the same bytes. If the block fails, nothing appears.

    Raises:
        UsageError: the target is a folder, or its folder does not exist or cannot be written.
    """
    if str(target) == STDOUT:
        with _to_stream() as stream:
            yield stream
        return
    path = Path(os.path.realpath(target))
    if path.is_dir():
        raise UsageError(f"'{target}' is a folder.", "Name a file in it.")
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:  # a device or pipe: there is no beside
            yield stream
        return
    with _beside(path) as stream:
        if path.suffix == ".gz":
            with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as packed:
                yield cast("IO[bytes]", packed)
        else:
            yield stream


@contextmanager
def _to_stream() -> Iterator[IO[bytes]]:
    """Collect output and copy it to standard output at the end."""
    if sys.stdout is None:
        raise UsageError("Standard output is closed.", "Name a file with -o.")
    with tempfile.SpooledTemporaryFile(max_size=1 << 24) as spool:
        yield cast("IO[bytes]", spool)
        spool.seek(0)
        shutil.copyfileobj(spool, sys.stdout.buffer)
        sys.stdout.buffer.flush()


@contextmanager
def _beside(path: Path) -> Iterator[IO[bytes]]:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:64]}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise UsageError(f"'{path.parent}' cannot be written to: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(_mode(path))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """Give the mode of the file that is replaced, or that of any new file."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
