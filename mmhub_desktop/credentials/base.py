"""What a place for secrets can do, and the one that forgets everything."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mmhub_desktop.log import redact

AI_KEY = "ai.api_key"  # the name under which the key of the AI service is kept
IMAGE_HOST_SECRET = "image_host.secret"  # noqa: S105 - the same of the image host's secret key


class PlaceKind(StrEnum):
    """The kinds of places for secrets. NONE: there is no keyring and no vault yet."""

    KEYRING = "keyring"
    VAULT = "vault"
    MEMORY = "memory"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SecretsPlace:
    """Where secrets lie, for the seller to read. ``locked``: nothing can be read before ``Secrets.unlock``."""

    kind: PlaceKind
    label: str
    detail: str = ""
    locked: bool = False


class Secrets(ABC):
    """A place for secrets, each a text under a name. Used from the loop; CredentialError when it cannot do it.

    Blocking work happens in threads. Whatever passes through is registered with the log's redactor.
    """

    @property
    @abstractmethod
    def where(self) -> SecretsPlace:
        """Where the secrets lie, and whether they can be read now."""

    async def get(self, name: str) -> str | None:
        """The secret of that name, None when there is none."""
        value = await self._get(name)
        if value is not None:
            redact(value)
        return value

    async def put(self, values: Mapping[str, str]) -> None:
        """Add or replace secrets; durable when this returns. Each single one is kept wholly or not at all."""
        redact(*values.values())
        await self._put(values)

    async def delete(self, names: Iterable[str]) -> None:
        """Remove secrets; those that are not there are no error."""
        await self._delete(tuple(names))

    @abstractmethod
    async def unlock(self, passphrase: str = "") -> None:
        """Make the place usable: open the vault (create it at kind NONE), or ask the keyring once more."""

    @abstractmethod
    async def _get(self, name: str) -> str | None: ...

    @abstractmethod
    async def _put(self, values: Mapping[str, str]) -> None: ...

    @abstractmethod
    async def _delete(self, names: tuple[str, ...]) -> None: ...


class MemorySecrets(Secrets):
    """Secrets that are gone when the program ends: for practice accounts, which have nothing to protect."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(values or {})

    @property
    def where(self) -> SecretsPlace:
        """In memory."""
        return SecretsPlace(PlaceKind.MEMORY, "Memory of this program", "Gone when the program is closed.")

    async def unlock(self, passphrase: str = "") -> None:
        """Never locked."""

    async def _get(self, name: str) -> str | None:
        return self._values.get(name)

    async def _put(self, values: Mapping[str, str]) -> None:
        self._values.update(values)

    async def _delete(self, names: tuple[str, ...]) -> None:
        for name in names:
            self._values.pop(name, None)
