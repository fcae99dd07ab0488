"""Kept calls are bounded in number and age; their numbers by the hour stay."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from mmhub_desktop.domain.call import Call
from mmhub_desktop.domain.ids import AccountId, JobId
from mmhub_desktop.store import calls as module
from mmhub_desktop.store.calls import CallStore
from mmhub_desktop.store.database import Database, to_ms
from mmhub_desktop.store.schema_jobs import batch_job, marketplace_job

START = datetime(2026, 5, 1, 10, 30, tzinfo=UTC)
CALL = Call(AccountId(1), START, "GET", "/items", "", "{}", 200, 40, operation="sync.read", job_id=JobId(1), attempt=1)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await asyncio.to_thread(Database.open, tmp_path / "shop.mmhub", holder="a test")
    yield opened
    await asyncio.to_thread(opened.close)


@pytest.fixture
def store(database: Database) -> CallStore:
    return CallStore(database)


async def put_job(database: Database, state: str) -> None:
    def put(connection: module.Connection) -> None:
        connection.execute(insert(batch_job).values(id=1, action="sync", created_at=1))
        job = {"id": 1, "batch_id": 1, "action": "sync", "product_id": 1, "ready_at": 1, "updated_at": 1}
        connection.execute(insert(marketplace_job).values(**job, state=state))

    await database.write(put)


async def test_a_call_comes_back_as_it_was(store: CallStore) -> None:
    await store.add([replace(CALL, error="Unavailable", status=503, throttled_ms=70)])
    found = await store.of_job(JobId(1))
    assert found == [replace(CALL, error="Unavailable", status=503)]  # the wait is in the hour's numbers
    (hour,) = await store.hours(0)
    assert (hour.stats.failed, hour.stats.throttled_ms) == (1, 70)


async def test_groups_add_up_in_the_hour(store: CallStore) -> None:
    await asyncio.gather(
        *(store.add([CALL, replace(CALL, attempt=2, status=429, error="RateLimited")]) for _ in range(5))
    )
    await store.add([replace(CALL, at=START + timedelta(hours=1))])
    first, second = await store.hours(0)
    assert (first.stats.calls, first.stats.failed, first.stats.retries, first.stats.limited) == (10, 5, 5, 5)
    assert (second.hour - first.hour, second.stats.calls) == (1, 1)
    assert await store.hours(second.hour) == [second]


async def test_old_calls_go_and_their_numbers_stay(store: CallStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 10)
    await store.add([CALL] * 35 + [replace(CALL, at=START + timedelta(days=3))] * 4)
    before = to_ms(START + timedelta(days=1))
    assert before is not None
    assert await store.prune(before) == 35
    assert len(await store.of_job(JobId(1))) == 4
    assert sum(each.stats.calls for each in await store.hours(0)) == 39


@pytest.mark.parametrize(("state", "left"), [("completed", 20), ("failed", 45)])
async def test_beyond_the_newest_only_calls_of_failed_jobs_are_kept(
    store: CallStore, database: Database, monkeypatch: pytest.MonkeyPatch, state: str, left: int
) -> None:
    for name, value in (("CHUNK", 10), ("KEPT", 20), ("KEPT_OF_FAILED", 45)):
        monkeypatch.setattr(module, name, value)
    await put_job(database, state)
    await store.add([CALL] * 60)
    assert await store.prune(0) == 60 - left
    assert await store.prune(0) == 0
    assert len(await store.of_job(JobId(1))) == left
