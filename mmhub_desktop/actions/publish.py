"""Publish: make a product a live listing on one account, never twice.

Before anything is created the marketplace is asked for a listing with this SKU. The moment of a create is
written to the listing first; if its answer is lost (crash, time-out, power cut) the look-up is repeated until
the marketplace's lag has passed, and only then is it created again.
"""

import contextlib
import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from mmhub_desktop.actions.forms import check_product, make_form, placeholder_images
from mmhub_desktop.actions.listing_state import (
    adapter_of,
    is_there,
    keep,
    listing_of,
    parts_of,
    price_text,
    product_of,
    read_back,
)
from mmhub_desktop.actions.preview_check import compare_requests, previewed
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.product import Product, ProductStatus
from mmhub_desktop.errors import (
    ChangedSincePreview,
    Finding,
    MarketplaceError,
    NotLiveYet,
    OutcomeUnknown,
    Rejected,
    UnexpectedReply,
)
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import Adapter, Mapped, RemoteImage, RemoteListing
from mmhub_desktop.marketplaces.outgoing import hold_to

Allowed = Callable[[], contextlib.AbstractContextManager[None]]
"""Within it, only what a preview showed can leave; anything where there was none."""


async def validate(context: TaskContext) -> None:
    """Check what can be checked without the marketplace, and show the product as being published."""
    product = await product_of(context)
    await previewed(context, product)
    await _refuse_blocked(context, check_product(product))
    parts = parts_of(context)
    await parts.products.set_status([product.id], ProductStatus.PUBLISHING)
    parts.bus.publish(ProductsChanged((product.id,)))


async def _refuse_blocked(context: TaskContext, findings: tuple[Finding, ...]) -> None:
    """Keep the findings with the listing and stop when one of them forbids sending."""
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        await keep(context, replace(await listing_of(context), state=ListingState.REJECTED, findings=findings))
        raise Rejected(blocking[0].message, findings=findings, hint=blocking[0].fix)


async def map_listing(context: TaskContext) -> JsonResult:
    """Choose the category, read its rules (cached a day) and put the product into the marketplace's form."""
    product = await product_of(context)
    adapter = await adapter_of(context)
    listing = await listing_of(context)
    if is_there(listing):
        return {"version": product.version, "body": {}, "after": {}}
    line = await previewed(context, product)
    form = await make_form(parts_of(context), adapter, product, listing, line.category_id if line else "")
    await _refuse_blocked(context, form.mapped.findings)
    return form.result(product)


async def upload_images(context: TaskContext) -> JsonResult:
    """Hand the product's images over; repeating it is harmless."""
    product = await product_of(context)
    adapter = await adapter_of(context)
    parts = parts_of(context)
    if is_there(await listing_of(context)):
        return {"sources": [], "images": []}
    uploaded = []
    for source in product.images:
        image = await parts.read_image(source, product.image_base)
        remote = await adapter.upload_image(image)
        uploaded.append({"id": remote.id, "url": remote.url})
    return {"sources": list(product.images), "images": uploaded}


async def create_listing(context: TaskContext) -> JsonResult:
    """Look for the listing, create it when it is surely not there, and send what must follow a create."""
    product = await product_of(context)
    adapter = await adapter_of(context)
    listing = await listing_of(context)
    mapped, images = await _present_form(context, product)
    allowed = await _as_shown(context, adapter, product, mapped, images) if mapped.body else contextlib.nullcontext
    remote_id, url = listing.remote_id, listing.url
    if not is_there(listing):
        remote = await _find(context, adapter, product)
        if remote is None:
            _wait_out_lag(context, adapter, listing)
            remote = await _create(context, adapter, product, listing, mapped, images, allowed)
        remote_id, url = remote.remote_id, remote.url
        listing = await keep(
            context,
            replace(await listing_of(context), state=ListingState.ACCEPTED, remote_id=remote_id, url=url, findings=()),
            "create",
            {"remote_id": (listing.remote_id, remote_id)},
        )
    if mapped.after:
        with allowed():
            await adapter.finish_create(remote_id, mapped)
    return {"remote_id": remote_id, "url": url}


async def _present_form(context: TaskContext, product: Product) -> tuple[Mapped, tuple[RemoteImage, ...]]:
    """What the earlier tasks prepared; made again where the seller mended the product since."""
    mapped, uploaded = context.results["map"], context.results["upload_images"]
    line = await previewed(context, product)
    if mapped["version"] != product.version or (line and line.category_id != mapped.get("category_id")):
        await _refuse_blocked(context, check_product(product))
        mapped = await map_listing(context)
        if uploaded["sources"] != list(product.images):
            uploaded = await upload_images(context)
    images = tuple(RemoteImage(**image) for image in uploaded["images"])
    return Mapped(mapped["body"], mapped["after"]), images


async def _as_shown(
    context: TaskContext, adapter: Adapter, product: Product, mapped: Mapped, images: tuple[RemoteImage, ...]
) -> Allowed:
    """What is allowed to leave. ChangedSincePreview when the form, pictures aside, is not the one that was shown."""
    if context.options.get("preview") is None:
        return contextlib.nullcontext
    label = parts_of(context).marketplace(adapter.connection.account).label
    with_placeholders = await adapter.create_requests(mapped, placeholder_images(product))
    await previewed(context, product, compare_requests(with_placeholders, label))
    return functools.partial(hold_to, await adapter.create_requests(mapped, images))


async def _find(context: TaskContext, adapter: Adapter, product: Product) -> RemoteListing | None:
    found = await adapter.find_by_sku(product.sku)
    if len(found) > 1:
        finding = Finding(
            "publish.duplicate", "sku", f"The account already has {len(found)} listings with SKU “{product.sku}”.",
            "End all but one at the marketplace, then retry.", ", ".join(item.remote_id for item in found),
        )  # fmt: skip
        await _refuse_blocked(context, (finding,))
    return found[0] if found else None


def _wait_out_lag(context: TaskContext, adapter: Adapter, listing: Listing) -> None:
    """After a create whose answer was lost, look again until the marketplace must have shown it."""
    sent_at = listing.last_sent.get("at")
    if listing.state is not ListingState.SENT or not sent_at:
        return
    parts = parts_of(context)
    passed_s = parts.sent.passed_s(listing.id, datetime.fromisoformat(sent_at), parts.now())
    ahead_s = 0.0
    account = adapter.connection.account
    for wait_s in parts.marketplace(account).lookup_waits(account):
        ahead_s += wait_s
        if passed_s < ahead_s:
            raise NotLiveYet(
                "The answer to an earlier create was lost; waiting to see whether the listing is there.",
                retry_after_s=ahead_s - passed_s,
                hint="Nothing to do: it is looked for before anything is created again.",
            )


async def _create(
    context: TaskContext,
    adapter: Adapter,
    product: Product,
    listing: Listing,
    mapped: Mapped,
    images: tuple[RemoteImage, ...],
    allowed: Allowed,
) -> RemoteListing:
    before = listing
    try:
        if Capability.VALIDATE in parts_of(context).marketplace(adapter.connection.account).capabilities:
            await adapter.validate(mapped, images)
        sent = {
            "at": parts_of(context).now().isoformat(),
            "body": dict(mapped.body),
            "after": dict(mapped.after),
            "text": {"title": product.text.title, "description": product.text.description},
        }
        before = await keep(context, replace(listing, state=ListingState.SENT, last_sent=sent, findings=()))
        parts_of(context).sent.note(before.id)
        with allowed():
            remote = await adapter.create(mapped, images)
        parts_of(context).sent.forget(before.id)
        return remote
    except (OutcomeUnknown, UnexpectedReply):
        raise  # it may be there: the note that it was sent stays
    except Rejected as error:
        await keep(context, replace(before, state=ListingState.REJECTED, findings=error.findings))
        raise
    except (MarketplaceError, ChangedSincePreview):
        # A definite refusal (busy, throttled, offline): nothing was created, so nothing needs to be waited out.
        if before.state is ListingState.SENT:
            await keep(context, replace(before, state=ListingState.READY))
        raise


async def confirm_live(context: TaskContext) -> JsonResult:
    """Read the listing back until the marketplace shows it as live."""
    adapter = await adapter_of(context)
    remote = await adapter.read(str(context.results["create_listing"]["remote_id"]))
    listing = await keep(context, read_back(context, await listing_of(context), remote))
    if remote.state is ListingState.LIVE:
        return {"url": listing.url, "price": price_text(remote.price), "quantity": remote.quantity}
    if remote.state in (ListingState.REJECTED, ListingState.ENDED):
        raise Rejected(
            "The marketplace took the listing and then did not show it.",
            findings=remote.reasons,
            hint="Read the reasons, mend the product and publish again.",
        )
    if remote.state is ListingState.PAUSED and remote.quantity == 0:
        return {"url": listing.url, "price": price_text(remote.price), "quantity": 0}
    waits = parts_of(context).marketplace(adapter.connection.account).read_back_s
    if adapter.connection.base_url:
        waits = tuple(min(wait, 2.0) for wait in waits)
    raise NotLiveYet(
        "The marketplace has accepted the listing and does not show it yet.",
        retry_after_s=waits[min(context.attempt - 1, len(waits) - 1)],
        hint="Nothing to do: it is looked at again.",
    )


async def save_result(context: TaskContext) -> JsonResult:
    """Write down that the listing is live, with what was published."""
    parts = parts_of(context)
    listing = await listing_of(context)
    live = context.results["confirm_live"]
    product = await product_of(context)
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
    await parts.products.set_status([product.id], ProductStatus.PUBLISHED)
    parts.bus.publish(ProductsChanged((product.id,)))
    return {"url": listing.url}


async def show_outcome(context: TaskContext, outcome: str) -> None:
    """A failed or cancelled publish leaves the product as failed, or as it was when another account shows it."""
    if outcome == "completed":
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
            retry=RetryPolicy(attempts=12, first_s=1, longest_s=120),
        ),
        TaskKind(
            "confirm_live", "Confirm that it is live", confirm_live, remote=True,
            retry=RetryPolicy(attempts=30, first_s=1, longest_s=600),
        ),
        TaskKind("save_result", "Save the result", save_result),
    ),
    on_done=show_outcome,
)  # fmt: skip
