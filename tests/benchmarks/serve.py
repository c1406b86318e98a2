"""Measure `diplograph serve` under load: many clients at a time, with and without a query that never ends beside.

    python tests/benchmarks/serve.py [SOURCE...] [--clients 50] [--seconds 60] [--jobs N] [--timeout 30]

Each client asks one saved question after the other, for JSON, and each tenth time for a page, over a connection that
it keeps. Prints requests, errors, throughput, the time that half and 95 in 100 of the answers took, and the most
memory that all processes of the server had together (PSS, so that what they share counts once).
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that this runs as a script

from tests.web.serving import ENDLESS, Served, serving

from diplograph.queries.library import saved_queries

SEEDS = Path(__file__).parents[2] / "seeds"
NEEDED = {"country": "ukraine", "day": "2024-09-14", "situation": "strikes-permission", "speaker": "zelenskyy"}
NEEDED |= {"least": "2", "type": "dip:Meeting", "meeting": "starmer-biden-washington-talks"}
PAGES = ("/", "/list/situations", "/id/entity/zelenskyy", "/id/situation/strikes-permission")
EVERY = 10


@dataclass
class Load:
    """What came of a time under load: seconds of each answer, and what went wrong."""

    seconds: float
    times: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    endless: Counter[int] = field(default_factory=Counter)
    memory: int = 0

    def __str__(self) -> str:
        """Give the numbers on one line."""
        p50, p95 = (quantile(self.times, share) * 1000 for share in (0.5, 0.95))
        rate = len(self.times) / self.seconds
        stopped = f"; never-ending queries: {dict(self.endless)}" if self.endless else ""
        return (
            f"{len(self.times)} answers, {sum(self.errors.values())} errors {dict(self.errors) or ''}, {rate:.1f}/s, "
            f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, at most {self.memory >> 20} MB{stopped}"
        )


def quantile(times: list[float], share: float) -> float:
    """Give the time within which a share of all answers came."""
    return statistics.quantiles(times, n=100)[round(share * 100) - 1] if len(times) > 1 else 0.0


def paths() -> list[str]:
    """List the addresses that are asked for."""
    found = []
    for name, query in saved_queries().items():
        given = {f"p.{one.name}": NEEDED[one.name] for one in query.parameters if one.required and one.default is None}
        found.append(f"/query/{name}?{urlencode(given | {'ask': '1', 'format': 'json'})}")
    pages = itertools.cycle(PAGES)
    mixed = [(path, *([next(pages)] if place % EVERY == EVERY - 1 else [])) for place, path in enumerate(found)]
    return [path for group in mixed for path in group]


def under_load(server: Served, clients: int, seconds: float, *, endless: bool = False) -> Load:
    """Let so many clients ask for so long."""
    load = Load(seconds)
    end = time.monotonic() + seconds
    work = [threading.Thread(target=_client, args=(server, load, number, end)) for number in range(clients)]
    work += [threading.Thread(target=_watch, args=(server, load, end))]
    work += [threading.Thread(target=_endless, args=(server, load, end))] if endless else []
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    return load


def _client(server: Served, load: Load, number: int, end: float) -> None:
    host = urlsplit(server.url).netloc
    connection = http.client.HTTPConnection(host, timeout=120)
    for path in _from(paths(), number * 7):
        if time.monotonic() >= end:
            break
        begun = time.monotonic()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            load.errors[type(error).__name__] += 1
            connection.close()
            continue
        if answer.status == http.client.OK:
            load.times.append(time.monotonic() - begun)
        else:
            load.errors[f"{answer.status} {path}"] += 1
    connection.close()


def _from(listed: list[str], place: int) -> Iterator[str]:
    start = place % len(listed)
    return itertools.cycle(listed[start:] + listed[:start])


def _endless(server: Served, load: Load, end: float) -> None:
    while time.monotonic() < end:
        load.endless[server.ask(ENDLESS).status_code] += 1


def _watch(server: Served, load: Load, end: float) -> None:
    parent = psutil.Process(server.process.pid)
    while time.monotonic() < end:
        total = 0
        for process in (parent, *parent.children()):
            with suppress(psutil.Error):
                total += process.memory_full_info().pss
        load.memory = max(load.memory, total)
        time.sleep(0.5)


def main() -> None:
    """Measure, and print a line for each way."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("sources", nargs="*", default=[str(SEEDS)])
    reader.add_argument("--clients", type=int, default=50)
    reader.add_argument("--seconds", type=float, default=60)
    reader.add_argument("--jobs", type=int)
    reader.add_argument("--timeout", type=float, default=30)
    given = reader.parse_args()
    jobs = ["--jobs", str(given.jobs)] if given.jobs else []
    with serving(*given.sources, "--timeout", str(given.timeout), *jobs) as server:
        under_load(server, 2, 5)  # so that templates and pages of the disk are at hand
        for endless in (False, True):
            load = under_load(server, given.clients, given.seconds, endless=endless)
            sys.stdout.write(f"{'beside a query that never ends' if endless else 'alone'}: {load}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
