"""The browser's way back after consent, caught on a port of this computer."""

import asyncio
import socket

import httpx
import pytest

from mmhub_desktop.marketplaces.consent import ConsentPage
from mmhub_desktop.marketplaces.redirect_catcher import can_catch, catching


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
        return port


def page(redirect: str, **more: object) -> ConsentPage:
    return ConsentPage("https://shop.example/consent", {"redirect_uri": redirect, "state": "s1"}, **more)  # type: ignore[arg-type]


async def test_only_the_registered_address_with_the_right_state_is_caught() -> None:
    port = free_port()
    here = page(f"http://localhost:{port}/oauth/redirect")
    async with catching(here) as caught, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as browser:
        assert (await browser.get("/favicon.ico")).status_code == 404
        assert (await browser.get("/oauth/redirect?code=x&state=s2")).status_code == 400
        assert (await browser.get("/oauth/redirect?code=x")).status_code == 400
        with pytest.raises(httpx.RemoteProtocolError):
            await browser.post("/oauth/redirect?code=x&state=s1")
        assert not caught.done()
        answer = await browser.get("/oauth/redirect", params={"code": "a b/c+d", "state": "s1"})
        assert answer.status_code == 200
        assert "close this page" in answer.text
        assert "no-referrer" in answer.headers["Referrer-Policy"]
        address = await caught
    assert address == f"http://localhost:{port}/oauth/redirect?code=a+b%2Fc%2Bd&state=s1"
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient() as browser:
            await browser.get(f"http://127.0.0.1:{port}/oauth/redirect")


async def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError):  # noqa: PT011 - the text is the system's own
            async with catching(page(f"http://127.0.0.1:{other.getsockname()[1]}/x")):
                pass


async def test_whoever_speaks_no_http_is_let_go() -> None:
    port = free_port()
    async with catching(page(f"http://127.0.0.1:{port}/")) as caught:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x16\x03\x01 hello\r\n\r\n")
        assert await reader.read() == b""
        writer.close()
        assert not caught.done()


def test_what_can_be_caught() -> None:
    assert can_catch(page("http://localhost:3003/oauth/redirect"))
    assert can_catch(page("http://127.0.0.1:3003"))
    assert not can_catch(page("https://shop.example/back"))
    assert not can_catch(page("http://localhost/back")), "no port of its own"
    assert not can_catch(page("http://localhost:99999/back"))
    assert not can_catch(page("http://localhost:3003/back", pastes=False))
    assert not can_catch(ConsentPage("https://shop.example/consent", {}))
