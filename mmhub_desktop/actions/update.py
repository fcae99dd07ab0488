"""Update: bring price, quantity and text of a listing to what the product says now."""

from collections.abc import Sequence
from dataclasses import replace

from mmhub_desktop.actions.differences import FIELDS, change_of, differing
from mmhub_desktop.actions.families import to_change, variants_of_job, variants_offered, words_of
from mmhub_desktop.actions.listing_state import (
    adapter_of,
    existing_listing_of,
    keep,
    listing_of,
    parts_of,
    price_text,
    product_of,
    read_back,
)
from mmhub_desktop.actions.offers import offered_of
from mmhub_desktop.actions.preview_check import Compare, as_shown, previewed
from mmhub_desktop.actions.reading import read_together
from mmhub_desktop.actions.submissions import FOLLOW
from mmhub_desktop.domain.listing import Listing, ListingChange, ListingState, VariantState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.preview import PreviewDetail
from mmhub_desktop.errors import Rejected, UserMistake
from mmhub_desktop.jobs.action import Action, JsonResult, Outcome, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import READ_MANY, UPDATE_MANY, RemoteListing


async def compare(context: TaskContext) -> JsonResult:
    """Read the listing and note which fields differ from the product."""
    listing = await existing_listing_of(context)
    _refuse_ended(listing)
    adapter = await adapter_of(context)
    return await _compare(context, listing, await adapter.read(listing.remote_id))


async def compare_many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
    """The same for several, read in one call."""
    return await read_together(contexts, _compare, compare)


def _refuse_ended(listing: Listing) -> None:
    if listing.state is ListingState.ENDED:
        raise UserMistake("This listing has ended.", hint="Publish the product again.")


async def _compare(context: TaskContext, listing: Listing, remote: RemoteListing) -> JsonResult:
    _refuse_ended(listing)
    product = await offered_of(context, listing)
    await keep(context, read_back(context, listing, remote))
    asked = context.options.get("fields") or FIELDS
    variants: tuple[VariantState, ...] = ()
    if remote.variants:
        account = (await adapter_of(context)).connection.account
        offered = await variants_offered(parts_of(context), account, await product_of(context), listing)
        variants = to_change(offered, remote)
    changes = [field for field in differing(product, remote, listing.last_sent, variants) if field in asked]
    await previewed(context, product, _compare_fields(changes))
    return {"changes": changes, **({"variants": [variant.sku for variant in variants]} if variants else {})}


def _compare_fields(changes: Sequence[str]) -> Compare:
    """Whether the listing differs from the product where it did in the preview; when all is as wished, it does."""

    async def compare(line: PreviewDetail) -> list[str]:
        return [f"the live {name}" for name in FIELDS if changes and (name in changes) != (name in line.limited)]

    return compare


def _together(context: TaskContext) -> str | None:
    """Goes with others, unless nothing is to be sent or what is sent was shown, byte for byte, for it alone."""
    alone = context.options.get("preview") is not None or not context.results["compare"]["changes"]
    return None if alone else ""


async def send_many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
    """Send the differing fields of several listings in one call; each has its own answer."""
    adapter = await adapter_of(contexts[0])
    listings, changes = [], []
    for context in contexts:
        listings.append(listing := await existing_listing_of(context))
        variants = await variants_of_job(context, listing)
        changes.append(change_of(await offered_of(context, listing), context.results["compare"]["changes"], variants))
    sent = [(listing.remote_id, change) for listing, change in zip(listings, changes, strict=True)]
    answers = await adapter.update_many(sent)
    outcomes: list[Outcome] = []
    for context, listing, change, answer in zip(contexts, listings, changes, answers, strict=True):
        if isinstance(answer, RemoteListing):
            outcomes.append(await keep_sent(context, listing, change, answer))
            continue
        if isinstance(answer, Rejected):
            await keep(context, replace(listing, findings=answer.findings))
        outcomes.append(answer)
    return outcomes


async def send_changes(context: TaskContext) -> JsonResult:
    """Send the differing fields; repeating it sets the same values again."""
    fields = context.results["compare"]["changes"]
    if not fields:
        return {"sent": []}
    listing = await existing_listing_of(context)
    product = await offered_of(context, listing)
    adapter = await adapter_of(context)
    line = await previewed(context, product)
    fields = fields if line is None else list(line.limited)
    change = change_of(product, fields, await variants_of_job(context, listing))
    try:
        with await as_shown(context, adapter, product, lambda: adapter.update_requests(listing.remote_id, change)):
            remote = await adapter.update(listing.remote_id, change)
    except Rejected as error:
        await keep(context, replace(listing, findings=error.findings))
        raise
    return await keep_sent(context, listing, change, remote)


async def keep_sent(context: TaskContext, listing: Listing, change: ListingChange, remote: RemoteListing) -> JsonResult:
    """Write down what was sent, and what the marketplace then shows where it did it at once. The step's result."""
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
    if change.variants:
        both = {"price": words_of(change.variants, "price"), "quantity": words_of(change.variants, "quantity")}
        changes |= {f"variants.{field}": ("", words) for field, words in both.items() if words}
    if change.title is not None:
        changes["title"] = (str(old.get("title", "")), change.title)
    if change.description is not None:
        changes["description"] = ("", f"{len(change.description)} characters")
    listing = replace(listing, last_sent={**listing.last_sent, "text": text})
    if not remote.submission:
        listing = replace(read_back(context, listing, remote), findings=remote.reasons)
    await keep(context, listing, "update", changes)
    sent = {"sent": list(changes)}
    return {**sent, "submission": remote.submission} if remote.submission else sent


async def confirm(context: TaskContext) -> JsonResult:
    """Read the listing back as it is after the update."""
    listing = await listing_of(context)
    adapter = await adapter_of(context)
    return await _confirm(context, listing, await adapter.read(listing.remote_id))


async def confirm_many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
    """The same for several, read in one call."""
    return await read_together(contexts, _confirm, confirm)


async def _confirm(context: TaskContext, listing: Listing, remote: RemoteListing) -> JsonResult:
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
        TaskKind(
            "compare", "Compare with what is live", compare, remote=True, retry=_RETRY,
            gather=READ_MANY, run_many=compare_many,
        ),
        TaskKind(
            "send_changes", "Send the changes", send_changes, has_effect=True, remote=True, retry=_RETRY,
            gather=UPDATE_MANY, run_many=send_many, gather_key=_together,
        ),
        FOLLOW,
        TaskKind(
            "confirm", "Read it back", confirm, remote=True, retry=_RETRY, may_skip=True,
            gather=READ_MANY, run_many=confirm_many,
        ),
    ),
)  # fmt: skip
