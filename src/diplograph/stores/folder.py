"""A store in a folder, as pyoxigraph and the Oxigraph server keep it; opened for reading only."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from diplograph.errors import UsageError


def opened(folder: str | Path) -> ox.Store:
    """Open the store that a folder holds.

    Raises:
        UsageError: there is no store in the folder, or it cannot be read.
    """
    path = Path(folder)
    if not (path / "CURRENT").is_file():  # the file by which RocksDB knows its databases
        raise UsageError(f"There is no store in the folder '{folder}'.")
    try:
        return ox.Store.read_only(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"The store in '{folder}' cannot be opened: {error}.") from error
