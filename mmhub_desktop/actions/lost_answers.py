"""What this process remembers of its creates, so that those whose answer was lost are found and not repeated."""

import asyncio
from datetime import datetime

from mmhub_desktop.domain.ids import AccountId, ListingId


class CreateTurns:
    """One create of an account at a time, where two could be taken for one another; in memory, on the loop."""

    def __init__(self) -> None:
        self._locks: dict[AccountId, asyncio.Lock] = {}

    def of(self, account_id: AccountId) -> asyncio.Lock:
        """The account's lock: held from the look for what was lost until the new listing's id is on disk."""
        return self._locks.setdefault(account_id, asyncio.Lock())


class SentMoments:
    """The moments at which this process sent creates: by the running clock, since the wall clock may be set.

    In memory, on the loop.
    """

    def __init__(self) -> None:
        self._moments: dict[ListingId, float] = {}

    def note(self, listing_id: ListingId) -> None:
        """A create of this listing is sent now."""
        self._moments[listing_id] = asyncio.get_running_loop().time()

    def forget(self, listing_id: ListingId) -> None:
        """Its answer came."""
        self._moments.pop(listing_id, None)

    def passed_s(self, listing_id: ListingId, sent_at: datetime, now: datetime) -> float:
        """Seconds since it was sent. ``sent_at`` (wall clock) counts only when another process sent it, and a moment
        that is still to come (the clock was set back) as now."""
        if listing_id not in self._moments:
            passed_s = (now - sent_at).total_seconds()
            if passed_s >= 0:
                return passed_s
            self.note(listing_id)
        return asyncio.get_running_loop().time() - self._moments[listing_id]
