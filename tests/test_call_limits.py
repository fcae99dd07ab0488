"""The seller's limit of an account's calls, through a whole workspace, its marketplace and a restart."""

from pathlib import Path

import pytest

from mmhub_desktop.domain.job import JobState, WorkRequest
from mmhub_desktop.errors import UserMistake
from tests.fakes.shop import Shop, lamp, open_shop


def used(shop: Shop) -> int:
    return shop.workspace.engine.lane_state(shop.account.id).budgets[0].used


async def test_work_stops_at_the_limit_and_goes_on_after_a_restart_when_more_is_allowed(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        products = await shop.add(*(lamp(number) for number in range(1, 7)))
        await shop.workspace.limit_calls(shop.account.id, 30)
        batch_id = await shop.workspace.submit(WorkRequest("publish", products, (shop.account.id,)))
        await shop.workspace.engine.wait_idle()
        (batch,) = await shop.workspace.jobs.batches([batch_id])
        assert not batch.failed
        assert batch.completed < len(products)
        assert shop.workspace.engine.lane_state(shop.account.id).used_up is not None
        assert used(shop) == 30
    async with open_shop(tmp_path) as shop:
        await shop.workspace.engine.wait_idle()
        assert used(shop) == 30
        (same,) = await shop.workspace.jobs.batches([batch_id])
        assert same.completed == batch.completed
        await shop.workspace.limit_calls(shop.account.id, 3_000)
        ended = await shop.workspace.engine.wait_batch(batch_id)
        assert ended is not None
        assert (ended.state, ended.completed) == (JobState.COMPLETED, len(products))
        assert shop.summary()["creates_by_sku"] == {f"LAMP-{number}": 1 for number in range(1, 7)}


async def test_a_limit_is_set_lifted_and_checked(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        with pytest.raises(UserMistake, match="at least one"):
            await shop.workspace.limit_calls(shop.account.id, 0)
        await shop.workspace.limit_calls(shop.account.id, 5)
        await shop.workspace.test_account(shop.account.id)
        assert used(shop) > 0
        await shop.workspace.limit_calls(shop.account.id, None)
        assert shop.workspace.engine.lane_state(shop.account.id).budgets == ()
        await shop.workspace.limit_calls(shop.account.id, 5)
        await shop.workspace.remove_account(shop.account.id)
