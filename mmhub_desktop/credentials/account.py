"""The secrets of one account, kept together so that they change together."""

import asyncio
import json
from collections.abc import Mapping

from mmhub_desktop.credentials.base import Secrets
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.errors import CredentialError
from mmhub_desktop.log import redact


class AccountSecrets:
    """All secrets of one account as one value of a ``Secrets``, named by workspace and account.

    Make one for each account and keep it: changes that could not be saved (a refresh token that the marketplace
    has already rotated) stay here, and each later ``load`` or ``save`` first tries to save them again.
    """

    def __init__(self, secrets: Secrets, workspace: str, account_id: AccountId) -> None:
        self.name = f"account.{workspace}.{account_id}"
        self._secrets = secrets
        self._unsaved: dict[str, str] = {}
        self._turn = asyncio.Lock()  # reading, changing and writing is one step

    async def load(self) -> Mapping[str, str]:
        """All secrets of the account. CredentialError when they cannot be read, or earlier ones not saved."""
        async with self._turn:
            if self._unsaved:
                return await self._save()
            return await self._read()

    async def save(self, changes: Mapping[str, str]) -> None:
        """Add or replace secrets, all or none, durable when this returns. CredentialError when that fails."""
        redact(*changes.values())
        async with self._turn:
            self._unsaved |= changes
            await self._save()

    async def remove(self) -> None:
        """Forget all secrets of the account."""
        async with self._turn:
            self._unsaved.clear()
            await self._secrets.delete([self.name])

    async def _save(self) -> dict[str, str]:
        values = await self._read() | self._unsaved
        await self._secrets.put({self.name: json.dumps(values, ensure_ascii=False)})
        self._unsaved.clear()
        return values

    async def _read(self) -> dict[str, str]:
        kept = await self._secrets.get(self.name)
        try:
            values = json.loads(kept) if kept else {}
        except ValueError:
            values = None
        if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
            raise CredentialError(
                f"The secrets of this account in “{self._secrets.where.label}” cannot be read.",
                hint="Remove the account and connect it again.",
            )
        redact(*values.values())
        return values
