"""What follows from several sources, computed a second time by SPARQL from the claims alone.

The queries of `tests/recomputed` are written from the README's rules (Did it happen?) and from the
comments of the ontology, in another language than the program: for the seeds and for every other
valid case both ways have to give the same situations.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final

import pyoxigraph as ox
import pytest

import diplograph
from diplograph.rdf import rdf_quads

ROOT: Final = Path(__file__).parent.parent
QUERIES: Final = Path(__file__).parent / "recomputed"
DIP: Final = "https://w3id.org/diplograph/ns#"
SITUATIONS: Final = ox.NamedNode("https://w3id.org/diplograph/id/graph/situations")
CASES: Final = sorted(path for path in (ROOT / "tests" / "cases").iterdir() if (path / "expected.ttl").exists())
SOURCES: Final = [ROOT / "seeds", *CASES]


class Both:
    """The claims of a corpus with the ontology, in a store; and what the program made of them."""

    def __init__(self, source: Path) -> None:
        quads = list(diplograph.quads(diplograph.read(source)))
        self.made = [quad.triple for quad in quads if quad.graph_name == SITUATIONS]
        self.store = ox.Store()
        self.store.extend(ox.Quad(*parts(quad)) for quad in quads if quad.graph_name != SITUATIONS)
        self.store.extend(rdf_quads(ROOT / "ontology" / "diplomacy.ttl"))
        for file in sorted(QUERIES.glob("*.ru")):
            self.store.update(file.read_text("utf-8"))

    def ask(self, name: str) -> list[ox.QuerySolution]:
        found = self.store.query((QUERIES / f"{name}.rq").read_text("utf-8"))
        assert isinstance(found, ox.QuerySolutions)
        return list(found)

    def stated(self, word: str) -> dict[str, set[str]]:
        """Give the values of a property that the program made, by subject."""
        found: dict[str, set[str]] = defaultdict(set)
        for triple in self.made:
            if triple.predicate.value == DIP + word:
                found[str(triple.subject)].add(str(triple.object))
        return found

    def content(self, value: object) -> object:
        """Give what a time or amount says, in place of the node that says it."""
        if not isinstance(value, ox.NamedNode):
            return value
        said = {
            (str(quad.predicate), str(quad.object)) for quad in self.store.quads_for_pattern(value, None, None, None)
        }
        classes = {text.partition("#")[2] for predicate, text in said if predicate.endswith("#type>")}
        return frozenset(said) if classes & {"TimeValue>", "Quantity>", "MonetaryValue>"} else value


Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def parts(quad: ox.Quad) -> tuple[ox.NamedNode | ox.BlankNode | ox.Triple, ox.NamedNode, Term]:
    return quad.subject, quad.predicate, quad.object


@pytest.fixture(scope="module", params=SOURCES, ids=lambda path: path.name)
def both(request: pytest.FixtureRequest) -> Both:
    return Both(request.param)


def test_occurrence(both: Both) -> None:
    again = {str(row["situation"]): {str(row["occurrence"])} for row in both.ask("occurrence")}
    assert again == both.stated("occurrence")


def test_corroboration(both: Both) -> None:
    again = both.ask("corroboration")
    assert {str(row["situation"]): {str(row["articles"])} for row in again} == both.stated("articleCount")
    assert {str(row["situation"]): {str(row["sources"])} for row in again} == both.stated("sourceCount")


RULES: Final = ("single-value", "disjoint-times", "disjoint-ranges", "polarity")


def conflicts(both: Both) -> set[tuple[str, str, str]]:
    """List what the SPARQL finds in conflict: situation, property, claim or proposition."""
    rows = [row for rule in RULES for row in both.ask(f"conflict-{rule}")]
    return {(str(row["situation"]), str(row["property"]), str(row["told"])) for row in rows}


def test_conflicts(both: Both) -> None:
    about, on, claims = both.stated("about"), both.stated("conflictOn"), both.stated("conflictingClaim")
    made = {
        (situation, prop, claim)
        for conflict, situations in about.items()
        if "/conflict/across." not in conflict
        for situation in situations
        for prop in on[conflict]
        for claim in claims[conflict]
    }
    assert conflicts(both) == made
    across = {claim for conflict, found in claims.items() if "/conflict/across." in conflict for claim in found}
    assert {str(row["told"]) for row in both.ask("conflict-incompatible")} == across


def test_values(both: Both) -> None:
    disputed = {(situation, prop) for situation, prop, _ in conflicts(both)}
    again = {
        (str(row["situation"]), str(row["property"]), both.content(row["value"]))
        for row in both.ask("values")
        if (str(row["situation"]), str(row["property"])) not in disputed
    }
    keyed = {str(quad.subject) for quad in both.store.quads_for_pattern(None, ox.NamedNode(DIP + "factKey"), None)}
    made = {
        (str(triple.subject), str(triple.predicate), both.content(triple.object))
        for triple in both.made
        if str(triple.predicate) in keyed
    }
    assert again == made


def test_bounds(both: Both) -> None:
    clashing = {situation for situation, prop, _ in conflicts(both) if prop == f"<{DIP}time>"}
    earliest: dict[str, set[str]] = {}
    latest: dict[str, set[str]] = {}
    for row in both.ask("bounds"):
        situation = str(row["situation"])
        start, end = row["latestStart"], row["earliestEnd"]
        meets = start is None or end is None or str(start) <= str(end)
        if situation in clashing or not meets:
            start = row["first"] if str(row["allStart"]).startswith('"true"') else None
            end = row["last"] if str(row["allEnd"]).startswith('"true"') else None
        earliest |= {situation: {str(start)}} if start is not None else {}
        latest |= {situation: {str(end)}} if end is not None else {}
    assert earliest == both.stated("earliest")
    assert latest == both.stated("latest")


def test_the_cases_hold_what_is_recomputed() -> None:
    """Taken together, the sources have conflicts by every rule, several occurrences, and bounds."""
    every = [Both(source) for source in SOURCES]
    for rule in (*RULES, "incompatible"):
        assert any(one.ask(f"conflict-{rule}") for one in every), rule
    assert len({str(row["occurrence"]) for one in every for row in one.ask("occurrence")}) >= 10
    assert sum(len(one.stated("earliest")) for one in every) > 20
