"""Mapping many drafts in a process of its own, less urgent than the window, so that its interpreter is left alone."""

import asyncio
import multiprocessing
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.errors import Finding
from mmhub_desktop.marketplaces.base import Adapter, CategoryRules, ListingDraft, installed_marketplaces
from mmhub_desktop.marketplaces.mapping_only import mapping_adapter

LESS_URGENT = 10  # by how much its priority lies below ours, on the systems' scale of 20
MOST_HELD = 24  # categories whose rules it holds at once: some are megabytes

_here: dict[str, Any] = {}  # of the process: its adapter, and the rules it was given


class MappingProcess:
    """Maps for one account; started by the first ``map``, ended by ``close``. For the loop.

    What an adapter raises is raised here; ``concurrent.futures.BrokenExecutor`` when the process vanished.
    """

    def __init__(self, account: Account) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(account,))
        self._held: dict[str, None] = {}

    async def map(self, drafts: Sequence[tuple[ListingDraft, CategoryRules]]) -> list[tuple[Finding, ...]]:
        """The findings of each draft, in their order. A category's rules are handed over once."""
        fresh = {rules.id: rules for _, rules in drafts if rules.id not in self._held}
        self._held.update(dict.fromkeys(fresh))
        pairs = [(draft, rules.id) for draft, rules in drafts]
        future = await asyncio.to_thread(self._pool.submit, _map, fresh, pairs)
        found = await asyncio.wrap_future(future)
        if len(self._held) > MOST_HELD:
            self._held.clear()
            await asyncio.wrap_future(await asyncio.to_thread(self._pool.submit, _forget))
        return found

    async def close(self) -> None:
        """End the process; what it was asked for and did not do is left."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)


def _begin(account: Account) -> None:
    if hasattr(os, "nice"):
        os.nice(LESS_URGENT)
    _here["adapter"] = mapping_adapter(installed_marketplaces().things[account.marketplace], account)
    _here["rules"] = {}


def _map(fresh: Mapping[str, CategoryRules], pairs: Sequence[tuple[ListingDraft, str]]) -> list[tuple[Finding, ...]]:
    adapter: Adapter = _here["adapter"]
    rules: dict[str, CategoryRules] = _here["rules"]
    rules.update(fresh)
    return [adapter.map(draft, rules[category_id]).findings for draft, category_id in pairs]


def _forget() -> None:
    _here["rules"].clear()
