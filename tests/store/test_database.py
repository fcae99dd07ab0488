"""The workspace file: opening, refusing, group commit, failure."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from mmhub_desktop.errors import DiskFull, UserMistake, WorkspaceDamaged, WorkspaceLocked, WorkspaceTooNew
from mmhub_desktop.store import (  # noqa: F401 - those beside ``schema`` share its metadata
    schema,
    schema_catalog,
    schema_history,
    schema_imports,
    schema_jobs,
    schema_pictures,
    schema_workflows,
)
from mmhub_desktop.store.connecting import fold
from mmhub_desktop.store.database import APPLICATION_ID, SCHEMA_VERSION, Database
from mmhub_desktop.store.writer import Row


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.mmhub"


def set_preference(connection: Connection, rows: list[Row]) -> None:
    connection.execute(schema.preference.insert(), rows)


async def test_many_writes_share_commits_and_all_are_there(path: Path) -> None:
    db = Database.open(path)
    await asyncio.gather(*(db.write_rows(set_preference, [{"key": f"k{n}", "value": "1"}]) for n in range(1000)))
    assert await db.read(lambda c: c.scalar(text("SELECT count(*) FROM preference"))) == 1000
    assert db.commits < 500
    db.close()


async def test_a_failing_write_undoes_only_itself(path: Path) -> None:
    db = Database.open(path)

    def failing(connection: Connection) -> None:
        connection.execute(schema.preference.insert(), {"key": "bad", "value": "1"})
        raise ValueError("no")

    results = await asyncio.gather(
        db.write(failing),
        db.write(lambda c: c.execute(schema.preference.insert(), {"key": "good", "value": "1"}).rowcount),
        return_exceptions=True,
    )
    assert isinstance(results[0], ValueError)
    keys = await db.read(lambda c: c.scalars(text("SELECT key FROM preference")).all())
    assert keys == ["good"]
    db.close()


def test_a_second_opener_is_told_who_has_it(path: Path) -> None:
    db = Database.open(path, holder="the window")
    with pytest.raises(WorkspaceLocked, match="the window"):
        Database.open(path)
    db.close()
    Database.open(path).close()


def test_a_newer_file_is_refused_and_not_changed(path: Path) -> None:
    Database.open(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(WorkspaceTooNew):
        Database.open(path)
    assert path.read_bytes() == before


def test_a_foreign_file_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE other (x)")
    raw.close()
    with pytest.raises(UserMistake, match="another program"):
        Database.open(path)


def test_a_file_that_is_no_database_is_called_damaged(path: Path) -> None:
    path.write_bytes(b"this is not a database at all, " * 100)
    with pytest.raises(WorkspaceDamaged):
        Database.open(path)


def test_migrations_and_schema_are_the_same(path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    db = Database.open(path)
    with db._writer.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, schema_catalog.product_draft.metadata) == []
    db.close()


async def test_a_full_disk_is_told_and_loses_nothing(path: Path) -> None:
    db = Database.open(path)
    await db.write_rows(set_preference, [{"key": "before", "value": "1"}])

    def fill(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")  # SQLite's own way to say “disk full”
        connection.execute(schema.preference.insert(), {"key": "big", "value": "x" * 1_000_000})

    with pytest.raises(DiskFull, match="could not be written"):
        await db.write(fill)
    keys = await db.read(lambda c: c.scalars(text("SELECT key FROM preference")).all())
    assert keys == ["before"]
    db.close()
    Database.open(path).close()


def test_an_older_workspace_is_upgraded_and_a_copy_is_made_first(path: Path) -> None:
    first_form(path)
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO preference VALUES ('kept', 'yes')")
        raw.execute(
            "INSERT INTO product (sku, sku_key, title, created_at, updated_at) VALUES ('L-1', 'l-1', 'Lamp', 1, 1)"
        )
    raw.close()
    db = Database.open(path)
    with db._writer.engine.connect() as connection:
        assert connection.execute(text("SELECT title FROM product")).scalars().all() == ["Lamp"]
        assert connection.execute(text("PRAGMA user_version")).scalar_one() == SCHEMA_VERSION
    db.close()
    copy = path.with_name("shop.before-upgrade-1.backup.mmhub")
    with sqlite3.connect(copy) as raw:
        assert raw.execute("SELECT value FROM preference").fetchone() == ("yes",)
    raw.close()


@pytest.mark.parametrize("is_old", [False, True])
def test_ids_of_products_are_never_given_twice(path: Path, is_old: bool) -> None:
    insert = "INSERT INTO product (sku, sku_key, title, created_at, updated_at) VALUES (?, ?, 'Lamp', 1, 1)"
    if is_old:
        first_form(path)
        with sqlite3.connect(path) as raw:
            raw.execute(insert, ("L-0", "l-0"))
        raw.close()
    Database.open(path).close()
    with sqlite3.connect(path) as raw:
        first = raw.execute(insert, ("L-1", "l-1")).lastrowid
        raw.execute("DELETE FROM product WHERE id=?", (first,))
        assert raw.execute(insert, ("L-2", "l-2")).lastrowid == (first or 0) + 1 == 2 + is_old
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        made = raw.execute("SELECT sql FROM sqlite_master WHERE name IN ('product', 'listing', 'sync_log')").fetchall()
        assert [text for (text,) in made if "AUTOINCREMENT" not in text] == []
    raw.close()


def first_form(path: Path) -> None:
    """A workspace as version 0.1 of the program left it."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    from mmhub_desktop.store import migrations

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql("PRAGMA user_version=1")
    engine.dispose()


def test_damage_is_found_at_the_start_after_a_crash(path: Path) -> None:
    db = Database.open(path)
    db.write_now(lambda c: set_preference(c, [{"key": f"key {n}", "value": "x" * 500} for n in range(2000)]))
    db.close()
    content = bytearray(path.read_bytes())
    for page in range(60, 90):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(content)
    path.with_name(path.name + ".open").touch()  # what a killed program leaves
    with pytest.raises(WorkspaceDamaged, match="backup"):
        Database.open(path)


async def test_an_unlinked_write_keeps_its_place_and_follows_no_keys(path: Path) -> None:
    db = Database.open(path)
    made = "INSERT INTO product (id, sku, sku_key, title, parent_id, created_at, updated_at)"
    await db.write(lambda c: c.exec_driver_sql(f"{made} VALUES (1, 'A', 'a', 'A', NULL, 1, 1)"))
    await db.write(lambda c: c.exec_driver_sql(f"{made} VALUES (2, 'B', 'b', 'B', 1, 1, 1)"))
    order: list[str] = []

    def delete(connection: Connection, name: str) -> list[int]:
        order.append(name)
        connection.exec_driver_sql("DELETE FROM product WHERE id=1")
        return list(connection.exec_driver_sql("SELECT id FROM product").scalars())

    def fail(connection: Connection) -> None:
        delete(connection, "failing")
        raise UserMistake("Not so.")

    def change(connection: Connection) -> None:
        order.append("linked")
        connection.exec_driver_sql("UPDATE product SET title='C' WHERE id=2")

    found = await asyncio.gather(
        db.write(change), db.write_unlinked(fail), db.write_unlinked(lambda c: delete(c, "unlinked")),
        db.write(lambda c: delete(c, "again")), return_exceptions=True,
    )  # fmt: skip
    assert order == ["linked", "failing", "unlinked", "again"]
    assert isinstance(found[1], UserMistake)
    assert (found[2], found[3]) == ([2], [2])
    assert await db.write(lambda c: c.exec_driver_sql("PRAGMA foreign_keys").scalar()) == 1
    db.close()


def test_a_log_that_another_program_made_long_is_folded_into_the_file(path: Path) -> None:
    db = Database.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA wal_autocheckpoint=0")
        other.execute("CREATE TABLE much AS SELECT randomblob(1000000)")
    before = path.stat().st_size
    db.fold_log()
    db._readers.shutdown(wait=True)
    assert path.stat().st_size > before + 900_000
    db.close()


def test_folding_holds_nothing_up_and_fails_quietly(path: Path, tmp_path: Path) -> None:
    fold(tmp_path / "gone" / "shop.mmhub")
    db = Database.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        fold(path)  # while somebody writes
        other.execute("ROLLBACK")
    db.close()
