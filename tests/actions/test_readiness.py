"""Readiness in a whole workspace: what is found offline, grouped, kept, and only looked at again when it changed."""

import asyncio
import multiprocessing
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.listing_rules import ListingRules, StockRule
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.price_rule import PriceRule, Rate
from mmhub_desktop.domain.product import Text
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.domain.readiness import NO_CATEGORY, UNREAD, Checked, ReadyState
from mmhub_desktop.errors import Finding, Offline
from mmhub_desktop.events import ReadinessChanged
from mmhub_desktop.marketplaces.base import installed_marketplaces
from mmhub_desktop.marketplaces.mapping_only import mapping_adapter
from tests.fakes.shop import Shop, lamp, open_shop


async def counts(shop: Shop) -> dict[str, int]:
    found = await shop.workspace.readiness.store.counts(shop.account.id)
    return {state.value: number for state, number in found.items() if number}


async def test_nothing_is_asked_until_the_seller_says_so(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        readiness = shop.workspace.readiness
        await shop.add(lamp(1), lamp(2))
        before = shop.summary()
        assert await readiness.check(shop.account.id) == 2
        assert await counts(shop) == {"unread": 2}
        (problem,) = await readiness.store.problems(shop.account.id)
        assert (problem.rule, problem.products, problem.blocks) == (NO_CATEGORY, 2, True)
        assert shop.summary() == before
        told: list[tuple[int, int]] = []
        reading = await readiness.read_rules(shop.account.id, lambda done, total: told.append((done, total)))
        assert (reading.categories, reading.titles, reading.problems) == (1, 2, ())
        assert told == [(0, 2), (1, 3), (2, 3)]
        assert await counts(shop) == {"ready": 2}


async def test_problems_are_grouped_and_mended_ones_go(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        readiness, products = shop.workspace.readiness, shop.workspace.products
        one, two, _ = await shop.add(lamp(1, images=()), lamp(2, images=(), price=None), lamp(3))
        await readiness.read_rules(shop.account.id)
        assert await counts(shop) == {"ready": 1, "blocked": 2}
        problems = {
            (each.rule, each.field): each for each in await readiness.store.problems(shop.account.id) if each.blocks
        }
        assert problems["mercadolibre.images_missing", "images"].products == 2
        assert problems["publish.no_price", "price"].products == 1
        assert ("mercadolibre.price", "price") not in problems  # said once
        found = await readiness.store.products_with(shop.account.id, "mercadolibre.images_missing", "images")
        assert sorted(found) == [one, two]
        product = await products.get(one)
        assert product is not None
        await products.save(replace(product, images=lamp().images))
        assert await readiness.check(shop.account.id) == 1  # that one alone
        assert await counts(shop) == {"ready": 2, "blocked": 1}
        assert list(await readiness.store.products_with(shop.account.id, "mercadolibre.images_missing", "images")) == [
            two
        ]


async def test_only_what_changed_is_checked_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        readiness, desk = shop.workspace.readiness, shop.workspace.listing_desk
        one, *_ = await shop.add(*(lamp(number) for number in range(1, 6)))
        await readiness.read_rules(shop.account.id)
        assert await readiness.check(shop.account.id) == 0
        await desk.set_own(one, shop.account.id, {"description": "Another one."})
        assert await readiness.check(shop.account.id) == 1
        await desk.save_rules(shop.account.id, ListingRules(stock=StockRule(keep_back=50)))
        assert await readiness.check(shop.account.id) == 5
        assert (await counts(shop)) == {"blocked": 5}  # nothing is left to offer
        await desk.save_rules(shop.account.id, ListingRules())
        assert await readiness.check(shop.account.id) == 5
        category = (await readiness.store.rules_read(shop.account)).popitem()[0]
        kept = (await readiness.store.cached(shop.account, [category]))[category]
        assert kept
        await asyncio.sleep(0.002)  # the clock of the cache counts milliseconds
        await shop.workspace.listings.keep_rules(
            "mercadolibre", shop.account.site, category, __import__("json").loads(kept)
        )
        assert await readiness.check(shop.account.id) == 5
        assert await shop.workspace.delete_products([one]) == 1
        assert sum((await counts(shop)).values()) == 4


async def new_process(before: Collection[BaseProcess]) -> BaseProcess:
    for _ in range(2_000):
        for process in multiprocessing.active_children():
            if process not in before:
                return process
        await asyncio.sleep(0.005)
    pytest.fail("no process was started")


async def test_many_are_mapped_in_a_process_of_its_own_with_the_same_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_shop(tmp_path) as shop:
        readiness, store = shop.workspace.readiness, shop.workspace.readiness.store
        await shop.add(*(lamp(number, images=() if number % 3 else lamp().images) for number in range(1, 10)))
        await readiness.read_rules(shop.account.id)
        here = await store.dump(shop.account.id)
        assert here
        ids = await shop.workspace.products.ids(ProductQuery())
        monkeypatch.setattr("mmhub_desktop.actions.readiness.MANY", 1)
        monkeypatch.setattr("mmhub_desktop.actions.readiness.CHUNK", 4)
        before = set(multiprocessing.active_children())
        checking = asyncio.create_task(readiness.check(shop.account.id, ids))
        await new_process(before)
        assert await checking == 9
        assert await store.dump(shop.account.id) == here
        assert set(multiprocessing.active_children()) <= before


@pytest.mark.expects_log
async def test_a_process_that_vanishes_costs_nothing_but_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_shop(tmp_path) as shop:
        readiness = shop.workspace.readiness
        ids = await shop.add(*(lamp(number) for number in range(1, 6)))
        await readiness.read_rules(shop.account.id)
        monkeypatch.setattr("mmhub_desktop.actions.readiness.MANY", 1)
        before = set(multiprocessing.active_children())
        checking = asyncio.create_task(readiness.check(shop.account.id, ids))
        (await new_process(before)).kill()
        assert await checking == 5
        assert await counts(shop) == {"ready": 5}


async def test_what_is_removed_while_it_is_checked_is_passed_over(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        (kept, gone) = await shop.add(lamp(1), lamp(2))
        store = shop.workspace.readiness.store
        found = [
            Checked(each, 1, ReadyState.BLOCKED, findings=(Finding("x", "title", "No."),)) for each in (kept, gone)
        ]
        await shop.workspace.delete_products([gone])
        await store.keep(shop.account.id, "basis", found)
        assert await counts(shop) == {"blocked": 1}
        assert list(await store.products_with(shop.account.id, "x", "title")) == [kept]
        await shop.workspace.remove_account(shop.account.id)
        await store.keep(shop.account.id, "basis", found)
        assert await counts(shop) == {}
        assert await store.problems(shop.account.id) == []


async def test_a_changed_variant_has_its_parent_checked_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        readiness, products = shop.workspace.readiness, shop.workspace.products
        (parent,) = await shop.add(lamp(1))
        (child,) = await shop.add(lamp(2, parent_id=parent, options={"Colour": "Blue"}))
        await readiness.check(shop.account.id)
        assert await readiness.check(shop.account.id) == 0
        found = await products.get(child)
        assert found is not None
        await asyncio.sleep(0.002)  # times are kept in milliseconds
        await products.save(replace(found, quantity=3))
        assert await readiness.check(shop.account.id) == 2


async def test_a_confirmed_category_waits_for_its_rules(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        readiness, desk = shop.workspace.readiness, shop.workspace.listing_desk
        (lamp_id,) = await shop.add(lamp(1, category="Lamps", original=Text("Qqqq", "Nothing known.")))
        adapter = await shop.workspace.adapter(shop.account.id)
        (proposed, *_) = await adapter.find_categories(lamp().text.title)
        await desk.map_category(shop.account, "Lamps", proposed.id, proposed.name)
        await readiness.check(shop.account.id)
        assert [each.rule for each in await readiness.store.problems(shop.account.id)] == [UNREAD]
        reading = await readiness.read_rules(shop.account.id)
        assert (reading.categories, reading.titles) == (1, 0)
        state, _ = (await readiness.store.of_product(lamp_id))[shop.account.id]
        assert state is ReadyState.READY


async def test_what_the_marketplace_would_refuse_is_known_before(tmp_path: Path) -> None:
    """Whatever readiness lets through, publishing takes; whatever it blocks, publishing refuses with the same rule."""
    async with open_shop(tmp_path) as shop:
        readiness = shop.workspace.readiness
        ids = await shop.add(
            lamp(1), lamp(2, brand="", attributes={}), lamp(3, quantity=0), lamp(4, gtin="4006381333932"),
            lamp(5, active=False),
        )  # fmt: skip
        await readiness.read_rules(shop.account.id)
        for product_id in ids:
            state, findings = (await readiness.store.of_product(product_id))[shop.account.id]
            batch = await shop.do("publish", product_id)
            assert (batch.completed == 1) is (state is ReadyState.READY), findings
            if state is ReadyState.BLOCKED:
                said = {found.rule for found in (await shop.listing(product_id)).findings if found.blocks}
                assert said == {found.rule for found in findings if found.blocks}


async def test_an_old_rate_is_advice_only(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (lamp_id,) = await shop.add(lamp(1, price=Money(2500, "USD")))
        rule = PriceRule(rate=Rate("USD", "CLP", Decimal(950), date(2020, 1, 1)))
        await shop.workspace.listing_desk.save_rules(shop.account.id, ListingRules(rule))
        await shop.workspace.readiness.read_rules(shop.account.id)
        state, findings = (await shop.workspace.readiness.store.of_product(lamp_id))[shop.account.id]
        assert state is ReadyState.READY
        assert "price.old_rate" in {found.rule for found in findings}


async def test_it_is_kept_up_to_date_in_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmhub_desktop.actions.readiness.QUIET_S", 0.01)
    async with open_shop(tmp_path) as shop:
        heard: asyncio.Queue[ReadinessChanged] = asyncio.Queue()
        shop.workspace.bus.subscribe(ReadinessChanged, heard.put_nowait)
        await shop.add(lamp(1))
        shop.workspace.readiness.start()
        first = await asyncio.wait_for(heard.get(), 10)
        assert (first.done, first.total) == (1, 1)
        await shop.workspace.delete_products(await shop.workspace.products.ids(ProductQuery()))
        await shop.add(lamp(2), lamp(3))
        await shop.workspace.listing_desk.save_rules(shop.account.id, ListingRules(stock=StockRule(1)))
        later = await asyncio.wait_for(heard.get(), 10)
        assert later.total == 2
        await shop.workspace.readiness.stop()


@pytest.mark.parametrize("name", sorted(installed_marketplaces().things))
async def test_every_marketplace_maps_without_a_connection(name: str) -> None:
    declared = installed_marketplaces().things[name]
    sites: Sequence[tuple[str, str]] = declared.sites or (("", ""),)
    settings = {
        each.key: each.default or (each.choices[0][0] if each.choices else "x")
        for each in declared.credential_fields
        if not each.secret
    }
    adapter = mapping_adapter(declared, Account(AccountId(1), name, "Test", site=sites[0][0], settings=settings))
    with pytest.raises(Offline):
        await adapter.check_credentials()


async def test_forbidden_words_block_before_any_call_and_when_it_is_published(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        readiness, desk = shop.workspace.readiness, shop.workspace.listing_desk
        bad, good = await shop.add(
            lamp(1, original=Text("Lámpara de escritorio réplica", "Escribe a jane@example.com")), lamp(2)
        )
        await desk.save_rules(shop.account.id, ListingRules(forbidden=("RÉPLICA",)))
        await readiness.read_rules(shop.account.id)
        problems = {each.rule: each for each in await readiness.store.problems(shop.account.id)}
        assert (problems["text.forbidden"].field, problems["text.forbidden"].products) == ("title", 1)
        assert (problems["text.contact"].field, problems["text.contact"].blocks) == ("description", False)
        batch = await shop.do("publish", bad, good)
        assert (batch.completed, batch.failed) == (1, 1)
        blocking = [each for each in (await shop.listing(bad)).findings if each.blocks]
        assert [each.rule for each in blocking] == ["text.forbidden"]
