"""What differs between products and their listings, found by comparing columns: nothing has to be kept up to date.

A difference is named by one number, ``listing id × 4 + place of the field``. The listing's columns ``live_*`` say
what the marketplace last showed. A title counts as different unless it is the one that the marketplace made of the
product's present title when it was sent (some write titles of their own).

“The product says” means: as the account offers it. What was set for the listing itself counts before the product, and
where an account has rules for price or stock, SQLite asks them through functions of ours (``drift_fields.teach``).
"""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    func,
    literal,
    select,
    text,
)  # fmt: skip

from mmhub_desktop.domain.drift import DriftField, DriftRow
from mmhub_desktop.domain.history import EntryKind
from mmhub_desktop.domain.ids import AccountId, EntryId, ListingId, ProductId
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.listing_rules import ListingRules
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product
from mmhub_desktop.store.database import Database, now_ms
from mmhub_desktop.store.drift_fields import DIFFERS, PRICE, QUANTITY, TITLE, rules_of, teach
from mmhub_desktop.store.history_recording import begin_entry, finish_entry, recording
from mmhub_desktop.store.product_rows import money, product_from_row
from mmhub_desktop.store.products import save_in
from mmhub_desktop.store.rules import read_rules
from mmhub_desktop.store.schema import listing, product

FIELDS = tuple(DriftField)  # in the order of their places; at most four
ROWS_AT_ONCE = 500  # differences taken over in one transaction

_THERE = [state.value for state in (ListingState.LIVE, ListingState.PAUSED, ListingState.ACCEPTED)]
_IDS = text("SELECT value FROM json_each(:ids)").bindparams(bindparam("ids"))


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of taking over live values: the products changed, and how many differences could not be."""

    product_ids: tuple[ProductId, ...]
    listing_ids: tuple[ListingId, ...]
    left: int = 0


class DriftStore:
    """Reads differences, and takes live values over into products. For the loop; the work is on the store's threads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def ids(self, account_id: AccountId | None = None) -> "array[int]":
        """Every difference, of one account or of all, by listing."""
        return await self._db.read(lambda connection: _fetch_ids(connection, account_id))

    async def page(self, ids: Sequence[int]) -> list[DriftRow]:
        """What the table shows of these differences, in their order; those that are gone are left out."""
        return await self._db.read(lambda connection: _read_rows(connection, ids))

    async def take_live(self, ids: Sequence[int]) -> Taken:
        """Write the live values into the products, some hundred in a transaction.

        Where the account's rules or the listing's own values decide a field, the live value becomes the listing's own.
        A price in another currency is left where the product has a cost: the two share a currency.
        """
        products: dict[ProductId, None] = {}
        listings: dict[ListingId, None] = {}
        left = 0
        every = iter(ids)
        label = "Took over what is live"
        entry = await self._db.write(lambda connection: begin_entry(connection, EntryKind.TAKE_LIVE, label))
        while some := list(islice(every, ROWS_AT_ONCE)):
            taken = await self._db.write(lambda connection, some=some: _take(connection, some, entry))  # type: ignore[misc]
            products.update(dict.fromkeys(taken.product_ids))
            listings.update(dict.fromkeys(taken.listing_ids))
            left += taken.left
        await self._db.write(lambda connection: finish_entry(connection, entry))
        return Taken(tuple(products), tuple(listings), left)


def _mask() -> ColumnElement[int]:
    """The fields that differ, as bits by place."""
    terms = [func.iif(DIFFERS[field], 1 << place, 0) for place, field in enumerate(FIELDS)]
    return terms[0] + terms[1] + terms[2]


def _there() -> Select[tuple[int, int]]:
    joined = listing.join(product, product.c.id == listing.c.product_id)
    return select(listing.c.id, _mask().label("mask")).select_from(joined).where(listing.c.state.in_(_THERE))


def _fetch_ids(connection: Connection, account_id: AccountId | None) -> "array[int]":
    """In one step of SQLite (the interpreter is free meanwhile), then unfolded for those that differ only."""
    teach(connection)
    found = _there() if account_id is None else _there().where(listing.c.account_id == account_id)
    rows = found.subquery()
    packed = select(func.json_group_array(rows.c.id * 8 + rows.c.mask)).where(rows.c.mask > 0)
    ids = array("q")
    for each in sorted(json.loads(connection.scalar(packed) or "[]")):
        listing_id, mask = divmod(each, 8)
        ids.extend(listing_id * 4 + place for place in range(len(FIELDS)) if mask >> place & 1)
    return ids


def _read_rows(connection: Connection, ids: Sequence[int]) -> list[DriftRow]:
    teach(connection)
    joined = listing.join(product, product.c.id == listing.c.product_id)
    query = (
        select(
            listing.c.id, listing.c.product_id, listing.c.account_id, listing.c.url, listing.c.live_price_minor,
            listing.c.live_currency, listing.c.live_quantity, listing.c.live_title, product.c.sku,
            TITLE.label("title"), PRICE.label("price"), QUANTITY.label("quantity"),
            func.coalesce(func.json_extract(listing.c.last_read, literal("$.at")), "").label("read_at"),
            _mask().label("mask"),
        )
        .select_from(joined)
        .where(listing.c.id.in_(_IDS), listing.c.state.in_(_THERE))
    )  # fmt: skip
    wanted = {"ids": json.dumps(sorted({each // 4 for each in ids}))}
    found = {row.id: row for row in connection.execute(query, wanted)}
    rows = []
    for each in ids:
        row, place = found.get(each // 4), each % 4
        if row is not None and row.mask >> place & 1:
            rows.append(_row(each, row, FIELDS[place]))
    return rows


def _row(drift_id: int, row: Row[tuple[object, ...]], field: DriftField) -> DriftRow:
    ours, live = {
        DriftField.PRICE: (
            _price(_money(row.price)), _price(money(row.live_price_minor, row.live_currency)),
        ),
        DriftField.QUANTITY: (str(row.quantity), str(row.live_quantity)),
        DriftField.TITLE: (row.title, row.live_title),
    }[field]  # fmt: skip
    return DriftRow(
        id=drift_id,
        listing_id=ListingId(row.id),
        product_id=ProductId(row.product_id),
        account_id=AccountId(row.account_id),
        field=field,
        sku=row.sku,
        product=row.title,
        ours=ours,
        live=live,
        url=row.url,
        read_at=datetime.fromisoformat(row.read_at) if row.read_at else None,
    )


def _money(offered: str | None) -> Money | None:
    """What ``PRICE`` says."""
    minor, _, currency = (offered or "").partition(" ")
    return Money(int(minor), currency) if minor else None


def _price(price: Money | None) -> str:
    return "" if price is None else str(price)


def _take(connection: Connection, ids: Iterable[int], entry: EntryId) -> Taken:
    """One transaction: what still differs goes into its product."""
    with recording(connection, entry):
        return _take_over(connection, ids)


def _take_over(connection: Connection, ids: Iterable[int]) -> Taken:
    by_product: dict[ProductId, list[DriftRow]] = {}
    for row in _read_rows(connection, list(ids)):
        by_product.setdefault(row.product_id, []).append(row)
    live = _live_values(connection, [row.listing_id for rows in by_product.values() for row in rows])
    rules = read_rules(connection)
    changed, listings, left = [], [], 0
    wanted = {"ids": json.dumps(list(by_product))}
    for found in connection.execute(select(product).where(product.c.id.in_(_IDS)), wanted).mappings().all():
        before = after = product_from_row(found)
        for row in by_product[before.id]:
            seen = live[row.listing_id]
            if _is_ruled(row.field, seen.overrides, rules_of(rules, row.account_id)):
                _set_own(connection, row, seen)
                listings.append(row.listing_id)
                continue
            taken = _with_live(after, row.field, seen)
            if taken is None:
                left += 1
                continue
            after = taken
            listings.append(row.listing_id)
        if after != before:
            save_in(connection, after)
            changed.append(before.id)
    return Taken(tuple(changed), tuple(listings), left)


@dataclass(frozen=True, slots=True)
class _Live:
    price: Money | None
    quantity: int | None
    title: str
    overrides: Mapping[str, Any]


def _is_ruled(field: DriftField, overrides: Mapping[str, Any], rules: ListingRules) -> bool:
    """Whether something else than the product decides the field."""
    if field is DriftField.PRICE:
        return "price_minor" in overrides or not rules.price.is_plain
    if field is DriftField.QUANTITY:
        return "quantity" in overrides or not rules.stock.is_plain
    return "title" in overrides


def _set_own(connection: Connection, row: DriftRow, live: _Live) -> None:
    """The live value becomes the listing's own."""
    own: dict[str, Any] = {"title": live.title}
    if row.field is DriftField.PRICE and live.price is not None:
        own = {"price_minor": live.price.minor, "currency": live.price.currency}
    elif row.field is DriftField.QUANTITY:
        own = {"quantity": live.quantity}
    patch = func.json_patch(listing.c.overrides, json.dumps(own))
    statement = listing.update().where(listing.c.id == row.listing_id)
    connection.execute(statement.values(overrides=patch, updated_at=now_ms()))


def _live_values(connection: Connection, listing_ids: Sequence[int]) -> dict[int, _Live]:
    query = select(
        listing.c.id,
        listing.c.live_price_minor,
        listing.c.live_currency,
        listing.c.live_quantity,
        listing.c.live_title,
        listing.c.overrides,
    ).where(listing.c.id.in_(_IDS))
    return {
        row.id: _Live(
            money(row.live_price_minor, row.live_currency), row.live_quantity, row.live_title, json.loads(row.overrides)
        )
        for row in connection.execute(query, {"ids": json.dumps(list(listing_ids))})
    }


def _with_live(present: Product, field: DriftField, live: _Live) -> Product | None:
    """The product with a live value as its own; None where that cannot be."""
    if field is DriftField.QUANTITY:
        return None if live.quantity is None else replace(present, quantity=live.quantity)
    if field is DriftField.TITLE:
        if present.optimized is not None:
            return replace(present, optimized=replace(present.optimized, title=live.title))
        return replace(present, original=replace(present.original, title=live.title))
    if live.price is None or (present.cost is not None and present.cost.currency != live.price.currency):
        return None
    return replace(present, price=live.price)
