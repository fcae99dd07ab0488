"""A job's past as spans: attempts, waits between them, what runs, what was skipped."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mmhub_desktop.domain.ids import JobId, TaskId
from mmhub_desktop.domain.job import JobState, MarketplaceTask
from mmhub_desktop.domain.timeline import TaskAttempt, job_spans

T0 = datetime(2026, 11, 20, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def step(number: int, state: JobState, begin: float | None = None, end: float | None = None, **more: Any) -> Any:
    begun, ended = (None if each is None else at(each) for each in (begin, end))
    return MarketplaceTask(TaskId(number), JobId(1), number, f"step{number}", state, 1, begun, ended, **more)


def shown(*what: Any, **more: Any) -> list[tuple[str, str, float, float | None, str]]:
    spans = job_spans(T0, *what, label=str.title, **more)
    return [
        (s.row, s.kind, (s.start - T0).total_seconds(), (s.end - T0).total_seconds() if s.end else None, s.words)
        for s in spans
    ]


def test_attempts_and_the_waits_between_them() -> None:
    steps = [step(0, JobState.COMPLETED, 5, 5.1), step(1, JobState.COMPLETED, 20, 21), step(2, JobState.PENDING)]
    bad = [TaskAttempt(TaskId(1), 1, at(5.2), at(6), True, "No answer.")]
    assert shown(steps, bad, state=JobState.PENDING, next_try_at=at(90)) == [
        ("", "wait", 0, 5, "waited for its turn"),
        ("Step0", "done", 5, 5.1, "done"),
        ("Step1", "repeat", 5.2, 6, "attempt 1: No answer."),
        ("", "wait", 6, 20, "waited to be tried again"),
        ("Step1", "done", 20, 21, "done"),
        ("", "wait", 21, 90, "waits to be tried again"),
    ]


def test_a_job_that_has_not_begun_waits_and_one_that_runs_goes_on() -> None:
    assert shown([step(0, JobState.PENDING)], [], state=JobState.PENDING) == [
        ("", "wait", 0, None, "waits for its turn")
    ]
    running = [step(0, JobState.COMPLETED, 0, 0.1, result={"skipped": True}), step(1, JobState.RUNNING, 0.2)]
    assert shown(running, [], state=JobState.RUNNING) == [
        ("Step0", "skipped", 0.1, 0.1, "skipped"),
        ("Step1", "running", 0.2, None, "attempt 1 runs now"),
    ]


def test_what_failed_for_good_is_told_apart_from_what_is_repeated() -> None:
    bad = [TaskAttempt(TaskId(0), 3, at(1), at(2), False, "Refused.")]
    assert [span[1] for span in shown([step(0, JobState.FAILED, 1, 2)], bad, state=JobState.FAILED)][-1] == "failed"
