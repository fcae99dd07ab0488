"""An engine on a real workspace file with a clock turned by hand."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId, ProductId
from mmhub_desktop.domain.job import BatchJob, MarketplaceJob, WorkRequest
from mmhub_desktop.events import Bus, Event
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.plan import plan
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.jobs import JobStore
from tests.fakes.clock import FakeClock

Run = Callable[[TaskContext], Awaitable[JsonResult | None]]
SHOP = AccountId(1)


def task(name: str, run: Run, **options: Any) -> TaskKind:
    """A task kind with few words; three quick attempts unless told otherwise."""
    options.setdefault("retry", RetryPolicy(attempts=3, first_s=2))
    return TaskKind(name, name.title(), run, **options)


def action(*tasks: TaskKind, **options: Any) -> Action:
    """An action of these tasks."""
    return Action("work", "Work", "Work on", tasks, **options)


class Gate:
    """A call that is held until the test lets it go; ``arrived`` counts calls."""

    def __init__(self) -> None:
        self.arrived = 0
        self.inside = 0
        self.most_inside = 0
        self._changed = asyncio.Condition()
        self._open = asyncio.Event()

    async def __call__(self, _: TaskContext) -> JsonResult | None:
        async with self._changed:
            self.arrived += 1
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            self._changed.notify_all()
        try:
            await self._open.wait()
        finally:
            self.inside -= 1
        return None

    async def wait_for(self, calls: int) -> None:
        """Until so many calls have arrived."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.arrived >= calls)

    def open(self) -> None:
        """Let all go."""
        self._open.set()


@dataclass
class Rig:
    """The engine under test, with everything around it."""

    db: Database
    store: JobStore
    bus: Bus
    clock: FakeClock
    lanes: dict[AccountId | None, LaneSettings] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    engine: Engine = None  # type: ignore[assignment]
    action: Action = None  # type: ignore[assignment]

    async def start(self, work: Action) -> Engine:
        """An engine that knows this action, running."""
        self.action = work
        self.engine = Engine(
            self.store, {work.name: work}, self.bus, lanes=lambda account: self.lanes.get(account, LaneSettings()),
            parts=self, clock=self.clock, rng=random.Random(7),
        )  # fmt: skip
        await self.engine.start()
        return self.engine

    async def submit(self, products: int = 1, *, first: int = 1, accounts: tuple[AccountId, ...] = (SHOP,)) -> BatchId:
        """Plan the action for so many products and wake the engine."""
        request = WorkRequest(
            "work", tuple(ProductId(n) for n in range(first, first + products)), accounts, options={"mode": "test"}
        )
        batch_id = await plan(self.store, request, self.action, now_s=self.clock.now())
        self.engine.wake()
        return batch_id

    async def run(self, work: Action, products: int = 1) -> BatchId:
        """Start, submit, and wait until nothing can run now."""
        await self.start(work)
        batch_id = await self.submit(products)
        await self.engine.wait_idle()
        return batch_id

    async def pass_time(self, seconds: float) -> None:
        """Turn the clock and wait until nothing can run now."""
        self.clock.advance(seconds)
        self.engine.wake()
        await self.engine.wait_idle()

    async def stop(self, grace_s: float = 0.0) -> None:
        """Stop the engine, turning the clock past the grace if it has to wait."""
        stopping = asyncio.ensure_future(self.engine.stop(grace_s))
        while not stopping.done():
            await self.db.write(lambda _: None)
            self.clock.advance(max(grace_s, 1.0))
        await stopping
        for _ in range(4):  # what cancelled work had handed over still goes to the file
            await self.db.write(lambda _: None)

    async def quiet(self) -> None:
        """Until all that runs waits on the clock or on a gate: nothing moves by itself any more."""
        still, before = 0, None
        while still < 3:
            await self.db.write(lambda _: None)
            await asyncio.sleep(0)
            engine = self.engine
            pools = [(len(lane.queue), lane.gathering.waiting, lane.running) for lane in engine._lanes.values()]
            present = (len(engine._jobs), pools)
            journal = engine._journal
            writing = journal._in_flight or (journal._page.waiting and not journal.halted)
            busy = engine._woken.is_set() or engine._claiming.locked() or writing
            still = 0 if busy or present != before else still + 1
            before = present

    async def turn_until(self, done: Callable[[], bool]) -> None:
        """Turn the clock from timer to timer until ``done``."""
        await self.quiet()
        while not done():
            wait = self.clock.next_in()
            assert wait is not None, "nothing is left to wait for"
            self.clock.advance(wait)
            await self.quiet()

    async def batch(self, batch_id: BatchId) -> BatchJob:
        """The batch as stored."""
        return (await self.store.batches([batch_id]))[0]

    async def jobs(self, batch_id: BatchId) -> list[MarketplaceJob]:
        """The batch's jobs as stored."""
        return await self.store.jobs(await self.store.job_ids(batch_id))

    async def job(self, batch_id: BatchId) -> MarketplaceJob:
        """The batch's first job."""
        return (await self.jobs(batch_id))[0]

    async def states(self, batch_id: BatchId) -> list[str]:
        """The states of the tasks of the batch's first job."""
        return [found.state.value for found in await self.store.tasks(JobId((await self.job(batch_id)).id))]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    db = Database.open(tmp_path / "shop.mmhub")
    bus = Bus()
    made = Rig(db, JobStore(db), bus, FakeClock())
    for kind in Event.__subclasses__():
        bus.subscribe(kind, made.events.append)
    yield made
    if made.engine is not None:
        await made.stop()
    db.close()
