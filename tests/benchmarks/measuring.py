"""Running a program and measuring it: wall time, CPU time and memory of the process with all below it.

Owns how things are measured; does not know what is run.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LEAST: Final = 0.03
"""Seconds between two looks at the memory."""
_PART: Final = 0.03
"""Looking takes no more than this part of the time."""
_PROC: Final = Path("/proc")
MEMORY: Final = (
    "sum of PSS (proportional set size, /proc/PID/smaps_rollup) over the process and all below it, looked at some "
    "30 times a second, less often where looking would take more than 3 % of the time"
)


class FailedError(Exception):
    """A program that was measured did not end well."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What one run took: seconds of wall and of CPU (user and system, all processes), and the peak in MB."""

    wall: float
    cpu: float
    peak: float


def measured(command: Sequence[str], log: Path, folder: Path) -> Measure:
    """Run a program in a folder, in a session of its own, and measure it.

    Raises:
        FailedError: it ended with another code than 0; what it printed is in the log.
    """
    with log.open("wb") as stream:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, cwd=folder, start_new_session=True
        )
        watch = _Watch(process.pid)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            watch.stop()
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        end = log.read_text("utf-8", "replace")[-2000:]
        message = f"{' '.join(command)} ended with {process.returncode}:\n{end}"
        raise FailedError(message)
    return Measure(wall, usage.ru_utime + usage.ru_stime, watch.peak)


class _Watch:
    """Looks at the memory of a tree of processes until it is stopped."""

    def __init__(self, root: int) -> None:
        self.peak = 0.0
        self._root = root
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking."""
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        pause = 0.0
        while not self._done.wait(pause):
            start = time.thread_time()
            self.peak = max(self.peak, sum(map(_memory, _tree(self._root))))
            pause = max(_LEAST, (time.thread_time() - start) / _PART)


def _tree(root: int) -> Iterator[int]:
    """Give a process and all below it, as far as they are still there."""
    pending = [root]
    while pending:
        current = pending.pop()
        yield current
        with suppress(OSError):
            for task in (_PROC / str(current) / "task").iterdir():
                pending.extend(map(int, (task / "children").read_text("ascii").split()))


def _memory(process: int) -> float:
    """Give the proportional set size of a process in MB, 0 if it has gone."""
    with suppress(OSError):
        for line in (_PROC / str(process) / "smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def line_count(path: Path) -> int:
    """Count the lines of a file."""
    with path.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
