"""Images behind links are fetched, kept, checked for changes and named when broken; publishing then needs no host."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image

from mmhub_desktop.actions import import_images
from mmhub_desktop.catalog import kept_images
from mmhub_desktop.domain.ids import BatchId, ProductId
from mmhub_desktop.domain.job import BatchJob, JobState, WorkRequest
from mmhub_desktop.settings import IMAGES_ALLOW_LOCAL_NETWORK
from tests.fakes.shop import Shop, lamp, open_shop


def picture(color: str = "red", side: int = 600) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), color).save(out, "JPEG")
    return out.getvalue()


class Host:
    """An image host on this machine: answers with ETags, counts, and may be changed or broken."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.status: dict[str, int] = {}
        self.asked: list[tuple[str, int]] = []
        self.gate: asyncio.Event | None = None
        self.base = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if self.gate is not None:
            await self.gate.wait()
        name = request.path[1:]
        data = self.files.get(name)
        etag = f'"{hash(data)}"'
        status = self.status.get(name) or (404 if data is None else 200)
        if status == 200 and request.headers.get("If-None-Match") == etag:
            status = 304
        self.asked.append((name, status))
        body = data if status == 200 else b""
        return web.Response(status=status, body=body, headers={"ETag": etag}, content_type="image/jpeg")

    def link(self, name: str, data: bytes | None = None) -> str:
        if data is not None:
            self.files[name] = data
        return f"{self.base}/{name}"


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    made = Host()
    app = web.Application()
    app.router.add_get("/{name:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture(autouse=True)
def always_asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Links are asked each time, as they are after an hour."""
    monkeypatch.setattr(kept_images, "FRESH", timedelta(0))
    monkeypatch.setattr(import_images, "LOOK_AGAIN", timedelta(0))
    return


async def fetch(shop: Shop, *ids: ProductId) -> BatchJob:
    shop.workspace.settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
    batch_id = await shop.workspace.submit(WorkRequest("import_images", ids))
    batch = await shop.workspace.engine.wait_batch(batch_id)
    assert batch is not None
    return batch


def kept_files(shop: Shop) -> list[Path]:
    return sorted(path for path in (shop.workspace.image_folder / "kept").rglob("*") if path.is_file())


async def test_publishing_reads_the_copies_and_not_the_host(tmp_path: Path, host: Host) -> None:
    async with open_shop(tmp_path) as shop:
        same = picture()
        first = lamp(1, images=(host.link("a.jpg", same), host.link("b.jpg", picture("blue"))))
        second = lamp(2, images=(host.link("copy-of-a.jpg", same), "lampara-escritorio-1.jpg"))
        ids = await shop.add(first, second)
        batch = await fetch(shop, *ids)
        assert (batch.completed, batch.failed) == (2, 0), await shop.problems(batch)
        assert len(kept_files(shop)) == 2, "the same bytes are kept once"
        assert list((shop.workspace.image_folder / "thumbnails").rglob("*"))
        asked = len(host.asked)
        host.files.clear()
        published = await shop.do("publish", *ids)
        assert published.completed == 2, await shop.problems(published)
        assert len(host.asked) == asked


async def test_what_has_changed_at_the_source_is_fetched_again_and_the_rest_is_not(tmp_path: Path, host: Host) -> None:
    async with open_shop(tmp_path) as shop:
        links = (host.link("a.jpg", picture()), host.link("b.jpg", picture("blue")))
        (product,) = await shop.add(lamp(1, images=links))
        await fetch(shop, product)
        before = await shop.workspace.images.store.of(links)
        host.files["b.jpg"] = picture("green")
        host.asked.clear()
        await fetch(shop, product)
        assert sorted(host.asked) == [("a.jpg", 304), ("b.jpg", 200)]
        after = await shop.workspace.images.store.of(links)
        assert before[links[0]].content == after[links[0]].content
        assert before[links[1]].content != after[links[1]].content
        assert len(kept_files(shop)) == 2, "the copy that nobody names any more is gone"
        found = await shop.workspace.images.find(links[1])
        assert found is not None
        assert found.read_bytes() == host.files["b.jpg"]


async def test_broken_links_are_named_with_the_reason_and_mended_by_a_retry(tmp_path: Path, host: Host) -> None:
    async with open_shop(tmp_path) as shop:
        good, gone, page = host.link("a.jpg", picture()), host.link("gone.jpg"), host.link("page.jpg", b"<html>")
        (product,) = await shop.add(lamp(1, images=(good, gone, page)))
        batch = await fetch(shop, product)
        (job,) = await shop.workspace.jobs.jobs(await shop.workspace.jobs.job_ids(batch.id))
        assert job.state is JobState.FAILED
        assert job.problem is not None
        assert {(finding.rule, finding.value) for finding in job.problem.findings} == {
            ("image.not_found", gone), ("image.not_an_image", page),
        }  # fmt: skip
        broken = await shop.workspace.images.store.broken()
        assert [(sku, image.url) for sku, image in broken] == [("LAMP-1", gone), ("LAMP-1", page)]
        assert await shop.workspace.images.find(good) is not None
        host.files |= {"gone.jpg": picture("blue"), "page.jpg": picture("green")}
        await shop.workspace.engine.retry_batch(batch.id)
        ended = await shop.workspace.engine.wait_batch(batch.id)
        assert ended is not None
        assert ended.completed == 1
        assert await shop.workspace.images.store.broken() == []


async def test_a_link_that_breaks_later_keeps_its_copy_and_says_so(tmp_path: Path, host: Host) -> None:
    async with open_shop(tmp_path) as shop:
        link = host.link("a.jpg", picture())
        (product,) = await shop.add(lamp(1, images=(link,)))
        await fetch(shop, product)
        host.status["a.jpg"] = 404
        batch = await fetch(shop, product)
        assert batch.completed == 1, "the copy can still be published"
        image = (await shop.workspace.images.store.of([link]))[link]
        assert image.finding is not None
        assert not image.finding.blocks
        assert "earlier copy is used" in image.finding.message
        assert (await shop.do("publish", product)).completed == 1


async def test_addresses_of_the_local_network_are_refused_unless_allowed(tmp_path: Path, host: Host) -> None:
    async with open_shop(tmp_path) as shop:
        (product,) = await shop.add(lamp(1, images=(host.link("a.jpg", picture()),)))
        batch_id = await shop.workspace.submit(WorkRequest("import_images", (product,)))
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.failed == 1
        ((_, image),) = await shop.workspace.images.store.broken()
        assert image.rule == "private_address"
        assert host.asked == []


async def test_after_a_stop_only_what_is_missing_is_fetched(
    tmp_path: Path, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # what was looked at within the hour is not asked for again
    names = [f"{number}.jpg" for number in range(3)]
    links = tuple(host.link(name, picture(side=100 + number)) for number, name in enumerate(names))
    async with open_shop(tmp_path) as shop:
        shop.workspace.settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
        (product,) = await shop.add(lamp(1, images=links))
        await shop.workspace.images.fetch(links[0])
        host.gate = asyncio.Event()  # the second never comes
        batch_id: BatchId = await shop.workspace.submit(WorkRequest("import_images", (product,)))
        await shop.workspace.engine.stop(0.05)
    host.gate.set()
    async with open_shop(tmp_path) as shop:
        shop.workspace.settings.set(IMAGES_ALLOW_LOCAL_NETWORK, value=True)
        batch = await shop.workspace.engine.wait_batch(batch_id)
        assert batch is not None
        assert batch.completed == 1
        assert [name for name, _ in host.asked].count("0.jpg") == 1
        assert len(kept_files(shop)) == 3
