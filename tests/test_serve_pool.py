"""The pool of workers, with workers that are not processes: how it starts, and who waits for whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from diplograph.errors import UsageError
from diplograph.web import pool
from diplograph.web.tasks import Settings

SETTINGS = Settings("", of_user=False, base="e:", most_rows=1, memory=1 << 31)


class Idle(pool.Worker):
    """A worker without a process."""

    def __init__(self) -> None:
        self.version, self.ends = "", 0
        self.knows_ontology = True

    @property
    def alive(self) -> bool:
        return not self.ends

    def kill(self) -> None:
        self.ends += 1

    async def ended(self) -> None:
        assert self.ends


def starting(monkeypatch: pytest.MonkeyPatch, *found: pool.Worker | Exception) -> None:
    """Let workers come up as given, one after the other."""
    ahead = list(found)

    async def started(_: Settings) -> pool.Worker:
        one = ahead.pop(0)
        await asyncio.sleep(0)
        if isinstance(one, Exception):
            raise one
        return one

    monkeypatch.setattr(pool.Worker, "started", started)


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("failure", [lambda: UsageError("no graph"), lambda: OSError(11, "no room")])
def test_a_worker_that_does_not_come_up_is_told_and_the_others_end(
    monkeypatch: pytest.MonkeyPatch, at: int, failure: Callable[[], Exception]
) -> None:
    workers, error = [Idle(), Idle()], failure()
    found: list[pool.Worker | Exception] = [*workers]
    found.insert(at, error)
    starting(monkeypatch, *found)

    async def run() -> pool.Pool:
        made = pool.Pool(SETTINGS, 3, 1, 8)
        with pytest.raises(type(error)):
            await made.start()
        await made.close()
        return made

    assert asyncio.run(run()).failed is error
    assert [worker.ends for worker in workers] == ([1, 1] if at else [0, 0])
