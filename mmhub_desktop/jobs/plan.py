"""Turns the seller's request into a batch with its jobs and tasks, in one transaction."""

from collections.abc import Collection
from dataclasses import replace

from mmhub_desktop.domain.ids import BatchId, ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.jobs.action import Action
from mmhub_desktop.store.job_planning import AtPlan, Created
from mmhub_desktop.store.job_queue import JobQueue


async def plan(store: JobQueue, request: WorkRequest, action: Action, *, now_s: float | None = None) -> BatchId:
    """``plan_whole`` where nothing is replaced, hurried or written beside it."""
    return (await plan_whole(store, request, action, now_s=now_s)).batch_id


async def plan_whole(
    store: JobQueue,
    request: WorkRequest,
    action: Action,
    *,
    urgent: Collection[ProductId] = (),
    also: AtPlan | None = None,
    now_s: float | None = None,
) -> Created:
    """Write the request: one job for each product (and account, for actions of accounts), with all its tasks.

    A job whose listing already has an open job waits for it, or replaces it where the action says so. Jobs of the
    ``urgent`` products go first; ``also`` is written in the same transaction. UserMistake when there is nothing to do
    it to.
    """
    if not request.product_ids:
        raise UserMistake("No products are chosen.", hint="Select the products first.")
    if action.per_account and not request.account_ids:
        raise UserMistake("No account is chosen.", hint="Choose at least one connected account.")
    if not request.title:
        request = replace(request, title=f"{action.label}: {len(request.product_ids):,}")
    at_ms = None if now_s is None else int(now_s * 1000)
    return await store.create_batch(request, action, urgent=urgent, also=also, at_ms=at_ms)
