"""Steps that several actions share: what a task works on, and what is written down of a listing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.domain.listing import Listing, ListingState, SyncLogEntry, VariantState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import ListingsChanged
from mmhub_desktop.jobs.action import TaskContext
from mmhub_desktop.marketplaces.base import Adapter, RemoteListing

_AT_THE_MARKETPLACE = frozenset({ListingState.ACCEPTED, ListingState.LIVE, ListingState.PAUSED})


def parts_of(context: TaskContext) -> Parts:
    """The workspace's parts, which the engine passes on unseen."""
    parts = context.parts
    if not isinstance(parts, Parts):
        raise TypeError("the engine was started without the workspace's parts")
    return parts


async def product_of(context: TaskContext) -> Product:
    """The product the job is about. UserMistake when it was deleted meanwhile."""
    product = await parts_of(context).products.get(context.product_id)
    if product is None:
        raise UserMistake("The product was deleted.", hint="Cancel this job; nothing was sent.")
    return product


async def adapter_of(context: TaskContext) -> Adapter:
    """The adapter of the job's account."""
    if context.account_id is None:
        raise TypeError("a task with an account was planned without one")
    return await parts_of(context).adapter(context.account_id)


async def listing_of(context: TaskContext) -> Listing:
    """The listing the job is about; a new draft where there is none yet."""
    if context.account_id is None:
        raise TypeError("a task with an account was planned without one")
    return await parts_of(context).listings.get(context.product_id, context.account_id)


def is_there(listing: Listing) -> bool:
    """Whether the marketplace is known to have the listing already."""
    return bool(listing.remote_id) and listing.state in _AT_THE_MARKETPLACE


def is_complete(listing: Listing) -> bool:
    """Whether the marketplace has the listing, and everything that must follow its create was done."""
    return is_there(listing) and not listing.last_sent.get("unfinished")


async def listings_of(contexts: Sequence[TaskContext]) -> list[Listing]:
    """The listings of jobs of one account, in their order."""
    account_id = contexts[0].account_id
    if account_id is None:
        raise TypeError("a task with an account was planned without one")
    return await parts_of(contexts[0]).listings.of_account(account_id, [context.product_id for context in contexts])


async def existing_listing_of(context: TaskContext) -> Listing:
    """The listing the job is about, which must be at the marketplace."""
    listing = await listing_of(context)
    if not listing.remote_id:
        raise UserMistake("This product is not listed there yet.", hint="Publish it first.")
    return listing


async def keep(
    context: TaskContext, listing: Listing, operation: str = "", changes: Mapping[str, tuple[str, str]] | None = None
) -> Listing:
    """Save a listing with one log line for each changed field (field → old, new), and tell the window."""
    parts = parts_of(context)
    log = [
        SyncLogEntry(parts.now(), listing.id, operation, field, old, new, context.job_id)
        for field, (old, new) in (changes or {}).items()
        if old != new
    ]
    saved = await parts.listings.save(listing, log)
    parts.bus.publish(ListingsChanged((saved.id,), (saved.product_id,)))
    return saved


def shown(remote: RemoteListing) -> dict[str, Any]:
    """What a read-back said, in the words of a listing, as plain JSON for ``Listing.last_read``."""
    told = {
        "state": remote.state.value,
        "title": remote.title,
        "price": str(remote.price) if remote.price is not None else "",
        "price_minor": None if remote.price is None else remote.price.minor,
        "currency": "" if remote.price is None else remote.price.currency,
        "quantity": "" if remote.quantity is None else str(remote.quantity),
    }
    return {**told, "variants": [_variant(one) for one in remote.variants]} if remote.variants else told


def _variant(state: VariantState) -> dict[str, str]:
    quantity = "" if state.quantity is None else str(state.quantity)
    return {"sku": state.sku, "price": price_text(state.price), "quantity": quantity}


def read_back(context: TaskContext, listing: Listing, remote: RemoteListing) -> Listing:
    """The listing as it is after a read-back; only being seen live makes it live."""
    now = parts_of(context).now()
    return replace(
        listing,
        remote_id=remote.remote_id,
        url=remote.url or listing.url,
        state=remote.state,
        findings=remote.reasons,
        last_sent=_with_shown_title(listing.last_sent, remote),
        last_read={**shown(remote), "at": now.isoformat()},
        live_at=now if remote.state is ListingState.LIVE else listing.live_at,
    )


def _with_shown_title(last_sent: Mapping[str, Any], remote: RemoteListing) -> Mapping[str, Any]:
    """At the first live read after a title was sent, remember what the marketplace made of it."""
    text = last_sent.get("text") or {}
    if not text.get("title") or text.get("shown") or remote.state is not ListingState.LIVE or not remote.title:
        return last_sent
    return {**last_sent, "text": {**text, "shown": remote.title}}


def price_text(price: Money | None) -> str:
    """A price as the log shows it."""
    return "" if price is None else str(price)
