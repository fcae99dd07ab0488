"""The history: every change can be taken back and done again, whole or as far as nothing else changed it since."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from mmhub_desktop.domain.history import EntryKind, EntryState, Reason
from mmhub_desktop.domain.ids import AccountId, EntryId, ListingId, ProductId
from mmhub_desktop.domain.listing import Listing, ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, ProductStatus, Text
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.events import Bus, Notice
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.history import HistoryStore
from mmhub_desktop.store.history_recording import recorded, recording
from mmhub_desktop.store.listings import ListingStore
from mmhub_desktop.store.products import ProductStore

_AGED = "version, updated_at"  # grow with every change, an undo included


@pytest.fixture
def products(db: Database) -> ProductStore:
    return ProductStore(db)


@pytest.fixture
def history(db: Database) -> HistoryStore:
    return HistoryStore(db, Bus(), lambda: 500)


def made(number: int = 1, **changes: Any) -> Product:
    values: dict[str, Any] = {
        "id": ProductId(0), "sku": f"L-{number}", "original": Text(f"Lámpara {number}", "Con brazo.", ("lámpara",)),
        "price": Money.of(Decimal("24.90"), "EUR"), "quantity": 5, "attributes": {"Color": "rojo"},
    }  # fmt: skip
    return Product(**{**values, **changes})


def add_account(connection: Connection) -> None:
    connection.exec_driver_sql(
        "INSERT INTO account (id, marketplace, label, created_at) VALUES (1, 'practice', 'A', 1)"
    )


def dump(db: Database, table: str = "product", leave: str = _AGED) -> list[dict[str, Any]]:
    """All rows of a table, without what an undo changes on purpose."""
    left = {name.strip() for name in leave.split(",")}

    def read(connection: Connection) -> list[dict[str, Any]]:
        rows = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").mappings()
        return [{name: value for name, value in row.items() if name not in left} for row in rows]

    return db.read_now(read)


async def newest(history: HistoryStore) -> EntryId:
    return (await history.entries())[0].id


async def test_an_edit_is_taken_back_and_done_again(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    one = await products.save(made())
    before = dump(db)
    present = await products.get(one)
    assert present is not None
    better = replace(present, sku="X-9", price=None, quantity=0, attributes={}, original=Text("Lamp", "", ()))
    await products.save(better)
    after = dump(db)
    assert after != before
    entry = await newest(history)
    done = await history.undo(entry)
    assert (done.products, done.refused, done.entry.state) == (1, 0, EntryState.UNDONE)
    assert dump(db) == before
    assert await products.by_sku("L-1") is not None
    assert (await history.redo(entry)).entry.state is EntryState.DONE
    assert dump(db) == after


async def test_each_kind_of_thing_has_its_entry(db: Database, products: ProductStore, history: HistoryStore) -> None:
    one = await products.save(made())
    await products.set_status([one], ProductStatus.OPTIMIZING)
    await products.set_optimized(one, Text("Better"), "a model", batch_id=7)
    await products.clear_optimized(one)
    await products.delete([one])
    found = await history.entries()
    assert [(entry.kind, entry.label, entry.products) for entry in found] == [
        (EntryKind.DELETE, "Deleted “Lámpara 1”", 1),
        (EntryKind.EDIT, "Went back to the original text", 1),
        (EntryKind.ENHANCE, "Better texts by a model", 1),
        (EntryKind.EDIT, "Added “Lámpara 1”", 1),
    ]
    assert found[0].actor
    assert found[0].bytes > 100


async def test_texts_of_one_batch_are_one_entry(db: Database, products: ProductStore, history: HistoryStore) -> None:
    ids = [await products.save(made(number)) for number in range(4)]
    before = dump(db)
    await products.set_status(ids, ProductStatus.OPTIMIZING)
    for each in ids[:3]:
        await products.set_optimized(each, Text(f"Better {each}"), "a model", batch_id=7)
    await products.set_optimized(ids[3], Text("Better"), "a model", batch_id=8)
    found = (await history.entries())[:2]
    assert [entry.products for entry in found] == [1, 3]
    for entry in found:
        await history.undo(entry.id)
    assert dump(db) == before  # the status, too: not “optimizing”, which nobody would end


async def test_undone_in_reverse_all_is_as_before_and_redone_as_after(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    stages = [dump(db)]
    ids = []
    for number in range(3):
        ids.append(await products.save(made(number)))
        stages.append(dump(db))
    await products.save(made(7, parent_id=ids[0], options={"Talla": "M"}))
    stages.append(dump(db))
    await products.delete([ids[0], ids[2]])
    stages.append(dump(db))
    steps = 0
    while (entry := await history.next_undo()) is not None:
        assert (await history.undo(entry.id)).refused == 0
        steps += 1
        assert dump(db) == stages[-1 - steps]
    assert steps == 5
    while (entry := await history.next_redo()) is not None:
        assert (await history.redo(entry.id)).refused == 0
        steps -= 1
        assert dump(db) == stages[-1 - steps]
    assert steps == 0


async def test_a_deleted_product_comes_back_with_all_that_hung_on_it(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    await db.write(add_account)
    listings = ListingStore(db)
    parent = await products.save(made())
    child = await products.save(made(2, parent_id=parent))
    listed = Listing(ListingId(0), child, AccountId(1), ListingState.LIVE, "MLC1", "https://shop/1")
    await listings.save(replace(listed, overrides={"title": "Own"}))
    await db.write(
        lambda c: c.exec_driver_sql("INSERT INTO sync_log (at, listing_id, operation) VALUES (1, 1, 'publish')")
    )
    await db.write(
        lambda c: c.exec_driver_sql(
            "INSERT INTO found_listing (account_id, remote_id, state, product_id, read_at)"
            " VALUES (1, 'MLC7', 'live', ?, 1)",
            (parent,),
        )
    )
    tables = ("product", "listing", "sync_log", "found_listing")
    before = {table: dump(db, table) for table in tables}
    await products.delete([parent])  # the variant goes with it
    assert [dump(db, table) for table in ("product", "listing", "sync_log")] == [[], [], []]
    later = await products.save(made(3))
    assert later > child  # an id is never given twice
    await products.delete([later])
    for entry in (await history.entries())[1:3]:
        await history.undo(entry.id)
    entry = (await history.entries())[2].id
    after_undo = {table: dump(db, table) for table in tables}
    assert after_undo == before
    assert (await listings.get(child, AccountId(1))).remote_id == "MLC1"
    await history.redo(entry)
    assert dump(db) == []
    assert dump(db, "listing") == []
    await history.undo(entry)
    assert {table: dump(db, table) for table in tables} == before


async def test_what_was_edited_since_stays_with_its_reason(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    one = await products.save(made())
    present = await products.get(one)
    assert present is not None
    await products.save(replace(present, quantity=9, brand="Lumea"))
    entry = await newest(history)
    changed = await products.get(one)
    assert changed is not None
    await products.save(replace(changed, quantity=1))
    done = await history.undo(entry)
    assert [(each.field, each.reason, each.present, each.sku) for each in done.refusals] == [
        ("quantity", Reason.EDITED, "1", "L-1")
    ]
    now = await products.get(one)
    assert now is not None
    assert (now.quantity, now.brand) == (1, "")
    assert await history.refusals(entry) == list(done.refusals)


async def test_a_sku_that_another_has_by_now_is_refused_and_the_rest_undone(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    one = await products.save(made())
    present = await products.get(one)
    assert present is not None
    await products.save(replace(present, sku="X-1", brand="Lumea"))
    entry = await newest(history)
    await products.save(made(1))
    done = await history.undo(entry)
    assert [(each.field, each.reason) for each in done.refusals] == [("sku", Reason.TAKEN)]
    now = await products.get(one)
    assert now is not None
    assert (now.sku, now.brand) == ("X-1", "")
    assert await products.by_sku("x-1") == now


async def test_products_that_swapped_skus_swap_back(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    one, two = await products.save(made(1)), await products.save(made(2))
    before = dump(db)

    def swap(connection: Connection) -> None:
        with recorded(connection, EntryKind.BULK_EDIT, "Swapped"):
            for product_id, sku in ((one, "tmp"), (two, "L-1"), (one, "L-2")):
                connection.exec_driver_sql(
                    "UPDATE product SET sku=?, sku_key=lower(?) WHERE id=?", (sku, sku, product_id)
                )

    await db.write(swap)
    done = await history.undo(await newest(history))
    assert done.refused == 0
    assert [row["sku_key"] for row in dump(db)] == [row["sku_key"] for row in before]


async def test_a_deleted_product_whose_sku_is_taken_stays_out(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    one, two = await products.save(made(1)), await products.save(made(2))
    await products.delete([one, two])
    entry = await newest(history)
    other = await products.save(made(1))
    done = await history.undo(entry)
    assert [each.reason for each in done.refusals] == [Reason.TAKEN]
    assert {row["id"] for row in dump(db)} == {two, other}
    assert done.entry.can_undo  # the rest can be tried again
    await products.delete([other])
    assert (await history.undo(entry)).refused == 0
    assert {row["id"] for row in dump(db)} == {one, two}


async def test_made_products_that_were_edited_or_listed_since_stay(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    await db.write(add_account)
    entry = await history.begin(EntryKind.RESTORE, "Three lamps")

    def write(connection: Connection) -> None:
        with recording(connection, entry):
            for number in range(4):
                connection.exec_driver_sql(
                    "INSERT INTO product (sku, sku_key, title, created_at, updated_at) VALUES (?, ?, 'T', 1, 1)",
                    (f"A{number}", f"a{number}"),
                )

    await db.write(write)
    await history.finish(entry)
    first, second, third, fourth = (row["id"] for row in dump(db))
    edited = await products.get(first)
    assert edited is not None
    await products.save(replace(edited, quantity=3))
    await ListingStore(db).save(Listing(ListingId(0), second, AccountId(1), ListingState.LIVE, "MLC1"))
    await products.save(made(9, parent_id=third))
    done = await history.undo(entry)
    assert {each.product_id: each.reason for each in done.refusals} == {
        first: Reason.EDITED, second: Reason.LISTED, third: Reason.VARIANTS,
    }  # fmt: skip
    assert fourth not in {row["id"] for row in dump(db)}
    assert (await history.redo(entry)).refused == 0
    assert fourth in {row["id"] for row in dump(db)}


async def test_redo_by_the_key_ends_with_a_new_change(products: ProductStore, history: HistoryStore) -> None:
    one = await products.save(made(1))
    await history.undo(await newest(history))
    found = await history.next_redo()
    assert found is not None
    await products.save(made(2))
    assert await history.next_redo() is None
    await history.redo(found.id)  # on its page it is still possible
    assert await products.get(one) is not None


async def test_an_entry_cut_short_is_taken_back_at_the_next_opening(
    tmp_path: Path, db: Database, products: ProductStore, history: HistoryStore
) -> None:
    ids = [await products.save(made(number)) for number in range(3)]
    before = dump(db)
    entry = await history.begin(EntryKind.BULK_EDIT, "Set quantity")

    def write(connection: Connection) -> None:
        with recording(connection, entry):
            connection.exec_driver_sql("UPDATE product SET quantity=quantity+1 WHERE id<=?", (ids[1],))

    await db.write(write)
    bus, told = Bus(), []
    bus.subscribe(Notice, told.append)
    again = HistoryStore(db, bus, lambda: 500)
    await again.recover()
    assert dump(db) == before
    assert "Set quantity" in told[0].message
    found = await again.get(entry)
    assert found is not None
    assert found.state is EntryState.CUT_SHORT
    with pytest.raises(UserMistake, match="cut short"):
        await again.redo(entry)


async def test_the_oldest_are_forgotten_when_the_history_is_full(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    one = await products.save(made())
    for number in range(3):
        present = await products.get(one)
        assert present is not None
        await products.save(replace(present, original=Text("T", f"{number}" * 700_000)))
    small = HistoryStore(db, Bus(), lambda: 2)
    await small.tidy()
    states = [entry.state for entry in await small.entries()]
    assert states == [EntryState.DONE, EntryState.FORGOTTEN, EntryState.FORGOTTEN, EntryState.FORGOTTEN]
    with pytest.raises(UserMistake, match="too old"):
        await small.undo((await small.entries())[1].id)
    left = await db.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM history_change").scalar())
    assert left == 1


async def test_what_was_done_to_a_product_is_told(products: ProductStore, history: HistoryStore) -> None:
    one, other = await products.save(made(1)), await products.save(made(2))
    present = await products.get(one)
    assert present is not None
    await products.save(replace(present, quantity=7))
    await products.delete([other])
    changes = await history.of_product(one)
    assert [(dict(each.cells), each.came, each.went) for each in changes] == [
        ({"quantity": (5, 7)}, False, False), ({}, True, False),
    ]  # fmt: skip
    assert [each.went for each in await history.of_product(other)] == [True, False]
    assert list(await history.product_ids(changes[0].entry.id)) == [one]
    assert list(await history.ids(one)) == [each.entry.id for each in changes]


async def test_what_was_set_for_a_listing_alone_is_undone(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    await db.write(add_account)
    one = await products.save(made())
    listings = ListingStore(db)
    await listings.save(Listing(ListingId(0), one, AccountId(1), ListingState.LIVE, "MLC1"))

    def write(connection: Connection) -> None:
        with recorded(connection, EntryKind.EDIT, "Own title"):
            connection.exec_driver_sql("UPDATE listing SET overrides=?", (json.dumps({"title": "Mine"}),))

    await db.write(write)
    entry = await newest(history)
    assert list(await history.product_ids(entry)) == [one]
    await history.undo(entry)
    assert (await listings.get(one, AccountId(1))).overrides == {}
    await history.redo(entry)
    assert (await listings.get(one, AccountId(1))).overrides == {"title": "Mine"}


async def test_own_values_of_a_product_that_was_not_listed_yet_are_undone(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    await db.write(add_account)
    one = await products.save(made())
    listings = ListingStore(db)
    await listings.save_own(Listing(ListingId(0), one, AccountId(1), overrides={"title": "Mine"}), "Own title")
    entry = (await history.entries())[0]
    assert (entry.label, entry.products) == ("Own title", 1)
    assert (await history.of_product(one))[0].entry.id == entry.id
    done = await history.undo(entry.id)
    assert (done.products, done.refused) == (1, 0)
    assert dump(db, "listing") == []
    await history.redo(entry.id)
    draft = await listings.get(one, AccountId(1))
    assert draft.overrides == {"title": "Mine"}
    await listings.save(replace(draft, state=ListingState.LIVE, remote_id="MLC1"))
    done = await history.undo(entry.id)
    assert [each.reason for each in done.refusals] == [Reason.LISTED]
    assert (await listings.get(one, AccountId(1))).remote_id == "MLC1"


async def test_others_are_told_of_what_an_undo_changes(
    db: Database, products: ProductStore, history: HistoryStore
) -> None:
    def subscribe(connection: Connection) -> None:
        types = json.dumps(["product.imported", "product.updated", "product.deleted"])
        connection.exec_driver_sql(
            "INSERT INTO webhook_subscription (url, event_types, created_at) VALUES ('https://a', ?, 1)", (types,)
        )

    one = await products.save(made())
    present = await products.get(one)
    assert present is not None
    await products.save(replace(present, quantity=9))
    await products.delete([one])
    await db.write(subscribe)
    for _ in range(3):
        entry = await history.next_undo()
        assert entry is not None
        await history.undo(entry.id)
    told = await db.read(lambda c: c.exec_driver_sql("SELECT event_type FROM outbox ORDER BY id").scalars().all())
    assert list(told) == ["product.imported", "product.updated", "product.deleted"]
