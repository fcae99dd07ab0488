"""What only Walmart does: two wrappers, buckets in odd headers, hidden prices, a cursor that must not be touched."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from mmhub_desktop.domain.listing import ListingChange, ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrderState, Shipment
from mmhub_desktop.errors import (
    CallsUsedUp,
    NotLiveYet,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SignInNeeded,
    Unavailable,
)
from mmhub_desktop.marketplaces.walmart.auth import SPEC_VERSION
from mmhub_desktop.marketplaces.walmart.buckets import kind_of, read_replenish_s
from mmhub_desktop.marketplaces.walmart.carriers import carrier_of
from mmhub_desktop.marketplaces.walmart.problems import error_for, field_for, read_findings
from mmhub_desktop.marketplaces.walmart.product_types import _type_names, named_in
from mmhub_desktop.marketplaces.walmart.reading import read_item, records_of
from tests.fidelity.documents import why_missing
from tests.fidelity.examples import documented_replies
from tests.fidelity.specification import load_specification
from tests.marketplaces.walmart.test_feeds import forms, listed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STAMP = NOW.timestamp()


@pytest.mark.parametrize(
    ("header", "text", "seconds"),
    [
        ("x-next-replenish-time", str(int((STAMP + 90) * 1000)), 90),
        ("X-Next-Replenishment-Time", str(int(STAMP + 90)), 90),
        ("x-next-replenish-time", "45", 45),
        ("x-next-replenish-time", "2026-11-20T12:01:30+00:00", 90),
        ("x-next-replenish-time", "2026-11-20T12:01:30", 90),
        ("x-next-replenish-time", str(int((STAMP - 90) * 1000)), 0),
        ("x-next-replenish-time", "soon", None),
        ("other", "45", None),
    ],
)
def test_the_replenish_time_is_read_by_its_magnitude(header, text, seconds):
    assert read_replenish_s(httpx.Headers({header: text}), NOW) == seconds


@pytest.mark.parametrize("form", ["ms", "s", "seconds", "iso"])
async def test_a_bucket_that_is_empty_is_not_asked_again(walmart, stage, form):
    await stage.tell(limits=True, replenish_form=form)
    for name in ("Table Lamps", "Floor Lamps", "Coffee Mugs"):
        await walmart.read_category(name)
    before = (await stage.state())["requests"]["POST /v3/items/spec"]
    with pytest.raises(CallsUsedUp) as caught:
        await walmart.read_category("T-Shirts")
    assert 10 < caught.value.retry_after_s <= 20
    assert (await stage.state())["requests"]["POST /v3/items/spec"] == before
    await walmart.read_category("Table Lamps")  # remembered
    await stage.pass_time(21)
    await walmart.read_category("T-Shirts")


async def test_a_429_of_one_kind_of_call_holds_up_only_that_kind(walmart, stage):
    """RateLimited would make every call of the account wait."""
    headers = {"x-current-token-count": "0", "x-next-replenish-time": "33"}
    await stage.tell(fail_next=[{"method": "GET", "path": "/v3/token/detail", "status": 429, "headers": headers}])
    with pytest.raises(CallsUsedUp) as caught:
        await walmart.check_credentials()
    assert caught.value.retry_after_s == 33
    with pytest.raises(CallsUsedUp):
        await walmart.check_credentials()
    await walmart.read_category("Table Lamps")
    await stage.pass_time(34)
    await walmart.check_credentials()


async def test_a_429_that_names_no_bucket_waits_as_told(walmart, stage):
    headers = {"X-Next-Replenishment-Time": "33"}
    await stage.tell(fail_next=[{"method": "GET", "path": "/v3/token/detail", "status": 429, "headers": headers}])
    with pytest.raises(RateLimited) as caught:
        await walmart.check_credentials()
    assert caught.value.retry_after_s == 33


def test_kinds_of_calls():
    assert kind_of("GET", "/v3/items/LAMP%2F1") == "GET /v3/items/*"
    assert kind_of("POST", "/v3/feeds?feedType=MP_ITEM") == "POST /v3/feeds MP_ITEM"
    assert kind_of("POST", "/v3/orders/179/shipping") == "POST /v3/orders/*/shipping"


async def test_the_token_call_carries_the_keys_and_headers(stage, walmart):
    seen: list[httpx.Request] = []

    async def note(request: httpx.Request) -> None:
        seen.append(request)

    stage.client.event_hooks["request"].append(note)
    await walmart.check_credentials()
    token, *others = seen
    assert token.headers["Authorization"] == "Basic " + base64.b64encode(b"practice-client:practice-secret").decode()
    assert token.content == b"grant_type=client_credentials"
    ids = {request.headers["WM_QOS.CORRELATION_ID"] for request in seen}
    assert len(ids) == len(seen), "each call has an id of its own"
    assert {request.headers["WM_SVC.NAME"] for request in seen} == {"Walmart Marketplace"}
    assert all("Authorization" not in request.headers for request in others)
    end = await walmart.token_expires_at()
    assert end is not None
    assert 890 < (end - stage.now()).total_seconds() <= 900


@pytest.mark.parametrize("status", [400, 401])
async def test_wrong_keys_are_named(stage, walmart, status):
    body = {"error": [{"code": "UNAUTHORIZED.GMP_GATEWAY_API", "description": "wrong", "severity": "ERROR"}]}
    await stage.tell(fail_next=[{"method": "POST", "path": "/v3/token", "status": status, "body": body}])
    with pytest.raises(SignInNeeded, match="Client ID"):
        await walmart.check_credentials()


async def test_warnings_about_the_account(stage, walmart):
    await stage.tell(suspended=True, view_only=["price", "item"])
    who = await walmart.check_credentials()
    assert {one.rule for one in who.warnings} == {"walmart.scope.price", "walmart.account"}
    assert who.remote_id == "10001234"
    assert await walmart.read_choices("ship_node") == (
        ("10001234001", "Main warehouse"),
        ("10001234002", "Second warehouse"),
    )


async def test_a_version_that_was_retired_is_explained(stage, walmart):
    await stage.tell(retired_versions=[SPEC_VERSION])
    with pytest.raises(Rejected) as caught:
        await walmart.read_category("Table Lamps")
    (finding,) = caught.value.findings
    assert "settings" in finding.fix


@pytest.mark.parametrize("key", ["ItemResponse", "responseRecord"])
def test_both_wrappers(key):
    item = {"sku": "A", "publishedStatus": "PUBLISHED", "lifecycleStatus": "ACTIVE"}
    assert [one["sku"] for one in records_of({key: [item] if key == "ItemResponse" else item})] == ["A"]
    assert [one["sku"] for one in records_of(item)] == ["A"]
    assert list(records_of({"ItemResponse": []})) == []


@pytest.mark.parametrize(
    ("status", "lifecycle", "quantity", "reasons", "state"),
    [
        ("PUBLISHED", "ACTIVE", 5, [], ListingState.LIVE),
        ("PUBLISHED", "ACTIVE", 0, [], ListingState.PAUSED),
        ("PUBLISHED", "ACTIVE", None, [], ListingState.LIVE),
        ("READY_TO_PUBLISH", "ACTIVE", 5, [], ListingState.ACCEPTED),
        ("IN_PROGRESS", "ACTIVE", 5, [], ListingState.ACCEPTED),
        ("STAGE", "ACTIVE", 5, [], ListingState.ACCEPTED),
        ("UNPUBLISHED", "ACTIVE", 5, [], ListingState.ACCEPTED),
        ("UNPUBLISHED", "ACTIVE", 5, ["No price was found for this listing."], ListingState.REJECTED),
        ("UNPUBLISHED", "ACTIVE", 5, ["This item is under review."], ListingState.ACCEPTED),
        ("SYSTEM_PROBLEM", "ACTIVE", 5, [], ListingState.REJECTED),
        ("UNPUBLISHED", "RETIRED", 5, [], ListingState.ENDED),
        ("PUBLISHED", "ARCHIVED", 5, [], ListingState.ENDED),
        ("SOMETHING_NEW", "ACTIVE", 5, [], ListingState.ACCEPTED),
    ],
)
def test_states(status, lifecycle, quantity, reasons, state):
    item = {
        "sku": "A",
        "publishedStatus": status,
        "lifecycleStatus": lifecycle,
        "unpublishedReasons": {"reason": reasons},
    }
    listing = read_item(item, quantity)
    assert listing.state is state
    if state in (ListingState.REJECTED, ListingState.PAUSED):
        assert listing.reasons
        assert all(one.message for one in listing.reasons)


def test_the_documents_own_items_are_read():
    if why := why_missing("walmart"):
        pytest.skip(why)
    rows = [
        row
        for path in ("/v3/items", "/v3/items/{id}")
        for one in documented_replies(load_specification("walmart"), path)
        if one.status == 200
        for row in records_of(one.body)
    ]
    assert len(rows) >= 3
    listings = [read_item(row) for row in rows]
    assert all(one.sku and one.price is not None for one in listings)
    assert sum(bool(one.title and one.gtin) for one in listings) >= 15
    reasons = [reason for one in listings for reason in one.reasons]
    assert {"attributes.productTaxCode", "price"} <= {reason.field for reason in reasons}
    assert {one.field for one in reasons if one.original.startswith("Shipping information")} == {""}


async def test_reasons_for_not_being_published_are_told(stage, walmart):
    await stage.tell(unpublished=["The main image is missing or could not be downloaded."])
    await listed(walmart, stage, "SHY-1")
    shown = await walmart.read("SHY-1")
    assert shown.state is ListingState.REJECTED
    assert [reason.field for reason in shown.reasons] == ["images"]
    assert shown.url == ""


async def test_stock_is_taken_when_the_item_is_published(stage, walmart):
    await stage.tell(live_after_s=3_600)
    (prepared,) = await forms(walmart, stage, "STOCK-1")
    answer = await walmart.create(*prepared)
    await walmart.follow("STOCK-1", answer.submission)
    with pytest.raises(NotLiveYet):
        await walmart.finish_create("STOCK-1", prepared[0])
    assert (await walmart.read("STOCK-1")).state is ListingState.ACCEPTED
    await stage.pass_time(3_700)
    await walmart.finish_create("STOCK-1", prepared[0])
    assert (await walmart.read("STOCK-1")).state is ListingState.LIVE


async def test_a_price_under_a_repricer_is_told(stage, walmart):
    await listed(walmart, stage, "REPRICED-1")
    await stage.tell(repricer=True)
    changed = await walmart.update("REPRICED-1", ListingChange(price=Money(4999, "USD")))
    assert changed.price == Money(2499, "USD")
    assert [reason.rule for reason in changed.reasons] == ["walmart.price_hidden"]
    assert not changed.reasons[0].blocks


async def test_ending_twice_and_selling_again(stage, walmart):
    await listed(walmart, stage, "END-1")
    assert (await walmart.end("END-1")).state is ListingState.PAUSED
    back = await walmart.update("END-1", ListingChange(quantity=4))
    assert (back.state, back.quantity) == (ListingState.LIVE, 4)


async def test_a_ship_node_goes_with_the_stock(stage):
    stage.account = replace(stage.account, settings={**stage.account.settings, "ship_node": "10001234002"})
    adapter = stage.adapter()
    await listed(adapter, stage, "NODE-1")
    (request,) = await adapter.update_requests("NODE-1", ListingChange(quantity=1))
    assert request.path == "/v3/inventory?sku=NODE-1&shipNode=10001234002"


async def test_orders_come_page_by_page_with_the_cursor_as_it_came(stage, walmart):
    await listed(walmart, stage, "BUSY-1")
    await walmart.update("BUSY-1", ListingChange(quantity=500))
    for _ in range(205):
        await stage.sell("BUSY-1", 1)
    since = stage.now() - timedelta(hours=1)
    first = await walmart.list_orders(since)
    assert (len(first.orders), first.more) == (200, True)
    second = await walmart.list_orders(since, first.cursor)
    assert (len(second.orders), second.more) == (5, False)
    assert len({one.remote_id for one in (*first.orders, *second.orders)}) == 205
    await stage.pass_time(3_600)  # what was new then comes once more, and never after that
    again = await walmart.list_orders(since, second.cursor)
    assert len(again.orders) == 200
    rest = await walmart.list_orders(since, again.cursor)
    number = await stage.sell("BUSY-1", 1)
    newest = await walmart.list_orders(since, rest.cursor)
    assert [one.remote_id for one in newest.orders] == [number]


async def test_orders_older_than_a_week_that_changed_are_found(stage, walmart):
    await listed(walmart, stage, "OLD-1")
    number = await stage.sell("OLD-1", 1)
    await stage.pass_time(20 * 86_400)
    since = stage.now() - timedelta(hours=1)
    assert (await walmart.list_orders(since)).orders == ()
    await walmart.acknowledge_order(number)
    (order,) = (await walmart.list_orders(since)).orders
    assert (order.remote_id, order.acknowledged) == (number, True)


async def test_an_order_is_read_with_its_money_and_address(stage, walmart):
    await listed(walmart, stage, "MONEY-1")
    order = await walmart.read_order(await stage.sell("MONEY-1", 2))
    assert (order.state, order.acknowledged) == (OrderState.OPEN, False)
    assert [(line.remote_id, line.quantity, line.price) for line in order.lines] == [
        ("1", 1, Money(2499, "USD")),
        ("2", 1, Money(2499, "USD")),
    ]
    assert order.total == Money(2 * (2499 + 200), "USD")  # with tax
    assert (order.address.country, order.address.region) == ("US", "AR")
    assert order.ship_by is not None


async def test_lines_are_shipped_apart_and_paid_once(stage, walmart):
    await listed(walmart, stage, "PARTS-1")
    number = await stage.sell("PARTS-1", 2)
    first = Shipment("fedex", "TRACK-1", stage.now(), lines=(("1", 1),))
    order = await walmart.confirm_shipment(number, first)
    assert order.state is OrderState.PARTLY_SHIPPED
    assert (await walmart.confirm_shipment(number, first)).state is OrderState.PARTLY_SHIPPED
    order = await walmart.confirm_shipment(number, Shipment("USPS", "TRACK-2", stage.now()))
    assert order.state is OrderState.SHIPPED
    assert {(parcel.carrier, parcel.tracking, parcel.line_ids) for parcel in order.parcels} == {
        ("FedEx", "TRACK-1", ("1",)),
        ("USPS", "TRACK-2", ("2",)),
    }
    with pytest.raises(Rejected):
        await walmart.confirm_shipment(number, Shipment("USPS", "TRACK-3", stage.now()))
    assert (await stage.state())["requests"]["POST /v3/orders/{order}/shipping"] == 2


async def test_an_unknown_carrier_needs_the_tracking_page(stage, walmart):
    await listed(walmart, stage, "FAR-1")
    number = await stage.sell("FAR-1", 1)
    with pytest.raises(Rejected) as caught:
        await walmart.confirm_shipment(number, Shipment("Bike Messenger", "B-1", stage.now()))
    assert caught.value.findings[0].field == "tracking_url"
    page = "https://bikes.example.com/B-1"
    order = await walmart.confirm_shipment(number, Shipment("Bike Messenger", "B-1", stage.now(), page))
    assert order.parcels[0].carrier == "Bike Messenger"


def test_carriers_are_spelt_as_walmart_spells_them():
    assert [carrier_of(name) for name in ("ups", "FEDEX", "Fed Ex", "dhl", "Bike")] == [
        "UPS",
        "FedEx",
        "FedEx",
        "DHL",
        "",
    ]


async def test_a_family_is_changed_and_ended_as_a_whole(stage, walmart):
    rules = await walmart.read_category("Table Lamps")
    mapped = walmart.map(stage.family("FLEX"), rules)
    images = (await forms(walmart, stage, "X"))[0][1]
    created = await walmart.create(mapped, images)
    assert created.remote_id == "group:FLEX"
    await walmart.follow(created.remote_id, created.submission)
    await walmart.finish_create(created.remote_id, mapped)
    shown = await walmart.read("group:FLEX")
    assert (shown.state, shown.sku, shown.price, shown.quantity) == (ListingState.LIVE, "FLEX", None, None)
    assert shown.variants == (
        VariantState("FLEX-White", Money(2499, "USD"), 3),
        VariantState("FLEX-Black", Money(2499, "USD"), 3),
    )
    dearer = await walmart.update("group:FLEX", ListingChange(price=Money(3999, "USD")))
    assert {one.price for one in dearer.variants} == {Money(3999, "USD")}
    wanted = (VariantState("FLEX-Black", Money(2999, "USD"), 0), VariantState("FLEX-Gone", None, 4))
    changed = await walmart.update("group:FLEX", ListingChange(variants=wanted))
    assert changed.variants == (VariantState("FLEX-White", Money(3999, "USD"), 3), wanted[0])
    assert changed.state is ListingState.LIVE
    with pytest.raises(Rejected):
        await walmart.update("group:FLEX", ListingChange(quantity=3))
    assert (await walmart.end("group:FLEX")).state is ListingState.PAUSED


def answer(status: int, body: object, **headers: str) -> tuple[httpx.Response, object]:
    request = httpx.Request("GET", "https://marketplace.walmartapis.com/v3/items/A")
    return httpx.Response(status, json=body, request=request, headers=headers), body


ENTRY = {
    "code": "INVALID_REQUEST_PARAM.GMP_ITEM_QUERY_API",
    "field": "gtin",
    "description": "wrong",
    "severity": "ERROR",
}


@pytest.mark.parametrize("body", [{"errors": [ENTRY]}, {"error": [ENTRY]}, ENTRY, {"errors": {"error": [ENTRY]}}])
def test_every_form_of_error_body(body):
    (finding,) = read_findings(body)
    assert (finding.field, finding.message, finding.blocks) == ("gtin", "wrong", True)


@pytest.mark.parametrize("body", [None, [], "text", {}, {"errors": "x"}, {"errors": [1]}, {"feedId": "A"}])
def test_other_bodies_hold_no_findings(body):
    assert read_findings(body) == ()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Rejected), (401, SignInNeeded), (403, Rejected), (404, Rejected), (413, Rejected), (423, Unavailable)],
)
def test_statuses(status, kind, walmart):
    response, body = answer(status, {"errors": [ENTRY]})
    error = error_for(response, body, walmart.connection)
    assert type(error) is kind
    assert error.message
    assert error.hint


def test_too_many_calls_in_another_status(walmart):
    entry = {**ENTRY, "code": "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API"}
    assert isinstance(error_for(*answer(400, {"errors": [entry]}), walmart.connection), RateLimited)


async def test_html_from_the_gateway_is_no_crash(stage, walmart):
    prepared = (await forms(walmart, stage, "HTML-1"))[0]
    await stage.fail_create(status=520)
    with pytest.raises(OutcomeUnknown):
        await walmart.create(*prepared)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Visible.Table Lamps.productName", "title"),
        ("mainImageUrl", "images"),
        ("bulbType", "attributes.bulbType"),
        ("", ""),
    ],
)
def test_fields_of_products(name, field):
    assert field_for(name) == field


@pytest.mark.off_specification("a cursor of nobody's making")
async def test_a_cursor_that_is_too_old_is_refused(stage, walmart):
    await listed(walmart, stage, "SCROLL-1")
    with pytest.raises(Rejected):
        await walmart.list_listings("scroll:0:nonsense")
    page = await walmart.list_listings("scroll:0:*")
    assert [one.sku for one in page.listings] == ["SCROLL-1"]


async def test_product_types_of_what_is_sold_or_else_of_what_the_title_names(stage, walmart):
    proposed = await walmart.find_categories("Coffee Mug with Lamp Table, Desk")
    assert {one.id for one in proposed} >= {"Table Lamps", "Coffee Mugs"}
    assert [one.id for one in await walmart.find_categories("Brass candle-holder")] == ["Candle Holders"]
    assert [one.id for one in await walmart.find_categories("Candle holders")] == ["Candle Holders"]
    assert await walmart.find_categories("Something else entirely") == ()
    assert await walmart.find_categories("  ") == ()
    assert (await stage.state())["requests"]["GET /v3/items/taxonomy"] == 1
    with pytest.raises(Rejected):
        await walmart.read_category("Flying Carpets")


def test_the_documents_own_taxonomy_is_read():
    if why := why_missing("walmart"):
        pytest.skip(why)
    names = [
        name
        for one in documented_replies(load_specification("walmart"), "/v3/items/taxonomy")
        if one.status == 200
        for name in _type_names(one.body.get("itemTaxonomy"))
    ]
    assert "Body Sprays" in names
    assert named_in("Vanilla Body Spray 100 ml", tuple(names)) == ["Body Sprays"]


async def test_an_address_that_is_not_shown_yet_is_not_asked_for_again_and_again(stage, walmart):
    await listed(walmart, stage, "LATE-1")
    never = [{"method": "GET", "path": "/v3/items/walmart/search", "status": 429}]
    await stage.tell(fail_next=never)
    assert [(await walmart.read("LATE-1")).url for _ in range(3)] == ["", "", ""]
    asked = (await stage.state())["requests"]["GET /v3/items/walmart/search"]
    await stage.pass_time(901)
    assert (await walmart.read("LATE-1")).url.startswith("https://www.walmart.com/ip/")
    await walmart.read("LATE-1")
    assert (await stage.state())["requests"]["GET /v3/items/walmart/search"] == asked + 1
