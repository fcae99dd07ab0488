"""httpx's requests over aiohttp's connections: nothing is repeated, connections are used again, answers may be left."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from mmhub_desktop.marketplaces.http import open_client

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Answer = Callable[[int, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """On a raw socket: ``answer`` is given each request's number; requests and connections are counted."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.heads: list[bytes] = []
        self.connections = 0
        self.url = ""
        self.left = asyncio.Event()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                await self._answer(len(self.heads), writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.left.set()
        writer.close()


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    made = Server(answer)
    server = await asyncio.start_server(made.handle, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    client = await asyncio.to_thread(open_client)
    try:
        yield made, client
    finally:
        await client.aclose()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
async def test_a_connection_that_breaks_is_told_and_not_tried_again(method: str) -> None:
    async def answer(number: int, writer: asyncio.StreamWriter) -> None:
        if number == 1:
            writer.write(OK)  # so that the second request comes over a connection that was used before
        else:
            writer.transport.abort()

    async with serving(answer) as (server, client):
        await client.get(server.url)
        with pytest.raises(httpx.HTTPError):
            await client.request(method, server.url)
        assert len(server.heads) == 2


async def test_one_connection_carries_many_calls_and_a_closed_one_is_replaced() -> None:
    async def answer(number: int, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        if number == 3:
            await writer.drain()
            writer.close()

    async with serving(answer) as (server, client):
        for _ in range(3):
            assert (await client.get(server.url)).json() == {}
        await server.left.wait()
        assert (await client.get(server.url)).json() == {}
        assert (server.connections, len(server.heads)) == (2, 4)


async def test_an_answer_may_be_left_before_its_end() -> None:
    async def answer(_: int, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 1000)

    async with serving(answer) as (server, client):
        response = await client.send(client.build_request("GET", server.url), stream=True)
        async for part in response.aiter_bytes():
            assert part.startswith(b"x")
            break
        await response.aclose()
        await server.left.wait()  # the connection is given up, not kept for the next call


async def test_what_is_sent_is_what_httpx_made() -> None:
    async def answer(_: int, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)

    async with serving(answer) as (server, client):
        await client.post(server.url + "a%2Fb?q=x%20y&z=%C3%A9", json={"a": 1}, headers={"X-One": "1"})
        head = server.heads[0].split(b"\r\n")
        names = [line.split(b":")[0].lower() for line in head[1:] if line]
        assert head[0] == b"POST /a%2Fb?q=x%20y&z=%C3%A9 HTTP/1.1"
        assert sorted(names) == sorted(set(names))
        assert {b"host", b"content-length", b"content-type", b"accept", b"user-agent", b"x-one"} <= set(names)
        assert b"application/json" in next(line for line in head if line.lower().startswith(b"content-type"))
