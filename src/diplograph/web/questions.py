"""The page on which questions are asked: those that are saved, with their parameters, or one's own."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlencode

import pyoxigraph as ox
from msgspec import Struct

from diplograph.errors import DiplographError, InputError, did_you_mean
from diplograph.queries.formats import is_triples
from diplograph.queries.library import Query, saved_queries
from diplograph.queries.parameters import bound
from diplograph.queries.running import Answer, answer
from diplograph.queries.tokens import prefixes
from diplograph.web import negotiation
from diplograph.web.answers import write
from diplograph.web.pages import HTML, page
from diplograph.web.protocol import RefusedError
from diplograph.web.tasks import Question, Reply
from diplograph.web.terms import Terms

if TYPE_CHECKING:
    from diplograph.queries.parameters import Parameter
    from diplograph.web.graph import Served
    from diplograph.web.links import Link

_SHOWN: Final = 1000
"""How many rows a page shows; downloads have all."""
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_EXAMPLE: Final = """SELECT ?meeting ?articles {
  ?situation a dip:Meeting ; rdfs:label ?meeting ; dip:articleCount ?articles ;
    dip:occurrence dip:occurrence-occurred .
} ORDER BY ?meeting
"""


@cache
def saved() -> dict[str, Query]:
    """Read the saved queries once."""
    return saved_queries()


class Problem(Struct, frozen=True):
    """What is wrong with a question: a sentence, and where it is known, the line with the column marked.

    `fields` has a sentence for each field that is wrong.
    """

    message: str
    place: str = ""
    line: str = ""
    mark: str = ""
    fields: dict[str, str] = {}


class Table(Struct, frozen=True):
    """An answer as a table; `cut` tells that there are more rows, `graph` that they are triples."""

    columns: list[str]
    rows: list[list[Link | None]]
    cut: bool
    graph: bool = False

    @property
    def numeric(self) -> list[bool]:
        """Tell for each column whether it has numbers and nothing else."""
        columns = [[cell for cell in cells if cell] for cells in zip(*self.rows, strict=True)]
        return [bool(cells) and all(_is_number(cell) for cell in cells) for cells in columns]


def questioned(task: Question, graph: Served, stream: IO[bytes]) -> Reply:
    """Write the page of a question, with the answer if it can be answered, or the answer alone.

    Raises:
        RefusedError: there is no such saved query, or no such format.
    """
    if task.name and task.name not in saved():
        raise RefusedError(404, f"There is no saved query '{task.name}'.")
    query: Query | None = saved().get(task.name)
    table, problem = None, Problem(task.problem) if task.problem else None
    try:
        if query is None and task.query.strip():
            query = Query("query", task.query)
        problem = problem or (_wrong(query, task, graph) if query else None)
        if query is not None and problem is None and _complete(query, task):
            found = answer(query, graph.store, _given(task), graph.names, union=graph.union)
            if task.format:
                return _alone(found, task, graph, stream)
            table = _table(found, Terms(graph))
    except DiplographError as error:
        problem = _problem(error, query.text if query else task.query)
    stream.write(
        page(
            "question.html",
            name=task.name,
            query=query,
            text=query.text if query else task.query or _EXAMPLE,
            fields=[(one, _kind(one), task.given.get(one.name, one.default or "")) for one in _parameters(query)],
            table=table,
            problem=problem,
            downloads=_downloads(table, task) if table else [],
            saved=saved().values(),
            most_rows=graph.most_rows,
            shown=_SHOWN,
        )
    )
    return Reply(400 if problem and not task.problem else 200, HTML)


def _parameters(query: Query | None) -> list[Parameter]:
    try:
        return query.parameters if query else []
    except DiplographError:  # told already
        return []


def _complete(query: Query, task: Question) -> bool:
    """Tell whether a question can be asked: a saved one waits for what it needs."""
    needed = [one for one in query.parameters if one.required and one.default is None]
    return not task.waits and (task.asked or not any(not task.given.get(one.name) for one in needed))


def _wrong(query: Query, task: Question, graph: Served) -> Problem | None:
    """Tell what is wrong with the fields: one that is needed and empty, no parameter, or no such value."""
    known = {one.name: one for one in query.parameters}
    given = _given(task)
    strange = next((name for name in task.given if name not in known), None)
    if strange is not None:
        hint = f"It has {', '.join(known)}." if known else "It has none."
        return Problem(f"The question has no parameter '{strange}'. {did_you_mean(strange, known) or hint}")
    needed = [one for one in known.values() if one.required and one.default is None and one.name not in given]
    if needed and (task.asked or task.format):
        listed = ", ".join(f"“{one.name}”" for one in needed)
        return Problem(f"Fill in {listed}.", fields={one.name: "This is needed." for one in needed})
    names = graph.names.with_prefixes(prefixes(query.tokens))
    wrong = {}
    for name, value in given.items():
        try:
            bound([known[name]], {name: value}, names.term)
        except DiplographError as error:
            wrong[name] = str(error)
    return Problem(" ".join(wrong.values()), fields=wrong) if wrong else None


def _given(task: Question) -> dict[str, str]:
    """Give the values of the fields; what is left empty is not given, so that a default holds."""
    return {name: value for name, value in task.given.items() if value}


def _kind(parameter: Parameter) -> str:
    """Say what a field takes."""
    if parameter.type == "iri":
        return "a key such as ukraine, a name such as dip:Meeting, or an IRI"
    if parameter.type == f"{_XSD}date":
        return "a day, such as 2024-09-14"
    return f"{parameter.type.removeprefix(_XSD)}" if parameter.type.startswith(_XSD) else "text"


def _alone(found: Answer, task: Question, graph: Served, stream: IO[bytes]) -> Reply:
    offers = negotiation.GRAPHS if is_triples(found) else negotiation.RESULTS
    offer = negotiation.offered(task.format, offers)
    if offer is None:
        raise RefusedError(400, f"The answer comes as {', '.join(dict.fromkeys(one.name for one in offers))}.")
    cut = write(found, offer, graph, stream)
    name = f"{task.name or 'answer'}.{offer.name}"
    return Reply(200, offer.media_type, 0, cut | {"Content-Disposition": f'attachment; filename="{name}"'})


def _table(found: Answer, terms: Terms) -> Table:
    if isinstance(found, ox.QueryBoolean):
        return Table(["answer"], [[terms.link(ox.Literal("yes" if found else "no"))]], cut=False)
    if not isinstance(found, ox.QuerySolutions):
        columns = ["subject", "predicate", "object"]
        listed = [[terms.short_link(term) for term in triple] for triple in islice(found, _SHOWN + 1)]
        return Table(columns, [list(row) for row in listed[:_SHOWN]], cut=len(listed) > _SHOWN, graph=True)
    columns = [variable.value for variable in found.variables]
    rows = [[terms.short_link(term) if term else None for term in row] for row in islice(found, _SHOWN + 1)]
    return Table(columns, rows[:_SHOWN], cut=len(rows) > _SHOWN)


def _is_number(cell: Link) -> bool:
    return not cell.href and cell.title.startswith("xsd:") and _NUMBER.fullmatch(cell.text) is not None


def _downloads(table: Table, task: Question) -> list[tuple[str, str]]:
    """Give the addresses of the answer alone, with the name of each syntax."""
    names = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples"}
    names = names if table.graph else {"csv": "CSV", "tsv": "TSV", "json": "JSON", "xml": "XML"}
    where = f"/query/{task.name}" if task.name else "/query"
    given = {f"p.{name}": value for name, value in task.given.items()} | ({} if task.name else {"query": task.query})
    return [(label, f"{where}?{urlencode(given | {'format': name})}") for name, label in names.items()]


def _problem(error: DiplographError, text: str) -> Problem:
    finding = error.findings[0] if isinstance(error, InputError) and error.findings else None
    region = finding.location.region if finding else None
    if finding is None or region is None:
        return Problem(str(error))
    lines = text.splitlines()
    line = lines[region.line - 1] if region.line <= len(lines) else ""
    place = f"Line {region.line}, column {region.column}"
    return Problem(f"{finding.message} {finding.hint}".strip(), place, line, " " * (region.column - 1) + "^")
