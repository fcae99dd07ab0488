"""Listings found at a marketplace, kept with the product proposed for each until the seller adopts them."""

import asyncio
import json
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from mmhub_desktop.domain.adoption import FoundListing, ListingScan, Match
from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.store.database import Database, from_ms, now_ms
from mmhub_desktop.store.found_listings import MATCH_NOW, THERE, adopt_some, begin_adoption, read_found
from mmhub_desktop.store.history_recording import finish_entry
from mmhub_desktop.store.schema import found_listing, listing, listing_scan, product

ROWS_AT_ONCE = 500  # listings adopted in one transaction

_IDS = text("SELECT value FROM json_each(:ids)").bindparams(bindparam("ids"))
_TEXTS = text("SELECT value FROM json_each(:texts)").bindparams(bindparam("texts"))


@dataclass(frozen=True, slots=True)
class Unmatched:
    """What a found listing is matched by."""

    id: int
    remote_id: str
    is_live: bool
    sku: str
    gtin: str
    title: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The outcome of matching one found listing."""

    id: int
    match: Match
    why: str
    product_id: int | None = None


class AdoptionStore:
    """Found listings of accounts. For the loop; the work is on the store's threads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(self, account_id: AccountId, job_id: int) -> str:
        """Start reading an account anew, or go on where the same job stopped: the cursor, empty for the first page."""

        def write(connection: Connection) -> str:
            mine = select(listing_scan.c.cursor).where(
                listing_scan.c.account_id == account_id, listing_scan.c.job_id == job_id
            )
            cursor = connection.scalar(mine)
            if cursor:
                return str(cursor)
            connection.execute(delete(found_listing).where(found_listing.c.account_id == account_id))
            connection.execute(delete(listing_scan).where(listing_scan.c.account_id == account_id))
            start = {"account_id": account_id, "job_id": job_id, "started_at": now_ms()}
            connection.execute(listing_scan.insert().values(start))
            return ""

        return await self._db.write(write)

    async def keep_page(
        self, account_id: AccountId, rows: Sequence[dict[str, Any]], cursor: str, total: int | None
    ) -> None:
        """Keep one page of listings and where the next one begins, in one transaction."""
        scan = update(listing_scan).where(listing_scan.c.account_id == account_id)

        def write(connection: Connection) -> None:
            for row in rows:
                values = {**row, "account_id": account_id, "read_at": now_ms()}
                connection.execute(
                    upsert(found_listing)
                    .values(values)
                    .on_conflict_do_update(
                        index_elements=[found_listing.c.account_id, found_listing.c.remote_id], set_=values
                    )
                )
            connection.execute(scan.values(cursor=cursor, total=total, found=listing_scan.c.found + len(rows)))

        await self._db.write(write)

    async def restart(self, account_id: AccountId) -> None:
        """Forget the cursor: it has become too old."""
        await self._scan(account_id, cursor="", found=0)

    async def finish(self, account_id: AccountId) -> None:
        """Everything was read and matched."""
        await self._scan(account_id, cursor="", finished_at=now_ms())

    async def _scan(self, account_id: AccountId, **values: Any) -> None:
        statement = update(listing_scan).where(listing_scan.c.account_id == account_id).values(**values)

        def write(connection: Connection) -> None:
            connection.execute(statement)

        await self._db.write(write)

    async def scan(self, account_id: AccountId) -> ListingScan | None:
        """How far the newest reading of an account has come; None when there was none."""
        query = select(listing_scan).where(listing_scan.c.account_id == account_id)
        row = await self._db.read(lambda connection: connection.execute(query).first())
        if row is None:
            return None
        started = from_ms(row.started_at) or datetime.now(UTC)
        return ListingScan(account_id, row.found, row.total, started, from_ms(row.finished_at))

    async def unmatched(self, account_id: AccountId) -> list[Unmatched]:
        """Everything found on an account, live ones first."""
        columns = found_listing.c
        is_live = columns.state == ListingState.LIVE.value
        query = (
            select(columns.id, columns.remote_id, is_live, columns.sku, columns.gtin, columns.title)
            .where(columns.account_id == account_id)
            .order_by(is_live.desc(), columns.id)
        )
        rows = await self._db.read(lambda connection: connection.execute(query).all())
        return [Unmatched(row[0], row[1], bool(row[2]), row[3], row[4], row[5]) for row in rows]

    async def listed(self, account_id: AccountId) -> dict[int, str]:
        """Products that have a listing on the account already, with its remote id."""
        query = select(listing.c.product_id, listing.c.remote_id).where(
            listing.c.account_id == account_id, listing.c.remote_id != "", listing.c.state.in_(sorted(THERE))
        )
        rows = await self._db.read(lambda connection: connection.execute(query).all())
        return {row[0]: row[1] for row in rows}

    async def products_by_sku(self, keys: Collection[str]) -> dict[str, int]:
        """Products with these SKU keys."""
        query = select(product.c.sku_key, product.c.id).where(product.c.sku_key.in_(_TEXTS))
        texts = {"texts": json.dumps(list(keys))}
        return {row[0]: row[1] for row in await self._db.read(lambda c: c.execute(query, texts).all())}

    async def products_by_gtin(self, codes: Collection[str]) -> dict[str, list[int]]:
        """Products with these GTINs; several may share one."""
        query = select(product.c.gtin, product.c.id).where(product.c.gtin != "", product.c.gtin.in_(_TEXTS))
        texts = {"texts": json.dumps(list(codes))}
        found: dict[str, list[int]] = {}
        for gtin, product_id in await self._db.read(lambda c: c.execute(query, texts).all()):
            found.setdefault(gtin, []).append(product_id)
        return found

    async def titles_after(self, product_id: int, limit: int) -> list[tuple[int, str]]:
        """The next products by id, with the titles that are published."""
        title = func.coalesce(product.c.optimized_title, product.c.title)
        query = select(product.c.id, title).where(product.c.id > product_id).order_by(product.c.id).limit(limit)
        return [(row[0], row[1]) for row in await self._db.read(lambda connection: connection.execute(query).all())]

    async def propose(self, proposals: Sequence[Proposal]) -> None:
        """Keep the outcome of matching."""
        statement = (
            update(found_listing)
            .where(found_listing.c.id == bindparam("of"))
            .values(match=bindparam("m"), why=bindparam("w"), product_id=bindparam("p"))
        )
        every = iter(proposals)
        while some := list(islice(every, 5_000)):
            rows = [{"of": one.id, "m": one.match.value, "w": one.why, "p": one.product_id} for one in some]
            await self._db.write(lambda connection, rows=rows: connection.execute(statement, rows).rowcount)  # type: ignore[misc]

    async def counts(self, account_id: AccountId) -> dict[Match, int]:
        """How many found listings there are of each kind."""
        query = (
            select(MATCH_NOW, func.count())
            .where(found_listing.c.account_id == account_id, found_listing.c.match != "")
            .group_by(MATCH_NOW)
        )
        found = {Match(match): count for match, count in await self._db.read(lambda c: c.execute(query).all())}
        return {match: found.get(match, 0) for match in Match}

    async def ids(self, account_id: AccountId, matches: Collection[Match]) -> "array[int]":
        """Found listings of these kinds, the surest first."""
        order = func.instr("sure likely none known", MATCH_NOW)
        query = (
            select(found_listing.c.id)
            .where(found_listing.c.account_id == account_id, MATCH_NOW.in_([m.value for m in matches]))
            .order_by(order, found_listing.c.id)
        )
        return array("q", await self._db.read(lambda connection: list(connection.scalars(query))))

    async def page(self, ids: Sequence[int]) -> list[FoundListing]:
        """Found listings in the order of ``ids``; those that are gone are left out."""
        return await self._db.read(lambda connection: read_found(connection, ids))

    async def adopt(self, ids: Sequence[int]) -> list[ProductId]:
        """Write listings for the proposed products, some hundred in a transaction; nothing is sent anywhere.

        Left out is a product that has another listing there, and a listing that another product has. All of it is one
        entry of the history.
        """
        products: list[ProductId] = []
        if not ids:
            return products
        entry = await self._db.write(lambda connection: begin_adoption(connection, ids[0]))
        every = iter(ids)
        try:
            while some := list(islice(every, ROWS_AT_ONCE)):
                products += await self._db.write(lambda connection, some=some: adopt_some(connection, some, entry))  # type: ignore[misc]
        finally:
            await asyncio.shield(self._db.write(lambda connection: finish_entry(connection, entry)))
        return products
