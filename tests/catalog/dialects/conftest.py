"""Files of other programs brought into a real workspace: staged, looked at, planned, and imported in one process."""

import marshal
import multiprocessing
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

import pytest

from mmhub_desktop.catalog import import_process
from mmhub_desktop.catalog.import_process import Order
from mmhub_desktop.catalog.plan import FileReading, ImportPlan, plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.catalog.row_process import read_rows
from mmhub_desktop.catalog.staging import stage
from mmhub_desktop.domain.product import Product, sku_key
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.imports import ImportStore
from mmhub_desktop.store.products import ProductStore


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import made: how the file was read, (new, changed, same, refused), and all products of the workspace."""

    reading: FileReading
    counts: tuple[int, int, int, int]
    reasons: Mapping[str, Any]
    products: tuple[Product, ...]

    def __getitem__(self, sku: str) -> Product:
        return next(each for each in self.products if sku_key(each.sku) == sku_key(sku))

    @property
    def skus(self) -> list[str]:
        """All SKUs, in the order the products were made."""
        return [each.sku for each in self.products]

    def variants(self, sku: str) -> list[tuple[str, dict[str, str]]]:
        """(SKU, options) of a product's variants."""
        parent = self[sku].id
        return [(each.sku, dict(each.options)) for each in self.products if each.parent_id == parent]


class Bring(Protocol):
    """Imports files: a name or none → content."""

    def __call__(
        self, content: str | bytes | Mapping[str, str | bytes], answers: Mapping[str, str] | None = None
    ) -> Awaitable[Brought]: ...


@pytest.fixture
def bring(db: Database, tmp_path: Path) -> Bring:
    """Write one or several files and import them together into the workspace."""

    async def bring(
        content: str | bytes | Mapping[str, str | bytes], answers: Mapping[str, str] | None = None
    ) -> Brought:
        paths = []
        for name, text in (content if isinstance(content, Mapping) else {"export.csv": content}).items():
            path = tmp_path / name
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            paths.append(path)
        (staged,) = stage(paths, tmp_path / "staged").files
        reading = inspect(staged)
        plan = plan_from(reading, answers)
        counts, reasons = await import_plan(plan, db)
        store = ProductStore(db)
        ids = await store.ids(ProductQuery(sort=ProductSort.CREATED, descending=False))
        return Brought(reading, counts, reasons, tuple(await store.get_many(ids)))

    return bring


async def import_plan(plan: ImportPlan, db: Database) -> tuple[tuple[int, int, int, int], Mapping[str, Any]]:
    """What the two processes of an import do, in this one: a thread reads beside the writing."""
    imports = ImportStore(db)
    import_id = await imports.begin(
        file_name=plan.name, file_path=str(plan.path), file_size=plan.size, file_hash=plan.file_hash,
        plan=plan.to_json(),
    )  # fmt: skip
    taking, giving = multiprocessing.Pipe(duplex=False)
    ours, theirs = multiprocessing.Pipe()

    def read() -> None:
        for kind, content in read_rows(plan, 0):
            giving.send_bytes(kind + marshal.dumps(content))
        giving.send_bytes(b".")

    reader = Thread(target=read)
    reader.start()
    try:
        done = import_process._work(theirs, taking, Order(plan.to_json(), str(db.path), import_id))
    finally:
        reader.join()
        for end in (taking, giving, ours, theirs):
            end.close()
        imports.release(import_id)
    return done[2], done[4]
