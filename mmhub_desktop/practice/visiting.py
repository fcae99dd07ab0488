"""A visit to a practice marketplace as a buyer: its shelves, one listing, a purchase. Speaks to 127.0.0.1."""

from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import aiohttp

from mmhub_desktop.errors import UserMistake
from mmhub_desktop.practice.buyer import Entry, Showcase

_LARGEST_PICTURE = 20 * 1024 * 1024


class Visit:
    """One visit, an async context manager on the loop. UserMistake where the marketplace refuses or is away."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def entries(self) -> Sequence[Entry]:
        """Every listing in a few words, in order of creation."""
        return [Entry(**one) for one in await self._ask("GET", "items")]

    async def showcase(self, listing_id: str) -> Showcase:
        """One listing with everything a buyer sees."""
        told = await self._ask("GET", f"showcases/{quote(listing_id, safe='')}")
        facts = [(name, value) for name, value in told["facts"]]
        return replace(Showcase(**{**told, "entry": Entry(**told["entry"])}), facts=facts)

    async def buy(self, listing_id: str, quantity: int) -> str:
        """Buy so many; the order's id at the marketplace."""
        order = await self._ask("POST", f"sell/{quote(listing_id, safe='')}", {"quantity": quantity})
        return str(order["order_id"])

    async def picture(self, address: str) -> bytes | None:
        """A picture that lies at the marketplace itself; None for one that lies elsewhere, or is not there."""
        address = f"{self._base_url}{address}" if address.startswith("/") else address
        if self._session is None or not address.startswith(f"{self._base_url}/"):
            return None
        try:
            async with self._session.get(address) as answer:
                return await answer.content.read(_LARGEST_PICTURE) if answer.status == 200 else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def _ask(self, method: str, path: str, body: Any = None) -> Any:
        if self._session is None:
            raise RuntimeError("the visit has not begun")
        try:
            async with self._session.request(method, f"{self._base_url}/_practice/{path}", json=body) as answer:
                told = await answer.json(content_type=None)
                if answer.status == 200:
                    return told
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise UserMistake("The practice marketplace does not answer.", hint="Open the page again.") from error
        said = str(told.get("message", "")) if isinstance(told, dict) else ""
        raise UserMistake(
            f"The practice marketplace says: {said or answer.status}.", hint="Look at the listing's state."
        )
