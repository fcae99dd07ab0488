"""Orders of the practice MercadoLibre: searched by time, shipped by whoever is to ship them."""

from typing import Any

import httpx

from tests.fakes.practice_caller import Caller

NOTICE: dict[str, Any] = {
    "tracking_number": "X1",
    "tracking_url": "https://t.example/X1",
    "status": "shipped",
    "substatus": None,
    "payload": {"service_id": 282578, "comment": "", "date": "2026-05-01T00:00:00.000+00:00"},
}


async def sold(caller: Caller) -> dict[str, Any]:
    """An order of a listed item."""
    item = await caller.create()
    answer = await caller.http.post(f"/_practice/sell/{item['id']}", json={"quantity": 1})
    assert answer.status_code == 200, answer.text
    order: dict[str, Any] = (await caller.http.get(f"/orders/{answer.json()['order_id']}")).json()
    return order


async def search(caller: Caller, **query: Any) -> httpx.Response:
    return await caller.http.get("/orders/search", params={"seller": caller.user_id, **query})


async def test_filters_by_time_and_one_that_does_not_exist(caller: Caller) -> None:
    order = await sold(caller)
    assert order["date_created"].endswith("-04:00")
    late = {"order.date_last_updated.from": "2100-01-01T00:00:00.000Z"}
    assert (await search(caller, **late)).json()["results"] == []
    wrong = {"order.last_updated.from": "2100-01-01T00:00:00.000Z"}
    assert [row["id"] for row in (await search(caller, **wrong)).json()["results"]] == [order["id"]]
    await caller.faults(updated_filter=False)
    assert (await search(caller, **late)).json()["paging"]["total"] == 1
    assert (await search(caller, limit=51)).status_code == 400
    assert (await caller.http.get("/orders/search", params={"seller": 1})).status_code == 403


async def test_the_own_carrier_tells_and_the_marketplaces_does_not(caller: Caller) -> None:
    await caller.faults(shipping_mode="me1")
    order = await sold(caller)
    path = f"/shipments/{order['shipping']['id']}"
    assert "logistic" not in (await caller.http.get(path)).json()
    shipment = (await caller.http.get(path, headers={"x-format-new": "true"})).json()
    assert (shipment["logistic"]["mode"], shipment["status"]) == ("me1", "ready_to_ship")
    notices = f"{path}/seller_notifications"
    other = {**NOTICE, "payload": {"service_id": 11}}
    assert (await caller.http.post(notices, json=other)).status_code == 400
    assert (await caller.http.post(notices, json={**NOTICE, "tracking_number": ""})).status_code == 400
    assert (await caller.http.post(notices, json=NOTICE)).status_code == 201
    told = (await caller.http.get(f"/orders/{order['id']}/shipments")).json()
    assert (told["status"], told["tracking_number"]) == ("shipped", "X1")
    labels = await caller.http.get("/shipment_labels", params={"shipment_ids": order["shipping"]["id"]})
    assert labels.status_code == 400
    await caller.faults(shipping_mode="me2")
    order = await sold(caller)
    notices = f"/shipments/{order['shipping']['id']}/seller_notifications"
    assert (await caller.http.post(notices, json=NOTICE)).status_code == 400
    labels = await caller.http.get("/shipment_labels", params={"shipment_ids": order["shipping"]["id"]})
    assert labels.content.startswith(b"%PDF")


async def test_what_is_not_there(caller: Caller) -> None:
    assert (await caller.http.get("/orders/1")).status_code == 404
    assert (await caller.http.get("/shipments/1")).status_code == 404
    await caller.faults(shipping_mode="not_specified")
    order = await sold(caller)
    assert order["shipping"] == {"id": None}
    assert (await caller.http.get(f"/orders/{order['id']}/shipments")).status_code == 404
