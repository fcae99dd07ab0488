"""The system's keyring: missing, locked, forbidden, dying, slow, too small, and a real one."""

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.errors import KeyringLocked

from mmhub_desktop.credentials import PlaceKind, open_secrets
from mmhub_desktop.credentials.keyring_store import ALLOWED, KeyringSecrets, find_backend
from mmhub_desktop.credentials.vault import VaultFile
from mmhub_desktop.errors import CredentialError


class FakeKeyring:
    """A keyring in memory that can be locked, break, or hang until ``answer`` is set."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.error: Exception | None = None
        self.asked = threading.Event()
        self.answer = threading.Event()
        self.answer.set()

    def _check(self) -> None:
        self.asked.set()
        self.answer.wait(30)
        if self.error:
            raise self.error

    def get_password(self, service: str, name: str) -> str | None:
        self._check()
        return self.entries.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self._check()
        self.entries[service, name] = value

    def delete_password(self, service: str, name: str) -> None:
        self._check()
        del self.entries[service, name]


def as_system_keyring(fake: FakeKeyring) -> FakeKeyring:
    """The fake under the name of a keyring that is allowed."""
    module, _, name = "keyring.backends.SecretService.Keyring".rpartition(".")
    fake.__class__ = type(name, (FakeKeyring,), {"__module__": module, "__qualname__": name})
    return fake


@pytest.fixture
def fake() -> FakeKeyring:
    return as_system_keyring(FakeKeyring())


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The tests never touch the keyring of whoever runs them."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system always has a keyring")
async def test_without_a_keyring_a_vault_is_offered(tmp_path: Path) -> None:
    assert find_backend() is None
    secrets = await open_secrets(tmp_path)
    assert secrets.where.kind is PlaceKind.NONE
    assert "no keyring" in secrets.where.detail
    with pytest.raises(CredentialError) as caught:
        await secrets.get("a")
    assert caught.value.hint
    await secrets.unlock("a good passphrase")
    await secrets.put({"a": "1"})
    assert (await open_secrets(tmp_path)).where.kind is PlaceKind.VAULT


async def test_a_machine_nobody_sits_at_gives_the_passphrase_by_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake: FakeKeyring
) -> None:
    monkeypatch.setenv("MMHUB_VAULT_PASSPHRASE", "a good passphrase")
    await (await open_secrets(tmp_path, backend=fake)).put({"a": "1"})
    assert await (await open_secrets(tmp_path)).get("a") == "1"
    assert fake.entries == {}
    monkeypatch.setenv("MMHUB_VAULT_PASSPHRASE", "a wrong passphrase")
    with pytest.raises(CredentialError, match="not right"):
        await open_secrets(tmp_path)


async def test_a_keyring_that_works_is_used_and_left_clean(tmp_path: Path, fake: FakeKeyring) -> None:
    secrets = await open_secrets(tmp_path, backend=fake)
    assert (secrets.where.kind, secrets.where.locked) == (PlaceKind.KEYRING, False)
    assert "Secret Service" in secrets.where.label
    assert fake.entries == {}
    await secrets.put({"a": "1", "b": "2"})
    assert await secrets.get("a") == "1"
    await secrets.delete(["a", "never there"])
    assert list(fake.entries.values()) == ["2"]
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def plain_text_keyring() -> object:
    return type("PlaintextKeyring", (FakeKeyring,), {"__module__": "keyrings.alt.file"})()


@pytest.mark.parametrize("make", [keyring.backends.null.Keyring, keyring.backends.fail.Keyring, plain_text_keyring])
async def test_keyrings_that_do_not_protect_are_refused(tmp_path: Path, make: Any) -> None:
    with pytest.raises(CredentialError, match="does not protect"):
        await open_secrets(tmp_path, backend=make())


async def test_a_keyring_made_the_default_of_the_package_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    keyring.set_keyring(keyring.backends.null.Keyring())
    backend = find_backend()
    assert backend is None or f"{type(backend).__module__}.{type(backend).__qualname__}" in ALLOWED


async def test_a_locked_keyring_says_so_and_works_once_unlocked(tmp_path: Path, fake: FakeKeyring) -> None:
    fake.error = KeyringLocked("Failed to unlock the collection!")
    secrets = await open_secrets(tmp_path, backend=fake)
    assert (secrets.where.kind, secrets.where.locked) == (PlaceKind.KEYRING, True)
    with pytest.raises(CredentialError, match="locked") as caught:
        await secrets.get("a")
    assert "Unlock" in caught.value.hint
    with pytest.raises(CredentialError, match="locked"):
        await secrets.unlock()
    fake.error = None
    await secrets.unlock()
    assert not secrets.where.locked
    await secrets.put({"a": "1"})
    assert await secrets.get("a") == "1"


async def test_a_keyring_that_breaks_at_the_probe_is_not_used(tmp_path: Path, fake: FakeKeyring) -> None:
    fake.error = OSError("bus error")
    assert (await open_secrets(tmp_path, backend=fake)).where.kind is PlaceKind.NONE


async def test_a_keyring_that_goes_away_later(tmp_path: Path, fake: FakeKeyring) -> None:
    secrets = await open_secrets(tmp_path, backend=fake)
    await secrets.put({"a": "1"})
    fake.error = ConnectionResetError("daemon gone")
    for attempt in (secrets.get("a"), secrets.put({"a": "2"}), secrets.delete(["a"])):
        with pytest.raises(CredentialError, match="cannot be used") as caught:
            await attempt
        assert "ConnectionResetError" in caught.value.original
    fake.error = None
    assert await secrets.get("a") == "1"


async def test_a_prompt_nobody_answers_holds_nobody_up(tmp_path: Path, fake: FakeKeyring) -> None:
    fake.answer.clear()
    secrets = await open_secrets(tmp_path, backend=fake, probe_s=0.05, call_s=0.05)
    assert (secrets.where.kind, secrets.where.locked) == (PlaceKind.KEYRING, True)
    with pytest.raises(CredentialError, match="does not answer") as caught:
        await secrets.get("a")
    assert "window" in caught.value.hint
    threads = threading.active_count()
    with pytest.raises(CredentialError, match="does not answer"):
        await secrets.get("a")
    assert threading.active_count() == threads  # no second question while the first is open
    fake.answer.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(30)
    assert await secrets.get("a") is None
    assert not secrets.where.locked


async def test_a_write_whose_caller_was_cancelled_is_not_in_the_way(tmp_path: Path, fake: FakeKeyring) -> None:
    secrets = KeyringSecrets(fake, tmp_path / "long")
    fake.answer.clear()
    task = asyncio.create_task(secrets.put({"a": "1"}))
    await asyncio.to_thread(fake.asked.wait, 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    reading = asyncio.create_task(secrets.get("a"))
    await asyncio.sleep(0)
    fake.answer.set()
    assert await reading == "1"


async def test_long_secrets_go_to_a_vault_whose_key_is_in_the_keyring(tmp_path: Path, fake: FakeKeyring) -> None:
    path = tmp_path / "long-secrets.vault"
    secrets = KeyringSecrets(fake, path, longest=1280)
    long = "ü" * 2000
    await secrets.put({"short": "s" * 1280})
    assert not path.exists()
    await secrets.put({"t": "first"})
    await secrets.put({"t": long})
    assert await secrets.get("t") == long
    assert all(len(value) <= 1280 for value in fake.entries.values())
    again = KeyringSecrets(fake, path, longest=1280)
    assert await again.get("t") == long
    with pytest.raises(CredentialError):
        VaultFile(path).unlock("any passphrase at all")
    await again.put({"t": "short again"})
    assert await again.get("t") == "short again"
    await again.put({"t": long})
    await again.delete(["t"])
    assert await again.get("t") is None


REAL = """
import asyncio, json, os, signal, sys
from pathlib import Path
from mmhub_desktop.credentials import open_secrets
from mmhub_desktop.errors import CredentialError

async def main(what):
    secrets = await open_secrets(Path(sys.argv[2]), probe_s=20, call_s=20)
    seen = [str(secrets.where.kind), secrets.where.locked]
    try:
        if what == "use":
            await secrets.put({"account.ws.1": "a" * 5000, "ai.api_key": "schlüssel"})
            await secrets.put({"ai.api_key": "geändert"})
            seen += [await secrets.get("ai.api_key"), len(await secrets.get("account.ws.1"))]
            await secrets.delete(["ai.api_key", "never"])
            seen += [await secrets.get("ai.api_key")]
        elif what == "again":
            seen += [len(await secrets.get("account.ws.1"))]
        elif what == "gone":
            os.kill(int(os.environ["DAEMON"]), signal.SIGKILL)
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
            await secrets.get("account.ws.1")
        elif what == "locked":
            await secrets.get("account.ws.1")
    except CredentialError as error:
        seen += ["CredentialError", bool(error.hint)]
    print(json.dumps(seen))

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
def secret_service(tmp_path: Path) -> Any:
    """Runs the script above beside a real Secret Service of its own, unlocked or locked."""
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    script = tmp_path / "real.py"
    script.write_text(REAL, encoding="utf-8")
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    env = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "share"), "XDG_RUNTIME_DIR": str(run)}
    env["PYTHONPATH"] = str(Path(__file__).parents[2])
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        env.pop(name, None)

    def go(what: str, *, unlocked: bool) -> str:
        daemon = "gnome-keyring-daemon --foreground --components=secrets"
        start = f"printf %s pw | {daemon} --unlock & DAEMON=$!" if unlocked else f"{daemon} & DAEMON=$!"
        wait = "for i in $(seq 50); do [ -S $XDG_RUNTIME_DIR/keyring/control ] && break; sleep 0.1; done"
        line = f'{start}; export DAEMON; {wait}; "{sys.executable}" "{script}" {what} "{tmp_path}"; kill -9 $DAEMON; :'
        done = subprocess.run(
            ["dbus-run-session", "--", "sh", "-c", line],
            env=env, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.stdout, done.stderr
        return done.stdout.strip().splitlines()[-1]

    return go


def test_a_real_secret_service(secret_service: Any) -> None:
    assert secret_service("use", unlocked=True) == '["keyring", false, "ge\\u00e4ndert", 5000, null]'
    assert secret_service("again", unlocked=True) == '["keyring", false, 5000]'
    assert secret_service("gone", unlocked=True) == '["keyring", false, "CredentialError", true]'


def test_a_real_secret_service_that_is_locked(secret_service: Any) -> None:
    secret_service("use", unlocked=True)
    assert secret_service("locked", unlocked=False) == '["keyring", true, "CredentialError", true]'
