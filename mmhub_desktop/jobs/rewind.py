"""Going back in a job to the step whose effect the marketplace has lost (``SendAgain``)."""

import json
from typing import TYPE_CHECKING

from mmhub_desktop.domain.job import JobState
from mmhub_desktop.jobs.retry import Decision, Fail
from mmhub_desktop.store.job_claiming import ClaimedTask

if TYPE_CHECKING:
    from mmhub_desktop.jobs.journal import Journal
    from mmhub_desktop.jobs.lane import ActiveJob


def recall(job: "ActiveJob", task: ClaimedTask) -> None:
    """Hand the result of a completed task to those after it."""
    if task.result:
        job.results[task.kind] = json.loads(task.result)


def go_back(journal: "Journal", job: "ActiveJob", task: ClaimedTask, decision: Decision) -> Decision:
    """Open the last step with an effect before ``task``, and all after it, again; written with the next row.

    Fail when that step was done as often as it may be, or there is none; a retry by the seller then begins there.
    """
    tasks, action = job.claimed.tasks, job.action
    before = tasks[: tasks.index(task)]
    places = [place for place, one in enumerate(before) if action is not None and action.kinds[one.kind].has_effect]
    if not places or action is None:
        return Fail()
    first = before[places[-1]]
    may = first.attempts < action.kinds[first.kind].retry.attempts
    state = JobState.PENDING if may else JobState.FAILED
    for one in before[places[-1] :]:
        one.completed, one.seen, one.result = False, False, None
        job.results.pop(one.kind, None)
        journal.add(job.claimed, [one.id, state.value, one.attempts, 0, None, None, None, None])
    return decision if may else Fail()
