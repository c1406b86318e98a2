"""The application: which path is answered by what."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import IO, TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from diplograph.web.guard import Guard
from diplograph.web.protocol import LARGEST, RefusedError, asked
from diplograph.web.tasks import Ask, Describe, Reply, Task

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from starlette.requests import Request

    from diplograph.web.pool import Pool

_CHUNK: Final = 1 << 16


def application(pool: Pool, port: int, origins: tuple[str, ...], ready: Callable[[], None]) -> Guard:
    """Make the application, which asks the workers of a pool; tells when these are ready."""

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        try:
            await pool.start()
            ready()
            yield
        finally:
            await pool.close()

    async def sparql(request: Request) -> Response:
        scope = request.scope
        body = await _body(request) if request.method == "POST" else b""
        content_type = request.headers.get("content-type", "")
        found = asked(request.method, scope["query_string"], content_type, body)
        accept = ", ".join(request.headers.getlist("accept"))
        if found.query is None:
            return await _done(Describe(f"http://{request.headers['host']}/sparql", accept), request, pool)
        return await _done(Ask(found.query, accept, found.default_graphs, found.named_graphs), request, pool)

    routes = [Route("/sparql", sparql, methods=["GET", "POST"])]
    app = Starlette(routes=routes, lifespan=life, exception_handlers={RefusedError: _refused, HTTPException: _http})
    return Guard(app, port, origins)


async def _body(request: Request) -> bytes:
    """Read a body of bounded length.

    Raises:
        RefusedError: it is too long.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise RefusedError(413, f"The request is longer than {LARGEST >> 20} MB.", Connection="close")
    return body


async def _done(task: Task, request: Request, pool: Pool) -> Response:
    """Have a task done, unless the client goes away meanwhile."""
    work = asyncio.ensure_future(pool.done(task))
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            return Response(status_code=499)  # nobody hears it
        reply, body = work.result()
    finally:
        work.cancel()
        gone.cancel()
    return _response(reply, body)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _response(reply: Reply, body: IO[bytes]) -> Response:
    headers = {"Vary": "Accept", "Cache-Control": "no-store", **reply.headers}
    if reply.size <= _CHUNK:
        with body:
            return Response(body.read(), reply.status, headers, reply.media_type)
    return StreamingResponse(
        _chunks(body), reply.status, headers | {"Content-Length": str(reply.size)}, reply.media_type
    )


def _chunks(body: IO[bytes]) -> Iterator[bytes]:
    with body:
        while chunk := body.read(_CHUNK):
            yield chunk


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, RefusedError):  # pragma: no cover - registered for these only
        raise error
    return PlainTextResponse(f"{error}\n", error.status, error.headers)


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):  # pragma: no cover - the same
        raise error
    said = {404: "There is nothing here.", 405: f"{request.method} is not done here."}
    message = said.get(error.status_code, error.detail)
    return PlainTextResponse(f"{message}\n", error.status_code, dict(error.headers or {}))
