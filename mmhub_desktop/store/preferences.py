"""Small settings that belong to a workspace and travel with its file."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from mmhub_desktop.store.database import Database
from mmhub_desktop.store.schema import preference


class PreferenceStore:
    """Words kept under a key in the workspace file."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, key: str, default: str = "") -> str:
        """The value kept under ``key``."""
        query = select(preference.c.value).where(preference.c.key == key)
        value = await self._db.read(lambda connection: connection.scalar(query))
        return default if value is None else str(value)

    async def set(self, key: str, value: str) -> None:
        """Keep a value."""
        statement = insert(preference).values(key=key, value=value)
        statement = statement.on_conflict_do_update(index_elements=[preference.c.key], set_={"value": value})

        def keep(connection: Connection) -> None:
            connection.execute(statement)

        await self._db.write(keep)
