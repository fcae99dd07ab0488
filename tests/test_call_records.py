"""Calls of the whole program are kept with the jobs that made them, and no secret with them."""

import sqlite3
from pathlib import Path

import pytest

from mmhub_desktop.domain.call import OUTSIDE_JOBS, Call
from mmhub_desktop.domain.call_stats import totals
from mmhub_desktop.domain.ids import JobId
from mmhub_desktop.practice.mercadolibre.auth import CLIENT_SECRET
from tests.fakes.shop import Shop, lamp, open_shop


async def calls_of(shop: Shop, batch_id: int) -> list[Call]:
    jobs = shop.workspace.jobs
    return [call for job in await jobs.job_ids(batch_id) for call in await shop.workspace.calls.of_job(JobId(job))]  # type: ignore[arg-type]


def issued(folder: Path) -> set[str]:
    """Every token and code that the practice marketplace has ever handed out, from its own file."""
    from json import loads

    lines = [loads(line) for line in (folder / "marketplace.jsonl").read_text().splitlines()]
    return {line[1] for line in lines if line[0] in ("codes", "access_tokens", "refresh_tokens")}


async def test_each_call_belongs_to_the_step_that_made_it(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        batch = await shop.do("publish", *await shop.add(lamp()))
        assert batch.completed == 1
        calls = await calls_of(shop, batch.id)
        operations = {call.operation for call in calls}
        assert {"publish.map", "publish.upload_images", "publish.create_listing"} <= operations
        created = [call for call in calls if (call.method, call.status) == ("POST", 201) and '"title"' in call.request]
        assert len(created) == 1
        assert "MLC" in created[0].reply
        assert created[0].attempt == 1
        assert created[0].task_id is not None
        hours = await shop.workspace.calls.hours(0)
        assert sum(each.stats.calls for each in hours if each.stats.operation != OUTSIDE_JOBS) == len(calls)


async def test_errors_retries_and_refusals_are_counted(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        shop.faults(fail_next=[{"status": 500, "times": 1}])
        batch = await shop.do("publish", *await shop.add(lamp()))
        calls = await calls_of(shop, batch.id)
        assert {call.error for call in calls if call.status and call.status >= 500} <= {"Unavailable", "OutcomeUnknown"}
        broken = [call for call in calls if not call.succeeded]
        assert broken
        found = totals(await shop.workspace.calls.hours(0), by_operation=False)[0]
        assert found.failed >= len(broken)
        assert found.retries == sum(call.attempt > 1 for call in calls)


async def test_no_token_of_the_marketplace_is_anywhere_in_the_workspace_folder(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        shop.faults(expires_in=2)  # renewed in the middle of the work
        batch = await shop.do("publish", *await shop.add(lamp(1), lamp(2)))
        assert batch.completed == 2
        await shop.workspace.test_account(shop.account.id)
        secrets = issued(tmp_path) | {CLIENT_SECRET}
        assert len(secrets) >= 4
        _refuse_secrets(tmp_path, secrets)  # also what lies in the WAL of the open file
    _refuse_secrets(tmp_path, secrets)
    with sqlite3.connect(tmp_path / "shop.mmhub") as raw:
        sign_ins = raw.execute("SELECT request, reply FROM call_record WHERE path LIKE '/oauth/token%'").fetchall()
    raw.close()
    assert sign_ins, "the sign-in is noted, without its values"
    assert all("•••" in request and "•••" in reply for request, reply in sign_ins)


def _refuse_secrets(folder: Path, secrets: set[str]) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "marketplace.jsonl"]
    assert any(path.name == "shop.mmhub" for path in files)
    for path in files:
        content = path.read_bytes()
        for secret in secrets:
            assert secret.encode() not in content, f"a secret lies in {path.name}"


@pytest.mark.parametrize("times", [1, 3])
async def test_calls_are_on_disk_when_the_workspace_is_closed(tmp_path: Path, times: int) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        before = await _count(shop)
        for _ in range(times):
            await shop.workspace.test_account(shop.account.id)
    async with open_shop(tmp_path, run=False) as shop:
        assert await _count(shop) >= before + times


async def _count(shop: Shop) -> int:
    return sum(each.stats.calls for each in await shop.workspace.calls.hours(0))
