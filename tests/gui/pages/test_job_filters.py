"""The filters of the jobs page, and the view by account, in the real window."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import ProductId, ScheduleId
from mmhub_desktop.domain.job import WorkRequest
from mmhub_desktop.domain.schedule import Repeats, Schedule, Timing
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.jobs import JobsPage
from mmhub_desktop.gui.tables.jobs_outline import Level, Node
from mmhub_desktop.gui.widgets.label import Label
from tests.gui.conftest import Until
from tests.gui.pages.test_job_order import end_unpublished, page  # noqa: F401 - the fixture

pytestmark = pytest.mark.usefixtures("shop")


def visible_words(page: JobsPage) -> list[str]:  # noqa: F811
    return [label.text() for label in page.findChildren(Label) if label.isVisible()]


async def two_batches(shop: MainWindow) -> tuple[int, int]:
    """Three ends that failed on the account, and two products enhanced on this computer; their batches."""
    assert shop.context is not None
    workspace = shop.context.workspace
    failed = await end_unpublished(shop, 3)
    done = await workspace.submit(WorkRequest("enhance", (ProductId(5), ProductId(6))))
    await workspace.engine.wait_batch(done)
    return failed, done


async def test_filters_narrow_together_and_are_cleared(
    shop: MainWindow, page: JobsPage, until: Until, qtbot: QtBot  # noqa: F811
) -> None:  # fmt: skip
    failed, done = await two_batches(shop)
    filters = page.filters

    def shown() -> list[int]:
        return list(page.model.outline.batch_ids)

    await until(lambda: shown() == [done, failed])
    assert not filters.clear_button.isVisible()
    filters.action.setCurrentIndex(filters.action.findText("Enhance"))
    filters.action.activated.emit(filters.action.currentIndex())
    await until(lambda: shown() == [done])
    assert filters.clear_button.isVisible()
    filters.clear_button.click()
    await until(lambda: shown() == [done, failed])
    assert not filters.clear_button.isVisible()

    await until(lambda: filters.cause.count() == 2)
    filters.cause.setCurrentIndex(1)
    filters.cause.activated.emit(1)
    await until(lambda: shown() == [failed])
    qtbot.keyClicks(filters.search, "sku-000001")
    await until(lambda: page.model.only.product == "sku-000001" and shown() == [failed])
    await page.model.open(Node(Level.BATCH, failed))
    await until(lambda: page.model.rowCount() == 2)  # the batch and the one job of that product

    page.tabs.states[3].click()  # done: nothing that failed is
    await until(lambda: "No jobs like this" in visible_words(page))
    (said,) = [words for words in visible_words(page) if words.startswith("You see only:")]
    assert "done" in said
    assert "sku-000001" in said
    shop.show_page("products")
    shop.show_page("jobs")  # it is remembered
    assert filters.search.text() == "sku-000001"
    page._empty_clear.click()
    await until(lambda: shown() == [done, failed])
    assert page.tabs.states[0].isChecked()


async def test_find_goes_to_the_search_of_the_page(
    shop: MainWindow, page: JobsPage, until: Until  # noqa: F811
) -> None:  # fmt: skip
    page.tabs.views["causes"].click()
    (find,) = [action for action in shop.actions() if action.text() == "Find"]
    assert find.shortcut().toString() == "Ctrl+F"
    find.trigger()
    await until(lambda: shop.focusWidget() is page.filters.search)
    assert page.tabs.states[0].isChecked()


async def test_accounts_show_what_waits_for_what(
    shop: MainWindow, page: JobsPage, until: Until  # noqa: F811
) -> None:  # fmt: skip
    assert shop.context is not None
    workspace = shop.context.workspace
    batch_id = await end_unpublished(shop, 4, paused=True)
    account = (await workspace.accounts.all())[0]
    at = datetime.now(UTC) + timedelta(days=1)
    await workspace.schedules.save(
        Schedule(ScheduleId(0), "Nightly sync", "sync", Timing(Repeats.ONCE, at), account_ids=(account.id,), next_at=at)
    )
    page.tabs.views["lanes"].click()
    await until(lambda: len(page.lanes.model.rows) == 2)
    row = page.lanes.model.rows[0]
    assert row.label == account.label
    assert (row.state[0], row.why, row.waiting, row.lane.running) == ("Paused", "the account is paused", 4, 0)
    assert row.schedule is not None
    assert row.schedule.name == "Nightly sync"
    assert page.lanes.model.rows[1].label == "This computer"
    assert not page.filters.isVisible()
    page.lanes.view.selectRow(0)
    assert page.lanes.pause.text() == "Resume account"
    page.lanes.show_jobs.click()
    await until(lambda: page.model.only.account_id == account.id and list(page.model.outline.batch_ids) == [batch_id])
    assert page.view.isVisible()
    page.tabs.views["lanes"].click()
    page.lanes.pause.click()
    await until(lambda: page.lanes.model.rows[0].state[0] == "Nothing to do")
    assert page.lanes.model.rows[0].waiting == 0


async def test_what_is_shown_is_exported(
    shop: MainWindow, page: JobsPage, until: Until, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    failed, done = await two_batches(shop)
    await until(lambda: list(page.model.outline.batch_ids) == [done, failed])
    page.tabs.states[2].click()
    await until(lambda: list(page.model.outline.batch_ids) == [failed])
    page.export.click()
    await until(lambda: any(dialog.isVisible() for dialog in page.findChildren(QFileDialog)))
    (dialog,) = page.findChildren(QFileDialog)
    name = dialog.findChild(QLineEdit)
    assert name is not None
    name.setText(str(tmp_path / "failed"))
    dialog.accept()
    await until(lambda: any("3 jobs with all steps" in card.text.message for card in shop.notices.cards))
    lines = (tmp_path / "failed.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines if not line.startswith("step")] == ["level", "batch", *["job"] * 3]
