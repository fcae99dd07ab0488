"""Token calls that are not the usual refresh: keys alone, a Basic header, a form of its own, two slots."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiohttp import web

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import open_client
from mmhub_desktop.marketplaces.oauth import SecretSlot, TokenEndpoint, TokenSource
from tests.fakes.account_secrets import MemorySecrets


class Tokens:
    """A token endpoint that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], dict[str, str]]] = []
        self.answer: dict[str, object] = {"access_token": "first", "expires_in": 900}
        self.url = ""

    async def give(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.asked.append((dict(request.headers), form))
        return web.json_response(self.answer)


@pytest.fixture
async def tokens() -> AsyncIterator[Tokens]:
    server = Tokens()
    app = web.Application()
    app.router.add_post("/token", server.give)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/token"
    yield server
    await runner.cleanup()


@pytest.fixture
async def connection() -> AsyncIterator[Connection]:
    client = open_client()
    secrets = MemorySecrets({"client_secret": "s3cret"}, [])
    yield Connection(Account(AccountId(1), "shop", "Shop"), secrets, client, lambda: datetime.now(UTC))
    await client.aclose()


async def test_keys_alone_give_a_token_in_a_basic_header(tokens: Tokens, connection: Connection) -> None:
    endpoint = TokenEndpoint(
        "Shop", tokens.url, "me", basic=True, keys_only=True, scope="items", headers=lambda: {"X-Correlation": "1"}
    )
    source = TokenSource(connection, endpoint)
    assert await source.access_token() == "first"
    headers, form = tokens.asked[0]
    assert form == {"grant_type": "client_credentials", "scope": "items"}
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"me:s3cret"
    assert headers["X-Correlation"] == "1"
    end = await source.expires_at()
    assert end is not None
    assert timedelta(seconds=850) < end - datetime.now(UTC) <= timedelta(seconds=900)
    assert await source.access_token() == "first"
    assert len(tokens.asked) == 1


async def test_a_marketplace_with_a_token_call_of_its_own(tokens: Tokens, connection: Connection) -> None:
    tokens.answer = {"accessToken": "theirs", "expiresIn": "14400"}

    def ask(http: httpx.AsyncClient, known: object) -> httpx.Request:
        assert isinstance(known, dict)
        return http.build_request("POST", tokens.url, headers={"Authorization": f"Bearer {known['client_secret']}"})

    source = TokenSource(connection, TokenEndpoint("Shop", tokens.url, "", ask=ask))
    assert await source.access_token() == "theirs"
    assert tokens.asked[0][0]["Authorization"] == "Bearer s3cret"
    end = await source.expires_at()
    assert end is not None
    assert end - datetime.now(UTC) > timedelta(seconds=14_000)


async def test_two_tokens_of_one_account_do_not_mix(tokens: Tokens, connection: Connection) -> None:
    await connection.secrets.save({"access_token": "user", "refresh_token": "again", "token_renew_at": ""})
    slot = replace(connection, secrets=SecretSlot(connection.secrets, "app_"))
    endpoint = TokenEndpoint("Shop", tokens.url, "me", keys_only=True)
    assert await TokenSource(slot, endpoint).access_token() == "first"
    known = await connection.secrets.load()
    assert (known["access_token"], known["app_access_token"]) == ("user", "first")
    assert tokens.asked[0][1]["client_secret"] == "s3cret"
    assert "refresh_token" not in await slot.secrets.load()
