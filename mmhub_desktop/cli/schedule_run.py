"""``mmhub schedules run``: one schedule now, all that are due once, or on and on without a window."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from mmhub_desktop.cli.face import EXIT_WORK_FAILED, Face, follow, opened, run
from mmhub_desktop.cli.queue import summary
from mmhub_desktop.domain.ids import BatchId, ScheduleId
from mmhub_desktop.domain.job import BatchJob
from mmhub_desktop.domain.workflow_run import WorkflowRun
from mmhub_desktop.events import Notice, SchedulesChanged
from mmhub_desktop.workspace import Workspace


@click.command("run")
@click.argument("schedule_id", type=int, required=False)
@click.option("--once", is_flag=True, help="Run what is due now and end when that work has ended: for cron.")
@click.pass_obj
def run_schedules(face: Face, schedule_id: int | None, once: bool) -> int:
    """Run a schedule now; without a number keep all schedules, work and webhooks running until interrupted."""
    if schedule_id is not None:
        return run(_run_one(face, ScheduleId(schedule_id)))
    return run(_run_due(face) if once else _keep_running(face))


async def _run_one(face: Face, schedule_id: ScheduleId) -> int:
    async with opened(face, run_jobs=True) as workspace:
        answer = await workspace.scheduler.run_now(schedule_id)
        if isinstance(answer, str):
            face.say({"left_out": answer}, lambda: answer)
            return 0
        batch = await follow(face, workspace, BatchId(answer))
        face.say(batch, lambda: summary(batch))
        return EXIT_WORK_FAILED if batch.failed else 0


async def _run_due(face: Face) -> int:
    async with opened(face, run_jobs=True) as workspace:
        before = {schedule.id: schedule.last_at for schedule in await workspace.schedules.all()}
        runs_before = {each.id for each in await workspace.workflows.runs()}
        await workspace.scheduler.look()
        await workspace.workflows.start_waiting()
        ran = [each for each in await workspace.schedules.all() if each.last_at != before.get(each.id)]
        ended = [await follow(face, workspace, each.last_batch_id) for each in ran if each.last_batch_id is not None]
        begun = [each for each in await workspace.workflows.runs() if each.id not in runs_before]
        runs = [await workspace.workflows.wait_run(each.id) for each in begun]
        left_out = [f"“{each.name}”: {each.last_result}" for each in ran if each.last_result]
        face.say(
            {"batches": ended, "workflow_runs": [_run_facts(each) for each in runs], "left_out": left_out},
            lambda: "\n".join([*map(summary, ended), *map(_run_words, runs), *left_out]) or "Nothing is due.",
        )
        return EXIT_WORK_FAILED if any(batch.failed for batch in ended) or any(_failed(each) for each in runs) else 0


def _failed(ran: WorkflowRun) -> bool:
    return ran.state.value == "failed"


def _run_facts(ran: WorkflowRun) -> dict[str, object]:
    return {"id": ran.id, "name": ran.workflow.name, "state": ran.state}


def _run_words(ran: WorkflowRun) -> str:
    return f"{ran.workflow.name}: {ran.state.value}."


async def _keep_running(face: Face) -> int:
    stopped, looked, began = asyncio.Event(), asyncio.Event(), datetime.now(UTC)
    async with opened(face, run_jobs=True, run_schedules=True) as workspace:
        unsubscribe = workspace.bus.subscribe(Notice, lambda notice: _say_notice(face, notice))
        told = workspace.bus.subscribe(SchedulesChanged, lambda _: looked.set())
        count = sum(schedule.active for schedule in await workspace.schedules.all())
        _say(face, f"Running “{workspace.path.stem}” until you press Ctrl+C; active schedules: {count}.")
        try:
            with _stopping(stopped):
                await _watch(face, workspace, began, stopped, looked)
        finally:
            unsubscribe()
            told()
        _say(face, "Stopping: calls under way are finished first. Work that waits goes on at the next start.")
    return 0


async def _watch(
    face: Face, workspace: Workspace, began: datetime, stopped: asyncio.Event, looked: asyncio.Event
) -> None:
    """Say what each run became, until the end is asked for."""
    known = {
        schedule.id: schedule.last_at
        for schedule in await workspace.schedules.all()
        if schedule.last_at is None or schedule.last_at < began
    }
    looked.set()
    following: set[asyncio.Task[None]] = set()
    stop = asyncio.ensure_future(stopped.wait())
    try:
        while not stopped.is_set():
            changed = asyncio.ensure_future(looked.wait())
            await asyncio.wait({stop, changed}, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()
            looked.clear()
            for schedule in await workspace.schedules.all():
                if schedule.last_at == known.get(schedule.id):
                    continue
                known[schedule.id] = schedule.last_at
                if schedule.last_batch_id is None:
                    _say(face, f"“{schedule.name}”: {schedule.last_result}")
                else:
                    following.add(asyncio.ensure_future(_tell_end(face, workspace, schedule.last_batch_id)))
    finally:
        for task in following:
            task.cancel()
        stop.cancel()
        await asyncio.gather(stop, *following, return_exceptions=True)


async def _tell_end(face: Face, workspace: Workspace, batch_id: BatchId) -> None:
    batch: BatchJob | None = (await workspace.jobs.batches([batch_id]))[0]
    _say(face, f"{batch.title if batch else batch_id}: started.")
    batch = await workspace.engine.wait_batch(batch_id)
    if batch is not None:
        _say(face, summary(batch))


def _say_notice(face: Face, notice: Notice) -> None:
    _say(face, f"{notice.message} {notice.hint}".strip())


def _say(face: Face, words: str) -> None:
    """One line with its time; in JSON one object a line, so that a log can be read as it grows."""
    now = datetime.now(UTC)
    if face.as_json:
        import json

        click.echo(json.dumps({"at": now.isoformat(), "message": words}, ensure_ascii=False))
    else:
        click.echo(f"{now.astimezone():%Y-%m-%d %H:%M:%S}  {words}")


@contextlib.contextmanager
def _stopping(stopped: asyncio.Event) -> Iterator[None]:
    """Ctrl+C, and the end that a service manager asks for, set ``stopped`` instead of breaking in."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    try:
        for each in signals:
            loop.add_signal_handler(each, stopped.set)
    except (NotImplementedError, RuntimeError):  # Windows: Ctrl+C breaks in, and work goes on at the next start
        yield
        return
    try:
        yield
    finally:
        for each in signals:
            loop.remove_signal_handler(each)
