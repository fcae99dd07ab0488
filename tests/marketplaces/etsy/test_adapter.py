"""The traps of Etsy's API, each on the practice Etsy."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrderState, Shipment
from mmhub_desktop.domain.product import Text
from mmhub_desktop.errors import Rejected, SignInNeeded, Unavailable, Unsupported, UserMistake
from mmhub_desktop.marketplaces.base import Adapter, Mapped
from mmhub_desktop.marketplaces.contract import complete, prepare, rules_for
from mmhub_desktop.marketplaces.etsy.adapter import MARKETPLACE
from tests.fakes.etsy_stage import EtsyStage


@pytest.fixture
async def stage() -> AsyncIterator[EtsyStage]:
    async with open_stage(EtsyStage) as opened:
        yield opened


def set_up(stage: EtsyStage, **settings: str) -> Adapter:
    """An adapter of the account with other settings."""
    stage.account = replace(stage.account, settings={**stage.account.settings, **settings})
    return stage.adapter()


async def list_mug(stage: EtsyStage, sku: str) -> tuple[Adapter, str]:
    """A mug, published."""
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, sku)
    created = await adapter.create(mapped, images)
    await complete(stage, adapter, created.remote_id, mapped)
    return adapter, created.remote_id


async def test_the_consent_asks_for_what_is_needed_with_pkce(stage: EtsyStage) -> None:
    assert MARKETPLACE.consent is not None
    page, remembered = MARKETPLACE.consent(replace(stage.connection(), base_url="")).start()
    assert page.startswith("https://www.etsy.com/oauth/connect?")
    query = parse_qs(urlsplit(page).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == ["http://localhost:3003/oauth/redirect"]
    assert 43 <= len(remembered["verifier"]) <= 128
    assert query["scope"] == ["listings_r listings_w listings_d transactions_r transactions_w shops_r"]


async def test_a_redirect_that_cannot_be_registered_is_a_mistake(stage: EtsyStage) -> None:
    assert MARKETPLACE.consent is not None
    stage.account = replace(stage.account, settings={**stage.account.settings, "redirect_uri": "localhost:3003"})
    with pytest.raises(UserMistake):
        MARKETPLACE.consent(stage.connection()).start()


async def test_the_key_travels_with_its_secret_and_is_missed_plainly(stage: EtsyStage) -> None:
    stage.secrets.values["shared_secret"] = "something-else"
    with pytest.raises(SignInNeeded) as caught:
        await stage.adapter().check_credentials()
    assert "shared secret" in caught.value.message
    assert "something-else" not in f"{caught.value.original}"


async def test_a_renewal_that_fails_is_repeated_with_the_same_token(stage: EtsyStage) -> None:
    adapter = stage.adapter()
    await adapter.check_credentials()
    await stage.expire_access_token()
    await stage.fail(("POST", "/v3/public/oauth/token"), status=500)
    with pytest.raises(Unavailable):
        await adapter.check_credentials()
    assert (await adapter.check_credentials()).name == "PracticeStudio"


async def test_a_renewal_whose_answer_was_lost_asks_for_consent(stage: EtsyStage) -> None:
    adapter = stage.adapter()
    await adapter.check_credentials()
    await stage.expire_access_token()
    await stage.fail(("POST", "/v3/public/oauth/token"), after_effect=True)
    with pytest.raises(Unavailable):
        await adapter.check_credentials()
    with pytest.raises(SignInNeeded) as caught:  # the old token was used up by the call that was lost
        await adapter.check_credentials()
    assert "connect the account again" in caught.value.hint
    await stage.connect()
    assert (await adapter.check_credentials()).name == "PracticeStudio"


async def test_a_shop_on_vacation_is_said(stage: EtsyStage) -> None:
    await stage.tell(vacation=True)
    who = await stage.adapter().check_credentials()
    assert (who.name, who.currency, who.settings["country"]) == ("PracticeStudio", "USD", "US")
    assert [one.rule for one in who.warnings] == ["etsy.vacation"]


async def test_what_the_shop_offers_to_choose_from(stage: EtsyStage) -> None:
    adapter = stage.adapter()
    assert await adapter.read_choices("shipping_profile_id") == (("7100001", "Standard parcel"),)
    assert await adapter.read_choices("return_policy_id") == (("7200001", "Returns and exchanges within 30 days"),)
    assert await adapter.read_choices("readiness_state_id") == (("7300001", "Ready to ship, 1 - 3 days"),)
    assert await adapter.read_choices("shop_section_id") == (("7400001", "For the home"),)
    assert dict(await adapter.read_choices("who_made"))["i_did"] == "I did"
    periods = dict(await adapter.read_choices("when_made"))
    year = stage.now().year
    assert periods[f"2020_{year}"] == f"2020–{year}"
    assert periods["made_to_order"] == "Made to order"
    with pytest.raises(Unsupported):
        await adapter.read_choices("warehouse")
    await stage.tell(no_enumerations=True)
    lasting = dict(await adapter.read_choices("when_made"))
    assert f"2020_{year}" in lasting
    assert set(lasting) < set(periods), "without Etsy's document: what no January changes, and the present period"
    assert await adapter.read_choices("who_made")


async def test_a_period_of_last_year_is_found_before_it_is_sent(stage: EtsyStage) -> None:
    adapter = set_up(stage, when_made=f"2020_{stage.now().year - 1}")
    await adapter.check_credentials()
    draft = stage.draft("OLD-1")
    rules = await rules_for(stage, adapter, "OLD-1")
    assert {one.rule for one in adapter.map(draft, rules).findings if one.blocks} == {"etsy.when_made"}
    await stage.tell(no_enumerations=True)
    mapped = adapter.map(draft, await adapter.read_category(rules.id))
    assert not mapped.blocked
    with pytest.raises(Rejected) as caught:
        await adapter.create(mapped, ())
    assert caught.value.findings[0].field == "attributes.when_made"


async def test_categories_are_found_by_the_words_of_a_title(stage: EtsyStage) -> None:
    adapter = stage.adapter()
    names = [(await adapter.find_categories(title))[0].name for title in
             ("Oak desk lamp with shade", "Blue mugs, set of 2", "Gold hoop earrings", "Scarf of wool")]  # fmt: skip
    assert [name.rpartition(" › ")[2] for name in names] == ["Table & Desk Lamps", "Mugs", "Hoops", "Scarves"]
    assert await adapter.find_categories("Gizmo 3000") == ()
    asked = (await stage.state())["requests"]
    assert asked["GET /v3/application/seller-taxonomy/nodes"] == 1, "the tree is kept for a day"
    with pytest.raises(Rejected):
        await adapter.read_category("999999")


async def test_pictures_stand_in_their_order_however_often_they_are_sent(stage: EtsyStage) -> None:
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "PICTURES-1")
    created = await adapter.create(mapped, images)
    for place in (1, 2, 1, 2, 3):
        await adapter.add_picture(created.remote_id, place, stage.image())
    answer = await stage.client.get(
        f"{stage.url}/v3/application/listings/{created.remote_id}/images", headers=await signed(stage)
    )
    assert [one["rank"] for one in answer.json()["results"]] == [1, 2, 3]


async def test_a_picture_that_is_still_processed_is_waited_for(stage: EtsyStage) -> None:
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "PICTURES-2")
    created = await adapter.create(mapped, images)
    await stage.tell(images_conflict=True)
    await adapter.add_picture(created.remote_id, 1, stage.image())
    with pytest.raises(Unavailable) as caught:
        await adapter.add_picture(created.remote_id, 2, stage.image())
    assert caught.value.retry_after_s


async def test_a_draft_stays_one_when_the_seller_wishes(stage: EtsyStage) -> None:
    await stage.adapter().check_credentials()
    adapter = set_up(stage, publish="draft")
    mapped, images = await prepare(stage, adapter, "DRAFT-1")
    created = await adapter.create(mapped, images)
    await complete(stage, adapter, created.remote_id, mapped)
    read = await adapter.read(created.remote_id)
    assert (read.state, read.as_wished, read.sku) == (ListingState.PAUSED, True, "DRAFT-1")
    assert (await stage.state())["fees"] == 0
    with pytest.raises(Rejected):
        await adapter.relist(created.remote_id)
    publishes = set_up(stage, publish="active")
    assert (await publishes.relist(created.remote_id)).state is ListingState.LIVE
    assert (await stage.state())["fees"] == 1


async def test_a_publication_that_does_nothing_is_said(stage: EtsyStage) -> None:
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "STAYS-1")
    created = await adapter.create(mapped, images)
    await stage.tell(stays_draft=True)
    with pytest.raises(Rejected) as caught:
        await complete(stage, adapter, created.remote_id, mapped)
    assert caught.value.findings[0].rule == "etsy.still_draft"
    assert (await adapter.read(created.remote_id)).state is ListingState.ACCEPTED


async def test_completing_again_does_not_undo_a_sale(stage: EtsyStage) -> None:
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "SOLD-9")
    created = await adapter.create(mapped, images)
    await complete(stage, adapter, created.remote_id, mapped)
    await stage.sell("SOLD-9", 3)
    await adapter.finish_create(created.remote_id, mapped)
    assert (await adapter.read(created.remote_id)).quantity == 4


async def test_what_a_lost_create_made_is_told_from_other_drafts(stage: EtsyStage) -> None:
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "LOST-9")
    begun = adapter.connection.now()
    other = Mapped({**mapped.body, "title": "Another mug"}, mapped.after)
    dearer = Mapped({**mapped.body, "price": "29.99"}, mapped.after)
    named = await adapter.create(mapped, images)
    await complete(stage, set_up(stage, publish="draft"), named.remote_id, mapped)  # carries its SKU
    await stage.control(f"items/{named.remote_id}", state="draft")
    await adapter.create(other, images)
    await adapter.create(dearer, images)
    assert await adapter.find_lost(mapped, begun) == ()
    lost = await adapter.create(mapped, images)
    assert [one.remote_id for one in await adapter.find_lost(mapped, begun)] == [lost.remote_id]
    assert await adapter.find_lost(mapped, begun + timedelta(hours=1)) == (), "made before that create began"


async def test_a_look_up_walks_the_shop_once_and_then_looks_at_the_newest(stage: EtsyStage) -> None:
    _, remote_id = await list_mug(stage, "WALK-1")
    adapter = stage.adapter()

    async def pages(sku: str, found: list[str]) -> int:
        """How many pages a look for a SKU took."""
        name = "GET /v3/application/shops/{shop_id}/listings"
        before = (await stage.state())["requests"].get(name, 0)
        assert [one.remote_id for one in await adapter.find_by_sku(sku)] == found
        return int((await stage.state())["requests"][name]) - before

    assert await pages("WALK-1", [remote_id]) == 5, "one for each state"
    assert await pages("WALK-1", [remote_id]) == await pages("WALK-2", []) == 0, "looked at a moment ago"
    await stage.pass_time(61)
    assert await pages("WALK-2", []) == 2, "active ones and drafts"
    mapped, images = await prepare(stage, adapter, "WALK-2")
    created = await adapter.create(mapped, images)
    await complete(stage, adapter, created.remote_id, mapped)
    assert await pages("WALK-2", [created.remote_id]) == 2, "it was listed from here"
    await stage.pass_time(3_601)
    assert await pages("WALK-1", [remote_id]) == 5


async def test_states_that_etsy_may_tell(stage: EtsyStage) -> None:
    adapter, remote_id = await list_mug(stage, "STATE-1")
    for word, state in (
        ("inactive", ListingState.PAUSED), ("sold_out", ListingState.PAUSED), ("expired", ListingState.ENDED),
        ("draft", ListingState.ACCEPTED), ("active", ListingState.LIVE),
    ):  # fmt: skip
        await stage.control(f"items/{remote_id}", state=word)
        read = await adapter.read(remote_id)
        assert read.state is state
        assert bool(read.reasons) is (state is not ListingState.LIVE)
        assert read.quantity == (0 if word == "sold_out" else 7)


@pytest.mark.off_specification("states that the document does not know, as they were seen")
async def test_states_that_nobody_has_documented(stage: EtsyStage) -> None:
    adapter, remote_id = await list_mug(stage, "STATE-2")
    for word in ("edit", "frozen_somehow"):
        await stage.control(f"items/{remote_id}", state=word)
        read = await adapter.read(remote_id)
        assert (read.state, read.reasons[0].original) == (ListingState.PAUSED, word)


async def test_stock_comes_and_goes_without_a_fee(stage: EtsyStage) -> None:
    adapter, remote_id = await list_mug(stage, "STOCK-1")
    gone = await adapter.update(remote_id, ListingChange(quantity=0))
    assert (gone.quantity, gone.state, gone.reasons[0].rule) == (0, ListingState.PAUSED, "etsy.out_of_stock")
    back = await adapter.update(remote_id, ListingChange(quantity=4, price=Money(2500, "USD")))
    assert (back.quantity, back.state, back.price) == (4, ListingState.LIVE, Money(2500, "USD"))
    assert (await stage.state())["fees"] == 1
    await stage.sell("STOCK-1", 4)
    assert (await adapter.read(remote_id)).quantity == 0
    frugal = set_up(stage, renew="no")
    with pytest.raises(Rejected):
        await frugal.update(remote_id, ListingChange(quantity=2))
    renewed = await set_up(stage, renew="yes").update(remote_id, ListingChange(quantity=2))
    assert (renewed.quantity, renewed.state) == (2, ListingState.LIVE)
    assert (await stage.state())["fees"] == 2


async def test_a_frozen_listing_is_a_refusal(stage: EtsyStage) -> None:
    adapter, remote_id = await list_mug(stage, "FROZEN-1")
    await stage.tell(frozen=True)
    with pytest.raises(Rejected) as caught:
        await adapter.update(remote_id, ListingChange(title="A frozen mug"))
    assert "frozen" in caught.value.findings[0].original


async def test_orders_come_page_by_page_and_again_when_they_change(stage: EtsyStage) -> None:
    adapter, remote_id = await list_mug(stage, "MANY-1")
    await adapter.update(remote_id, ListingChange(quantity=300))
    since = adapter.connection.now() - timedelta(hours=1)
    sold = [await stage.sell("MANY-1", 1) for _ in range(130)]  # many of them in the same second
    seen, cursor, pages = await all_pages(adapter, since)
    assert set(seen) == set(sold)
    assert pages >= 2
    order = await adapter.read_order(sold[0])
    assert (order.total, order.lines[0].price, order.address.country) == (
        Money(1999, "USD"), Money(1999, "USD"), "US"
    )  # fmt: skip
    await stage.pass_time(600)
    parcel = Shipment("DHL", "JD014600003", adapter.connection.now())
    assert (await adapter.confirm_shipment(sold[0], parcel)).state is OrderState.SHIPPED
    again, cursor, _ = await all_pages(adapter, since, cursor)
    assert sold[0] in again
    assert (await all_pages(adapter, since, cursor))[0] == [sold[0]], "only what is within the overlap comes again"


async def all_pages(adapter: Adapter, since: datetime, cursor: str = "") -> tuple[list[str], str, int]:
    """The orders of all pages that wait, the last cursor, how many pages there were."""
    seen: list[str] = []
    for pages in range(1, 10):
        page = await adapter.list_orders(since, cursor)
        seen += [one.remote_id for one in page.orders]
        cursor = page.cursor
        if not page.more:
            return seen, cursor, pages
    raise AssertionError("the pages do not end")


async def test_a_buyer_gets_one_e_mail(stage: EtsyStage) -> None:
    await list_mug(stage, "MAIL-1")
    order_id = await stage.sell("MAIL-1", 1)
    adapter = stage.adapter()
    for code in ("JD 0146", "jd0146", "JD-0146"):  # written otherwise
        order = await adapter.confirm_shipment(order_id, Shipment("A carrier nobody knows", code, stage.now()))
    assert [(one.carrier, one.tracking) for one in order.parcels] == [("other", "JD 0146")]


async def test_addresses_that_are_kept_back_stay_empty(stage: EtsyStage) -> None:
    await list_mug(stage, "ADDRESS-1")
    order_id = await stage.sell("ADDRESS-1", 1)
    await stage.tell(addresses_hidden=True)
    order = await stage.adapter().read_order(order_id)
    assert (order.address.lines, order.address.city, order.buyer) == ((), "", "Robin Example")


async def test_too_many_calls_of_the_day(stage: EtsyStage) -> None:
    answer = await stage.client.get(f"{stage.url}/v3/application/openapi-ping", headers=await signed(stage))
    assert answer.headers["x-limit-per-day"] == "100000"
    assert int(answer.headers["x-remaining-today"]) < 100_000


async def test_two_titles_alike_are_two_listings(stage: EtsyStage) -> None:
    adapter = stage.adapter()
    await adapter.check_credentials()
    rules = await rules_for(stage, adapter, "TWIN")
    text = Text("Twin mug", "One of two.")
    ids = []
    for number in range(2):
        mapped = adapter.map(replace(stage.draft(f"TWIN-{number}"), text=text), rules)
        created = await adapter.create(mapped, ())
        await complete(stage, adapter, created.remote_id, mapped)
        ids.append(created.remote_id)
    for number, remote_id in enumerate(ids):
        assert [one.remote_id for one in await adapter.find_by_sku(f"TWIN-{number}")] == [remote_id]


async def signed(stage: EtsyStage) -> dict[str, Any]:
    """Headers of a call that a test makes itself."""
    await stage.adapter().check_credentials()
    secret = f"{stage.account.settings['client_id']}:{stage.secrets.values['shared_secret']}"
    return {"x-api-key": secret, "Authorization": f"Bearer {stage.secrets.values['access_token']}"}
