"""The icon in the system tray: what it says, when it tells, and that it is not there where it cannot or must not be."""

from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QSystemTrayIcon

from mmhub_desktop.domain.ids import BatchId, ProductId
from mmhub_desktop.domain.job import BatchJob, JobState, WorkRequest
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.tray import Tray, tray_words
from mmhub_desktop.settings import TRAY_SHOW
from tests.gui.conftest import Until
from tests.gui.pages.conftest import shop

__all__ = ["shop"]


def batch(number: int, done: int, total: int) -> BatchJob:
    return BatchJob(BatchId(number), "sync", "Sync", JobState.RUNNING, total, done, 0, 0, datetime.now(UTC))


def test_the_words_name_numbers() -> None:
    assert tray_words({}, []) == "MultiMarket Hub"
    said = tray_words({JobState.RUNNING: 2, JobState.PENDING: 1_200}, [batch(1, 300, 1_000), batch(2, 0, 500)])
    assert said == "MultiMarket Hub\n300 of 1,500 done in 2 batches\n2 running, 1,200 waiting"


@pytest.mark.qt_log_ignore("systemTrayWindowChanged", "does not support raise", extend=True)  # the tests' screen
async def test_it_follows_the_setting_and_the_work(shop: MainWindow) -> None:
    assert shop.context is not None
    tray = Tray(shop.context, is_available=lambda: True)
    try:
        assert tray.icon is not None
        empty = tray.icon.icon().pixmap(64).toImage()
        tray.show_work({JobState.RUNNING: 1}, [batch(1, 5, 10)])
        assert "5 of 10 done in 1 batch" in tray.icon.toolTip()
        assert tray.icon.icon().pixmap(64).toImage() != empty
        tray.show_work({}, [])
        assert tray.icon.icon().pixmap(64).toImage() == empty
        shop.settings.set(TRAY_SHOW, False)
        assert tray.icon is None
        tray.show_work({JobState.RUNNING: 1}, [batch(1, 5, 10)])
        tray.tell(batch(1, 10, 10), "Done.")
        shop.settings.set(TRAY_SHOW, True)
        assert tray.icon is not None
        shop.hide()
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
        assert shop.isVisible()
        menu = tray.icon.contextMenu()
        assert menu is not None
        next(action for action in menu.actions() if action.text() == "Show the jobs").trigger()
        assert shop.stack.currentWidget() is shop.page("jobs")
    finally:
        tray.stop()
    assert tray.icon is None


async def test_without_a_tray_all_is_as_before_and_the_watch_knows_what_is_open(shop: MainWindow, until: Until) -> None:
    assert shop.context is not None
    watch = shop._watch
    assert watch is not None
    assert watch.tray.icon is None  # the tests' screen has no tray
    heard: list[tuple[int, int]] = []

    class Listening(Tray):
        def show_work(self, counts: object, open_batches: object) -> None:
            assert isinstance(counts, dict)
            heard.append((sum(counts.values()), len(list(open_batches))))  # type: ignore[call-overload]

    watch.tray.stop()
    watch.tray = Listening(shop.context)
    workspace = shop.context.workspace
    batch_id = await workspace.submit(WorkRequest("enhance", (ProductId(1), ProductId(2))))
    await workspace.engine.wait_batch(batch_id)
    await until(lambda: bool(heard) and heard[-1] == (2, 0))
