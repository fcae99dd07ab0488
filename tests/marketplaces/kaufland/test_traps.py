"""What only Kaufland has: shared stock, bulk answers, pages of others, data that is worked on, pieces of orders."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.order import OrdersPage, OrderState
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.errors import NotLiveYet, OutcomeUnknown, Rejected, Unavailable
from mmhub_desktop.marketplaces.base import Adapter, Mapped, RemoteImage, RemoteListing
from mmhub_desktop.marketplaces.contract import all_orders, live_listing, prepare
from tests.contract.test_kaufland import KauflandStage, ean_of

PICTURE = (RemoteImage("", "https://pictures.example.com/1.jpg"),)


async def listed(stage: KauflandStage, sku: str) -> RemoteListing:
    """An offer that is live."""
    adapter = stage.adapter()
    mapped, images = await prepare(stage, adapter, sku)
    return await live_listing(stage, adapter, mapped, images)


async def form(adapter: Adapter, stage: KauflandStage, sku: str, **changes: object) -> Mapped:
    """The draft in its form, looked up first as the program does."""
    draft = await adapter.look_up(replace(stage.draft(sku), **changes))  # type: ignore[arg-type]
    category = (await adapter.find_categories(draft.text.title))[0]
    return adapter.map(draft, await adapter.read_category(category.id))


async def rows(stage: KauflandStage) -> Mapping[str, Mapping[str, object]]:
    """What the marketplace has."""
    items: Mapping[str, Mapping[str, object]] = (await stage.state())["items"]
    return items


# Creating


async def test_a_known_product_is_offered_without_data() -> None:
    async with open_stage(KauflandStage) as stage:
        adapter = stage.adapter()
        mapped = await form(adapter, stage, "KNOWN-1", gtin="4006381333931", attributes={})
        assert not mapped.blocked
        assert [one.method for one in await adapter.create_requests(mapped, ())] == ["POST", "PATCH"]
        created = await adapter.create(mapped, ())
        assert (created.state, created.submission) == (ListingState.ACCEPTED, "")
        assert (await adapter.read(created.remote_id)).title == "Stabilo Boss Textmarker gelb"


async def test_product_data_is_followed_until_the_offer_is_seen() -> None:
    async with open_stage(KauflandStage, ready_after_s=600, ready_after_polls=4) as stage:
        adapter = stage.adapter()
        created = await adapter.create(await form(adapter, stage, "NEW-1"), PICTURE)
        assert created.submission == f"product-data:{ean_of('NEW-1')}"
        (found,) = await adapter.find_by_sku("NEW-1")
        assert found.submission == created.submission, "a lost answer is followed as well"
        with pytest.raises(NotLiveYet):
            await adapter.follow(created.remote_id, created.submission)
        assert (await adapter.read(created.remote_id)).state is ListingState.ACCEPTED
        await stage.pass_time(700)
        with pytest.raises(NotLiveYet):
            await stage.adapter().follow(created.remote_id, created.submission)
        live = await stage.adapter().follow(created.remote_id, created.submission)
        assert live.state is ListingState.LIVE


async def test_an_offer_that_is_seen_later_than_its_product_is_waited_for() -> None:
    async with open_stage(KauflandStage, live_after_s=300) as stage:
        adapter = stage.adapter()
        created = await adapter.create(await form(adapter, stage, "NEW-2"), PICTURE)
        with pytest.raises(NotLiveYet):
            await adapter.follow(created.remote_id, created.submission)
        await stage.pass_time(301)
        assert (await adapter.follow(created.remote_id, created.submission)).state is ListingState.LIVE


@pytest.mark.parametrize(
    ("reason", "field"), [("NO_CATEGORY", "category"), ("NOT_ENOUGH_TEXT", "description"), ("SOMETHING_NEW", "")]
)
@pytest.mark.off_specification("a reason that no version of the document knows")
async def test_data_that_fails_is_explained(reason: str, field: str) -> None:
    async with open_stage(KauflandStage, refuse_data=reason) as stage:
        adapter = stage.adapter()
        created = await adapter.create(await form(adapter, stage, "BAD-1"), PICTURE)
        with pytest.raises(Rejected) as caught:
            await adapter.follow(created.remote_id, created.submission)
        finding = caught.value.findings[0]
        assert (finding.field, finding.original) == (field, reason)
        shown = await adapter.read(created.remote_id)
        assert (shown.state, shown.reasons[0].original) == (ListingState.REJECTED, reason)


async def test_data_is_sent_again_when_it_failed_and_not_while_it_is_worked_on() -> None:
    async with open_stage(KauflandStage, ready_after_s=600, unknown_ean="refuse") as stage:
        adapter = stage.adapter()
        mapped = await form(adapter, stage, "AGAIN-1")
        for _ in range(3):
            with pytest.raises(NotLiveYet):
                await adapter.create(mapped, PICTURE)
        assert (await stage.state())["product_data"] == {ean_of("AGAIN-1"): 1}
        await stage.pass_time(601)
        assert (await adapter.create(mapped, PICTURE)).remote_id
        await stage.tell(refuse_data="ITEM_FAIL", ready_after_s=0)
        other = await form(adapter, stage, "AGAIN-2")
        for _ in range(2):
            with pytest.raises(Rejected):
                await adapter.create(other, PICTURE)
        assert (await stage.state())["product_data"][ean_of("AGAIN-2")] == 2


async def test_a_second_offer_with_the_same_sku_is_looked_for() -> None:
    async with open_stage(KauflandStage, lookup_lag_s=600) as stage:
        adapter = stage.adapter()
        mapped = await form(adapter, stage, "TWICE-1")
        await adapter.create(mapped, PICTURE)
        with pytest.raises(OutcomeUnknown, match="already"):
            await adapter.create(mapped, PICTURE)
        assert await stage.creates("TWICE-1") == 1


async def test_a_sku_of_another_product_is_a_finding_of_the_sku() -> None:
    async with open_stage(KauflandStage) as stage:
        await listed(stage, "MINE-1")
        adapter = stage.adapter()
        with pytest.raises(Rejected) as caught:
            await adapter.create(await form(adapter, stage, "MINE-1", gtin=ean_of("OTHER")), PICTURE)
        assert [one.field for one in caught.value.findings] == ["sku"]


async def test_older_versions_have_no_conditional_attributes() -> None:
    async with open_stage(KauflandStage, conditional_attributes=False) as stage:
        rules = await stage.adapter().read_category("21")
        assert {one.id for one in rules.attributes if one.required} >= {"title", "colour"}
        assert not any(one.conditional for one in rules.attributes)


async def test_attributes_of_a_category() -> None:
    async with open_stage(KauflandStage) as stage:
        rules = await stage.adapter().read_category("21")
        by_id = {one.id: one for one in rules.attributes}
        assert ("Schwarz", "Schwarz") in by_id["colour"].values
        assert by_id["colour"].required
        assert by_id["energy_efficiency_class"].conditional
        assert not by_id["material"].required
        assert rules.schema["multiple"] == ["picture", "colour", "material"]
        assert not (await stage.adapter().read_category("1")).listing_allowed
        with pytest.raises(Rejected):
            await stage.adapter().read_category("999")


async def test_choices_are_those_of_the_account() -> None:
    async with open_stage(KauflandStage) as stage:
        assert ("101", "Standard (default)") in await stage.adapter().read_choices("id_shipping_group")
        assert ("202", "Lager Wien") in await stage.adapter().read_choices("id_warehouse")


async def test_only_the_very_sku_counts_as_found() -> None:
    async with open_stage(KauflandStage) as stage:
        body = {"data": [{"id_unit": 1, "id_offer": "sku-1", "status": "AVAILABLE"}]}
        await stage.tell(fail_next=[{"method": "GET", "path": "/v2/units", "status": 200, "body": body}])
        assert await stage.adapter().find_by_sku("SKU-1") == ()


# Changing


async def test_many_changes_go_in_one_call_and_each_is_answered() -> None:
    async with open_stage(KauflandStage) as stage:
        adapter = stage.adapter()
        ids = [(await listed(stage, f"BULK-{number}")).remote_id for number in range(4)]
        changes = [
            (ids[0], ListingChange(price=Money(1500, "EUR"))),
            ("999999999", ListingChange(quantity=2)),
            (ids[1], ListingChange(price=Money(1500, "CZK"))),
            (ids[2], ListingChange(quantity=9, description="Ein anderer Text.")),
            (ids[3], ListingChange(quantity=0)),
        ]
        answers = await adapter.update_many(changes)
        assert [type(one) for one in answers] == [RemoteListing, Rejected, Rejected, RemoteListing, RemoteListing]
        first, _, wrong, text, last = answers
        assert isinstance(first, RemoteListing)
        assert first.price == Money(1500, "EUR")
        assert isinstance(wrong, Rejected)
        assert wrong.findings[0].field == "price"
        assert isinstance(text, RemoteListing)
        assert text.submission == f"product-data:{ean_of('BULK-2')}"
        assert isinstance(last, RemoteListing)
        assert (last.quantity, last.state) == (0, ListingState.PAUSED)
        requests = (await stage.state())["requests"]
        assert requests["POST /v2/units/bulk"] == 1
        assert requests["PATCH /v2/units/{id_unit}"] == 1


async def test_a_row_that_a_bulk_answer_leaves_out_is_not_taken_for_done() -> None:
    async with open_stage(KauflandStage) as stage:
        one = await listed(stage, "BULK-9")
        body = {"data": [{"id_unit": int(one.remote_id), "status_code": 503, "key": "x", "message": "busy"}]}
        rule = {"method": "POST", "path": "/v2/units/bulk", "status": 207, "body": body}
        await stage.tell(fail_next=[rule, {**rule, "body": {"data": [{"id_unit": 1, "status_code": 200}]}}])
        for _ in range(2):
            (answer,) = await stage.adapter().update_many([(one.remote_id, ListingChange(quantity=2))])
            assert isinstance(answer, Unavailable)


async def test_stock_is_one_for_all_storefronts() -> None:
    async with open_stage(KauflandStage) as german:
        first = await listed(german, "SHARED-1")
        polish = KauflandStage(german.client, german.url, "pl")
        second = await listed(polish, "SHARED-1")
        assert second.remote_id != first.remote_id
        await polish.adapter().update(second.remote_id, ListingChange(quantity=2))
        assert (await german.adapter().read(first.remote_id)).quantity == 2
        polish.account = replace(polish.account, settings={**polish.account.settings, "sets_stock": "no"})
        shown = await polish.adapter().update(second.remote_id, ListingChange(price=Money(999, "PLN"), quantity=50))
        assert (shown.quantity, shown.price) == (2, Money(999, "PLN"))
        assert any(one.rule == "kaufland.stock_shared" and not one.blocks for one in shown.reasons)
        assert await polish.adapter().update_requests(second.remote_id, ListingChange(quantity=50)) == ()


async def test_the_text_of_others_is_left_alone() -> None:
    async with open_stage(KauflandStage, knows_all=True) as stage:
        adapter = stage.adapter()
        created = await adapter.create(await form(adapter, stage, "OTHERS-1"), ())
        change = ListingChange(quantity=3, title="Mein Titel", description="Mein Text")
        requests = await adapter.update_requests(created.remote_id, change)
        assert [one.method for one in requests] == ["PATCH"]
        assert b"Mein" not in requests[0].body
        shown = await adapter.update(created.remote_id, change)
        assert shown.submission == ""
        assert any(one.rule == "kaufland.text_shared" for one in shown.reasons)


async def test_another_text_may_win_on_the_page() -> None:
    async with open_stage(KauflandStage, others_text=True) as stage:
        shown = await stage.adapter().read((await listed(stage, "WINS-1")).remote_id)
        assert (shown.state, shown.title) == (ListingState.LIVE, "Text einer anderen Quelle")


async def test_a_text_that_is_too_long_is_refused_before_it_is_sent() -> None:
    async with open_stage(KauflandStage) as stage:
        one = await listed(stage, "LONG-1")
        with pytest.raises(Rejected) as caught:
            await stage.adapter().update(one.remote_id, ListingChange(title="x" * 300, quantity=1))
        assert caught.value.findings[0].field == "title"
        assert (await stage.adapter().read(one.remote_id)).quantity == 7


async def test_what_was_changed_in_the_seller_portal_is_seen() -> None:
    async with open_stage(KauflandStage) as stage:
        one = await listed(stage, "PORTAL-1")
        await stage.control(f"items/{one.remote_id}", hold=True, note="Kratzer")
        shown = await stage.adapter().read(one.remote_id)
        assert (shown.state, shown.reasons[0].rule) == (ListingState.ENDED, "kaufland.on_hold")
        await stage.adapter().update(one.remote_id, ListingChange(quantity=1))
        assert (await rows(stage))[one.remote_id]["note"] == "Kratzer"
        assert (await stage.adapter().relist(one.remote_id)).state is ListingState.LIVE


async def test_an_offer_that_was_taken_out_is_put_back_with_what_it_should_show() -> None:
    async with open_stage(KauflandStage) as stage:
        first = await listed(stage, "BACK-1")
        adapter = stage.adapter()
        await adapter.end(first.remote_id)
        assert await adapter.find_by_sku("BACK-1") == ()
        mapped = await form(adapter, stage, "BACK-1", price=Money(1111, "EUR"), quantity=2)
        assert (await adapter.create(mapped, PICTURE)).remote_id == first.remote_id
        shown = await adapter.read(first.remote_id)
        assert (shown.state, shown.price, shown.quantity) == (ListingState.LIVE, Money(1111, "EUR"), 2)
        assert await stage.creates("BACK-1") == 1


async def test_an_offer_of_another_condition_is_not_put_back() -> None:
    async with open_stage(KauflandStage) as stage:
        first = await listed(stage, "BACK-2")
        adapter = stage.adapter()
        await adapter.end(first.remote_id)
        with pytest.raises(Rejected) as caught:
            await adapter.create(await form(adapter, stage, "BACK-2", condition=Condition.USED), PICTURE)
        assert [one.field for one in caught.value.findings] == ["sku"]
        assert (await adapter.read(first.remote_id)).state is ListingState.ENDED


async def test_deleted_offers_are_made_anew() -> None:
    class Deleting(KauflandStage):
        settings: ClassVar[Mapping[str, str]] = {**KauflandStage.settings, "end_by": "delete"}

    async with open_stage(Deleting) as stage:
        first = await listed(stage, "ANEW-1")
        assert (await stage.adapter().end(first.remote_id)).state is ListingState.ENDED
        second = await listed(stage, "ANEW-1")
        assert second.remote_id != first.remote_id
        assert (await stage.state())["duplicate_skus"] == []


# Orders


async def test_pieces_are_sent_one_by_one_and_never_twice() -> None:
    async with open_stage(KauflandStage) as stage:
        await listed(stage, "ORDER-1")
        adapter = stage.adapter()
        order_id = await stage.sell("ORDER-1", 3)
        order = await adapter.read_order(order_id)
        assert (order.state, [line.quantity for line in order.lines]) == (OrderState.OPEN, [1, 1, 1])
        parcel = replace(stage.shipment(adapter), lines=((order.lines[0].remote_id, 1),))
        part = await adapter.confirm_shipment(order_id, parcel)
        assert part.state is OrderState.PARTLY_SHIPPED
        assert part.parcels[0].line_ids == (order.lines[0].remote_id,)
        await stage.fail(stage.shipment_call, after_effect=True)
        with pytest.raises(OutcomeUnknown):
            await adapter.confirm_shipment(order_id, stage.shipment(adapter))
        whole = await adapter.confirm_shipment(order_id, stage.shipment(adapter))
        assert whole.state is OrderState.SHIPPED
        state = await stage.state()
        assert state["requests"]["PATCH /v2/order-units/{id_order_unit}/send"] == 3
        assert "403" not in state["answers"]


async def test_open_orders_are_not_shipped() -> None:
    async with open_stage(KauflandStage) as stage:
        one = await listed(stage, "ORDER-2")
        sold = await stage.control(f"sell/{one.remote_id}", quantity=1, buyer={"status": "open"})
        adapter = stage.adapter()
        assert (await adapter.read_order(sold["order_id"])).state is OrderState.PENDING
        with pytest.raises(Rejected, match="not released"):
            await adapter.confirm_shipment(sold["order_id"], stage.shipment(adapter))


async def test_carriers_are_those_of_kaufland() -> None:
    async with open_stage(KauflandStage) as stage:
        await listed(stage, "ORDER-3")
        adapter = stage.adapter()
        order_id = await stage.sell("ORDER-3", 1)
        with pytest.raises(Rejected, match="does not know the carrier") as caught:
            await adapter.confirm_shipment(order_id, replace(stage.shipment(adapter), carrier="Brieftaube"))
        assert "DHL" in caught.value.hint
        sent = await adapter.confirm_shipment(order_id, replace(stage.shipment(adapter), carrier="dhl"))
        assert sent.state is OrderState.SHIPPED


async def test_pages_and_runs_of_orders_overlap() -> None:
    async with open_stage(KauflandStage) as stage:
        one = await listed(stage, "ORDER-4")
        adapter = stage.adapter()
        await adapter.update(one.remote_id, ListingChange(quantity=500))
        ids = [await stage.sell("ORDER-4", 1) for _ in range(55)]
        await stage.pass_time(60)
        ids += [await stage.sell("ORDER-4", 1) for _ in range(55)]
        since = adapter.connection.now() - timedelta(days=1)
        pages = await all_orders(adapter, since)
        seen = [order.remote_id for page in pages for order in page.orders]
        assert set(seen) == set(ids)
        assert len(pages) == 3
        assert len(seen) > len(ids), "rows at the edges of pages come again"
        await stage.pass_time(1000)
        newest = await stage.sell("ORDER-4", 1)
        again = await all_from(adapter, pages[-1].cursor)
        assert {order.remote_id for page in again for order in page.orders} == {*ids, newest}, "ten minutes come again"
        last = await all_from(adapter, again[-1].cursor)
        assert [order.remote_id for page in last for order in page.orders] == [newest], "what is old is left alone"


async def all_from(adapter: Adapter, cursor: str) -> list[OrdersPage]:
    """Every page from a cursor on."""
    pages = [await adapter.list_orders(adapter.connection.now(), cursor)]
    while pages[-1].more:
        pages.append(await adapter.list_orders(adapter.connection.now(), pages[-1].cursor))
    return pages


async def test_orders_are_those_of_the_storefront() -> None:
    async with open_stage(KauflandStage) as german:
        await listed(german, "ORDER-5")
        await german.sell("ORDER-5", 1)
        polish = KauflandStage(german.client, german.url, "pl").adapter()
        assert (await polish.list_orders(polish.connection.now() - timedelta(days=1))).orders == ()


async def test_weird_texts_survive_the_signature() -> None:
    async with open_stage(KauflandStage) as stage:
        adapter = stage.adapter()
        mapped = await form(adapter, stage, "Ñ & ü/1", text=Text("Tasse ☕ “ü” \\ %41 & <b>", "…\u2028x"))
        created = await adapter.create(mapped, PICTURE)
        assert [one.remote_id for one in await adapter.find_by_sku("Ñ & ü/1")] == [created.remote_id]
