"""The traps that only Amazon has, on the practice Amazon and on small servers with chosen answers."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mmhub_desktop.domain.listing import ListingChange, ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrderState, Shipment
from mmhub_desktop.errors import MmhubError, NotLiveYet, Rejected, SignInNeeded, Unsupported, UserMistake
from mmhub_desktop.marketplaces.amazon.adapter import Amazon
from mmhub_desktop.marketplaces.amazon.following import read_awaited
from mmhub_desktop.marketplaces.amazon.listed import next_cursor, search_query
from mmhub_desktop.marketplaces.base import CategoryRules, Connection, RemoteImage, RemoteListing
from mmhub_desktop.marketplaces.contract import live_listing, prepare
from tests.marketplaces.amazon.conftest import IDENTITY, TOKENS, US, Canned

NEW_PRICE = Money(1999, "USD")


async def listed(stage: Any, sku: str = "CUP-1") -> Amazon:
    """An adapter with one live listing."""
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, sku)
    await live_listing(stage, adapter, mapped, images)
    assert isinstance(adapter, Amazon)
    return adapter


async def attributes(stage: Any, sku: str = "CUP-1") -> dict[str, Any]:
    found: dict[str, Any] = (await stage.state())["items"][f"{US}|{sku}"]["attributes"]
    return found


# Submissions


async def test_a_listing_accepted_and_not_shown_is_waited_for_and_given_up_after_a_day(stage):
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "NEVER-1")
    await stage.tell(never_appears=True)
    created = await adapter.create(mapped, images)
    assert created.state is ListingState.ACCEPTED
    with pytest.raises(NotLiveYet):
        await adapter.follow("NEVER-1", created.submission)
    await stage.pass_time(23 * 3600)
    with pytest.raises(NotLiveYet):
        await stage.adapter().follow("NEVER-1", created.submission)  # after a restart, too
    await stage.pass_time(2 * 3600)
    with pytest.raises(Rejected) as caught:
        await stage.adapter().follow("NEVER-1", created.submission)
    assert "Seller Central" in caught.value.findings[0].fix


async def test_a_change_shows_late_and_is_waited_for(stage):
    adapter = await listed(stage)
    await stage.pass_time(61)
    await stage.tell(read_lag_s=60)
    changed = await adapter.update("CUP-1", ListingChange(price=NEW_PRICE, quantity=2))
    with pytest.raises(NotLiveYet) as caught:
        await adapter.follow("CUP-1", changed.submission)
    assert "price, quantity" in str(caught.value)
    await stage.pass_time(61)
    shown = await adapter.follow("CUP-1", changed.submission)
    assert (shown.price, shown.quantity) == (NEW_PRICE, 2)


async def test_a_price_under_a_running_sale_is_told_and_the_sale_stays(stage):
    adapter = await listed(stage)
    offer = (await attributes(stage))["purchasable_offer"][0]
    sale = {"discounted_price": [{"schedule": [{"value_with_tax": 9.99, "end_at": "2999-01-01T00:00:00Z"}]}]}
    await stage.control(f"items/{US}|CUP-1", attributes={"purchasable_offer": [{**offer, **sale}]})
    changed = await adapter.update("CUP-1", ListingChange(price=NEW_PRICE))
    kept = (await attributes(stage))["purchasable_offer"][0]
    assert kept["discounted_price"] == sale["discounted_price"]
    assert kept["our_price"][0]["schedule"][0]["value_with_tax"] == 19.99
    await stage.pass_time(25 * 3600)
    with pytest.raises(Rejected) as caught:
        await adapter.follow("CUP-1", changed.submission)
    assert any("sale price of 9.99" in finding.message for finding in caught.value.findings)


async def test_what_the_seller_set_beside_price_and_stock_stays(stage):
    adapter = await listed(stage)
    stock = {"fulfillment_channel_code": "DEFAULT", "quantity": 7, "lead_time_to_ship_max_days": 4}
    await stage.control(f"items/{US}|CUP-1", attributes={"fulfillment_availability": [stock]})
    await adapter.update("CUP-1", ListingChange(quantity=9))
    assert (await attributes(stage))["fulfillment_availability"] == [{**stock, "quantity": 9}]


async def test_the_stock_of_what_amazon_ships_is_not_touched(stage):
    await listed(stage)
    fba = {"fulfillment_channel_code": "AMAZON_NA", "quantity": 50}
    await stage.control(f"items/{US}|CUP-1", attributes={"fulfillment_availability": [fba]})
    adapter = stage.adapter()
    shown = await adapter.update("CUP-1", ListingChange(quantity=1))
    assert (shown.state, shown.quantity, shown.submission) == (ListingState.LIVE, None, "")
    assert "Amazon ships" in shown.reasons[-1].message
    assert not shown.reasons[-1].blocks
    changed = await adapter.update("CUP-1", ListingChange(price=NEW_PRICE, quantity=1))
    assert (await adapter.follow("CUP-1", changed.submission)).price == NEW_PRICE
    with pytest.raises(Rejected) as caught:
        await adapter.end("CUP-1")
    assert "Amazon ships" in caught.value.findings[0].message
    assert (await attributes(stage))["fulfillment_availability"] == [fba]
    await stage.control(f"items/{US}|CUP-1", attributes={"fulfillment_availability": [{**fba, "quantity": 0}]})
    sold_out = await adapter.read("CUP-1")
    assert (sold_out.state, sold_out.reasons[0].field) == (ListingState.PAUSED, "quantity")


async def test_texts_are_replaced_and_the_type_is_the_listings_own(stage, amazon_on):
    adapter = await listed(stage)
    (request,) = await adapter.update_requests("CUP-1", ListingChange(title="New", description="Words"))
    assert b'"productType":"DRINKING_CUP"' in request.body
    assert request.body.count(b'"op":"replace"') == 2
    general = await amazon_on(Canned((200, {})), patch_type="PRODUCT")
    general._items.remember({"sku": "S", "summaries": [{"marketplaceId": US, "productType": "SHIRT"}]})
    (request,) = await general.update_requests("S", ListingChange(quantity=1))
    assert b'"productType":"PRODUCT"' in request.body
    (request,) = await general.update_requests("S", ListingChange(title="T", quantity=1))
    assert b'"productType":"SHIRT"' in request.body


async def test_a_change_that_amazon_refuses_with_200_is_a_refusal(amazon_on):
    issue = {"code": "90244", "message": "Too low.", "severity": "ERROR", "categories": ["INVALID_PRICE"]}
    answer = {"sku": "S", "status": "INVALID", "submissionId": "1", "issues": [issue]}
    amazon = await amazon_on(Canned((200, answer)))
    amazon._items.remember({"sku": "S"})
    with pytest.raises(Rejected) as caught:
        await amazon.update("S", ListingChange(price=NEW_PRICE))
    (finding,) = caught.value.findings
    assert (finding.field, finding.original) == ("price", "Too low.")


async def test_an_unknown_status_is_no_yes(amazon_on):
    amazon = await amazon_on(Canned((200, {"sku": "S", "status": "PONDERED", "submissionId": "1"})))
    amazon._items.remember({"sku": "S"})
    with pytest.raises(Rejected) as caught:
        await amazon.update("S", ListingChange(quantity=1))
    assert "PONDERED" in str(caught.value.findings[0].message)


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"what": "change", "at": "never"}'])
def test_a_submission_that_is_none_waits_for_the_listing_only(text):
    assert read_awaited(text).change.is_empty()


async def test_ending_what_was_deleted_meanwhile_is_done(stage):
    adapter = await listed(stage)
    await stage.control(f"items/{US}|CUP-1", deleted=True)
    assert (await adapter.end("CUP-1")).state is ListingState.ENDED
    with pytest.raises(Rejected):
        await adapter.update("CUP-1", ListingChange(quantity=1))


# Reading


def item(**summary: Any) -> dict[str, Any]:
    there = {"marketplaceId": US, "productType": "LAMP", "createdDate": "2026-01-01T00:00:00Z", **summary}
    return {"sku": "S", "summaries": [there], "issues": [], "fulfillmentAvailability": []}


ERROR = {"code": "1", "message": "No.", "severity": "ERROR", "categories": ["SOMETHING_NEW"], "marketplaceIds": [US]}


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        (item(status=["BUYABLE", "DISCOVERABLE"]), ListingState.LIVE),
        ({**item(status=["BUYABLE"]), "issues": [ERROR]}, ListingState.LIVE),
        (item(status=["DISCOVERABLE"]), ListingState.PAUSED),
        (item(status=["SPARKLING"]), ListingState.PAUSED),
        (item(status=[]), ListingState.ACCEPTED),
        ({**item(status=[]), "issues": [ERROR]}, ListingState.REJECTED),
        ({**item(status=[]), "issues": [{**ERROR, "severity": "WARNING"}]}, ListingState.ACCEPTED),
        ({**item(status=[]), "issues": [{**ERROR, "marketplaceIds": ["OTHER"]}]}, ListingState.ACCEPTED),
        ({"sku": "S"}, ListingState.ACCEPTED),
    ],
)
async def test_states(amazon_on, shown, state):
    listing = await (await amazon_on(Canned((200, shown)))).read("S")
    assert listing.state is state
    if state is ListingState.LIVE:
        assert not any(reason.blocks for reason in listing.reasons)
    if state in (ListingState.PAUSED, ListingState.REJECTED):
        assert any(reason.blocks and reason.message for reason in listing.reasons)


async def test_what_amazon_did_about_an_issue_is_said(amazon_on):
    exempt = {"status": "EXEMPT_UNTIL_EXPIRY_DATE", "expiryDate": "2026-09-01T00:00:00Z"}
    hidden = {"actions": [{"action": "SEARCH_SUPPRESSED"}], "exemption": {"status": "NOT_EXEMPT"}}
    issues = [
        {**ERROR, "enforcements": hidden},
        {**ERROR, "code": "2", "enforcements": {**hidden, "exemption": exempt}},
        {**ERROR, "code": "3", "enforcements": {"actions": [{"action": "BURNED"}], "exemption": {}}},
    ]
    listing = await (await amazon_on(Canned((200, {**item(status=[]), "issues": issues})))).read("S")
    words = [reason.message for reason in listing.reasons]
    assert "hidden from search" in words[0]
    assert "until 2026-09-01" in words[1]
    assert "BURNED" in words[2]


async def test_skus_with_a_comma_are_read_alone(stage):
    adapter = await listed(stage, "A,B")
    await listed(stage, "C")
    found = await adapter.read_many(["A,B", "C", "NONE"])
    assert {one.remote_id for one in found} == {"A,B", "C"}


def test_beyond_a_thousand_listings_the_search_begins_anew():
    """Three searches see 2,500 listings, two created in the same second at the seam, each once."""
    rows = [
        {"sku": f"S-{n}", "summaries": [{"marketplaceId": US, "createdDate": f"2026-01-01T{n // 2:06d}"}]}
        for n in range(2_500)
    ]
    cursor, seen = "", []
    for _ in range(200):
        query = search_query(cursor)
        reach = [row for row in rows if row["summaries"][0]["createdDate"] >= query.get("createdAfter", "")][:1_000]
        start = int(query.get("pageToken", "0"))
        page = reach[start : start + 20]
        reply = {"pagination": {"nextToken": str(start + 20)} if start + 20 < len(reach) else {}}
        step = next_cursor(cursor, reply, page, US)
        seen += [row["sku"] for row in page if row["sku"] not in step.again]
        cursor = step.cursor
        if not cursor:
            break
    assert sorted(seen) == sorted(row["sku"] for row in rows)


# Accounts and product types


async def test_which_marketplace_an_account_stands_for(stage):
    stage.account = replace(stage.account, settings={**stage.settings, "marketplace_id": ""})
    adapter = stage.adapter()
    choices = await adapter.read_choices("marketplace_id")
    assert choices == ((US, "Amazon.com (US, USD)"), ("A2EUQ1WTGCTBG2", "Amazon.ca (CA, CAD)"))
    with pytest.raises(Unsupported):
        await adapter.read_choices("policy")
    who = await adapter.check_credentials()
    assert who.site == US
    assert "2 marketplaces" in who.warnings[0].message
    mapped = adapter.map(stage.draft("S"), await adapter.read_category("DRINKING_CUP"))
    assert "several marketplaces" in next(one for one in mapped.findings if one.blocks).message
    stage.account = replace(stage.account, settings={**stage.settings, "marketplace_id": "A2EUQ1WTGCTBG2"})
    who = await stage.adapter().check_credentials()
    assert (who.currency, who.settings["language"], who.warnings) == ("CAD", "en_CA", ())
    stage.account = replace(stage.account, settings={**stage.settings, "marketplace_id": "A1PA6795UKMFR9"})
    with pytest.raises(Rejected) as caught:
        await stage.adapter().check_credentials()
    assert "Amazon.ca" in caught.value.hint


async def test_another_marketplace_chosen_later_is_asked_about_before_anything_is_listed(stage):
    who = await stage.adapter().check_credentials()
    settings = {**stage.settings, "marketplace_id": "A2EUQ1WTGCTBG2"}
    stage.account = replace(stage.account, settings=settings, identity=dict(who.settings))
    adapter = stage.adapter()
    rules = CategoryRules("HOME", "Home", True, 200, 2000, 9)
    assert "not known yet" in adapter.map(stage.draft("S"), rules).findings[0].message
    assert (await adapter.read_category("DRINKING_CUP")).currency == "CAD"
    assert adapter.map(replace(stage.draft("S"), price=Money(100, "CAD")), rules).blocked, "not before it is kept"
    told = await adapter.check_credentials()
    stage.account = replace(stage.account, identity=dict(told.settings))
    assert not stage.adapter().map(replace(stage.draft("S"), price=Money(100, "CAD")), rules).blocked


async def test_suspended_listings_are_a_warning(stage):
    await stage.tell(suspended=True)
    who = await stage.adapter().check_credentials()
    assert "suspended" in who.warnings[0].message


async def test_a_wrong_merchant_token_is_named(stage):
    stage.account = replace(stage.account, settings={**stage.settings, "seller_id": "SOMEBODY"})
    with pytest.raises(Rejected) as caught:
        await stage.adapter().check_credentials()
    assert caught.value.findings[0].field == "seller_id"
    assert caught.value.findings[0].value == "SOMEBODY"


async def test_a_missing_role_is_no_dead_grant(stage):
    adapter = stage.adapter()
    await adapter.check_credentials()
    await stage.tell(missing_roles=["listings"])
    before = await stage.renewals()
    with pytest.raises(Rejected) as caught:
        await adapter.find_by_sku("X")
    assert "roles" in caught.value.hint
    assert await stage.renewals() == before + 1, "an expired token is refused in the same words"


async def test_an_old_secret_is_explained(stage):
    await stage.secrets.save({"client_secret": "rotated", "access_token": ""})
    with pytest.raises(SignInNeeded) as caught:
        await stage.adapter().check_credentials()
    assert "180 days" in caught.value.hint


def test_a_region_is_needed(connect):
    connection: Connection = connect("", settings={"region": ""})
    with pytest.raises(UserMistake):
        Amazon(connection)


async def test_regions_have_their_own_hosts(connect):
    for region, host in (("na", "-na"), ("eu", "-eu"), ("fe", "-fe")):
        amazon = Amazon(connect("", settings={"region": region}))
        assert amazon._api.address("/x") == f"https://sellingpartnerapi{host}.amazon.com/x"


async def test_a_schema_is_fetched_without_the_token_and_once(stage):
    """The practice link refuses a request with a token; a second look needs no download."""
    from mmhub_desktop.marketplaces.amazon import product_types

    product_types._schemas.clear()
    adapter = stage.adapter()
    await adapter.check_credentials()
    first = await adapter.read_category("LAMP")
    assert first.version
    again = await stage.adapter().read_category("LAMP")
    assert again.schema is first.schema
    requests = (await stage.state())["requests"]
    assert requests["GET /product-type-schemas/{name}.json"] == 1


async def test_an_old_link_to_a_schema_is_asked_for_again(stage):
    from mmhub_desktop.marketplaces.amazon import product_types

    product_types._schemas.clear()
    adapter = stage.adapter()
    await adapter.check_credentials()
    await stage.tell(link_life_s=-1)
    with pytest.raises(MmhubError) as caught:
        await adapter.read_category("SHIRT")
    assert "fresh link" in caught.value.hint
    await stage.tell(link_life_s=300)
    assert (await adapter.read_category("SHIRT")).id == "SHIRT"


async def test_a_link_elsewhere_must_be_safe(amazon_on):
    definition = {"schema": {"link": {"resource": "http://schemas.example/x", "verb": "GET"}, "checksum": "new"}}
    amazon = await amazon_on(Canned((200, definition)))
    with pytest.raises(MmhubError) as caught:
        await amazon.read_category("LAMP")
    assert "unsafe" in str(caught.value)


async def test_an_offer_that_needs_approval_names_the_page(stage):
    adapter = stage.adapter()
    await adapter.check_credentials()
    rules = await adapter.read_category("DRINKING_CUP")
    draft = replace(stage.draft("OFFER-1"), attributes={"ASIN": "B0EXAMPL12"})
    mapped = adapter.map(draft, rules)
    await stage.tell(restricted_asins=["B0EXAMPL12"])
    with pytest.raises(Rejected) as caught:
        await adapter.validate(mapped, ())
    assert caught.value.findings[0].fix.startswith("Ask for approval: https://")
    await stage.tell(restricted_asins=[])
    await adapter.validate(mapped, ())
    created = await adapter.create(mapped, ())
    live = await adapter.follow(created.remote_id, created.submission)
    assert live.url == "https://www.amazon.com/dp/B0EXAMPL12"
    assert live.state is ListingState.LIVE


async def test_a_product_that_amazon_knows_becomes_an_offer_on_its_page(stage):
    adapter = stage.adapter()
    await adapter.check_credentials()
    rules = await adapter.read_category("DRINKING_CUP")
    draft = replace(stage.draft("KNOWN-1"), gtin="5901234123457")
    found = await adapter.look_up(draft)
    mapped = adapter.map(found, rules)
    assert mapped.body["requirements"] == "LISTING_OFFER_ONLY"
    assert mapped.body["productType"] == "HOME"
    (finding,) = [one for one in mapped.findings if one.rule == "amazon.existing_page"]
    assert "Known product B0CATALOG1" in finding.message
    assert not mapped.blocked, mapped.findings
    created = await live_listing(stage, adapter, mapped, ())
    assert (await adapter.read(created.remote_id)).url.endswith("/dp/B0CATALOG1")

    assert await adapter.look_up(stage.draft("OWN-1")) == stage.draft("OWN-1"), "no page for this barcode"
    assert await adapter.look_up(replace(draft, gtin="123")) == replace(draft, gtin="123")
    await stage.tell(catalogue={"5901234123457": ["B0CATALOG1", "B0CATALOG2"]})
    assert await adapter.look_up(draft) == draft, "several pages: nobody can say which"
    await stage.tell(catalogue={"5901234123457": ["B0CATALOG1"]}, missing_roles=["catalogue"])
    assert await adapter.look_up(draft) == draft
    stage.account = replace(stage.account, settings={**stage.settings, "known_products": "whole"})
    await stage.tell(missing_roles=[])
    assert await stage.adapter().look_up(draft) == draft


async def family_of(stage):
    """A live family of two, and its adapter."""
    adapter = stage.adapter()
    await adapter.check_credentials()
    mapped = adapter.map(stage.family("F"), await adapter.read_category("DRINKING_CUP"))
    await adapter.create(mapped, (RemoteImage("", stage.picture_url()),))
    return adapter


async def test_price_and_stock_of_a_family_are_those_of_its_variants(stage):
    adapter = await family_of(stage)
    family = await adapter.read("F")
    cheap, dear = Money(1999, "USD"), Money(2199, "USD")
    assert (family.state, family.quantity, family.price) == (ListingState.LIVE, None, None)
    assert set(family.variants) == {VariantState("F-B-S", cheap, 3), VariantState("F-R-M", dear, 2)}
    with pytest.raises(Rejected, match="this change"):
        await adapter.update("F", ListingChange(quantity=1))
    new = Money(1500, "USD")
    wishes = (VariantState("F-B-S", new), VariantState("F-R-M", None, 0), VariantState("F-G-L", new, 9))
    change = ListingChange(variants=wishes)
    told = await adapter.update_requests("F", change)
    assert [one.path.partition("?")[0].rpartition("/")[2] for one in told] == ["F-B-S", "F-R-M"]
    changed = await adapter.update("F", change)
    assert [(one.rule, "F-G-L" in one.message) for one in changed.reasons] == [("amazon.variant_new", True)]
    await stage.adapter().follow("F", changed.submission)  # after a restart, too
    shown = {one.sku: (one.price, one.quantity) for one in (await adapter.read("F")).variants}
    assert shown == {"F-B-S": (new, 3), "F-R-M": (dear, 0)}
    titled = await adapter.update("F", ListingChange(title="Another title"))
    await adapter.follow("F", titled.submission)
    rows = (await stage.state())["items"].values()
    assert {row["attributes"]["item_name"][0]["value"] for row in rows} == {"Another title"}
    await adapter.end("F")
    ended = await adapter.read("F")
    assert (ended.state, [one.quantity for one in ended.variants]) == (ListingState.PAUSED, [0, 0])
    stage.account = replace(stage.account, settings={**stage.settings, "end_way": "delete"})
    deleting = stage.adapter()
    gone = await deleting.end("F")
    assert (await deleting.follow("F", gone.submission)).state is ListingState.ENDED
    assert await deleting.read_many(["F", "F-B-S", "F-R-M"]) == ()


async def test_a_change_of_a_family_is_waited_for_variant_by_variant(stage):
    adapter = await family_of(stage)
    await stage.pass_time(61)
    await stage.tell(read_lag_s=60)
    new = Money(1500, "USD")
    changed = await adapter.update(
        "F", ListingChange(variants=(VariantState("F-B-S", new), VariantState("F-R-M", new)))
    )
    with pytest.raises(NotLiveYet, match="price of “F-B-S”, price of “F-R-M”"):
        await adapter.follow("F", changed.submission)
    await stage.pass_time(61)
    assert {one.price for one in (await adapter.follow("F", changed.submission)).variants} == {new}


async def test_the_stock_of_a_variant_that_amazon_ships_is_left_alone(stage):
    await family_of(stage)
    fba = {"fulfillment_availability": [{"fulfillment_channel_code": "AMAZON_NA", "quantity": 50}]}
    await stage.control(f"items/{US}|F-B-S", attributes=fba)
    fresh = stage.adapter()
    change = ListingChange(variants=(VariantState("F-B-S", None, 1), VariantState("F-R-M", None, 7)))
    changed = await fresh.update("F", change)
    assert [(one.rule, "F-B-S" in one.message) for one in changed.reasons] == [("amazon.fba", True)]
    shown = await fresh.follow("F", changed.submission)
    assert {one.sku: one.quantity for one in shown.variants} == {"F-B-S": None, "F-R-M": 7}
    with pytest.raises(Rejected, match="Amazon ships"):
        await fresh.end("F")
    rows = (await stage.state())["items"]
    assert rows[f"{US}|F-B-S"]["attributes"]["fulfillment_availability"] == fba["fulfillment_availability"]


# Orders


async def test_orders_without_the_role_for_addresses_are_read_without_them(stage):
    adapter = await listed(stage)
    order_id = await stage.sell("CUP-1", 1)
    assert (await adapter.read_order(order_id)).address.city == "Seattle"
    await stage.tell(missing_roles=["addresses"])
    page = await adapter.list_orders(stage.now() - timedelta(hours=1))
    assert [order.address.city for order in page.orders] == [""]
    await stage.tell(missing_roles=["orders"])
    with pytest.raises(Rejected):
        await adapter.list_orders(stage.now() - timedelta(hours=1))


async def test_a_page_of_orders_that_is_too_old_begins_anew(stage):
    adapter = await listed(stage)
    for _ in range(3):
        await stage.sell("CUP-1", 1)
    since = stage.now() - timedelta(hours=1)
    old = '{"lastUpdatedAfter": "2026-01-01T00:00:00Z", "paginationToken": "100-1"}'
    page = await adapter.list_orders(since, old)
    assert len(page.orders) == 3
    assert not page.more
    assert len((await adapter.list_orders(since, "nonsense")).orders) == 3


async def test_later_orders_are_found_by_the_cursor_and_the_windows_overlap(stage):
    adapter = await listed(stage)
    since = stage.now() - timedelta(hours=1)
    first = await stage.sell("CUP-1", 1)
    page = await adapter.list_orders(since)
    await stage.pass_time(60)
    second = await stage.sell("CUP-1", 1)
    page = await adapter.list_orders(since, page.cursor)
    assert {order.remote_id for order in page.orders} == {first, second}
    await stage.pass_time(3600)
    page = await adapter.list_orders(since, page.cursor)
    page = await adapter.list_orders(since, page.cursor)
    assert page.orders == ()


async def test_an_order_that_is_not_paid_is_not_shipped(stage):
    adapter = await listed(stage)
    await stage.tell(orders_pending=True)
    order_id = await stage.sell("CUP-1", 1)
    assert (await adapter.read_order(order_id)).state is OrderState.PENDING
    with pytest.raises(Rejected) as caught:
        await adapter.confirm_shipment(order_id, stage.shipment(adapter))
    assert "pending" in caught.value.findings[0].message


async def test_two_parcels_of_one_order(stage):
    adapter = await listed(stage)
    order_id = await stage.sell("CUP-1", 3)
    (line,) = (await adapter.read_order(order_id)).lines
    now = adapter.connection.now()
    part = await adapter.confirm_shipment(order_id, Shipment("UPS", "1Z-A", now, lines=((line.remote_id, 1),)))
    assert part.state is OrderState.PARTLY_SHIPPED
    whole = await adapter.confirm_shipment(order_id, Shipment("Fast Bikes", "FB-B", now))
    assert whole.state is OrderState.SHIPPED
    assert [(one.carrier, one.tracking) for one in whole.parcels] == [("UPS", "1Z-A"), ("Fast Bikes", "FB-B")]
    assert [line.shipped for line in whole.lines] == [3]


@pytest.mark.parametrize(
    ("shipment", "field"),
    [
        ({"tracking": " "}, "tracking"),
        ({"carrier": ""}, "carrier"),
        ({"ahead": timedelta(hours=1)}, "shipped_at"),
    ],
)
async def test_parcels_that_amazon_would_refuse_are_not_sent(stage, shipment, field):
    adapter = await listed(stage)
    order_id = await stage.sell("CUP-1", 1)
    at = adapter.connection.now() + shipment.get("ahead", timedelta())
    parcel = Shipment(shipment.get("carrier", "UPS"), shipment.get("tracking", "1Z"), at)
    with pytest.raises(Rejected) as caught:
        await adapter.confirm_shipment(order_id, parcel)
    assert [finding.field for finding in caught.value.findings] == [field]


async def test_a_refused_parcel_names_amazons_code(stage):
    adapter = await listed(stage)
    order_id = await stage.sell("CUP-1", 1)
    before = adapter.connection.now() - timedelta(days=3)
    with pytest.raises(Rejected) as caught:
        await adapter.confirm_shipment(order_id, Shipment("UPS", "1Z", before))
    assert "shipDate" in caught.value.findings[0].message


async def test_what_is_shown_of_an_unknown_order_status_is_not_shipped(amazon_on):
    times = dict.fromkeys(("createdTime", "lastUpdatedTime"), "2026-01-01T00:00:00Z")
    row = {"orderId": "1", **times, "orderItems": [], "fulfillment": {"fulfillmentStatus": "NEW"}}
    row["salesChannel"] = {"channelName": "AMAZON"}
    amazon = await amazon_on(Canned((200, {"order": row})))
    assert (await amazon.read_order("1")).state is OrderState.PENDING


async def test_no_secret_is_in_what_is_said(amazon_on):
    amazon = await amazon_on(Canned((400, {"errors": [{"code": "X", "message": f"echo {TOKENS['access_token']}|x"}]})))
    with pytest.raises(Rejected) as caught:
        await amazon.read_order("1")
    assert TOKENS["refresh_token"] not in f"{caught.value} {caught.value.original}"
    assert isinstance(IDENTITY, dict)
    assert RemoteListing("S", ListingState.LIVE).submission == ""
