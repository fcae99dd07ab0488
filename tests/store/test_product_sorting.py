"""Sorting products by where their listing stands on an account."""

import asyncio
from pathlib import Path

from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.listings import ListingStore
from mmhub_desktop.store.products import ProductStore


async def test_live_first_and_products_without_a_listing_last(tmp_path: Path) -> None:
    database = await asyncio.to_thread(Database.open, tmp_path / "shop.mmhub", holder="a test")
    products, listings, accounts = ProductStore(database), ListingStore(database), AccountStore(database)
    one = await accounts.add(Account(AccountId(0), "mercadolibre", "One"))
    other = await accounts.add(Account(AccountId(0), "mercadolibre", "Other"))
    ids = [await products.save(Product(ProductId(0), f"S-{each}", Text(f"Lamp {each}"))) for each in range(4)]
    for product_id, account, state in (
        (ids[1], one, ListingState.REJECTED),
        (ids[2], one, ListingState.LIVE),
        (ids[3], one, ListingState.SENT),
        (ids[0], other, ListingState.LIVE),
    ):
        await listings.save(Listing(ListingId(0), product_id, account.id, state))
    query = ProductQuery(sort_account=one.id, descending=False)
    assert list(await products.ids(query)) == [ids[2], ids[3], ids[1], ids[0]]
    assert list(await products.first_ids(query, 2)) == [ids[2], ids[3]]
    downwards = ProductQuery(sort_account=one.id, descending=True)
    assert list(await products.ids(downwards)) == [ids[0], ids[1], ids[3], ids[2]]
    await asyncio.to_thread(database.close)
