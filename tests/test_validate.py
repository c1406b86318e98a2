"""`diplograph validate`: formats side by side, rules taken and left out, baselines, exit codes."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result

from diplograph.checking import LINT_RULES, OTHER_RULES
from diplograph.cli import main
from diplograph.pipeline import load_shapes

ROOT: Final = Path(__file__).parent.parent

HEAD: Final = """article:
  id: a1
  language: en
  text: {sha256: 5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9, length: 80}
entities:
  ada: {type: Person, label: Ada Marsh}
  quay: {type: Place, label: the quay}
facts:
"""
ALONE: Final = "  - {id: talks, type: Meeting, participant: ada, evidence: 0-20}\n"
ACTING: Final = "  - {id: visit, type: Visit, visitor: quay, evidence: 20-40}\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["validate", *arguments])


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.diplomacy.yaml").write_text(HEAD + ALONE + ACTING, "utf-8")


def found(*arguments: str) -> list[str]:
    """The places and rules of what is found, without sentences."""
    lines = run(*arguments).stdout.splitlines()
    return [re.sub(r"\].*", "]", line) for line in lines if not line.startswith(" ")]


def message(code: str) -> str:
    [found] = [shape.message for shape in load_shapes().by_node.values() if shape.code == code]
    return found


def test_findings_stand_at_their_places_with_what_they_refer_to() -> None:
    outcome = run("a.diplomacy.yaml")
    assert outcome.stdout.splitlines() == [
        f"a.diplomacy.yaml:9:5: violation[meeting-participants] {message('meeting-participants')}",
        f"a.diplomacy.yaml:10:5: warning[visit-place] {message('visit-place')}",
        f"a.diplomacy.yaml:10:39: violation[visitor-value] {message('visitor-value')}",
        "  a.diplomacy.yaml:7:9: a1/quay: defined here.",
    ]
    assert outcome.stderr == "2 violations, 1 warning.\n"
    assert outcome.exit_code == 1


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--fail-on", "never"], 0),
        (["--ignore", "meeting-participants", "--ignore", "visitor-*"], 0),
        (["--ignore", "meeting-participants", "--ignore", "visitor-*", "--fail-on", "warning"], 1),
        (["--select", "visit-place"], 0),
        (["--select", "visit-place", "--fail-on", "warning"], 1),
        (["--select", "visit-place", "--fail-on", "info"], 1),
        (["--select", "state-*", "--fail-on", "info"], 2),  # there is no State in the file
        (["--select", "meeting-*", "--ignore", "*-participants"], 2),
    ],
)
def test_exit_codes_follow_what_counts(options: list[str], code: int) -> None:
    assert run("a.diplomacy.yaml", *options).exit_code == code


def test_rules_are_taken_and_left_out() -> None:
    every = found("a.diplomacy.yaml")
    assert found("a.diplomacy.yaml", "--select", "visit*") == [line for line in every if "[visit" in line]
    assert found("a.diplomacy.yaml", "--ignore", "visit*") == [line for line in every if "[visit" not in line]
    unknown = run("a.diplomacy.yaml", "--select", "meeting-participant")
    assert unknown.exit_code == 2
    assert unknown.stderr == (
        "diplograph: No rule is called 'meeting-participant'. Did you mean 'meeting-participants'?\n"
    )


def test_input_that_cannot_be_used_always_counts() -> None:
    Path("b.diplomacy.yaml").write_text(HEAD + "  - {id: talks, type: Meetin, evidence: 0-20}\n", "utf-8")
    for options in ([], ["--fail-on", "never"], ["--ignore", "*"], ["--select", "time-*"]):
        outcome = run("b.diplomacy.yaml", *options)
        assert outcome.exit_code == 2
        assert "b.diplomacy.yaml:9:23: error[unknown-type]" in outcome.stdout


def test_a_check_of_nothing_is_no_success() -> None:
    Path("other.ttl").write_text("<https://example.org/x> <https://example.org/p> 1 .\n", "utf-8")
    Path("empty.ttl").write_text("", "utf-8")
    for sources in (["other.ttl"], ["empty.ttl"], ["empty.ttl", "other.ttl"]):
        outcome = run(*sources)
        assert (outcome.exit_code, outcome.stdout) == (2, "")
        assert "Nothing was checked: no shape has a focus node" in outcome.stderr
    assert run().exit_code == 2
    assert run("nowhere").exit_code == 2
    assert run(".", "--shapes", "nowhere").exit_code == 2
    both = run("other.ttl", "a.diplomacy.yaml", "--ignore", "meeting-*", "--ignore", "visitor-*")
    assert both.exit_code == 0
    assert both.stdout.splitlines()[0] == (
        "other.ttl: warning[nothing-checked] Nothing was checked in this file: no shape has a focus node in it."
    )


SHAPES: Final = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
ex:Thing a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:maxCount 1 ] .
"""


def test_shapes_of_ones_own_are_added() -> None:
    Path("data.nt").write_text(
        '# one line of remarks\n<https://example.org/x> <https://example.org/p> "1" .\n'
        '<https://example.org/x> <https://example.org/p> "2" .\n',
        "utf-8",
    )
    Path("shapes.ttl").write_text(SHAPES, "utf-8")
    assert found("data.nt", "--shapes", "shapes.ttl") == ["data.nt:2:1: violation[Thing/p]"]
    assert run("data.nt", "--shapes", "shapes.ttl", "--select", "Thing/p").exit_code == 1
    Path("shapes.ttl").write_text(SHAPES.replace("maxCount", "maxCuont"), "utf-8")
    assert found("data.nt", "--shapes", "shapes.ttl") == ["shapes.ttl:3:1: violation[unknown-shacl-term]"]


def test_blank_nodes_have_the_same_names_in_every_run() -> None:
    data = "@prefix ex: <https://example.org/> .\nex:x ex:q [ ex:p 1 , 2 ] , _:b .\n_:b ex:p 3 , 4 , [] .\n"
    Path("data.ttl").write_text(data, "utf-8")
    Path("shapes.ttl").write_text(SHAPES.replace("sh:maxCount 1", "sh:maxCount 1 ; sh:nodeKind sh:Literal"), "utf-8")
    first, second = (run("data.ttl", "--shapes", "shapes.ttl", "--format", "json").stdout for _ in range(2))
    assert first == second
    seen = [(one["focus"], one.get("value"), one["location"].get("line")) for one in json.loads(first)["findings"]]
    assert seen == [("_:anonymous-1", None, None), ("_:b", None, 3), ("_:b", "_:anonymous-2", 3)]


def test_shapes_without_a_name_can_be_taken_and_left_out_too() -> None:
    lines = [f'<https://example.org/x> <https://example.org/p> "{number}" .\n' for number in (1, 2)]
    Path("data.nt").write_text("".join(lines), "utf-8")
    Path("shapes.ttl").write_text(SHAPES.replace("ex:Thing a", "[] a"), "utf-8")
    [line] = found("data.nt", "--shapes", "shapes.ttl")
    code = line.partition("[")[2].strip("]")
    assert found("data.nt", "--shapes", "shapes.ttl", "--select", "*") == [line]
    assert found("data.nt", "--shapes", "shapes.ttl", "--select", code) == [line]
    assert found("data.nt", "--shapes", "shapes.ttl", "--ignore", code) == []


def test_no_report_is_written_over_what_is_read() -> None:
    Path("mine.ttl").write_text(SHAPES, "utf-8")
    Path("folder").mkdir()
    Path("folder/b.diplomacy.yaml").write_text(HEAD.replace("5fece", "6fece") + ALONE, "utf-8")
    for file in ("mine.ttl", "folder/b.diplomacy.yaml", "base.json"):
        Path("base.json").write_text('{"version": 1, "accepted": []}', "utf-8")
        before = Path(file).read_bytes()
        outcome = run("folder", "--shapes", "mine.ttl", "--baseline", "base.json", "--output", f"json={file}")
        assert outcome.exit_code == 2
        assert Path(file).read_bytes() == before


def test_shapes_are_linted_by_themselves() -> None:
    assert run("--lint-shapes").exit_code == 0
    Path("shapes.ttl").write_text(SHAPES.replace("ex:p ; sh:prop", "ex:p ; sh:pattern '(' ; sh:prop"), "utf-8")
    assert found("--lint-shapes", "--shapes", "shapes.ttl") == ["shapes.ttl:3:1: violation[ill-typed-parameter]"]
    assert run("--lint-shapes", "--shapes", "shapes.ttl", "--ignore", "ill-*").exit_code == 0
    assert run("--lint-shapes", "a.diplomacy.yaml").exit_code == 2
    report = json.loads(run("--lint-shapes", "--format", "json").stdout)
    assert len(report["files"]) == len(list((ROOT / "shapes").glob("*.ttl")))


FORMATS: Final = ("text", "json", "sarif", "junit", "github", "markdown", "turtle")


def test_several_reports_come_of_one_run() -> None:
    options = [option for name in FORMATS for option in ("--output", f"{name}=report.{name}")]
    outcome = run("a.diplomacy.yaml", *options)
    assert outcome.exit_code == 1
    assert len(outcome.stdout.splitlines()) == 4
    for name in FORMATS:
        written = Path(f"report.{name}").read_text("utf-8")
        assert "visitor-value" in written.replace("\\-", "-")
        assert run("a.diplomacy.yaml", "--format", name).stdout in (written, outcome.stdout)
    assert len([path for path in Path().iterdir() if path.name.startswith(".")]) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "sarf"], "There is no format 'sarf' for findings. Did you mean 'sarif'?"),
        (["--output", "sarif"], "'--output sarif' does not name a format and a file."),
        (["--output", "sarif="], "'--output sarif=' does not name a format and a file."),
        (["--output", "sarif=-"], "Standard output takes one report."),
        (["--output", "json=a.diplomacy.yaml"], "'a.diplomacy.yaml' is a source, or takes another report."),
        (["--output", "json=x", "--output", "sarif=./x"], "'./x' is a source, or takes another report."),
        (["--output", "json=no/where"], "'no' cannot be written to: No such file or directory."),
        (["--update-baseline"], "There is no baseline to update."),
        (["--baseline", "none.json"], "The baseline 'none.json' cannot be read: No such file or directory."),
    ],
)
def test_what_cannot_be_done_is_said(options: list[str], said: str) -> None:
    outcome = run("a.diplomacy.yaml", *options)
    assert outcome.exit_code == 2
    assert outcome.stderr.replace(f"{Path.cwd()}/", "").startswith(f"diplograph: {said}")
    assert sorted(path.name for path in Path().iterdir()) == ["a.diplomacy.yaml"]


def test_rules_in_sarif_are_all_shapes_and_all_others() -> None:
    driver = json.loads(run("a.diplomacy.yaml", "--format", "sarif").stdout)["runs"][0]["tool"]["driver"]
    shapes = load_shapes().by_node.values()
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    named = {shape.code for shape in shapes} | {rule.code for rule in OTHER_RULES}
    assert {rule["id"] for rule in driver["rules"]} == named
    assert all(rule["help"]["text"] for rule in driver["rules"])


def fingerprints() -> dict[str, str]:
    findings: list[dict[str, Any]] = json.loads(run("a.diplomacy.yaml", "--format", "json").stdout)["findings"]
    return {finding["code"]: finding["fingerprint"] for finding in findings}


def test_fingerprints_outlast_what_moves_a_finding() -> None:
    before = fingerprints()
    text = HEAD.replace("facts:", "# a remark\nfacts:\n") + ACTING.replace("{id", "{  id") + "\n\n" + ALONE
    Path("a.diplomacy.yaml").write_text(text, "utf-8")
    assert fingerprints() == before
    Path("a.diplomacy.yaml").write_text(text.replace("id: talks", "id: speaks"), "utf-8")
    after = fingerprints()
    assert after["visit-place"] == before["visit-place"]
    assert after["meeting-participants"] != before["meeting-participants"]


def test_fingerprints_outlast_another_text_and_another_base() -> None:
    before = fingerprints()
    again = json.loads(run("a.diplomacy.yaml", "--format", "json", "--base-iri", "https://example.org/").stdout)
    assert {finding["code"]: finding["fingerprint"] for finding in again["findings"]} == before
    Path("a.diplomacy.yaml").write_text((HEAD + ALONE + ACTING).replace("5fece", "6fece"), "utf-8")
    assert fingerprints() == before


def test_fingerprints_are_the_same_for_the_same_file_however_it_is_named() -> None:
    def prints(name: str) -> list[str]:
        return [one["fingerprint"] for one in json.loads(run(name, "--format", "json").stdout)["findings"]]

    assert prints("a.diplomacy.yaml") == prints("./a.diplomacy.yaml") == prints(str(Path("a.diplomacy.yaml").resolve()))


def test_a_baseline_lets_pass_what_it_accepts_and_nothing_else() -> None:
    written = run("a.diplomacy.yaml", "--baseline", "base.json", "--update-baseline")
    assert (written.exit_code, written.stdout) == (0, "")
    assert written.stderr == "no findings. 3 accepted by the baseline.\n"
    first = Path("base.json").read_bytes()
    assert [entry["code"] for entry in json.loads(first)["accepted"]] == [
        "meeting-participants",
        "visit-place",
        "visitor-value",
    ]
    again = run("a.diplomacy.yaml", "--baseline", "base.json")
    assert (again.exit_code, again.stdout) == (0, "")
    more = HEAD + ALONE + ACTING + ALONE.replace("talks", "more-talks")
    Path("a.diplomacy.yaml").write_text(more, "utf-8")
    assert found("a.diplomacy.yaml", "--baseline", "base.json") == [
        "a.diplomacy.yaml:11:5: violation[meeting-participants]"
    ]
    assert Path("base.json").read_bytes() == first
    sarif = json.loads(run("a.diplomacy.yaml", "--baseline", "base.json", "--format", "sarif").stdout)
    suppressed = [result["ruleId"] for result in sarif["runs"][0]["results"] if result.get("suppressions")]
    assert sorted(suppressed) == ["meeting-participants", "visit-place", "visitor-value"]


def test_what_a_baseline_accepts_in_vain_is_reported() -> None:
    run("a.diplomacy.yaml", "--baseline", "base.json", "--update-baseline")
    Path("a.diplomacy.yaml").write_text(HEAD + ACTING, "utf-8")
    outcome = run("a.diplomacy.yaml", "--baseline", "base.json")
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith(
        "base.json:4:5: info[stale-baseline] The baseline accepts meeting-participants at a1/talks"
    )
    assert outcome.stderr == "1 info. 2 accepted by the baseline.\n"
    assert run("a.diplomacy.yaml", "--baseline", "base.json", "--fail-on", "info").exit_code == 1
    assert found("a.diplomacy.yaml", "--baseline", "base.json", "--ignore", "meeting-*") == []
    run("a.diplomacy.yaml", "--baseline", "base.json", "--update-baseline")
    assert found("a.diplomacy.yaml", "--baseline", "base.json") == []
    assert len(json.loads(Path("base.json").read_bytes())["accepted"]) == 2


def test_a_baseline_keeps_what_a_run_did_not_look_at() -> None:
    other = HEAD.replace("5fece", "6fece").replace("id: a1", "id: a2") + ALONE
    Path("b.diplomacy.yaml").write_text(other, "utf-8")
    run(".", "--baseline", "base.json", "--update-baseline")
    assert len(json.loads(Path("base.json").read_bytes())["accepted"]) == 4
    one = run("b.diplomacy.yaml", "--baseline", "base.json", "--fail-on", "info")
    assert (one.exit_code, one.stdout) == (0, "")
    run("b.diplomacy.yaml", "--baseline", "base.json", "--update-baseline")
    assert len(json.loads(Path("base.json").read_bytes())["accepted"]) == 4
    Path("a.diplomacy.yaml").unlink()
    assert len(found("b.diplomacy.yaml", "--baseline", "base.json")) == 3


def test_equal_findings_are_accepted_one_by_one() -> None:
    data = "<https://example.org/x> a <https://w3id.org/diplograph/ns#Office> .\n"
    Path("d.ttl").write_text(data, "utf-8")
    run("d.ttl", "--baseline", "base.json", "--update-baseline")
    accepted = json.loads(Path("base.json").read_bytes())["accepted"]
    doubled = {"version": 1, "accepted": [*accepted, accepted[0]]}
    Path("base.json").write_text(json.dumps(doubled), "utf-8")
    assert [line.partition(": ")[2] for line in found("d.ttl", "--baseline", "base.json")] == ["info[stale-baseline]"]


def test_a_baseline_is_not_written_over_input_that_cannot_be_used() -> None:
    Path("a.diplomacy.yaml").write_text(HEAD + "  - {id: talks, type: Meetin, evidence: 0-20}\n", "utf-8")
    outcome = run("a.diplomacy.yaml", "--baseline", "base.json", "--update-baseline")
    assert outcome.exit_code == 2
    assert not Path("base.json").exists()


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("", "base.json:1:1"),
        ("[]", "base.json:1:1"),
        ('{"version": 2, "accepted": []}', "base.json:1:1"),
        ('{"version": 1,\n "accepted": [{"fingerprint": "x"}]}', "base.json:2:15"),
        ('{"version": 1,\n "accepted": [7]}', "base.json:2:15"),
        ("\xff", "base.json"),
        ('{"version": 1 "accepted"', "base.json:1:15"),
    ],
)
def test_what_is_no_baseline_is_refused_at_its_place(content: str, place: str) -> None:
    Path("base.json").write_bytes(content.encode("latin-1"))
    outcome = run("a.diplomacy.yaml", "--baseline", "base.json")
    assert outcome.exit_code == 2
    assert outcome.stderr.startswith(f"{place}: error[")


def test_a_terminal_shows_the_text_with_a_caret() -> None:
    leader, follower = pty.openpty()
    environment = os.environ | {"COLUMNS": "100", "TERM": "xterm"}
    command = [sys.executable, "-m", "diplograph", "validate", "a.diplomacy.yaml"]
    with subprocess.Popen(command, stdout=follower, stderr=follower, env=environment) as process:
        assert process.wait(60) == 1
        os.close(follower)
        shown = ""
        while chunk := _read(leader):
            shown += chunk
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).replace("\r\n", "\n")
    assert plain != shown.replace("\r\n", "\n"), "colours are used"
    assert plain.startswith("a.diplomacy.yaml\n  9:5 violation[meeting-participants] ")
    assert (
        "    |   - {id: visit, type: Visit, visitor: quay, evidence: 20-40}\n"
        "    |                                       ^^^^\n" in plain
    )
    assert plain.endswith("\n2 violations, 1 warning.\n")


def _read(descriptor: int) -> str:
    try:
        return os.read(descriptor, 65536).decode()
    except OSError:  # how a terminal says that nobody writes to it any more
        return ""


@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
@pytest.mark.parametrize("name", ["text", "json"])
def test_a_report_that_cannot_be_printed_is_an_error(name: str, redirection: str) -> None:
    command = (
        f'"{sys.executable}" -m diplograph validate a.diplomacy.yaml --format {name} --fail-on never {redirection}'
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert re.search("Standard output is closed|No space left", done.stderr)
    assert "Traceback" not in done.stderr


def test_jsonl_is_placed_by_line_and_column() -> None:
    article = {
        "article": {"id": "a1", "language": "en", "text": {"sha256": "5" * 64, "length": 80}},
        "entities": {"ada": {"type": "Person", "label": "Ada"}},
        "facts": [{"id": "talks", "type": "Meeting", "participant": ["ada"], "evidence": "0-20"}],
    }
    other = json.loads(json.dumps(article).replace("a1", "a2").replace("5" * 64, "6" * 64))
    lines = [json.dumps(article), json.dumps(other)]
    Path("c.diplomacy.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    column = lines[0].index('{"id": "talks"') + 1
    assert found("c.diplomacy.jsonl") == [
        f"c.diplomacy.jsonl:{number}:{column}: violation[meeting-participants]" for number in (1, 2)
    ]
    report = json.loads(run("c.diplomacy.jsonl", "--format", "json").stdout)
    assert [finding["owner"] for finding in report["findings"]] == ["a1/talks", "a2/talks"]
    assert {finding["location"]["endColumn"] for finding in report["findings"]} == {len(lines[0]) - 1}


def test_a_finding_about_several_articles_names_all_places() -> None:
    for number, kind in ((1, "Meeting"), (2, "Stance"), (3, "Meeting")):
        fact = f"  - {{id: f{number}, type: {kind}, about: key, label: x, holder: ada, evidence: 0-20}}\n"
        fact = fact.replace("holder: ada, ", "" if kind == "Meeting" else "holder: ada, onIssue: quay, ")
        text = HEAD.replace("5fece", f"{number}fece").replace("id: a1", f"id: a{number}")
        Path(f"s{number}.diplomacy.yaml").write_text(text + fact, "utf-8")
    Path("a.diplomacy.yaml").unlink()
    outcome = run(".", "--select", "situation-kind")
    assert re.sub(r"\] .*", "]", outcome.stdout).splitlines() == [
        "s1.diplomacy.yaml:9:5: violation[situation-kind]",
        "  s2.diplomacy.yaml:9:5: a2/f2: told here too.",
        "  s3.diplomacy.yaml:9:5: a3/f3: told here too.",
    ]


def test_clean_runs_neither_load_the_reference_nor_look_up_places() -> None:
    Path("a.diplomacy.yaml").write_text(HEAD + ALONE.replace("participant: ada", "participant: [ada, quay]"), "utf-8")
    shutil.copytree(ROOT / "seeds", "seeds")
    script = (
        "import sys\nfrom diplograph.cli import main\n"
        "try:\n    main(['validate', 'seeds'])\nexcept SystemExit as exit:\n    assert not exit.code\n"
        "print(sorted({'pyshacl', 'rdflib', 'diplograph.locating', 'diplograph.subjects'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_rule_that_is_no_shape_is_listed() -> None:
    """A finding's code that no list has could be neither selected nor left out."""
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "src" / "diplograph" / "validation").glob("*.py"))
    used = set(re.findall(r'"((?:unknown|ill|misplaced|no|target|incomplete|engines)-[a-z-]+)"', sources))
    listed = {rule.code for rule in (*OTHER_RULES, *LINT_RULES)}
    assert used - {"target-no-class", "target-no-property"} <= listed
    assert len(used) >= 7
