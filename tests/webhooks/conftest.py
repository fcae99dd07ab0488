"""A workspace file with its webhooks on a clock that is turned by hand, and a receiver on 127.0.0.1."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.credentials import MemorySecrets, Secrets
from mmhub_desktop.domain.ids import ProductId, SubscriptionId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.domain.webhook import Message
from mmhub_desktop.events import Bus, Notice
from mmhub_desktop.settings import WEBHOOKS_ALLOW_LOCAL_NETWORK, Settings
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.outbox import OutboxStore
from mmhub_desktop.store.products import ProductStore
from mmhub_desktop.webhooks import Webhooks
from tests.fakes.clock import FakeClock
from tests.fakes.receiver import Receiver, open_receiver

SLOWEST_PACE_S = 0.101  # between two messages


def product(number: int = 1, **changes: Any) -> Product:
    values: dict[str, Any] = {
        "id": ProductId(0), "sku": f"SKU-{number}", "original": Text(f"Lamp {number}", ""),
        "price": Money.of(Decimal("24.90"), "EUR"), "quantity": 3,
    }  # fmt: skip
    return Product(**{**values, **changes})


@dataclass
class Office:
    """Everything of one workspace that webhooks touch."""

    db: Database
    products: ProductStore
    outbox: OutboxStore
    webhooks: Webhooks
    clock: FakeClock
    notices: list[Notice]
    secrets: MemorySecrets
    settings: Settings
    online: bool = True

    async def turn(self, seconds: float = 0.0) -> None:
        """Turn the clock and let everything that is due be tried."""
        self.clock.advance(seconds)
        deliverer = self.webhooks._deliverer
        deliverer.wake()
        while tasks := deliverer._tasks():
            wait = self.clock.next_in()
            if wait is not None and wait <= SLOWEST_PACE_S:  # the deliverer waits for its pace
                self.clock.advance(wait)
            await asyncio.wait(tasks, timeout=0.002)

    async def messages(self, sub_id: SubscriptionId) -> list[Message]:
        """Oldest first."""
        return (await self.outbox.messages(sub_id))[::-1]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with open_receiver() as opened:
        yield opened


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    db = await asyncio.to_thread(Database.open, tmp_path / "shop.mmhub", holder="a test")
    bus, settings, clock, secrets = Bus(), Settings(), FakeClock(), MemorySecrets()
    settings.set(WEBHOOKS_ALLOW_LOCAL_NETWORK, True)
    notices: list[Notice] = []
    bus.subscribe(Notice, notices.append)

    async def place() -> Secrets:
        return secrets

    async def name() -> str:
        return "test"

    outbox = OutboxStore(db)
    webhooks = Webhooks(
        outbox, bus, settings, secrets=place, workspace_id=name, clock=clock, network=lambda: made.online
    )
    made = Office(db, ProductStore(db), outbox, webhooks, clock, notices, secrets, settings)
    settings.set("webhooks.per_second", 100)
    yield made
    await webhooks.stop()
    await asyncio.to_thread(db.close)
