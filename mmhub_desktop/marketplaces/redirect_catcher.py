"""Catches the redirect after consent in the browser, where its registered address is a fixed port of this computer.

A small HTTP server on 127.0.0.1 (and ::1, which browsers may try first for ``localhost``) that answers only the one
address with the right ``state``. It listens while somebody waits for it, never longer.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from html import escape
from urllib.parse import parse_qs, urlsplit

from mmhub_desktop.marketplaces.consent import ConsentPage

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
_LONGEST_LINE = 16 * 1024  # bytes; codes are a few hundred
_PATIENCE_S = 10.0
_DONE = "Back to the program", "You may close this page. MultiMarket Hub goes on by itself."
_OTHER = "Another attempt", "This page belongs to an earlier attempt to connect. Open the sign-in page again."
_NOTHING = "Nothing here", "Only the sign-in page leads here."


def can_catch(page: ConsentPage) -> bool:
    """Whether the browser is sent to a port of this computer after consent."""
    parts = urlsplit(page.remembered.get("redirect_uri", ""))
    return page.pastes and parts.scheme == "http" and parts.hostname in _HERE and _port(page) is not None


@contextlib.asynccontextmanager
async def catching(page: ConsentPage) -> AsyncIterator["asyncio.Future[str]"]:
    """Listen within; the future gets the whole address that the browser was sent to. Used on the loop.

    OSError when the port is taken by another program: then the address must be pasted.
    """
    redirect = page.remembered["redirect_uri"]
    caught: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                target = await _read_target(reader)
                path, _, query = target.partition("?")
                state = parse_qs(query).get("state", [""])[0]
                if path != (urlsplit(redirect).path or "/"):
                    status, words = "404 Not Found", _NOTHING
                elif not state or state != page.remembered.get("state"):
                    status, words = "400 Bad Request", _OTHER
                else:
                    status, words = "200 OK", _DONE
                writer.write(_reply(status, *words))
                await writer.drain()
            if status.startswith("200") and not caught.done():
                caught.set_result(f"{redirect}?{query}")
        except (OSError, ValueError, TimeoutError):
            pass  # a browser that went away, or somebody who speaks no HTTP
        finally:
            writer.close()

    port = _port(page)
    servers = [await asyncio.start_server(answer, "127.0.0.1", port, limit=_LONGEST_LINE)]
    with contextlib.suppress(OSError):  # no IPv6 here
        servers.append(await asyncio.start_server(answer, "::1", port, limit=_LONGEST_LINE))
    try:
        yield caught
    finally:
        for server in servers:
            server.close()
        caught.cancel()


async def _read_target(reader: asyncio.StreamReader) -> str:
    """The path and query of a GET; the headers are read and forgotten. ValueError for anything else."""
    method, target, _ = (await reader.readline()).decode("ascii").split(" ", 2)
    while (await reader.readline()).strip():
        pass
    if method != "GET":
        raise ValueError(method)
    return target


def _port(page: ConsentPage) -> int | None:
    try:
        return urlsplit(page.remembered.get("redirect_uri", "")).port
    except ValueError:
        return None


def _reply(status: str, title: str, text: str) -> bytes:
    body = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em;color:#222}}
@media(prefers-color-scheme:dark){{body{{background:#1b1b1b;color:#eee}}}}</style>
<h1>{escape(title)}</h1><p>{escape(text)}</p></html>""".encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
