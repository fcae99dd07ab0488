"""Signing in from the command line where the browser comes back to a port of this computer."""

import asyncio
import io
import socket

import httpx
from rich.console import Console

from mmhub_desktop.cli.accounts import _catch_redirect
from mmhub_desktop.cli.face import Face
from mmhub_desktop.marketplaces.base import ConsentPage


class Listening(io.StringIO):
    """What is printed; ``spoken`` is set by the first words."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken = asyncio.Event()

    def write(self, text: str) -> int:
        """Print."""
        self.spoken.set()
        return super().write(text)


def face(to: Listening) -> Face:
    """A terminal that prints there."""
    return Face(False, None, Console(file=io.StringIO()), Console(file=to))


async def test_the_address_is_caught_without_pasting() -> None:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    page = ConsentPage("https://shop.example/agree", {"redirect_uri": f"http://localhost:{port}/back", "state": "s"})
    said = Listening()
    waiting = asyncio.create_task(_catch_redirect(face(said), page))
    await said.spoken.wait()
    async with httpx.AsyncClient() as browser:
        await browser.get(f"http://127.0.0.1:{port}/back?code=c&state=s")
    assert await waiting == f"http://localhost:{port}/back?code=c&state=s"


async def test_what_cannot_be_caught_is_asked_for() -> None:
    said = Listening()
    assert (
        await _catch_redirect(face(said), ConsentPage("https://a.example", {"redirect_uri": "https://b.example"})) == ""
    )
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        redirect = f"http://127.0.0.1:{other.getsockname()[1]}/back"
        assert await _catch_redirect(face(said), ConsentPage("https://a.example", {"redirect_uri": redirect})) == ""
    assert "Another program uses the port" in said.getvalue()
