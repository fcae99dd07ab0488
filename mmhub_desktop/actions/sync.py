"""Sync: read what is live of a listing, keep it, and write down what was changed there since it was last read."""

from collections.abc import Sequence
from dataclasses import replace

from mmhub_desktop.actions.families import variants_changed
from mmhub_desktop.actions.listing_state import (
    adapter_of,
    existing_listing_of,
    keep,
    parts_of,
    price_text,
    read_back,
)
from mmhub_desktop.actions.reading import read_together
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.product import ProductStatus
from mmhub_desktop.errors import Finding, Rejected
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.jobs.action import Action, JsonResult, Outcome, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import READ_MANY, RemoteListing


async def read_many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
    """Read several listings in one call."""
    return await read_together(contexts, _keep, read_listing)


async def read_listing(context: TaskContext) -> JsonResult:
    """Read the listing. Rejected when the marketplace does not show it any more; that is kept with the listing."""
    listing = await existing_listing_of(context)
    adapter = await adapter_of(context)
    try:
        remote = await adapter.read(listing.remote_id)
    except Rejected as error:
        finding = Finding(
            "sync.gone", "", "The marketplace does not show this listing any more.", "Publish the product again.",
            original=error.original,
        )  # fmt: skip
        state = ListingState.ENDED if listing.state is ListingState.LIVE else listing.state
        gone = replace(listing, state=state, findings=(finding,))
        await keep(context, gone, "sync", {"state": (listing.state.value, state.value)})
        raise
    return await _keep(context, listing, remote)


async def _keep(context: TaskContext, listing: Listing, remote: RemoteListing) -> JsonResult:
    changes = changed_there(listing, remote)
    await keep(context, read_back(context, listing, remote), "sync", changes)
    return {"state": remote.state.value, "changed": sorted(changes)}


def changed_there(listing: Listing, remote: RemoteListing) -> dict[str, tuple[str, str]]:
    """What the marketplace shows otherwise than at the last read: field → (old, new); nothing before the first."""
    if not listing.last_read:
        return {}
    old = {
        "state": listing.state.value,
        "title": str(listing.last_read.get("title", "")),
        "price": str(listing.last_read.get("price", "")),
        "quantity": str(listing.last_read.get("quantity", "")),
        "url": listing.url,
        "reasons": _words(listing.findings),
    }
    new = {
        "state": remote.state.value,
        "title": remote.title or old["title"],
        "price": price_text(remote.price) or old["price"],
        "quantity": old["quantity"] if remote.quantity is None else str(remote.quantity),
        "url": remote.url or old["url"],
        "reasons": _words(remote.reasons),
    }
    changed = {field: (old[field], new[field]) for field in old if old[field] != new[field]}
    return (
        changed | variants_changed(listing.last_read, remote.variants) if "variants" in listing.last_read else changed
    )


def _words(findings: tuple[Finding, ...]) -> str:
    return " ".join(finding.message for finding in findings)


async def save_result(context: TaskContext) -> None:
    """The product is published while any listing of it is live, and only then."""
    parts = parts_of(context)
    product = await parts.products.get(context.product_id)
    if product is None:
        return
    listings = await parts.listings.of_product(product.id)
    is_live = any(listing.state is ListingState.LIVE for listing in listings)
    status = product.status
    if is_live and status in (ProductStatus.IMPORTED, ProductStatus.OPTIMIZED, ProductStatus.FAILED):
        status = ProductStatus.PUBLISHED
    elif not is_live and status is ProductStatus.PUBLISHED:
        status = ProductStatus.OPTIMIZED if product.optimized else ProductStatus.IMPORTED
    if status is not product.status:
        await parts.products.set_status([product.id], status)
        parts.bus.publish(ProductsChanged((product.id,)))


SYNC = Action(
    name="sync",
    label="Sync",
    verb="Sync",
    needs=frozenset({Capability.READ_BACK}),
    tasks=(
        TaskKind(
            "read_listing", "Read what is live", read_listing, remote=True, gather=READ_MANY, run_many=read_many,
            retry=RetryPolicy(attempts=8, first_s=1, longest_s=120),
        ),
        TaskKind("save_result", "Save the result", save_result),
    ),
)  # fmt: skip
