"""From a node of the graph back to the place in the annotation that made it.

Clean runs never come here: only when there is a finding are the sources read a second time,
with the way back from each annotation value kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from diplograph.dataset import located_nodes
from diplograph.findings import Finding, Location
from diplograph.mapping import terms
from diplograph.mapping.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diplograph.mapping.iris import Iris
    from diplograph.mapping.nodes import Node
    from diplograph.reading.corpus import Corpus
    from diplograph.reading.documents import Document, Path, Raw
    from diplograph.validation.engine import Result

_KEYS: Final[dict[str, tuple[str, ...]]] = {
    terms.ABOUT.value: ("about",),
    terms.CLAIMED_TYPE.value: ("type",),
    terms.TYPE.value: ("type",),
    terms.CLAIMANT.value: ("says",),
    terms.REPORTS.value: ("says",),
    terms.CERTAINTY.value: ("certainty",),
    terms.POLARITY.value: ("polarity",),
    terms.STATUS.value: ("status",),
    terms.EVIDENCE.value: ("evidence",),
    terms.LABEL.value: ("label",),
    terms.ALT_LABEL.value: ("alias",),
    terms.NOTE.value: ("note",),
    terms.NOTATION.value: ("code",),
    terms.SAME_AS.value: ("wikidata",),
    terms.IDENTIFIER.value: ("id",),
    terms.PUBLISHER.value: ("publisher",),
    terms.AUTHOR.value: ("author",),
    terms.IN_LANGUAGE.value: ("language",),
    terms.URL.value: ("url",),
    terms.SHA256.value: ("text",),
    terms.LENGTH.value: ("text",),
    terms.EDTF.value: ("edtf",),
    terms.EARLIEST.value: ("edtf",),
    terms.LATEST.value: ("edtf",),
    terms.WORDS.value: ("words",),
    terms.ANCHOR.value: ("anchor",),
    terms.BASIS.value: ("basis",),
    terms.VALUE.value: ("value", "amount"),
    terms.MIN_VALUE.value: ("from",),
    terms.MAX_VALUE.value: ("to",),
    terms.TOTAL.value: ("of",),
    terms.UNIT.value: ("unit",),
    terms.CURRENCY.value: ("currency",),
    terms.QUALIFIER.value: ("qualifier",),
    terms.PER.value: ("per",),
    terms.UNTIL.value: ("until",),
}
"""The keys of annotations behind the properties that the mapping itself writes."""


def located(results: Iterable[Result], corpus: Corpus, iris: Iris) -> list[Finding]:
    """Give each result its place: the key, list item or fact that made what it is about."""
    places = {str(node.subject): (node, document, trace) for node, document, trace in located_nodes(corpus, iris)}
    fallback = Location(corpus.files[0].name if corpus.files else "")
    # a claim's fault stands on its situation too: one place with one message is one finding
    findings: dict[tuple[object, ...], Finding] = {}
    for result in results:
        location = _place(result, places, corpus) or fallback
        findings.setdefault((location, result.shape, result.message), _finding(result, location))
    return sorted(findings.values(), key=lambda finding: finding.order)


def _finding(result: Result, location: Location) -> Finding:
    return Finding(
        severity=result.severity,
        code=result.shape,
        message=result.message,
        location=location,
        focus=result.focus,
        path=result.path,
        value=result.value,
    )


def _place(
    result: Result, places: Mapping[str, tuple[Node, Document, Mapping[int, Path]]], corpus: Corpus
) -> Location | None:
    found = places.get(result.focus)
    if found is None:
        return None
    node, document, trace = found
    origin = node.origin
    if isinstance(origin, tuple) and origin and isinstance(origin[0], Statement):
        statement = _responsible(origin, result, corpus)
        origin = statement.origin
        node, document, trace = places.get(str(statement.node), found)
    path = trace.get(id(origin))
    if path is None:
        return document.location(())
    data = _at(document.data, path)
    key = next((key for key in _keys(result.path, corpus) if isinstance(data, dict) and key in data), "")
    if key and isinstance(data, dict):
        path = (*path, key, *_item(result, node, data[key]))
    return document.location(path)


def _responsible(statements: tuple[Statement, ...], result: Result, corpus: Corpus) -> Statement:
    """Find the statement that gives a situation the value in question; else the first."""
    words = _keys(result.path, corpus)
    giving = (
        statement
        for statement in statements
        if any(word in words and str(term) == result.value for word, term, _ in statement.values)
    )
    return next(giving, statements[0])


def _keys(path: str, corpus: Corpus) -> tuple[str, ...]:
    """Give the keys of annotations that a property may come from."""
    iri = path[1:-1]
    prop = corpus.vocabulary.properties.get(iri)
    return _KEYS.get(iri, (prop.word,) if prop else ())


def _item(result: Result, node: Node, raw: Raw) -> tuple[int, ...]:
    """Find the item of a list that a value was made from: the values stand in the list's order."""
    if not isinstance(raw, list) or not result.value:
        return ()
    values = [str(value) for predicate, value in node.properties if str(predicate) == result.path]
    return (values.index(result.value),) if result.value in values and len(values) == len(raw) else ()


def _at(data: Raw, path: Path) -> Raw:
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
    return data
