"""What was measured, as tables in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.measuring import MEMORY

if TYPE_CHECKING:
    from tests.benchmarks.bars import Bar, Result, Results


def machine() -> dict[str, str]:
    """Describe the machine, without its name."""
    processors = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    memory = Path("/proc/meminfo").read_text("utf-8").split()[1]
    models = [line.partition(":")[2].strip() for line in processors if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{int(memory) / 1024 / 1024:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }


def about(facts: Mapping[str, str]) -> str:
    """List what there is to know of the run."""
    lines = [f"- {name}: {value}" for name, value in facts.items()]
    return "\n".join(["## Where", "", *lines, f"- memory measured: {MEMORY}", ""])


def measures(results: Results, titles: Mapping[str, str], runs: Mapping[int, int]) -> str:
    """Give a table for each size."""
    found = []
    for size in sorted({size for _, size in results}):
        rows = [_row(titles[name], size, result) for (name, at), result in results.items() if at == size]
        times = "one run" if runs[size] == 1 else f"medians of {runs[size]} alternating runs"
        found += [f"## {size:,} facts ({times})", "", *_table(_HEADER, rows), ""]
    return "\n".join(found)


def reached(bars: Sequence[Bar]) -> str:
    """Give the table of bars."""
    rows = [(bar.title, bar.least, bar.found, "yes" if bar.met else "**no**", bar.at) for bar in bars]
    return "\n".join(
        ["## Bars", "", *_table(("ratio of triples/s, or what else", "bar", "found", "met", "facts"), rows), ""]
    )


_HEADER = ("case", "wall s", "CPU s", "peak MB", "triples", "triples/s", "facts/s", "triples/s without start")


def _row(title: str, size: int, result: Result) -> tuple[str, ...]:
    net = f"{result.triples / result.net:,.0f}" if result.net > 0 else "-"
    numbers = (f"{result.wall:.2f}", f"{result.cpu:.2f}", f"{result.peak:.0f}", f"{result.triples:,}")
    return (title, *numbers, f"{result.rate:,.0f}", f"{size / result.wall:,.0f}", net)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]
