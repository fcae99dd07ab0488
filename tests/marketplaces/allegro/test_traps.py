"""What Allegro does otherwise than one would think, and what the adapter makes of it."""

from dataclasses import replace

import pytest

from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrderState, Shipment
from mmhub_desktop.errors import (
    ChangedSincePreview,
    MmhubError,
    NotLiveYet,
    Rejected,
    SignInNeeded,
    Unavailable,
    UserMistake,
)
from mmhub_desktop.marketplaces.allegro.auth import FIELDS, AllegroConsent, call_headers, environment_of, token_endpoint
from mmhub_desktop.marketplaces.allegro.following import TRUST_AFTER_S
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.contract import all_orders, live_listing, prepare
from mmhub_desktop.marketplaces.outgoing import hold_to
from tests.contract.test_allegro import AllegroStage

ACTIVATE = "PUT /sale/offer-publication-commands/{command}"


async def listed(stage: AllegroStage, sku: str) -> RemoteListing:
    """A live offer."""
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, sku)
    return await live_listing(stage, adapter, mapped, images)


async def requests(stage: AllegroStage, route: str) -> int:
    """How many calls of a route were made."""
    return int((await stage.state())["requests"].get(route, 0))


async def test_the_answer_accepted_is_followed_to_its_operation(stage: AllegroStage):
    await stage.tell(later=True, ready_after_s=60, retry_after_s=7)
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "LATER-1")
    created = await adapter.create(mapped, images)
    assert created.submission.startswith("operation:")
    with pytest.raises(NotLiveYet) as waits:
        await stage.adapter().follow(created.remote_id, created.submission)  # after a restart, too
    assert waits.value.retry_after_s == 7
    with pytest.raises(NotLiveYet):
        await adapter.finish_create(created.remote_id, mapped)
    await stage.pass_time(60)
    assert (await stage.adapter().follow(created.remote_id, created.submission)).state is ListingState.ACCEPTED


async def test_an_operation_that_hangs_is_given_up_and_the_offer_trusted(stage: AllegroStage):
    await stage.tell(later=True, operation_hangs=True)
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "HANGS-1")
    created = await adapter.create(mapped, images)
    waited = []
    for _ in range(3):
        with pytest.raises(NotLiveYet) as waits:
            await adapter.follow(created.remote_id, created.submission)
        waited.append(waits.value.retry_after_s or 0)
        await stage.pass_time(300)
    assert waited == sorted(waited)
    assert waited[-1] > waited[0]
    await stage.pass_time(TRUST_AFTER_S)
    assert (await adapter.follow(created.remote_id, created.submission)).remote_id == created.remote_id
    await adapter.finish_create(created.remote_id, mapped)
    assert (await adapter.read(created.remote_id)).state is ListingState.LIVE


async def test_a_change_during_a_change_waits(stage: AllegroStage):
    live = await listed(stage, "BUSY-1")
    await stage.tell(later=True, ready_after_s=60)
    changed = await stage.adapter().update(live.remote_id, ListingChange(title="Kubek zupełnie inny 350 ml"))
    assert changed.submission
    with pytest.raises(Unavailable) as busy:
        await stage.adapter().update(live.remote_id, ListingChange(title="Kubek jeszcze inny 350 ml"))
    assert busy.value.retry_after_s


async def test_a_publication_whose_answer_was_lost_is_not_told_twice(stage: AllegroStage):
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "TWICE-1")
    created = await adapter.create(mapped, images)
    await stage.tell(ready_after_s=60)
    await stage.fail(("PUT", "/sale/offer-publication-commands/*"), after_effect=True)
    with pytest.raises(Unavailable):
        await adapter.finish_create(created.remote_id, mapped)
    again = stage.adapter()
    await again.finish_create(created.remote_id, mapped)
    assert len((await stage.state())["requests"]) > 0
    commands = await requests(stage, ACTIVATE)
    assert commands == 2, "the same command twice: the second was answered 409"
    await stage.pass_time(60)
    assert (await again.read(created.remote_id)).state is ListingState.LIVE


async def test_a_publication_that_failed_says_why_and_can_be_tried_again(stage: AllegroStage):
    await stage.tell(publication_fails="Confirm the account first.")
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "FAILS-1")
    created = await live_listing(stage, adapter, mapped, images)
    shown = await stage.adapter().read(created.remote_id)
    assert shown.state is ListingState.REJECTED
    assert [one.message for one in shown.reasons] == ["Confirm the account first."]
    await stage.tell(publication_fails="")
    await stage.adapter().finish_create(created.remote_id, mapped)
    assert (await stage.adapter().read(created.remote_id)).state is ListingState.LIVE


async def test_a_price_rule_keeps_its_price(stage: AllegroStage):
    live = await listed(stage, "RULE-1")
    await stage.tell(price_rule=True)
    change = ListingChange(price=Money(9900, "PLN"), quantity=3)
    with pytest.raises(Rejected) as kept:
        await stage.adapter().update(live.remote_id, change)
    (finding,) = kept.value.findings
    assert (finding.field, finding.limit) == ("price", "49.90 PLN")


async def test_a_price_alone_is_a_command(stage: AllegroStage):
    live = await listed(stage, "PRICE-1")
    price = ListingChange(price=Money(9900, "PLN"))
    (told,) = await stage.adapter().update_requests(live.remote_id, price)
    assert told.path == f"/offers/{live.remote_id}/change-price-commands/{{{{command_id}}}}"
    await stage.tell(ready_after_s=30)
    changed = await stage.adapter().update(live.remote_id, price)
    assert changed.submission.startswith("price:99.00 PLN:")
    with pytest.raises(NotLiveYet):
        await stage.adapter().follow(live.remote_id, changed.submission)
    await stage.pass_time(30)
    assert (await stage.adapter().follow(live.remote_id, changed.submission)).price == Money(9900, "PLN")


async def test_pictures_between_the_texts_stay(stage: AllegroStage):
    live = await listed(stage, "WORDS-1")
    image = await stage.adapter().upload_image(stage.image())
    picture = {"type": "IMAGE", "url": image.url}
    sections = [{"items": [{"type": "TEXT", "content": "<p>Stary</p>"}]}, {"items": [picture]}]
    headers = {**call_headers(stage.account), "Content-Type": call_headers(stage.account)["Accept"]}
    token = (await stage.secrets.load())["access_token"]
    answer = await stage.client.patch(
        f"{stage.url}/sale/product-offers/{live.remote_id}",
        json={"description": {"sections": sections}},
        headers={**headers, "Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text
    changed = await stage.adapter().update(live.remote_id, ListingChange(description="Nowy"))
    kept = [item for section in changed.raw["description"]["sections"] for item in section["items"]]
    assert kept == [{"type": "TEXT", "content": "<p>Nowy</p>"}, picture]


async def test_many_changes_are_answered_one_by_one(stage: AllegroStage):
    ids = [(await listed(stage, f"MANY-{n}")).remote_id for n in range(5)]
    changes = [
        (ids[0], ListingChange(quantity=4)),
        ("7709999999", ListingChange(quantity=4)),
        (ids[1], ListingChange(quantity=4)),
        (ids[2], ListingChange(price=Money(1000, "PLN"))),
        (ids[3], ListingChange(quantity=0)),
        (ids[4], ListingChange(price=Money(0, "PLN"), quantity=1)),
    ]
    answers = await stage.adapter().update_many(changes)
    assert [isinstance(one, MmhubError) for one in answers] == [False, True, False, False, False, True]
    together = [one.submission for one in answers if isinstance(one, RemoteListing) and one.submission]
    assert len(together) == 2
    assert len(set(together)) == 1
    assert together[0].startswith("quantity:")
    followed = await stage.adapter().follow_many([ids[0], ids[1]], together[0])
    assert all(isinstance(one, RemoteListing) for one in followed)
    assert [(await stage.adapter().read(one)).quantity for one in ids[:4]] == [4, 4, 7, 0]


async def test_a_command_for_many_is_held_to_what_was_shown_of_each(stage: AllegroStage):
    ids = [(await listed(stage, f"SHOWN-{n}")).remote_id for n in range(3)]
    adapter = stage.adapter()
    changes = [(one, ListingChange(quantity=4)) for one in ids]
    shown = [one for pair in changes for one in await adapter.update_requests(*pair)]
    with hold_to(shown, adapter):
        answers = await adapter.update_many(changes)
    assert len({one.submission for one in answers if isinstance(one, RemoteListing)}) == 1
    with hold_to(shown[:2], adapter), pytest.raises(ChangedSincePreview):
        await adapter.update_many(changes)
    with hold_to(shown, adapter), pytest.raises(ChangedSincePreview):
        await adapter.update_many([(one, ListingChange(quantity=5)) for one in ids])


async def test_what_allegro_ends_is_told_with_its_reason(stage: AllegroStage):
    live = await listed(stage, "ENDED-1")
    await stage.control(f"items/{live.remote_id}", endedBy="ADMIN")
    shown = await stage.adapter().read(live.remote_id)
    assert shown.state is ListingState.ENDED
    assert shown.reasons[0].blocks
    other = await listed(stage, "CHANGED-1")
    await stage.control(f"items/{other.remote_id}", error="The product's category has changed.")
    shown = await stage.adapter().read(other.remote_id)
    assert shown.state is ListingState.LIVE
    assert [one.message for one in shown.reasons] == ["The product's category has changed."]


async def test_the_currency_is_that_of_the_accounts_marketplace(stage: AllegroStage):
    await stage.tell(marketplace="allegro-cz")
    adapter = stage.adapter()
    who = await adapter.check_credentials()
    assert (who.site, who.currency) == ("allegro-cz", "CZK")
    rules = await adapter.read_category("67415")
    (finding,) = [one for one in adapter.map(stage.draft("CZ-1"), rules).findings if one.blocks]
    assert (finding.field, finding.limit) == ("price", "CZK")
    crowns = replace(stage.draft("CZ-1"), price=Money(49900, "CZK"))
    mapped = adapter.map(crowns, rules)
    image = await adapter.upload_image(stage.image())
    created = await adapter.create(mapped, (image,))
    await adapter.finish_create(created.remote_id, mapped)
    assert (await adapter.read(created.remote_id)).price == Money(49900, "CZK")


async def test_an_old_offer_that_is_sold_out_does_not_stand_in_the_way(stage: AllegroStage):
    adapter = stage.adapter()
    old = await listed(stage, "TWO-1")
    await adapter.update(old.remote_id, ListingChange(quantity=0))
    assert [one.remote_id for one in await adapter.find_by_sku("TWO-1")] == [old.remote_id]
    new = await listed(stage, "TWO-1")
    assert [one.remote_id for one in await adapter.find_by_sku("TWO-1")] == [new.remote_id]
    await adapter.update(new.remote_id, ListingChange(quantity=0))
    assert [one.remote_id for one in await adapter.find_by_sku("TWO-1")] == [new.remote_id], "the newest"


async def test_an_offer_without_stock_is_not_listed_again(stage: AllegroStage):
    live = await listed(stage, "EMPTY-1")
    await stage.adapter().update(live.remote_id, ListingChange(quantity=0))
    with pytest.raises(Rejected) as refused:
        await stage.adapter().relist(live.remote_id)
    assert refused.value.findings[0].field == "quantity"


async def test_a_draft_is_deleted_when_it_is_ended(stage: AllegroStage):
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "DRAFT-1")
    created = await adapter.create(mapped, images)
    (told,) = await adapter.end_requests(created.remote_id)
    assert (told.method, told.path) == ("DELETE", f"/sale/offers/{created.remote_id}")
    assert (await adapter.end(created.remote_id)).state is ListingState.ENDED
    assert await adapter.find_by_sku("DRAFT-1") == ()


async def test_errors_name_the_field_in_allegros_words(stage: AllegroStage):
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, "WRONG-1")
    body = {**mapped.body, "parameters": [{"id": "11323", "valuesIds": ["11323_99"]}]}
    with pytest.raises(Rejected) as refused:
        await adapter.create(replace(mapped, body=body), images)
    (finding,) = refused.value.findings
    assert finding.field == "attributes.Condition"
    assert finding.value == "11323_99"
    assert "InvalidDictionaryParameter" in finding.original
    assert finding.fix


async def test_a_barred_account_is_told_as_such(stage: AllegroStage):
    await stage.tell(account_blocked=True)
    with pytest.raises(Rejected) as refused:
        await stage.adapter().check_credentials()
    assert "blocked" in refused.value.hint


@pytest.mark.off_specification("a call without the User-Agent that Allegro demands")
async def test_a_nameless_program_is_turned_away(stage: AllegroStage):
    nameless = replace(stage.account, settings={**stage.account.settings, "app_page": ""})
    adapter = stage.marketplace.adapter(replace(stage.connection(), account=nameless))
    with pytest.raises(Rejected) as refused:
        await adapter.check_credentials()
    assert "name" in refused.value.hint


async def test_the_user_agent_names_the_application(stage: AllegroStage):
    account = replace(stage.account, settings={"app_name": "My Shop Tool", "app_page": "https://shop.example"})
    agent = call_headers(account)["User-Agent"]
    assert agent.startswith("MyShopTool/")
    assert agent.endswith(" (+https://shop.example)")


def test_the_sandbox_has_hosts_of_its_own(stage: AllegroStage):
    for environment, end in (("production", "allegro.pl"), ("sandbox", "allegro.pl.allegrosandbox.pl")):
        account = replace(stage.account, settings={"environment": environment})
        connection = replace(stage.connection(), account=account, base_url="")
        assert environment_of(account) == (f"https://api.{end}", f"https://upload.{end}", f"https://{end}")
        assert token_endpoint(connection).url == f"https://{end}/auth/oauth/token"


def test_optional_lists_begin_with_nothing():
    for field in FIELDS:
        if field.choices and not field.default:
            assert field.choices[0][0] == "", f"the form would choose {field.choices[0][1]} unasked"


async def test_consent_by_a_code(stage: AllegroStage):
    await stage.tell(device_asks=True)
    before = await stage.secrets.load()
    consent = AllegroConsent(stage.connection())
    page = await consent.begin()
    assert not page.pastes
    assert page.code
    assert page.code in page.address
    for _ in range(2):  # not agreed yet, then asked too soon
        with pytest.raises(UserMistake):
            await consent.finish("", page.remembered)
    assert await stage.secrets.load() == before
    await stage.tell(device_asks=False)
    await stage.client.get(page.address)
    await consent.finish("", page.remembered)
    assert (await stage.secrets.load())["access_token"] != before["access_token"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"client_id": " "}, "Client ID"),
        ({"app_page": "shop.example"}, "Page about the application"),
        ({"app_page": "https://shop.example a"}, "Page about the application"),
        ({"consent": "code", "redirect_uri": ""}, "redirect address"),
    ],
)
async def test_consent_needs_what_allegro_asks_of_a_caller(stage: AllegroStage, settings: dict[str, str], words: str):
    account = replace(stage.account, settings={**stage.account.settings, **settings})
    with pytest.raises(UserMistake) as missing:
        await AllegroConsent(replace(stage.connection(), account=account)).begin()
    assert words in missing.value.message
    assert missing.value.hint


async def test_consent_that_is_declined_or_too_late(stage: AllegroStage):
    consent = AllegroConsent(stage.connection())
    await stage.tell(deny_consent=True)
    page = await consent.begin()
    await stage.client.get(page.address)
    with pytest.raises(SignInNeeded):
        await consent.finish("", page.remembered)
    await stage.tell(deny_consent=False)
    page = await consent.begin()
    await stage.pass_time(3601)
    with pytest.raises(SignInNeeded) as late:
        await consent.finish("", page.remembered)
    assert "too long" in late.value.message


async def test_orders_come_by_the_journal_after_the_first_look(stage: AllegroStage):
    adapter = stage.adapter()
    await listed(stage, "SOLD-1")
    since = adapter.connection.now()
    first = await stage.sell("SOLD-1", 1)
    (page,) = await all_orders(adapter, since.replace(year=since.year - 1))
    assert [one.remote_id for one in page.orders] == [first]
    assert page.cursor.startswith("events:")
    nothing = await adapter.list_orders(since, page.cursor)
    assert nothing.orders == ()
    second = await stage.sell("SOLD-1", 2)
    later = await adapter.list_orders(since, nothing.cursor)
    assert [one.remote_id for one in later.orders] == [second]
    assert later.orders[0].lines[0].sku == "SOLD-1"
    forgotten = await adapter.list_orders(since.replace(year=since.year - 1), "events:1")
    assert {one.remote_id for one in forgotten.orders} == {first, second}


async def test_a_stale_revision_is_tried_again(stage: AllegroStage):
    adapter = stage.adapter()
    await listed(stage, "SOLD-2")
    order = await stage.sell("SOLD-2", 1)
    parcel = Shipment("Posłaniec", "PL-1", adapter.connection.now())
    await stage.tell(fail_next=[{"method": "PUT", "path": "*/fulfillment", "status": 409}])
    with pytest.raises(Unavailable):
        await adapter.confirm_shipment(order, parcel)
    shipped = await adapter.confirm_shipment(order, parcel)
    assert shipped.state is OrderState.SHIPPED
    assert [(one.carrier, one.tracking) for one in shipped.parcels] == [("Posłaniec", "PL-1")]


async def test_a_carrier_without_a_short_name_is_a_finding(stage: AllegroStage):
    adapter = stage.adapter()
    await listed(stage, "SOLD-3")
    order = await stage.sell("SOLD-3", 1)
    with pytest.raises(Rejected) as refused:
        await adapter.confirm_shipment(order, Shipment("x" * 31, "PL-2", adapter.connection.now()))
    assert "30" in refused.value.findings[0].message
