"""What is told is on disk together with what happened, or neither is."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.product import ProductStatus, Text
from mmhub_desktop.domain.webhook import AVAILABLE, EVENT_TYPES, MessageState
from mmhub_desktop.errors import UserMistake
from mmhub_desktop.settings import WEBHOOKS_ALLOW_LOCAL_NETWORK
from mmhub_desktop.store.import_writer import ImportTakenOver, ImportWriter
from mmhub_desktop.store.outbox_rows import plain_connection, tell_products
from tests.fakes.receiver import Receiver
from tests.fakes.shop import Shop, lamp, open_shop
from tests.webhooks.conftest import Office, product

URL = "https://shop.example/hook"


def read_all(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def told(office: Office) -> list[tuple[str, Any]]:
    """Type and data of all that was ever written for anybody, oldest first."""

    def read(connection: Connection) -> list[tuple[str, Any]]:
        rows = connection.exec_driver_sql("SELECT event_type, payload FROM outbox ORDER BY id")
        return [(name, json.loads(payload)["data"]) for name, payload in rows]

    return await office.db.read(read)


async def test_nothing_is_written_while_nobody_listens(office: Office) -> None:
    subscription = await office.webhooks.add(URL, ["product.deleted"])
    await office.products.save(product())
    await office.webhooks.set_active(subscription.id, False)
    await office.products.delete([1])
    assert await told(office) == []


async def test_only_products_with_one_of_the_tags_are_told(office: Office) -> None:
    await office.webhooks.add(URL, ["product.imported", "products.all_deleted"], tags=["Summer", "Última"])
    for sku, attributes in (
        ("A", {"Tags": "winter, summer"}),
        ("B", {"tags": "última"}),
        ("C", {"Tags": "summertime"}),
        ("D", {}),
    ):
        await office.products.save(replace(product(), sku=sku, attributes=attributes))
    seen = [(data["product"]["sku"], data["product"]["tags"]) for _, data in await told(office)]
    assert seen == [("A", ["winter", "summer"]), ("B", ["última"])]
    await office.products.delete([1, 2, 3, 4])
    assert [name for name, _ in await told(office)][2:] == ["products.all_deleted"]  # of no product in particular


async def test_a_change_that_is_undone_is_not_told(office: Office) -> None:
    await office.webhooks.add(URL, ["product.imported", "product.updated"])
    await office.products.save(product())
    with pytest.raises(UserMistake):
        await office.products.save(product())  # the SKU is taken

    def break_off(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE product SET quantity = 99")
        tell_products(plain_connection(connection), "product.updated", [1])
        raise OSError("the power goes")

    with pytest.raises(OSError, match="the power goes"):
        await office.db.write(break_off)
    assert [name for name, _ in await told(office)] == ["product.imported"]
    found = await office.products.get(1)  # type: ignore[arg-type]
    assert found is not None
    assert found.quantity == 3


async def test_a_message_that_cannot_be_written_undoes_the_change(office: Office) -> None:
    await office.webhooks.add(URL, ["product.imported"])

    def forbid(connection: Connection) -> None:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT raise(ABORT, 'no room'); END"
        )

    await office.db.write(forbid)
    with pytest.raises(Exception, match="no room"):
        await office.products.save(product())
    assert await office.products.count() == 0


async def test_every_kind_of_product_change(office: Office) -> None:
    await office.webhooks.add(URL, list(AVAILABLE))
    ids = [await office.products.save(product(number)) for number in range(3)]
    await office.products.set_status(ids, ProductStatus.PUBLISHING)
    await office.products.set_optimized(ids[0], Text("Better", ""), by="rules")
    await office.products.clear_optimized(ids[0])
    await office.products.delete(ids[:1])
    await office.products.delete(ids[1:])
    names = [name for name, _ in await told(office)]
    assert names == [
        *["product.imported"] * 3, "product.updated", *["product.deleted"] * 3, "products.all_deleted",
    ]  # fmt: skip
    assert (await told(office))[-1][1] == {"deleted": 2}


async def test_an_import_tells_of_new_and_changed_rows_in_the_chunk_that_writes_them(
    office: Office, tmp_path: Path
) -> None:
    await office.webhooks.add(URL, list(AVAILABLE))
    await office.db.write(
        lambda c: c.exec_driver_sql(
            "INSERT INTO import_job (id, file_name, file_path, started_at) VALUES (7, 'lamps.csv', '', 0)"
        )
    )
    writer = await asyncio.to_thread(
        ImportWriter, tmp_path / "shop.mmhub", 7, ("sku", "sku_key", "title", "search_key", "quality")
    )

    def chunk(*titles: str) -> list[list[tuple[Any, ...]]]:
        return [[(f"S{n}", f"s{n}", title, None, 0) for n, title in enumerate(titles)]]

    def write(rows: list[list[tuple[Any, ...]]], start: int, end: int) -> None:
        writer.write(lambda: rows, refused=0, resume_from=start, resume_at=end, refused_file="")

    try:
        await asyncio.to_thread(write, chunk("One", "Two"), 0, 2)
        await asyncio.to_thread(write, chunk("One", "Two, better"), 2, 4)
        with pytest.raises(ImportTakenOver):
            await asyncio.to_thread(write, chunk("x", "y", "z"), 2, 5)
        await asyncio.to_thread(writer.finish, "completed", 4)
        with pytest.raises(ImportTakenOver):
            await asyncio.to_thread(writer.finish, "completed", 4)
    finally:
        writer.close()
    events = await told(office)
    assert [(name, data.get("product", {}).get("title"), data.get("import_id")) for name, data in events[:3]] == [
        ("product.imported", "One", 7), ("product.imported", "Two", 7), ("product.updated", "Two, better", 7),
    ]  # fmt: skip
    assert events[3:] == [
        (
            "import.completed",
            {"import": {"id": 7, "file": "lamps.csv", "new": 2, "changed": 1, "unchanged": 1, "refused": 0}},
        )
    ]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path) as opened:
        opened.workspace.settings.set(WEBHOOKS_ALLOW_LOCAL_NETWORK, True)
        opened.workspace.settings.set("webhooks.per_second", 100)
        yield opened


async def test_the_main_job_is_told_to_a_receiver(shop: Shop, receiver: Receiver, tmp_path: Path) -> None:
    workspace = shop.workspace
    await workspace.webhooks.add(receiver.url, list(AVAILABLE))
    await workspace.webhooks.start()
    file = tmp_path / "lamps.csv"
    file.write_text("SKU,Title,Price,Currency\nBAD-1,Lámpara,0,CLP\n", encoding="utf-8")
    plan = plan_from(await asyncio.to_thread(inspect, file))
    await (await workspace.import_file(plan)).result()
    (good,) = await shop.add(lamp())
    bad = await workspace.products.by_sku("BAD-1")
    assert bad is not None
    await shop.do("enhance", good)
    await shop.do("publish", good)
    failed = await shop.do("publish", bad.id)
    assert failed.state is JobState.FAILED
    await workspace.webhooks.wait_idle()
    assert sorted(receiver.types) == [
        "import.completed", "product.enhanced", "product.imported", "product.imported", "product.publish_failed",
        "product.published",
    ]  # fmt: skip
    published = next(each.event["data"] for each in receiver.deliveries if each.event["type"] == "product.published")
    assert published["account"] == {"id": shop.account.id, "label": "Test", "marketplace": "mercadolibre"}
    assert published["listing"]["state"] == "live"
    assert published["product"]["status"] == "published"
    error = next(each.event for each in receiver.deliveries if each.event["type"] == "product.publish_failed")["data"][
        "error"
    ]
    assert (error["type"], error["code"], error["retry_count"]) == ("Rejected", "publish.zero_price", 0)
    assert error["findings"][0]["field"] == "price"


async def test_a_retry_is_told_with_the_marketplaces_answer(shop: Shop) -> None:
    workspace = shop.workspace
    await workspace.webhooks.add(URL, ["marketplace.publish.retry", "product.published"])
    (good,) = await shop.add(lamp())
    shop.faults(fail_next=[{"path": "/items", "method": "POST", "status": 503, "times": 1}])
    batch = await shop.do("publish", good)
    assert batch.state is JobState.COMPLETED
    messages = (await workspace.webhooks.outbox.messages(1))[::-1]  # type: ignore[arg-type]
    assert [message.event_type for message in messages] == ["marketplace.publish.retry", "product.published"]
    error = json.loads(messages[0].payload)["data"]["error"]
    assert error["retry_count"] == 1
    assert error["marketplace_response"].startswith("503")


async def test_only_the_chosen_accounts_are_told_of(shop: Shop) -> None:
    workspace = shop.workspace
    mine = await workspace.webhooks.add(URL, ["product.published"], [shop.account.id])
    others = await workspace.webhooks.add(URL, ["product.published"], [AccountId(99)])
    (good,) = await shop.add(lamp())
    await shop.do("publish", good)
    assert len(await workspace.webhooks.outbox.messages(mine.id)) == 1
    assert await workspace.webhooks.outbox.messages(others.id) == []


async def test_the_secret_is_not_in_the_workspace_file(office: Office, tmp_path: Path) -> None:
    subscription = await office.webhooks.add(URL, ["product.imported"])
    secret = await office.webhooks.secret(subscription.id)
    await office.webhooks.test(subscription.id)
    await office.products.save(product())
    kept = await asyncio.to_thread(read_all, tmp_path)
    assert secret.encode() not in kept
    assert secret.removeprefix("whsec_").encode() not in kept


async def test_old_messages_are_forgotten_and_waiting_ones_are_kept(office: Office, receiver: Receiver) -> None:
    subscription = await office.webhooks.add(receiver.url, ["product.imported"])
    await office.webhooks.start()
    await office.products.save(product(1))
    while (await office.messages(subscription.id))[0].state is not MessageState.DELIVERED:
        await office.turn(30)
    await office.webhooks.pause(subscription.id, True)
    await office.products.save(product(2))
    await office.webhooks._deliverer.stop(0)
    office.clock.advance(31 * 24 * 3600)
    await office.webhooks.start()
    assert [message.subject for message in await office.messages(subscription.id)] == ["product:2"]


async def test_what_does_not_come_yet_cannot_be_chosen(office: Office) -> None:
    later = [kind.name for kind in EVENT_TYPES if not kind.available]
    assert "order.received" in later
    for name in [*later, "no.such"]:
        with pytest.raises(UserMistake):
            await office.webhooks.add(URL, [name])
    for url in ("ftp://x", "https://", "javascript:1", "https://me:pass@shop.example/"):
        with pytest.raises(UserMistake):
            await office.webhooks.add(url, ["product.imported"])
    assert await office.outbox.subscriptions() == []


def test_looking_for_due_messages_uses_the_indexes(tmp_path: Path) -> None:
    from mmhub_desktop.store import outbox
    from mmhub_desktop.store.database import Database

    db = Database.open(tmp_path / "shop.mmhub")
    db.close()
    with sqlite3.connect(tmp_path / "shop.mmhub") as raw:
        plan = " ".join(
            row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {outbox._DUE}", {"sub": 1, "now": 1, "limit": 4})
        )
    raw.close()
    assert "ix_outbox_ready" in plan
    assert "ix_outbox_subject" in plan
    assert "SCAN" not in plan
