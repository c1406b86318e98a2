"""How what a worker has made goes to the client, and how a request is refused: as a page to a browser, else as text."""

from __future__ import annotations

import asyncio
from functools import partial
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse, Response, StreamingResponse

from diplograph.web.addresses import accepted
from diplograph.web.negotiation import PAGE, Offer, chosen
from diplograph.web.pages import HTML, page
from diplograph.web.protocol import RefusedError
from diplograph.web.tasks import TEXT, Reply, Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from diplograph.web.pool import Pool

_CHUNK: Final = 1 << 16
_GONE: Final = 499
"""A status that nobody hears: the client has gone away."""


async def done(task: Task, request: Request, pool: Pool, status: int = 0) -> Response:
    """Have a task done, unless the client goes away meanwhile; with a status, that is sent for the worker's.

    Raises:
        RefusedError: it cannot be done, or its worker says why not.
    """
    work = asyncio.ensure_future(pool.done(task))
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            return Response(status_code=_GONE)
        reply, body = work.result()
    finally:
        work.cancel()
        gone.cancel()
    if reply.status >= HTTPStatus.BAD_REQUEST and reply.media_type == TEXT:
        with body:
            raise RefusedError(reply.status, body.read().decode("utf-8").strip())
    return _response(reply, body, status)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _response(reply: Reply, body: IO[bytes], status: int) -> Response:
    headers = {"Vary": "Accept", "Cache-Control": "no-store", **reply.headers}
    if reply.size <= _CHUNK:
        with body:
            return Response(body.read(), status or reply.status, headers, reply.media_type)
    headers["Content-Length"] = str(reply.size)
    return _Streamed(body, status or reply.status, headers, reply.media_type)


class _Streamed(StreamingResponse):
    """An answer that goes out in parts, of which the file is closed as soon as the client has all or goes away."""

    def __init__(self, body: IO[bytes], status: int, headers: Mapping[str, str], media_type: str) -> None:
        super().__init__(iter(partial(body.read, _CHUNK), b""), status, headers, media_type)
        self._file = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._file:
            await super().__call__(scope, receive, send)


async def refused(request: Request, error: Exception) -> Response:
    """Tell why a request is refused."""
    if not isinstance(error, RefusedError):  # pragma: no cover - registered for these only
        raise error
    return plain(request, error.status, str(error), error.headers)


def plain(request: Request, status: int, message: str, headers: Mapping[str, str]) -> Response:
    """Tell a message: to a browser as a page, but for the endpoint, which answers programs."""
    told = dict(headers) | {"Vary": "Accept"}
    offers = (Offer("text", "text/plain"), PAGE)
    if request.url.path != "/sparql" and chosen(accepted(request), offers) == PAGE:
        content = page("error.html", title=HTTPStatus(status).phrase, message=message)
        return Response(content, status, told, HTML)
    return PlainTextResponse(f"{message}\n", status, told)
