"""Where CIs are: the pre-commit hooks, the GitHub action and the GitLab job, run as far as they can be here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from click.testing import CliRunner

from diplograph.cli import main

ROOT: Final = Path(__file__).parent.parent
BROKEN: Final = ROOT / "tests" / "cases" / "invalid" / "meeting-participants" / "input.diplomacy.yaml"


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def hooks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = loaded(".pre-commit-hooks.yaml")
    return found


def test_hooks_have_what_pre_commit_asks_for() -> None:
    for hook in hooks():
        assert {"id", "name", "entry", "language", "files"} <= hook.keys()
        assert hook["language"] == "python"
        command, *arguments = hook["entry"].split()
        assert command == "diplograph"
        assert CliRunner().invoke(main, [*arguments, "--help"]).exit_code == 0


def test_hooks_are_for_the_files_that_the_command_takes() -> None:
    corpus, rdf = (re.compile(hook["files"]) for hook in hooks())
    ours = [path.name for path in (ROOT / "seeds").iterdir() if path.suffix == ".yaml"]
    assert ours
    assert all(corpus.search(f"folder/{name}") for name in [*ours, "a.diplomacy.jsonl.gz", "b.register.json"])
    assert not any(corpus.search(name) for name in ("a.yaml", "diplomacy.schema.json", "a.diplomacy.yaml.txt"))
    assert all(rdf.search(f"a{suffix}") for suffix in (".ttl", ".nq.gz", ".jsonld"))
    assert not rdf.search("a.diplomacy.yaml")


def test_the_hook_checks_the_corpus_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    hook = hooks()[0]
    assert hook["pass_filenames"] is False
    shutil.copytree(ROOT / "seeds", "annotations")
    command = [*hook["entry"].split()[1:], *hook["args"]]
    assert CliRunner().invoke(main, command).exit_code == 0
    shutil.copy(BROKEN, "annotations")
    assert CliRunner().invoke(main, command).exit_code == 2, "its register is missing here"


def script(sources: str, arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the action's step as the runner does: its inputs as variables, its outputs as files."""
    [step] = [step for step in loaded("action.yml")["runs"]["steps"] if step.get("id") == "validate"]
    place = folder / "temp" / "diplograph"
    (place / "bin").mkdir(parents=True, exist_ok=True)
    program = place / "bin" / "diplograph"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m diplograph "$@"\n', "utf-8")
    program.chmod(0o755)
    given = {
        "PLACE": str(place),
        "SOURCES": sources,
        "ARGUMENTS": arguments,
        "SARIF": "findings.sarif",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_OUTPUT": str(folder / "output"),
    }
    assert {*step["env"]} < {*given}
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
    return subprocess.run(command, cwd=folder, env=os.environ | given, capture_output=True, text=True, check=False)


def test_the_action_writes_sarif_and_a_summary(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "my facts")
    done = script("my facts\n\n", "", tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "no findings.\n", "")
    assert (tmp_path / "findings.sarif").is_file()
    assert (tmp_path / "summary.md").read_text("utf-8").startswith("### diplograph: no findings")
    assert (tmp_path / "output").read_text("utf-8") == "sarif=findings.sarif\n"


def test_the_action_fails_with_annotations(tmp_path: Path) -> None:
    data = "<https://example.org/x> a <https://w3id.org/diplograph/ns#Office> .\n"
    (tmp_path / "$(touch hacked).ttl").write_text(data, "utf-8")
    done = script("$(touch hacked).ttl", "--ignore=entity-label\n--fail-on=warning", tmp_path)
    assert done.returncode == 1
    place = "file=$(touch hacked).ttl,line=1,endLine=1,col=1,endColumn=24"
    assert f"::error {place},title=entity-identifier::" in done.stdout
    assert "title=entity-label" not in done.stdout
    assert "entity\\-identifier" in (tmp_path / "summary.md").read_text("utf-8")
    assert not (tmp_path / "hacked").exists()


def test_the_action_says_what_cannot_be_done(tmp_path: Path) -> None:
    done = script("nowhere", "", tmp_path)
    assert done.returncode == 2
    assert "There is no file or folder 'nowhere'." in done.stderr
    assert not (tmp_path / "output").exists()


def test_no_input_of_the_action_is_pasted_into_a_script() -> None:
    for step in loaded("action.yml")["runs"]["steps"]:
        assert "${{" not in step["run"]


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed: the script is not linted")
def test_the_action_is_clean_shell() -> None:
    for step in loaded("action.yml")["runs"]["steps"]:
        done = subprocess.run(
            ["shellcheck", "--shell=bash", "-"], input=step["run"], capture_output=True, text=True, check=False
        )
        assert done.stdout == ""


def test_the_job_for_gitlab_runs(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    [snippet] = re.findall(r"```yaml\n(diplograph:\n.*?)```", readme, re.DOTALL)
    job = yaml.safe_load(snippet)["diplograph"]
    shutil.copytree(ROOT / "seeds", tmp_path / "annotations")
    ran = [line for line in job["script"] if line.startswith("diplograph ")]
    assert ran
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for line in ran:
        subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert (tmp_path / job["artifacts"]["reports"]["junit"]).read_text("utf-8").startswith("<?xml")
