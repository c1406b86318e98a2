"""What the tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ARTICLES = ROOT.parent / "shared" / "articles"


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
