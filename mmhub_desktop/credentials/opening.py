"""Finding the place for secrets on this machine."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

from mmhub_desktop.credentials.base import Secrets
from mmhub_desktop.credentials.keyring_store import (
    ALLOWED,
    CALL_S,
    PROBE_S,
    KeyringSecrets,
    backend_name,
    find_backend,
    in_thread,
    probe,
)
from mmhub_desktop.credentials.vault import VaultSecrets
from mmhub_desktop.errors import CredentialError
from mmhub_desktop.paths import data_folder

PASSPHRASE_VARIABLE = "MMHUB_VAULT_PASSPHRASE"  # noqa: S105 - the variable's name, not its value
VAULT_NAME = "secrets.vault"
OVERFLOW_NAME = "long-secrets.vault"

_log = logging.getLogger("mmhub.credentials")


async def open_secrets(
    folder: Path | None = None,
    *,
    passphrase: str = "",
    prefer_vault: bool = False,
    backend: Any | None = None,
    probe_s: float = PROBE_S,
    call_s: float = CALL_S,
) -> Secrets:
    """The place for secrets: where the seller has put them, else the system's keyring, else a vault to be made.

    A passphrase (or ``MMHUB_VAULT_PASSPHRASE``, for machines nobody sits at) opens or makes the vault in ``folder``
    (the data folder). A vault that exists stays in use: its secrets are nowhere else. Otherwise the keyring is
    tried in a thread by writing, reading and deleting, for at most ``probe_s`` seconds; one that is locked or
    silent is returned as locked. Look at ``where``: a locked place raises CredentialError until ``unlock``.
    CredentialError for a wrong passphrase or a ``backend`` that is not a system's own keyring.
    """
    folder = folder or data_folder()
    vault = VaultSecrets(folder / VAULT_NAME)
    passphrase = passphrase or os.environ.get(PASSPHRASE_VARIABLE, "")
    if passphrase:
        await vault.unlock(passphrase)
        return vault
    if prefer_vault or (folder / VAULT_NAME).exists():
        return vault
    if backend is not None and backend_name(backend) not in ALLOWED:
        raise CredentialError(
            f"The keyring “{backend_name(backend)}” does not protect secrets.",
            hint="Use the system's own keyring, or the encrypted vault.",
        )
    answer, found = await _try_keyring(backend, probe_s)
    if found is None or answer == "unusable":
        return VaultSecrets(folder / VAULT_NAME, "This computer has no keyring that can be used.")
    _log.info("keyring %s: %s", backend_name(found), answer)
    return KeyringSecrets(found, folder / OVERFLOW_NAME, locked=answer != "ok", limit_s=call_s)


async def _try_keyring(backend: Any | None, limit_s: float) -> tuple[str, Any | None]:
    """What the probe said, and the backend it was of; "silent" when it took too long."""
    seen: list[Any] = [] if backend is None else [backend]

    def work() -> str:
        if not seen:
            found = find_backend()
            if found is None:
                return "unusable"
            seen.append(found)
        return probe(seen[0])

    try:
        answer = await asyncio.wait_for(asyncio.wrap_future(in_thread(work)), limit_s)
    except TimeoutError:
        answer = "silent"
    return answer, seen[0] if seen else None
