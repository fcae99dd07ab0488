"""Twenty products through the engine to the practice Paris and back, while things go wrong there."""

from pathlib import Path
from typing import Any

from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product, Text
from tests.fakes.shop import lamp, open_shop

FAULTS = ["500", "502", "503", "429_retry_after", "401", "drop_before", "drop_after", "500_after"]


def paris_lamp(number: int = 1, **changes: Any) -> Product:
    """A lamp that the practice Paris takes."""
    picture = f"https://pictures.example.com/lamp-{number}.jpg"
    return lamp(number, **{"images": (picture,), "image_base": "", **changes})


async def test_twenty_are_published_updated_and_ended_while_things_go_wrong(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="paris") as shop:
        shop.faults(failure_rate=0.06, failure_kinds=FAULTS, seed=11)
        ids = await shop.publish(paris_lamp, 20)
        summary = shop.summary()
        assert summary["live_items"] == 20
        assert summary["duplicate_skus"] == []
        assert summary["creates"] == 20
        assert sum(summary["failures"].values()) > 5, "things did go wrong"
        listing = await shop.listing(ids[0])
        assert listing.state is ListingState.LIVE
        assert listing.remote_id.startswith("MK")
        rows = shop.server.practice.details()  # type: ignore[attr-defined]
        assert {row["stock"] for row in rows.values()} == {5}

        for product_id in ids:
            text = Text("Lámpara de escritorio Lumea Flex nueva", "Otro texto.")
            await shop.change(product_id, price=Money(19990, "CLP"), quantity=3, original=text)
        await shop.done("update", *ids)
        rows = shop.server.practice.details()  # type: ignore[attr-defined]
        assert {row["stock"] for row in rows.values()} == {3}
        assert {one["value"] for row in rows.values() for one in row["prices"]} == {19990}
        assert {row["name"] for row in rows.values()} == {"Lámpara de escritorio Lumea Flex nueva"}

        await shop.done("end", *ids)
        assert shop.summary()["live_items"] == 0
        assert (await shop.listing(ids[0])).state is ListingState.PAUSED


async def test_people_approve_later_and_nothing_is_created_again(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="paris") as shop:
        shop.faults(live_after_s=1.0)
        ids = await shop.publish(paris_lamp, 2)
        assert (await shop.listing(ids[0])).state is ListingState.LIVE
        assert shop.summary()["creates"] == 2


async def test_what_people_refuse_names_the_reason(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="paris") as shop:
        shop.faults(reject_reason="La imagen principal no tiene fondo blanco")
        ids = await shop.add(paris_lamp())
        batch = await shop.do("publish", *ids)
        assert batch.failed == 1
        listing = await shop.listing(ids[0])
        assert listing.state is ListingState.REJECTED
        (finding,) = listing.findings
        assert (finding.field, finding.original) == ("images", "La imagen principal no tiene fondo blanco")


async def test_changed_texts_wait_for_approval_and_their_refusal_is_told(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="paris") as shop:
        ids = await shop.publish(paris_lamp, 1)
        shop.faults(live_after_s=1.0, reject_reason="La descripción tiene datos de contacto")
        await shop.change(ids[0], original=Text("Lámpara de escritorio", "Llámenos."))
        batch = await shop.do("update", *ids)
        assert batch.failed == 1
        assert "refused the changed product" in (await shop.problems(batch))[0]
        (finding,) = (await shop.listing(ids[0])).findings
        assert (finding.field, finding.original) == ("description", "La descripción tiene datos de contacto")


async def test_a_price_call_that_fails_for_good_leaves_the_product_and_is_resumed(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="paris") as shop:
        shop.faults(price_row="store")  # another form of price than the account's settings name
        ids = await shop.add(paris_lamp())
        batch = await shop.do("publish", *ids)
        assert batch.failed == 1
        assert (await shop.listing(ids[0])).remote_id.startswith("MK")
        shop.faults(price_row="storePrice")
        batch = await shop.do("publish", *ids)
        assert batch.completed == 1, await shop.problems(batch)
        assert shop.summary()["creates"] == 1
        assert shop.summary()["live_items"] == 1


async def test_after_a_restart_everything_is_as_it_was(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="paris") as shop:
        ids = await shop.publish(paris_lamp, 3)
    async with open_shop(tmp_path, marketplace="paris") as shop:
        batch = await shop.do("sync", *ids)
        assert batch.completed == 3, await shop.problems(batch)
        assert shop.summary()["live_items"] == 3
        assert (await shop.listing(ids[2])).state is ListingState.LIVE


async def test_a_product_with_variants_is_one_listing_with_a_stock_for_each(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="paris") as shop:
        shoe = {"original": Text("Zapatillas urbanas Andes", "Livianas."), "quantity": 0, "attributes": {}}
        (parent,) = await shop.add(paris_lamp(1, sku="SHOE", **shoe))
        small, _ = await shop.add(
            paris_lamp(1, **{**shoe, "sku": "SHOE-38", "quantity": 2}, parent_id=parent, options=_worn("38")),
            paris_lamp(1, **{**shoe, "sku": "SHOE-39", "quantity": 3}, parent_id=parent, options=_worn("39")),
        )
        batch = await shop.do("publish", parent)
        assert batch.completed == 1, await shop.problems(batch)
        (row,) = shop.server.practice.details().values()  # type: ignore[attr-defined]
        assert ([one["skuSeller"] for one in row["variants"]], row["stock"]) == (["SHOE-38", "SHOE-39"], 5)
        await shop.change(small, quantity=9)
        batch = await shop.do("update", parent)
        assert batch.completed == 1, await shop.problems(batch)
        (row,) = shop.server.practice.details().values()  # type: ignore[attr-defined]
        assert row["stock"] == 12


def _worn(size: str) -> dict[str, str]:
    return {"Size": size, "Color": "Negro"}


async def test_stocks_of_many_are_sent_together(tmp_path: Path) -> None:
    async with open_shop(tmp_path, marketplace="paris") as shop:
        ids = await shop.publish(paris_lamp, 6)
        before = shop.summary()["requests"]["POST /v2/stock"]
        for product_id in ids:
            await shop.change(product_id, quantity=9)
        await shop.done("update", *ids)
        assert shop.summary()["requests"]["POST /v2/stock"] - before < 6
        rows = shop.server.practice.details()  # type: ignore[attr-defined]
        assert {row["stock"] for row in rows.values()} == {9}
        listing = await shop.listing(ids[0])
        assert (listing.state, listing.last_read["quantity"]) == (ListingState.LIVE, "9")
