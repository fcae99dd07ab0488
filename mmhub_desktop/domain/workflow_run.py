"""One run of a workflow and of each of its steps, as they stand in the store."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mmhub_desktop.domain.ids import BatchId, WorkflowId, WorkflowRunId
from mmhub_desktop.domain.workflow import Workflow


class RunState(StrEnum):
    """How far a run has come."""

    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing of it happens any more."""
        return self not in (RunState.RUNNING, RunState.PAUSED)


class StepState(StrEnum):
    """How far a step of a run has come. Passed by: no product came so far, or none met its conditions."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    PASSED_BY = "passed_by"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the steps after it may begin."""
        return self not in (StepState.WAITING, StepState.RUNNING)


@dataclass(frozen=True, slots=True)
class StepRun:
    """A step in a run. Counts are of products; ``ready_at`` while it waits for a time; ``said`` explains its state."""

    id: int
    key: str
    state: StepState
    batch_id: BatchId | None = None
    products: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    said: str = ""
    ready_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """A run. ``workflow`` is as it was when the run began; ``cause`` says in words what started it."""

    id: WorkflowRunId
    workflow_id: WorkflowId
    workflow: Workflow
    state: RunState
    cause: str
    products: int
    said: str
    started_at: datetime
    finished_at: datetime | None = None
    chain: int = 0  # how many runs in a row were started only by what changed during the run before
    steps: tuple[StepRun, ...] = ()

    def step(self, key: str) -> StepRun:
        """The step of this key. KeyError when there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)
