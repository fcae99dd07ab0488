"""The cycle collector: what comes and goes is collected, what stands is left alone until its workspace is left."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from mmhub_desktop.gui.garbage import GarbageCollector
from mmhub_desktop.gui.session import Session
from mmhub_desktop.settings import Settings


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


class Nobody:
    """No window: nothing is told here."""


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    made = GarbageCollector()
    made._timer.stop()  # the tests say when
    yield made
    made.stop()
    gc.unfreeze()


def make_many(count: int) -> list[object]:
    return [[each] for each in range(count)]


def test_cycles_are_collected_in_the_long_run(collector: GarbageCollector) -> None:
    old = Knot()
    gc.collect()  # it is of the oldest generation now
    knot = weakref.ref(old)
    del old
    kept = []
    for _ in range(300):
        kept.append(make_many(1_000))
        collector.collect()
        if knot() is None:
            break
    assert knot() is None


def test_the_second_generation_stays_small(collector: GarbageCollector) -> None:
    gc.collect()
    kept, largest = [], 0
    for _ in range(60):
        kept.append(make_many(1_000))
        collector.collect()
        largest = max(largest, len(gc.get_objects(1)))
    assert 1_000 <= largest < 6_000


async def test_what_stands_is_left_alone_until_the_workspace_is_left(collector: GarbageCollector) -> None:
    session = Session(Settings(), Nobody())  # type: ignore[arg-type] # no page is shown
    collector.follow(session)
    collector._settling.setInterval(0)
    page = Knot()
    gone = weakref.ref(page)
    before = gc.get_freeze_count()
    session.opened.emit(None)
    assert collector._settling.isActive()
    collector.settle()
    assert gc.get_freeze_count() > before
    del page
    gc.collect()
    assert gone() is not None  # not looked at any more
    session.left.emit()
    assert not collector._settling.isActive()
    gc.collect()
    assert gone() is None
