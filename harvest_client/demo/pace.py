"""Latency of every response, and its date."""

import asyncio
from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Pace:
    """Waits `latency` seconds before every answer, and dates it."""

    def __init__(self, app: ASGIApp, latency: float) -> None:
        self._app = app
        self._latency = latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._latency:
            await asyncio.sleep(self._latency)

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                headers["date"] = formatdate(usegmt=True)
            await send(message)

        await self._app(scope, receive, dated)
