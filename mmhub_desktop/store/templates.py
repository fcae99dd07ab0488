"""Import templates: how files with a header are to be read the next time."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert as upsert

from mmhub_desktop.domain.imports import ImportTemplate
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database, from_ms, now_ms
from mmhub_desktop.store.schema_imports import import_template

LONGEST_NAME = 80  # characters


class ImportTemplateStore:
    """The import templates of one workspace; every method is for the loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> list[ImportTemplate]:
        """All templates, the ones used last first."""
        used = import_template.c.used_at
        query = select(import_template).order_by(used.is_(None), used.desc(), import_template.c.name)

        def read(connection: Connection) -> Sequence[Row[tuple[object, ...]]]:
            return connection.execute(query).all()

        return [_template(row) for row in await self._db.read(read)]

    async def by_name(self, name: str) -> ImportTemplate:
        """The template of this name, whatever its case. UserMistake names those there are."""
        found = await self.all()
        for template in found:
            if template.name.casefold() == name.strip().casefold():
                return template
        known = ", ".join(f"“{template.name}”" for template in found)
        raise UserMistake(
            f"There is no import template “{name}”.",
            hint=f"There are: {known}." if known else "Save one in the import's columns step first.",
        )

    async def save(self, name: str, header: Sequence[str], settings: str) -> None:
        """Keep a template; one of the same name is replaced. UserMistake when it has no name."""
        name = " ".join(name.split())[:LONGEST_NAME]
        if not name:
            raise UserMistake("The template has no name.", hint="Enter a name, such as the program the file is from.")
        values = {
            "header": json.dumps(list(header), ensure_ascii=False),
            "settings": settings,
            "saved_at": now_ms(),
        }
        statement = upsert(import_template).values(name=name, **values)
        statement = statement.on_conflict_do_update(index_elements=[import_template.c.name], set_=values)

        def keep(connection: Connection) -> None:
            connection.execute(statement)

        await self._db.write(keep)

    async def note_used(self, template: ImportTemplate) -> None:
        """Remember that an import was made by it: it stands first from now on."""
        change = import_template.update().where(import_template.c.id == template.id).values(used_at=now_ms())
        await self._db.write(lambda connection: connection.execute(change).rowcount)

    async def rename(self, template: ImportTemplate, name: str) -> None:
        """Give a template another name. UserMistake when one has it already, or there is none."""
        name = " ".join(name.split())[:LONGEST_NAME]
        others = [each for each in await self.all() if each.id != template.id]
        if not name or any(each.name.casefold() == name.casefold() for each in others):
            raise UserMistake(f"The name “{name}” cannot be used.", hint="Enter a name that no other template has.")
        change = import_template.update().where(import_template.c.id == template.id).values(name=name)
        await self._db.write(lambda connection: connection.execute(change).rowcount)

    async def delete(self, template: ImportTemplate) -> None:
        """Forget a template; imports made by it stay as they are."""
        statement = import_template.delete().where(import_template.c.id == template.id)
        await self._db.write(lambda connection: connection.execute(statement).rowcount)


def _template(row: Row[tuple[object, ...]]) -> ImportTemplate:
    saved = from_ms(row.saved_at)
    assert saved is not None  # noqa: S101 - the column is NOT NULL
    return ImportTemplate(
        row.id, row.name, tuple(json.loads(row.header)), row.settings, saved, from_ms(row.used_at)
    )  # fmt: skip
