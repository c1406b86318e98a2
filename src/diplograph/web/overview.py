"""The start page and the lists: what is in the graph."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlencode

import pyoxigraph as ox
from msgspec import Struct

from diplograph.explaining.view import IDENTIFIER, dip
from diplograph.web.pages import HTML, page
from diplograph.web.protocol import RefusedError
from diplograph.web.questions import saved
from diplograph.web.situations import Side, chain, sides
from diplograph.web.tasks import Listing, Reply, Start
from diplograph.web.terms import Terms

if TYPE_CHECKING:
    from diplograph.explaining.view import Term
    from diplograph.web.graph import Served
    from diplograph.web.links import Link

_ALT: Final = "<http://www.w3.org/2004/02/skos/core#altLabel>"
_EACH: Final = 200
"""How many things a page of a list has."""
_KINDS: Final = {
    "articles": "?s a dip:Article",
    "entities": "?s dcterms:identifier ?key . FILTER EXISTS { ?s a/rdfs:subClassOf* dip:Entity }",
    "situations": "?s dip:occurrence ?occurrence",
    "conflicts": "?s a dip:Conflict",
    "claims": "?s a dip:Claim",
}
_BY_OCCURRENCE: Final = "SELECT ?k (COUNT(DISTINCT ?s) AS ?n) { ?s dip:occurrence ?k } GROUP BY ?k ORDER BY DESC(?n) ?k"
_BY_CLASS: Final = (
    "SELECT ?k (COUNT(DISTINCT ?s) AS ?n) { ?s dip:occurrence [] ; a ?k } GROUP BY ?k ORDER BY DESC(?n) ?k"
)
_CLAIMS: Final = (
    "SELECT ?k (COUNT(DISTINCT ?s) AS ?n) { ?s a dip:Claim ; dip:claimedType ?k } GROUP BY ?k ORDER BY DESC(?n) ?k"
)
_ENTITIES: Final = (
    "SELECT ?k (COUNT(DISTINCT ?s) AS ?n) { ?k rdfs:subClassOf* dip:Entity . ?s a ?k } GROUP BY ?k ORDER BY DESC(?n) ?k"
)


class Item(Struct, frozen=True):
    """A thing in a list: its page and key, and what lists of its kind tell of it."""

    link: Link
    key: str
    classes: list[Link]
    occurrence: Link | None
    on: Link | None
    sides: list[Side]
    chain: list[Link]


def started(_: Start, graph: Served, stream: IO[bytes]) -> Reply:
    """Write the start page."""
    terms = Terms(graph)
    counts = {
        kind: _number(_rows(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {pattern} }}", graph)[0]["n"])
        for kind, pattern in _KINDS.items()
    }
    articles = [
        terms.link(row["s"])
        for row in _rows(f"SELECT DISTINCT ?s {{ {_KINDS['articles']} }} ORDER BY ?s LIMIT 20", graph)
    ]
    stream.write(
        page(
            "start.html",
            counts=counts,
            articles=sorted(articles),
            occurrences=_counted(_BY_OCCURRENCE, "situations", "occurrence", terms, graph),
            classes=_counted(_BY_CLASS, "situations", "class", terms, graph),
            claims=_counted(_CLAIMS, "claims", "class", terms, graph),
            entities=_counted(_ENTITIES, "entities", "class", terms, graph),
            questions=len(saved()),
        )
    )
    return Reply(200, HTML)


def listed(task: Listing, graph: Served, stream: IO[bytes]) -> Reply:
    """Write a page of a list, in the order of the names.

    Raises:
        RefusedError: there is no such list.
    """
    if task.kind not in _KINDS:
        raise RefusedError(404, "There is no such list.")
    terms = Terms(graph)
    pattern = _KINDS[task.kind]
    of_class = "dip:claimedType" if task.kind == "claims" else "a"
    for name, word in (("class", of_class), ("occurrence", "dip:occurrence")):
        if task.only.get(name):
            pattern += f" . ?s {word} {_iri(task.only[name])}"
    pattern += "".join(_with(word) for word in task.words.split())
    total = _number(_rows(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {pattern} }}", graph)[0]["n"])
    query = f"""SELECT ?s (MIN(LCASE(STR(?l))) AS ?name) {{ {pattern} OPTIONAL {{ ?s rdfs:label ?l }} }}
        GROUP BY ?s ORDER BY ?name ?s LIMIT {_EACH} OFFSET {task.start}"""
    rows = [_item(row["s"], terms) for row in _rows(query, graph) if isinstance(row["s"], ox.NamedNode)]

    def other(start: int) -> str:
        search = {"q": task.words} if task.words else {}
        return f"/list/{task.kind}?{urlencode(task.only | search | {'start': str(start)})}"

    stream.write(
        page(
            "list.html",
            kind=task.kind,
            only=[(name, iri, terms.link(ox.NamedNode(iri))) for name, iri in task.only.items()],
            words=task.words,
            rows=rows,
            total=total,
            start=task.start,
            before=other(max(0, task.start - _EACH)) if task.start else "",
            after=other(task.start + _EACH) if task.start + _EACH < total else "",
        )
    )
    return Reply(200, HTML)


def _with(word: str) -> str:
    """Write the condition that a name or the key has a word, of which the case does not matter."""
    text = ox.Literal(word.lower())
    return f""" FILTER EXISTS {{ ?s rdfs:label|{_ALT}|dcterms:identifier ?text_
        FILTER CONTAINS(LCASE(STR(?text_)), {text}) }}"""


def _item(node: ox.NamedNode, terms: Terms) -> Item:
    view = terms.view
    occurrence, on = view.value(node, dip("occurrence")), view.value(node, dip("conflictOn"))
    return Item(
        link=terms.link(node),
        key=view.text(node, IDENTIFIER),
        classes=terms.links(view.values(node, dip("claimedType"))) or terms.classes(node),
        occurrence=terms.link(occurrence) if occurrence else None,
        on=terms.link(on) if on else None,
        sides=sides(node, terms) if on else [],
        chain=chain(node, terms) if view.value(node, dip("claimant")) else [],
    )


def _counted(query: str, kind: str, by: str, terms: Terms, graph: Served) -> list[tuple[Link, int, str]]:
    """Count by something; gives each with its number and the address of the list."""
    return [
        (terms.link(row["k"]), _number(row["n"]), f"/list/{kind}?{urlencode({by: row['k'].value})}" if kind else "")
        for row in _rows(query, graph)
    ]


def _rows(query: str, graph: Served) -> list[ox.QuerySolution]:
    found = graph.store.query(query, prefixes=graph.names.prefixes, use_default_graph_as_union=graph.union)
    return list(found) if isinstance(found, ox.QuerySolutions) else []


def _iri(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise RefusedError(404, f"'{iri}' is no IRI.") from error


def _number(term: Term | None) -> int:
    return int(term.value) if isinstance(term, ox.Literal) else 0
