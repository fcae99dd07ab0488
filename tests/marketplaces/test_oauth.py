"""Consent with PKCE, and access tokens that renew themselves once, saved before they are used."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from mmhub_desktop.errors import CredentialError, RateLimited, SignInNeeded, Unavailable, UnexpectedReply, UserMistake
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.oauth import (
    TokenEndpoint,
    TokenSource,
    exchange_code,
    make_challenge,
    read_redirect,
    start_consent,
    wait_for_renewals,
)
from tests.fakes.account_secrets import MemorySecrets

REDIRECT = "https://shop.example/back"
CONNECTED = {"client_secret": "s3cret-value", "access_token": "old", "refresh_token": "R0"}


class TokenServer:
    """Hands out token pairs; a refresh token works once, only the newest one."""

    def __init__(self) -> None:
        self.requests: list[dict[str, str]] = []
        self.newest = "R0"
        self.life = 21600
        self.refusal: web.Response | None = None
        self.gate: asyncio.Event | None = None
        self.arrived = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.requests.append(form)
        self.arrived.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.refusal is not None:
            return self.refusal
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.newest:
            return web.json_response({"error": "invalid_grant", "message": f"bad {form['refresh_token']}"}, status=400)
        number = len(self.requests)
        self.newest = f"R{number}"
        return web.json_response(
            {
                "access_token": f"A{number}",
                "refresh_token": self.newest,
                "expires_in": self.life,
                "user_id": 77,
                "token_type": "Bearer",
            }
        )


@pytest.fixture
async def tokens() -> TokenServer:
    return TokenServer()


@pytest.fixture
async def connection(tokens, serve, connect) -> Connection:
    return connect(await serve(tokens.handle), secrets=MemorySecrets(CONNECTED))


def endpoint(connection: Connection, refusals: Mapping[str, tuple[str, str]] | None = None) -> TokenEndpoint:
    return TokenEndpoint("Shop", f"{connection.base_url}/oauth/token", "app-1", refusals or {})


def test_the_challenge_is_that_of_rfc_7636():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert make_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_consent_page_gets_everything_and_no_secret():
    address, remembered = start_consent("https://auth.example/authorization", "app-1", REDIRECT)
    query = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
    assert query == {
        "response_type": "code",
        "client_id": "app-1",
        "redirect_uri": REDIRECT,
        "state": remembered["state"],
        "code_challenge": make_challenge(remembered["verifier"]),
        "code_challenge_method": "S256",
    }
    assert 43 <= len(remembered["verifier"]) <= 128
    other = start_consent("https://auth.example/authorization", "app-1", REDIRECT)[1]
    assert other["state"] != remembered["state"]
    assert other["verifier"] != remembered["verifier"]


@pytest.mark.parametrize(
    "pasted",
    [
        f"{REDIRECT}?code=TG-1&state=S",
        f'  "{REDIRECT}?state=S&code=TG-1#_" \n',
        "?code=TG-1&state=S",
        "code=TG-1&state=S",
    ],
)
def test_the_code_is_found_in_what_people_paste(pasted):
    assert read_redirect(pasted, {"state": "S"}) == "TG-1"


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "not the address"),
        ("TG-1", "not the address"),
        (f"{REDIRECT}?code=TG-1", "not the address"),
        (f"{REDIRECT}?code=TG-1&state=other", "another attempt"),
        (f"{REDIRECT}?code=TG-1&state=ñandú", "another attempt"),
        ("https://auth.example/authorization?client_id=1&state=S", "asks for access"),
    ],
)
def test_other_addresses_are_explained(pasted, words):
    with pytest.raises(UserMistake, match=words) as caught:
        read_redirect(pasted, {"state": "S"})
    assert caught.value.hint


def test_a_declined_consent_says_so():
    with pytest.raises(SignInNeeded, match="not granted"):
        read_redirect(f"{REDIRECT}?error=access_denied&state=S", {"state": "S"})


async def test_a_code_becomes_saved_tokens(tokens, connection):
    remembered = {"state": "S", "verifier": "v" * 43, "redirect_uri": REDIRECT}
    await exchange_code(connection, endpoint(connection), "TG-1", remembered)
    assert tokens.requests == [
        {
            "grant_type": "authorization_code",
            "client_id": "app-1",
            "client_secret": "s3cret-value",
            "code": "TG-1",
            "redirect_uri": REDIRECT,
            "code_verifier": "v" * 43,
        }
    ]
    saved = await connection.secrets.load()
    assert (saved["access_token"], saved["refresh_token"], saved["user_id"]) == ("A1", "R1", "77")
    assert await TokenSource(connection, endpoint(connection)).expires_at() == connection.now() + timedelta(hours=6)
    assert await TokenSource(connection, endpoint(connection)).access_token() == "A1"
    assert len(tokens.requests) == 1


async def test_a_grant_without_refresh_token_is_explained(tokens, connection):
    tokens.refusal = web.json_response({"access_token": "A1", "expires_in": 60})
    with pytest.raises(SignInNeeded, match="few hours"):
        await exchange_code(connection, endpoint(connection), "TG-1", {"redirect_uri": REDIRECT, "verifier": "v"})
    assert (await connection.secrets.load())["access_token"] == "old"


async def test_twenty_callers_renew_once_over_several_sources(tokens, connection):
    sources = [TokenSource(connection, endpoint(connection)) for _ in range(4)]
    tokens.gate = asyncio.Event()
    calls = [asyncio.ensure_future(sources[n % 4].renew("old")) for n in range(20)]
    await tokens.arrived.wait()
    tokens.gate.set()
    assert set(await asyncio.gather(*calls)) == {"A1"}
    assert len(tokens.requests) == 1


async def test_new_tokens_are_saved_before_anybody_gets_them(tokens, connection):
    connection.secrets.broken = True
    source = TokenSource(connection, endpoint(connection))
    with pytest.raises(CredentialError):
        await source.renew("old")
    connection.secrets.broken = False
    assert (await connection.secrets.load())["refresh_token"] == "R0"
    with pytest.raises(SignInNeeded):  # the lost pair was the only good one: no way to hide that
        await source.renew("old")


async def test_a_cancelled_caller_does_not_lose_the_new_tokens(tokens, connection):
    tokens.gate = asyncio.Event()
    source = TokenSource(connection, endpoint(connection))
    call = asyncio.ensure_future(source.renew("old"))
    await tokens.arrived.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    tokens.gate.set()
    await wait_for_renewals()
    assert (await connection.secrets.load())["refresh_token"] == "R1"
    assert await source.access_token() == "A1"
    assert len(tokens.requests) == 1


@pytest.mark.parametrize(("life", "early_s"), [(21600, 300), (60, 6)])
async def test_renewal_comes_before_the_end(tokens, serve, connect, life, early_s):
    tokens.life = life
    first = connect(await serve(tokens.handle), secrets=MemorySecrets(CONNECTED))
    start, passed = first.now(), timedelta()
    connection = Connection(first.account, first.secrets, first.http, lambda: start + passed, first.base_url)
    source = TokenSource(connection, endpoint(connection))
    assert await source.renew("old") == "A1"
    passed = timedelta(seconds=life - early_s - 1)
    assert await source.access_token() == "A1"
    passed = timedelta(seconds=life - early_s)
    assert await source.access_token() == "A2"


async def test_tokens_survive_a_restart(tokens, connection):
    await TokenSource(connection, endpoint(connection)).renew("old")
    again = TokenSource(connection, endpoint(connection))
    assert await again.access_token() == "A1"
    assert await again.renew("A1") == "A2"
    assert tokens.requests[-1]["refresh_token"] == "R1"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "invalid_grant"}, SignInNeeded),
        (401, {"error": "invalid_client"}, SignInNeeded),
        (403, {"error": "blocked_here"}, SignInNeeded),
        (429, {"error": "local_rate_limited"}, RateLimited),
        (503, {}, Unavailable),
        (400, {"error": "something_new"}, UnexpectedReply),
        (200, {"access_token": "not ascii ñ", "refresh_token": "R"}, UnexpectedReply),
        (200, {"refresh_token": "R9"}, UnexpectedReply),
        (200, ["odd"], UnexpectedReply),
    ],
)
async def test_refusals_by_kind(tokens, connection, status, body, kind):
    if isinstance(body, dict) and status >= 400:
        body = {**body, "message": "you sent R0 and s3cret-value"}
    tokens.refusal = web.json_response(body, status=status)
    known = endpoint(connection, {"blocked_here": ("{label} blocked it.", "Unblock it.")})
    with pytest.raises(kind) as caught:
        await TokenSource(connection, known).renew("old")
    assert "s3cret-value" not in f"{caught.value} {caught.value.original}"
    assert (await connection.secrets.load())["refresh_token"] == "R0"


async def test_an_account_that_never_connected(connect):
    connection = connect("http://127.0.0.1:9")
    with pytest.raises(SignInNeeded, match="not connected"):
        await TokenSource(connection, endpoint(connection)).access_token()
