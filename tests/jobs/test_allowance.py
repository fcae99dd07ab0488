"""Calls of an hour or a day: refused when used up, never forgotten by a crash, corrected by what the answers say."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mmhub_desktop.domain.budget import HOUR_S, CallBudget
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.errors import CallsUsedUp
from mmhub_desktop.jobs.action import TaskContext
from mmhub_desktop.jobs.allowance import Allowance, Allowances
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.pace import after_call, before_call
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.budgets import BudgetStore
from mmhub_desktop.store.database import Database
from tests.fakes.clock import FakeClock
from tests.jobs.conftest import Rig, action, task

DAY = CallBudget(500, remaining_header="x-remaining-today", limit_header="x-limit-per-day")


class Till:
    """The allowance of one account on a file that can be closed and opened again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = FakeClock()
        self.db = Database.open(path)
        self.allowances = Allowances(BudgetStore(self.db), self.clock)
        self.account = Account(AccountId(1), "mercadolibre", "Test")

    async def open(self, *budgets: CallBudget) -> Allowance:
        await self.allowances.load()
        found = self.allowances.of(self.account, budgets)
        assert found is not None
        return found

    async def crash(self, *budgets: CallBudget) -> Allowance:
        """As after a kill: nothing is settled, only what is on disk is there."""
        self.db.close()
        self.db = Database.open(self.path)
        self.allowances = Allowances(BudgetStore(self.db), self.clock)
        return await self.open(*budgets)


@pytest.fixture
async def till(tmp_path: Path) -> AsyncIterator[Till]:
    made = Till(tmp_path / "shop.mmhub")
    await AccountStore(made.db).add(made.account)
    yield made
    made.db.close()


def used(allowance: Allowance) -> int:
    return allowance.states()[0].used


async def test_a_crash_may_count_a_few_calls_too_many_and_never_one_too_few(till: Till) -> None:
    allowance = await till.open(DAY)
    for made in range(1, 24):
        await allowance.take("")
        till.allowances = Allowances(BudgetStore(till.db), till.clock)  # what a new start would find
        assert made <= used(await till.open(DAY)) < made + 5
    assert 23 <= used(await till.crash(DAY)) < 28


async def test_a_clean_end_gives_back_what_was_counted_ahead(till: Till) -> None:
    allowance = await till.open(DAY)
    await asyncio.gather(*(allowance.take("") for _ in range(7)))
    await till.allowances.close()
    assert used(await till.crash(DAY)) == 7


async def test_used_up_calls_stay_used_up_through_a_restart_until_they_come_back(till: Till) -> None:
    budget = CallBudget(3, resets_at="00:00", zone="UTC")
    allowance = await till.open(budget)
    for _ in range(3):
        await allowance.take("")
    with pytest.raises(CallsUsedUp) as refused:
        await allowance.take("")
    assert refused.value.retry_after_s == allowance.wait_s() == 86_400 - till.clock.now() % 86_400
    again = await till.crash(budget)
    assert used(again) == 3
    with pytest.raises(CallsUsedUp):
        await again.take("")
    till.clock.advance(again.wait_s())
    await again.take("")
    assert used(again) == 1


async def test_a_sliding_hour_lets_calls_go_as_the_old_ones_leave_it(till: Till) -> None:
    allowance = await till.open(CallBudget(10, HOUR_S, "feeds"), DAY)
    for _ in range(10):
        await allowance.take("feeds")
        till.clock.advance(60)
    assert allowance.wait_s("feeds") > HOUR_S - 600
    assert allowance.wait_s("prices") == 0.0
    till.clock.advance(allowance.wait_s("feeds"))
    await allowance.take("feeds")
    assert [state.used for state in allowance.states()][1] == 11
    rows = await BudgetStore(till.db).all()
    assert len(rows[(AccountId(1), "feeds/3600/")]) <= 25  # old parts are forgotten


async def test_answers_correct_the_count_in_both_directions(till: Till) -> None:
    allowance = await till.open(DAY)
    await allowance.take("")
    allowance.answered("", {"x-remaining-today": "380", "x-limit-per-day": "400"})  # others use the same keys
    assert (used(allowance), allowance.states()[0].allowed) == (20, 400)
    await allowance.take("")
    allowance.answered("", {"x-remaining-today": "a lot"})
    allowance.answered("", None)
    assert used(allowance) == 21
    allowance.answered("", {"x-remaining-today": "395"})  # it counts fewer than we do
    assert used(allowance) == 5
    await allowance.take("")
    assert used(await till.crash(DAY)) >= 6


async def test_a_call_that_was_not_made_does_not_count_and_one_outside_of_jobs_is_never_refused(till: Till) -> None:
    allowance = await till.open(CallBudget(2))
    await before_call(allowance)
    allowance.give_back("")
    assert used(allowance) == 0
    for _ in range(3):
        await before_call(allowance)
    assert allowance.wait_s() > 0


async def test_work_sleeps_in_the_store_until_the_calls_come_back(rig: Rig, tmp_path: Path) -> None:
    account = await AccountStore(rig.db).add(Account(AccountId(0), "mercadolibre", "Test", AccountKind.LIVE))
    allowances = Allowances(BudgetStore(rig.db), rig.clock)
    calls: list[float] = []

    async def call_twice(_: TaskContext) -> None:
        for _ in range(2):
            await before_call(allowance)
            calls.append(rig.clock.now())
            after_call(allowance, {})  # type: ignore[arg-type]

    allowance = allowances.of(account, (CallBudget(5),))
    rig.lanes = {account.id: LaneSettings(1, allowance=allowance)}
    await rig.start(action(task("one", call_twice, remote=True)))
    batch_id = await rig.submit(4, accounts=(account.id,))
    await rig.engine.wait_idle()
    assert len(calls) == 5
    batch = await rig.batch(batch_id)
    assert (batch.completed, batch.failed) == (2, 0)
    state = rig.engine.lane_state(account.id)
    assert state.reason == "The calls it may make are used up."
    assert state.used_up is not None
    assert state.used_up.words == "5 of 5 calls a day used"
    assert state.used_up.free_at == state.next_try_at
    await rig.pass_time(3600)
    assert len(calls) == 5
    assert (await rig.jobs(batch_id))[2].attempts == 0  # waiting is no attempt
    await rig.turn_until(lambda: len(calls) == 9)
    await rig.engine.wait_batch(batch_id)
    assert (await rig.batch(batch_id)).completed == 4


async def test_calls_of_one_group_that_are_used_up_hold_only_their_tasks(rig: Rig) -> None:
    account = await AccountStore(rig.db).add(Account(AccountId(0), "mercadolibre", "Test", AccountKind.LIVE))
    allowance = Allowances(BudgetStore(rig.db), rig.clock).of(account, (CallBudget(1, HOUR_S, "feeds"),))
    fed: list[int] = []

    async def call(_: TaskContext) -> None:
        await before_call(allowance)

    async def feed(context: TaskContext) -> None:
        await before_call(allowance)
        fed.append(context.product_id)

    rig.lanes = {account.id: LaneSettings(4, allowance=allowance)}
    await rig.start(action(task("one", call, remote=True), task("two", feed, remote=True, limit_group="feeds")))
    batch_id = await rig.submit(2, accounts=(account.id,))
    await rig.engine.wait_idle()
    assert len(fed) == 1
    waiting = next(job for job in await rig.jobs(batch_id) if not job.state.is_final)
    assert waiting.tasks_done == 1
    assert waiting.next_try_at is not None
    assert rig.engine.lane_state(account.id).used_up is None
    await rig.turn_until(lambda: len(fed) == 2)
