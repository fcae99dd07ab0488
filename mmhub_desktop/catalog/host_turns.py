"""Politeness towards the hosts of pictures: few calls at once, not in quick succession, a rest after trouble."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

AT_ONCE = 2  # calls to one host
APART_S = 0.1
RESTS_S = (30.0, 120.0, 600.0)  # after the first, second and further failures in a row


def host_of(url: str) -> str:
    """The host of a link, in lower case."""
    return (urlsplit(url).netloc or url).casefold()


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    next_at: float = 0.0
    rests_until: float = 0.0
    failures: int = 0


class HostTurns:
    """For the loop; times are those of the loop's clock."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait for a turn at the link's host."""
        host = self._host(url)
        async with host.places:
            now = asyncio.get_running_loop().time()
            wait, host.next_at = host.next_at - now, max(now, host.next_at) + APART_S
            if wait > 0:
                await asyncio.sleep(wait)
            yield

    def is_resting(self, url: str) -> bool:
        """Whether the link's host was in trouble a moment ago."""
        return self._host(url).rests_until > asyncio.get_running_loop().time()

    def failed(self, url: str, retry_after_s: float | None = None) -> int:
        """Let the host rest; how often it has failed in a row."""
        host = self._host(url)
        if not self.is_resting(url):  # calls that were under way fail together
            host.failures += 1
        rest = max(RESTS_S[min(host.failures, len(RESTS_S)) - 1], min(retry_after_s or 0.0, RESTS_S[-1]))
        host.rests_until = asyncio.get_running_loop().time() + rest
        return host.failures

    def answered(self, url: str) -> None:
        """The host is well."""
        host = self._host(url)
        host.failures, host.rests_until = 0, 0.0

    def wake(self) -> None:
        """Let all hosts be asked again now."""
        for host in self._hosts.values():
            host.rests_until = 0.0

    def next_wake_s(self) -> float:
        """How long until the first resting host may be asked again; 0 where none rests."""
        now = asyncio.get_running_loop().time()
        resting = [host.rests_until - now for host in self._hosts.values() if host.rests_until > now]
        return min(resting, default=0.0)

    def _host(self, url: str) -> _Host:
        return self._hosts.setdefault(host_of(url), _Host())
