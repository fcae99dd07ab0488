"""The MercadoLibre adapter against the practice MercadoLibre, both listing models."""

import asyncio
import re
import struct
import zlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import httpx
import pytest

from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition, Text
from mmhub_desktop.marketplaces.base import Adapter, Connection, ImageFile, ListingDraft
from mmhub_desktop.marketplaces.contract import MarketplaceContract, Stage
from mmhub_desktop.marketplaces.http import open_client
from mmhub_desktop.marketplaces.mercadolibre.adapter import MARKETPLACE
from mmhub_desktop.practice.server import PracticeServer
from tests.fakes.account_secrets import MemorySecrets


def png(width: int, height: int) -> bytes:
    """A plain grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x80" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class MercadoLibreStage(Stage):
    """The practice MercadoLibre, told over HTTP what should go wrong."""

    marketplace = MARKETPLACE

    def __init__(self, client: httpx.AsyncClient, base_url: str, site: str, currency: str) -> None:
        self._client = client
        self._url = base_url
        self._currency = currency
        self._events: list[tuple[str, str]] = []
        self.secrets = MemorySecrets({"client_secret": "practice-secret"}, self._events)
        self.account = Account(
            AccountId(1),
            "mercadolibre",
            "Practice",
            AccountKind.PRACTICE,
            site,
            {"client_id": "practice-app", "redirect_uri": "https://practice.invalid/callback", "site": site},
        )
        client.event_hooks["request"].append(self._note_use)

    async def _note_use(self, request: httpx.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer":
            self._events.append(("used", token))

    async def connect(self) -> None:
        """Consent as a seller does, with the address of the page that the browser lands on."""
        consent = MARKETPLACE.consent(self._connection()) if MARKETPLACE.consent else None
        assert consent is not None
        page, remembered = consent.start()
        answer = await self._client.get(page)
        assert answer.status_code == 302
        await consent.finish(answer.headers["Location"], remembered)

    def _connection(self) -> Connection:
        return Connection(self.account, self.secrets, self._client, lambda: datetime.now(UTC), self._url)

    def adapter(self) -> Adapter:
        return MARKETPLACE.adapter(self._connection())

    def draft(self, sku: str) -> ListingDraft:
        return ListingDraft(
            sku=sku,
            text=Text("Taza de cerámica azul 350 ml Andina", "Taza de cerámica.\nApta para lavavajillas."),
            brand="Andina",
            category="Cocina",
            gtin="7501031311309",
            condition=Condition.NEW,
            price=Money(12990 if self._currency == "CLP" else 1299, self._currency),
            quantity=7,
            attributes={"Modelo": "T-350", "Color": "Azul", "Capacity": "350 ml", "My own column": "x"},
            image_count=1,
        )

    def image(self) -> ImageFile:
        return ImageFile("cup.png", "image/png", png(600, 600), 600, 600)

    async def tell(self, **faults: object) -> None:
        """Set switches of the practice marketplace."""
        answer = await self._client.post(f"{self._url}/_practice/faults", json=faults)
        assert answer.status_code == 200, answer.text

    async def fail_create(self, *, status: int = 0, after_effect: bool = False) -> None:
        rule = {"method": "POST", "path": "/items", "status": status, "drop": not status, "after_effect": after_effect}
        await self.tell(fail_next=[rule])

    async def fail_reads(self, status: int, *, retry_after_s: int | None = None, times: int = 1) -> None:
        headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
        rule = {"method": "GET", "path": "*", "status": status, "headers": headers, "times": times}
        await self.tell(fail_next=[rule])

    async def set_lookup_lag(self, seconds: float) -> None:
        await self.tell(lookup_lag_s=seconds)

    async def expire_access_token(self) -> None:
        await self.tell(expire_tokens=True)

    async def kill_grant(self) -> None:
        await self.tell(revoke=True)

    async def state(self) -> dict[str, object]:
        """Counts and items."""
        answer = await self._client.get(f"{self._url}/_practice/state")
        found: dict[str, object] = answer.json()
        return found

    async def creates(self, sku: str) -> int:
        by_sku = (await self.state())["creates_by_sku"]
        assert isinstance(by_sku, dict)
        return int(by_sku.get(sku, 0))

    async def renewals(self) -> int:
        count = (await self.state())["refreshes"]
        assert isinstance(count, int)
        return count

    def token_events(self) -> Sequence[tuple[str, str]]:
        return self._events


@pytest.fixture
async def make_stage() -> AsyncIterator[object]:
    """Stages with servers of their own, stopped at the end."""
    server = PracticeServer("mercadolibre")
    client = await asyncio.to_thread(open_client)

    async def make(site: str, currency: str, **faults: object) -> MercadoLibreStage:
        stage = MercadoLibreStage(client, await server.start(), site, currency)
        await stage.tell(**faults)
        await stage.connect()
        return stage

    yield make
    await client.aclose()
    await server.stop()


class TestMercadoLibre(MarketplaceContract):
    """Items with titles of their own, in a currency without decimals."""

    @pytest.fixture
    async def stage(self, make_stage):
        return await make_stage("MLC", "CLP")


class TestMercadoLibreUserProducts(MarketplaceContract):
    """Items of the User Products model, in a currency with decimals."""

    @pytest.fixture
    async def stage(self, make_stage):
        return await make_stage("MLB", "BRL", user_products=True)


async def test_descriptions_arrive_as_plain_text(make_stage):
    """What a seller wrote in HTML is stored as words with line breaks."""
    stage = await make_stage("MLC", "CLP")
    adapter = stage.adapter()
    await adapter.check_credentials()
    draft = stage.draft("HTML-1")
    category = (await adapter.find_categories(draft.text.title))[0]
    rules = await adapter.read_category(category.id)
    html = "<h2>Taza 🎉</h2><ul><li>350&nbsp;ml</li><li>5 &lt; 6</li></ul><script>alert(1)</script>"
    mapped = adapter.map(
        ListingDraft(**{**_fields(draft), "text": Text(draft.text.title, html)}),
        rules,
    )
    images = (await adapter.upload_image(stage.image()),)
    created = await adapter.create(mapped, images)
    await adapter.finish_create(created.remote_id, mapped)
    items = (await stage.state())["items"]
    assert isinstance(items, dict)
    text = items[created.remote_id]["description"]
    assert re.fullmatch(r"Taza\n+- 350 ml\n+- 5 < 6", text), text


def _fields(draft: ListingDraft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__}
