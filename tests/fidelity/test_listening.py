"""Whatever an adapter sends is heard, and so is whatever a practice marketplace answers."""

import json
import sys
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from mmhub_desktop.practice.entry import PracticeEntry
from mmhub_desktop.practice.server import PracticeServer, find_practice
from tests.fidelity.exceptions import Known
from tests.fidelity.listening import ON_PURPOSE, Listener, listening

DOCUMENT = {
    "openapi": "3.0.0",
    "paths": {"/v2/units": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {
        "type": "object", "required": ["data"], "properties": {"data": {"type": "array"}},
    }}}}}}}},
}  # fmt: skip


@pytest.fixture
def listener(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Listener:
    """A listener with a document of its own for Kaufland."""
    (tmp_path / "kaufland").mkdir()
    (tmp_path / "kaufland" / "a.json").write_text(json.dumps(DOCUMENT))
    monkeypatch.setenv("MMHUB_SPECS", str(tmp_path))
    monkeypatch.setattr("tests.fidelity.specification.known_exceptions", lambda _: Known())
    return Listener()


@pytest.mark.off_specification("the calls are wrong on purpose, and the suite's own listener hears them too")
async def test_an_adapters_request_is_checked(listener):
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, json={})))
    signed = {"Shop-Client-Key": "k", "Shop-Timestamp": "1", "Shop-Signature": "s"}
    with listening(listener):
        async with client:
            request = client.build_request("GET", "http://127.0.0.1/v2/units?colour=red", headers=signed)
            request.extensions["marketplace"] = "kaufland"
            await client.send(request)
            request = client.build_request("GET", "http://127.0.0.1/v2/units?colour=blue")
            await client.send(request)  # somebody else's
    assert listener.violations == ["kaufland: GET /v2/units: query colour is not described"]


@pytest.mark.off_specification("the replies are wrong on purpose, and the suite's own listener hears them too")
@pytest.mark.parametrize(("path", "heard"), [("/wrong", 1), ("/right", 0), ("/purpose", 0)])
async def test_a_practice_marketplaces_reply_is_checked(listener, monkeypatch, path, heard):
    async def answer(request: web.Request) -> web.Response:
        body = {"data": []} if path == "/right" else {"items": []}
        return web.json_response(body, headers={ON_PURPOSE: "1"} if path == "/purpose" else None)

    class Small:
        def __init__(self, _: Path | None) -> None:
            self.app = web.Application()
            self.app.router.add_get("/v2/units", answer)

        def close(self) -> None:
            """Nothing is open."""

    find_practice.cache_clear()
    monkeypatch.setattr(
        "mmhub_desktop.practice.server.PRACTICE", {"kaufland": PracticeEntry("kaufland", f"{__name__}:Small", {})}
    )
    monkeypatch.setattr(sys.modules[__name__], "Small", Small, raising=False)
    with listening(listener):
        server = PracticeServer("kaufland")
        async with httpx.AsyncClient() as client:
            await client.get(await server.start() + "/v2/units")
            await server.stop()
    find_practice.cache_clear()
    assert bool(listener.violations) == bool(heard), listener.violations
    assert not heard or "'data' is a required property" in listener.violations[0]
