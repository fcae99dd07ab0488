"""An adapter that maps drafts and can do nothing else: for checks that must not call anybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, cast

from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.errors import Offline
from mmhub_desktop.marketplaces.base import Adapter, Connection, Marketplace

if TYPE_CHECKING:
    import httpx


class _Nothing:
    """Stands where secrets and the network would be; whatever is asked of it is Offline."""

    async def load(self) -> Mapping[str, str]:
        """No secret is needed to map."""
        self._refuse()

    async def save(self, changes: Mapping[str, str]) -> None:  # noqa: ARG002 - the store's form
        """Nothing is kept."""
        self._refuse()

    def __getattr__(self, name: str) -> Any:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Offline("This check works without the marketplace.")


def _never() -> datetime:
    raise Offline("This check works without the marketplace.")


def mapping_adapter(marketplace: Marketplace, account: Account) -> Adapter:
    """The account's adapter for ``map`` alone; each call to the marketplace raises Offline."""
    nothing = _Nothing()
    return marketplace.adapter(Connection(account, nothing, cast("httpx.AsyncClient", nothing), _never))
