"""A `diplograph serve` of its own for a test: a real process on a free port, ended with the test."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

RESULTS = "application/sparql-results+json"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@dataclass
class Served:
    """A server: its process, and its address without a slash at the end."""

    process: subprocess.Popen[str]
    url: str

    def get(self, path: str, **more: Any) -> requests.Response:
        """Ask for a path; redirects are not followed."""
        return requests.get(self.url + path, timeout=60, allow_redirects=False, **more)

    def ask(self, query: str, accept: str = RESULTS, **more: Any) -> requests.Response:
        """Ask a query by GET."""
        return self.get("/sparql", params={"query": query, **more}, headers={"Accept": accept})

    def workers(self) -> list[psutil.Process]:
        """The processes that look at the data."""
        return psutil.Process(self.process.pid).children()

    def end(self, with_signal: int = signal.SIGTERM) -> tuple[int, str]:
        """End the server; gives its exit code and what it has said since it told its address."""
        self.process.send_signal(with_signal)
        self.process.wait(60)
        assert self.process.stderr
        return self.process.returncode, self.process.stderr.read()


@contextlib.contextmanager
def serving(*arguments: str | Path, temporary: Path | None = None, cwd: Path | None = None) -> Iterator[Served]:
    """Serve something at a free port."""
    command = [sys.executable, "-P", "-m", "diplograph", "serve", "--port", "0", *map(str, arguments)]
    environment = os.environ | ({"TMPDIR": str(temporary)} if temporary else {})
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment, cwd=cwd
    )
    try:
        assert process.stderr
        said = process.stderr.readline()
        found = re.search(r"Serving (http://127\.0\.0\.1:\d+)/", said)
        assert found, said + process.stderr.read()
        yield Served(process, found[1])
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(20)
        if process.stderr:
            process.stderr.close()
