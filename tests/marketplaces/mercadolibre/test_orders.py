"""Orders, shipments and relisting of MercadoLibre: what is waited for, what is told, and what cannot be."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import Order, OrderState
from mmhub_desktop.errors import OutcomeUnknown, Rejected, Unsupported
from mmhub_desktop.marketplaces.base import Adapter
from mmhub_desktop.marketplaces.contract import live_listing, prepare
from mmhub_desktop.marketplaces.mercadolibre.orders import read_order_row
from tests.contract.test_mercadolibre import MercadoLibreStage

ITEM = {"id": "MLC1", "title": "Taza", "seller_sku": "T-1", "variation_id": None}
ROW: dict[str, Any] = {
    "id": 2000000001,
    "status": "paid",
    "date_created": "2026-05-01T08:00:00.000-04:00",
    "date_last_updated": "2026-05-01T09:00:00.000-04:00",
    "currency_id": "CLP",
    "total_amount": 2000,
    "order_items": [{"item": ITEM, "quantity": 2, "unit_price": 1000, "currency_id": "CLP"}],
    "tags": ["paid"],
}


@pytest.fixture
async def stage() -> AsyncIterator[MercadoLibreStage]:
    async with open_stage(MercadoLibreStage) as opened:
        yield opened


async def sold(stage: MercadoLibreStage, adapter: Adapter, sku: str = "T-1", quantity: int = 1) -> str:
    mapped, images = await prepare(stage, adapter, sku)
    await live_listing(stage, adapter, mapped, images)
    return await stage.sell(sku, quantity)


async def all_of(adapter: Adapter, since: datetime, cursor: str = "") -> tuple[list[Order], str]:
    found: list[Order] = []
    for _ in range(200):
        page = await adapter.list_orders(since, cursor)
        found += page.orders
        cursor = page.cursor
        if not page.more:
            return found, cursor
    raise AssertionError("the pages do not end")


def test_an_order_is_read_in_utc_with_its_money() -> None:
    order = read_order_row(ROW, {})
    assert order.placed_at == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert order.updated_at == datetime(2026, 5, 1, 13, tzinfo=UTC)
    assert (order.lines[0].sku, order.lines[0].quantity) == ("T-1", 2)
    assert order.lines[0].price == Money(1000, "CLP")
    assert order.total == Money(2000, "CLP")


@pytest.mark.parametrize(
    ("changes", "shipment", "state"),
    [
        ({}, {}, OrderState.OPEN),
        ({"tags": ["paid", "delivered"]}, {}, OrderState.DELIVERED),
        ({"status": "payment_in_process"}, {}, OrderState.PENDING),
        ({"status": "something_new"}, {}, OrderState.PENDING),
        ({"status": "cancelled"}, {"status": "ready_to_ship"}, OrderState.CANCELLED),
        ({}, {"status": "ready_to_ship", "logistic": {"mode": "me2"}}, OrderState.OPEN),
        ({}, {"status": "handling", "logistic": {"mode": "me2"}}, OrderState.PENDING),
        ({}, {"status": "handling", "logistic": {"mode": "me1"}}, OrderState.OPEN),
        ({}, {"status": "shipped"}, OrderState.SHIPPED),
        ({}, {"status": "not_delivered"}, OrderState.RETURNED),
        ({}, {"status": "something_new"}, OrderState.PENDING),
        ({}, {"id": 1}, OrderState.PENDING),
    ],
)
def test_only_what_is_surely_to_be_shipped_is_open(
    changes: dict[str, Any], shipment: dict[str, Any], state: OrderState
) -> None:
    assert read_order_row({**ROW, **changes}, shipment).state is state


def test_addresses_of_both_forms() -> None:
    address = {"address_line": "Calle 1", "city": {"name": "Lima"}, "country": {"id": "PE"}, "zip_code": "1"}
    new = read_order_row(ROW, {"destination": {"receiver_name": "Ana", "shipping_address": address}}).address
    old = read_order_row(ROW, {"receiver_address": {**address, "receiver_name": "Ana"}}).address
    assert new == old
    assert (new.name, new.lines, new.city, new.country) == ("Ana", ("Calle 1",), "Lima", "PE")


async def test_its_own_shipping_is_left_to_the_marketplace(stage: MercadoLibreStage) -> None:
    adapter = stage.adapter()
    order = await adapter.read_order(await sold(stage, adapter))
    assert order.state is OrderState.OPEN
    assert order.address.country == "CL"
    with pytest.raises(Unsupported, match="ships this order itself") as caught:
        await adapter.confirm_shipment(order.remote_id, stage.shipment(adapter))
    assert "label" in caught.value.hint
    await stage.tell(scanned_after_s=0)
    assert (await adapter.read_order(order.remote_id)).state is OrderState.SHIPPED


async def test_without_a_shipment_there_is_nothing_to_tell(stage: MercadoLibreStage) -> None:
    await stage.tell(shipping_mode="not_specified")
    adapter = stage.adapter()
    number = await sold(stage, adapter)
    with pytest.raises(Unsupported, match="no tracking number"):
        await adapter.confirm_shipment(number, stage.shipment(adapter))


async def test_a_parcel_of_the_own_carrier_is_told_once_and_whole(stage: MercadoLibreStage) -> None:
    await stage.tell(shipping_mode="me1")
    adapter = stage.adapter()
    number = await sold(stage, adapter, quantity=2)
    parcel = stage.shipment(adapter)
    line = (await adapter.read_order(number)).lines[0].remote_id
    with pytest.raises(Rejected, match="one parcel for the whole order"):
        await adapter.confirm_shipment(number, replace(parcel, lines=((line, 1),)))
    for _ in range(2):
        shipped = await adapter.confirm_shipment(number, replace(parcel, lines=((line, 2),)))
        assert (shipped.state, shipped.lines[0].shipped) == (OrderState.SHIPPED, 2)
    calls = (await stage.state())["requests"]
    assert calls["POST /shipments/{shipment}/seller_notifications"] == 1


async def test_a_change_brings_an_order_again(stage: MercadoLibreStage) -> None:
    await stage.tell(shipping_mode="me1")
    adapter = stage.adapter()
    number = await sold(stage, adapter)
    found, cursor = await all_of(adapter, stage.now() - timedelta(days=20))
    assert [one.remote_id for one in found] == [number]
    await stage.pass_time(10 * 24 * 3600)
    assert (await all_of(adapter, stage.now(), cursor))[0] == found, "the window overlaps the last one"
    _, cursor = await all_of(adapter, stage.now() - timedelta(hours=1))
    assert (await all_of(adapter, stage.now(), cursor))[0] == []
    await adapter.confirm_shipment(number, stage.shipment(adapter))
    (changed,) = (await all_of(adapter, stage.now(), cursor))[0]
    assert changed.state is OrderState.SHIPPED


async def test_a_filter_that_is_passed_over_is_noticed(stage: MercadoLibreStage) -> None:
    """Then orders are asked for by when they were placed, a month back, and none is missed."""
    adapter = stage.adapter()
    first = await sold(stage, adapter)
    await stage.pass_time(20 * 24 * 3600)
    second = await stage.sell("T-1", 1)
    await stage.tell(updated_filter=False)
    found, cursor = await all_of(adapter, stage.now() - timedelta(hours=1))
    assert {one.remote_id for one in found} == {first, second}
    assert "date_created" in cursor
    again, _ = await all_of(adapter, stage.now(), cursor)
    assert {one.remote_id for one in again} == {first, second}


async def test_more_than_a_page_of_orders(stage: MercadoLibreStage) -> None:
    await stage.tell(shipping_mode="not_specified")
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "T-1")
    created = await live_listing(stage, adapter, mapped, images)
    await stage.control(f"items/{created.remote_id}", available_quantity=99)
    numbers = {await stage.sell("T-1", 1) for _ in range(70)}
    found, _ = await all_of(adapter, stage.now() - timedelta(hours=1))
    assert {one.remote_id for one in found} == numbers


async def test_what_was_listed_again_is_not_listed_a_second_time(stage: MercadoLibreStage) -> None:
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "T-1")
    created = await live_listing(stage, adapter, mapped, images)
    assert (await adapter.relist(created.remote_id)).remote_id == created.remote_id, "it has not ended"
    await adapter.end(created.remote_id)
    await stage.fail(("POST", "/items/*/relist"), after_effect=True)
    with pytest.raises(OutcomeUnknown):
        await adapter.relist(created.remote_id)
    back = await adapter.relist(created.remote_id)
    assert back.remote_id != created.remote_id
    assert (back.state, back.sku) == (ListingState.LIVE, "T-1")
    assert [one.remote_id for one in await adapter.find_by_sku("T-1")] == [back.remote_id]
    assert back.quantity == stage.draft("T-1").quantity
