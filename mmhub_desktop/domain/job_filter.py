"""What the seller narrows the list of work to."""

from dataclasses import dataclass

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import JobState


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Jobs for which all of it holds; what is empty is not asked. False as a whole when nothing is asked."""

    states: frozenset[JobState] = frozenset()
    account_id: AccountId | None = None
    action: str = ""
    cause: str = ""  # of failed jobs, see ``domain.job.cause_of``
    product: str = ""  # words of its title or SKU

    def __bool__(self) -> bool:
        return self != ALL_JOBS


ALL_JOBS = JobFilter()
