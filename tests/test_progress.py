"""Progress: what is said of a run while it lasts, when, and where; never on standard output.

The clock is a number that tests set.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest
from tests.benchmarks.corpus import CORPUS, Plan, write

from diplograph.cli import progress
from diplograph.cli.progress import How, Progress
from diplograph.streaming.run import Totals

HALF: Final = Totals(articles=10, facts=2000, triples=30_000, findings=0, read=500, size=1000)


CLEARED: Final = "\x1b[K"
"""Clears the rest of the line; what is captured may lack it, as it is no terminal."""


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(progress, "time", found)
    return found


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take standard error for a terminal."""
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=SimpleNamespace(isatty=lambda: True)))


def told(how: How, clock: Clock, at: list[float], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Tell a run's totals some seconds after its start, and give what is said each time, and at the end."""
    said = []
    with Progress(how) as tell:
        start = clock.now
        for seconds in at:
            clock.now = start + seconds
            tell(HALF)
            said.append(capsys.readouterr())
    said.append(capsys.readouterr())
    assert not any(one.out for one in said)
    return [one.err for one in said]


LINE: Final = "2,000 facts, 30,000 triples, 200 facts/s, 3,000 triples/s, 50%, 10 s left"


def test_plain_is_a_line_every_ten_seconds(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    said = told("plain", clock, [0, 9.9, 10, 10.1, 19.9, 20.5, 30], capsys)
    assert said[:4] == ["", "", f"{LINE}\n", ""]
    assert [bool(one) for one in said[4:]] == [False, True, False, False], "ten seconds after the last"


def test_away_from_a_terminal_nothing_is_said(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(told("auto", clock, [0, 10, 100, 1000], capsys)) == {""}


@pytest.mark.usefixtures("terminal")
def test_none_says_nothing_on_a_terminal_either(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(told("none", clock, [0, 10, 100, 1000], capsys)) == {""}


@pytest.mark.usefixtures("terminal")
def test_on_a_terminal_a_line_changes_and_is_taken_away(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    said = told("auto", clock, [0, 1, 1.3, 1.4, 10], capsys)
    shown = "2,000 facts, 30,000 triples, 1,538 facts/s, 23,077 triples/s, 50%, 1 s left"
    assert [one.replace(CLEARED, "") for one in said] == ["", "", f"\r{shown}", "", f"\r{LINE}", "\r"]


@pytest.mark.usefixtures("terminal")
def test_a_short_run_is_not_told_of(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    assert set(told("auto", clock, [0, 0.2, 0.5, 0.99], capsys)) == {""}


@pytest.mark.usefixtures("terminal")
def test_the_line_is_taken_away_when_the_run_fails(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ArithmeticError), Progress("auto") as tell:  # noqa: PT012 - it fails within
        clock.now += 5
        tell(HALF)
        raise ArithmeticError
    assert capsys.readouterr().err.replace(CLEARED, "").endswith(" left\r")


def test_without_standard_error_nothing_is_said(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=None))
    with Progress("auto") as tell:
        clock.now += 100
        tell(HALF)


@pytest.mark.parametrize(
    ("totals", "seconds", "line"),
    [
        (HALF, 10, LINE),
        (
            Totals(facts=10, triples=20, findings=1234, read=1, size=4),
            100,
            "10 facts, 20 triples, 0 facts/s, 0 triples/s, 1,234 findings, 25%, 5 min left",
        ),
        (Totals(facts=10, triples=20, read=1, size=0), 10, "10 facts, 20 triples, 1 facts/s, 2 triples/s"),
        (Totals(facts=10, triples=20, read=0, size=9), 10, "10 facts, 20 triples, 1 facts/s, 2 triples/s"),
        (Totals(facts=10, triples=20, read=5, size=4), 10, "10 facts, 20 triples, 1 facts/s, 2 triples/s"),
        (
            Totals(facts=10, triples=20, read=4, size=4),
            10,
            "10 facts, 20 triples, 1 facts/s, 2 triples/s, 100%, 0 s left",
        ),
    ],
)
def test_numbers(totals: Totals, seconds: float, line: str) -> None:
    assert progress._line(totals, seconds) == line  # noqa: SLF001 - what it says is all there is


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (3599, "60 min"),
        (3600, "1 h 0 min"),
        (5400, "1 h 30 min"),
        (7199, "2 h 0 min"),
        (9000, "2 h 30 min"),
    ],
)
def test_times(seconds: float, words: str) -> None:
    assert progress._time(seconds) == words  # noqa: SLF001 - what it says is all there is


EAGER: Final = """
import sys
from diplograph.cli import main, progress
from diplograph.streaming import run
progress._EVERY.update(auto=0.0, plain=0.0)
progress._PATIENCE = 0.0
run.Run.__init__.__kwdefaults__["batch"] = 1
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write(Plan(150, seed=3, entities=200), folder)
    return folder / CORPUS


def ran(*arguments: str, error: int = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", EAGER, "export", *arguments, "-f", "n-quads"]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=error, check=False, timeout=120)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_lines_of_a_run_end_with_its_totals_and_leave_the_output_alone(corpus: Path, jobs: str) -> None:
    quiet, plain = (ran(str(corpus), "-j", jobs, "--progress", how) for how in ("auto", "plain"))
    assert quiet.stderr == b""
    assert plain.stdout == quiet.stdout
    lines = plain.stderr.decode().splitlines()
    assert len(lines) > 10
    triples = plain.stdout.count(b"\n")
    assert lines[-1].startswith(f"150 facts, {triples:,} triples, ")
    assert "left" in lines[3]


def test_on_a_pseudo_terminal_the_line_is_gone_at_the_end(corpus: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        done = ran(str(corpus), error=theirs)
        said = os.read(ours, 1 << 20).decode()
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 0
    assert done.stdout == ran(str(corpus)).stdout
    assert said.startswith("\r")
    assert said.endswith("\r\x1b[K")
    assert said.count(" facts, ") > 10
    assert "\n" not in said
