"""The encrypted vault: secrets in one file, for machines without a keyring.

The file is a header line (JSON: key derivation, salt, check, nonce) and AES-256-GCM ciphertext with that line as
associated data. The key comes from a passphrase by Argon2id, or is given (the part of a keyring that is too
small for long secrets). Every write is a new nonce and a whole new file, put in place at once.
"""

import asyncio
import base64
import contextlib
import errno
import hmac
import json
import os
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from mmhub_desktop.credentials.base import PlaceKind, Secrets, SecretsPlace
from mmhub_desktop.errors import CredentialError, UserMistake
from mmhub_desktop.log import redact
from mmhub_desktop.paths import replace_file

FORMAT = "mmhub-vault-1"
ARGON2 = {"t": 3, "m": 65536, "p": 4}  # passes, KiB, lanes: about 0.15 s
SHORTEST_PASSPHRASE = 8
OTHER_PROCESS_S = 10.0


@dataclass(frozen=True, slots=True)
class _Key:
    """The key of an open vault, and the header fields it belongs to."""

    key: bytes
    header: Mapping[str, Any]


class VaultFile:
    """One vault file. Blocking, any thread; several processes may use the same file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._key: _Key | None = None

    @property
    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    @property
    def is_open(self) -> bool:
        """Whether the key is known."""
        return self._key is not None

    def create(self, passphrase: str) -> None:
        """Make an empty vault. UserMistake for a passphrase that is too short; never replaces a file."""
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise UserMistake(
                f"The passphrase needs at least {SHORTEST_PASSPHRASE} characters.", hint="A few words in a row do well."
            )
        header: dict[str, Any] = {"format": FORMAT, "kdf": "argon2id", **ARGON2, "salt": _b64(os.urandom(16))}
        key, check = _derive(passphrase, header)
        self._begin(_Key(key, header | {"check": _b64(check)}))

    def unlock(self, passphrase: str) -> None:
        """Open the vault. CredentialError when the passphrase is wrong or the file damaged."""
        header = self._read_file()[0]
        if header["kdf"] != "argon2id":
            raise self._damaged()
        key, check = _derive(passphrase, header)
        if not hmac.compare_digest(check, _unb64(header["check"])):
            raise CredentialError(
                "The passphrase of the vault is not right.",
                hint="Check the Caps Lock key and the keyboard language. A lost passphrase cannot be recovered: "
                f"then delete “{self.path}” and connect the accounts again.",
            )
        opened = _Key(key, {name: header[name] for name in header if name != "nonce"})
        self._decrypt(opened)
        self._key = opened

    def open_with_key(self, key: bytes) -> None:
        """Open the vault, made if it is not there, with a random key of 32 bytes that is kept elsewhere."""
        opened = _Key(key, {"format": FORMAT, "kdf": "none"})
        if not self.exists:
            self._begin(opened)
        self._decrypt(opened)
        self._key = opened

    def read(self) -> dict[str, str]:
        """All secrets. CredentialError when locked or damaged."""
        return self._decrypt(self._opened())

    def change(self, changes: Mapping[str, str | None]) -> None:
        """Add, replace or (None) remove secrets, all or none; on disk when this returns."""
        opened = self._opened()
        with self._alone():
            values: dict[str, str | None] = {**self._decrypt(opened), **changes}
            self._write(opened, {name: value for name, value in values.items() if value is not None})

    def _opened(self) -> _Key:
        if self._key is None:
            raise CredentialError("The vault is locked.", hint="Unlock it with its passphrase.")
        return self._key

    def _begin(self, opened: _Key) -> None:
        with self._alone():
            if self.exists:
                raise CredentialError(
                    f"There is a vault already: “{self.path}”.", hint="Unlock it with its passphrase."
                )
            self._write(opened, {})
        self._key = opened

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from writing meanwhile."""
        lock = FileLock(self.path.with_name(self.path.name + ".lock"), timeout=OTHER_PROCESS_S)
        try:
            lock.acquire()
        except Timeout as error:
            raise CredentialError(
                "The vault is in use by another program.", hint="Wait a moment and try again."
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            lock.release()

    def _read_file(self) -> tuple[dict[str, Any], bytes, bytes]:
        """The header, its bytes, and the ciphertext."""
        try:
            line, _, sealed = self.path.read_bytes().partition(b"\n")
        except OSError as error:
            raise CredentialError(
                f"The vault “{self.path}” cannot be read.",
                hint="Check that the file is there and belongs to you.",
                original=str(error),
            ) from error
        try:
            header = json.loads(line)
            if header["format"] != FORMAT or header["kdf"] not in ("argon2id", "none"):
                raise ValueError(header["format"])
            _unb64(header["nonce"])
            if header["kdf"] == "argon2id":
                _unb64(header["salt"]), _unb64(header["check"])
                # a file that asks for terabytes of memory is no vault of ours
                if not (1 <= header["t"] <= 20 and 8 <= header["m"] <= 1 << 20 and 1 <= header["p"] <= 16):
                    raise ValueError("key derivation")
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged() from error
        return header, line, sealed

    def _decrypt(self, opened: _Key) -> dict[str, str]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        header, line, sealed = self._read_file()
        if header.get("salt") != opened.header.get("salt"):
            self._key = None
            raise CredentialError("The vault was replaced by another one.", hint="Unlock it with its passphrase.")
        try:
            plain = AESGCM(opened.key).decrypt(_unb64(header["nonce"]), sealed, line)
            values: dict[str, str] = json.loads(plain)
        except (InvalidTag, ValueError) as error:
            raise self._damaged() from error
        return values

    def _write(self, opened: _Key, values: Mapping[str, str]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(12)
        line = json.dumps({**opened.header, "nonce": _b64(nonce)}).encode()
        sealed = AESGCM(opened.key).encrypt(nonce, json.dumps(values).encode(), line)
        try:
            replace_file(self.path, line + b"\n" + sealed, mode=0o600)
        except OSError as error:
            raise self._unwritable(error) from error

    def _damaged(self) -> CredentialError:
        return CredentialError(
            f"The vault “{self.path}” is damaged.",
            hint="Put back a copy of the file, or delete it and connect the accounts again.",
        )

    def _unwritable(self, error: OSError) -> CredentialError:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return CredentialError(
            "The secret could not be saved: the disk is full."
            if full
            else f"The vault “{self.path}” cannot be written.",
            hint="Free some disk space and try again. What was saved before is still there."
            if full
            else "Check the permissions of its folder and try again. What was saved before is still there.",
            original=str(error),
        )


class VaultSecrets(Secrets):
    """Secrets in a vault with a passphrase: kind NONE before it is made, locked before it is opened."""

    def __init__(self, path: Path, why: str = "") -> None:
        self._file = VaultFile(path)
        self._why = why

    @property
    def where(self) -> SecretsPlace:
        """The vault's file and state."""
        if not self._file.is_open and not self._file.exists:
            detail = f"{self._why} Choose a passphrase to keep secrets in an encrypted file.".strip()
            return SecretsPlace(PlaceKind.NONE, "Nowhere yet", detail, locked=True)
        return SecretsPlace(PlaceKind.VAULT, "Encrypted vault", str(self._file.path), locked=not self._file.is_open)

    async def unlock(self, passphrase: str = "") -> None:
        """Open the vault, or make it where there is none. CredentialError, UserMistake."""
        redact(passphrase)
        passphrase = unicodedata.normalize("NFKC", passphrase)
        redact(passphrase)
        await asyncio.to_thread(self._file.unlock if self._file.exists else self._file.create, passphrase)

    async def _get(self, name: str) -> str | None:
        return (await asyncio.to_thread(self._file.read)).get(name)

    async def _put(self, values: Mapping[str, str]) -> None:
        await asyncio.to_thread(self._file.change, values)

    async def _delete(self, names: tuple[str, ...]) -> None:
        await asyncio.to_thread(self._file.change, dict.fromkeys(names))


def new_key() -> bytes:
    """A random key for ``VaultFile.open_with_key``."""
    return os.urandom(32)


def _derive(passphrase: str, header: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """The key, and a check value that tells a wrong passphrase from a damaged file."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    derivation = Argon2id(
        salt=_unb64(header["salt"]), length=48, iterations=header["t"], lanes=header["p"], memory_cost=header["m"]
    )
    derived = derivation.derive(passphrase.encode())
    return derived[:32], derived[32:]


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
