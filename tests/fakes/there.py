"""The marketplace's own site: what a seller, a buyer or a moderator does there, without our program."""

from typing import Any

import httpx

from tests.fakes.shop import Shop


async def change_there(shop: Shop, remote_id: str, **changes: Any) -> None:
    """Change an item of the practice marketplace behind the program's back."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{shop.server.base_url}/_practice/items/{remote_id}", json=changes)
        assert answer.status_code == 200, answer.text
