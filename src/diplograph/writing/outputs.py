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
        UsageError: the target is a folder, or it cannot be written: its folder does not exist, the
            disk is full, and so on.
    """
    try:
        with _opened(target) as stream:
            if str(target).endswith(".gz"):
                with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as packed:
                    yield cast("IO[bytes]", packed)
            else:
                yield stream
    except OSError as error:
        # a reader that has gone is no fault; an error with a name is about another file
        if isinstance(error, BrokenPipeError) or error.filename is not None:
            raise
        name = "Standard output" if str(target) == STDOUT else f"'{target}'"
        raise UsageError(f"{name} cannot be written: {error.strerror or error}.") from error


@contextmanager
def _opened(target: str | Path) -> Iterator[IO[bytes]]:
    if str(target) == STDOUT:
        with _to_stream() as stream:
            yield stream
    elif Path(target).is_dir():
        raise UsageError(f"'{target}' is a folder.", "Name a file in it.")
    elif Path(target).exists() and not Path(target).is_file():
        with Path(target).open("wb") as stream:  # a device or pipe: there is no beside
            yield stream
    else:
        with _beside(Path(os.path.realpath(target))) as stream:
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
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
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
