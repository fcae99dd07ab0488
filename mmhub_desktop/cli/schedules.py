"""Commands about work that is asked for again and again: schedules list, add, next, run, pause, resume, remove."""

from datetime import UTC, datetime

import click

from mmhub_desktop.actions import ACTIONS
from mmhub_desktop.cli.face import Face, opened, run, table
from mmhub_desktop.cli.queue import LEVELS
from mmhub_desktop.cli.schedule_run import run_schedules
from mmhub_desktop.cli.work import chosen_accounts
from mmhub_desktop.domain.ids import AccountId, ScheduleId
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.domain.schedule import WEEKDAYS, Repeats, Schedule, Timing, upcoming
from mmhub_desktop.errors import UserMistake


@click.group()
def schedules() -> None:
    """Work at given times: list, add, next, run, pause, resume, remove.

    It runs while the window or “mmhub schedules run” is open.
    """


@schedules.command("list")
@click.pass_obj
def list_schedules(face: Face) -> int:
    """All schedules, when they run next and what became of the last run."""

    async def work() -> None:
        async with opened(face) as workspace:
            found = await workspace.schedules.all()
            last = [schedule.last_batch_id for schedule in found if schedule.last_batch_id is not None]
            batches = {batch.id: batch for batch in await workspace.jobs.batches(last)}
            rows = []
            for schedule in found:
                batch = batches.get(schedule.last_batch_id) if schedule.last_batch_id is not None else None
                next_at = f"{schedule.next_at.astimezone():%d %b %Y, %H:%M}" if schedule.next_at else "paused"
                result = f"{batch.state.value}, {batch.completed} of {batch.total}" if batch else schedule.last_result
                rows.append((schedule.id, schedule.name, schedule.action, schedule.timing.words, next_at, result))
            columns = ("No.", "Name", "Action", "When", "Next run", "Last result")
            face.say(found, lambda: table(columns, rows) if rows else "No schedules. Add one with “schedules add”.")

    return run(work())


@schedules.command()
@click.argument("name")
@click.argument("action", type=click.Choice(sorted(ACTIONS)))
@click.option("--every", metavar="30m|2h", help="Every so many minutes or hours.")
@click.option("--daily", metavar="HH:MM", help="Every day at this time.")
@click.option("--weekly", metavar="mon,fri@HH:MM", help="On these days at this time.")
@click.option("--cron", metavar="'0 2 * * 1-5'", help="At the times of a cron line: minute, hour, day, month, weekday.")
@click.option("--once", type=click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]), help="Once, in local time.")
@click.option(
    "--zone", default="", help="Time zone of --daily, --weekly and --cron, as America/Santiago; else this machine's."
)
@click.option(
    "--status",
    default="",
    type=click.Choice(["", *(s.value for s in ProductStatus)]),
    show_choices=False,
    help="Only products that are in this status then.",
)
@click.option("--search", default="", help="Only products whose title or SKU contains this then.")
@click.option("--account", "accounts", multiple=True, help="Account label or number; repeat for several.")
@click.option("--priority", default="normal", type=click.Choice(list(LEVELS)))
@click.pass_obj
def add(
    face: Face,
    /,
    name: str,
    action: str,
    every: str | None,
    daily: str | None,
    weekly: str | None,
    cron: str | None,
    once: datetime | None,
    zone: str,
    status: str,
    search: str,
    accounts: tuple[str, ...],
    priority: str,
) -> int:
    """Add a schedule: NAME is yours to choose, ACTION what is done."""
    timing = timing_from(every, daily, weekly, once, zone, cron)

    async def work() -> None:
        async with opened(face) as workspace:
            targets = await chosen_accounts(workspace, accounts) if ACTIONS[action].per_account else ()
            schedule = await workspace.scheduler.save(
                Schedule(
                    ScheduleId(0), name, action, timing, status, search,
                    tuple(AccountId(account.id) for account in targets), priority=LEVELS[priority],
                )
            )  # fmt: skip
            words = f"Schedule {schedule.id}, “{name}”: {schedule.timing.words}.\n{_runs(timing, 5)}"
            face.say(schedule, lambda: words)

    return run(work())


def _runs(timing: Timing, count: int) -> str:
    found = upcoming(timing, datetime.now(UTC), count)
    return "Next: " + ", ".join(f"{run.astimezone():%a %d %b %H:%M}" for run in found)


@schedules.command("next")
@click.argument("schedule_id", type=int)
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1, 100), help="How many.")
@click.pass_obj
def next_runs(face: Face, schedule_id: int, runs: int) -> int:
    """The next times at which a schedule runs."""

    async def work() -> None:
        async with opened(face) as workspace:
            schedule = await workspace.schedules.get(ScheduleId(schedule_id))
            found = upcoming(schedule.timing, datetime.now(UTC), runs)
            face.say({"runs": found}, lambda: _runs(schedule.timing, runs))

    return run(work())


def timing_from(
    every: str | None, daily: str | None, weekly: str | None, once: datetime | None, zone: str, cron: str | None = None
) -> Timing:
    """What the options say about the time. UserMistake unless exactly one of them is given and understood."""
    if sum(option is not None for option in (every, daily, weekly, once, cron)) != 1:
        raise UserMistake(
            "It is not clear when this is to run.", hint="Give one of --every, --daily, --weekly, --cron, --once."
        )
    if cron is not None:
        return Timing(Repeats.CRON, cron=" ".join(cron.split()), zone=zone)
    if once is not None:
        return Timing(Repeats.ONCE, at=once.astimezone())
    if every is not None:
        unit = {"m": 1, "h": 60}.get(every[-1:].casefold(), 0)
        if not unit or not every[:-1].isdecimal():
            raise UserMistake(f"“{every}” is not a length of time.", hint="Write it as 30m or 2h.")
        return Timing(Repeats.EVERY, minutes=int(every[:-1]) * unit)
    if daily is not None:
        return Timing(Repeats.DAILY, clock=daily, zone=zone)
    days, _, clock = (weekly or "").partition("@")
    names = [day.strip().casefold() for day in days.split(",")]
    known = {day[:3].casefold(): number for number, day in enumerate(WEEKDAYS)}
    if not all(name[:3] in known for name in names):
        raise UserMistake(f"“{days}” are not days of the week.", hint="Write them as mon,fri@08:00.")
    return Timing(Repeats.WEEKLY, clock=clock, weekdays=tuple(known[name[:3]] for name in names), zone=zone)


schedules.add_command(run_schedules)


def _switch(name: str, words: str, *, active: bool) -> None:
    @schedules.command(name, help=words)
    @click.argument("schedule_id", type=int)
    @click.pass_obj
    def switch(face: Face, schedule_id: int) -> int:
        async def work() -> None:
            async with opened(face) as workspace:
                schedule = await workspace.scheduler.set_active(ScheduleId(schedule_id), active)
                face.say(schedule, lambda: f"“{schedule.name}” is {'active' if active else 'paused'}.")

        return run(work())


_switch("pause", "Let a schedule rest; runs that fall into the pause are not made up for.", active=False)
_switch("resume", "Let a paused schedule run again at its times.", active=True)


@schedules.command()
@click.argument("schedule_id", type=int)
@click.pass_obj
def remove(face: Face, schedule_id: int) -> int:
    """Forget a schedule; work that it has planned goes on."""

    async def work() -> None:
        async with opened(face) as workspace:
            schedule = await workspace.schedules.get(ScheduleId(schedule_id))
            await workspace.scheduler.remove(schedule.id)
            face.say({"removed": schedule.id}, lambda: f"“{schedule.name}” is removed.")

    return run(work())
