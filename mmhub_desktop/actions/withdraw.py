"""End: take a listing off the marketplace for good."""

from mmhub_desktop.actions.listing_state import (
    adapter_of,
    existing_listing_of,
    keep,
    listing_of,
    parts_of,
    product_of,
    read_back,
)
from mmhub_desktop.actions.preview_check import as_shown
from mmhub_desktop.actions.submissions import FOLLOW
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind


async def end_listing(context: TaskContext) -> JsonResult:
    """End it; a listing that has already ended stays so."""
    listing = await existing_listing_of(context)
    adapter = await adapter_of(context)
    product = await product_of(context)
    with await as_shown(context, adapter, product, lambda: adapter.end_requests(listing.remote_id)):
        remote = await adapter.end(listing.remote_id)
    await keep(
        context, read_back(context, listing, remote), "end", {"state": (listing.state.value, remote.state.value)}
    )
    state = {"state": remote.state.value}
    return {**state, "submission": remote.submission} if remote.submission else state


async def save_result(context: TaskContext) -> JsonResult:
    """Show the product as no longer published when nothing of it is live any more."""
    parts = parts_of(context)
    listings = await parts.listings.of_product(context.product_id)
    product = await parts.products.get(context.product_id)
    if product is not None and not any(listing.state is ListingState.LIVE for listing in listings):
        status = ProductStatus.OPTIMIZED if product.optimized else ProductStatus.IMPORTED
        await parts.products.set_status([product.id], status)
        parts.bus.publish(ProductsChanged((product.id,)))
    return {"state": (await listing_of(context)).state.value}


END = Action(
    name="end",
    label="End",
    verb="End",
    needs=frozenset({Capability.END}),
    tasks=(
        TaskKind(
            "end_listing", "End the listing", end_listing, has_effect=True, remote=True,
            retry=RetryPolicy(attempts=8, first_s=1, longest_s=120),
        ),
        FOLLOW,
        TaskKind("save_result", "Save the result", save_result),
    ),
)  # fmt: skip
