"""The words of the job tree."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId, ProductId
from mmhub_desktop.domain.job import BatchJob, JobState, MarketplaceJob, Problem
from mmhub_desktop.gui.tables.jobs_words import batch_detail, duration, job_detail, next_try

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BATCH = BatchJob(BatchId(1), "publish", "Publish", JobState.RUNNING, 1200, 744, 0, 0, NOW, NOW)
JOB = MarketplaceJob(
    JobId(1), BatchId(1), "publish", ProductId(1), AccountId(1), JobState.PENDING, 2, 1, 6, "SKU-1", "Stool",
    NOW + timedelta(seconds=20), Problem("Unavailable", "MercadoLibre did not answer."),
)  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.42, "0.4 s"), (12, "12 s"), (240, "4 min"), (3 * 3600, "3 h"), (3 * 86400, "3 days")],
)
def test_lengths_of_time_in_the_largest_useful_unit(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_batch_says_how_far_it_is() -> None:
    assert batch_detail(BATCH, 240, "", NOW) == "744 of 1,200, about 4 min left"
    assert batch_detail(replace(BATCH, failed=3), None, "", NOW) == "747 of 1,200, 3 failed"
    assert batch_detail(BATCH, 240, "waiting for rate limit, 12 s", NOW) == "744 of 1,200, waiting for rate limit, 12 s"
    done = replace(BATCH, state=JobState.COMPLETED, completed=1200, finished_at=NOW - timedelta(minutes=5))
    assert batch_detail(done, None, "", NOW) == "all 1,200 done, 5 min ago"
    assert batch_detail(replace(BATCH, state=JobState.PAUSED), 240, "waiting", NOW) == "744 of 1,200"


def test_a_waiting_job_says_why_and_when_it_is_tried_again() -> None:
    said = job_detail(JOB, "Tienda", NOW)
    assert said == "SKU-1  ·  MercadoLibre did not answer.  ·  next try in 20 s  ·  Tienda  ·  attempt 2"
    assert job_detail(replace(JOB, state=JobState.COMPLETED), "Tienda", NOW) == "SKU-1  ·  Tienda  ·  attempt 2"


def test_the_next_try_is_a_time_of_day_when_it_is_far() -> None:
    at = NOW + timedelta(minutes=90)
    assert next_try(at, NOW) == f"next try {at.astimezone():%H:%M}"
    assert next_try(NOW - timedelta(seconds=1), NOW) == ""
    assert next_try(None, NOW) == ""
