"""The application: which path is answered by what."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from importlib import resources
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from diplograph.web import addresses
from diplograph.web.guard import Guard
from diplograph.web.protocol import LARGEST, RefusedError, asked
from diplograph.web.sending import done, plain, refused
from diplograph.web.tasks import Ask, Describe, Question, Task

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request

    from diplograph.web.pool import Pool

_PATIENCE: Final = 60.0
"""Seconds that a body may take to arrive."""
_STATIC: Final = {"style.css": "text/css", "script.js": "text/javascript", "icon.svg": "image/svg+xml"}


def application(pool: Pool, base: str, port: int, origins: tuple[str, ...], ready: Callable[[], None]) -> Guard:
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
        body = await _body(request) if request.method == "POST" else b""
        content_type = request.headers.get("content-type", "")
        found = asked(request.method, request.scope["query_string"], content_type, body)
        accept = addresses.accepted(request)
        if found.query is None:
            return await done(Describe(f"http://{request.headers['host']}/sparql", accept), request, pool)
        return await done(Ask(found.query, accept, found.default_graphs, found.named_graphs), request, pool)

    def page(task_of: Callable[[Request], Task]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            task = task_of(request)
            try:
                return await done(task, request, pool)
            except RefusedError as error:
                if not isinstance(task, Question) or task.format or not error.stopped:
                    raise
                told = msgspec.structs.replace(task, problem=str(error))  # the question is still there to be changed
                return await done(told, request, pool, error.status)

        return answer

    routes = [
        Route("/sparql", sparql, methods=["GET", "POST"]),
        Route("/", page(addresses.start)),
        Route("/list/{kind}", page(addresses.listing)),
        Route("/query", page(addresses.question)),
        Route("/query/{name}", page(addresses.question)),
        Route("/about", page(addresses.about)),
        Route("/id/{rest:path}", page(addresses.thing(base))),
        *(Route(f"/static/{name}", _static(name, kind)) for name, kind in _STATIC.items()),
    ]
    app = Starlette(routes=routes, lifespan=life, exception_handlers={RefusedError: refused, HTTPException: _http})
    return Guard(app, port, origins)


def _static(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    content = (resources.files("diplograph.web") / "static" / name).read_bytes()

    async def answer(_: Request) -> Response:
        return Response(content, 200, {"Cache-Control": "no-cache"}, media_type)

    return answer


async def _body(request: Request) -> bytes:
    """Read a body of bounded length, in bounded time.

    Raises:
        RefusedError: it is too long, or does not end.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    raise RefusedError(413, f"The request is longer than {LARGEST >> 20} MB.", Connection="close")
    except TimeoutError as error:
        message = f"The request did not arrive in {_PATIENCE:g} seconds."
        raise RefusedError(408, message, Connection="close") from error
    return bytes(body)


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):  # pragma: no cover - registered for these only
        raise error
    said = {404: "There is nothing here.", 405: f"{request.method} is not done here."}
    return plain(request, error.status_code, said.get(error.status_code, error.detail), dict(error.headers or {}))
