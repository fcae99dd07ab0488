"""What is known to go wrong with eBay's APIs, staged by the practice eBay."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.domain.listing import ListingChange, ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrderState, Shipment
from mmhub_desktop.errors import OutcomeUnknown, RateLimited, Rejected, SignInNeeded, Unavailable, UserMistake
from mmhub_desktop.marketplaces.base import Adapter, RemoteListing
from mmhub_desktop.marketplaces.contract import all_orders, prepare, raised
from mmhub_desktop.marketplaces.contract_requests import changes_on_the_wire
from mmhub_desktop.marketplaces.ebay.auth import EbayConsent
from tests.contract.test_ebay import EbayStage


@pytest.fixture
async def stage() -> AsyncIterator[EbayStage]:
    """A connected account."""
    async with open_stage(EbayStage) as stage:
        yield stage


async def listed(stage: EbayStage, adapter: Adapter, sku: str = "MUG-1") -> RemoteListing:
    """A live listing."""
    mapped, images = await prepare(stage, adapter, sku)
    created = await adapter.create(mapped, images)
    return await adapter.read(created.remote_id)


async def offers_of(stage: EbayStage) -> int:
    """Offers that the practice eBay has."""
    return int((await stage.state())["offers"])


@pytest.mark.parametrize("conflict", [400, 409])
async def test_a_second_offer_is_the_first_one(stage, conflict):
    """The answer to the first was lost and the look-up lags: eBay's refusal names the offer that is there."""
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "MUG-1")
    await stage.tell(offer_conflict=conflict)
    await stage.set_lookup_lag(3600)
    await stage.fail(("POST", "/sell/inventory/v1/offer"), after_effect=True)
    async with raised(Unavailable):
        await adapter.create(mapped, images)
    created = await adapter.create(mapped, images)
    assert (await adapter.read(created.remote_id)).state is ListingState.LIVE
    assert await offers_of(stage) == 1
    assert await stage.creates("MUG-1") == 1


async def test_an_offer_left_behind_is_brought_up_to_date(stage):
    """Publishing was refused; the next attempt has another price, which the offer then says."""
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "MUG-1")
    await stage.tell(selling_limit=1)
    async with raised(Rejected) as caught:
        await adapter.create(mapped, images)
    assert isinstance(caught[0], Rejected)
    assert [one.rule for one in caught[0].findings] == ["ebay.25026"]
    await stage.tell(selling_limit=0)
    rules = await adapter.read_category(stage.draft("MUG-1").category_id or "20696")
    for lag, minor in ((0, 2999), (3600, 3999)):  # found by its SKU, or named by eBay's refusal
        await stage.set_lookup_lag(lag)
        dearer = adapter.map(replace(stage.draft("MUG-1"), price=Money(minor, "USD")), rules)
        created = await adapter.create(dearer, images)
        assert (await adapter.read(created.remote_id)).price == Money(minor, "USD")
        await adapter.end(created.remote_id)
    assert await offers_of(stage) == 1


async def test_a_publication_whose_answer_was_lost_is_read_not_repeated(stage):
    """The next create finds the offer published and sends nothing."""
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "MUG-1")
    await stage.fail_create(after_effect=True)
    async with raised(OutcomeUnknown):
        await adapter.create(mapped, images)
    with changes_on_the_wire(adapter) as wire:
        again = await adapter.create(mapped, images)
    assert wire == []
    assert again.state is ListingState.ACCEPTED
    await stage.set_lookup_lag(3600)
    late = await adapter.create(mapped, images)  # not found by its SKU: refused twice, read by its id
    assert late.remote_id == again.remote_id
    assert await stage.creates("MUG-1") == 1


async def test_what_the_seller_set_elsewhere_stays(stage):
    """Full replacements carry along what is not ours."""
    adapter = stage.adapter()
    live = await listed(stage, adapter)
    token = (await stage.secrets.load())["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Language": "en-US", "Accept-Language": "en-US"}
    offer = {key: value for key, value in live.raw["offer"].items() if key not in ("offerId", "status", "listing")}
    offer = {**offer, "storeCategoryNames": ["/Mugs"], "quantityLimitPerBuyer": 2}
    for key in ("sku", "marketplaceId", "format"):
        offer.pop(key)
    item = dict(live.raw["item"])
    for key in ("sku", "locale"):
        item.pop(key)
    item["product"] = {**item["product"], "subtitle": "Handmade", "videoIds": ["v1"]}
    base = f"{stage.url}/sell/inventory/v1"
    for path, body in ((f"/offer/{live.remote_id}", offer), (f"/inventory_item/{live.sku}", item)):
        answer = await stage.client.put(base + path, json=body, headers=headers)
        assert answer.status_code == 204, answer.text
    change = ListingChange(price=Money(2999, "USD"), quantity=4, title="Another mug", description="<b>New</b> words")
    changed = await adapter.update(live.remote_id, change)
    assert (changed.title, changed.price, changed.quantity) == ("Another mug", Money(2999, "USD"), 4)
    assert changed.raw["offer"]["storeCategoryNames"] == ["/Mugs"]
    assert changed.raw["offer"]["quantityLimitPerBuyer"] == 2
    assert changed.raw["offer"]["listingDescription"] == "<b>New</b> words"
    assert changed.raw["item"]["product"]["subtitle"] == "Handmade"
    assert changed.raw["item"]["product"]["videoIds"] == ["v1"]
    assert changed.raw["item"]["product"]["aspects"]["Brand"] == ["Andina"]
    assert changed.raw["item"]["availability"]["shipToLocationAvailability"]["quantity"] == 4


async def test_price_and_stock_go_in_one_call_and_with_a_text_in_its_own(stage):
    """Each counts as a revision, of which a listing may have 250 a day."""
    adapter = stage.adapter()
    live = await listed(stage, adapter)
    both = ListingChange(price=Money(2999, "USD"), quantity=4)
    told = await adapter.update_requests(live.remote_id, both)
    assert [one.path.rpartition("/")[2] for one in told] == ["bulk_update_price_quantity"]
    assert b'"value":"29.99"' in told[0].body
    told = await adapter.update_requests(live.remote_id, replace(both, description="New words"))
    assert [one.method for one in told] == ["PUT", "PUT"]
    assert b'"price":{"value":"29.99","currency":"USD"}' in told[1].body


async def test_a_refusal_within_a_207_is_one(stage):
    adapter = stage.adapter()
    live = await listed(stage, adapter)
    await stage.tell(bulk_refused=["MUG-1"])
    async with raised(Rejected) as caught:
        await adapter.update(live.remote_id, ListingChange(quantity=3))
    assert isinstance(caught[0], Rejected)
    assert "cannot be revised now" in caught[0].findings[0].original
    assert (await adapter.read(live.remote_id)).quantity == 7


async def test_a_title_that_is_taken_and_not_shown_is_said(stage):
    adapter = stage.adapter()
    live = await listed(stage, adapter)
    await stage.tell(title_sticks=True)
    changed = await adapter.update(live.remote_id, ListingChange(title="Another mug"))
    assert changed.title == live.title
    (finding,) = changed.reasons
    assert (finding.rule, finding.value, finding.blocks) == ("ebay.title_kept", "Another mug", False)


@pytest.mark.parametrize("control", [True, False])
async def test_a_stock_of_0_hides_or_ends(stage, control):
    adapter = stage.adapter()
    live = await listed(stage, adapter)
    await stage.tell(out_of_stock_control=control)
    empty = await adapter.update(live.remote_id, ListingChange(quantity=0))
    assert empty.state is (ListingState.PAUSED if control else ListingState.ENDED)
    assert empty.reasons
    if not control:
        async with raised(Rejected):
            await adapter.update(live.remote_id, ListingChange(quantity=5))
    who = await adapter.check_credentials()
    assert ("ebay.stock" in {one.rule for one in who.warnings}) is not control


async def test_a_listing_on_hold_says_so(stage):
    adapter = stage.adapter()
    live = await listed(stage, adapter)
    await stage.tell(on_hold=["MUG-1"])
    held = await adapter.read(live.remote_id)
    assert held.state is ListingState.REJECTED
    assert "holds the listing back" in held.reasons[0].message


async def test_listed_again_it_has_another_number(stage):
    """The offer, by which the program knows it, stays."""
    adapter = stage.adapter()
    live = await listed(stage, adapter)
    await adapter.end(live.remote_id)
    await adapter.relist(live.remote_id)
    again = await adapter.read(live.remote_id)
    assert again.remote_id == live.remote_id
    assert again.url != live.url
    assert (await adapter.relist(live.remote_id)).url == again.url, "safe to repeat"


async def test_an_expired_token_that_looks_like_a_missing_right(stage):
    """403 with 1100: renewed once, then it works."""
    adapter = stage.adapter()
    await adapter.check_credentials()
    before = await stage.renewals()
    await stage.tell(expired_as_403=True)
    await stage.expire_access_token()
    await adapter.check_credentials()
    assert await stage.renewals() == before + 1


async def test_a_right_that_was_not_given_is_asked_for():
    """403 with 1100 also under a fresh token: the seller must agree to everything."""
    async with open_stage(EbayStage, withheld_scopes=["sell.account"]) as stage:
        async with raised(SignInNeeded) as caught:
            await stage.adapter().check_credentials()
        assert "agree to everything" in caught[0].hint
        assert await stage.renewals() == 1, "renewed once, not in circles"


async def test_the_keys_own_token_is_kept(stage):
    """About 1,000 a day are given out: categories asked for by several adapters need one."""
    for _ in range(3):
        adapter = stage.adapter()
        await adapter.find_categories("ceramic mug")
        await adapter.read_category("20696")
    assert (await stage.state())["application_tokens"] == 1
    known = await stage.secrets.load()
    assert known["app_access_token"] != known["access_token"]
    await stage.expire_access_token()
    assert await stage.adapter().find_categories("ceramic mug")


async def test_used_up_calls_come_back_at_ebays_midnight(stage):
    """429 names no wait; the analytics do."""
    adapter = stage.adapter()
    await adapter.find_categories("mug")
    await stage.tell(calls_a_day=2)
    for _ in range(2):
        await adapter.find_categories("mug")
    with pytest.raises(RateLimited) as caught:
        await adapter.find_categories("mug")
    assert caught.value.retry_after_s is not None
    midnight = (stage.now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert abs(caught.value.retry_after_s - (midnight - stage.now()).total_seconds()) < 60


async def test_what_stands_in_the_way_of_selling_is_told(stage):
    await stage.tell(registered=False, policies=False, account_status="ACCOUNTONHOLD", selling_limit=10)
    who = await stage.adapter().check_credentials()
    rules = {one.rule for one in who.warnings}
    assert rules == {"ebay.account", "ebay.registration", "ebay.policies", "ebay.limit"}
    assert not any(one.blocks for one in who.warnings)


async def test_policies_and_locations_are_offered(stage):
    adapter = stage.adapter()
    assert await adapter.read_choices("return_policy_id") == (("6197934000", "30 days"),)
    assert await adapter.read_choices("location_key") == (
        ("practice-warehouse", "Practice warehouse – 10115 Berlin DE"),
    )


async def test_an_account_without_a_location_gets_one(stage):
    """Offered when postcode and country are entered, shown in the preview, made once."""
    await stage.tell(locations=False)
    places = {"location_postcode": "10115", "location_country": "de"}
    stage.account = replace(stage.account, settings={**stage.account.settings, **places})
    ((key, label),) = await stage.adapter().read_choices("location_key")
    assert label == "New: 10115 DE (made with the first listing)"
    stage.account = replace(stage.account, settings={**stage.account.settings, "location_key": key})
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "MUG-1")
    told = await adapter.create_requests(mapped, images)
    assert told[0].path == f"/sell/inventory/v1/location/{key}"
    for sku in ("MUG-1", "MUG-2"):
        mapped, images = await prepare(stage, stage.adapter(), sku)
        assert (await stage.adapter().create(mapped, images)).remote_id
    ((there, label),) = await stage.adapter().read_choices("location_key")
    assert (there, label) == (key, "MultiMarket Hub – 10115 DE")


async def test_parcels_are_not_told_twice(stage):
    """eBay takes the same parcel again and again, so it is asked before."""
    adapter = stage.adapter()
    await listed(stage, adapter, "SOLD-1")
    order_id = await stage.sell("SOLD-1", 3)
    order = await adapter.read_order(order_id)
    assert order.lines[0].price == Money(1999, "USD")
    assert order.total == Money(5997, "USD")
    assert order.address.name
    now = adapter.connection.now()
    one = Shipment("UPS", "1Z 999-AA1", now, lines=((order.lines[0].remote_id, 1),))
    for _ in range(2):
        partly = await adapter.confirm_shipment(order_id, one)
        assert partly.state is OrderState.PARTLY_SHIPPED
        assert partly.lines[0].shipped == 1
    rest = await adapter.confirm_shipment(order_id, Shipment("UPS", "1Z999AA2", now))
    assert rest.state is OrderState.SHIPPED
    assert [(parcel.tracking, parcel.carrier) for parcel in rest.parcels] == [("1Z999AA1", "UPS"), ("1Z999AA2", "UPS")]
    with pytest.raises(UserMistake):
        await adapter.confirm_shipment(order_id, Shipment("", "1Z999AA3", now))


async def test_without_a_tracking_number_the_lines_tell(stage):
    adapter = stage.adapter()
    await listed(stage, adapter, "SOLD-1")
    order_id = await stage.sell("SOLD-1", 1)
    for _ in range(2):
        shipped = await adapter.confirm_shipment(order_id, Shipment("", "", adapter.connection.now()))
        assert shipped.state is OrderState.SHIPPED
        assert len(shipped.parcels) == 1


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"orderPaymentStatus": "PENDING"}, OrderState.PENDING),
        ({"orderPaymentStatus": "FULLY_REFUNDED"}, OrderState.CANCELLED),
        ({"cancelStatus": {"cancelState": "IN_PROGRESS"}}, OrderState.PENDING),
        ({"cancelStatus": {"cancelState": "CANCELED"}}, OrderState.CANCELLED),
    ],
)
async def test_what_must_not_be_shipped_is_not(stage, change, state):
    adapter = stage.adapter()
    await listed(stage, adapter, "SOLD-1")
    order_id = await stage.sell("SOLD-1", 1)
    entries = (await stage.client.get(f"{stage.url}/_practice/items")).json()
    await stage.control(f"items/{entries[0]['id']}", order={"orderId": order_id, **change})
    assert (await adapter.read_order(order_id)).state is state
    async with raised(Rejected):
        await adapter.confirm_shipment(order_id, Shipment("UPS", "1Z1", adapter.connection.now()))


async def test_orders_of_weeks_come_week_by_week(stage):
    """And what comes later comes once more, by the last cursor."""
    adapter = stage.adapter()
    await listed(stage, adapter, "SOLD-1")
    begin = adapter.connection.now()
    first = await stage.sell("SOLD-1", 1)
    await stage.pass_time(20 * 86_400)
    stage.secrets.values["token_renew_at"] = stage.now().isoformat()
    adapter = stage.adapter()
    second = await stage.sell("SOLD-1", 1)
    pages = await all_orders(adapter, begin)
    assert [order.remote_id for page in pages for order in page.orders] == [first, second]
    assert len(pages) > 2
    third = await stage.sell("SOLD-1", 1)
    later = await adapter.list_orders(begin, pages[-1].cursor)
    assert {order.remote_id for order in later.orders} == {second, third}


@pytest.mark.parametrize("shown", ["encoded", "decoded"])
async def test_the_pasted_code_is_read_as_browsers_show_it(stage, shown):
    """It starts with v^1.1# and is encoded in the address; some browsers copy it decoded."""
    consent = EbayConsent(stage.connection())
    page, remembered = consent.start()
    assert "code_challenge" not in page
    assert re.search(r"scope=.*sell\.inventory", page)
    landed = (await stage.client.get(page)).headers["Location"]
    assert "code=v%5E1.1%23" in landed
    if shown == "decoded":
        landed = landed.replace("%5E", "^").replace("%23", "#")
    await consent.finish(landed, remembered)
    assert (await stage.secrets.load())["access_token"].startswith("v^1.1#")


async def test_declined_and_foreign_addresses_are_told_apart(stage):
    consent = EbayConsent(stage.connection())
    _, remembered = consent.start()
    with pytest.raises(SignInNeeded):
        await consent.finish("https://x.example/?isAuthSuccessful=false&state=1", remembered)
    stage.account = replace(stage.account, settings={**stage.account.settings, "redirect_uri": "https://my.page/"})
    with pytest.raises(UserMistake, match="not a RuName"):
        EbayConsent(stage.connection()).start()


async def test_a_refresh_token_that_rotates_is_kept(stage):
    """Not documented, but seen."""
    before = (await stage.secrets.load())["refresh_token"]
    await stage.expire_access_token()
    await stage.adapter().check_credentials()
    assert (await stage.secrets.load())["refresh_token"] == before
    await stage.tell(rotate_refresh=True)
    await stage.expire_access_token()
    await stage.adapter().check_credentials()
    assert (await stage.secrets.load())["refresh_token"] != before


async def test_a_family_is_ended_and_listed_again(stage):
    adapter = stage.adapter()
    mapped = adapter.map(stage.family("FAMILY"), await adapter.read_category("20696"))
    assert not mapped.blocked, mapped.findings
    images = (await adapter.upload_image(stage.image()),)
    await stage.fail(("POST", "/sell/inventory/v1/offer/publish_by*"), after_effect=True)
    async with raised(OutcomeUnknown):
        await adapter.create(mapped, images)
    created = await adapter.create(mapped, images)
    assert created.remote_id == "group:FAMILY"
    assert await stage.creates("FAMILY") == 1
    assert [one.remote_id for one in await adapter.find_by_sku("FAMILY")] == ["group:FAMILY"]
    assert [one.remote_id for one in (await adapter.list_listings()).listings] == ["group:FAMILY"]
    changed = await adapter.update(created.remote_id, ListingChange(title="Mugs", description="All colours"))
    assert changed.title == "Mugs"
    async with raised(Rejected):
        await adapter.update(created.remote_id, ListingChange(quantity=4))
    wishes = (
        VariantState("FAMILY-Blue", Money(2999, "USD"), 3),
        VariantState("FAMILY-Red", quantity=0),
        VariantState("FAMILY-Pink", quantity=2),
    )
    told = await adapter.update_requests(created.remote_id, ListingChange(variants=wishes))
    assert [b"FAMILY-Blue" in one.body for one in told] == [True, False], "the pink one is not in the listing"
    changed = await adapter.update(created.remote_id, ListingChange(variants=wishes))
    assert [(one.sku, one.price, one.quantity) for one in changed.variants] == [
        ("FAMILY-Blue", Money(2999, "USD"), 3),
        ("FAMILY-Red", Money(1999, "USD"), 0),
        ("FAMILY-Green", Money(1999, "USD"), 5),
    ]
    assert [one.rule for one in changed.reasons] == ["ebay.variant_new"]
    await stage.pass_time(61)
    await stage.tell(read_lag_s=60)
    again = (VariantState("FAMILY-Blue", Money(1999, "USD"), 8), VariantState("FAMILY-Red", quantity=0))
    told = (await adapter.update(created.remote_id, ListingChange(variants=again))).reasons
    assert [(one.rule, one.value, one.limit, "“FAMILY-Blue”" in one.message) for one in told] == [
        ("ebay.price_kept", "19.99 USD", "29.99 USD", True),
        ("ebay.quantity_kept", "8", "3", True),
    ]
    await stage.tell(read_lag_s=0)
    for _ in range(2):
        assert (await adapter.end(created.remote_id)).state is ListingState.ENDED
    assert await adapter.find_by_sku("FAMILY") == ()
    await adapter.relist(created.remote_id)
    assert (await adapter.read(created.remote_id)).state is ListingState.LIVE


async def test_what_the_eu_asks_for_is_sent_as_documented():
    """And stays when the description changes."""
    maker = {"name": "Andina SpA", "street": "Calle 1", "city": "Lima", "postcode": "15001", "country": "PE"}
    parties = ("Manufacturer", "Responsible person")
    attributes = {f"{party} {part}": word for party in parties for part, word in maker.items()}
    async with open_stage(EbayStage, "EBAY_DE") as stage:
        adapter = stage.adapter()
        draft = replace(stage.draft("MUG-1"), attributes={**stage.draft("MUG-1").attributes, **attributes})
        mapped = adapter.map(draft, await adapter.read_category("20696"))
        assert not mapped.blocked, mapped.findings
        assert mapped.body["item"]["product"]["aspects"]["Farbe"] == ["Blue"]
        created = await adapter.create(mapped, (await adapter.upload_image(stage.image()),))
        changed = await adapter.update(created.remote_id, ListingChange(description="Neue Worte"))
        assert changed.raw["offer"]["regulatory"]["manufacturer"]["companyName"] == "Andina SpA"
        assert changed.raw["offer"]["regulatory"]["responsiblePersons"][0]["types"] == ["EU_RESPONSIBLE_PERSON"]


async def test_values_that_go_only_with_others_are_read_and_judged_alike(stage):
    """What the mapping leaves out eBay would refuse."""
    adapter = stage.adapter()
    rules = await adapter.read_category("15687")
    shirt = {"Department": "Women", "Size": "M", "Color": "Blue", "Size Type": "Big & Tall"}
    mapped = adapter.map(replace(stage.draft("SHIRT"), attributes=shirt), rules)
    assert not mapped.blocked, mapped.findings
    assert "ebay.specific_together" in [one.rule for one in mapped.findings]
    images = (await adapter.upload_image(stage.image()),)
    forced = json.loads(json.dumps(dict(mapped.body)))
    forced["item"]["product"]["aspects"]["Size Type"] = ["Big & Tall"]
    async with raised(Rejected) as caught:
        await adapter.create(replace(mapped, body=forced), images)
    assert isinstance(caught[0], Rejected)
    assert caught[0].findings[0].field == "attributes.Size Type"
    created = await adapter.create(mapped, images)
    assert (await adapter.read(created.remote_id)).state is ListingState.LIVE
