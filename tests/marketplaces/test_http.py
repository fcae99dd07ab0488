"""Failures and statuses become the right errors, and no secret gets into them."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from aiohttp import web

from mmhub_desktop.errors import MarketplaceError, Offline, OutcomeUnknown, RateLimited, Unavailable, UnexpectedReply
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import open_client, quote, read_json, read_wait, send

TOKEN = "APP_USR-very-secret-token-1234567890"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def request_to(connection: Connection, url: str, method: str = "POST") -> httpx.Request:
    return connection.http.build_request(method, url, json={"a": 1}, headers={"Authorization": f"Bearer {TOKEN}"})


async def failure(connection: Connection, request: httpx.Request, *, once: bool = False) -> MarketplaceError:
    with pytest.raises(MarketplaceError) as caught:
        await send(connection, request, label="Shop", once=once)
    error = caught.value
    chain = f"{error!r} {error} {error.original} {error.__cause__!r}"
    assert TOKEN not in chain
    return error


async def test_answers_below_500_come_back(serve, connect):
    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"error": "bad"}, status=400)

    connection = connect(await serve(handler))
    response = await send(connection, request_to(connection, connection.base_url), label="Shop", once=True)
    assert response.status_code == 400
    assert read_json(response, label="Shop") == {"error": "bad"}


@pytest.mark.parametrize(("once", "kind"), [(False, Unavailable), (True, OutcomeUnknown)])
async def test_a_server_error_leaves_a_create_open(serve, connect, once, kind):
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=503, text=f"echo {request.headers['Authorization']}", headers={"Retry-After": "7"})

    connection = connect(await serve(handler))
    error = await failure(connection, request_to(connection, connection.base_url), once=once)
    assert type(error) is kind
    assert "503" in error.original
    if isinstance(error, Unavailable):
        assert error.retry_after_s == 7


@pytest.mark.parametrize("once", [False, True])
async def test_too_many_requests_has_no_effect(serve, connect, once):
    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"error": "local_rate_limited"}, status=429, headers={"Retry-After": "3"})

    connection = connect(await serve(handler))
    error = await failure(connection, request_to(connection, connection.base_url), once=once)
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 3


@pytest.mark.parametrize(("once", "kind"), [(False, Unavailable), (True, OutcomeUnknown)])
async def test_a_broken_connection_after_sending(serve, connect, once, kind):
    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    connection = connect(await serve(handler))
    assert type(await failure(connection, request_to(connection, connection.base_url), once=once)) is kind


@pytest.mark.parametrize(("once", "kind"), [(False, Unavailable), (True, OutcomeUnknown)])
async def test_no_answer_in_time(serve, connect, once, kind):
    released = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        await released.wait()
        return web.Response()

    connection = connect(await serve(handler))
    request = request_to(connection, connection.base_url)
    request.extensions["timeout"] = {"connect": 5, "read": 0.05, "write": 5, "pool": 5}
    error = await failure(connection, request, once=once)
    released.set()
    assert type(error) is kind


async def test_a_refused_connection_was_not_sent(connect):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    connection = connect(f"http://127.0.0.1:{port}")
    error = await failure(connection, request_to(connection, connection.base_url), once=True)
    assert type(error) is Unavailable


class _FailingTransport(httpx.AsyncBaseTransport):
    def __init__(self, cause: BaseException) -> None:
        self._cause = cause

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("All connection attempts failed") from self._cause


@pytest.fixture
async def broken_network(connect) -> AsyncIterator[object]:
    """Connections over a network that fails with a given cause (real ones cannot be had on every machine)."""
    clients: list[httpx.AsyncClient] = []

    def make(cause: BaseException) -> Connection:
        client = httpx.AsyncClient(transport=_FailingTransport(cause))
        clients.append(client)
        standing = connect("https://shop.invalid")
        return Connection(standing.account, standing.secrets, client, standing.now, standing.base_url)

    yield make
    for client in clients:
        await client.aclose()


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), Offline),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), Offline),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), Unavailable),
        (
            ExceptionGroup(
                "many", [OSError(errno.ENETUNREACH, "v6"), ConnectionRefusedError(errno.ECONNREFUSED, "v4")]
            ),
            Unavailable,
        ),
        (ExceptionGroup("many", [OSError(errno.ENETUNREACH, "v6"), OSError(errno.EHOSTUNREACH, "v4")]), Offline),
    ],
)
async def test_no_network_is_told_from_a_closed_door(broken_network, cause, kind):
    connection = broken_network(cause)
    assert type(await failure(connection, request_to(connection, "https://shop.invalid/"), once=True)) is kind


async def test_an_answer_that_is_no_json(serve, connect):
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="<html>" + "x" * 5000, status=int(request.query["status"]))

    connection = connect(await serve(handler))
    created = await send(connection, request_to(connection, f"{connection.base_url}/?status=201"), label="Shop")
    with pytest.raises(UnexpectedReply) as caught:
        read_json(created, label="Shop")
    assert caught.value.original.startswith("201 <html>")
    assert len(caught.value.original) < 700
    with pytest.raises(OutcomeUnknown):
        read_json(created, label="Shop", once=True)
    refused = await send(connection, request_to(connection, f"{connection.base_url}/?status=403"), label="Shop")
    with pytest.raises(UnexpectedReply):
        read_json(refused, label="Shop", once=True)


async def test_quotes_are_free_of_secrets(serve, connect):
    body = f'{{"access_token":"AAAAAAAAAA","refresh_token": "BBBBBBBBBB", "said":"{TOKEN}", "h":"Bearer CCCCCCCC"}}'

    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=body)

    connection = connect(await serve(handler))
    response = await send(connection, request_to(connection, connection.base_url), label="Shop")
    quoted = quote(response)
    assert '"said":"•••"' in quoted
    assert not any(secret in quoted for secret in (TOKEN, "AAAAAAAAAA", "BBBBBBBBBB", "CCCCCCCC"))


async def test_a_token_that_cannot_be_sent_is_not_shown(serve, connect):
    async def handler(request: web.Request) -> web.Response:
        return web.Response()

    connection = connect(await serve(handler))
    request = connection.http.build_request("GET", connection.base_url, headers={"Authorization": f"Bearer {TOKEN}\nx"})
    error = await failure(connection, request)
    assert "could not be made" in error.message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "Mon, 01 Jun 2026 12:00:30 GMT"}, 30),
        ({"Retry-After": "Mon, 01 Jun 2026 12:00:30 GMT", "Date": "Mon, 01 Jun 2026 12:00:10 GMT"}, 20),
        ({"Retry-After": "Mon, 01 Jun 2026 11:00:00 GMT"}, 0),
        ({"Retry-After": "99999999"}, 86400),
        ({"Retry-After": "soon"}, None),
        ({"X-RateLimit-Reset": "15"}, 15),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 40)}, 40),
        ({"X-RateLimit-Reset": str((int(NOW.timestamp()) + 40) * 1000)}, 40),
        ({"RateLimit-Reset": "9", "X-RateLimit-Reset": "15"}, 9),
        ({}, None),
    ],
)
def test_the_wait_that_headers_name(headers, seconds):
    assert read_wait(httpx.Headers(headers), NOW) == seconds


async def test_the_client_ignores_the_environment(monkeypatch, serve, connect):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=request.headers["User-Agent"])

    url = await serve(handler)
    async with open_client() as client:
        response = await client.get(url)
    assert response.text.startswith("MultiMarketHub/")


async def test_a_call_waits_for_its_place_and_is_not_sent_without_one(serve, connect):
    came: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        came.append("call")
        return web.json_response({})

    async def pace() -> None:
        came.append("place")
        if len(came) > 2:
            raise RateLimited("used up", retry_after_s=60)

    connection = replace(connect(await serve(handler)), pace=pace)
    await send(connection, request_to(connection, connection.base_url), label="Shop")
    with pytest.raises(RateLimited):
        await send(connection, request_to(connection, connection.base_url), label="Shop", once=True)
    assert came == ["place", "call", "place"]
