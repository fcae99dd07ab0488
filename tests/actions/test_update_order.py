"""Updates in a real workspace: stock that went to zero goes first, and a newer update replaces a waiting one."""

from pathlib import Path

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import JobState, Priority, WorkRequest
from tests.fakes.shop import lamp, open_shop


async def test_a_product_that_is_sold_out_is_updated_before_the_others(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        ids = await shop.add(lamp(1), lamp(2, quantity=0), lamp(3))
        workspace = shop.workspace
        batch_id = await workspace.submit(WorkRequest("update", ids, (shop.account.id,)))
        jobs = await workspace.jobs.jobs(await workspace.jobs.job_ids(batch_id))
        assert {job.product_id: job.priority for job in jobs} == {ids[0]: 0, ids[1]: Priority.URGENT, ids[2]: 0}
        ended = await workspace.submit(WorkRequest("end", ids, (shop.account.id,)))
        assert {job.priority for job in await workspace.jobs.jobs(await workspace.jobs.job_ids(ended))} == {0}


async def test_a_second_update_replaces_the_first_and_other_work_stays(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        ids: tuple[ProductId, ...] = await shop.add(lamp(1), lamp(2))
        workspace = shop.workspace
        first = await workspace.submit(WorkRequest("update", ids, (shop.account.id,)))
        published = await workspace.submit(WorkRequest("publish", ids, (shop.account.id,)))
        again = await workspace.submit(WorkRequest("update", ids[:1], (shop.account.id,)))
        older, other, newer = await workspace.jobs.batches([first, published, again])
        assert (older.cancelled, older.state) == (1, JobState.PENDING)
        assert (other.cancelled, newer.cancelled) == (0, 0)
        jobs = await workspace.jobs.jobs(await workspace.jobs.job_ids(first))
        assert [job.state for job in jobs] == [JobState.CANCELLED, JobState.PENDING]
        assert jobs[0].problem is not None
        assert jobs[0].problem.message == "Replaced by a newer one."
