"""Moments that jobs wait for, mended after this machine's clock was set back."""

from mmhub_desktop.store.database import Database
from mmhub_desktop.store.job_endings import BLOCKED


class JobTimes:
    """The waiting of jobs by the wall clock: a part of ``JobStore``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def clock_was_set_back(self, now_ms: int) -> int:
        """Let jobs wait from now as long as they were to wait when that was written, and return how many it changed.

        What was written in what is now the future was written before the clock was set back. Safe to call at any time.
        """
        asked = {"now": now_ms, "blocked": BLOCKED}
        return await self._db.write(lambda c: c.exec_driver_sql(_MEND, asked).rowcount)


_MEND = """
UPDATE marketplace_job SET ready_at = :now + max(0, ready_at - updated_at), updated_at = :now
WHERE state IN ('pending') AND ready_at > :now AND ready_at < :blocked AND updated_at > :now
"""
