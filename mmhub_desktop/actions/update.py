"""Update: bring price, quantity and text of a listing to what the product says now."""

from dataclasses import replace

from mmhub_desktop.actions.listing_state import (
    adapter_of,
    existing_listing_of,
    keep,
    listing_of,
    price_text,
    product_of,
    read_back,
)
from mmhub_desktop.domain.listing import ListingChange, ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import Rejected, UserMistake
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import RemoteListing

FIELDS = ("price", "quantity", "title", "description")


async def compare(context: TaskContext) -> JsonResult:
    """Read the listing and note which fields differ from the product."""
    listing = await existing_listing_of(context)
    if listing.state is ListingState.ENDED:
        raise UserMistake("This listing has ended.", hint="Publish the product again.")
    product = await product_of(context)
    adapter = await adapter_of(context)
    remote = await adapter.read(listing.remote_id)
    await keep(context, read_back(context, listing, remote))
    asked = context.options.get("fields") or FIELDS
    return {"changes": [field for field in _differing(product, remote, listing.last_sent) if field in asked]}


def _differing(product: Product, remote: RemoteListing, last_sent: object) -> list[str]:
    fields = []
    if product.price is not None and product.price != remote.price:
        fields.append("price")
    if product.quantity != remote.quantity:
        fields.append("quantity")
    sent = last_sent.get("text", {}) if isinstance(last_sent, dict) else {}
    as_sent = product.text.title == sent.get("title") and remote.title == (sent.get("shown") or remote.title)
    if product.text.title != remote.title and not as_sent:
        fields.append("title")
    if product.text.description != sent.get("description"):
        fields.append("description")
    return fields


async def send_changes(context: TaskContext) -> JsonResult:
    """Send the differing fields; repeating it sets the same values again."""
    fields = context.results["compare"]["changes"]
    if not fields:
        return {"sent": []}
    listing = await existing_listing_of(context)
    product = await product_of(context)
    adapter = await adapter_of(context)
    change = ListingChange(
        price=product.price if "price" in fields else None,
        quantity=product.quantity if "quantity" in fields else None,
        title=product.text.title if "title" in fields else None,
        description=product.text.description if "description" in fields else None,
    )
    try:
        remote = await adapter.update(listing.remote_id, change)
    except Rejected as error:
        await keep(context, replace(listing, findings=error.findings))
        raise
    text = dict(listing.last_sent.get("text") or {})
    if change.title is not None:
        text = {**text, "title": change.title, "shown": ""}
    if change.description is not None:
        text["description"] = change.description
    old = dict(listing.last_read)
    changes = {}
    if change.price is not None:
        changes["price"] = (str(old.get("price", "")), price_text(remote.price or change.price))
    if change.quantity is not None:
        shown = change.quantity if remote.quantity is None else remote.quantity
        changes["quantity"] = (str(old.get("quantity", "")), str(shown))
    if change.title is not None:
        changes["title"] = (str(old.get("title", "")), change.title)
    if change.description is not None:
        changes["description"] = ("", f"{len(change.description)} characters")
    listing = replace(listing, last_sent={**listing.last_sent, "text": text})
    listing = replace(read_back(context, listing, remote), findings=remote.reasons)
    await keep(context, listing, "update", changes)
    return {"sent": fields}


async def confirm(context: TaskContext) -> JsonResult:
    """Read the listing back as it is after the update."""
    listing = await listing_of(context)
    adapter = await adapter_of(context)
    remote = await adapter.read(listing.remote_id)
    await keep(context, replace(read_back(context, listing, remote), findings=remote.reasons or listing.findings))
    return {"state": remote.state.value}


_RETRY = RetryPolicy(attempts=8, first_s=1, longest_s=120)

UPDATE = Action(
    name="update",
    label="Update",
    verb="Update",
    needs=frozenset({Capability.UPDATE, Capability.READ_BACK}),
    newest_counts=True,
    sold_out_first=True,
    tasks=(
        TaskKind("compare", "Compare with what is live", compare, remote=True, retry=_RETRY),
        TaskKind("send_changes", "Send the changes", send_changes, has_effect=True, remote=True, retry=_RETRY),
        TaskKind("confirm", "Read it back", confirm, remote=True, retry=_RETRY, may_skip=True),
    ),
)
