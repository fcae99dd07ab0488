"""How the accounts' lanes stand while the program runs, for programs that look at the workspace beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.errors import WorkspaceTooNew
from mmhub_desktop.store.connecting import connect
from mmhub_desktop.store.database import SCHEMA_VERSION, Database, from_ms, to_ms
from mmhub_desktop.store.schema import account
from mmhub_desktop.store.schema_jobs import lane_note as table
from mmhub_desktop.store.schema_jobs import marketplace_job


@dataclass(frozen=True, slots=True)
class LaneNote:
    """A lane whose breaker is not closed, or that is held up: why, since when, and when it is tried again."""

    account_id: AccountId
    breaker: str
    reason: str
    since: datetime | None
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What another program's open workspace shows: account labels (and whether paused), notes, jobs by state."""

    accounts: Mapping[AccountId, tuple[str, bool]]
    notes: Mapping[AccountId, LaneNote]
    jobs: Mapping[str, int]


class LaneNoteStore:
    """Writes notes, for the asyncio loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def save(self, note: LaneNote) -> None:
        """Keep how a lane stands now."""
        values = {
            "breaker": note.breaker,
            "reason": note.reason,
            "since": to_ms(note.since),
            "next_try_at": to_ms(note.next_try_at),
        }
        statement = insert(table).values(account_id=note.account_id, **values)
        statement = statement.on_conflict_do_update(index_elements=[table.c.account_id], set_=values)
        known = select(account.c.id).where(account.c.id == note.account_id)

        def write(connection: Connection) -> None:
            if connection.scalar(known) is not None:  # it may have been removed meanwhile
                connection.execute(statement)

        await self._db.write(write)

    async def remove(self, account_id: AccountId | None = None) -> None:
        """The lane is free; without an account all of them: nothing runs."""
        statement = table.delete() if account_id is None else table.delete().where(table.c.account_id == account_id)

        def write(connection: Connection) -> None:
            connection.execute(statement)

        await self._db.write(write)


def look_beside(path: Path) -> Beside:
    """Read a workspace that another program has open; blocking, nothing is written or locked.

    WorkspaceTooNew when that program is another version.
    """
    engine = connect(path, read_only=True)
    try:
        with engine.connect() as connection, connection.begin():
            if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != SCHEMA_VERSION:
                raise WorkspaceTooNew(
                    f"The workspace “{path.name}” is open in another version of the program.",
                    hint="Use that version's own command line.",
                )
            accounts = connection.execute(select(account.c.id, account.c.label, account.c.paused)).all()
            notes = connection.execute(select(table)).all()
            state, count = marketplace_job.c.state, func.count()
            jobs = connection.execute(select(state, count).group_by(state)).all()
    finally:
        engine.dispose()
    return Beside(
        {AccountId(row.id): (row.label, bool(row.paused)) for row in accounts},
        {
            AccountId(row.account_id): LaneNote(
                AccountId(row.account_id), row.breaker, row.reason, from_ms(row.since), from_ms(row.next_try_at)
            )
            for row in notes
        },
        {row[0]: row[1] for row in jobs},
    )
