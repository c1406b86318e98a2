"""Occurrence by its table of rules, and clashes by theirs: each row with what holds and what does not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
import rdflib

import diplograph
from diplograph.annotations import Quantity, Time
from diplograph.mapping.statements import Statement
from diplograph.situations.conflicts import disjoint_ranges, disjoint_times
from diplograph.situations.occurrence import RULES, occurrence

DIP = rdflib.Namespace("https://w3id.org/diplograph/ns#")
HERE = "<https://example.org/x>"


def claim(status: str, certainty: str = "certain", polarity: str = "positive", *, own: bool = True) -> Statement:
    return Statement(
        node=HERE,
        situation=HERE,
        article=HERE,
        key="x",
        shared=True,
        type="Event",
        labels=(),
        own=own,
        first_source="<https://example.org/somebody>",
        certainty=certainty,
        polarity=polarity,
        status=status,
        values=(),
    )


def said(status: str, certainty: str = "certain", polarity: str = "positive") -> Statement:
    return claim(status, certainty, polarity, own=False)


NO = "negative"
TABLE = [
    ("open", []),
    ("open", [claim("past", "underspecified")]),
    ("open", [claim("", "")]),
    ("occurred", [claim("past")]),
    ("occurred", [claim("habitual")]),
    ("occurred", [claim("planned"), claim("ongoing"), claim("past")]),
    ("occurred", [claim("past"), said("past", "possible", NO)]),
    ("ongoing", [claim("ongoing")]),
    ("ongoing", [claim("planned"), claim("ongoing"), said("past")]),
    ("reported", [said("past")]),
    ("reported", [said("ongoing"), claim("past", "underspecified")]),
    ("reported", [said("past"), claim("past", "probable")]),
    ("possible", [claim("past", "probable")]),
    ("possible", [claim("past", "possible")]),
    ("possible", [claim("planned", "possible")]),
    ("possible", [claim("conditional", "possible")]),
    ("possible", [claim("past", "possible", NO)]),
    ("planned", [claim("planned")]),
    ("planned", [said("planned", "probable")]),
    ("planned", [claim("planned"), claim("conditional")]),
    ("conditional", [claim("conditional")]),
    ("conditional", [said("conditional", "probable"), claim("hypothetical")]),
    ("open", [claim("conditional", "certain", NO)]),
    ("hypothetical", [said("hypothetical")]),
    ("possible", [claim("hypothetical", "certain", NO), claim("past", "possible")]),
    ("open", [said("")]),
    ("denied", [said("past", "certain", NO)]),
    ("denied", [said("", "certain", NO)]),
    ("denied", [said("past", "certain", NO), claim("past", "possible")]),
    ("not-occurred", [claim("past", "certain", NO)]),
    ("not-occurred", [claim("past", "certain", NO), said("planned")]),
    ("not-occurred", [claim("planned", "certain", NO)]),
    ("disputed", [claim("past"), said("past", "probable", NO)]),
    ("disputed", [said("past"), said("past", "certain", NO)]),
    ("disputed", [claim("ongoing"), claim("past", "certain", NO)]),
    ("disputed", [said("planned"), claim("planned", "certain", NO)]),
]


@pytest.mark.parametrize(("expected", "claims"), TABLE)
def test_occurrence(expected: str, claims: list[Statement]) -> None:
    assert occurrence(claims) == expected
    assert occurrence(claims[::-1]) == expected, "the order of claims decides nothing"


def test_the_table_has_every_rule_and_every_word_of_the_list() -> None:
    assert {expected for expected, _ in TABLE} == {rule.occurrence for rule in RULES} | {"open"}
    assert len({rule.occurrence for rule in RULES}) == len(RULES) == 10


@pytest.mark.parametrize("status", ["planned", "conditional", "hypothetical"])
@pytest.mark.parametrize("certainty", ["certain", "probable", "possible"])
@pytest.mark.parametrize("own", [True, False])
def test_what_did_not_happen_is_never_counted(status: str, certainty: str, own: bool) -> None:  # noqa: FBT001
    for polarity in ("positive", "negative"):
        found = occurrence([claim(status, certainty, polarity, own=own)])
        assert found not in ("occurred", "ongoing", "reported")


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ("2024-09-13", "2024-09-14", True),
        ("2024-09-13", "2024-09", False),
        ("2024-09-13/2024-09-14", "2024-09-14/2024-09-20", False),
        ("2024-09-13/2024-09-14", "2024-09-15", True),
        ("2022-02/..", "2021", True),
        ("2022-02/..", "2030", False),
        ("../2021", "2022", True),
        ("2024-09-13?", "2024-09-20", False),
        ("2024-09-13~", "2025", False),
        ("", "2024", False),
        ("XXXX-07-05", "2024-07-05", False),
    ],
)
def test_times_clash_if_no_day_fits_both(one: str, other: str, clash: bool) -> None:  # noqa: FBT001
    assert disjoint_times(Time(edtf=one), Time(edtf=other)) is clash
    assert disjoint_times(Time(edtf=other), Time(edtf=one)) is clash


def number(value: int, qualifier: str = "") -> Quantity:
    return Quantity(value=Decimal(value), qualifier=qualifier)


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        (number(70), number(70), False),
        (number(70), number(71), True),
        (number(70, "over"), number(70), True),
        (number(70, "over"), number(71), False),
        (number(70, "at-least"), number(70), False),
        (number(70, "up-to"), number(71), True),
        (number(70, "under"), number(70), True),
        (number(70, "under"), number(70, "over"), True),
        (number(70, "up-to"), number(70, "at-least"), False),
        (number(70, "about"), number(100), False),
        (Quantity(low=Decimal(1), high=Decimal(3)), number(3), False),
        (Quantity(low=Decimal(1), high=Decimal(3)), number(4), True),
    ],
)
def test_amounts_clash_if_no_number_fits_both(one: Quantity, other: Quantity, clash: bool) -> None:  # noqa: FBT001
    assert disjoint_ranges(one, other) is clash
    assert disjoint_ranges(other, one) is clash


def test_a_disagreement_reaches_the_graph_and_leaves_the_situation() -> None:
    """The place in dispute stands on the claims and not on the situation; the days span both claims."""
    cases = Path(__file__).parent / "cases"
    values = turtle(cases / "conflicting-values")
    situation = rdflib.URIRef("https://w3id.org/diplograph/id/situation/harbour-talks")
    assert list(values.objects(situation, DIP.place)) == []
    assert len(set(values.objects(None, DIP.place))) == 2
    on = {str(found).removeprefix(str(DIP)) for found in values.objects(None, DIP.conflictOn)}
    assert on == {"place", "quantity"}
    times = turtle(cases / "conflicting-times")
    assert [str(day) for day in times.objects(situation, DIP.earliest)] == ["2024-09-13"]
    assert [str(day) for day in times.objects(situation, DIP.latest)] == ["2024-09-14"]
    agreed = turtle(cases / "shared-situation")
    assert len(list(agreed.objects(situation, DIP.place))) == 2, "one place lies in the other: no conflict"
    assert list(agreed.subjects(rdflib.RDF.type, DIP.Conflict)) == []
    assert [str(day) for day in agreed.objects(situation, DIP.earliest)] == ["2024-09-13"]


def turtle(case: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(case / "expected.ttl")


VOUCHED = """
article: {id: ARTICLE, text: {sha256: "DIGEST", length: 400}}
registers: [people.register.yaml]
entities:
  aides: {type: UnnamedSource, label: aides}
facts:
  - {id: own, about: talks, type: Meeting, participant: [ada, ben], evidence: 0-10}
  - {id: quoted, about: deal, type: Agreement, participant: [ada, ben], says: [gazette], evidence: 0-10}
  - {id: hedged, about: visit, type: Visit, visitor: ada, says: [gazette, aides], certainty: possible, evidence: 0-10}
  - {id: refuted, about: quarrel, type: Event, label: a quarrel, polarity: negative, evidence: 0-10}
  - {id: passed-on, about: rumour, type: Event, label: a rumour, certainty: underspecified, evidence: 0-10}
  - {id: endorsed, about: vote, type: Event, label: a vote, says: ada, endorsed: certain, evidence: 0-10}
  - {id: wish, type: Request, actor: ada, addressee: ben, evidence: 0-10,
     requestedAct: {type: Visit, about: wanted-visit, visitor: ben}}
  - {id: denial, type: Denial, actor: ben, denies: {type: Event, about: vote, label: a vote}, evidence: 0-10}
"""


def test_articles_and_first_sources_are_counted_that_affirm(tmp_path: Path) -> None:
    people = "{ada: {type: Person, label: Ada}, ben: {type: Person, label: Ben}"
    register = f"entities: {people}, gazette: {{type: MediaOrganisation, label: Gazette}}}}\n"
    (tmp_path / "people.register.yaml").write_text(register, "utf-8")
    for name, digit in (("one", "1"), ("two", "2")):
        text = VOUCHED.replace("ARTICLE", name).replace("DIGEST", digit * 64)
        (tmp_path / f"{name}.diplomacy.yaml").write_text(text, "utf-8")
    graph = diplograph.graph(diplograph.read(tmp_path))
    rows = graph.query(
        "SELECT ?key ?articles ?sources { ?s dip:articleCount ?articles ; dip:sourceCount ?sources ;"
        " <http://purl.org/dc/terms/identifier> ?key }",
        initNs={"dip": DIP},
    )
    counted = {str(row.key): (int(row.articles), int(row.sources)) for row in cast("Any", rows)}
    assert counted == {
        "talks": (2, 2),  # each article in its own voice
        "deal": (2, 1),  # one newspaper, quoted twice
        "visit": (2, 2),  # the unnamed aides of two articles are two
        "quarrel": (0, 0),
        "rumour": (0, 0),
        "vote": (2, 1),  # the articles endorse what one person says; the denial does not count
        "wanted-visit": (0, 0),
        "wish": (1, 1),
        "denial": (1, 1),
    }
