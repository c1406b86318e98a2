"""Records put aside on disk come back as they would from memory, however little is kept there."""

from __future__ import annotations

import errno
import gc
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import IO, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diplograph.errors import UsageError
from diplograph.streaming import sorting
from diplograph.streaming.sorting import Record, Sorter

NOTHING_KEPT: Final = 0
FULL: Final = Path("/dev/full")
RECORDS: Final = st.lists(st.tuples(st.binary(max_size=3), st.binary(max_size=300)), max_size=60)
LIMITS: Final = st.integers(NOTHING_KEPT, 5000)


def filled(records: list[Record], limit: int) -> Sorter:
    sorter = Sorter(limit)
    for key, content in records:
        sorter.add(key, content)
    return sorter


def groups(records: list[Record]) -> list[tuple[bytes, list[bytes]]]:
    found: dict[bytes, list[bytes]] = defaultdict(list)
    for key, content in records:
        found[key].append(content)
    return [(key, sorted(found[key])) for key in sorted(found)]


def open_files() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


@given(RECORDS, LIMITS)
def test_records_come_in_order_whatever_is_kept_in_memory(records: list[Record], limit: int) -> None:
    assert list(filled(records, limit)) == sorted(records)


@given(RECORDS, LIMITS)
def test_groups_are_those_of_memory(records: list[Record], limit: int) -> None:
    assert list(filled(records, limit).groups()) == groups(records)


@given(RECORDS, RECORDS, LIMITS)
def test_what_is_added_after_a_walk_is_in_the_next(first: list[Record], later: list[Record], limit: int) -> None:
    sorter = filled(first, limit)
    assert list(sorter) == sorted(first)
    for key, content in later:
        sorter.add(key, content)
    assert list(sorter) == sorted([*first, *later])


@pytest.mark.parametrize("limit", [NOTHING_KEPT, sorting.LIMIT])
def test_two_walks_at_once_do_not_disturb_each_other(limit: int) -> None:
    records = [(b"%03d" % (number * 7 % 100), b"x" * number) for number in range(100)]
    sorter = filled(records, limit)
    assert list(zip(sorter, sorter, strict=True)) == [(record, record) for record in sorted(records)]
    some = iter(sorter.groups())
    next(some)  # and one that is left early
    assert list(sorter) == sorted(records)


@pytest.mark.parametrize("limit", [NOTHING_KEPT, sorting.LIMIT])
def test_nothing_put_aside_is_nothing_given(limit: int) -> None:
    assert list(Sorter(limit)) == []
    assert list(Sorter(limit).groups()) == []
    assert list(filled([(b"", b"")], limit).groups()) == [(b"", [b""])]


def test_records_larger_than_what_is_read_at_a_time_are_whole() -> None:
    sizes = [1 << 16, (1 << 16) - 8, (1 << 16) - 9, (1 << 16) + 1, 1 << 20, 3, 200_000]
    records = [(b"%d" % number, bytes([number]) * size) for number, size in enumerate(sizes)]
    long_key = (b"k" * 70_000, b"content")
    assert list(filled([*records, long_key], NOTHING_KEPT)) == sorted([*records, long_key])
    assert list(filled([*records, long_key], 300_000)) == sorted([*records, long_key])


def test_no_more_is_kept_in_memory_than_the_limit() -> None:
    sorter = Sorter(limit=10_000)
    most = 0
    for number in range(1000):
        sorter.add(b"%d" % number, b"x" * 100)
        kept = [len(key) + len(content) for key, content in sorter._kept]  # noqa: SLF001 - nothing else tells
        most = max(most, sum(kept))
    assert 1000 < most <= 10_000


def test_within_the_limit_there_is_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert list(filled([(b"b", b""), (b"a", b"")], sorting.LIMIT)) == [(b"a", b""), (b"b", b"")]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="this system does not list open files")
def test_the_file_has_no_name_and_goes_with_the_sorter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = open_files()
    sorter = filled([(b"%d" % number, b"") for number in range(50)], NOTHING_KEPT)
    assert open_files() == before + 1
    assert not list(tmp_path.iterdir())
    assert len(list(sorter)) == 50
    del sorter
    assert open_files() == before


class Full:
    """A file on a disk that takes only the first few bytes, which shows when the buffer is emptied."""

    def __init__(self, file: IO[bytes], room: int) -> None:
        self.file, self.room = file, room

    def tell(self) -> int:
        return self.file.tell()

    def fileno(self) -> int:
        return self.file.fileno()

    def write(self, content: bytes) -> int:
        self.room -= len(content)
        return self.file.write(content)

    def flush(self) -> None:
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.file.flush()

    def close(self) -> None:
        self.file.close()


def test_a_full_disk_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Full((tmp_path / "file").open("wb"), 5))
    with pytest.raises(UsageError) as caught:
        filled([(b"key", b"content")], NOTHING_KEPT)
    expected = "Temporary files cannot be written: No space left on device. Name a folder with room for them in TMPDIR."
    assert str(caught.value) == expected


@pytest.mark.skipif(not FULL.exists(), reason="this system has no disk that is always full")
def test_what_a_full_disk_has_not_taken_is_let_go_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: FULL.open("r+b"))
    said: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)
    sorter = Sorter(NOTHING_KEPT)
    with pytest.raises(UsageError, match=r"^Temporary files cannot be written: No space left on device\. Name "):
        sorter.add(b"key", b"content")
    del sorter
    gc.collect()
    assert not said


def test_a_temporary_folder_that_takes_nothing_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(UsageError, match=r"^Temporary files cannot be written: No such file or directory\. Name "):
        filled([(b"key", b"content")], NOTHING_KEPT)


def test_no_temporary_folder_at_all_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tempfile` looks through several folders; its own error has them in its message, and no sentence."""

    def none(**_: str) -> IO[bytes]:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "TemporaryFile", none)
    with pytest.raises(UsageError, match="No usable temporary directory found"):
        filled([(b"key", b"content")], NOTHING_KEPT)
