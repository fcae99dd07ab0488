"""Merging bursts of events."""

from importlib import import_module

from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import BatchId, ImportId, ProductId
from mmhub_desktop.domain.imports import ImportCounts, ImportState
from mmhub_desktop.events import BatchesProgressed, Bus, Event, ImportProgressed, Notice, ProductsChanged
from mmhub_desktop.gui.bridge import KINDS, MOST_IDS, Bridge, merge
from mmhub_desktop.gui.pages import PAGES


def test_ids_are_joined_once() -> None:
    events = [ProductsChanged((ProductId(1), ProductId(2))), ProductsChanged((ProductId(2), ProductId(3)))]
    assert merge(events) == [ProductsChanged((ProductId(1), ProductId(2), ProductId(3)))]


def test_many_stays_many() -> None:
    assert merge([ProductsChanged((ProductId(1),)), ProductsChanged()]) == [ProductsChanged()]
    each = [ProductsChanged((ProductId(number),)) for number in range(MOST_IDS + 1)]
    assert merge(each) == [ProductsChanged()]


def test_the_last_of_each_import_and_every_notice_remain() -> None:
    def progress(number: int, rows: int) -> ImportProgressed:
        return ImportProgressed(ImportId(number), ImportState.RUNNING, ImportCounts(new=rows), 100, 1.0, None)

    notices = [Notice("info", "one"), Notice("info", "one")]
    merged = merge([progress(1, 1), notices[0], progress(2, 5), progress(1, 9), notices[1]])
    assert merged == [progress(1, 9), progress(2, 5), *notices]


def test_a_burst_arrives_as_one(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    seen: list[list[Event]] = []
    bridge.arrived.connect(seen.append)
    with qtbot.waitSignal(bridge.arrived):
        for number in range(1, 500):
            bus.publish(BatchesProgressed((BatchId(number % 5),)))
    assert seen == [[BatchesProgressed(tuple(BatchId(number) for number in range(5)))]]
    bridge.close()
    bus.publish(BatchesProgressed((BatchId(1),)))
    bridge.deliver()
    assert len(seen) == 1


def test_every_event_that_a_page_waits_for_reaches_the_window() -> None:
    for entry in PAGES:
        page = getattr(import_module(entry.module), entry.cls)
        assert set(page.refresh_on) <= set(KINDS), entry.name
