"""Previews of a workspace: built beside the jobs, kept on disk, and submitted as they were shown.

Building reads what it must (categories, listings as they are now) at the pace of each account, some listings of an
account at once, and keeps its lines in pieces, so that memory does not grow with their number.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from mmhub_desktop.actions.categories import drop_old_proposals
from mmhub_desktop.actions.composing import offer
from mmhub_desktop.actions.listing_state import is_complete
from mmhub_desktop.actions.parts import Parts
from mmhub_desktop.actions.preview_lines import EXPLAIN, Asked, failed, gone
from mmhub_desktop.domain.ids import AccountId, BatchId, PreviewId, ProductId
from mmhub_desktop.domain.job import Priority, WorkRequest
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.preview import Preview, PreviewDetail, PreviewState
from mmhub_desktop.errors import MarketplaceError, RateLimited, Unsupported, UserMistake
from mmhub_desktop.events import PreviewProgressed
from mmhub_desktop.jobs.action import Action
from mmhub_desktop.marketplaces.base import Adapter, RemoteListing

PIECE = 100  # products of an account that are looked at before their lines are kept
AT_ONCE = 4  # listings of one account worked on at the same time, at most
PATIENCE = 5  # times that a listing waits for the account's limit
LONGEST_WAIT_S = 60.0

T = TypeVar("T")

_log = logging.getLogger("mmhub.previews")


class Previews:
    """Lives on the loop. ``parts`` as tasks have them; ``pace`` makes a coroutine's calls wait as jobs' calls do."""

    def __init__(
        self,
        parts: Parts,
        actions: Mapping[str, Action],
        submit: Callable[[WorkRequest], Awaitable[BatchId]],
        pace: Callable[[AccountId], None],
    ) -> None:
        self.store = parts.previews
        self._parts = parts
        self._actions = actions
        self._submit = submit
        self._pace = pace
        self._building: dict[PreviewId, asyncio.Task[None]] = {}

    async def start(self, request: WorkRequest) -> PreviewId:
        """Begin to build the preview of a request; ``wait`` for it, or ``cancel`` it.

        UserMistake when nothing is named, or there is nothing to preview about this action; Unsupported when an
        account's marketplace cannot do it.
        """
        if request.action not in EXPLAIN:
            raise UserMistake(f"There is no preview of “{request.action}”.", hint="It sends nothing.")
        if not request.product_ids or not request.account_ids:
            raise UserMistake("No products or no account are chosen.", hint="Choose what is to be sent, and where.")
        action = self._actions[request.action]
        for account_id in request.account_ids:
            marketplace = self._parts.marketplace(await self._parts.accounts.get(account_id))
            if action.needs - marketplace.capabilities:
                raise Unsupported(f"{marketplace.label} cannot do “{action.label}”.")
        await self.store.drop_old()
        await drop_old_proposals(self._parts)
        products, accounts = tuple(dict.fromkeys(request.product_ids)), tuple(dict.fromkeys(request.account_ids))
        preview_id = await self.store.begin(request.action, request.options, len(products) * len(accounts))
        building = asyncio.create_task(self._build(preview_id, request, products, accounts), name="build a preview")
        self._building[preview_id] = building
        building.add_done_callback(lambda ended: self._built(preview_id, ended))
        return preview_id

    def _built(self, preview_id: PreviewId, ended: "asyncio.Task[None]") -> None:
        self._building.pop(preview_id, None)
        if not ended.cancelled() and (error := ended.exception()) is not None:
            _log.info("a preview could not be built: %s", error)

    async def wait(self, preview_id: PreviewId) -> Preview:
        """The preview when its building has ended. Its own error when that failed; UserMistake when it is gone."""
        building = self._building.get(preview_id)
        if building is not None:
            await asyncio.shield(building)
        return await self.get(preview_id)

    async def get(self, preview_id: PreviewId) -> Preview:
        """The preview as far as it has come. UserMistake when it is not kept any more."""
        found = await self.store.get(preview_id)
        if found is None:
            raise UserMistake(f"There is no preview {preview_id} any more.", hint="Preview again; nothing was sent.")
        return found

    async def cancel(self, preview_id: PreviewId) -> None:
        """Stop building; what is there stays to be looked at."""
        building = self._building.get(preview_id)
        if building is not None:
            building.cancel()
            await asyncio.wait([building])

    async def stop(self) -> None:
        """Stop all building: the workspace is closed."""
        for preview_id in list(self._building):
            await self.cancel(preview_id)

    async def submit(self, preview_id: PreviewId, *, priority: int = Priority.NORMAL) -> list[BatchId]:
        """Make jobs of the lines that send something; each is held to what its line shows.

        Accounts with the same products share a batch. UserMistake when it is not whole, was sent already, or sends
        nothing.
        """
        preview = await self.get(preview_id)
        if preview.state is PreviewState.SENT:
            raise UserMistake("This preview was sent already.", hint="Preview again to send more.")
        if preview.state is not PreviewState.READY:
            raise UserMistake("This preview is not complete.", hint="Preview again and wait until it is ready.")
        groups: dict[tuple[ProductId, ...], list[AccountId]] = {}
        for account_id, products in (await self.store.to_send(preview_id)).items():
            groups.setdefault(tuple(sorted(products)), []).append(account_id)
        if not groups:
            raise UserMistake("Nothing of this preview would be sent.", hint="See the reasons in the preview.")
        await self.store.set_state(preview_id, PreviewState.SENT)
        options = {**preview.options, "preview": preview_id}
        requests = [
            WorkRequest(preview.action, products, tuple(accounts), options=options, priority=priority)
            for products, accounts in groups.items()
        ]
        return [await self._submit(request) for request in requests]

    async def _build(
        self, preview_id: PreviewId, request: WorkRequest, products: Sequence[ProductId], accounts: Sequence[AccountId]
    ) -> None:
        state = PreviewState.CANCELLED
        parts = [asyncio.create_task(self._build_for(preview_id, request, products, each)) for each in accounts]
        try:
            await asyncio.gather(*parts)
            state = PreviewState.READY
        finally:
            for part in parts:
                part.cancel()
            await asyncio.wait(parts)
            await self.store.set_state(preview_id, state)
            self._parts.bus.publish(PreviewProgressed(preview_id))

    async def _build_for(
        self, preview_id: PreviewId, request: WorkRequest, products: Sequence[ProductId], account_id: AccountId
    ) -> None:
        """All lines of one account, piece by piece."""
        self._pace(account_id)
        adapter = await self._parts.adapter(account_id)
        marketplace = self._parts.marketplace(adapter.connection.account)
        workers = asyncio.Semaphore(max(1, min(AT_ONCE, marketplace.concurrency)))
        for first in range(0, len(products), PIECE):
            some = products[first : first + PIECE]
            found = {product.id: product for product in await self._parts.products.get_many(some)}
            listings = await self._parts.listings.of_account(account_id, some)
            rules, today = await self._parts.listing_rules.of(account_id), self._parts.now().date()
            live: dict[str, RemoteListing | MarketplaceError] = {}
            to_read = [one for one in listings if _is_read(request.action, one)]
            if to_read:
                live = await self._read(adapter, to_read, max(1, marketplace.read_at_once), workers)
            asked = [
                Asked(self._parts, adapter, offer(raw, listing, rules, today).product, raw, listing, request.options,
                      live.get(listing.remote_id))
                for listing in listings if (raw := found.get(listing.product_id)) is not None
            ]  # fmt: skip
            lines = await asyncio.gather(*(self._explain(request.action, one, workers) for one in asked))
            missing = [gone(each, account_id) for each in some if each not in found]
            await self.store.keep(preview_id, [*lines, *missing])
            self._parts.bus.publish(PreviewProgressed(preview_id))

    async def _explain(self, action: str, asked: Asked, workers: asyncio.Semaphore) -> PreviewDetail:
        async with workers:
            try:
                return await patiently(lambda: EXPLAIN[action](asked))
            except MarketplaceError as error:
                return failed(asked, error)

    async def _read(
        self, adapter: Adapter, listings: Sequence[Listing], at_once: int, workers: asyncio.Semaphore
    ) -> dict[str, RemoteListing | MarketplaceError]:
        """The listings as they are at the marketplace now, or why they cannot be read; those gone are left out."""
        ids = [one.remote_id for one in listings if one.remote_id and one.state is not ListingState.ENDED]

        found: dict[str, RemoteListing | MarketplaceError] = {}

        async def read(some: Sequence[str]) -> None:
            async with workers:
                try:
                    found.update({one.remote_id: one for one in await patiently(lambda: adapter.read_many(some))})
                except MarketplaceError as error:
                    found.update(dict.fromkeys(some, error))

        await asyncio.gather(*(read(ids[first : first + at_once]) for first in range(0, len(ids), at_once)))
        return found


def _is_read(action: str, listing: Listing) -> bool:
    """Whether a line needs its listing as it is now: an update each, publishing those there: they may be sold out."""
    return action == "update" or (action == "publish" and is_complete(listing))


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Wait and ask again while the marketplace or our own limit asks for patience; in the end its RateLimited."""
    for left in reversed(range(PATIENCE)):
        try:
            return await work()
        except RateLimited as error:
            if not left:
                raise
            await asyncio.sleep(min(error.retry_after_s or 1.0, LONGEST_WAIT_S))
    raise AssertionError("unreachable")
