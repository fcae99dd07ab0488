"""One account's secrets: together, never lost, never logged."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path

import pytest

from mmhub_desktop import log
from mmhub_desktop.credentials import AccountSecrets, MemorySecrets, VaultSecrets
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.errors import CredentialError
from mmhub_desktop.marketplaces.base import SecretStore


class FullMemory(MemorySecrets):
    """A place that refuses to keep anything while ``full``."""

    full = False

    async def _put(self, values: Mapping[str, str]) -> None:
        if self.full:
            raise CredentialError("The disk is full.", hint="Free some space.")
        await super()._put(values)


async def test_changes_are_merged_and_accounts_are_apart(tmp_path: Path) -> None:
    secrets = VaultSecrets(tmp_path / "v")
    await secrets.unlock("a good passphrase")
    one: SecretStore = AccountSecrets(secrets, "ws-1", AccountId(1))
    two = AccountSecrets(secrets, "ws-2", AccountId(1))
    await asyncio.gather(one.save({"access_token": "a"}), one.save({"refresh_token": "r"}))
    await two.save({"access_token": "b"})
    await one.save({"access_token": "a2"})
    again = AccountSecrets(secrets, "ws-1", AccountId(1))
    assert await again.load() == {"access_token": "a2", "refresh_token": "r"}
    assert await two.load() == {"access_token": "b"}
    await again.remove()
    assert await again.load() == {}
    assert await two.load() == {"access_token": "b"}


async def test_a_token_that_could_not_be_saved_is_saved_the_next_time() -> None:
    secrets = FullMemory()
    account = AccountSecrets(secrets, "ws", AccountId(1))
    await account.save({"refresh_token": "old"})
    secrets.full = True
    with pytest.raises(CredentialError):
        await account.save({"refresh_token": "rotated"})
    with pytest.raises(CredentialError):  # never the old one: the marketplace has already ended it
        await account.load()
    secrets.full = False
    assert await account.load() == {"refresh_token": "rotated"}
    assert await AccountSecrets(secrets, "ws", AccountId(1)).load() == {"refresh_token": "rotated"}


@pytest.mark.parametrize("kept", ["not json", "[1]", '{"a": 1}'])
async def test_a_damaged_entry_says_what_to_do(kept: str) -> None:
    account = AccountSecrets(MemorySecrets({"account.ws.1": kept}), "ws", AccountId(1))
    with pytest.raises(CredentialError) as caught:
        await account.load()
    assert "connect it again" in caught.value.hint
    assert kept not in str(caught.value)


async def test_what_is_saved_or_loaded_never_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    stop = log.start_logging("debug")
    try:
        secrets = MemorySecrets({"account.ws.2": '{"password": "loaded-only-1"}', "ai.api_key": "plain-key-77"})
        await AccountSecrets(secrets, "ws", AccountId(1)).save({"password": "saved-only-1"})
        await AccountSecrets(secrets, "ws", AccountId(2)).load()
        await secrets.get("ai.api_key")
        logging.getLogger("mmhub.http").info("body %s", {"x": ["saved-only-1", "loaded-only-1", "plain-key-77"]})
    finally:
        stop()
    written = (log.log_folder() / log.FILE_NAME).read_text(encoding="utf-8")
    for value in ("saved-only-1", "loaded-only-1", "plain-key-77"):
        assert value not in written
        assert value not in caplog.text
    assert written.count(log.MASK) == 3
