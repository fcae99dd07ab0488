"""Somebody who receives webhooks, over real HTTP on 127.0.0.1."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Delivery:
    """One request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass
class Receiver:
    """``answers`` (a status or a whole response) are given in turn, then 200. With ``gate`` shut it does not answer."""

    url: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    answers: list[int | web.Response] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def types(self) -> list[str]:
        """The types of all that came, in order."""
        return [delivery.event["type"] for delivery in self.deliveries]

    async def take(self, request: web.Request) -> web.Response:
        """Keep a request and answer it."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.deliveries.append(Delivery(request.path, dict(request.headers), await request.read()))
            answer = self.answers.pop(0) if self.answers else web.Response(text="thank you")
            self.arrived.set()
            await self.gate.wait()
            return web.Response(status=answer, text=f"answer {answer}") if isinstance(answer, int) else answer
        finally:
            self.at_once -= 1


@contextlib.asynccontextmanager
async def open_receiver() -> AsyncIterator[Receiver]:
    """A receiver at an address of this machine."""
    receiver = Receiver()
    receiver.gate.set()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield receiver
    finally:
        receiver.gate.set()
        await runner.cleanup()
