"""Turns the seller's request into a batch with its jobs and tasks, in one transaction."""

from dataclasses import replace

from mmhub_desktop.domain.ids import BatchId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.jobs.action import Action
from mmhub_desktop.store.job_queue import JobQueue


async def plan(store: JobQueue, request: WorkRequest, action: Action, *, now_s: float | None = None) -> BatchId:
    """Write the request: one job for each product (and account, for actions of accounts), with all its tasks.

    A job whose listing already has an open job waits for it. UserMistake when there is nothing to do it to.
    """
    if not request.product_ids:
        raise UserMistake("No products are chosen.", hint="Select the products first.")
    if action.per_account and not request.account_ids:
        raise UserMistake("No account is chosen.", hint="Choose at least one connected account.")
    if not request.title:
        request = replace(request, title=f"{action.label}: {len(request.product_ids):,}")
    return await store.create_batch(request, action, at_ms=None if now_s is None else int(now_s * 1000))
