"""Work on three levels: the seller's request, one action for one listing, one step of it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId, ProductId, TaskId
from mmhub_desktop.errors import Finding


class JobState(StrEnum):
    """The state of a batch, a job or a task."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing happens any more without the seller."""
        return self in (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)


class Priority(IntEnum):
    """What goes first within an account; any whole number between them may be used too."""

    LOW = -10
    NORMAL = 0
    URGENT = 10


@dataclass(frozen=True, slots=True)
class WorkRequest:
    """What a face asks for: one action for every product on every account (none for local actions)."""

    action: str
    product_ids: tuple[ProductId, ...]
    account_ids: tuple[AccountId, ...] = ()
    title: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)  # JSON values handed to each task
    priority: int = Priority.NORMAL


@dataclass(frozen=True, slots=True)
class BatchJob:
    """The seller's request, with how far it has come. Counts are of jobs."""

    id: BatchId
    action: str
    title: str
    state: JobState
    total: int
    completed: int
    failed: int
    cancelled: int
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    priority: int = Priority.NORMAL
    cleared: bool = False  # its old jobs and steps were removed, the counts are kept
    stopping: int = 0  # jobs in the middle of a step that pause or end when the step has ended

    @property
    def done(self) -> int:
        """Jobs that have come to an end, well or not."""
        return self.completed + self.failed + self.cancelled


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a job or task waits or failed: the error's class, words, hint, findings and the other side's own words."""

    kind: str
    message: str
    hint: str = ""
    original: str = ""
    findings: tuple[Finding, ...] = ()


_VARYING = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'|\d+(?:[.,:]\d+)*")


def cause_of(problem: Problem) -> str:
    """What problems of the same kind have in common: the rules that were broken, else the words without what varies."""
    rules = sorted({finding.rule for finding in problem.findings if finding.blocks})
    return f"{problem.kind}: {', '.join(rules) if rules else _VARYING.sub('…', problem.message)}"


@dataclass(frozen=True, slots=True)
class Cause:
    """Why jobs of one action and account failed, how many, and the problem of the newest of them."""

    cause: str
    action: str
    account_id: AccountId | None
    count: int
    problem: Problem
    last_at: datetime | None = None

    @property
    def key(self) -> str:
        """A short name for the command line, the same each time."""
        whole = f"{self.cause}|{self.action}|{self.account_id}"
        return hashlib.blake2s(whole.encode(), digest_size=4).hexdigest()

    @property
    def words(self) -> str:
        """The reason in the seller's words: what the first finding says, else the problem."""
        blocking = [finding for finding in self.problem.findings if finding.blocks]
        return blocking[0].message if blocking else self.problem.message


@dataclass(frozen=True, slots=True)
class MarketplaceJob:
    """One action for one listing (or product, for local actions). ``next_try_at`` while it waits to be repeated."""

    id: JobId
    batch_id: BatchId
    action: str
    product_id: ProductId
    account_id: AccountId | None
    state: JobState
    attempts: int
    tasks_done: int
    tasks_total: int
    sku: str = ""
    title: str = ""
    next_try_at: datetime | None = None
    problem: Problem | None = None
    updated_at: datetime | None = None
    priority: int = Priority.NORMAL
    stopping: JobState | None = None  # what it becomes when the step that runs now has ended


@dataclass(frozen=True, slots=True)
class MarketplaceTask:
    """One step of a job. ``result`` is what it left for the steps after it (JSON values)."""

    id: TaskId
    job_id: JobId
    position: int
    kind: str
    state: JobState
    attempts: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
