"""What Allegro still works on after it was sent: operations on an offer, commands, prices.

A submission is ``kind:what:since`` with the time of its begin, so that it can be followed after a restart and given up
after two hours: operations have been seen to hang "in progress" that long while the offer was done. Then the offer
itself is trusted.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from mmhub_desktop.errors import NotLiveYet
from mmhub_desktop.marketplaces.allegro.commands import ACTIVATE, END, Outcome
from mmhub_desktop.marketplaces.allegro.problems import LABEL, rejection
from mmhub_desktop.marketplaces.api import Api, Reply
from mmhub_desktop.marketplaces.http import read_wait

OPERATION, PRICE = "operation", "price"
TRUST_AFTER_S = 2 * 3_600.0
_SOONEST_S = 2.0


@dataclass(frozen=True, slots=True)
class Submission:
    """``kind``: operation, publication, quantity or price. ``what``: its id, with the action behind a slash."""

    kind: str
    what: str
    since: datetime

    def __str__(self) -> str:
        return f"{self.kind}:{self.what}:{int(self.since.timestamp())}"

    @property
    def id(self) -> str:
        """The id alone."""
        return self.what.partition("/")[0]

    @property
    def action(self) -> str:
        """What a publication command does."""
        return self.what.partition("/")[2]


def read_submission(text: str) -> Submission:
    """The submission that was written down; the begin of time where none is readable."""
    kind, _, rest = text.partition(":")
    what, _, since = rest.rpartition(":")
    moment = int(since) if since.isdigit() else 0
    return Submission(kind, what, datetime.fromtimestamp(moment, UTC))


def operation_of(reply: Reply, now: datetime) -> Submission | None:
    """The operation that an answer of 202 names in its Location."""
    location = reply.headers.get("Location", "")
    if reply.status != 202 or "/operations/" not in location:
        return None
    return Submission(OPERATION, location.rstrip("/").rpartition("/")[2], now)


async def check_operation(api: Api, offer: str, submission: Submission) -> None:
    """Return when the operation is over. NotLiveYet while it runs, Rejected when it was refused."""
    path = f"/sale/product-offers/{offer}/operations/{submission.id}"
    reply = await api.call("GET", path, accept=(303, 404))
    if reply.status == 202 and not _is_old(submission, api.connection.now()):
        raise busy(submission, api.connection.now(), read_wait(reply.headers, api.connection.now()) or 0.0)


def check_outcome(submission: Submission, outcome: Outcome, now: datetime) -> None:
    """Return when a command is done for an offer. NotLiveYet while it is not, Rejected when it failed."""
    if outcome.findings:
        raise rejection(outcome.findings, original=outcome.findings[0].original)
    if not outcome.done and not _is_old(submission, now):
        raise busy(submission, now)


def is_awaited(submission: Submission, status: str, now: datetime) -> bool:
    """Whether an offer must still come to the status that a publication command leads to."""
    if submission.action == ACTIVATE:
        return status == "ACTIVATING" and not _is_old(submission, now)
    return submission.action == END and status not in ("ENDED", "INACTIVE") and not _is_old(submission, now)


def busy(submission: Submission, now: datetime, wait_s: float = 0.0) -> NotLiveYet:
    """Allegro is still at work; the longer already, the later it is asked again."""
    passed_s = max(0.0, (now - submission.since).total_seconds())
    return NotLiveYet(
        f"{LABEL} is still working on it.",
        retry_after_s=max(wait_s, _SOONEST_S, min(passed_s, 900.0)),
        hint="Nothing to do: it is asked again.",
    )


def _is_old(submission: Submission, now: datetime) -> bool:
    return (now - submission.since).total_seconds() >= TRUST_AFTER_S
