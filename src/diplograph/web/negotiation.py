"""Content negotiation: which of the syntaxes on offer a client likes best (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence


class Offer(Struct, frozen=True):
    """A syntax: its name, and the media type that it is asked for and sent by."""

    name: str
    media_type: str


RESULTS: Final = (
    Offer("json", "application/sparql-results+json"),
    Offer("xml", "application/sparql-results+xml"),
    Offer("csv", "text/csv"),
    Offer("tsv", "text/tab-separated-values"),
    Offer("json", "application/json"),
    Offer("xml", "application/xml"),
)
"""What SELECT and ASK can be answered in."""
GRAPHS: Final = (
    Offer("ttl", "text/turtle"),
    Offer("nt", "application/n-triples"),
    Offer("jsonld", "application/ld+json"),
    Offer("rdf", "application/rdf+xml"),
    Offer("jsonld", "application/json"),
    Offer("nt", "text/plain"),
)
"""What CONSTRUCT, DESCRIBE and descriptions of single things can be answered in."""
PAGE: Final = Offer("html", "text/html")


def chosen(accept: str, offers: Sequence[Offer]) -> Offer | None:
    """Choose what a client likes best, the first of several; `None` if it takes nothing of what there is.

    >>> chosen("text/csv;q=0.5, application/*;q=0.6", RESULTS).name
    'json'
    >>> chosen("image/png", RESULTS) is None
    True
    """
    if not accept.strip():
        return offers[0]
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    weights = [_weight(offer.media_type, ranges) for offer in offers]
    best = max(weights, default=0.0)
    return offers[weights.index(best)] if best > 0 else None


def offered(name: str, offers: Sequence[Offer]) -> Offer | None:
    """Find an offer by its name."""
    return next((offer for offer in offers if offer.name == name), None)


def _range(part: str) -> tuple[str, float]:
    media, *settings = (item.strip().lower() for item in part.split(";"))
    for name, _, value in (setting.partition("=") for setting in settings):
        if name.strip() == "q":
            try:
                return media, min(max(float(value), 0.0), 1.0)
            except ValueError:
                return media, 0.0
    return media, 1.0


def _weight(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """Give the weight of a media type: the most exact range that holds it decides."""
    for wanted in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        found = [weight for media, weight in ranges if media == wanted]
        if found:
            return max(found)
    return 0.0
