"""Links to images that wait to be fetched, found page by page: what an import brought, or what is known as broken."""
# ruff: noqa: S608 - the statements are put together from words of this file

import json
from dataclasses import dataclass

from sqlalchemy import Connection, text

from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.image_filter import IS_LINK

# The narrow index finds the products, a page of them is read: the cost does not grow with the catalog.
_PRODUCTS = """
SELECT id FROM product INDEXED BY ix_product_facts
WHERE import_id = :import AND id > :after ORDER BY id LIMIT :most
"""
_UNSEEN = f"{IS_LINK} AND NOT EXISTS (SELECT 1 FROM kept_image WHERE url = each.value)"
_PAGE = f"""
SELECT p.id, each.key, each.value FROM product AS p, json_each(p.images) AS each
WHERE p.id IN (SELECT value FROM json_each(:ids)) AND {_UNSEEN} ORDER BY p.id, each.key
"""
_COUNT = f"""
SELECT count(DISTINCT each.value) FROM product AS p, json_each(p.images) AS each
WHERE p.id IN (SELECT id FROM product INDEXED BY ix_product_facts WHERE import_id = :import) AND {_UNSEEN}
"""
_BROKEN = "FROM kept_image WHERE rule <> '' AND checked_at < :before"
_ROOM = """
SELECT coalesce(sum(size), 0) FROM (SELECT max(size) AS size FROM kept_image WHERE content <> '' GROUP BY content)
"""


@dataclass(frozen=True, slots=True)
class LinkPage:
    """Links of some products. ``last``: behind which the next page begins; ``again``: they were looked at before."""

    links: tuple[str, ...]
    product_ids: tuple[int, ...]
    last: int
    again: bool = False


class ImageLinks:
    """For the loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def page(self, import_id: ImportId, before: int, after: int, most: int, *, first: bool) -> LinkPage | None:
        """Links behind ``after`` of the next ``most`` products (``first``: of each the first alone); None at the end.

        Without an import: links known as broken that were last looked at ``before`` that moment.
        """
        if not import_id:
            return await self._broken(before, after, most) if first else None

        def read(connection: Connection) -> LinkPage | None:
            ids = [
                row.id
                for row in connection.execute(text(_PRODUCTS), {"import": import_id, "after": after, "most": most})
            ]
            if not ids:
                return None
            rows = connection.execute(text(_PAGE), {"ids": json.dumps(ids)}).all()
            rows = [row for row in rows if not first or row.key == 0]
            return LinkPage(tuple(row.value for row in rows), tuple({row.id: None for row in rows}), ids[-1])

        return await self._db.read(read)

    async def count(self, import_id: ImportId, before: int) -> int:
        """How many links wait there."""
        query = text(_COUNT if import_id else f"SELECT count(*) {_BROKEN}")
        bound = {"import": import_id} if import_id else {"before": before}
        return int(await self._db.read(lambda connection: connection.scalar(query, bound)) or 0)

    async def room(self) -> int:
        """Bytes that all copies of links take."""
        return int(await self._db.read(lambda connection: connection.scalar(text(_ROOM))) or 0)

    async def _broken(self, before: int, after: int, most: int) -> LinkPage | None:
        query = text(f"SELECT rowid, url {_BROKEN} AND rowid > :after ORDER BY rowid LIMIT :most")
        bound = {"before": before, "after": after, "most": most}
        rows = await self._db.read(lambda c: c.execute(query, bound).all())
        return LinkPage(tuple(row.url for row in rows), (), rows[-1].rowid, again=True) if rows else None
