"""Measure diplograph and its peers on the same made-up facts, in one run.

    python tests/benchmarks/run.py [--sizes 1k,10k,100k,1M] [--runs 5] [--only nquads-1,by-hand] [--no-peers]

Prints tables in Markdown: what each took, and the ratios that must be reached; `--json` takes the file for all
numbers. The runs alternate: each case once, then all of them again the other way round. Beyond 10,000 facts there
are three runs, beyond 100,000 one, if `--runs` asks for more. The peers have limits, which `--limit CASE=SIZE`
changes. Everything is kept in the folder of `--work`, if one is given, and else in a temporary folder. The peers'
output is compared with ours before anything is measured, on 1,000 facts at most.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that this runs as a script

from tests.benchmarks import corpus, environments, reports
from tests.benchmarks.bars import Result, bars
from tests.benchmarks.cases import OURS, PEERS, Case, Input, cases
from tests.benchmarks.measuring import FailedError, Measure, line_count, measured
from tests.benchmarks.peers.comparing import PARTS, compared, statements
from tests.benchmarks.templates import SEEDS

_UNITS: Final = {"k": 1_000, "M": 1_000_000}
_EMPTY: Final = 2
"""The facts of a corpus that takes no longer than to start."""
_CHECKED: Final = 1_000
"""The most facts whose graphs are compared."""
_FEW: Final = {10_000: 3, 100_000: 1}
"""The most runs beyond a number of facts."""
_LIBRARIES: Final = ("diplograph", "pyoxigraph", "pyshacl", "pyshifty", "rdflib", "msgspec")


def number(text: str) -> int:
    """Read a number such as 10k or 1M."""
    return int(float(text[:-1]) * _UNITS[text[-1]]) if text[-1] in _UNITS else int(text)


class Bench:
    """Measures cases on corpora that it makes; keeps all runs."""

    def __init__(self, work: Path, plan: corpus.Plan, chosen: Sequence[Case]) -> None:
        self.runs: defaultdict[tuple[str, int], list[Measure]] = defaultdict(list)
        self.triples: dict[tuple[str, int], int] = {}
        self._work = work
        self._plan = plan
        self._cases = chosen

    def given(self, size: int) -> Input:
        """Make the corpus of a size, if it is not there."""
        plan = replace(
            self._plan, facts=size, entities=min(100, self._plan.entities) if size == _EMPTY else self._plan.entities
        )
        folder = self._work / f"{size}-{plan.seed}-{plan.entities}-{_digest()}"
        if not (folder / "corpus").exists():
            _say(f"making {size:,} facts")
            corpus.write(plan, folder / "making")
            (folder / "making").rename(folder / "corpus")
        return Input(folder / "corpus", folder, self._work / "environments")

    def check(self, size: int) -> list[str]:
        """Compare what the peers make with what diplograph makes, and say what was found.

        Raises:
            FailedError: a peer's graph is another one.
        """
        if not any(case.part for case in self._cases):
            return []
        given, lines = self.given(size), []
        (ours,) = (case for case in OURS if case.name == "nquads-1")
        path = self._output(replace(ours, suffix=".nt"), size)
        _run(ours, given, path)
        graph = statements(path)
        for case in self._cases:
            if case.part and case.name != "by-hand-validated":
                theirs = self._output(case, size)
                _run(case, given, theirs)
                found = compared(graph, statements(theirs), PARTS[case.part])
                if not found.same:
                    raise FailedError("\n".join([case.title, *found.examples]))
                share = f"{found.triples:,} of {len(graph):,} triples, all of them ours"
                lines.append(f"- {case.title}: {share}. Not covered: {PARTS[case.part].uncovered}.")
                _say(f"checked {case.name}: {share}")
        return lines

    def measure(self, size: int, runs: int) -> None:
        """Run all cases alternately."""
        given = self.given(size)
        chosen = [case for case in self._cases if size <= case.most]
        for turn in range(runs):
            for case in chosen if turn % 2 == 0 else reversed(chosen):
                output = self._output(case, size)
                found = _run(case, given, output)
                self.runs[case.name, size].append(found)
                if case.name not in (known for known, at in self.triples if at == size):
                    self.triples[case.name, size] = line_count(output)
                output.unlink()
                _say(f"{size:>9,} facts, run {turn + 1}: {case.name:<18} {found.wall:8.2f} s {found.peak:8.0f} MB")

    def results(self) -> dict[tuple[str, int], Result]:
        """Give the medians, with the triples of each; those of Turtle and JSON-LD are those of N-Quads."""
        found = {}
        for (name, size), runs in self.runs.items():
            wall, cpu, peak = (median(getattr(run, key) for run in runs) for key in ("wall", "cpu", "peak"))
            empty = median(run.wall for run in self.runs.get((name, _EMPTY), runs))
            lines = self.triples[name, size]
            triples = self.triples.get(("nquads-1", size), lines) if name in ("turtle-1", "jsonld-1") else lines
            found[name, size] = Result(wall, cpu, peak, triples, wall - empty)
        return {key: result for key, result in found.items() if key[1] != _EMPTY}

    def _output(self, case: Case, size: int) -> Path:
        return self.given(size).work / f"{case.name}{case.suffix}"


def _run(case: Case, given: Input, output: Path) -> Measure:
    if case.ready:
        case.ready(given)
    output.unlink(missing_ok=True)
    return measured(case.command(given, output), given.work / f"{case.name}.log", given.work)


def _digest() -> str:
    """Give a few digits that change with the generator and the seeds."""
    files = [*sorted(Path(__file__).parent.glob("*.py")), *sorted(SEEDS.glob("*.yaml"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:8]


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ", ".join(case.name for case in (*OURS, *PEERS))
    parser.add_argument("--sizes", default="1k,10k,100k,1M", help="numbers of facts")
    parser.add_argument("--runs", type=int, default=5, help="how often each case is run")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the corpora")
    parser.add_argument("--entities", type=int, default=corpus.ENTITIES, help="how many entities the register has")
    parser.add_argument("--only", default="", help=f"some of the cases: {names}")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True, help="measure the peers too")
    parser.add_argument("--limit", action="append", default=[], metavar="CASE=SIZE", help="the most facts of a case")
    parser.add_argument("--work", type=Path, help="a folder to keep corpora, environments and results in")
    parser.add_argument("--json", type=Path, help="a file for all numbers; results.json in the folder of --work")
    return parser.parse_args(arguments)


def _chosen(given: argparse.Namespace) -> list[Case]:
    only = given.only.split(",") if given.only else []
    limits = {name: number(size) for name, _, size in (text.partition("=") for text in given.limit)}
    found = cases(peers=given.peers)
    return [replace(case, most=limits.get(case.name, case.most)) for case in found if not only or case.name in only]


def bench(given: argparse.Namespace, work: Path) -> str:
    """Do what the command line says, and give the report."""
    chosen = _chosen(given)
    sizes = sorted(map(number, given.sizes.split(",")))
    runs = {size: min([given.runs, *(most for least, most in _FEW.items() if size > least)]) for size in sizes}
    here, found = reports.machine(), Bench(work, corpus.Plan(0, given.seed, entities=given.entities), chosen)
    checked = found.check(min(sizes[0], _CHECKED))
    found.measure(_EMPTY, min(3, given.runs))
    for size in sizes:
        found.measure(size, runs[size])
    results = found.results()
    reached = bars(results)
    here |= {"load after": " ".join(f"{load:.2f}" for load in os.getloadavg()), **_versions(chosen, work)}
    if given.json or given.work:
        _write(given.json or work / "results.json", here, found, results, [asdict(bar) for bar in reached])
    titles = {case.name: case.title for case in chosen}
    peers = ["## What the peers cover", "", *checked, ""] if checked else []
    parts = (reports.about(here), "\n".join(peers), reports.measures(results, titles, runs), reports.reached(reached))
    return "\n".join(part for part in parts if part)


def _versions(chosen: Sequence[Case], work: Path) -> dict[str, str]:
    names = {case.name for case in chosen if case.part} & set(environments.REQUIREMENTS)
    found = {"our environment": environments.versions(sys.executable, _LIBRARIES)}
    for name in sorted(names):
        python = environments.python(name, work / "environments")
        packages = tuple(wanted.partition("==")[0] for wanted in environments.REQUIREMENTS[name])
        found[f"environment of {name}"] = environments.versions(python, packages)
    return {title: ", ".join(f"{name} {version}" for name, version in known.items()) for title, known in found.items()}


def _write(
    path: Path, here: dict[str, str], found: Bench, results: dict[tuple[str, int], Result], reached: list[Any]
) -> None:
    measures = [
        {"case": name, "facts": size, **asdict(result), "runs": [asdict(run) for run in found.runs[name, size]]}
        for (name, size), result in results.items()
    ]
    text = json.dumps({"machine": here, "measures": measures, "bars": reached}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", "utf-8")
    _say(f"{path}: written")


def main(arguments: list[str] | None = None) -> int:
    """Measure what the command line asks for."""
    given = _arguments(arguments)
    work = given.work or Path(tempfile.mkdtemp(prefix="diplograph-benchmarks-"))
    try:
        work.mkdir(parents=True, exist_ok=True)
        sys.stdout.write(bench(given, work.resolve()) + "\n")
    except FailedError as error:
        _say(str(error))
        return 1
    finally:
        if given.work is None:
            shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what is being measured ends too
    sys.exit(main())
