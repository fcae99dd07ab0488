"""The calls that accounts have used of their hours and days, so that a restart does not forget them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.schema_jobs import call_budget as table


@dataclass(frozen=True, slots=True)
class UsedCalls:
    """Calls of one account counted to one part of time (its begin, seconds since 1970) of one budget."""

    account_id: AccountId
    budget: str
    slot: int
    used: int


class BudgetStore:
    """Reads and writes counts, for the asyncio loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> Mapping[tuple[AccountId, str], dict[int, int]]:
        """Part of time → calls, for each account and budget."""
        rows = await self._db.read(lambda c: c.execute(select(table)).all())
        found: dict[tuple[AccountId, str], dict[int, int]] = {}
        for row in rows:
            found.setdefault((AccountId(row.account_id), row.budget), {})[row.slot] = row.used
        return found

    async def keep(self, counts: Sequence[UsedCalls], *, old: Sequence[UsedCalls] = ()) -> None:
        """Write these counts, and forget ``old`` ones, in the next commit."""

        def write(connection: Connection) -> None:
            for one in counts:
                statement = insert(table).values(
                    account_id=one.account_id, budget=one.budget, slot=one.slot, used=one.used
                )
                keys = [table.c.account_id, table.c.budget, table.c.slot]
                connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"used": one.used}))
            for one in old:
                mine = (table.c.account_id == one.account_id) & (table.c.budget == one.budget)
                connection.execute(delete(table).where(mine & (table.c.slot == one.slot)))

        await self._db.write(write)
