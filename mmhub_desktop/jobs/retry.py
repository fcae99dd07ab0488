"""What follows an error: pure decisions from its class, never from its text."""

import random
import traceback
from dataclasses import dataclass

from mmhub_desktop.domain.job import Problem
from mmhub_desktop.errors import (
    CredentialError,
    DiskFull,
    MmhubError,
    NotLiveYet,
    OutcomeUnknown,
    Rejected,
    Repeat,
    SignInNeeded,
    UnexpectedReply,
    WorkspaceError,
    WorkspaceLocked,
)
from mmhub_desktop.jobs.action import RetryPolicy

RETRY_AFTER_SPREAD = 0.1  # a told wait is stretched by up to so much, so that not all come back at once


@dataclass(frozen=True, slots=True)
class Retry:
    """Repeat after so many seconds; the attempt counts."""

    after_s: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Repeat when what is missing (network, sign-in, keyring, disk) is back; the attempt does not count."""


@dataclass(frozen=True, slots=True)
class Fail:
    """Stop; the seller decides."""


Decision = Retry | Wait | Fail


def decide(error: BaseException, attempts: int, policy: RetryPolicy, rng: random.Random) -> Decision:
    """What to do after ``attempts`` attempts (this one included) of a task ended in ``error``."""
    if not isinstance(error, MmhubError):
        return Fail()
    if error.repeat is Repeat.WAIT or isinstance(error, (SignInNeeded, CredentialError, DiskFull, WorkspaceLocked)):
        return Wait()
    if error.repeat is Repeat.NEVER or attempts >= policy.attempts:
        return Fail()
    told: float | None = getattr(error, "retry_after_s", None)
    if told is not None and told > 0:
        return Retry(told * (1 + rng.uniform(0, RETRY_AFTER_SPREAD)))
    longest = min(policy.longest_s, policy.first_s * policy.factor ** (attempts - 1))
    return Retry(rng.uniform(0, longest))


def may_have_acted(error: BaseException) -> bool:
    """Whether an attempt that ended so may have had its effect: then the next one must look first."""
    if isinstance(error, (OutcomeUnknown, UnexpectedReply, NotLiveYet, WorkspaceError)):
        return True
    return not isinstance(error, MmhubError)


def problem_of(error: BaseException) -> Problem:
    """An error as it is kept with the job and shown. Of a bug only its kind and place are kept: its text may hold
    anything, the whole of it goes to the log, which takes secrets out."""
    if isinstance(error, MmhubError):
        findings = error.findings if isinstance(error, Rejected) else ()
        return Problem(type(error).__name__, error.message, error.hint, error.original, findings)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return Problem(
        "bug",
        "The program made a mistake in this step.",
        "Try again; if it stays, send us the log.",
        f"{type(error).__name__}{place}",
    )
