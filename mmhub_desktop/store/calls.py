"""Calls to marketplaces as they were, bounded in number and age, and their numbers by the hour, which stay."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select
from sqlalchemy import Row as SqlRow
from sqlalchemy.dialects.sqlite import insert as upsert

from mmhub_desktop.domain.call import Call
from mmhub_desktop.domain.call_stats import CallStats, HourStats, bound_of
from mmhub_desktop.domain.ids import AccountId, JobId, TaskId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.store.database import Database, from_ms, to_ms
from mmhub_desktop.store.schema_jobs import call_hour, call_record, marketplace_job
from mmhub_desktop.store.writer import Row

KEPT = 20_000  # newest calls, whatever became of their jobs
KEPT_OF_FAILED = 60_000  # newest calls among which those of failed jobs are kept too
KEPT_HOURS = 400 * 24
CHUNK = 500  # rows deleted in one commit

_HOUR_MS = 3_600_000


class CallStore:
    """Written by the recorder only; every method is for the loop."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._pruned_to = 0  # calls up to this id that are left belong to failed jobs

    async def add(self, calls: Sequence[Call]) -> None:
        """Keep calls and count them, in one transaction with whatever else is being written."""
        await self._db.write_rows(_write_calls, [_row(call) for call in calls])

    async def of_job(self, job_id: JobId, limit: int = 200) -> list[Call]:
        """The newest calls of a job, oldest first."""
        query = select(call_record).where(call_record.c.job_id == job_id).order_by(call_record.c.id.desc())
        rows = await self._db.read(lambda c: c.execute(query.limit(limit)).all())
        return [_read(row) for row in reversed(rows)]

    async def hours(self, since_hour: int, account_id: AccountId | None = None) -> list[HourStats]:
        """Every operation's numbers of the hours from ``since_hour`` (hours since 1970) on, oldest first."""
        query = select(call_hour).where(call_hour.c.hour >= since_hour).order_by(call_hour.c.hour)
        if account_id is not None:
            query = query.where(call_hour.c.account_id == account_id)
        return [_read_hour(row) for row in await self._db.read(lambda c: c.execute(query).all())]

    async def last_success_ms(self) -> dict[AccountId, int]:
        """When each account's last call that went well began (ms since 1970), as far as calls are kept."""
        query = (
            select(call_record.c.account_id, func.max(call_record.c.at))
            .where(call_record.c.error == "", call_record.c.status < 400)
            .group_by(call_record.c.account_id)
        )
        rows = await self._db.read(lambda c: c.execute(query).all())
        return {AccountId(account_id): at for account_id, at in rows}

    async def prune(self, before_ms: int) -> int:
        """Delete what is older than ``before_ms`` or beyond the bounds, in small chunks; how many."""
        deleted = 0
        while True:
            found: int = await self._db.write(lambda c: self._prune_chunk(c, before_ms))
            deleted += found
            if found < CHUNK:
                return deleted

    def _prune_chunk(self, connection: Connection, before_ms: int) -> int:
        newest = connection.scalar(select(func.max(call_record.c.id))) or 0
        latest_hour = connection.scalar(select(func.max(call_hour.c.hour))) or 0
        connection.execute(delete(call_hour).where(call_hour.c.hour < latest_hour - KEPT_HOURS))
        oldest = select(call_record.c.id, call_record.c.at).order_by(call_record.c.id).limit(CHUNK)
        ids = [row.id for row in connection.execute(oldest) if row.at < before_ms or row.id <= newest - KEPT_OF_FAILED]
        if len(ids) < CHUNK:
            floor = newest - KEPT
            beyond = (
                select(call_record.c.id)
                .outerjoin(marketplace_job, marketplace_job.c.id == call_record.c.job_id)
                .where(
                    and_(call_record.c.id > self._pruned_to, call_record.c.id <= floor),
                    or_(marketplace_job.c.state.is_(None), marketplace_job.c.state != JobState.FAILED.value),
                    call_record.c.id.not_in(ids),
                )
                .order_by(call_record.c.id)
                .limit(CHUNK - len(ids))
            )
            more = list(connection.scalars(beyond))
            ids += more
            if len(ids) < CHUNK:
                self._pruned_to = max(self._pruned_to, floor)
        if ids:
            connection.execute(delete(call_record).where(call_record.c.id.in_(ids)))
        return len(ids)


def _row(call: Call) -> Row:
    return {
        "at": to_ms(call.at),
        "account_id": call.account_id,
        "job_id": call.job_id,
        "task_id": call.task_id,
        "operation": call.operation,
        "attempt": call.attempt,
        "method": call.method,
        "path": call.path,
        "request": call.request,
        "reply": call.reply,
        "status": call.status,
        "duration_ms": call.duration_ms,
        "error": call.error,
        "_succeeded": call.succeeded,
        "_throttled_ms": call.throttled_ms,
    }


def _write_calls(connection: Connection, rows: list[Row]) -> None:
    """Insert the calls and count them into their hours; on the writer's thread."""
    hours: dict[tuple[int, int, str], CallStats] = {}
    for row in rows:
        key = (row["at"] // _HOUR_MS, row["account_id"], row["operation"])
        stats = hours.get(key)
        if stats is None:
            stats = hours[key] = CallStats(AccountId(key[1]), key[2])
        one = CallStats(stats.account_id, stats.operation, calls=1, times={bound_of(row["duration_ms"]): 1})
        one.failed = int(not row.pop("_succeeded"))
        one.retries = int(row["attempt"] > 1)
        one.limited = int(row["status"] == 429)
        one.throttled_ms = row.pop("_throttled_ms")
        one.total_ms = row["duration_ms"]
        stats.add(one)
    connection.execute(insert(call_record), rows)
    for (hour, account_id, operation), stats in hours.items():
        here = and_(call_hour.c.hour == hour, call_hour.c.account_id == account_id, call_hour.c.operation == operation)
        before = connection.execute(select(call_hour).where(here)).first()
        if before is not None:
            stats.add(_read_hour(before).stats)
        values = {
            "calls": stats.calls, "failed": stats.failed, "retries": stats.retries, "limited": stats.limited,
            "throttled_ms": stats.throttled_ms, "total_ms": stats.total_ms,
            "times": json.dumps(stats.times, separators=(",", ":")),
        }  # fmt: skip
        statement = upsert(call_hour).values(hour=hour, account_id=account_id, operation=operation, **values)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[call_hour.c.hour, call_hour.c.account_id, call_hour.c.operation], set_=values
            )
        )


def _read(row: SqlRow[Any]) -> Call:
    return Call(
        AccountId(row.account_id),
        from_ms(row.at),  # type: ignore[arg-type]
        row.method,
        row.path,
        row.request,
        row.reply,
        row.status,
        row.duration_ms,
        row.error,
        row.operation,
        None if row.job_id is None else JobId(row.job_id),
        None if row.task_id is None else TaskId(row.task_id),
        row.attempt,
    )


def _read_hour(row: SqlRow[Any]) -> HourStats:
    times = {int(bound): count for bound, count in json.loads(row.times).items()}
    return HourStats(
        row.hour,
        CallStats(
            AccountId(row.account_id), row.operation, row.calls, row.failed, row.retries, row.limited,
            row.throttled_ms, row.total_ms, times,
        ),
    )  # fmt: skip
