"""Webhooks on the command line, with a receiver on 127.0.0.1."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmhub_desktop.cli import main
from mmhub_desktop.settings import WEBHOOKS_ALLOW_LOCAL_NETWORK, Settings
from tests.fakes.receiver import Receiver, open_receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on a loop of its own, since each command runs one too."""
    ready, found = threading.Event(), []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with open_receiver() as opened:
            found.append(opened)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="receiver")
    thread.start()
    ready.wait(10)
    yield found[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


class Terminal:
    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self._capsys, self.err = path, capsys, ""

    def json(self, *words: str, code: int = 0) -> object:
        got = main(["--workspace", str(self.path), "--json", "webhooks", *words])
        printed = self._capsys.readouterr()
        self.err = printed.err
        assert got == code, self.err
        return json.loads(printed.out) if printed.out else None


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("MMHUB_VAULT_PASSPHRASE", "four words in a row")
    Settings().set(WEBHOOKS_ALLOW_LOCAL_NETWORK, True)
    return Terminal(tmp_path / "shop.mmhub", capsys)


def test_a_webhook_from_adding_to_removing(terminal: Terminal, receiver: Receiver) -> None:
    added = terminal.json("add", receiver.url, "--event", "product.imported")
    assert isinstance(added, dict)
    assert added["secret"].startswith("whsec_")
    assert added["webhook"]["event_types"] == ["product.imported"]
    tested = terminal.json("test", "1")
    assert isinstance(tested, dict)
    assert (tested["state"], tested["log"][0]["status"]) == ("delivered", 200)
    receiver.answers = [500]
    terminal.json("test", "1", code=7)
    log = terminal.json("log", "1")
    assert isinstance(log, list)
    assert [each["state"] for each in log] == ["failed", "delivered"]
    again = terminal.json("redeliver", str(log[0]["id"]))
    assert isinstance(again, dict)
    assert (again["state"], len(again["log"])) == ("delivered", 2)
    assert receiver.deliveries[1].headers["webhook-id"] == receiver.deliveries[2].headers["webhook-id"]
    paused = terminal.json("pause", "1")
    assert isinstance(paused, dict)
    assert paused["paused"] is True
    terminal.json("resume", "1")
    terminal.json("remove", "1", "--yes")
    assert terminal.json("list") == []


def test_what_there_is_can_be_listed_and_what_there_is_not_is_refused(terminal: Terminal) -> None:
    offered = terminal.json("list", "--events")
    assert isinstance(offered, list)
    names = {kind["name"] for kind in offered}
    assert "product.published" in names
    assert "order.received" not in names
    terminal.json("add", "https://shop.example", "--event", "order.received", code=2)
    assert "does not come in this version" in terminal.err
    terminal.json("test", "9", code=2)
    assert "no webhook 9" in terminal.err
