"""What is known of the image links of products: which copy is kept, and which links are broken."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text
from sqlalchemy.dialects.sqlite import insert

from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.store.database import Database, from_ms, to_ms
from mmhub_desktop.store.schema import kept_image as table

_URLS = text("SELECT value FROM json_each(:urls)").bindparams(bindparam("urls"))
_BROKEN = """
WITH broken AS MATERIALIZED (SELECT url FROM kept_image WHERE rule <> ''),
named AS MATERIALIZED (
  SELECT DISTINCT p.sku, p.sku_key, each.value AS url FROM product AS p, json_each(p.images) AS each
  WHERE each.value IN (SELECT url FROM broken)
)
SELECT named.sku AS sku, kept_image.* FROM named JOIN kept_image ON kept_image.url = named.url
ORDER BY named.sku_key, kept_image.url LIMIT :most
"""


class ImageStore:
    """Links by their address, for the asyncio loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, urls: Sequence[str]) -> dict[str, KeptImage]:
        """What is known of these links; those that were never looked at are left out."""
        if not urls:
            return {}
        query = select(table).where(table.c.url.in_(_URLS))
        rows = await self._db.read(lambda c: c.execute(query, {"urls": json.dumps(list(urls))}).mappings().all())
        return {row["url"]: _image(row) for row in rows}

    async def save(self, image: KeptImage) -> None:
        """Keep what is known of a link now."""
        values = {**asdict(image), "fetched_at": to_ms(image.fetched_at), "checked_at": to_ms(image.checked_at)}
        statement = insert(table).values(values)
        update = {key: value for key, value in values.items() if key != "url"}

        def write(connection: Connection) -> None:
            connection.execute(statement.on_conflict_do_update(index_elements=[table.c.url], set_=update))

        await self._db.write(write)

    async def is_used(self, content: str) -> bool:
        """Whether any link has this copy."""
        query = select(func.count()).where(table.c.content == content)
        return bool(await self._db.read(lambda c: c.scalar(query)))

    async def broken(self, most: int = 1_000) -> list[tuple[str, KeptImage]]:
        """Broken links with the SKU of each product that names them, in the order of the SKUs."""
        rows = await self._db.read(lambda c: c.execute(text(_BROKEN), {"most": most}).mappings().all())
        return [(row["sku"], _image(row)) for row in rows]


def _image(row: Any) -> KeptImage:
    values: dict[str, Any] = {column.name: row[column.name] for column in table.c}
    return KeptImage(
        **{**values, "fetched_at": from_ms(values["fetched_at"]), "checked_at": from_ms(values["checked_at"])}
    )
