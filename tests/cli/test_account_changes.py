"""mmhub accounts set: what is changed is tested at once, since it may change who we are there."""

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
