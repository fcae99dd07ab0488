"""Differences between products and listings: which count, and taking the live values over."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.domain.drift import DriftField, DriftRow
from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.drift import DriftStore
from mmhub_desktop.store.listings import ListingStore
from mmhub_desktop.store.products import ProductStore

CUP = Product(
    ProductId(0), "CUP", Text("Blue cup"), price=Money.of(Decimal("12.50"), "MXN"), quantity=4, cost=None
)  # fmt: skip
AT = "2026-01-02T03:04:05+00:00"


class Shelf:
    """Products and their listings on two accounts."""

    def __init__(self, db: Database) -> None:
        self.products, self.listings, self.drift = ProductStore(db), ListingStore(db), DriftStore(db)
        self.accounts = AccountStore(db)

    async def put(self, product: Product = CUP, account: int = 1, **changes: Any) -> ProductId:
        """A product with a live listing that shows the same, apart from ``changes``."""
        found = await self.products.by_sku(product.sku)
        product_id = found.id if found else await self.products.save(product)
        assert product.price is not None
        read = {
            "title": product.text.title, "price": str(product.price), "price_minor": product.price.minor,
            "currency": product.price.currency, "quantity": str(product.quantity), "at": AT,
        }  # fmt: skip
        listing = Listing(ListingId(0), product_id, AccountId(account), ListingState.LIVE, f"R{product_id}-{account}")
        listing = replace(listing, last_read={**read, **changes.pop("read", {})}, **changes)
        await self.listings.save(listing)
        return product_id

    async def rows(self, account: int | None = None) -> list[DriftRow]:
        """All differences."""
        return await self.drift.page(await self.drift.ids(None if account is None else AccountId(account)))


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    opened = await asyncio.to_thread(Database.open, tmp_path / "shop.mmhub", holder="a test")
    made = Shelf(opened)
    for label in ("one", "two"):
        await made.accounts.add(Account(AccountId(0), "mercadolibre", label))
    yield made
    await asyncio.to_thread(opened.close)


async def test_equal_is_no_difference(shelf: Shelf) -> None:
    await shelf.put()
    assert await shelf.rows() == []


async def test_each_field_is_a_row_of_its_own(shelf: Shelf) -> None:
    product = await shelf.put(read={"price_minor": 1300, "quantity": "3", "title": "Cup"})
    rows = await shelf.rows()
    assert [(row.field, row.ours, row.live) for row in rows] == [
        (DriftField.PRICE, "12.50 MXN", "13.00 MXN"),
        (DriftField.QUANTITY, "4", "3"),
        (DriftField.TITLE, "Blue cup", "Cup"),
    ]
    assert {row.product_id for row in rows} == {product}
    assert rows[0].sku == "CUP"
    assert rows[0].read_at is not None


async def test_a_change_of_the_product_is_seen_at_once(shelf: Shelf) -> None:
    product = await shelf.put()
    stored = await shelf.products.get(product)
    assert stored is not None
    await shelf.products.save(replace(stored, quantity=9))
    assert [(row.ours, row.live) for row in await shelf.rows()] == [("9", "4")]


async def test_what_is_ended_or_never_read_does_not_count(shelf: Shelf) -> None:
    await shelf.put(state=ListingState.ENDED, read={"quantity": "1"})
    await shelf.put(replace(CUP, sku="B"), state=ListingState.DRAFT, read={"quantity": "1"})
    await shelf.put(replace(CUP, sku="C"), read={"quantity": "", "price_minor": None, "title": ""})
    assert await shelf.rows() == []


async def test_a_title_the_marketplace_wrote_itself_does_not_count_until_it_changes(shelf: Shelf) -> None:
    sent = {"text": {"title": "Blue cup", "shown": "Cup Blue 350 ml"}}
    product = await shelf.put(last_sent=sent, read={"title": "Cup Blue 350 ml"})
    assert await shelf.rows() == []
    await shelf.put(last_sent=sent, read={"title": "Something else"})
    assert [row.live for row in await shelf.rows()] == ["Something else"]
    await shelf.put(last_sent=sent, read={"title": "Cup Blue 350 ml"})
    stored = await shelf.products.get(product)
    assert stored is not None
    await shelf.products.save(replace(stored, original=Text("Green cup")))
    assert [row.ours for row in await shelf.rows()] == ["Green cup"]


async def test_the_filter_is_by_account(shelf: Shelf) -> None:
    await shelf.put(read={"quantity": "1"})
    await shelf.put(account=2, read={"quantity": "2"})
    assert [row.live for row in await shelf.rows(2)] == ["2"]
    assert len(await shelf.rows()) == 2


async def test_live_values_become_the_products_own(shelf: Shelf) -> None:
    product = await shelf.put(read={"price_minor": 1300, "quantity": "3", "title": "Cup"})
    taken = await shelf.drift.take_live(await shelf.drift.ids())
    stored = await shelf.products.get(product)
    assert stored is not None
    assert (stored.price, stored.quantity, stored.original.title) == (Money(1300, "MXN"), 3, "Cup")
    assert stored.version == 2, "one change of the product for all its fields"
    assert (taken.product_ids, taken.left) == ((product,), 0)
    assert await shelf.rows() == []


async def test_only_the_chosen_field_is_taken_over(shelf: Shelf) -> None:
    await shelf.put(read={"price_minor": 1300, "quantity": "3"})
    ids = await shelf.drift.ids()
    await shelf.drift.take_live(ids[1:2])
    assert [row.field for row in await shelf.rows()] == [DriftField.PRICE]


async def test_a_live_title_goes_beside_the_original_where_there_is_a_better_one(shelf: Shelf) -> None:
    product = await shelf.put(replace(CUP, optimized=Text("Nice cup", "Very nice.")), read={"title": "Cup!"})
    await shelf.drift.take_live(await shelf.drift.ids())
    stored = await shelf.products.get(product)
    assert stored is not None
    assert stored.optimized == Text("Cup!", "Very nice.")
    assert stored.original.title == "Blue cup"


async def test_a_price_of_another_currency_is_left_where_the_cost_would_change(shelf: Shelf) -> None:
    product = await shelf.put(replace(CUP, cost=Money(900, "MXN")), read={"price_minor": 1300, "currency": "USD"})
    taken = await shelf.drift.take_live(await shelf.drift.ids())
    stored = await shelf.products.get(product)
    assert stored is not None
    assert taken.left == 1
    assert stored.price == Money(1250, "MXN")


async def test_an_old_number_changes_nothing(shelf: Shelf) -> None:
    await shelf.put(read={"quantity": "3"})
    ids = await shelf.drift.ids()
    await shelf.drift.take_live(ids)
    again = await shelf.drift.take_live(ids)
    assert again.product_ids == ()
    assert await shelf.drift.page(ids) == []
