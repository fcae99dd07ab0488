"""An account's rules on the whole way: preview, publish, update, differences."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import JobState, WorkRequest
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.listing_rules import ListingRules, StockRule
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.preview import PreviewOutcome
from mmhub_desktop.domain.price_rule import PriceRule, Rounding
from mmhub_desktop.domain.product import Text
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.store.mappings import OwnCategory
from tests.fakes.shop import Shop, lamp, open_shop

RULES = ListingRules(PriceRule(Decimal("1.15"), Decimal(500), Rounding.NINETY_NINE), StockRule(2))


async def shown(shop: Shop, product_id: ProductId) -> Any:
    adapter = await shop.workspace.adapter(shop.account.id)
    return await adapter.read((await shop.listing(product_id)).remote_id)


async def test_a_listing_shows_the_price_and_stock_of_the_rules_and_nothing_differs(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (lamp_id,) = await shop.add(lamp())
        await shop.workspace.listing_desk.save_rules(shop.account.id, RULES)
        batch = await shop.do("publish", lamp_id)
        assert (batch.completed, await shop.problems(batch)) == (1, [])
        there = await shown(shop, lamp_id)
        assert (there.price, there.quantity) == (Money(29990, "CLP"), 3)
        await shop.do("sync", lamp_id)
        assert list(await shop.workspace.drift.ids()) == []
        again = await shop.do("update", lamp_id)
        assert again.completed == 1
        log = await shop.workspace.listings.log_of(lamp_id)
        assert "update" not in {entry.operation for entry in log}


async def test_a_changed_rule_is_a_difference_until_it_is_sent(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (lamp_id,) = await shop.add(lamp())
        assert (await shop.do("publish", lamp_id)).completed == 1
        await shop.workspace.listing_desk.save_rules(shop.account.id, RULES)
        rows = await shop.workspace.drift.page(await shop.workspace.drift.ids())
        assert [(row.field.value, row.ours, row.live) for row in rows] == [
            ("price", "29,990 CLP", "24,990 CLP"), ("quantity", "3", "5"),
        ]  # fmt: skip
        (batch_id,) = await shop.workspace.accept_ours([row.id for row in rows])
        await shop.workspace.engine.wait_batch(batch_id)
        assert (await shown(shop, lamp_id)).price == Money(29990, "CLP")
        assert list(await shop.workspace.drift.ids()) == []


async def test_taking_theirs_over_a_rule_sets_the_listings_own_price(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (lamp_id,) = await shop.add(lamp())
        assert (await shop.do("publish", lamp_id)).completed == 1
        await shop.workspace.listing_desk.save_rules(shop.account.id, ListingRules(RULES.price))
        taken = await shop.workspace.accept_theirs(await shop.workspace.drift.ids())
        assert (taken.left, taken.product_ids) == (0, ())
        listing = await shop.listing(lamp_id)
        assert listing.overrides == {"price_minor": 24990, "currency": "CLP"}
        product = await shop.workspace.products.get(lamp_id)
        assert product is not None
        assert product.price == Money(24990, "CLP")
        assert list(await shop.workspace.drift.ids()) == []


async def test_a_rule_changed_after_the_preview_stops_the_job(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (lamp_id,) = await shop.add(lamp())
        await shop.workspace.listing_desk.save_rules(shop.account.id, RULES)
        previews = shop.workspace.previews
        preview = await previews.start(WorkRequest("publish", (lamp_id,), (shop.account.id,)))
        await previews.wait(preview)
        (line,) = await previews.store.of_listing(preview, lamp_id, shop.account.id)
        assert {field.name: field.new for field in line.fields}["price"] == "29,990 CLP"
        assert b'"price":29990' in line.requests[0].body.replace(b" ", b"")
        await shop.workspace.listing_desk.save_rules(shop.account.id, replace(RULES, stock=StockRule(3)))
        (batch_id,) = await previews.submit(preview)
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.failed == 1
        assert "quantity" in (await shop.problems(batch))[0]
        assert (await shop.listing(lamp_id)).remote_id == ""


async def test_a_rule_changed_between_mapping_and_creating_is_what_is_sent(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        (lamp_id,) = await shop.add(lamp())
        request = WorkRequest("publish", (lamp_id,), (shop.account.id,))
        batch_id = await shop.workspace.submit(request)
        desk, listings = shop.workspace.listing_desk, shop.workspace.listings
        read_rules, looked = desk._parts.listing_rules.of, 0

        async def change_late(account_id: Any) -> ListingRules:  # validate and map see plain rules, create the new ones
            nonlocal looked
            looked += 1
            return ListingRules() if looked <= 3 else RULES

        desk._parts.listing_rules.of = change_late  # type: ignore[method-assign]
        await shop.workspace.engine.start()
        batch = await shop.workspace.engine.wait_batch(batch_id)
        desk._parts.listing_rules.of = read_rules  # type: ignore[method-assign]
        assert batch is not None
        assert (batch.state, batch.completed) == (JobState.COMPLETED, 1)
        assert (await listings.get(lamp_id, shop.account.id)).state is ListingState.LIVE
        assert (await shown(shop, lamp_id)).price == Money(29990, "CLP")


async def test_a_confirmed_category_is_used_for_all_its_products(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        desk = shop.workspace.listing_desk
        one, two = await shop.add(
            lamp(1, category="Desk lamps"),
            lamp(2, category="desk  LAMPS", original=replace(lamp().original, title="Zzz")),
        )
        proposed = await desk.propose_categories(shop.account, OwnCategory("Desk lamps", 2, lamp().text.title))
        assert proposed
        assert "Proposed by MercadoLibre" in proposed[0].why
        await desk.map_category(shop.account, "Desk lamps", proposed[0].category_id, proposed[0].name)
        batch = await shop.do("publish", one, two)
        assert (batch.completed, await shop.problems(batch)) == (2, [])
        near = await desk.propose_categories(shop.account, OwnCategory("Lamps, desk", 1, "Zzz"))
        assert (near[0].category_id, near[0].why) == (proposed[0].category_id, "As “Desk lamps”")


async def test_what_is_set_for_one_listing_can_be_taken_back(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        (lamp_id,) = await shop.add(lamp())
        desk, account = shop.workspace.listing_desk, shop.account.id
        await desk.set_own(lamp_id, account, {"title": "Mine", "attributes": {"COLOR": "Red", "MODEL": "X"}})
        listing = await desk.set_own(lamp_id, account, {"title": None, "attributes": {"COLOR": None}})
        assert listing.overrides == {"attributes": {"MODEL": "X"}}
        with pytest.raises(UserMistake):
            await desk.set_own(lamp_id, account, {"sku": "other"})


async def test_a_product_with_variants_is_not_sent_where_each_is_a_listing(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        declared = shop.workspace.marketplaces["mercadolibre"]
        alone = replace(declared, capabilities=declared.capabilities - {Capability.VARIANTS})
        shop.workspace.marketplaces = {"mercadolibre": alone}
        (parent,) = await shop.add(lamp(1))
        (child,) = await shop.add(lamp(2, parent_id=parent, options={"Colour": "Blue"}))
        batch = await shop.do("publish", parent, child)
        assert (batch.completed, batch.failed) == (1, 1)
        assert "variant" in (await shop.problems(batch))[0]
        assert (await shop.listing(child)).state is ListingState.LIVE


async def test_rules_that_make_no_sense_are_not_kept(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        desk = shop.workspace.listing_desk
        with pytest.raises(UserMistake):
            await desk.save_rules(shop.account.id, ListingRules(template="{nonsense}"))
        assert (await desk.rules(shop.account.id)).is_plain


@pytest.mark.parametrize("user_products", [False, True])
async def test_a_family_is_listed_once(tmp_path: Path, user_products: bool) -> None:
    """Together where the account takes it so, each by itself where it does not; never both."""
    async with open_shop(tmp_path) as shop:
        shop.faults(user_products=user_products)
        await shop.workspace.test_account(shop.account.id)
        (parent,) = await shop.add(lamp(1, quantity=0))
        children = await shop.add(
            lamp(2, parent_id=parent, options={"Color": "Azul"}), lamp(3, parent_id=parent, options={"Color": "Rojo"})
        )
        batch = await shop.do("publish", parent, *children)
        alone = {"LAMP-2": 1, "LAMP-3": 1}
        assert shop.summary()["creates_by_sku"] == (alone if user_products else {"LAMP-1": 1})
        assert (batch.completed, batch.failed) == ((2, 1) if user_products else (1, 2))
        words = "a listing of its own" if user_products else "is a variant"
        assert all(words in problem for problem in await shop.problems(batch))


async def test_variants_are_listed_by_themselves_where_together_was_refused_and_never_both(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (parent,) = await shop.add(lamp(1, quantity=0))
        unlike = {"parent_id": parent, "price": Money(99990, "CLP")}  # one price for all is asked for
        children = await shop.add(
            lamp(2, **unlike, options={"Color": "Azul"}), lamp(3, parent_id=parent, options={"Color": "Rojo"})
        )
        assert (await shop.do("publish", children[0])).failed == 1
        batch = await shop.do("publish", parent)
        assert "one price" in (await shop.problems(batch))[0]
        assert (await shop.do("publish", *children)).completed == 2
        child = await shop.workspace.products.get(children[0])
        assert child is not None
        await shop.workspace.products.save(replace(child, price=Money(24990, "CLP")))
        batch = await shop.do("publish", parent)
        assert "2 of its 2 variants are listed" in (await shop.problems(batch))[0]
        assert shop.summary()["creates_by_sku"] == {"LAMP-2": 1, "LAMP-3": 1}


def changing(shop: Shop) -> dict[str, int]:
    """The calls that have changed something at the marketplace."""
    return {name: count for name, count in shop.summary()["requests"].items() if not name.startswith("GET ")}


async def test_a_text_with_a_forbidden_word_is_not_sent_to_a_listing_that_is_live(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (lamp_id,) = await shop.publish(lamp, 1)
        desk, rules = shop.workspace.listing_desk, ListingRules(forbidden=("barata",))
        await desk.save_rules(shop.account.id, rules)
        await shop.change(lamp_id, original=Text("Lámpara barata", "Una lámpara."), quantity=3)
        sent = changing(shop)
        preview = await shop.workspace.previews.start(WorkRequest("update", (lamp_id,), (shop.account.id,)))
        await shop.workspace.previews.wait(preview)
        counts = await shop.workspace.previews.store.counts(preview)
        assert {outcome: number for outcome, number in counts.items() if number} == {PreviewOutcome.BLOCKED: 1}
        batch = await shop.do("update", lamp_id)
        assert batch.failed == 1
        assert any("must not hold “barata”" in words for words in await shop.problems(batch))
        assert changing(shop) == sent
        assert (await shop.listing(lamp_id)).state is ListingState.LIVE
        batch = await shop.do("update", lamp_id, fields=["quantity"])  # what is no text goes its way
        assert batch.completed == 1
        assert (await shown(shop, lamp_id)).quantity == 3
