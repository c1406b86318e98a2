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

    def __init__(self, seconds: float = 0, error: Exception | None = None) -> None:
        self.version, self.ends, self.seconds, self.error = "", 0, seconds, error
        self.knows_ontology = True

    async def do(self, task: Task) -> tuple[Reply, IO[bytes]]:
        await asyncio.sleep(self.seconds if isinstance(task, Ask) else 0)
        if self.error:
            raise self.error
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


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (OSError(28, "No space left on device"), 500, "No space left"),
        (TimeoutError(), 503, "longer than 5 seconds"),
        (pool.LostWorkerError(), 500, "has ended"),
    ],
)
def test_a_worker_whose_answer_is_not_whole_is_replaced(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, told: str
) -> None:
    failing, next_ = Idle(error=error), Idle()
    starting(monkeypatch, failing, next_)

    async def run() -> None:
        made = pool.Pool(SETTINGS, 1, 5, 3)
        await made.start()
        with pytest.raises(RefusedError, match=told) as found:
            await made.done(Start())
        assert found.value.status == status
        assert failing.ends
        assert (await made.done(Start()))[0].status == 200
        await made.close()

    asyncio.run(run())
    assert next_.ends
