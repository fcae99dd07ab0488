"""One request to a marketplace and its answer, as it is kept for the seller to look at: never with a secret in it."""

from dataclasses import dataclass
from datetime import datetime

from mmhub_desktop.domain.ids import AccountId, JobId, TaskId

OUTSIDE_JOBS = "account"
"""The operation of calls that no job made: signing in, testing an account."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call without secrets. ``path`` carries the query; bodies are shortened; ``status`` is None without an answer.

    ``error`` is the class of what went wrong on the way ("" where an answer came that the adapter could judge).
    ``operation`` is action and step ("publish.create_listing"). ``throttled_ms`` is how long the attempt had to
    wait for the account's rate limit before; it stands with the attempt's first call.
    """

    account_id: AccountId
    at: datetime
    method: str
    path: str
    request: str
    reply: str
    status: int | None
    duration_ms: int
    error: str = ""
    operation: str = OUTSIDE_JOBS
    job_id: JobId | None = None
    task_id: TaskId | None = None
    attempt: int = 0
    throttled_ms: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether the marketplace did what it was asked for; that there is no such thing answers a look-up, too."""
        if self.error or self.status is None:
            return False
        return self.status < 400 or (self.status == 404 and self.method == "GET")
