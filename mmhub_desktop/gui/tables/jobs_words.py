"""The words of the job tree: state chips, progress, time left, waiting. Pure functions, no Qt."""

from collections.abc import Mapping
from datetime import datetime

from mmhub_desktop.domain.job import BatchJob, JobState, MarketplaceJob, MarketplaceTask, Priority
from mmhub_desktop.gui.words import ago, counted, number

STATE_CHIPS: dict[JobState, tuple[str, str]] = {
    JobState.PENDING: ("Waiting", "neutral"),
    JobState.RUNNING: ("Running", "info"),
    JobState.PAUSED: ("Paused", "warn"),
    JobState.COMPLETED: ("Done", "ok"),
    JobState.FAILED: ("Failed", "err"),
    JobState.CANCELLED: ("Cancelled", "neutral"),
}
"""State → (word, tone of its chip)."""

STOPPING: dict[JobState, str] = {
    JobState.PAUSED: "pauses when the step that runs now has ended",
    JobState.CANCELLED: "cancelled when the step that runs now has ended",
}
"""What was asked of a job in the middle of a step."""

_BAR_TONES: dict[JobState, str] = {
    JobState.COMPLETED: "ok",
    JobState.FAILED: "ok",  # the part that failed is drawn for itself
    JobState.PAUSED: "warn",
    JobState.CANCELLED: "neutral",
}

TASK_LABELS: dict[str, str] = {
    "validate": "Check the product",
    "map": "Put it in the marketplace's form",
    "upload_images": "Upload images",
    "create_listing": "Create the listing",
    "confirm_live": "Confirm that it is live",
    "save_result": "Save the result",
}
"""Words for task kinds whose action is not at hand (``task_label`` asks the action first)."""


def bar_tone(batch: BatchJob) -> str:
    """The colour of what went well in a batch's bar."""
    return _BAR_TONES.get(batch.state, "accent")


def duration(seconds: float) -> str:
    """A length of time in the largest useful unit: ``0.4 s``, ``12 s``, ``4 min``, ``3 h``, ``2 days``."""
    if seconds < 1:
        return f"{max(seconds, 0):.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 36 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} days"


def response_time(milliseconds: float | None) -> str:
    """How long an answer took: ``340 ms``, ``2.4 s``; a dash when there is none."""
    if milliseconds is None:
        return "–"
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def clock(moment: datetime, now: datetime) -> str:
    """A time of day in the seller's own zone, with the date when it is not today."""
    local, today = moment.astimezone(), now.astimezone()
    return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%d %b %H:%M}"


def next_try(moment: datetime | None, now: datetime) -> str:
    """When a waiting job is tried again: seconds when near, a time of day when far; empty when it is due."""
    if moment is None or moment <= now:
        return ""
    seconds = (moment - now).total_seconds()
    return f"next try in {seconds:.0f} s" if seconds < 60 else f"next try {clock(moment, now)}"


def counts_words(counts: Mapping[JobState, int]) -> str:
    """How many jobs run, wait and failed, in one line."""
    named = (
        (JobState.RUNNING, "running"), (JobState.PENDING, "waiting"), (JobState.PAUSED, "paused"),
        (JobState.FAILED, "failed"),
    )  # fmt: skip
    parts = [f"{number(counts[state])} {word}" for state, word in named if counts.get(state)]
    total = sum(counts.values())
    if total and not any(counts.get(state) for state in JobState if not state.is_final):
        parts.insert(0, f"{counted(total, 'job')}, all finished")
    return ", ".join(parts)


def order_words(priority: int) -> str:
    """What goes before or after the rest: ``urgent``, ``low priority``, ``priority 5``."""
    known = {Priority.URGENT.value: "urgent", Priority.LOW.value: "low priority", 0: "normal priority"}
    return known.get(priority, f"priority {priority}")


def batch_detail(batch: BatchJob, seconds_left: float | None, waiting: str, now: datetime) -> str:
    """The line under a batch's bar: how far, how long, what failed, what it waits for."""
    parts = [order_words(batch.priority)] if batch.priority and not batch.state.is_final else []
    if batch.state is JobState.COMPLETED and not batch.failed and not batch.cancelled:
        parts.append(f"all {number(batch.total)} done" if batch.total != 1 else "done")
    else:
        parts.append(f"{number(batch.done)} of {number(batch.total)}")
    if batch.failed:
        parts.append(f"{number(batch.failed)} failed")
    if batch.cancelled:
        parts.append(f"{number(batch.cancelled)} cancelled")
    if batch.stopping:
        under_way = "1 step" if batch.stopping == 1 else f"{number(batch.stopping)} steps"
        parts.append(f"waits for {under_way} under way to end")
    elif not batch.state.is_final and batch.state is not JobState.PAUSED:
        if waiting:
            parts.append(waiting)
        elif seconds_left is not None:
            parts.append(f"about {duration(seconds_left)} left")
    elif batch.state.is_final and batch.finished_at is not None:
        parts.append(ago(batch.finished_at, now))
    if batch.cleared:
        parts.append("details cleared")
    return ", ".join(parts)


def job_detail(job: MarketplaceJob, account: str, now: datetime) -> str:
    """The line under a job's title: SKU, why it failed or waits, account, attempts."""
    parts = [job.sku or (f"product {job.product_id}" if job.product_id else "the whole account")]
    if job.priority and not job.state.is_final:
        parts.append(order_words(job.priority))
    if job.problem is not None and job.state is not JobState.COMPLETED:
        parts.append(job.problem.message)
    if job.stopping is not None:
        parts.append(STOPPING[job.stopping])
    waits = next_try(job.next_try_at, now) if job.state is JobState.PENDING else ""
    if waits:
        parts.append(waits)
    if account:
        parts.append(account)
    if job.attempts > 1:
        parts.append(f"attempt {job.attempts}")
    return "  ·  ".join(parts)


def task_detail(task: MarketplaceTask, now: datetime) -> str:
    """Attempts and duration of a task."""
    if task.result.get("skipped"):
        return "skipped"
    parts = []
    if task.attempts > 1:
        parts.append(f"{task.attempts} attempts")
    if task.started_at is not None and (task.finished_at or task.state is JobState.RUNNING):
        parts.append(duration(((task.finished_at or now) - task.started_at).total_seconds()))
    return "  ·  ".join(parts)


def task_label(kind: str) -> str:
    """The words for a task kind."""
    return TASK_LABELS.get(kind) or kind.replace("_", " ").capitalize()
