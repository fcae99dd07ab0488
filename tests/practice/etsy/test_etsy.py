"""The practice Etsy by itself: keys, tokens, scopes, checks of forms and inventories, fees, limits, memory."""

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mmhub_desktop.conformance import png
from mmhub_desktop.practice.server import PracticeServer

KEY = "practice-keystring"
REDIRECT = "http://localhost:3003/oauth/redirect"
SHOP = "/v3/application/shops/52000001"
SCOPES = "listings_r listings_w listings_d transactions_r transactions_w shops_r"
VERIFIER = "v" * 50
MUG = {
    "quantity": "5", "title": "Blue mug", "description": "A mug.", "price": "19.99", "who_made": "i_did",
    "when_made": "made_to_order", "taxonomy_id": "1026", "shipping_profile_id": "7100001", "is_supply": "false",
    "return_policy_id": "7200001", "readiness_state_id": "7300001", "type": "physical",
}  # fmt: skip


class Seller:
    """Calls as an application of the shop."""

    def __init__(self, server: PracticeServer) -> None:
        self.server = server
        headers = {"x-api-key": f"{KEY}:practice-shared-secret"}
        self.http = httpx.AsyncClient(base_url=server.base_url, headers=headers)
        self.refresh = ""

    async def sign_in(self, scope: str = SCOPES) -> None:
        """Consent and tokens."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code", "client_id": KEY, "redirect_uri": REDIRECT, "scope": scope, "state": "s",
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        answer = await self.http.get("/oauth/connect", params=query)
        code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code": code, "code_verifier": VERIFIER}
        await self.token(form)

    async def token(self, form: dict[str, str]) -> httpx.Response:
        """Ask for tokens and use them."""
        answer = await self.http.post("/v3/public/oauth/token", data={"client_id": KEY, **form})
        if answer.status_code == 200:
            self.refresh = answer.json()["refresh_token"]
            self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return answer

    async def create(self, **changes: str) -> httpx.Response:
        """A draft."""
        form = {key: value for key, value in {**MUG, **changes}.items() if value}
        return await self.http.post(f"{SHOP}/listings", data=form)

    async def publish(self, listing_id: int) -> httpx.Response:
        """Active."""
        return await self.http.patch(f"{SHOP}/listings/{listing_id}", data={"state": "active"})

    async def add_image(self, listing_id: int, rank: int = 1, **more: str) -> httpx.Response:
        """A picture at a rank."""
        files = {"image": ("a.png", png(800, 800), "image/png")}
        return await self.http.post(f"{SHOP}/listings/{listing_id}/images", files=files, data={"rank": rank, **more})

    async def live(self) -> int:
        """A published mug."""
        listing_id: int = (await self.create()).json()["listing_id"]
        await self.add_image(listing_id)
        assert (await self.publish(listing_id)).json()["state"] == "active"
        return listing_id

    async def put(self, listing_id: int, *products: dict[str, Any], **more: Any) -> httpx.Response:
        """An inventory."""
        return await self.http.put(
            f"/v3/application/listings/{listing_id}/inventory", json={"products": list(products), **more}
        )


def product(sku: str = "A", *, price: float = 19.99, quantity: int = 5, **more: Any) -> dict[str, Any]:
    """A product as it is written."""
    offering = {"price": price, "quantity": quantity, "is_enabled": True, "readiness_state_id": 7300001, **more}
    return {"sku": sku, "property_values": [], "offerings": [offering]}


@pytest.fixture
async def seller() -> AsyncIterator[Seller]:
    server = PracticeServer("etsy")
    await server.start()
    caller = Seller(server)
    await caller.sign_in()
    yield caller
    await caller.http.aclose()
    await server.stop()


def said(answer: httpx.Response) -> str:
    """The words of a refusal."""
    words: str = answer.json()["error"]
    return words


async def test_the_key_needs_its_secret(seller: Seller) -> None:
    for key, words in ((KEY, "Shared secret is required"), ("other:x", "not found")):
        answer = await seller.http.get("/v3/application/openapi-ping", headers={"x-api-key": key})
        assert (answer.status_code, words in said(answer)) == (403, True)
    seller.server.practice.set_faults({"keystring_only": True})
    assert (await seller.http.get("/v3/application/openapi-ping", headers={"x-api-key": KEY})).status_code == 200


async def test_tokens_last_an_hour_and_refresh_tokens_work_once_within_90_days(seller: Seller) -> None:
    assert seller.http.headers["Authorization"].startswith("Bearer 91000001."), "the user stands before the dot"
    first = seller.refresh
    await seller.http.post("/_practice/clock", json={"advance_s": 3601})
    answer = await seller.http.get("/v3/application/users/me")
    assert (answer.status_code, said(answer)) == (401, "invalid_token")
    assert (await seller.token({"grant_type": "refresh_token", "refresh_token": first})).status_code == 200
    assert (await seller.http.get("/v3/application/users/me")).status_code == 200
    again = await seller.token({"grant_type": "refresh_token", "refresh_token": first})
    assert (again.status_code, said(again)) == (400, "invalid_grant")
    await seller.http.post("/_practice/clock", json={"advance_s": 91 * 86_400})
    late = await seller.token({"grant_type": "refresh_token", "refresh_token": seller.refresh})
    assert said(late) == "invalid_grant"


async def test_consent_is_strict(seller: Seller) -> None:
    good = {"response_type": "code", "client_id": KEY, "redirect_uri": REDIRECT, "scope": "shops_r", "state": "s",
            "code_challenge": "x", "code_challenge_method": "S256"}  # fmt: skip
    for name, value in (("redirect_uri", f"{REDIRECT}/"), ("code_challenge_method", "plain"), ("scope", "fly"),
                        ("state", ""), ("client_id", "other")):  # fmt: skip
        assert (await seller.http.get("/oauth/connect", params={**good, name: value})).status_code == 400, name


async def test_scopes_are_looked_at(seller: Seller) -> None:
    await seller.sign_in("listings_r shops_r")
    answer = await seller.create()
    assert (answer.status_code, "listings_w" in said(answer)) == (403, True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "t" * 141}, "too long"), ({"title": "Mug 🎉"}, "invalid"), ({"title": "a & b & c"}, "once"),
        ({"price": "0.19"}, "price"), ({"quantity": "1000"}, "quantity"), ({"who_made": "me"}, "who_made"),
        ({"when_made": "2020_2025"}, "when_made"), ({"taxonomy_id": "1"}, "taxonomy_id"), ({"tags": "x" * 21}, "tags"),
        ({"shipping_profile_id": ""}, "shipping_profile_id"), ({"is_supply": ""}, "array_too_short"),
        ({"materials": "wool (fine)"}, "materials"), ({"color": "blue"}, "color"), ({"description": ""}, "description"),
    ],
)  # fmt: skip
async def test_wrong_forms(seller: Seller, changes: dict[str, str], words: str) -> None:
    answer = await seller.create(**changes)
    assert answer.status_code == 400, answer.text
    assert words in said(answer)


async def test_drafts_without_a_sku_are_no_duplicates(seller: Seller) -> None:
    for sku in ("", "", "A", "A"):
        listing_id = (await seller.create()).json()["listing_id"]
        await seller.put(listing_id, product(sku))
    assert seller.server.practice.summary()["duplicate_skus"] == ["A"]


async def test_a_zero_weight_is_a_500(seller: Seller) -> None:
    assert (await seller.create(item_weight="0", item_weight_unit="g")).status_code == 500


async def test_lists_may_be_joined_or_repeated(seller: Seller) -> None:
    joined = await seller.create(tags="mug,blue mug")
    repeated = await seller.http.post(f"{SHOP}/listings", data={**MUG, "tags[]": ["mug", "blue mug"]})
    assert joined.json()["tags"] == repeated.json()["tags"] == ["mug", "blue mug"]


async def test_publishing_needs_what_the_sheet_names(seller: Seller) -> None:
    listing_id = (await seller.create(return_policy_id="", readiness_state_id="")).json()["listing_id"]
    assert "image" in said(await seller.publish(listing_id))
    await seller.add_image(listing_id)
    assert "return_policy" in said(await seller.publish(listing_id))
    seller.server.practice.set_faults({"eu_shop": True})
    assert "readiness_state" in said(await seller.publish(listing_id))
    await seller.put(listing_id, product())
    assert (await seller.publish(listing_id)).json()["state"] == "active"
    assert seller.server.practice.summary()["fees"] == 1


async def test_fees_are_taken_for_publishing_and_renewing_only(seller: Seller) -> None:
    listing_id = await seller.live()
    path = f"{SHOP}/listings/{listing_id}"
    await seller.http.patch(path, data={"state": "inactive"})
    await seller.publish(listing_id)
    assert seller.server.practice.summary()["fees"] == 1, "off and on again is free"
    await seller.http.post(f"/_practice/sell/{listing_id}", json={"quantity": 5})
    assert (await seller.http.get(f"/v3/application/listings/{listing_id}")).json()["state"] == "sold_out"
    assert (await seller.publish(listing_id)).json()["quantity"] == 1
    assert seller.server.practice.summary()["fees"] == 2
    await seller.http.post("/_practice/clock", json={"advance_s": 121 * 86_400})
    entry = (await seller.http.get("/_practice/items")).json()[0]
    assert (entry["status"], entry["live"]) == ("expired", False), "four months are over"


async def test_wrong_inventories(seller: Seller) -> None:
    listing_id = (await seller.create()).json()["listing_id"]
    value = {"property_id": 513, "property_name": "Size", "value_ids": [], "values": ["S (small)"]}
    for products, words in (
        ([product(quantity=0)], "greater than 0"),
        ([{**product(), "product_id": 5}], "product_id"),
        ([{"sku": "A", "property_values": [], "offerings": [{"price": 2, "quantity": 1, "is_enabled": True}]}],
         "readiness_state_id"),
        ([{**product(), "property_values": [value]}], "parentheses"),
        ([product("A"), product("B")], "sku_on_property"),
        ([product(price=0.1)], "price"),
        ([], "products"),
    ):  # fmt: skip
        answer = await seller.put(listing_id, *products)
        assert (answer.status_code, words in said(answer)) == (400, True), answer.text
    form = await seller.http.put(f"/v3/application/listings/{listing_id}/inventory", data={"products": "x"})
    assert form.status_code == 400


async def test_what_an_inventory_leaves_out_is_deleted(seller: Seller) -> None:
    listing_id = (await seller.create()).json()["listing_id"]
    both = {"sku_on_property": [513], "price_on_property": [], "quantity_on_property": []}
    await seller.put(listing_id, product("A"), product("B"), **both)
    answer = await seller.put(listing_id, product("B"))
    assert [one["sku"] for one in answer.json()["products"]] == ["B"]
    price = answer.json()["products"][0]["offerings"][0]["price"]
    assert price == {"amount": 1999, "divisor": 100, "currency_code": "USD"}


async def test_price_and_quantity_are_not_among_the_fields_of_a_listing(seller: Seller) -> None:
    listing_id = await seller.live()
    for name in ("price", "quantity"):
        answer = await seller.http.patch(f"{SHOP}/listings/{listing_id}", data={name: "5"})
        assert (answer.status_code, name in said(answer)) == (400, True)


async def test_pictures_have_ranks(seller: Seller) -> None:
    listing_id = (await seller.create()).json()["listing_id"]
    ids = [(await seller.add_image(listing_id, 1)).json()["listing_image_id"] for _ in range(2)]
    path = f"/v3/application/listings/{listing_id}/images"
    rows = (await seller.http.get(path)).json()["results"]
    assert [one["listing_image_id"] for one in rows] == ids[::-1], "without overwrite the others move back"
    await seller.add_image(listing_id, 1, overwrite="true")
    assert len((await seller.http.get(path)).json()["results"]) == 2
    text = {"image": ("a.webp", b"RIFF0000WEBP", "image/webp")}
    refused = await seller.http.post(f"{SHOP}/listings/{listing_id}/images", files=text, data={"rank": 1})
    assert "not supported" in said(refused)


async def test_drafts_are_seen_by_the_shop_only_and_late_in_lists(seller: Seller) -> None:
    listing_id = (await seller.create()).json()["listing_id"]
    path = f"/v3/application/listings/{listing_id}"
    assert (await seller.http.get(path)).json()["state"] == "draft"
    own = seller.http.headers.pop("Authorization")
    assert (await seller.http.get(path)).status_code == 404
    seller.http.headers["Authorization"] = own
    drafts = {"state": "draft", "limit": 100}
    assert (await seller.http.get(f"{SHOP}/listings", params=drafts)).json()["count"] == 1
    seller.server.practice.set_faults({"lookup_lag_s": 60})
    assert (await seller.http.get(f"{SHOP}/listings", params=drafts)).json()["count"] == 0
    assert (await seller.http.get("/v3/application/shops/1/listings")).status_code == 403


async def test_limits_are_told_and_refuse_when_switched_on(seller: Seller) -> None:
    ping = "/v3/application/openapi-ping"
    answer = await seller.http.get(ping)
    assert (answer.headers["x-limit-per-second"], answer.headers["x-limit-per-day"]) == ("10", "100000")
    seller.server.practice.set_faults({"limits": True})
    answers = [await seller.http.get(ping) for _ in range(25)]
    late = next(one for one in answers if one.status_code == 429)
    assert int(late.headers["retry-after"]) >= 1
    seller.server.practice.set_faults({"calls_per_day": 1})
    await seller.http.post("/_practice/clock", json={"advance_s": 5})
    answer = await seller.http.get(ping)
    assert (answer.status_code, "today" in said(answer)) == (429, True)


async def test_a_sale_makes_a_receipt_and_each_tracking_code_an_e_mail(seller: Seller) -> None:
    listing_id = await seller.live()
    order = (await seller.http.post(f"/_practice/sell/{listing_id}", json={"quantity": 2})).json()
    path = f"{SHOP}/receipts/{order['order_id']}"
    receipt = (await seller.http.get(path)).json()
    assert (receipt["status"], receipt["grandtotal"]["amount"], receipt["transactions"][0]["quantity"]) == (
        "paid", 3998, 2
    )  # fmt: skip
    for _ in range(2):
        answer = await seller.http.post(f"{path}/tracking", data={"tracking_code": "1Z", "carrier_name": "ups"})
    assert len(answer.json()["shipments"]) == 2, "a repeated code is a second parcel"
    assert answer.json()["is_shipped"] is True


async def test_everything_survives_a_restart(tmp_path: Path) -> None:
    server = PracticeServer("etsy", state_file=tmp_path / "etsy.jsonl")
    await server.start()
    caller = Seller(server)
    await caller.sign_in()
    listing_id = await caller.live()
    token = caller.http.headers["Authorization"]
    await caller.http.aclose()
    await server.stop()
    await server.start()
    again = Seller(server)
    again.http.headers["Authorization"] = token
    shown = (await again.http.get(f"/v3/application/listings/{listing_id}")).json()
    assert (shown["state"], shown["quantity"]) == ("active", 5)
    page = await again.http.get(f"/_practice/items/{listing_id}")
    assert "Blue mug" in page.text
    await again.http.aclose()
    await server.stop()
