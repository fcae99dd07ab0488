"""The job tree's model over the real store: right rows, few queries, and Qt's own checks of every model."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import AccountId, BatchId, JobId, ProductId
from mmhub_desktop.domain.job import BatchJob, JobState, MarketplaceJob, MarketplaceTask, WorkRequest
from mmhub_desktop.domain.job_filter import ALL_JOBS, JobFilter
from mmhub_desktop.gui.tables.jobs_model import JobsModel
from mmhub_desktop.gui.tables.jobs_outline import Level, Node
from mmhub_desktop.gui.tables.jobs_view import JobsView
from mmhub_desktop.jobs.action import Action, TaskContext, TaskKind
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.job_control import Scope
from mmhub_desktop.store.jobs import JobStore

STEPS = ("validate", "map", "upload_images", "create_listing", "confirm_live")


async def nothing(_: TaskContext) -> None:
    return None


PUBLISH = Action("publish", "Publish", "Publish", tuple(TaskKind(name, name, nothing) for name in STEPS))


class CountedStore(JobStore):
    """The real store, with a note of every question: its name and how many rows it brought."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.asked: list[tuple[str, int]] = []

    async def batch_ids(self, only: JobFilter = ALL_JOBS) -> "array[int]":
        found = await super().batch_ids(only)
        self.asked.append(("batch_ids", len(found)))
        return found

    async def batches(self, ids: Any) -> list[BatchJob]:
        found = await super().batches(ids)
        self.asked.append(("batches", len(found)))
        return found

    async def job_ids(self, batch_id: BatchId, only: JobFilter = ALL_JOBS) -> "array[int]":
        found = await super().job_ids(batch_id, only)
        self.asked.append(("job_ids", len(found)))
        return found

    async def jobs(self, ids: Any) -> list[MarketplaceJob]:
        found = await super().jobs(ids)
        self.asked.append(("jobs", len(found)))
        return found

    async def tasks(self, job_id: JobId) -> list[MarketplaceTask]:
        found = await super().tasks(job_id)
        self.asked.append(("tasks", len(found)))
        return found

    def rows(self, *names: str) -> int:
        return sum(rows for name, rows in self.asked if name in names)


class Spawned:
    """Runs what the model starts and can wait until all of it has ended."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()

    def __call__(self, work: Coroutine[Any, Any, None], what: str) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=what)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def settled(self) -> None:
        while self.tasks:
            await asyncio.gather(*self.tasks)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CountedStore]:
    db = Database.open(tmp_path / "shop.mmhub")
    yield CountedStore(db)
    db.close()


@pytest.fixture
def spawned() -> Spawned:
    return Spawned()


@pytest.fixture
def model(qtbot: QtBot, store: CountedStore, spawned: Spawned) -> Iterator[JobsModel]:
    made = JobsModel(store, spawned)
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield made
    del tester


async def add_batch(store: JobStore, products: int, *, first: int = 1) -> BatchId:
    ids = tuple(ProductId(number) for number in range(first, first + products))
    request = WorkRequest("publish", ids, (AccountId(1),), f"Publish {products}")
    return (await store.create_batch(request, PUBLISH)).batch_id


def shown(model: JobsModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


async def test_batches_open_into_jobs_and_jobs_into_tasks(
    store: CountedStore, model: JobsModel, spawned: Spawned
) -> None:
    batch = await add_batch(store, 2)
    await model.load()
    assert shown(model) == ["…"]
    await spawned.settled()
    assert shown(model) == ["Publish 2"]
    await model.open(Node(Level.BATCH, batch))
    job = (await store.job_ids(batch))[0]
    await model.open(Node(Level.JOB, batch, job))
    assert len(shown(model)) == 8
    await spawned.settled()
    assert shown(model)[1:4] == ["Product 1", "Check the product", "Put it in the marketplace's form"]
    assert [model.index(row, 0).data(JobsModel.NODE).level for row in range(8)] == [0, 1, 2, 2, 2, 2, 2, 1]
    model.close(Node(Level.BATCH, batch))
    assert model.rowCount() == 1


async def test_a_new_batch_comes_in_front_and_what_is_open_stays_open(
    store: CountedStore, model: JobsModel, spawned: Spawned
) -> None:
    old = await add_batch(store, 3)
    await model.load()
    await model.open(Node(Level.BATCH, old))
    new = await add_batch(store, 1, first=10)
    await model.load()
    nodes = [model.index(row, 0).data(JobsModel.NODE) for row in range(model.rowCount())]
    assert [node.batch_id for node in nodes if node.level is Level.BATCH] == [new, old]
    assert model.outline.is_open(Node(Level.BATCH, old))
    await spawned.settled()


async def test_a_filter_shows_only_the_batches_and_jobs_in_that_state(
    store: CountedStore, model: JobsModel, spawned: Spawned
) -> None:
    first, second = await add_batch(store, 3), await add_batch(store, 2, first=10)
    job = (await store.job_ids(first))[1]
    await store.cancel(Scope.JOB, job, [], 1)
    await model.load(JobFilter(frozenset({JobState.CANCELLED})))
    assert list(model.outline.batch_ids) == [first]
    await model.open(Node(Level.BATCH, first))
    assert list(model.outline.job_ids(first)) == [job]
    await model.load(ALL_JOBS)
    assert list(model.outline.batch_ids) == [second, first]
    await spawned.settled()


async def test_words_say_state_progress_and_what_stands_open(
    store: CountedStore, model: JobsModel, spawned: Spawned
) -> None:
    batch = await add_batch(store, 3)
    await model.load()
    shown(model)
    await spawned.settled()
    index = model.index(0, 0)
    assert index.data(JobsModel.DETAIL) == "0 of 3"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "level 1, Publish 3, Waiting, 0 of 3, closed"
    model.waiting = {batch: "waiting for rate limit, 12 s"}
    assert index.data(JobsModel.DETAIL) == "0 of 3, waiting for rate limit, 12 s"


async def test_a_hundred_thousand_tasks_cost_only_the_rows_on_the_screen(
    qtbot: QtBot, store: CountedStore, model: JobsModel, spawned: Spawned
) -> None:
    batch = await add_batch(store, 20_000)  # five tasks each
    view = JobsView(model)
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.show()
    await model.load()
    await model.open(Node(Level.BATCH, batch))
    assert model.rowCount() == 20_001
    view.grab()
    await spawned.settled()
    assert store.rows("jobs") <= 100
    assert [name for name, _ in store.asked].count("tasks") == 0

    store.asked.clear()
    view.scrollToBottom()
    view.grab()
    await spawned.settled()
    assert 0 < store.rows("jobs") <= 100
    first, last = view.visible_rows()
    assert last == 20_000
    assert model.index(20_000, 0).data(JobsModel.ITEM) is not None

    store.asked.clear()
    everything = list(await JobStore.job_ids(store, batch))
    store.asked.clear()
    model.refresh_rows(first, last, [batch], everything)  # all 20,000 jobs have moved
    await spawned.settled()
    assert last - first < store.rows("jobs") <= 60  # those on the screen, and the few that Qt's tester looks at
    assert len(store.asked) <= 4


async def test_what_changed_out_of_sight_is_read_again_when_it_is_looked_at(
    store: CountedStore, model: JobsModel, spawned: Spawned
) -> None:
    batch = await add_batch(store, 5)
    await model.load()
    await model.open(Node(Level.BATCH, batch))
    shown(model)
    await spawned.settled()
    await store.cancel(Scope.BATCH, batch, [], 1)
    model.refresh_rows(0, 0, [batch], list(model.outline.job_ids(batch)))
    await spawned.settled()
    assert model.index(0, 0).data(JobsModel.ITEM).state is JobState.CANCELLED
    assert model.index(3, 0).data(JobsModel.ITEM) is None
    await spawned.settled()
    assert model.index(3, 0).data(JobsModel.ITEM).state is JobState.CANCELLED


async def test_the_keyboard_opens_closes_and_goes_up(
    qtbot: QtBot, store: CountedStore, model: JobsModel, spawned: Spawned
) -> None:
    batch = await add_batch(store, 2)
    view = JobsView(model)
    qtbot.addWidget(view)
    view.open_wanted.connect(lambda node: spawned(model.open(node), "open"))
    await model.load()
    view.setCurrentIndex(model.index(0, 0))
    qtbot.keyClick(view, Qt.Key.Key_Right)
    await spawned.settled()
    assert model.rowCount() == 3
    qtbot.keyClick(view, Qt.Key.Key_Down)
    node = view.node()
    assert node is not None
    assert node.level is Level.JOB
    qtbot.keyClick(view, Qt.Key.Key_Return)
    await spawned.settled()
    assert model.rowCount() == 8
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.node() == node
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert model.rowCount() == 3
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.node() == Node(Level.BATCH, batch)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert model.rowCount() == 1


async def test_the_current_row_stays_when_a_batch_comes_in_front(
    qtbot: QtBot, store: CountedStore, model: JobsModel, spawned: Spawned
) -> None:
    batch = await add_batch(store, 2)
    view = JobsView(model)
    qtbot.addWidget(view)
    await model.load()
    view.setCurrentIndex(model.index(0, 0))
    await add_batch(store, 1, first=10)
    await model.load()
    assert view.node() == Node(Level.BATCH, batch)
    assert view.currentIndex().row() == 1
    await spawned.settled()
