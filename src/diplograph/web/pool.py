"""Workers, each busy with one task at a time, ended when they take too long and replaced at once."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import asynccontextmanager, suppress
from typing import IO, TYPE_CHECKING, Final, cast

from diplograph.errors import UsageError
from diplograph.web.frames import framed, next_frame
from diplograph.web.graph import version_of
from diplograph.web.protocol import RefusedError
from diplograph.web.tasks import KNOWS, REPLIES, Reply, Settings, Task, asks, encoded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_COMMAND: Final = (sys.executable, "-P", "-m", "diplograph.web.worker")  # nothing from where the user stands
_PATIENCE: Final = 60.0
"""Seconds that a worker has for opening the graph."""
_QUEUE: Final = 30.0
"""Seconds that a task waits for a worker, if the limit of a task is not longer."""
_IN_MEMORY: Final = 1 << 20
_CHUNK: Final = 1 << 16
_AGAIN: Final = 0.5
"""Seconds before another worker is started where the last one could not open the graph."""
_GONE: Final = (asyncio.IncompleteReadError, ConnectionError)
_BUSY: Final = "All workers are busy. Try again in a moment."


class LostWorkerError(Exception):
    """A worker has ended in the middle of a task."""


class Worker:
    """A process that does tasks."""

    def __init__(self, process: Process, version: str) -> None:
        self._process, self.version = process, version
        self.knows_ontology = True

    @property
    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.returncode is None

    @classmethod
    async def started(cls, settings: Settings) -> Worker:
        """Start a process, and wait until it has opened the graph.

        Raises:
            UsageError: the graph cannot be opened.
        """
        version = version_of(settings)
        process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
        worker = cls(process, version)
        try:
            async with asyncio.timeout(_PATIENCE):
                reply, body = await worker._reply(encoded(settings))
            with body:
                _check_opened(reply, body)
        except BaseException as error:
            worker.kill()
            await worker.ended()
            if isinstance(error, (LostWorkerError, TimeoutError)):
                raise UsageError("A worker of the server ended before it had opened the graph.") from error
            raise
        worker.knows_ontology = KNOWS in reply.headers
        return worker

    async def do(self, task: Task) -> tuple[Reply, IO[bytes]]:
        """Have a task done.

        Raises:
            LostWorkerError: the process has ended.
        """
        return await self._reply(encoded(task))

    def kill(self) -> None:
        """End the process at once, whatever it does."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def ended(self) -> None:
        """Wait until the process has ended, and its pipes are closed."""
        await self._process.wait()
        told, heard = self._process.stdin, self._process.stdout
        if told is not None:
            told.close()
            with suppress(OSError):
                await told.wait_closed()
        with suppress(OSError, RuntimeError):  # somebody may be reading still
            while heard is not None and await heard.read(_CHUNK):
                pass

    async def _reply(self, frame: bytes) -> tuple[Reply, IO[bytes]]:
        told, heard = self._process.stdin, self._process.stdout
        if told is None or heard is None:  # pragma: no cover - both are pipes
            raise LostWorkerError
        body = cast("IO[bytes]", tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - who asks closes it
        try:
            told.write(framed(frame))
            await told.drain()
            reply = REPLIES.decode(await next_frame(heard))
            left = reply.size
            while left:
                left -= body.write(await heard.readexactly(min(left, _CHUNK)))
        except BaseException as error:
            body.close()
            if isinstance(error, _GONE):
                raise LostWorkerError from error
            raise
        body.seek(0)
        return reply, body


def _check_opened(reply: Reply, body: IO[bytes]) -> None:
    if reply.status != 200:  # noqa: PLR2004 - OK
        raise UsageError(body.read().decode("utf-8").strip())


class Pool:
    """So many workers, and so many queries and as many other tasks that may wait for them.

    Queries of users never have all workers, if there are several, nor all places to wait: pages
    are still shown.
    """

    def __init__(self, settings: Settings, jobs: int, limit: float, most_waiting: int) -> None:
        self._settings, self._jobs, self._limit, self._most_waiting = settings, jobs, limit, most_waiting
        self._free: asyncio.Queue[Worker] = asyncio.Queue()
        self._queries = asyncio.Semaphore(max(1, jobs - 1))
        self._workers: set[Worker] = set()
        self._renewals: set[asyncio.Task[None]] = set()
        self._waiting = {True: 0, False: 0}  # queries, and others
        self._closed = False
        self.knows_ontology = True
        self.failed: OSError | UsageError | None = None

    async def start(self) -> None:
        """Start all workers.

        Raises:
            OSError: there is no room for so many processes; it is also kept.
            UsageError: the graph cannot be opened; it is also kept.
        """
        try:
            first = await Worker.started(self._settings)  # alone: what is wrong is told once
            self._add(first)
            self.knows_ontology = first.knows_ontology
            await self._start_others()
        except (OSError, UsageError) as error:
            self.failed = error
            raise

    async def _start_others(self) -> None:
        """Start all but the first, and wait for each: those that have come up are ended with the others."""
        starting = (Worker.started(self._settings) for _ in range(self._jobs - 1))
        found = await asyncio.gather(*starting, return_exceptions=True)
        for worker in found:
            if isinstance(worker, Worker):
                self._add(worker)
        for failed in found:
            if isinstance(failed, BaseException):
                raise failed

    async def close(self) -> None:
        """End all workers, and wait until they have ended."""
        self._closed = True
        for renewal in self._renewals:
            renewal.cancel()
        await asyncio.gather(*self._renewals, return_exceptions=True)
        for worker in self._workers:
            worker.kill()
        await asyncio.gather(*(worker.ended() for worker in self._workers))

    async def done(self, task: Task) -> tuple[Reply, IO[bytes]]:
        """Have a task done by the next worker that is free; when cancelled, its worker is ended.

        Raises:
            RefusedError: nobody is free, the task takes too long, its worker has ended, or the
                answer finds no room.
        """
        if self._waiting[asks(task)] >= self._most_waiting:
            raise RefusedError(503, _BUSY, Retry_After="1")
        if not asks(task):
            return await self._by_next(task)
        async with self._place(task):
            await self._queries.acquire()
        try:
            return await self._by_next(task)
        finally:
            self._queries.release()

    @asynccontextmanager
    async def _place(self, task: Task) -> AsyncIterator[None]:
        """Let a task wait, as long as it may.

        Raises:
            RefusedError: that was not long enough.
        """
        self._waiting[asks(task)] += 1
        try:
            async with asyncio.timeout(max(self._limit, _QUEUE)):
                yield
        except TimeoutError as error:
            raise RefusedError(503, _BUSY, Retry_After="1") from error
        finally:
            self._waiting[asks(task)] -= 1

    async def _by_next(self, task: Task) -> tuple[Reply, IO[bytes]]:
        async with self._place(task):
            worker = await self._next()
        whole = False
        try:
            async with asyncio.timeout(self._limit):
                found = await worker.do(task)
            whole = not found[0].spent
        except TimeoutError as error:
            message = f"The query was stopped: it took longer than {self._limit:g} seconds."
            raise RefusedError(503, message, stopped=True) from error
        except LostWorkerError as error:
            memory = f"{self._settings.memory >> 20} MB"
            message = f"The process that answered has ended: it needed more than {memory} of memory, or was ended."
            raise RefusedError(500, message, stopped=True) from error
        except OSError as error:  # as when the disk is full; after TimeoutError, which is one
            raise RefusedError(500, f"The answer cannot be taken: {error.strerror}.", stopped=True) from error
        finally:
            self._free.put_nowait(worker) if whole else self._replace(worker)
        return found

    async def _next(self) -> Worker:
        """Wait for a worker that is free; those ended from outside, and those with an old version, are replaced."""
        while not (worker := await self._free.get()).alive or worker.version != version_of(self._settings):
            self._replace(worker)
        return worker

    def _add(self, worker: Worker) -> None:
        self._workers.add(worker)
        self._free.put_nowait(worker)

    def _replace(self, worker: Worker) -> None:
        worker.kill()
        if self._closed:
            return
        renewal = asyncio.get_running_loop().create_task(self._renewed(worker))
        self._renewals.add(renewal)
        renewal.add_done_callback(self._renewals.discard)

    async def _renewed(self, old: Worker) -> None:
        """Start another worker in place of one, however often it takes."""
        await old.ended()
        self._workers.discard(old)
        while True:
            try:
                self._add(await Worker.started(self._settings))
            except (UsageError, OSError):
                await asyncio.sleep(_AGAIN)
            else:
                return
