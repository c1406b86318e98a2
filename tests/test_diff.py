"""What differs is told exactly: the old and the difference give the new, whatever the form and the size."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import diplograph
from diplograph.cli.diff import diff as command
from diplograph.diffing import Outcome, diff, difference, shards, sides, sorting
from diplograph.diffing.updates import write_update
from diplograph.errors import InputError, UsageError
from diplograph.rdf import rdf_quads

CASES = Path(__file__).parent / "cases"
FULL = Path("/dev/full")
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
BASE = "https://w3id.org/diplograph/id/"
Quads = set[ox.Quad]

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
UNSAFE = (
    'say "yes"\nand } no\r\n\t\\',
    "\\u0022 } } ; DROP ALL #",
    "\\\\U00000022",
    "\x00\x01\x7f\x85\u2028\u202e\ufeff",
    "😀 é e\u0301 ;\n;\n",
    "",
)


def named(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"https://example.org/{name}")


def literals() -> st.SearchStrategy[ox.Literal]:
    # but numbers and times, which this store rewrites
    text = st.sampled_from(UNSAFE) | st.text(st.characters(codec="utf-8"), max_size=8)
    return st.one_of(
        text.map(ox.Literal),
        st.builds(lambda value, tag: ox.Literal(value, language=tag), text, st.sampled_from(["en", "de-at"])),
        text.map(lambda value: ox.Literal(value, datatype=named("type"))),
    )


NODES = st.sampled_from([named(name) for name in ("a", "a/b", "a#b", "é", "b")])
QUADS = st.builds(ox.Quad, NODES, NODES, NODES | literals(), NODES | st.just(ox.DefaultGraph()))
SETS = st.frozensets(QUADS, max_size=12).map(set)


def written(path: Path, quads: Iterable[ox.Quad]) -> Path:
    data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def in_file(path: Path) -> Quads:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return set(ox.parse(data, format=ox.RdfFormat.N_QUADS))


def updated(quads: Iterable[ox.Quad], update: str) -> Quads:
    store = ox.Store()
    store.extend(quads)
    store.update(update)
    return set(store)


def check_all_forms(old: Path, new: Path, before: Quads, after: Quads, folder: Path, batch: int = 5) -> None:
    """Apply each form to the old, and get the new."""
    done = diff(old, new, folder / "c.ru", format="sparql", batch=batch)
    update = (folder / "c.ru").read_text("utf-8")
    assert done == Outcome(added=len(after - before), removed=len(before - after))
    assert updated(before, update) == set(stored(after))
    pieces = update.split("\n;\n")
    assert all(piece.count(" .\n") <= batch for piece in pieces)
    store = stored(before)
    for piece in pieces:
        store.update(piece)
    assert set(store) == set(stored(after)), "in pieces too"
    diff(old, new, format="nquads", removed=folder / "removed.nq", added=folder / "added.nq.gz")
    removed, added = in_file(folder / "removed.nq"), in_file(folder / "added.nq.gz")
    assert (removed, added) == (before - after, after - before)


def stored(quads: Iterable[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], input=stdin)


@FEW
@given(SETS, SETS, SETS)
def test_the_old_and_the_difference_give_the_new(tmp_path: Path, common: Quads, before: Quads, after: Quads) -> None:
    before, after = before | common, after | common
    old, new = written(tmp_path / "old.nq", before), written(tmp_path / "new.nq", after)
    check_all_forms(old, new, before, after, tmp_path)


FACTS = st.fixed_dictionaries(
    {
        "type": st.just("Meeting"),
        "participant": st.permutations(["ada", "ben", "gazette"]).map(lambda names: names[:2]),
        "certainty": st.sampled_from(["certain", "probable", "possible"]),
        "status": st.sampled_from(["past", "planned"]),
    },
    optional={
        "about": st.sampled_from(["harbour-talks", "talks"]),
        "place": st.sampled_from(["harbour", "hillside"]),
        "time": st.sampled_from(["2024-09-13", "2024-09-14", "2024-09"]),
        "label": st.sampled_from(["the talks", 'the "talks"', "\\u0022 }"]),
    },
)
CORPORA = st.dictionaries(
    st.sampled_from(["one", "two", "three"]),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), FACTS, max_size=3),
    min_size=1,
)


def annotated(folder: Path, corpus: dict[str, dict[str, dict[str, Any]]]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(CASES / "people.register.yaml", folder)
    for name, facts in corpus.items():
        text = {"sha256": hashlib.sha256(name.encode()).hexdigest(), "length": 1000}
        article = {"id": name, "language": "en", "text": text}
        listed = [{"id": key, **fact, "evidence": "0-40"} for key, fact in facts.items()]
        document = {"registers": ["people.register.yaml"], "article": article, "facts": listed}
        (folder / f"{name}.diplomacy.json").write_text(json.dumps(document), "utf-8")
    return folder


@settings(FEW, max_examples=15)
@given(CORPORA, CORPORA)
def test_an_update_makes_a_store_what_a_fresh_one_would_be(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any]
) -> None:
    old, new = annotated(tmp_path / "old", one), annotated(tmp_path / "new", other)
    before, after = (set(diplograph.quads(diplograph.read(folder))) for folder in (old, new))
    check_all_forms(old, new, before, after, tmp_path, batch=1000)
    for line in told(old, new):
        assert line.isprintable()


@pytest.mark.parametrize("text", UNSAFE)
def test_another_store_takes_unsafe_text_in_updates_as_it_is_meant(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    quads = {ox.Quad(named("a"), named("b"), ox.Literal(text + end), named("g")) for end in ("", "u", "\\")}
    quads.add(ox.Quad(named("a"), named("b"), ox.Literal(text, datatype=named("type")), named("g")))
    new = written(tmp_path / "new.nq", quads)
    old = written(tmp_path / "old.nq", [])
    assert "'" not in text
    with difference(*sides(old, new)) as found:
        stream = io.BytesIO()
        write_update(found, stream)
    dataset = rdflib.Dataset()
    dataset.update(stream.getvalue().decode())
    values = {str(value) for _, _, value, graph in dataset.quads() if graph is not None}
    assert values == {quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)}
    assert updated([], stream.getvalue().decode()) == quads


def told(old: Path, new: Path, **options: Any) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "summary.txt")
        diff(old, new, target, **options)
        return target.read_text("utf-8").splitlines()


@pytest.fixture
def edited(seeds: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(seeds, tmp_path / "edited"))


def edit(folder: Path, name: str, old: str, new: str) -> None:
    [file] = folder.glob(f"{name}*.yaml")
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


QUANTITY = "    quantity: {value: 6, unit: diplomat}\n"


def test_a_summary_names_the_claim_whose_certainty_changed(seeds: Path, edited: Path) -> None:
    edit(edited, "003", QUANTITY, QUANTITY + "    certainty: probable\n")
    assert told(seeds, edited) == [
        "changed claim a003/expulsion (Russia makes six British diplomats leave)",
        "    certainty: certain -> probable",
        "",
        "changed situation Russia makes six British diplomats leave (a003/expulsion)",
        "    occurrence: occurred -> possible",
        "",
        "1 claim changed; 1 situation changed.",
        "2 statements added, 2 removed.",
        "Provenance of the export: 12 statements added, 12 removed.",
    ]


def test_a_value_that_changes_is_told_with_its_claim(seeds: Path, edited: Path) -> None:
    edit(edited, "003", QUANTITY, QUANTITY.replace("6", "7"))
    assert told(seeds, edited)[:3] == [
        "changed claim a003/expulsion (Russia makes six British diplomats leave)",
        "    quantity: 6 diplomat -> 7 diplomat",
        "",
    ]
    edit(edited, "003", QUANTITY.replace("6", "7"), "")
    assert told(seeds, edited)[:2] == [
        "changed claim a003/expulsion (Russia makes six British diplomats leave)",
        "    quantity: - 6 diplomat",
    ]


def test_a_value_of_which_only_a_detail_changes_is_told_in_detail(tmp_path: Path) -> None:
    value, time = ox.NamedNode(f"{BASE}value/0123456789abcdef.talks.time.1"), "https://w3id.org/diplograph/ns#"
    shared = [
        ox.Quad(ox.NamedNode(f"{BASE}claim/0123456789abcdef.talks.as-ada"), ox.NamedNode(time + "time"), value),
        ox.Quad(value, RDF_TYPE, ox.NamedNode(time + "TimeValue")),
    ]
    days = [ox.Quad(value, ox.NamedNode(time + "earliest"), ox.Literal(f"2024-09-1{day}")) for day in range(2)]
    old, new = (written(tmp_path / f"{n}.nq", [*shared, day]) for n, day in enumerate(days))
    assert told(old, new)[:2] == [
        "changed claim 0123456789abcdef/talks",
        "    time, earliest: 2024-09-10 -> 2024-09-11",
    ]


def test_facts_that_come_and_go_are_told_with_what_they_say(seeds: Path, edited: Path) -> None:
    fact = "  - id: second-visit\n    type: Visit\n    visitor: starmer\n    label: a visit\n    evidence: 3632-3698\n"
    edit(edited, "003", "  - id: diplomats\n", f"{fact}  - id: diplomats\n")
    lines = told(seeds, edited)
    assert lines[0] == "added claim a003/second-visit (a visit)"
    assert "    visitor: Keir Starmer" in lines
    assert "added situation a visit (a003/second-visit)" in lines
    back = told(edited, seeds)
    assert back[0] == "removed claim a003/second-visit (a visit)"
    assert "1 claim removed; 1 situation removed." in back


def test_an_entity_that_is_renamed_is_told_by_its_new_name(seeds: Path, edited: Path) -> None:
    edit(edited, "entities", "label: Keir Starmer", "label: Keir Rodney Starmer")
    assert told(seeds, edited)[:2] == [
        "changed entity Keir Rodney Starmer (starmer)",
        "    label: Keir Starmer -> Keir Rodney Starmer",
    ]


def test_an_article_that_comes_is_told_and_what_is_more_is_counted(seeds: Path, edited: Path) -> None:
    next(edited.glob("001*")).unlink()
    lines = told(edited, seeds, limit=1)
    assert lines[0].startswith("added article a001 (")
    assert "and 99 more claims" in lines
    assert any(line.startswith("1 article added; 100 claims added; ") for line in lines)
    assert told(edited, seeds, limit=0) == lines[-3:]


def test_a_conflict_that_appears_is_told_with_its_claims(tmp_path: Path) -> None:
    fact = {"type": "Meeting", "about": "talks", "participant": ["ada", "ben"], "time": "2024-09-13"}
    corpus = {"one": {"a": fact}, "two": {"b": fact}}
    old, new = annotated(tmp_path / "old", corpus), tmp_path / "new"
    annotated(new, corpus | {"two": {"b": fact | {"time": "2024-09-14"}}})
    lines = told(old, new)
    start = lines.index("added conflict time: talks")
    assert lines[start + 1 : start + 4] == [
        "    about: talks",
        "    conflict on: time",
        "    conflicting claim: one/a; two/b",
    ]
    assert "changed claim two/b" in lines


def test_control_characters_of_data_do_not_reach_the_terminal(tmp_path: Path) -> None:
    label = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    quads = [ox.Quad(named("a"), predicate, ox.Literal("\x1b[31mred\u202e\nline")) for predicate in (label, named("b"))]
    old, new = written(tmp_path / "old.nq", []), written(tmp_path / "new.nq", quads)
    result = run(old, new)
    assert result.stdout.splitlines() == [
        "added \\x1b[31mred\\u202e line (<https://example.org/a>)",
        "    <https://example.org/b>: \\x1b[31mred\\u202e line",
        "",
        "1 other thing added.",
        "2 statements added, 0 removed.",
    ]


def test_what_other_programs_say_is_told_by_its_iris(tmp_path: Path) -> None:
    old = written(tmp_path / "old.nq", [ox.Quad(named("a"), named("b"), named(x)) for x in "cde"])
    new = written(tmp_path / "new.nq", [ox.Quad(named("a"), named("b"), named(x)) for x in "cfg"])
    assert told(old, new)[:5] == [
        "changed <https://example.org/a>",
        "    <https://example.org/b>: - <https://example.org/d>",
        "    <https://example.org/b>: - <https://example.org/e>",
        "    <https://example.org/b>: + <https://example.org/f>",
        "    <https://example.org/b>: + <https://example.org/g>",
    ]


def test_very_many_statements_on_one_subject_are_told_in_part(tmp_path: Path) -> None:
    new = written(tmp_path / "new.nq", (ox.Quad(named("a"), named(f"p{n}"), named("c")) for n in range(300)))
    lines = told(written(tmp_path / "old.nq", []), new)
    assert lines[201] == "    and 100 statements more"
    assert lines[-1] == "300 statements added, 0 removed."


@pytest.mark.parametrize("form", ["summary", "sparql"])
def test_nothing_differs_from_itself(tmp_path: Path, form: str) -> None:
    annotations = CASES / "shared-situation"
    diplograph.export(diplograph.read(annotations), tmp_path / "a.trig")
    for old, new in product([annotations, tmp_path / "a.trig"], repeat=2):
        result = run(old, new, "-f", form, "--exit-code")
        assert result.exit_code == 0
        assert result.stdout in ("Nothing differs.\n", "# 0 statements to delete, 0 to insert\n")
    assert updated([], "# 0 statements to delete, 0 to insert\n") == set()


def test_exit_codes_are_those_of_git(tmp_path: Path, edited: Path, seeds: Path) -> None:
    edit(edited, "entities", "label: Keir Starmer", "label: Keir Rodney Starmer")
    assert run(seeds, edited).exit_code == 0
    assert run(seeds, edited, "--exit-code").exit_code == 1
    assert run(seeds, tmp_path / "nowhere", "--exit-code").exit_code == 2


def test_provenance_is_compared_unless_it_is_not_wanted(tmp_path: Path, seeds: Path) -> None:
    shutil.copytree(seeds, tmp_path / "new")
    edit(tmp_path / "new", "003", "facts:\n", "facts:  # the same\n")
    for old, new in ((seeds, tmp_path / "new"), (tmp_path / "a.ttl", tmp_path / "new")):
        if old.suffix:
            diplograph.export(diplograph.read(seeds), old)
        lines = told(old, new)
        assert lines == ["Provenance of the export: 12 statements added, 12 removed."]
        assert told(old, new, provenance=False) == ["Nothing differs."]
    assert diff(seeds, tmp_path / "new", tmp_path / "c.ru", format="sparql", provenance=False) == Outcome(0, 0)


def test_triples_are_compared_where_one_side_has_no_graphs(tmp_path: Path) -> None:
    annotations = CASES / "shared-situation"
    corpus = diplograph.read(annotations)
    for name in ("a.nt", "a.ttl.gz", "a.jsonld", "a.rdf"):
        diplograph.export(corpus, tmp_path / name)
        result = run(tmp_path / name, annotations)
        assert result.stdout == "Nothing differs.\n"
        assert result.stderr == f"'{tmp_path / name}' has no named graphs: triples were compared.\n"
        assert run(tmp_path / "a.nt", tmp_path / name).stderr == ""
    (tmp_path / "graph.jsonld").write_text('{"@id": "x:g", "@graph": [{"@id": "x:a", "x:b": {"@id": "x:c"}}]}', "utf-8")
    (tmp_path / "new.nq").write_text("<x:a> <x:b> <x:c> <x:h> .\n", "utf-8")
    assert diff(tmp_path / "graph.jsonld", tmp_path / "new.nq", tmp_path / "c.ru", format="sparql") == Outcome(1, 1)


def numbered(numbers: Iterable[int]) -> list[ox.Quad]:
    return [ox.Quad(named(f"s{n % 97}"), named("p"), ox.Literal(f"{n:06}"), named(f"g{n % 3}")) for n in numbers]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, and a hundredth of the memory."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(sorting, "MOST", 2000)
    monkeypatch.setattr(sorting, "_MOST_FILES", 3)
    monkeypatch.setattr("diplograph.diffing.statements._CHUNK", 50)
    before = open_files()
    yield folder
    assert open_files() == before
    assert list(folder.iterdir()) == []


def open_files() -> int:
    listed = Path("/proc/self/fd")
    return len(list(listed.iterdir())) if listed.exists() else 0


FORMS = (["-f", "summary"], ["-f", "summary", "--limit", "3"], ["-f", "sparql"], ["--removed", "-"], ["--added", "-"])


def test_what_does_not_fit_into_memory_gives_the_same(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = numbered(range(0, 3000, 2)), numbered([*range(0, 3000, 3), *range(0, 3000, 3)])
    old, new = written(tmp_path / "old.nq", before), written(tmp_path / "new.nq.gz", after)
    opened: list[str] = []
    real = tempfile.TemporaryFile

    def counted(*arguments: Any, **named: Any) -> Any:
        opened.append(str(temporary))
        return real(*arguments, **named)

    monkeypatch.setattr(tempfile, "TemporaryFile", counted)
    small = [run(old, new, *form).stdout for form in FORMS]
    assert len(opened) > 50
    check_all_forms(old, new, set(before), set(after), tmp_path)
    monkeypatch.setattr(sorting, "MOST", 1 << 25)
    opened.clear()
    assert [run(old, new, *form).stdout for form in FORMS] == small
    assert opened == []


@pytest.mark.usefixtures("temporary")
def test_after_an_error_no_output_and_no_temporary_file_is_left(tmp_path: Path) -> None:
    old, new = written(tmp_path / "old.nq", numbered(range(500))), written(tmp_path / "new.nq", numbered(range(500)))
    with new.open("ab") as stream:
        stream.write(b"<x:a> <x:b> .\n")
    kept = tmp_path / "kept.ru"
    kept.write_text("kept", "utf-8")
    pair: list[str | Path] = ["--removed", tmp_path / "a.nq", "--added", tmp_path / "b.nq"]
    for outputs in (["-o", kept], pair):
        result = run(old, new, *outputs)
        assert result.exit_code == 2
        assert f"{new}:501:" in result.stderr
    triple = ox.Triple(named("a"), named("b"), named("c"))
    written(new, [*numbered(range(3)), ox.Quad(named("zz"), named("b"), triple)])
    result = run(old, new, "-o", kept)
    assert "SPARQL 1.1 cannot write this statement of RDF 1.2" in result.stderr
    assert "Take --format nquads." in result.stderr
    assert kept.read_text("utf-8") == "kept"
    assert run(old, new, "--added", "-").stdout == f"<{named('zz').value}> <{named('b').value}> <<( {triple} )>> .\n"
    assert "    <https://example.org/b>: <<(" in run(old, new).stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.ru", "new.nq", "old.nq", "temporary"]


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "MOST", 2000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    result = run(written(tmp_path / "a.nq", numbered(range(99))), tmp_path / "a.nq")
    assert result.exit_code == 2
    assert "Temporary files cannot be written: No such file or directory." in result.stderr


def test_memory_does_not_follow_the_size(tmp_path: Path, watched: Any) -> None:
    peaks = []
    for size in (40_000, 120_000):
        with (tmp_path / "a.nq").open("wb") as one, (tmp_path / "b.nq").open("wb") as other:
            for n in range(size):
                line = b'<https://example.org/%d> <https://example.org/p> "%s" <https://example.org/g> .\n'
                one.write(line % (n, b"a long text " * 80))
                other.write(line % (n + size // 2, b"a long text " * 80))
        done, peak = watched("diff", str(tmp_path / "a.nq"), str(tmp_path / "b.nq"), "--limit", "1")
        assert done.stdout.endswith(f"{size // 2:,} statements added, {size // 2:,} removed.\n")
        peaks.append(peak)
    assert peaks[1] < 1.3 * peaks[0]


def sharded(folder: Path, quads: Iterable[ox.Quad], count: int = 4, suffix: str = ".nq.gz") -> Path:
    """Divide statements by their subjects as an export does: each has its place by its content."""
    folder.mkdir()
    parts: list[list[ox.Quad]] = [[] for _ in range(count)]
    for quad in quads:
        parts[hashlib.sha256(str(quad.subject).encode()).digest()[0] % count].append(quad)
    sums = []
    for number, part in enumerate(parts):
        path = folder / f"part-{number:05}{suffix}"
        ordered = sorted(part, key=str)
        format_ = ox.RdfFormat.N_QUADS if ".nq" in suffix else ox.RdfFormat.N_TRIPLES
        data = ox.serialize(ordered if ".nq" in suffix else [q.triple for q in ordered], format=format_) or b""
        path.write_bytes(gzip.compress(data, mtime=0))
        sums.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
    (folder / "dataset.ttl").write_text(f"<x:{folder.name}> <x:b> [] .\n", "utf-8")
    digest = hashlib.sha256((folder / "dataset.ttl").read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text("".join([*sums, f"{digest}  dataset.ttl\n"]), "utf-8")
    return folder


def changed_part(one: Path, other: Path) -> list[str]:
    names = [path.name for path in sorted(one.glob("part-*"))]
    return [name for name in names if (one / name).read_bytes() != (other / name).read_bytes()]


def test_parts_with_the_same_digest_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(numbered(range(600)))
    gone, come = numbered([7])[0], ox.Quad(named("s7"), named("p"), ox.Literal("new"), named("g0"))
    after = before - {gone} | {come}
    old, new = sharded(tmp_path / "old", before), sharded(tmp_path / "new", after)
    [name] = changed_part(old, new)
    for folder in (old, new):
        for path in folder.glob("part-*"):
            if path.name != name:
                path.write_bytes(b"nothing that could be read")
    (new / min(path.name for path in new.glob("part-*") if path.name != name)).unlink()
    opened: list[str] = []
    real = rdf_quads

    def counted(path: Path) -> Iterator[ox.Quad]:
        opened.append(f"{path.parent.name}/{path.name}")
        return real(path)

    monkeypatch.setattr(shards, "rdf_quads", counted)
    check_all_forms(old, new, {gone} | (before & after), after, tmp_path)
    assert set(opened) == {f"old/{name}", f"new/{name}"}
    opened.clear()
    assert told(old, old) == ["Nothing differs."]
    assert opened == []


@pytest.mark.parametrize(("count", "suffix"), [(4, ".nt.gz"), (3, ".nq.gz")])
def test_exports_that_are_divided_differently_are_compared_in_full(tmp_path: Path, count: int, suffix: str) -> None:
    before, after = set(numbered(range(60))), set(numbered(range(6, 66)))
    old, new = sharded(tmp_path / "old", before), sharded(tmp_path / "new", after, count, suffix)
    assert run(old, new).stdout.endswith("6 statements added, 6 removed.\n")
    whole = written(tmp_path / "whole.nq", before)
    assert told(old, whole) == ["Nothing differs."]
    same = sharded(tmp_path / "same", before, count, suffix)
    assert told(old, same) == ["Nothing differs."]


def test_a_sharded_export_that_is_not_what_it_says_is_refused(tmp_path: Path) -> None:
    before, after = numbered(range(60)), numbered(range(60, 120))
    old, new = sharded(tmp_path / "old", before), sharded(tmp_path / "new", after)
    part = new / changed_part(old, new)[0]
    whole, sums = part.read_bytes(), (new / "SHA256SUMS").read_text("utf-8")
    part.write_bytes(gzip.compress(b"<x:a> <x:b> <x:c> .\n"))
    refused(old, new, f"'{part}' has another SHA-256 than SHA256SUMS says")
    part.unlink()
    refused(old, new, f"'{part}' cannot be read: No such file or directory.")
    part.write_bytes(whole)
    shutil.copy(part, new / "part-00009.nq.gz")
    refused(old, new, f"'{new}/part-00009.nq.gz' is not listed in SHA256SUMS")
    (new / "part-00009.nq.gz").unlink()
    for line in ("not a digest", f"{'0' * 64}  ../old/{part.name}"):
        (new / "SHA256SUMS").write_text(f"{sums}{line}\n", "utf-8")
        refused(old, new, f"'{new}/SHA256SUMS', line {len(sums.splitlines()) + 1}: not a digest and the name")
    (new / "SHA256SUMS").write_bytes(b"\xff")
    refused(old, new, f"'{new}/SHA256SUMS' cannot be read")
    (new / "SHA256SUMS").unlink()
    refused(old, new, f"'{new}' has parts but no SHA256SUMS: the export was not finished.")


def test_folders_of_annotations_may_have_digests_and_parts(tmp_path: Path) -> None:
    folder = annotated(tmp_path / "old", {"one": {}})
    (folder / "one.diplomacy.json").rename(folder / "part-1.diplomacy.json")
    (folder / "SHA256SUMS").write_text("of something\n", "utf-8")
    assert told(folder, folder) == ["Nothing differs."]
    (folder / "dataset.ttl").write_text("", "utf-8")
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  dataset.ttl\n", "utf-8")
    refused(folder, folder, f"'{folder}/SHA256SUMS' lists no part.")


def refused(old: Path, new: Path, message: str) -> None:
    for pair in ((old, new), (new, old)):
        result = run(*pair)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert message in result.stderr


def test_blank_nodes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text('<x:a> <x:b> "_:c" .\n', "utf-8")
    assert told(tmp_path / "a.ttl", tmp_path / "a.ttl") == ["Nothing differs."]
    for text in ("<x:a> <x:b> [] .", "_:a <x:b> <x:c> .", "<x:a> <x:b> <<( <x:a> <x:b> [] )>> ."):
        (tmp_path / "b.ttl").write_text(text, "utf-8")
        with pytest.raises(UsageError, match=r"b.ttl' has blank nodes") as caught:
            diff(tmp_path / "a.ttl", tmp_path / "b.ttl")
        assert "skolemise" in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.nq", "a.nq"], "There is no file or folder 'nowhere.nq'."),
        (["a.nq", "a.csv"], "The syntax of 'a.csv' cannot be told from its suffix. Known: annotations (.yaml"),
        (["a.nq", "empty"], "There is no annotation in the folder 'empty'."),
        (["-", "-"], "Only one of the two can be standard input."),
        (["a.nq", "a.nq", "-o", "./a.nq"], "'./a.nq' is one of the files that are compared."),
        (["a.nq", "a.nq", "--removed", "a.nq"], "'a.nq' is one of the files that are compared."),
        (["a.nq", "a.nq", "-f", "nquads"], "Name them with --removed FILE and --added FILE."),
        (["a.nq", "a.nq", "--removed", "b.nq", "--added", "empty/../b.nq"], "cannot go to the same file."),
        (["a.nq", "a.nq", "--removed", "-", "--added", "-"], "cannot go to the same file."),
        (["a.nq", "a.nq", "--added", "b.ttl"], "Let its name end in .nq or .nq.gz."),
        (["a.nq", "a.nq", "--added", "b.nq", "-f", "sparql"], "Leave out -f and -o."),
        (["a.nq", "a.nq", "--added", "b.nq", "-o", "c.ru"], "Leave out -f and -o."),
        (["a.nq", "a.nq", "-o", "no/such.ru"], "cannot be written to"),
    ],
)
def test_what_cannot_be_done_is_told(
    arguments: Sequence[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    for name in ("a.nq", "a.csv"):
        written(tmp_path / name, [])
    result = run(*arguments)
    assert message in result.stderr
    assert result.exit_code == 2
    assert result.stdout == ""


def test_annotations_that_cannot_be_used_are_told_with_their_place(seeds: Path, edited: Path) -> None:
    edit(edited, "003", "type: Expulsion", "type: Expulsoin")
    with pytest.raises(InputError, match="Expulsoin"):
        diff(seeds, edited)


def test_annotations_come_through_standard_input_too(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(seeds)
    diplograph.export(diplograph.read(seeds), tmp_path / "a.nq")
    result = run(tmp_path / "a.nq", "-", "--limit", "1", stdin=next(seeds.glob("003*")).read_bytes())
    assert "4 articles removed" in result.stdout


def test_quiet_and_written_files_are_told(tmp_path: Path) -> None:
    old, new = written(tmp_path / "a.nq", numbered([1])), written(tmp_path / "b.nq", numbered([2, 3]))
    names = (tmp_path / "r.nq", tmp_path / "s.nq")
    result = run(old, new, "--removed", names[0], "--added", names[1])
    assert result.stderr == f"{names[0]}, {names[1]}: written; 2 statements added, 1 removed.\n"
    assert result.stdout == ""
    assert run(old, new, "-o", tmp_path / "c.ru", "-q").stderr == ""
    result = run(old, new, "-q", "--exit-code")
    assert (result.exit_code, result.output) == (1, "")
    assert run(old, new, "-q", "-f", "sparql").stdout == (tmp_path / "c.ru").read_text("utf-8")
    assert (tmp_path / "c.ru").read_text("utf-8").startswith("# 1 statement to delete, 2 to insert\nDELETE DATA {\n")


def test_what_differs_can_be_had_as_quads(tmp_path: Path) -> None:
    old, new = written(tmp_path / "a.nq", numbered([1])), written(tmp_path / "b.nq", numbered([2, 3]))
    with difference(*sides(old, new)) as found:
        assert found
        assert (set(found.removed_quads()), set(found.added_quads())) == (set(numbered([1])), set(numbered([2, 3])))


@pytest.mark.skipif(not FULL.exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("most", [1, 100], ids=["soon", "in the buffer"])
def test_a_full_disk_is_told_in_a_sentence_wherever_it_shows(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written may first stand in a buffer, to be refused when it is read again, or given up."""
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda *_, **__: FULL.open("r+b"))
    said = r"^Temporary files cannot be written: No space left on device\. Name a folder .* in TMPDIR\.$"
    ordered, kept = sorting.Sorted(most), sorting.Kept(most)
    with pytest.raises(UsageError, match=said):  # noqa: PT012 - where it shows depends on the buffer
        ordered.add([b"a line\n"] * 50)
        list(ordered)
    with pytest.raises(UsageError, match=said):  # noqa: PT012
        for _ in range(50):
            kept.add(b"a line\n")
        list(kept)
    ordered.close()
    kept.close()
