"""Pictures are looked at once, in the background, and readiness knows what was seen."""

import asyncio
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from mmhub_desktop.actions import picture_looking
from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.domain.readiness import Problem
from tests.fakes.shop import Shop, lamp, open_shop

LINK = "https://pictures.example.com/lamp.jpg"


def draw(path: Path, ground: str, size: tuple[int, int] = (1_600, 1_600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, ground).save(out, "JPEG")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue())
    return out.getvalue()


async def picture_problems(shop: Shop) -> dict[str, Problem]:
    await shop.workspace.readiness.check(shop.account.id)
    found = await shop.workspace.readiness.store.problems(shop.account.id)
    return {each.rule: each for each in found if each.rule.startswith("image")}


async def wait_until(is_so: Callable[[], object], what: str) -> None:
    for _ in range(4_000):
        if is_so():
            return
        await asyncio.sleep(0.005)
    pytest.fail(what)


async def test_files_are_held_against_the_rules_of_the_marketplace_before_any_call(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False, marketplace="walmart") as shop:
        looking = shop.workspace.readiness.looking
        draw(tmp_path / "good.jpg", "white")
        draw(tmp_path / "grey.jpg", "#dddddd")
        draw(tmp_path / "wide.jpg", "white", (1_600, 900))
        base = str(tmp_path)
        await shop.add(
            lamp(1, images=("good.jpg", "grey.jpg"), image_base=base),  # only the first one must stand on white
            lamp(2, images=("grey.jpg",), image_base=base),
            lamp(3, images=("wide.jpg", "gone.jpg"), image_base=base),
            lamp(4, images=("wide.jpg",), image_base=base, active=False),
        )
        assert await picture_problems(shop) == {}  # nobody has looked yet
        assert await looking.look_at_all() == 4
        found = await picture_problems(shop)
        assert {rule: (one.products, one.blocks) for rule, one in found.items()} == {
            "images.background": (1, False), "images.ratio": (1, False), "image.missing": (1, True),
        }  # fmt: skip
        assert "not on white, as Walmart wants it: 0 % of its edge is white" in found["images.background"].message
        assert "Image 1 is not square, as Walmart wants it: 1600 × 900 pixels" in found["images.ratio"].message
        assert await looking.look_at_all() == 0  # each once
        draw(tmp_path / "grey.jpg", "white", (1_500, 1_500))
        draw(tmp_path / "gone.jpg", "white")
        assert await looking.look_at_all() == 2  # the one that changed, the one that came
        assert set(await picture_problems(shop)) == {"images.ratio"}


async def test_copies_of_links_are_seen_too(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False, marketplace="amazon") as shop:
        images, looking = shop.workspace.images, shop.workspace.readiness.looking
        await shop.add(lamp(1, images=(LINK,), image_base=""))
        assert await looking.look_at_all() == 0  # nothing is fetched for this
        data = draw(images.path_of("ab12"), "#c0c0c0")
        now = datetime.now(UTC)
        kept = KeptImage(LINK, "ab12", "image/jpeg", len(data), 1_600, 1_600, fetched_at=now, checked_at=now)
        await images.store.save(kept)
        assert await looking.look_at_all() == 1
        assert set(await picture_problems(shop)) == {"images.background"}
        draw(images.path_of("cd34"), "white")
        await images.store.save(replace(kept, content="cd34", checked_at=datetime.now(UTC)))
        assert set(await picture_problems(shop)) == set()  # what was seen was of another picture
        assert await looking.look_at_all() == 1
        assert set(await picture_problems(shop)) == set()


async def test_in_an_open_workspace_it_happens_by_itself_in_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_looking, "FEW", 1)
    monkeypatch.setattr("mmhub_desktop.actions.readiness.QUIET_S", 0.01)
    base = str(tmp_path)
    for number in range(3):
        draw(tmp_path / f"{number}.jpg", "#333333")
    async with open_shop(tmp_path, run=False, marketplace="amazon") as shop:
        readiness = shop.workspace.readiness
        await shop.add(*(lamp(number, images=(f"{number}.jpg",), image_base=base) for number in range(3)))
        readiness.start()
        for _ in range(2_000):
            problems = await readiness.store.problems(shop.account.id)
            if any(each.rule == "images.background" and each.products == 3 for each in problems):
                break
            await asyncio.sleep(0.01)
        else:
            pytest.fail("the background was not told")
        await readiness.stop()


async def test_a_product_that_comes_later_is_looked_at_when_it_is_checked(tmp_path: Path) -> None:
    draw(tmp_path / "late.jpg", "#333333")
    async with open_shop(tmp_path, run=False, marketplace="amazon") as shop:
        looking = shop.workspace.readiness.looking
        told: list[bool] = []
        looking._seen = lambda: told.append(True)
        looking.start()
        await shop.add(lamp(1, images=("late.jpg",), image_base=str(tmp_path)))
        assert await picture_problems(shop) == {}
        await wait_until(lambda: told, "nobody looked at the picture")
        assert set(await picture_problems(shop)) == {"images.background"}
