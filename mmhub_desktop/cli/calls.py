"""``mmhub jobs calls``: what a job said to the marketplace and what came back."""

import click

from mmhub_desktop.cli.face import Face, opened, run, table
from mmhub_desktop.domain.call import Call
from mmhub_desktop.domain.ids import JobId
from mmhub_desktop.errors import UserMistake

_COLUMNS = ("Time", "Step", "Attempt", "Method", "Path", "Status", "ms", "Error")


def _cells(call: Call) -> tuple[object, ...]:
    status = "–" if call.status is None else call.status
    at = f"{call.at.astimezone():%H:%M:%S}"
    return at, call.operation, call.attempt, call.method, call.path, status, call.duration_ms, call.error


@click.command("calls")
@click.argument("job_id", type=int)
@click.option("--limit", default=200, show_default=True)
@click.pass_obj
def show_calls(face: Face, job_id: int, limit: int) -> int:
    """A job's calls to the marketplace, oldest first; with --json their bodies too. Keys and tokens are removed."""

    async def work() -> None:
        async with opened(face) as workspace:
            if not await workspace.jobs.jobs([JobId(job_id)]):
                raise UserMistake(f"There is no job {job_id}.", hint="See “mmhub jobs show BATCH”.")
            calls = await workspace.calls.of_job(JobId(job_id), limit)
            face.say(calls, lambda: table(_COLUMNS, map(_cells, calls)) if calls else "No calls are kept of this job.")

    return run(work())
