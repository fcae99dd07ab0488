"""What follows which error."""

import random

import pytest

from mmhub_desktop.errors import (
    AiError,
    AiUnavailable,
    CredentialError,
    DiskFull,
    Finding,
    NotLiveYet,
    Offline,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SignInNeeded,
    Unavailable,
    UnexpectedReply,
    Unsupported,
    UserMistake,
)
from mmhub_desktop.jobs.action import RetryPolicy
from mmhub_desktop.jobs.retry import Fail, Retry, Wait, decide, may_have_acted, problem_of

POLICY = RetryPolicy(attempts=4, first_s=2.0, factor=3.0, longest_s=10.0)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RateLimited("x"), Retry),
        (Unavailable("x"), Retry),
        (OutcomeUnknown("x"), Retry),
        (NotLiveYet("x"), Retry),
        (UnexpectedReply("x"), Retry),
        (AiUnavailable("x"), Retry),
        (Offline("x"), Wait),
        (SignInNeeded("x"), Wait),
        (CredentialError("x"), Wait),
        (DiskFull("x"), Wait),
        (Rejected("x"), Fail),
        (Unsupported("x"), Fail),
        (UserMistake("x"), Fail),
        (AiError("x"), Fail),
        (ValueError("x"), Fail),
    ],
)
def test_the_class_decides(error: Exception, expected: type) -> None:
    assert type(decide(error, 1, POLICY, random.Random(1))) is expected


@pytest.mark.parametrize(("error", "last"), [(Unavailable("x"), Fail), (Offline("x"), Wait), (SignInNeeded("x"), Wait)])
def test_attempts_run_out_only_where_they_count(error: Exception, last: type) -> None:
    assert type(decide(error, POLICY.attempts, POLICY, random.Random(1))) is last


@pytest.mark.parametrize(("attempts", "longest"), [(1, 2.0), (2, 6.0), (3, 10.0)])
def test_backoff_is_fully_jittered_below_a_growing_and_bounded_wait(attempts: int, longest: float) -> None:
    rng = random.Random(3)
    waits = [decide(Unavailable("x"), attempts, POLICY, rng) for _ in range(500)]
    seconds = [wait.after_s for wait in waits if isinstance(wait, Retry)]
    assert len(seconds) == 500
    assert 0 <= min(seconds) < longest * 0.05
    assert longest * 0.95 < max(seconds) <= longest


@pytest.mark.parametrize("make", [RateLimited, Unavailable, NotLiveYet, AiUnavailable])
def test_a_told_wait_is_kept_and_hardly_longer(make: type[RateLimited]) -> None:
    rng = random.Random(5)
    for _ in range(100):
        wait = decide(make("x", retry_after_s=40.0), 1, POLICY, rng)
        assert isinstance(wait, Retry)
        assert 40.0 <= wait.after_s <= 44.0


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OutcomeUnknown("x"), True),
        (UnexpectedReply("x"), True),
        (KeyError("x"), True),
        (DiskFull("x"), True),
        (Unavailable("x"), False),
        (RateLimited("x"), False),
        (Offline("x"), False),
        (Rejected("x"), False),
    ],
)
def test_what_may_have_had_its_effect(error: Exception, expected: bool) -> None:
    assert may_have_acted(error) is expected


def test_a_problem_keeps_what_the_seller_needs() -> None:
    finding = Finding("title.long", "title", "Too long", fix="Shorten it")
    kept = problem_of(Rejected("No", findings=(finding,), hint="Mend it", original="cause 147"))
    assert (kept.kind, kept.message, kept.hint, kept.original) == ("Rejected", "No", "Mend it", "cause 147")
    assert kept.findings == (finding,)


def test_the_text_of_a_bug_is_not_kept() -> None:
    try:
        raise ValueError("token=geheim")
    except ValueError as error:
        kept = problem_of(error)
    assert kept.kind == "bug"
    assert "geheim" not in repr(kept)
    assert "ValueError at test_the_text_of_a_bug_is_not_kept" in kept.original
