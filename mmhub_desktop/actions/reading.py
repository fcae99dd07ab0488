"""Reading listings of several jobs in one call, where the marketplace can."""

from collections.abc import Awaitable, Callable, Sequence

from mmhub_desktop.actions.listing_state import adapter_of, listings_of
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.errors import MmhubError, Rejected, UnexpectedReply
from mmhub_desktop.jobs.action import JsonResult, Outcome, TaskContext
from mmhub_desktop.marketplaces.base import RemoteListing


async def read_together(
    contexts: Sequence[TaskContext],
    use: Callable[[TaskContext, Listing, RemoteListing], Awaitable[JsonResult]],
    alone: Callable[[TaskContext], Awaitable[JsonResult]],
) -> list[Outcome]:
    """What ``use`` makes of each listing as it is now; those that the call does not show go through ``alone``."""
    adapter = await adapter_of(contexts[0])
    listings = await listings_of(contexts)
    ids = dict.fromkeys(listing.remote_id for listing in listings if listing.remote_id)
    try:
        found = {remote.remote_id: remote for remote in await adapter.read_many(tuple(ids))}
    except (Rejected, UnexpectedReply):  # one of them spoils the answer for all
        found = {}
    outcomes: list[Outcome] = []
    for context, listing in zip(contexts, listings, strict=True):
        remote = found.get(listing.remote_id)
        try:
            outcomes.append(await (use(context, listing, remote) if remote else alone(context)))
        except MmhubError as error:
            outcomes.append(error)
    return outcomes
