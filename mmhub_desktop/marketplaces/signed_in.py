"""Adapters of marketplaces that sign in by tokens: when access ends, and renewing it in time."""

from datetime import datetime

from mmhub_desktop.marketplaces.base import Adapter
from mmhub_desktop.marketplaces.oauth import TokenSource


class SignedInAdapter(Adapter):
    """An adapter whose calls carry a token of ``_tokens``, which its constructor makes."""

    _tokens: TokenSource

    async def token_expires_at(self) -> datetime | None:
        """When the present access token ends (UTC)."""
        return await self._tokens.expires_at()

    async def keep_signed_in(self) -> datetime | None:
        """Renew the access token in the last part of its life, without a call that needs it."""
        return await self._tokens.renew_early()

    async def renewal_due(self) -> bool:
        """Whether the last part of the access token's life has begun."""
        return await self._tokens.renewal_due()

    async def renew_sign_in(self) -> datetime | None:
        """Renew the access token now."""
        return await self._tokens.renew_now()
