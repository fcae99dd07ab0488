"""Walmart's token buckets: what each answer says is left of a kind of call, respected before the next one."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mmhub_desktop.errors import CallsUsedUp, RateLimited
from mmhub_desktop.marketplaces.api import Api, Reply
from mmhub_desktop.marketplaces.base import Connection
from mmhub_desktop.marketplaces.walmart.problems import LABEL

_WORDS = frozenset(
    {
        "v3", "feeds", "items", "walmart", "search", "taxonomy", "spec", "orders", "shipping", "acknowledge", "price",
        "inventory", "token", "detail", "settings", "partnerprofile", "shipnodes",
    }
)  # fmt: skip
_REPLENISH = ("x-next-replenish-time", "x-next-replenishment-time")
_EPOCH_S, _MILLISECONDS = 1e9, 1e11  # a number above these is a moment, in seconds or in milliseconds
_LONGEST_S = 24 * 3600.0
_FEED = re.compile(r"feedType=(\w+)")


class BucketApi(Api):
    """``Api`` that raises CallsUsedUp, unsent, for a kind of call of which none is left. Used on the loop.

    RateLimited would hold up every call of the account; here only those of one kind wait.
    """

    def __init__(self, connection: Connection, **options: Any) -> None:
        self._outer_heard = connection.heard
        self._heard: Mapping[str, str] = {}
        self._free_at: dict[str, datetime] = {}
        super().__init__(replace(connection, heard=self._hear), **options)

    async def call(self, method: str, path: str, **options: Any) -> Reply:
        """As ``Api.call``."""
        kind = kind_of(method, path)
        free_at = self._free_at.get(kind)
        if free_at is not None and (wait := (free_at - self.connection.now()).total_seconds()) > 0:
            raise _used_up(kind, wait)
        try:
            reply = await super().call(method, path, **options)
        except RateLimited as error:
            wait_s = read_replenish_s(self._heard, self.connection.now()) or error.retry_after_s
            if self._heard.get("x-current-token-count") and wait_s:
                self._free_at[kind] = self.connection.now() + timedelta(seconds=wait_s)
                raise _used_up(kind, wait_s, error.original) from None
            raise RateLimited(error.message, retry_after_s=wait_s, hint=error.hint, original=error.original) from None
        left = reply.headers.get("x-current-token-count", "").strip()
        wait_s = read_replenish_s(reply.headers, self.connection.now())
        if left == "0" and wait_s:
            self._free_at[kind] = self.connection.now() + timedelta(seconds=wait_s)
        else:
            self._free_at.pop(kind, None)
        return reply

    def _hear(self, headers: Mapping[str, str] | None) -> None:
        self._heard = headers or {}
        if self._outer_heard is not None:
            self._outer_heard(headers)


def _used_up(kind: str, wait_s: float, original: str = "") -> CallsUsedUp:
    message = f"{LABEL} has no call of this kind left for now."
    return CallsUsedUp(message, retry_after_s=wait_s, hint="Work goes on by itself.", original=original or kind)


def read_replenish_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the bucket is filled again; None when nothing is told.

    Name and form of the header vary: milliseconds or seconds since 1970, seconds from now, or ISO 8601.
    """
    text = next((headers[name].strip() for name in _REPLENISH if headers.get(name)), "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        number = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if number >= _MILLISECONDS:
        number /= 1000
    wait = number - now.timestamp() if number >= _EPOCH_S else number
    return min(max(0.0, wait), _LONGEST_S)


def kind_of(method: str, path: str) -> str:
    """The kind of call that a bucket counts: its path with ids taken out, and the type of a feed."""
    plain, _, query = path.partition("?")
    words = [word if word in _WORDS else "*" for word in plain.strip("/").split("/")]
    feed = _FEED.search(query)
    return f"{method} /{'/'.join(words)}" + (f" {feed[1]}" if feed else "")
