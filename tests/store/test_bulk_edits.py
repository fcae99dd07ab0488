"""Bulk edits in the store: what was tried out is what is made, as one entry, undone as a whole."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from mmhub_desktop.domain.bulk_edit import BulkEdit, Outcome
from mmhub_desktop.domain.history import EntryState
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.domain.product_query import ProductQuery
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import Bus, ProductsChanged
from mmhub_desktop.store import bulk_edit_process, bulk_edits
from mmhub_desktop.store.bulk_edit_process import BulkEditProcess, Rows
from mmhub_desktop.store.bulk_edits import BulkEditStore
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.history import HistoryStore
from mmhub_desktop.store.products import ProductStore

_ALL = "SELECT * FROM product ORDER BY id"


class Shelf:
    """A workspace file with some products."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.bus = Bus()
        self.history = HistoryStore(db, self.bus, lambda: 500)
        self.products = ProductStore(db)
        self.edits = BulkEditStore(db, self.history, self.bus)

    async def fill(self, count: int) -> list[int]:
        made = (
            Product(
                ProductId(0), f"S-{number}", Text(f"Lamp {number}", "Bright."), quantity=number, brand="Lumea",
                price=Money.of(Decimal(number), "EUR") if number % 3 else None,
                optimized=Text(f"Fine lamp {number}") if number % 5 == 0 else None,
            )
            for number in range(1, count + 1)
        )  # fmt: skip
        return [int(await self.products.save(each)) for each in made]

    async def dump(self) -> list[dict[str, Any]]:
        """All products but for how often and when they changed."""

        def read(connection: Connection) -> list[dict[str, Any]]:
            rows = connection.exec_driver_sql(_ALL).mappings()
            return [
                {name: value for name, value in row.items() if name not in ("version", "updated_at")} for row in rows
            ]

        return await self.db.read(read)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    db = Database.open(tmp_path / "shop.mmhub")
    yield Shelf(db)
    db.close()


async def test_what_was_tried_out_is_made_as_one_entry_and_undone(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_edits, "AT_ONCE", 4)
    ids = await shelf.fill(10)
    before = await shelf.dump()
    told: list[ProductsChanged] = []
    shelf.bus.subscribe(ProductsChanged, told.append)
    edit = BulkEdit("price", "change", (("by", "+50%"),))
    tried = await shelf.edits.try_out(edit, ids)
    assert (tried.changed, tried.same, tried.refused) == (7, 0, 3)
    assert (tried.lines[0].old, tried.lines[0].new) == ("1.00 EUR", "1.50 EUR")
    assert tried.refusals[0].sku == "S-3"
    assert "no price" in tried.refusals[0].refused
    assert await shelf.dump() == before
    seen: list[int] = []
    done = await shelf.edits.make(edit, ids, seen.append)
    assert seen == [4, 8, 10]
    assert done.counts == tried
    assert len(told) == 1
    assert [row["price_minor"] for row in await shelf.dump()][:4] == [150, 300, None, 600]
    assert done.entry_id is not None
    entry = await shelf.history.next_undo()
    assert entry is not None
    assert (entry.id, entry.products, entry.label) == (done.entry_id, 7, "Price: add or take off")
    await shelf.history.undo(entry.id)
    assert await shelf.dump() == before


async def test_words_are_found_and_scored_by_what_they_are_now(shelf: Shelf) -> None:
    ids = await shelf.fill(5)
    await shelf.edits.make(BulkEdit("title", "replace", (("find", "lamp"), ("by", "Leuchte"))), ids)
    assert len(await shelf.products.ids(ProductQuery(text="leuchte"))) == 5
    assert len(await shelf.products.ids(ProductQuery(text="lamp"))) == 0
    last = await shelf.products.get(ProductId(ids[4]))
    assert last is not None
    assert last.optimized is not None
    assert (last.optimized.title, last.original.title) == ("Fine Leuchte 5", "Lamp 5")
    await shelf.edits.make(BulkEdit("attribute:Colour", "set", (("value", "Red"),)), ids)
    scored = await shelf.products.get(ProductId(ids[4]))
    assert scored is not None
    assert scored.quality > last.quality


async def test_an_edit_that_changes_nothing_is_no_entry(shelf: Shelf) -> None:
    ids = await shelf.fill(2)
    entries = await shelf.history.entries()
    done = await shelf.edits.make(BulkEdit("brand", "set", (("value", "Lumea"),)), ids)
    assert (done.entry_id, done.counts.same) == (None, 2)
    assert await shelf.history.entries() == entries
    with pytest.raises(UserMistake):
        await shelf.edits.make(BulkEdit("brand", "set"), ids)
    assert await shelf.history.entries() == entries


async def test_an_edit_that_is_stopped_is_taken_back(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_edits, "AT_ONCE", 2)
    ids = await shelf.fill(6)
    before = await shelf.dump()
    making: list[asyncio.Task[Any]] = []
    edit = BulkEdit("quantity", "add", (("by", "5"),))

    def stop(done: int) -> None:
        if done == 4:
            making[0].cancel()

    making.append(asyncio.create_task(shelf.edits.make(edit, ids, stop)))
    with pytest.raises(asyncio.CancelledError):
        await making[0]
    assert await shelf.dump() == before
    assert not [entry for entry in await shelf.history.entries() if entry.state is EntryState.OPEN]


def _pattern(find: str, by: str) -> BulkEdit:
    return BulkEdit("title", "replace", (("find", find), ("by", by), ("pattern", "yes")))


async def test_a_pattern_is_tried_out_and_made_as_any_edit(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_edits, "AT_ONCE", 2)
    ids = await shelf.fill(4)
    edit = _pattern(r"^(\w+) (?=[123])", r"The \1 no. ")
    tried = await shelf.edits.try_out(edit, ids)
    done = await shelf.edits.make(edit, ids)
    assert done.counts == tried
    assert [row["title"] for row in await shelf.dump()] == [
        "The Lamp no. 1",
        "The Lamp no. 2",
        "The Lamp no. 3",
        "Lamp 4",
    ]


async def test_a_pattern_without_end_is_given_up_and_leaves_all_as_it_was(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_edits, "AT_ONCE", 2)
    monkeypatch.setattr(bulk_edit_process, "PRODUCT_S", 0.2)
    ids = await shelf.fill(3)
    slow = await shelf.products.save(Product(ProductId(0), "SLOW", Text("a" * 60 + "!")))
    before = await shelf.dump()
    edit = _pattern(r"L|(a+)+$", "Oil l")
    for run in (shelf.edits.try_out, shelf.edits.make):
        with pytest.raises(UserMistake, match="takes too long: it was still at work on the product “SLOW”"):
            await run(edit, [*ids, int(slow)])
    assert await shelf.dump() == before
    assert not [entry for entry in await shelf.history.entries() if entry.state is EntryState.OPEN]


async def test_a_product_that_changed_while_a_pattern_was_worked_out_is_left_alone(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await shelf.fill(2)

    class Meanwhile(BulkEditProcess):
        async def apply(self, rows: Rows) -> list[Outcome]:
            found = await super().apply(rows)
            await shelf.edits.make(BulkEdit("title", "append", (("text", " XL"),)), ids[:1])
            return found

    monkeypatch.setattr(bulk_edits, "BulkEditProcess", Meanwhile)
    done = await shelf.edits.make(_pattern("[Ll]amp", "Light"), ids)
    assert (done.counts.changed, [line.sku for line in done.counts.refusals]) == (1, ["S-1"])
    assert "meanwhile" in done.counts.refusals[0].refused
    assert [row["title"] for row in await shelf.dump()] == ["Lamp 1 XL", "Light 2"]


_EDITS = st.sampled_from(
    [
        BulkEdit("price", "change", (("by", "-7%"), ("rounding", ".99"))),
        BulkEdit("price", "set", (("value", "5.00 EUR"),)),
        BulkEdit("price", "clear"),
        BulkEdit("cost", "compute", (("formula", "price / 3"),)),
        BulkEdit("quantity", "compute", (("formula", "stock * 2 - 3"),)),
        BulkEdit("title", "append", (("text", " XL"),)),
        BulkEdit("keywords", "add_words", (("words", "a, b"),)),
        BulkEdit("attribute:Size", "set", (("value", "M"),)),
        BulkEdit("active", "set", (("value", "no"),)),
        BulkEdit("weight_g", "set", (("value", "2 kg"),)),
    ]
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(_EDITS, min_size=1, max_size=5))
async def test_undone_in_turn_all_is_as_before(shelf: Shelf, edits: list[BulkEdit]) -> None:
    ids = list(await shelf.products.ids(ProductQuery())) or await shelf.fill(6)
    before = await shelf.dump()
    entries = [(await shelf.edits.make(edit, ids)).entry_id for edit in edits]
    for entry in reversed(entries):
        if entry is not None:
            await shelf.history.undo(entry)
    assert await shelf.dump() == before
