"""Confirmed mappings of categories, attributes and values, by marketplace and site. Kept in memory once read."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.dialects.sqlite import insert as upsert

from mmhub_desktop.domain.mapping import CategoryMapping, Mappings, words_key
from mmhub_desktop.store.database import Database, now_ms
from mmhub_desktop.store.schema import attribute_mapping, category_mapping, product, value_mapping

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OwnCategory:
    """One of the seller's categories: how many products stand in it, and the title of one of them."""

    words: str
    products: int
    title: str


class MappingStore:
    """Mappings of all marketplaces; every method is for the loop."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[_Key, Mappings] = {}

    async def of(self, marketplace: str, site: str) -> Mappings:
        """Everything confirmed for a marketplace and site."""
        key = (marketplace, site)
        if key not in self._known:
            self._known[key] = await self._db.read(lambda connection: _read(connection, marketplace, site))
        return self._known[key]

    async def own_categories(self) -> list[OwnCategory]:
        """The seller's categories, those with most products first."""
        title = func.coalesce(product.c.optimized_title, product.c.title)
        query = (
            select(product.c.category, func.count().label("products"), func.min(title).label("title"))
            .where(product.c.category != "")
            .group_by(product.c.category)
            .order_by(func.count().desc(), product.c.category)
        )
        rows = await self._db.read(lambda connection: connection.execute(query).all())
        return [OwnCategory(row.category, row.products, row.title) for row in rows]

    async def own_attributes(self, category: str, most: int = 500) -> dict[str, list[str]]:
        """The attributes of up to ``most`` products of a category of the seller's: name → values, as they are typed."""
        query = (
            select(product.c.attributes)
            .where(product.c.category == category, product.c.attributes != "{}")
            .order_by(product.c.id)
            .limit(most)
        )

        def read(connection: Connection) -> dict[str, list[str]]:
            found: dict[str, dict[str, None]] = {}
            for listed in connection.scalars(query):
                for name, value in json.loads(listed).items():
                    found.setdefault(name, {})[value] = None
            return {name: list(values) for name, values in found.items()}

        return await self._db.read(read)

    async def confirm_category(self, marketplace: str, site: str, mapping: CategoryMapping | None, ours: str) -> None:
        """Keep which of their categories ``ours`` is, or forget it (None)."""
        where = {"marketplace": marketplace, "site": site, "ours_key": words_key(ours)}
        values = None
        if mapping is not None:
            values = {"ours": mapping.ours, "category_id": mapping.category_id, "name": mapping.name}
        await self._keep(category_mapping, where, values)

    async def confirm_attribute(self, marketplace: str, site: str, category_id: str, ours: str, theirs: str) -> None:
        """Keep what an attribute of ours is called in a category of theirs; empty forgets it."""
        where = {
            "marketplace": marketplace, "site": site, "category_id": category_id, "ours_key": words_key(ours),
        }  # fmt: skip
        await self._keep(attribute_mapping, where, {"ours": ours, "theirs": theirs} if theirs else None)

    async def confirm_value(
        self, marketplace: str, site: str, category_id: str, attribute: str, ours: str, theirs: str
    ) -> None:
        """Keep which allowed value (its id) a value of ours is; ``attribute`` is their id. Empty forgets it."""
        where = {
            "marketplace": marketplace, "site": site, "category_id": category_id, "attribute": attribute,
            "ours_key": words_key(ours),
        }  # fmt: skip
        await self._keep(value_mapping, where, {"ours": ours, "theirs": theirs} if theirs else None)

    async def _keep(self, table: Table, where: dict[str, str], values: dict[str, str] | None) -> None:
        def keep(connection: Connection) -> None:
            if values is None:
                connection.execute(table.delete().where(*(table.c[name] == value for name, value in where.items())))
                return
            all_values = {**values, "confirmed_at": now_ms()}
            statement = upsert(table).values(**where, **all_values)
            statement = statement.on_conflict_do_update(index_elements=[text(name) for name in where], set_=all_values)
            connection.execute(statement)

        await self._db.write(keep)
        self._known.pop((where["marketplace"], where["site"]), None)


def _read(connection: Connection, marketplace: str, site: str) -> Mappings:
    def rows(table: Table) -> list[dict[str, str]]:
        query = select(table).where(table.c.marketplace == marketplace, table.c.site == site)
        return [dict(row) for row in connection.execute(query).mappings()]

    categories = {
        row["ours_key"]: CategoryMapping(row["ours"], row["category_id"], row["name"]) for row in rows(category_mapping)
    }
    attributes: dict[str, dict[str, str]] = {}
    for row in rows(attribute_mapping):
        attributes.setdefault(row["category_id"], {})[row["ours_key"]] = row["theirs"]
    values: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows(value_mapping):
        values.setdefault((row["category_id"], row["attribute"]), {})[row["ours_key"]] = row["theirs"]
    return Mappings(categories, attributes, values)
