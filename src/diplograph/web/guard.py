"""What stands before every answer: whom the server talks to, and what browsers may do with its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response

from diplograph.web.tasks import CUT

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind} 'self'" for kind in ("style-src", "script-src", "img-src", "form-action")),
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """Passes on what is meant for this server, and adds the headers that keep browsers in bounds.

    A page elsewhere whose name is made to point at this machine asks under its own name, and is
    refused. Pages of `origins`, or of all with `*`, may read the answers; those of others may not,
    nor may they keep the workers busy, or learn from how long an answer takes: they may link here.
    """

    def __init__(self, app: ASGIApp, port: int, origins: tuple[str, ...]) -> None:
        self._app, self._origins = app, origins
        self._hosts = {f"{host}:{port}" for host in _HOSTS} | (set(_HOSTS) if port == 80 else set())  # noqa: PLR2004 - of HTTP

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)
        allowed = self._allowed(given.get("origin", ""))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS | allowed)
                if self._origins and "*" not in self._origins:
                    headers.add_vary_header("Origin")
            await send(message)

        app = self._app
        if given.get("host", "").lower() not in self._hosts:
            app = _ELSEWHERE
        elif not allowed and _is_drawn_in(given):
            app = _DRAWN_IN
        elif scope["method"] == "OPTIONS":
            app = _preflight(given) if allowed else _OPTIONS
        await app(scope, receive, guarded)

    def _allowed(self, origin: str) -> dict[str, str]:
        if not origin or ("*" not in self._origins and origin not in self._origins):
            return {}
        named = "*" if "*" in self._origins else origin
        return {"Access-Control-Allow-Origin": named, "Access-Control-Expose-Headers": CUT}


def _is_drawn_in(given: Headers) -> bool:
    """Tell whether a page of another origin makes a browser ask, and not a link (Fetch Metadata Request Headers)."""
    is_followed = (given.get("sec-fetch-mode"), given.get("sec-fetch-dest")) == ("navigate", "document")
    return given.get("sec-fetch-site") in ("cross-site", "same-site") and not is_followed


_METHODS: Final = "GET, HEAD, POST, OPTIONS"
_ELSEWHERE: Final = PlainTextResponse("This server is asked as 127.0.0.1 or localhost, with its port.\n", 421)
_DRAWN_IN: Final = PlainTextResponse("Pages of other origins are answered if --cors names them.\n", 403)
_OPTIONS: Final = Response(status_code=204, headers={"Allow": _METHODS})


def _preflight(given: Headers) -> Response:
    asked = given.get("access-control-request-headers", "Accept, Content-Type")
    headers = {"Access-Control-Allow-Methods": "GET, HEAD, POST", "Access-Control-Max-Age": "600"}
    return Response(status_code=204, headers={"Allow": _METHODS, "Access-Control-Allow-Headers": asked, **headers})
