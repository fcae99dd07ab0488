"""Access that ends soon is renewed unasked; a dead grant is told once and closes the account's lane."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mmhub_desktop.events import AccountsChanged, Notice
from tests.fakes.shop import Shop, open_shop


async def end_of_access(shop: Shop) -> datetime:
    end = (await shop.workspace.accounts.get(shop.account.id)).token_expires_at
    assert end is not None
    return end


async def near_the_end(shop: Shop, seconds: int) -> None:
    """A token of ten minutes' life has so many seconds left."""
    secrets = (await shop.workspace.adapter(shop.account.id)).connection.secrets
    end = datetime.now(UTC) + timedelta(seconds=seconds)
    kept = {"token_expires_at": end.isoformat(), "token_renew_at": (end - timedelta(seconds=60)).isoformat()}
    await secrets.save(kept)
    await shop.workspace.accounts.set_token_end(shop.account.id, end)


async def test_access_that_lasts_is_left_alone(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        before = shop.summary()["refreshes"]
        await shop.workspace.sign_in.look()
        assert shop.summary()["refreshes"] == before


async def test_access_in_the_last_part_of_its_life_is_renewed_and_kept(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await near_the_end(shop, 90)
        renewals, told = shop.summary()["refreshes"], []
        shop.workspace.bus.subscribe(AccountsChanged, told.append)
        await shop.workspace.sign_in.look()
        assert shop.summary()["refreshes"] == renewals + 1
        assert await end_of_access(shop) > datetime.now(UTC) + timedelta(hours=5)
        assert told
        await shop.workspace.sign_in.look()
        assert shop.summary()["refreshes"] == renewals + 1


async def test_a_short_life_is_renewed_in_its_last_fifth_only(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await near_the_end(shop, 150)
        before = shop.summary()["refreshes"]
        await shop.workspace.sign_in.look()
        assert shop.summary()["refreshes"] == before


async def test_an_end_that_moved_by_use_is_kept_true(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.workspace.accounts.set_token_end(shop.account.id, datetime.now(UTC) + timedelta(minutes=1))
        renewals = shop.summary()["refreshes"]
        await shop.workspace.sign_in.look()
        assert shop.summary()["refreshes"] == renewals
        assert await end_of_access(shop) > datetime.now(UTC) + timedelta(hours=5)


async def test_a_dead_grant_is_told_once_and_the_account_asks_to_sign_in(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await near_the_end(shop, 30)
        shop.faults(revoke=True)
        notices: list[Notice] = []
        shop.workspace.bus.subscribe(Notice, notices.append)
        await shop.workspace.sign_in.look()
        await shop.workspace.sign_in.look()
        assert [notice.level for notice in notices] == ["warn"]
        lane = shop.workspace.engine.lane_state(shop.account.id)
        assert lane.reason
        assert lane.next_try_at is None


async def test_trouble_with_the_network_is_left_to_the_next_look(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await near_the_end(shop, 30)
        shop.faults(fail_next=[{"method": "POST", "path": "/oauth/token", "status": 503}])
        await shop.workspace.sign_in.look()
        assert not shop.workspace.engine.lane_state(shop.account.id).reason
        await shop.workspace.sign_in.look()
        assert await end_of_access(shop) > datetime.now(UTC) + timedelta(hours=5)
