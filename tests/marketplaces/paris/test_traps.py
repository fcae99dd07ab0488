"""What only Paris does: three calls, two prices, people who approve, and facts that differ between reports."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from mmhub_desktop.actions.forms import publish_requests
from mmhub_desktop.conformance import open_stage
from mmhub_desktop.domain.ids import AccountId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing, ListingChange, ListingState, VariantState
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrderState
from mmhub_desktop.errors import ChangedSincePreview, NotLiveYet, Rejected, SignInNeeded, Unsupported
from mmhub_desktop.marketplaces.base import Adapter, Connection, RemoteListing
from mmhub_desktop.marketplaces.contract import live_listing, prepare, rules_for, take_pictures
from mmhub_desktop.marketplaces.outgoing import hold_to
from mmhub_desktop.marketplaces.paris.adapter import APPROVAL, MARKETPLACE
from tests.fakes.account_secrets import MemorySecrets
from tests.fakes.paris_stage import ParisStage
from tests.marketplaces.conftest import Connect, Serve


@pytest.fixture
async def stage() -> AsyncIterator[ParisStage]:
    async with open_stage(ParisStage) as opened:
        yield opened


async def listed(stage: ParisStage, adapter: Adapter, sku: str = "L-1") -> RemoteListing:
    mapped, images = await prepare(stage, adapter, sku)
    return await live_listing(stage, adapter, mapped, images)


async def price_rows(stage: ParisStage, listing: RemoteListing) -> list[dict[str, Any]]:
    rows = (await stage.state())["items"][listing.remote_id.partition(":")[0]]["prices"]
    return [{key: value for key, value in row.items() if key != "kind"} for row in rows]


async def test_the_seller_is_told_and_an_inactive_one_warned(stage: ParisStage) -> None:
    who = await stage.adapter().check_credentials()
    assert (who.remote_id, who.name, who.currency) == ("7001", "Tienda de práctica", "CLP")
    assert who.settings["store_price"] == "8678fdf5-86f9-4530-aaee-dd67b9843976"
    assert not who.warnings
    choices = dict(await stage.adapter().read_choices("store_price"))
    assert choices[who.settings["store_price"]] == "Precio Paris (Paris.cl)"


async def test_a_token_that_says_nothing_is_asked_about(serve: Serve, connect: Connect) -> None:
    """Where the access token is no JSON Web Token, signing in tells the seller; its status is shown."""

    async def handle(request: web.Request) -> web.Response:
        if request.path == "/v1/auth/apiKey":
            payload = {"seller_id": 12, "seller_name": "Andes", "seller_status": "blocked"}
            return web.json_response({"accessToken": "opaque", "expiresIn": "14400", "jwtPayload": payload})
        return web.json_response([])

    connection = of_paris(connect(await serve(handle), secrets=MemorySecrets({"api_key": "key"})))
    who = await MARKETPLACE.adapter(connection).check_credentials()
    assert (who.remote_id, who.name) == ("12", "Andes")
    assert {one.rule for one in who.warnings} == {"paris.seller_status", "paris.store_price"}
    assert who.token_expires_at == connection.now() + timedelta(hours=4)


async def test_without_a_key_the_seller_is_asked_for_it(connect: Connect) -> None:
    with pytest.raises(SignInNeeded, match="no API key"):
        await MARKETPLACE.adapter(of_paris(connect("http://127.0.0.1:9"))).check_credentials()


def of_paris(connection: Connection) -> Connection:
    account = Account(connection.account.id, "paris", "Test", AccountKind.PRACTICE, "CL")
    return replace(connection, account=account)


@pytest.mark.parametrize("renews", [True, False])
async def test_403_for_an_expired_token_is_renewed_where_the_setting_says_so(stage: ParisStage, renews: bool) -> None:
    await stage.adapter().check_credentials()
    await stage.tell(forbids_expired=True, expire_tokens=True)
    settings = {**stage.account.settings, "renew_on_403": "yes" if renews else "no"}
    stage.account = replace(stage.account, settings=settings)
    if renews:
        await stage.adapter().check_credentials()
        return
    with pytest.raises(Rejected, match="does not allow"):
        await stage.adapter().check_credentials()


async def test_categories_are_found_by_the_words_of_their_names(stage: ParisStage) -> None:
    adapter = stage.adapter()
    for title, expected in (
        ("Lámpara de escritorio Lumea Flex", "Lámparas de escritorio"),
        ("Escritorio de madera con cajones", "Escritorios"),
        ("Set de 4 tazas de cerámica", "Tazas y mugs"),
        ("Hervidor eléctrico 1,7 litros", "Hervidores"),
        ("Parlante portátil resistente al agua", "Parlantes"),
        ("Zapatilla urbana con suela de goma", "Zapatillas"),
    ):
        assert (await adapter.find_categories(title))[0].name == expected, title
    assert await adapter.find_categories("xyz 123") == ()
    before = (await stage.state())["requests"]["GET /v2/families"]
    await adapter.find_categories("Taza")
    assert (await stage.state())["requests"]["GET /v2/families"] == before, "kept for a day"


async def test_a_long_list_of_options_is_read_whole_and_a_wrong_category_refused(stage: ParisStage) -> None:
    adapter = stage.adapter()
    rules = await adapter.read_category("fam-001:cat-001-1")
    (country,) = [rule for rule in rules.attributes if rule.name == "País de origen"]
    assert len(country.values) == 43
    with pytest.raises(Rejected, match="no category"):
        await adapter.read_category("fam-001:cat-002-1")


async def test_a_price_that_is_taken_and_ignored_never_counts_as_live(stage: ParisStage) -> None:
    """The form of prices is not confirmed: what Paris does not show as a price is told, not believed."""
    adapter = stage.adapter()
    await stage.tell(ignores_prices=True)
    listing = await adapter.read((await listed(stage, adapter)).remote_id)
    assert listing.state is ListingState.ACCEPTED
    assert [one.rule for one in listing.reasons] == ["paris.no_price"]
    await stage.tell(ignores_prices=False)
    changed = await adapter.update(listing.remote_id, ListingChange(price=Money(1000, "CLP")))
    assert (changed.state, changed.price, changed.reasons) == (ListingState.LIVE, Money(1000, "CLP"), ())
    await stage.tell(ignores_prices=True)
    kept = await adapter.update(listing.remote_id, ListingChange(price=Money(2000, "CLP")))
    assert [one.rule for one in kept.reasons] == ["paris.price_shown"]


async def test_where_prices_cannot_be_read_the_listing_is_live_without_one(stage: ParisStage) -> None:
    adapter = stage.adapter()
    await stage.tell(price_reads=False)
    listing = await adapter.read((await listed(stage, adapter)).remote_id)
    assert (listing.state, listing.price) == (ListingState.LIVE, None)
    changed = await adapter.update(listing.remote_id, ListingChange(price=Money(1000, "CLP")))
    assert "does not show the price" in changed.reasons[0].message
    assert {row["value"] for row in await price_rows(stage, listing)} == {1000}


async def test_a_changed_price_keeps_the_running_offer(stage: ParisStage) -> None:
    adapter = stage.adapter()
    listing = await listed(stage, adapter)
    both = await price_rows(stage, listing)
    offer = {**both[1], "value": 19990, "showFrom": "2026-01-01T00:00:00.000Z", "showTo": "2027-01-01T00:00:00.000Z"}
    await stage.control(f"items/{listing.remote_id.partition(':')[0]}", rows=[both[0], offer])
    changed = await adapter.update(listing.remote_id, ListingChange(price=Money(29990, "CLP")))
    assert changed.price == Money(29990, "CLP")
    assert await price_rows(stage, listing) == [{**both[0], "value": 29990}, offer]


async def test_a_changed_text_sends_the_whole_product_and_waits_for_people(stage: ParisStage) -> None:
    adapter = stage.adapter()
    listing = await listed(stage, adapter)
    product_id = listing.remote_id.partition(":")[0]
    before = (await stage.state())["items"][product_id]
    await stage.tell(live_after_s=600)
    changed = await adapter.update(listing.remote_id, ListingChange(title="Lámpara nueva"))
    assert changed.submission == APPROVAL
    with pytest.raises(NotLiveYet):
        await adapter.follow(listing.remote_id, APPROVAL)
    after = (await stage.state())["items"][product_id]
    assert after["name"] == "Lámpara nueva"
    assert (after["attributes"], after["variants"]) == (before["attributes"], before["variants"])
    await stage.pass_time(601)
    assert (await adapter.follow(listing.remote_id, APPROVAL)).state is ListingState.LIVE
    await stage.tell(reject_reason="El nombre tiene datos de contacto", live_after_s=0)
    await adapter.update(listing.remote_id, ListingChange(title="Lámpara, llamar al 123"))
    with pytest.raises(Rejected) as caught:
        await adapter.follow(listing.remote_id, APPROVAL)
    assert [one.field for one in caught.value.findings] == ["title"]


async def test_a_search_that_finds_another_sku_is_not_believed(serve: Serve, connect: Connect) -> None:
    """Its rows lack the seller's SKU: the stock's row tells that this product is another one."""

    async def handle(request: web.Request) -> web.Response:
        if request.path == "/v1/auth/apiKey":
            return web.json_response({"accessToken": "t", "expiresIn": 100}, status=201)
        if request.path == "/v2/products/search":
            return web.json_response({"results": [{"id": "MK1"}, {"id": "MK2"}, {"id": "MK3"}]})
        if request.path == "/v2/stock":
            sku = request.query["sku"]
            other = "L-10" if sku == "MK1-1" else "L-1"
            return web.json_response({"skus": [{"sku": sku, "sku_seller": other, "availableStock": 1}]})
        if request.path == "/v2/products/MK3":
            return web.json_response({"message": "not found"}, status=404)
        variants = [{"sku": f"{request.path.rpartition('/')[2]}-1"}]
        return web.json_response({"name": "x", "statusApproval": "approved", "variants": variants})

    connection = of_paris(connect(await serve(handle), secrets=MemorySecrets({"api_key": "key"})))
    found = await MARKETPLACE.adapter(connection).find_by_sku("L-1")
    assert [one.remote_id for one in found] == ["MK2:MK2-1"]


async def test_a_family_gets_the_stock_of_each_variant(stage: ParisStage) -> None:
    adapter = stage.adapter()
    await adapter.check_credentials()
    mapped = adapter.map(stage.family("FAMILY"), await rules_for(stage, adapter, "FAMILY"))
    created = await live_listing(stage, adapter, mapped, await take_pictures(stage, adapter))
    listing = await adapter.read(created.remote_id)
    old, new = Money(24990, "CLP"), Money(19990, "CLP")
    assert (listing.sku, listing.quantity, listing.state) == ("FAMILY", None, ListingState.LIVE)
    assert [(one.sku, one.price, one.quantity) for one in listing.variants] == [
        ("FAMILY-38", old, 3), ("FAMILY-39", old, 0), ("FAMILY-40", old, 4),
    ]  # fmt: skip
    some = (VariantState("FAMILY-38", new, 1), VariantState("FAMILY-40", new))
    with pytest.raises(Rejected, match="one price for all"):  # the third keeps another
        await adapter.update(created.remote_id, ListingChange(variants=some))
    wish = (*some, VariantState("FAMILY-39", new), VariantState("FAMILY-41", new, 1))
    changed = await adapter.update(created.remote_id, ListingChange(variants=wish))
    assert [(one.price, one.quantity) for one in changed.variants] == [(new, 1), (new, 0), (new, 4)]
    assert [(one.rule, "FAMILY-41" in one.message) for one in changed.reasons] == [("paris.variant_new", True)]
    uneven = (VariantState("FAMILY-38", new), VariantState("FAMILY-40", old))
    with pytest.raises(Rejected, match="one price for all"):
        await adapter.update(created.remote_id, ListingChange(variants=uneven))
    assert [one.remote_id for one in await adapter.find_by_sku("FAMILY-39")] == [created.remote_id]
    with pytest.raises(Rejected, match="3 variants"):
        await adapter.update(created.remote_id, ListingChange(quantity=5))
    ended = await adapter.end(created.remote_id)
    assert ended.state is ListingState.PAUSED
    assert {one.quantity for one in ended.variants} == {0}


async def test_skus_that_a_product_does_not_show_are_told_by_its_stock(stage: ParisStage) -> None:
    await stage.tell(product_shows_skus=False)
    adapter = stage.adapter()
    await adapter.check_credentials()
    mapped = adapter.map(stage.family("FAMILY"), await rules_for(stage, adapter, "FAMILY"))
    created = await live_listing(stage, adapter, mapped, await take_pictures(stage, adapter))
    changed = await adapter.update(created.remote_id, ListingChange(variants=(VariantState("FAMILY-39", None, 6),)))
    assert [(one.sku, one.quantity) for one in changed.variants] == [
        ("FAMILY-38", 3), ("FAMILY-39", 6), ("FAMILY-40", 4),
    ]  # fmt: skip
    with pytest.raises(Rejected, match="does not show the whole product"):
        await adapter.update(created.remote_id, ListingChange(title="Otro nombre"))


async def test_what_is_kept_as_reserve_is_no_difference_to_fail_on(stage: ParisStage) -> None:
    adapter = stage.adapter()
    listing = await listed(stage, adapter)
    await stage.tell(safety_stock=2)
    changed = await adapter.update(listing.remote_id, ListingChange(quantity=9))
    assert (changed.state, changed.quantity) == (ListingState.LIVE, 7)
    assert [(one.rule, one.blocks) for one in changed.reasons] == [("paris.stock_shown", False)]


async def test_orders_change_after_they_were_listed_and_labels_come_from_paris(stage: ParisStage) -> None:
    adapter = stage.adapter()
    await listed(stage, adapter)
    number = await stage.sell("L-1", 2)
    since = stage.now() - timedelta(hours=1)
    page = await adapter.list_orders(since)
    assert page.more
    last = await adapter.list_orders(since, page.cursor)
    assert (last.orders, last.more) == ((), False)
    await stage.pass_time(3 * 24 * 3600)
    await stage.tell(scanned_after_s=60)
    (order,) = (await adapter.list_orders(since, last.cursor)).orders
    assert (order.remote_id, order.state) == (number, OrderState.SHIPPED)
    assert order.raw["shipments"][0]["label"][0]["url"].endswith("/print-label")
    assert order.parcels[0].tracking == f"BX{number}"
    with pytest.raises(Unsupported) as caught:
        await adapter.confirm_shipment(number, stage.shipment(adapter))
    assert "Print the label" in caught.value.hint
    with pytest.raises(Rejected, match="does not know the order"):
        await adapter.read_order("1")


async def test_sixty_orders_come_page_by_page(stage: ParisStage) -> None:
    adapter = stage.adapter()
    listing = await listed(stage, adapter)
    await adapter.update(listing.remote_id, ListingChange(quantity=100))
    numbers = {await stage.sell("L-1", 1) for _ in range(60)}
    since, cursor, found = stage.now() - timedelta(hours=1), "", []
    while True:
        page = await adapter.list_orders(since, cursor)
        found += [order.remote_id for order in page.orders]
        cursor = page.cursor
        if not page.more:
            break
    assert len(found) == 60
    assert set(found) == numbers


async def test_a_listing_that_is_there_is_shown_and_held_to_what_is_left(stage: ParisStage) -> None:
    """A preview of an unfinished listing names price and stock, which do not carry its id in the path alike."""
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "L-1")
    listing = Listing(ListingId(1), ProductId(1), AccountId(1), ListingState.ACCEPTED, "MK1:MK1-1")
    left = await publish_requests(adapter, listing, mapped, images)
    assert [(one.method, one.path) for one in left] == [
        ("POST", "/v2/prices/product/{{listing_id}}"), ("POST", "/v2/stock"),
    ]  # fmt: skip


async def test_stocks_of_many_go_in_one_call_and_other_changes_by_themselves(stage: ParisStage) -> None:
    adapter = stage.adapter()
    ids = [(await listed(stage, adapter, f"S-{number}")).remote_id for number in range(5)]
    for remote_id in ids:
        await adapter.read(remote_id)
    before = (await stage.state())["requests"]["POST /v2/stock"]
    changes = [(one, ListingChange(quantity=place)) for place, one in enumerate(ids)]
    changes[3] = (ids[3], ListingChange(quantity=3, price=Money(19990, "CLP")))
    shown = [one for pair in changes for one in await adapter.update_requests(*pair)]
    with hold_to(shown, adapter):
        answers = await adapter.update_many(changes)
    assert [one.quantity for one in answers if isinstance(one, RemoteListing)] == [0, 1, 2, 3, 4]
    assert (await stage.state())["requests"]["POST /v2/stock"] == before + 2
    assert [(await adapter.read(one)).quantity for one in ids] == [0, 1, 2, 3, 4]
    with hold_to(shown[:2], adapter), pytest.raises(ChangedSincePreview):
        await adapter.update_many([(one, ListingChange(quantity=9)) for one in ids[:2]])


async def test_a_call_for_many_that_is_refused_is_told_of_the_product_it_is_about(stage: ParisStage) -> None:
    adapter = stage.adapter()
    ids = [(await listed(stage, adapter, f"S-{number}")).remote_id for number in range(3)]
    for remote_id in ids:
        await adapter.read(remote_id)
    refusal = {"method": "POST", "path": "/v2/stock", "status": 400, "body": {"message": ["skus.1 is blocked"]}}
    await stage.tell(fail_next=[refusal, {**refusal, "times": 1}])
    answers = await adapter.update_many([(one, ListingChange(quantity=8)) for one in ids])
    assert [type(one) for one in answers] == [Rejected, RemoteListing, RemoteListing]
    assert [(await adapter.read(one)).quantity for one in ids[1:]] == [8, 8]
