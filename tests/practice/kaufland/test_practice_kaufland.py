"""The practice Kaufland, called as an integrator would, sharing nothing with the adapter."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mmhub_desktop.practice.server import PracticeServer

CLIENT_KEY = "practice0client0key0for0kaufland"
SECRET_KEY = "practice0secret0key0practice0secret0key0practice0secret0key00000"
EAN, OTHER_EAN, KNOWN_EAN = "2000000000015", "2000000000022", "4006381333931"
ATTRIBUTES = {
    "title": ["Tasse"],
    "description": ["Eine Tasse."],
    "picture": ["https://pictures.example.com/1.jpg"],
    "category": ["Tassen"],
    "manufacturer": ["Andina"],
    "product_safety_contact": {"name": "Andina GmbH", "address": "Musterstraße 1, Berlin"},
}


class Caller:
    """Signs as the facts say."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.headers: dict[str, str | None] = {}
        self.ahead_s = 0

    async def call(self, method: str, path: str, body: Any = None, **params: Any) -> httpx.Response:
        request = self.http.build_request(method, path, params=params, json=body)
        stamp = str(int(time.time() + self.ahead_s))
        text = "\n".join((method, str(request.url), request.content.decode(), stamp))
        signature = hmac.new(SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
        signed = {"Shop-Client-Key": CLIENT_KEY, "Shop-Timestamp": stamp, "Shop-Signature": signature}
        for name, value in {**signed, **self.headers}.items():
            if value is None:
                request.headers.pop(name, None)
            else:
                request.headers[name] = value
        return await self.http.send(request)

    async def tell(self, **switches: object) -> None:
        answer = await self.http.post("/_practice/faults", json=switches)
        assert answer.status_code == 200, answer.text

    async def offer(self, sku: str = "T-1", ean: str = KNOWN_EAN, **changes: Any) -> httpx.Response:
        storefront = changes.pop("storefront", "de")
        body = {"ean": ean, "id_offer": sku, "listing_price": 1299, "handling_time": 1, "amount": 5, **changes}
        return await self.call("POST", "/v2/units", body, storefront=storefront)

    async def made(self, sku: str = "T-1", ean: str = KNOWN_EAN, **changes: Any) -> int:
        answer = await self.offer(sku, ean, **changes)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["data"]["id_unit"])

    async def unit(self, number: int, storefront: str = "de") -> dict[str, Any]:
        answer = await self.call("GET", f"/v2/units/{number}", storefront=storefront, embedded="products")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    server = PracticeServer("kaufland")
    async with httpx.AsyncClient(base_url=await server.start()) as http:
        yield Caller(http)
    await server.stop()


async def test_signed_calls_are_let_in(caller: Caller) -> None:
    answer = await caller.call("GET", "/v2/status/ping")
    assert (answer.status_code, answer.json()) == (200, {"data": {"message": "pong"}})


@pytest.mark.parametrize(
    ("header", "value", "kind"),
    [
        ("Shop-Client-Key", None, "missing-or-invalid-request-header"),
        ("Shop-Timestamp", None, "missing-or-invalid-request-header"),
        ("Shop-Signature", None, "missing-or-invalid-request-header"),
        ("User-Agent", None, "missing-or-invalid-request-header"),
        ("Shop-Client-Key", "x" * 32, "invalid-credentials"),
        ("Shop-Signature", "0" * 64, "corrupted-signature"),
        ("Shop-Timestamp", "soon", "missing-or-invalid-request-header"),
    ],
)
async def test_unsigned_calls_are_refused(caller: Caller, header: str, value: str | None, kind: str) -> None:
    caller.headers[header] = value
    answer = await caller.call("GET", "/v2/status/ping")
    assert (answer.status_code, answer.json()["type"]) == (401, f"/problems/{kind}")


@pytest.mark.parametrize(("ahead_s", "status"), [(290, 200), (-290, 200), (310, 401), (-310, 401)])
async def test_clocks_may_differ_by_five_minutes(caller: Caller, ahead_s: int, status: int) -> None:
    caller.ahead_s = ahead_s
    assert (await caller.call("GET", "/v2/status/ping")).status_code == status


async def test_the_signature_covers_address_and_body(caller: Caller) -> None:
    request = caller.http.build_request("GET", "/v2/units", params={"storefront": "de"})
    stamp = str(int(time.time()))
    text = "\n".join(("GET", str(request.url), "", stamp))
    signature = hmac.new(SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
    headers = {"Shop-Client-Key": CLIENT_KEY, "Shop-Timestamp": stamp, "Shop-Signature": signature}
    assert (await caller.http.get("/v2/units", params={"storefront": "de"}, headers=headers)).status_code == 200
    other = await caller.http.get("/v2/units", params={"storefront": "at"}, headers=headers)
    assert other.json()["type"] == "/problems/corrupted-signature"


async def test_storefronts(caller: Caller) -> None:
    opened = (await caller.call("GET", "/v2/info/storefront")).json()["data"]
    assert "de" in opened
    closed = await caller.call("GET", "/v2/units", storefront="it")
    assert closed.json()["type"] == "/problems/storefront-not-configured"
    assert (await caller.call("GET", "/v2/units", storefront="xx")).json()["type"] == "/problems/validation-error"


async def test_an_unknown_ean_needs_data_first(caller: Caller) -> None:
    assert (await caller.call("GET", f"/v2/products/ean/{EAN}", storefront="de")).status_code == 404
    refused = await caller.offer(ean=EAN)
    assert [one["field"] for one in refused.json()["errors"]] == ["ean"]
    await caller.tell(ready_after_s=60)
    sent = await caller.call("PUT", "/v2/product-data", {"ean": [EAN], "attributes": ATTRIBUTES}, locale="de-DE")
    assert sent.status_code == 200
    number = await caller.made(ean=EAN)
    assert (await caller.unit(number))["status"] == "INCOMPLETE"
    status = (await caller.call("GET", f"/v2/product-data/status/{EAN}", locale="de-DE")).json()["data"]
    assert (status["update_status"], status["product_ready"]) == ("PENDING", False)
    await caller.http.post("/_practice/clock", json={"advance_s": 61})
    caller.ahead_s = 61
    status = (await caller.call("GET", f"/v2/product-data/status/{EAN}", locale="de-DE")).json()["data"]
    assert (status["update_status"], status["product_ready"]) == ("SUCCESS", True)
    unit = await caller.unit(number)
    assert (unit["status"], unit["product"]["title"]) == ("AVAILABLE", "Tasse")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"category": ["Nirgends"]}, {"update_status": "FAIL", "update_fail_reason": "NO_CATEGORY"}),
        ({"title": []}, {"update_status": "FAIL", "update_fail_reason": "NOT_ENOUGH_TEXT"}),
        ({"manufacturer": [""]}, {"missing_attributes": ["manufacturer"]}),
        ({"category": ["21"], "colour": ["Türkis"]}, {"missing_attributes": ["colour"]}),
    ],
)
async def test_data_that_is_not_enough(caller: Caller, changes: dict[str, Any], said: dict[str, Any]) -> None:
    body = {"ean": [EAN], "attributes": {**ATTRIBUTES, **changes}}
    assert (await caller.call("PUT", "/v2/product-data", body, locale="de-DE")).status_code == 200
    status = (await caller.call("GET", f"/v2/product-data/status/{EAN}", locale="de-DE")).json()["data"]
    assert {name: status[name] for name in said} == said
    assert not status["product_ready"]


@pytest.mark.parametrize(
    "body",
    [
        {"ean": EAN, "attributes": ATTRIBUTES},
        {"ean": ["123"], "attributes": ATTRIBUTES},
        {"ean": ["2000000000016"], "attributes": ATTRIBUTES},
        {"ean": [EAN], "attributes": {"title": "Tasse"}},
        {"ean": [EAN], "attributes": {"product_safety_contact": {"name": "A"}}},
        {"ean": [EAN]},
    ],
)
async def test_data_of_another_form_is_refused(caller: Caller, body: dict[str, Any]) -> None:
    answer = await caller.call("PUT", "/v2/product-data", body, locale="de-DE")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/validation-error")
    assert answer.json()["errors"]


async def test_a_patch_keeps_what_else_was_sent(caller: Caller) -> None:
    await caller.call("PUT", "/v2/product-data", {"ean": [EAN], "attributes": ATTRIBUTES}, locale="de-DE")
    change = {"ean": [EAN], "attributes": {"title": ["Becher"]}}
    await caller.call("PATCH", "/v2/product-data", change, locale="de-DE")
    kept = (await caller.call("GET", f"/v2/product-data/{EAN}", locale="de-DE")).json()["data"]
    assert kept == {"ean": [EAN], "attributes": {**ATTRIBUTES, "title": ["Becher"]}}
    assert (await caller.call("GET", f"/v2/product-data/{EAN}", locale="pl-PL")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"listing_price": 0}, "listing_price"),
        ({"listing_price": 100_000_001}, "listing_price"),
        ({"listing_price": 12.99}, "listing_price"),
        ({"amount": -1}, "amount"),
        ({"handling_time": 101}, "handling_time"),
        ({"condition": "OLD"}, "condition"),
        ({"note": "x" * 251}, "note"),
        ({"id_warehouse": 9}, "id_warehouse"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_offers_are_checked(caller: Caller, changes: dict[str, Any], field: str) -> None:
    answer = await caller.offer(**changes)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(("switch", "status", "count"), [("refuse", 400, 1), ("update", 200, 1), ("duplicate", 200, 2)])
async def test_the_same_offer_again(caller: Caller, switch: str, status: int, count: int) -> None:
    await caller.tell(repeat_unit=switch)
    await caller.made()
    assert (await caller.offer(listing_price=999)).status_code == status
    found = (await caller.call("GET", "/v2/units", storefront="de", id_offer="T-1")).json()["data"]
    assert len(found) == count


async def test_new_offers_are_missing_from_the_list_for_a_while(caller: Caller) -> None:
    await caller.tell(lookup_lag_s=300)
    number = await caller.made()
    assert (await caller.call("GET", "/v2/units", storefront="de", id_offer="T-1")).json()["data"] == []
    assert (await caller.unit(number))["id_offer"] == "T-1"
    await caller.http.post("/_practice/clock", json={"advance_s": 301})
    caller.ahead_s = 301
    assert len((await caller.call("GET", "/v2/units", storefront="de", id_offer="T-1")).json()["data"]) == 1


async def test_an_id_stands_for_one_product_and_condition(caller: Caller) -> None:
    await caller.made()
    for changes in ({"ean": "5901234123457"}, {"condition": "USED___GOOD"}):
        answer = await caller.offer(storefront="at", **changes)
        assert [one["field"] for one in answer.json()["errors"]] == ["id_offer"]


async def test_stock_is_shared_between_storefronts_and_the_price_is_not(caller: Caller) -> None:
    german = await caller.made()
    austrian = await caller.made(storefront="at", amount=8, listing_price=1399)
    assert (await caller.unit(german))["amount"] == 8
    await caller.call("PATCH", f"/v2/units/{german}", {"amount": 2, "listing_price": 1199}, storefront="de")
    unit = await caller.unit(austrian, "at")
    assert (unit["amount"], unit["listing_price"]) == (2, 1399)


async def test_bulk_changes_are_answered_one_by_one_or_refused_as_a_whole(caller: Caller) -> None:
    numbers = [await caller.made(f"B-{place}") for place in range(2)]
    rows = [
        {"id_unit": numbers[0], "unit_data": {"amount": 1}},
        {"id_unit": numbers[1], "unit_data": {"listing_price": 0}},
        {"id_unit": 1, "unit_data": {"amount": 1}},
    ]
    answer = await caller.call("POST", "/v2/units/bulk", rows, storefront="de")
    assert answer.status_code == 207
    assert [row["status_code"] for row in answer.json()["data"]] == [200, 400, 404]
    for many, kind in ((rows[:1] * 2, "duplicate-units"), ([{"id_unit": n} for n in range(1, 152)], "too-many-units")):
        refused = await caller.call("POST", "/v2/units/bulk", many, storefront="de")
        assert (refused.status_code, refused.json()["type"]) == (400, f"/problems/units/bulk-{kind}")


async def test_held_and_deleted_offers(caller: Caller) -> None:
    number = await caller.made()
    for status in ("ONHOLD", "AVAILABLE"):
        await caller.call("PATCH", f"/v2/units/{number}", {"status": status}, storefront="de")
        assert (await caller.unit(number))["status"] == status
    refused = await caller.call("PATCH", f"/v2/units/{number}", {"status": "INCOMPLETE"}, storefront="de")
    assert refused.status_code == 400
    assert (await caller.call("DELETE", f"/v2/units/{number}", storefront="de")).status_code == 204
    assert (await caller.call("DELETE", f"/v2/units/{number}", storefront="de")).status_code == 404
    assert await caller.made() != number


async def test_pieces_are_sold_listed_and_sent(caller: Caller) -> None:
    number = await caller.made()
    for quantity in (2, 1):
        sold = await caller.http.post(f"/_practice/sell/{number}", json={"quantity": quantity})
        assert sold.status_code == 200
    assert (await caller.unit(number))["amount"] == 2
    rows = (await caller.call("GET", "/v2/order-units", status="need_to_be_sent")).json()["data"]
    assert [row["id_order"] for row in rows][:1] == [sold.json()["order_id"]], "newest first"
    piece, body = rows[0]["id_order_unit"], {"tracking_numbers": "A,B", "carrier_code": "DHL"}
    wrong = await caller.call("PATCH", f"/v2/order-units/{piece}/send", {**body, "carrier_code": "Taube"})
    assert wrong.status_code == 400
    assert (await caller.call("PATCH", f"/v2/order-units/{piece}/send", body)).status_code == 204
    again = await caller.call("PATCH", f"/v2/order-units/{piece}/send", body)
    assert (again.status_code, again.json()["type"]) == (403, "/problems/action-not-allowed")
    order = (await caller.call("GET", f"/v2/orders/{rows[0]['id_order']}")).json()["data"]
    assert [one["status"] for one in order["order_units"]] == ["sent"]
    too_many = await caller.http.post(f"/_practice/sell/{number}", json={"quantity": 3})
    assert too_many.status_code == 400


async def test_a_buyers_page_and_the_list_of_all(caller: Caller) -> None:
    number = await caller.made()
    page = (await caller.http.get(f"/_practice/items/{number}")).text
    assert "Stabilo Boss Textmarker gelb" in page
    assert "12.99 EUR" in page
    assert "nicht im Shop" not in page
    await caller.call("PATCH", f"/v2/units/{number}", {"status": "ONHOLD"}, storefront="de")
    assert "nicht im Shop" in (await caller.http.get(f"/_practice/items/{number}")).text
    assert "T-1" in (await caller.http.get("/_practice/")).text


async def test_keys_that_were_taken_away(caller: Caller) -> None:
    await caller.tell(revoke=True)
    assert (await caller.call("GET", "/v2/status/ping")).json()["type"] == "/problems/invalid-credentials"
    await caller.tell(restore=True)
    assert (await caller.call("GET", "/v2/status/ping")).status_code == 200


async def test_everything_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "kaufland.jsonl"
    numbers = []
    for turn in range(2):
        server = PracticeServer("kaufland", state_file=file)
        async with httpx.AsyncClient(base_url=await server.start()) as http:
            caller = Caller(http)
            if not turn:
                body = {"ean": [OTHER_EAN], "attributes": ATTRIBUTES}
                await caller.call("PUT", "/v2/product-data", body, locale="de-DE")
                numbers = [await caller.made(), await caller.made("T-2", OTHER_EAN)]
                await http.post(f"/_practice/sell/{numbers[0]}", json={"quantity": 1})
            else:
                assert [(await caller.unit(one))["status"] for one in numbers] == ["AVAILABLE", "AVAILABLE"]
                assert len((await caller.call("GET", "/v2/order-units")).json()["data"]) == 1
                assert (await caller.offer()).json()["type"] == "/problems/already-exists"
                assert json.loads((await http.get("/_practice/state")).text)["creates"] == 2
        await server.stop()
