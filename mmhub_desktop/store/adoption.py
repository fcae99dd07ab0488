"""Listings found at a marketplace, kept with the product proposed for each until the seller adopts them."""

import json
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from mmhub_desktop.domain.adoption import FoundListing, ListingScan, Match
from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing, ListingState, SyncLogEntry
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.store.database import Database, from_ms, now_ms
from mmhub_desktop.store.listings import save_in
from mmhub_desktop.store.product_rows import money
from mmhub_desktop.store.schema import found_listing, listing, listing_scan, product

ROWS_AT_ONCE = 500  # listings adopted in one transaction

_IDS = text("SELECT value FROM json_each(:ids)").bindparams(bindparam("ids"))
_TEXTS = text("SELECT value FROM json_each(:texts)").bindparams(bindparam("texts"))
_THERE = frozenset({"sent", "accepted", "live", "paused"})


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
            listing.c.account_id == account_id, listing.c.remote_id != "", listing.c.state.in_(sorted(_THERE))
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
            select(found_listing.c.match, func.count())
            .where(found_listing.c.account_id == account_id, found_listing.c.match != "")
            .group_by(found_listing.c.match)
        )
        found = {Match(match): count for match, count in await self._db.read(lambda c: c.execute(query).all())}
        return {match: found.get(match, 0) for match in Match}

    async def ids(self, account_id: AccountId, matches: Collection[Match]) -> "array[int]":
        """Found listings of these kinds, the surest first."""
        order = func.instr("sure likely none known", found_listing.c.match)
        query = (
            select(found_listing.c.id)
            .where(found_listing.c.account_id == account_id, found_listing.c.match.in_([m.value for m in matches]))
            .order_by(order, found_listing.c.id)
        )
        return array("q", await self._db.read(lambda connection: list(connection.scalars(query))))

    async def page(self, ids: Sequence[int]) -> list[FoundListing]:
        """Found listings in the order of ``ids``; those that are gone are left out."""
        return await self._db.read(lambda connection: _read(connection, ids))

    async def adopt(self, ids: Sequence[int]) -> list[ProductId]:
        """Write listings for the proposed products, some hundred in a transaction; nothing is sent anywhere.

        Left out is a product that has another listing there, and a listing that another product has.
        """
        products: list[ProductId] = []
        every = iter(ids)
        while some := list(islice(every, ROWS_AT_ONCE)):
            products += await self._db.write(lambda connection, some=some: _adopt(connection, some))  # type: ignore[misc]
        return products


def _read(connection: Connection, ids: Sequence[int]) -> list[FoundListing]:
    title = func.coalesce(product.c.optimized_title, product.c.title, "").label("product_title")
    query = (
        select(found_listing, func.coalesce(product.c.sku, "").label("product_sku"), title)
        .select_from(found_listing.outerjoin(product, product.c.id == found_listing.c.product_id))
        .where(found_listing.c.id.in_(_IDS), found_listing.c.match != "")
    )
    found = {}
    for row in connection.execute(query, {"ids": json.dumps(list(ids))}):
        found[row.id] = FoundListing(
            id=row.id,
            account_id=AccountId(row.account_id),
            remote_id=row.remote_id,
            state=ListingState(row.state),
            url=row.url,
            sku=row.sku,
            title=row.title,
            price=money(row.price_minor, row.currency),
            quantity=row.quantity,
            match=Match(row.match),
            why=row.why,
            product_id=None if row.product_id is None else ProductId(row.product_id),
            product_sku=row.product_sku,
            product_title=row.product_title,
        )
    return [found[each] for each in ids if each in found]


def _adopt(connection: Connection, ids: Sequence[int]) -> list[ProductId]:
    adopted: list[ProductId] = []
    live: list[ProductId] = []
    for one in _read(connection, ids):
        if one.product_id is None or one.match is Match.KNOWN or not _is_free(connection, one):
            continue
        now = datetime.now(UTC)
        read = {
            "state": one.state.value,
            "title": one.title,
            "price": "" if one.price is None else str(one.price),
            "price_minor": None if one.price is None else one.price.minor,
            "currency": "" if one.price is None else one.price.currency,
            "quantity": "" if one.quantity is None else str(one.quantity),
            "at": now.isoformat(),
        }
        is_live = one.state is ListingState.LIVE
        made = Listing(ListingId(0), one.product_id, one.account_id, one.state, one.remote_id, one.url, last_read=read)
        log = SyncLogEntry(now, ListingId(0), "adopt", "remote_id", "", one.remote_id)
        save_in(connection, replace(made, live_at=now if is_live else None), [log])
        adopted.append(one.product_id)
        if is_live:
            live.append(one.product_id)
        known = {"match": Match.KNOWN.value, "why": "Adopted"}
        connection.execute(update(found_listing).where(found_listing.c.id == one.id).values(known))
    waiting = [status.value for status in (ProductStatus.IMPORTED, ProductStatus.OPTIMIZED, ProductStatus.FAILED)]
    connection.execute(
        update(product)
        .where(product.c.id.in_(_IDS), product.c.status.in_(waiting))
        .values(status=ProductStatus.PUBLISHED.value, updated_at=now_ms(), version=product.c.version + 1),
        {"ids": json.dumps(live)},
    )
    return adopted


def _is_free(connection: Connection, one: FoundListing) -> bool:
    """Whether neither the product has a listing there already nor another product this one."""
    taken = select(listing.c.id).where(
        listing.c.account_id == one.account_id,
        (listing.c.remote_id == one.remote_id)
        | (
            (listing.c.product_id == one.product_id) & (listing.c.remote_id != "") & listing.c.state.in_(sorted(_THERE))
        ),
    )
    return connection.execute(taken).first() is None
