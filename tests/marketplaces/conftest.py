"""Small HTTP servers on this machine, and connections to them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime

import httpx
import pytest
from aiohttp import web

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import open_client
from tests.fakes.account_secrets import MemorySecrets

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Handler], Awaitable[str]]
Connect = Callable[..., Connection]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server whose every request goes to the handler; returns its base URL."""
    runners: list[web.AppRunner] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """The shared client as the program opens it."""
    opened = await asyncio.to_thread(open_client)
    yield opened
    await opened.aclose()


@pytest.fixture
def connect(client: httpx.AsyncClient) -> Connect:
    """A connection to a base URL with secrets of its own."""

    def make(
        base_url: str,
        *,
        secrets: MemorySecrets | None = None,
        settings: Mapping[str, str] | None = None,
        identity: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = lambda: NOW,
        account_id: int = 1,
    ) -> Connection:
        account = Account(
            AccountId(account_id),
            "mercadolibre",
            "Test shop",
            kind=AccountKind.PRACTICE,
            settings={
                "client_id": "practice-app",
                "redirect_uri": "https://practice.invalid/callback",
                **(settings or {}),
            },
            identity=identity or {},
        )
        return Connection(account, secrets or MemorySecrets(), client, now, base_url)

    return make
