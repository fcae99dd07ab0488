"""Copies of a workspace that is being written, and going back to one."""

import asyncio
import contextlib
import json
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, text

from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.catalog.row_process import CHUNK
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.schedule import Repeats
from mmhub_desktop.errors import DiskFull, UserMistake, WorkspaceDamaged, WorkspaceLocked, WorkspaceTooNew
from mmhub_desktop.jobs.backup_keeper import backup_path, list_backups
from mmhub_desktop.store.database import SCHEMA_VERSION, Database
from mmhub_desktop.store.restoring import go_back
from mmhub_desktop.store.workspace_copy import check_copy, contents, copy_workspace, difference
from tests.fakes.shop import lamp, open_shop
from tests.store.test_database import first_form

BALANCE = "INSERT INTO preference (key, value) VALUES ('left', '0'), ('right', '0')"


def put(connection: Connection, number: int) -> None:
    for key in ("left", "right"):
        connection.exec_driver_sql("UPDATE preference SET value = ? WHERE key = ?", (str(number), key))
        connection.exec_driver_sql(
            "INSERT INTO preference (key, value) VALUES (?, ?)", (f"{key}{number}", "x" * 4000)
        )  # fmt: skip


async def test_a_copy_made_while_everything_is_written_is_consistent(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "shop.mmhub")
    await db.write(lambda c: c.exec_driver_sql(BALANCE).rowcount)
    await asyncio.gather(*(db.write(lambda c, n=number: put(c, n)) for number in range(1500)))  # type: ignore[misc]
    ended = asyncio.Event()
    slices: list[int] = []

    async def write() -> None:
        number = 1500
        while not ended.is_set():
            await db.write(lambda c, number=number: put(c, number))  # type: ignore[misc]
            number += 1

    writing = asyncio.create_task(write())
    target = tmp_path / "copy"
    await asyncio.to_thread(copy_workspace, db.path, target, lambda done, _of: slices.append(done))
    before_end = await db.read(lambda c: c.scalar(text("SELECT value FROM preference WHERE key = 'left'")))
    ended.set()
    await writing
    db.close()
    check_copy(target)
    with sqlite3.connect(target) as raw:
        left, right, rows = raw.execute(
            "SELECT (SELECT value FROM preference WHERE key = 'left'),"
            " (SELECT value FROM preference WHERE key = 'right'),"
            " (SELECT count(*) FROM preference WHERE key LIKE 'left_%')"
        ).fetchone()
    raw.close()
    assert left == right
    assert rows == int(left) + 1
    assert int(left) <= int(before_end or 0)
    assert len(slices) > 1, "copied in slices"
    assert await asyncio.to_thread(lambda: [each.name for each in tmp_path.glob(".*")]) == []


async def test_a_copy_made_while_an_import_runs_holds_whole_chunks(tmp_path: Path) -> None:
    file, chunk = tmp_path / "many.csv", CHUNK
    lines = ["sku,title,price_eur", *(f"A-{number},Lamp {number},1.00" for number in range(12 * chunk))]
    await asyncio.to_thread(file.write_text, "\n".join(lines))
    async with open_shop(tmp_path, run=False) as shop:
        plan = plan_from(await asyncio.to_thread(inspect, file))
        begun = asyncio.Event()
        run = await shop.workspace.import_file(plan, lambda told: begun.set() if told.counts.new else None)
        await asyncio.wait_for(begun.wait(), 60)
        copies = []
        while not run.has_ended and len(copies) < 3:
            copies.append(tmp_path / f"copy {len(copies)}")
            await asyncio.to_thread(copy_workspace, shop.workspace.path, copies[-1])
        await run.result()
        assert await shop.workspace.products.count() == 12 * chunk
    assert copies, "the import was still running"
    for copy in copies:
        check_copy(copy)
        with sqlite3.connect(copy) as raw:
            count, told = raw.execute("SELECT (SELECT count(*) FROM product), rows_new FROM import_job").fetchone()
        raw.close()
        assert count == told
        assert count % chunk == 0
        assert count > 0


def test_no_room_is_said_and_the_older_copy_stays(tmp_path: Path) -> None:
    """A child may write files of two megabytes at most."""
    path, target = tmp_path / "shop.mmhub", tmp_path / "backups" / "copy"
    db = Database.open(path)
    copy_workspace(path, target)
    before = target.read_bytes()
    for number in range(1000):
        db.write_now(lambda c, number=number: put(c, number))  # type: ignore[misc]
    db.close()
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "from mmhub_desktop.errors import DiskFull\nfrom mmhub_desktop.store.workspace_copy import copy_workspace\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
        "try:\n    copy_workspace(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except DiskFull as error:\n    print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, path, target], capture_output=True, text=True, timeout=60, check=True
    )  # fmt: skip
    assert "could not be written. Free some disk space" in said.stdout, said
    assert "Older backups are kept" in said.stdout
    assert target.read_bytes() == before
    assert [each.name for each in target.parent.iterdir()] == ["copy"]


def test_without_room_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database.open(tmp_path / "shop.mmhub").close()
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=5))
    with pytest.raises(DiskFull, match="There is no room"):
        copy_workspace(tmp_path / "shop.mmhub", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_killed_in_the_middle_no_half_copy_has_the_real_name(tmp_path: Path) -> None:
    path, target = tmp_path / "shop.mmhub", tmp_path / "copy"
    db = Database.open(path)
    for number in range(2000):
        db.write_now(lambda c, number=number: put(c, number))  # type: ignore[misc]
    db.close()
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom mmhub_desktop.store.workspace_copy import copy_workspace\n"
        "def told(done, of):\n    if 0 < done < of: os._exit(9)\n"
        "copy_workspace(Path(sys.argv[1]), Path(sys.argv[2]), told)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, path, target], timeout=60, check=False).returncode == 9
    assert not target.exists()
    copy_workspace(path, target)
    check_copy(target)


def test_what_is_no_whole_backup_is_refused_and_the_present_stays(tmp_path: Path) -> None:
    path, good = tmp_path / "shop.mmhub", tmp_path / "good"
    Database.open(path).close()
    copy_workspace(path, good)
    present = path.read_bytes()
    for name, spoil, error in (
        ("no database", lambda p: p.write_bytes(b"hello" * 3000), WorkspaceDamaged),
        ("cut off", lambda p: p.write_bytes(good.read_bytes()[:-9000]), WorkspaceDamaged),
        ("newer", lambda p: _run(p, good, f"PRAGMA user_version={SCHEMA_VERSION + 1}"), WorkspaceTooNew),
        ("of another program", lambda p: _run(p, good, "PRAGMA application_id=7"), UserMistake),
        ("missing", lambda _p: None, UserMistake),
    ):
        bad = tmp_path / name
        spoil(bad)
        with pytest.raises(error) as caught:
            go_back(path, bad, tmp_path / "kept", holder="a test")
        assert name in str(caught.value)
        assert path.read_bytes() == present
        assert not (tmp_path / "kept").exists()


def _run(path: Path, good: Path, statement: str) -> None:
    path.write_bytes(good.read_bytes())
    with sqlite3.connect(path) as raw:
        raw.execute(statement)
    raw.close()


def test_an_open_workspace_is_not_replaced(tmp_path: Path) -> None:
    path, copy = tmp_path / "shop.mmhub", tmp_path / "copy"
    db = Database.open(path, holder="the window")
    copy_workspace(path, copy)
    with pytest.raises(WorkspaceLocked, match="the window"):
        go_back(path, copy, tmp_path / "kept", holder="a test")
    db.close()


async def test_going_back_brings_everything_and_what_was_under_way_rests(tmp_path: Path) -> None:
    path, copy, kept = tmp_path / "shop.mmhub", tmp_path / "copy", tmp_path / "kept"
    async with open_shop(tmp_path, run=False) as shop:
        first, second = await shop.add(lamp(1), lamp(2))
        await shop.workspace.submit(WorkRequest("publish", (first, second), (shop.account.id,)))
        _overdue_schedule(shop.workspace.db)
        await asyncio.to_thread(copy_workspace, path, copy)
    _add_waiting_starts(copy)
    made_at = int(datetime.now(UTC).timestamp() * 1000)
    async with open_shop(tmp_path) as shop:  # now the jobs run
        await asyncio.wait_for(shop.workspace.engine.wait_idle(), 60)
        assert shop.summary()["live_items"] == 2
        await shop.workspace.products.delete([second])
        await shop.change(first, quantity=99)
        await shop.add(lamp(3))
        changed = await asyncio.to_thread(difference, path, copy, made_at)
    assert (changed.products_back, changed.products_lost, changed.products_changed) == (1, 1, 1)
    assert (changed.listings_lost, changed.jobs_since) == (1, 2)  # the other one's went with its product
    held = contents(copy)
    assert (held.products, held.listings, held.accounts, held.unfinished_jobs) == (2, 0, 1, 2)
    assert held.starts == 2, "an import's, and one for two products' stock"
    where, rested = await asyncio.to_thread(lambda: go_back(path, copy, kept, holder="a test"))
    assert where == kept
    assert (rested.jobs, rested.schedules, rested.starts) == (2, 1, 2)
    assert contents(kept).products == 2
    async with open_shop(tmp_path) as shop:
        products = [await shop.workspace.products.by_sku(f"LAMP-{number}") for number in (1, 2, 3)]
        assert [product and product.quantity for product in products] == [5, 5, None]
        await asyncio.wait_for(shop.workspace.engine.wait_idle(), 60)
        assert (await shop.workspace.jobs.counts())["paused"] == 2
        assert shop.summary()["live_items"] == 2, "nothing was published again"
        (schedule,) = await shop.workspace.schedules.all()
        assert schedule.active
        assert schedule.next_at is not None
        assert schedule.next_at > datetime.now(UTC)
        (batch_id,) = await shop.workspace.jobs.batch_ids()
        (batch,) = await shop.workspace.jobs.batches([batch_id])
        assert batch.state.value == "paused"


def _add_waiting_starts(copy: Path) -> None:
    with contextlib.closing(sqlite3.connect(copy)) as raw, raw:
        raw.execute("INSERT INTO workflow_event (workflow_id, import_id) VALUES (1, 1)")
        raw.execute("INSERT INTO workflow_quantity (workflow_id, product_id) VALUES (1, 1), (1, 2)")


def _overdue_schedule(db: Database) -> None:
    past = int((datetime.now(UTC) - timedelta(days=3)).timestamp() * 1000)
    timing = {"repeats": Repeats.EVERY, "at": None, "minutes": 60, "clock": "", "weekdays": [], "zone": ""}
    db.write_now(
        lambda c: (
            c.exec_driver_sql(
                "INSERT INTO schedule (name, action, timing, next_at, created_at) VALUES ('often', 'sync', ?, ?, ?)",
                (json.dumps(timing), past, past),
            ).rowcount
        )
    )


def test_a_damaged_workspace_is_put_aside_with_its_log(tmp_path: Path) -> None:
    path, copy = tmp_path / "shop.mmhub", tmp_path / "copy"
    Database.open(path).close()
    copy_workspace(path, copy)
    path.write_bytes(b"rubbish" * 5000)
    path.with_name("shop.mmhub-wal").write_bytes(b"more")
    kept, _ = go_back(path, copy, tmp_path / "kept", holder="a test")
    assert kept is not None
    assert kept.read_bytes().startswith(b"rubbish")
    assert not (tmp_path / "kept").exists()
    db = Database.open(path)
    assert db.read_now(lambda c: c.scalar(text("SELECT count(*) FROM product"))) == 0
    db.close()


def test_what_is_only_in_the_log_after_a_crash_is_kept_too(tmp_path: Path) -> None:
    path, copy, kept = tmp_path / "shop.mmhub", tmp_path / "copy", tmp_path / "kept"
    Database.open(path).close()
    copy_workspace(path, copy)
    code = (
        "import os, sqlite3, sys\nraw = sqlite3.connect(sys.argv[1])\n"
        "raw.execute(\"INSERT INTO preference (key, value) VALUES ('late', '1')\")\nraw.commit()\nos._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", code, path], timeout=60, check=True)
    assert path.with_name("shop.mmhub-wal").stat().st_size > 0
    go_back(path, copy, kept, holder="a test")
    for file, count in ((kept, 1), (path, 0)):
        with sqlite3.connect(file) as raw:
            assert raw.execute("SELECT count(*) FROM preference WHERE key = 'late'").fetchone() == (count,)
        raw.close()


def test_the_copy_from_before_an_upgrade_is_compared_and_gone_back_to(tmp_path: Path) -> None:
    path, kept = tmp_path / "shop.mmhub", tmp_path / "kept"
    first_form(path)
    _statement(
        path, "INSERT INTO product (sku, sku_key, title, created_at, updated_at) VALUES ('L', 'l', 'Lamp', 1, 1)"
    )
    Database.open(path).close()
    _statement(path, "DELETE FROM product")
    (backup,) = list_backups(path)
    copy = backup_path(path, backup)
    assert contents(copy).version == 1
    assert difference(path, copy, 0).products_back == 1
    go_back(path, copy, kept, holder="a test")
    assert (contents(path).version, contents(path).products) == (SCHEMA_VERSION, 1)
    assert contents(kept).products == 0
    assert contents(copy).version == 1, "the backup itself is as it was"
    Database.open(path).close()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["kept", copy.name, path.name, path.name + ".lock"]


def _statement(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute(statement)
    raw.close()
