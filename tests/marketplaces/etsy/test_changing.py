"""What is sent to change a listing, above all where Etsy would charge a fee."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from mmhub_desktop.domain.listing import ListingChange, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.errors import Rejected
from mmhub_desktop.marketplaces.etsy.changing import Paths, plan_change, plan_end, plan_relist
from mmhub_desktop.marketplaces.etsy.inventory import rewrite
from mmhub_desktop.marketplaces.etsy.mapping import Seller
from mmhub_desktop.marketplaces.etsy.reading import read_listing

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PATHS = Paths("52", {"legacy": "false"})
FREE = Seller("USD", "US", {})
PAYS = Seller("USD", "US", {"publish": "active", "renew": "yes"})
FIVE = ListingChange(quantity=5)


def row(state: str = "active", *, quantity: int = 4, products: int = 1, ends: int = 30, **more: Any) -> dict[str, Any]:
    """A listing as it is read."""
    offering = {
        "offering_id": 9, "is_deleted": False, "quantity": quantity, "is_enabled": True, "readiness_state_id": 73,
        "price": {"amount": 1990, "divisor": 100, "currency_code": "USD"},
    }  # fmt: skip
    value = {"property_id": 200, "property_name": "Color", "scale_id": None, "scale_name": None, "value_ids": [3],
             "values": ["Blue"]}  # fmt: skip
    product = {"product_id": 8, "sku": "A", "is_deleted": False, "property_values": [value], "offerings": [offering]}
    inventory = {
        "products": [product] * products + [{**product, "is_deleted": True}],
        "price_on_property": [], "quantity_on_property": [], "sku_on_property": [200], **more,
    }  # fmt: skip
    end = int((NOW + timedelta(days=ends)).timestamp())
    return {"listing_id": 7, "state": state, "quantity": quantity, "ending_timestamp": end, "inventory": inventory}


def change(listing: dict[str, Any], wanted: ListingChange, seller: Seller = FREE) -> list[str]:
    """What is sent, in short."""
    return [short(one) for one in plan_change(PATHS, listing, wanted, seller, NOW)]


def short(request: OutgoingRequest) -> str:
    """``PATCH state=active``, ``PUT 5``."""
    if request.content_type.startswith("application/x-www-form"):
        fields = {key: values[0] for key, values in parse_qs(request.text).items()}
        return f"{request.method} " + " ".join(f"{key}={value}" for key, value in fields.items())
    if request.method == "DELETE":
        return "DELETE"
    return f"PUT {json.loads(request.text)['products'][0]['offerings'][0]['quantity']}"


def test_the_inventory_is_written_as_it_was_but_for_what_changes() -> None:
    (put,) = plan_change(PATHS, row(), ListingChange(price=Money(2150, "USD"), quantity=5), FREE, NOW)
    assert (put.method, put.path) == ("PUT", "/v3/application/listings/7/inventory?legacy=false")
    assert json.loads(put.text) == {
        "products": [
            {
                "sku": "A",
                "property_values": [
                    {"property_id": 200, "scale_id": None, "value_ids": [3], "values": ["Blue"],
                     "property_name": "Color"},
                ],
                "offerings": [{"price": 21.5, "quantity": 5, "is_enabled": True, "readiness_state_id": 73}],
            }
        ],
        "price_on_property": [], "quantity_on_property": [], "sku_on_property": [200],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("listing", "seller", "sent"),
    [
        (row(), FREE, ["PUT 5"]),
        (row("draft"), FREE, ["PUT 5"]),
        (row("inactive"), FREE, ["PUT 5"]),  # switched off by hand: stays off
        (row("inactive", quantity=1), FREE, ["PUT 5", "PATCH state=active"]),  # off for want of stock: free
        (row("inactive", quantity=1, ends=-1), PAYS, ["PATCH state=active", "PUT 5"]),  # expired meanwhile: a fee
        (row("sold_out", quantity=0), PAYS, ["PATCH state=active", "PUT 5"]),
    ],
)
def test_stock_that_is_back(listing: dict[str, Any], seller: Seller, sent: list[str]) -> None:
    assert change(listing, FIVE, seller) == sent


@pytest.mark.parametrize("listing", [row("sold_out", quantity=0), row("inactive", quantity=1, ends=-1)])
def test_nothing_is_renewed_without_leave(listing: dict[str, Any]) -> None:
    with pytest.raises(Rejected) as caught:
        change(listing, FIVE)
    assert caught.value.findings[0].rule == "etsy.fee"
    assert "Renew" in caught.value.hint


def test_an_empty_shelf_switches_off_before_the_stock_is_written() -> None:
    assert change(row(), ListingChange(quantity=0, title="Mug")) == ["PATCH title=Mug state=inactive", "PUT 1"]
    assert change(row("inactive", quantity=1), ListingChange(quantity=0)) == [], "it is so already"
    assert change(row("sold_out", quantity=0), ListingChange(quantity=0)) == []
    with pytest.raises(Rejected):
        change(row("draft"), ListingChange(quantity=0))


def test_what_differs_by_variant_is_not_flattened() -> None:
    with pytest.raises(Rejected) as price:
        change(row(price_on_property=[200]), ListingChange(price=Money(100, "USD")))
    assert price.value.findings[0].field == "price"
    with pytest.raises(Rejected) as stock:
        change(row(quantity_on_property=[200]), FIVE)
    assert stock.value.findings[0].field == "quantity"
    assert change(row(price_on_property=[200]), FIVE) == ["PUT 5"]


def test_refused_before_anything_is_sent() -> None:
    for wanted, field in (
        (ListingChange(price=Money(5, "USD")), "price"),
        (ListingChange(price=Money(500, "EUR")), "price"),
        (ListingChange(quantity=1000), "quantity"),
        (ListingChange(title="a & b & c"), "title"),
        (ListingChange(description=" "), "description"),
    ):
        with pytest.raises(Rejected) as caught:
            change(row(), wanted)
        assert caught.value.findings[0].field == field


def test_ending_and_showing_again() -> None:
    ends = {state: [short(one) for one in plan_end(PATHS, row(state), deletes=False)] for state in
            ("active", "inactive", "sold_out", "draft")}  # fmt: skip
    assert ends == {"active": ["PATCH state=inactive"], "inactive": [], "sold_out": [], "draft": ["DELETE"]}
    assert [short(one) for one in plan_end(PATHS, row("expired"), deletes=True)] == ["DELETE"]
    assert [short(one) for one in plan_relist(PATHS, row("inactive"), FREE, NOW)] == ["PATCH state=active"]
    assert plan_relist(PATHS, row(), FREE, NOW) == ()
    for listing in (row("draft"), row("expired"), row("sold_out"), row("inactive", ends=-1)):
        with pytest.raises(Rejected):
            plan_relist(PATHS, listing, FREE, NOW)
        assert [short(one) for one in plan_relist(PATHS, listing, PAYS, NOW)] == ["PATCH state=active"]


def test_lists_travel_joined_or_repeated() -> None:
    assert PATHS.form({"tags": ["a b", "c"], "is_supply": False, "n": 5}) == {
        "tags": "a b,c", "is_supply": "false", "n": "5"
    }  # fmt: skip
    body = Paths("52", {}, repeats=True).create({"tags": ["a b", "c"]}).text
    assert body == "tags%5B%5D=a+b&tags%5B%5D=c"


def family(*stock: int, state: str = "active", **more: Any) -> dict[str, Any]:
    """A listing with variants A, B, … of a colour each."""
    listing = row(state, **more)
    (product, deleted) = listing["inventory"]["products"]
    products = []
    for number, quantity in enumerate(stock):
        value = {**product["property_values"][0], "value_ids": [number + 1], "values": [f"Color {number}"]}
        offering = {**product["offerings"][0], "quantity": quantity}
        products.append({**product, "sku": "ABC"[number], "property_values": [value], "offerings": [offering]})
    inventory = {**listing["inventory"], "products": [*products, deleted], "quantity_on_property": [200]}
    return {**listing, "quantity": sum(stock), "inventory": inventory}


def offerings(request: OutgoingRequest) -> list[tuple[str, float, int]]:
    """SKU, price and stock of each product of a sent inventory."""
    products = json.loads(request.text)["products"]
    return [(one["sku"], one["offerings"][0]["price"], one["offerings"][0]["quantity"]) for one in products]


def test_variants_are_changed_by_their_sku() -> None:
    wanted = ListingChange(variants=(VariantState("B", Money(2500, "USD"), 0), VariantState("X", None, 9)))
    (put,) = plan_change(PATHS, family(2, 3), wanted, FREE, NOW)
    assert offerings(put) == [("A", 19.9, 2), ("B", 25, 0)]
    assert json.loads(put.text)["price_on_property"] == [200], "prices differ now"
    assert plan_change(PATHS, family(2, 3), ListingChange(variants=(VariantState("A", None, 2),)), FREE, NOW) == ()


def test_a_family_is_off_when_no_variant_is_left() -> None:
    none_left = ListingChange(variants=tuple(VariantState(sku, None, 0) for sku in "AB"))
    off, put = plan_change(PATHS, family(2, 3), none_left, FREE, NOW)
    assert short(off) == "PATCH state=inactive"
    assert offerings(put) == [("A", 19.9, 1), ("B", 19.9, 0)], "Etsy wants one piece"
    emptied = family(1, 0, state="inactive")
    assert [one.quantity for one in read_listing(emptied).variants] == [0, 0]
    again = ListingChange(variants=(VariantState("A", None, 0), VariantState("B", None, 4)))
    put, on = plan_change(PATHS, emptied, again, FREE, NOW)
    assert (offerings(put), short(on)) == ([("A", 19.9, 0), ("B", 19.9, 4)], "PATCH state=active")


def test_a_family_is_read_by_its_variants() -> None:
    read = read_listing(family(2, 3))
    assert (read.price, read.quantity) == (None, None)
    assert read.variants == (VariantState("A", Money(1990, "USD"), 2), VariantState("B", Money(1990, "USD"), 3))


def test_an_inventory_with_holes_is_read_and_written_without_them() -> None:
    whole = {"price": {"amount": 500, "divisor": 100, "currency_code": "EUR"}, "quantity": 2, "is_enabled": True}
    offerings = [None, {**whole, "is_deleted": True}, whole]
    inventory = {"products": [None, {"sku": "A", "offerings": offerings}, {"sku": "B", "offerings": None}]}
    shown = read_listing({"listing_id": 1, "state": "active", "inventory": inventory})
    assert [(one.sku, one.quantity) for one in shown.variants] == [("A", 2), ("B", 0)]
    assert [len(one["offerings"]) for one in rewrite(inventory)["products"]] == [1, 0]
