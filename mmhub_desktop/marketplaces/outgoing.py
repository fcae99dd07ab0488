"""What is about to change something at a marketplace: seen without sending it, and held to what was shown.

Both work at the one door of all adapters (``marketplaces.http.send``), so that they hold for every adapter. Which
coroutine is meant is known from a context variable.
"""

import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlencode

import httpx

from mmhub_desktop.domain.outgoing import OutgoingRequest, matches
from mmhub_desktop.errors import ChangedSincePreview

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_HEADERS = ("x-version", "if-match")


class _Seen(BaseException):
    """The rehearsed request."""

    def __init__(self, request: OutgoingRequest) -> None:
        super().__init__(request.path)
        self.request = request


_Look = Callable[[httpx.Request], None]
_look: ContextVar[_Look | None] = ContextVar("look", default=None)


def json_request(
    method: str,
    path: str,
    body: Any = None,
    *,
    params: Mapping[str, Any] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    only_if: str = "",
) -> OutgoingRequest:
    """A request with a JSON body (None: without one)."""
    query = f"?{urlencode(params)}" if params else ""
    if body is None:
        return OutgoingRequest(method, f"{path}{query}", headers=headers, only_if=only_if)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return OutgoingRequest(method, f"{path}{query}", text.encode(), "application/json", headers, only_if)


def form_request(
    method: str, path: str, fields: Mapping[str, str | Sequence[str]], *, params: Mapping[str, Any] | None = None
) -> OutgoingRequest:
    """A request with a URL-encoded form; a list of values is sent as repeated fields."""
    query = f"?{urlencode(params)}" if params else ""
    body = urlencode(fields, doseq=True).encode("ascii")
    return OutgoingRequest(method, f"{path}{query}", body, "application/x-www-form-urlencoded")


async def rehearse(work: Callable[[], Awaitable[object]]) -> tuple[OutgoingRequest, ...]:
    """Let ``work`` go as far as its first request that changes something, which is not sent. Reads are made."""

    def stop(request: httpx.Request) -> None:
        raise _Seen(describe(request))

    token = _look.set(stop)
    try:
        await work()
    except _Seen as seen:
        return (seen.request,)
    finally:
        _look.reset(token)
    return ()


@runtime_checkable
class TakesApart(Protocol):
    """An adapter whose requests for many listings can be held to what was shown of each."""

    def take_apart(self, request: OutgoingRequest) -> Sequence[OutgoingRequest]:
        """The requests for single listings that it stands for, byte for byte; itself where it is for one.

        None for a call that changes nothing by itself, as one that asks for a place for a file.
        """


@contextlib.contextmanager
def hold_to(requests: Sequence[OutgoingRequest], adapter: object = None) -> Iterator[None]:
    """Within, only these requests can leave, besides reads and signing in. Others raise ChangedSincePreview unsent.

    So can those that ``adapter``, where it can, takes apart into nothing but them.
    """
    keys = {planned.key for planned in requests}

    def is_planned(one: OutgoingRequest) -> bool:
        return one.key in keys or any(is_same(planned, one) for planned in requests)

    def check(request: httpx.Request) -> None:
        there = describe(request)
        if is_planned(there):
            return
        parts = adapter.take_apart(there) if isinstance(adapter, TakesApart) else (there,)
        if not all(is_planned(one) for one in parts):
            raise ChangedSincePreview(
                "What would have been sent is not what the preview showed.",
                hint="Preview again, then retry.",
                original=f"{there.method} {there.path}",
            )

    token = _look.set(check)
    try:
        yield
    finally:
        _look.reset(token)


def look_at(request: httpx.Request) -> None:
    """Called by the door with each request that may change a listing, before it is sent."""
    look = _look.get()
    if look is not None and request.method not in _READS:
        look(request)


def describe(request: httpx.Request) -> OutgoingRequest:
    """A built request as it goes over the wire."""
    headers = tuple((name, request.headers[name]) for name in _OWN_HEADERS if name in request.headers)
    path = request.url.raw_path.decode("ascii")
    return OutgoingRequest(
        request.method, path, request.read(), request.headers.get("Content-Type", ""), headers
    )  # fmt: skip


def is_same(planned: OutgoingRequest, there: OutgoingRequest) -> bool:
    """Whether ``there``, seen on the wire, is the planned request; before the API's path its address may have one."""
    if matches(planned, there.method, there.path, there.body):
        return True
    parts = planned.path.count("/")
    tail = there.path.rsplit("/", parts) if parts else [there.path]
    return len(tail) == parts + 1 and matches(planned, there.method, "/" + "/".join(tail[1:]), there.body)
