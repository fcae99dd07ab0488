"""The calls that an account may make in an hour or a day, counted on disk ahead of being made.

A crash may count calls that were never made, never the other way round: before a call leaves, a block that holds it is
on disk. So a commit is waited for once for each block, not for each call.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from mmhub_desktop.domain.budget import OWN_LIMIT, BudgetState, CallBudget, ends_of, slot_of
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.errors import CallsUsedUp
from mmhub_desktop.jobs.clock import Clock, SystemClock
from mmhub_desktop.store.budgets import BudgetStore, UsedCalls

BLOCK_PART, LARGEST_BLOCK = 100, 100  # a block is a hundredth of the budget, at most so many calls
TOLERANCE = 0.02  # a told remainder that is larger than ours counts only when it is so much of the budget larger


class Meter:
    """The count of one budget. Times are the wall clock's seconds."""

    def __init__(self, budget: CallBudget, kept: Mapping[int, int]) -> None:
        self.budget = budget
        self.allowed = budget.calls  # or what the marketplace told
        self.flying = 0  # calls that have left and are not answered
        self._used = dict(kept)
        self._kept = dict(kept)  # on disk: never less than used when a call leaves

    def declare(self, budget: CallBudget) -> None:
        """Take over a changed number of calls."""
        if budget.calls != self.budget.calls:
            self.allowed = budget.calls
        self.budget = budget

    def used(self, now: float) -> int:
        """Calls that count now."""
        return sum(self._used[slot] for slot in ends_of(self.budget, self._used, now))

    def wait_s(self, now: float) -> float:
        """Seconds until a call may be made; 0.0 when it may now."""
        left = self.allowed - self.used(now)
        if left > 0:
            return 0.0
        for slot, end in sorted(ends_of(self.budget, self._used, now).items()):
            left += self._used[slot]
            if left > 0:
                return min(max(0.001, end - now), 2.0 * self.budget.period_s)
        return float(self.budget.period_s)  # nothing is allowed at all

    def add(self, now: float, calls: int) -> None:
        """Count a call, or give one back."""
        slot = slot_of(self.budget, now)
        self._used[slot] = max(0, self._used.get(slot, 0) + calls)
        self.flying = max(0, self.flying + calls)

    def uncovered(self) -> dict[int, int]:
        """What must be on disk before the next call leaves: part of time → calls, a block ahead."""
        block = min(LARGEST_BLOCK, max(1, self.allowed // BLOCK_PART))
        return {slot: used + block - 1 for slot, used in self._used.items() if used > self._kept.get(slot, 0)}

    def over_kept(self) -> dict[int, int]:
        """What is on disk though it was not used."""
        return {slot: used for slot, used in self._used.items() if used != self._kept.get(slot, 0)}

    def note_kept(self, slots: Mapping[int, int]) -> None:
        """These counts are on disk now."""
        self._kept.update(slots)

    def forget_old(self, now: float) -> list[int]:
        """Parts of time that count no more."""
        counting = ends_of(self.budget, self._used, now)
        old = [slot for slot in self._used if slot not in counting]
        for slot in old:
            del self._used[slot]
            self._kept.pop(slot, None)
        return old

    def told(self, headers: Mapping[str, str], now: float) -> None:
        """Correct the count by what an answer says is left. Words that are no numbers say nothing."""
        limit = headers.get(self.budget.limit_header, "") if self.budget.limit_header else ""
        if limit.strip().isdigit() and int(limit) > 0:
            self.allowed = int(limit)
        left = headers.get(self.budget.remaining_header, "").strip() if self.budget.remaining_header else ""
        if not left.isdigit():
            return
        missing = self.allowed - int(left) - (self.used(now) - self.flying)
        if missing > 0:  # others use the same keys
            slot = slot_of(self.budget, now)
            self._used[slot] = self._used.get(slot, 0) + missing
        elif -missing > max(10, self.allowed * TOLERANCE):
            for slot in sorted(self._used):  # it has forgotten calls that we still count, the oldest first
                less = min(self._used[slot], -missing)
                self._used[slot] -= less
                missing += less

    def state(self, now: float) -> BudgetState:
        """How it stands."""
        wait = self.wait_s(now)
        free_at = datetime.fromtimestamp(now + wait, UTC) if wait else None
        return BudgetState(self.budget, min(self.used(now), self.allowed), self.allowed, free_at)


class Allowance:
    """The meters of one account. Lives on the loop."""

    def __init__(
        self, account_id: AccountId, store: BudgetStore, clock: Clock, kept: Mapping[str, Mapping[int, int]]
    ) -> None:  # fmt: skip
        self._account_id = account_id
        self._store = store
        self._clock = clock
        self._kept = kept
        self._meters: dict[str, Meter] = {}
        self._writing = asyncio.Lock()

    def declare(self, budgets: Iterable[CallBudget]) -> None:
        """These are the budgets now; what was used of those that stay still counts."""
        before, self._meters = self._meters, {}
        for budget in budgets:
            meter = before.get(budget.key) or Meter(budget, self._kept.get(budget.key, {}))
            meter.declare(budget)
            self._meters[budget.key] = meter

    def wait_s(self, group: str = "") -> float:
        """Seconds until a call of this group may be made; 0.0 when it may now."""
        now = self._clock.now()
        return max((meter.wait_s(now) for meter in self._of(group)), default=0.0)

    def part_left(self, group: str) -> float:
        """Which part of a group's own calls is left, 1.0 where nothing counts them; of several budgets the least."""
        now = self._clock.now()
        own = [meter for meter in self._meters.values() if meter.budget.group == group]
        return min((1 - meter.used(now) / max(1, meter.allowed) for meter in own), default=1.0)

    async def take(self, group: str, *, may_refuse: bool = True) -> None:
        """Count a call that leaves now. CallsUsedUp, and nothing is counted, when none is left."""
        now, meters = self._clock.now(), self._of(group)
        wait = max((meter.wait_s(now) for meter in meters), default=0.0)
        if wait and may_refuse:
            raise CallsUsedUp(
                "The account has used up the calls that it may make for now.",
                retry_after_s=wait,
                hint="Work goes on by itself when they come back.",
            )
        for meter in meters:
            meter.add(now, 1)
        if any(meter.uncovered() for meter in meters):
            try:
                async with self._writing:
                    await self._cover()
            except BaseException:
                self.give_back(group)
                raise

    def give_back(self, group: str) -> None:
        """A counted call was not made."""
        for meter in self._of(group):
            meter.add(self._clock.now(), -1)

    def answered(self, group: str, headers: Mapping[str, str] | None) -> None:
        """A call has ended; what its answer's headers say corrects the counts."""
        for meter in self._of(group):
            meter.flying = max(0, meter.flying - 1)
        if headers:
            for meter in self._meters.values():
                meter.told(headers, self._clock.now())

    def states(self) -> tuple[BudgetState, ...]:
        """How all budgets stand."""
        now = self._clock.now()
        return tuple(meter.state(now) for meter in self._meters.values())

    async def settle(self) -> None:
        """Write the true counts: what was counted ahead and not used comes back. For a clean end."""
        async with self._writing:
            await self._write({key: meter.over_kept() for key, meter in self._meters.items()})

    def _of(self, group: str) -> list[Meter]:
        return [meter for meter in self._meters.values() if meter.budget.group in ("", group)]

    async def _cover(self) -> None:
        await self._write({key: meter.uncovered() for key, meter in self._meters.items()})

    async def _write(self, counts: Mapping[str, Mapping[int, int]]) -> None:
        rows = [self._row(key, slot, used) for key, slots in counts.items() for slot, used in slots.items()]
        if not rows:
            return  # another call's commit has covered this one
        now = self._clock.now()
        old = [self._row(key, slot, 0) for key, meter in self._meters.items() for slot in meter.forget_old(now)]
        await self._store.keep(rows, old=old)
        for key, slots in counts.items():
            self._meters[key].note_kept(slots)

    def _row(self, key: str, slot: int, used: int) -> UsedCalls:
        return UsedCalls(self._account_id, key, slot, used)


class Allowances:
    """The allowances of a workspace's accounts."""

    def __init__(self, store: BudgetStore, clock: Clock | None = None) -> None:
        self._store = store
        self._clock: Clock = clock or SystemClock()
        self._kept: Mapping[tuple[AccountId, str], dict[int, int]] = {}
        self._made: dict[AccountId, Allowance] = {}

    async def load(self) -> None:
        """Read what was used before the program was closed. Once, before the first call."""
        self._kept = await self._store.all()

    def of(self, account: Account, declared: Iterable[CallBudget] = ()) -> Allowance | None:
        """The account's allowance under the marketplace's budgets and the seller's own; None without any."""
        budgets = [*declared, *own_budget(account)]
        found = self._made.get(account.id)
        if found is None:
            if not budgets:
                return None
            kept = {key: slots for (account_id, key), slots in self._kept.items() if account_id == account.id}
            found = self._made[account.id] = Allowance(account.id, self._store, self._clock, kept)
        found.declare(budgets)
        return found

    def forget(self, account_id: AccountId) -> None:
        """The account is removed, and its counts with it."""
        self._made.pop(account_id, None)

    async def close(self) -> None:
        """Write the true counts."""
        for allowance in self._made.values():
            await allowance.settle()


def own_budget(account: Account) -> tuple[CallBudget, ...]:
    """The seller's own limit of an account: calls of a day that ends at midnight here."""
    calls = account.settings.get(OWN_LIMIT, "")
    return (CallBudget(int(calls), resets_at="00:00", own=True),) if calls.isdigit() and int(calls) > 0 else ()
