"""The part of the conformance suite about families: one listing, each variant with its own price and stock."""

from dataclasses import replace
from typing import TYPE_CHECKING

from mmhub_desktop.domain.listing import ListingChange, ListingState, VariantState
from mmhub_desktop.domain.marketplace import Capability

if TYPE_CHECKING:
    from mmhub_desktop.marketplaces.base import Adapter, RemoteListing
    from mmhub_desktop.marketplaces.contract import Stage


class VariantsContract:
    """Tests that ``MarketplaceContract`` has among its own."""

    async def test_variants_become_one_listing(self, stage: "Stage") -> None:
        """A family is listed in the marketplace's own form, read back live, and found by its SKU."""
        from mmhub_desktop.marketplaces.contract import rules_for

        if Capability.VARIANTS not in stage.marketplace.capabilities:
            return
        adapter = stage.adapter()
        if not stage.takes_families:
            await adapter.check_credentials()
            mapped = adapter.map(stage.family("FAMILY"), await rules_for(stage, adapter, "FAMILY"))
            assert "variants" in {one.field for one in mapped.findings if one.blocks}
            return
        await list_family(stage, adapter)
        for variant in stage.family("FAMILY").variants:
            assert await stage.creates(variant.sku) == 1 or await stage.creates("FAMILY") == 1

    async def test_a_variants_price_and_stock_are_its_own(self, stage: "Stage") -> None:
        """They are told by SKU, changed by SKU, and what is not named stays as it is; safe to repeat."""
        from mmhub_desktop.marketplaces.contract import change

        if Capability.VARIANTS not in stage.marketplace.capabilities or not stage.takes_families:
            return
        if Capability.UPDATE not in stage.marketplace.capabilities:
            return
        adapter = stage.adapter()
        family = await list_family(stage, adapter)
        draft = stage.family("FAMILY")
        told = {one.sku: one for one in family.variants}
        assert {sku: one.quantity for sku, one in told.items()} == {one.sku: one.quantity for one in draft.variants}
        assert {sku: one.price for sku, one in told.items()} == {
            one.sku: one.price or draft.price for one in draft.variants
        }
        assert (family.price, family.quantity) == (None, None), "a family has none of its own"
        first, *others = family.variants
        wish = ListingChange(variants=(VariantState(first.sku, quantity=6),))
        for _ in range(2):
            changed = await change(stage, adapter, family.remote_id, wish)
            assert set(changed.variants) == {replace(first, quantity=6), *others}
        assert first.price is not None
        dearer = replace(first.price, minor=first.price.minor * 2)  # of all, since some know one price for a family
        all_dearer = ListingChange(variants=tuple(VariantState(one.sku, dearer) for one in family.variants))
        changed = await change(stage, adapter, family.remote_id, all_dearer)
        assert {one.price for one in changed.variants} == {dearer}
        assert {one.sku: one.quantity for one in changed.variants} == {first.sku: 6} | {
            one.sku: one.quantity for one in others
        }


async def list_family(stage: "Stage", adapter: "Adapter") -> "RemoteListing":
    """The stage's family as a live listing."""
    from mmhub_desktop.marketplaces.contract import live_listing, rules_for, take_pictures

    await adapter.check_credentials()
    rules, draft = await rules_for(stage, adapter, "FAMILY"), stage.family("FAMILY")
    assert len(draft.variants) >= 2
    mapped = adapter.map(draft, rules)
    assert not mapped.blocked, mapped.findings
    created = await live_listing(stage, adapter, mapped, await take_pictures(stage, adapter))
    live = await adapter.read(created.remote_id)
    assert live.state is ListingState.LIVE, live
    return live
