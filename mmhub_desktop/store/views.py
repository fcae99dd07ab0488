"""Views of the product table that the seller has saved, by name, in the order they were put in."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from mmhub_desktop.domain.product import fold
from mmhub_desktop.domain.product_view import ProductView, SavedView, from_plain, to_plain
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.schema_catalog import product_view


class ViewStore:
    """For the asyncio loop; the work is done on the store's threads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> list[SavedView]:
        """The saved views in their order."""
        query = select(product_view).order_by(product_view.c.place, product_view.c.id)

        def read(connection: Connection) -> list[SavedView]:
            return [
                SavedView(row.id, row.name, from_plain(json.loads(row.body))) for row in connection.execute(query)
            ]  # fmt: skip

        return await self._db.read(read)

    async def save(self, name: str, view: ProductView) -> SavedView:
        """Keep a view under a name, in place of the one that has it. UserMistake for no name."""
        name = _checked(name)
        key, body = fold(name), json.dumps(to_plain(view), ensure_ascii=False)

        def write(connection: Connection) -> SavedView:
            present = connection.scalar(select(product_view.c.id).where(product_view.c.name_key == key))
            if present is None:
                last = connection.scalar(select(func.coalesce(func.max(product_view.c.place), 0)))
                values = {"name": name, "name_key": key, "place": (last or 0) + 1, "body": body}
                made = connection.execute(product_view.insert().values(values)).inserted_primary_key
                assert made is not None  # noqa: S101 - an insert into a table with a key
                return SavedView(made[0], name, view)
            changed = product_view.update().where(product_view.c.id == present).values(name=name, body=body)
            connection.execute(changed)
            return SavedView(present, name, view)

        return await self._db.write(write)

    async def rename(self, view_id: int, name: str) -> None:
        """Give a view another name. UserMistake for no name and for one that another view has."""
        name = _checked(name)
        change = product_view.update().where(product_view.c.id == view_id).values(name=name, name_key=fold(name))

        def write(connection: Connection) -> None:
            try:
                connection.execute(change)
            except IntegrityError as error:
                raise UserMistake(f"There is a view “{name}” already.", hint="Choose another name.") from error

        await self._db.write(write)

    async def delete(self, view_id: int) -> None:
        """Forget a view; products stay as they are."""

        def write(connection: Connection) -> None:
            connection.execute(product_view.delete().where(product_view.c.id == view_id))

        await self._db.write(write)

    async def put_in_order(self, ids: Sequence[int]) -> None:
        """Let the views stand as in ``ids``."""

        def write(connection: Connection) -> None:
            for place, view_id in enumerate(ids, start=1):
                connection.execute(product_view.update().where(product_view.c.id == view_id).values(place=place))

        await self._db.write(write)


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise UserMistake("The view has no name.", hint="Enter a name, for example “Lamps to publish”.")
    return name
