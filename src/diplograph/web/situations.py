"""Accounts of situations and claims for pages: what `explaining` gathers, with a link for each thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from pyoxigraph import NamedNode

from diplograph.explaining.accounts import Account, Said, account
from diplograph.explaining.view import dip
from diplograph.web.terms import SOURCE

if TYPE_CHECKING:
    from diplograph.web.links import Link
    from diplograph.web.terms import Rows, Terms

_STRUCTURE: Final = frozenset(
    map(
        dip,
        (
            *("about", "claimant", "reports", "within", "certainty", "polarity", "status", "evidence"),
            *("claimedType", "occurrence", "earliest", "latest", "articleCount", "sourceCount"),
        ),
    )
)


_VOICES: Final = 3
"""How many who take one position a list names."""
_FIRM: Final = {"probable": "probably ", "possible": "possibly "}
_SO: Final = {
    "planned": ("is {}planned", "is {}not planned"),
    "conditional": ("would {}be so on a condition", "would {}not be so on a condition"),
    "hypothetical": ("would {}be so", "would {}not be so"),
}


class Told(Struct, frozen=True):
    """One claim or proposition: who says it, outermost first, how firmly, where, and with which values.

    `says` puts certainty, polarity and status into a sentence; `marks` are words that warn: that it
    is denied, or other than certain.
    """

    link: Link
    article: Link | None
    chain: list[Link]
    says: str
    marks: list[str]
    endorsed: str
    firmness: tuple[str, ...]
    places: list[Link]
    within: list[Link]
    label: str
    values: Rows
    notes: tuple[str, ...]


class Given(Struct, frozen=True):
    """A value of a situation, the articles that give it, and whether anybody claims it."""

    value: Link
    articles: list[Link]
    claimed: bool


class Clash(Struct, frozen=True):
    """A conflict: its page, and for each claim its position and the situation, if it is another."""

    link: Link
    sides: list[tuple[Told, str, str]]


class Side(Struct, frozen=True):
    """A position in a conflict, who takes it, and how many more do than are listed."""

    position: str
    voices: list[list[Link]]
    more: int


class Situation(Struct, frozen=True):
    """All that is known of a situation."""

    account: Account
    occurrence: Link | None
    described: list[tuple[Link, list[Given]]]
    conflicts: list[Clash]
    claims: list[Told]
    propositions: list[Told]


def situation(node: NamedNode, terms: Terms) -> Situation:
    """Gather what is known of a situation."""
    view = terms.view
    found = account(node, view)
    occurrence = view.value(node, dip("occurrence"))
    return Situation(
        found,
        terms.link(occurrence) if occurrence else None,
        _described(node, found, terms),
        _clashes(node, found, terms),
        [told(said, terms) for said in found.claims],
        [told(said, terms) for said in found.propositions],
    )


def told(said: Said, terms: Terms) -> Told:
    """Give one claim with its links."""
    view, node = terms.view, said.node
    article = view.value(node, SOURCE)
    return Told(
        link=terms.link(node),
        article=terms.source(article) if article else None,
        chain=chain(node, terms),
        says=says(node, terms),
        marks=_marks(node, terms),
        endorsed=said.endorsed,
        firmness=said.firmness,
        places=terms.places(node),
        within=[
            terms.link(about)
            for act in view.values(node, dip("within"))
            if isinstance(act, NamedNode) and (about := view.value(act, dip("about")))
        ],
        label=said.label,
        values=values(node, terms),
        notes=said.notes,
    )


def says(node: NamedNode, terms: Terms) -> str:
    """Put into words whether something is said to be so, and how firmly: the label of a claim does not tell."""
    status, degree = (_code(node, word, terms) for word in ("status", "certainty"))
    denied = _code(node, "polarity", terms) == "negative"
    so = _SO.get(status, ("is {}so", "is {}not so"))[denied].format(_FIRM.get(degree, ""))
    if terms.view.is_a(node, "Proposition"):
        return f"put forward that this {so}" if denied else "put forward"
    passed_on = "passes on, without committing itself," if degree == "underspecified" else "says"
    return f"{passed_on} that this {so}"


def _marks(node: NamedNode, terms: Terms) -> list[str]:
    degree = terms.view.value(node, dip("certainty"))
    unsure = degree is not None and degree != dip("certainty-certain")
    denied = ["denied"] if _code(node, "polarity", terms) == "negative" else []
    return denied + ([terms.view.name(degree)] if unsure else [])


def _code(node: NamedNode, word: str, terms: Terms) -> str:
    """Give a degree of a claim by the name that the ontology has for it, as in negative."""
    found = terms.view.value(node, dip(word))
    return found.value.removeprefix(dip(f"{word}-").value) if isinstance(found, NamedNode) else ""


def values(node: NamedNode, terms: Terms) -> Rows:
    """Show what something says of a situation: the properties of the ontology that are not its structure."""
    others = [
        one for one in terms.view.properties(node) if one in _STRUCTURE or not one.value.startswith(dip("").value)
    ]
    return terms.properties(node, others)


def chain(claim: NamedNode, terms: Terms) -> list[Link]:
    """List who passes a claim on, outermost first, down to its own source."""
    view = terms.view
    nodes = [claim]
    while (ahead := view.subjects(dip("reports"), nodes[0])) and ahead[0] not in nodes:
        nodes.insert(0, ahead[0])
    sources = [view.value(node, dip("claimant")) for node in nodes]
    return [terms.source(source) for source in sources if source is not None]


def clash(conflict: NamedNode, terms: Terms) -> Clash | None:
    """Give a conflict, from the account of the situation that it is about."""
    about = terms.view.value(conflict, dip("about"))
    if not isinstance(about, NamedNode) or terms.view.value(about, dip("occurrence")) is None:
        return None
    clashes = _clashes(about, account(about, terms.view), terms)
    return next((found for found in clashes if found.link.title == conflict.value), None)


def sides(conflict: NamedNode, terms: Terms) -> list[Side]:
    """Tell shortly who disagrees, by position."""
    view = terms.view
    on = view.value(conflict, dip("conflictOn"))
    found: dict[str, list[list[Link]]] = {}
    for claim in view.values(conflict, dip("conflictingClaim")):
        if isinstance(claim, NamedNode) and isinstance(on, NamedNode):
            taken = [] if on == dip("polarity") else [link.text for link in terms.links(view.values(claim, on))]
            voices = found.setdefault(", ".join(taken) or says(claim, terms), [])
            voice = chain(claim, terms)
            if voice not in voices:
                voices.append(voice)
    return [
        Side(position, sorted(voices)[:_VOICES], max(0, len(voices) - _VOICES))
        for position, voices in sorted(found.items())
    ]


def _clashes(node: NamedNode, found: Account, terms: Terms) -> list[Clash]:
    """Give the conflicts of a situation with the position of each of their claims."""
    view = terms.view
    conflicts = [one for one in view.subjects(dip("about"), node) if view.is_a(one, "Conflict")]
    return [
        Clash(
            terms.link(conflict),
            [(told(said, terms), _position(conflict, said, terms), other) for said, other in told_of.claims],
        )
        for conflict, told_of in zip(conflicts, found.disagreements, strict=True)
    ]


def _position(conflict: NamedNode, said: Said, terms: Terms) -> str:
    on = terms.view.value(conflict, dip("conflictOn"))
    if on == dip("polarity"):
        return says(said.node, terms)
    taken = [link.text for link in terms.links(terms.view.values(said.node, on))] if isinstance(on, NamedNode) else []
    return ", ".join(taken or said.firmness)


def claim(node: NamedNode, terms: Terms) -> Told | None:
    """Give a claim or a proposition from the account of what it is about; those passed on are there as well."""
    about = terms.view.value(node, dip("about"))
    if not isinstance(about, NamedNode) or terms.view.value(about, dip("occurrence")) is None:
        return None
    found = account(about, terms.view)
    said = next((said for said in (*found.claims, *found.propositions) if said.node == node), None)
    return told(said, terms) if said else None


def _described(node: NamedNode, found: Account, terms: Terms) -> list[tuple[Link, list[Given]]]:
    """Show the values that stand on a situation, each with the articles that give it."""
    view = terms.view
    rows = []
    for word in view.properties(node):
        if word in _STRUCTURE or not word.value.startswith(dip("").value):
            continue
        listed = []
        for value in view.values(node, word):
            claims, others = (
                [said for said in several if value in view.values(said.node, word)]
                for several in (found.claims, found.propositions)
            )
            sources = {source for said in claims or others if (source := view.value(said.node, SOURCE))}
            listed.append(Given(terms.link(value), sorted(map(terms.source, sources)), bool(claims)))
        rows.append((terms.link(word), sorted(listed, key=lambda given: given.value.text)))
    return sorted(rows, key=lambda row: row[0].text)
