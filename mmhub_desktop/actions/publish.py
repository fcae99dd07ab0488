"""Publish: make a product a live listing on one account, never twice.

Before anything is created the marketplace is asked for a listing with this SKU. The moment of a create is
written to the listing first; if its answer is lost (crash, time-out, power cut) the look-up is repeated until
the marketplace's lag has passed, and only then is it created again.
"""

from dataclasses import replace

from mmhub_desktop.actions.creating import complete_listing, create_listing, create_many, is_to_complete, together
from mmhub_desktop.actions.listing_pictures import add_pictures, are_to_add
from mmhub_desktop.actions.listing_state import (
    adapter_of,
    existing_listing_of,
    keep,
    listing_of,
    parts_of,
    price_text,
    read_back,
)
from mmhub_desktop.actions.offers import offered_of
from mmhub_desktop.actions.preparing import map_listing, upload_images, validate
from mmhub_desktop.actions.restocking import is_restocked, is_sold_out
from mmhub_desktop.actions.submissions import FOLLOW
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.errors import NotLiveYet, Rejected
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import CREATE_MANY


async def confirm_live(context: TaskContext) -> JsonResult:
    """Read the listing back until the marketplace shows it as live."""
    adapter = await adapter_of(context)
    remote = await adapter.read((await existing_listing_of(context)).remote_id)
    listing = read_back(context, await listing_of(context), remote)
    if not remote.as_wished:  # else publishing it again goes on where this ends
        listing = replace(listing, last_sent={k: v for k, v in listing.last_sent.items() if k != "unfinished"})
    listing = await keep(context, listing)
    if remote.state is ListingState.LIVE:
        return {"url": listing.url, "price": price_text(remote.price), "quantity": remote.quantity}
    if remote.state in (ListingState.REJECTED, ListingState.ENDED):
        raise Rejected(
            "The marketplace took the listing and then did not show it.",
            findings=remote.reasons,
            hint="Read the reasons, mend the product and publish again.",
        )
    if is_sold_out(remote) and not is_restocked(context):
        return {"url": listing.url, "price": price_text(remote.price), "quantity": 0}
    if remote.as_wished:
        return {"url": listing.url, "price": price_text(remote.price), "quantity": remote.quantity, "hidden": True}
    waits = parts_of(context).marketplace(adapter.connection.account).read_back_s
    if adapter.connection.base_url:
        waits = tuple(min(wait, 2.0) for wait in waits)
    raise NotLiveYet(
        "The marketplace has accepted the listing and does not show it yet.",
        retry_after_s=waits[min(context.attempt - 1, len(waits) - 1)],
        hint="Nothing to do: it is looked at again.",
    )


async def save_result(context: TaskContext) -> JsonResult:
    """Write down what was published, and that it is live unless the seller wants to show it by hand."""
    parts = parts_of(context)
    listing = await listing_of(context)
    live = context.results["confirm_live"]
    product = await offered_of(context, listing)
    await keep(
        context,
        listing,
        "publish",
        {
            "title": ("", product.text.title),
            "price": ("", str(live["price"] or price_text(product.price))),
            "quantity": ("", str(product.quantity if live["quantity"] is None else live["quantity"])),
        },
    )
    if not live.get("hidden"):
        await parts.products.set_status([product.id], ProductStatus.PUBLISHED)
        parts.bus.publish(ProductsChanged((product.id,)))
    return {"url": listing.url}


async def show_outcome(context: TaskContext, outcome: str) -> None:
    """Without a live listing the product shows as failed, or as it was; not as being published."""
    if outcome == "completed" and not context.results.get("confirm_live", {}).get("hidden"):
        return
    parts = parts_of(context)
    listings = await parts.listings.of_product(context.product_id)
    product = await parts.products.get(context.product_id)
    if product is None:
        return
    if any(listing.state is ListingState.LIVE for listing in listings):
        status = ProductStatus.PUBLISHED
    elif outcome == "failed":
        status = ProductStatus.FAILED
    else:
        status = ProductStatus.OPTIMIZED if product.optimized else ProductStatus.IMPORTED
    await parts.products.set_status([product.id], status)
    parts.bus.publish(ProductsChanged((product.id,)))


_READ = RetryPolicy(attempts=8, first_s=1, longest_s=120)

PUBLISH = Action(
    name="publish",
    label="Publish",
    verb="Publish",
    needs=frozenset({Capability.CREATE, Capability.READ_BACK, Capability.FIND_BY_SKU}),
    tasks=(
        TaskKind("validate", "Check the product", validate),
        TaskKind("map", "Choose category and map", map_listing, remote=True, retry=_READ),
        TaskKind(
            "upload_images", "Upload images", upload_images, remote=True, limit_group="pictures", timeout_s=300,
            retry=_READ,
        ),
        TaskKind(
            "create_listing", "Create the listing", create_listing, has_effect=True, remote=True,
            retry=RetryPolicy(attempts=12, first_s=1, longest_s=120), timeout_s=600,
            gather=CREATE_MANY, run_many=create_many, gather_key=together,
        ),
        FOLLOW,
        TaskKind(
            "add_pictures", "Add the pictures", add_pictures, has_effect=True, remote=True, limit_group="pictures",
            timeout_s=900, needed=are_to_add, retry=_READ,
        ),
        TaskKind(
            "complete", "Complete the listing", complete_listing, has_effect=True, remote=True,
            needed=is_to_complete, retry=RetryPolicy(attempts=12, first_s=1, longest_s=120),
        ),
        TaskKind(
            "confirm_live", "Confirm that it is live", confirm_live, remote=True,
            retry=RetryPolicy(attempts=30, first_s=1, longest_s=600),
        ),
        TaskKind("save_result", "Save the result", save_result),
    ),
    on_done=show_outcome,
)  # fmt: skip
