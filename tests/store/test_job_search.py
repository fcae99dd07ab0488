"""Finding work by filters: the right ids, and by indexes alone however much is finished."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId, BatchId, ProductId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.job_filter import JobFilter
from mmhub_desktop.store import job_search
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.job_search import batches_query, jobs_query
from mmhub_desktop.store.jobs import JobStore
from mmhub_desktop.store.product_filters import prepare
from mmhub_desktop.store.products import ProductStore
from tests.fakes.shop import lamp

ACTIONS = ("publish", "update", "sync")
STATES = tuple(JobState)
CAUSES = ("Rejected: title", "Unavailable: …")
OPEN = frozenset({JobState.PENDING, JobState.RUNNING, JobState.PAUSED})
FILL = """
INSERT INTO marketplace_job (batch_id, action, product_id, account_id, state, cause, ready_at, updated_at)
VALUES (:batch, :action, :product, :account, :state, :cause, 0, 0)
"""


async def fill(db: Database, batches: int = 12, each: int = 10) -> list[dict[str, Any]]:
    """Batches with jobs of all kinds; the rows, with their ids."""
    store = ProductStore(db)
    ids = [await store.save(lamp(number)) for number in range(1, 8)]
    rows = [
        {
            "id": 1 + batch * each + place, "batch": batch + 1, "action": ACTIONS[batch % 3],
            "product": ids[(batch + place) % 7], "account": 1 + place % 3 if batch % 4 else None,
            "state": (state := STATES[(batch * each + place) % 6]).value,
            "cause": CAUSES[place % 2] if state is JobState.FAILED else "",
        }
        for batch, place in product(range(batches), range(each))
    ]  # fmt: skip

    def write(connection: Connection) -> None:
        for batch in range(batches):
            connection.exec_driver_sql(
                "INSERT INTO batch_job (action, created_at) VALUES (?, 0)", (ACTIONS[batch % 3],)
            )
        connection.exec_driver_sql(FILL, rows)

    await db.write(write)
    return rows


def fits(row: dict[str, Any], only: JobFilter) -> bool:
    """What a filter means, in plain words."""
    return (
        (not only.states or row["state"] in only.states)
        and only.account_id in (None, row["account"])
        and only.action in ("", row["action"])
        and only.cause in ("", row["cause"])
        and (not only.product or row["product"] == 2)
    )


EVERY = [
    JobFilter(states, account, action, cause, words)
    for states, account, action, cause, words in product(
        (frozenset(), frozenset({JobState.FAILED}), OPEN), (None, AccountId(2), AccountId(9)), ("", "update"),
        ("", CAUSES[1]), ("", "lámpara LAMP-2"),
    )
]  # fmt: skip


@pytest.mark.parametrize("few", [job_search.FEW, 0])
async def test_every_mix_of_filters_finds_what_it_says(
    db: Database, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(job_search, "FEW", few)
    rows = await fill(db)
    store = JobStore(db)
    found_any = 0
    for only in EVERY:
        mine = [row for row in rows if fits(row, only)]
        assert list(await store.batch_ids(only)) == sorted({row["batch"] for row in mine}, reverse=True), only
        for batch in (2, 5):
            expected = [row["id"] for row in mine if row["batch"] == batch]
            assert list(await store.job_ids(BatchId(batch), only)) == expected, only
            found_any += len(expected)
    assert found_any > 50


async def test_no_filter_reads_all_jobs(db: Database) -> None:
    await fill(db)

    def plans(connection: Connection) -> list[str]:
        found = []
        prepare(connection)
        for only in EVERY:
            queries = (batches_query(only), batches_query(only, [2]), jobs_query(BatchId(2), only))
            for sql, asked in queries:
                found += [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", asked)]
        return found

    steps = await db.read(plans)
    assert steps
    assert not [step for step in steps if step == "SCAN j" or step.startswith("SCAN j ")]


async def test_a_filter_by_account_costs_the_same_however_much_is_finished(db: Database) -> None:
    """Counted in the steps of SQLite's machine, which no other process disturbs."""
    await fill(db)
    few = await steps(db, JobFilter(account_id=AccountId(2)), JobFilter(frozenset({JobState.FAILED})))

    def more(connection: Connection) -> None:
        connection.exec_driver_sql(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "
            "INSERT INTO marketplace_job (batch_id, action, product_id, account_id, state, ready_at, updated_at) "
            "SELECT 1 + i % 12, 'sync', ?, 1, 'completed', 0, 0 FROM n", (ProductId(1),)
        )  # fmt: skip

    await db.write(more)
    many = await steps(db, JobFilter(account_id=AccountId(2)), JobFilter(frozenset({JobState.FAILED})))
    assert many <= few * 1.5


async def steps(db: Database, *filters: JobFilter) -> int:
    def count(connection: Connection) -> int:
        made = 0

        def step() -> int:
            nonlocal made
            made += 1
            return 0

        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(step, 1)
        try:
            for only in filters:
                sql, asked = batches_query(only)
                connection.exec_driver_sql(sql, asked).scalar_one()
        finally:
            raw.set_progress_handler(None, 0)
        return made

    return await db.write(count)
