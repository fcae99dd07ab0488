"""What goes wrong on purpose on any practice marketplace: latency, seeded random failures, planned failures."""

import asyncio
import fnmatch
import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Generic, TypeVar

from mmhub_desktop.practice.state import State

KINDS = (
    "500", "502", "503", "429", "429_retry_after", "401",
    "drop_before", "drop_after", "500_after", "slow", "timeout",
)  # fmt: skip

# A lost answer to a token request would end the seller's grant: real, but then nothing else could be practised.
# At random a token endpoint therefore fails before its effect only; ``fail_next`` can do it afterwards too.
_BEFORE_INSTEAD = {
    "drop_after": "drop_before", "500_after": "500", "timeout": "drop_before", "401": "500",
}  # fmt: skip


@dataclass
class Switches:
    """The switches of ``POST /_practice/faults`` that every marketplace has; each adds its own in a subclass.

    Seconds and milliseconds as the names say. ``fail_next`` holds rules, used up in order: ``method``, ``path`` (a
    pattern as for file names), ``status``, ``body``, ``headers``, ``after_effect``, ``drop``, ``delay_s``, ``times``,
    ``expire_token``.
    """

    latency_ms: float = 0
    failure_rate: float = 0  # share of calls that fail, 0 to 1
    failure_kinds: list[str] = field(default_factory=lambda: list(KINDS))
    seed: int = 1
    slow_s: float = 1.5  # the answer comes, late
    timeout_s: float = 3.0  # the effect happens, then silence this long, then the connection drops
    lookup_lag_s: float = 0  # until a new thing is found by a search
    read_lag_s: float = 0  # until a change is seen by a read
    live_after_s: float | None = 0  # until a new listing is live; None or negative: never
    ready_after_s: float = 0  # until what is processed in the background is done
    ready_after_polls: int = 0  # and how often it must be asked for before that
    rate_per_s: float = 0  # calls a second before 429; 0: no limit
    limits: bool = False  # the marketplace's own declared limits refuse; their headers are always sent
    expires_in: int = 3600  # life of an access token in seconds
    refresh_grace_s: float = 0  # a used refresh token is still taken this long
    redirect_uri: str = "https://practice.invalid/callback"
    deny_consent: bool = False
    fail_next: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Mishap:
    """What happens to one request. Status 0 without ``drop``: it is answered as usual, after ``delay_s``."""

    status: int = 0
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after_effect: bool = False
    drop: bool = False
    delay_s: float = 0
    expire_token: bool = False


SwitchesT = TypeVar("SwitchesT", bound=Switches)


class Faults(Generic[SwitchesT]):
    """The switches, kept in the state, and the decision for each request.

    ``spared`` routes never fail at random (a person at a consent page would load it again); those of ``token_routes``
    fail before their effect only.
    """

    def __init__(
        self, state: State, switches: type[SwitchesT], spared: Iterable[str] = (), token_routes: Iterable[str] = ()
    ) -> None:
        self._state = state
        self._type = switches
        self._names = {entry.name for entry in fields(switches)}
        self._spared = frozenset(spared)
        self._token_routes = frozenset(token_routes)
        self.settings = switches()
        kept = state.table("faults").get("settings", {})
        self._assign({name: value for name, value in kept.items() if name in self._names})

    def merge(self, changes: Mapping[str, Any]) -> None:
        """Change the named switches; ``fail_next`` is added to what waits already, an empty list clears it.

        Raises:
            ValueError: a switch or a kind of failure does not exist.
        """
        changes = dict(changes)
        if unknown := set(changes) - self._names:
            names = ", ".join(sorted(self._names))
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}; there are: {names}")
        if unknown := set(changes.get("failure_kinds", ())) - set(KINDS):
            raise ValueError(f"no such failure: {', '.join(sorted(unknown))}; there are: {', '.join(KINDS)}")
        if changes.get("fail_next"):
            changes["fail_next"] = [*self.settings.fail_next, *(dict(rule) for rule in changes["fail_next"])]
        self._assign(changes)
        self._save()

    def reset(self) -> None:
        """Everything off."""
        self.settings = self._type()
        self._save()

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
        if settings.failure_rate <= 0 or not settings.failure_kinds or route in self._spared:
            return None
        # Decided by seed, route and how many calls that route has had: the same whatever order calls arrive in.
        number = self._state.count(f"dice {method} {route}")
        dice = random.Random(f"{settings.seed} {method} {route} {number}")  # noqa: S311 - practice, not cryptography
        if dice.random() >= settings.failure_rate:
            return None
        kind = dice.choice(settings.failure_kinds)
        if route in self._token_routes:
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
        expire_token=bool(rule.get("expire_token")),
    )


async def pause(seconds: float) -> None:
    """Sleep, or not at all for nothing."""
    if seconds > 0:
        await asyncio.sleep(seconds)
