"""The encrypted vault: what is in the file, who can read it, and what a failure leaves behind."""

import asyncio
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmhub_desktop.credentials import PlaceKind, VaultSecrets
from mmhub_desktop.credentials.vault import VaultFile
from mmhub_desktop.errors import CredentialError, UserMistake

PASSPHRASE = "Käse und Brot"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secrets.vault"


@pytest.fixture
def vault(path: Path) -> VaultFile:
    vault = VaultFile(path)
    vault.create(PASSPHRASE)
    vault.change({"token": "s3cret-token", "other": "x"})
    return vault


async def test_from_nowhere_to_open_to_locked_to_open(path: Path) -> None:
    secrets = VaultSecrets(path, "No keyring here.")
    assert (secrets.where.kind, secrets.where.locked) == (PlaceKind.NONE, True)
    assert "No keyring here" in secrets.where.detail
    with pytest.raises(CredentialError, match="locked"):
        await secrets.put({"a": "1"})
    await secrets.unlock(PASSPHRASE)
    assert (secrets.where.kind, secrets.where.locked) == (PlaceKind.VAULT, False)
    await secrets.put({"a": "1", "b": "2"})
    await secrets.delete(["b", "never there"])

    again = VaultSecrets(path)
    assert (again.where.kind, again.where.locked) == (PlaceKind.VAULT, True)
    with pytest.raises(CredentialError, match="locked"):
        await again.get("a")
    await again.unlock("Ka\u0308se und Brot")  # the same letters, composed differently by another keyboard
    assert [await again.get(name) for name in ("a", "b")] == ["1", None]


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_the_file_is_private_and_shows_nothing(vault: VaultFile, path: Path) -> None:
    raw = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"s3cret" not in raw
    assert b"token" not in raw
    header = json.loads(raw.partition(b"\n")[0])
    assert (header["kdf"], header["t"], header["m"], header["p"]) == ("argon2id", 3, 65536, 4)


def test_the_same_content_never_looks_the_same(vault: VaultFile, path: Path) -> None:
    first = path.read_bytes()
    vault.change({"token": "s3cret-token"})
    second = path.read_bytes()
    assert first.partition(b"\n")[2] != second.partition(b"\n")[2]


def test_a_wrong_passphrase_is_told_from_damage(vault: VaultFile, path: Path) -> None:
    with pytest.raises(CredentialError, match="not right") as caught:
        VaultFile(path).unlock("something else")
    assert "something else" not in str(caught.value)
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(CredentialError, match="damaged"):
        VaultFile(path).unlock(PASSPHRASE)
    with pytest.raises(CredentialError, match="damaged"):
        vault.read()


@pytest.mark.parametrize(
    "change",
    [{"t": 2}, {"nonce": "AAAAAAAAAAAAAAAA"}, {"m": 1 << 40}, {"format": "other"}, {"salt": "!!"}, {"kdf": "none"},
     {"extra": 1}, {"check": None}],
)  # fmt: skip
def test_a_changed_header_is_refused(vault: VaultFile, path: Path, change: dict[str, object]) -> None:
    line, _, sealed = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps(json.loads(line) | change).encode() + b"\n" + sealed)
    with pytest.raises(CredentialError):
        VaultFile(path).unlock(PASSPHRASE)


@pytest.mark.parametrize("raw", [b"", b"\n", b"{}\n", b"not json\nxx", b"\xff\xfe\x00"])
def test_a_file_that_is_no_vault_is_refused(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    with pytest.raises(CredentialError, match="damaged"):
        VaultFile(path).unlock(PASSPHRASE)
    assert path.read_bytes() == raw


def test_a_short_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(UserMistake, match="8 characters"):
        VaultFile(path).create("short")
    assert not path.exists()


def test_a_vault_is_never_made_over_another(vault: VaultFile, path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(CredentialError, match="already"):
        VaultFile(path).create("a new passphrase")
    assert path.read_bytes() == before


def test_a_full_disk_keeps_what_was_there(vault: VaultFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(CredentialError, match="disk is full") as caught:
            vault.change({"token": "new"})
        assert "Free some disk space" in caught.value.hint
    assert vault.read() == {"token": "s3cret-token", "other": "x"}
    vault.change({"token": "new"})
    assert vault.read()["token"] == "new"


@pytest.mark.skipif(os.name != "posix", reason="/dev/full is Linux")
def test_a_crash_before_the_replacement_leaves_the_old_file(vault: VaultFile, path: Path) -> None:
    code = f"""
import os
from pathlib import Path
from mmhub_desktop.credentials.vault import VaultFile
vault = VaultFile(Path({str(path)!r}))
vault.unlock({PASSPHRASE!r})
Path.replace = lambda *_: os._exit(9)   # killed between the write and the rename
vault.change({{"token": "never"}})
"""
    done = subprocess.run([sys.executable, "-c", code], timeout=60, check=False)
    assert done.returncode == 9
    assert len(list(path.parent.glob(".secrets.vault.*.new"))) == 1  # the unfinished one, encrypted too
    again = VaultFile(path)
    again.unlock(PASSPHRASE)
    assert again.read()["token"] == "s3cret-token"
    again.change({"token": "next"})
    assert again.read()["token"] == "next"


def test_two_programs_do_not_lose_each_others_changes(vault: VaultFile, path: Path) -> None:
    other = VaultFile(path)
    other.unlock(PASSPHRASE)
    vault.change({"mine": "1"})
    other.change({"theirs": "2"})
    assert vault.read().items() >= {"mine": "1", "theirs": "2"}.items()


def test_a_vault_put_in_its_place_is_noticed(vault: VaultFile, path: Path) -> None:
    path.unlink()
    VaultFile(path).create("another passphrase")
    with pytest.raises(CredentialError, match="replaced"):
        vault.change({"token": "x"})
    assert not vault.is_open


async def test_many_changes_at_once_are_all_kept(path: Path) -> None:
    secrets = VaultSecrets(path)
    await secrets.unlock(PASSPHRASE)
    await asyncio.gather(*(secrets.put({f"k{n}": str(n)}) for n in range(20)))
    assert [await secrets.get(f"k{n}") for n in range(20)] == [str(n) for n in range(20)]
