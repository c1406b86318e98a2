"""The saved queries, asked of every store: the answers are those of the graph in memory, up to known differences.

Literals count as equal by what they mean: stores write a number and the case of a language tag in their own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
import yaml
from tests.servers import Server, fuseki, oxigraph, rdf4j, virtuoso

from diplograph import asking
from diplograph.loading.loading import load_into
from diplograph.queries.library import saved_queries
from diplograph.queries.remote import Askable, Remote
from diplograph.stores.profiles import PROFILES
from diplograph.stores.server import Server as Behind

CASES: Final = Path(__file__).parent / "queries"
QUERIES: Final = saved_queries()
MORE: Final[dict[str, list[dict[str, str]]]] = {
    "aid-pledges": [{"recipient": "ukraine"}, {"donor": "united-kingdom", "recipient": "ukraine"}],
    "annotator-inferences": [{}, {"article": "a001"}, {"kind": "note"}],
    "arms-transfers": [{"recipient": "russia"}, {"system": "storm-shadow"}],
    "cameo-codes": [{}, {"actor": "starmer"}],
    "encounters": [{"who": "starmer"}],
    "names-as-written": [{}, {"article": "a002"}],
    "office-holders": [{"day": "2024-09-14", "holder": "zelenskyy"}],
    "one-article-only": [{"type": "dip:Situation"}],
    "planned": [{"type": "Situation"}],
    "plover-dyads": [{}, {"source": "united-states", "target": "ukraine"}],
    "positions": [{"issue": "strikes-inside-russia"}],
    "quantities": [{"property": "quantity"}],
    "requests": [{"asker": "zelenskyy"}],
    "restrictions": [{"affected": "ukraine", "item": "storm-shadow"}, {"issue": "strikes-inside-russia"}],
    "touching-country": [{"country": "ukraine"}, {"country": "ukraine", "to": "2024-09-12"}],
    "wordings": [{}, {"situation": "putin-warning", "type": "Situation"}],
}
"""Values of parameters beside those of `tests/queries`."""

WRITTEN: Final = {
    ("fuseki", "meeting-reports"): ("2.0 hour", "2 hour"),
    ("fuseki", "sanctions-and-expulsions"): ("6.0", "6"),
}
"""Text made of a number, which has the number as the store writes it."""

STARTS: Final[dict[str, Callable[[Path], AbstractContextManager[Server]]]] = {
    "oxigraph": oxigraph,
    "fuseki": fuseki,
    "virtuoso": partial(virtuoso, max_rows=100_000),
    "rdf4j": rdf4j,
}
NUMBERS: Final = ("integer", "decimal", "double", "int")
Table = tuple[list[str], list[tuple[object, ...]]]


def cases(name: str) -> list[dict[str, str]]:
    read: list[dict[str, Any]] = yaml.load((CASES / f"{name}.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - every cell stays text
    listed = [case.get("parameters") or {} for case in read] + MORE.get(name, [])
    return [given for number, given in enumerate(listed) if given not in listed[:number]]


def meant(term: object) -> object:
    """What a term means, however the store writes it."""
    if isinstance(term, ox.Literal):
        if term.datatype.value.rpartition("#")[2] in NUMBERS:
            return Decimal(term.value)
        if term.language:
            return (term.value, term.language.lower())
    return term


def table(name: str, graph: asking.Graph[Askable], given: dict[str, str]) -> Table:
    answer = asking.ask(QUERIES[name], graph, given)
    assert isinstance(answer, ox.QuerySolutions)
    return [column.value for column in answer.variables], [tuple(meant(term) for term in row) for row in answer]


def rewritten(answer: Table, there: str, here: str) -> Table:
    columns, rows = answer
    return columns, [tuple(ox.Literal(here) if term == ox.Literal(there) else term for term in row) for row in rows]


@pytest.fixture(scope="module")
def expected(seeds: Path) -> dict[str, list[tuple[dict[str, str], Table]]]:
    graph = asking.load(seeds)
    return {name: [(given, table(name, graph, given)) for given in cases(name)] for name in QUERIES}


def test_every_known_difference_is_of_a_query_that_there_is() -> None:
    doubtful = {name for profile in PROFILES for name in profile.doubtful}
    named = doubtful | {name for _, name in WRITTEN} | MORE.keys()
    assert named <= QUERIES.keys()


def test_a_store_in_a_folder_answers_as_the_graph_in_memory(
    seeds: Path, tmp_path: Path, expected: dict[str, list[tuple[dict[str, str], Table]]]
) -> None:
    load_into(tmp_path / "store", seeds)
    graph = asking.load(store=tmp_path / "store")
    for name, answers in expected.items():
        for given, answer in answers:
            assert table(name, graph, given) == answer, (name, given)


@pytest.fixture(scope="module", params=STARTS)
def server(
    request: pytest.FixtureRequest, seeds: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, asking.Graph[Remote]]]:
    with STARTS[request.param](tmp_path_factory.mktemp(request.param)) as up, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIPLOGRAPH_USER", up.user)
        patch.setenv("DIPLOGRAPH_PASSWORD", up.password)
        behind = Behind(up.url)
        load_into(behind, seeds)
        yield request.param, asking.behind(behind)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUERIES)
def test_a_server_answers_as_the_graph_in_memory(
    name: str, server: tuple[str, asking.Graph[Remote]], expected: dict[str, list[tuple[dict[str, str], Table]]]
) -> None:
    kind, graph = server
    for given, answer in expected[name]:
        found = table(name, graph, given)
        if (kind, name) in WRITTEN:
            found = rewritten(found, *WRITTEN[kind, name])
        assert found == answer, given
