"""What goes wrong on purpose: latency, seeded random failures, planned failures, limits and traps."""

import asyncio
import fnmatch
import random
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from mmhub_desktop.practice.state import State

KINDS = (
    "500", "502", "503", "429", "429_retry_after", "401",
    "drop_before", "drop_after", "500_after", "slow", "timeout",
)  # fmt: skip

# A lost answer to a token request would end the seller's grant: real, but then nothing else could be practised.
# At random the token endpoint therefore fails before its effect only; ``fail_next`` can do it afterwards too.
_BEFORE_INSTEAD = {
    "drop_after": "drop_before", "500_after": "500", "timeout": "drop_before", "401": "500",
}  # fmt: skip


@dataclass
class Settings:
    """The switches of ``POST /_practice/faults``. Seconds and milliseconds as the names say."""

    latency_ms: float = 0
    failure_rate: float = 0
    failure_kinds: list[str] = field(default_factory=lambda: list(KINDS))
    seed: int = 1
    slow_s: float = 1.5  # the answer comes, late
    timeout_s: float = 3.0  # the effect happens, then silence this long, then the connection drops
    lookup_lag_s: float = 0
    live_after_s: float | None = 0  # None or negative: never
    live_as: str = "under_review"  # or picture_download_pending, until live
    rate_per_s: float = 0
    picture_quota_per_min: int = 0
    expires_in: int = 21600
    refresh_grace_s: float = 0
    pkce: bool = True
    redirect_uri: str = "https://practice.invalid/callback"
    site: str = "MLC"
    user_products: bool = False
    warehouse: bool = False
    price_automation: list[str] = field(default_factory=list)  # item ids, or "*"
    close_lock_s: float = 0  # deleting this soon after closing is a 409
    stock_lag_s: float = 0  # user product stock reaches its items this late
    partial: bool = False  # items are read as 206 with fields missing
    attributes_merge: bool = False  # a PUT's attributes merge by id instead of replacing the set
    forbidden: bool = False  # as an address that is not on the application's list
    blocked: bool = False  # the whole application
    unable_to_list: bool = False
    not_authorised_brands: list[str] = field(default_factory=list)
    picture_error: bool = False  # uploads end in ERROR
    deny_consent: bool = False
    fail_next: list[dict[str, Any]] = field(default_factory=list)


_NAMES = {entry.name for entry in fields(Settings)}


@dataclass(frozen=True)
class Mishap:
    """What happens to one request. Status 0 without ``drop``: it is answered as usual, after ``delay_s``."""

    status: int = 0
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after_effect: bool = False
    drop: bool = False
    delay_s: float = 0
    expire_token: bool = False


def error_body(status: int) -> dict[str, Any]:
    """The body MercadoLibre's front door sends for a status."""
    message, error = {
        401: ("invalid access token", "unauthorized"),
        403: ("forbidden", "forbidden"),
        409: ("item optimistic locking error: conflict", "conflict"),
        429: ("Too many requests", "local_rate_limited"),
        502: ("Bad gateway", "bad_gateway"),
        503: ("Service unavailable", "service_unavailable"),
    }.get(
        status, ("Internal server error", "internal_server_error") if status >= 500 else ("Bad request", "bad_request")
    )
    return {"message": message, "error": error, "status": status, "cause": []}


class Bucket:
    """A token bucket: ``rate`` calls a second with a burst of one second's worth."""

    def __init__(self) -> None:
        self._left = 0.0
        self._rate = 0.0
        self._at = 0.0

    def take(self, rate: float) -> bool:
        """Take one call; True when there was one left. No limit at a rate of 0 or less."""
        if rate <= 0:
            return True
        now = time.monotonic()
        burst = max(1.0, rate)
        if rate != self._rate:
            self._rate, self._left, self._at = rate, burst, now
        self._left = min(burst, self._left + (now - self._at) * rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Faults:
    """The switches, kept in the state, and the decision for each request."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._calls = Bucket()
        self._pictures = Bucket()
        self.settings = Settings()
        kept = state.table("faults").get("settings", {})
        self._assign({name: value for name, value in kept.items() if name in _NAMES})

    def merge(self, changes: Mapping[str, Any]) -> None:
        """Change the named switches; ``fail_next`` is added to what waits already, an empty list clears it.

        Raises:
            ValueError: a switch or a kind of failure does not exist.
        """
        changes = dict(changes)
        if unknown := set(changes) - _NAMES:
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}; there are: {', '.join(sorted(_NAMES))}")
        if unknown := set(changes.get("failure_kinds", ())) - set(KINDS):
            raise ValueError(f"no such failure: {', '.join(sorted(unknown))}; there are: {', '.join(KINDS)}")
        if changes.get("fail_next"):
            changes["fail_next"] = [*self.settings.fail_next, *(dict(rule) for rule in changes["fail_next"])]
        self._assign(changes)
        self._save()

    def reset(self) -> None:
        """Everything off."""
        self.settings = Settings()
        self._save()

    def may_call(self) -> bool:
        """Whether the rate limit lets one more call through."""
        return self._calls.take(self.settings.rate_per_s)

    def may_upload(self) -> bool:
        """Whether the application's picture quota lets one more upload through."""
        return self._pictures.take(self.settings.picture_quota_per_min / 60)

    def next(self, method: str, path: str, route: str) -> Mishap | None:
        """What happens to this request: a planned failure, a random one, or None."""
        return self._planned(method, path) or self._random(method, route)

    def _assign(self, changes: Mapping[str, Any]) -> None:
        for name, value in changes.items():
            setattr(self.settings, name, value)

    def _save(self) -> None:
        self._state.put("faults", "settings", asdict(self.settings))

    def _planned(self, method: str, path: str) -> Mishap | None:
        waiting = self.settings.fail_next
        for index, rule in enumerate(waiting):
            if rule.get("method", method).upper() not in {method, "*"}:
                continue
            if not fnmatch.fnmatchcase(path, rule.get("path", "*")):
                continue
            left = int(rule.get("times", 1)) - 1
            if left > 0:
                waiting[index] = {**rule, "times": left}
            else:
                del waiting[index]
            self._save()
            return _mishap_of(rule)
        return None

    def _random(self, method: str, route: str) -> Mishap | None:
        settings = self.settings
        if settings.failure_rate <= 0 or not settings.failure_kinds or route == "/authorization":
            return None  # a person at the consent page would simply load it again
        # Decided by seed, route and how many calls that route has had: the same whatever order calls arrive in.
        number = self._state.count(f"dice {method} {route}")
        dice = random.Random(f"{settings.seed} {method} {route} {number}")  # noqa: S311 - practice, not cryptography
        if dice.random() >= settings.failure_rate:
            return None
        kind = dice.choice(settings.failure_kinds)
        if route == "/oauth/token":
            kind = _BEFORE_INSTEAD.get(kind, kind)
        self._state.count(f"failures {kind}")
        return self._kind(kind)

    def _kind(self, kind: str) -> Mishap:
        match kind:
            case "slow":
                return Mishap(delay_s=self.settings.slow_s)
            case "timeout":
                return Mishap(drop=True, after_effect=True, delay_s=self.settings.timeout_s)
            case "drop_before":
                return Mishap(drop=True)
            case "drop_after":
                return Mishap(drop=True, after_effect=True)
            case "401":
                return Mishap(401, expire_token=True)
            case "429_retry_after":
                return Mishap(429, headers={"Retry-After": "1"})
            case "500_after":
                return Mishap(500, after_effect=True)
            case _:
                return Mishap(int(kind))


def _mishap_of(rule: Mapping[str, Any]) -> Mishap:
    return Mishap(
        status=int(rule.get("status", 0)),
        body=rule.get("body") or None,
        headers=rule.get("headers") or {},
        after_effect=bool(rule.get("after_effect")),
        drop=bool(rule.get("drop")),
        delay_s=float(rule.get("delay_s", 0)),
    )


async def pause(seconds: float) -> None:
    """Sleep, or not at all for nothing."""
    if seconds > 0:
        await asyncio.sleep(seconds)
