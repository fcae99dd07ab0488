"""How httpx's requests reach the wire: through aiohttp's connections, at a third to half of the cost of httpx's own.

httpx goes through all of its connections for every request and reads answers with a parser in Python: 0.7 ms a call,
so that four accounts of 200 calls a second each could not be used up. Everything above still sees httpx's requests,
answers and errors.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from typing import NoReturn

import aiohttp
import httpx
from multidict import CIMultiDict
from yarl import URL

KEPT_OPEN_S = 20.0  # an idle connection
MOST_OPEN = 256  # connections; the accounts' own limits on calls at once are far below


_FAILURES = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


class Transport(httpx.AsyncBaseTransport):
    """Sends on the loop of its first request. Never repeats, follows no redirect, keeps no cookie."""

    def __init__(self, context: ssl.SSLContext, *, longest_s: float) -> None:
        self._context = context
        self._longest_s = longest_s
        self._session: aiohttp.ClientSession | None = None
        self._timeouts: dict[tuple[float | None, float | None], aiohttp.ClientTimeout] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, its body as it comes.

        Raises httpx's errors; ConnectError and ConnectTimeout when surely nothing was sent.
        """
        url = request.url.copy_with(userinfo=b"") if request.url.userinfo else request.url
        headers = CIMultiDict((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        await asyncio.sleep(0)  # the loop's turn to see that the other side has closed an idle connection
        try:
            answer = await self._opened().request(
                request.method,
                URL(str(url), encoded=True),
                data=await request.aread() or None,
                headers=headers,
                skip_auto_headers=("Content-Type",),
                allow_redirects=False,
                timeout=self._timeout(request),
                server_hostname=request.extensions.get("sni_hostname"),
            )
        except _FAILURES as error:
            _raise(error)
        return httpx.Response(answer.status, headers=answer.raw_headers, stream=_Body(answer))

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._context, limit=MOST_OPEN, keepalive_timeout=KEPT_OPEN_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
            self._session._retry_connection = False  # noqa: SLF001 - whether a call is repeated, the engine decides
        return self._session

    def _timeout(self, request: httpx.Request) -> aiohttp.ClientTimeout:
        asked = request.extensions.get("timeout", {})
        key = (asked.get("connect"), asked.get("read"))
        found = self._timeouts.get(key)
        if found is None:
            found = aiohttp.ClientTimeout(self._longest_s, sock_connect=key[0], sock_read=key[1], ceil_threshold=1e9)
            self._timeouts[key] = found
        return found


class _Body(httpx.AsyncByteStream):
    """The body of an answer. Closed before its end it costs the connection, read to its end it gives it back."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._answer.content.iter_any():
                yield part
        except _FAILURES as error:
            _raise(error)

    async def aclose(self) -> None:
        self._answer.close()


def _raise(error: Exception) -> NoReturn:
    """As httpx would say it; the words never quote the request."""
    kind = type(error).__name__
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        raise httpx.ConnectTimeout(kind) from None
    if isinstance(error, TimeoutError):
        raise httpx.ReadTimeout(kind) from None
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        raise httpx.ConnectError(kind) from error.certificate_error
    if isinstance(error, aiohttp.ClientConnectorError):
        raise httpx.ConnectError(kind) from error.os_error
    if isinstance(error, aiohttp.NonHttpUrlClientError | aiohttp.InvalidURL):
        raise httpx.UnsupportedProtocol(kind) from None
    if isinstance(error, aiohttp.ClientResponseError):
        raise httpx.RemoteProtocolError(kind) from None
    if isinstance(error, ValueError):  # a header that cannot be sent, refused before anything was
        raise httpx.LocalProtocolError(kind) from None
    raise httpx.ReadError(kind) from None
