"""Runs schedules at their times, beside the engine: sleeps until the next one, makes up for missed runs once."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from mmhub_desktop.domain.ids import BatchId, ScheduleId
from mmhub_desktop.domain.schedule import LATE, Schedule, next_run, reconsider, run_after
from mmhub_desktop.errors import MmhubError, UserMistake
from mmhub_desktop.events import Bus, Notice, SchedulesChanged
from mmhub_desktop.jobs.clock import Clock, SystemClock, Timer
from mmhub_desktop.jobs.presence import Presence
from mmhub_desktop.store.job_planning import AtPlan
from mmhub_desktop.store.schedules import ScheduleStore, note_run

LONGEST_SLEEP_S = 60.0  # look at the clock at least so often: it may have been set, or the machine may have slept

_log = logging.getLogger("mmhub.schedules")

Run = Callable[[Schedule, str, AtPlan], Awaitable[BatchId | str]]
"""Plans a schedule's work: the schedule, what its title says beside, and what to write with it. The batch, or in words
why there was nothing to do."""


class Scheduler:
    """Lives on the loop. Changes of schedules go through it, so that it knows what comes next."""

    def __init__(
        self, store: ScheduleStore, run: Run, bus: Bus, *, clock: Clock | None = None, presence: Presence | None = None
    ) -> None:
        self._presence = presence
        self._store = store
        self._run = run
        self._bus = bus
        self._clock: Clock = clock or SystemClock()
        self._woken = asyncio.Event()
        self._at_work = asyncio.Lock()
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; what was missed while the program was closed is made up for now."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._keep_looking(), name="scheduler")

    async def stop(self) -> None:
        """Plan nothing more. A run that is being planned is finished first."""
        async with self._at_work:
            if self._task is not None:
                self._task.cancel()
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
            if self._presence is not None:
                with contextlib.suppress(MmhubError):  # a full disk: the last beat is on it already
                    await self._presence.leave()
        if self._timer is not None:
            self._timer.cancel()

    async def save(self, schedule: Schedule) -> Schedule:
        """Add (id 0) or change a schedule. UserMistake when it can never run."""
        schedule.timing.check()
        if not schedule.name.strip():
            raise UserMistake("The schedule has no name.", hint="Give it one that you will recognise.")
        next_at = next_run(schedule.timing, self.now())
        if schedule.active and next_at is None:
            raise UserMistake("This time has passed.", hint="Choose one that is still to come.")
        async with self._at_work:
            saved = await self._store.save(replace(schedule, next_at=next_at if schedule.active else None))
        self._changed()
        return saved

    async def set_active(self, schedule_id: ScheduleId, active: bool) -> Schedule:
        """Pause a schedule or let it go on; runs that fell into the pause are not made up for."""
        return await self.save(replace(await self._store.get(schedule_id), active=active))

    async def remove(self, schedule_id: ScheduleId) -> None:
        """Forget a schedule; work that it has planned goes on."""
        async with self._at_work:
            await self._store.remove(schedule_id)
        self._changed()

    async def run_now(self, schedule_id: ScheduleId) -> BatchId | str:
        """Run it once beside its times. The batch, or in words why there was nothing to do."""
        async with self._at_work:
            schedule = await self._store.get(schedule_id)
            ran = replace(schedule, last_at=self.now())
            answer = await self._plan(ran, "")
        self._changed()
        return answer

    async def look(self) -> float:
        """Run what is due; the seconds until something is due again."""
        async with self._at_work:
            wait_s = LONGEST_SLEEP_S
            for schedule in await self._store.all():
                if not schedule.active or schedule.next_at is None:
                    continue
                now = self.now()
                next_at = reconsider(schedule.timing, schedule.next_at, schedule.due_at, now)
                if next_at != schedule.next_at:
                    schedule = await self._store.save(replace(schedule, next_at=next_at))  # noqa: PLW2901
                if next_at <= now:
                    next_run_at = await self._run_due(schedule, next_at, now)
                    if next_run_at is None:
                        continue
                    next_at = next_run_at
                wait_s = min(wait_s, (next_at - now).total_seconds())
            return max(0.001, wait_s)

    def now(self) -> datetime:
        """The present time."""
        return datetime.fromtimestamp(self._clock.now(), UTC)

    async def _run_due(self, schedule: Schedule, due: datetime, now: datetime) -> datetime | None:
        following, missed = run_after(schedule.timing, due, now)
        beside = ""
        if missed:
            beside = f"in place of {missed + 1} runs that were due"
        elif now - due > LATE:
            beside = f"was due {due.astimezone():%d %b at %H:%M}"
        ran = replace(
            schedule, next_at=following, due_at=due if not missed else now, last_at=now, active=following is not None
        )  # fmt: skip
        try:
            await self._plan(ran, beside)
        except Exception as error:  # noqa: BLE001 - one schedule must not hold up the others
            if not isinstance(error, MmhubError):
                _log.exception("schedule %d could not be planned", schedule.id)
            said = error.message if isinstance(error, MmhubError) else "The program made a mistake."
            hint = error.hint if isinstance(error, MmhubError) else "It is tried again at the next time."
            await self._store.save(replace(ran, last_batch_id=None, last_result=said))
            self._bus.publish(Notice("warn", f"“{schedule.name}” did not run. {said}", hint))
        self._bus.publish(SchedulesChanged())
        return following

    async def _plan(self, ran: Schedule, beside: str) -> BatchId | str:
        answer = await self._run(ran, beside, lambda connection, batch_id: note_run(connection, ran, batch_id))
        if isinstance(answer, str):
            await self._store.save(replace(ran, last_batch_id=None, last_result=answer))
        return answer

    def _changed(self) -> None:
        self._bus.publish(SchedulesChanged())
        self._woken.set()

    async def _keep_looking(self) -> None:
        while True:
            self._woken.clear()
            try:
                if self._presence is not None:
                    await self._presence.beat(await self._store.all())
                wait_s = await self.look()
            except Exception:  # noqa: BLE001 - the store may be full or locked: it is tried again
                _log.exception("the schedules could not be looked at")
                wait_s = LONGEST_SLEEP_S
            self._timer = self._clock.call_later(wait_s, self._woken.set)
            await self._woken.wait()
            self._timer.cancel()
