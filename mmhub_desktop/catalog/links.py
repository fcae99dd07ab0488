"""Fetching what a product's links point to, without becoming a way into the seller's own network."""

import asyncio
import contextlib
import functools
import importlib
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.request import getproxies

import httpx

from mmhub_desktop.catalog.pictures import PictureProblem
from mmhub_desktop.errors import SourceUnavailable

LARGEST_DOWNLOAD = 10_000_000  # bytes
LONGEST_S = 60.0
STEP_S = 20.0
REDIRECTS = 5
_USER_AGENT = "MultiMarketHub"
_HEADERS = {"User-Agent": _USER_AGENT, "Accept": "image/*", "Accept-Encoding": "identity"}
_PACKED_ONCE = ("", "identity", "gzip", "x-gzip", "deflate")
_TRANSLATED, _LOCAL_TRANSLATION = ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # an old way to write IPv4


def is_link(source: str) -> bool:
    """Whether an image entry is a link rather than a file path."""
    return source.casefold().startswith(("http://", "https://", "ftp://", "//", "data:"))


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes behind a link, and what to ask with whether they have changed."""

    data: bytes
    etag: str = ""
    last_modified: str = ""


async def fetch(url: str, *, allow_local: bool = False) -> bytes:
    """The bytes of an image behind an http(s) link, at most 10 MB, after at most five redirects.

    Every address on the way must be a public one unless ``allow_local``. PictureProblem when the link must be
    corrected, SourceUnavailable when its host does not answer or asks to wait.
    """
    fetched = await fetch_if_changed(url, allow_local=allow_local)
    return b"" if fetched is None else fetched.data


async def fetch_if_changed(
    url: str, *, etag: str = "", last_modified: str = "", allow_local: bool = False
) -> Fetched | None:
    """Like ``fetch``; None when the host says that it has not changed since it gave these two."""
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    conditions = {name: value for name, value in asked.items() if value}
    if url.startswith("//"):
        url = "https:" + url
    try:
        async with asyncio.timeout(LONGEST_S):
            verify = await asyncio.to_thread(_certificates)
            async with httpx.AsyncClient(verify=verify, timeout=STEP_S, headers=_HEADERS) as http:
                for _ in range(REDIRECTS + 1):
                    answer = await _get(http, url, allow_local, conditions)
                    if not isinstance(answer, str):
                        return answer
                    url = str(httpx.URL(url).join(answer))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
        if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
            raise _wrong_link(url) from error
        raise SourceUnavailable(
            f"The image host “{httpx.URL(url).host}” does not answer.",
            hint="Open the link in a browser. If it works there, try again later; otherwise correct the link.",
            original=f"{type(error).__name__}: {error}",
        ) from error
    raise PictureProblem("redirects", "The image link leads round in circles.", "Use the image's own address.")


async def _get(
    http: httpx.AsyncClient, url: str, allow_local: bool, conditions: Mapping[str, str]
) -> Fetched | str | None:
    """The image, None when it is the same as before, or the address it has moved to."""
    parsed = httpx.URL(url)
    host = parsed.raw_host.decode("ascii")
    if parsed.scheme not in ("http", "https") or not host:
        raise _wrong_link(url)
    request = http.build_request("GET", parsed, headers=conditions)
    if not allow_local:
        # Speak to the very address that was checked: a second look-up could give another one.
        address = await _public_address(host, parsed.port or (443 if parsed.scheme == "https" else 80))
        if parsed.scheme not in getproxies():
            request = http.build_request(
                "GET",
                parsed.copy_with(host=address),
                headers={**conditions, "Host": parsed.netloc.decode("ascii")},
                extensions={"sni_hostname": host},
            )
    answer = await http.send(request, stream=True)
    try:
        if answer.has_redirect_location:
            return answer.headers["location"]
        if answer.status_code == 304 and conditions:
            return None
        _check_answer(answer)
        data = bytearray()
        async for chunk in answer.aiter_bytes():
            data += chunk
            if len(data) > LARGEST_DOWNLOAD:
                raise _too_large()
        return Fetched(bytes(data), answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))
    finally:
        await answer.aclose()


def _check_answer(answer: httpx.Response) -> None:
    if answer.status_code == 429 or answer.status_code >= 500:
        wait = answer.headers.get("retry-after", "")
        raise SourceUnavailable(
            "The image host is busy or out of order.",
            retry_after_s=float(wait) if wait.isdigit() else None,
            hint="It is tried again later.",
            original=f"HTTP {answer.status_code}",
        )
    if answer.status_code != 200:
        raise PictureProblem(
            "not_found", f"There is no image behind the link (HTTP {answer.status_code}).",
            "Open the link in a browser and correct it, or use an image file.",
        )  # fmt: skip
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind and not kind.startswith("image/") and kind not in ("application/octet-stream", "binary/octet-stream"):
        raise PictureProblem(
            "not_an_image", f"The link leads to “{kind}”, not to an image.",
            "Copy the address of the image itself, not of the page that shows it.",
        )  # fmt: skip
    if answer.headers.get("content-encoding", "").strip().casefold() not in _PACKED_ONCE:
        raise PictureProblem(  # packed several times, some kilobytes may unpack to gigabytes
            "not_an_image", "The image behind the link is packed in a way that is not read.",
            "Link to the image itself, or use an image file.",
        )  # fmt: skip
    length = answer.headers.get("content-length", "")
    if length.isdigit() and int(length) > LARGEST_DOWNLOAD:
        raise _too_large()


async def _public_address(host: str, port: int) -> str:
    """The address of a host, when all it has are public ones."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise _wrong_link(host) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise PictureProblem(
            "private_address", f"The image link points to “{host}” in the local network.",
            "Use a public link or an image file, or allow it: Settings › Import › Fetch images from the local network.",
        )  # fmt: skip
    return min(addresses, key=lambda address: ":" in address)  # IPv4 first: IPv6 is often announced and not routed


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the internet, not to this machine or a local network.

    An IPv6 address that leads to an IPv4 one is judged by that.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.is_site_local or ip in _LOCAL_TRANSLATION:
            return False
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and (ip in _TRANSLATED or ip in _COMPATIBLE):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once, in a thread: it takes 30 ms, and so does what a first connection would load on the loop."""
    with contextlib.suppress(ImportError):  # where it lies is anyio's own business
        importlib.import_module("anyio._backends._asyncio")
    return httpx.create_ssl_context()


def _wrong_link(url: str) -> PictureProblem:
    return PictureProblem(
        "wrong_link", f"“{url[:200]}” is not a web address.", "Use a link that begins with https:// or an image file."
    )


def _too_large() -> PictureProblem:
    return PictureProblem(
        "too_large", f"The image is larger than {LARGEST_DOWNLOAD // 1_000_000} MB.", "Link to a smaller version of it."
    )
