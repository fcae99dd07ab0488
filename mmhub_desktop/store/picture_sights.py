"""What was seen of products' pictures, by where they are."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.dialects.sqlite import insert

from mmhub_desktop.domain.picture_sight import PictureSight
from mmhub_desktop.store.database import Database, now_ms
from mmhub_desktop.store.schema import product
from mmhub_desktop.store.schema_pictures import picture_sight as table

_SOURCES = text("SELECT value FROM json_each(:sources)").bindparams(bindparam("sources"))


class PictureSightStore:
    """For the loop; the work is on the store's threads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], PictureSight]:
        """What was seen of these pictures (source, base); those that nobody looked at are left out."""
        wanted = set(keys)
        if not wanted:
            return {}
        query = select(table).where(table.c.source.in_(_SOURCES))
        sources = {"sources": json.dumps(sorted({source for source, _ in wanted}))}
        rows = await self._db.read(lambda c: c.execute(query, sources).mappings().all())
        found = (_sight(row) for row in rows)
        return {each.key: each for each in found if each.key in wanted}

    async def save(self, sights: Sequence[PictureSight]) -> None:
        """Keep what was seen just now, in one transaction."""
        now = now_ms()
        rows = [{**asdict(each), "seen_at": now} for each in sights]
        statement = insert(table)
        update = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
        statement = statement.on_conflict_do_update(index_elements=[table.c.source, table.c.base], set_=update)

        def write(connection: Connection) -> None:
            if rows:
                connection.execute(statement, rows)

        await self._db.write(write)

    async def images_after(self, product_id: int, most: int) -> tuple[int, list[tuple[list[str], str]]]:
        """(last id, images and their folder of each) of the next ``most`` products for sale; id 0 behind the last."""
        query = (
            select(product.c.id, product.c.images, product.c.image_base, product.c.active)
            .where(product.c.id > product_id)
            .order_by(product.c.id)
            .limit(most)
        )
        rows = await self._db.read(lambda c: c.execute(query).all())
        images = [(json.loads(row.images), row.image_base) for row in rows if row.active and row.images != "[]"]
        return (rows[-1].id if rows else 0), images


def _sight(row: Any) -> PictureSight:
    return PictureSight(**{column.name: row[column.name] for column in table.c if column.name != "seen_at"})
