"""What the tests share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
ARTICLES = ROOT.parent / "shared" / "articles"

# The same commit gives the same answer, however slow the machine; new examples are for long runs.
settings.register_profile(
    "check",
    deadline=None,
    derandomize="DIPLOGRAPH_FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("check")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a maintainer write the expected output of cases anew, to be looked at before it is kept."""
    parser.addoption("--update-cases", action="store_true", help="write the expected files of tests/cases anew")


@pytest.fixture
def update_cases(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be written rather than compared."""
    return bool(request.config.getoption("--update-cases"))


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the seeds."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def articles() -> Path:
    """The folder with the articles' texts; skips where it is missing."""
    if not ARTICLES.is_dir():
        pytest.skip(f"the articles' texts are not here: {ARTICLES.name} is missing beside the project")
    return ARTICLES


_WATCHED = """
import sys
from diplograph.cli import main
try:
    main(sys.argv[2:])
finally:
    status = open("/proc/self/status").read()
    open(sys.argv[1], "w").write(status.partition("VmHWM:")[2].split()[0])
"""


@pytest.fixture
def watched(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[subprocess.CompletedProcess[str], int]]:
    """Run commands in processes of their own, each with its peak of memory in MB, which no other process adds to."""
    if not Path("/proc/self/status").exists():
        pytest.skip("this system does not tell how much memory a process took")
    peak = tmp_path_factory.mktemp("watched") / "peak"

    def run(*arguments: str) -> tuple[subprocess.CompletedProcess[str], int]:
        command = [sys.executable, "-c", _WATCHED, str(peak), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert "Traceback" not in done.stderr
        return done, int(peak.read_text("utf-8")) // 1024

    return run
