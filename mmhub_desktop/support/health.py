"""Whether everything that the work needs is in order, told without asking anybody outside this computer."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mmhub_desktop.credentials import PlaceKind
from mmhub_desktop.domain.call_stats import totals
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.jobs.breaker import BreakerState
from mmhub_desktop.store.database import from_ms
from mmhub_desktop.store.lane_notes import look_beside
from mmhub_desktop.workspace import Workspace

LEAST_FREE_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``words`` says how it is, for the seller."""

    name: str
    ok: bool
    words: str


async def look(workspace: Workspace) -> list[Check]:
    """Every check, offline. Reads the whole workspace file: seconds for a large one."""
    return [
        await _file(workspace),
        await asyncio.to_thread(_disk, workspace),
        await _secrets(workspace),
        await _jobs(workspace),
        *await _accounts(workspace),
    ]


async def look_from_outside(path: Path, holder: str) -> list[Check]:
    """What can be told of a workspace that another program (``holder``) has open: its jobs and its accounts' lanes."""
    beside = await asyncio.to_thread(look_beside, path)
    now = datetime.now(UTC)
    waiting = sum(beside.jobs.get(state.value, 0) for state in (JobState.PENDING, JobState.RUNNING))
    failed = beside.jobs.get(JobState.FAILED.value, 0)
    checks = [
        Check("workspace", ok=True, words=holder),
        Check("jobs", ok=True, words=f"{waiting:,} jobs wait or run, {failed:,} have failed."),
    ]
    for account_id, (label, paused) in beside.accounts.items():
        note = beside.notes.get(account_id)
        if note is None:
            state = "paused" if paused else "circuit breaker closed"
            checks.append(Check(f"account {label}", ok=True, words=f"{state}."))
            continue
        words = [f"circuit breaker {note.breaker.replace('_', ' ')}", note.reason.rstrip(".")]
        words += [f"for {_age(now, note.since)}"] if note.since else []
        if note.next_try_at is not None:
            due = note.next_try_at > now
            words.append(f"next try in {_age(note.next_try_at, now)}" if due else "it is tried again now")
        ok = note.breaker != BreakerState.OPEN.value
        checks.append(Check(f"account {label}", ok, "; ".join(word for word in words if word) + "."))
    return checks


async def _file(workspace: Workspace) -> Check:
    try:
        await workspace.db.check()
    except MmhubError as error:
        return Check("workspace", ok=False, words=str(error))
    return Check("workspace", ok=True, words=f"{workspace.path} is whole.")


def _disk(workspace: Workspace) -> Check:
    free = shutil.disk_usage(workspace.path.parent).free
    return Check("disk", free >= LEAST_FREE_BYTES, f"{free / 1e9:.1f} GB are free where the workspace lies.")


async def _secrets(workspace: Workspace) -> Check:
    live = [account for account in await workspace.accounts.all() if account.kind is AccountKind.LIVE]
    try:
        where = (await workspace.secrets()).where
    except MmhubError as error:
        return Check("secrets", not live, str(error))
    usable = where.kind in (PlaceKind.KEYRING, PlaceKind.VAULT) and not where.locked
    state = ", locked" if where.locked else ""
    return Check("secrets", usable or not live, f"Keys lie in: {where.label}{state}.")


async def _jobs(workspace: Workspace) -> Check:
    counts = await workspace.jobs.counts()
    waiting = counts.get(JobState.PENDING, 0) + counts.get(JobState.RUNNING, 0)
    return Check(
        "jobs", ok=True, words=f"{waiting:,} jobs wait or run, {counts.get(JobState.FAILED, 0):,} have failed."
    )


async def _accounts(workspace: Workspace) -> list[Check]:
    """Each account's lane and last success; not in order when all calls of the last day have failed."""
    now = datetime.now(UTC)
    last = await workspace.calls.last_success_ms()
    day = {
        s.account_id: s
        for s in totals(await workspace.calls.hours(int(now.timestamp()) // 3600 - 24), by_operation=False)
    }
    checks = []
    for account in await workspace.accounts.all():
        lane = workspace.engine.lane_state(account.id)
        stats = day.get(account.id)
        dead = stats is not None and stats.calls == stats.failed
        known = account.marketplace in workspace.marketplaces
        words = ["paused" if account.paused else f"circuit breaker {lane.breaker.value.replace('_', ' ')}"]
        words += [lane.reason] if lane.reason else []
        success = from_ms(last.get(account.id))
        words.append(f"last success {_age(now, success)} ago" if success else "no success is on record")
        words += [f"{stats.calls:,} calls in the last day, {stats.success_rate:.1%} went well"] if stats else []
        words += [state.words for state in lane.budgets]
        words += [] if known else ["its marketplace is not part of this program"]
        ok = known and not dead and lane.breaker is not BreakerState.OPEN
        checks.append(Check(f"account {account.label}", ok, "; ".join(words) + "."))
    return checks


def _age(now: datetime, then: datetime) -> str:
    seconds = max(0.0, (now - then).total_seconds())
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"
