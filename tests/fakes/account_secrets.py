"""Secrets of one account in memory, remembering what was saved when."""

from collections.abc import Mapping

from mmhub_desktop.errors import CredentialError


class MemorySecrets:
    """A SecretStore for tests; ``log`` may be shared with whoever else takes part in an order of events."""

    def __init__(self, first: Mapping[str, str] | None = None, log: list[tuple[str, str]] | None = None) -> None:
        self.values = dict(first or {})
        self.saves: list[dict[str, str]] = []
        self.log = [] if log is None else log
        self.broken = False

    async def load(self) -> Mapping[str, str]:
        """All secrets."""
        return dict(self.values)

    async def save(self, changes: Mapping[str, str]) -> None:
        """Keep them, or fail as a locked keyring does."""
        if self.broken:
            raise CredentialError("The keyring is locked.")
        self.values.update(changes)
        self.saves.append(dict(changes))
        self.log.append(("saved", changes.get("access_token", "")))
