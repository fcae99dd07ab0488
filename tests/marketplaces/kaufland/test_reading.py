"""Answers of Kaufland's, also with words that no version knows yet."""

from typing import Any

import pytest

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrderState
from mmhub_desktop.errors import UnexpectedReply
from mmhub_desktop.marketplaces.kaufland.changing import read_bulk
from mmhub_desktop.marketplaces.kaufland.orders import order_of
from mmhub_desktop.marketplaces.kaufland.reading import data_problems, is_working, read_category_rules, read_unit


def unit(**changes: Any) -> dict[str, Any]:
    product = {"title": "Tasse", "url": "https://www.kaufland.de/product/1/", "eans": ["4006381333931"]}
    row = {
        "id_unit": 42,
        "status": "AVAILABLE",
        "currency": "EUR",
        "listing_price": 1299,
        "amount": 7,
        "id_offer": "T-1",
    }
    return {**row, "product": product, **changes}


def test_an_offer() -> None:
    shown = read_unit(unit())
    assert (shown.remote_id, shown.state, shown.price) == ("42", ListingState.LIVE, Money(1299, "EUR"))
    assert (shown.quantity, shown.sku, shown.title, shown.gtin) == (7, "T-1", "Tasse", "4006381333931")
    assert shown.reasons == ()


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"status": "ONHOLD"}, ListingState.ENDED),
        ({"status": "INCOMPLETE"}, ListingState.ACCEPTED),
        ({"amount": 0}, ListingState.PAUSED),
        ({"status": "SOMETHING_NEW"}, ListingState.ACCEPTED),
        ({"status": None}, ListingState.ACCEPTED),
    ],
)
def test_what_is_not_live_has_a_reason(changes: dict[str, Any], state: ListingState) -> None:
    shown = read_unit(unit(**changes))
    assert shown.state is state
    assert shown.reasons
    assert shown.reasons[0].message


def test_an_offer_with_little_said_is_read() -> None:
    shown = read_unit({"id_unit": 1, "product": None, "listing_price": "12", "amount": None})
    assert (shown.remote_id, shown.price, shown.quantity, shown.title) == ("1", None, None, "")


@pytest.mark.parametrize(
    ("status", "working", "fields"),
    [
        ({"update_status": "PENDING"}, True, []),
        ({"update_status": "IN_PROGRESS", "product_ready": True}, True, []),
        ({"update_status": "REVIEWED_BY_A_NEW_TEAM"}, True, []),
        ({"update_status": "SUCCESS", "product_ready": True}, False, []),
        ({"update_status": "SUCCESS", "product_not_ready_reason": "NOT_YET_PROCESSED"}, True, []),
        ({"update_status": "SUCCESS", "product_not_ready_reason": "BLACKLISTED"}, False, [""]),
        ({"update_status": "SUCCESS", "product_not_ready_reason": "A_NEW_REASON"}, False, [""]),
        ({"update_status": "ABORTED"}, False, [""]),
        ({"update_status": "FAIL", "update_fail_reason": "NO_CATEGORY"}, False, ["category"]),
        ({"update_status": "FAIL", "update_fail_reason": "A_NEW_REASON"}, False, [""]),
        (
            {
                "update_status": "SUCCESS",
                "product_not_ready_reason": "MISSING_ATTRIBUTES",
                "missing_attributes": ["colour", "picture"],
                "min_one_missing_attributes": ["width"],
                "attribute_values": [
                    {"attribute": "material", "original_value": "?", "state": "DECLINED", "message": "Not known."},
                    {"attribute": "colour", "original_value": "", "state": "MISSING", "message": ""},
                    {"attribute": "title", "original_value": "x", "state": "A_NEW_STATE", "message": ""},
                ],
            },
            False,
            ["attributes.colour", "images", "attributes.width", "attributes.material"],
        ),
    ],
)
def test_how_far_product_data_is(status: dict[str, Any], working: bool, fields: list[str]) -> None:
    assert is_working(status) is working
    problems = data_problems(status)
    assert [one.field for one in problems] == fields
    assert all(one.message and one.blocks for one in problems)


def order(*statuses: str) -> OrderState:
    units = [{"id_order_unit": number, "status": status} for number, status in enumerate(statuses)]
    return order_of({"id_order": "M1", "ts_created_iso": "2026-11-20T00:00:00Z", "order_units": units}).state


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (("open",), OrderState.PENDING),
        (("need_to_be_sent", "need_to_be_sent"), OrderState.OPEN),
        (("need_to_be_sent", "sent"), OrderState.PARTLY_SHIPPED),
        (("need_to_be_sent", "cancelled"), OrderState.OPEN),
        (("cancelled", "cancelled"), OrderState.CANCELLED),
        (("sent", "received", "cancelled"), OrderState.SHIPPED),
        (("received", "returned"), OrderState.DELIVERED),
        (("sent_and_autopaid",), OrderState.SHIPPED),
        (("returned_paid", "returned"), OrderState.RETURNED),
        (("a_new_word",), OrderState.PENDING),
        (("a_new_word", "sent"), OrderState.PENDING),
        ((), OrderState.PENDING),
    ],
)
def test_an_orders_state_is_that_of_its_pieces(statuses: tuple[str, ...], state: OrderState) -> None:
    assert order(*statuses) is state


def test_orders_with_little_said_are_read() -> None:
    read = order_of({"id_order": "M1", "ts_created_iso": "soon", "buyer": None, "shipping_address": None})
    assert (read.remote_id, read.lines, read.address.name) == ("M1", (), "")
    assert read.placed_at.tzinfo is not None


def test_attributes_are_read_from_the_strictest_group() -> None:
    row = {"id": 1, "name": "colour", "title": "Farbe", "type": "something_new", "is_multiple": True}
    category = {"id_category": 7, "name": "x", "required_attributes": [row], "optional_attributes": [row, {"id": 2}, 3]}
    rules = read_category_rules(category, {}, "EUR", 80)
    assert [(one.id, one.required, one.value_type) for one in rules.attributes] == [("colour", True, "something_new")]


def test_a_bulk_answer_of_another_form_is_not_understood() -> None:
    with pytest.raises(UnexpectedReply):
        read_bulk({"ok": True}, ["1"])
