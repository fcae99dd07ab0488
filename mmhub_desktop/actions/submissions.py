"""Submissions: what a marketplace still works on after it was sent (a feed, an operation), followed for hours.

The step that sends leaves ``submission`` in its result, and ``FOLLOW`` comes after it. While the marketplace is at work
the job sleeps in the store; all jobs of one submission are asked about together, and each gets its own answer.
"""

from collections.abc import Sequence
from dataclasses import replace

from mmhub_desktop.actions.listing_state import adapter_of, existing_listing_of, keep, listings_of, parts_of
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.errors import MmhubError, NotLiveYet, Rejected, SendAgain
from mmhub_desktop.jobs.action import JsonResult, Outcome, RetryPolicy, TaskContext, TaskKind
from mmhub_desktop.marketplaces.base import FOLLOW_MANY, Adapter, RemoteListing

_LOOK_EVERY_S = 30.0  # where neither the answer nor the declaration says


def submission_of(context: TaskContext) -> str:
    """What the latest step of the job that sent has left to follow; empty where the marketplace did it at once."""
    left = [str(result["submission"]) for result in context.results.values() if result.get("submission")]
    return left[-1] if left else ""


async def follow(context: TaskContext) -> JsonResult:
    """How the job's part of the submission has ended. NotLiveYet while the marketplace works on it."""
    listing = await existing_listing_of(context)
    adapter = await adapter_of(context)
    try:
        remote = await adapter.follow(listing.remote_id, submission_of(context))
    except NotLiveYet as error:
        raise _later(context, adapter, error) from None
    except Rejected as error:
        await _keep_refusal(context, error)
        raise
    except SendAgain:
        await _forget_sent(context)
        raise
    return await _keep(context, remote)


async def follow_many(contexts: Sequence[TaskContext]) -> Sequence[Outcome]:
    """The same for several jobs of one submission, by one look."""
    adapter = await adapter_of(contexts[0])
    ids = [listing.remote_id for listing in await listings_of(contexts)]
    try:
        answers = await adapter.follow_many(ids, submission_of(contexts[0]))
    except NotLiveYet as error:
        raise _later(contexts[0], adapter, error) from None
    return [await _settle(context, answer) for context, answer in zip(contexts, answers, strict=True)]


async def _settle(context: TaskContext, answer: RemoteListing | MmhubError) -> Outcome:
    if isinstance(answer, RemoteListing):
        return await _keep(context, answer)
    if isinstance(answer, Rejected):
        await _keep_refusal(context, answer)
    elif isinstance(answer, SendAgain):
        await _forget_sent(context)
    return answer


def _later(context: TaskContext, adapter: Adapter, error: NotLiveYet) -> NotLiveYet:
    """The same with the wait that the marketplace's declaration asks for, where its answer named none."""
    waits = parts_of(context).marketplace(adapter.connection.account).follow_s
    wait = error.retry_after_s or (waits[min(context.attempt, len(waits)) - 1] if waits else _LOOK_EVERY_S)
    if adapter.connection.base_url:  # practice goes quicker, as with reading back
        wait = min(wait, 2.0)
    return NotLiveYet(error.message, retry_after_s=wait, hint=error.hint, original=error.original)


async def _keep(context: TaskContext, remote: RemoteListing) -> JsonResult:
    """Only what the submission itself tells: the step that reads back sees the rest."""
    listing = await existing_listing_of(context)
    state = ListingState.ENDED if remote.state is ListingState.ENDED else listing.state
    listing = replace(
        listing, remote_id=remote.remote_id or listing.remote_id, url=remote.url or listing.url, state=state,
        findings=remote.reasons,
    )  # fmt: skip
    await keep(context, listing)
    return {"state": remote.state.value}


async def _keep_refusal(context: TaskContext, error: Rejected) -> None:
    listing = await existing_listing_of(context)
    state = ListingState.REJECTED if listing.state is ListingState.ACCEPTED else listing.state  # a create, or a change
    await keep(context, replace(listing, state=state, findings=error.findings))


async def _forget_sent(context: TaskContext) -> None:
    """A listing whose create the marketplace has lost is not there: the step that creates it is done again."""
    listing = await existing_listing_of(context)
    if listing.state is ListingState.ACCEPTED and "create_listing" in context.results:
        await keep(context, replace(listing, state=ListingState.READY, last_sent={}))


FOLLOW = TaskKind(
    "follow", "Wait for the marketplace", follow, remote=True,
    needed=lambda context: bool(submission_of(context)),
    gather=FOLLOW_MANY, run_many=follow_many, gather_key=submission_of,
    retry=RetryPolicy(attempts=1_000, first_s=1, longest_s=900),  # of looks that failed; others wait as ``_later`` says
)  # fmt: skip
