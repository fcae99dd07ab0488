"""Update: bring price, quantity and text of a listing to what the product says now."""

import contextlib
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from mmhub_desktop.actions.differences import FIELDS, change_of, differing
from mmhub_desktop.actions.families import to_change, variants_changed, variants_of_job, variants_offered
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
from mmhub_desktop.actions.offers import offered_of, refuse_forbidden
from mmhub_desktop.actions.preview_check import Compare, as_shown, previewed
from mmhub_desktop.actions.reading import read_together
from mmhub_desktop.actions.submissions import FOLLOW
from mmhub_desktop.domain.listing import Listing, ListingChange, ListingState, VariantState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.domain.preview import PreviewDetail
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import ChangedSincePreview, Finding, MmhubError, Rejected, UserMistake
from mmhub_desktop.jobs.action import Action, JsonResult, Outcome, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import READ_MANY, UPDATE_MANY, Adapter, RemoteListing
from mmhub_desktop.marketplaces.declared import FAMILY_FIELDS, WITH_VARIANTS
from mmhub_desktop.marketplaces.kept_values import VALUES, kept_values
from mmhub_desktop.marketplaces.outgoing import TakesApart, hold_to

_T = TypeVar("_T")


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
    await refuse_forbidden(parts_of(context), listing.account_id, product, changes)
    await previewed(context, product, _compare_fields(changes))
    together = bool(changes) and (await _taken_together(context, remote)).issuperset(changes)
    skus = {"variants": [variant.sku for variant in variants]} if variants else {}
    return {"changes": changes, "together": together, **skus}


async def _taken_together(context: TaskContext, remote: RemoteListing) -> frozenset[str]:
    """The fields of which changes of this listing go along in a call for many.

    None for what a preview showed, where calls for many cannot be held to it.
    """
    adapter = await adapter_of(context)
    if context.options.get("preview") is not None and not isinstance(adapter, TakesApart):
        return frozenset()
    taken = parts_of(context).marketplace(adapter.connection.account).changes_together
    if not remote.variants:
        return taken
    return taken & FAMILY_FIELDS if WITH_VARIANTS in taken else frozenset()


def _compare_fields(changes: Sequence[str]) -> Compare:
    """Whether the listing differs from the product where it did in the preview; when all is as wished, it does."""

    async def compare(line: PreviewDetail) -> list[str]:
        return [f"the live {name}" for name in FIELDS if changes and (name in changes) != (name in line.limited)]

    return compare


@dataclass(frozen=True, slots=True)
class _Sending:
    """One listing about to be changed; ``shown`` is what a preview showed, None where there was none."""

    context: TaskContext
    listing: Listing
    product: Product
    change: ListingChange
    shown: tuple[OutgoingRequest, ...] | None


def _together(context: TaskContext) -> str | None:
    """What was shown in a preview goes together, and what was not. None for what no call for many takes."""
    if not context.results["compare"].get("together"):
        return None
    return "" if context.options.get("preview") is None else "shown"


async def send_many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
    """Send the differing fields of several listings in one call; each has its own answer."""
    adapter = await adapter_of(contexts[0])
    planned = [await _settled(_sending(context)) for context in contexts]
    sendings = [one for one in planned if isinstance(one, _Sending)]
    answers = iter(await _send_together(adapter, sendings))
    return [await _ended(one, next(answers)) if isinstance(one, _Sending) else one for one in planned]


async def _send_together(adapter: Adapter, sendings: Sequence[_Sending]) -> Sequence[RemoteListing | MmhubError]:
    """One call, held to what previews showed; those of which something else would be sent are left out and told so."""
    try:
        return await _call_held(adapter, sendings)
    except ChangedSincePreview:
        checked = [await _settled(_check_shown(adapter, one)) for one in sendings]
    good = [one for one, wrong in zip(sendings, checked, strict=True) if wrong is None]
    answers = iter(await _call_held(adapter, good))
    return [next(answers) if wrong is None else wrong for wrong in checked]


async def _call_held(adapter: Adapter, sendings: Sequence[_Sending]) -> Sequence[RemoteListing | MmhubError]:
    if not sendings:
        return []
    sent = [(one.listing.remote_id, one.change) for one in sendings]
    shown = [request for one in sendings for request in one.shown or ()]
    with contextlib.nullcontext() if sendings[0].shown is None else hold_to(shown, adapter):
        return await adapter.update_many(sent)


async def _sending(context: TaskContext) -> _Sending:
    """What a job sends. ChangedSincePreview where the product is not as a preview showed it."""
    listing = await existing_listing_of(context)
    product = await offered_of(context, listing)
    line = await previewed(context, product)
    fields = context.results["compare"]["changes"] if line is None else line.limited
    change = change_of(product, tuple(fields), await variants_of_job(context, listing))
    return _Sending(context, listing, product, change, None if line is None else tuple(line.requests))


async def _check_shown(adapter: Adapter, one: _Sending) -> None:
    await as_shown(
        one.context, adapter, one.product, lambda: adapter.update_requests(one.listing.remote_id, one.change)
    )


async def _ended(one: _Sending, answer: RemoteListing | MmhubError) -> Outcome:
    """Write down what became of one listing of a call."""
    if isinstance(answer, RemoteListing):
        return await keep_sent(one.context, one.listing, one.change, answer)
    if isinstance(answer, Rejected):
        await keep(one.context, replace(one.listing, findings=answer.findings))
    return answer


async def _settled(work: Awaitable[_T]) -> _T | MmhubError:
    """What a coroutine gives, its error as a value."""
    try:
        return await work
    except MmhubError as error:
        return error


async def send_changes(context: TaskContext) -> JsonResult:
    """Send the differing fields; repeating it sets the same values again."""
    if not context.results["compare"]["changes"]:
        return {"sent": []}
    one = await _sending(context)
    adapter, remote_id, change = await adapter_of(context), one.listing.remote_id, one.change
    try:
        with await as_shown(context, adapter, one.product, lambda: adapter.update_requests(remote_id, change)):
            remote = await adapter.update(remote_id, change)
    except Rejected as error:
        await keep(context, replace(one.listing, findings=error.findings))
        raise
    return await keep_sent(context, one.listing, change, remote)


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
        known = {one.sku: one for one in remote.variants}
        changes |= variants_changed(old, [_as_shown_now(one, known.get(one.sku)) for one in change.variants])
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


def _as_shown_now(sent: VariantState, shown: VariantState | None) -> VariantState:
    """What was sent of a variant, each value as the marketplace shows it where it does."""
    if shown is None:
        return sent
    price = sent.price and (shown.price or sent.price)
    return VariantState(sent.sku, price, sent.quantity if shown.quantity is None else shown.quantity)


async def confirm(context: TaskContext) -> JsonResult:
    """Read the listing back as it is after the update."""
    listing = await listing_of(context)
    adapter = await adapter_of(context)
    return await _confirm(context, listing, await adapter.read(listing.remote_id))


async def confirm_many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
    """The same for several, read in one call."""
    return await read_together(contexts, _confirm, confirm)


async def _confirm(context: TaskContext, listing: Listing, remote: RemoteListing) -> JsonResult:
    findings = remote.reasons or await _still_true(context, listing, remote)
    await keep(context, replace(read_back(context, listing, remote), findings=findings))
    return {"state": remote.state.value}


async def _still_true(context: TaskContext, listing: Listing, remote: RemoteListing) -> tuple[Finding, ...]:
    """What was found when the change was sent, but for values that the marketplace shows by now."""
    told = {one for one in listing.findings if one.field in VALUES and one.limit and not one.blocks}
    if not told:
        return listing.findings
    fields, variants = context.results["compare"]["changes"], await variants_of_job(context, listing)
    change = change_of(await offered_of(context, listing), fields, variants)
    kept = {(value.field, str(value.sent), str(value.shown)) for value in kept_values(change, remote)}
    return tuple(one for one in listing.findings if one not in told or (one.field, one.value, one.limit) in kept)


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
