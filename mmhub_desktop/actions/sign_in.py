"""Keeping accounts signed in: access that ends soon is renewed before work has to wait for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from mmhub_desktop.domain.ids import AccountId, BatchId
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.errors import MmhubError, SignInNeeded
from mmhub_desktop.marketplaces.base import Adapter
from mmhub_desktop.store.accounts import AccountStore
from mmhub_desktop.store.jobs import JobStore

LOOK_EVERY_S = 60.0
LOOK_AHEAD = timedelta(minutes=35)  # accounts whose access ends later are left alone: no look into the keyring

_log = logging.getLogger("mmhub.accounts")


class SignInKeeper:
    """Looks at all accounts every minute, one after the other. Lives on the loop.

    A renewal that is due becomes a job of its own (``plan``), so that it is seen with its attempts and calls. Where
    an adapter does not tell what is due, or the account is paused so that no job runs, it is renewed here.

    ``may_ask`` leaves accounts out (practice ones that nobody has used yet); ``changed`` keeps a new end of
    access; ``refused`` hears of a dead grant, once until the account is connected again.
    """

    def __init__(
        self,
        accounts: AccountStore,
        adapter: Callable[[AccountId], Awaitable[Adapter]],
        now: Callable[[], datetime],
        may_ask: Callable[[Account], bool],
        changed: Callable[[AccountId, datetime | None], Awaitable[None]],
        refused: Callable[[AccountId, SignInNeeded], None],
        plan: Callable[[AccountId], Awaitable[BatchId]],
        jobs: JobStore,
    ) -> None:
        self._accounts = accounts
        self._adapter = adapter
        self._now = now
        self._may_ask = may_ask
        self._changed = changed
        self._refused = refused
        self._plan = plan
        self._jobs = jobs
        self._planned: dict[AccountId, BatchId] = {}
        self._dead: dict[AccountId, datetime | None] = {}  # account → when it was connected
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin looking, at once and every minute from then on; does nothing when it has begun."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="keep accounts signed in")

    async def stop(self) -> None:
        """Look no more. A renewal that has begun is carried through by the adapter."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def look(self) -> None:
        """Renew what ends soon. Trouble with the network or the keyring is left to the next look."""
        for account in await self._accounts.all():
            if not self._is_due(account):
                continue
            try:
                adapter = await self._adapter(account.id)
                if not account.paused and await adapter.renewal_due():
                    await self._plan_renewal(account.id)
                    continue
                end = await adapter.keep_signed_in()
            except SignInNeeded as error:
                self._dead[account.id] = account.connected_at
                self._refused(account.id, error)
            except MmhubError as error:
                _log.info("the access of account %d could not be renewed yet: %s", account.id, error)
            else:
                if end != account.token_expires_at:
                    await self._changed(account.id, end)

    async def _plan_renewal(self, account_id: AccountId) -> None:
        """A job for it, unless the one before still waits or runs."""
        if account_id in self._planned:
            before = await self._jobs.batches([self._planned[account_id]])
            if before and not before[0].state.is_final:
                return
        self._planned[account_id] = await self._plan(account_id)

    def _is_due(self, account: Account) -> bool:
        if account.token_expires_at is None or not self._may_ask(account):
            return False
        if account.id in self._dead and self._dead[account.id] == account.connected_at:
            return False
        return account.token_expires_at - self._now() <= LOOK_AHEAD

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:  # noqa: BLE001 - the next look must come whatever happened to this one
                _log.exception("looking after the accounts' access failed")
            await asyncio.sleep(LOOK_EVERY_S)
