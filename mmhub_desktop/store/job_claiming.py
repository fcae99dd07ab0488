"""Ready jobs handed over to the engine, marked running.

**Turns.** Within an account and priority the batches that have ready jobs take turns, so that a small batch is not
stuck behind a large one. The index of waiting jobs leads from batch to batch, so a claim costs one look per batch.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId, ProductId, TaskId
from mmhub_desktop.store.job_endings import BLOCKED

TURNS = 500  # batches of one account that take turns; when all of them wait, the next so many are looked at

_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(slots=True)
class ClaimedTask:
    """A task as the engine holds it. ``seen``: an earlier attempt may have had its effect."""

    id: TaskId
    kind: str
    completed: bool
    attempts: int
    seen: bool
    result: str | None  # JSON text


@dataclass(slots=True)
class ClaimedJob:
    """A job that is now marked running and belongs to the engine until it is settled."""

    id: JobId
    batch_id: BatchId
    action: str
    product_id: ProductId
    account_id: AccountId | None
    options: Mapping[str, Any]
    tasks: list[ClaimedTask]
    priority: int = 0


@dataclass(slots=True)
class Claim:
    """What one claim brought. ``next_ready_ms`` is when the next job of an exhausted lane becomes ready."""

    jobs: list[ClaimedJob] = field(default_factory=list)
    next_ready_ms: dict[AccountId | None, int] = field(default_factory=dict)
    started: list[BatchId] = field(default_factory=list)


def claim_jobs(
    connection: Connection, wants: Mapping[AccountId | None, int], turns: dict[AccountId | None, int], at_ms: int
) -> Claim:
    """Mark up to so many ready jobs of each account running; ``turns`` remembers the batch that had the last turn."""
    claim = Claim()
    ids: list[int] = []
    for account, wanted in wants.items():
        found, next_ready = _ready(connection, account, wanted, turns, at_ms)
        ids += found
        if next_ready is not None:
            claim.next_ready_ms[account] = next_ready
    if not ids:
        return claim
    connection.exec_driver_sql(_MARK_RUNNING, (at_ms, _encode(ids)))
    claim.jobs, batches = read_held(connection, ids)
    started = connection.exec_driver_sql(_START_BATCHES, {"now": at_ms, "ids": batches}).scalars()
    claim.started = [BatchId(batch) for batch in started]
    return claim


def read_held(connection: Connection, ids: Sequence[int]) -> tuple[list[ClaimedJob], str]:
    """Jobs with their tasks in the order of the ids, and the ids of their batches as JSON text."""
    rows = json.loads(connection.exec_driver_sql(_READ_CLAIMED, (_encode(ids),)).scalar_one())
    batches = _encode(list({row[1] for row in rows}))
    packed = json.loads(connection.exec_driver_sql(_READ_OPTIONS, (batches,)).scalar_one())
    options = {batch: json.loads(text) for batch, text in packed}
    by_id = {row[0]: row for row in rows}
    held: list[ClaimedJob] = []
    for job_id in ids:
        job, batch, action, product, account, priority, tasks = by_id[job_id]
        tasks.sort()
        found = [ClaimedTask(t[1], t[2], t[3] == "completed", t[4], t[5] != 0, t[6]) for t in tasks]
        held.append(ClaimedJob(job, batch, action, product, account, options[batch], found, priority))
    return held, batches


def find_lanes(connection: Connection) -> list[AccountId | None]:
    """The accounts that have waiting jobs; None for local work."""
    found: list[AccountId | None] = []
    if connection.exec_driver_sql(_LOCAL_LANE).first() is not None:
        found.append(None)
    account = connection.exec_driver_sql(_NEXT_LANE, (-1,)).scalar()
    while account is not None:
        found.append(AccountId(account))
        account = connection.exec_driver_sql(_NEXT_LANE, (account,)).scalar()
    return found


def _ready(
    connection: Connection,
    account: AccountId | None,
    wanted: int,
    turns: dict[AccountId | None, int],
    at_ms: int,
) -> tuple[list[int], int | None]:
    """Ids of ready jobs of a lane, urgent first, batches in turn; and when the next one is ready if these are all."""
    found: list[int] = []
    next_ready: int | None = None
    asked = {"account": account, "now": at_ms, "blocked": BLOCKED, "turns": TURNS}
    priority = connection.exec_driver_sql(_TOP_PRIORITY, asked).scalar()
    while priority is not None:
        level = {**asked, "priority": priority}
        after: int | None = 0
        while after is not None:
            rows = json.loads(connection.exec_driver_sql(_TURNS, {**level, "after": after}).scalar_one())
            after = rows[-1][0] if len(rows) == TURNS else None
            ready = [batch for batch, is_ready, _ in rows if is_ready]
            if ready:
                last = turns.get(account, 0)
                ready.sort(key=lambda batch: (batch <= last, batch))
                taken, turns[account] = _take_turns(connection, level, ready, wanted - len(found))
                found += taken
            if len(found) >= wanted:
                return found, None
            waiting = min((later for _, _, later in rows if later is not None), default=None)
            if waiting is not None and (next_ready is None or waiting < next_ready):
                next_ready = waiting
        priority = connection.exec_driver_sql(_LOWER_PRIORITY, level).scalar()
    return found, next_ready


def _take_turns(
    connection: Connection, level: Mapping[str, Any], batches: Sequence[int], wanted: int
) -> tuple[list[int], int]:
    """Up to so many ready jobs, the same number of each batch while they last; and the batch that was last."""
    found: list[int] = []
    left = list(batches[:wanted])
    skip = 0
    last = left[-1]
    while left and len(found) < wanted:
        share = -(-(wanted - len(found)) // len(left))
        asked = {**level, "batches": _encode(left), "limit": share, "skip": skip}
        shares = dict(json.loads(connection.exec_driver_sql(_SHARES, asked).scalar_one()))
        for place in range(share):
            for batch in left:
                if place < len(shares[batch]) and len(found) < wanted:
                    found.append(shares[batch][place])
                    last = batch
        left = [batch for batch in left if len(shares[batch]) == share]
        skip += share
    return found, last


_LOCAL_LANE = "SELECT 1 FROM marketplace_job WHERE state IN ('pending') AND account_id IS NULL LIMIT 1"
_NEXT_LANE = "SELECT min(account_id) FROM marketplace_job WHERE state IN ('pending') AND account_id > ?"
_TOP_PRIORITY = "SELECT max(priority) FROM marketplace_job WHERE state IN ('pending') AND account_id IS :account"
_LOWER_PRIORITY = """
SELECT max(priority) FROM marketplace_job
WHERE state IN ('pending') AND account_id IS :account AND priority < :priority
"""
# The first ready time of each batch that has waiting jobs, by one step of the index from batch to batch.
_TURNS = """
WITH RECURSIVE turn (batch) AS (
  SELECT min(batch_id) FROM marketplace_job
  WHERE state IN ('pending') AND account_id IS :account AND priority = :priority AND batch_id > :after
  UNION ALL
  SELECT (SELECT min(batch_id) FROM marketplace_job
    WHERE state IN ('pending') AND account_id IS :account AND priority = :priority AND batch_id > turn.batch)
  FROM turn WHERE turn.batch IS NOT NULL LIMIT :turns + 1
)
SELECT json_group_array(json_array(turn.batch,
  EXISTS (SELECT 1 FROM marketplace_job j WHERE j.state IN ('pending') AND j.account_id IS :account
    AND j.priority = :priority AND j.batch_id = turn.batch AND j.ready_at <= :now),
  (SELECT min(ready_at) FROM marketplace_job j WHERE j.state IN ('pending') AND j.account_id IS :account
    AND j.priority = :priority AND j.batch_id = turn.batch AND j.ready_at > :now AND j.ready_at < :blocked)))
FROM (SELECT batch FROM turn WHERE batch IS NOT NULL LIMIT :turns) turn
"""
_SHARES = """
SELECT json_group_array(json_array(b.value, json((
  SELECT json_group_array(id) FROM (
    SELECT id FROM marketplace_job
    WHERE state IN ('pending') AND account_id IS :account AND priority = :priority AND batch_id = b.value
    AND ready_at <= :now
    ORDER BY ready_at, id LIMIT :limit OFFSET :skip)))))
FROM json_each(:batches) b
"""
_MARK_RUNNING = """
UPDATE marketplace_job SET state = 'running', updated_at = ? WHERE id IN (SELECT value FROM json_each(?))
"""
_READ_CLAIMED = """
SELECT json_group_array(json_array(j.id, j.batch_id, j.action, j.product_id, j.account_id,
  j.priority, (SELECT json_group_array(json_array(t.position, t.id, t.kind, t.state, t.attempts, t.seen, t.result))
   FROM marketplace_task t WHERE t.job_id = j.id)))
FROM marketplace_job j WHERE j.id IN (SELECT value FROM json_each(?))
"""
_READ_OPTIONS = """
SELECT json_group_array(json_array(id, options)) FROM batch_job WHERE id IN (SELECT value FROM json_each(?))
"""
_START_BATCHES = """
UPDATE batch_job SET state = 'running', started_at = coalesce(started_at, :now)
WHERE state = 'pending' AND id IN (SELECT value FROM json_each(:ids)) RETURNING id
"""
