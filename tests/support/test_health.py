"""Health: in order, and what it says when something is not."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mmhub_desktop.domain.call import Call
from mmhub_desktop.support import health
from mmhub_desktop.support.health import Check, look
from tests.fakes.shop import Shop, open_shop


async def checks(shop: Shop) -> dict[str, Check]:
    return {check.name: check for check in await look(shop.workspace)}


async def test_a_workspace_in_order(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        found = await checks(shop)
        assert set(found) == {"workspace", "disk", "secrets", "jobs", "account Test"}
        assert [check.words for check in found.values() if not check.ok] == []
        assert "last success" in found["account Test"].words


async def test_an_account_whose_calls_all_fail_and_a_full_disk_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)
    async with open_shop(tmp_path) as shop:
        other = await shop.workspace.accounts.add(replace(shop.account, label="Other"))
        call = Call(other.id, datetime.now(UTC), "GET", "/users/me", "", "", 503, 5, "Unavailable")
        await shop.workspace.calls.add([call])
        found = await checks(shop)
        assert not found["disk"].ok
        assert not found["account Other"].ok
        assert "no success is on record" in found["account Other"].words
        assert found["account Test"].ok
