"""The practice Amazon answers as the models and pages say: refusals, delays, limits, a buyer's page."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from mmhub_desktop.practice.server import PracticeServer

US, SELLER = "ATVPDKIKX0DER", "A2PRACTICESHOP"
KEYS = {"client_id": "amzn1.application-oa2-client.practice", "client_secret": "amzn1.oa2-cs.v1.practice"}
ITEM = {
    "item_name": "Mug", "brand": "Andina", "product_description": "A mug.", "bullet_point": "Blue",
}  # fmt: skip


def listing(**more: Any) -> dict[str, Any]:
    """A listing that is taken."""
    place = {"marketplace_id": US}
    texts = {name: [{"value": text, "language_tag": "en_US", **place}] for name, text in ITEM.items()}
    attributes = {
        **texts,
        "condition_type": [{"value": "new_new"}],
        "supplier_declared_has_product_identifier_exemption": [{"value": True}],
        "purchasable_offer": [{"currency": "USD", "our_price": [{"schedule": [{"value_with_tax": 9.5}]}], **place}],
        "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 3}],
        "main_product_image_locator": [{"media_location": "https://x.example/1.jpg", **place}],
    }
    kept = {name: value for name, value in {**attributes, **more}.items() if value is not None}
    return {"productType": "HOME", "requirements": "LISTING", "attributes": kept}


class Caller:
    """Speaks to the practice marketplace as a seller's program would."""

    def __init__(self, client: httpx.AsyncClient, server: PracticeServer) -> None:
        self.client, self.server, self.token = client, server, ""

    async def sign_in(self, **form: str) -> httpx.Response:
        """A token, kept for the calls that follow."""
        values = {"grant_type": "refresh_token", "refresh_token": "Atzr|practice", **KEYS, **form}
        answer = await self.client.post("/auth/o2/token", data=values)
        self.token = answer.json().get("access_token", "")
        return answer

    async def call(self, method: str, path: str, body: Any = None, **params: Any) -> httpx.Response:
        """One call with the token."""
        return await self.client.request(
            method, path, json=body, params=params, headers={"x-amz-access-token": self.token}
        )

    async def item(self, method: str, sku: str, body: Any = None, **params: Any) -> Any:
        """One call about a listing: its JSON."""
        path = f"/listings/2021-08-01/items/{SELLER}/{quote(sku, safe='')}"
        answer = await self.call(method, path, body, marketplaceIds=US, **params)
        return answer.json()


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    server = PracticeServer("amazon")
    async with httpx.AsyncClient(base_url=await server.start(), trust_env=False) as client:
        found = Caller(client, server)
        await found.sign_in()
        yield found
    await server.stop()


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "other"}, 401, "invalid_client"),
        ({"refresh_token": "Atzr|other"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_sign_in_is_refused_in_oauths_words(caller, form, status, error):
    answer = await caller.sign_in(**form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_the_refresh_token_stays_and_the_access_token_ends(caller):
    answer = await caller.sign_in()
    assert answer.json()["refresh_token"] == "Atzr|practice"
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 3600)
    path = "/sellers/v1/marketplaceParticipations"
    assert (await caller.call("GET", path)).status_code == 200
    await caller.client.post("/_practice/clock", json={"advance_s": 3601})
    refused = await caller.call("GET", path)
    assert refused.status_code == 403
    assert "expired" in refused.json()["errors"][0]["details"]
    caller.server.practice.set_faults({"revoke": True})
    assert (await caller.sign_in()).json()["error"] == "invalid_grant"


async def test_a_preview_stores_nothing(caller):
    answer = await caller.item("PUT", "S", listing(), mode="VALIDATION_PREVIEW")
    assert (answer["status"], answer["issues"]) == ("VALID", [])
    assert "errors" in await caller.item("GET", "S")


@pytest.mark.parametrize(
    ("more", "code", "category"),
    [
        ({"brand": None}, "90220", "MISSING_ATTRIBUTE"),
        ({"purchasable_offer": None}, "90220", "MISSING_PRICE"),
        ({"main_product_image_locator": None}, "90220", "MISSING_IMAGE"),
        ({"purchaseable_offer": [{}]}, "90000900", "INVALID_ATTRIBUTE"),
        ({"item_name": [{"value": "x" * 201, "language_tag": "en_US"}]}, "90244", "INVALID_ATTRIBUTE"),
        ({"item_name": [{"value": "ä" * 199 + "𝐚" * 1, "language_tag": "de_DE"}]}, "90244", "INVALID_ATTRIBUTE"),
        ({"supplier_declared_has_product_identifier_exemption": None}, "90220", "MISSING_ATTRIBUTE"),
        ({"parentage_level": [{"value": "child"}]}, "90220", "MISSING_ATTRIBUTE"),
        ({"brand": [{"value": "A", "language_tag": "en_US"}] * 2}, "90244", "INVALID_ATTRIBUTE"),
    ],
)  # fmt: skip
async def test_bad_data_is_invalid_with_200(caller, more, code, category):
    answer = await caller.item("PUT", "S", listing(**more))
    assert answer["status"] == "INVALID"
    assert code in [issue["code"] for issue in answer["issues"]]
    assert any(category in issue["categories"] for issue in answer["issues"])
    assert "errors" in await caller.item("GET", "S"), "nothing was stored"


@pytest.mark.parametrize(
    "patches",
    [
        None,
        {},
        [],
        [{"op": "replace", "path": "/attributes/purchasable_offer/0/our_price", "value": [{}]}],
        [{"op": "replace", "path": "/attributes/item_name", "value": {"value": "x"}}],
        [{"op": "upsert", "path": "/attributes/item_name", "value": [{}]}],
    ],
)
async def test_patches_of_another_form_are_bad_requests(caller, patches):
    await caller.item("PUT", "S", listing())
    answer = await caller.item("PATCH", "S", {"productType": "HOME", "patches": patches})
    assert answer["errors"][0]["code"] == "InvalidInput"


async def test_replace_drops_what_is_left_out_and_merge_keeps_it(caller):
    stock = {"fulfillment_channel_code": "DEFAULT", "quantity": 3, "lead_time_to_ship_max_days": 5}
    await caller.item("PUT", "S", listing(fulfillment_availability=[stock]))
    place = "/attributes/fulfillment_availability"
    less = [{"fulfillment_channel_code": "DEFAULT", "quantity": 2}]
    for op, left in (("merge", {**stock, "quantity": 2}), ("replace", less[0])):
        await caller.item(
            "PATCH", "S", {"productType": "PRODUCT", "patches": [{"op": op, "path": place, "value": less}]}
        )
        shown = await caller.item("GET", "S", includedData="attributes")
        assert shown["attributes"]["fulfillment_availability"] == [left]
    other = [{"fulfillment_channel_code": "AMAZON_NA"}]
    await caller.item(
        "PATCH", "S", {"productType": "PRODUCT", "patches": [{"op": "merge", "path": place, "value": other}]}
    )
    shown = await caller.item("GET", "S", includedData="attributes")
    assert len(shown["attributes"]["fulfillment_availability"]) == 2, "another channel is added, not replaced"


async def test_a_new_listing_comes_late_and_asin_and_sale_later(caller):
    caller.server.practice.set_faults({"lookup_lag_s": 60, "live_after_s": 3600})
    taken = await caller.item("PUT", "S", listing(), includedData="identifiers,issues")
    assert (taken["status"], taken["identifiers"]) == ("ACCEPTED", [])
    assert (await caller.item("GET", "S"))["errors"][0]["code"] == "NotFound"
    await caller.client.post("/_practice/clock", json={"advance_s": 61})
    (summary,) = (await caller.item("GET", "S"))["summaries"]
    assert (summary["status"], summary.get("asin")) == ([], None)
    await caller.client.post("/_practice/clock", json={"advance_s": 3600})
    await caller.sign_in()
    (summary,) = (await caller.item("GET", "S"))["summaries"]
    assert summary["status"] == ["BUYABLE", "DISCOVERABLE"]
    assert summary["asin"].startswith("B0")


async def test_deleted_twice_is_understood_and_gone(caller):
    await caller.item("PUT", "S", listing())
    for _ in range(2):
        assert (await caller.item("DELETE", "S"))["status"] == "ACCEPTED"
    assert "errors" in await caller.item("GET", "S")
    assert "errors" in await caller.item("DELETE", "NEVER")


async def test_a_search_shows_pages_of_at_most_twenty(caller):
    for number in range(25):
        await caller.item("PUT", f"S-{number}", listing())
    path = f"/listings/2021-08-01/items/{SELLER}"
    first = (await caller.call("GET", path, marketplaceIds=US, pageSize=20, sortBy="sku", sortOrder="ASC")).json()
    assert (first["numberOfResults"], len(first["items"])) == (25, 20)
    token = first["pagination"]["nextToken"]
    rest = (await caller.call("GET", path, marketplaceIds=US, pageSize=20, sortBy="sku", sortOrder="ASC",
                              pageToken=token)).json()  # fmt: skip
    assert len(rest["items"]) == 5
    assert "pagination" not in rest
    assert (await caller.call("GET", path, marketplaceIds=US, pageSize=21)).status_code == 400
    assert (await caller.call("GET", path, marketplaceIds="OTHER")).status_code == 400
    assert (await caller.call("GET", path, marketplaceIds=US, identifiers="S-1")).status_code == 400


async def sold(caller: Caller, quantity: int = 2) -> tuple[str, str]:
    """An order of a new listing: its id and its line's."""
    await caller.item("PUT", "S", listing())
    order = (await caller.client.post(f"/_practice/sell/{US}|S", json={"quantity": quantity})).json()
    return order["order_id"], order["orderItems"][0]["orderItemId"]


def parcel(line: str, **more: Any) -> dict[str, Any]:
    """The confirmation of one parcel with one piece."""
    package = {
        "packageReferenceId": "1", "carrierCode": "UPS", "trackingNumber": "1Z", "shipDate": "2999-01-01T00:00:00Z",
        "orderItems": [{"orderItemId": line, "quantity": 1}],
    }  # fmt: skip
    return {"marketplaceId": US, "packageDetail": {**package, **more}}


async def test_a_sale_takes_stock_and_becomes_an_order(caller):
    order_id, _ = await sold(caller)
    shown = await caller.item("GET", "S", includedData="fulfillmentAvailability")
    assert shown["fulfillmentAvailability"][0]["quantity"] == 1
    path = "/orders/2026-01-01/orders"
    found = (await caller.call("GET", path, createdAfter="2020-01-01T00:00:00Z", includedData="PROCEEDS")).json()
    assert [order["orderId"] for order in found["orders"]] == [order_id]
    assert found["orders"][0]["proceeds"]["grandTotal"] == {"currencyCode": "USD", "amount": "19.00"}
    assert "recipient" not in found["orders"][0]
    both = {"createdAfter": "2020-01-01T00:00:00Z", "lastUpdatedAfter": "2020-01-01T00:00:00Z"}
    assert (await caller.call("GET", path, **both)).status_code == 400
    assert (await caller.call("GET", path)).status_code == 400
    too_many = await caller.client.post(f"/_practice/sell/{US}|S", json={"quantity": 5})
    assert too_many.status_code == 400


@pytest.mark.parametrize(
    "more",
    [
        {"packageReferenceId": 1},
        {"packageReferenceId": "A-1"},
        {"shipDate": "2999-01-01T00:00:00Z"},
        {"shipDate": "01/02/2026"},
        {"carrierCode": "Other"},
        {"orderItems": []},
        {"orderItems": [{"orderItemId": "nobody's", "quantity": 1}]},
        {"trackingNumber": None},
    ],
)
async def test_parcels_of_another_form_are_refused(caller, more):
    order_id, line = await sold(caller)
    now = (await caller.client.post("/_practice/clock", json={"advance_s": 5})).json()["now"]
    good = {"shipDate": _stamp(now - 1)}
    path = f"/orders/v0/orders/{order_id}/shipmentConfirmation"
    assert (await caller.call("POST", path, parcel(line, **{**good, **more}))).status_code == 400
    assert (await caller.call("POST", path, parcel(line, **good))).status_code == 204


async def test_the_same_parcel_again_corrects_it_and_another_after_all_is_shipped_is_unknown(caller):
    order_id, line = await sold(caller)
    now = (await caller.client.post("/_practice/clock", json={"advance_s": 5})).json()["now"]
    good: dict[str, Any] = {"shipDate": _stamp(now - 1), "orderItems": [{"orderItemId": line, "quantity": 2}]}
    path = f"/orders/v0/orders/{order_id}/shipmentConfirmation"
    for tracking in ("1Z-wrong", "1Z-right"):
        assert (await caller.call("POST", path, parcel(line, trackingNumber=tracking, **good))).status_code == 204
    order = (
        await caller.call("GET", f"/orders/2026-01-01/orders/{order_id}", includedData="FULFILLMENT,PACKAGES")
    ).json()
    assert [one["trackingNumber"] for one in order["order"]["packages"]] == ["1Z-right"]
    assert order["order"]["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    refused = await caller.call("POST", path, parcel(line, packageReferenceId="2", **good))
    assert refused.json()["errors"][0]["code"] == "PackageToUpdateNotFound"


async def test_rates_are_said_and_kept(caller):
    caller.server.practice.set_faults({"limits": True})
    answers = [await caller.call("GET", "/sellers/v1/marketplaceParticipations") for _ in range(16)]
    assert [answer.status_code for answer in answers] == [200] * 15 + [429]
    assert answers[-1].headers["x-amzn-RateLimit-Limit"] == "0.016"
    assert answers[-1].json()["errors"][0]["code"] == "QuotaExceeded"
    assert answers[0].headers["x-amzn-RequestId"] != answers[1].headers["x-amzn-RequestId"]


async def test_a_buyer_sees_the_listing_and_why_it_is_not_for_sale(caller):
    await caller.item("PUT", "S", listing())
    page = (await caller.client.get(f"/_practice/items/{US}|S")).text
    assert "Mug" in page
    assert "USD 9.50" in page
    assert "https://x.example/1.jpg" in page
    caller.server.practice.set_faults({"bad_pictures": ["x.example"]})
    assert "cannot be used" in (await caller.client.get(f"/_practice/items/{US}|S")).text
    assert (await caller.client.get(f"/_practice/items/{US}|NONE")).status_code == 404


async def test_everything_is_there_after_a_restart(tmp_path):
    for opened in range(2):
        server = PracticeServer("amazon", state_file=tmp_path / "amazon.jsonl")
        async with httpx.AsyncClient(base_url=await server.start(), trust_env=False) as client:
            caller = Caller(client, server)
            await caller.sign_in()
            if not opened:
                await sold(caller)
            else:
                assert (await caller.item("GET", "S"))["sku"] == "S"
                path = "/orders/2026-01-01/orders"
                found = await caller.call("GET", path, createdAfter="2020-01-01T00:00:00Z")
                assert len(found.json()["orders"]) == 1
        await server.stop()


def _stamp(at: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
