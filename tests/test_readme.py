"""The README is executed: each command and each line of Python, and what they print is compared."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the README assumes it: the seeds, and the files that the README shows."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    (tmp_path / "ontology").symlink_to(ROOT / "ontology")
    for _, name, content in BLOCK.findall(README.read_text("utf-8")):
        if name:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(content, "utf-8")
    return tmp_path


def run(command: str, folder: Path) -> str:
    here = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{here}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    shell = ["bash", "-c", command]
    done = subprocess.run(
        shell, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.stdout


def test_every_command_prints_what_the_readme_shows(folder: Path, update_cases: bool) -> None:  # noqa: FBT001
    text = README.read_text("utf-8")
    seen = 0
    for language, _, content in BLOCK.findall(text):
        if language != "console":
            continue
        shown = ""
        for command in [line[2:] for line in content.splitlines() if line.startswith("$ ")]:
            shown += f"$ {command}\n{run(command, folder)}"
            seen += 1
        if update_cases:
            text = text.replace(content, shown)
        else:
            assert content == shown
    if update_cases:
        README.write_text(text, "utf-8")
    assert seen >= 7


def test_every_python_example_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    blocks = [content for language, _, content in BLOCK.findall(README.read_text("utf-8")) if language == "python"]
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README", str(README), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(example)
    assert runner.failures == 0
    assert runner.tries >= 10


def test_every_command_and_its_options_are_documented() -> None:
    from diplograph.cli import main  # noqa: PLC0415

    text = README.read_text("utf-8")
    for name, command in main.commands.items():
        assert f"diplograph {name}" in text, name
        assert command.help, name
        for option in command.params:
            if option.param_type_name == "option":
                assert getattr(option, "help", None), f"{name} {option.name}"


def test_the_two_commands_are_those_that_ci_runs() -> None:
    """The commands of the README are shell that exists; CI calls the second."""
    text = README.read_text("utf-8")
    commands = [content.strip() for language, _, content in BLOCK.findall(text) if language == "sh"]
    assert commands == [".ci/setup && .venv/bin/diplograph export seeds -o diplomacy.ttl", ".ci/test"]
    assert ".ci/test" in (ROOT / ".ci" / "run").read_text("utf-8")
    for command in commands:
        assert os.access(ROOT / shlex.split(command)[0], os.X_OK)


def test_the_rules_of_occurrence_are_those_of_the_program() -> None:
    from diplograph.situations.occurrence import RULES  # noqa: PLC0415

    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", README.read_text("utf-8"), re.MULTILINE)
    table = [(word, when) for word, when in rows if word in {rule.occurrence for rule in RULES}]
    assert table == [(rule.occurrence, rule.when) for rule in RULES]
