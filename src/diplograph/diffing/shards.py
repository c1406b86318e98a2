"""Sharded exports: folders whose SHA256SUMS name each part with its digest.

What a part holds follows from the statements alone, so that a part with the same name and digest
holds the same in two exports of as many parts, and nothing of it is in another part.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.errors import UsageError
from diplograph.rdf import is_rdf, rdf_quads

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyoxigraph as ox

_SUMS: Final = "SHA256SUMS"
_DESCRIPTION: Final = "dataset.ttl"
_ENTRY: Final = re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?P<name>[^/\\]+)")
_AGAIN: Final = "Export it again."


class Shards(Struct, frozen=True):
    """The parts of a sharded export: their names and the digests that they should have."""

    folder: Path
    digests: dict[str, str]

    def quads(self, without: frozenset[str]) -> Iterator[ox.Quad]:
        """Read all parts but some.

        Raises:
            UsageError: a part is not what it should be, or cannot be read.
            InputError: a part is not of its syntax.
        """
        for name in self.digests:
            if name not in without:
                self._check(name)
                yield from rdf_quads(self.folder / name)

    def _check(self, name: str) -> None:
        path = self.folder / name
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise UsageError(f"'{path}' cannot be read: {error.strerror}.") from error
        if found != self.digests[name]:
            raise UsageError(f"'{path}' has another SHA-256 than {_SUMS} says: it is damaged or unfinished.", _AGAIN)


def is_sharded(folder: Path) -> bool:
    """Tell a sharded export from a folder of annotations, which may have digests too."""
    described = (folder / _SUMS).exists() and (folder / _DESCRIPTION).exists()
    return folder.is_dir() and (described or bool(_parts(folder)))


def _parts(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("part-*") if is_rdf(path))


def shards_in(folder: Path) -> Shards:
    """Read which parts a sharded export has.

    Raises:
        UsageError: the folder lacks the digests, or lists none, or holds parts that are not listed.
    """
    sums = folder / _SUMS
    try:
        text = sums.read_text("utf-8")
    except FileNotFoundError as error:
        raise UsageError(f"'{folder}' has parts but no {_SUMS}: the export was not finished.", _AGAIN) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"'{sums}' cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    digests: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        entry = _ENTRY.fullmatch(line)
        if entry is None:
            raise UsageError(f"'{sums}', line {number}: not a digest and the name of a file in this folder.")
        if is_rdf(entry["name"]) and entry["name"] != _DESCRIPTION:
            digests[entry["name"]] = entry["digest"]
    unlisted = [name for name in _parts(folder) if name not in digests]
    if unlisted:
        raise UsageError(f"'{folder / unlisted[0]}' is not listed in {_SUMS}: it is of another export.", _AGAIN)
    if not digests:
        raise UsageError(f"'{sums}' lists no part.")
    return Shards(folder, dict(sorted(digests.items())))


def unchanged(one: Shards, other: Shards) -> frozenset[str]:
    """List the parts that are the same in two exports; none if they are divided differently."""
    if one.digests.keys() != other.digests.keys():
        return frozenset()
    return frozenset(name for name, digest in one.digests.items() if other.digests[name] == digest)
