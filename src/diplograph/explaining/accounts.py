"""An account of a situation, gathered from the graph: its claims with their chains, and its conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from pyoxigraph import NamedNode

from diplograph.errors import UsageError
from diplograph.explaining.values import in_words
from diplograph.explaining.view import DEFINITION, IDENTIFIER, RDF_TYPE, RDFS_LABEL, dip
from diplograph.values.printing import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diplograph.explaining.view import Term, View

_SOURCE: Final = NamedNode("http://www.w3.org/ns/prov#hadPrimarySource")
_NOTE: Final = NamedNode("http://www.w3.org/2004/02/skos/core#note")
_SELECTOR: Final = NamedNode("http://www.w3.org/ns/oa#hasSelector")
_SPAN_OF: Final = NamedNode("http://www.w3.org/ns/oa#hasSource")
_SHA256: Final = NamedNode("https://schema.org/sha256")
_START: Final = NamedNode("http://www.w3.org/ns/oa#start")
_END: Final = NamedNode("http://www.w3.org/ns/oa#end")
_STRUCTURE: Final = frozenset(
    (
        *(dip(word) for word in ("about", "claimant", "reports", "within", "certainty", "polarity", "status")),
        *(dip(word) for word in ("evidence", "claimedType", "occurrence", "earliest", "latest")),
        *(dip(word) for word in ("articleCount", "sourceCount")),
    )
)


class Place(Struct, frozen=True, order=True):
    """A span of an article, in code points: the parts of the article that hold it, its words if known."""

    start: int
    end: int
    parts: tuple[str, ...]
    words: str


class Said(Struct, frozen=True):
    """What one source says of the situation, or what an act puts forward of it.

    `chain` names the sources, outermost first; it is the article alone for its own words.
    `firmness` holds certainty, polarity and status in words, empty where nothing is claimed.
    `values` maps the label of each property to its values in words.
    """

    node: NamedNode
    article: str
    chain: tuple[str, ...]
    endorsed: str
    firmness: tuple[str, ...]
    within: tuple[str, ...]
    label: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    places: tuple[Place, ...]


class Disagreement(Struct, frozen=True):
    """A conflict: the property, and the claims or propositions that take part.

    Each comes with the situation that it is about in words, where that is another one.
    """

    property: str
    claims: tuple[tuple[Said, str], ...]


class Account(Struct, frozen=True):
    """All that the graph holds of one situation."""

    situation: NamedNode
    key: str
    label: str
    classes: tuple[str, ...]
    occurrence: str
    meaning: str
    articles: str
    sources: str
    earliest: str
    latest: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    claims: tuple[Said, ...]
    propositions: tuple[Said, ...]
    disagreements: tuple[Disagreement, ...]
    mentions: tuple[tuple[str, str], ...]


def account(term: NamedNode, view: View) -> Account:
    """Gather what is known of a situation, or of that which a claim or conflict is about.

    Raises:
        UsageError: the IRI stands for no situation.
    """
    situation = _situation(term, view)
    about = view.subjects(dip("about"), situation)
    claims = [node for node in about if view.is_a(node, "Claim") and not view.values(node, dip("reports"))]
    occurrence = view.value(situation, dip("occurrence"))
    return Account(
        situation=situation,
        key=view.text(situation, IDENTIFIER),
        label=view.name(situation),
        classes=tuple(view.name(found) for found in view.values(situation, RDF_TYPE)),
        occurrence=view.name(occurrence),
        meaning=_definition(occurrence, view),
        articles=view.text(situation, dip("articleCount")),
        sources=view.text(situation, dip("sourceCount")),
        earliest=view.text(situation, dip("earliest")),
        latest=view.text(situation, dip("latest")),
        values=_values(situation, view),
        claims=_ordered(_said(node, view) for node in claims),
        propositions=_ordered(_said(node, view) for node in about if view.is_a(node, "Proposition")),
        disagreements=tuple(_disagreement(node, situation, view) for node in about if view.is_a(node, "Conflict")),
        mentions=_mentions(situation, view),
    )


def _situation(term: NamedNode, view: View) -> NamedNode:
    if view.value(term, dip("occurrence")) is not None:
        return term
    about = view.value(term, dip("about"))
    if isinstance(about, NamedNode):
        return about
    kind = view.name(view.value(term, RDF_TYPE))
    what = f"a thing of the class '{kind}'" if kind else "nothing that the graph describes"
    raise UsageError(
        f"'{view.names.short(term)}' is no situation, but {what}.", "Name a situation by its key, or a claim about it."
    )


def _definition(concept: object, view: View) -> str:
    return view.text(concept, DEFINITION) if isinstance(concept, NamedNode) else ""


def _values(subject: NamedNode, view: View) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the values of all properties that say something of the situation, in words."""
    wanted = [found for found in view.properties(subject) if found.value.startswith(dip("").value)]
    listed = [
        (view.name(found), tuple(sorted({in_words(value, view) for value in view.values(subject, found)})))
        for found in wanted
        if found not in _STRUCTURE
    ]
    return tuple(sorted(listed))


def _said(node: NamedNode, view: View) -> Said:
    article = view.value(node, _SOURCE)
    outer = _outer(node, view)
    firmness = [view.name(view.value(node, dip(word))) for word in ("certainty", "polarity", "status")]
    degree = view.value(outer[0], dip("certainty")) if outer else None
    return Said(
        node=node,
        article=view.text(article, IDENTIFIER) if isinstance(article, NamedNode) else "",
        chain=tuple(_claimant(found, view) for found in (*outer, node) if view.value(found, dip("claimant"))),
        endorsed="" if degree == dip("certainty-underspecified") else view.name(degree),
        firmness=tuple(word for word in firmness if word),
        within=tuple(dict.fromkeys(_act(found, view) for found in view.values(node, dip("within")))),
        label=view.text(node, RDFS_LABEL),
        values=_values(node, view),
        notes=tuple(one_line(view.names.short(note)) for note in view.values(node, _NOTE)),
        places=tuple(sorted(_place(mention, view) for mention in view.values(node, dip("evidence")))),
    )


def _outer(node: NamedNode, view: View) -> list[NamedNode]:
    """List the claims that pass a claim on, outermost first."""
    chain: list[NamedNode] = []
    ahead = view.subjects(dip("reports"), node)
    while ahead and ahead[0] not in chain:
        chain.insert(0, ahead[0])
        ahead = view.subjects(dip("reports"), ahead[0])
    return chain


def _claimant(claim: NamedNode, view: View) -> str:
    source = view.value(claim, dip("claimant"))
    if source is None:
        return ""
    return f"article {view.text(source, IDENTIFIER)}" if view.is_a(source, "Article") else view.name(source)


def _act(claim: object, view: View) -> str:
    """Name the act that contains something, by the situation that its claim is about."""
    situation = view.value(claim, dip("about")) if isinstance(claim, NamedNode) else None
    return in_words(situation, view) if situation is not None else ""


def _place(mention: Term, view: View) -> Place:
    selector = view.value(mention, _SELECTOR)
    start, end = (view.number(selector, word) if selector is not None else 0 for word in (_START, _END))
    article = view.value(mention, _SPAN_OF)
    text = view.texts.get(view.text(article, _SHA256), "") if article is not None else ""
    parts = tuple(view.name(part) for part in view.values(mention, dip("part")))
    return Place(start, end, parts, " ".join(text[start:end].split()))


def _ordered(found: Iterable[Said]) -> tuple[Said, ...]:
    return tuple(sorted(found, key=lambda said: (said.article, said.places, said.node.value)))


def _disagreement(conflict: NamedNode, situation: NamedNode, view: View) -> Disagreement:
    found = []
    for node in view.values(conflict, dip("conflictingClaim")):
        about = view.value(node, dip("about"))
        if isinstance(node, NamedNode) and about is not None:
            found.append((_said(node, view), in_words(about, view) if about != situation else ""))
    found.sort(key=lambda item: (item[0].article, item[0].places, item[0].node.value))
    return Disagreement(view.name(view.value(conflict, dip("conflictOn"))), tuple(found))


def _mentions(situation: NamedNode, view: View) -> tuple[tuple[str, str], ...]:
    """List the other situations that point at this one, each with the property by which it does."""
    pointing = [
        (view.name(predicate), in_words(subject, view))
        for subject, predicate in view.pointing(situation)
        if view.value(subject, dip("occurrence")) is not None
    ]
    return tuple(sorted(set(pointing)))
