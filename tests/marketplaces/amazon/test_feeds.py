"""Many changes as one feed: followed to its report, each listing with its own answer; few go one by one."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import ChangedSincePreview, NotLiveYet, Rejected
from mmhub_desktop.marketplaces.amazon import feeds
from mmhub_desktop.marketplaces.amazon.marketplace import MARKETPLACE
from mmhub_desktop.marketplaces.base import RemoteListing
from mmhub_desktop.marketplaces.contract import prepare
from mmhub_desktop.marketplaces.outgoing import hold_to
from tests.fakes.shop import open_shop
from tests.fidelity.documents import why_missing
from tests.fidelity.specification import load_specification
from tests.marketplaces.amazon.conftest import US, Canned
from tests.marketplaces.amazon.test_whole_way import amazon_lamp

PRICE = Money(1999, "USD")


@pytest.fixture
async def many(stage: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An adapter with four listings, to which four changes are many."""
    monkeypatch.setattr("mmhub_desktop.marketplaces.amazon.listing_changes.FEW", 4)
    adapter = stage.adapter()
    for number in range(4):
        mapped, images = await prepare(stage, adapter, f"S-{number}")
        await adapter.create(mapped, images)
    return stage.adapter()


async def requests(stage: Any) -> dict[str, int]:
    found: dict[str, int] = (await stage.state())["requests"]
    return found


async def test_many_changes_are_one_feed_with_an_answer_for_each(stage, many):
    changes = [(f"S-{number}", ListingChange(price=PRICE, quantity=number)) for number in range(3)]
    changes.append(("S-3", ListingChange(price=Money(1999, "EUR"))))
    changes.append(("GONE", ListingChange(quantity=1)))
    await stage.tell(ready_after_polls=3)
    answers = await many.update_many(changes)
    assert [type(one) for one in answers] == [RemoteListing] * 3 + [Rejected] * 2
    (submission,) = {one.submission for one in answers[:3]}
    skus = ["S-0", "S-1", "S-2"]
    for _ in range(2):
        with pytest.raises(NotLiveYet):
            await many.follow_many(skus, submission)
    told = await many.follow_many(skus, submission)
    assert [one.remote_id for one in told] == skus
    assert (await stage.adapter().follow("S-1", submission)).remote_id == "S-1", "also after a restart, alone"
    shown = {one.remote_id: one for one in await many.read_many(skus)}
    assert [(shown[sku].price, shown[sku].quantity) for sku in skus] == [(PRICE, 0), (PRICE, 1), (PRICE, 2)]
    counts = await requests(stage)
    assert counts["POST /feeds/2021-06-30/feeds"] == 1
    assert "PATCH /listings/2021-08-01/items/{seller}/{sku}" not in counts


async def test_what_a_feed_refuses_is_told_of_its_listing_only(stage, many, monkeypatch):
    """A price that only Amazon finds too high."""
    monkeypatch.setattr("mmhub_desktop.marketplaces.amazon.changing.check_price", lambda *_: [])
    changes = [(f"S-{number}", ListingChange(price=PRICE)) for number in range(3)]
    changes.append(("S-3", ListingChange(price=Money(10**14, "USD"))))
    answers = await many.update_many(changes)
    told = await many.follow_many([sku for sku, _ in changes], answers[0].submission)
    assert [type(one) for one in told] == [RemoteListing] * 3 + [Rejected]
    (finding,) = told[3].findings
    assert finding.field == "price"
    assert "purchasable_offer" in finding.original
    with pytest.raises(Rejected):
        await many.follow("S-3", answers[0].submission)


async def test_the_stock_of_what_amazon_ships_is_left_out_of_a_feed(stage, many):
    fba = {"fulfillment_availability": [{"fulfillment_channel_code": "AMAZON_NA", "quantity": 50}]}
    await stage.control(f"items/{US}|S-0", attributes=fba)
    answers = await many.update_many([(f"S-{number}", ListingChange(quantity=9)) for number in range(4)])
    assert [bool(one.submission) for one in answers] == [False, True, True, True]
    assert "Amazon ships" in answers[0].reasons[-1].message
    await many.follow_many(["S-1", "S-2", "S-3"], answers[1].submission)
    rows = (await stage.state())["items"]
    assert rows[f"{US}|S-0"]["attributes"]["fulfillment_availability"] == fba["fulfillment_availability"]
    assert rows[f"{US}|S-1"]["attributes"]["fulfillment_availability"][0]["quantity"] == 9


async def test_few_changes_go_one_by_one(stage, many):
    answers = await many.update_many([("S-0", ListingChange(quantity=1)), ("GONE", ListingChange(quantity=1))])
    assert [type(one) for one in answers] == [RemoteListing, Rejected]
    counts = await requests(stage)
    assert counts["PATCH /listings/2021-08-01/items/{seller}/{sku}"] == 1
    assert "POST /feeds/2021-06-30/feeds" not in counts


async def test_many_texts_are_one_feed(stage, many):
    """One after the other they would take longer than an attempt may."""
    changes = [(f"S-{number}", ListingChange(title=f"Title {number}", description="Text.")) for number in range(4)]
    answers = await many.update_many(changes)
    await many.follow_many([sku for sku, _ in changes], answers[0].submission)
    shown = {one.sku: one.title for one in await many.read_many([sku for sku, _ in changes])}
    assert shown == {f"S-{number}": f"Title {number}" for number in range(4)}
    assert "PATCH /listings/2021-08-01/items/{seller}/{sku}" not in await requests(stage)


async def test_a_feed_is_taken_apart_into_the_changes_that_were_shown(stage, many):
    changes = [(f"S-{number}", ListingChange(price=Money(1990 + number, "USD"), quantity=2)) for number in range(4)]
    shown = [one for pair in changes for one in await many.update_requests(*pair)]
    with hold_to(shown, many):
        answers = await many.update_many(changes)
    assert len({one.submission for one in answers}) == 1
    other = [("S-0", ListingChange(price=PRICE, quantity=3)), *changes[1:]]
    with hold_to(shown, many), pytest.raises(ChangedSincePreview):
        await many.update_many(other)
    counts = await requests(stage)
    assert counts["POST /feeds/2021-06-30/feeds"] == 1
    assert "PATCH /listings/2021-08-01/items/{seller}/{sku}" not in counts


async def test_a_lost_answer_to_a_feed_is_repeated_and_does_no_harm(stage, many):
    changes = [(f"S-{number}", ListingChange(quantity=2)) for number in range(4)]
    await stage.fail(("POST", "/feeds/2021-06-30/feeds"), status=500, after_effect=True)
    with pytest.raises(Exception, match="problem of its own"):
        await many.update_many(changes)
    (first, *_) = await many.update_many(changes)
    await many.follow("S-0", first.submission)
    assert {one.quantity for one in await many.read_many([sku for sku, _ in changes])} == {2}


@pytest.mark.parametrize("status", ["CANCELLED", "FATAL"])
async def test_a_feed_that_amazon_gives_up_is_a_refusal(amazon_on, status):
    amazon = await amazon_on(Canned((200, {"feedId": "1", "processingStatus": status})))
    with pytest.raises(Rejected) as caught:
        await amazon.follow("S", "feed 1")
    assert caught.value.findings[0].original == status


async def test_a_feed_of_an_unknown_status_is_waited_for(amazon_on):
    amazon = await amazon_on(Canned((200, {"feedId": "1", "processingStatus": "DREAMING"})))
    with pytest.raises(NotLiveYet):
        await amazon.follow("S", "feed 1")


async def test_a_file_goes_to_safe_places_only(amazon_on):
    amazon = await amazon_on(Canned((201, {"feedDocumentId": "1", "url": "http://files.example/1"})))
    with pytest.raises(Exception, match="unsafe"):
        await amazon._feeds.send([{"sku": "S"}], "A", US)


def test_reports_of_the_models_are_read():
    if why_missing("amazon"):
        pytest.skip(why_missing("amazon"))
    report = load_specification("amazon").documents["listings-feed-processing-report-schema-v2.example.json"]
    found = feeds._refusals(report)
    errors = [one for one in report["issues"] if one["severity"] == "ERROR"]
    assert sum(len(findings) for findings in found.values()) == len(errors)
    assert {finding.original for findings in found.values() for finding in findings} == {
        one["message"] for one in errors
    }
    assert found["My-SKU-C"][0].field == "price"


async def test_the_file_is_as_its_schema_says(stage, many):
    if why_missing("amazon"):
        pytest.skip(why_missing("amazon"))
    sent: list[bytes] = []

    async def note(request: httpx.Request) -> None:
        if request.method == "PUT":
            sent.append(request.read())

    stage.client.event_hooks["request"].append(note)
    await many.update_many([(f"S-{number}", ListingChange(price=PRICE, quantity=1)) for number in range(4)])
    (file,) = [json.loads(data) for data in sent]
    referee = load_specification("amazon")
    assert referee.check_document("listings-feed-schema-v2.json", file) == []
    for message in file["messages"]:
        assert referee.check_document("listings-feed-message-schema-v2.json", message) == []


async def test_sixty_products_are_updated_by_a_feed_through_the_engine(tmp_path: Path) -> None:
    patient = {name: replace(bounds, wait_s=600.0) for name, bounds in MARKETPLACE.gathered.items()}
    async with open_shop(tmp_path, marketplace="amazon", run=False) as shop:
        shop.workspace.marketplaces = {**shop.workspace.marketplaces, "amazon": replace(MARKETPLACE, gathered=patient)}
        await shop.workspace.engine.start()
        ids = await shop.add(*(amazon_lamp(n) for n in range(1, 61)))
        batch = await shop.do("publish", *ids)
        assert batch.completed == 60, await shop.problems(batch)
        for product_id in ids:
            product = await shop.workspace.products.get(product_id)
            assert product is not None
            fields = {name: getattr(product, name) for name in product.__dataclass_fields__}
            await shop.workspace.products.save(Product(**{**fields, "price": PRICE, "quantity": 4}))
        batch = await shop.do("update", *ids)
        assert batch.completed == 60, await shop.problems(batch)
        counts = shop.summary()["requests"]
        assert counts["POST /feeds/2021-06-30/feeds"] >= 1
        assert counts.get("PATCH /listings/2021-08-01/items/{seller}/{sku}", 0) < 50
        listing = await shop.listing(ids[0])
        assert listing.state is ListingState.LIVE
        assert listing.last_read["quantity"] == "4"


async def test_of_what_was_previewed_only_that_stays_behind_which_would_be_sent_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listing whose product type Amazon has changed since: its PATCH names another one than was shown."""
    monkeypatch.setattr("mmhub_desktop.marketplaces.amazon.listing_changes.FEW", 1)
    async with open_shop(tmp_path, marketplace="amazon") as shop:
        ids = await shop.publish(amazon_lamp, 6)
        for product_id in ids:
            await shop.change(product_id, price=PRICE, quantity=4)
        previews = shop.workspace.previews
        number = await previews.start(WorkRequest("update", ids, (shop.account.id,)))
        await previews.wait(number)
        other = (await shop.listing(ids[2])).remote_id
        shop.server.practice.change(f"{US}|{other}", {"product_type": "HOME"})
        (batch_id,) = await previews.submit(number)
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert (batch.completed, batch.failed) == (5, 1), await shop.problems(batch)
        assert "changed after the preview: the form for Amazon" in (await shop.problems(batch))[0]
        counts = shop.summary()["requests"]
        assert counts["POST /feeds/2021-06-30/feeds"] >= 1
        assert "PATCH /listings/2021-08-01/items/{seller}/{sku}" not in counts
