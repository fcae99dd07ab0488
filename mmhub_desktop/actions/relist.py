"""List again: offer what has ended once more, then send what the product says otherwise by now.

A marketplace may make a new listing of the old one, under another id. So the moment of the call is written to the
listing first; after a lost answer nothing is sent again until the marketplace must show what the first call made.
"""

from dataclasses import replace
from datetime import datetime

from mmhub_desktop.actions.families import variants_offered
from mmhub_desktop.actions.forms import check_product
from mmhub_desktop.actions.listing_state import adapter_of, existing_listing_of, keep, parts_of, product_of, read_back
from mmhub_desktop.actions.offers import offered_of
from mmhub_desktop.actions.publish import confirm_live
from mmhub_desktop.actions.restocking import is_sold_out, paused
from mmhub_desktop.actions.submissions import FOLLOW
from mmhub_desktop.actions.sync import save_result
from mmhub_desktop.actions.update import UPDATE
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.marketplace import Capability
from mmhub_desktop.errors import Finding, MarketplaceError, NotLiveYet, OutcomeUnknown, Rejected, UnexpectedReply
from mmhub_desktop.jobs.action import Action, JsonResult, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import Adapter, RemoteListing

_SENT_AT = "relisted_at"  # in ``Listing.last_sent``, while the answer to a call is not known


async def relist(context: TaskContext) -> JsonResult:
    """Offer the listing again unless it is live. Rejected when there is nothing to sell, or the marketplace refuses."""
    listing, adapter = await existing_listing_of(context), await adapter_of(context)
    try:
        await _refuse_unsellable(context, adapter, listing)
        before = await adapter.read(listing.remote_id)
        if before.state is ListingState.LIVE:
            await _keep(context, listing, before)
            return {"remote_id": before.remote_id, "sent": False}
        remote = await _send(context, adapter, listing)
    except Rejected as error:
        await keep(context, replace(_answered(listing), findings=error.findings))
        raise
    await _keep(context, listing, remote)
    stays = before.state is remote.state is ListingState.PAUSED and not remote.submission
    if stays and not is_sold_out(remote):  # without stock it waits for what is sent next
        raise paused(remote)
    result = {"remote_id": remote.remote_id, "sent": True}
    return {**result, "submission": remote.submission} if remote.submission else result


async def _refuse_unsellable(context: TaskContext, adapter: Adapter, listing: Listing) -> None:
    raw = await product_of(context)
    product = await offered_of(context, listing, raw)
    variants = await variants_offered(parts_of(context), adapter.connection.account, raw, listing)
    findings = list(check_product(product))
    if (sum(one.quantity or 0 for one in variants) if variants else product.quantity) <= 0:
        fix = "Enter how many there are, then list it again."
        findings.append(Finding("relist.no_stock", "quantity", f"There is no stock of “{product.sku}”.", fix, "0"))
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        raise Rejected(blocking[0].message, findings=tuple(blocking), hint=blocking[0].fix)


async def _send(context: TaskContext, adapter: Adapter, listing: Listing) -> RemoteListing:
    """The call, its moment on disk before it."""
    _wait_out_lag(context, adapter, listing)
    parts = parts_of(context)
    noted = await keep(
        context, replace(listing, last_sent={**listing.last_sent, _SENT_AT: parts.now().isoformat()})
    )  # fmt: skip
    parts.sent.note(noted.id)
    try:
        remote = await adapter.relist(noted.remote_id)
    except (OutcomeUnknown, UnexpectedReply):
        raise  # it may be there: the note that it was sent stays
    except MarketplaceError:
        await keep(context, _answered(noted))
        parts.sent.forget(noted.id)
        raise
    parts.sent.forget(noted.id)
    return remote


def _wait_out_lag(context: TaskContext, adapter: Adapter, listing: Listing) -> None:
    sent_at = listing.last_sent.get(_SENT_AT)
    if not sent_at:
        return
    parts, account = parts_of(context), adapter.connection.account
    passed_s = parts.sent.passed_s(listing.id, datetime.fromisoformat(sent_at), parts.now())
    wait_s = sum(parts.marketplace(account).lookup_waits(account)) - passed_s
    if wait_s > 0:
        raise NotLiveYet(
            "The answer to an earlier call was lost; waiting to see whether the listing is back.",
            retry_after_s=wait_s,
            hint="Nothing to do: it is looked for before anything is sent again.",
        )


def _answered(listing: Listing) -> Listing:
    return replace(listing, last_sent={key: value for key, value in listing.last_sent.items() if key != _SENT_AT})


async def _keep(context: TaskContext, listing: Listing, remote: RemoteListing) -> None:
    """Write down what came, with the old id and the new; while the marketplace works on it the state stays."""
    shown = read_back(context, _answered(listing), remote)
    state = ListingState.ACCEPTED if remote.submission else remote.state
    if remote.submission:
        shown = replace(shown, state=listing.state)
    changes = {"remote_id": (listing.remote_id, remote.remote_id), "state": (listing.state.value, state.value)}
    await keep(context, shown, "relist", changes)


def _unheld(name: str) -> TaskKind:
    """A step of Update for this listing alone; no preview holds it, since there is none of listing again."""
    kind = UPDATE.kinds[name]

    async def run(context: TaskContext) -> JsonResult | None:
        return await kind.run(replace(context, options={}))

    return replace(kind, run=run, gather="", run_many=None, gather_key=None)


_RETRY = RetryPolicy(attempts=12, first_s=1, longest_s=120)

RELIST = Action(
    name="relist",
    label="List again",
    verb="List again",
    needs=frozenset({Capability.RELIST, Capability.READ_BACK}),
    tasks=(
        TaskKind("relist", "List it again", relist, has_effect=True, remote=True, retry=_RETRY),
        FOLLOW,
        TaskKind(
            "confirm_live", "Confirm that it is live", confirm_live, remote=True,
            retry=RetryPolicy(attempts=30, first_s=1, longest_s=600),
        ),
        _unheld("compare"),
        _unheld("send_changes"),
        replace(
            FOLLOW, name="follow_changes", label="Wait for the changes",
            needed=lambda context: bool(context.results["send_changes"].get("submission")),
        ),
        _unheld("confirm"),
        TaskKind("save_result", "Save the result", save_result),
    ),
)  # fmt: skip
