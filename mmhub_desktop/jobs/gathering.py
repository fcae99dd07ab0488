"""Jobs of one account whose next task goes together with others in one call, until their group leaves."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mmhub_desktop.domain.job import JobState, Priority
from mmhub_desktop.domain.marketplace import GatherBounds
from mmhub_desktop.jobs.action import TaskKind

if TYPE_CHECKING:
    import asyncio

    from mmhub_desktop.jobs.lane import ActiveJob

GroupKey = tuple[str, str, str, bool]  # action, task, the task's own key, whether an earlier attempt may have acted


@dataclass(slots=True, eq=False)
class Group:
    """Jobs that go together. ``leaves_at``: the monotonic moment at which it waits for no more."""

    key: GroupKey
    kind: TaskKind
    bounds: GatherBounds
    leaves_at: float
    jobs: list["ActiveJob"] = field(default_factory=list)
    weight: int = 0

    @property
    def wish(self) -> JobState | None:
        """What was asked of it: something only when it was asked of every one of its jobs."""
        wishes = [job.wish for job in self.jobs]
        return next(iter(wishes), None) if all(wish is not None for wish in wishes) else None

    @property
    def nap(self) -> "asyncio.Future[None] | None":
        """Set while it waits its turn; whoever wakes one of its jobs wakes it."""
        return self.jobs[0].nap if self.jobs else None

    @nap.setter
    def nap(self, nap: "asyncio.Future[None] | None") -> None:
        for job in self.jobs:
            job.nap = nap

    @property
    def throttled_s(self) -> float:
        """What its call has waited for the limiter; noted with the first job, as the call is."""
        return self.jobs[0].throttled_s

    @throttled_s.setter
    def throttled_s(self, seconds: float) -> None:
        self.jobs[0].throttled_s = seconds

    def wake(self) -> None:
        """End its nap."""
        if self.jobs:
            self.jobs[0].wake()

    @property
    def priority(self) -> int:
        """That of its most urgent job."""
        return max((job.claimed.priority for job in self.jobs), default=0)


class Gathering:
    """The groups of one lane, on the loop. ``due`` are those that leave with the next free slot.

    Waiting jobs count as claimed and not begun: what is asked of them is done at once, in the store.
    """

    def __init__(self, bounds: Mapping[str, GatherBounds]) -> None:
        self.bounds = bounds
        self.due: deque[Group] = deque()
        self.waiting = 0  # jobs
        self.joined = 0  # jobs since the lane's last claim
        self.flying = 0  # jobs of groups that have left
        self.flights = 0  # groups that have left
        self._open: dict[GroupKey, Group] = {}

    def most_held(self, slots: int) -> int:
        """How many jobs the engine may hold for it: enough to fill the slots with groups, of large ones two."""
        most = max((bounds.most for bounds in self.bounds.values()), default=0)
        return min(most * (slots + 1), max(2 * most, 1_000))

    def add(self, job: "ActiveJob", kind: TaskKind, key: GroupKey, weight: int, now: float) -> None:
        """Let a job wait. It keeps the time that it has waited before in another group."""
        bounds = self.bounds[kind.gather]
        group = self._open.get(key)
        if group is not None and bounds.most_bytes is not None and group.weight + weight > bounds.most_bytes:
            self._close(group)
            group = None
        if group is None:
            group = self._open[key] = Group(key, kind, bounds, now + bounds.wait_s)
        since = job.gathers_since = now if job.gathers_since is None else job.gathers_since
        group.leaves_at = min(group.leaves_at, since + bounds.wait_s)
        if job.claimed.priority >= Priority.URGENT:
            group.leaves_at = min(group.leaves_at, now)
        group.jobs.append(job)
        group.weight += weight
        job.group = group
        self.waiting += 1
        self.joined += 1
        if len(group.jobs) >= bounds.most:
            self._close(group)

    def remove(self, job: "ActiveJob") -> None:
        """The job waits no more."""
        group, job.group = job.group, None
        if group is None:
            return
        group.jobs.remove(job)
        self.waiting -= 1
        if not group.jobs:
            if self._open.get(group.key) is group:
                del self._open[group.key]
            else:
                self.due.remove(group)

    def close(self, now: float, *, nothing_more: bool, full: bool, spares: Callable[[GatherBounds], bool]) -> None:
        """Let go what has waited long enough, or need not wait since nothing comes any more.

        ``spares`` says whether calls of an operation must be spared even then.
        When no more jobs can be held and none are on their way, the largest group makes room.
        """
        for group in list(self._open.values()):
            if now >= group.leaves_at or (nothing_more and not spares(group.bounds)):
                self._close(group)
        if full and self._open and not self.due and not self.flights:
            self._close(max(self._open.values(), key=lambda group: len(group.jobs)))

    def next_at(self) -> float | None:
        """The monotonic moment at which the next group has waited long enough."""
        return min((group.leaves_at for group in self._open.values()), default=None)

    def take(self) -> Group:
        """The first of ``due``, on its way: its jobs have begun."""
        group = self.due.popleft()
        self.waiting -= len(group.jobs)
        self.flying += len(group.jobs)
        self.flights += 1
        for job in group.jobs:
            job.begun, job.group, job.gathers_since = True, None, None
        return group

    def landed(self, jobs: int) -> None:
        """A group of so many jobs has come to its end."""
        self.flying -= jobs
        self.flights -= 1

    def drain(self) -> list["ActiveJob"]:
        """All jobs that wait, taken out."""
        jobs = [job for group in (*self.due, *self._open.values()) for job in group.jobs]
        for job in jobs:
            job.group = None
        self.due.clear()
        self._open.clear()
        self.waiting = 0
        return jobs

    def _close(self, group: Group) -> None:
        del self._open[group.key]
        self.due.append(group)
