"""The place for secrets is opened once, however many ask for it at the same time."""

import asyncio

import pytest

from mmhub_desktop.app import App
from mmhub_desktop.credentials import PASSPHRASE_VARIABLE


async def test_many_may_ask_for_the_secrets_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "four words in a row")
    first = App()
    await (await first.secrets()).put({"name": "value"})
    await first.close()
    app = App()
    found = await asyncio.wait_for(asyncio.gather(*(app.secrets() for _ in range(4))), 30)
    assert all(each is found[0] for each in found)
    assert await found[0].get("name") == "value"
