"""Small pictures: fetched once, decoded aside, a tile where there is none."""

import asyncio
from io import BytesIO

from PIL import Image
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from mmhub_desktop.gui.background import running, spawn
from mmhub_desktop.gui.thumbnails import AT_ONCE, WAITING, ThumbnailCache
from tests.gui.conftest import Until


def picture(color: str) -> bytes:
    data = BytesIO()
    Image.new("RGB", (80, 40), color).save(data, "PNG")
    return data.getvalue()


class Source:
    """Gives pictures, and counts what was asked for; ``gate`` holds the answers back."""

    def __init__(self, pictures: dict[str, bytes]) -> None:
        self._pictures = pictures
        self.asked: list[str] = []
        self.gate = asyncio.Event()

    async def __call__(self, source: str, base: str, size: int) -> bytes | None:
        del base, size
        self.asked.append(source)
        await self.gate.wait()
        return self._pictures.get(source)


def painted(cache: ThumbnailCache, source: str) -> QImage:
    image = QImage(40, 40, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    cache.paint(painter, QRect(0, 0, 40, 40), source, "", "Lamp", 1.0)
    painter.end()
    return image


async def test_a_tile_stands_in_until_the_picture_has_come(qtbot: QtBot, until: Until) -> None:
    source = Source({"red.png": picture("red")})
    source.gate.set()
    cache = ThumbnailCache(source, spawn)
    before = painted(cache, "red.png").pixelColor(20, 20)
    await until(lambda: cache.pixmap("red.png", "", 40, 1.0) is not None)
    image = painted(cache, "red.png")
    assert image.pixelColor(20, 20).name() == "#ff0000"
    assert image.pixelColor(20, 20) != before
    assert image.pixelColor(20, 4).name() == "#ffffff"  # the whole picture on white, not cut
    assert image.pixelColor(0, 0).alpha() < 128  # round corners
    painted(cache, "red.png")
    assert source.asked == ["red.png"]


async def test_what_does_not_exist_or_is_no_picture_stays_a_tile(qtbot: QtBot, until: Until) -> None:
    source = Source({"words.png": b"no picture at all"})
    source.gate.set()
    cache = ThumbnailCache(source, spawn)
    for name in ("words.png", "missing.png"):
        painted(cache, name)
    await until(lambda: len(cache._kept) == 2)
    assert painted(cache, "words.png").pixelColor(3, 20).alpha() == 255
    assert sorted(source.asked) == ["missing.png", "words.png"]


async def test_scrolling_past_a_thousand_asks_for_few_and_the_last_ones_first(qtbot: QtBot, until: Until) -> None:
    source = Source({})
    cache = ThumbnailCache(source, spawn)
    for each in range(1_000):
        cache.pixmap(f"{each}.png", "", 40, 1.0)
    await until(lambda: len(source.asked) == AT_ONCE)
    source.gate.set()
    await until(lambda: not cache._running and not cache._waiting)
    assert len(source.asked) <= AT_ONCE + WAITING
    assert source.asked[AT_ONCE] == "999.png"


async def test_nothing_is_fetched_any_more_when_the_table_is_gone(qtbot: QtBot, until: Until) -> None:
    source = Source({})
    cache = ThumbnailCache(source, spawn)
    for number in range(AT_ONCE + 3):
        cache.pixmap(f"{number}.png", "", 40, 1.0)
    await until(lambda: len(source.asked) == AT_ONCE)
    delete(cache)
    await until(lambda: not running())
    assert len(source.asked) == AT_ONCE
