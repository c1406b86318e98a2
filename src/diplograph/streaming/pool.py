"""Tasks on several processes, their outcomes in order, and no process left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Final, Protocol

from diplograph.errors import DiplographError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diplograph.streaming.tasks import Outcome, Task

_AHEAD: Final = 2
"""How many tasks a process may have waiting: enough to be busy, and little enough for memory."""


class Runs(Protocol):
    """What does tasks."""

    def run(self, task: Task) -> Outcome:
        """Do one task."""


class LostWorkerError(DiplographError):
    """A process was ended from outside, as by the system when memory is short."""

    def __init__(self) -> None:
        super().__init__("A worker process was ended from outside. Is there enough memory? Try --jobs 1.")


def default_jobs() -> int:
    """Tell on how many cores the program may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pool:
    """Does tasks, on processes of its own or, with one job, in this one.

    Processes are forked with the worker as it is when they are needed first, so that what it has read
    is in memory once; where the system cannot fork, tasks are done in this process.
    """

    def __init__(self, worker: Runs, jobs: int) -> None:
        self._worker = worker
        can_fork = "fork" in multiprocessing.get_all_start_methods()
        self._jobs = jobs if can_fork else 1
        self._executor: ProcessPoolExecutor | None = None

    def outcomes(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Give the outcomes of tasks in order; tasks are taken as they can be done.

        Raises:
            LostWorkerError: a process was ended from outside.
        """
        tasks = iter(tasks)
        if self._jobs == 1:
            yield from map(self._worker.run, tasks)
            return
        first = next(tasks, None)
        second = next(tasks, None)
        if first is None or second is None:  # one task is done sooner than a process starts
            if first is not None:
                yield self._run_here(first)
            return
        executor = self._started()
        running: deque[Future[Outcome]] = deque(executor.submit(_run, task) for task in (first, second))
        try:
            for task in tasks:
                if len(running) >= self._jobs * _AHEAD:
                    yield running.popleft().result()
                running.append(executor.submit(_run, task))
            while running:
                yield running.popleft().result()
        except BrokenProcessPool as error:
            raise LostWorkerError from error

    def _run_here(self, task: Task) -> Outcome:
        if self._executor is None:
            return self._worker.run(task)
        return self._executor.submit(_run, task).result()

    def _started(self) -> ProcessPoolExecutor:
        if self._executor is None:
            context = multiprocessing.get_context("fork")
            self._executor = ProcessPoolExecutor(self._jobs, context, _start, (self._worker,))
        return self._executor

    def close(self, *, at_once: bool = False) -> None:
        """End all processes; `at_once` in the middle of what they do."""
        if self._executor is None:
            return
        if at_once:
            for process in list(getattr(self._executor, "_processes", {}).values()):
                process.kill()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = None


_worker: Runs | None = None


def _start(worker: Runs) -> None:
    """Set up a new process: the worker is its own, and it ends when the one that it works for ends."""
    global _worker  # noqa: PLW0603 - one process, one worker
    _worker = worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process ends all
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _run(task: Task) -> Outcome:
    assert _worker is not None, "the process was set up"  # noqa: S101
    return _worker.run(task)
