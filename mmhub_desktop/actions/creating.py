"""Create one listing, or many in one call, never twice: look, write down that it is sent, send, write down what came.

Where the marketplace works on it for hours the answer names a submission, which ``submissions.FOLLOW`` follows.
"""

import contextlib
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mmhub_desktop.actions.differences import marks_of
from mmhub_desktop.actions.forms import check_product, placeholder_images, publish_requests, refuse_blocked
from mmhub_desktop.actions.listing_pictures import are_to_add
from mmhub_desktop.actions.listing_state import adapter_of, is_there, keep, listing_of, parts_of
from mmhub_desktop.actions.offers import offered_of
from mmhub_desktop.actions.preparing import map_listing, upload_images
from mmhub_desktop.actions.preview_check import compare_requests, previewed
from mmhub_desktop.actions.restocking import is_restocked, restock
from mmhub_desktop.actions.submissions import submission_of
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.domain.outgoing import OutgoingRequest
from mmhub_desktop.domain.product import Product
from mmhub_desktop.errors import (
    ChangedSincePreview,
    Finding,
    MarketplaceError,
    MmhubError,
    NotLiveYet,
    OutcomeUnknown,
    Rejected,
    UnexpectedReply,
)
from mmhub_desktop.jobs.action import JsonResult, Outcome, TaskContext
from mmhub_desktop.marketplaces.base import Adapter, Mapped, PictureSource, RemoteImage, RemoteListing
from mmhub_desktop.marketplaces.outgoing import TakesApart, hold_to

Allowed = Callable[[], contextlib.AbstractContextManager[None]]
"""Within it, only what a preview showed can leave; anything where there was none."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """One listing about to be created."""

    context: TaskContext
    adapter: Adapter
    product: Product
    listing: Listing
    mapped: Mapped
    images: tuple[RemoteImage, ...]
    shown: tuple[OutgoingRequest, ...] | None  # what a preview showed, None where there was none

    @property
    def allowed(self) -> Allowed:
        """What may leave."""
        return contextlib.nullcontext if self.shown is None else functools.partial(hold_to, self.shown)


async def create_listing(context: TaskContext) -> JsonResult:
    """Look for the listing, create it when it is surely not there, and send what must follow a create.

    What is there and sold out is given its stock again.
    """
    if (restocked := await restock(context)) is not None:
        return restocked
    plan = await _plan(context)
    remote = await _there_already(plan)
    if remote is not None:
        return await _created(plan, remote)
    async with _turn(plan):
        remote = await _found_after_all(plan)
        return await _created(plan, remote if remote is not None else await _create(plan))


async def create_many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
    """The same for several in one call; each has its own answer."""
    if together(contexts[0]) and not isinstance(await adapter_of(contexts[0]), TakesApart):
        return [await _alone(context) for context in contexts]
    outcomes: list[Outcome] = [None] * len(contexts)
    plans: dict[int, _Plan] = {}
    for place, context in enumerate(contexts):
        try:
            plan = await _plan(context)
            remote = await _there_already(plan) or await _found_after_all(plan)
            if remote is None:
                plans[place] = plan
            else:
                outcomes[place] = await _created(plan, remote)
        except MmhubError as error:
            outcomes[place] = error
    if plans:
        answers = await _send_together(list(plans.values()))
        for (place, plan), answer in zip(plans.items(), answers, strict=True):
            if isinstance(answer, RemoteListing):
                outcomes[place] = await _created(plan, answer)
                continue
            if isinstance(answer, Rejected):
                refused = replace(await listing_of(plan.context), state=ListingState.REJECTED)
                await keep(plan.context, replace(refused, findings=answer.findings))
            outcomes[place] = answer
    return outcomes


def together(context: TaskContext) -> str | None:
    """What was shown in a preview goes together, and what was not; what is there already goes alone."""
    if not context.results["map"]["body"]:
        return None
    return "" if context.options.get("preview") is None else "shown"


async def _alone(context: TaskContext) -> Outcome:
    try:
        return await create_listing(context)
    except MmhubError as error:
        return error


async def complete_listing(context: TaskContext) -> None:
    """What must follow a create whose submission has come to its end, or whose pictures came after it."""
    plan = await _plan(context)
    try:
        with plan.allowed():
            await plan.adapter.finish_create(plan.listing.remote_id, plan.mapped)
    except Rejected as error:
        await keep(context, replace(await listing_of(context), findings=error.findings))
        raise


def is_to_complete(context: TaskContext) -> bool:
    """Whether something came between the create and this; else all was done at the create."""
    return not is_restocked(context) and (bool(submission_of(context)) or are_to_add(context))


async def _plan(context: TaskContext) -> _Plan:
    adapter = await adapter_of(context)
    listing = await listing_of(context)
    product = await offered_of(context, listing)
    mapped, images = await _present_form(context, product)
    shown = await _as_shown(context, adapter, product, mapped, images) if mapped.body else None
    return _Plan(context, adapter, product, listing, mapped, images, shown)


async def _there_already(plan: _Plan) -> RemoteListing | None:
    """The listing where the marketplace is known to have it, or shows it under its SKU."""
    listing = plan.listing
    if is_there(listing):
        at_work = str(listing.last_sent.get("submission", "")) if listing.state is ListingState.ACCEPTED else ""
        return RemoteListing(listing.remote_id, listing.state, listing.url, submission=at_work)
    return await _find(plan.context, plan.adapter, plan.product)


async def _found_after_all(plan: _Plan) -> RemoteListing | None:
    """What an earlier create without answer has made; NotLiveYet while that cannot be told."""
    remote = await _find_lost(plan)
    if remote is None:
        _wait_out_lag(plan.context, plan.adapter, plan.listing)
    return remote


def _turn(plan: _Plan) -> contextlib.AbstractAsyncContextManager[object]:
    """Where a new listing carries no SKU, the next one is created when this one's id is on disk."""
    account = plan.adapter.connection.account
    parts = parts_of(plan.context)
    return parts.turns.of(account.id) if parts.marketplace(account).creates_in_turn else contextlib.nullcontext()


async def _created(plan: _Plan, remote: RemoteListing) -> JsonResult:
    """Write down that it is there, and complete it unless the marketplace is still at work on it."""
    if not is_there(plan.listing):
        present = await listing_of(plan.context)
        last_sent = {**present.last_sent, "unfinished": True}  # until it is confirmed
        if remote.submission:
            last_sent["submission"] = remote.submission
        accepted = replace(
            present, state=ListingState.ACCEPTED, remote_id=remote.remote_id, url=remote.url, findings=(),
            last_sent=last_sent,
        )  # fmt: skip
        await keep(plan.context, accepted, "create", {"remote_id": (plan.listing.remote_id, remote.remote_id)})
    result = {"remote_id": remote.remote_id, "url": remote.url}
    if remote.submission:
        return {**result, "submission": remote.submission}
    if plan.mapped.body and _takes_pictures_later(plan) and (remote.state is ListingState.ACCEPTED or remote.as_wished):
        return {**result, "pictures": True}
    if plan.mapped.after:
        with plan.allowed():
            await plan.adapter.finish_create(remote.remote_id, plan.mapped)
    return result


async def _present_form(context: TaskContext, product: Product) -> tuple[Mapped, tuple[RemoteImage, ...]]:
    """What the earlier tasks prepared; made again where the seller mended the product since."""
    mapped, uploaded = context.results["map"], context.results["upload_images"]
    line = await previewed(context, product)
    marks = marks_of(product)
    is_old = mapped["version"] != product.version or mapped.get("marks", marks) != marks
    if is_old or (line and line.category_id != mapped.get("category_id")):
        await refuse_blocked(context, check_product(product))
        mapped = await map_listing(context)
        if uploaded["sources"] != list(product.images):
            uploaded = await upload_images(context)
    images = tuple(RemoteImage(**image) for image in uploaded["images"])
    return Mapped(mapped["body"], mapped["after"]), images


async def _as_shown(
    context: TaskContext, adapter: Adapter, product: Product, mapped: Mapped, images: tuple[RemoteImage, ...]
) -> tuple[OutgoingRequest, ...] | None:
    """What may leave. ChangedSincePreview when the form, pictures aside, is not the one that was shown."""
    if context.options.get("preview") is None:
        return None
    label = parts_of(context).marketplace(adapter.connection.account).label
    listing = await listing_of(context)
    images_to_come = placeholder_images(product)
    whole = await adapter.create_requests(mapped, images_to_come)  # shown before the create, or when it was there
    rest = await publish_requests(adapter, listing, mapped, images_to_come)
    await previewed(context, product, compare_requests(label, whole, rest))
    return await publish_requests(adapter, listing, mapped, images)


def _takes_pictures_later(plan: _Plan) -> bool:
    taken = parts_of(plan.context).marketplace(plan.adapter.connection.account).pictures
    return taken is PictureSource.TO_LISTING


async def _find(context: TaskContext, adapter: Adapter, product: Product) -> RemoteListing | None:
    found = await adapter.find_by_sku(product.sku)
    if len(found) > 1:
        finding = Finding(
            "publish.duplicate", "sku", f"The account already has {len(found)} listings with SKU “{product.sku}”.",
            "End all but one at the marketplace, then retry.", ", ".join(item.remote_id for item in found),
        )  # fmt: skip
        await refuse_blocked(context, (finding,))
    return found[0] if found else None


async def _find_lost(plan: _Plan) -> RemoteListing | None:
    """What an earlier create without answer has made, where that does not carry the SKU yet."""
    listing, sent = plan.listing, plan.listing.last_sent
    if listing.state is not ListingState.SENT or not sent.get("at"):
        return None
    mapped = Mapped(sent.get("body", {}), sent.get("after", {}))
    found = await plan.adapter.find_lost(mapped, datetime.fromisoformat(sent["at"]))
    ids = [one.remote_id for one in found]
    others = await parts_of(plan.context).listings.known_ids(listing.account_id, ids) if ids else frozenset()
    return next((one for one in found if one.remote_id not in others), None)


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


async def _create(plan: _Plan) -> RemoteListing:
    context, before = plan.context, plan.listing
    try:
        if Capability.VALIDATE in parts_of(context).marketplace(plan.adapter.connection.account).capabilities:
            await plan.adapter.validate(plan.mapped, plan.images)
        before = await _note_sending(plan)
        with plan.allowed():
            remote = await plan.adapter.create(plan.mapped, plan.images)
        parts_of(context).sent.forget(before.id)
        return remote
    except (OutcomeUnknown, UnexpectedReply):
        raise  # it may be there: the note that it was sent stays
    except Rejected as error:
        await keep(context, replace(before, state=ListingState.REJECTED, findings=error.findings))
        raise
    except (MarketplaceError, ChangedSincePreview):
        await _take_back(context, before)
        raise


async def _send_together(plans: Sequence[_Plan]) -> Sequence[RemoteListing | MmhubError]:
    noted = [await _note_sending(plan) for plan in plans]
    adapter, shown = plans[0].adapter, [request for plan in plans for request in plan.shown or ()]
    try:
        with hold_to(shown, adapter) if plans[0].shown is not None else contextlib.nullcontext():
            answers = await adapter.create_many([(plan.mapped, plan.images) for plan in plans])
    except (OutcomeUnknown, UnexpectedReply):
        raise  # all of them may be there
    except (MarketplaceError, ChangedSincePreview):
        for plan, before in zip(plans, noted, strict=True):
            await _take_back(plan.context, before)
        raise
    for before in noted:
        parts_of(plans[0].context).sent.forget(before.id)
    return answers


async def _note_sending(plan: _Plan) -> Listing:
    """The intent is on disk before the call."""
    product, parts = plan.product, parts_of(plan.context)
    sent = {
        "at": parts.now().isoformat(),
        "body": dict(plan.mapped.body),
        "after": dict(plan.mapped.after),
        "text": {"title": product.text.title, "description": product.text.description},
    }
    noted = await keep(plan.context, replace(plan.listing, state=ListingState.SENT, last_sent=sent, findings=()))
    parts.sent.note(noted.id)
    return noted


async def _take_back(context: TaskContext, noted: Listing) -> None:
    """A definite refusal (busy, throttled, offline): nothing was created, so nothing needs to be waited out."""
    if noted.state is ListingState.SENT:
        await keep(context, replace(noted, state=ListingState.READY))
