"""Tasks on several processes, their outcomes in order, and no process left behind.

Each process has pipes of its own: what one that is ended leaves half said disturbs nobody else.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections import deque
from multiprocessing.connection import wait
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from diplograph.errors import DiplographError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from multiprocessing.connection import Connection

    from diplograph.streaming.tasks import Outcome, Task

_AHEAD: Final = 2
"""How many tasks a process may have waiting: enough to be busy, and little enough for memory."""

_Done: TypeAlias = "tuple[Outcome | None, Exception | None, str]"
"""What became of a task: an outcome, or an error with its traceback."""

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Runs(Protocol):
    """What does tasks."""

    def run(self, task: Task) -> Outcome:
        """Do one task."""


class _InWorkerError(Exception):
    """What another process says of an error: its traceback, which does not go from process to process."""


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
        self._hands: list[_Hand] = []

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
        if first is not None and second is None and not self._hands:  # it is done sooner than a process starts
            yield self._worker.run(first)
            return
        running: deque[_Hand] = deque(self._given(task) for task in (first, second) if task is not None)
        for task in tasks:
            if len(running) >= self._jobs * _AHEAD:
                yield self._next(running)
            running.append(self._given(task))
        while running:
            yield self._next(running)

    def _given(self, task: Task) -> _Hand:
        """Give a task to the process that has least to do."""
        while len(self._hands) < self._jobs:
            self._hands.append(_Hand(self._worker, self._hands))
        hand = min(self._hands, key=lambda one: one.pending)
        hand.give(task)
        return hand

    def _next(self, running: deque[_Hand]) -> Outcome:
        """Wait for the outcome of the task that was given first, and take in what others have done meanwhile."""
        hand = running.popleft()
        while not hand.done:
            ready = wait([one.outcomes for one in self._hands if one.pending])
            for one in self._hands:
                if one.outcomes in ready:
                    one.take()
        outcome, error, trace = hand.done.popleft()
        if error is not None:
            raise error from _InWorkerError(trace)
        assert outcome is not None, "there is one of them"  # noqa: S101
        return outcome

    def close(self) -> None:
        """End all processes, whatever they are doing."""
        for hand in self._hands:
            hand.process.kill()
        for hand in self._hands:
            hand.close()
        self._hands = []


class _Hand:
    """A process as it is seen from the main one: it does tasks in order, and `done` has what became of them."""

    def __init__(self, worker: Runs, others: Sequence[_Hand]) -> None:
        context = multiprocessing.get_context("fork")
        theirs, self.tasks = context.Pipe(duplex=False)
        self.outcomes, out = context.Pipe(duplex=False)
        self.pending = 0
        self.done: deque[_Done] = deque()
        # what belongs to the main process only: held elsewhere too, it would not be seen to end
        ours = [end for one in (*others, self) for end in (one.tasks, one.outcomes)]
        self.process = context.Process(target=_serve, args=(worker, theirs, out, ours), daemon=True)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # until the process has handlers of its own
        try:
            self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()
            out.close()

    def give(self, task: Task) -> None:
        try:
            self.tasks.send(task)
        except OSError as error:
            raise LostWorkerError from error
        self.pending += 1

    def take(self) -> None:
        try:
            self.done.append(self.outcomes.recv())
        except (EOFError, OSError) as error:
            raise LostWorkerError from error
        self.pending -= 1

    def close(self) -> None:
        self.process.join()
        self.process.close()
        self.tasks.close()
        self.outcomes.close()


def _serve(worker: Runs, tasks: Connection, outcomes: Connection, ours: Sequence[Connection]) -> None:
    """Do tasks as they come, until the main process ends."""
    for end in ours:
        end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process ends all
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    ahead: SimpleQueue[Task] = SimpleQueue()
    threading.Thread(target=_receive, args=(tasks, ahead), daemon=True).start()
    while True:
        found: _Done
        try:
            found = worker.run(ahead.get()), None, ""
        except Exception as error:  # noqa: BLE001 - it is raised again in the main process
            found = None, error, traceback.format_exc()
        try:
            outcomes.send(found)
        except OSError:
            os._exit(1)  # the main process has ended


def _receive(tasks: Connection, ahead: SimpleQueue[Task]) -> None:
    """Take in tasks while others are done, so that nobody waits for the main process while it waits for them."""
    try:
        while True:
            ahead.put(tasks.recv())
    except (EOFError, OSError):
        os._exit(1)  # the main process has ended
