"""The life of jobs against a simple model: whatever happens, nothing is created twice and nothing is lost.

Hypothesis plays the seller (plan, pause, resume, cancel, retry), the marketplace (failures of every kind, answers
that are lost or late, a look-up that lags) and the machine (stop, crash at any moment), and after each step compares
every job with a model of a few lines. All of it once with single calls, once with creates that are gathered into calls
for several jobs, whose answer is lost for all of them. ``MMHUB_EXAMPLES=2000`` looks longer than the suite can.
"""

import asyncio
import os
import shutil
import tempfile
from collections import Counter, deque
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId, ProductId
from mmhub_desktop.domain.job import JobState, WorkRequest
from mmhub_desktop.domain.marketplace import GatherBounds, RateLimit
from mmhub_desktop.errors import MmhubError, NotLiveYet, Offline, OutcomeUnknown, RateLimited, Rejected, Unavailable
from mmhub_desktop.events import Bus
from mmhub_desktop.jobs.action import Action, JsonResult, Outcome, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.jobs.engine import Engine
from mmhub_desktop.jobs.lane import LaneSettings
from mmhub_desktop.jobs.plan import plan
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.jobs import JobStore
from tests.fakes.clock import FakeClock
from tests.jobs.conftest import Rig

SHAKY, SLOW = AccountId(1), AccountId(2)  # one fails and loses answers, the other holds calls until told
LAG_S = 20.0  # what was created shows in the look-up only then
PREPARE, CREATE, CONFIRM = range(3)
POINTS = ("prepare", "before create", "after create", "confirm")
MISHAPS = {"busy": Unavailable, "offline": Offline, "limited": RateLimited, "lost": OutcomeUnknown}
PATIENT = RetryPolicy(attempts=100, first_s=1, longest_s=30)
LANES = {SHAKY: LaneSettings(3, (RateLimit("all", 5.0, 2),)), SLOW: LaneSettings(8)}
GATHERED = {
    SHAKY: replace(LANES[SHAKY], gathered={"create": GatherBounds(3, 2.0, scarce=True)}),
    SLOW: replace(LANES[SLOW], gathered={"create": GatherBounds(1, 0.0)}),  # a held call holds up no other job
}

Listing = tuple[int, int | None]  # product, account


class RemoteShop:
    """A marketplace that remembers what it created, for whom and when."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.created: dict[int, list[float]] = {}  # job → moments
        self.sent: dict[int, float] = {}  # our own durable note of a create that went out
        self.holding: dict[Listing, str] = {}
        self.refusing: set[tuple[Listing, int]] = set()
        self.mishaps: dict[Listing, deque[str]] = {}
        self.done: set[tuple[int, str]] = set()  # tasks that are completed on disk
        self.told: set[tuple[int, str]] = set()
        self.inside: set[Listing] = set()
        self.mistakes: list[str] = []
        self._gates: dict[int, asyncio.Future[None]] = {}

    async def prepare(self, context: TaskContext) -> JsonResult:
        with _Call(self, context, "prepare"):
            await self._hold(context, "prepare")
            self._refuse(context, PREPARE)
            return {"form": context.product_id}

    async def create(self, context: TaskContext) -> JsonResult:
        with _Call(self, context, "create"):
            if context.results["prepare"] != {"form": context.product_id}:
                self.mistakes.append(f"job {context.job_id} lost what its first task left")
            await self._hold(context, "before create")
            self._refuse(context, CREATE)
            job = context.job_id
            if context.seen_before and self._look(job):
                return {"remote": job}
            waiting = self.mishaps.get((context.product_id, context.account_id))
            mishap = waiting.popleft() if waiting else ""
            if mishap in ("busy", "offline", "limited"):
                raise MISHAPS[mishap](mishap)
            self.created.setdefault(job, []).append(self.clock.now())
            self.sent[job] = self.clock.now()
            await self._hold(context, "after create")
            if mishap:
                raise OutcomeUnknown("the answer was lost")
            return {"remote": job}

    async def create_many(self, contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
        """One call for several: refused before anything is done, or each done, and the answer lost or not."""
        if len({context.seen_before for context in contexts}) > 1:
            self.mistakes.append("some of a call had to look first, others not")
        for context in contexts:
            waiting = self.mishaps.get((context.product_id, context.account_id))
            if waiting and waiting[0] != "lost":
                raise MISHAPS[waiting[0]](waiting.popleft())
        outcomes: list[Outcome] = []
        for context in contexts:
            try:
                outcomes.append(await self.create(context))
            except MmhubError as error:
                outcomes.append(error)
            await asyncio.sleep(0)  # killed here, some are done and some are not
        if any(isinstance(outcome, OutcomeUnknown) for outcome in outcomes):
            raise OutcomeUnknown("the answer for all of them was lost")
        return outcomes

    async def confirm(self, context: TaskContext) -> JsonResult | None:
        with _Call(self, context, "confirm"):
            await self._hold(context, "confirm")
            self._refuse(context, CONFIRM)
            if context.results["create"] != {"remote": context.job_id} or context.job_id not in self.created:
                self.mistakes.append(f"job {context.job_id} confirms what is not there")
            return None

    async def tell(self, context: TaskContext, outcome: str) -> None:
        self.told.add((context.job_id, outcome))

    def release(self, listing: Listing) -> None:
        """Let the listing's call go on, and hold it no more."""
        self.holding.pop(listing, None)
        for gate in list(self._gates.values()):
            if not gate.done() and gate.get_name() == listing:  # type: ignore[attr-defined]
                gate.set_result(None)

    def end_calls(self) -> None:
        """The program was killed: what was on its way to it gets nowhere."""
        self.inside.clear()

    def _look(self, job: int) -> bool:
        moments = self.created.get(job, [])
        if any(self.clock.now() >= moment + LAG_S for moment in moments):
            return True
        left = self.sent.get(job, -LAG_S) + LAG_S - self.clock.now()
        if left > 0:
            raise NotLiveYet("waiting for the look-up", retry_after_s=left)
        return False

    def _refuse(self, context: TaskContext, task: int) -> None:
        if ((context.product_id, context.account_id), task) in self.refusing:
            raise Rejected("not like this")

    async def _hold(self, context: TaskContext, point: str) -> None:
        listing = (context.product_id, context.account_id)
        if self.holding.get(listing) == point:
            gate = self._gates[context.job_id] = _Gate(listing)
            await gate


class _Gate(asyncio.Future[None]):
    def __init__(self, listing: Listing) -> None:
        super().__init__()
        self._listing = listing

    def get_name(self) -> Listing:
        return self._listing


class _Call:
    """One call: never a second one of the same listing beside it, never of a task that is completed."""

    def __init__(self, shop: RemoteShop, context: TaskContext, task: str) -> None:
        self._shop, self._listing = shop, (context.product_id, context.account_id)
        if (context.job_id, task) in shop.done:
            shop.mistakes.append(f"job {context.job_id} ran its completed task {task} again")
        if self._listing in shop.inside:
            shop.mistakes.append(f"two jobs of listing {self._listing} at once")

    def __enter__(self) -> None:
        self._shop.inside.add(self._listing)

    def __exit__(self, *_: object) -> None:
        self._shop.inside.discard(self._listing)


@dataclass
class ModelJob:
    """A job as anybody would imagine it. ``holder``: it has its listing, the others of the listing wait."""

    id: int
    batch: int
    listing: Listing
    state: JobState = JobState.PENDING
    at: int = PREPARE
    created: bool = False
    holder: bool = False
    wish: JobState | None = None

    @property
    def is_open(self) -> bool:
        return not self.state.is_final


@dataclass
class Model:
    """What must have come of it once nothing moves by itself any more."""

    shop: RemoteShop
    jobs: dict[int, ModelJob] = field(default_factory=dict)

    def go_on(self) -> None:
        """Everything that can run runs as far as it comes."""
        self.free()
        while ready := [job for job in self.jobs.values() if job.state is JobState.PENDING and job.holder]:
            for job in ready:
                job.state = JobState.RUNNING
                self.advance(job, from_start=True)
            self.free()

    def advance(self, job: ModelJob, *, from_start: bool) -> None:
        """Run a job until it is held, stopped or at its end; one that was held goes on behind that point."""
        held = self.shop.holding.get(job.listing, "")
        while job.at <= CONFIRM:
            if from_start and held in ("prepare", "before create", "confirm") and _task_of(held) == job.at:
                return
            if from_start or not (job.at == CREATE and job.created):
                if (job.listing, job.at) in self.shop.refusing:
                    self.end(job, JobState.CANCELLED if job.wish is JobState.CANCELLED else JobState.FAILED)
                    return
                if job.at == CREATE and not job.created:
                    job.created = True
                    if held == "after create":
                        return
            job.at += 1
            from_start = True
            if job.wish is not None and job.at <= CONFIRM:
                self.obey(job)
                return
        self.end(job, JobState.COMPLETED)

    def obey(self, job: ModelJob) -> None:
        if job.wish is JobState.CANCELLED:
            self.end(job, JobState.CANCELLED)
        elif job.wish is not None:
            job.state, job.wish = job.wish, None

    def end(self, job: ModelJob, state: JobState) -> None:
        job.state, job.holder, job.wish = state, False, None

    def free(self) -> None:
        """A listing that nobody has goes to its oldest waiting job."""
        for job in sorted(self.jobs.values(), key=lambda job: job.id):
            if job.state is JobState.PENDING and not self.is_taken(job.listing):
                job.holder = True

    def is_taken(self, listing: Listing) -> bool:
        return any(job.holder for job in self.jobs.values() if job.listing == listing)

    def pause(self, jobs: list[ModelJob]) -> None:
        for job in jobs:
            if job.state is JobState.PENDING:
                job.state = JobState.PAUSED
            elif job.state is JobState.RUNNING and job.wish is None:
                job.wish = JobState.PAUSED

    def resume(self, jobs: list[ModelJob]) -> None:
        for job in jobs:
            if job.state is JobState.PAUSED:
                job.state = JobState.PENDING
            elif job.wish is JobState.PAUSED:
                job.wish = None

    def cancel(self, jobs: list[ModelJob]) -> None:
        for job in jobs:
            if job.state in (JobState.PENDING, JobState.PAUSED):
                self.end(job, JobState.CANCELLED)
            elif job.state is JobState.RUNNING:
                job.wish = JobState.CANCELLED

    def retry(self, jobs: list[ModelJob], *states: JobState) -> None:
        for job in jobs:
            if job.state in states:
                job.state = JobState.PENDING

    def restart(self) -> None:
        """Calls under way are gone; what was asked of their jobs is not forgotten."""
        for job in self.jobs.values():
            if job.state is JobState.RUNNING:
                job.state = JobState.PENDING
                self.obey(job)


def _task_of(point: str) -> int:
    return (PREPARE, CREATE, CREATE, CONFIRM)[POINTS.index(point)]


class JobsMachine(RuleBasedStateMachine):
    """The real engine on a real file beside the model."""

    lanes = LANES

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="mmhub-machine-"))
        self.clock = FakeClock()
        self.shop = RemoteShop(self.clock)
        self.model = Model(self.shop)
        self.copies = 0
        self.rig: Any = None
        self.action = Action(
            "work", "Work", "Work on",
            (
                TaskKind("prepare", "Prepare", self.shop.prepare, timeout_s=1e12, retry=PATIENT),
                TaskKind(
                    "create", "Create", self.shop.create, has_effect=True, remote=True, timeout_s=1e12, retry=PATIENT,
                    gather="create", run_many=self.shop.create_many,
                ),
                TaskKind("confirm", "Confirm", self.shop.confirm, remote=True, timeout_s=1e12, retry=PATIENT),
            ),
            on_done=self.shop.tell,
        )  # fmt: skip

    def run(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize(points=st.lists(st.sampled_from(POINTS), min_size=2, max_size=2))
    def begin(self, points: list[str]) -> None:
        path = self.folder / "0.mmhub"
        shutil.copy(_template(), path)
        self.run(self._open(path))
        self.shop.holding = {(product, SLOW): point for product, point in enumerate(points, 1)}
        self.run(self._plan([1, 2, 3], (SHAKY, SLOW)))
        self._settle()

    @rule(
        products=st.sets(st.integers(1, 3), min_size=1),
        accounts=st.sampled_from([(SHAKY,), (SLOW,), (SHAKY, SLOW)]),
        hops=st.integers(0, 12),
    )
    def plan(self, products: set[int], accounts: tuple[AccountId, ...], hops: int) -> None:
        self.run(self._plan(sorted(products), accounts))
        self._hop(hops)
        self._settle()

    @rule(product=st.integers(1, 3), kinds=st.lists(st.sampled_from(sorted(MISHAPS)), min_size=1, max_size=3))
    def fail_next(self, product: int, kinds: list[str]) -> None:
        self.shop.mishaps[product, SHAKY] = deque(kinds)

    @rule(product=st.integers(1, 3), account=st.sampled_from([SHAKY, SLOW]), task=st.integers(PREPARE, CONFIRM))
    def refuse(self, product: int, account: AccountId, task: int) -> None:
        self.shop.refusing ^= {((product, account), task)}

    @rule(product=st.integers(1, 3), point=st.sampled_from(POINTS))
    def hold(self, product: int, point: str) -> None:
        if not any(j.state is JobState.RUNNING and j.listing == (product, SLOW) for j in self.model.jobs.values()):
            self.shop.holding[product, SLOW] = point

    @precondition(lambda self: self.shop.holding)
    @rule(data=st.data(), hops=st.integers(0, 12))
    def let_go(self, data: st.DataObject, hops: int) -> None:
        listing = data.draw(st.sampled_from(sorted(self.shop.holding)))
        self.shop.release(listing)
        for job in self.model.jobs.values():
            if job.state is JobState.RUNNING and job.listing == listing:
                self.model.advance(job, from_start=False)
        self._hop(hops)
        self._settle()

    @precondition(lambda self: self.model.jobs)
    @rule(
        data=st.data(),
        verb=st.sampled_from(["pause", "resume", "cancel", "retry"]),
        whole=st.booleans(),
    )
    def control(self, data: st.DataObject, verb: str, whole: bool) -> None:
        job = self.model.jobs[data.draw(st.sampled_from(sorted(self.model.jobs)))]
        meant = [other for other in self.model.jobs.values() if other.batch == job.batch] if whole else [job]
        if whole:
            self.run(getattr(self.rig.engine, f"{verb}_batch")(BatchId(job.batch)))
        else:
            self.run(getattr(self.rig.engine, f"{verb}_job")(JobId(job.id)))
        if verb == "retry":
            self.model.retry(meant, JobState.FAILED, *(() if whole else (JobState.CANCELLED,)))
        else:
            getattr(self.model, verb)(meant)
        self._settle()

    @rule(hops=st.integers(0, 12))
    def crash(self, hops: int) -> None:
        self._hop(hops)
        self._crash()
        self._settle()

    @precondition(lambda self: self.model.jobs)
    @rule(data=st.data(), verb=st.sampled_from(["retry", "resume"]), hops=st.integers(0, 40))
    def crash_in_the_middle(self, data: st.DataObject, verb: str, hops: int) -> None:
        """Work is set going and killed a few steps of the loop later."""
        batch = data.draw(st.sampled_from(sorted({job.batch for job in self.model.jobs.values()})))
        self.run(getattr(self.rig.engine, f"{verb}_batch")(BatchId(batch)))
        meant = [job for job in self.model.jobs.values() if job.batch == batch]
        if verb == "retry":
            self.model.retry(meant, JobState.FAILED)
        else:
            self.model.resume(meant)
        self._hop(hops)
        self._crash()
        self._settle()

    @rule()
    def stop_and_start(self) -> None:
        self.run(self.rig.stop())
        self.shop.end_calls()
        self.model.restart()
        self.run(self.rig.start(self.action))
        self._settle()

    def teardown(self) -> None:
        if self.rig is not None:
            self.run(self.rig.stop())
            self.rig.db.close()
        self.run(self.loop.shutdown_default_executor())
        self.loop.close()
        shutil.rmtree(self.folder)

    def _hop(self, hops: int) -> None:
        async def turn() -> None:
            for _ in range(hops):
                await asyncio.sleep(0)

        self.run(turn())

    def _crash(self) -> None:
        """What is on disk at this moment goes on in a new program; the old one has no more effect."""
        self.copies += 1
        path = self.folder / f"{self.copies}.mmhub"
        self.run(self._die(path))
        self.shop.end_calls()
        self.model.restart()
        self.run(self._open(path))

    async def _die(self, path: Path) -> None:
        rig = self.rig
        rig.db.write_now(lambda _: _copy(rig.db.path, path))  # blocks the loop: no call gets further meanwhile
        engine: Engine = rig.engine
        engine._runner.stopping = True
        tasks = {*engine._workers, *engine._beside, engine._dispatcher}
        calls_before = {key: list(moments) for key, moments in self.shop.created.items()}
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.shop.created = calls_before
        for _ in range(4):  # what cancelled work had handed over goes into the old file, which nobody reads again
            await rig.db.write(lambda _: None)
        engine._attempts.close()
        engine._journal.close()
        await asyncio.to_thread(rig.db.close)

    async def _open(self, path: Path) -> None:
        db = await asyncio.to_thread(Database.open, path)
        self.rig = Rig(db, JobStore(db), Bus(), self.clock, dict(self.lanes))
        await self.rig.start(self.action)

    async def _plan(self, products: list[int], accounts: tuple[AccountId, ...]) -> None:
        request = WorkRequest("work", tuple(ProductId(n) for n in products), accounts)
        batch_id = await plan(self.rig.store, request, self.action, now_s=self.clock.now())
        for found in await self.rig.jobs(batch_id):
            self.model.jobs[found.id] = ModelJob(found.id, batch_id, (found.product_id, found.account_id))
        self.rig.engine.wake()

    def _settle(self) -> None:
        """Turn the clock until nothing moves by itself any more, and compare."""
        self.model.go_on()
        self.run(self._compare())

    async def _compare(self) -> None:
        expected = {job.id: job.state for job in self.model.jobs.values()}
        wait_s = 1.0
        for _ in range(40):
            await self.rig.quiet()
            found = await self.rig.store.jobs(sorted(expected))
            states = {job.id: job.state for job in found}
            if states == expected:
                break
            self.clock.advance(wait_s)
            wait_s = min(wait_s * 2, 500.0)
        assert states == expected
        assert self.shop.mistakes == []
        completed = {job.id for job in found if job.state is JobState.COMPLETED}
        for job in found:
            for task in await self.rig.store.tasks(JobId(job.id)):
                if task.state is JobState.COMPLETED:
                    self.shop.done.add((job.id, task.kind))
            if job.state in (JobState.COMPLETED, JobState.FAILED):
                assert (job.id, job.state.value) in self.shop.told
        assert all(len(moments) == 1 for moments in self.shop.created.values()), "created twice"
        assert completed <= set(self.shop.created), "lost"
        await self._count()

    async def _count(self) -> None:
        for batch in await self.rig.store.batches(await self.rig.store.batch_ids()):
            states = Counter(job.state for job in self.model.jobs.values() if job.batch == batch.id)
            counts = (batch.completed, batch.failed, batch.cancelled, batch.total)
            assert counts == (
                states[JobState.COMPLETED], states[JobState.FAILED], states[JobState.CANCELLED], states.total()
            )  # fmt: skip
            assert batch.state.is_final == (batch.done == batch.total)


class GatheredJobsMachine(JobsMachine):
    """The same with creates that go together."""

    lanes = GATHERED


def _copy(source: Path, target: Path) -> None:
    """The file as a crash would leave it now; on the writer's thread, between its commits."""
    shutil.copy(source, target)
    shutil.copy(source.with_name(source.name + "-wal"), target.with_name(target.name + "-wal"))


_made: list[Path] = []


def _template() -> Path:
    """An empty workspace, made once: its migration takes longer than an example."""
    if not _made:
        path = Path(tempfile.mkdtemp(prefix="mmhub-template-")) / "empty.mmhub"
        Database.open(path).close()
        _made.append(path)
    return _made[0]


def teardown_module() -> None:
    """Remove the template."""
    for path in _made:
        shutil.rmtree(path.parent)


JobsMachine.TestCase.settings = GatheredJobsMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("MMHUB_EXAMPLES", "40")),
    stateful_step_count=15,
    deadline=None,
    derandomize="MMHUB_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
TestJobs = JobsMachine.TestCase
TestGatheredJobs = GatheredJobsMachine.TestCase
