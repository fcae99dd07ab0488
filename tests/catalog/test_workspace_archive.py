"""A workspace as one file: nothing is lost on the way and back, no secret is in it, and what is odd is refused."""

import asyncio
import io
import json
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mmhub_desktop.catalog.pictures import Picture
from mmhub_desktop.catalog.workspace_archive import csv_of, image_folder, unpack_archive, write_archive
from mmhub_desktop.credentials import AI_KEY, MemorySecrets
from mmhub_desktop.domain.fixed_picture import FixedPicture, offered_images
from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.errors import MmhubError, UserMistake, WorkspaceDamaged, WorkspaceTooNew
from mmhub_desktop.store.cancellable import run_cancellable
from mmhub_desktop.store.database import Database
from tests.fakes.shop import lamp, open_shop


def quiet(_done: int, _of: int) -> None:
    """Nobody looks."""


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as raw:
        lines = list(raw.iterdump())
    raw.close()
    return lines


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != "thumbnails"
    }


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """An archive of a small workspace with a picture."""
    shop = tmp_path / "from" / "shop.mmhub"
    Database.open(shop).close()
    picture = image_folder(shop) / "kept" / "ab" / "cdef"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"\x89PNG" * 500)
    table = tmp_path / "products.csv"
    table.write_text("sku\n")
    write_archive(shop, table, tmp_path / "shop.mmhubzip", quiet)
    return tmp_path / "shop.mmhubzip"


async def test_there_and_back_nothing_is_lost_and_no_secret_is_in_it(tmp_path: Path) -> None:
    place, secrets = tmp_path / "from", MemorySecrets()
    await asyncio.to_thread(place.mkdir)
    pictures = image_folder(place / "shop.mmhub") / "imported"
    await asyncio.to_thread(pictures.mkdir, parents=True)
    (pictures / "lámpara.jpg").write_bytes(b"\xff\xd8" * 4000)
    archive, table, target = tmp_path / "out.mmhubzip", tmp_path / "p.csv", tmp_path / "to" / "again.mmhub"
    async with open_shop(place, secrets=secrets) as shop:
        await secrets.put({AI_KEY: "sk-known-secret-of-the-ai"})
        ids = await shop.add(*(lamp(number) for number in range(1, 4)))
        await shop.done("publish", *ids)
        await shop.change(ids[0], image_base=str(pictures), quantity=8)
        await csv_of(shop.workspace.path, table)
        await asyncio.to_thread(write_archive, shop.workspace.path, table, archive, quiet)
        signed_in = await (await shop.workspace._secret_store(shop.account)).load()
    kept = {
        "sk-known-secret-of-the-ai",
        *(signed_in[name] for name in signed_in if "token" in name or "secret" in name),
    }
    assert len({secret for secret in kept if len(secret) > 5}) >= 3, signed_in.keys()
    content = b"".join(_all_of(archive).values())
    assert not [secret for secret in kept if len(secret) > 5 and secret.encode() in content]
    assert b"LAMP-3" in _all_of(archive)["products.csv"]
    rested = await asyncio.to_thread(unpack_archive, archive, target, quiet)
    assert rested.jobs == 0
    source = place / "shop.mmhub"
    old, new = str(image_folder(source)), str(image_folder(target))
    assert [line.replace(old, "…") for line in dump(source)] == [
        line.replace(new, "…").replace(old, "…") for line in dump(target)
    ]
    assert any("LAMP-2" in line for line in dump(target))
    assert files(image_folder(target)) == files(image_folder(source))
    db = await asyncio.to_thread(Database.open, target)
    base = await db.read(lambda c: c.exec_driver_sql("SELECT image_base FROM product WHERE id = 1").scalar())
    db.close()
    assert base == str(image_folder(target) / "imported")
    assert not [
        each for each in await asyncio.to_thread(lambda: list(target.parent.iterdir())) if "unpacked" in each.name
    ]


async def test_copies_of_pictures_are_found_in_their_new_place(tmp_path: Path) -> None:
    place, archive, table = tmp_path / "von „hier“", tmp_path / "a.mmhubzip", tmp_path / "p.csv"
    await asyncio.to_thread(place.mkdir)
    await asyncio.to_thread(table.write_text, "sku\n")
    made = Picture("image/png", b"\x89PNG" * 9, 3, 3)
    async with open_shop(place, run=False) as shop:
        own = await shop.workspace.images.keep_own(made)
        (product_id,) = await shop.add(lamp(1, images=(str(own), "b.jpg")))
        copy = FixedPicture("b.jpg", str(own), "1 2", "image/png", 36, 3, 3)
        await shop.workspace.listings.set_pictures(product_id, [shop.account.id], {"b.jpg": copy}, "Fixed")
        await asyncio.to_thread(write_archive, shop.workspace.path, table, archive, quiet)
    await asyncio.to_thread(shutil.rmtree, place)
    await asyncio.to_thread((tmp_path / "to").mkdir)
    await asyncio.to_thread(unpack_archive, archive, tmp_path / "to" / "shop.mmhub", quiet)
    async with open_shop(tmp_path / "to", run=False) as shop:
        product = await shop.workspace.products.get(product_id)
        assert product is not None
        images = offered_images(product.images, (await shop.listing(product_id)).overrides)
        assert images[0] == images[1] == str(image_folder(tmp_path / "to" / "shop.mmhub") / "own" / own.name)
        assert await shop.workspace.images.bytes_of(images[0], "") == made.data


def _all_of(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as file:
        return {name: file.read(name) for name in file.namelist()}


async def test_unfinished_work_in_it_rests(tmp_path: Path) -> None:
    table, archive = tmp_path / "p.csv", tmp_path / "a.mmhubzip"
    await asyncio.to_thread(table.write_text, "sku\n")
    async with open_shop(tmp_path, run=False) as shop:
        ids = await shop.add(lamp(1))
        await shop.workspace.submit(WorkRequest("publish", (ProductId(ids[0]),), (shop.account.id,)))
        await asyncio.to_thread(write_archive, shop.workspace.path, table, archive, quiet)
    rested = await asyncio.to_thread(unpack_archive, archive, tmp_path / "other.mmhub", quiet)
    assert rested.jobs == 1


def _rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    content = _all_of(archive)
    change(content)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, data in content.items():
            file.writestr(name, data)
    changed = archive.with_name("changed.mmhubzip")
    changed.write_bytes(made.getvalue())
    return changed


def _manifest(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, bytes]], None]:
    def apply(content: dict[str, bytes]) -> None:
        about = json.loads(content["manifest.json"])
        change(about)
        content["manifest.json"] = json.dumps(about).encode()

    return apply


def _escape(name: str) -> Callable[[dict[str, bytes]], None]:
    def apply(content: dict[str, bytes]) -> None:
        content[name] = b"evil"
        _manifest(lambda about: about["files"].update({name: {"size": 4, "sha256": ""}}))(content)

    return apply


ODD: tuple[tuple[str, Callable[[dict[str, bytes]], None], type[MmhubError], str], ...] = (
    ("a picture changed", lambda c: c.update({"images/kept/ab/cdef": b"x" * 2000}), WorkspaceDamaged, "damaged"),
    ("data cut", lambda c: c.update({"workspace.mmhub": c["workspace.mmhub"][:-9]}), WorkspaceDamaged, "damaged"),
    ("a bomb", lambda c: c.update({"products.csv": b"0" * 9_000_000}), WorkspaceDamaged, "damaged"),
    ("a picture missing", lambda c: c.pop("images/kept/ab/cdef") and None, WorkspaceDamaged, "damaged"),
    ("no manifest", lambda c: c.pop("manifest.json") and None, UserMistake, "no workspace archive"),
    ("manifest is rubbish", lambda c: c.update({"manifest.json": b"[1"}), WorkspaceDamaged, "damaged"),
    ("a newer form", _manifest(lambda about: about.update(format=2)), WorkspaceTooNew, "newer version"),
    ("no data", _manifest(lambda about: about["files"].pop("workspace.mmhub")), WorkspaceDamaged, "damaged"),
    ("out by dots", _escape("images/../../evil"), WorkspaceDamaged, "leads out"),
    ("out by root", _escape("/etc/evil"), WorkspaceDamaged, "leads out"),
    ("out on Windows", _escape("images\\..\\evil"), WorkspaceDamaged, "leads out"),
    ("something else", _escape("settings.json"), WorkspaceDamaged, "leads out"),
)


@pytest.mark.parametrize(("change", "error", "words"), [each[1:] for each in ODD], ids=[each[0] for each in ODD])
def test_what_is_odd_is_refused_with_words_and_leaves_nothing(
    whole: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], error: type[MmhubError], words: str
) -> None:
    folder = tmp_path / "to"
    with pytest.raises(error, match=words):
        unpack_archive(_rewritten(whole, change), folder / "again.mmhub", quiet)
    assert not folder.exists() or list(folder.iterdir()) == []
    assert not list(tmp_path.rglob("*evil*"))


def test_no_archive_and_a_taken_name_are_refused(whole: Path, tmp_path: Path) -> None:
    for path, error in ((tmp_path / "missing.mmhubzip", UserMistake), (tmp_path / "products.csv", WorkspaceDamaged)):
        with pytest.raises(error):
            unpack_archive(path, tmp_path / "again.mmhub", quiet)
    broken = tmp_path / "cut.mmhubzip"
    broken.write_bytes(whole.read_bytes()[:-300])
    with pytest.raises(WorkspaceDamaged):
        unpack_archive(broken, tmp_path / "again.mmhub", quiet)
    (tmp_path / "again.mmhub").write_bytes(b"mine")
    with pytest.raises(UserMistake, match="is there already"):
        unpack_archive(whole, tmp_path / "again.mmhub", quiet)
    assert (tmp_path / "again.mmhub").read_bytes() == b"mine"


async def test_stopped_in_the_middle_neither_way_leaves_anything(whole: Path, tmp_path: Path) -> None:
    shop, table = tmp_path / "from" / "shop.mmhub", tmp_path / "products.csv"
    before = await asyncio.to_thread(whole.read_bytes)
    target = tmp_path / "to" / "again.mmhub"

    async def stop(work: Callable[[Any], Any]) -> None:
        began, go_on = threading.Event(), threading.Event()

        def told(_done: int, _of: int) -> None:
            began.set()
            assert go_on.wait(30)

        running = asyncio.create_task(run_cancellable(work, told))
        assert await asyncio.to_thread(began.wait, 30)
        running.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await running

    await stop(lambda tell: write_archive(shop, table, whole, tell))
    await stop(lambda tell: unpack_archive(whole, target, tell))
    assert await asyncio.to_thread(whole.read_bytes) == before
    assert await asyncio.to_thread(lambda: list(target.parent.iterdir())) == []
    assert await asyncio.to_thread(lambda: list(tmp_path.glob(".*"))) == []
