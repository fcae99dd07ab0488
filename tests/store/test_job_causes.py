"""Failed jobs grouped by cause: the grouping itself, and that it stays on its index however many there are."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.job import Problem, WorkRequest, cause_of
from mmhub_desktop.errors import Finding
from mmhub_desktop.store import job_causes
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.job_queue import Settlement
from mmhub_desktop.store.jobs import JobStore, encode_problem
from tests.jobs.conftest import action, task


def finding(rule: str, *, blocks: bool = True) -> Finding:
    return Finding(rule, "title", "The title is too long.", blocks=blocks)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (Problem("Unavailable", "Answered 503 after 12.5 s."), Problem("Unavailable", "Answered 500 after 3 s."), True),
        (Problem("UserMistake", "“A-1” is gone."), Problem("UserMistake", "“B-2” is gone."), True),
        (Problem("Unavailable", "Gone."), Problem("Rejected", "Gone."), False),
        (Problem("Rejected", "A", findings=(finding("x"),)), Problem("Rejected", "B", findings=(finding("x"),)), True),
        (Problem("Rejected", "A", findings=(finding("x"),)), Problem("Rejected", "A", findings=(finding("y"),)), False),
        (
            Problem("Rejected", "A", findings=(finding("x"), finding("w", blocks=False))),
            Problem("Rejected", "A", findings=(finding("x"),)),
            True,
        ),
    ],
)
def test_the_cause_leaves_out_what_varies(first: Problem, second: Problem, same: bool) -> None:
    assert (cause_of(first) == cause_of(second)) is same


async def test_failed_jobs_are_grouped_counted_and_retried_on_the_index(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "shop.mmhub")
    try:
        store = JobStore(db)

        async def nothing(_: object) -> None:
            return None

        work = action(task("one", nothing))
        request = WorkRequest("work", tuple(map(ProductId, range(1, 61))), (AccountId(1), AccountId(2)))
        batch_id = (await store.create_batch(request, work)).batch_id
        ids = list(await store.job_ids(batch_id))
        problems = [Problem("Unavailable", f"Answered 50{n % 3}.") for n in range(100)]
        problems += [Problem("Rejected", "No.", findings=(finding("title.length"),))] * 20
        rows = [[i, "failed", 1, None, encode_problem(p), 0] for i, p in zip(ids, problems, strict=True)]
        await store.begin_settle(Settlement(jobs=rows, finished=ids, counts={batch_id: [0, 120, 0]}), 1)
        causes = await store.causes()
        assert [(c.count, c.account_id, c.words) for c in causes] == [
            (50, 2, "Answered 500."), (50, 1, "Answered 502."), (10, 2, "The title is too long."),
            (10, 1, "The title is too long."),
        ]  # fmt: skip
        assert len({cause.key for cause in causes}) == 4
        mine = await store.failed_of(causes[2])
        assert len(mine) == 10
        changed = await store.retry_failed([*mine, *mine], 2)
        assert len(changed.jobs) == 10
        assert (await store.batches([batch_id]))[0].failed == 110
        assert [cause.count for cause in await store.causes()] == [50, 50, 10]

        def steps(connection: Connection) -> list[str]:
            asked = {"cause": "", "action": "", "account": 1}
            found = []
            for sql in (job_causes._GROUPS, job_causes._FAILED_OF):
                found += [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", asked)]
            return found

        plan = await db.read(steps)
        assert all("COVERING INDEX ix_marketplace_job_cause" in step for step in plan if "marketplace_job" in step)
        assert not [step for step in plan if "GROUP BY" in step]
    finally:
        db.close()
