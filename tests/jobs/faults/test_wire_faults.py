"""Every way in which a marketplace's answer can go wrong ends in its documented state, and nothing is created twice.

The faults come over a real connection to a server on raw sockets; engine and HTTP door are the program's own. What
is documented is the first table of docs/faults.md, which is read here.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import JobState, MarketplaceJob
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.jobs.action import JsonResult, RetryPolicy, TaskContext
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.http import open_client, read_json, send
from tests.fakes.account_secrets import MemorySecrets
from tests.fakes.faulty_server import FAULTS, FaultyServer, faulty_server, unsigned_certificate
from tests.jobs.conftest import Rig, action, task

ROOT = Path(__file__).resolve().parents[3]
ROW = re.compile(r"^\| ([^|]+?) \| `(\w+)` \| (looks first|goes on) \|", re.MULTILINE)


def documented() -> dict[str, tuple[str, bool]]:
    """What the job says while it waits for the next attempt, and whether that attempt looks first."""
    rows = ROW.findall((ROOT / "docs" / "faults.md").read_text(encoding="utf-8"))
    return {fault: (kind, what == "looks first") for fault, kind, what in rows}


DOCUMENTED = documented()
ELSEWHERE = {"refused connection", "no TLS where it should be", "certificate nobody vouches for", "no name resolution"}
LONGEST_CALL_S = 1.0  # of the client here


def test_every_fault_is_documented_and_tried() -> None:
    assert DOCUMENTED.keys() == FAULTS.keys() | ELSEWHERE


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with faulty_server() as made:
        yield made


@pytest.fixture
async def connection(server: FaultyServer) -> AsyncIterator[Connection]:
    client = await asyncio.to_thread(open_client, longest_call_s=LONGEST_CALL_S)
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


async def waits_without_having_sent(rig: Rig, connection: Connection, url: str, fault: str) -> MarketplaceJob:
    """A create at ``url`` that cannot even be sent ends as documented."""

    async def create(_: TaskContext) -> None:
        await send(connection, connection.http.build_request("POST", url), label="Shop", once=True)

    batch_id = await rig.run(action(task("create", create, has_effect=True, remote=True)))
    job = await rig.job(batch_id)
    assert job.problem is not None
    assert (job.state, (job.problem.kind, False)) == (JobState.PENDING, DOCUMENTED[fault])
    return job


async def test_a_handshake_that_fails_sends_nothing_and_is_tried_again(
    rig: Rig, server: FaultyServer, connection: Connection
) -> None:
    secure = server.base_url.replace("http:", "https:")
    job = await waits_without_having_sent(rig, connection, secure, "no TLS where it should be")
    assert job.problem is not None
    assert "clock" in job.problem.hint  # what the seller can do about it
    assert server.created == 0


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(
    rig: Rig, connection: Connection, tmp_path: Path
) -> None:
    async with faulty_server(unsigned_certificate(tmp_path)) as server:
        job = await waits_without_having_sent(rig, connection, server.base_url, "certificate nobody vouches for")
    assert job.problem is not None
    assert "antivirus" in job.problem.hint
    assert server.created == server.looks == 0


async def test_a_refused_connection_is_tried_again(rig: Rig, connection: Connection) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}"
    await waits_without_having_sent(rig, connection, closed, "refused connection")


async def test_without_name_resolution_work_waits_and_no_attempt_counts(
    rig: Rig, server: FaultyServer, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_answer(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    with monkeypatch.context() as patch:
        patch.setattr(asyncio.get_running_loop(), "getaddrinfo", no_answer)
        url = server.base_url.replace("127.0.0.1", "shop.invalid")
        job = await waits_without_having_sent(rig, connection, url, "no name resolution")
    assert job.attempts == 0
    assert not rig.engine.online
    assert server.created == 0
