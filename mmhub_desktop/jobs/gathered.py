"""One attempt of many tasks in one call: admitted once, announced together, each settled with its own outcome."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Iterable, Sequence
from itertools import islice

from mmhub_desktop.domain.job import JobState
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.jobs.action import JsonResult, Outcome, TaskContext
from mmhub_desktop.jobs.call_recorder import mark_attempt
from mmhub_desktop.jobs.gathering import Group
from mmhub_desktop.jobs.lane import ActiveJob, Lane
from mmhub_desktop.jobs.pace import begin_task, end_task
from mmhub_desktop.jobs.runner import Runner, encode_result
from mmhub_desktop.store.job_claiming import ClaimedTask

SETTLED_AT_ONCE = 200  # jobs of one stretch of the loop

_log = logging.getLogger("mmhub.jobs")


class GatheredRuns:
    """Runs groups on the loop, with the runner's admission, judgement and settling."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def run(self, lane: Lane, group: Group) -> None:
        """One attempt of the group's tasks; returns when each job is final or back in the store, and that is on disk.

        A job whose action goes on is claimed again with its next task: a large group holds up nothing in memory.
        """
        if not group.kind.remote:
            end_task()
        else:
            refused = await self._runner.ask_admission(lane, group, group.kind)
            if refused is not None:
                await _all(self._runner.turn_back(job, refused) for job in group.jobs)
                return
        staying = [job for job in group.jobs if job.wish is None]
        leaving = [job for job in group.jobs if job.wish is not None]
        await _all(self._runner.stand_down(job) for job in leaving)
        if staying:
            await self._attempt(lane, group, staying)
        elif group.kind.remote:
            lane.breaker.abandon()

    async def _attempt(self, lane: Lane, group: Group, jobs: Sequence[ActiveJob]) -> None:
        runner, kind = self._runner, group.kind
        if kind.remote:
            begin_task(lane.limiter, kind.limit_group, runner.clock)
        tasks = [job.next_task for job in jobs]
        contexts = [runner.context(job, task, task.attempts + 1) for job, task in zip(jobs, tasks, strict=True)]
        started = int(runner.clock.now() * 1000)
        if kind.has_effect:  # the intent of all is on disk before the call
            rows = [[task.id, "running", task.attempts + 1, 1, started, None, None, None] for task in tasks]
            await runner.journal.add_intents([(job.claimed, row) for job, row in zip(jobs, rows, strict=True)])
        if lane.account_id is not None:
            mark_attempt(jobs[0], tasks[0], tasks[0].attempts + 1)
        try:
            outcomes = await runner.attempts.run(kind, _answers(group, contexts))
        except asyncio.CancelledError:  # the program stops; the call's outcome is not known
            lane.breaker.abandon()
            await _all(runner.put_back(job, attempts=task.attempts + 1) for job, task in zip(jobs, tasks, strict=True))
            if not runner.stopping:
                raise
            return
        except Exception as error:  # noqa: BLE001 - its class decides
            if not isinstance(error, MmhubError):
                _log.error("gathered task %s of %d jobs ended in a bug", kind.name, len(jobs), exc_info=error)
            closed = runner.judge(lane, kind, error)
            outcomes = [error] * len(jobs)
        else:
            closed = False
            if kind.remote:
                runner.answered(lane)
        seed = runner.rng.random()  # those that are tried again come back at the same time, to go together again
        await _all(
            self._settle(group, job, task, outcome, started, closed, random.Random(seed))  # noqa: S311 - jitter
            for job, task, outcome in zip(jobs, tasks, outcomes, strict=True)
        )

    async def _settle(
        self, group: Group, job: ActiveJob, task: ClaimedTask, outcome: Outcome, started: int, closed: bool,
        rng: random.Random,
    ) -> None:  # fmt: skip
        runner, kind = self._runner, group.kind
        text: str | None = None
        if not isinstance(outcome, Exception):
            try:
                text = encode_result(outcome)
            except (TypeError, ValueError) as error:
                outcome = error
                _log.error("task %s of job %d ended in a bug", kind.name, job.claimed.id, exc_info=error)
        if isinstance(outcome, Exception):
            await runner.settle_failure(job, task, kind, outcome, started, lane_closed=closed, rng=rng)
            return
        row = runner.completed(task, kind, started, text)
        if task is not job.claimed.tasks[-1]:
            await runner.put_back(job, task=row)
        else:
            await runner.finish(job, JobState.COMPLETED, task=row)


async def _answers(group: Group, contexts: Sequence[TaskContext]) -> list[Outcome]:
    run_many = group.kind.run_many
    assert run_many is not None  # noqa: S101 - only kinds that have it are gathered
    outcomes: list[JsonResult | Exception | None] = list(await run_many(contexts))
    if len(outcomes) != len(contexts):
        raise TypeError(f"{group.kind.name} answered {len(outcomes)} of {len(contexts)} tasks")
    return outcomes


async def _all(works: Iterable[Awaitable[None]]) -> None:
    """Side by side, a stretch at a time; the first error is raised when all have ended."""
    rest = iter(works)
    failed: list[BaseException] = []
    while stretch := list(islice(rest, SETTLED_AT_ONCE)):
        failed += [one for one in await asyncio.gather(*stretch, return_exceptions=True) if one is not None]
    if failed:
        raise failed[0]
