"""How fast batches move, from the jobs that ended in the last minute."""

from collections import deque

from mmhub_desktop.domain.ids import BatchId
from mmhub_desktop.jobs.clock import Clock

WINDOW_S = 60.0
SLICE_S = 1.0  # jobs are counted together for so long


class Speeds:
    """Counts of ended jobs by batch. Lives on the loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began: dict[BatchId, float] = {}
        self._slices: dict[BatchId, deque[list[float]]] = {}  # [start, count]

    def add(self, batch_id: BatchId, count: int) -> None:
        """So many jobs of a batch have ended now."""
        now = self._clock.monotonic()
        slices = self._slices.get(batch_id)
        if slices is None:
            slices = self._slices[batch_id] = deque()
            self._began[batch_id] = now
        if slices and now - slices[-1][0] < SLICE_S:
            slices[-1][1] += count
        else:
            slices.append([now, count])
        while slices[0][0] < now - WINDOW_S:
            slices.popleft()

    def of(self, batch_id: BatchId) -> float:
        """Jobs each second over the last minute, or since the first one ended if that is less; 0.0 for none."""
        now = self._clock.monotonic()
        recent = sum(count for start, count in self._slices.get(batch_id, ()) if start >= now - WINDOW_S)
        if not recent:
            return 0.0
        passed = min(WINDOW_S, now - self._began[batch_id])
        return recent / max(passed, SLICE_S)

    def drop(self, batch_id: BatchId) -> None:
        """A batch has ended."""
        self._slices.pop(batch_id, None)
        self._began.pop(batch_id, None)
