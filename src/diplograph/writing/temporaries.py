"""Temporary files for what does not fit into memory: without names, so that nothing of them is ever left."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Final, cast

from diplograph.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import SupportsRead

_BUFFER: Final = 1 << 16


def temporary() -> IO[bytes]:
    """Open a file that has no name and goes when it is closed.

    Raises:
        UsageError: there is no place for it.
    """
    try:
        return cast("IO[bytes]", tempfile.TemporaryFile(prefix="diplograph-", buffering=_BUFFER))
    except OSError as error:
        raise no_room(error) from error


def pack(source: SupportsRead[bytes], file: IO[bytes]) -> int:
    """Pack what can be read with gzip, into a temporary file, to be read from its beginning; give its size.

    Raises:
        UsageError: there is no room for it.
    """
    try:
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packing:
            shutil.copyfileobj(source, packing)
        size = file.tell()
        file.seek(0)
    except OSError as error:
        raise no_room(error) from error
    return size


def let_go(file: IO[bytes]) -> None:
    """Close a temporary file, whatever of it can no longer be written."""
    with suppress(OSError):
        file.close()


def no_room(error: OSError) -> UsageError:
    """Put into words that the system refuses to write into a temporary file."""
    reason = error.strerror or error
    return UsageError(f"Temporary files cannot be written: {reason}.", "Name a folder with room for them in TMPDIR.")
