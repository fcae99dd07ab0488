"""Every example reply of Amazon's own models, for the calls that the adapter makes, read by it without loss."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import Order, OrderState
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import MarketplaceError, Rejected
from mmhub_desktop.marketplaces.amazon.adapter import Amazon
from mmhub_desktop.marketplaces.amazon.catalogue import Page
from mmhub_desktop.marketplaces.base import ListingDraft, Mapped, RemoteListing
from tests.fidelity.documents import why_missing
from tests.fidelity.examples import Example, documented_replies
from tests.fidelity.specification import load_specification
from tests.marketplaces.amazon.conftest import IDENTITY, Canned

ITEM = "/listings/2021-08-01/items/{sellerId}/{sku}"
ITEMS = "/listings/2021-08-01/items/{sellerId}"
READ = (
    ITEM, ITEMS, "/listings/2021-08-01/restrictions", "/sellers/v1/marketplaceParticipations",
    "/definitions/2020-09-01/productTypes", "/definitions/2020-09-01/productTypes/{productType}",
    "/catalog/2022-04-01/items", "/orders/2026-01-01/orders", "/orders/2026-01-01/orders/{orderId}",
    "/orders/v0/orders/{orderId}/shipmentConfirmation",
)  # fmt: skip
SINCE = datetime(2024, 12, 1, tzinfo=UTC)
MAPPED = Mapped({"sku": "S", "pictures": 0, "productType": "LUGGAGE", "requirements": "LISTING", "attributes": {}})


def examples() -> list[Any]:
    """Each documented reply of those calls; none where the models are not at hand."""
    if why_missing("amazon"):
        return [pytest.param(None, marks=pytest.mark.skip(reason=why_missing("amazon")))]
    found = [one for path in READ for one in documented_replies(load_specification("amazon"), path)]
    assert len(found) >= 25
    return [pytest.param(one, id=f"{one.method} {one.path} {one.status} {n}") for n, one in enumerate(found)]


def money(value: Any) -> tuple[Decimal, str] | None:
    return None if value is None else (Decimal(value["amount"]), value["currencyCode"])


@pytest.mark.parametrize("example", examples())
async def test_an_example_is_read_without_loss(amazon_on, example: Example) -> None:
    canned = Canned((example.status, example.body))
    amazon = await amazon_on(canned)
    if example.status >= 400 and "catalog" in example.path:
        assert await amazon.look_up(_draft()) == _draft(), "a look into the catalogue holds nothing up"
        return
    if example.status >= 400:
        await _refused(amazon, example)
        return
    await _READERS[example.method, example.path](amazon, example)


async def _refused(amazon: Amazon, example: Example) -> None:
    """Whatever a refusal says stands in the findings, each word of it."""
    with pytest.raises(MarketplaceError) as caught:
        await _ask(amazon, example)
    assert isinstance(caught.value, Rejected)
    errors = example.body["errors"] if isinstance(example.body, dict) else example.body
    told = " ".join(f"{one.rule} {one.message} {one.original}" for one in caught.value.findings)
    for error in errors:
        assert error["code"] in told or error["code"] in caught.value.original
        assert error["message"] in told


async def _ask(amazon: Amazon, example: Example) -> None:
    """The adapter's call behind an example."""
    match example.method, example.path:
        case "GET", path if path == ITEMS:
            await amazon.list_listings()
        case "GET", path if path == ITEM:
            await amazon.read("S")
        case "PATCH", _:
            await amazon.update("S", ListingChange(title="T"))
        case "DELETE", _:
            await amazon.end("S")
        case "PUT", _:
            await amazon.validate(MAPPED, ())
        case "POST", _:
            await amazon.read_order("1")
        case _, path if "restrictions" in path:
            offer = {"merchant_suggested_asin": [{"value": "BAD_ASIN"}]}
            await amazon.validate(Mapped({**MAPPED.body, "attributes": offer}), ())
        case _, path if "productTypes/" in path:
            await amazon.read_category("INVALID")
        case _, path if "productTypes" in path:
            await amazon.find_categories("Invalid Request")
        case _, path if path.endswith("orders"):
            await amazon.list_orders(SINCE)
        case _:
            await amazon.read_order("TEST_CASE_400")


async def _one_item(amazon: Amazon, example: Example) -> None:
    _compare_item(await amazon.read(example.body["sku"]), example.body)


async def _many_items(amazon: Amazon, example: Example) -> None:
    page = await amazon.list_listings()
    assert page.total == example.body["numberOfResults"]
    assert bool(page.cursor) == bool(example.body["pagination"].get("nextToken"))
    assert len(page.listings) == len(example.body["items"])
    for shown, item in zip(page.listings, example.body["items"], strict=True):
        _compare_item(shown, item)


def _compare_item(shown: RemoteListing, item: dict[str, Any]) -> None:
    assert dict(shown.raw) == item
    assert shown.remote_id == shown.sku == item["sku"]
    (summary,) = [one for one in item["summaries"] if one["marketplaceId"] == IDENTITY["marketplace_id"]]
    assert shown.title == summary["itemName"]
    assert shown.url == f"https://www.amazon.com/dp/{summary['asin']}"
    assert (shown.state is ListingState.LIVE) == ("BUYABLE" in summary["status"])
    offers = [one for one in item.get("offers", ()) if one["marketplaceId"] == IDENTITY["marketplace_id"]]
    if offers:
        assert shown.price is not None
        assert (shown.price.amount, shown.price.currency) == money(offers[0]["price"])
    if "fulfillmentAvailability" in item:
        assert shown.quantity == item["fulfillmentAvailability"][0]["quantity"]
    here = [one for one in item.get("issues", ()) if IDENTITY["marketplace_id"] in one["marketplaceIds"]]
    assert {one["message"] for one in here} == {one.original for one in shown.reasons}


async def _submission(amazon: Amazon, example: Example) -> None:
    """Accepted, valid or invalid; the same form for PUT, PATCH and DELETE."""
    amazon._items.remember({"sku": "S"})
    kind = example.method if example.body["status"] == "ACCEPTED" else "PREVIEW"
    calls = {
        "PUT": lambda: amazon.create(MAPPED, ()),
        "PATCH": lambda: amazon.update("S", ListingChange(quantity=1)),
        "DELETE": lambda: amazon.end("S"),
        "PREVIEW": lambda: amazon.validate(MAPPED, ()),
    }
    if example.body["status"] != "INVALID":
        assert await calls[kind]() is not None
        return
    with pytest.raises(Rejected) as caught:
        await calls[kind]()
    for issue in example.body["issues"]:
        (finding,) = [one for one in caught.value.findings if one.rule == f"amazon.{issue['code']}"]
        assert finding.original == issue["message"]
        assert finding.blocks


async def _restrictions(amazon: Amazon, example: Example) -> None:
    offer = {"merchant_suggested_asin": [{"value": "B0000ASIN1"}], "condition_type": [{"value": "used_acceptable"}]}
    with pytest.raises(Rejected) as caught:
        await amazon.validate(Mapped({**MAPPED.body, "attributes": offer}), ())
    (reason,) = example.body["restrictions"][0]["reasons"]
    assert caught.value.findings[0].message == reason["message"]
    assert reason["links"][0]["resource"] in caught.value.findings[0].fix


async def _participations(amazon: Amazon, example: Example) -> None:
    shop = example.body["payload"][0]
    (choice,) = await amazon.read_choices("marketplace_id")
    assert choice[0] == shop["marketplace"]["id"]
    who = await amazon.check_credentials()
    assert who.settings["domain"] == shop["marketplace"]["domainName"]
    assert who.settings["language"] == shop["marketplace"]["defaultLanguageCode"]
    assert who.settings["country"] == shop["marketplace"]["countryCode"]
    assert who.currency == shop["marketplace"]["defaultCurrencyCode"]
    assert shop["storeName"] in who.name
    assert shop["marketplace"]["name"] in who.name
    assert who.warnings == ()


async def _product_types(amazon: Amazon, example: Example) -> None:
    found = await amazon.find_categories("Suitcase")
    assert [(one.id, one.name) for one in found] == [
        (one["name"], one["displayName"]) for one in example.body["productTypes"]
    ]


async def _definition(amazon: Amazon, example: Example) -> None:
    """The link of the example leads nowhere; what is read of the definition itself is checked with a schema at hand."""
    from mmhub_desktop.marketplaces.amazon.definitions import read_rules

    rules = read_rules(example.body, {"properties": {}}, "USD")
    assert (rules.id, rules.name) == (example.body["productType"], example.body["displayName"])
    assert rules.version == example.body["schema"]["checksum"]
    assert amazon.connection.account.marketplace == "amazon"


async def _catalogue(amazon: Amazon, example: Example) -> None:
    draft = await amazon.look_up(_draft())
    (row,) = example.body["items"]
    page = Page.read(draft.catalog_id)
    assert page is not None
    assert page.asin == row["asin"]
    assert page.title == row["summaries"][0]["itemName"]
    assert page.product_type == row["productTypes"][0]["productType"]


def _draft() -> ListingDraft:
    price = Money(100, "USD")
    return ListingDraft("S", Text("T"), "", "", "0887276302195", Condition.NEW, price, 1, {})


async def _orders(amazon: Amazon, example: Example) -> None:
    page = await amazon.list_orders(SINCE)
    assert page.more == bool(example.body.get("pagination", {}).get("nextToken"))
    if page.more:
        assert example.body["pagination"]["nextToken"] in page.cursor
    for order, row in zip(page.orders, example.body["orders"], strict=True):
        _compare_order(order, row)


async def _order(amazon: Amazon, example: Example) -> None:
    _compare_order(await amazon.read_order("1"), example.body["order"])


def _compare_order(order: Order, row: dict[str, Any]) -> None:
    assert dict(order.raw) == row
    assert order.remote_id == row["orderId"]
    assert order.placed_at.isoformat().replace("+00:00", "Z") == row["createdTime"]
    assert order.updated_at.isoformat().replace("+00:00", "Z") == row["lastUpdatedTime"]
    assert (
        order.state.name
        in {"SHIPPED": ("SHIPPED", "DELIVERED"), "UNSHIPPED": ("OPEN",)}[row["fulfillment"]["fulfillmentStatus"]]
    )
    assert order.buyer == row.get("buyer", {}).get("buyerName", "")
    assert order.total is not None
    assert (order.total.amount, order.total.currency) == money(row["proceeds"]["grandTotal"])
    address = row["recipient"]["deliveryAddress"]
    said = " ".join((order.address.name, *order.address.lines, order.address.city, order.address.region,
                     order.address.postcode, order.address.country, order.address.phone))  # fmt: skip
    for name, value in {**address, **address.get("extendedFields", {})}.items():
        if isinstance(value, str) and name != "addressType":
            assert value in said, name
    assert len(order.lines) == len(row["orderItems"])
    for line, item in zip(order.lines, row["orderItems"], strict=True):
        assert line.remote_id == item["orderItemId"]
        assert line.quantity == item["quantityOrdered"]
        assert (line.sku, line.title) == (item["product"]["sellerSku"], item["product"]["title"])
        assert line.price is not None
        assert (line.price.amount, line.price.currency) == money(item["product"]["price"]["unitPrice"])
        assert line.shipped == item["fulfillment"]["quantityFulfilled"]
    tracked = [(one["carrier"], one["trackingNumber"]) for one in row.get("packages", ())]
    assert [(parcel.carrier, parcel.tracking) for parcel in order.parcels] == tracked
    assert order.state is not OrderState.PENDING
    window = row["fulfillment"].get("shipByWindow")
    if window:
        assert order.ship_by == datetime.fromisoformat(window["latestDateTime"])


async def _shipped(amazon: Amazon, example: Example) -> None:
    """204: nothing to read; that it is taken so is proved with the practice marketplace."""
    assert example.body == {}
    assert amazon.connection.account.marketplace == "amazon"


_READERS = {
    ("GET", ITEM): _one_item,
    ("GET", ITEMS): _many_items,
    ("PUT", ITEM): _submission,
    ("PATCH", ITEM): _submission,
    ("DELETE", ITEM): _submission,
    ("GET", "/listings/2021-08-01/restrictions"): _restrictions,
    ("GET", "/sellers/v1/marketplaceParticipations"): _participations,
    ("GET", "/definitions/2020-09-01/productTypes"): _product_types,
    ("GET", "/definitions/2020-09-01/productTypes/{productType}"): _definition,
    ("GET", "/catalog/2022-04-01/items"): _catalogue,
    ("GET", "/orders/2026-01-01/orders"): _orders,
    ("GET", "/orders/2026-01-01/orders/{orderId}"): _order,
    ("POST", "/orders/v0/orders/{orderId}/shipmentConfirmation"): _shipped,
}
