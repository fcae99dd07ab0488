"""Feeds: sent together, read page by page, followed for hours, and found again after a lost answer."""

import json
from datetime import timedelta
from typing import Any

import pytest

from mmhub_desktop.domain.listing import ListingChange, ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import (
    CallsUsedUp,
    ChangedSincePreview,
    MmhubError,
    NotLiveYet,
    OutcomeUnknown,
    Rejected,
    SendAgain,
)
from mmhub_desktop.marketplaces.base import CREATE_MANY, Mapped, RemoteImage, RemoteListing
from mmhub_desktop.marketplaces.outgoing import hold_to
from mmhub_desktop.marketplaces.walmart.adapter import Walmart
from mmhub_desktop.marketplaces.walmart.creating import chunks_of, create_request, with_pictures
from mmhub_desktop.marketplaces.walmart.declaration import MARKETPLACE
from mmhub_desktop.marketplaces.walmart.feeds import file_request, read_submission, submission_text
from tests.fakes.walmart_stage import WalmartStage

IMAGES = (RemoteImage("", "https://pictures.example.com/lamp.jpg"),)


async def forms(walmart: Walmart, stage: WalmartStage, *skus: str) -> list[tuple[Mapped, tuple[RemoteImage, ...]]]:
    rules = await walmart.read_category("Table Lamps")
    made = [walmart.map(stage.draft(sku), rules) for sku in skus]
    assert not any(one.blocked for one in made), made[0].findings
    return [(one, IMAGES) for one in made]


async def listed(walmart: Walmart, stage: WalmartStage, *skus: str) -> list[str]:
    """Live items with stock."""
    prepared = await forms(walmart, stage, *skus)
    answers = await walmart.create_many(prepared)
    await stage.finish_submissions()
    for answer, (mapped, _) in zip(answers, prepared, strict=True):
        assert isinstance(answer, RemoteListing), answer
        await walmart.follow(answer.remote_id, answer.submission)
        await walmart.finish_create(answer.remote_id, mapped)
    return list(skus)


def of(answers: Any) -> list[str]:
    """What each answer is, in a word."""
    return [type(one).__name__ if isinstance(one, MmhubError) else one.state.value for one in answers]


async def test_120_items_go_in_one_feed_and_are_reported_in_three_pages(walmart, stage):
    skus = [f"MANY-{number}" for number in range(120)]
    answers = await walmart.create_many(await forms(walmart, stage, *skus))
    submissions = {one.submission for one in answers}
    assert len(submissions) == 1
    before = (await stage.state())["requests"]
    ended = await walmart.follow_many(skus, submissions.pop())
    assert of(ended) == ["accepted"] * 120
    assert all(one.url.startswith("https://www.walmart.com/ip/7") for one in ended)
    after = (await stage.state())["requests"]
    assert after["GET /v3/feeds/{feed}"] - before.get("GET /v3/feeds/{feed}", 0) == 3
    assert (await stage.state())["feeds"] == {"MP_ITEM": 1}


async def test_new_items_and_offers_go_in_feeds_of_their_own(walmart, stage):
    from dataclasses import replace

    known = replace(stage.draft("OFFER-1"), gtin="036000291452")
    draft = await walmart.look_up(known)
    assert draft.catalog_id == "51681142"
    rules = await walmart.read_category("Table Lamps")
    offer = walmart.map(draft, rules)
    answers = await walmart.create_many([*await forms(walmart, stage, "NEW-1"), (offer, ())])
    await walmart.follow_many([answers[1].remote_id], answers[1].submission)
    assert (await stage.state())["feeds"] == {"MP_ITEM": 1, "MP_ITEM_MATCH": 1}
    await walmart.finish_create("OFFER-1", offer)
    shown = await walmart.read("OFFER-1")
    assert (shown.state, shown.price, shown.quantity) == (ListingState.LIVE, Money(2499, "USD"), 7)


async def test_own_text_for_everything_when_the_seller_says_so(stage):
    from dataclasses import replace

    stage.account = replace(stage.account, settings={**stage.account.settings, "existing_items": "own"})
    known = replace(stage.draft("OWN-1"), gtin="036000291452")
    assert (await stage.adapter().look_up(known)).catalog_id == ""


def test_feeds_are_as_large_as_walmart_takes_them_and_no_larger():
    def form(kind: str, size: int = 1) -> tuple[Mapped, tuple[RemoteImage, ...]]:
        body = {"MPItemFeedHeader": {"version": "1"}, "MPItem": [{"text": "x" * size}]}
        return Mapped(body, {"feed": kind}), ()

    many = [form("MP_ITEM") for _ in range(10_001)] + [form("MP_ITEM_MATCH")]
    places = {place: one.body["MPItem"] for place, (one, _) in enumerate(many)}
    assert [len(chunk) for chunk in chunks_of(many, places)] == [10_000, 1, 1]
    large = [form("MP_ITEM", 6 * 1024**2) for _ in range(5)]
    places = {place: one.body["MPItem"] for place, (one, _) in enumerate(large)}
    assert [len(chunk) for chunk in chunks_of(large, places)] == [4, 1]


async def test_a_feed_at_work_is_waited_for_with_the_declared_waits(walmart, stage):
    await stage.tell(ready_after_s=3_600)
    (answer,) = await walmart.create_many(await forms(walmart, stage, "SLOW-1"))
    for _ in range(2):
        with pytest.raises(NotLiveYet):
            await walmart.follow("SLOW-1", answer.submission)
    assert await walmart.find_by_sku("SLOW-1") == ()
    await stage.pass_time(3_700)
    assert (await walmart.follow("SLOW-1", answer.submission)).remote_id == "SLOW-1"
    assert MARKETPLACE.follow_s == (900.0, 3_600.0, 7_200.0, 14_400.0)
    assert MARKETPLACE.gathered[CREATE_MANY].scarce


async def test_a_feed_that_is_stuck_for_two_days_is_given_up(walmart, stage):
    await stage.tell(ready_after_s=10**7)
    (answer,) = await walmart.create_many(await forms(walmart, stage, "STUCK-1"))
    await stage.pass_time(49 * 3600)
    with pytest.raises(Rejected) as caught:
        await walmart.follow("STUCK-1", answer.submission)
    assert caught.value.findings[0].rule == "walmart.feed_stuck"


async def test_each_item_has_its_own_end(walmart, stage):
    await listed(walmart, stage, "TAKEN-1")
    rules = await walmart.read_category("Table Lamps")
    from dataclasses import replace

    twin = walmart.map(replace(stage.draft("TWIN-1"), gtin=stage.draft("TAKEN-1").gtin), rules)
    good = await forms(walmart, stage, "GOOD-1", "GOOD-2")
    answers = await walmart.create_many([good[0], (twin, IMAGES), good[1]])
    ended = await walmart.follow_many(["GOOD-1", "TWIN-1", "GOOD-2"], answers[0].submission)
    assert of(ended) == ["accepted", "Rejected", "accepted"]
    (finding,) = ended[1].findings
    assert (finding.field, finding.rule) == ("gtin", "walmart.ERR_EXT_DATA_0101119")
    assert "TAKEN-1" in finding.original


@pytest.mark.parametrize("switch", ["system_errors", "timeout_errors"])
async def test_troubles_of_their_own_say_that_it_is_to_be_sent_again(walmart, stage, switch):
    await stage.tell(**{switch: 1})
    prepared = await forms(walmart, stage, "AGAIN-1", "AGAIN-2")
    answers = await walmart.create_many(prepared)
    ended = await walmart.follow_many(["AGAIN-1", "AGAIN-2"], answers[0].submission)
    assert of(ended) == ["SendAgain", "accepted"]
    assert "nothing is wrong with the product" in ended[0].message
    (again,) = await walmart.create_many(prepared[:1])
    assert (await walmart.follow("AGAIN-1", again.submission)).remote_id == "AGAIN-1"


async def test_a_feed_that_cannot_be_read_refuses_all(walmart, stage):
    await stage.tell(feed_errors=1)
    (answer,) = await walmart.create_many(await forms(walmart, stage, "BAD-1"))
    with pytest.raises(Rejected) as caught:
        await walmart.follow("BAD-1", answer.submission)
    assert "ERR_INT_SYS_0000001" in caught.value.findings[0].original


async def test_a_sku_that_another_feed_works_on_is_sent_again_later(walmart, stage):
    await listed(walmart, stage, "LOCK-1")
    await stage.tell(ready_after_polls=2)
    first, second = [await walmart.update("LOCK-1", ListingChange(description=text)) for text in ("One.", "Two.")]
    with pytest.raises(NotLiveYet):
        await walmart.follow("LOCK-1", second.submission)
    with pytest.raises(SendAgain) as caught:
        await walmart.follow("LOCK-1", second.submission)
    assert "ERR_EXT_DATA_0101211" in caught.value.original
    with pytest.raises(NotLiveYet):
        await walmart.follow("LOCK-1", first.submission)
    assert (await walmart.follow("LOCK-1", first.submission)).remote_id == "LOCK-1"


@pytest.mark.parametrize("last", [False, True])
async def test_after_a_lost_answer_the_feed_is_found_in_the_list(walmart, stage, last):
    await stage.tell(newest_feeds_last=last)
    for number in range(3):
        await listed(walmart, stage, f"OTHER-{number}")
    await stage.tell(ready_after_s=3_600)
    (prepared,) = await forms(walmart, stage, "LOST-1")
    begun = stage.now()
    await stage.fail_create(after_effect=True)
    with pytest.raises(OutcomeUnknown):
        await walmart.create(*prepared)
    assert await walmart.find_by_sku("LOST-1") == ()
    (found,) = await stage.adapter().find_lost(prepared[0], begun)
    assert found.remote_id == "LOST-1"
    await stage.pass_time(3_700)
    assert (await walmart.follow(found.remote_id, found.submission)).remote_id == "LOST-1"
    assert (await stage.state())["sent"]["LOST-1"] == 1
    (other,) = await forms(walmart, stage, "NEVER-1")
    assert await walmart.find_lost(other[0], begun) == ()
    assert await walmart.find_lost(prepared[0], stage.now() + timedelta(hours=1)) == ()


async def test_a_refused_feed_is_not_taken_for_the_lost_one(walmart, stage):
    await stage.tell(system_errors=1)
    (prepared,) = await forms(walmart, stage, "GONE-1")
    begun = stage.now()
    (answer,) = await walmart.create_many([prepared])
    with pytest.raises(SendAgain):
        await walmart.follow("GONE-1", answer.submission)
    assert await walmart.find_lost(prepared[0], begun) == ()


async def test_many_changes_go_in_a_feed_of_each_kind(walmart, stage):
    skus = await listed(walmart, stage, *(f"BULK-{number}" for number in range(25)))
    changes = [(sku, ListingChange(price=Money(3000 + n, "USD"), quantity=n)) for n, sku in enumerate(skus)]
    changes[3] = (skus[3], ListingChange(price=Money(0, "USD")))
    answers = await walmart.update_many(changes)
    assert isinstance(answers[3], Rejected)
    kinds = {kind for kind, _, _ in read_submission(answers[0].submission)}
    assert kinds == {"inventory", "PRICE_AND_PROMOTION"}
    assert len({one.submission for one in answers if isinstance(one, RemoteListing)}) == 1
    ended = await walmart.follow_many(skus[:3], answers[0].submission)
    assert of(ended) == ["accepted"] * 3
    shown = await walmart.read("BULK-2")
    assert (shown.price, shown.quantity) == (Money(3002, "USD"), 2)
    state = await stage.state()
    assert (state["feeds"]["inventory"], state["feeds"]["PRICE_AND_PROMOTION"]) == (1, 1)


async def test_a_few_changes_are_done_at_once(walmart, stage):
    skus = await listed(walmart, stage, "FEW-1", "FEW-2")
    changes = [(sku, ListingChange(price=Money(3000, "USD"), quantity=2)) for sku in skus]
    answers = await walmart.update_many([*changes, ("FEW-9", ListingChange(quantity=1))])
    assert of(answers) == ["live", "live", "Rejected"]
    assert [(one.price, one.quantity) for one in answers[:2]] == [(Money(3000, "USD"), 2)] * 2
    assert set((await stage.state())["feeds"]) == {"MP_ITEM"}


async def test_texts_are_changed_by_a_feed_with_only_what_changes(walmart, stage):
    await listed(walmart, stage, "TEXT-1")
    (request,) = await walmart.update_requests("TEXT-1", ListingChange(title="Another title of the lamp"))
    body = json.loads(request.body)
    assert set(body["MPItemFeedHeader"]) == {"businessUnit", "locale", "version"}
    (item,) = body["MPItem"]
    assert item["Visible"] == {"Table Lamps": {"productName": "Another title of the lamp"}}
    changed = await walmart.update("TEXT-1", ListingChange(title="Another title of the lamp"))
    await walmart.follow("TEXT-1", changed.submission)
    assert (await walmart.read("TEXT-1")).title == "Another title of the lamp"


async def test_ten_feeds_an_hour(walmart, stage):
    await stage.tell(limits=True)
    prepared = await forms(walmart, stage, *(f"HOUR-{number}" for number in range(11)))
    for one in prepared[:10]:
        await walmart.create(*one)
    for _ in range(2):
        with pytest.raises(CallsUsedUp) as caught:
            await walmart.create(*prepared[10])
        assert 300 < caught.value.retry_after_s <= 360
    assert (await stage.state())["feeds"] == {"MP_ITEM": 10}
    await walmart.check_credentials()  # other kinds of calls have buckets of their own
    await stage.pass_time(400)
    await walmart.create(*prepared[10])


def test_a_file_of_the_same_content_is_the_same_request():
    body = {"InventoryHeader": {"version": "1.4"}, "Inventory": [{"sku": "A"}]}
    assert file_request("inventory", body) == file_request("inventory", body)
    assert b"\r\n\r\n{" in file_request("inventory", body).body


def test_a_submission_names_feeds_and_members():
    text = f"{submission_text([('MP_ITEM', 'AB@CD')], ['A&B=C', 'ü'])}&{submission_text([('inventory', 'EF@GH')])}"
    assert read_submission(text) == [("MP_ITEM", "AB@CD", ["A&B=C", "ü"]), ("inventory", "EF@GH", [])]


async def test_a_feed_of_many_is_taken_apart_into_what_was_shown_of_each(walmart, stage):
    prepared = await forms(walmart, stage, "A&B=C", "PART-2")
    rules = await walmart.read_category("Table Lamps")
    prepared.append((walmart.map(stage.family("FAM"), rules), IMAGES))
    shown = [(await walmart.create_requests(*one))[0] for one in prepared]
    together = create_request([one for one, _ in prepared], [with_pictures(*one) for one in prepared])
    assert [one.key for one in walmart.take_apart(together)] == [one.key for one in shown]
    with hold_to(shown, walmart):
        await walmart.create_many(prepared)
    other = await forms(walmart, stage, "OTHER-1")
    with hold_to(shown, walmart), pytest.raises(ChangedSincePreview):
        await walmart.create_many([*prepared, *other])
    with hold_to(shown), pytest.raises(ChangedSincePreview):
        await walmart.create_many(prepared)
    assert (await stage.state())["feeds"] == {"MP_ITEM": 1}


async def test_feeds_of_changes_are_taken_apart_into_the_calls_that_were_shown(walmart, stage):
    skus = await listed(walmart, stage, *(f"BULK-{number}" for number in range(21)))
    changes = [(sku, ListingChange(price=Money(3010 + n, "USD"), quantity=n)) for n, sku in enumerate(skus)]
    changes[0] = (skus[0], ListingChange(price=Money(3000, "USD"), quantity=4, title="Another title of the lamp"))
    shown = [one for pair in changes for one in await walmart.update_requests(*pair)]
    with hold_to(shown, walmart):
        answers = await walmart.update_many(changes)
    assert of(answers) == ["accepted"] * 21
    assert (await stage.state())["feeds"] == {
        "MP_ITEM": 1, "inventory": 1, "PRICE_AND_PROMOTION": 1, "MP_MAINTENANCE": 1,
    }  # fmt: skip
    for number in (0, 7):
        dearer = [*changes[:number], (skus[number], ListingChange(price=Money(1, "USD"), quantity=4)), *changes[8:]]
        with hold_to(shown, walmart), pytest.raises(ChangedSincePreview):
            await walmart.update_many(dearer)


async def test_variants_of_families_go_along_in_the_feeds_of_many(walmart, stage):
    """One by one their prices would take an hour for a hundred."""
    skus = await listed(walmart, stage, *(f"BULK-{number}" for number in range(20)))
    rules = await walmart.read_category("Table Lamps")
    created = await walmart.create(walmart.map(stage.family("FAM"), rules), IMAGES)
    await stage.pass_time(3_700)
    await walmart.follow(created.remote_id, created.submission)
    await walmart.finish_create(created.remote_id, walmart.map(stage.family("FAM"), rules))
    one = (VariantState("FAM-White", Money(3100, "USD"), 8), VariantState("FAM-Black", None, 9))
    changes = [(sku, ListingChange(price=Money(3000, "USD"), quantity=2)) for sku in skus]
    changes.append(("group:FAM", ListingChange(variants=one)))
    shown = [request for pair in changes for request in await walmart.update_requests(*pair)]
    with hold_to(shown, walmart):
        answers = await walmart.update_many(changes)
    assert of(answers) == ["accepted"] * 21
    parts = {kind: held for kind, _, held in read_submission(answers[-1].submission)}
    assert parts == {"inventory": ["FAM-White", "FAM-Black"], "PRICE_AND_PROMOTION": ["FAM-White"]}
    (ended,) = await walmart.follow_many(["group:FAM"], answers[-1].submission)
    assert isinstance(ended, RemoteListing), ended
    variants = {each.sku: (each.price, each.quantity) for each in (await walmart.read("group:FAM")).variants}
    assert variants == {"FAM-White": (Money(3100, "USD"), 8), "FAM-Black": (Money(2499, "USD"), 9)}
    assert (await stage.state())["feeds"]["PRICE_AND_PROMOTION"] == 1


async def test_a_family_is_refused_where_one_of_its_variants_is(walmart, stage):
    rules = await walmart.read_category("Table Lamps")
    mapped = walmart.map(stage.family("FAM"), rules)
    created = await walmart.create(mapped, IMAGES)
    await stage.pass_time(3_700)
    await walmart.follow(created.remote_id, created.submission)
    await walmart.finish_create(created.remote_id, mapped)
    wish = (VariantState("FAM-White", None, 8), VariantState("FAM-Gone", None, 9))
    (answer,) = await walmart.update_many([("group:FAM", ListingChange(variants=wish))])
    assert isinstance(answer, Rejected)
