"""The schedules of a workspace."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mmhub_desktop.domain.ids import BatchId, ScheduleId
from mmhub_desktop.domain.schedule import Repeats, Schedule, Timing
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database, from_ms, now_ms, to_ms
from mmhub_desktop.store.schema_jobs import schedule as table


class ScheduleStore:
    """Reads and writes schedules, for the asyncio loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> list[Schedule]:
        """All schedules in the order of their names."""
        query = select(table).order_by(table.c.name, table.c.id)
        return [_schedule(row) for row in await self._db.read(lambda c: c.execute(query).all())]

    async def get(self, schedule_id: ScheduleId) -> Schedule:
        """One schedule. UserMistake when there is none of this number."""
        query = select(table).where(table.c.id == schedule_id)
        rows: Sequence[Any] = await self._db.read(lambda c: c.execute(query).all())
        if not rows:
            raise UserMistake(f"There is no schedule {schedule_id}.", hint="See “mmhub schedules list”.")
        return _schedule(rows[0])

    async def save(self, schedule: Schedule) -> Schedule:
        """Insert (id 0) or update; returns it as stored."""
        values = _values(schedule)

        def write(connection: Connection) -> Schedule:
            if schedule.id:
                connection.execute(table.update().where(table.c.id == schedule.id).values(values))
                return schedule
            key = connection.execute(table.insert().values({**values, "created_at": now_ms()})).inserted_primary_key
            assert key is not None  # noqa: S101 - an insert into a table with a key
            return replace(schedule, id=ScheduleId(key[0]))

        return await self._db.write(write)

    async def remove(self, schedule_id: ScheduleId) -> None:
        """Forget a schedule; what it has planned stays."""
        await self._db.write(lambda c: c.execute(table.delete().where(table.c.id == schedule_id)))


def note_run(connection: Connection, schedule: Schedule, batch_id: BatchId) -> None:
    """Keep that a schedule has run, in the transaction that plans its batch (0: it started a workflow instead)."""
    values = {**_values(schedule), "last_batch_id": batch_id or None, "last_result": ""}
    connection.execute(table.update().where(table.c.id == schedule.id).values(values))


def _values(schedule: Schedule) -> dict[str, Any]:
    timing = asdict(schedule.timing)
    timing["at"] = to_ms(schedule.timing.at)
    return {
        "name": schedule.name,
        "action": schedule.action,
        "timing": json.dumps(timing),
        "status": schedule.status,
        "search": schedule.search,
        "account_ids": json.dumps(list(schedule.account_ids)),
        "options": json.dumps(dict(schedule.options)),
        "priority": int(schedule.priority),
        "active": schedule.active,
        "next_at": to_ms(schedule.next_at),
        "due_at": to_ms(schedule.due_at),
        "last_at": to_ms(schedule.last_at),
        "last_batch_id": schedule.last_batch_id,
        "last_result": schedule.last_result,
    }


def read_timing(text: str) -> Timing:
    """When a schedule runs, from the words that are stored."""
    kept = json.loads(text)
    at: datetime | None = from_ms(kept["at"])
    return Timing(
        Repeats(kept["repeats"]), at, kept["minutes"], kept["clock"], tuple(kept["weekdays"]), kept["zone"],
        kept.get("cron", ""),
    )  # fmt: skip


def _schedule(row: Any) -> Schedule:
    return Schedule(
        ScheduleId(row.id), row.name, row.action, read_timing(row.timing), row.status, row.search,
        tuple(json.loads(row.account_ids)), json.loads(row.options), row.priority, bool(row.active),
        from_ms(row.next_at), from_ms(row.due_at), from_ms(row.last_at), row.last_batch_id, row.last_result,
    )  # fmt: skip
