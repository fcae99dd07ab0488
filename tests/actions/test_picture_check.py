"""What is known of pictures before any call: broken links, too few pixels, formats that are not taken."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mmhub_desktop.actions.picture_check import picture_findings
from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.marketplaces.base import Marketplace, installed_marketplaces
from tests.fakes.shop import lamp, open_shop

LINK, OTHER = "https://pictures.example.com/lamp.jpg", "https://pictures.example.com/side.jpg"
GOOD = KeptImage(LINK, "aa", "image/jpeg", 200_000, 1_200, 1_200)


def shop_of(name: str) -> Marketplace:
    return installed_marketplaces().things[name]


@pytest.mark.parametrize(
    ("marketplace", "kept", "said"),
    [
        ("mercadolibre", {}, []),
        ("mercadolibre", {"width": 1_200, "height": 240}, ["is too small"]),
        ("mercadolibre", {"mime": "image/webp"}, []),  # it is converted before it is sent
        ("ebay", {"width": 499, "height": 499}, ["is too small", "at least 500 pixels on its longer side"]),
        ("amazon", {"width": 499, "height": 499}, ["is too small"]),
        ("amazon", {"mime": "image/webp"}, ["is none of JPEG, PNG, TIFF, GIF", "it is WebP"]),
        ("amazon", {"size": 11 * 2**20}, ["is larger than 10 MB", "11.0 MB"]),
        ("paris", {"width": 10, "height": 10}, []),  # nobody says what it takes
    ],
)
def test_a_picture_is_held_against_what_is_declared(marketplace: str, kept: dict[str, object], said: list[str]) -> None:
    known = {LINK: replace(GOOD, **kept)}  # type: ignore[arg-type]
    found = list(picture_findings((LINK, OTHER), known, shop_of(marketplace)))
    assert len(found) == bool(said)
    for words in said:
        assert words in found[0].message
    if found:
        assert found[0].blocks is (marketplace != "amazon")  # only a marketplace that fetches it decides itself


def test_a_broken_link_is_said_whatever_the_marketplace() -> None:
    broken = KeptImage(LINK, rule="missing", message="The link leads nowhere.", fix="Correct it.")
    (found,) = picture_findings((LINK,), {LINK: broken}, shop_of("etsy"))
    assert (found.rule, found.field, found.blocks) == ("image.missing", "images", True)
    (found,) = picture_findings((LINK,), {LINK: replace(broken, content="aa", width=900)}, shop_of("etsy"))
    assert not found.blocks  # the earlier copy is used


async def test_readiness_knows_it_and_looks_again_when_a_picture_was_fetched(tmp_path: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        readiness, images = shop.workspace.readiness, shop.workspace.images.store
        await shop.add(lamp(1, images=(LINK,), image_base=""), lamp(2))
        await readiness.read_rules(shop.account.id)
        assert not [one for one in await readiness.store.problems(shop.account.id) if one.rule == "images.not_taken"]
        assert await readiness.check(shop.account.id) == 0
        later = datetime.now(UTC) + timedelta(seconds=1)
        await images.save(replace(GOOD, width=200, height=200, checked_at=later))
        assert await readiness.check(shop.account.id) == 1
        (problem,) = [one for one in await readiness.store.problems(shop.account.id) if one.rule == "images.not_taken"]
        assert (problem.field, problem.products, problem.blocks) == ("images", 1, True)
