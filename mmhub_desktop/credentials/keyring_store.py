"""Secrets in the operating system's keyring.

Only the systems' own keyrings are used, by name. The ``keyring`` package's choice is never asked: a backend that
keeps secrets in plain text becomes its default merely by being installed.
"""

import asyncio
import contextlib
import os
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from mmhub_desktop.credentials.base import PlaceKind, Secrets, SecretsPlace
from mmhub_desktop.credentials.vault import VaultFile, new_key
from mmhub_desktop.errors import CredentialError
from mmhub_desktop.log import redact

T = TypeVar("T")

ALLOWED: Mapping[str, str] = {  # module.class → what the seller calls it
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
    "keyring.backends.macOS.Keyring": "macOS keychain",
    "keyring.backends.kwallet.DBusKeyring": "KDE wallet",
    "keyring.backends.SecretService.Keyring": "System keyring (Secret Service)",
}
LONGEST: Mapping[str, int] = {"keyring.backends.Windows.WinVaultKeyring": 1280}  # UTF-16 units a secret
SERVICE = "MultiMarketHub"
PROBE_S = 10.0
CALL_S = 60.0  # long enough to type the keyring's password into its prompt
_ELSEWHERE = "@vault"  # what the keyring holds for a secret that lies in the vault beside it
_VAULT_KEY = "vault.key"
_LOCKED = {"KeyringLocked", "LockedException", "PromptDismissedException", "InitError"}


def backend_name(backend: Any) -> str:
    """The module and class of a keyring backend."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def find_backend() -> Any | None:
    """The system's keyring, None when there is none that may be used. Blocks: speaks to the desktop's bus."""
    found: list[tuple[float, Any]] = []
    for name in ALLOWED:
        module, _, cls = name.rpartition(".")
        with contextlib.suppress(Exception):  # priority raises for “not on this system”, in many ways
            kind = getattr(import_module(module), cls)
            found.append((float(kind.priority), kind))
    return max(found, key=lambda pair: pair[0])[1]() if found else None


def probe(backend: Any) -> str:
    """Write, read and delete a secret: "ok", "locked", or "unusable". Blocks, perhaps until a prompt is answered."""
    name, value = f"probe.{os.getpid()}", "probe"
    try:
        backend.set_password(_service(name), name, value)
        read = backend.get_password(_service(name), name)
        backend.delete_password(_service(name), name)
    except Exception as error:  # noqa: BLE001 - each backend has errors of its own
        return "locked" if _is_locked(error) else "unusable"
    return "ok" if read == value else "unusable"


def in_thread(work: Callable[[], T]) -> "Future[T]":
    """Run blocking keyring work in a thread that does not hold the program up when it hangs for good."""
    future: Future[T] = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed to the one who waits
            future.set_exception(error)
        else:
            future.set_result(result)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return future


class KeyringSecrets(Secrets):
    """Secrets in the system's keyring, one entry each; those too long for it in a vault whose key is in it."""

    def __init__(
        self, backend: Any, overflow: Path, *, locked: bool = False, longest: int | None = None, limit_s: float = CALL_S
    ) -> None:
        self._backend = backend
        self._locked = locked
        self._limit_s = limit_s
        self._longest = LONGEST.get(backend_name(backend)) if longest is None else longest
        self._overflow = VaultFile(overflow)
        self._turn = asyncio.Lock()  # one question at a time: a locked keyring prompts once, not once per account
        self._last: Future[Any] | None = None
        self._silent = False  # the last question was given up waiting for

    @property
    def where(self) -> SecretsPlace:
        """The keyring by its name on this system."""
        label = ALLOWED.get(backend_name(self._backend), "System keyring")
        detail = "It is locked: unlock it in its own window, then try again." if self._locked else ""
        return SecretsPlace(PlaceKind.KEYRING, label, detail, locked=self._locked)

    async def unlock(self, passphrase: str = "") -> None:  # noqa: ARG002 - the keyring asks for its own
        """Ask the keyring once more; CredentialError when it stays locked."""
        answer = await self._ask(lambda: probe(self._backend))
        if answer != "ok":
            self._locked = True
            raise self._explain_locked() if answer == "locked" else self._explain_gone("")

    async def _get(self, name: str) -> str | None:
        return await self._ask(lambda: self._read(name))

    async def _put(self, values: Mapping[str, str]) -> None:
        def write() -> None:
            for name, value in values.items():
                self._write(name, value)

        await self._ask(write)

    async def _delete(self, names: tuple[str, ...]) -> None:
        def remove() -> None:
            for name in names:
                self._remove(name)

        await self._ask(remove)

    async def _ask(self, work: Callable[[], T]) -> T:
        async with self._turn:
            if self._last is not None and not self._last.done():
                if self._silent:
                    raise self._explain_silence()
                # whoever asked was cancelled meanwhile; let the keyring finish
                await asyncio.wait([asyncio.wrap_future(self._last)], timeout=self._limit_s)
            self._silent = False
            self._last = future = in_thread(work)
            try:
                result = await asyncio.wait_for(asyncio.wrap_future(future), self._limit_s)
            except TimeoutError as error:
                self._locked = self._silent = True
                raise self._explain_silence() from error
            except CredentialError:
                raise
            except Exception as error:
                if _is_locked(error):
                    self._locked = True
                    raise self._explain_locked() from error
                raise self._explain_gone(f"{type(error).__name__}: {error}") from error
            self._locked = False
            return result

    def _read(self, name: str) -> str | None:
        value: str | None = self._backend.get_password(_service(name), name)
        if value == _ELSEWHERE:
            return self._open_overflow().read().get(name)
        return value

    def _write(self, name: str, value: str) -> None:
        if self._longest is not None and len(value.encode("utf-16-le")) // 2 > self._longest:
            self._open_overflow().change({name: value})
            value = _ELSEWHERE
        if value != _ELSEWHERE or self._backend.get_password(_service(name), name) != _ELSEWHERE:
            self._backend.set_password(_service(name), name, value)
        if value != _ELSEWHERE and self._overflow.exists:
            self._open_overflow().change({name: None})

    def _remove(self, name: str) -> None:
        held = self._backend.get_password(_service(name), name)
        if held is not None:
            self._backend.delete_password(_service(name), name)
        if held == _ELSEWHERE:
            self._open_overflow().change({name: None})

    def _open_overflow(self) -> VaultFile:
        if not self._overflow.is_open or not self._overflow.exists:
            kept = self._backend.get_password(_service(_VAULT_KEY), _VAULT_KEY)
            if not kept:
                kept = b64encode(new_key()).decode()
                self._backend.set_password(_service(_VAULT_KEY), _VAULT_KEY, kept)
            redact(kept)
            self._overflow.open_with_key(b64decode(kept))
        return self._overflow

    def _explain_locked(self) -> CredentialError:
        return CredentialError(f"{self.where.label} is locked.", hint="Unlock it, then try again.")

    def _explain_silence(self) -> CredentialError:
        return CredentialError(
            f"{self.where.label} does not answer.",
            hint="Look for its window asking for a password, perhaps behind others, answer it, then try again.",
        )

    def _explain_gone(self, original: str) -> CredentialError:
        return CredentialError(
            f"{self.where.label} cannot be used at the moment.",
            hint="Sign out of the desktop and in again, then try again. Nothing was changed.",
            original=original,
        )


def _service(name: str) -> str:
    # A service for each secret: Windows moves entries that share a service to other names.
    return f"{SERVICE}/{name}"


def _is_locked(error: BaseException) -> bool:
    return any(kind.__name__ in _LOCKED for kind in type(error).__mro__)
