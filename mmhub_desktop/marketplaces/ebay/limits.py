"""When calls come back: eBay's 429 does not say so, its analytics do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mmhub_desktop.errors import MarketplaceError, RateLimited
from mmhub_desktop.marketplaces.api import Access, Api, Reply

_ANALYTICS = "/developer/analytics/v1_beta/rate_limit/"
# how paths begin → the API's name in the analytics
_NAMES = {
    "/sell/inventory/": "inventory",
    "/sell/fulfillment/": "fulfillment",
    "/sell/account/": "account",
    "/sell/metadata/": "metadata",
    "/commerce/taxonomy/": "taxonomy",
    "/commerce/media/": "media",
}


class EbayApi(Api):
    """Calls to eBay; a refusal for too many of them carries the wait until the API's calls come back, where known."""

    program: Access | None = None
    """The application's access, which the analytics are asked with."""

    async def call(self, method: str, path: str, **options: Any) -> Reply:
        """See ``Api.call``."""
        try:
            return await super().call(method, path, **options)
        except RateLimited as error:
            if error.retry_after_s is not None or path.startswith(_ANALYTICS):
                raise
            wait_s = await self._wait_s(path)
            raise RateLimited(
                error.message, retry_after_s=wait_s, hint=error.hint, original=error.original
            ) from None  # fmt: skip

    async def _wait_s(self, path: str) -> float | None:
        """Seconds until the calls of the path's API come back; None where they are not used up, or nobody says."""
        name = next((one for begin, one in _NAMES.items() if path.startswith(begin)), "")
        if self.program is None or not name:
            return None
        try:
            told = (await super().call("GET", _ANALYTICS, access=self.program)).fields
        except MarketplaceError:
            return None
        return read_wait(told, name, self.connection.now())


def read_wait(told: Mapping[str, Any], name: str, now: datetime) -> float | None:
    """The longest wait of an API's used-up rates in the analytics' answer; its own filters are not reliable."""
    waits = []
    for api in told.get("rateLimits") or ():
        if not isinstance(api, Mapping) or str(api.get("apiName")).casefold() != name:
            continue
        for resource in api.get("resources") or ():
            used_up = [_time(rate.get("reset")) for rate in resource.get("rates") or () if rate.get("remaining") == 0]
            waits += [(reset - now).total_seconds() for reset in used_up if reset is not None]
    return max([wait for wait in waits if wait > 0], default=None)


def _time(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None
