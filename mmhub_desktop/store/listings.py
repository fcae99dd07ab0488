"""Listings, their sync log, and the cached rules of the categories they stand in."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from mmhub_desktop.domain.fixed_picture import PICTURES, FixedPicture
from mmhub_desktop.domain.history import EntryKind
from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing, ListingState, SyncLogEntry
from mmhub_desktop.errors import Finding
from mmhub_desktop.store.database import Database, from_ms, now_ms, to_ms
from mmhub_desktop.store.history_recording import recorded
from mmhub_desktop.store.schema import category_cache, listing, sync_log


class ListingStore:
    """One listing for each product and account; every method is for the loop."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, product_id: ProductId, account_id: AccountId) -> Listing:
        """The listing of a product on an account; a new draft where there is none yet."""
        query = select(listing).where(listing.c.product_id == product_id, listing.c.account_id == account_id)
        row = await self._db.read(lambda c: c.execute(query).first())
        return Listing(ListingId(0), product_id, account_id) if row is None else _read(row)

    async def of_product(self, product_id: ProductId) -> list[Listing]:
        """A product's listings on all accounts."""
        return await self._db.read(lambda connection: listings_in(connection, product_id))

    async def of_account(self, account_id: AccountId, product_ids: Sequence[ProductId]) -> list[Listing]:
        """The listings of some hundred products on an account, in their order; new drafts where there are none yet."""
        rows = select(listing).where(listing.c.account_id == account_id, listing.c.product_id.in_(product_ids))
        found = {row.product_id: _read(row) for row in await self._db.read(lambda c: c.execute(rows).all())}
        return [found.get(each) or Listing(ListingId(0), each, account_id) for each in product_ids]

    async def products_listed(
        self,
        account_id: AccountId,
        states: Iterable[ListingState] = (ListingState.ACCEPTED, ListingState.LIVE, ListingState.PAUSED),
    ) -> list[ProductId]:
        """The products whose listings the account's marketplace has, whether shown there or not; or in other states."""
        there = [state.value for state in states]
        query = (
            select(listing.c.product_id)
            .where(listing.c.account_id == account_id, listing.c.state.in_(there), listing.c.remote_id != "")
            .order_by(listing.c.product_id)
        )
        return [ProductId(each) for each in await self._db.read(lambda c: c.scalars(query).all())]

    async def known_ids(self, account_id: AccountId, remote_ids: Sequence[str]) -> frozenset[str]:
        """Those of the marketplace's ids that belong to listings of the account here."""
        query = select(listing.c.remote_id).where(
            listing.c.account_id == account_id, listing.c.remote_id != "", listing.c.remote_id.in_(remote_ids)
        )
        return frozenset(await self._db.read(lambda c: c.scalars(query).all()))

    async def count_by_state(self, account_id: AccountId) -> dict[ListingState, int]:
        """How many listings an account has in each state."""
        query = (
            select(listing.c.state, func.count()).where(listing.c.account_id == account_id).group_by(listing.c.state)
        )
        rows = await self._db.read(lambda c: c.execute(query).all())
        return {ListingState(state): count for state, count in rows}

    async def save(self, changed: Listing, log: Sequence[SyncLogEntry] = ()) -> Listing:
        """Keep a listing and what is to be remembered of the change, in one transaction."""
        return await self._db.write(lambda connection: save_in(connection, changed, log))

    async def save_own(self, changed: Listing, label: str) -> Listing:
        """Keep what the seller set for a listing alone, as an entry of the history of changes."""

        def write(connection: Connection) -> Listing:
            with recorded(connection, EntryKind.EDIT, label):
                return save_in(connection, changed)

        return await self._db.write(write)

    async def set_pictures(
        self,
        product_id: ProductId,
        account_ids: Sequence[AccountId],
        fixed: Mapping[str, FixedPicture],
        label: str,
        *,
        joins: str = "",
    ) -> list[Listing]:
        """Use these copies of a product's pictures on these accounts alone, none: its own again. One entry of history.

        ``joins`` as in ``recorded``. Accounts that have them already, and what else is set there, stay as they are.
        """
        forms = {source: each.to_form() for source, each in fixed.items()}

        def write(connection: Connection) -> list[Listing]:
            present = {each.account_id: each for each in listings_in(connection, product_id)}
            changed = []
            for account_id in account_ids:
                before = present.get(account_id) or Listing(ListingId(0), product_id, account_id)
                own = {name: value for name, value in before.overrides.items() if name != PICTURES}
                own |= {PICTURES: forms} if forms else {}
                if own != before.overrides:
                    changed.append(replace(before, overrides=own))
            if not changed:
                return []
            with recorded(connection, EntryKind.EDIT, label, joins=joins):
                return [save_in(connection, each) for each in changed]

        return await self._db.write(write)

    async def log_of(self, product_id: ProductId, limit: int = 200) -> list[SyncLogEntry]:
        """The newest remote changes of a product's listings, newest first."""
        query = (
            select(sync_log)
            .join(listing, listing.c.id == sync_log.c.listing_id)
            .where(listing.c.product_id == product_id)
            .order_by(sync_log.c.at.desc(), sync_log.c.id.desc())
            .limit(limit)
        )
        rows = await self._db.read(lambda c: c.execute(query).all())
        return [
            SyncLogEntry(
                at=from_ms(row.at),  # type: ignore[arg-type]
                listing_id=ListingId(row.listing_id),
                operation=row.operation,
                field=row.field,
                old=row.old,
                new=row.new,
                job_id=row.job_id,
            )
            for row in rows
        ]

    async def rules(
        self, marketplace: str, site: str, category_id: str, *, max_age_s: float
    ) -> Mapping[str, Any] | None:
        """The cached rules of a category as kept, None when there are none or they are older than ``max_age_s``."""
        query = select(category_cache.c.rules).where(
            category_cache.c.marketplace == marketplace,
            category_cache.c.site == site,
            category_cache.c.category_id == category_id,
            category_cache.c.fetched_at >= now_ms() - int(max_age_s * 1000),
        )

        def read(connection: Connection) -> Mapping[str, Any] | None:
            found = connection.scalar(query)
            return None if found is None else dict(json.loads(found))  # megabytes, some: not on the loop

        return await self._db.read(read)

    async def keep_rules(self, marketplace: str, site: str, category_id: str, rules: Mapping[str, Any]) -> None:
        """Cache the rules of a category (JSON values)."""
        text = await asyncio.to_thread(json.dumps, rules, ensure_ascii=False)
        values = {"rules": text, "fetched_at": now_ms()}
        statement = upsert(category_cache).values(marketplace=marketplace, site=site, category_id=category_id, **values)
        statement = statement.on_conflict_do_update(
            index_elements=[category_cache.c.marketplace, category_cache.c.site, category_cache.c.category_id],
            set_=values,
        )

        def keep(connection: Connection) -> None:
            connection.execute(statement)

        await self._db.write(keep)

    async def drop_rules(self, beginning: str, *, max_age_s: float) -> None:
        """Forget cached rules under keys that begin so and are older than ``max_age_s``."""
        columns = category_cache.c
        statement = category_cache.delete().where(
            columns.category_id >= beginning,
            columns.category_id < f"{beginning}\uffff",
            columns.fetched_at < now_ms() - int(max_age_s * 1000),
        )
        await self._db.write(lambda c: c.execute(statement).rowcount)


def listings_in(connection: Connection, product_id: ProductId) -> list[Listing]:
    """``ListingStore.of_product`` as part of a transaction of the store's own."""
    query = select(listing).where(listing.c.product_id == product_id).order_by(listing.c.account_id)
    return [_read(row) for row in connection.execute(query)]


def save_in(connection: Connection, changed: Listing, log: Sequence[SyncLogEntry] = ()) -> Listing:
    """``ListingStore.save`` as part of a transaction of the store's own."""
    now = now_ms()
    values = _write(changed)
    statement = upsert(listing).values(**values, created_at=now, updated_at=now)
    statement = statement.on_conflict_do_update(
        index_elements=[listing.c.product_id, listing.c.account_id], set_={**values, "updated_at": now}
    )
    connection.execute(statement)
    listing_id = connection.scalars(
        select(listing.c.id).where(
            listing.c.product_id == changed.product_id, listing.c.account_id == changed.account_id
        )
    ).one()
    entries = [_entry(entry, listing_id) for entry in log]
    if entries := [entry for entry in entries if not _is_repeated(connection, entry)]:
        connection.execute(insert(sync_log), entries)
    return replace(changed, id=ListingId(listing_id), updated_at=from_ms(now))


def _is_repeated(connection: Connection, entry: Mapping[str, Any]) -> bool:
    """Whether the last that was noted of the field is this very change by this job: killed after writing it down,
    the job's task does it again."""
    last = connection.execute(
        select(sync_log)
        .where(sync_log.c.listing_id == entry["listing_id"], sync_log.c.field == entry["field"])
        .order_by(sync_log.c.at.desc(), sync_log.c.id.desc())
        .limit(1)
    ).one_or_none()
    return (
        last is not None
        and last.job_id is not None
        and all(getattr(last, name) == entry[name] for name in ("job_id", "operation", "old", "new"))
    )


def _write(value: Listing) -> dict[str, Any]:
    def text(item: object) -> str:
        return json.dumps(item, ensure_ascii=False)

    return {
        "product_id": value.product_id,
        "account_id": value.account_id,
        "state": value.state.value,
        "remote_id": value.remote_id,
        "url": value.url,
        "overrides": text(dict(value.overrides)),
        "findings": text([asdict(finding) for finding in value.findings]),
        "last_sent": text(dict(value.last_sent)),
        "last_read": text(dict(value.last_read)),
        **_compared(value),
        "live_at": to_ms(value.live_at),
    }


def _compared(value: Listing) -> dict[str, Any]:
    """What was last read and sent, as the columns that are compared with the product."""
    read, sent = value.last_read, value.last_sent.get("text") or {}
    quantity, minor = str(read.get("quantity", "")), read.get("price_minor")
    return {
        "live_price_minor": minor,
        "live_currency": read.get("currency", "") if minor is not None else "",
        "live_quantity": int(quantity) if quantity.isdecimal() else None,
        "live_title": read.get("title", ""),
        "sent_title": sent.get("title", ""),
        "shown_title": sent.get("shown", ""),
    }


def _entry(entry: SyncLogEntry, listing_id: int) -> dict[str, Any]:
    return {
        "at": to_ms(entry.at),
        "listing_id": listing_id,
        "job_id": entry.job_id,
        "operation": entry.operation,
        "field": entry.field,
        "old": entry.old,
        "new": entry.new,
    }


def _read(row: Row[Any]) -> Listing:
    return Listing(
        id=ListingId(row.id),
        product_id=ProductId(row.product_id),
        account_id=AccountId(row.account_id),
        state=ListingState(row.state),
        remote_id=row.remote_id,
        url=row.url,
        overrides=json.loads(row.overrides),
        findings=tuple(Finding(**finding) for finding in json.loads(row.findings)),
        last_sent=json.loads(row.last_sent),
        last_read=json.loads(row.last_read),
        live_at=from_ms(row.live_at),
        updated_at=from_ms(row.updated_at),
    )
