"""How much of the processor a task takes: one that takes much goes behind all others."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONG: Final = 1.0
"""Seconds of the processor after which a task has taken much; how long it waits for others does not count."""
_NICE: Final = 10
_STEP: Final = 0.25


class Effort:
    """Watches over the tasks of this process from a thread of its own.

    Once one has taken much, the process has lost its priority for good, as nobody but root may
    raise it again: it is `spent`, and another should take its place.
    """

    def __init__(self) -> None:
        self.spent = False
        self._begun: float | None = None
        self._at_work = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch over one task."""
        self._begun = time.process_time()
        self._at_work.set()
        try:
            yield
        finally:
            self._at_work.clear()
            self._begun = None

    def _watch(self) -> None:
        while not self.spent:
            self._at_work.wait()
            begun = self._begun
            if begun is not None and time.process_time() - begun > _LONG:
                self.spent = True
                with suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, os.getpid(), _NICE)  # of its first thread on Linux
            time.sleep(_STEP)
