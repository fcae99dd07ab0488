"""Listings with variants: what each variant costs and how many of it there are, ours beside theirs."""

from collections.abc import Mapping, Sequence
from typing import Any

from mmhub_desktop.actions.listing_state import adapter_of, parts_of, product_of
from mmhub_desktop.actions.offers import compose_for
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.domain.listing import Listing, VariantState
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import Product
from mmhub_desktop.jobs.action import TaskContext
from mmhub_desktop.marketplaces.base import RemoteListing


async def variants_offered(
    parts: Parts, account: Account, product: Product, listing: Listing
) -> tuple[VariantState, ...]:
    """The product's variants as the account offers them. ``product`` is as the catalog has it."""
    draft = (await compose_for(parts, account, product, listing)).draft
    return tuple(VariantState(one.sku, one.price or draft.price, one.quantity) for one in draft.variants)


async def variants_of_job(context: TaskContext, listing: Listing) -> tuple[VariantState, ...]:
    """Those of a job's product that the comparison has seen to differ; none where the listing has no variants."""
    differ = context.results["compare"].get("variants")
    if not differ:
        return ()
    account = (await adapter_of(context)).connection.account
    offered = await variants_offered(parts_of(context), account, await product_of(context), listing)
    return tuple(variant for variant in offered if variant.sku in differ)


def to_change(ours: Sequence[VariantState], remote: RemoteListing) -> tuple[VariantState, ...]:
    """Those of our variants that the listing shows otherwise."""
    theirs = {variant.sku: variant for variant in remote.variants}
    return tuple(
        variant
        for variant in ours
        if (there := theirs.get(variant.sku)) is not None
        and (variant.price not in (None, there.price) or variant.quantity != there.quantity)
    )


def variants_changed(last_read: Mapping[str, Any], now: Sequence[VariantState]) -> dict[str, tuple[str, str]]:
    """What of each variant differs from what was last read of it: ``price of SKU`` → (old, new), for the log."""
    before = {str(row.get("sku")): row for row in last_read.get("variants") or ()}
    values = [
        (one.sku, field, str(value))
        for one in now
        for field in ("price", "quantity")
        if (value := getattr(one, field)) is not None
    ]
    told = {f"{field} of {sku}": (str(before.get(sku, {}).get(field, "")), new) for sku, field, new in values}
    return {name: pair for name, pair in told.items() if pair[0] != pair[1]}


def words_of(variants: Sequence[VariantState], field: str, beside: Sequence[VariantState] = ()) -> str:
    """Price or quantity of variants for people; only those that differ from the same ones ``beside``."""
    others = {variant.sku: getattr(variant, field) for variant in beside}
    told = [(variant.sku, getattr(variant, field)) for variant in variants]
    shown = [f"{sku}: {value}" for sku, value in told if value is not None and others.get(sku, "") != value]
    return ", ".join(shown)


def pairs_of(ours: Sequence[VariantState], remote: RemoteListing, field: str) -> tuple[str, str]:
    """Theirs and ours of a field, in words, of the variants in which they differ."""
    both = {variant.sku for variant in ours} & {variant.sku for variant in remote.variants}
    mine = [variant for variant in ours if variant.sku in both]
    theirs = [variant for variant in remote.variants if variant.sku in both]
    return words_of(theirs, field, mine), words_of(mine, field, theirs)
