"""Access that ends soon is renewed unasked; a dead grant is told once and closes the account's lane."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mmhub_desktop.domain.ids import BatchId, JobId, ScheduleId
from mmhub_desktop.domain.job import BatchJob
from mmhub_desktop.domain.schedule import Repeats, Schedule, Timing
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


async def look(shop: Shop) -> None:
    """One look of the keeper, and the job that it may have planned."""
    await shop.workspace.sign_in.look()
    await shop.workspace.engine.wait_idle()


async def batches(shop: Shop) -> list[BatchJob]:
    return await shop.workspace.jobs.batches(await shop.workspace.jobs.batch_ids())


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
        await look(shop)
        assert shop.summary()["refreshes"] == renewals + 1
        assert await end_of_access(shop) > datetime.now(UTC) + timedelta(hours=5)
        assert told
        await look(shop)
        assert shop.summary()["refreshes"] == renewals + 1
        (batch,) = await batches(shop)
        assert (batch.title, batch.completed) == ("Renew sign-in on Test", 1)
        (job_id,) = await shop.workspace.jobs.job_ids(batch.id)
        calls = await shop.workspace.calls.of_job(JobId(job_id))
        assert [call.path for call in calls] == ["/oauth/token"]


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
        await look(shop)
        await look(shop)
        assert len(await batches(shop)) == 1, "a renewal that waits is not planned again"
        assert [notice.level for notice in notices] == ["warn"]
        lane = shop.workspace.engine.lane_state(shop.account.id)
        assert lane.reason
        assert lane.next_try_at is None


async def test_trouble_of_the_marketplace_is_tried_again_by_the_job(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await near_the_end(shop, 30)
        shop.faults(fail_next=[{"method": "POST", "path": "/oauth/token", "status": 503}])
        await shop.workspace.sign_in.look()
        ended = await shop.workspace.engine.wait_batch((await batches(shop))[0].id)
        assert ended is not None
        assert ended.completed == 1
        assert await end_of_access(shop) > datetime.now(UTC) + timedelta(hours=5)


async def test_a_paused_account_stays_signed_in_without_a_job(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.workspace.pause_account(shop.account.id, paused=True)
        await near_the_end(shop, 30)
        await look(shop)
        assert await end_of_access(shop) > datetime.now(UTC) + timedelta(hours=5)
        assert await batches(shop) == []


async def test_the_seller_may_renew_access_that_still_lasts(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.workspace.test_account(shop.account.id)
        before, first = shop.summary()["refreshes"], await end_of_access(shop)
        batch = await shop.workspace.engine.wait_batch(await shop.workspace.renew_sign_in(shop.account.id))
        assert batch is not None
        assert batch.completed == 1
        assert shop.summary()["refreshes"] == before + 1
        assert await end_of_access(shop) > first


async def test_a_schedule_renews_without_naming_products(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        timing = Timing(Repeats.DAILY, clock="03:00")
        made = Schedule(ScheduleId(0), "Nightly", "renew_sign_in", timing, account_ids=(shop.account.id,))
        schedule = await shop.workspace.scheduler.save(made)
        before = shop.summary()["refreshes"]
        batch_id = await shop.workspace.scheduler.run_now(schedule.id)
        assert isinstance(batch_id, int)
        batch = await shop.workspace.engine.wait_batch(BatchId(batch_id))
        assert batch is not None
        assert (batch.title, batch.total, batch.completed) == ("Nightly: Renew sign-in on Test", 1, 1)
        assert shop.summary()["refreshes"] == before + 1
