"""mmhub accounts set: what is changed is tested at once, since it may change who we are there."""

import pytest

from mmhub_desktop.credentials import PASSPHRASE_VARIABLE
from tests.cli.test_commands import Terminal, terminal

__all__ = ["terminal"]


def test_a_choice_is_kept_and_the_connection_tested(terminal: Terminal) -> None:
    terminal.json("accounts", "add", "amazon", "--practice", "--label", "Amazon")
    offered = terminal.json("accounts", "choices", "Amazon", "marketplace_id")
    other = next(value for _, value, _, chosen in offered if not chosen)
    changed = terminal.json("accounts", "set", "Amazon", f"marketplace_id={other}")
    assert changed["settings"]["marketplace_id"] == other
    assert changed["identity"]["marketplace_id"] == other  # without the test Amazon would refuse to list
    assert terminal.run("accounts", "set", "Amazon", "nothing=1")[0] == 2


def test_a_change_that_breaks_the_connection_is_kept_and_said(terminal: Terminal) -> None:
    terminal.json("accounts", "add", "amazon", "--practice", "--label", "Amazon")
    code, _ = terminal.run("accounts", "set", "Amazon", "seller_id=AWRONGSELLER")
    assert code != 0
    assert "is changed, but the test of the connection failed" in terminal.err
    assert terminal.json("accounts", "set", "Amazon")["seller_id"] == "AWRONGSELLER"


def test_keys_that_look_wrong_are_named_when_an_account_is_added(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "four words in a row")
    monkeypatch.setattr("click.prompt", lambda *_, **__: "half-a-key")  # there is no terminal to type at
    given = ("--set", "client_key=“too-short”", "--set", "site=de", "--set", "handling_time=2")
    code, _ = terminal.run("accounts", "add", "kaufland", "--label", "Kaufland", *given)
    assert code == 0, terminal.err
    assert "Client key: A client key has 32 characters" in terminal.err
    assert "Secret key: A secret key has 64 characters" in terminal.err
    assert "half-a-key" not in terminal.err
    assert terminal.json("accounts", "set", "Kaufland")["client_key"] == "too-short"
