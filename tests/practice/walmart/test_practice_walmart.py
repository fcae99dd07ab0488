"""The practice Walmart by itself, over plain HTTP as its documents describe it."""

import base64
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from mmhub_desktop.practice.server import PracticeServer
from tests.fakes.barcodes import barcode

VERSION = "5.0.20260608-18_15_07-api"
HEADER = {"businessUnit": "WALMART_US", "locale": "en", "version": VERSION}


class Seller:
    """A signed-in caller."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.token = ""

    def headers(self, **more: str) -> dict[str, str]:
        base = {"WM_SVC.NAME": "Walmart Marketplace", "WM_QOS.CORRELATION_ID": str(uuid.uuid4())}
        return {**base, **({"WM_SEC.ACCESS_TOKEN": self.token} if self.token else {}), **more}

    async def sign_in(self, pair: str = "practice-client:practice-secret") -> httpx.Response:
        basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
        form = {"grant_type": "client_credentials"}
        answer = await self.http.post("/v3/token", data=form, headers=self.headers(Authorization=basic))
        self.token = answer.json().get("access_token", "")
        return answer

    async def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.http.request(method, path, json=body, headers=self.headers())

    async def control(self, what: str, **body: Any) -> Any:
        answer = await self.http.post(f"/_practice/{what}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def feed(self, kind: str, body: Any) -> dict[str, Any]:
        """Send a feed and read its report."""
        taken = await self.call("POST", f"/v3/feeds?feedType={kind}", body)
        assert taken.status_code == 200, taken.text
        return await self.report(taken.json()["feedId"])

    async def report(self, feed_id: str) -> dict[str, Any]:
        answer = await self.call("GET", f"/v3/feeds/{quote(feed_id, safe='')}?includeDetails=true&limit=50&offset=0")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.http.get("/_practice/state")).json()
        return found


def item(sku: str, **visible: Any) -> dict[str, Any]:
    shown = {
        "productName": "Practice Table Lamp", "brand": "Lumea", "shortDescription": "A lamp.", "color": "White",
        "condition": "New", "keyFeatures": ["a", "b", "c"], "mainImageUrl": "https://pictures.example.com/1.jpg",
    }  # fmt: skip
    orderable = {
        "sku": sku,
        "productIdentifiers": {"productIdType": "UPC", "productId": barcode(sku)},
        "price": 19.99,
        "ShippingWeight": 2.5,
    }
    return {"Orderable": orderable, "Visible": {"Table Lamps": {**shown, **visible}}}


def items(*rows: dict[str, Any], **header: Any) -> dict[str, Any]:
    return {"MPItemFeedHeader": {**HEADER, **header}, "MPItem": list(rows)}


def errors_of(report: dict[str, Any], place: int = 0) -> list[str]:
    row = report["itemDetails"]["itemIngestionStatus"][place]
    return [one["code"] for one in row.get("ingestionErrors", {}).get("ingestionError", ())]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[PracticeServer]:
    practice = PracticeServer("walmart", state_file=tmp_path / "walmart.jsonl")
    await practice.start()
    yield practice
    await practice.stop()


@pytest.fixture
async def seller(server: PracticeServer) -> AsyncIterator[Seller]:
    async with httpx.AsyncClient(base_url=server.base_url, timeout=10) as http:
        made = Seller(http)
        assert (await made.sign_in()).status_code == 200
        yield made


async def test_keys_give_a_token_of_fifteen_minutes(seller):
    answer = await seller.sign_in()
    assert answer.json()["expires_in"] == 900
    assert (await seller.call("GET", "/v3/settings/partnerprofile")).status_code == 200
    await seller.control("clock", advance_s=901)
    refused = await seller.call("GET", "/v3/settings/partnerprofile")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (401, "UNAUTHORIZED.GMP_GATEWAY_API")
    assert (await seller.sign_in("practice-client:wrong")).status_code == 401


@pytest.mark.off_specification("a call without the headers that every call needs")
async def test_every_call_carries_a_correlation_id(seller):
    headers = seller.headers()
    del headers["WM_QOS.CORRELATION_ID"]
    assert (await seller.http.get("/v3/items", headers=headers)).status_code == 400


@pytest.mark.parametrize(
    ("version", "status"),
    [(VERSION, 200), ("5.0", 400), ("5.0.20240126-12_25_52-api", 400), ("4.8", 400)],
)
async def test_only_a_full_and_present_version_of_the_specification(seller, version, status):
    body = {"feedType": "MP_ITEM", "version": version, "productTypes": ["Table Lamps"]}
    answer = await seller.call("POST", "/v3/items/spec", body)
    assert answer.status_code == status
    if status == 200:
        shown = answer.json()["properties"]["MPItem"]["items"]["properties"]["Visible"]["properties"]
        assert "keyFeatures" in shown["Table Lamps"]["required"]


async def test_an_item_becomes_live_and_has_no_stock(seller):
    report = await seller.feed("MP_ITEM", items(item("LAMP/1 +%")))
    assert report["feedStatus"] == "PROCESSED"
    path = f"/v3/items/{quote('LAMP/1 +%', safe='')}"
    (shown,) = (await seller.call("GET", path)).json()["ItemResponse"]
    assert (shown["publishedStatus"], shown["price"]["amount"]) == ("PUBLISHED", 19.99)
    stock = await seller.call("GET", f"/v3/inventory?sku={quote('LAMP/1 +%', safe='')}")
    assert stock.json()["quantity"]["amount"] == 0
    page = await seller.http.get(f"/_practice/items/{quote('LAMP/1 +%', safe='')}")
    assert "Practice Table Lamp" in page.text


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"productName": "Lamp"}, "ERR_EXT_DATA_0101107"),
        ({"keyFeatures": ["a"]}, "ERR_EXT_DATA_0101107"),
        ({"colour": "White"}, "ERR_EXT_DATA_0101107"),
        ({"has_written_warranty": "Yes - Warranty Text"}, "ERR_EXT_DATA_0101107"),
        ({"productSecondaryImageURL": ["https://pictures.example.com/2.jpg"]}, "ERR_EXT_DATA_0101107"),
        ({"mainImageUrl": "https://pictures.example.com/1.jpg?size=2"}, "ERR_EXT_DATA_0101234"),
    ],
)
async def test_what_the_specification_forbids_is_a_data_error(seller, change, code):
    report = await seller.feed("MP_ITEM", items(item("BAD-1", **change), item("GOOD-1")))
    assert report["feedStatus"] == "PROCESSED", "of each item nothing is said by this"
    assert errors_of(report) == [code]
    assert errors_of(report, 1) == []
    assert (await seller.call("GET", "/v3/items/BAD-1")).status_code == 404
    assert (await seller.call("GET", "/v3/items/GOOD-1")).status_code == 200


async def test_a_header_with_one_field_more_breaks_the_feed(seller):
    report = await seller.feed("MP_ITEM", items(item("A"), mart="WALMART_US"))
    assert report["feedStatus"] == "ERROR"
    assert report["ingestionErrors"]["ingestionError"][0]["code"] == "ERR_INT_DATA_01010092"


async def test_the_same_sku_is_changed_and_not_made_twice(seller):
    await seller.feed("MP_ITEM", items(item("TWICE-1")))
    row = item("TWICE-1")
    row["Orderable"]["price"] = 29.99
    await seller.feed("MP_ITEM", items(row))
    state = await seller.state()
    assert state["creates_by_sku"] == {"TWICE-1": 1}
    assert state["sent"] == {"TWICE-1": 2}
    assert state["items"]["TWICE-1"]["price"] == "$29.99"
    other = item("TWICE-2")
    other["Orderable"]["productIdentifiers"] = row["Orderable"]["productIdentifiers"]
    assert errors_of(await seller.feed("MP_ITEM", items(other))) == ["ERR_EXT_DATA_0101119"]


async def test_feeds_are_worked_on_for_a_while(seller):
    await seller.control("faults", ready_after_s=100)
    feed = (await seller.call("POST", "/v3/feeds?feedType=MP_ITEM", items(item("LATE-1")))).json()["feedId"]
    report = await seller.report(feed)
    assert report["feedStatus"] == "INPROGRESS"
    assert report["itemDetails"]["itemIngestionStatus"][0]["ingestionStatus"] == "INPROGRESS"
    assert (await seller.call("GET", "/v3/items/LATE-1")).status_code == 404
    await seller.control("clock", advance_s=101)
    assert (await seller.report(feed))["feedStatus"] == "PROCESSED"
    listed = (await seller.call("GET", "/v3/feeds?limit=50&offset=0")).json()["results"]["feed"]
    assert [(one["feedId"], one["itemsSucceeded"]) for one in listed] == [(feed, 1)]


async def test_a_sku_is_locked_while_an_earlier_feed_works_on_it(seller):
    await seller.feed("MP_ITEM", items(item("LOCK-1")))
    await seller.control("faults", ready_after_polls=3)
    row = {"Orderable": item("LOCK-1")["Orderable"], "Visible": {"Table Lamps": {"productName": "Another name"}}}
    first, second = [
        (await seller.call("POST", "/v3/feeds?feedType=MP_MAINTENANCE", items(row))).json()["feedId"] for _ in range(2)
    ]
    reports = [await seller.report(second) for _ in range(3)]
    assert errors_of(reports[-1]) == ["ERR_EXT_DATA_0101211"]
    assert errors_of([await seller.report(first) for _ in range(3)][-1]) == []


@pytest.mark.off_specification("an id of a feed that is not encoded")
async def test_the_at_sign_of_a_feed_must_be_encoded(seller):
    report = await seller.feed("MP_ITEM", items(item("A-1")))
    assert (await seller.call("GET", f"/v3/feeds/{report['feedId']}?includeDetails=true")).status_code == 404


async def test_stock_feeds_are_files_with_a_capital_key(seller):
    await seller.feed("MP_ITEM", items(item("S-1")))

    async def send(key: str) -> dict[str, Any]:
        body = {"InventoryHeader": {"version": "1.4"}, key: [{"sku": "S-1", "quantity": {"unit": "EACH", "amount": 4}}]}
        files = {"file": ("feed.json", json.dumps(body), "application/json")}
        taken = await seller.http.post("/v3/feeds?feedType=inventory", files=files, headers=seller.headers())
        return await seller.report(taken.json()["feedId"])

    wrong = await send("inventory")
    assert wrong["ingestionErrors"]["ingestionError"][0]["code"] == "ERR_EXT_DATA_0503009"
    assert (await send("Inventory"))["itemsSucceeded"] == 1
    assert (await seller.state())["items"]["S-1"]["quantity"] == 4


async def test_a_price_shows_after_a_while(seller):
    await seller.feed("MP_ITEM", items(item("P-1")))
    await seller.control("faults", read_lag_s=60)
    await seller.control("clock", advance_s=61)
    body = {"sku": "P-1", "pricing": [{"currentPriceType": "BASE", "currentPrice": {"currency": "USD", "amount": 5.5}}]}
    assert (await seller.call("PUT", "/v3/price", body)).status_code == 200
    (before,) = (await seller.call("GET", "/v3/items/P-1")).json()["ItemResponse"]
    await seller.control("clock", advance_s=61)
    (after,) = (await seller.call("GET", "/v3/items/P-1")).json()["ItemResponse"]
    assert (before["price"]["amount"], after["price"]["amount"]) == (19.99, 5.5)


async def test_limits_refuse_when_they_are_on(seller):
    await seller.control("faults", limits=True)
    for _ in range(10):
        assert (await seller.call("POST", "/v3/feeds?feedType=MP_ITEM", items(item("L-1")))).status_code == 200
    refused = await seller.call("POST", "/v3/feeds?feedType=MP_ITEM", items(item("L-1")))
    assert (refused.status_code, refused.headers["x-current-token-count"]) == (429, "0")
    assert refused.json()["errors"][0]["code"].startswith("REQUEST_THRESHOLD_VIOLATED")
    assert (await seller.call("POST", "/v3/feeds?feedType=MP_ITEM_MATCH", items(item("L-2")))).status_code == 200


async def test_everything_survives_a_restart(server, seller):
    await seller.feed("MP_ITEM", items(item("KEPT-1")))
    await seller.call("PUT", "/v3/inventory?sku=KEPT-1", {"sku": "KEPT-1", "quantity": {"unit": "EACH", "amount": 3}})
    await seller.control("faults", ready_after_s=100)
    waiting = (await seller.call("POST", "/v3/feeds?feedType=MP_ITEM", items(item("LATE-1")))).json()["feedId"]
    order = (await seller.control("sell/KEPT-1", quantity=1))["order_id"]
    await server.stop()
    await server.start()
    async with httpx.AsyncClient(base_url=server.base_url, timeout=10) as http:
        again = Seller(http)
        await again.sign_in()
        assert (await again.call("GET", f"/v3/orders/{order}")).json()["purchaseOrderId"] == order
        assert (await again.state())["items"]["KEPT-1"]["quantity"] == 2
        assert (await again.report(waiting))["feedStatus"] == "INPROGRESS"
        await again.control("clock", advance_s=101)
        assert (await again.report(waiting))["feedStatus"] == "PROCESSED"


async def test_a_line_is_shipped_once(seller):
    await seller.feed("MP_ITEM", items(item("O-1")))
    await seller.call("PUT", "/v3/inventory?sku=O-1", {"sku": "O-1", "quantity": {"unit": "EACH", "amount": 3}})
    number = (await seller.control("sell/O-1", quantity=1))["order_id"]
    tracking = {
        "shipDateTime": 1795168800000, "carrierName": {"carrier": "UPS"}, "methodCode": "Standard",
        "trackingNumber": "1Z",
    }  # fmt: skip
    quantity = {"unitOfMeasurement": "EACH", "amount": "1"}
    status = {"status": "Shipped", "statusQuantity": quantity, "trackingInfo": tracking}
    line = {"lineNumber": "1", "sellerOrderId": number, "orderLineStatuses": {"orderLineStatus": [status]}}
    body = {"orderShipment": {"orderLines": {"orderLine": [line]}}}
    path = f"/v3/orders/{number}/shipping"
    assert (await seller.call("POST", path, body)).status_code == 200
    assert (await seller.call("POST", path, body)).status_code == 400
    assert (await seller.state())["captures"] == 1
    assert (await seller.control("items/O-1", amount=0))["sku"] == "O-1"
    sold_out = await seller.http.post("/_practice/sell/O-1", json={"quantity": 1})
    assert sold_out.status_code == 400
