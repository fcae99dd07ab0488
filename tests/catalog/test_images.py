"""Images: from files and links to bytes that can be sent, and thumbnails made elsewhere."""

import asyncio
import io
import os
import signal
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from mmhub_desktop.catalog import links, pictures
from mmhub_desktop.catalog.images import Thumbnails, find_file, read_image
from mmhub_desktop.catalog.links import LARGEST_DOWNLOAD, fetch, is_public
from mmhub_desktop.catalog.pictures import PictureProblem
from mmhub_desktop.errors import Rejected, SourceUnavailable


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", color: object = "red") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, kind)  # type: ignore[arg-type]
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def host() -> AsyncIterator[Callable[[str, Handler], str]]:
    """An image host on this machine: ``host(path, handler)`` → its address."""
    handlers: dict[str, Handler] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        return await handlers[request.path](request)

    app = web.Application()
    app.router.add_get("/{name:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]

    def add(path: str, handler: Handler) -> str:
        handlers[path] = handler
        return f"http://127.0.0.1:{port}{path}"

    yield add
    await runner.cleanup()


def serving(data: bytes, kind: str = "image/jpeg", status: int = 200) -> Handler:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=data, content_type=kind, status=status)

    return answer


@pytest.mark.parametrize(
    ("source", "where"),
    [("a b.jpg", "a b.jpg"), ("images/x.png", "images/x.png"), ("images\\x.png", "images/x.png"), ("sub/../y", "y")],
)
def test_paths_start_from_the_import_files_folder(tmp_path: Path, source: str, where: str) -> None:
    assert find_file(source, str(tmp_path)).resolve() == (tmp_path / where).resolve()
    assert find_file(str(tmp_path / "z"), "/elsewhere") == tmp_path / "z"
    assert find_file((tmp_path / "ü 1.jpg").as_uri(), "/elsewhere") == tmp_path / "ü 1.jpg"


@pytest.mark.parametrize(("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
async def test_an_allowed_image_is_sent_as_it_is(tmp_path: Path, kind: str, mime: str) -> None:
    data = picture(kind)
    (tmp_path / "Foto ñ 1.dat").write_bytes(data)
    image = await read_image("Foto ñ 1.dat", str(tmp_path))
    assert (image.mime, image.width, image.height, image.data) == (mime, 60, 40, data)
    assert image.name == f"Foto-ñ-1.{'jpg' if kind == 'JPEG' else 'png'}"


@pytest.mark.parametrize(
    "data",
    [
        picture("WEBP"),
        picture("GIF"),
        picture("BMP"),
        picture("TIFF"),
        picture("JPEG", mode="CMYK", color=(0, 255, 255, 0)),
    ],
)
async def test_other_images_become_rgb_jpegs(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    image = await read_image("x", str(tmp_path))
    result = opened(image.data)
    assert (image.mime, result.format, result.mode, result.size) == ("image/jpeg", "JPEG", "RGB", (60, 40))
    red, green, _ = result.getpixel((30, 20))  # type: ignore[misc]
    assert red > 200
    assert green < 60
    assert image.name == "x.jpg"


async def test_transparent_parts_become_white_where_png_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(picture("PNG", mode="RGBA", color=(0, 0, 0, 0)))
    image = await read_image("x.png", str(tmp_path), formats=("image/jpeg",))
    assert opened(image.data).getpixel((30, 20)) == (255, 255, 255)


def test_a_picture_taken_on_its_side_is_turned_when_converted() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(out, "WEBP", exif=exif)
    converted = pictures.prepare(out.getvalue(), ("image/jpeg",))
    assert (converted.width, converted.height) == (40, 60)
    assert opened(converted.data).size == (40, 60)


def test_a_file_too_large_to_send_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.frombytes("RGB", (600, 400), os.urandom(600 * 400 * 3))
    out = io.BytesIO()
    noise.save(out, "PNG")
    monkeypatch.setattr(pictures, "LARGEST_SENT", 300_000)
    monkeypatch.setattr(pictures, "LONGEST_SIDE", 300)
    smaller = pictures.prepare(out.getvalue(), ("image/png",))
    assert (smaller.mime, smaller.width, smaller.height) == ("image/jpeg", 300, 200)
    assert len(smaller.data) < 300_000


@pytest.mark.parametrize(
    ("data", "rule"),
    [(b"", "not_an_image"), (b"<html>no</html>", "not_an_image"), (picture()[:-200], "damaged"),
     (picture("PNG")[:60], "damaged"), (b"%PDF-1.4 ...", "not_an_image")],
)  # fmt: skip
async def test_a_bad_file_is_explained(tmp_path: Path, data: bytes, rule: str) -> None:
    (tmp_path / "x.jpg").write_bytes(data)
    with pytest.raises(Rejected) as caught:
        await read_image("x.jpg", str(tmp_path))
    (finding,) = caught.value.findings
    assert (finding.rule, finding.field, finding.value, finding.blocks) == (f"image.{rule}", "images", "x.jpg", True)
    assert finding.fix


@pytest.mark.parametrize("source", ["nothing.jpg", "", "no\x00thing", "x" * 5000])
async def test_a_missing_file_is_explained(tmp_path: Path, source: str) -> None:
    with pytest.raises(Rejected) as caught:
        await read_image(source, str(tmp_path))
    assert caught.value.findings[0].rule == "image.missing"


async def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (9_000, 7_000)).save(out, "PNG")
    assert len(out.getvalue()) < 200_000
    (tmp_path / "bomb.png").write_bytes(out.getvalue())
    with pytest.raises(Rejected) as caught:
        await read_image("bomb.png", str(tmp_path))
    assert caught.value.findings[0].rule == "image.too_many_pixels"


async def test_a_link_is_followed_to_the_image(host: Callable[[str, Handler], str]) -> None:
    data = picture("PNG")
    target = host("/deep/iman.png", serving(data, "image/png"))

    async def move(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/deep/iman.png"})

    image = await read_image(host("/start", move), "", allow_local=True)
    assert image.data == data
    assert (await read_image(target, "", allow_local=True)).name == "iman.png"


async def test_links_into_the_local_network_are_refused(host: Callable[[str, Handler], str]) -> None:
    asked = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        return web.Response(body=picture(), content_type="image/jpeg")

    url = host("/x.jpg", answer)
    for link in (url, url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "2130706433")):
        with pytest.raises(Rejected) as caught:
            await read_image(link, "")
        assert caught.value.findings[0].rule == "image.private_address"
        assert "Settings" in caught.value.hint
    assert asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [("10.0.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("127.9.9.9", False), ("::1", False),
     ("::ffff:127.0.0.1", False), ("2002:7f00:1::", False), ("fe80::1%eth0", False), ("fd00::1", False),
     ("100.64.0.1", False), ("0.0.0.0", False),  # noqa: S104 - an address, not a server
     ("224.0.0.1", False), ("1.1.1.1", True),
     ("2606:4700:4700::1111", True)],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def certificate_for(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and a client's TLS context around a new certificate for this host name only."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "host.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    return server, ssl.create_default_context(cafile=pem)


async def test_the_checked_address_is_the_one_spoken_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its address, yet with the host's own name in the request and in the check of its certificate."""
    server, client = certificate_for("localhost", tmp_path)
    monkeypatch.setattr(links, "_certificates", lambda: client)
    monkeypatch.setattr(links, "is_public", lambda _address: True)
    monkeypatch.setattr(links, "getproxies", dict)
    asked = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append((request.host, request.path_qs))
        return web.Response(body=picture(), content_type="image/jpeg")

    app = web.Application()
    app.router.add_get("/x.jpg", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server).start()
    port = runner.addresses[0][1]
    assert await fetch(f"https://localhost:{port}/x.jpg?v=1")
    with pytest.raises(SourceUnavailable) as caught:  # the certificate is not for this name
        await fetch(f"https://127.0.0.1:{port}/x.jpg")
    assert "CERTIFICATE_VERIFY_FAILED" in caught.value.original
    assert asked == [(f"localhost:{port}", "/x.jpg?v=1")]
    await runner.cleanup()


@pytest.mark.parametrize(
    ("handler", "rule"),
    [(serving(b"<html></html>", "text/html"), "not_an_image"), (serving(b"x", status=404), "not_found"),
     (serving(b"x", status=403), "not_found"), (serving(b"x" * (LARGEST_DOWNLOAD + 1)), "too_large"),
     (serving(b"no image"), "not_an_image")],
)  # fmt: skip
async def test_what_a_host_may_answer_wrongly(host: Callable[[str, Handler], str], handler: Handler, rule: str) -> None:
    with pytest.raises(Rejected) as caught:
        await read_image(host("/x", handler), "", allow_local=True)
    assert caught.value.findings[0].rule == f"image.{rule}"


async def test_an_endless_answer_is_cut(host: Callable[[str, Handler], str]) -> None:
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "image/jpeg"})
        await response.prepare(request)
        while True:
            try:
                await response.write(b"\xff" * 1_000_000)
            except ConnectionError:
                return response

    with pytest.raises(PictureProblem) as caught:
        await fetch(host("/x", stream), allow_local=True)
    assert caught.value.rule == "too_large"


async def test_redirects_end_and_stay_on_the_web(host: Callable[[str, Handler], str]) -> None:
    async def around(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/around"})

    async def away(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "file:///etc/passwd"})

    for path, handler, rule in (("/around", around, "redirects"), ("/away", away, "wrong_link")):
        with pytest.raises(PictureProblem) as caught:
            await fetch(host(path, handler), allow_local=True)
        assert caught.value.rule == rule


@pytest.mark.parametrize("url", ["https://", "http:///x.jpg", "ftp://h/x.jpg", "data:image/png;base64,AAAA"])
async def test_what_is_no_web_address(url: str) -> None:
    with pytest.raises(Rejected):
        await read_image(url, "", allow_local=True)


async def test_a_host_that_is_busy_or_away_is_tried_again_later(host: Callable[[str, Handler], str]) -> None:
    async def busy(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=503, headers={"Retry-After": "7"})

    with pytest.raises(SourceUnavailable) as caught:
        await read_image(host("/x", busy), "", allow_local=True)
    assert caught.value.retry_after_s == 7
    with pytest.raises(SourceUnavailable, match="does not answer"):
        await read_image("http://127.0.0.1:9/x.jpg", "", allow_local=True)


@pytest.fixture
async def thumbnails(tmp_path: Path) -> AsyncIterator[Thumbnails]:
    thumbnails = Thumbnails(tmp_path / "ws.images", allow_local=lambda: True)
    yield thumbnails
    await thumbnails.close()


async def test_thumbnails_are_made_kept_and_made_anew(
    tmp_path: Path, thumbnails: Thumbnails, host: Callable[[str, Handler], str]
) -> None:
    (tmp_path / "x.jpg").write_bytes(picture(size=(800, 400)))
    first, again = await asyncio.gather(*(thumbnails.get("x.jpg", str(tmp_path), 48) for _ in range(2)))
    assert first is not None
    assert first == again
    assert (opened(first).size, opened(first).format) == ((48, 24), "JPEG")

    larger = await thumbnails.get("x.jpg", str(tmp_path), 96)
    assert larger is not None
    assert opened(larger).size == (96, 48)

    other = Thumbnails(tmp_path / "ws.images")
    assert await other.get("x.jpg", str(tmp_path), 48) == first
    assert other._pool is None  # from disk, without a process

    (tmp_path / "x.jpg").write_bytes(picture(size=(400, 400)))
    changed = await thumbnails.get("x.jpg", str(tmp_path), 48)
    assert changed is not None
    assert opened(changed).size == (48, 48)

    url = host("/t.png", serving(picture("PNG", mode="RGBA", color=(1, 2, 3, 100)), "image/png"))
    transparent = await thumbnails.get(url, "", 32)
    assert transparent is not None
    assert (opened(transparent).format, opened(transparent).mode) == ("PNG", "RGBA")
    await thumbnails.close()
    assert await thumbnails.get("x.jpg", str(tmp_path), 48) is None


async def test_what_has_no_thumbnail_is_none_and_not_asked_again_at_once(
    tmp_path: Path, thumbnails: Thumbnails, host: Callable[[str, Handler], str]
) -> None:
    asked = []

    async def missing(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=404)

    url = host("/none.jpg", missing)
    (tmp_path / "bad.jpg").write_bytes(b"no image")
    results = [await thumbnails.get(source, str(tmp_path), 48) for source in (url, url, "bad.jpg", "nowhere.jpg", "")]
    assert results == [None] * 5
    assert asked == ["/none.jpg"]
    private = Thumbnails(tmp_path / "other")
    assert await private.get(url, "", 48) is None
    assert asked == ["/none.jpg"]


async def test_a_killed_picture_process_is_replaced(tmp_path: Path, thumbnails: Thumbnails) -> None:
    (tmp_path / "x.jpg").write_bytes(picture())
    (tmp_path / "y.jpg").write_bytes(picture())
    (tmp_path / "z.jpg").write_bytes(picture())
    assert await thumbnails.get("x.jpg", str(tmp_path), 16)
    assert thumbnails._pool is not None
    (process,) = thumbnails._pool._processes.values()
    assert process.pid
    os.kill(process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.join()
    await thumbnails.get("y.jpg", str(tmp_path), 16)  # lost with the process
    assert await thumbnails.get("z.jpg", str(tmp_path), 16)


def test_the_oldest_thumbnails_go_first(tmp_path: Path) -> None:
    for number in range(5):
        path = tmp_path / "ab" / str(number)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x" * 100)
        os.utime(path, (number, number))
    assert pictures.prune(tmp_path, 250) == 3
    assert sorted(path.name for path in (tmp_path / "ab").iterdir()) == ["3", "4"]
    assert pictures.prune(tmp_path / "nowhere", 1) == 0
