"""The spans of one annotation: checked against the text, and quotes turned into offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from diplograph.anchoring.texts import digest, moved, occurrences
from diplograph.reading.documents import Problem
from diplograph.reading.kinds import SPAN_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diplograph.reading.documents import Path, Raw

_SPAN_KEYS: Final = ("evidence", "quotation")


class Anchored(Struct, frozen=True):
    """The span that replaces what stands at a path, in the form that annotations write."""

    path: Path
    span: str


def span_places(data: Raw) -> Iterator[tuple[Path, Raw]]:
    """Go through everything in an annotation that stands for a span."""
    if not isinstance(data, dict):
        return
    article = data.get("article")
    parts = article.get("parts") if isinstance(article, dict) else None
    if isinstance(parts, dict):
        for word, spans in parts.items():
            yield from _items(spans, ("article", "parts", word))
    for key in ("names", "facts", "noFact"):
        yield from _below(data.get(key), (key,))


def _below(data: Raw, path: Path) -> Iterator[tuple[Path, Raw]]:
    if isinstance(data, list):
        for place, item in enumerate(data):
            yield from _below(item, (*path, place))
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _items(value, (*path, key)) if key in _SPAN_KEYS else _below(value, (*path, key))


def _items(value: Raw, path: Path) -> Iterator[tuple[Path, Raw]]:
    if isinstance(value, list):
        yield from (((*path, place), item) for place, item in enumerate(value))
    else:
        yield path, value


def extent(raw: Raw) -> tuple[int, int]:
    """Give the first and the last offset of a span that has been checked."""
    found = SPAN_PATTERN.fullmatch(str(raw))
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def check_span(raw: Raw, path: Path, text: str) -> Problem | Anchored | None:
    """Check one span against the text; `None` where it holds.

    A quote, or offsets without a digest, give what to write instead.
    """
    if isinstance(raw, dict):
        return _quote(raw, path, text)
    found = SPAN_PATTERN.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        return Problem(path, "span", "This is no span.", "Write start-end in code points, or a quote.")
    start, end = int(found.group(1)), int(found.group(2))
    if not start < end <= len(text):
        message = f"The span {start}-{end} is not within the text, which has {len(text)} code points."
        return Problem(path, "evidence-outside", message, _where(start, end, found.group(3), text))
    if found.group(3) is None:
        return Anchored(path, _written(start, end, text))
    if digest(text[start:end]) == found.group(3):
        return None
    message = f"The text at {start}-{end} is not what it was when the span was written."
    return Problem(path, "span-digest", message, _where(start, end, found.group(3), text))


def _where(start: int, end: int, wanted: str | None, text: str) -> str:
    """Say where a span has moved to, if its text is still there."""
    places = moved(end - start, wanted, text) if wanted and start < end else []
    if places is None:
        return ""
    if not places:
        return "Its text is not in the article any more." if wanted else ""
    return "It moved to " + ", ".join(f"{first}-{last}/{wanted}" for first, last in places) + "."


def _quote(raw: dict[str, Raw], path: Path, text: str) -> Problem | Anchored:
    quote, nth = raw.get("quote"), raw.get("nth")
    if not isinstance(quote, str) or not quote.strip() or raw.keys() - {"quote", "nth"}:
        return Problem(path, "quote", "A quote is a mapping with 'quote', and 'nth' where it stands more than once.")
    places = occurrences(quote, text)
    if not places:
        return Problem(
            path, "quote-not-found", "The quote is not in the text.", "Copy it exactly, quotation marks too."
        )
    if nth is None and len(places) > 1:
        starts = ", ".join(str(start) for start, _ in places[:5])
        hint = "Make it longer, or add nth: 1 for the first."
        return Problem(path, "quote-ambiguous", f"The quote stands {len(places)} times in the text, at {starts}.", hint)
    if nth is not None and (isinstance(nth, bool) or not isinstance(nth, int) or not 1 <= nth <= len(places)):
        return Problem((*path, "nth"), "quote-nth", f"'nth' has to be a number from 1 to {len(places)}.")
    return Anchored(path, _written(*places[nth - 1 if isinstance(nth, int) else 0], text))


def _written(start: int, end: int, text: str) -> str:
    return f"{start}-{end}/{digest(text[start:end])}"
