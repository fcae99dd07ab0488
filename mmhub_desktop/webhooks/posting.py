"""One POST of one message: to a checked address, without redirects, with the answer shortened."""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from socket import gaierror
from time import perf_counter

import httpx

from mmhub_desktop.catalog.links import is_public
from mmhub_desktop.domain.webhook import Attempt
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.marketplaces.http import read_wait

LONGEST_S = 20.0  # for connecting, sending and the whole answer
LONGEST_REPLY = 2_000  # characters of an answer that are kept
_READ_BYTES = 16_000
_NO_NETWORK = frozenset({errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH, 10050, 10051, 10065})
_ANYWHERE = ("203.0.113.1", 9)  # an address that belongs to nobody; a datagram socket sends nothing on connecting


@dataclass(frozen=True, slots=True)
class Answer:
    """What a POST led to. ``offline``: this computer has no network, which is no fault of the receiver."""

    attempt: Attempt
    retry_after_s: float | None = None
    offline: bool = False


def check_url(url: str) -> str:
    """The address of a receiver, tidied; UserMistake when nothing can be sent there."""
    url = url.strip()
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise UserMistake(f"“{url[:200]}” is not a web address.", hint="Enter one that begins with https://.")
    if parsed.userinfo:
        raise UserMistake(
            "The address holds a user name or password.",
            hint="Leave them out: each message is signed, which tells the receiver that it is yours.",
        )
    return url


def has_route() -> bool:
    """Whether this computer has a way to the internet at all; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ANYWHERE)
        except OSError:
            return False
    return True


class Poster:
    """Sends messages over one shared client. ``allow_private`` is asked at each message."""

    def __init__(
        self,
        client: Callable[[], Awaitable[httpx.AsyncClient]],
        allow_private: Callable[[], bool],
        *,
        network: Callable[[], bool] = has_route,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._client = client
        self._allow_private = allow_private
        self._network = network
        self._longest_s = longest_s

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], at: float) -> Answer:
        """Send; never raises for what the other side does. ``at``: seconds since 1970, for the log."""
        began = perf_counter()
        status, reply, error, wait, offline = 0, "", "", None, False
        try:
            async with asyncio.timeout(self._longest_s):
                status, reply, wait = await self._exchange(url, body, headers)
        except _PrivateAddress as refused:
            error = str(refused)
        except TimeoutError:
            error = f"No answer within {self._longest_s:g} seconds."
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as failure:
            offline = self._is_offline(failure)
            error = "This computer has no network." if offline else _words(failure)
        if 300 <= status < 400:
            error = "The address has moved; redirects are not followed. Enter the new address."
        took = round((perf_counter() - began) * 1000)
        attempt = Attempt(datetime.fromtimestamp(at, UTC), took, url, status, reply, error)
        return Answer(attempt, wait, offline)

    async def _exchange(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, float | None]:
        parsed = httpx.URL(url)
        client = await self._client()
        target, extensions, more = parsed, {}, {}
        if not self._allow_private():
            # Speak to the very address that was checked: a second look-up could give another one.
            host = parsed.raw_host.decode("ascii")
            address = await _public_address(host, parsed.port or (443 if parsed.scheme == "https" else 80))
            target, extensions = parsed.copy_with(host=address), {"sni_hostname": host}
            more = {"Host": parsed.netloc.decode("ascii")}
        request = client.build_request(
            "POST",
            target,
            content=body,
            headers={"Content-Type": "application/json", **headers, **more},
            extensions=extensions,
            timeout=httpx.Timeout(self._longest_s),
        )
        answer = await client.send(request, stream=True, follow_redirects=False)
        try:
            data = bytearray()
            async for chunk in answer.aiter_bytes():
                data += chunk
                if len(data) >= _READ_BYTES:
                    break
        finally:
            await answer.aclose()
        text = bytes(data).decode(answer.encoding or "utf-8", "replace").replace("\x00", "")
        shown = text if len(text) <= LONGEST_REPLY else f"{text[:LONGEST_REPLY]}…"
        return answer.status_code, shown, read_wait(answer.headers, datetime.now(UTC))

    def _is_offline(self, failure: BaseException) -> bool:
        """No route to anywhere, or a name that cannot be looked up because of that."""
        causes = list(_causes(failure))
        if any(isinstance(cause, OSError) and cause.errno in _NO_NETWORK for cause in causes):
            return not self._network()
        return any(isinstance(cause, gaierror) for cause in causes) and not self._network()


class _PrivateAddress(Exception):
    """The address is in a local network, and that is not allowed."""


async def _public_address(host: str, port: int) -> str:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise _PrivateAddress(
            f"“{host}” is this computer or in the local network. "
            "Allow it under Settings › Webhooks if that is what you want."
        )
    return min(addresses, key=lambda address: ":" in address)  # IPv4 first: IPv6 is often announced and not routed


def _words(failure: BaseException) -> str:
    causes = list(_causes(failure))
    if any(isinstance(cause, gaierror) for cause in causes):
        return "There is no such host. Check the address."
    if any("ssl" in type(cause).__module__.casefold() or "CERTIFICATE" in str(cause) for cause in causes):
        return "No secure connection could be made: the receiver's certificate is not in order."
    if isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout):
        return "The receiver could not be reached."
    return f"The connection broke before the receiver answered ({type(failure).__name__})."


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        each = todo.pop()
        if each is None or each in found:
            continue
        found.append(each)
        todo += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            todo += each.exceptions
    return found
