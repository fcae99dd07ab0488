"""Variants of a product as variations of one item, in the older listing model."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.conformance import open_stage
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.listing import ListingChange, ListingState, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.errors import Rejected
from mmhub_desktop.marketplaces.base import Mapped, RemoteImage, VariantDraft
from mmhub_desktop.marketplaces.contract import live_listing, rules_for, take_pictures
from mmhub_desktop.marketplaces.mercadolibre.checking import with_pictures
from mmhub_desktop.marketplaces.mercadolibre.mapping import map_draft
from mmhub_desktop.marketplaces.mercadolibre.variations import plan_variations, read_variants
from tests.contract.test_mercadolibre import MercadoLibreStage
from tests.fakes.shop import Shop, lamp, open_shop
from tests.marketplaces.mercadolibre.test_mapping import DRAFT, RULES, SELLER

BLUE = VariantDraft("T-AZUL", {"Colour": "blue"}, 3, gtin="7501031311309")
BLACK = VariantDraft("T-NEGRO", {"Colour": "Negro"}, 0, image=1)


def mapped(*variants: VariantDraft, **changes: Any) -> Mapped:
    seller = changes.pop("seller", SELLER)
    rules = changes.pop("rules", RULES)
    return map_draft(replace(DRAFT, variants=variants or (BLUE, BLACK), **changes), rules, seller)


def blocking(found: Mapped) -> list[tuple[str, str]]:
    return [(one.field, one.message) for one in found.findings if one.blocks]


def test_each_variant_is_a_variation_with_its_own_sku_and_stock() -> None:
    found = mapped(gtin="")
    assert not found.blocked, found.findings
    blue, black = found.body["variations"]
    assert blue == {
        "attribute_combinations": [{"id": "COLOR", "value_id": "2", "value_name": "Azul"}],
        "available_quantity": 3,
        "price": 12990,
        "attributes": [{"id": "SELLER_SKU", "value_name": "T-AZUL"}, {"id": "GTIN", "value_name": "7501031311309"}],
    }
    assert black["attributes"] == [{"id": "SELLER_SKU", "value_name": "T-NEGRO"}]
    shared = {one["id"]: one for one in found.body["attributes"]}
    assert shared["SELLER_SKU"]["value_name"] == "T-1"
    assert not {"COLOR", "GTIN"} & set(shared)
    assert "price" not in found.body
    assert "available_quantity" not in found.body


def test_a_variants_own_picture_comes_first() -> None:
    body = with_pictures(mapped(), (RemoteImage("A"), RemoteImage("B")))
    assert [row["picture_ids"] for row in body["variations"]] == [["A", "B"], ["B", "A"]]
    assert body["pictures"] == [{"id": "A"}, {"id": "B"}]
    assert "picture_ids" not in with_pictures(mapped(), ())["variations"][0]


@pytest.mark.parametrize(
    ("variants", "field", "words"),
    [
        ((BLUE, replace(BLACK, options={"Sabor": "x"})), "variants", "no attribute “Sabor”"),
        ((BLUE, replace(BLACK, options={"Color": "Negro", "Capacidad": "1 L"})), "variants", "the same attributes"),
        ((BLUE, replace(BLACK, options={"Color": "azul"})), "variants", "alike in everything"),
        ((BLUE, replace(BLACK, sku="T-AZUL")), "sku", "same SKU"),
        ((BLUE, replace(BLACK, price=Money(1, "CLP"))), "price", "one price for all"),
        ((BLUE, replace(BLACK, quantity=-1)), "quantity", "negative"),
        ((BLUE, replace(BLACK, gtin="7501031311308")), "gtin", "T-NEGRO"),
        ((replace(BLUE, quantity=0), BLACK), "quantity", "no stock"),
    ],
)
def test_what_cannot_be_sent_is_named(variants: tuple[VariantDraft, ...], field: str, words: str) -> None:
    told = blocking(mapped(*variants))
    assert any(one == field and words in message for one, message in told), told


def test_an_attribute_that_must_not_vary_is_refused() -> None:
    told = blocking(mapped(rules=replace(RULES, schema={"allow_variations": ["SIZE"]})))
    assert any("cannot tell variants apart" in message for _, message in told), told


def test_in_the_user_products_model_each_variant_is_listed_by_itself() -> None:
    found = mapped(seller=replace(SELLER, user_products=True))
    assert [field for field, _ in blocking(found)] == ["variants"]
    assert "variations" not in found.body


@pytest.fixture
async def stage() -> AsyncIterator[MercadoLibreStage]:
    async with open_stage(MercadoLibreStage) as opened:
        yield opened


async def test_changes_go_into_every_variation(stage: MercadoLibreStage) -> None:
    adapter = stage.adapter()
    await adapter.check_credentials()
    form = adapter.map(stage.family("FAMILY"), await rules_for(stage, adapter, "FAMILY"))
    created = await live_listing(stage, adapter, form, await take_pictures(stage, adapter))
    assert [one.remote_id for one in await adapter.find_by_sku("FAMILY")] == [created.remote_id]
    live = await adapter.read(created.remote_id)
    states = {one.sku: (one.price, one.quantity) for one in live.variants}
    old, new = Money(12990, "CLP"), Money(9990, "CLP")
    assert states == {"FAMILY-Azul": (old, 3), "FAMILY-Rojo": (old, 0), "FAMILY-Verde": (old, 4)}
    assert (live.price, live.quantity) == (None, None)
    some = (VariantState("FAMILY-Azul", new), VariantState("FAMILY-Rojo", new, 9))
    with pytest.raises(Rejected, match="one price for all"):  # the third keeps another
        await adapter.update(created.remote_id, ListingChange(variants=some))
    wish = (*some, VariantState("FAMILY-Verde", new), VariantState("FAMILY-Lila", new, 1))
    changed = await adapter.update(created.remote_id, ListingChange(variants=wish))
    assert [(one.price, one.quantity) for one in changed.variants] == [(new, 3), (new, 9), (new, 4)]
    assert [(one.rule, "FAMILY-Lila" in one.message) for one in changed.reasons] == [("mercadolibre.variant_new", True)]
    assert len(changed.raw["variations"]) == 3, "those left out would have been deleted"
    uneven = (VariantState("FAMILY-Azul", new), VariantState("FAMILY-Rojo", old))
    with pytest.raises(Rejected, match="one price for all"):
        await adapter.update(created.remote_id, ListingChange(variants=uneven))
    with pytest.raises(Rejected, match="3 variants"):
        await adapter.update(created.remote_id, ListingChange(quantity=5))
    nothing = tuple(VariantState(one.sku, None, 0) for one in changed.variants)
    assert (await adapter.update(created.remote_id, ListingChange(variants=nothing))).state is ListingState.PAUSED
    await adapter.end(created.remote_id)
    with pytest.raises(Rejected, match="problem"):
        await adapter.relist(created.remote_id)


async def test_a_price_set_automatically_is_told_of_each_variation(stage: MercadoLibreStage) -> None:
    adapter = stage.adapter()
    await adapter.check_credentials()
    form = adapter.map(stage.family("FAMILY"), await rules_for(stage, adapter, "FAMILY"))
    created = await live_listing(stage, adapter, form, await take_pictures(stage, adapter))
    await stage.tell(price_automation=["*"])
    skus = [one.sku for one in (await adapter.read(created.remote_id)).variants]
    new, old = Money(9990, "CLP"), Money(12990, "CLP")
    change = ListingChange(variants=tuple(VariantState(sku, new, 2) for sku in skus))
    with pytest.raises(Rejected) as told:
        await adapter.update(created.remote_id, change)
    found = told.value.findings
    assert [(one.rule, one.value, one.limit) for one in found] == [
        ("mercadolibre.price_kept", str(new), str(old))
    ] * len(skus)
    assert [sku in one.message and "automatic" in one.message for sku, one in zip(skus, found, strict=True)] == [
        True
    ] * len(skus)
    shown = (await adapter.read(created.remote_id)).variants
    assert {(one.price, one.quantity) for one in shown} == {(old, 2)}, "the stock was taken"
    with pytest.raises(Rejected) as told:
        await adapter.update(created.remote_id, ListingChange(variants=tuple(VariantState(sku, new) for sku in skus)))
    assert [one.field for one in told.value.findings] == ["price"]


async def test_a_product_with_variants_becomes_one_listing(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (parent,) = await shop.add(lamp(1, sku="LAMP", quantity=0))
        blue, _ = await shop.add(
            lamp(1, sku="LAMP-B", quantity=2, parent_id=parent, options={"Color": "Azul"}),
            lamp(1, sku="LAMP-R", quantity=3, parent_id=parent, options={"Color": "Rojo"}),
        )
        batch = await shop.do("publish", parent)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["creates_by_sku"] == {"LAMP": 1}
        (item,) = shop.server.practice.details().values()  # type: ignore[attr-defined]
        assert (item["available_quantity"], len(item["variations"])) == (5, 2)
        assert (await shop.listing(parent)).state is ListingState.LIVE

        await _save(shop, blue, quantity=7)
        batch = await shop.do("update", parent)
        assert batch.completed == 1, await shop.problems(batch)
        (item,) = shop.server.practice.details().values()  # type: ignore[attr-defined]
        assert [row["available_quantity"] for row in item["variations"]] == [7, 3]


async def _save(shop: Shop, product_id: ProductId, **changes: Any) -> None:
    product = await shop.workspace.products.get(product_id)
    assert product is not None
    await shop.workspace.products.save(replace(product, **changes))


def test_variations_without_their_skus_tell_nothing() -> None:
    """Then price and stock are not compared with those of the variants, and stock is not set."""
    rows = [{"id": 1, "price": 5, "available_quantity": 1, "attributes": []}]
    item = {"id": "MLC1", "currency_id": "CLP", "variations": rows}
    assert read_variants(item) == ()
    assert plan_variations(item, ListingChange(price=Money(9, "CLP")), 9) == ([{"id": 1, "price": 9}], [])
    assert plan_variations(item, ListingChange(quantity=0), None)[1][0].field == "quantity"
