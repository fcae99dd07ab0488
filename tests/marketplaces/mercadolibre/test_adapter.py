"""MercadoLibre's traps, one by one: odd bodies from small servers, whole behaviour from the practice marketplace."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import (
    MarketplaceError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SignInNeeded,
    Unavailable,
    UnexpectedReply,
    UserMistake,
)
from mmhub_desktop.marketplaces.base import ImageFile, ListingDraft, Mapped, RemoteImage, installed_marketplaces
from mmhub_desktop.marketplaces.mercadolibre.adapter import MARKETPLACE, MercadoLibre
from mmhub_desktop.marketplaces.mercadolibre.auth import MercadoLibreConsent
from mmhub_desktop.marketplaces.mercadolibre.problems import read_findings
from mmhub_desktop.practice.server import PracticeServer
from tests.fakes.account_secrets import MemorySecrets

TOKENS = {"client_secret": "practice-secret", "access_token": "APP_USR-token-1", "refresh_token": "TG-refresh-1"}
IDENTITY = {"user_id": "7", "nickname": "SHOP", "site": "MLC", "currency": "CLP", "model": "items", "decimals": "0"}
DRAFT = ListingDraft(
    sku="T-1",
    text=Text("Taza de cerámica azul 350 ml", "Una taza."),
    brand="Andina",
    category="Cocina",
    gtin="7501031311309",
    condition=Condition.NEW,
    price=Money(12990, "CLP"),
    quantity=7,
    attributes={"Modelo": "T-350"},
    image_count=1,
)
MAPPED = Mapped({"title": "Taza", "category_id": "MLC2001", "attributes": []}, {"pictures": 1})
IMAGE = (RemoteImage("P1"),)


class Canned:
    """Answers by (method, path); everything asked is kept."""

    def __init__(self, answers: Mapping[tuple[str, str], Any]) -> None:
        self.answers = dict(answers)
        self.asked: list[tuple[str, str, Any]] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        text = await request.text() if request.content_type == "application/json" else ""
        self.asked.append((request.method, request.path, json.loads(text) if text else None))
        answer = self.answers[request.method, request.path]
        status, body, *headers = answer if isinstance(answer, tuple) else (200, answer)
        return web.json_response(body, status=status, headers=headers[0] if headers else None)


@pytest.fixture
def canned(serve, connect):
    """An adapter that hears canned answers."""

    async def make(answers: Mapping[tuple[str, str], Any], **more: Any) -> tuple[MercadoLibre, Canned]:
        server = Canned(answers)
        connection = connect(
            await serve(server.handle),
            secrets=MemorySecrets(TOKENS),
            identity={**IDENTITY, **more.pop("identity", {})},
            **more,
        )
        return MercadoLibre(connection), server

    return make


class Shop:
    """A connected account at the practice MercadoLibre."""

    def __init__(self, connect: Any, client: Any, url: str) -> None:
        self._connect, self._client, self.url = connect, client, url
        self.secrets = MemorySecrets({"client_secret": "practice-secret"})
        self.settings = {"site": "MLC"}

    async def open(self, **faults: Any) -> MercadoLibre:
        await self.tell(**faults)
        connection = self.connection()
        page, remembered = MercadoLibreConsent(connection).start()
        answer = await self._client.get(page)
        await MercadoLibreConsent(connection).finish(answer.headers["Location"], remembered)
        adapter = MercadoLibre(connection)
        await adapter.check_credentials()
        return adapter

    def connection(self) -> Any:
        return self._connect(self.url, secrets=self.secrets, settings=self.settings, now=lambda: datetime.now(UTC))

    async def tell(self, **faults: Any) -> None:
        assert (await self._client.post(f"{self.url}/_practice/faults", json=faults)).status_code == 200

    async def change(self, item_id: str, **fields: Any) -> None:
        assert (await self._client.post(f"{self.url}/_practice/items/{item_id}", json=fields)).status_code == 200

    async def item(self, item_id: str) -> dict[str, Any]:
        return dict((await self._client.get(f"{self.url}/_practice/state")).json()["items"][item_id])

    async def list_one(self, adapter: MercadoLibre, **changes: Any) -> str:
        draft = replace(DRAFT, **changes)
        category = (await adapter.find_categories(draft.text.title))[0]
        mapped = adapter.map(draft, await adapter.read_category(category.id))
        assert not mapped.blocked, mapped.findings
        image = await adapter.upload_image(image_file())
        created = await adapter.create(mapped, (image,))
        await adapter.finish_create(created.remote_id, mapped)
        return created.remote_id


def image_file(width: int = 600, height: int = 600, mime: str = "image/png", size: int = 0) -> ImageFile:
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return ImageFile("cup.png", mime, header + b"\x08\x02\x00\x00\x00" + b"\0" * max(size, 20), width, height)


@pytest.fixture
async def shop(connect, client) -> AsyncIterator[Shop]:
    server = PracticeServer("mercadolibre")
    yield Shop(connect, client, await server.start())
    await server.stop()


def test_the_entry_point_finds_it():
    assert installed_marketplaces().things["mercadolibre"] is MARKETPLACE


def test_waits_between_look_ups_are_a_setting(connect):
    account = connect("").account
    assert MARKETPLACE.lookup_waits(account) == MARKETPLACE.lookup_lag_s
    for text, waits in (("1, 2.5", (1.0, 2.5)), ("soon", MARKETPLACE.lookup_lag_s), ("-1", MARKETPLACE.lookup_lag_s)):
        assert MARKETPLACE.lookup_waits(replace(account, settings={"lookup_lag_s": text})) == waits


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({"site": "MLA"}, "auth.mercadolibre.com.ar"),
        ({"site": "MLB"}, "auth.mercadolivre.com.br"),
        ({"site": "MLC", "consent_host": "https://auth.example.org/"}, "auth.example.org"),
    ],
)
def test_the_consent_page_of_the_country(connect, settings, host):
    page, remembered = MercadoLibreConsent(connect("", settings=settings)).start()
    query = parse_qs(urlsplit(page).query)
    assert (urlsplit(page).scheme, urlsplit(page).netloc, urlsplit(page).path) == ("https", host, "/authorization")
    assert query["state"] == [remembered["state"]]
    assert query["code_challenge_method"] == ["S256"]
    assert "site" not in query


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"site": "MLC", "client_id": " "}, "application id"),
        ({}, "country"),
        ({"site": "MLC", "redirect_uri": "http://shop.example/x"}, "https"),
        ({"site": "MLC", "redirect_uri": "shop.example"}, "https"),
        ({"site": "MLC", "redirect_uri": "https://shop.example/x?y=1"}, "must not contain"),
        ({"site": "MLC", "consent_host": "http://auth.example.org"}, "https"),
    ],
)
def test_unusable_settings_are_named_before_the_browser_opens(connect, settings, words):
    with pytest.raises(UserMistake, match=words):
        MercadoLibreConsent(connect("", settings=settings)).start()


def test_a_loopback_redirect_may_be_tried(connect):
    settings = {"site": "MLC", "redirect_uri": "http://127.0.0.1:8080/"}
    assert "127.0.0.1" in MercadoLibreConsent(connect("", settings=settings)).start()[0]


async def test_a_wrong_secret_is_explained(shop):
    shop.secrets.values["client_secret"] = "not-the-secret"
    with pytest.raises(SignInNeeded, match="application id") as caught:
        await shop.open()
    assert "not-the-secret" not in f"{caught.value.original} {caught.value}"


# --- error bodies


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"cause": []}, []),
        ({"cause": None}, []),
        ({}, []),
        ("text", []),
        ({"cause": "item.price invalid"}, [("", True)]),
        ({"cause": ["one", "two"]}, [("", True), ("", True)]),
        ({"cause": {"cause_id": 109, "message": "m"}}, [("price", True)]),
        ({"cause": [{"cause_id": 4029, "type": "warning", "references": ["item.shipping"]}]}, [("", False)]),
        ({"cause": [{"cause_id": 1212}]}, [("", False)]),
        ({"cause": [{"cause_id": 1212, "type": "error"}]}, [("", True)]),
        ({"cause": [{"cause_id": 154, "references": ["item.title"], "message": "m"}]}, [("title", True)]),
        ({"cause": [{"code": "x", "references": ["item.family_name"], "message": "m"}]}, [("title", True)]),
        ({"cause": [{"code": "x", "references": ["item.pictures[2]"], "message": "m"}]}, [("images", True)]),
        ({"cause": [{"code": "x", "references": ["item.available_quantity"]}]}, [("quantity", True)]),
        (
            {"cause": [{"cause_id": 147, "references": ["item.attributes"], "message": "[BRAND, MODEL] are required"}]},
            [("brand", True), ("attributes.MODEL", True)],
        ),
        ({"cause": [{"cause_id": 7810, "message": "[GTIN] is required"}]}, [("gtin", True)]),
        ({"cause": [{"code": "x", "references": ["item.attributes.COLOR"]}]}, [("attributes.COLOR", True)]),
        ({"cause": [{"cause_id": 398, "references": ["plain_text[12]"]}]}, [("description", True)]),
        ({"cause": [], "warnings": [{"cause_id": 502, "message": "kept", "type": "error"}]}, [("", False)]),
    ],
)
def test_causes_in_every_form(body, expected):
    assert [(finding.field, finding.blocks) for finding in read_findings(body)] == expected


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"error": "validation_error", "message": "body wrong", "cause": []}, Rejected, "body wrong"),
        (400, {"status": 400, "error": "some", "code": "local_rate_limited"}, Rejected, ""),
        (400, {"error": "local_rate_limited"}, RateLimited, ""),
        (401, {"message": "unauthorized_scopes", "error": "unauthorized_scopes"}, SignInNeeded, "blocked"),
        (403, {"message": "x", "error": "seller.unable_to_list", "code": "y"}, Rejected, "list products"),
        (403, {"message": "forbidden", "error": "forbidden"}, Rejected, "does not allow"),
        (404, {"message": "gone", "error": "not_found"}, Rejected, "not there"),
        (409, {"message": "item optimistic locking error", "status": 409}, Unavailable, "busy"),
        (429, {"message": "client.id over quota"}, RateLimited, ""),
        (302, {"odd": True}, UnexpectedReply, ""),
    ],
)
async def test_refusals_of_a_create(canned, status, body, kind, words):
    adapter, server = await canned({("POST", "/items"): (status, body)})
    with pytest.raises(MarketplaceError) as caught:
        await adapter.create(MAPPED, IMAGE)
    assert type(caught.value) is kind
    findings = getattr(caught.value, "findings", ())
    assert words in f"{caught.value} {[finding.message for finding in findings]}"
    assert all(finding.blocks for finding in findings)
    assert len(server.asked) == 1, "an adapter never repeats"


async def test_a_409_says_how_long(canned):
    adapter, _ = await canned({("PUT", "/items/MLC1"): (409, {"message": "item optimistic locking error"})})
    with pytest.raises(Unavailable) as caught:
        await adapter.end("MLC1")
    assert caught.value.retry_after_s == 5


async def test_a_create_answered_without_an_id_is_unknown(canned):
    adapter, _ = await canned({("POST", "/items"): (201, {"status": "active"})})
    with pytest.raises(OutcomeUnknown):
        await adapter.create(MAPPED, IMAGE)


async def test_a_renewed_token_that_is_refused_too_is_their_trouble(canned):
    refused = (401, {"message": "invalid access token", "error": "unauthorized"})
    tokens = {"access_token": "APP_USR-token-2", "refresh_token": "TG-2", "expires_in": 100}
    adapter, server = await canned({("GET", "/users/me"): refused, ("POST", "/oauth/token"): tokens})
    with pytest.raises(Unavailable):
        await adapter.check_credentials()
    assert [path for _, path, _ in server.asked] == ["/users/me", "/oauth/token", "/users/me"]


async def test_validation_separates_warnings(canned):
    warning = {"cause_id": 1212, "type": "warning", "message": "normalised", "references": ["item.attributes"]}
    error = {"cause_id": 3705, "type": "error", "message": "too short", "references": ["item.title"]}
    adapter, server = await canned({("POST", "/items/validate"): (400, {"cause": [warning]})})
    assert [finding.blocks for finding in await adapter.validate(MAPPED, IMAGE)] == [False]
    server.answers["POST", "/items/validate"] = (400, {"cause": [warning, error]})
    with pytest.raises(Rejected) as caught:
        await adapter.validate(MAPPED, IMAGE)
    assert [(finding.field, finding.blocks) for finding in caught.value.findings] == [
        ("attributes", False),
        ("title", True),
    ]
    server.answers["POST", "/items/validate"] = (400, {"message": "no causes"})
    with pytest.raises(Rejected, match="1 problem"):
        await adapter.validate(MAPPED, ())


async def test_conditional_attributes_are_asked_for(canned):
    asked = {
        ("POST", "/categories/MLC2001/attributes/conditional"): {
            "required_attributes": [{"id": "VOLTAGE", "name": "V"}]
        }
    }
    adapter, server = await canned(asked)
    with pytest.raises(Rejected) as caught:
        await adapter.validate(replace(MAPPED, after={"conditional": True}), IMAGE)
    assert [finding.field for finding in caught.value.findings] == ["attributes.VOLTAGE"]
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "subs", "state"),
    [
        ("active", [], ListingState.LIVE),
        ("active", ["warning"], ListingState.LIVE),
        ("paused", ["picture_download_pending"], ListingState.ACCEPTED),
        ("paused", ["picture_downloading_pending"], ListingState.ACCEPTED),
        ("under_review", ["picture_download_pending"], ListingState.REJECTED),
        ("under_review", [], ListingState.ACCEPTED),
        ("under_review", ["held"], ListingState.ACCEPTED),
        ("under_review", ["waiting_for_patch"], ListingState.REJECTED),
        ("under_review", ["forbidden"], ListingState.REJECTED),
        ("paused", ["out_of_stock"], ListingState.PAUSED),
        ("paused", ["paused_by_seller"], ListingState.PAUSED),
        ("closed", [], ListingState.ENDED),
        ("closed", ["expired"], ListingState.ENDED),
        ("inactive", [], ListingState.REJECTED),
        ("payment_required", [], ListingState.REJECTED),
        ("not_yet_active", [], ListingState.ACCEPTED),
        ("something_new", ["odd"], ListingState.ACCEPTED),
    ],
)
async def test_states_with_reasons(canned, status, subs, state):
    item = {"id": "MLC1", "status": status, "sub_status": subs, "price": 10, "currency_id": "CLP"}
    answers = {
        ("GET", "/items/MLC1"): item,
        ("GET", "/items/MLC1/sale_price"): (404, {}),
        ("GET", "/moderations/last_moderation/MLC1-ITM"): [{"wordings": [{"type": "REASON", "value": "Fotos"}]}],
    }
    adapter, _ = await canned(answers)
    listing = await adapter.read("MLC1")
    assert listing.state is state
    assert listing.price == Money(10, "CLP")
    told = status not in ("active", "closed") or bool(set(subs) - {"warning"})
    assert bool(listing.reasons) is told
    assert any(finding.blocks for finding in listing.reasons) is (state in (ListingState.REJECTED, ListingState.PAUSED))


async def test_the_sellers_price_is_the_regular_one(canned):
    item = {"id": "MLC1", "status": "active", "currency_id": "BRL"}
    sale = {"amount": 15.5, "regular_amount": 19.99, "currency_id": "BRL"}
    adapter, _ = await canned({("GET", "/items/MLC1"): item, ("GET", "/items/MLC1/sale_price"): sale})
    assert (await adapter.read("MLC1")).price == Money(1999, "BRL")


async def test_a_partial_answer_leaves_fields_open(canned):
    part = (206, {"id": "MLC1", "status": "active"}, {"X-Content-Missing": "price"})
    adapter, server = await canned({("GET", "/items/MLC1"): part, ("GET", "/items/MLC1/sale_price"): (404, {})})
    listing = await adapter.read("MLC1")
    assert (listing.state, listing.price, listing.quantity, listing.url) == (ListingState.LIVE, None, None, "")
    server.answers["GET", "/items/MLC1"] = (206, {"id": "MLC1"}, {"X-Content-Missing": "status"})
    with pytest.raises(Unavailable):
        await adapter.read("MLC1")


async def test_partial_items_of_the_practice_marketplace(shop):
    adapter = await shop.open()
    item_id = await shop.list_one(adapter)
    await shop.tell(partial=True)
    listing = await adapter.read(item_id)
    assert (listing.state, listing.sku, listing.price) == (ListingState.LIVE, "", Money(12990, "CLP"))


async def test_look_up_leaves_ended_and_foreign_ones_out(serve, connect):
    ids = [f"MLC{number}" for number in range(25)]
    rows = [
        {
            "code": 200,
            "body": {"id": one, "status": "active", "attributes": [{"id": "SELLER_SKU", "value_name": "T-1"}]},
        }
        for one in ids
    ]
    rows[1]["body"]["status"] = "closed"
    rows[2]["body"]["attributes"][0]["value_name"] = "T-10"
    rows[3] = {"code": 404, "body": {}}
    calls: list[list[str]] = []

    async def handle(request: web.Request) -> web.Response:
        if request.path == "/items":
            asked = request.query["ids"].split(",")
            calls.append(asked)
            return web.json_response([rows[ids.index(one)] for one in asked])
        assert request.path == "/users/7/items/search"
        assert request.query["seller_sku"] == "T-1"
        return web.json_response({"results": ids})

    adapter = MercadoLibre(connect(await serve(handle), secrets=MemorySecrets(TOKENS), identity=IDENTITY))
    found = await adapter.find_by_sku("T-1")
    assert [one.remote_id for one in found] == [one for one in ids if one not in ("MLC1", "MLC2", "MLC3")]
    assert [len(call) for call in calls] == [20, 5]
    rows[0] = {"code": 500, "body": {}}
    with pytest.raises(Unavailable):
        await adapter.find_by_sku("T-1")


async def test_a_listing_of_an_older_program_is_found_by_its_sku(shop):
    """It put the SKU into a field that is shown nowhere now; listing the product anew would double it."""
    adapter = await shop.open()
    item_id = await shop.list_one(adapter)
    await shop.change(item_id, attributes=[], seller_custom_field="OLD-1")
    (found,) = await adapter.find_by_sku("OLD-1")
    assert (found.remote_id, found.sku) == (item_id, "OLD-1")
    assert [one.sku for one in (await adapter.list_listings()).listings] == ["OLD-1"]
    assert await adapter.find_by_sku("OLD-2") == ()


async def test_the_picture_quota_is_a_wait(shop):
    adapter = await shop.open(picture_quota_per_min=60)
    await adapter.upload_image(image_file())
    with pytest.raises(RateLimited) as caught:
        await adapter.upload_image(image_file())
    assert caught.value.retry_after_s == 30


async def test_pictures_that_cannot_be_used(shop):
    adapter = await shop.open()
    for image in (
        image_file(200, 900),
        image_file(400, 400),
        image_file(mime="image/webp"),
        image_file(size=10 * 1024 * 1024 + 1),
    ):
        with pytest.raises(Rejected) as caught:
            await adapter.upload_image(image)
        assert caught.value.findings[0].field == "images"
        assert "cup.png" in str(caught.value)
    with pytest.raises(Rejected) as caught:
        await adapter.upload_image(replace(image_file(), data=b"not an image"))
    assert caught.value.findings[0].field in ("", "images")


async def test_a_broken_picture_is_named_at_the_check(shop):
    adapter = await shop.open(picture_error=True)
    image = await adapter.upload_image(image_file())
    category = (await adapter.find_categories(DRAFT.text.title))[0]
    mapped = adapter.map(DRAFT, await adapter.read_category(category.id))
    with pytest.raises(Rejected) as caught:
        await adapter.validate(mapped, (image,))
    assert [finding.field for finding in caught.value.findings if finding.blocks] == ["images"]


async def test_both_models_are_told_by_the_account(shop):
    adapter = await shop.open(user_products=True, warehouse=True)
    settings = (await adapter.check_credentials()).settings
    assert (settings["model"], settings["warehouses"], settings["decimals"]) == ("user_products", "yes", "0")


async def test_an_account_that_was_never_checked_cannot_map(connect, shop):
    adapter = await shop.open()
    category = (await adapter.find_categories(DRAFT.text.title))[0]
    rules = await adapter.read_category(category.id)
    fresh = MercadoLibre(shop.connection())
    assert "test the connection" in fresh.map(DRAFT, rules).findings[0].fix
    assert not adapter.map(DRAFT, rules).blocked


async def test_a_blocked_seller_is_warned_and_refused(shop):
    adapter = await shop.open(unable_to_list=True)
    assert [one.rule for one in (await adapter.check_credentials()).warnings] == ["mercadolibre.unable_to_list"]
    with pytest.raises(Rejected, match="list products"):
        await shop.list_one(adapter)


async def test_a_blocked_application_stops_everything(shop):
    adapter = await shop.open()
    await shop.tell(blocked=True)
    with pytest.raises(SignInNeeded, match="blocked your application"):
        await adapter.check_credentials()


async def test_a_brand_that_needs_permission(shop):
    adapter = await shop.open(not_authorised_brands=["Andina"])
    with pytest.raises(Rejected) as caught:
        await shop.list_one(adapter)
    assert [finding.field for finding in caught.value.findings if finding.blocks] == ["brand"]


async def test_an_automatic_price_is_not_reported_as_changed(shop):
    adapter = await shop.open()
    item_id = await shop.list_one(adapter)
    await shop.tell(price_automation=[item_id])
    with pytest.raises(Rejected):
        await adapter.update(item_id, ListingChange(price=Money(15000, "CLP")))
    with pytest.raises(Rejected) as caught:
        await adapter.update(item_id, ListingChange(price=Money(15000, "CLP"), quantity=9))
    (finding,) = caught.value.findings
    assert (finding.field, finding.limit) == ("price", "12,990 CLP")
    assert "automatic" in finding.fix
    assert (await adapter.read(item_id)).quantity == 9


async def test_title_changes_until_the_first_sale(shop):
    adapter = await shop.open()
    item_id = await shop.list_one(adapter)
    assert (
        await adapter.update(item_id, ListingChange(title="Taza nueva de cerámica"))
    ).title == "Taza nueva de cerámica"
    with pytest.raises(Rejected) as caught:
        await adapter.update(item_id, ListingChange(title="Taza " * 30))
    assert caught.value.findings[0].field == "title"
    await shop.change(item_id, sold_quantity=2)
    with pytest.raises(Rejected, match="sold"):
        await adapter.update(item_id, ListingChange(title="Otra taza de cerámica", price=Money(20000, "CLP")))
    unchanged = await adapter.read(item_id)
    assert (unchanged.title, unchanged.price) == ("Taza nueva de cerámica", Money(12990, "CLP"))


async def test_titles_of_user_products_are_not_ours(shop):
    adapter = await shop.open(user_products=True)
    item_id = await shop.list_one(adapter)
    with pytest.raises(Rejected, match="writes the titles"):
        await adapter.update(item_id, ListingChange(title="Otra taza de cerámica"))


async def test_descriptions_are_put_where_there_is_one(shop):
    adapter = await shop.open()
    item_id = await shop.list_one(adapter)
    await adapter.update(item_id, ListingChange(description="<b>Nueva</b> 🎉"))
    assert (await shop.item(item_id))["description"] == "Nueva"
    bare = await shop.list_one(adapter, sku="T-2", text=Text(DRAFT.text.title))
    await adapter.update(bare, ListingChange(description="Primera"))
    assert (await shop.item(bare))["description"] == "Primera"


async def test_stock_in_warehouses(shop):
    adapter = await shop.open(user_products=True, warehouse=True)
    item_id = await shop.list_one(adapter)
    with pytest.raises(Rejected, match="2 warehouses") as caught:
        await adapter.update(item_id, ListingChange(quantity=4))
    assert "70001, 70002" in caught.value.findings[0].fix
    shop.settings["store_id"] = "70002"
    chosen = MercadoLibre(shop.connection())
    await chosen.check_credentials()
    assert (await chosen.update(item_id, ListingChange(quantity=4))).quantity == 11
    shop.settings["store_id"] = "1"
    wrong = MercadoLibre(shop.connection())
    await wrong.check_credentials()
    with pytest.raises(Rejected, match="no warehouse 1"):
        await wrong.update(item_id, ListingChange(quantity=4))


async def test_a_stale_stock_version_is_read_again_later(canned):
    place = {"type": "seller_warehouse", "store_id": "1", "network_node_id": "N", "quantity": 2}
    answers = {
        ("GET", "/items/MLC1"): {"id": "MLC1", "status": "active", "user_product_id": "MLCU1"},
        ("GET", "/user-products/MLCU1/stock"): (200, {"locations": [place]}, {"x-version": "7"}),
        ("PUT", "/user-products/MLCU1/stock/type/seller_warehouse"): (409, {"message": "Version mismatch"}),
    }
    adapter, server = await canned(answers, identity={"warehouses": "yes", "model": "user_products"})
    with pytest.raises(Unavailable):
        await adapter.update("MLC1", ListingChange(quantity=3))
    assert server.asked[-1][2] == {"locations": [{"store_id": "1", "network_node_id": "N", "quantity": 3}]}


async def test_stock_that_was_ignored_is_told(shop):
    adapter = await shop.open()
    item_id = await shop.list_one(adapter)
    await shop.tell(warehouse=True)  # the account has changed since it was tested
    with pytest.raises(Rejected) as caught:
        await adapter.update(item_id, ListingChange(quantity=2))
    assert caught.value.findings[0].field == "quantity"


async def test_an_empty_change_only_reads(shop):
    adapter = await shop.open()
    item_id = await shop.list_one(adapter)
    assert (await adapter.update(item_id, ListingChange())).state is ListingState.LIVE


async def test_a_create_sends_no_more_pictures_than_the_category_takes(canned):
    created = {
        "id": "MLC1",
        "status": "active",
        "permalink": "https://x",
        "warnings": [{"message": "w", "cause_id": 4029}],
    }
    adapter, server = await canned({("POST", "/items"): (201, created)})
    listing = await adapter.create(MAPPED, (RemoteImage("P1"), RemoteImage("P2")))
    assert server.asked[0][2]["pictures"] == [{"id": "P1"}]
    assert (listing.state, listing.url) == (ListingState.ACCEPTED, "https://x")
    assert [finding.blocks for finding in listing.reasons] == [False]
