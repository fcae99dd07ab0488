"""Reading ahead: where a marketplace shows several listings in one call, one job reads for those that come next."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.marketplaces.base import Adapter, RemoteListing

FRESH_S = 60.0  # an answer that has waited longer for its job is not used

Others = Callable[[int], Awaitable[list[str]]]
_Key = tuple[AccountId, str]


@dataclass(slots=True)
class _Answer:
    read_at: float
    found: "asyncio.Future[RemoteListing | None]"  # None: read it yourself


class ReadAhead:
    """Answers that were read for jobs which have not come to them yet; in memory, on the loop."""

    def __init__(self) -> None:
        self._answers: dict[_Key, _Answer] = {}

    async def read(self, adapter: Adapter, at_once: int, remote_id: str, others: Others) -> RemoteListing:
        """The listing as it is now: read by an earlier call, or by this one together with ``others(how many)``.

        The errors of ``Adapter.read``.
        """
        account_id = adapter.connection.account.id
        found = await self._promised(account_id, remote_id)
        if found is None and at_once > 1:
            following = await others(at_once - 1)
            found = await self._promised(account_id, remote_id)  # while asking, another job may have begun to read it
            if found is None:
                found = await self._read_with_others(adapter, remote_id, following)
        return found or await adapter.read(remote_id)

    async def _promised(self, account_id: AccountId, remote_id: str) -> RemoteListing | None:
        answer = self._answers.pop((account_id, remote_id), None)
        if answer is None or asyncio.get_running_loop().time() - answer.read_at > FRESH_S:
            return None
        return await asyncio.shield(answer.found)

    async def _read_with_others(self, adapter: Adapter, remote_id: str, following: list[str]) -> RemoteListing | None:
        account_id, loop = adapter.connection.account.id, asyncio.get_running_loop()
        more = [each for each in following if each != remote_id]
        now = loop.time()
        self._answers = {key: kept for key, kept in self._answers.items() if now - kept.read_at <= FRESH_S}
        more = [each for each in dict.fromkeys(more) if (account_id, each) not in self._answers]
        if not more:
            return None
        promised = {each: _Answer(now, loop.create_future()) for each in more}
        self._answers.update({(account_id, each): answer for each, answer in promised.items()})
        found: dict[str, RemoteListing] = {}
        try:
            found = {one.remote_id: one for one in await adapter.read_many([remote_id, *more])}
        finally:  # also when it failed: those that wait must not wait for ever
            for each, answer in promised.items():
                answer.found.set_result(found.get(each))
        return found.get(remote_id)
