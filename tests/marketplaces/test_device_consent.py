"""OAuth's device flow against servers that answer in every way."""

import pytest
from aiohttp import web

from mmhub_desktop.errors import SignInNeeded, UnexpectedReply, UserMistake
from mmhub_desktop.marketplaces.device_consent import finish_device_flow, start_device_flow
from mmhub_desktop.marketplaces.oauth import TokenEndpoint
from tests.fakes.account_secrets import MemorySecrets
from tests.marketplaces.conftest import Connect, Serve

CODES = {"device_code": "device-secret", "user_code": "AB-12", "verification_uri": "https://shop.example/agree"}
TOKENS = {"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 3600}


def endpoint(url: str) -> TokenEndpoint:
    return TokenEndpoint("Shop", f"{url}/token", "app-1", basic=True)


async def test_the_page_is_asked_for_with_id_and_secret(serve: Serve, connect: Connect):
    seen: list[tuple[str, dict[str, str]]] = []

    async def handle(request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        seen.append((request.headers["Authorization"], form))
        return web.json_response(CODES)

    url = await serve(handle)
    connection = connect(url, secrets=MemorySecrets({"client_secret": "s3cret"}))
    page = await start_device_flow(connection, endpoint(url), f"{url}/device", scope="offers")
    assert page.address == "https://shop.example/agree"
    assert (page.code, page.pastes) == ("AB-12", False)
    assert page.remembered == {"device_code": "device-secret"}
    assert seen == [("Basic YXBwLTE6czNjcmV0", {"client_id": "app-1", "scope": "offers"})]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": "authorization_pending"}, UserMistake),
        (400, {"error": "slow_down"}, UserMistake),
        (400, {"error": "access_denied"}, SignInNeeded),
        (400, {"error": "invalid_grant"}, SignInNeeded),
        (400, {"error": "something"}, UnexpectedReply),
        (200, {"token_type": "bearer"}, UnexpectedReply),
        (200, {"access_token": "access-1"}, SignInNeeded),
        (200, [], UnexpectedReply),
    ],
)
async def test_what_is_no_grant_changes_nothing(serve: Serve, connect: Connect, status, body, kind):
    async def handle(_: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    url = await serve(handle)
    connection = connect(url, secrets=MemorySecrets({"client_secret": "s3cret"}))
    before = dict(await connection.secrets.load())
    with pytest.raises(kind) as refused:
        await finish_device_flow(connection, endpoint(url), {"device_code": "device-secret"})
    assert "device-secret" not in f"{refused.value} {refused.value.original}"
    assert dict(await connection.secrets.load()) == before


async def test_the_grant_is_kept(serve: Serve, connect: Connect):
    async def handle(request: web.Request) -> web.Response:
        form = await request.post()
        assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code"
        assert form["device_code"] == "device-secret"
        return web.json_response(TOKENS)

    url = await serve(handle)
    connection = connect(url, secrets=MemorySecrets({"client_secret": "s3cret"}))
    await finish_device_flow(connection, endpoint(url), {"device_code": "device-secret"})
    kept = await connection.secrets.load()
    assert (kept["access_token"], kept["refresh_token"]) == ("access-1", "refresh-1")


async def test_a_page_that_is_not_given(serve: Serve, connect: Connect):
    async def handle(_: web.Request) -> web.Response:
        return web.json_response({"device_code": "device-secret"})

    url = await serve(handle)
    with pytest.raises(UnexpectedReply):
        await start_device_flow(connect(url), endpoint(url), f"{url}/device")
