"""Products that came with one entry go together: quickly where nothing hangs on them, whole where something does."""

import json
from typing import Any

import pytest
from sqlalchemy import Connection

from mmhub_desktop.domain.history import EntryKind, Reason
from mmhub_desktop.domain.ids import EntryId
from mmhub_desktop.events import Bus
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.history import HistoryStore
from mmhub_desktop.store.history_move import CHUNK
from mmhub_desktop.store.history_moves import Step, begin_move, move_some, remove_some
from mmhub_desktop.store.history_recording import recorded
from mmhub_desktop.store.history_removal import NotAlone
from mmhub_desktop.store.outbox_rows import plain_connection

TABLES = ("product", "listing", "product_draft", "found_listing", "account")
MANY = CHUNK * 2 + 500


@pytest.fixture
def history(db: Database) -> HistoryStore:
    return HistoryStore(db, Bus(), lambda: 500)


def dump(db: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of what hangs together, without what an undo changes on purpose."""

    def read(connection: Connection) -> dict[str, list[dict[str, Any]]]:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        return {
            table: [
                {name: value for name, value in row.items() if name not in ("version", "updated_at")}
                for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").mappings()
            ]
            for table in TABLES
        }

    return db.read_now(read)


async def add(db: Database, first: int, last: int, *, early: int = 0) -> EntryId:
    """Products of one entry; each tenth is a variant of the one before, and ``early`` of one that comes last."""

    def write(connection: Connection) -> EntryId:
        with recorded(connection, EntryKind.BULK_EDIT, "Came"):
            connection.exec_driver_sql(
                "INSERT INTO product (id, sku, sku_key, title, parent_id, created_at, updated_at)"
                " SELECT value, 'S' || value, 's' || value, 'T', iif(value % 10=0, value - 1, NULL), 1, 1"
                " FROM json_each(?)",
                (json.dumps(list(range(first, last + 1))),),
            )
            connection.exec_driver_sql("UPDATE product SET parent_id=? WHERE id=?", (last - 2, early))
        return EntryId(connection.exec_driver_sql("SELECT max(id) FROM history_entry").scalar_one())

    return await db.write(write)


async def hang(db: Database, product_id: int) -> None:
    """Something of each kind that hangs on a product."""

    def write(connection: Connection) -> None:
        run = connection.exec_driver_sql
        run("INSERT OR IGNORE INTO account (id, marketplace, label, created_at) VALUES (1, 'practice', 'A', 1)")
        run(
            "INSERT INTO listing (product_id, account_id, state, created_at, updated_at) VALUES (?, 1, 'draft', 1, 1)",
            (product_id,),
        )
        run("INSERT INTO product_draft VALUES (?, '{}', 1)", (product_id,))
        run(
            "INSERT INTO found_listing (account_id, remote_id, state, product_id, read_at) VALUES (1, ?, 'live', ?, 1)",
            (str(product_id), product_id),
        )
        run(
            "INSERT INTO readiness (account_id, product_id, state, product_version, basis, checked_at)"
            " SELECT 1, id, 'ready', 1, '', 1 FROM product WHERE id % 100=0"
        )

    await db.write(write)


@pytest.mark.parametrize("hanging", [False, True])
async def test_all_of_an_entry_goes_and_comes_back(db: Database, history: HistoryStore, hanging: bool) -> None:
    await add(db, 1, 3)
    await hang(db, 2)
    before = dump(db)
    entry = await add(db, 4, MANY, early=8)
    if hanging:
        await hang(db, CHUNK + 7)
    after = dump(db)
    progress: list[int] = []
    done = await history.undo(entry, progress.append)
    counted = MANY - 4  # of those that came, the early variant went with its parent
    assert (done.products, done.refused, progress[-1]) == (counted, 0, counted)
    gone = {"product_id": None} if hanging else {}
    found = before["found_listing"] + ([{**after["found_listing"][1], **gone}] if hanging else [])
    assert dump(db) == {**before, "found_listing": found}
    assert db.read_now(lambda c: c.exec_driver_sql("SELECT count(*) FROM readiness WHERE product_id>3").scalar()) == 0
    await history.redo(entry)
    assert dump(db) == {**after, "found_listing": found}  # what was proposed for a product that went is proposed anew
    await history.undo(entry)
    assert dump(db)["product"] == before["product"]


async def removing(db: Database, entry: EntryId) -> Step:
    """An undo that has come to where products go."""
    await db.write(lambda c: begin_move(plain_connection(c), entry, undo=True))
    step = await db.write(lambda c: move_some(plain_connection(c), entry))
    assert step == Step((), finished=False, removing=True)
    return await db.write_unlinked(lambda c: remove_some(plain_connection(c), entry))


async def test_products_on_which_nothing_hangs_go_without_triggers(db: Database) -> None:
    entry = await add(db, 1, MANY)
    step = await removing(db, entry)
    assert step.products == tuple(range(MANY - CHUNK + 1, MANY + 1))
    kept = "SELECT id, rank FROM history_product WHERE entry_id=? AND side=1 ORDER BY place"
    rows = db.read_now(lambda c: c.exec_driver_sql(kept, (entry,)).fetchall())
    assert rows == [(each, int(each % 10 == 0)) for each in step.products]


@pytest.mark.parametrize("table", ["listing", "product_draft", "found_listing", "product"])
async def test_where_something_hangs_on_them_nothing_is_done(db: Database, table: str) -> None:
    entry = await add(db, 1, CHUNK * 2)
    await hang(db, CHUNK * 2 - 3)
    if table == "product":  # a variant that is not of this part

        def adopt(connection: Connection) -> None:
            connection.exec_driver_sql("UPDATE product SET parent_id=? WHERE id=2", (CHUNK * 2 - 3,))

        await db.write(adopt)
    for other in {"listing", "product_draft", "found_listing"} - {table}:
        await db.write(lambda c, other=other: c.exec_driver_sql(f"DELETE FROM {other}"))  # type: ignore[misc]
    before = dump(db)
    with pytest.raises(NotAlone):
        await removing(db, entry)
    assert dump(db) == before


async def test_what_was_edited_since_stays_with_its_reason(db: Database, history: HistoryStore) -> None:
    entry = await add(db, 1, CHUNK)

    def edit(connection: Connection) -> None:
        with recorded(connection, EntryKind.EDIT, "Edited"):
            connection.exec_driver_sql("UPDATE product SET title='Mine' WHERE id IN (7, 20)")

    await db.write(edit)
    done = await history.undo(entry)
    assert [(each.product_id, each.reason) for each in done.refusals] == [
        (7, Reason.EDITED), (19, Reason.VARIANTS), (20, Reason.EDITED),
    ]  # fmt: skip
    assert [row["id"] for row in dump(db)["product"]] == [7, 19, 20]
