"""Bad RDF: refused with a sentence, and before it fills the memory or brings the parser down."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.inputs import MEGABYTE, Watched, noise, packed, run

from diplograph import guarding

CLAIM = Path(__file__).parent / "cases" / "claim"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that messages name files as they are given."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


NAMESPACES = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/"'
ELEMENT = f'<rdf:RDF {NAMESPACES}><rdf:Description rdf:about="http://example.org/a"><e:p>%s</e:p></rdf:Description>'
LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9)
)
RDF: dict[str, tuple[str, str | bytes | Callable[[], bytes], str]] = {
    "a cut end": ("a.ttl", "<a:b> <a:c>", "a.ttl:1:12: error[rdf-syntax] "),
    "noise": ("a.nt", noise(10_000), "a.nt:1:1: error[rdf-syntax] "),
    "UTF-16": ("a.rdf", (ELEMENT % "x").encode("utf-16"), "a.rdf:1:1: error[rdf-syntax] "),
    "NUL": ("a.trig", "\0", "a.trig:1:1: error[rdf-syntax] "),
    "half of a surrogate pair": ("a.nt", '<a:b> <a:c> "\\uD800" .', "a.nt:1:14: error[rdf-syntax] "),
    "a context elsewhere": (
        "a.jsonld",
        '{"@context": "http://127.0.0.1:9/", "a": 1}',
        "a.jsonld:1:1: error[rdf-syntax] ",
    ),
    "a file as an entity": (
        "a.rdf",
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>{ELEMENT % "&x;"}',
        "a.rdf:1:1: error[rdf-syntax] ",
    ),
    "a long IRI that is none": ("a.rdf", f'<rdf:RDF xmlns:rdf="{"x" * MEGABYTE}"/>', "a.rdf:1:1: error[rdf-syntax] "),
    "gzip cut short": ("a.nq.gz", gzip.compress(b"<a:b> <a:c> <a:d> .")[:-12], "'a.nq.gz' cannot be read: Compressed "),
    "no gzip": ("a.nq.gz", b"<a:b> <a:c> <a:d> .", "'a.nq.gz' cannot be read: Not a gzipped file (b'<a')."),
    "a literal without end": (
        "a.ttl",
        '<a:b> <a:c> "' + "x" * (17 * MEGABYTE),
        "a.ttl: error[too-large] A single term is larger than 16 MB.",
    ),
    "a packed literal without end": (
        "a.nt.gz",
        lambda: packed(b'<a:b> <a:c> "', b"x", 80 * MEGABYTE),
        "a.nt.gz: error[too-large] A single term is larger than 16 MB.",
    ),
    "packed empty lines": (
        "a.jsonld.gz",
        lambda: packed(b"[", b"\n", 80 * MEGABYTE),
        "'a.jsonld.gz' cannot be read: it unpacks to more than 200 times its size.",
    ),
    "text between tags without end": (
        "a.rdf.gz",
        lambda: packed((ELEMENT % "").encode()[:-23], noise(1 << 14).hex().encode(), 66 * MEGABYTE),
        "'a.rdf.gz' cannot be read: there are more than 64 MB without a tag.",
    ),
    "a thousand million laughs": (
        "a.rdf",
        f"{LAUGHS}]>{ELEMENT % '&j;'}</rdf:RDF>",
        "'a.rdf' cannot be read: it declares an entity that is long or made of others.",
    ),
    "a long laugh": (
        "a.owl",
        f'<!DOCTYPE r [<!ENTITY a "{"ha" * 1000}">]>{ELEMENT % ("&a;" * 1000)}</rdf:RDF>',
        "'a.owl' cannot be read: it declares an entity that is long",
    ),
    "elements in elements": (
        "a.rdf",
        f"<rdf:RDF {NAMESPACES}>" + "<rdf:Description><e:p>" * 20_000,
        "'a.rdf' cannot be read: it is nested more than 1000 elements deep.",
    ),
    "mappings in mappings": (
        "a.jsonld",
        '{"a:b":' * 5000 + "1" + "}" * 5000,
        "'a.jsonld' cannot be read: it is nested more than 200 brackets deep.",
    ),
    "triples in triples": (
        "a.ttl",
        "<a:b> <a:c> " + "<<( <a:b> <a:c> " * 20_000 + "1" + " )>>" * 20_000 + " .",
        "'a.ttl' cannot be read: it has triple terms nested more than 200 deep.",
    ),
    "brackets without end": ("a.ttl", "<a:b> <a:c> " + "[ <a:p> " * 100_000, "a.ttl:1:800013: error[rdf-syntax] "),
    "a folder": ("a.ttl/b", "", "'a.ttl' cannot be read: Is a directory."),
}


@pytest.mark.parametrize("case", RDF)
def test_broken_rdf_is_refused(case: str, watched: Watched) -> None:
    """What makes the parser fill the memory or crash is refused before; so it is in a process of its own."""
    name, content, told = RDF[case]
    raw = content() if callable(content) else content if isinstance(content, bytes) else content.encode()
    file = Path(name)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(raw)
    name = file.parts[0]
    done, peak = watched("validate", name)
    output = done.stdout + done.stderr
    line = output.splitlines()[0].removeprefix("diplograph: ")
    assert line.startswith(told), line
    assert done.returncode == 2
    assert len(line) < 600
    assert peak < 350
    if "surrogate" not in case:
        result = run("query", "conflicts", name)
        assert (result.exit_code, line in result.stderr) == (2, True)


@pytest.mark.parametrize("name", ["a.ttl", "a.nt", "a.jsonld", "a.rdf"])
def test_a_mark_at_the_start_of_rdf_is_no_part_of_it(name: str) -> None:
    assert run("export", CLAIM, "-o", name).exit_code == 0
    Path(name).write_bytes(b"\xef\xbb\xbf" + Path(name).read_bytes())
    assert run("validate", name).stdout == ""
    assert run("query", "conflicts", name).exit_code == 0


JSON = st.recursive(
    st.text(st.sampled_from('a"\\[{]}\n\u00e9'), max_size=6),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(st.sampled_from('"[{\\'), max_size=3), below),
    max_leaves=20,
)


@given(JSON, st.data())
def test_brackets_are_counted_as_json_has_them(value: Any, data: st.DataObject) -> None:
    def depth(one: Any) -> int:
        below = one.values() if isinstance(one, dict) else one if isinstance(one, list) else None
        return 0 if below is None else 1 + max(map(depth, below), default=0)

    around = guarding._DEEPEST - depth(value)  # noqa: SLF001 - so that it is exactly as deep as may be, or deeper by one
    for more, refused in ((0, False), (1, True)):
        text = ("[" * (around + more) + json.dumps(value, ensure_ascii=False) + "]" * (around + more)).encode()
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
        pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        check = guarding._Brackets()  # noqa: SLF001 - it sees each piece
        assert any(check(piece) for piece in pieces) == refused
