"""The store in a folder: what happens between readers and loaders, and at failures between two steps."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pyoxigraph as ox
import pytest

from diplograph.errors import UsageError
from diplograph.stores import folder

QUAD = ox.Quad(ox.NamedNode("e:s"), ox.NamedNode("e:p"), ox.NamedNode("e:o"), ox.NamedNode("e:g"))


def filled(path: Path, number: int = 1) -> None:
    """Replace the store in a folder by one with so many quads."""
    with folder.replacing(path) as (_, new):
        store = ox.Store(str(new))
        store.bulk_extend(ox.Quad(QUAD.subject, QUAD.predicate, ox.Literal(n), QUAD.graph_name) for n in range(number))
        store.flush()


def test_a_failure_behind_the_switch_leaves_the_new_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "db")
    to_disk = os.fsync

    def failing(handle: int) -> None:
        if os.path.samestat(os.fstat(handle), (tmp_path / "db").stat()):  # as where a folder cannot be brought to disk
            raise OSError(22, "Invalid argument")
        to_disk(handle)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(UsageError, match="Invalid argument"):
        filled(tmp_path / "db", 2)
    assert len(folder.opened(tmp_path / "db")) == 2


def test_who_loses_the_race_for_a_new_folder_removes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "db"
    with folder.replacing(path) as (_, new):
        monkeypatch.setattr(Path, "exists", lambda *_, **__: False)  # the other looked before it was there
        with pytest.raises(UsageError, match="Another process is loading"):
            filled(path)
        monkeypatch.undo()
        assert new.is_dir()
        ox.Store(str(new)).add(QUAD)
    assert len(folder.opened(path)) == 1


def test_a_load_that_fails_leaves_no_folder_that_it_made(tmp_path: Path) -> None:
    def fail() -> None:
        with folder.replacing(tmp_path / "deep" / "db"):
            raise UsageError("so it is")

    with pytest.raises(UsageError, match="so it is"):
        fail()
    assert list((tmp_path / "deep").iterdir()) == []


@pytest.mark.parametrize("name", ["version-1", "version-2.0.txt", "version-20240101", "version-"])
def test_versions_of_something_else_are_no_leftovers(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(UsageError, match="something else"):
        filled(tmp_path)
    assert (tmp_path / name).is_dir()


def test_a_link_of_that_name_is_not_ours_for_that(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "store").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="something else"):
        filled(tmp_path / "db")
    with pytest.raises(UsageError, match="There is no store"):
        folder.opened(tmp_path / "db")


def test_others_may_read_what_the_mask_of_the_user_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        filled(tmp_path / "db")
    finally:
        os.umask(before)
    version = (tmp_path / "db" / "store").resolve()
    assert stat.S_IMODE(version.stat().st_mode) == 0o755


def test_a_process_that_opens_a_store_often_holds_one_lease(tmp_path: Path) -> None:
    filled(tmp_path / "db")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        assert len(folder.opened(tmp_path / "db")) == 1
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1


def test_a_reader_keeps_its_version_from_being_tidied_away(tmp_path: Path) -> None:
    filled(tmp_path / "db")
    version = (tmp_path / "db" / "store").resolve()
    store = folder.opened(tmp_path / "db")
    filled(tmp_path / "db", 2)
    assert version.is_dir()
    assert len(store) == 1
    assert len(folder.opened(tmp_path / "db")) == 2
