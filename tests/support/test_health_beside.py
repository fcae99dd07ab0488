"""Health of a workspace that another program has open: what its lanes wait for, and since when."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mmhub_desktop.app import App
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.errors import SignInNeeded
from mmhub_desktop.events import AccountsChanged, Bus
from mmhub_desktop.jobs.breaker import Breaker, BreakerState
from mmhub_desktop.jobs.lane import LaneState
from mmhub_desktop.jobs.lane_notes import LaneNotes
from mmhub_desktop.store.lane_notes import LaneNote, LaneNoteStore, look_beside
from tests.fakes.shop import Shop, open_shop


async def noted(shop: Shop, account_id: AccountId) -> LaneNote | None:
    """The lane's note once all that was begun is written."""
    task = shop.workspace.lane_notes._task
    if task is not None:
        await task
    return look_beside(shop.workspace.path).notes.get(account_id)


async def test_a_lane_that_turns_is_noted_and_forgotten_when_it_is_free(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.workspace.lane_notes.start()
        shop.workspace.engine.account_refused(shop.account.id, SignInNeeded("Sign in again at MercadoLibre."))
        note = await noted(shop, shop.account.id)
        assert note is not None
        assert (note.breaker, note.reason) == ("open", "Sign in again at MercadoLibre.")
        assert note.since is not None
        assert datetime.now(UTC) - note.since < timedelta(minutes=1)
        await shop.workspace.test_account(shop.account.id)
        assert await noted(shop, shop.account.id) is None


async def test_a_clean_end_and_a_new_start_leave_no_old_notes(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        await shop.workspace.lane_notes.start()
        shop.workspace.engine.account_refused(shop.account.id, SignInNeeded("Sign in again."))
        assert await noted(shop, shop.account.id) is not None
        path = shop.workspace.path
    assert look_beside(path).notes == {}
    async with open_shop(tmp_path) as shop:
        old = LaneNote(shop.account.id, "open", "from before a crash", datetime.now(UTC))
        await LaneNoteStore(shop.workspace.db).save(old)
        await shop.workspace.lane_notes.start()
        assert look_beside(path).notes == {}


async def test_the_same_reason_keeps_its_age(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        breaker, bus = Breaker(), Bus()
        for _ in range(5):
            breaker.failure(0.0, "It is down.")

        def state(_: AccountId) -> LaneState:
            return LaneState(BreakerState(breaker.state), breaker.reason, None, None, 0, 0, paused=False)

        notes = LaneNotes(LaneNoteStore(shop.workspace.db), bus, state)
        await notes.start()
        found = []
        for _ in range(2):
            bus.publish(AccountsChanged((shop.account.id,)))
            assert notes._task is not None
            await notes._task
            found.append(look_beside(shop.workspace.path).notes[shop.account.id].since)
        assert found[0] == found[1]
        bus.publish(AccountsChanged((AccountId(99),)))  # removed meanwhile
        await notes.close()


async def test_the_command_line_tells_of_an_open_window(tmp_path: Path) -> None:
    app = App(holder="the window")
    workspace = await app.open_workspace(tmp_path / "shop.mmhub")
    try:
        account = await workspace.accounts.add(Account(AccountId(0), "mercadolibre", "Tienda", AccountKind.LIVE))
        words = [sys.executable, "-m", "mmhub_desktop", "--workspace", str(workspace.path), "health"]

        def ask() -> subprocess.CompletedProcess[str]:
            return subprocess.run([*words, "--json"], capture_output=True, text=True, timeout=60, check=False)

        well = await asyncio.to_thread(ask)
        assert well.returncode == 0, well.stderr
        assert "is open in the window (process" in well.stdout
        assert "circuit breaker closed" in well.stdout
        workspace.engine.account_refused(account.id, SignInNeeded("Sign in again."))
        assert workspace.lane_notes._task is not None
        await workspace.lane_notes._task
        ill = await asyncio.to_thread(ask)
        assert ill.returncode == 1
        assert "circuit breaker open; Sign in again; for " in ill.stdout
    finally:
        await app.close()
