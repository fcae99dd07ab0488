"""Consent, PKCE, single-use rotating refresh tokens."""

import httpx
import pytest


async def test_consent_redirects_with_code_and_state_and_the_code_works_once(stranger):
    response = await stranger.consent(state="abc")
    address = httpx.URL(response.headers["Location"])
    assert response.status_code == 302
    assert str(address).startswith("https://practice.invalid/callback?")
    assert address.params["state"] == "abc"
    tokens = await stranger.exchange(address.params["code"])
    body = tokens.json()
    assert tokens.status_code == 200
    assert body["access_token"].startswith("APP_USR-")
    assert body["refresh_token"].startswith("TG-")
    assert (body["expires_in"], body["token_type"]) == (21600, "Bearer")
    again = await stranger.exchange(address.params["code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"code_verifier": "another-verifier"}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": "https://practice.invalid/callback/"}, "invalid_request"),
        ({"code": "TG-unknown"}, "invalid_grant"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    ],
)
async def test_a_wrong_exchange_is_refused(stranger, changes, error):
    response = await stranger.exchange(**{"code": await stranger.code(), **changes})
    assert (response.status_code, response.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    "query",
    [
        {"client_id": "x"},
        {"redirect_uri": "https://other.invalid/"},
        {"code_challenge": ""},
        {"response_type": "token"},
    ],
)
async def test_a_wrong_consent_request_is_refused(stranger, query):
    assert (await stranger.consent(**query)).status_code == 400


async def test_denied_consent_comes_back_as_an_error(stranger):
    await stranger.faults(deny_consent=True)
    address = httpx.URL((await stranger.consent()).headers["Location"])
    assert dict(address.params) == {"error": "access_denied", "state": "s1"}


async def test_a_refresh_token_works_once_and_only_the_newest_works(caller):
    first = caller.refresh_token
    second = (await caller.refresh(first)).json()["refresh_token"]
    used = await caller.refresh(first)
    assert (used.status_code, used.json()["error"]) == (400, "invalid_grant")
    third = await caller.refresh(second)
    assert third.status_code == 200
    await caller.sign_in()
    assert (await caller.refresh(third.json()["refresh_token"])).status_code == 400
    state = await caller.state()
    assert (state["refreshes"], state["refreshes_refused"]) == (2, 2)


async def test_a_grace_for_used_refresh_tokens_can_be_switched_on(caller):
    await caller.faults(refresh_grace_s=60)
    first = caller.refresh_token
    assert [(await caller.refresh(first)).status_code for _ in range(2)] == [200, 200]


async def test_expired_access_tokens_need_a_refresh(caller):
    await caller.faults(expire_tokens=True)
    expired = await caller.http.get("/users/me")
    assert (expired.status_code, expired.json()["message"]) == (401, "invalid access token")
    caller.use((await caller.refresh()).json())
    assert (await caller.http.get("/users/me")).json()["id"] == caller.user_id


async def test_tokens_die_of_age(stranger):
    await stranger.faults(expires_in=0)
    await stranger.sign_in()
    assert (await stranger.http.get("/users/me")).status_code == 401


async def test_a_revoked_grant_cannot_be_refreshed(caller):
    await caller.faults(revoke=True)
    assert (await caller.http.get("/users/me")).status_code == 401
    assert (await caller.refresh()).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("query", "site", "tag"),
    [
        ({}, "MLC", False),
        ({"site": "MLB"}, "MLB", False),
        ({"site": "MLA", "login_hint": "user_products"}, "MLA", True),
    ],
)
async def test_site_and_hint_choose_the_seller(stranger, query, site, tag):
    await stranger.sign_in(**query)
    me = (await stranger.http.get("/users/me")).json()
    assert me["site_id"] == site
    assert ("user_product_seller" in me["tags"]) is tag


async def test_without_a_token_or_with_anothers_id_nothing_is_told(caller):
    assert (await caller.http.get(f"/users/{caller.user_id + 1}/items/search")).status_code == 403
    del caller.http.headers["Authorization"]
    assert (await caller.http.get("/users/me")).status_code == 401
    assert (await caller.http.get("/categories/MLC2001")).status_code == 401
