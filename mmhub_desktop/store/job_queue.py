"""The engine's side of the three levels: plan, claim, settle, control, each in one transaction.

Rows go to SQLite as one JSON text for each statement, and come back as one: sqlite3 gives up the interpreter
lock at every step of a statement, and under load waits milliseconds to get it back. One step for a whole group
keeps the writer at a few microseconds a row (one row a step: 280 µs beside a busy loop).

**Turns.** Within an account and priority the batches that have ready jobs take turns, so that a small batch is not
stuck behind a large one. The index of waiting jobs leads from batch to batch, so a claim costs one look per batch.

**Listings do not overlap.** Of the open jobs of one product and account, one holds the listing; the others
carry ``BLOCKED`` as their ready time and are let go one by one, in the transaction that ends the holder.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId, ProductId, TaskId
from mmhub_desktop.domain.job import Priority, Problem, WorkRequest
from mmhub_desktop.store.database import Database, now_ms
from mmhub_desktop.store.job_attempts import note_attempts
from mmhub_desktop.store.outbox_rows import plain_connection, tell_jobs

BLOCKED = 9_000_000_000_000_000  # ready_at of a job that waits for another job of its listing
PLAN_CHUNK = 10_000  # products in one statement
TURNS = 500  # batches of one account that take turns; when all of them wait, the next so many are looked at
REPLACED = Problem("Replaced", "Replaced by a newer one.", "The newer job of this listing sends what is up to date.")

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


@dataclass(slots=True)
class Settlement:
    """Rows of one commit.

    ``tasks``: [id, state, attempts, seen, started_ms, finished_ms, result, problem]; ``jobs``: [id, state,
    attempts, ready_ms or None to leave it, problem, tasks done]; ``finished``: ids among them that are final;
    ``retried``: ids among them that failed and are to be tried again; ``counts``: batch → [completed, failed,
    cancelled] to add.
    """

    tasks: list[list[Any]] = field(default_factory=list)
    jobs: list[list[Any]] = field(default_factory=list)
    finished: list[JobId] = field(default_factory=list)
    retried: list[JobId] = field(default_factory=list)
    counts: dict[BatchId, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Settled:
    """What a commit led to: batches that came to their end, and whether a job waiting for its listing was let go."""

    finished_batches: list[BatchId]
    freed: bool


@dataclass(slots=True)
class Created:
    """A planned batch, and what it replaced: older jobs that had not begun, their batches, those that ended by it."""

    batch_id: BatchId
    jobs: list[JobId] = field(default_factory=list)
    batches: list[BatchId] = field(default_factory=list)
    finished_batches: list[BatchId] = field(default_factory=list)


AtPlan = Callable[[Connection, BatchId], None]
"""Something that is written in the transaction that plans a batch."""


class PlannedTask(Protocol):
    """A task as an action declares it, as far as planning goes."""

    @property
    def name(self) -> str:
        """Its kind."""


class Planned(Protocol):
    """An action, as far as planning goes."""

    @property
    def per_account(self) -> bool:
        """Whether there is a job for each account, or one without account."""

    @property
    def newest_counts(self) -> bool:
        """Whether a newer job of the listing replaces one that has not begun."""

    @property
    def tasks(self) -> Sequence[PlannedTask]:
        """In order."""


class JobQueue:
    """Everything the engine writes. Each method is one transaction on the writer's thread; times in ms, UTC."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._turns: dict[AccountId | None, int] = {}  # the batch that had the last turn; the writer's thread only

    async def create_batch(
        self,
        request: WorkRequest,
        action: Planned,
        *,
        urgent: Collection[ProductId] = (),
        also: AtPlan | None = None,
        at_ms: int | None = None,
    ) -> Created:
        """Write a request with all its jobs and tasks in one transaction. Products named twice count once.

        Jobs of the ``urgent`` products come first; ``also`` writes something of its own in the same transaction.
        """
        products = list(dict.fromkeys(request.product_ids))
        accounts: list[AccountId | None] = [*dict.fromkeys(request.account_ids)] if action.per_account else [None]
        tasks = [task.name for task in action.tasks]

        def write(connection: Connection) -> Created:
            at = now_ms() if at_ms is None else at_ms
            asked = _Asked(request, products, accounts, tasks, list(urgent), at)
            replaced = _replace(connection, asked) if action.newest_counts else []
            created = Created(_create(connection, asked), [JobId(row[0]) for row in replaced])
            created.batches, created.finished_batches = _count_replaced(connection, replaced, at)
            _inherit_priority(connection, replaced, created.batch_id, request.priority)
            if also is not None:
                also(connection, created.batch_id)
            return created

        return await self._db.write(write)

    async def lanes(self) -> list[AccountId | None]:
        """The accounts that have waiting jobs; None for local work."""
        return await self._db.read(_lanes)

    async def look(self, ids: Sequence[JobId]) -> list[ClaimedJob]:
        """Jobs with their tasks as the engine holds them, without claiming them."""
        return await self._db.read(lambda connection: _held(connection, ids)[0])

    async def claim(self, wants: Mapping[AccountId | None, int], at_ms: int) -> Claim:
        """Mark up to so many ready jobs of each account running and hand them over with their tasks."""
        return await self._db.write(lambda connection: _claim(connection, wants, self._turns, at_ms))

    def settle(self, connection: Connection, rows: Settlement, at_ms: int) -> Settled:
        """Write what became of tasks and jobs. Runs inside a write of ``begin_settle``."""
        if rows.tasks:
            connection.exec_driver_sql(_SETTLE_TASKS, (_encode(rows.tasks),))
            note_attempts(connection, rows.tasks)
        if rows.jobs:
            connection.exec_driver_sql(_SETTLE_JOBS, {"rows": _encode(rows.jobs), "now": at_ms})
        if rows.finished or rows.retried:
            tell_jobs(plain_connection(connection), rows.finished, rows.retried, at_ms)
        freed = False
        if rows.finished:
            found = connection.exec_driver_sql(
                _FREE_AFTER, {"ids": _encode(rows.finished), "now": at_ms, "blocked": BLOCKED}
            )
            freed = found.rowcount > 0
        return Settled([b for b, c in rows.counts.items() if finish_counts(connection, b, c, at_ms)], freed)

    def begin_settle(self, rows: Settlement, at_ms: int) -> asyncio.Future[Settled]:
        """Queue a settlement for the next commit; the future is done after it."""
        return self._db.begin_write(lambda connection: self.settle(connection, rows, at_ms))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be planned, each product and account once."""

    request: WorkRequest
    products: Sequence[ProductId]
    accounts: Sequence[AccountId | None]
    tasks: Sequence[str]
    urgent: Sequence[ProductId]
    at_ms: int

    @property
    def options(self) -> str:
        return json.dumps(dict(self.request.options))


def _create(connection: Connection, asked: _Asked) -> BatchId:
    request, products, tasks, at_ms = asked.request, asked.products, asked.tasks, asked.at_ms
    total = len(products) * len(asked.accounts)
    batch_id = connection.exec_driver_sql(
        "INSERT INTO batch_job (action, title, options, priority, total, created_at) VALUES (?, ?, ?, ?, ?, ?) "
        "RETURNING id",
        (request.action, request.title, asked.options, int(request.priority), total, at_ms),
    ).scalar_one()
    first = connection.exec_driver_sql("SELECT coalesce(max(id), 0) + 1 FROM marketplace_job").scalar_one()
    for start in range(0, len(products), PLAN_CHUNK):
        connection.exec_driver_sql(
            _PLAN_JOBS,
            {
                "batch": batch_id,
                "action": request.action,
                "tasks": len(tasks),
                "now": at_ms,
                "blocked": BLOCKED,
                "products": _encode(products[start : start + PLAN_CHUNK]),
                "accounts": _encode(asked.accounts),
                "priority": int(request.priority),
                "urgent": _encode(asked.urgent),
                "first": max(int(request.priority), Priority.URGENT.value),
            },
        )
    last = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM marketplace_job").scalar_one()
    connection.exec_driver_sql(_PLAN_TASKS, {"first": first, "last": last, "kinds": _encode(tasks)})
    return BatchId(batch_id)


def _replace(connection: Connection, asked: _Asked) -> list[list[Any]]:
    """End jobs of the same listings and action of which no step has begun; [job, batch, priority] of each.

    Only where the new job sends all that the old one would have sent: it was asked for with the same options, or
    this one with none.
    """
    replaced: list[list[Any]] = []
    for start in range(0, len(asked.products), PLAN_CHUNK):
        about = {
            "action": asked.request.action,
            "options": asked.options,
            "products": _encode(asked.products[start : start + PLAN_CHUNK]),
            "accounts": _encode(asked.accounts),
        }
        replaced += json.loads(connection.exec_driver_sql(_REPLACEABLE, about).scalar_one())
    if replaced:
        holders = [row[0] for row in replaced if row[3] != BLOCKED]
        connection.exec_driver_sql(
            _END_REPLACED,
            {"ids": _encode([row[0] for row in replaced]), "problem": _encode(asdict(REPLACED)), "now": asked.at_ms},
        )
        connection.exec_driver_sql(
            _FREE_AFTER, {"ids": _encode(holders), "now": asked.at_ms, "blocked": BLOCKED}
        )  # fmt: skip
    return replaced


def _count_replaced(
    connection: Connection, replaced: Sequence[Sequence[Any]], at_ms: int
) -> tuple[list[BatchId], list[BatchId]]:
    counts: dict[BatchId, int] = {}
    for row in replaced:
        counts[row[1]] = counts.get(row[1], 0) + 1
    ended = [batch for batch, count in counts.items() if finish_counts(connection, batch, (0, 0, count), at_ms)]
    return list(counts), ended


def _inherit_priority(
    connection: Connection, replaced: Sequence[Sequence[Any]], batch_id: BatchId, priority: int
) -> None:
    """What was to go first still does, in its new form."""
    raised = [row[0] for row in replaced if row[2] > priority]
    if raised:
        connection.exec_driver_sql(_INHERIT, {"ids": _encode(raised), "batch": batch_id})


def _lanes(connection: Connection) -> list[AccountId | None]:
    found: list[AccountId | None] = []
    if connection.exec_driver_sql(_LOCAL_LANE).first() is not None:
        found.append(None)
    account = connection.exec_driver_sql(_NEXT_LANE, (-1,)).scalar()
    while account is not None:
        found.append(AccountId(account))
        account = connection.exec_driver_sql(_NEXT_LANE, (account,)).scalar()
    return found


def _claim(
    connection: Connection, wants: Mapping[AccountId | None, int], turns: dict[AccountId | None, int], at_ms: int
) -> Claim:
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
    claim.jobs, batches = _held(connection, ids)
    started = connection.exec_driver_sql(_START_BATCHES, {"now": at_ms, "ids": batches}).scalars()
    claim.started = [BatchId(batch) for batch in started]
    return claim


def _held(connection: Connection, ids: Sequence[int]) -> tuple[list[ClaimedJob], str]:
    """Jobs in the order of the ids, and the ids of their batches as JSON text."""
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


def finish_counts(connection: Connection, batch: BatchId, counts: Iterable[int], at_ms: int) -> bool:
    """Add to a batch's counts; True when that was its last job."""
    row = connection.exec_driver_sql(_ADD_COUNTS, (*counts, batch)).first()
    if row is None or row[0] > 0:
        return False
    connection.exec_driver_sql(_FINISH_BATCH, (at_ms, batch))
    return True


_PLAN_JOBS = """
INSERT INTO marketplace_job (batch_id, action, product_id, account_id, priority, tasks_total, ready_at, updated_at)
SELECT :batch, :action, p.value, a.value,
  CASE WHEN p.value IN (SELECT value FROM json_each(:urgent)) THEN :first ELSE :priority END, :tasks,
  CASE WHEN EXISTS (
    SELECT 1 FROM marketplace_job o WHERE o.product_id = p.value AND o.account_id IS a.value
    AND o.state IN ('pending', 'running', 'paused')
  ) THEN :blocked ELSE :now END,
  :now
FROM json_each(:products) p CROSS JOIN json_each(:accounts) a
"""
_PLAN_TASKS = """
INSERT INTO marketplace_task (job_id, position, kind)
SELECT j.id, k.key, k.value FROM marketplace_job j CROSS JOIN json_each(:kinds) k WHERE j.id BETWEEN :first AND :last
"""
_REPLACEABLE = """
SELECT json_group_array(json_array(o.id, o.batch_id, o.priority, o.ready_at))
FROM json_each(:products) p CROSS JOIN json_each(:accounts) a
JOIN marketplace_job o ON o.product_id = p.value AND o.account_id IS a.value
  AND o.state IN ('pending', 'running', 'paused') AND o.state = 'pending' AND o.action = :action
JOIN batch_job b ON b.id = o.batch_id
WHERE (b.options = :options OR :options = '{}') AND NOT EXISTS (
  SELECT 1 FROM marketplace_task t WHERE t.job_id = o.id AND (t.state <> 'pending' OR t.seen))
"""
_END_REPLACED = """
UPDATE marketplace_job SET state = 'cancelled', problem = :problem, updated_at = :now
WHERE id IN (SELECT value FROM json_each(:ids))
"""
_INHERIT = """
UPDATE marketplace_job SET priority = max(marketplace_job.priority, o.priority)
FROM (SELECT product_id, account_id, priority FROM marketplace_job
  WHERE id IN (SELECT value FROM json_each(:ids))) o
WHERE marketplace_job.batch_id = :batch AND marketplace_job.product_id = o.product_id
AND marketplace_job.account_id IS o.account_id
"""
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
_SETTLE_TASKS = """
UPDATE marketplace_task SET state = v.state, attempts = v.attempts, seen = v.seen, started_at = v.started,
  finished_at = v.finished, result = v.result, problem = v.problem
FROM (SELECT value ->> 0 AS id, value ->> 1 AS state, value ->> 2 AS attempts, value ->> 3 AS seen,
  value ->> 4 AS started, value ->> 5 AS finished, value ->> 6 AS result, value ->> 7 AS problem
  FROM json_each(?)) v
WHERE marketplace_task.id = v.id
"""
_SETTLE_JOBS = """
UPDATE marketplace_job SET state = v.state, attempts = v.attempts,
  ready_at = coalesce(v.ready, marketplace_job.ready_at),
  problem = CASE v.state WHEN 'completed' THEN NULL ELSE coalesce(v.problem, marketplace_job.problem) END,
  cause = CASE v.state WHEN 'failed' THEN coalesce(v.problem ->> 'cause', '') ELSE '' END,
  tasks_done = v.done, updated_at = :now
FROM (SELECT value ->> 0 AS id, value ->> 1 AS state, value ->> 2 AS attempts, value ->> 3 AS ready,
  value ->> 4 AS problem, value ->> 5 AS done FROM json_each(:rows)) v
WHERE marketplace_job.id = v.id
"""
_FREE_AFTER = """
UPDATE marketplace_job SET ready_at = :now, updated_at = :now WHERE id IN (
  SELECT (SELECT min(o.id) FROM marketplace_job o
    WHERE o.product_id = f.product_id AND o.account_id IS f.account_id
    AND o.state IN ('pending', 'running', 'paused') AND o.state = 'pending' AND o.ready_at = :blocked)
  FROM marketplace_job f WHERE f.id IN (SELECT value FROM json_each(:ids)))
"""
_ADD_COUNTS = """
UPDATE batch_job SET completed = completed + ?, failed = failed + ?, cancelled = cancelled + ?
WHERE id = ? RETURNING total - completed - failed - cancelled
"""
_FINISH_BATCH = """
UPDATE batch_job SET finished_at = ?, state = CASE WHEN failed > 0 THEN 'failed'
  WHEN cancelled > 0 THEN 'cancelled' ELSE 'completed' END
WHERE id = ?
"""
