"""Images that an import brings by link: fetched in the background, within limits, gently, also after a restart."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from mmhub_desktop.catalog import host_turns
from mmhub_desktop.catalog.plan import plan_from
from mmhub_desktop.catalog.reading import inspect
from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.domain.image_queue import FetchState, ImageQueue, Waiting, queue_of
from mmhub_desktop.domain.imports import ImportJob
from mmhub_desktop.events import ImagesFetched, Notice
from mmhub_desktop.settings import (
    IMAGES_AFTER_IMPORT,
    IMAGES_ALLOW_LOCAL_NETWORK,
    IMAGES_MOST_MB,
    IMAGES_MOST_OF_IMPORT,
    Settings,
)
from tests.cli.test_commands import Terminal
from tests.fakes.picture_host import PictureHost, picture_table
from tests.fakes.shop import Shop, open_shop


@pytest.fixture
def host() -> Iterator[PictureHost]:
    made = PictureHost()
    yield made
    made.close()


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, run=False) as opened:
        opened.workspace.settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
        opened.workspace.settings.set(IMAGES_AFTER_IMPORT, value=True)
        yield opened


async def bring(shop: Shop, file: Path) -> ImportJob:
    plan = plan_from(await asyncio.to_thread(inspect, file))
    return await (await shop.workspace.import_file(plan)).result()


async def finished(shop: Shop) -> FetchState:
    async with asyncio.timeout(60):
        return (await shop.workspace.image_fetching.finished()).state


async def kept(shop: Shop, host: PictureHost, *names: str) -> list[str]:
    known = await shop.workspace.images.store.of([f"{host.base}/{name}" for name in names])
    return [Path(url).name for url, image in sorted(known.items()) if image.content]


async def test_what_an_import_brought_is_fetched_by_itself(shop: Shop, tmp_path: Path, host: PictureHost) -> None:
    seen: list[ImagesFetched] = []
    shop.workspace.bus.subscribe(ImagesFetched, seen.append)
    await bring(shop, picture_table(tmp_path, host, "a.jpg", "gone.jpg"))
    assert not host.asked, "the import itself fetches nothing"
    await shop.workspace.image_fetching.start()
    assert await finished(shop) is FetchState.IDLE
    assert sorted(host.asked) == ["/a.jpg", "/gone.jpg"]
    assert await kept(shop, host, "a.jpg", "gone.jpg") == ["a.jpg"]
    last = seen[-1].progress
    assert (last.state, last.done, last.total, last.broken) == (FetchState.IDLE, 2, 2, 1)
    ((sku, image),) = await shop.workspace.images.store.broken()
    assert (sku, image.rule) == ("L-2", "not_found")
    await bring(shop, picture_table(tmp_path, host, "a.jpg", "b.jpg", price=20))
    assert await finished(shop) is FetchState.IDLE
    assert host.asked.count("/a.jpg") == 1, "what is known is not asked for again"
    assert await kept(shop, host, "b.jpg") == ["b.jpg"]


async def test_the_first_picture_of_each_product_comes_first(shop: Shop, tmp_path: Path, host: PictureHost) -> None:
    await bring(shop, picture_table(tmp_path, host, f"1.jpg|{host.base}/1b.jpg", f"2.jpg|{host.base}/2b.jpg"))
    await shop.workspace.image_fetching.start()
    await finished(shop)
    assert {*host.asked[:2]} == {"/1.jpg", "/2.jpg"}
    assert {*host.asked[2:]} == {"/1b.jpg", "/2b.jpg"}
    small = list((shop.workspace.image_folder / "thumbnails").rglob("*"))
    assert sum(each.is_file() for each in small) == 2, "two sizes; all of them are the same picture"


async def test_it_is_left_alone_where_it_is_not_wanted(shop: Shop, tmp_path: Path, host: PictureHost) -> None:
    shop.workspace.settings.set(IMAGES_AFTER_IMPORT, value=False)
    job = await bring(shop, picture_table(tmp_path, host, "a.jpg"))
    await shop.workspace.image_fetching.start()
    assert await finished(shop) is FetchState.IDLE
    assert not host.asked
    assert len(await shop.workspace.imported_images.products_of(job.id)) == 1
    await shop.workspace.imported_images.fetch(job.id)
    await finished(shop)
    assert host.asked == ["/a.jpg"]
    assert await shop.workspace.imported_images.products_of(job.id) == ()


async def test_a_file_without_images_has_none(shop: Shop, tmp_path: Path) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text("SKU,Title,Price,Currency\nL-1,Lamp,30,EUR\n", encoding="utf-8")
    job = await bring(shop, prices)
    assert await shop.workspace.imported_images.products_of(job.id) == ()
    assert not shop.workspace.image_fetching.is_waiting


async def test_it_goes_on_after_a_restart_and_a_pause_lasts(tmp_path: Path, host: PictureHost) -> None:
    async with open_shop(tmp_path, run=False) as shop:
        shop.workspace.settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
        shop.workspace.settings.set(IMAGES_AFTER_IMPORT, value=True)
        await bring(shop, picture_table(tmp_path, host, "a.jpg"))
        await shop.workspace.image_fetching.pause()
    async with open_shop(tmp_path, run=False) as shop:
        await shop.workspace.image_fetching.start()
        assert await finished(shop) is FetchState.PAUSED
        assert not host.asked
        await shop.workspace.image_fetching.go_on()
        assert await finished(shop) is FetchState.IDLE
        assert host.asked == ["/a.jpg"]
    async with open_shop(tmp_path, run=False) as shop:
        assert queue_of(await shop.workspace.preferences.get("images.queue")) == ImageQueue()


async def test_the_limit_of_number_stops_it_until_the_seller_goes_on(
    shop: Shop, tmp_path: Path, host: PictureHost
) -> None:
    shop.workspace.settings.set(IMAGES_MOST_OF_IMPORT, 2)
    notices: list[Notice] = []
    shop.workspace.bus.subscribe(Notice, notices.append)
    await bring(shop, picture_table(tmp_path, host, *(f"{number}.jpg" for number in range(5))))
    fetching = shop.workspace.image_fetching
    await fetching.start()
    for count in (2, 4):
        assert await finished(shop) is FetchState.ENOUGH
        assert len(host.asked) == count
        assert "fetched, as many as may be by themselves" in fetching.progress.words
        await fetching.go_on()
    assert await finished(shop) is FetchState.IDLE
    assert len(host.asked) == 5
    assert [each.message for each in notices] == ["Fetching images has stopped."] * 2


async def test_the_limit_of_room_stops_it_until_there_is_more(shop: Shop, tmp_path: Path, host: PictureHost) -> None:
    await bring(shop, picture_table(tmp_path, host, "a.jpg", "b.jpg"))
    fetching = shop.workspace.image_fetching
    limits = fetching._limits()
    assert limits.room == 5_000_000_000
    shop.workspace.settings.set(IMAGES_MOST_MB, 50)
    fetching._limits = lambda: type(limits)(1, 100)
    await fetching.start()
    await finished(shop)
    assert fetching.progress.state is FetchState.FULL or len(host.asked) < 3
    fetching._limits = lambda: type(limits)(50_000_000, 100)
    await fetching.go_on()
    assert await finished(shop) is FetchState.IDLE
    assert await kept(shop, host, "a.jpg", "b.jpg") == ["a.jpg", "b.jpg"]


async def test_a_host_in_trouble_rests_and_is_asked_again(
    shop: Shop, tmp_path: Path, host: PictureHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_turns, "RESTS_S", (0.05, 0.05, 0.05))
    states: list[FetchState] = []
    shop.workspace.bus.subscribe(ImagesFetched, lambda event: states.append(event.progress.state))
    host.busy = 1
    await bring(shop, picture_table(tmp_path, host, "a.jpg"))
    await shop.workspace.image_fetching.start()
    assert await finished(shop) is FetchState.IDLE
    assert FetchState.RESTING in states
    assert host.asked == ["/a.jpg", "/a.jpg"]
    assert await kept(shop, host, "a.jpg") == ["a.jpg"]


async def test_a_host_that_stays_away_is_given_up_where_others_answer(
    shop: Shop, tmp_path: Path, host: PictureHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_turns, "RESTS_S", (0.05, 0.05, 0.05))
    away = PictureHost()
    away.close()
    await bring(shop, picture_table(tmp_path, host, f"a.jpg|{away.base}/x.jpg"))
    await shop.workspace.image_fetching.start()
    assert await finished(shop) is FetchState.IDLE
    ((_, image),) = await shop.workspace.images.store.broken()
    assert (image.url, image.rule) == (f"{away.base}/x.jpg", "unavailable")


async def test_broken_links_are_tried_again_together(shop: Shop, tmp_path: Path, host: PictureHost) -> None:
    await bring(shop, picture_table(tmp_path, host, "gone.jpg", "gone2.jpg"))
    fetching = shop.workspace.image_fetching
    await fetching.start()
    await finished(shop)
    assert len(await shop.workspace.images.store.broken()) == 2
    host.is_whole = True
    await fetching.retry_broken()
    assert await finished(shop) is FetchState.IDLE
    assert await shop.workspace.images.store.broken() == []
    assert len(host.asked) == 4


async def test_what_comes_while_it_works_waits_its_turn(shop: Shop, tmp_path: Path, host: PictureHost) -> None:
    """The queue changes under the hands of the one who works it off: nothing is lost, done twice or a fault."""
    fetching = shop.workspace.image_fetching
    first = await bring(shop, picture_table(tmp_path, host, *(f"{number}.jpg" for number in range(6))))
    await fetching.start()
    await fetching.retry_broken()
    await shop.workspace.imported_images.fetch(first.id)
    await fetching.retry_broken()
    assert await finished(shop) is FetchState.IDLE
    assert sorted(host.asked) == [f"/{number}.jpg" for number in range(6)]
    await bring(shop, picture_table(tmp_path, host, *(f"x{number}.jpg" for number in range(30))))
    await fetching.forget()
    assert await finished(shop) is FetchState.IDLE
    assert not fetching.is_waiting


@pytest.mark.parametrize(("kept", "wanted"), [("{}", True), ('{"images.after_import": false}', False)])
def test_it_is_the_default_and_a_setting_that_was_made_stays(tmp_path: Path, kept: str, *, wanted: bool) -> None:
    file = tmp_path / "settings.json"
    file.write_text(kept, encoding="utf-8")
    assert Settings(file).get(IMAGES_AFTER_IMPORT) is wanted


def test_entries_of_a_queue_are_known_by_what_they_are() -> None:
    one, other, broken = Waiting(ImportId(1), most=9), Waiting(ImportId(2)), Waiting(ImportId(0), before=5)
    queue = ImageQueue((one, other, broken))
    assert queue.with_more(Waiting(ImportId(1), most=3)) == queue
    assert queue.with_more(Waiting(ImportId(0), before=8)).waiting == (one, other, Waiting(ImportId(0), before=8))
    assert queue.changed(other, done=4).find(other) == Waiting(ImportId(2), done=4)
    assert queue.changed(other, done=4).without(other) == ImageQueue((one, broken))


def test_a_queue_is_read_as_it_was_kept() -> None:
    queue = ImageQueue((Waiting(ImportId(3), most=9, done=1), Waiting(ImportId(0), before=5)), paused=True)
    assert queue_of(queue.to_text()) == queue
    assert queue_of("") == queue_of("nonsense") == queue_of('{"waiting": [7]}') == ImageQueue()


def test_the_command_line_fetches_when_asked(
    tmp_path: Path, host: PictureHost, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(tmp_path / "shop.mmhub", capsys)
    Settings().set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
    assert terminal.json("import", str(picture_table(tmp_path, host, "a.jpg")))["counts"]["new"] == 1
    assert not host.asked
    file = str(picture_table(tmp_path, host, "b.jpg", "gone.jpg"))
    assert terminal.json("import", file, "--images", "--dry-run")["counts"]["new"] == 1
    assert not host.asked
    assert terminal.json("import", file, "--images")["counts"] == {"new": 1, "changed": 1, "same": 0, "refused": 0}
    assert "Images: 1 fetched, 1 broken. See “mmhub images broken”." in " ".join(terminal.err.split())
    assert sorted(set(host.asked)) == ["/b.jpg", "/gone.jpg"]
    assert [product["sku"] for product in terminal.json("products", "--filter", "image_state=broken")] == ["L-2"]
