"""From a node of the graph back to the place in the annotation that made it.

Clean runs never come here: only when there is a finding are the sources read a second time,
with the way back from each annotation value kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from diplograph.dataset import located_nodes
from diplograph.findings import Finding, Location, Related
from diplograph.mapping import terms
from diplograph.mapping.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diplograph.mapping.iris import Iris
    from diplograph.mapping.nodes import Node
    from diplograph.reading.corpus import Corpus
    from diplograph.reading.documents import Document, Path, Raw
    from diplograph.validation.results import Result

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


_Place: TypeAlias = "tuple[Node, Document, Mapping[int, Path]]"


def located(results: Sequence[Result], corpus: Corpus, iris: Iris) -> list[Finding]:
    """Give each result its place: the key, list item or fact that made what it is about.

    What else it is about comes with it as related places: the other claims on a situation, the
    claims of a conflict, the definition of a value.
    """
    places = _places(results, corpus, iris)
    fallback = Location(corpus.files[0].name if corpus.files else "")
    # a claim's fault stands on its situation too: one place with one message is one finding
    findings: dict[tuple[object, ...], Finding] = {}
    for result in results:
        finding = _finding(result, places, corpus, fallback)
        findings.setdefault((finding.location, result.code, result.message), finding)
    return sorted(findings.values(), key=lambda finding: finding.order)


def _places(results: Sequence[Result], corpus: Corpus, iris: Iris) -> dict[str, _Place]:
    """Go through all nodes once more, and keep those that a finding may have to be placed by."""
    wanted = {term for result in results for term in (result.focus, result.value)}
    conflicts = any(result.focus.startswith(f"<{iris.base}conflict/") for result in results)
    kept: dict[str, _Place] = {}
    for node, document, trace in located_nodes(corpus, iris):
        about = (str(value) for predicate, value in node.properties if predicate == terms.ABOUT)
        is_claim = conflicts and (terms.TYPE, terms.CLAIM) in node.properties
        if str(node.subject) in wanted or is_claim or not wanted.isdisjoint(about):
            kept[str(node.subject)] = (node, document, trace)
    return kept


def _finding(result: Result, places: Mapping[str, _Place], corpus: Corpus, fallback: Location) -> Finding:
    place = _place(result, places, corpus)
    location, owner = (place[0].location(place[1]), place[0].owner(place[1])) if place else (fallback, "")
    return result.finding(result.message, location, owner, tuple(_related(result, places, location)))


def _related(result: Result, places: Mapping[str, _Place], main: Location) -> Iterator[Related]:
    """Give the other claims that a situation or conflict is made of, and where a value is defined."""
    seen = {main}
    origin = places[result.focus][0].origin if result.focus in places else None
    claims = [str(one.node) for one in origin if isinstance(one, Statement)] if isinstance(origin, tuple) else []
    for term, what in (*((claim, "told here too") for claim in claims), (result.value, "defined here")):
        if term in places and term != result.focus:
            node, document, trace = places[term]
            path = trace.get(id(node.origin), ())
            location = document.location(path)
            if location not in seen:
                seen.add(location)
                yield Related(location, f"{document.owner(path)}: {what}.")


def _place(result: Result, places: Mapping[str, _Place], corpus: Corpus) -> tuple[Document, Path] | None:
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
        return document, ()
    data = _at(document.data, path)
    key = next((key for key in _keys(result.path, corpus) if isinstance(data, dict) and key in data), "")
    if key and isinstance(data, dict):
        path = (*path, key, *_item(result, node, data[key]))
    return document, path


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
