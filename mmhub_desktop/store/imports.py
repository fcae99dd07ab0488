"""The history of imports, and which of them were interrupted and can be resumed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.domain.imports import ImportCounts, ImportJob, ImportState
from mmhub_desktop.store.database import Database, from_ms, now_ms
from mmhub_desktop.store.history_import import finish_import_entry
from mmhub_desktop.store.outbox_rows import plain_connection
from mmhub_desktop.store.schema import import_job

_UNFINISHED = (ImportState.RUNNING.value, ImportState.INTERRUPTED.value)


class ImportStore:
    """The imports of one workspace, for the asyncio loop.

    Only this program writes to the workspace, so an import that is marked as running, but was not begun or
    resumed through this object, was cut short: it is shown as interrupted.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._running: set[ImportId] = set()

    async def history(self) -> list[ImportJob]:
        """All imports, newest first."""
        return await self._find(select(import_job).order_by(import_job.c.id.desc()))

    async def get(self, import_id: ImportId) -> ImportJob | None:
        """One import, None when there is none of this id."""
        found = await self._find(select(import_job).where(import_job.c.id == import_id))
        return found[0] if found else None

    async def interrupted(self) -> list[ImportJob]:
        """Imports that were cut short, oldest first: each goes on from its resume point when it is resumed."""
        found = await self._find(
            select(import_job).where(import_job.c.state.in_(_UNFINISHED)).order_by(import_job.c.id)
        )
        return [job for job in found if job.state is ImportState.INTERRUPTED]

    async def plan(self, import_id: ImportId) -> str:
        """The JSON of the plan an import was begun with, "{}" when it is unknown."""
        query = select(import_job.c.plan).where(import_job.c.id == import_id)
        return await self._db.read(lambda connection: connection.scalar(query)) or "{}"

    async def begin(self, *, file_name: str, file_path: str, file_size: int, file_hash: str, plan: str) -> ImportId:
        """Write a new import into the history, as running."""

        def write(connection: Connection) -> ImportId:
            values = {
                "file_name": file_name, "file_path": file_path, "file_size": file_size, "file_hash": file_hash,
                "plan": plan, "state": ImportState.RUNNING.value, "started_at": now_ms(),
            }  # fmt: skip
            key = connection.execute(import_job.insert(), values).inserted_primary_key
            assert key is not None  # noqa: S101 - an insert into a table with a key
            return ImportId(key[0])

        import_id = await self._db.write(write)
        self._running.add(import_id)
        return import_id

    async def resume(self, import_id: ImportId) -> None:
        """Mark an interrupted import as running again."""
        self._running.add(import_id)
        await self._set(import_id, {"state": ImportState.RUNNING.value, "message": "", "finished_at": None})

    async def end(self, import_id: ImportId, state: ImportState, message: str = "") -> None:
        """Write how an import ended when its own process could not."""
        self._running.discard(import_id)
        finished = None if state is ImportState.INTERRUPTED else now_ms()
        await self._set(import_id, {"state": state.value, "message": message, "finished_at": finished})
        if finished is not None:
            await self._db.write(lambda connection: finish_import_entry(plain_connection(connection), import_id))

    def release(self, import_id: ImportId) -> None:
        """The import's process has ended and has written its own end."""
        self._running.discard(import_id)
        self._db.fold_log()

    async def _set(self, import_id: ImportId, values: dict[str, Any]) -> None:
        change = import_job.update().where(import_job.c.id == import_id)
        await self._db.write(lambda connection: connection.execute(change, values).rowcount)

    async def _find(self, query: Select[Any]) -> list[ImportJob]:
        named = query.add_columns(func.json_extract(import_job.c.plan, "$.template").label("template"))

        def read(connection: Connection) -> Sequence[RowMapping]:
            return connection.execute(named).mappings().all()

        return [self._job(row) for row in await self._db.read(read)]

    def _job(self, row: RowMapping) -> ImportJob:
        started = from_ms(row["started_at"])
        assert started is not None  # noqa: S101 - the column is NOT NULL
        job = ImportJob(
            id=ImportId(row["id"]),
            file_name=row["file_name"],
            file_path=row["file_path"],
            file_size=row["file_size"],
            file_hash=row["file_hash"],
            state=ImportState(row["state"]),
            counts=ImportCounts(row["rows_new"], row["rows_changed"], row["rows_same"], row["rows_refused"]),
            resume_at=row["resume_at"],
            refused_file=row["refused_file"],
            message=row["message"],
            started_at=started,
            finished_at=from_ms(row["finished_at"]),
            template=row["template"] or "",
        )
        if job.state is ImportState.RUNNING and job.id not in self._running:
            return replace(job, state=ImportState.INTERRUPTED)
        return job
