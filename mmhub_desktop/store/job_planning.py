"""Requests written as batches of jobs and tasks.

**Listings do not overlap.** Of the open jobs of one product and account, one holds the listing; the others
carry ``BLOCKED`` as their ready time and are let go one by one, in the transaction that ends the holder.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId, ProductId
from mmhub_desktop.domain.job import Priority, Problem, WorkRequest
from mmhub_desktop.store.job_endings import BLOCKED, finish_counts, free_listings

PLAN_CHUNK = 10_000  # products in one statement
REPLACED = Problem("Replaced", "Replaced by a newer one.", "The newer job of this listing sends what is up to date.")

_encode = json.JSONEncoder(separators=(",", ":")).encode


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


def plan_batch(
    connection: Connection, request: WorkRequest, action: Planned, urgent: Collection[ProductId], at_ms: int
) -> Created:
    """Write a request with all its jobs and tasks. Products named twice count once; ``urgent`` ones come first."""
    products = list(dict.fromkeys(request.product_ids))
    accounts: list[AccountId | None] = [*dict.fromkeys(request.account_ids)] if action.per_account else [None]
    asked = _Asked(request, products, accounts, [task.name for task in action.tasks], list(urgent), at_ms)
    replaced = _replace(connection, asked) if action.newest_counts else []
    created = Created(_create(connection, asked), [JobId(row[0]) for row in replaced])
    created.batches, created.finished_batches = _count_replaced(connection, replaced, at_ms)
    _inherit_priority(connection, replaced, created.batch_id, request.priority)
    return created


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
        free_listings(connection, holders, asked.at_ms)
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
