"""Which of eBay's hosts a call goes to when it is the real one: held against the documents' own list of servers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.marketplaces.base import Connection, ImageFile
from mmhub_desktop.marketplaces.ebay.adapter import Ebay
from tests.fakes.account_secrets import MemorySecrets
from tests.fidelity.documents import why_missing
from tests.fidelity.specification import load_specification

_ANSWERS: Mapping[str, Any] = {
    "/identity/v1/oauth2/token": {"access_token": "program", "expires_in": 7200},
    "/commerce/identity/v1/user/": {"userId": "1", "username": "jane"},
    "/sell/account/v1/privilege": {"sellerRegistrationCompleted": True},
    "/commerce/taxonomy/v1/get_default_category_tree_id": {"categoryTreeId": "0", "categoryTreeVersion": "1"},
    "/commerce/media/v1_beta/image/create_image_from_file": {"imageUrl": "https://i.ebayimg.com/1.png"},
    "/sell/account/v1/fulfillment_policy": {"fulfillmentPolicies": []},
    "/sell/fulfillment/v1/order": {"orders": []},
}


async def addresses(**settings: str) -> list[httpx.URL]:
    """What an account with these settings calls."""
    called: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(request.url)
        return httpx.Response(200, json=_ANSWERS.get(request.url.path, {}))

    account = Account(AccountId(1), "ebay", "Shop", site="EBAY_US", settings={"client_id": "id", **settings})
    secrets = MemorySecrets({"client_secret": "s", "access_token": "seller", "refresh_token": "r"})
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        adapter = Ebay(Connection(account, secrets, client, lambda: datetime.now(UTC)))
        await adapter.check_credentials()
        await adapter.find_categories("mug")
        await adapter.upload_image(ImageFile("a.png", "image/png", b"x", 600, 600))
        await adapter.read_choices("fulfillment_policy_id")
        await adapter.list_orders(datetime.now(UTC))
        await adapter.find_by_sku("MUG")
    return called


@pytest.mark.skipif(bool(why_missing("ebay")), reason=why_missing("ebay") or "eBay's documents")
@pytest.mark.off_specification("the answers are cut short")
async def test_every_call_goes_to_a_documented_host():
    specification = load_specification("ebay")
    called = await addresses()
    methods = {"/commerce/media/v1_beta/image/create_image_from_file": "POST"}
    for url in called:
        if url.path == "/identity/v1/oauth2/token":
            assert url.host == "api.ebay.com"
        else:
            assert url.host in specification.hosts(methods.get(url.path, "GET"), url.path), url
    assert {url.host for url in called} == {"api.ebay.com", "apiz.ebay.com", "apim.ebay.com"}


@pytest.mark.off_specification("the answers are cut short")
async def test_the_sandbox_is_kept_apart():
    hosts = {url.host for url in await addresses(environment="sandbox")}
    assert hosts == {"api.sandbox.ebay.com", "apiz.sandbox.ebay.com", "apim.sandbox.ebay.com"}
