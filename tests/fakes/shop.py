"""A workspace with an account on a practice marketplace, all real: SQLite, HTTP on 127.0.0.1, the engine."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from mmhub_desktop.connections import PracticeAccess
from mmhub_desktop.credentials import MemorySecrets, Secrets
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import BatchJob, WorkRequest
from mmhub_desktop.domain.listing import Listing
from mmhub_desktop.domain.marketplace import Account, AccountKind
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.events import Bus
from mmhub_desktop.paths import resource
from mmhub_desktop.practice.server import PracticeServer, find_practice
from mmhub_desktop.settings import Settings
from mmhub_desktop.workspace import Workspace


def lamp(number: int = 1, **changes: Any) -> Product:
    """A product that the practice marketplace takes as it is."""
    values: dict[str, Any] = {
        "id": ProductId(0),
        "sku": f"LAMP-{number}",
        "original": Text(f"Lámpara de escritorio Lumea Flex {number}", "Una lámpara con brazo articulado."),
        "brand": "Lumea",
        "price": Money.of(Decimal(24990), "CLP"),
        "quantity": 5,
        "images": ("lampara-escritorio-1.jpg",),
        "image_base": str(resource("samples/images")),
        "attributes": {"Model": "Flex"},
    }
    return Product(**{**values, **changes})


@dataclass
class Shop:
    """The workspace, its practice account, and the marketplace behind it."""

    workspace: Workspace
    account: Account
    server: PracticeServer

    def faults(self, **changes: Any) -> None:
        """Switch the marketplace's faults."""
        self.server.practice.set_faults(changes)

    def summary(self) -> Mapping[str, Any]:
        """The marketplace's own counts."""
        return self.server.practice.summary()

    async def add(self, *products: Product) -> tuple[ProductId, ...]:
        """Keep products."""
        return tuple([await self.workspace.products.save(product) for product in products])

    async def do(self, action: str, *ids: ProductId, **options: Any) -> BatchJob:
        """Submit an action for products on the account and wait until its batch has ended."""
        accounts = () if action == "enhance" else (self.account.id,)
        batch_id = await self.workspace.submit(WorkRequest(action, ids, accounts, options=options))
        batch = await self.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        return batch

    async def done(self, action: str, *ids: ProductId, **options: Any) -> None:
        """``do``, which must end well for every product."""
        batch = await self.do(action, *ids, **options)
        assert batch.completed == len(ids), await self.problems(batch)

    async def publish(self, make: Callable[[int], Product], count: int) -> tuple[ProductId, ...]:
        """So many new products, listed."""
        ids = await self.add(*(make(number) for number in range(1, count + 1)))
        await self.done("publish", *ids)
        return ids

    async def change(self, product_id: ProductId, **changes: Any) -> None:
        """Keep other values of a product."""
        product = await self.workspace.products.get(product_id)
        assert product is not None
        await self.workspace.products.save(replace(product, **changes))

    async def problems(self, batch: BatchJob) -> list[str]:
        """What went wrong with a batch's jobs."""
        jobs = await self.workspace.jobs.jobs(await self.workspace.jobs.job_ids(batch.id))
        return [f"{job.problem.kind}: {job.problem.message} {job.problem.original}" for job in jobs if job.problem]

    async def listing(self, product_id: ProductId) -> Listing:
        """The product's listing on the account."""
        return await self.workspace.listings.get(product_id, self.account.id)


@contextlib.asynccontextmanager
async def open_shop(
    folder: Path,
    *,
    secrets: Secrets | None = None,
    lag: str = "0,0",
    run: bool = True,
    marketplace: str = "mercadolibre",
) -> AsyncIterator[Shop]:
    """Open a shop in ``folder``; opened again there, it finds everything as it was."""
    server = PracticeServer(marketplace, state_file=folder / "marketplace.jsonl")
    await server.start()
    kept = secrets or MemorySecrets()

    async def place() -> Secrets:
        return kept

    async def practice(marketplace: str) -> PracticeAccess:
        values = {**find_practice(marketplace).values, "lookup_lag_s": lag}
        return PracticeAccess(server.base_url, values)

    workspace = await Workspace.open(
        folder / "shop.mmhub", settings=Settings(), bus=Bus(), holder="a test", secrets=place, practice=practice
    )
    try:
        present = await workspace.accounts.all()
        account = present[0] if present else await workspace.connect(marketplace, "Test", AccountKind.PRACTICE, {})
        if run:
            await workspace.engine.start()
        yield Shop(workspace, account, server)
    finally:
        await workspace.close()
        await server.stop()
