"""The application without a server: what no client can be made to do in good time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.test_serve_pool import SETTINGS

from diplograph.web import app
from diplograph.web.pool import Pool

if TYPE_CHECKING:
    import pytest
    from starlette.types import Message


def test_a_body_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_PATIENCE", 0.01)
    served = app.application(Pool(SETTINGS, 1, 1, 1), SETTINGS.base, 8080, (), lambda: None)
    headers = [(b"host", b"localhost:8080"), (b"content-type", b"application/sparql-query")]
    scope = {"type": "http", "method": "POST", "path": "/sparql", "query_string": b"", "headers": headers}
    ahead: list[Message] = [{"type": "http.request", "body": b"ASK", "more_body": True}]
    said: list[Message] = []

    async def receive() -> Message:
        if not ahead:
            await asyncio.Event().wait()
        return ahead.pop()

    async def send(message: Message) -> None:
        said.append(message)

    async def run() -> None:
        async with asyncio.timeout(20):
            await served(scope | {"server": ("127.0.0.1", 8080), "root_path": ""}, receive, send)

    asyncio.run(run())
    assert said[0]["status"] == 408
    assert (b"connection", b"close") in said[0]["headers"]
    assert b"did not arrive" in said[1]["body"]
