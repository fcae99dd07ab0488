"""The practice Allegro by itself, spoken to as its specification says."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from mmhub_desktop.conformance import png
from mmhub_desktop.practice.server import PracticeServer

MEDIA = "application/vnd.allegro.public.v1+json"
HEADERS = {"Accept": MEDIA, "User-Agent": "Practice/1.0 (+https://practice.invalid)", "Accept-Language": "en-US"}
CLIENT = ("practice-app", "practice-secret")


@pytest.fixture
async def server(tmp_path) -> AsyncIterator[PracticeServer]:
    practice = PracticeServer("allegro", tmp_path / "allegro.jsonl")
    await practice.start()
    yield practice
    await practice.stop()


@pytest.fixture
async def http(server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.base_url, headers=HEADERS, timeout=10) as client:
        await sign_in(client)
        yield client


async def device(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.post("/auth/oauth/device", data={"client_id": CLIENT[0]}, auth=CLIENT)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


async def token(client: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await client.post("/auth/oauth/token", data=form, auth=CLIENT)


async def sign_in(client: httpx.AsyncClient) -> dict[str, Any]:
    codes = await device(client)
    await client.get(codes["verification_uri_complete"])
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    tokens: dict[str, Any] = (await token(client, grant_type=grant, device_code=codes["device_code"])).json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return tokens


async def send(client: httpx.AsyncClient, method: str, path: str, body: Any) -> httpx.Response:
    return await client.request(method, path, json=body, headers={"Content-Type": MEDIA})


async def image(client: httpx.AsyncClient) -> str:
    answer = await client.post("/sale/images", content=png(500, 500), headers={"Content-Type": "image/png"})
    assert answer.status_code == 201
    return str(answer.json()["location"])


async def offer_of(client: httpx.AsyncClient, sku: str = "CUP-1", **changes: Any) -> dict[str, Any]:
    picture = await image(client)
    parameters = [{"id": "248811", "valuesIds": ["248811_1"]}, {"id": "202685", "values": ["350"]}]
    product = {"name": "Kubek 350 ml", "category": {"id": "67415"}, "parameters": parameters, "images": [picture]}
    place = {"city": "Warszawa", "countryCode": "PL", "postCode": "00-950", "province": "MAZOWIECKIE"}
    rates = {"id": "11111111-1111-4111-8111-111111111111"}
    offer = {
        "name": "Kubek ceramiczny 350 ml",
        "productSet": [{"product": product}],
        "parameters": [{"id": "11323", "valuesIds": ["11323_1"]}],
        "external": {"id": sku},
        "sellingMode": {"format": "BUY_NOW", "price": {"amount": "49.90", "currency": "PLN"}},
        "stock": {"available": 3, "unit": "UNIT"},
        "images": [picture],
        "delivery": {"handlingTime": "PT24H", "shippingRates": rates},
        "location": place,
        "publication": {"status": "INACTIVE"},
    }
    return {**offer, **changes}


async def create(client: httpx.AsyncClient, sku: str = "CUP-1", **changes: Any) -> dict[str, Any]:
    answer = await send(client, "POST", "/sale/product-offers", await offer_of(client, sku, **changes))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def publish(client: httpx.AsyncClient, offer: str, action: str = "ACTIVATE", key: str = "") -> httpx.Response:
    criteria = [{"type": "CONTAINS_OFFERS", "offers": [{"id": offer}]}]
    body = {"publication": {"action": action}, "offerCriteria": criteria}
    return await send(client, "PUT", f"/sale/offer-publication-commands/{key or uuid.uuid4()}", body)


async def switch(client: httpx.AsyncClient, **changes: Any) -> None:
    assert (await client.post("/_practice/faults", json=changes)).status_code == 200


async def pass_time(client: httpx.AsyncClient, seconds: float) -> None:
    assert (await client.post("/_practice/clock", json={"advance_s": seconds})).status_code == 200


async def test_refresh_tokens_work_once_with_a_minute_of_grace(http):
    first = await sign_in(http)
    assert first["expires_in"] == 43_200
    renewed = await token(http, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert renewed.status_code == 200
    assert (await token(http, grant_type="refresh_token", refresh_token=first["refresh_token"])).status_code == 200
    await pass_time(http, 61)
    used = await token(http, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (used.status_code, used.json()["error"]) == (400, "invalid_grant")


async def test_a_code_is_asked_about_no_faster_than_told(http):
    await switch(http, device_asks=True)
    codes = await device(http)
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": codes["device_code"]}
    assert (await token(http, **form)).json()["error"] == "authorization_pending"
    assert (await token(http, **form)).json()["error"] == "slow_down"
    await pass_time(http, codes["interval"])
    assert (await token(http, **form)).json()["error"] == "authorization_pending"
    wrong = await http.post("/auth/oauth/token", data=form, auth=("practice-app", "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


async def test_a_right_that_was_not_given_is_missing(http):
    await switch(http, scopes=["allegro:api:profile:read"])
    await sign_in(http)
    assert (await http.get("/me")).status_code == 200
    refused = await http.get("/sale/offers")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "AccessDenied")


@pytest.mark.off_specification("calls that Allegro refuses by their headers")
async def test_calls_are_told_apart_by_their_headers(http):
    assert (await http.get("/me", headers={"Accept": "application/json"})).status_code == 406
    assert (await http.get("/me", headers={"User-Agent": "python-httpx"})).status_code == 403
    assert (await http.post("/sale/product-offers", json={})).status_code == 415
    assert (await http.get("/me", headers={"Authorization": "Bearer no"})).json()["error"] == "invalid_token"


async def test_one_sku_may_stand_twice(http):
    first, second = await create(http), await create(http)
    assert first["id"] != second["id"]
    found = (await http.get("/sale/offers", params={"external.id": "CUP-1"})).json()
    assert {row["id"] for row in found["offers"]} == {first["id"], second["id"]}
    state = (await http.get("/_practice/state")).json()
    assert state["duplicate_skus"] == ["CUP-1"]


async def test_new_offers_are_found_late(http):
    await switch(http, lookup_lag_s=60)
    offer = await create(http)
    query = {"external.id": "CUP-1"}
    assert (await http.get("/sale/offers", params=query)).json()["totalCount"] == 0
    assert (await http.get(f"/sale/product-offers/{offer['id']}")).status_code == 200
    await pass_time(http, 60)
    assert (await http.get("/sale/offers", params=query)).json()["totalCount"] == 1


async def test_a_draft_says_what_it_lacks_and_is_not_shown(http):
    offer = await create(http, delivery={"handlingTime": "PT24H"})
    assert [one["path"] for one in offer["validation"]["errors"]] == ["delivery.shippingRates"]
    key = str(uuid.uuid4())
    assert (await publish(http, offer["id"], key=key)).json()["taskCount"] == {"failed": 1, "success": 0, "total": 1}
    (task,) = (await http.get(f"/sale/offer-publication-commands/{key}/tasks")).json()["tasks"]
    assert (task["status"], task["errors"][0]["code"]) == ("FAIL", "ShippingRatesRequired")
    assert (await publish(http, offer["id"], key=key)).status_code == 409


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": "Kubek długi"}, "name"),
        ({"name": "Kubek350ml niebieski"}, "name"),
        ({"sellingMode": {"price": {"amount": "0", "currency": "PLN"}}}, "sellingMode.price.amount"),
        ({"sellingMode": {"price": {"amount": "1", "currency": "EUR"}}}, "sellingMode.price.currency"),
        ({"images": ["https://elsewhere.invalid/a.jpg"]}, "images[0]"),
        ({"description": {"sections": [{"items": [{"type": "TEXT", "content": "<i>x</i>"}]}]}}, "description.sections"),
        ({"parameters": [{"id": "11323", "valuesIds": ["x"]}]}, "parameters"),
        ({"productSet": [{"product": {"id": "4006381333931", "idType": "GTIN"}}]}, "productSet[0].product.id"),
        ({"productSet": [{"product": {"name": "K", "category": {"id": "5"}}}]}, "productSet[0].product.category.id"),
    ],
)
async def test_what_is_refused_at_once(http, changes, path):
    answer = await send(http, "POST", "/sale/product-offers", await offer_of(http, **changes))
    assert answer.status_code == 422
    assert path in {one["path"] for one in answer.json()["errors"]}
    assert (await http.get("/sale/offers")).json()["totalCount"] == 0


async def test_stock_of_zero_ends_an_offer(http):
    offer = await create(http)
    await publish(http, offer["id"])
    path = f"/sale/product-offers/{offer['id']}"
    assert (await http.get(path)).json()["publication"]["status"] == "ACTIVE"
    ended = (await send(http, "PATCH", path, {"stock": {"available": 0}})).json()
    assert (ended["publication"]["status"], ended["publication"]["endedBy"]) == ("ENDED", "EMPTY_STOCK")
    assert ended["stock"] == {"available": 0, "unit": "UNIT"}


async def test_commands_of_quantities_are_above_zero_and_done_later(http):
    await switch(http, ready_after_s=30)
    offer = await create(http)
    path, key = "/sale/offer-quantity-change-commands", str(uuid.uuid4())
    criteria = [{"type": "CONTAINS_OFFERS", "offers": [{"id": offer["id"]}]}]
    for value, status in ((0, 422), (5, 201), (5, 409)):
        body = {"modification": {"changeType": "FIXED", "value": value}, "offerCriteria": criteria}
        assert (await send(http, "PUT", f"{path}/{key}", body)).status_code == status
    assert (await http.get(f"{path}/{key}")).json()["completedAt"] is None
    await pass_time(http, 30)
    assert (await http.get(f"{path}/{key}")).json()["taskCount"]["success"] == 1
    assert (await http.get(f"/sale/product-offers/{offer['id']}")).json()["stock"]["available"] == 5


async def test_pictures_that_nothing_uses_are_removed_after_a_day(http):
    offer = await offer_of(http)
    await pass_time(http, 24 * 3600 - 600)
    await sign_in(http)
    kept = await send(http, "POST", "/sale/product-offers", offer)
    assert kept.status_code == 201
    other = await offer_of(http)
    await pass_time(http, 25 * 3600)
    await sign_in(http)
    assert (await send(http, "POST", "/sale/product-offers", other)).status_code == 422
    again = {"images": offer["images"]}
    assert (await send(http, "PATCH", f"/sale/product-offers/{kept.json()['id']}", again)).status_code == 200


@pytest.mark.off_specification("an answer of 429, which the document does not describe, has a body")
async def test_calls_are_limited_for_all_of_an_application(http):
    await switch(http, limits=True)
    answers = [(await http.get("/sale/matching-categories", params={"name": "kubek"})).status_code for _ in range(8)]
    assert answers[:5] == [200] * 5
    assert 429 in answers


async def test_a_parcel_told_twice_stands_twice(http):
    offer = await create(http)
    await publish(http, offer["id"])
    sold = (await http.post(f"/_practice/sell/{offer['id']}", json={"quantity": 1})).json()
    path = f"/order/checkout-forms/{sold['order_id']}/shipments"
    for _ in range(2):
        assert (await send(http, "POST", path, {"carrierId": "UPS", "waybill": "1Z"})).status_code == 201
    assert len((await http.get(path)).json()["shipments"]) == 2
    events = (await http.get("/order/events")).json()["events"]
    assert [one["type"] for one in events] == ["BOUGHT", "FILLED_IN", "READY_FOR_PROCESSING"]
    assert (await http.get("/order/events", params={"from": events[1]["id"]})).json()["events"] == events[2:]


async def test_a_buyers_page_and_a_restart(http, server):
    offer = await create(http)
    await publish(http, offer["id"])
    page = (await http.get(f"/_practice/items/{offer['id']}")).text
    assert "Kubek ceramiczny 350 ml" in page
    assert "49.90 PLN" in page
    await server.stop()
    address = await server.start()
    async with httpx.AsyncClient(base_url=address, headers=http.headers, timeout=10) as again:
        shown = (await again.get(f"/sale/product-offers/{offer['id']}")).json()
        assert shown["publication"]["status"] == "ACTIVE"
