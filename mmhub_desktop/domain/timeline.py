"""When what happened to a job: its steps' attempts and the waits between them, as spans of time in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mmhub_desktop.domain.ids import TaskId
from mmhub_desktop.domain.job import JobState, MarketplaceTask

SHORTEST_WAIT_S = 0.5  # shorter pauses between steps are not worth a word


@dataclass(frozen=True, slots=True)
class TaskAttempt:
    """An attempt of a step that did not end well. ``will_repeat``: it was, or is going to be, tried again."""

    task_id: TaskId
    number: int
    started_at: datetime
    ended_at: datetime
    will_repeat: bool
    message: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: ``kind`` is done, failed, repeat, running, wait or skipped. ``end`` None: it goes on."""

    row: str  # the step; empty for what is between steps
    kind: str
    start: datetime
    end: datetime | None
    words: str


def job_spans(
    planned_at: datetime,
    tasks: Sequence[MarketplaceTask],
    attempts: Sequence[TaskAttempt],
    label: Callable[[str], str],
    state: JobState,
    next_try_at: datetime | None = None,
) -> list[Span]:
    """All that is known of a job, oldest first; ``label`` gives the words of a step's kind."""
    steps = []
    for task in tasks:
        steps += _step_spans(task, [each for each in attempts if each.task_id == task.id], label(task.kind))
    steps.sort(key=lambda span: span.start)
    found: list[Span] = []
    at, why = planned_at, "waited for its turn"
    for span in steps:
        if (span.start - at).total_seconds() >= SHORTEST_WAIT_S:
            found.append(Span("", "wait", at, span.start, why))
        found.append(span)
        at = max(at, span.end or span.start)
        why = "waited to be tried again" if span.kind == "repeat" else "waited for its turn or the rate limit"
    if state is JobState.PENDING:
        why = "waits to be tried again" if next_try_at is not None else "waits for its turn"
        found.append(Span("", "wait", at, next_try_at, why))
    elif state is JobState.PAUSED:
        found.append(Span("", "wait", at, None, "paused"))
    return found


def _step_spans(task: MarketplaceTask, attempts: Sequence[TaskAttempt], label: str) -> list[Span]:
    spans = [
        Span(label, "repeat" if each.will_repeat else "failed", each.started_at, each.ended_at, _failed(each))
        for each in attempts
    ]
    if task.state is JobState.COMPLETED and task.result.get("skipped") and task.finished_at is not None:
        spans.append(Span(label, "skipped", task.finished_at, task.finished_at, "skipped"))
    elif task.state is JobState.COMPLETED and task.started_at is not None:
        words = f"done at attempt {task.attempts}" if task.attempts > 1 else "done"
        spans.append(Span(label, "done", task.started_at, task.finished_at, words))
    elif task.state is JobState.RUNNING and task.started_at is not None and task.finished_at is None:
        spans.append(Span(label, "running", task.started_at, None, f"attempt {max(1, task.attempts)} runs now"))
    return spans


def _failed(attempt: TaskAttempt) -> str:
    return f"attempt {attempt.number}: {attempt.message}" if attempt.number else attempt.message
