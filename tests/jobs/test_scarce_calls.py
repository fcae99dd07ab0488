"""Calls of which there are few in an hour: made at once while most are left, saved by waiting for others after that."""

from collections.abc import Sequence

from mmhub_desktop.domain.budget import HOUR_S, CallBudget
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind, GatherBounds
from mmhub_desktop.jobs.action import Outcome, TaskContext
from mmhub_desktop.jobs.allowance import Allowances
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.budgets import BudgetStore
from tests.jobs.conftest import Rig, action, task


async def test_nobody_waits_for_a_call_of_which_most_are_left(rig: Rig) -> None:
    account = await AccountStore(rig.db).add(Account(AccountId(0), "walmart", "Test", AccountKind.LIVE))
    allowance = Allowances(BudgetStore(rig.db), rig.clock).of(account, (CallBudget(4, HOUR_S, "feeds"),))
    assert allowance is not None
    sent: list[tuple[float, list[int]]] = []
    began = rig.clock.monotonic()

    async def one(context: TaskContext) -> None:
        raise AssertionError(f"product {context.product_id} went alone")

    async def many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
        await allowance.take("feeds")
        sent.append((rig.clock.monotonic() - began, sorted(int(each.product_id) for each in contexts)))
        return [None for _ in contexts]

    bounds = GatherBounds(20, 30, scarce=True, budget="feeds")
    rig.lanes = {account.id: LaneSettings(4, allowance=allowance, gathered={"send": bounds})}
    await rig.start(action(task("send", one, gather="send", run_many=many, remote=True, has_effect=True)))
    for first in (1, 3, 5):
        await rig.engine.wait_batch(await rig.submit(2, first=first, accounts=(account.id,)))
    assert [products for _, products in sent] == [[1, 2], [3, 4], [5, 6]]
    assert sent[-1][0] < 1
    batch_id = await rig.submit(2, first=7, accounts=(account.id,))  # a quarter of them is left: it waits for others
    await rig.quiet()
    assert len(sent) == 3
    rig.clock.advance(30)
    await rig.engine.wait_batch(batch_id)
    assert sent[3][0] >= 30
