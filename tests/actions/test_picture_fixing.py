"""Fixed copies of pictures: used at one marketplace alone, sent there, taken back by undo, made for many as work."""

import io
from pathlib import Path

import pytest
from PIL import Image

from mmhub_desktop.actions.composing import offer
from mmhub_desktop.actions.picture_check import picture_findings
from mmhub_desktop.actions.picture_fixing import FixOptions, PictureFixing, words_of, work_options
from mmhub_desktop.domain.fixed_picture import fixed_of
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.domain.listing_rules import ListingRules
from mmhub_desktop.marketplaces.base import Marketplace
from tests.fakes.shop import Shop, lamp, open_shop


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    """A WebP picture, too flat for MercadoLibre."""
    path = tmp_path / "flat.webp"
    Image.new("RGB", (900, 200), "navy").save(path, lossless=True)
    return path


def content(path: Path) -> bytes:
    return path.read_bytes()


def declared_of(shop: Shop) -> Marketplace:
    return shop.workspace.marketplaces["mercadolibre"]


async def fix_all(shop: Shop, product_id: ProductId) -> int:
    fixing, product = shop.workspace.picture_fixing, await shop.workspace.products.get(product_id)
    assert product is not None
    found = [await fixing.propose(each, product.image_base, declared_of(shop), FixOptions()) for each in product.images]
    return await fixing.keep(product_id, declared_of(shop), found)


async def images_there(shop: Shop, product_id: ProductId) -> tuple[str, ...]:
    product = await shop.workspace.products.get(product_id)
    assert product is not None
    listing = await shop.listing(product_id)
    return offer(product, listing, ListingRules(), shop.workspace.picture_fixing._parts.now().date()).product.images


async def test_a_copy_is_used_there_alone_and_taken_back_by_undo(tmp_path: Path, flat: Path) -> None:
    before = content(flat)
    async with open_shop(tmp_path, run=False) as shop:
        (product_id,) = await shop.add(lamp(1, images=(str(flat), "lampara-escritorio-1.jpg")))
        assert await fix_all(shop, product_id) == 1
        copy, other = await images_there(shop, product_id)
        assert other == "lampara-escritorio-1.jpg"
        with Image.open(copy) as image:
            assert (image.size, image.format) == ((900, 900), "JPEG")
        stored = await shop.workspace.products.get(product_id)
        assert stored is not None
        assert stored.images[0] == str(flat)
        assert content(flat) == before
        assert (await shop.workspace.picture_fixing.in_use(product_id)).keys() == {"mercadolibre"}
        (entry,) = (await shop.workspace.history.entries(10))[:1]
        assert entry.label == "Fixed pictures for MercadoLibre"
        await shop.workspace.history.undo(entry.id)
        assert (await images_there(shop, product_id))[0] == str(flat)
        await shop.workspace.history.redo(entry.id)
        assert (await images_there(shop, product_id))[0] == copy
        await shop.workspace.picture_fixing.use_originals(product_id, declared_of(shop))
        assert (await images_there(shop, product_id))[0] == str(flat)


async def test_the_copy_is_what_the_marketplace_gets(tmp_path: Path, flat: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product_id,) = await shop.add(lamp(1, images=(str(flat),)))
        assert (await shop.do("publish", product_id)).failed == 1  # 200 pixels are too few
        await fix_all(shop, product_id)
        await shop.done("publish", product_id)
        assert (await shop.listing(product_id)).remote_id


async def test_many_are_fixed_as_work_and_undone_at_once(tmp_path: Path, flat: Path) -> None:
    async with open_shop(tmp_path) as shop:
        ids = await shop.add(
            lamp(1, images=(str(flat),)), lamp(2, images=(str(flat),)), lamp(3), lamp(4, images=(str(flat), "gone.jpg"))
        )
        options = work_options(declared_of(shop), FixOptions())
        batch_id = await shop.workspace.submit(WorkRequest("fix_pictures", ids, (), options=options))
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert (batch.completed, batch.failed) == (3, 1)
        assert "cannot be read" in (await shop.problems(batch))[0]
        used = [len(fixed_of((await shop.listing(each)).overrides)) for each in ids]
        assert used == [1, 1, 0, 1]
        newest = (await shop.workspace.history.entries(10))[0]
        assert newest.products == 3
        await shop.workspace.history.undo(newest.id)
        assert [len(fixed_of((await shop.listing(each)).overrides)) for each in ids] == [0, 0, 0, 0]


async def test_without_a_name_it_is_done_for_all_that_are_connected(tmp_path: Path, flat: Path) -> None:
    async with open_shop(tmp_path) as shop:
        (product_id,) = await shop.add(lamp(1, images=(str(flat),)))
        for name, wanted in (("", 1), ("nowhere", 0)):
            batch_id = await shop.workspace.submit(
                WorkRequest("fix_pictures", (product_id,), (), options={"marketplace": name} if name else {})
            )
            batch = await shop.workspace.engine.wait_batch(batch_id)
            assert batch is not None
            assert batch.completed == wanted
        assert (await shop.workspace.picture_fixing.in_use(product_id)).keys() == {"mercadolibre"}


async def test_readiness_looks_at_the_copy_and_says_when_it_is_old(tmp_path: Path, flat: Path) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        link = "https://pictures.example.com/flat.webp"
        known = {link: KeptImage(link, "aa", "image/webp", 900, 900, 200)}
        (found,) = picture_findings((link,), known, declared_of(shop))
        assert found.rule == "images.not_taken"
        fixing = PictureFixing(shop.workspace.picture_fixing._parts)
        proposal = await fixing.propose(str(flat), "", declared_of(shop), FixOptions())
        (product_id,) = await shop.add(lamp(1, images=(str(flat),)))
        await fixing.keep(product_id, declared_of(shop), [proposal])
        (copy,) = fixed_of((await shop.listing(product_id)).overrides).values()
        same = {link: KeptImage(link, copy.of, "image/webp", 900, 900, 200)}
        assert not list(picture_findings((link,), same, declared_of(shop), {link: copy}))
        (old,) = picture_findings((link,), known, declared_of(shop), {link: copy})
        assert (old.rule, old.blocks) == ("images.copy_old", False)


async def test_the_outcome_is_said_in_one_line(tmp_path: Path, flat: Path) -> None:
    small = io.BytesIO()
    Image.new("RGB", (100, 100)).save(small, "JPEG")
    (tmp_path / "small.jpg").write_bytes(small.getvalue())
    async with open_shop(tmp_path, run=False) as shop:
        fixing = shop.workspace.picture_fixing
        found = [
            await fixing.propose(each, str(tmp_path), declared_of(shop), FixOptions())
            for each in (str(flat), "small.jpg", "gone.jpg")
        ]
        assert words_of(found) == "1 of 3 pictures gets a fixed copy, 1 stays too small, 1 cannot be read"
        assert "gone.jpg" in found[2].problem
