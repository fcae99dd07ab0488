"""mmhub accounts renew: new access now, as a job that stays on record."""

from tests.cli.test_commands import Terminal, terminal

__all__ = ["terminal"]


def test_access_is_renewed_and_the_job_is_on_record(terminal: Terminal) -> None:
    terminal.json("accounts", "add", "mercadolibre", "--practice", "--label", "Tienda")
    before = terminal.json("accounts", "list")[0]["token_expires_at"]
    ran = terminal.json("accounts", "renew", "Tienda")
    assert (ran["title"], ran["completed"]) == ("Renew sign-in on Tienda", 1)
    assert terminal.json("accounts", "list")[0]["token_expires_at"] > before
    assert [batch["action"] for batch in terminal.json("jobs", "list")] == ["renew_sign_in"]
    assert terminal.run("accounts", "renew", "Nobody")[0] == 2
