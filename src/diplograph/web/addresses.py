"""What a request for a page asks for: the task that makes the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from diplograph.web.protocol import RefusedError, fields
from diplograph.web.tasks import Listing, Question, Start, Task, Thing

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

_START: Final = re.compile(r"[0-9]{1,7}")
_LONGEST_SEARCH: Final = 200
_FIELD: Final = "p."
"""What the names of a question's fields begin with, so that they are no others."""
_OWN: Final = frozenset(("query", "format", "ask", "wait"))
"""The names that the page of a question has for itself; by any other name a parameter may be given."""


def _values(request: Request) -> dict[str, str]:
    """Read the fields of an address; of several with one name, the last."""
    return {name: values[-1] for name, values in fields(request.scope["query_string"]).items()}


def accepted(request: Request) -> str:
    """Give what the client takes, however many headers tell it."""
    return ", ".join(request.headers.getlist("accept"))


def start(_: Request) -> Task:
    """Ask for the start page."""
    return Start()


def listing(request: Request) -> Task:
    """Ask for a list."""
    given = _values(request)
    start = given.get("start", "0")
    if not _START.fullmatch(start):
        raise RefusedError(404, "There is no such page.")
    only = {name: given[name] for name in ("class", "occurrence") if given.get(name)}
    words = " ".join(given.get("q", "")[:_LONGEST_SEARCH].split())
    return Listing(request.path_params["kind"], only, words, int(start))


def question(request: Request) -> Task:
    """Ask for the page of a question."""
    given = _values(request)
    plain = {name: value for name, value in given.items() if name not in _OWN and not name.startswith(_FIELD)}
    return Question(
        name=request.path_params.get("name", ""),
        query=given.get("query", "").replace("\r\n", "\n"),
        given=plain | {name.removeprefix(_FIELD): value for name, value in given.items() if name.startswith(_FIELD)},
        format=given.get("format", ""),
        asked="ask" in given,
        waits="wait" in given,
    )


def about(request: Request) -> Task:
    """Ask for the page of an IRI that the address names."""
    given = _values(request)
    return Thing(given.get("iri", ""), accepted(request), given.get("format", ""))


def thing(base: str) -> Callable[[Request], Task]:
    """Ask for the page of an IRI under the base of the data, which has the same path behind it."""

    def found(request: Request) -> Task:
        path = request.scope["raw_path"].decode("ascii").partition("?")[0].removeprefix("/id/")
        return Thing(base + path, accepted(request), _values(request).get("format", ""))

    return found
