"""The item model of the job tree: ids at each level, details of the rows that are looked at, fetched by id."""

from array import array
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from mmhub_desktop.domain.ids import BatchId, JobId
from mmhub_desktop.domain.job import BatchJob, MarketplaceJob, MarketplaceTask
from mmhub_desktop.domain.job_filter import ALL_JOBS, JobFilter
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.gui.marketplace_icon import account_icons
from mmhub_desktop.gui.tables import jobs_words as words
from mmhub_desktop.gui.tables.job_reader import JobReader
from mmhub_desktop.gui.tables.jobs_outline import Level, Node, Outline, added_in_front

PAGE = 200  # ids in one query
AHEAD = 24  # rows fetched beyond one that is missing
KEPT = 4_000  # jobs kept in memory

Item = BatchJob | MarketplaceJob | MarketplaceTask
Spawn = Callable[[Coroutine[Any, Any, None], str], object]
_NOWHERE = QModelIndex()
_SPOKEN_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


@dataclass(slots=True)
class _Wanted:
    """Ids whose details are to be fetched."""

    batches: set[int]
    jobs: set[int]
    tasks: set[int]  # of these jobs

    def __bool__(self) -> bool:
        return bool(self.batches or self.jobs or self.tasks)


class JobsModel(QAbstractTableModel):
    """Batch → job → task as rows of one column. Lives on the window's thread; queries run beside it.

    ``data(NODE)`` is the row's ``Node``, ``data(ITEM)`` its details or None until they have come (the row then
    changes), ``data(ICON)`` a job's marketplace. ``waiting`` (batch id → words) is filled by the page.
    """

    NODE = Qt.ItemDataRole.UserRole + 1
    ITEM = Qt.ItemDataRole.UserRole + 2
    OPEN = Qt.ItemDataRole.UserRole + 3
    DETAIL = Qt.ItemDataRole.UserRole + 4
    ICON = Qt.ItemDataRole.UserRole + 5

    loaded = Signal()  # the batches' ids have come

    def __init__(
        self,
        store: JobReader,
        spawn: Spawn,
        *,
        seconds_left: Callable[[BatchJob], float | None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.outline = Outline()
        self.only = ALL_JOBS
        self.account_labels: dict[int, str] = {}
        self.account_icons: dict[int, str] = {}
        self.waiting: dict[int, str] = {}
        self.task_labels: dict[str, str] = {}
        self._store = store
        self._spawn = spawn
        self._seconds_left = seconds_left
        self._now = now
        self._batches: dict[int, BatchJob] = {}
        self._jobs: dict[int, MarketplaceJob] = {}
        self._tasks: dict[int, list[MarketplaceTask]] = {}
        self._wanted = _Wanted(set(), set(), set())
        self._fetching = False

    # What Qt asks

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """All rows that stand open now."""
        return 0 if parent.isValid() else len(self.outline)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """One: the rows are drawn whole."""
        return 0 if parent.isValid() else 1

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The roles above, and words for display and for screen readers."""
        if not index.isValid() or index.row() >= len(self.outline):
            return None
        node = self.outline.node(index.row())
        if role == self.NODE:
            return node
        if role == self.OPEN:
            return self.outline.is_open(node)
        if role not in (
            self.ITEM,
            self.DETAIL,
            self.ICON,
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        item = self.item(node)
        if item is None:
            self._want_around(index.row())
        if role == self.ITEM:
            return item
        if role == self.DETAIL:
            return self.detail(item)
        if role == self.ICON:
            return self.account_icons.get(item.account_id or 0, "") if isinstance(item, MarketplaceJob) else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(node, item)
        return self.title(item)

    # Reading

    def item(self, node: Node) -> Item | None:
        """The details of a node as far as they are here."""
        if node.level is Level.BATCH:
            return self._batches.get(node.batch_id)
        if node.level is Level.JOB:
            return self._jobs.get(node.job_id)
        tasks = self._tasks.get(node.job_id, [])
        return tasks[node.task] if node.task < len(tasks) else None

    def title(self, item: Item | None) -> str:
        """The first line of a row."""
        if isinstance(item, MarketplaceTask):
            return self.task_label(item.kind)
        if isinstance(item, MarketplaceJob):
            return item.title or item.sku or (f"Product {item.product_id}" if item.product_id else "The whole account")
        return item.title or item.action.capitalize() if item else "…"

    def name_accounts(self, accounts: Iterable[Account]) -> None:
        """Labels and icons of the accounts that jobs belong to."""
        accounts = tuple(accounts)
        self.account_labels = {account.id: account.label for account in accounts}
        self.account_icons = account_icons(accounts)

    def task_label(self, kind: str) -> str:
        """The words for a kind of step."""
        return self.task_labels.get(kind) or words.task_label(kind)

    def detail(self, item: Item | None) -> str:
        """The line below it."""
        now = self._now()
        if isinstance(item, MarketplaceTask):
            return words.task_detail(item, now)
        if isinstance(item, MarketplaceJob):
            return words.job_detail(item, self.account_labels.get(item.account_id or 0, ""), now)
        if item is None:
            return ""
        return words.batch_detail(item, self._seconds_left(item), self.waiting.get(item.id, ""), now)

    def _spoken(self, node: Node, item: Item | None) -> str:
        if item is None:
            return "loading"
        shape = "" if node.level is Level.TASK else (", open" if self.outline.is_open(node) else ", closed")
        state = words.STATE_CHIPS[item.state][0]
        return f"level {node.level + 1}, {self.title(item)}, {state}, {self.detail(item)}{shape}"

    # The shape

    async def load(self, only: JobFilter | None = None) -> None:
        """Read the ids of the batches again, and of the open batches' jobs when ``only`` narrows them."""
        if only is not None and only != self.only:
            self.only = only
            self.set_batches(array("q"))
        asked = self.only
        ids = await self._store.batch_ids(asked)
        if asked != self.only:
            return
        self.set_batches(ids)
        if self.only:
            for batch_id in self.outline.open_batches():
                await self._reload_jobs(batch_id)
        self.loaded.emit()

    def set_batches(self, ids: "array[int]") -> None:
        """Show these batches: new ones in front are inserted, anything else resets the model."""
        old = self.outline.batch_ids
        if ids == old:
            return
        extra = added_in_front(old, ids)
        if extra is not None and old:
            self.beginInsertRows(_NOWHERE, 0, extra - 1)
            self.outline.set_batches(ids)
            self.endInsertRows()
        else:
            self.beginResetModel()
            self.outline.set_batches(ids)
            self.endResetModel()

    async def open(self, node: Node) -> None:
        """Show what is below a batch or job."""
        if node.level is Level.TASK or self.outline.is_open(node):
            return
        if node.level is Level.BATCH:
            ids = await self._store.job_ids(BatchId(node.batch_id), self.only)
            row = self.outline.batch_row(node.batch_id)
            if row is None or self.outline.is_open(node) or not ids:
                return
            self.beginInsertRows(_NOWHERE, row + 1, row + len(ids))
            self.outline.open_batch(node.batch_id, ids)
            self.endInsertRows()
        else:
            tasks = await self._store.tasks(JobId(node.job_id))
            row = self.outline.job_row(node.batch_id, node.job_id)
            if row is None or self.outline.is_open(node) or not tasks:
                return
            self._tasks[node.job_id] = tasks
            self.beginInsertRows(_NOWHERE, row + 1, row + len(tasks))
            self.outline.open_job(node.batch_id, node.job_id, len(tasks))
            self.endInsertRows()
        self._changed(node)

    def close(self, node: Node) -> None:
        """Hide what is below a batch or job."""
        row, below = self.outline.row_of(node), self.outline.rows_below(node)
        if row is None or not self.outline.is_open(node):
            return
        if below:
            self.beginRemoveRows(_NOWHERE, row + 1, row + below)
            self.outline.close(node)
            self.endRemoveRows()
        self._changed(node)

    async def _reload_jobs(self, batch_id: int) -> None:
        """The jobs of an open batch again, after their states changed under a filter."""
        ids = await self._store.job_ids(BatchId(batch_id), self.only)
        node = Node(Level.BATCH, batch_id)
        row = self.outline.batch_row(batch_id)
        if row is None or not self.outline.is_open(node) or ids == self.outline.job_ids(batch_id):
            return
        self.close(node)
        if ids:
            self.beginInsertRows(_NOWHERE, row + 1, row + len(ids))
            self.outline.open_batch(batch_id, ids)
            self.endInsertRows()

    # The details

    def refresh_rows(
        self, first: int, last: int, batches: Iterable[int] | None = None, jobs: Iterable[int] | None = None
    ) -> None:
        """Fetch again what changed among the rows ``first``…``last``; what changed elsewhere is forgotten.

        None means that anything may have changed.
        """
        batch_ids = None if batches is None else set(batches)
        job_ids = None if jobs is None else set(jobs)
        seen = _Wanted(set(), set(), set())
        for row in range(max(first, 0), min(last + 1, len(self.outline))):
            node = self.outline.node(row)
            if node.level is Level.BATCH and (batch_ids is None or node.batch_id in batch_ids):
                seen.batches.add(node.batch_id)
            elif node.level is Level.JOB and (job_ids is None or node.job_id in job_ids):
                seen.jobs.add(node.job_id)
            elif node.level is Level.TASK and (job_ids is None or node.job_id in job_ids):
                seen.tasks.add(node.job_id)
        _forget(self._batches, batch_ids, seen.batches)
        _forget(self._jobs, job_ids, seen.jobs)
        _forget(self._tasks, job_ids, seen.tasks)
        self._want(seen)

    def repaint_rows(self, first: int, last: int) -> None:
        """Say that the words of these rows changed (time has passed)."""
        last = min(last, len(self.outline) - 1)
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, 0))

    def _want_around(self, row: int) -> None:
        wanted = _Wanted(set(), set(), set())
        for near in range(row, min(row + AHEAD, len(self.outline))):
            node = self.outline.node(near)
            if node.level is Level.BATCH and node.batch_id not in self._batches:
                wanted.batches.add(node.batch_id)
            elif node.level is Level.JOB and node.job_id not in self._jobs:
                wanted.jobs.add(node.job_id)
            elif node.level is Level.TASK and node.job_id not in self._tasks:
                wanted.tasks.add(node.job_id)
        self._want(wanted)

    def _want(self, wanted: _Wanted) -> None:
        self._wanted.batches |= wanted.batches
        self._wanted.jobs |= wanted.jobs
        self._wanted.tasks |= wanted.tasks
        if self._wanted and not self._fetching:
            self._fetching = True
            self._spawn(self._fetch(), "Reading the jobs")

    async def _fetch(self) -> None:
        """Fetch what is wanted, page by page, until nothing is; one at a time, so that newer replaces older."""
        try:
            while self._wanted:
                wanted, self._wanted = self._wanted, _Wanted(set(), set(), set())
                for batch_page in _pages(wanted.batches):
                    for batch in await self._store.batches([BatchId(id_) for id_ in batch_page]):
                        self._batches[batch.id] = batch
                        self._changed(Node(Level.BATCH, batch.id))
                for job_page in _pages(wanted.jobs):
                    for job in await self._store.jobs([JobId(id_) for id_ in job_page]):
                        self._jobs[job.id] = job
                for job_id in wanted.tasks:
                    self._tasks[job_id] = await self._store.tasks(JobId(job_id))
                if wanted.jobs or wanted.tasks:
                    self._jobs_changed(wanted.jobs | wanted.tasks)
                while len(self._jobs) > KEPT:
                    del self._jobs[next(iter(self._jobs))]
        finally:
            self._fetching = False

    def _changed(self, node: Node) -> None:
        row = self.outline.row_of(node)
        if row is not None:
            self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def _jobs_changed(self, job_ids: set[int]) -> None:
        """Tell the view once for the span of rows that these jobs and their tasks stand in."""
        rows = []
        for job_id in job_ids:
            job = self._jobs.get(job_id)
            batch_id = job.batch_id if job else next((b for b, j in self.outline.open_jobs() if j == job_id), 0)
            row = self.outline.job_row(batch_id, job_id)
            if row is not None:
                rows += [row, row + self.outline.task_count(batch_id, job_id)]
        if rows:
            self.dataChanged.emit(self.index(min(rows), 0), self.index(max(rows), 0))


def _forget(kept: dict[int, Any], changed: set[int] | None, seen: set[int]) -> None:
    """Drop what changed and is not looked at: it is fetched when it is looked at again."""
    for id_ in [id_ for id_ in kept if id_ not in seen] if changed is None else changed - seen:
        kept.pop(id_, None)


def _pages(ids: set[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), PAGE):
        yield ordered[start : start + PAGE]
