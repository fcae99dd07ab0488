"""Price rows in every reported form, and offers that keep running."""

import json
from dataclasses import replace

import pytest

from mmhub_desktop.marketplaces.paris.prices import price_request, price_rows, read_prices, rows_within, stock_request
from mmhub_desktop.marketplaces.paris.terms import Terms, pick_store, pick_type

TERMS = Terms("STORE", "LIST", "OFFER", "", 120, 10, "parent", "storePrice", "POST", offers_always=True)
RUNNING = {
    "value": 800, "storePrice": "STORE", "type": "OFFER",
    "showFrom": "2026-01-01T00:00:00.000Z", "showTo": "2026-02-01T00:00:00.000Z",
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("storePrice", {"value": 1000, "storePrice": "STORE", "type": "LIST"}),
        ("store", {"value": 1000, "store": "STORE", "price": "LIST"}),
        ("priceTypeId", {"priceTypeId": "list", "value": 1000}),
        ("value", {"value": 1000}),
    ],
)
def test_the_forms_that_integrators_report(form: str, expected: dict[str, object]) -> None:
    assert price_rows(replace(TERMS, price_row=form), 1000)[0] == expected


def test_a_running_offer_goes_along_with_its_period_while_it_is_below_the_price() -> None:
    assert price_rows(TERMS, 1000, RUNNING)[1] == RUNNING
    raised, lowered = price_rows(TERMS, 1000, RUNNING), price_rows(TERMS, 700, RUNNING)
    assert [row["value"] for row in raised] == [1000, 800]
    assert [row["value"] for row in lowered] == [700, 700]
    assert "showTo" not in lowered[1]
    assert [row["value"] for row in price_rows(replace(TERMS, offers_always=False), 700, RUNNING)] == [700]


def test_an_offer_at_the_price_is_none_and_another_store_counts_nothing() -> None:
    rows = [
        {"value": 1000, "storePrice": "STORE", "type": "LIST"},
        {"value": 1000, "storePrice": "STORE", "type": "OFFER"},
        {"value": 5, "storePrice": "EASY", "type": "LIST"},
    ]
    told = read_prices(rows, TERMS)
    assert (told.listed, told.offer) == (1000, None)
    assert read_prices([*rows, RUNNING], TERMS).offer == RUNNING


def test_rows_are_found_wherever_an_answer_has_them() -> None:
    rows = [{"value": 1000.0, "type": {"id": "x", "name": "Precio"}, "store": {"id": "STORE"}}]
    for body in (rows, {"prices": rows}, {"results": rows}):
        found = rows_within(body)
        assert found is not None
        assert read_prices(found, TERMS).listed == 1000
    assert rows_within({"message": "x"}) is None
    assert read_prices([{"value": "?"}], TERMS).listed == 0


def test_the_path_names_product_or_variant() -> None:
    rows = price_rows(TERMS, 1)
    assert price_request("MK1", "MK1-1", rows, TERMS).path == "/v2/prices/product/MK1"
    other = replace(TERMS, price_id="variant", price_change="PATCH")
    request = price_request("MK1", "MK1-1", rows, other)
    assert (request.method, request.path) == ("PATCH", "/v2/prices/product/MK1-1")
    assert price_request("MK1", "MK1-1", rows, other, fresh=True).method == "POST"


def test_stock_names_the_warehouse_only_where_there_is_one() -> None:
    assert json.loads(stock_request([("MK1-1", 0)], TERMS).body) == {"skus": [{"sku": "MK1-1", "quantity": 0}]}
    body = json.loads(stock_request([("MK1-1", 2)], replace(TERMS, warehouse="ffparis")).body)
    assert body == {"skus": [{"sku": "MK1-1", "quantity": 2, "warehouse": "ffparis"}]}


def test_the_store_of_paris_is_picked_and_an_unclear_one_is_not() -> None:
    paris = {"id": "1", "name": "Precio", "channel": {"name": "Paris.cl"}}
    easy = {"id": "2", "name": "Precio", "channel": {"name": "Easy"}}
    assert pick_store([easy, paris]) == "1"
    assert pick_store([easy]) == "2"
    assert pick_store([easy, {**easy, "id": "3"}]) == ""
    assert pick_store([paris, {**paris, "id": "4"}]) == ""
    assert pick_type([{"id": "9", "name": "Precio Oferta"}, {"id": "8", "name": "PRECIO"}], "precio") == "8"
