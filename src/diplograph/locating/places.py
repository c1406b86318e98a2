"""Results become findings: each with its place, whom it belongs to, and what else it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diplograph.findings import Finding, Location, Related
from diplograph.locating.keys import keys
from diplograph.mapping.statements import Statement
from diplograph.values.identifiers import iri_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diplograph.locating.gathering import Place
    from diplograph.mapping.nodes import Node
    from diplograph.reading.corpus import Corpus
    from diplograph.reading.documents import Document, Path, Raw
    from diplograph.validation.results import Result


def located(results: Sequence[Result], places: Mapping[str, Place], corpus: Corpus) -> list[Finding]:
    """Give each result its place: the key, list item or fact that made what it is about.

    What else it is about comes with it as related places: the other claims on a situation, the
    claims of a conflict, the definition of a value.
    """
    fallback = Location(corpus.files[0].name if corpus.files else "")
    findings: dict[tuple[object, ...], Finding] = {}
    for result in _once(results, places):
        finding = _finding(result, places, corpus, fallback)
        # the claims of a fact are alike: one rule, place and value is one finding
        findings.setdefault((finding.location, result.code, result.path, result.value), finding)
    return sorted(findings.values(), key=lambda finding: finding.order)


def _once(results: Sequence[Result], places: Mapping[str, Place]) -> Iterator[Result]:
    """Leave out what a situation only has from a claim, at which the same rule has found it."""
    found = {(result.code, result.focus) for result in results}
    for result in results:
        if not any((result.code, claim.node) in found for claim in _claims(result.focus, places)):
            yield result


def _claims(focus: str, places: Mapping[str, Place]) -> tuple[Statement, ...]:
    """Give the statements that a situation or conflict is made of; none for any other node."""
    origin = places[focus].node.origin if focus in places else None
    return origin if isinstance(origin, tuple) else ()


def _finding(result: Result, places: Mapping[str, Place], corpus: Corpus, fallback: Location) -> Finding:
    place = _place(result, places, corpus)
    location, owner = (place[0].location(place[1]), place[0].owner(place[1])) if place else (fallback, "")
    return result.finding(result.message, location, owner, tuple(_related(result, places, location)))


def _related(result: Result, places: Mapping[str, Place], main: Location) -> Iterator[Related]:
    """Give the other claims that a situation or conflict is made of, and where a value is defined."""
    seen = {main}
    around = [(claim.node, "told here too") for claim in _claims(result.focus, places)]
    # a situation is defined by the first claim that describes it
    described = [(claim.node, "defined here") for claim in _claims(result.value, places) if claim.type]
    for term, what in (*around, *(described[:1] or [(result.value, "defined here")])):
        found = places.get(term) if term != result.focus else None
        path = found.trace.get(id(found.node.origin)) if found is not None else None
        document = found.document if found is not None else None
        if document is None or path is None:
            continue
        location = document.location(path)
        if location not in seen:
            seen.add(location)
            yield Related(location, f"{document.owner(path)}: {what}.")


def _place(result: Result, places: Mapping[str, Place], corpus: Corpus) -> tuple[Document, Path] | None:
    found = places.get(result.focus)
    if found is None:
        return None
    if claims := _claims(result.focus, places):
        found = places.get(_responsible(claims, result, corpus).node, found)
    node, document = found.node, found.document
    if document is None:
        return None
    path = found.trace.get(id(node.origin))
    if path is None:
        return document, ()
    data = _at(document.data, path)
    key = next((key for key in keys(result.path, corpus.vocabulary) if isinstance(data, dict) and key in data), "")
    if key and isinstance(data, dict):
        path = (*path, key, *_item(result, node, data[key]))
    return document, path


def _responsible(statements: tuple[Statement, ...], result: Result, corpus: Corpus) -> Statement:
    """Find the statement that gives a situation the value in question; else the first that describes it."""
    words = keys(result.path, corpus.vocabulary)
    giving = (
        statement
        for statement in statements
        if any(word in words and term == result.value for word, term, _ in statement.values)
    )
    describing = (statement for statement in statements if statement.type)
    return next(giving, None) or next(describing, statements[0])


def _item(result: Result, node: Node, raw: Raw) -> tuple[int, ...]:
    """Find the item of a list that a value was made from: the values stand in the list's order."""
    if not isinstance(raw, list) or not result.value:
        return ()
    values = [value for predicate, value in node.properties if predicate == result.path]
    if len(values) != len(raw):  # each claim of a chain has one of the sources
        ends = [f"{iri_part(item)}>" if isinstance(item, str) else "" for item in raw]
        values = [result.value if end and result.value.endswith((f"/{end}", f".{end}")) else "" for end in ends]
    return (values.index(result.value),) if result.value in values else ()


def _at(data: Raw, path: Path) -> Raw:
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
    return data
