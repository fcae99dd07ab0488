"""Commands about the order of work and about what failed: jobs causes, jobs priority, jobs skip."""

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, follow, opened, run, table
from mmhub_desktop.domain.ids import BatchId, JobId
from mmhub_desktop.domain.job import BatchJob, Priority
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.workspace import Workspace

LEVELS = {"urgent": Priority.URGENT, "normal": Priority.NORMAL, "low": Priority.LOW}


def priority_of(level: str) -> int:
    """A priority as it is written on the command line; UserMistake when it is none."""
    known = LEVELS.get(level.casefold())
    if known is None and not level.removeprefix("-").isdecimal():
        raise UserMistake(f"“{level}” is not a priority.", hint="Say urgent, normal, low, or a whole number.")
    return int(level) if known is None else int(known)


async def find_batch(workspace: Workspace, batch_id: int) -> BatchJob:
    """A batch by its number; UserMistake when there is none."""
    found = await workspace.jobs.batches([BatchId(batch_id)])
    if not found:
        raise UserMistake(f"There is no batch {batch_id}.", hint="See “mmhub jobs list”.")
    return found[0]


def summary(batch: BatchJob) -> str:
    """A batch's outcome in one line."""
    failed = f", {batch.failed} failed (see “mmhub jobs show {batch.id}”)" if batch.failed else ""
    return f"{batch.title}: {batch.completed} of {batch.total} done{failed}."


@click.command()
@click.pass_obj
def causes(face: Face) -> int:
    """Why jobs failed, and how many for the same reason."""

    async def work() -> None:
        async with opened(face) as workspace:
            labels = {account.id: account.label for account in await workspace.accounts.all()}
            found = await workspace.jobs.causes()
            answer = [
                {
                    "cause": cause.key,
                    "count": cause.count,
                    "action": cause.action,
                    "account": labels.get(cause.account_id) if cause.account_id is not None else None,
                    "reason": cause.words,
                    "hint": cause.problem.hint,
                    "last_at": cause.last_at,
                }
                for cause in found
            ]
            columns = ("cause", "count", "action", "account", "reason", "hint")
            face.say(
                answer,
                lambda: (
                    table(("Cause", "Jobs", "Action", "Account", "Reason", "What to do"),
                          ([row[column] for column in columns] for row in answer))
                    if answer
                    else "Nothing has failed."
                ),
            )  # fmt: skip

    return run(work())


async def retry_cause(face: Face, workspace: Workspace, key: str) -> int:
    """Try all jobs of a cause again and follow their batches; the exit code."""
    found = [cause for cause in await workspace.jobs.causes() if cause.key == key]
    if not found:
        raise UserMistake(f"There is no cause “{key}”.", hint="See “mmhub jobs causes”.")
    jobs = await workspace.jobs.jobs(await workspace.jobs.failed_of(found[0]))
    await workspace.engine.retry_cause(found[0])
    batches = [await follow(face, workspace, batch_id) for batch_id in dict.fromkeys(job.batch_id for job in jobs)]
    face.say(batches, lambda: "\n".join(map(summary, batches)))
    return EXIT_WORK_FAILED if any(batch.failed for batch in batches) else 0


@click.command()
@click.argument("batch_id", type=int)
@click.argument("level", metavar="urgent|normal|low|NUMBER")
@click.option("--job", "job_id", type=int, help="Only this job of the batch.")
@click.pass_obj
def priority(face: Face, batch_id: int, level: str, job_id: int | None) -> int:
    """Let a batch or a job go before or after others of its account."""
    value = priority_of(level)

    async def work() -> None:
        async with opened(face) as workspace:
            batch = await find_batch(workspace, batch_id)
            if job_id is None:
                await workspace.engine.prioritize_batch(batch.id, value)
            else:
                await workspace.engine.prioritize_job(await _job_of(workspace, batch, job_id), value)
            batch = await find_batch(workspace, batch_id)
            what = f"Job {job_id}" if job_id is not None else batch.title
            face.say(batch, lambda: f"{what}: priority {level}.")

    return run(work())


@click.command()
@click.argument("batch_id", type=int)
@click.option("--job", "job_id", type=int, help="Only this failed or waiting job of the batch.")
@click.option("--step", is_flag=True, help="Only the step that the job has come to; the job goes on after it.")
@click.pass_obj
def skip(face: Face, batch_id: int, job_id: int | None, step: bool) -> int:
    """Leave out for good what has not begun of a batch, a job, or a step; jobs left out count as cancelled."""
    if step and job_id is None:
        raise UserMistake("It is not clear whose step is to be skipped.", hint="Name the job with --job.")

    async def work() -> None:
        async with opened(face) as workspace:
            batch, engine = await find_batch(workspace, batch_id), workspace.engine
            if job_id is None:
                if not await engine.skip_batch(batch.id):
                    raise UserMistake(f"Every job of batch {batch.id} has begun.", hint="Skip single ones with --job.")
            elif step:
                if not await engine.skip_step(await _job_of(workspace, batch, job_id)):
                    raise UserMistake(
                        f"The step of job {job_id} is needed.", hint="Skip the whole job, without --step."
                    )
            elif not await engine.skip_job(await _job_of(workspace, batch, job_id)):
                raise UserMistake(f"Job {job_id} has neither failed nor does it wait.", hint="See “mmhub jobs show”.")
            batch = await find_batch(workspace, batch_id)
            face.say(batch, lambda: summary(batch))

    return run(work())


async def _job_of(workspace: Workspace, batch: BatchJob, job_id: int) -> JobId:
    found = await workspace.jobs.jobs([job_id])
    if not found or found[0].batch_id != batch.id:
        raise UserMistake(f"Batch {batch.id} has no job {job_id}.", hint=f"See “mmhub jobs show {batch.id}”.")
    return found[0].id
