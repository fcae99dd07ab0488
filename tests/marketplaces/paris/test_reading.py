"""Answers of Paris read: approval, families, errors, lists of either kind, sub-orders."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrderState
from mmhub_desktop.errors import Rejected, SignInNeeded, UnexpectedReply
from mmhub_desktop.marketplaces.paris.orders import read_order_row
from mmhub_desktop.marketplaces.paris.paging import Row, read_all, read_page
from mmhub_desktop.marketplaces.paris.prices import Prices
from mmhub_desktop.marketplaces.paris.problems import error_for, field_of
from mmhub_desktop.marketplaces.paris.reading import product_within, read_attribute, read_listing, split_id

PAGE = "https://www.paris.cl/search?q={id}"
PRODUCT = {"id": "MK1", "name": "Lámpara", "statusApproval": "approved", "variants": [{"sku": "MK1-1"}]}
STOCK = [{"sku": "MK1-1", "sku_seller": "L-1", "availableStock": 4}]


def test_a_product_with_price_and_stock_is_live_under_its_sellers_sku() -> None:
    listing = read_listing(PRODUCT, STOCK, Prices(1000), PAGE)
    assert (listing.state, listing.sku, listing.quantity) == (ListingState.LIVE, "L-1", 4)
    assert listing.price == Money(1000, "CLP")
    assert listing.remote_id == "MK1:MK1-1"
    assert listing.url == "https://www.paris.cl/search?q=MK1"
    assert split_id("MK1:MK1-1") == ("MK1", "MK1-1")
    assert split_id("MK1") == ("MK1", "MK1-1")


@pytest.mark.parametrize(
    ("approval", "stock", "prices", "state", "field"),
    [
        ("pending", STOCK, Prices(1000), ListingState.ACCEPTED, ""),
        ("under_something_new", STOCK, Prices(1000), ListingState.ACCEPTED, ""),
        ("approved", [], Prices(1000), ListingState.PAUSED, "quantity"),
        ("approved", STOCK, Prices(), ListingState.ACCEPTED, "price"),
        ("approved", STOCK, None, ListingState.LIVE, None),
        ("rejected", STOCK, Prices(1000), ListingState.REJECTED, ""),
    ],
)
def test_states(approval: str, stock: list[Row], prices: Prices | None, state: ListingState, field: str | None) -> None:
    listing = read_listing({**PRODUCT, "statusApproval": approval}, stock, prices, PAGE)
    assert listing.state is state
    assert [one.field for one in listing.reasons] == ([] if field is None else [field])


def test_reasons_of_a_refusal_are_found_in_any_field_named_so() -> None:
    refused = {
        **PRODUCT, "statusApproval": "rejected",
        "rejectionReasons": [{"message": "La imagen es borrosa"}], "observations": "Falta el precio",
    }  # fmt: skip
    told = read_listing(refused, STOCK, None, PAGE).reasons
    assert [(one.field, one.original) for one in told] == [
        ("images", "La imagen es borrosa"), ("price", "Falta el precio"),
    ]  # fmt: skip


def test_a_product_within_an_envelope() -> None:
    body = {"product": {"id": "MK1", "name": "x"}, "variants": [{"sku": "MK1-1"}]}
    assert product_within(body) == {"id": "MK1", "name": "x", "variants": [{"sku": "MK1-1"}]}
    assert product_within([]) == {}


def test_an_attribute_whose_type_is_unknown_is_text() -> None:
    row = {"id": "a", "name": "Marca", "familyAttributes": [{"attributeValidation": {"isRequired": True}}]}
    assert read_attribute(row, []).value_type == "string"
    assert read_attribute(row, []).required
    other = {"id": "a", "familyAttributes": [{"attributeType": {"code": "LIST"}}]}
    assert (read_attribute(other, []).value_type, read_attribute(other, []).name) == ("list", "a")


def answer(status: int, body: Any) -> httpx.Response:
    request = httpx.Request("GET", "https://api-developers.ecomm.cencosud.com/v2/products/MK1")
    return httpx.Response(status, json=body, request=request)


@pytest.mark.parametrize("status", [400, 409, 422])
def test_texts_of_an_error_become_findings(status: int) -> None:
    body = {"message": ["variants.0.medias should not be empty", "product.name must be shorter"], "statusCode": status}
    error = error_for(answer(status, body), body, None)  # type: ignore[arg-type]
    assert isinstance(error, Rejected)
    assert [one.field for one in error.findings] == ["images", "title"]
    assert error.findings[0].original == body["message"][0]  # type: ignore[index]


def test_other_statuses() -> None:
    def error(status: int, body: Any) -> Exception:
        return error_for(answer(status, body), body, None)  # type: ignore[arg-type]

    assert isinstance(error(401, {"message": "Unauthorized"}), SignInNeeded)
    gone, forbidden, plain = error(404, {"message": "x"}), error(403, {}), error(400, "Precio inválido")
    assert isinstance(gone, Rejected)
    assert isinstance(forbidden, Rejected)
    assert "Seller Center" in forbidden.hint
    assert isinstance(plain, Rejected)
    assert plain.findings[0].field == "price"
    assert isinstance(error(302, {}), UnexpectedReply)
    assert field_of("something else") == ""


class Listed:
    """A list whose ``offset`` counts pages or rows."""

    def __init__(self, count: int, *, by_rows: bool, limit: int = 3, total: bool = False) -> None:
        self.rows = [{"id": str(number)} for number in range(count)]
        self.by_rows, self.limit = by_rows, limit
        self.total = count if total else None
        self.asked: list[int] = []

    async def __call__(self, offset: int) -> tuple[Sequence[Row], int | None]:
        self.asked.append(offset)
        start = offset if self.by_rows else offset * self.limit
        return self.rows[start : start + self.limit], self.total


def row_id(row: Row) -> str:
    return str(row["id"])


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 9])
@pytest.mark.parametrize("by_rows", [True, False])
@pytest.mark.parametrize("total", [True, False])
async def test_lists_of_either_kind_are_read_whole(count: int, by_rows: bool, total: bool) -> None:
    listed = Listed(count, by_rows=by_rows, total=total)
    assert [row["id"] for row in await read_all(listed, row_id)] == [str(number) for number in range(count)]
    assert len(listed.asked) <= count // 3 + 3


async def test_a_list_that_takes_no_offset_ends() -> None:
    async def fetch(_offset: int) -> tuple[Sequence[Row], int | None]:
        return [{"id": "1"}, {"id": "2"}], None

    assert len(await read_all(fetch, row_id)) == 2


async def test_pages_go_on_from_a_cursor() -> None:
    listed = Listed(7, by_rows=True)
    found, cursor = [], ""
    while True:
        rows, cursor, _ = await read_page(listed, cursor, row_id)
        found += [row["id"] for row in rows]
        if not cursor:
            break
    assert found == ["0", "1", "2", "3", "4", "5", "6"]


def test_units_of_a_sub_order_are_grouped_and_money_is_whole_pesos() -> None:
    item = {"sku": "MK1-1", "sellerSku": "L-1", "name": "Lámpara", "priceAfterDiscounts": 24990}
    row = {
        "subOrderNumber": "1001", "statusId": 8, "createdAtInOrigin": "2026-05-01T10:00:00.000Z",
        "items": [item, item, {**item, "sku": "MK2-1", "sellerSku": "L-2", "priceAfterDiscounts": "1000"}],
        "customer": {"name": "Ana"}, "shippingAddress": {"address1": "Calle 1", "communeName": "Ñuñoa"},
    }  # fmt: skip
    label = [{"format": "PDF", "url": "https://x/label"}]
    shipments = {"shipments": [{"carrier": "Bluexpress", "trackingNumber": "BX1", "label": label}]}
    order = read_order_row(row, shipments)
    assert order.state is OrderState.OPEN
    assert [(line.sku, line.quantity, line.price) for line in order.lines] == [
        ("L-1", 2, Money(24990, "CLP")), ("L-2", 1, Money(1000, "CLP")),
    ]  # fmt: skip
    assert order.total == Money(50980, "CLP")
    assert order.placed_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert (order.address.name, order.address.city, order.address.country) == ("Ana", "Ñuñoa", "CL")
    assert order.parcels[0].tracking == "BX1"
    assert order.raw["shipments"][0]["label"] == label


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"statusId": 14}, OrderState.SHIPPED),
        ({"statusId": "21"}, OrderState.DELIVERED),
        ({"statusId": 18}, OrderState.CANCELLED),
        ({"statusId": 72}, OrderState.RETURNED),
        ({"status": {"id": 24}}, OrderState.PARTLY_SHIPPED),
        ({"status": "awaiting_fullfillment"}, OrderState.OPEN),
        ({"statusId": 999}, OrderState.PENDING),
        ({}, OrderState.PENDING),
    ],
)
def test_states_of_orders(told: dict[str, Any], state: OrderState) -> None:
    assert read_order_row({"subOrderNumber": "1", **told}, {}).state is state
