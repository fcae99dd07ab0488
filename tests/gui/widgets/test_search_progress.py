"""The line that tells how far the search index is."""

import shiboken6
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from mmhub_desktop.events import Bus, SearchIndexed
from mmhub_desktop.gui.widgets.search_progress import SearchProgress


def test_it_is_seen_only_while_much_is_indexed(qtbot: QtBot) -> None:
    bus = Bus()
    line = SearchProgress(bus)
    qtbot.addWidget(line)
    bus.publish(SearchIndexed(10, 100))
    assert line.isHidden()
    bus.publish(SearchIndexed(6_000, 500_000))
    assert not line.isHidden()
    assert line.text() == "Making search quick: 6,000 of 500,000"
    bus.publish(SearchIndexed(500_000, 500_000))
    assert line.isHidden()


def test_it_goes_without_a_trace(qapp: object) -> None:
    bus = Bus()
    with capture_exceptions() as failed:
        line = SearchProgress(bus)
        assert bus.wants(SearchIndexed)
        shiboken6.delete(line)
    assert failed == []
    assert not bus.wants(SearchIndexed)
