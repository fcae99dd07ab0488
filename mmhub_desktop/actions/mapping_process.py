"""Mapping many drafts in a process of its own, less urgent than the window, so that its interpreter is left alone."""

import asyncio
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces import mapping_work
from mmhub_desktop.marketplaces.base import CategoryRules, ListingDraft

LESS_URGENT = 10  # by how much its priority lies below ours, on the systems' scale of 20
MOST_HELD = 24  # categories whose rules it holds at once: some are megabytes


class MappingProcess:
    """Maps for one account; started by the first ``map``, ended by ``close``. For the loop.

    What an adapter raises is raised here; ``concurrent.futures.BrokenExecutor`` when the process vanished.
    """

    def __init__(self, account: Account) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(
            1, mp_context=context, initializer=mapping_work.begin, initargs=(account, LESS_URGENT)
        )
        self._held: dict[str, None] = {}

    async def map(self, drafts: Sequence[tuple[ListingDraft, CategoryRules]]) -> list[tuple[Finding, ...]]:
        """The findings of each draft, in their order. A category's rules are handed over once."""
        fresh = {rules.id: rules for _, rules in drafts if rules.id not in self._held}
        self._held.update(dict.fromkeys(fresh))
        pairs = [(draft, rules.id) for draft, rules in drafts]
        future = await asyncio.to_thread(self._pool.submit, mapping_work.map_drafts, fresh, pairs)
        found = await asyncio.wrap_future(future)
        if len(self._held) > MOST_HELD:
            self._held.clear()
            await asyncio.wrap_future(await asyncio.to_thread(self._pool.submit, mapping_work.forget))
        return found

    async def close(self) -> None:
        """End the process; what it was asked for and did not do is left."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)
