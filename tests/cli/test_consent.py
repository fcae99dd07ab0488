"""Signing in from the command line where the marketplace's own page takes the answer."""

import io
from collections.abc import Mapping
from dataclasses import replace

import pytest

from mmhub_desktop.errors import UserMistake
from mmhub_desktop.marketplaces.base import Connection, Consent, ConsentPage
from mmhub_desktop.plugins import Found
from tests.cli.test_commands import Terminal, terminal  # noqa: F401 - a fixture
from tests.fakes.feed_market import MARKETPLACE


class CodeConsent(Consent):
    """Agreed to at the second question."""

    asked = 0

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self) -> tuple[str, Mapping[str, str]]:
        """Never used here."""
        raise NotImplementedError

    async def begin(self) -> ConsentPage:
        """A page with a code."""
        return ConsentPage("https://shop.example/agree", {"device_code": "d"}, code="AB12-CD34", pastes=False)

    async def finish(self, redirect: str, remembered: Mapping[str, str]) -> None:
        """Not yet, then yes."""
        assert (redirect, remembered) == ("", {"device_code": "d"})
        CodeConsent.asked += 1
        if CodeConsent.asked == 1:
            raise UserMistake("It has not heard yet that you agree.", hint="Agree on the page first.")


def test_a_code_is_shown_and_nothing_is_pasted(
    terminal: Terminal,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MMHUB_VAULT_PASSPHRASE", "four words in a row")
    CodeConsent.asked = 0
    codes = replace(MARKETPLACE, name="codes", label="Code Market", consent=CodeConsent)
    monkeypatch.setattr("mmhub_desktop.connections.installed_marketplaces", lambda: Found({"codes": codes}, ()))
    code, printed = terminal.run("accounts", "add", "codes", "--label", "Codes")
    assert code == 0, terminal.err
    assert "sign in with" in printed
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    code, _ = terminal.run("accounts", "consent", "Codes")
    assert code == 2
    assert "https://shop.example/agree" in terminal.err
    assert "AB12-CD34" in terminal.err
    assert "not heard yet" in terminal.err
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    code, printed = terminal.run("accounts", "consent", "Codes")
    assert code == 0, terminal.err
    assert "Signed in as Seller" in printed
