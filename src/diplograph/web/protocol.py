"""What a request to the endpoint asks for: the operations of the SPARQL 1.1 Protocol (section 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST: Final = 1 << 22
"""Bytes of a body; a query of the greatest length that is taken, percent-encoded, may be as long."""
_MOST_FIELDS: Final = 1000
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"


class RefusedError(Exception):
    """A request that is not answered: the status, and a sentence for people.

    `stopped` tells that work on it had begun.
    """

    def __init__(self, status: int, message: str, *, stopped: bool = False, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.stopped = stopped
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Asked(Struct, frozen=True):
    """A query and the graphs that it is asked of; no query asks for the description of the service."""

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def fields(encoded: bytes) -> dict[str, list[str]]:
    """Read the fields of a form or of a query string, each with all its values.

    Raises:
        RefusedError: they are not UTF-8, or too many.
    """
    try:
        pairs = parse_qsl(encoded.decode("ascii"), True, False, "utf-8", "strict", _MOST_FIELDS)  # noqa: FBT003 - positional in part
    except ValueError as error:
        raise RefusedError(400, "The fields of the request are not UTF-8 in percent-encoding, or too many.") from error
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def asked(method: str, query_string: bytes, content_type: str, body: bytes) -> Asked:
    """Read what a request asks for.

    Raises:
        RefusedError: it is none of the protocol's query operations.
    """
    given = fields(query_string)
    if method in ("GET", "HEAD"):
        _no_update(given)
        return Asked(_single(given), *_graphs(given))
    media_type, _, settings = (part.strip().lower() for part in content_type.partition(";"))
    if media_type == _FORM:
        form = fields(body)
        _no_update(form)
        found = Asked(_single(form), *_graphs(form))
    elif media_type == _QUERY:
        found = Asked(_text(body, settings), *_graphs(given))
    elif media_type == _UPDATE:
        raise RefusedError(403, "This endpoint only answers queries; updates are refused.")
    else:
        raise RefusedError(415, f"A query is sent by POST as {_FORM} or as {_QUERY}.")
    if found.query is None:
        raise RefusedError(400, "The request has no query.")
    return found


def _no_update(given: Mapping[str, list[str]]) -> None:
    if "update" in given:
        raise RefusedError(403, "This endpoint only answers queries; updates are refused.")


def _single(given: Mapping[str, list[str]]) -> str | None:
    queries = given.get("query", [])
    if len(queries) > 1:
        raise RefusedError(400, "The request has more than one query.")
    return queries[0] if queries else None


def _graphs(given: Mapping[str, list[str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(given.get("default-graph-uri", ())), tuple(given.get("named-graph-uri", ()))


def _text(body: bytes, settings: str) -> str:
    charset = settings.replace(" ", "").removeprefix("charset=").strip('"')
    if charset and charset not in ("utf-8", "utf8"):
        raise RefusedError(415, f"A query is sent in UTF-8, not in {charset}.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(400, f"The query is not UTF-8 at byte {error.start}.") from error
