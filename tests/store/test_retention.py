"""Old work is cleared in small pieces, keeps its counts, and however much there is, claiming does not slow down."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId, BatchId, ProductId
from mmhub_desktop.domain.job import JobState, WorkRequest
from mmhub_desktop.domain.job_filter import ALL_JOBS, JobFilter
from mmhub_desktop.jobs.retention import JOBS_AT_ONCE, Retention
from mmhub_desktop.store import job_claiming, job_search, jobs, retention
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.jobs import JobStore
from mmhub_desktop.store.retention import RetentionStore
from tests.fakes.clock import FakeClock
from tests.jobs.conftest import action, task

DAY_MS = 86_400_000
SHOP = AccountId(1)


async def nothing(_: object) -> None:
    return None


WORK = action(*(task(f"step{n}", nothing) for n in range(5)))


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database.open(tmp_path / "shop.mmhub")
    yield opened
    opened.close()


async def finished(db: Database, count: int, *, at_ms: int, failed: int = 0) -> BatchId:
    """A batch of so many jobs that ended then, some of them failed."""
    request = WorkRequest("work", tuple(ProductId(n) for n in range(1, count + 1)), (SHOP,), "Old")
    batch_id = (await JobStore(db).create_batch(request, WORK, at_ms=at_ms)).batch_id

    def end(connection: Connection) -> None:
        about = {"batch": batch_id, "at": at_ms, "failed": failed}
        for sql in (
            (
                "UPDATE marketplace_task SET state = 'completed', result = '{\"n\": 1}' "
                "WHERE job_id IN (SELECT id FROM marketplace_job WHERE batch_id = :batch)"
            ),
            "UPDATE marketplace_job SET state = 'completed' WHERE batch_id = :batch",
            (
                "UPDATE marketplace_job SET state = 'failed' WHERE id IN "
                "(SELECT id FROM marketplace_job WHERE batch_id = :batch ORDER BY id LIMIT :failed)"
            ),
            (
                "UPDATE batch_job SET state = 'completed', completed = total - :failed, failed = :failed, "
                "finished_at = :at WHERE id = :batch"
            ),
        ):
            connection.exec_driver_sql(sql, about)

    await db.write(end)
    return batch_id


async def rows(db: Database, table: str) -> int:
    return int(await db.read(lambda c: c.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()))


async def clear_all(keeper: Retention) -> list[int]:
    pieces = []
    while (cleared := await keeper.clear_some()) is not None:
        pieces.append(cleared)
    return pieces


async def test_old_work_loses_its_jobs_and_keeps_its_counts(db: Database) -> None:
    clock, store = FakeClock(), JobStore(db)
    now = int(clock.now() * 1000)
    old = await finished(db, 250, at_ms=now - 91 * DAY_MS, failed=3)
    young = await finished(db, 20, at_ms=now - 89 * DAY_MS)
    keeper = Retention(RetentionStore(db), lambda: 90, clock=clock)
    assert await clear_all(keeper) == [JOBS_AT_ONCE, JOBS_AT_ONCE, 47]
    cleared, kept = await store.batches([old, young])
    assert (cleared.completed, cleared.failed, cleared.total, cleared.cleared) == (247, 3, 250, True)
    assert not kept.cleared
    assert [job.state for job in await store.jobs(await store.job_ids(old))] == [JobState.FAILED] * 3
    assert (await rows(db, "marketplace_job"), await rows(db, "marketplace_task")) == (23, 23 * 5)
    assert list(await store.batch_ids(JobFilter(frozenset({JobState.COMPLETED})))) == [young, old]
    clock.advance(2 * 86_400)
    await clear_all(keeper)
    assert (await store.batches([young]))[0].completed == 20


async def test_ids_of_cleared_jobs_are_not_given_again(db: Database) -> None:
    clock, store = FakeClock(), JobStore(db)
    old = await finished(db, 5, at_ms=0)
    newest = max(await store.job_ids(old))
    await clear_all(Retention(RetentionStore(db), lambda: 90, clock=clock))
    after = await finished(db, 1, at_ms=int(clock.now() * 1000))
    assert min(await store.job_ids(after)) > newest


async def test_unfinished_work_is_never_cleared(db: Database) -> None:
    request = WorkRequest("work", (ProductId(1), ProductId(2)), (SHOP,))
    await JobStore(db).create_batch(request, WORK, at_ms=0)
    assert await Retention(RetentionStore(db), lambda: 1, clock=FakeClock()).clear_some() is None
    assert await rows(db, "marketplace_job") == 2


async def test_it_clears_by_itself_and_rests(db: Database) -> None:
    clock = FakeClock()
    await finished(db, 150, at_ms=0)
    tidied = []

    async def tidy() -> None:
        tidied.append(await rows(db, "marketplace_job"))

    keeper = Retention(RetentionStore(db), lambda: 90, also=tidy, clock=clock)
    keeper.start()
    while await rows(db, "marketplace_job") > 1:
        clock.advance(1)
    while (wait := clock.next_in()) is None or wait < 60:
        clock.advance(1)
        await db.write(lambda _: None)
    await keeper.stop()
    assert clock.next_in() is None
    assert tidied == [1]  # the rest of the keeping comes once all is cleared


async def steps_of(db: Database, *work: Any) -> int:
    """How many steps SQLite's machine makes for the statements: a measure that no other process can disturb."""

    def count(connection: Connection) -> int:
        made = 0

        def step() -> int:
            nonlocal made
            made += 1
            return 0

        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(step, 1)
        try:
            for part in work:
                part(connection)
        finally:
            raw.set_progress_handler(None, 0)
        return made

    return await db.write(count)


async def test_many_finished_tasks_slow_down_neither_claiming_nor_listing_nor_clearing(db: Database) -> None:
    store = JobStore(db)

    async def measure() -> list[int]:
        request = WorkRequest("work", tuple(ProductId(n) for n in range(1, 101)), (SHOP,))
        batch_id = (await store.create_batch(request, WORK, at_ms=1)).batch_id
        claim = await steps_of(db, lambda c: job_claiming.claim_jobs(c, {SHOP: 50}, {}, 2))
        listing = await steps_of(
            db, lambda c: [jobs._batch(row) for row in jobs._rows(c, jobs._BATCHES, [batch_id])],
            lambda c: c.exec_driver_sql(*job_search.jobs_query(batch_id, ALL_JOBS)).scalar_one(),
        )  # fmt: skip
        clearing = await steps_of(db, lambda c: retention._clear_some(c, 1, 100))
        await db.write(lambda c: c.exec_driver_sql("DELETE FROM batch_job WHERE id = ?", (batch_id,)))
        return [claim, listing, clearing]

    few = await measure()
    await finished(db, 20_000, at_ms=DAY_MS)  # 100,000 tasks
    many = await measure()
    for before, after in zip(few, many, strict=True):
        assert after <= before * 1.1 + 20


async def test_a_piece_is_small_however_large_the_batch(db: Database) -> None:
    await finished(db, 2_000, at_ms=DAY_MS)
    small = await steps_of(db, lambda c: retention._clear_some(c, 2 * DAY_MS, JOBS_AT_ONCE))
    await finished(db, 20_000, at_ms=0)
    large = await steps_of(db, lambda c: retention._clear_some(c, 2 * DAY_MS, JOBS_AT_ONCE))
    assert large <= small * 1.5
