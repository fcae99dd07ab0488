"""What the workspace does where several parts must agree."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from mmhub_desktop.credentials import MemorySecrets
from mmhub_desktop.domain.job import JobState, WorkRequest
from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.errors import CredentialError, UserMistake
from mmhub_desktop.jobs.breaker import BreakerState
from tests.fakes.shop import lamp, open_shop

FIELDS = {
    "site": "MLC",
    "client_id": "1234567",
    "client_secret": "a-secret-of-the-seller",
    "redirect_uri": "https://shop.example/back",
}


def read_all(folder: Path) -> bytes:
    """Everything written below a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_live_account_keeps_its_secret_out_of_the_file(tmp_path: Path) -> None:
    secrets = MemorySecrets()
    async with open_shop(tmp_path, secrets=secrets) as shop:
        account = await shop.workspace.connect("mercadolibre", "Mine", AccountKind.LIVE, FIELDS)
        assert account.connected_at is None
        assert "client_secret" not in account.settings
        stored = await (await shop.workspace._secret_store(account)).load()
        assert stored["client_secret"] == "a-secret-of-the-seller"
        url = (await shop.workspace.start_consent(account.id)).address
        assert url.startswith("https://auth.mercadolibre.cl/authorization?")
        with pytest.raises(UserMistake):
            await shop.workspace.finish_consent(account.id, "https://shop.example/back?code=TG-1&state=wrong")
        await shop.workspace.remove_account(account.id)
        assert secrets._values == {}
    assert b"a-secret-of-the-seller" not in read_all(tmp_path)


async def test_an_account_with_a_missing_field_is_not_added(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        with pytest.raises(UserMistake, match="Application id"):
            await shop.workspace.connect("mercadolibre", "", AccountKind.LIVE, {**FIELDS, "client_id": ""})
        assert len(await shop.workspace.accounts.all()) == 1


async def test_an_account_whose_secret_cannot_be_kept_is_not_added(tmp_path: Path) -> None:
    class Refusing(MemorySecrets):
        async def _put(self, values: Mapping[str, str]) -> None:
            del values
            raise CredentialError("The keyring is locked.", hint="Unlock it.")

    async with open_shop(tmp_path, secrets=Refusing()) as shop:
        with pytest.raises(CredentialError):
            await shop.workspace.connect("mercadolibre", "", AccountKind.LIVE, FIELDS)
        assert [account.kind for account in await shop.workspace.accounts.all()] == [AccountKind.PRACTICE]


async def test_a_dead_grant_holds_the_work_until_the_account_is_connected_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        shop.faults(revoke=True)
        batch_id = await shop.workspace.submit(WorkRequest("publish", (product,), (shop.account.id,)))
        await shop.workspace.engine.wait_idle()
        lane = shop.workspace.engine.lane_state(shop.account.id)
        (batch,) = await shop.workspace.jobs.batches([batch_id])
        assert lane.breaker is not BreakerState.CLOSED
        assert not batch.state.is_final
        await shop.workspace.test_account(shop.account.id)
        ended = await shop.workspace.engine.wait_batch(batch_id)
        assert ended is not None
        assert ended.state is JobState.COMPLETED, await shop.problems(ended)


async def test_a_practice_sign_in_that_failed_is_made_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
    async with open_shop(tmp_path) as shop:  # the grant was in memory only
        shop.faults(
            fail_next=[
                {"path": "/oauth/token", "method": "POST", "status": 503, "times": 1},
                {"path": "/authorization", "method": "GET", "drop": True, "times": 1},
            ]
        )
        batch = await shop.do("publish", product)
        assert batch.state is JobState.COMPLETED, await shop.problems(batch)


async def test_a_paused_account_sends_nothing_until_it_goes_on(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.workspace.pause_account(shop.account.id, True)
        batch_id = await shop.workspace.submit(WorkRequest("publish", (product,), (shop.account.id,)))
        await shop.workspace.engine.wait_idle()
        assert shop.summary()["creates"] == 0
        await shop.workspace.pause_account(shop.account.id, False)
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.state is JobState.COMPLETED


async def test_work_goes_on_after_the_program_was_closed(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        (product,) = await shop.add(lamp())
        batch_id = await shop.workspace.submit(WorkRequest("publish", (product,), (shop.account.id,)))
    async with open_shop(tmp_path) as shop:
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.title == "Publish 1 product on Test"
        assert batch.state is JobState.COMPLETED, await shop.problems(batch)


async def test_every_kind_of_failure_is_survived(tmp_path: Path) -> None:
    async with open_shop(tmp_path, lag="0.1,0.1") as shop:
        products = await shop.add(*(lamp(number) for number in range(10)))
        shop.faults(failure_rate=0.1, seed=7, timeout_s=0.2, slow_s=0.1)
        batch = await shop.do("publish", *products)
        shop.faults(failure_rate=0)
        summary = shop.summary()
    assert batch.completed == 10, await shop.problems(batch)
    assert json.dumps(summary["duplicate_skus"]) == "[]"
    assert summary["live_items"] == 10
