"""The conformance suite on any practice marketplace built on ``PracticeMarketplace``, ours or another package's.

A marketplace's own stage names its declaration, settings, secrets and the call that creates, and gives a draft and an
image; everything that goes wrong is told to the practice marketplace over HTTP.
"""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

import httpx

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.marketplaces.base import Adapter, Connection, ImageFile
from mmhub_desktop.marketplaces.contract import Stage
from mmhub_desktop.marketplaces.http import open_client
from mmhub_desktop.practice.server import PracticeServer

StageT = TypeVar("StageT", bound="PracticeStage")


class StageSecrets:
    """The secrets of a stage's account, in memory; what is saved joins the stage's events."""

    def __init__(self, first: Mapping[str, str], events: list[tuple[str, str]]) -> None:
        self.values = dict(first)
        self._events = events

    async def load(self) -> Mapping[str, str]:
        """All secrets."""
        return dict(self.values)

    async def save(self, changes: Mapping[str, str]) -> None:
        """Keep them."""
        self.values.update(changes)
        self._events.append(("saved", changes.get("access_token", "")))


def png(width: int, height: int) -> bytes:
    """A plain grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x80" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class PracticeStage(Stage):
    """One account on a running practice marketplace, told over HTTP what should go wrong. Derive and declare."""

    settings: ClassVar[Mapping[str, str]] = {}  # of the account, as the seller enters them
    starting_secrets: ClassVar[Mapping[str, str]] = {}
    site: ClassVar[str] = ""
    create_call: ClassVar[tuple[str, str]] = ("POST", "*")  # method and path pattern of the call that creates
    shipment_call: ClassVar[tuple[str, str]] = ("POST", "*")
    token_header: ClassVar[str] = "Authorization"
    later_s: ClassVar[float] = 0  # how far the clock is put forward for submissions to end; 0 where nothing is later

    def __init__(self, client: httpx.AsyncClient, base_url: str, site: str = "") -> None:
        self.client = client
        self.url = base_url
        self._ahead_s = 0.0
        self.events: list[tuple[str, str]] = []
        self.secrets = StageSecrets(self.starting_secrets, self.events)
        self.account = Account(
            AccountId(1),
            self.marketplace.name,
            "Practice",
            AccountKind.PRACTICE,
            site or self.site,
            {**self.settings, "site": site or self.site},
        )
        client.event_hooks["request"].append(self._note_use)

    async def _note_use(self, request: httpx.Request) -> None:
        words = request.headers.get(self.token_header, "").split()
        if words and words[0] != "Basic":
            self.events.append(("used", words[-1]))

    def connection(self) -> Connection:
        """What adapters of this stage work with."""
        return Connection(self.account, self.secrets, self.client, self.now, self.url)

    def now(self) -> datetime:
        """The time that adapters see: put forward together with the marketplace's clock."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead_s)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass at once, for the marketplace and for the adapters."""
        await self.control("clock", advance_s=seconds)
        self._ahead_s += seconds

    def adapter(self) -> Adapter:
        """A new adapter of the account."""
        return self.marketplace.adapter(self.connection())

    async def connect(self) -> None:
        """Consent as a seller does, with the address that the browser lands on; nothing where keys alone sign in."""
        if self.marketplace.consent is None:
            return
        consent = self.marketplace.consent(self.connection())
        page = await consent.begin()
        answer = await self.client.get(page.address)
        assert answer.status_code == 302, answer.text
        await consent.finish(answer.headers["Location"], page.remembered)

    def image(self) -> ImageFile:
        """A square large enough for most."""
        return ImageFile("cup.png", "image/png", png(1000, 1000), 1000, 1000)

    async def tell(self, **switches: object) -> None:
        """Set switches of the practice marketplace."""
        await self.control("faults", **switches)

    async def control(self, what: str, **body: object) -> Any:
        """Call ``/_practice/<what>``."""
        answer = await self.client.post(f"{self.url}/_practice/{what}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def fail_create(self, *, status: int = 0, after_effect: bool = False) -> None:
        """Let the next create end in this status or a broken connection."""
        await self.fail(self.create_call, status=status, after_effect=after_effect)

    async def fail_shipment(self, *, after_effect: bool) -> None:
        """Let the connection break at the next shipment."""
        await self.fail(self.shipment_call, after_effect=after_effect)

    async def fail(self, call: tuple[str, str], *, status: int = 0, after_effect: bool = False) -> None:
        """Let the next call of that method and path end in this status or a broken connection."""
        rule = {"method": call[0], "path": call[1], "status": status, "drop": not status, "after_effect": after_effect}
        await self.tell(fail_next=[rule])

    async def fail_reads(self, status: int, *, retry_after_s: int | None = None, times: int = 1) -> None:
        """Let the next calls that only read end in this status."""
        headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
        rule = {"method": "GET", "path": "*", "status": status, "headers": headers, "times": times}
        await self.tell(fail_next=[rule])

    async def set_lookup_lag(self, seconds: float) -> None:
        """How long a new listing is not found."""
        await self.tell(lookup_lag_s=seconds)

    async def expire_access_token(self) -> None:
        """Access tokens are refused from now on."""
        await self.tell(expire_tokens=True)

    async def kill_grant(self) -> None:
        """No token works any more."""
        await self.tell(revoke=True)

    async def finish_submissions(self) -> None:
        """Let as much time pass as they take."""
        if self.later_s:
            await self.pass_time(self.later_s)

    async def sell(self, sku: str, quantity: int) -> str:
        """A buyer buys the newest listing of that SKU."""
        entries = (await self.client.get(f"{self.url}/_practice/items")).json()
        listing = [entry["id"] for entry in entries if entry["sku"] == sku][-1]
        order = await self.control(f"sell/{quote(listing, safe='')}", quantity=quantity)
        return str(order["order_id"])

    async def state(self) -> dict[str, Any]:
        """Counts and listings."""
        answer = await self.client.get(f"{self.url}/_practice/state")
        found: dict[str, Any] = answer.json()
        return found

    async def creates(self, sku: str) -> int:
        """Listings of this SKU ever created."""
        return int((await self.state())["creates_by_sku"].get(sku, 0))

    async def renewals(self) -> int:
        """New tokens for a refresh token."""
        return int((await self.state())["refreshes"])

    def token_events(self) -> Sequence[tuple[str, str]]:
        """Saved and used tokens in order."""
        return self.events


@asynccontextmanager
async def open_stage(kind: type[StageT], site: str = "", **switches: object) -> AsyncIterator[StageT]:
    """A practice marketplace of its own with a connected account; stopped at the end."""
    server = PracticeServer(kind.marketplace.name)
    client = await asyncio.to_thread(open_client)
    try:
        stage = kind(client, await server.start(), site)
        if switches:
            await stage.tell(**switches)
        await stage.connect()
        yield stage
    finally:
        await client.aclose()
        await server.stop()
