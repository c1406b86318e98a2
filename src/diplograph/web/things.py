"""The page of one IRI: all that the graph says of it, and what points at it; the same in RDF."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import IO, TYPE_CHECKING, Final
from urllib.parse import urlencode

from msgspec import Struct
from pyoxigraph import NamedNode, Triple

from diplograph.explaining.view import DEFINITION, IDENTIFIER, RDF_TYPE, RDFS_LABEL, dip
from diplograph.web import negotiation, situations
from diplograph.web.answers import write_triples
from diplograph.web.links import Link, is_web
from diplograph.web.pages import HTML, page
from diplograph.web.protocol import RefusedError
from diplograph.web.tasks import Reply, Thing
from diplograph.web.terms import SOURCE, Terms, start_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.explaining.view import View
    from diplograph.web.graph import Served
    from diplograph.web.terms import Rows

_MOST: Final = 300
"""How many things that point at one thing are shown in each list."""
_COMMENT: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
_SUBCLASS: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
_SHA256: Final = "https://schema.org/sha256"
_ALT: Final = NamedNode("http://www.w3.org/2004/02/skos/core#altLabel")
_WIKIDATA: Final = "http://www.wikidata.org/entity/"
_OFFERS: Final = (negotiation.PAGE, *negotiation.GRAPHS)


class Row(Struct, frozen=True, order=True):
    """Something that is said, or takes place: in which role, what, what is known of it, and who says it."""

    role: Link
    thing: Link
    details: tuple[Link, ...] = ()
    voices: tuple[Link, ...] = ()


class Listed(Struct, frozen=True):
    """Rows, and whether there are more."""

    rows: list[Row]
    cut: bool


def shown(task: Thing, graph: Served, stream: IO[bytes]) -> Reply:
    """Write what is known of an IRI, as a page or in RDF.

    Raises:
        RefusedError: nothing is known of it, or the client takes no such syntax.
    """
    try:
        node = NamedNode(task.iri)
    except ValueError as error:
        raise RefusedError(404, f"'{task.iri}' is no IRI.") from error
    named = negotiation.offered(task.format, _OFFERS)
    offer = named if task.format else negotiation.chosen(task.accept, _OFFERS)
    if offer is None:
        raise RefusedError(406, f"This comes as {', '.join(offer.media_type for offer in _OFFERS)}.")
    patterns = ((node, None, None), (None, None, node), (None, node, None))
    if not any(any(graph.store.quads_for_pattern(*pattern)) for pattern in patterns):
        raise RefusedError(404, f"Nothing is known here of <{task.iri}>.")
    if offer.name != "html":
        cut = write_triples(_triples(node, graph), offer, graph, stream)
        return Reply(200, offer.media_type, 0, cut)
    stream.write(_page(node, graph))
    return Reply(200, HTML)


def _page(node: NamedNode, graph: Served) -> bytes:
    terms = Terms(graph)
    view = terms.view
    is_situation = view.value(node, dip("occurrence")) is not None
    is_article = view.is_a(node, "Article")
    about = view.value(node, dip("about"))
    happened = view.value(about, dip("occurrence")) if about else None
    properties = _article(node, terms) if is_article else terms.properties(node)
    return page(
        "thing.html",
        title=_title(node, terms),
        iri=node.value,
        here=terms.page(node),
        is_web=bool(_elsewhere(Link("", "", node.value), graph)),
        classes=terms.classes(node),
        lists=_lists(node, terms),
        key=view.text(node, IDENTIFIER),
        definition=view.text(node, DEFINITION) or view.text(node, _COMMENT),
        sources=_sources(node, terms) if is_article else [],
        is_article=is_article,
        labels=terms.links(view.values(node, RDFS_LABEL)) + terms.links(view.values(node, _ALT)),
        situation=situations.situation(node, terms) if is_situation else None,
        told_here=situations.claim(node, terms),
        about=terms.link(about) if about else None,
        occurrence=terms.link(happened) if happened else None,
        chain=situations.chain(node, terms) if view.is_a(node, "Claim") else [],
        clash_here=situations.clash(node, terms) if view.is_a(node, "Conflict") else None,
        roles=_listed(_roles(node, terms)),
        said=_listed(_said(node, terms, dip("claimant"))) if not is_article else Listed([], cut=False),
        claims=_listed(_said(node, terms, SOURCE)) if is_article else Listed([], cut=False),
        properties_of=properties,
        uses=f"SELECT * {{ ?subject {node} ?value }}" if any(graph.store.quads_for_pattern(None, node, None)) else "",
        incoming=_told_apart(_listed(_incoming(node, terms)), terms),
        most=_MOST,
        web=[found for _, links in properties for link in links if (found := _elsewhere(link, graph))],
    )


def _elsewhere(link: Link, graph: Served) -> str:
    """Give the address elsewhere that a term stands for: not of the data, nor of the vocabularies."""
    address = link.text if link.title == "xsd:anyURI" else link.title
    spaces = (graph.base, *graph.names.prefixes.values())
    known = address.startswith(tuple(one for one in spaces if one != _WIKIDATA))
    return address if is_web(address) and not known else ""


def _title(node: NamedNode, terms: Terms) -> str:
    if terms.view.is_a(node, "Claim") or terms.view.is_a(node, "Proposition") or terms.view.is_a(node, "Mention"):
        return terms.link(node).text
    return terms.view.name(node)


def _listed(rows: Iterator[Row]) -> Listed:
    first = list(islice(rows, _MOST + 1))
    return Listed(sorted(first[:_MOST]), cut=len(first) > _MOST)


def _roles(node: NamedNode, terms: Terms) -> Iterator[Row]:
    """Give the situations in which something plays a role, each with whether it happened."""
    store = terms.view
    for subject, predicate in store.pointing(node):
        occurrence = store.value(subject, dip("occurrence"))
        if occurrence is not None and predicate != RDF_TYPE:
            yield Row(terms.link(predicate), terms.link(subject), (terms.link(occurrence), *terms.classes(subject)))


def _said(node: NamedNode, terms: Terms, by: NamedNode) -> Iterator[Row]:
    """Give the claims that come from a source or an article: where, who says it, and how firmly."""
    view = terms.view
    for claim in view.subjects(by, node):
        if view.value(claim, dip("reports")) is not None or not view.is_a(claim, "Claim"):
            continue
        firmness = [view.value(claim, dip(word)) for word in ("certainty", "polarity", "status")]
        place = next(iter(terms.places(claim)), Link(""))
        sources = situations.chain(claim, terms)
        voices = (sources[1:] or [Link("the article itself")]) if by == SOURCE else sources
        firm = [terms.link(word) for word in firmness if word is not None]
        yield Row(Link(f"{start_of(place):09}"), _plainly(claim, by, terms), (place, *firm), tuple(voices))


def _plainly(claim: NamedNode, by: NamedNode, terms: Terms) -> Link:
    """Show a claim; on the page of its article without that."""
    link = terms.link(claim)
    return Link(terms.told(claim), link.href, link.title) if by == SOURCE else link


def _sources(article: NamedNode, terms: Terms) -> list[tuple[Link, int]]:
    """Show whom an article cites, and how often."""
    view = terms.view
    claimants = (view.value(claim, dip("claimant")) for claim in view.subjects(SOURCE, article))
    counts = Counter(terms.link(one) for one in claimants if one is not None and one != article)
    return sorted(counts.items())


def _incoming(node: NamedNode, terms: Terms) -> Iterator[Row]:
    """Give all that points at something."""
    for subject, predicate in terms.view.pointing(node):
        yield Row(terms.link(predicate), terms.link(subject))


def _told_apart(listed: Listed, terms: Terms) -> Listed:
    """Add the short name of the IRI to rows that look alike."""
    seen = Counter((row.role, row.thing.text) for row in listed.rows)
    rows = [
        Row(row.role, row.thing, (terms.short_link(NamedNode(row.thing.title)),))
        if seen[row.role, row.thing.text] > 1 and row.thing.title
        else row
        for row in listed.rows
    ]
    return Listed(rows, listed.cut)


def _article(article: NamedNode, terms: Terms) -> Rows:
    """Show the facts of an article but those that the top of its page has; its checksum last."""
    listed = terms.properties(article, (RDFS_LABEL, RDF_TYPE, IDENTIFIER))
    return sorted(listed, key=lambda row: row[0].title == _SHA256)


def _lists(node: NamedNode, terms: Terms) -> list[tuple[str, int, str]]:
    """Give the lists of what is of a class itself: how many of what, and the address."""
    view = terms.view
    claimed, occurrence = dip("claimedType"), dip("occurrence")
    pointing = view.pointing(node)
    things = [subject for subject, predicate in pointing if predicate == RDF_TYPE]
    happened = sum(view.value(thing, occurrence) is not None for thing in things)
    entities = sum(view.value(thing, IDENTIFIER) is not None for thing in things) if _is_entity(node, view) else 0
    claims = sum(predicate == claimed for _, predicate in pointing)
    counts = (("situation", happened, "situations"), ("claim", claims, "claims"), ("entity", entities, "entities"))
    query = urlencode({"class": node.value})
    return [(noun if number == 1 else kind, number, f"/list/{kind}?{query}") for noun, number, kind in counts if number]


def _is_entity(node: NamedNode, view: View) -> bool:
    """Tell whether a class is one of entities."""
    ahead, seen = [node], {node}
    while ahead:
        above = {one for one in view.values(ahead.pop(), _SUBCLASS) if isinstance(one, NamedNode)} - seen
        seen |= above
        ahead.extend(above)
    return dip("Entity") in seen


def _triples(node: NamedNode, graph: Served) -> Iterator[Triple]:
    """Give what is said of something, of its values and spans, and what points at it; each triple once."""
    given: set[Triple] = set()
    ahead, seen = [node], {node}
    inner = tuple(f"{graph.base}{space}/" for space in ("value", "mention"))
    while ahead:
        for quad in graph.store.quads_for_pattern(ahead.pop(), None, None):
            given.add(quad.triple)
            found = quad.object
            if isinstance(found, NamedNode) and found.value.startswith(inner) and found not in seen:
                seen.add(found)
                ahead.append(found)
    yield from sorted(given, key=str)
    pointing = {quad.triple for quad in graph.store.quads_for_pattern(None, None, node)} - given
    yield from sorted(pointing, key=str)
