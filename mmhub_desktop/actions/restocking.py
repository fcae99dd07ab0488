"""Restocking: publishing a listing that is there and sold out gives it the product's price and stock again.

A listing that is paused though it has stock was paused by somebody: it stays so, and its reasons are told.
"""

from mmhub_desktop.actions.differences import change_of
from mmhub_desktop.actions.families import variants_offered
from mmhub_desktop.actions.listing_state import (
    adapter_of,
    is_complete,
    keep,
    listing_of,
    parts_of,
    product_of,
    read_back,
)
from mmhub_desktop.actions.offers import offered_of
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.actions.preview_check import as_shown
from mmhub_desktop.actions.update import keep_sent
from mmhub_desktop.domain.listing import Listing, ListingChange, ListingState, VariantState
from mmhub_desktop.domain.marketplace import Account, Capability
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import Rejected
from mmhub_desktop.jobs.action import JsonResult, TaskContext
from mmhub_desktop.marketplaces.base import RemoteListing

SENT = ("price", "quantity")


def is_sold_out(remote: RemoteListing) -> bool:
    """Whether a listing is paused for want of stock; one with variants, when none of them has any."""
    quantities = [one.quantity for one in remote.variants] or [remote.quantity]
    return remote.state is ListingState.PAUSED and all(quantity == 0 for quantity in quantities)


async def restocking(
    parts: Parts, account: Account, product: Product, raw: Product, listing: Listing, remote: RemoteListing
) -> tuple[ListingChange, tuple[VariantState, ...]] | None:
    """What gives a sold-out listing its stock again, with the variants as offered; None where nothing is to be done.

    ``product`` is as the account offers it, ``raw`` as the catalog has it, ``remote`` as just read.
    """
    if not is_sold_out(remote) or Capability.UPDATE not in parts.marketplace(account).capabilities:
        return None
    variants = await variants_offered(parts, account, raw, listing) if remote.variants else ()
    left = sum(one.quantity or 0 for one in variants) if remote.variants else product.quantity
    return (change_of(product, SENT, variants), variants) if left > 0 else None


async def restock(context: TaskContext) -> JsonResult | None:
    """Restock the job's listing where it is there and sold out; None where there is nothing to do.

    Rejected with the marketplace's reasons where it is paused though it has stock.
    """
    listing = await listing_of(context)
    if not is_complete(listing):
        return None
    adapter = await adapter_of(context)
    remote = await adapter.read(listing.remote_id)
    product, raw = await offered_of(context, listing), await product_of(context)
    found = await restocking(parts_of(context), adapter.connection.account, product, raw, listing, remote)
    if found is None:
        if remote.state is ListingState.PAUSED and not remote.as_wished and not is_sold_out(remote):
            await keep(context, read_back(context, listing, remote))
            raise paused(remote)
        return None
    change, _ = found
    listing = await keep(context, read_back(context, listing, remote))
    with await as_shown(context, adapter, product, lambda: adapter.update_requests(listing.remote_id, change)):
        answer = await adapter.update(listing.remote_id, change)
    sent = await keep_sent(context, listing, change, answer)
    return {**sent, "remote_id": listing.remote_id, "url": listing.url, "restocked": True}


def paused(remote: RemoteListing) -> Rejected:
    """A listing that somebody paused, in words for the seller."""
    fix = next((reason.fix for reason in remote.reasons if reason.fix), "Activate it at the marketplace.")
    return Rejected("The listing is there, but paused.", findings=remote.reasons, hint=fix)


def is_restocked(context: TaskContext) -> bool:
    """Whether the job's earlier step has restocked its listing."""
    return bool(context.results.get("create_listing", {}).get("restocked"))
