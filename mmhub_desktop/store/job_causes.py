"""Failed jobs grouped by their cause, counted on an index of failed jobs alone."""

import json
from array import array
from dataclasses import dataclass

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import Cause
from mmhub_desktop.store.database import Database


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """Failed jobs of one cause, action and account; ``newest`` is the id of the last one planned."""

    cause: str
    action: str
    account_id: AccountId | None
    count: int
    newest: int


class JobCauses:
    """The dead letters of a workspace: a part of ``JobStore``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def cause_groups(self) -> list[CauseGroup]:
        """All groups, the largest first."""
        return await self._db.read(lambda c: [CauseGroup(*row) for row in c.exec_driver_sql(_GROUPS).tuples()])

    async def failed_of(self, cause: Cause) -> "array[int]":
        """Ids of the failed jobs of a cause, newest first."""
        asked = {"cause": cause.cause, "action": cause.action, "account": cause.account_id}
        found = await self._db.read(lambda c: c.exec_driver_sql(_FAILED_OF, asked).scalar_one())
        return array("q", sorted(json.loads(found), reverse=True))


_GROUPS = """
SELECT cause, action, account_id, count(*) AS jobs, max(id) FROM marketplace_job WHERE state IN ('failed')
GROUP BY cause, action, account_id ORDER BY jobs DESC, max(id) DESC
"""
_FAILED_OF = """
SELECT json_group_array(id) FROM marketplace_job
WHERE state IN ('failed') AND cause = :cause AND action = :action AND account_id IS :account
"""
