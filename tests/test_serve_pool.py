"""The pool of workers, with workers that are not processes: how it starts, and who waits for whom."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import IO

import pytest

from diplograph.errors import UsageError
from diplograph.web import pool
from diplograph.web.protocol import RefusedError
from diplograph.web.tasks import Ask, Reply, Settings, Start, Task

SETTINGS = Settings("", of_user=False, base="e:", most_rows=1, memory=1 << 31)


class Idle(pool.Worker):
    """A worker without a process, which takes as long as it is told."""

    def __init__(self, seconds: float = 0) -> None:
        self.version, self.ends, self.seconds = "", 0, seconds
        self.knows_ontology = True

    async def do(self, task: Task) -> tuple[Reply, IO[bytes]]:
        await asyncio.sleep(self.seconds if isinstance(task, Ask) else 0)
        return Reply(200, str(type(task))), io.BytesIO()

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


def test_queries_that_wait_take_no_place_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    starting(monkeypatch, Idle(3600), Idle(3600))

    async def run() -> None:
        made = pool.Pool(SETTINGS, 2, 7200, 3)
        await made.start()
        queries = [asyncio.create_task(made.done(Ask("ASK {}", ""))) for _ in range(4)]  # one at work, three wait
        await asyncio.sleep(0.01)
        with pytest.raises(RefusedError, match="busy"):
            await made.done(Ask("ASK {}", ""))
        reply, _ = await made.done(Start())
        assert reply.status == 200
        for query in queries:
            query.cancel()
        await asyncio.gather(*queries, return_exceptions=True)
        await made.close()

    asyncio.run(run())
