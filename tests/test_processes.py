"""Several processes, seen from outside: signals, lost workers and mistakes leave no process and no half a file.

Workers say that they are at work by making a file, and then wait for ever; so a signal surely comes midway.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from tests.benchmarks.corpus import CORPUS, Plan, write

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system does not list processes")

BEFORE: Final = b"what was there before"
MARK: Final = "DIPLOGRAPH_TESTED"

PROGRAM: Final = """
import os, pathlib, signal, sys, time
from diplograph.cli import main
from diplograph.streaming import run as streaming
from diplograph.streaming.worker import Worker

streaming.Run.__init__.__kwdefaults__["batch"] = 1
here, run, done = os.getpid(), Worker.run, []

def changed(self, task):
    if os.getpid() == here:
        return run(self, task)
    done.append(task)
    {change}
    return run(self, task)

def at_work():
    (pathlib.Path(sys.argv[1]) / str(os.getpid())).touch()

Worker.run = changed
{further}
main(sys.argv[2:])
"""

WAIT: Final = "at_work(); time.sleep(600)"
WAIT_LATER: Final = "if len(done) == 3: at_work(); time.sleep(600)"


class Running(NamedTuple):
    """A run of the program: the file that it writes, and the folder in which workers say that they are at work."""

    process: subprocess.Popen[str]
    target: Path
    work: Path
    mark: str

    def wait_for(self, number: int) -> None:
        """Wait until some workers are at work."""
        until(lambda: len(list(self.work.iterdir())) >= number or self.process.poll() is not None)
        assert self.process.poll() is None, self.process.communicate()

    def processes(self) -> list[int]:
        """List the processes of the run that are still there."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment, state = (folder / "environ").read_bytes(), (folder / "stat").read_text("utf-8")
            except OSError:
                continue
            if (
                f"{MARK}={self.mark}".encode() in environment.split(b"\0")
                and state.rpartition(")")[2].split()[0] != "Z"
            ):
                found.append(int(folder.name))
        return found

    def end(self) -> tuple[int, str]:
        """Wait for the end; gives the exit code and what was said, and checks that nothing else is left."""
        said = self.process.communicate(timeout=60)[1]
        assert self.processes() == []
        assert self.target.read_bytes() == BEFORE
        assert [path.name for path in self.target.parent.iterdir()] == [self.target.name], "no part of a file"
        return self.process.returncode, said


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write(Plan(400, seed=3, entities=200), folder)
    return folder / CORPUS


@pytest.fixture
def start(corpus: Path, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def begin(change: str, further: str = "", *options: str) -> Running:
        target, work, mark = tmp_path / "target" / "out.nq", tmp_path / "work", uuid.uuid4().hex
        target.parent.mkdir()
        work.mkdir()
        target.write_bytes(BEFORE)
        command = [sys.executable, "-c", PROGRAM.format(change=change, further=further), str(work)]
        command += ["export", str(corpus), "-o", str(target), "--jobs", "2", *options]
        environment = {**os.environ, MARK: mark, "NO_COLOR": "1"}
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, start_new_session=True)
        started.append(Running(process, target, work, mark))
        return started[-1]

    yield begin
    for one in started:
        for number in one.processes():
            os.kill(number, signal.SIGKILL)
        one.process.communicate()


@pytest.mark.parametrize(
    ("change", "is_group"), [(WAIT, True), (WAIT_LATER, False)], ids=["group at the first task", "alone later"]
)
@pytest.mark.parametrize(
    ("sent", "code", "sentence"),
    [(signal.SIGINT, 130, "diplograph: Interrupted.\n"), (signal.SIGTERM, 143, "")],
    ids=["SIGINT", "SIGTERM"],
)
def test_a_signal_ends_all_processes(
    change: str, *, is_group: bool, sent: signal.Signals, code: int, sentence: str, start: Callable[..., Running]
) -> None:
    running = start(change)
    running.wait_for(2)
    assert len(running.processes()) == 3
    (os.killpg if is_group else os.kill)(running.process.pid, sent)
    assert running.end() == (code, sentence)


@pytest.mark.parametrize(("sent", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_while_the_main_process_writes_ends_all(sent: str, code: int, start: Callable[..., Running]) -> None:
    """The error then comes from outside of the run, which is left in the middle."""
    further = f"""
from diplograph import pipeline
def writing(texts, *_):
    next(texts), next(texts)
    at_work()
    os.kill(os.getpid(), signal.{sent})
    time.sleep(600)
pipeline.write = writing
"""
    running = start("if len(done) > 2: time.sleep(600)", further)
    assert running.end()[0] == code
    assert len(list(running.work.iterdir())) == 1


def test_workers_end_when_the_main_process_is_killed(start: Callable[..., Running]) -> None:
    running = start(WAIT)
    running.wait_for(2)
    running.process.kill()
    until(lambda: not running.processes())
    assert running.process.wait() == -signal.SIGKILL
    assert running.target.read_bytes() == BEFORE


def test_workers_that_are_held_up_by_native_code_are_ended_too(start: Callable[..., Running]) -> None:
    """Such code lets no other thread of Python run."""
    spin = "at_work(); import re; re.match('(a*)*b', 'a' * 40)"
    running = start(spin)
    running.wait_for(2)
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.end() == (130, "diplograph: Interrupted.\n")


@pytest.mark.parametrize("task", [1, 3])
def test_a_worker_that_is_killed_is_told_of(task: int, start: Callable[..., Running]) -> None:
    running = start(f"if len(done) == {task}: os.kill(os.getpid(), signal.SIGKILL)")
    sentence = "diplograph: A worker process was ended from outside. Is there enough memory? Try --jobs 1.\n"
    assert running.end() == (2, sentence)


def test_a_worker_that_is_killed_in_the_middle_of_what_it_says_is_told_of(start: Callable[..., Running]) -> None:
    """Half a message is in the pipe then, and the other worker is in good health."""
    further = """
from multiprocessing.connection import Connection
send = Connection._send_bytes
def half(self, content):
    if os.getpid() != here and len(done) == 2 and len(content) > 1000:
        os.write(self.fileno(), len(content).to_bytes(4, "big") + bytes(content)[:500])
        os.kill(os.getpid(), signal.SIGKILL)
    send(self, content)
Connection._send_bytes = half
"""
    code, said = start("", further).end()
    assert (code, said.split(".")[0]) == (2, "diplograph: A worker process was ended from outside")


def test_a_mistake_in_a_worker_is_a_failure(start: Callable[..., Running]) -> None:
    code, said = start("if len(done) == 3: raise ArithmeticError('it does not add up')").end()
    assert code == 3
    assert said.startswith("diplograph: It failed: ArithmeticError: it does not add up. Please report this ")


def test_a_mistake_in_the_main_process_is_a_failure(start: Callable[..., Running]) -> None:
    further = """
def telling(self, outcome, batch):
    raise ArithmeticError("it does not add up")
streaming.Run._put_aside = telling
"""
    code, said = start("if len(done) > 1: time.sleep(600)", further).end()
    assert code == 3
    assert said.startswith("diplograph: It failed: ArithmeticError: it does not add up. ")
