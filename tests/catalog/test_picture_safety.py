"""Pictures from strangers: addresses inside the own network, endless and slow answers, bombs, no pictures at all."""

import asyncio
import gzip
import io
import os
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from mmhub_desktop.catalog import links
from mmhub_desktop.catalog.links import fetch, is_public
from mmhub_desktop.catalog.picture_fix import PictureNeeds, fix
from mmhub_desktop.catalog.picture_sight import look_at, look_of
from mmhub_desktop.catalog.pictures import PictureProblem, prepare, read_file, shrink
from mmhub_desktop.errors import SourceUnavailable
from mmhub_desktop.marketplaces.base import PictureRules

FORMATS = ("image/jpeg", "image/png")


class Host:
    """Answers on 127.0.0.1 and 127.0.0.2; ``asked`` are the host and path of each call."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, Callable[[web.Request], Any]] = {}
        self.port = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        self.asked.append(f"{request.transport.get_extra_info('sockname')[0]}{request.path}")
        made = self.answers[request.path](request)
        return made if isinstance(made, web.StreamResponse) else await made

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    made = Host()
    app = web.Application()
    app.router.add_get("/{name:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()  # noqa: S104 - two addresses of this machine
    made.port = runner.addresses[0][1]
    made.answers["/a.jpg"] = lambda _: web.Response(body=jpeg(), content_type="image/jpeg")
    yield made
    await runner.cleanup()


@pytest.fixture
def first_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 stands for the internet here, 127.0.0.2 for the seller's own network."""
    monkeypatch.setattr(links, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(links, "getproxies", dict)


def jpeg(size: tuple[int, int] = (300, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.usefixtures("first_is_public")
async def test_a_redirect_into_the_own_network_is_not_followed(host: Host) -> None:
    target = host.url("/a.jpg", "127.0.0.2")
    host.answers["/start"] = lambda _: web.Response(status=302, headers={"Location": target})
    assert await fetch(host.url("/a.jpg")) == jpeg()
    with pytest.raises(PictureProblem) as caught:
        await fetch(host.url("/start"))
    assert caught.value.rule == "private_address"
    assert host.asked == ["127.0.0.1/a.jpg", "127.0.0.1/start"], "the inner host was not asked"


@pytest.mark.usefixtures("first_is_public")
async def test_a_name_that_changes_its_address_gains_nothing(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the address that was checked is the one that is spoken to, without a second look-up."""
    found = iter([["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1", "127.0.0.2"]])
    names: list[str] = []

    async def look_up(name: str, port: int, **_: Any) -> list[Any]:
        names.append(name)
        return [(2, 1, 6, "", (address, port)) for address in next(found)]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    url = host.url("/a.jpg", "pictures.test")
    assert await fetch(url) == jpeg()
    assert names == ["pictures.test"]
    for _ in range(2):  # a private one, and a private one beside a public one
        with pytest.raises(PictureProblem) as caught:
            await fetch(url)
        assert caught.value.rule == "private_address"
    assert host.asked == ["127.0.0.1/a.jpg"]


@pytest.mark.parametrize(
    "address",
    ["::127.0.0.1", "::10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::c0a8:101", "64:ff9b:1::a00:1", "fec0::1",
     "::ffff:10.1.1.1", "2002:c0a8:101::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
)  # fmt: skip
def test_addresses_that_lead_inside_by_another_name_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_translated_public_addresses_stay_public() -> None:
    assert is_public("64:ff9b::808:808")


async def test_a_slow_drip_ends_in_time(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "LONGEST_S", 0.4)

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "image/jpeg"})
        await response.prepare(request)
        while True:
            try:
                await response.write(b"\xff")
            except ConnectionError:
                return response
            await asyncio.sleep(0.02)

    host.answers["/slow.jpg"] = drip
    with pytest.raises(SourceUnavailable, match="does not answer"):
        await asyncio.wait_for(fetch(host.url("/slow.jpg"), allow_local=True), 20)


@pytest.mark.parametrize("times", [2, 3])
async def test_what_is_packed_several_times_is_not_unpacked(host: Host, times: int) -> None:
    data = bytes(1_000_000)
    for _ in range(times):
        data = gzip.compress(data)
    encoding = ", ".join(["gzip"] * times)
    host.answers["/bomb.jpg"] = lambda _: web.Response(
        body=data, headers={"Content-Type": "image/jpeg", "Content-Encoding": encoding}
    )
    with pytest.raises(PictureProblem, match="packed"):
        await fetch(host.url("/bomb.jpg"), allow_local=True)


async def test_what_unpacks_to_too_much_is_cut_and_packing_is_not_asked_for(host: Host) -> None:
    seen: list[str] = []

    def bomb(request: web.Request) -> web.StreamResponse:
        seen.append(request.headers["Accept-Encoding"])
        body = gzip.compress(bytes(30_000_000))
        return web.Response(body=body, headers={"Content-Type": "image/jpeg", "Content-Encoding": "gzip"})

    host.answers["/bomb.jpg"] = bomb
    with pytest.raises(PictureProblem, match="larger than 10 MB"):
        await fetch(host.url("/bomb.jpg"), allow_local=True)
    assert seen == ["identity"]


@pytest.mark.parametrize("kind", ["image/svg+xml", "application/octet-stream", "image/jpeg", ""])
async def test_a_drawing_or_a_page_is_no_picture_whatever_it_is_called(host: Host, kind: str) -> None:
    data = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    host.answers["/x.svg"] = lambda _: web.Response(body=data, headers={"Content-Type": kind} if kind else {})
    fetched = await fetch(host.url("/x.svg"), allow_local=True)
    with pytest.raises(PictureProblem) as caught:
        prepare(fetched, FORMATS)
    assert caught.value.rule == "not_an_image"


def claiming(width: int, height: int, kind: str) -> bytes:
    """A small file whose head says that it is large."""
    data = bytearray(jpeg((16, 16)))
    if kind == "JPEG":
        at = data.index(b"\xff\xc0") + 5
        data[at : at + 4] = struct.pack(">HH", height, width)
        return bytes(data)
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, kind)
    data = bytearray(out.getvalue())
    if kind == "GIF":
        data[6:10] = struct.pack("<HH", width, height)
    elif kind == "PNG":
        head = b"IHDR" + struct.pack(">II", width, height) + bytes(data[24:29])
        data[12:33] = head + struct.pack(">I", zlib.crc32(head))
    else:
        data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP"])
def test_huge_sides_are_refused_by_the_head_alone_wherever_pictures_are_read(kind: str, tmp_path: Path) -> None:
    data = claiming(60_000, 60_000, kind)
    assert len(data) < 2_000
    needs = PictureNeeds("Somewhere", FORMATS, PictureRules())
    for work in (
        lambda: prepare(data, FORMATS), lambda: shrink(data, 40), lambda: fix(data, needs), lambda: look_of(data),
    ):  # fmt: skip
        with pytest.raises(PictureProblem) as caught:
            work()
        assert caught.value.rule == "too_many_pixels"
    (tmp_path / "x").write_bytes(data)
    (sight,) = look_at([("x", str(tmp_path), str(tmp_path / "x"), "1 2")])
    assert sight.rule == "too_many_pixels"


def test_a_text_bomb_in_a_png_does_not_unpack() -> None:
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, "PNG")
    data = out.getvalue()
    body = b"zTXt" + b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    with pytest.raises(PictureProblem) as caught:
        prepare(data[:33] + chunk + data[33:], ("image/jpeg",))
    assert caught.value.rule == "damaged"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "folder.jpg").mkdir()
    for path in (tmp_path / "pipe.jpg", tmp_path / "folder.jpg", Path("/dev/zero")):
        with pytest.raises(PictureProblem, match="is not a file"):
            read_file(path)
