"""The practice eBay by plain HTTP, as eBay's contracts and its users' reports describe the real one."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mmhub_desktop.conformance import png
from mmhub_desktop.practice.server import PracticeServer

KEYS = ("Practice-MMHub-PRD-0123456789", "PRD-practice-cert-id")
RU_NAME = "Practice_Seller-Practice-Practi-mmhub"
BASE = "https://api.ebay.com/oauth/api_scope"
RIGHTS = " ".join(
    f"{BASE}/{one}" for one in ("sell.inventory", "sell.account", "sell.fulfillment", "commerce.identity.readonly")
)
INVENTORY = "/sell/inventory/v1"


class Caller:
    """A seller's own calls."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.refresh_token = ""

    async def token(self, **form: str) -> httpx.Response:
        """Ask the token endpoint."""
        return await self.http.post("/identity/v1/oauth2/token", data=form, auth=KEYS)

    async def landed(self, **query: str) -> dict[str, str]:
        """Agree; the query of the page landed on."""
        wish = {"client_id": KEYS[0], "response_type": "code", "redirect_uri": RU_NAME, "scope": RIGHTS, **query}
        answer = await self.http.get("/oauth2/authorize", params=wish)
        assert answer.status_code == 302, answer.text
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    async def sign_in(self) -> None:
        """Consent and token."""
        code = (await self.landed(state="s"))["code"]
        told = (await self.token(grant_type="authorization_code", code=code, redirect_uri=RU_NAME)).json()
        self.refresh_token = told["refresh_token"]
        self.use(told["access_token"])

    def use(self, token: str) -> None:
        """Call with this token."""
        self.http.headers["Authorization"] = f"Bearer {token}"

    async def faults(self, **switches: Any) -> None:
        """Set switches."""
        assert (await self.http.post("/_practice/faults", json=switches)).status_code == 200

    async def picture(self) -> str:
        """The address of an uploaded picture."""
        files = {"image": ("a.png", png(600, 600), "image/png")}
        answer = await self.http.post("/commerce/media/v1_beta/image/create_image_from_file", files=files)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["imageUrl"])

    async def put_item(self, sku: str = "MUG", **changes: Any) -> httpx.Response:
        """An inventory item that can be published."""
        product = {
            "title": "Mug",
            "description": "A mug",
            "imageUrls": [await self.picture()],
            "aspects": {"Brand": ["Andina"]},
        }
        item = {
            "product": {**product, **changes.pop("product", {})},
            "condition": "NEW",
            "availability": {"shipToLocationAvailability": {"quantity": 3}},
            **changes,
        }
        return await self.http.put(f"{INVENTORY}/inventory_item/{sku}", json=item)

    async def offer(self, sku: str = "MUG", **changes: Any) -> httpx.Response:
        """An offer that can be published."""
        offer = {
            "sku": sku,
            "marketplaceId": "EBAY_US",
            "format": "FIXED_PRICE",
            "categoryId": "20696",
            "pricingSummary": {"price": {"value": "19.99", "currency": "USD"}},
            "listingPolicies": {
                "fulfillmentPolicyId": "6197932000",
                "paymentPolicyId": "6197933000",
                "returnPolicyId": "6197934000",
            },
            "merchantLocationKey": "practice-warehouse",
            "includeCatalogProductDetails": False,
            **changes,
        }
        return await self.http.post(f"{INVENTORY}/offer", json=offer)

    async def listed(self, sku: str = "MUG") -> tuple[str, str]:
        """A listing: its offer's id and its number."""
        await self.put_item(sku)
        offer_id = (await self.offer(sku)).json()["offerId"]
        answer = await self.http.post(f"{INVENTORY}/offer/{offer_id}/publish")
        assert answer.status_code == 200, answer.text
        return offer_id, answer.json()["listingId"]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[PracticeServer]:
    """A practice eBay that keeps its state in a file."""
    server = PracticeServer("ebay", state_file=tmp_path / "ebay.jsonl")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def caller(server: PracticeServer) -> AsyncIterator[Caller]:
    """A seller who has signed in."""
    headers = {"Accept-Language": "en-US", "Content-Language": "en-US"}
    async with httpx.AsyncClient(base_url=server.base_url, headers=headers) as http:
        caller = Caller(http)
        await caller.sign_in()
        yield caller


def numbers(answer: httpx.Response) -> list[int]:
    """The error numbers of a refusal."""
    return [one["errorId"] for one in answer.json()["errors"]]


async def test_a_code_works_once_and_for_five_minutes(caller):
    landed = await caller.landed(state="abc")
    assert landed["state"] == "abc"
    assert landed["code"].startswith("v^1.1#")
    form = {"grant_type": "authorization_code", "code": landed["code"], "redirect_uri": RU_NAME}
    assert (await caller.token(**form)).status_code == 200
    assert (await caller.token(**form)).json()["error"] == "invalid_grant"
    late = (await caller.landed())["code"]
    await caller.http.post("/_practice/clock", json={"advance_s": 300})
    assert (await caller.token(**{**form, "code": late})).json()["error"] == "invalid_grant"


async def test_a_refresh_brings_no_new_refresh_token(caller):
    told = (await caller.token(grant_type="refresh_token", refresh_token=caller.refresh_token)).json()
    assert "refresh_token" not in told
    again = await caller.token(grant_type="refresh_token", refresh_token=caller.refresh_token)
    assert again.status_code == 200
    wrong = await caller.http.post("/identity/v1/oauth2/token", data={"grant_type": "refresh_token"}, auth=("x", "y"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


async def test_sellers_and_applications_have_different_rights(caller):
    path = "/commerce/taxonomy/v1/get_default_category_tree_id?marketplace_id=EBAY_US"
    refused = await caller.http.get(path)
    assert (refused.status_code, numbers(refused)) == (403, [1100])
    caller.use((await caller.token(grant_type="client_credentials", scope=BASE)).json()["access_token"])
    assert (await caller.http.get(path)).json()["categoryTreeId"] == "0"
    assert numbers(await caller.http.get(f"{INVENTORY}/location")) == [1100]


async def test_an_access_token_lasts_two_hours(caller):
    await caller.http.post("/_practice/clock", json={"advance_s": 7_201})
    refused = await caller.http.get(f"{INVENTORY}/location")
    assert (refused.status_code, numbers(refused)) == (401, [1001])


@pytest.mark.off_specification("headers are left out on purpose")
async def test_languages_must_be_named(caller):
    del caller.http.headers["Content-Language"]
    assert numbers(await caller.put_item()) == [25709]
    caller.http.headers["Content-Language"] = "de-DE"
    await caller.put_item()
    assert numbers(await caller.offer()) == [25604], "German on the site of the United States"
    del caller.http.headers["Accept-Language"]
    assert numbers(await caller.http.get(f"{INVENTORY}/location")) == [25709]


async def test_what_is_left_out_of_a_put_is_gone(caller):
    await caller.put_item(conditionDescription="Nice")
    await caller.put_item()
    item = (await caller.http.get(f"{INVENTORY}/inventory_item/MUG")).json()
    assert "conditionDescription" not in item


async def test_an_offer_exists_once(caller):
    await caller.put_item()
    offer_id = (await caller.offer()).json()["offerId"]
    refused = await caller.offer()
    assert (refused.status_code, numbers(refused)) == (400, [25002])
    assert refused.json()["errors"][0]["parameters"] == [{"name": "offerId", "value": offer_id}]
    assert numbers(await caller.offer("OTHER")) == [25702]


async def test_an_unknown_sku_is_no_empty_list(caller):
    answer = await caller.http.get(f"{INVENTORY}/offer", params={"sku": "NONE"})
    assert (answer.status_code, numbers(answer)) == (404, [25702])
    await caller.put_item()
    answer = await caller.http.get(f"{INVENTORY}/offer", params={"sku": "MUG"})
    assert (answer.status_code, numbers(answer)) == (404, [25713])


@pytest.mark.parametrize(
    ("item", "offer", "number"),
    [
        ({"product": {"imageUrls": []}}, {}, 25014),
        ({"product": {"imageUrls": ["https://i.ebayimg.com/images/g/gone/s-l1600.png"]}}, {}, 25015),
        ({"product": {"aspects": {}}}, {}, 25029),
        ({"product": {"aspects": {"Brand": ["A"], "Type": ["Bowl"]}}}, {}, 25601),
        ({"condition": "LIKE_NEW"}, {}, 25021),
        ({}, {"categoryId": "11700"}, 25005),
        ({}, {"pricingSummary": {"price": {"value": "0.00", "currency": "USD"}}}, 25003),
        ({}, {"pricingSummary": {"price": {"value": "5.00", "currency": "EUR"}}}, 25003),
        ({}, {"availableQuantity": 0}, 25004),
        ({}, {"listingPolicies": {"fulfillmentPolicyId": "6197932000", "paymentPolicyId": "6197933000"}}, 25009),
        ({}, {"merchantLocationKey": "nowhere"}, 25012),
        ({}, {"listingDescription": "<p>x</p><script>1</script>"}, 25016),
    ],
)
async def test_a_publication_is_judged(caller, item, offer, number):
    await caller.put_item(**item)
    offer_id = (await caller.offer(**offer)).json()["offerId"]
    refused = await caller.http.post(f"{INVENTORY}/offer/{offer_id}/publish")
    assert (refused.status_code, numbers(refused)) == (400, [number])
    assert (await caller.http.get("/_practice/state")).json()["creates"] == 0


async def test_a_withdrawn_offer_stays_and_gets_a_new_number(caller):
    offer_id, number = await caller.listed()
    path = f"{INVENTORY}/offer/{offer_id}"
    assert numbers(await caller.http.post(f"{path}/publish")) == [25002]
    assert (await caller.http.post(f"{path}/withdraw")).json()["listingId"] == number
    assert numbers(await caller.http.post(f"{path}/withdraw")) == [25713]
    shown = (await caller.http.get(path)).json()
    assert shown["status"] == "UNPUBLISHED"
    assert "listing" not in shown
    assert (await caller.http.post(f"{path}/publish")).json()["listingId"] != number
    assert (await caller.http.get("/_practice/state")).json()["duplicate_skus"] == []


async def test_a_listing_is_revised_so_often_a_day(caller):
    await caller.listed()
    await caller.faults(revisions_per_day=2)
    assert [(await caller.put_item()).status_code for _ in range(3)] == [204, 204, 400]
    await caller.http.post("/_practice/clock", json={"advance_s": 86_400})
    await caller.sign_in()
    assert (await caller.put_item()).status_code == 204


async def test_a_bulk_update_answers_for_each(caller):
    offers = {sku: (await caller.listed(sku))[0] for sku in ("A", "B")}
    await caller.faults(bulk_refused=["B"])
    wishes = [{"sku": sku, "offers": [{"offerId": one, "availableQuantity": 9}]} for sku, one in offers.items()]
    answer = await caller.http.post(f"{INVENTORY}/bulk_update_price_quantity", json={"requests": wishes})
    assert answer.status_code == 207
    assert [row["statusCode"] for row in answer.json()["responses"]] == [200, 400]


async def test_pages_of_items_are_counted_not_records(caller):
    for number in range(5):
        await caller.put_item(f"S{number}")
    page = (await caller.http.get(f"{INVENTORY}/inventory_item", params={"limit": 2, "offset": 1})).json()
    assert [one["sku"] for one in page["inventoryItems"]] == ["S2", "S3"]
    assert "next" in page
    refused = await caller.http.get(f"{INVENTORY}/inventory_item", params={"limit": 201})
    assert numbers(refused) == [25706]


@pytest.mark.parametrize(
    ("wish", "number"),
    [
        ("lastmodifieddate:[2099-01-01T00:00:00.000Z..]", 30850),
        ("lastmodifieddate:[2020-01-01T00:00:00.000Z..]", 30830),
        ("lastmodifieddate:[soon..]", 30810),
        ("colour:blue", 30800),
    ],
)
async def test_filters_of_orders_are_checked(caller, wish, number):
    _, listing = await caller.listed()
    await caller.http.post(f"/_practice/sell/{listing}", json={})
    refused = await caller.http.get("/sell/fulfillment/v1/order", params={"filter": wish})
    assert numbers(refused) == [number]


async def test_a_parcel_told_twice_is_two(caller):
    _, listing = await caller.listed()
    order = (await caller.http.post(f"/_practice/sell/{listing}", json={"quantity": 2})).json()
    path = f"/sell/fulfillment/v1/order/{order['order_id']}/shipping_fulfillment"
    line = {"lineItemId": order["lineItems"][0]["lineItemId"], "quantity": 1}
    parcel = {"lineItems": [line], "shippingCarrierCode": "UPS", "trackingNumber": "1Z1"}
    for _ in range(2):
        answer = await caller.http.post(path, json=parcel)
        assert answer.headers["Location"].endswith("/shipping_fulfillment/1Z1")
    assert (await caller.http.get(path)).json()["total"] == 2
    assert numbers(await caller.http.post(path, json={**parcel, "trackingNumber": "1Z-1"})) == [32300]
    assert numbers(await caller.http.post(path, json={**parcel, "lineItems": [line, line]})) == [32210]
    assert numbers(await caller.http.post(path, json={**parcel, "shippedDate": "2099-01-01T00:00:00.000Z"})) == [32500]


async def test_a_day_of_calls_is_used_up(caller):
    await caller.faults(calls_a_day=2)
    statuses = [(await caller.http.get(f"{INVENTORY}/location")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert (await caller.http.get("/sell/account/v1/privilege")).status_code == 200, "each API has its own"


async def test_what_a_buyer_sees_survives_a_restart(server, caller):
    _, number = await caller.listed()
    await caller.http.post(f"/_practice/sell/{number}", json={"quantity": 2})
    await server.stop()
    await server.start()
    async with httpx.AsyncClient(base_url=server.base_url) as http:
        page = (await http.get(f"/_practice/items/{number}")).text
        assert "19.99 USD" in page
        assert "2 sold" in page
        picture = page.partition('<img src="')[2].partition('"')[0]
        assert (await http.get(picture)).headers["Content-Type"] == "image/png"
        assert (await http.get("/_practice/items")).json()[0]["quantity"] == 1


async def test_an_unused_picture_expires(caller):
    address = await caller.picture()
    picture = address.split("/")[-2]
    path = f"/commerce/media/v1_beta/image/{picture}"
    assert (await caller.http.get(path)).json()["imageUrl"] == address
    await caller.http.post("/_practice/clock", json={"advance_s": 31 * 86_400})
    await caller.sign_in()
    assert (await caller.http.get(path)).status_code == 404
