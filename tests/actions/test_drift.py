"""Accepting ours sends only the field chosen; accepting theirs sends nothing."""

from pathlib import Path

from mmhub_desktop.domain.drift import DriftField
from tests.fakes.shop import lamp, open_shop
from tests.fakes.there import change_there


async def test_accept_ours_sends_that_field_only(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        remote_id = (await shop.listing(product)).remote_id
        await change_there(shop, remote_id, price=19990, available_quantity=2)
        await shop.do("sync", product)
        rows = await shop.workspace.drift.page(await shop.workspace.drift.ids())
        assert [row.field for row in rows] == [DriftField.PRICE, DriftField.QUANTITY]
        (batch_id,) = await shop.workspace.accept_ours([rows[1].id])
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 1, await shop.problems(batch)
        left = await shop.workspace.drift.page(await shop.workspace.drift.ids())
        assert [(row.field, row.live) for row in left] == [(DriftField.PRICE, "19,990 CLP")]


async def test_accept_theirs_changes_the_product_and_sends_nothing(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        await change_there(shop, (await shop.listing(product)).remote_id, price=19990)
        await shop.do("sync", product)
        before = dict(shop.summary()["requests"])
        await shop.workspace.accept_theirs(await shop.workspace.drift.ids())
        stored = await shop.workspace.products.get(product)
        assert stored is not None
        assert str(stored.price) == "19,990 CLP"
        assert dict(shop.summary()["requests"]) == before
        assert len(await shop.workspace.drift.ids()) == 0


async def test_a_title_changed_there_is_sent_again_when_ours_is_accepted(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp())
        await shop.do("publish", product)
        assert len(await shop.workspace.drift.ids()) == 0
        await change_there(shop, (await shop.listing(product)).remote_id, title="Otra cosa")
        await shop.do("sync", product)
        (row,) = await shop.workspace.drift.page(await shop.workspace.drift.ids())
        assert (row.field, row.live) == (DriftField.TITLE, "Otra cosa")
        (batch_id,) = await shop.workspace.accept_ours([row.id])
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 1, await shop.problems(batch)
        assert len(await shop.workspace.drift.ids()) == 0
