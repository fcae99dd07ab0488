"""Every way in which a marketplace's answer can go wrong ends in its documented state, and nothing is created twice.

The faults come over a real connection to a server on raw sockets; engine and HTTP door are the program's own.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.jobs.action import JsonResult, RetryPolicy, TaskContext
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import open_client, read_json, send
from tests.fakes.account_secrets import MemorySecrets
from tests.fakes.faulty_server import FAULTS, FaultyServer, faulty_server
from tests.jobs.conftest import Rig, action, task

# What the job says while it waits for the next attempt, and whether that attempt looks first.
DOCUMENTED = {
    "reset before the answer": ("OutcomeUnknown", True),
    "reset in the middle of the body": ("OutcomeUnknown", True),
    "wrong length": ("OutcomeUnknown", True),
    "no HTTP at all": ("OutcomeUnknown", True),
    "silence": ("OutcomeUnknown", True),
    "slow drip": ("OutcomeUnknown", True),
    "429 with Retry-After": ("RateLimited", False),
    "429 without Retry-After": ("RateLimited", False),
    "500": ("OutcomeUnknown", True),
    "502": ("OutcomeUnknown", True),
    "503 with Retry-After": ("OutcomeUnknown", True),
    "HTML instead of JSON": ("OutcomeUnknown", True),
    "truncated JSON": ("OutcomeUnknown", True),
}


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with faulty_server() as made:
        yield made


@pytest.fixture
async def connection(server: FaultyServer) -> AsyncIterator[Connection]:
    client = await asyncio.to_thread(open_client)
    client.timeout = httpx.Timeout(5.0, read=0.2)
    account = Account(AccountId(1), "test", "Shop")
    yield Connection(account, MemorySecrets(), client, lambda: datetime.now(UTC), server.base_url)
    await client.aclose()


def create_at(connection: Connection) -> object:
    """A create as adapters make it: after an attempt whose outcome is not known it looks first."""

    async def create(context: TaskContext) -> JsonResult:
        http, url = connection.http, connection.base_url
        if context.seen_before:
            found = read_json(await send(connection, http.build_request("GET", url), label="Shop"), label="Shop")
            if found:
                return {"remote": found["id"]}
        request = http.build_request("POST", url, json={"sku": "A"})
        answer = await send(connection, request, label="Shop", once=True)
        return {"remote": read_json(answer, label="Shop", once=True)["id"]}

    return create


@pytest.mark.parametrize("fault", sorted(FAULTS))
async def test_a_create_that_went_wrong_is_there_once_in_the_end(
    rig: Rig, server: FaultyServer, connection: Connection, fault: str
) -> None:
    server.fault = fault
    create = task("create", create_at(connection), has_effect=True, remote=True, retry=RetryPolicy(3, first_s=2))  # type: ignore[arg-type]
    batch_id = await rig.run(action(create))
    job = await rig.job(batch_id)
    kind, looks = DOCUMENTED[fault]
    assert job.problem is not None
    assert (job.state, job.problem.kind) == (JobState.PENDING, kind)
    assert job.problem.message
    await rig.pass_time(60)
    job = await rig.job(batch_id)
    assert (job.state, job.problem) == (JobState.COMPLETED, None)
    assert server.created == 1
    assert server.looks == (1 if looks else 0)


async def test_a_handshake_that_fails_sends_nothing_and_is_tried_again(
    rig: Rig, server: FaultyServer, connection: Connection
) -> None:
    secure = httpx.URL(server.base_url.replace("http:", "https:"))

    async def create(_: TaskContext) -> None:
        await send(connection, connection.http.build_request("POST", secure), label="Shop", once=True)

    batch_id = await rig.run(action(task("create", create, has_effect=True, remote=True)))
    job = await rig.job(batch_id)
    assert job.problem is not None
    assert (job.state, job.problem.kind) == (JobState.PENDING, "Unavailable")
    assert "clock" in job.problem.hint  # what the seller can do about it
    assert server.created == 0
