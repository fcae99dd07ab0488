"""Products are found by their images: broken links, files that are not there, all fine, not looked at."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from mmhub_desktop.catalog.images import find_file
from mmhub_desktop.domain.kept_image import KeptImage
from mmhub_desktop.domain.product_filter import in_words, parse
from mmhub_desktop.domain.product_query import ProductQuery, ProductSort
from mmhub_desktop.domain.product_view import BUILT_IN
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.image_files import ImageFiles
from mmhub_desktop.store.images import ImageStore
from mmhub_desktop.store.products import ProductStore
from tests.fakes.shop import lamp

GOOD, GONE, OLD_COPY = "https://img.test/good.jpg", "HTTPS://img.test/gone.jpg", "https://img.test/old.jpg"
NEW = "https://img.test/new.jpg"
IMAGES = {  # of each product, with what it is found by
    "none": ((), ()),
    "good link": ((GOOD,), ("fine",)),
    "broken link": ((GOOD, GONE), ("broken",)),
    "broken, with an older copy": ((OLD_COPY,), ("broken",)),
    "new link": ((GOOD, NEW), ("unseen",)),
    "new data link": (("DATA:image/png;base64,AAAA",), ("unseen",)),
    "file": (("here.jpg", GOOD), ("fine",)),
    "file beside": (("beside.jpg",), ("fine",)),
    "missing file": (("here.jpg", "not here.jpg"), ("missing",)),
    "all at once": ((GONE, NEW, "nowhere/x.jpg"), ("broken", "missing", "unseen")),
}


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await asyncio.to_thread(Database.open, tmp_path / "shop.mmhub", holder="a test")
    yield opened
    await asyncio.to_thread(opened.close)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "table"
    (made / "pictures").mkdir(parents=True)
    (made / "here.jpg").touch()
    (made / "pictures" / "beside.jpg").touch()
    return made


@pytest.fixture
async def products(db: Database, folder: Path) -> ProductStore:
    kept = ImageStore(db)
    await kept.save(KeptImage(GOOD, content="a"))
    await kept.save(KeptImage(GONE, rule="not_found", message="There is no image behind the link (HTTP 404)."))
    await kept.save(KeptImage(OLD_COPY, content="b", rule="unavailable"))
    await kept.save(KeptImage("https://img.test/nobodys.jpg", rule="not_found"))
    made = ProductStore(db)
    for place, (images, _) in enumerate(IMAGES.values()):
        await made.save(lamp(place, images=images, image_base=str(folder)))
    return made


def names(ids: "list[int]") -> list[str]:
    return [list(IMAGES)[number - 1] for number in ids]


@pytest.mark.parametrize("choice", ["broken", "missing", "fine", "unseen", "broken,missing", "fine,unseen"])
async def test_what_is_found_is_what_the_images_are(products: ProductStore, choice: str) -> None:
    wanted = [name for name, (_, states) in IMAGES.items() if set(choice.split(",")) & set(states)]
    for sign, expected in (("=", wanted), ("!=", [name for name in IMAGES if name not in wanted])):
        query = ProductQuery(filters=(parse(f"image_state{sign}{choice}"),))
        assert names(sorted(await products.ids(query))) == expected
        first = await products.first_ids(replace(query, sort=ProductSort.SKU, descending=False), 3)
        assert names(list(first)) == expected[:3]
        assert len(await products.ids(ProductQuery(text="lamp", filters=query.filters))) == len(expected)


async def test_the_view_of_broken_images_shows_links_and_files(products: ProductStore) -> None:
    view = next(each.view for each in BUILT_IN if each.name == "Broken images")
    found = names(sorted(await products.ids(view.query)))
    assert found == ["broken link", "broken, with an older copy", "missing file", "all at once"]
    assert in_words(view.query.filters[0]) == "Images is Broken link or Missing file"


async def test_a_file_that_is_put_in_its_place_is_seen(products: ProductStore, folder: Path) -> None:
    query = ProductQuery(filters=(parse("image_state=missing"),))
    assert len(await products.ids(query)) == 2
    (folder / "not here.jpg").touch()
    assert names(list(await products.ids(query))) == ["all at once"]


async def test_broken_links_are_listed_once_with_each_product(db: Database, products: ProductStore) -> None:
    await products.save(lamp(50, images=(GONE, GONE)))
    found = [(sku, image.url) for sku, image in await ImageStore(db).broken()]
    assert found == [("LAMP-2", GONE), ("LAMP-3", OLD_COPY), ("LAMP-50", GONE), ("LAMP-9", GONE)]
    assert len(await ImageStore(db).broken(2)) == 2


def test_files_are_found_where_they_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)
    files, base = ImageFiles(), str(folder)
    sources = [
        "here.jpg", "beside.jpg", "pictures/beside.jpg", "pictures\\beside.jpg", ".\\here.jpg", "./here.jpg",
        "pictures/../here.jpg", "../table/here.jpg", "pictures", "", ".", "nowhere.jpg", "nowhere/here.jpg",
        "~/here.jpg", "here.jpg/x", "a\0b", "x" * 5_000, str(folder / "here.jpg"), str(folder / "gone.jpg"),
        (folder / "here.jpg").as_uri(), (folder / "pictures" / "beside.jpg").as_uri().replace("file:", "FILE:"),
    ]  # fmt: skip

    def is_read(source: str, base: str) -> bool:
        try:
            return find_file(source, base).is_file()
        except (OSError, ValueError):
            return False

    for source in sources:
        for where in (base, f"{base}/", "", str(folder / "none")):
            assert files.is_there(source, where) == is_read(source, where), (source, where)
