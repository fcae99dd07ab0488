"""The shape of the job tree as rows: which batch, job or task stands in which row. Ids only, no Qt, no I/O.

A tree view of Qt asks its model for every open row whenever one is added (0.2 s for 100,000, measured), so the
tree is laid out here as plain rows for a table view, which asks for the visible ones only. Every look-up costs
the number of *open* batches and jobs, never the number of rows.
"""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum


class Level(IntEnum):
    """Which of the three levels a row belongs to."""

    BATCH = 0
    JOB = 1
    TASK = 2


@dataclass(frozen=True, slots=True)
class Node:
    """What stands in a row. ``job_id`` is 0 on a batch row, ``task`` is the task's position in its job."""

    level: Level
    batch_id: int
    job_id: int = 0
    task: int = 0


@dataclass(slots=True)
class _OpenBatch:
    """An open batch: the ids of its jobs, and for each open job (by its place) its number of tasks."""

    ids: "array[int]"
    open_places: list[int] = field(default_factory=list)  # sorted
    tasks: dict[int, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.ids) + sum(self.tasks.values())

    def place_of(self, job_id: int) -> int:
        """Where a job stands among its siblings (their ids ascend), -1 when it is not among them."""
        place = bisect_left(self.ids, job_id)
        return place if place < len(self.ids) and self.ids[place] == job_id else -1

    def row_of(self, place: int) -> int:
        """The row of a job, counted from the first row below the batch."""
        return place + sum(self.tasks[open_place] for open_place in self.open_places if open_place < place)

    def at(self, row: int) -> tuple[int, int]:
        """(place of the job, position of the task or -1 for the job's own row)."""
        shift = 0
        for open_place in self.open_places:
            first = open_place + shift + 1
            if row < first:
                break
            if row < first + self.tasks[open_place]:
                return open_place, row - first
            shift += self.tasks[open_place]
        return row - shift, -1


class Outline:
    """Batches in order, the open ones with their jobs, the open jobs with their tasks, as numbered rows."""

    def __init__(self) -> None:
        self.batch_ids: array[int] = array("q")
        self._places: dict[int, int] = {}
        self._open: dict[int, _OpenBatch] = {}
        self._starts: list[tuple[int, int]] = []  # (row of an open batch, its place), in order

    def __len__(self) -> int:
        return len(self.batch_ids) + sum(opened.rows for opened in self._open.values())

    def _place(self) -> None:
        """Work out again where the open batches stand."""
        starts, shift = [], 0
        for place in sorted(self._places[batch_id] for batch_id in self._open):
            starts.append((place + shift, place))
            shift += self._open[self.batch_ids[place]].rows
        self._starts = starts

    def set_batches(self, ids: "array[int]") -> None:
        """Replace the batches; the open ones that are still there stay open."""
        self.batch_ids = ids
        self._places = {batch_id: place for place, batch_id in enumerate(ids)}
        self._open = {batch_id: opened for batch_id, opened in self._open.items() if batch_id in self._places}
        self._place()

    def node(self, row: int) -> Node:
        """What stands in a row; IndexError outside."""
        if not 0 <= row < len(self):
            raise IndexError(row)
        before = bisect_right(self._starts, (row, len(self.batch_ids))) - 1
        if before < 0:
            return Node(Level.BATCH, self.batch_ids[row])
        start, place = self._starts[before]
        batch_id = self.batch_ids[place]
        opened = self._open[batch_id]
        inside = row - start - 1
        if inside < 0:
            return Node(Level.BATCH, batch_id)
        if inside >= opened.rows:
            return Node(Level.BATCH, self.batch_ids[place + 1 + inside - opened.rows])
        job_place, task = opened.at(inside)
        if task < 0:
            return Node(Level.JOB, batch_id, opened.ids[job_place])
        return Node(Level.TASK, batch_id, opened.ids[job_place], task)

    def batch_row(self, batch_id: int) -> int | None:
        """The row of a batch, None when it is not there."""
        place = self._places.get(batch_id)
        if place is None:
            return None
        return place + sum(self._open[self.batch_ids[other]].rows for _, other in self._starts if other < place)

    def job_row(self, batch_id: int, job_id: int) -> int | None:
        """The row of a job, None when it is not there or its batch is closed."""
        opened, row = self._open.get(batch_id), self.batch_row(batch_id)
        if opened is None or row is None:
            return None
        place = opened.place_of(job_id)
        return row + 1 + opened.row_of(place) if place >= 0 else None

    def row_of(self, node: Node) -> int | None:
        """The row of a node, None when it is not shown."""
        if node.level is Level.BATCH:
            return self.batch_row(node.batch_id)
        row = self.job_row(node.batch_id, node.job_id)
        if row is None or node.level is Level.JOB:
            return row
        return row + 1 + node.task if node.task < self.task_count(node.batch_id, node.job_id) else None

    def is_open(self, node: Node) -> bool:
        """Whether a batch or job shows what is below it."""
        opened = self._open.get(node.batch_id)
        if opened is None or node.level is Level.TASK:
            return False
        return node.level is Level.BATCH or self.task_count(node.batch_id, node.job_id) > 0

    def open_batches(self) -> list[int]:
        """The ids of the open batches."""
        return list(self._open)

    def open_jobs(self) -> list[tuple[int, int]]:
        """(batch id, job id) of the open jobs."""
        return [(batch_id, opened.ids[place]) for batch_id, opened in self._open.items() for place in opened.tasks]

    def job_ids(self, batch_id: int) -> "array[int]":
        """The ids of an open batch's jobs, empty when it is closed."""
        opened = self._open.get(batch_id)
        return opened.ids if opened else array("q")

    def task_count(self, batch_id: int, job_id: int) -> int:
        """How many task rows a job shows."""
        opened = self._open.get(batch_id)
        return opened.tasks.get(opened.place_of(job_id), 0) if opened else 0

    def rows_below(self, node: Node) -> int:
        """How many rows stand below a node."""
        opened = self._open.get(node.batch_id)
        if opened is None or node.level is Level.TASK:
            return 0
        return opened.rows if node.level is Level.BATCH else self.task_count(node.batch_id, node.job_id)

    def open_batch(self, batch_id: int, ids: "array[int]") -> None:
        """Show a batch's jobs, by ascending id; replaces those it shows."""
        self._open[batch_id] = _OpenBatch(ids)
        self._place()

    def open_job(self, batch_id: int, job_id: int, tasks: int) -> None:
        """Show a job's tasks."""
        opened = self._open[batch_id]
        place = opened.place_of(job_id)
        if place not in opened.tasks:
            insort(opened.open_places, place)
        opened.tasks[place] = tasks
        self._place()

    def close(self, node: Node) -> None:
        """Hide what is below a batch or job."""
        opened = self._open.get(node.batch_id)
        if opened is None:
            return
        if node.level is Level.BATCH:
            del self._open[node.batch_id]
        elif node.level is Level.JOB:
            place = opened.place_of(node.job_id)
            opened.tasks.pop(place, None)
            if place in opened.open_places:
                opened.open_places.remove(place)
        self._place()


def added_in_front(old: Sequence[int], new: Sequence[int]) -> int | None:
    """How many ids stand in front of the unchanged rest; None when the rest is not unchanged."""
    extra = len(new) - len(old)
    return extra if extra >= 0 and new[extra:] == old else None
