"""An Amazon adapter on small servers with chosen answers, and one on the practice Amazon."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from mmhub_desktop.marketplaces.amazon.adapter import Amazon
from tests.fakes.account_secrets import MemorySecrets

if TYPE_CHECKING:
    from tests.contract.test_amazon import AmazonStage

US = "ATVPDKIKX0DER"
IDENTITY = {
    "seller_id": "A2PRACTICESHOP", "marketplace_id": US, "domain": "www.amazon.com", "currency": "USD",
    "language": "en_US", "country": "US",
}  # fmt: skip
SETTINGS = {"region": "na", "client_id": "amzn1.application-oa2-client.practice", "seller_id": "A2PRACTICESHOP"}
TOKENS = {"client_secret": "amzn1.oa2-cs.v1.practice", "access_token": "Atza|1", "refresh_token": "Atzr|practice"}


class Canned:
    """Answers each call with the next body (the last one repeats); what was asked is kept."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, Mapping[str, str], Any]] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        text = await request.text()
        body = json.loads(text) if text and request.content_type == "application/json" else text
        self.asked.append((request.method, request.path, dict(request.query), body))
        status, answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status) if answer is None else web.json_response(answer, status=status)


AmazonOn = Callable[..., Awaitable[Amazon]]


@pytest.fixture
def amazon_on(serve, connect) -> AmazonOn:
    """An adapter whose calls are answered as given; ``identity`` and ``settings`` are the account's."""

    async def make(canned: Canned, *, identity: Mapping[str, str] = IDENTITY, **settings: str) -> Amazon:
        base = await serve(canned.handle)
        connection = connect(
            base, secrets=MemorySecrets(dict(TOKENS)), identity=identity, settings={**SETTINGS, **settings}
        )
        return Amazon(replace(connection, account=replace(connection.account, marketplace="amazon")))

    return make


@pytest.fixture
async def stage() -> AsyncIterator["AmazonStage"]:
    """The practice Amazon with a connected account."""
    from mmhub_desktop.conformance import open_stage
    from tests.contract.test_amazon import AmazonStage  # late: its suite's asserts are rewritten first

    async with open_stage(AmazonStage) as stage:
        yield stage
