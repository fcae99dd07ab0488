"""How much waits for each account, and until when: counted on the index of waiting jobs alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.store.database import Database, from_ms
from mmhub_desktop.store.job_endings import BLOCKED


@dataclass(frozen=True, slots=True)
class LaneQueue:
    """Waiting jobs of one account: ready to begin, to be tried again later, behind another job of their listing.

    ``next_at`` is when the first of the later ones is due.
    """

    ready: int = 0
    later: int = 0
    behind: int = 0
    next_at: datetime | None = None

    @property
    def total(self) -> int:
        """All that wait."""
        return self.ready + self.later + self.behind


class JobLanes:
    """The queues of the accounts: a part of ``JobStore``. Runs on a reader's thread."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def queues(self, now_ms: int) -> dict[AccountId | None, LaneQueue]:
        """By account, None for work on this computer; accounts for which nothing waits are left out."""

        def read(connection: Connection) -> dict[AccountId | None, LaneQueue]:
            rows = connection.exec_driver_sql(_QUEUES, {"now": now_ms, "blocked": BLOCKED})
            return {row[0]: LaneQueue(row[1], row[2], row[3], from_ms(row[4])) for row in rows}

        return await self._db.read(read)


_QUEUES = """
SELECT account_id, sum(ready_at <= :now), sum(ready_at > :now AND ready_at < :blocked), sum(ready_at = :blocked),
  min(CASE WHEN ready_at > :now AND ready_at < :blocked THEN ready_at END)
FROM marketplace_job WHERE state IN ('pending') GROUP BY account_id
"""
