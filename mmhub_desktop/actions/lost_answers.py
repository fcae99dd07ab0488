"""How long ago a create was sent whose answer was lost: by the running clock, since the wall clock may be set."""

import asyncio
from datetime import datetime

from mmhub_desktop.domain.ids import ListingId


class SentMoments:
    """The moments at which this process sent creates; in memory, on the loop."""

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
