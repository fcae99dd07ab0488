"""The practice Paris as integrators describe the real one; a caller that shares nothing with the adapter."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mmhub_desktop.practice.paris.catalog import FAMILIES
from mmhub_desktop.practice.server import PracticeServer

KEY = {"Authorization": "Bearer practice-api-key"}
STORE, LIST, OFFER = (
    "8678fdf5-86f9-4530-aaee-dd67b9843976",
    "6503baaf-16d0-4590-a4d6-494719593a12",
    "c25aaf10-fd85-416d-b2bd-d64ffa174ba7",
)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    server = PracticeServer("paris")
    async with httpx.AsyncClient(base_url=await server.start(), timeout=10) as client:
        await sign_in(client)
        yield client
    await server.stop()


async def sign_in(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.post("/v1/auth/apiKey", headers=KEY, json={})
    told: dict[str, Any] = answer.json()
    client.headers["Authorization"] = f"Bearer {told['accessToken']}"
    return told


def body(sku: str = "SKU-1", family_id: str = "fam-002", **variant: Any) -> dict[str, Any]:
    family = FAMILIES[family_id]
    filled = {"Marca": "Andes", "Descripción Larga/Emocional": "<p>x</p>", "Descripción corta": "x"}
    attributes = [{"id": one.id, "value": filled.get(one.name, "")} for one in family.product]
    varying = [
        {"id": one.id, "value": one.option_rows()[0]["id"] if one.kind == "list" else ""} for one in family.variant
    ]
    media = {"src": "https://pictures.example.com/1.jpg", "position": 1}
    return {
        "product": {
            "name": "Taza", "sellerSku": sku, "familyId": family_id, "category": family.categories[0][0],
            "attributes": attributes,
        },
        "variants": [{"skuSeller": sku, "medias": [media], "attributes": varying, **variant}],
    }  # fmt: skip


async def create(http: httpx.AsyncClient, sku: str = "SKU-1") -> str:
    answer = await http.post("/v2/products", json=body(sku))
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    assert created["variants"] == [{"sku": f"{created['id']}-1"}]
    return str(created["id"])


async def test_a_key_gives_a_token_of_four_hours_and_the_sellers_name(http: httpx.AsyncClient) -> None:
    told = await sign_in(http)
    assert told["expiresIn"] == 14_400
    assert told["jwtPayload"]["seller_status"] == "active"
    await http.post("/_practice/clock", json={"advance_s": 14_401})
    refused = await http.get("/v2/families")
    assert (refused.status_code, refused.json()["message"]) == (401, "Unauthorized")
    assert (await http.post("/v1/auth/apiKey", headers={"Authorization": "Bearer other"})).status_code == 401
    await http.post("/_practice/faults", json={"expires_as_text": True, "forbids_expired": True})
    assert (await http.get("/v2/families")).status_code == 403
    assert (await sign_in(http))["expiresIn"] == "14400"


async def test_lists_come_in_pages(http: httpx.AsyncClient) -> None:
    first = (await http.get("/v2/families", params={"limit": 5, "offset": 0})).json()
    second = (await http.get("/v2/families", params={"limit": 5, "offset": 5})).json()
    assert first["total"] == len(FAMILIES)
    assert first["results"][0] != second["results"][0]
    assert (await http.get("/v2/families", params={"limit": "x"})).status_code == 400
    missing = await http.get("/v2/categories/family/none", params={"limit": 5})
    assert (missing.status_code, missing.json()["message"]) == (404, "Family not found")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda sent: sent["product"]["attributes"].pop(), "send the complete set"),
        (lambda sent: sent["product"]["attributes"][0].update(value=" "), "Marca"),
        (lambda sent: sent["product"]["attributes"][4].update(value="Cuero"), "must be one of its options"),
        (lambda sent: sent["variants"][0].update(skuSeller="x" * 51), "50 characters"),
        (lambda sent: sent["variants"][0].update(medias=[]), "medias should not be empty"),
        (lambda sent: sent["variants"][0]["medias"][0].update(src="file:///x"), "must be a URL"),
        (lambda sent: sent["variants"].append({**sent["variants"][0], "skuSeller": "other"}), "exactly one"),
        (lambda sent: sent["product"].update(category="cat-001-1"), "does not belong to the family"),
        (lambda sent: sent["product"].update(name=""), "product.name should not be empty"),
        (lambda sent: sent.pop("variants"), "variants should not be empty"),
    ],
)
async def test_what_is_wrong_with_a_product_is_told(http: httpx.AsyncClient, spoil: Any, words: str) -> None:
    sent = body()
    spoil(sent)
    answer = await http.post("/v2/products", json=sent)
    assert answer.status_code == 400
    assert any(words in one for one in answer.json()["message"]), answer.json()


async def test_the_same_sku_twice_is_two_products(http: httpx.AsyncClient) -> None:
    assert await create(http) != await create(http)
    assert (await http.get("/_practice/state")).json()["duplicate_skus"] == ["SKU-1"]


async def test_people_approve_or_refuse(http: httpx.AsyncClient) -> None:
    await http.post("/_practice/faults", json={"live_after_s": 60})
    product = await create(http)
    assert (await http.get(f"/v2/products/{product}")).json()["statusApproval"] == "pending"
    await http.post("/_practice/clock", json={"advance_s": 61})
    assert (await http.get(f"/v2/products/{product}")).json()["statusApproval"] == "approved"
    await http.post("/_practice/faults", json={"live_after_s": 0, "reject_reason": "Borrosa"})
    refused = (await http.get(f"/v2/products/{await create(http, 'SKU-2')}")).json()
    assert (refused["statusApproval"], refused["rejectionReasons"]) == ("rejected", ["Borrosa"])
    found = (await http.get("/v2/products/search", params={"statusApproval": "rejected"})).json()
    assert [row["id"] for row in found["results"]] == [refused["id"]]


async def test_the_offset_of_the_search_counts_pages_or_rows(http: httpx.AsyncClient) -> None:
    made = [await create(http, f"SKU-{number}") for number in range(5)]

    async def ids(offset: int) -> list[str]:
        answer = await http.get("/v2/products/search", params={"limit": 2, "offset": offset})
        return [row["id"] for row in answer.json()["results"]]

    assert (await ids(0), await ids(1), await ids(2)) == (made[:2], made[2:4], made[4:])
    await http.post("/_practice/faults", json={"search_offset_rows": True})
    assert (await ids(1), await ids(4)) == (made[1:3], made[4:])


async def test_a_price_call_overwrites_and_the_list_price_alone_ends_the_offer(http: httpx.AsyncClient) -> None:
    product = await create(http)
    listed = {"value": 1000, "storePrice": STORE, "type": LIST}
    path = f"/v2/prices/product/{product}"
    both = [listed, {**listed, "value": 900, "type": OFFER}]
    assert (await http.post(path, json={"prices": both})).status_code == 200
    assert (await http.get(path)).json()["prices"] == both
    await http.patch(path, json={"prices": [listed]})
    assert (await http.get(path)).json()["prices"] == [listed]
    assert (await http.post(path, json={"prices": [{**listed, "value": 9.5}]})).status_code == 400
    assert (await http.post(path, json={"prices": [{"value": 1, "store": STORE, "price": LIST}]})).status_code == 400
    assert (await http.post(f"{path}-1", json={"prices": [listed]})).status_code == 404
    await http.post("/_practice/faults", json={"price_id": "any", "price_row": "any"})
    for row in ({"value": 1, "store": STORE, "price": LIST}, {"priceTypeId": "list", "value": 1}, {"value": 1}):
        assert (await http.post(f"{path}-1", json={"prices": [row]})).status_code == 200


async def test_stock_has_two_calls_and_two_names(http: httpx.AsyncClient) -> None:
    sku = f"{await create(http)}-1"
    named = await http.post("/v1/stock/sku-seller", json={"skus": [{"skuSeller": "SKU-1", "quantity": 4}]})
    assert named.status_code == 400
    await http.post("/v1/stock/sku-seller", json={"skus": [{"sku_seller": "SKU-1", "quantity": 4}]})
    await http.post("/_practice/faults", json={"safety_stock": 1})
    row = (await http.get("/v2/stock", params={"sku": sku})).json()["skus"][0]
    assert (row["sku_seller"], row["quantity"], row["availableStock"]) == ("SKU-1", 4, 3)
    rows = [{"sku": sku, "quantity": 0, "warehouse": "ffparis"}]
    assert (await http.post("/v2/stock", json={"skus": rows})).status_code == 200
    assert (await http.post("/v2/stock", json={"skus": [{"sku": "MK9-1", "quantity": 1}]})).status_code == 404
    everything = (await http.get("/v2/stock", params={"limit": 10, "offset": 0})).json()
    assert everything["pagging"] == {"quantity": 1}
    assert everything["skus"][0]["availableStock"] == 0


async def test_a_sale_becomes_a_sub_order_with_a_label(http: httpx.AsyncClient) -> None:
    product = await create(http)
    await http.post("/v2/stock", json={"skus": [{"sku": f"{product}-1", "quantity": 5}]})
    listed = {"value": 1000, "storePrice": STORE, "type": LIST}
    await http.post(f"/v2/prices/product/{product}", json={"prices": [listed]})
    assert (await http.post(f"/_practice/sell/{product}", json={"quantity": 6})).status_code == 400
    number = (await http.post(f"/_practice/sell/{product}", json={"quantity": 2})).json()["order_id"]
    row = (await http.get("/v3/sub-orders", params={"subOrderNumber": number})).json()["data"][0]
    assert (row["statusId"], len(row["items"]), row["items"][0]["priceAfterDiscounts"]) == (8, 2, 1000)
    assert "shipments" not in row
    repeated = await http.get(f"/v2/sub-orders?subOrderNumber={number}&subOrderNumber=1")
    assert repeated.status_code == 500
    (shipped,) = (await http.get("/v2/sub-orders", params={"subOrderNumber": f"{number},1"})).json()["data"]
    label = shipped["shipments"][0]["label"][0]["url"]
    assert (await http.get(label)).content.startswith(b"%PDF")
    assert (await http.get(f"/v2/shipments/{number}")).json()["labelUrl"] == label
    day = row["createdAtInOrigin"][:10]
    days = {"gteCreatedAt": day, "lteCreatedAt": day}
    assert (await http.get("/v1/orders", params=days)).json()["count"] == 1
    assert (await http.get("/v1/orders")).status_code == 400
    skus = [{"sku": f"{product}-1", "quantity": 2}]
    wrong = {"status": "cancelled", "skus": skus, "cancellationReasonId": "1"}
    assert (await http.put(f"/v1/sub-orders/cancel/{number}", json=wrong)).status_code == 400
    right = {**wrong, "status": "unable_to_fulfill"}
    assert (await http.put(f"/v1/sub-orders/cancel/{number}", json=right)).json()["statusId"] == 18
    assert (await http.get("/v1/order-item/cancellation-reason")).json()[0]["id"] == "1"


async def test_a_buyer_sees_the_product(http: httpx.AsyncClient) -> None:
    product = await create(http)
    answer = await http.get("/search", params={"q": product}, follow_redirects=True)
    assert answer.status_code == 200
    assert "Andes" in answer.text
    assert "Not shown to buyers" in answer.text


async def test_everything_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "paris.jsonl"
    product = ""
    for first in (True, False):
        server = PracticeServer("paris", state_file=file)
        async with httpx.AsyncClient(base_url=await server.start(), timeout=10) as http:
            await sign_in(http)
            if first:
                product = await create(http)
                await http.post("/v2/stock", json={"skus": [{"sku": f"{product}-1", "quantity": 5}]})
            else:
                assert (await http.get("/v2/stock", params={"sku": f"{product}-1"})).json()["skus"][0]["quantity"] == 5
        await server.stop()
