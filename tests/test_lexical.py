"""Lexical spaces, held against another implementation of XML Schema (libxml2, by lxml)."""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from diplograph.cli import main
from diplograph.values.lexical import CHECKED, XSD, check

TYPES: Final = sorted(name.removeprefix(XSD) for name in CHECKED)
NOT_TOLD: Final = ("base64Binary", "dateTimeStamp", "yearMonthDuration", "dayTimeDuration")
SAMPLES: Final = """
0 1 00 -0 +1 007 -128 127 128 255 256 -129 32768 65535 2147483648 4294967296 9223372036854775808 18446744073709551616
1.0 .5 5. . -.5 +0.0 1e3 1E-3 1.e1 e1 INF -INF +INF inf NaN nan 1_0 ٣
true false TRUE yes 2024 24 -2024 02024 12024 0000 2024Z 2024+14:00 2024+14:01 2024-13:59 2024+25:00
2024-01 2024-13 2024-00 2024-1 --01 --13 --00 --1 --02-29 --02-30 --04-31 --12-31 ---01 ---31 ---32 ---00
2024-02-29 2023-02-29 1900-02-29 2000-02-29 2024-02-30 2024-9-14 2024-09-14 2024-09-14Z 2024-09-14+01:00 -0044-03-15
12024-09-14 2024-09-14T10:00:00 2024-09-14T10:00 2024-09-14T24:00:00 2024-09-14T24:00:01 2024-09-14T25:00:00
2024-09-14T10:00:00.5Z 2024-09-14T10:60:00 2024-09-14T10:00:60 2024-09-14t10:00:00
10:00:00 24:00:00 10:00 10:00:00-05:00
P P1Y P1M P1D PT1H PT1M PT1S PT1.5S P1Y2M3DT4H5M6S P1YT -P1D P-1D P1S PT P1Y1Y PT.5S P1.5D 1Y
0F 0f 0 0G AB12 QQ== Q=== QUI= QUJD QUJ QR== 4444 a-b en en-GB en_GB i-klingon abcdefghi en-
x a:b :a a:b:c 1a _a a.b - -a é
""".split()  # noqa: SIM905 - a list would hide the samples among quotes


@cache
def validator(name: str) -> etree.XMLSchema:
    schema = f'<xs:schema xmlns:xs="{XSD.rstrip("#")}"><xs:element name="v" type="xs:{name}"/></xs:schema>'
    return etree.XMLSchema(etree.fromstring(schema))


def accepted_there(text: str, name: str) -> bool:
    element = etree.Element("v")
    element.text = text
    return bool(validator(name).validate(element))


def accepted_here(text: str, name: str) -> bool:
    try:
        check(text, XSD + name)
    except ValueError:
        return False
    return True


def expected(text: str, name: str) -> bool:
    """Say what libxml2 takes, but for where it follows version 1.0, or is mistaken."""
    if name in ("double", "float") and text == "+INF":
        return True  # new in 1.1
    if name in ("double", "float") and re.search(r"[eE][+-]?$", text):
        return False  # an exponent has digits
    if name == "duration" and re.search(r"[^0-9]\.", text):
        return False  # seconds begin with a digit
    if re.match(r"-?[0-9]{10,}", text) and name.startswith(("g", "date")):
        return accepted_there(re.sub(r"[0-9]{10,}", "2000", text, count=1), name)  # years have no limit
    if text.startswith(("0000", "-0000")) and re.fullmatch(r"-?0000(-01)?.*", text) and name.startswith(("g", "date")):
        return accepted_there(text.replace("0000", "0004", 1), name)  # there is a year 0 in 1.1
    return accepted_there(text, name)


@pytest.mark.parametrize("name", [name for name in TYPES if name not in NOT_TOLD])
def test_samples_are_taken_as_libxml2_takes_them(name: str) -> None:
    assert len(SAMPLES) > 130
    wrong = [text for text in SAMPLES if accepted_here(text, name) != expected(text, name)]
    assert wrong == []


ALPHABET: Final = st.text("0123456789+-.:TZPYMDHSeEINFa=/", max_size=12)


@settings(max_examples=400, derandomize=True)
@given(
    st.sampled_from(SAMPLES),
    st.integers(0, 20),
    ALPHABET,
    st.sampled_from([name for name in TYPES if name not in NOT_TOLD]),
)
def test_altered_samples_are_taken_as_libxml2_takes_them(sample: str, at: int, addition: str, name: str) -> None:
    text = sample[:at] + addition[:3] + sample[at + len(addition) % 3 :]
    assert accepted_here(text, name) == expected(text, name)


@pytest.mark.parametrize(
    ("name", "well", "ill"),
    [
        (
            "dateTimeStamp",
            ["2024-09-14T10:00:00Z", "2024-09-14T10:00:00+01:00"],
            ["2024-09-14T10:00:00", "2024-09-14Z"],
        ),
        ("yearMonthDuration", ["P1Y", "-P1Y2M", "P2M"], ["P", "P1D", "P1Y1D", "PT1M"]),
        ("dayTimeDuration", ["P1D", "PT1.5S", "-P1DT2H"], ["P", "P1Y", "PT", "P1M"]),
        ("normalizedString", ["", "a  b"], ["a\nb", "a\tb", "a\rb"]),
        ("token", ["", "a b"], [" a", "a ", "a  b", "a\nb"]),
    ],
)
def test_what_libxml2_does_not_tell(name: str, well: list[str], ill: list[str]) -> None:
    assert [text for text in well if not accepted_here(text, name)] == []
    assert [text for text in ill if accepted_here(text, name)] == []


@given(st.binary(max_size=20), st.text("AQ= +:", max_size=3), st.integers(0, 30))
def test_base_64_is_what_decodes(content: bytes, addition: str, at: int) -> None:
    text = base64.b64encode(content).decode()
    assert accepted_here(text, "base64Binary")
    assert accepted_here(" ".join(text), "base64Binary")
    altered = text[:at] + addition + text[at:]
    try:
        decodes = base64.b64encode(base64.b64decode(altered, validate=True)).decode() == altered
    except ValueError:
        decodes = False
    if " " not in altered:
        assert accepted_here(altered, "base64Binary") == decodes


def test_numbers_of_any_length_are_compared() -> None:
    assert accepted_here("9" * 100_000, "nonNegativeInteger")
    assert not accepted_here("9" * 100_000, "unsignedLong")
    assert accepted_here("0" * 100_000 + "7", "byte")
    assert not accepted_here("-" + "9" * 100_000, "long")


@pytest.mark.parametrize("engine", ["auto", "pyshacl", "shifty"])
def test_ill_formed_literals_are_found_whatever_the_engine_lets_pass(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    dates = ["2024-09-14T10:00:00", "2024-02-30", "2024-09-14"]
    lines = [f'<a:b> <a:p{n}> "{date}"^^<{XSD}date> .\n' for n, date in enumerate(dates)]
    lines.append('<a:c> <a:p> "2024-1X"^^<http://id.loc.gov/datatypes/edtf/EDTF> .\n')
    Path("data.nt").write_text("".join(lines), "utf-8")
    outcome = CliRunner().invoke(main, ["validate", "data.nt", "--engine", engine, "--select", "ill-formed-literal"])
    assert outcome.exit_code == 1
    places = [line.partition(" <")[0] for line in outcome.stdout.splitlines()]
    assert places == [
        "data.nt:1:1: violation[ill-formed-literal]",
        "data.nt:1:1: violation[ill-formed-literal]",
        "data.nt:4:1: violation[ill-formed-literal]",
    ]
