"""The schedules page in the real window: add, run now, pause, change, delete."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QTime
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from mmhub_desktop.app import ensure_practice_account
from mmhub_desktop.domain.job import JobState
from mmhub_desktop.domain.schedule import Repeats
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.dialogs.schedule import ScheduleDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.schedules import SchedulesPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.widgets.label import Label
from tests.gui.conftest import Until


@pytest.fixture
async def page(shop: MainWindow) -> SchedulesPage:
    shop.show_page("schedules")
    await settle()
    found = shop.page("schedules")
    assert isinstance(found, SchedulesPage)
    return found


def shown(shop: MainWindow, kind: type[QDialog]) -> QDialog | None:
    return next((dialog for dialog in shop.findChildren(kind) if dialog.isVisible()), None)


async def dialog_of(shop: MainWindow, until: Until) -> ScheduleDialog:
    await until(lambda: shown(shop, ScheduleDialog) is not None)
    dialog = shown(shop, ScheduleDialog)
    assert isinstance(dialog, ScheduleDialog)
    return dialog


def grab(widget: object, name: str) -> None:
    """A picture for people to look at, when a folder is named."""
    folder = os.environ.get("MMHUB_TEST_PICTURES")
    if folder:
        widget.grab().save(str(Path(folder) / name))  # type: ignore[attr-defined]


async def test_without_schedules_the_page_says_what_they_are_for(page: SchedulesPage) -> None:
    assert "Nothing is scheduled yet" in [label.text() for label in page.findChildren(Label) if label.isVisible()]
    assert not page.view.isVisible()


async def test_a_schedule_is_added_run_paused_changed_and_deleted(
    shop: MainWindow, page: SchedulesPage, until: Until, qtbot: QtBot
) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    account = await ensure_practice_account(workspace)
    await settle()
    page.add_button.click()
    dialog = await dialog_of(shop, until)
    dialog.keep_button.click()
    await until(lambda: "no name" in dialog.mistake.text)
    dialog.name.setText("Nightly texts")
    dialog.action.setCurrentIndex(dialog.action.findData("update"))
    assert dialog.accounts[account.id].isVisible()
    dialog.action.setCurrentIndex(dialog.action.findData("enhance"))
    assert not dialog.accounts[account.id].isVisible()
    dialog.when.daily_at.setTime(QTime(3, 15))
    await settle()
    grab(dialog, "schedule-dialog.png")
    dialog.keep_button.click()
    await until(lambda: len(page.model.rows) == 1)
    row = page.current()
    assert row is not None
    assert (row.schedule.name, row.about) == ("Nightly texts", "Enhance: all products")
    assert row.schedule.timing.words == "every day at 03:15"
    assert row.result_detail == "has not run yet"
    assert "03:15" in row.next_words

    page.run_action.trigger()
    await until(lambda: bool(page.model.rows[0].batch) and page.model.rows[0].batch.state is JobState.COMPLETED)
    assert page.model.rows[0].result == ("Done", "ok")
    assert page.show_action.isEnabled()
    grab(shop, "schedules.png")

    assert page.switch_action.text() == "Pause"
    page.switch_action.trigger()
    await until(lambda: not page.model.rows[0].schedule.active)
    assert page.model.rows[0].next_words == "—"
    assert page.switch_action.text() == "Resume"

    page.edit_action.trigger()
    dialog = await dialog_of(shop, until)
    assert dialog.name.text() == "Nightly texts"
    dialog.when.kind.setCurrentIndex(dialog.when.kind.findData(Repeats.EVERY.value))
    dialog.when.every.setValue(2)
    dialog.when.unit.setCurrentIndex(1)
    dialog.keep_button.click()
    await until(lambda: page.model.rows[0].schedule.timing.words == "every 2 hours")
    assert page.model.rows[0].schedule.last_batch_id is not None

    page.remove_action.trigger()
    await until(lambda: shown(shop, ConfirmDialog) is not None)
    question = shown(shop, ConfirmDialog)
    assert isinstance(question, ConfirmDialog)
    question.action_button.click()
    await until(lambda: not page.model.rows)
    assert not page.view.isVisible()


async def test_the_dialog_makes_what_it_shows(shop: MainWindow, page: SchedulesPage, until: Until) -> None:
    assert shop.context is not None
    account = await ensure_practice_account(shop.context.workspace)
    page.add_button.click()
    dialog = await dialog_of(shop, until)
    dialog.name.setText("Stock")
    dialog.search.setText("lamp")
    dialog.when.kind.setCurrentIndex(dialog.when.kind.findData(Repeats.WEEKLY.value))
    dialog.when.days[0].setChecked(False)
    dialog.when.days[5].setChecked(True)
    made = dialog.schedule()
    assert (made.action, made.account_ids, made.search) == ("update", (account.id,), "lamp")
    assert (made.timing.weekdays, made.timing.clock) == ((5,), "02:30")
    dialog.accounts[account.id].setChecked(False)
    dialog.keep_button.click()
    await until(lambda: "No account is chosen" in dialog.mistake.text)
    grab(dialog, "schedule-dialog-weekly.png")
    dialog.reject()
    await until(lambda: shown(shop, ScheduleDialog) is None)
    assert await shop.context.workspace.schedules.all() == []


async def test_a_cron_line_shows_its_next_runs_or_what_is_wrong_while_it_is_typed(
    shop: MainWindow, page: SchedulesPage, until: Until
) -> None:
    assert shop.context is not None
    page.add_button.click()
    dialog = await dialog_of(shop, until)
    dialog.name.setText("Working nights")
    dialog.action.setCurrentIndex(dialog.action.findData("enhance"))
    when = dialog.when
    assert when.next_runs.text().startswith("Next: ")
    when.kind.setCurrentIndex(when.kind.findData(Repeats.CRON.value))
    when.cron.setText("0 25 * * *")
    assert "hour (0 to 23) is not understood" in when.next_runs.text()
    grab(dialog, "schedule-dialog-wrong.png")
    when.cron.setText("0 6 1 1 *")
    when.zone.setText("UTC")
    assert when.next_runs.text().count("01 Jan") == 5
    when.zone.setText("Mars/Olympus")
    assert "not known here" in when.next_runs.text()
    when.zone.setText("UTC")
    when.cron.setText("30 2 * * 1-5")
    await settle()
    grab(dialog, "schedule-dialog-cron.png")
    dialog.keep_button.click()
    await until(lambda: len(page.model.rows) == 1)
    row = page.current()
    assert row is not None
    assert row.schedule.timing.words == "at 02:30 on Monday through Friday (UTC)"
    grab(shop, "schedules-cron.png")
    page.edit_action.trigger()
    dialog = await dialog_of(shop, until)
    assert dialog.when.timing() == row.schedule.timing
    dialog.when.kind.setCurrentIndex(dialog.when.kind.findData(Repeats.ONCE.value))
    assert not dialog.when.zone.isVisible()
    dialog.reject()
    await until(lambda: shown(shop, ScheduleDialog) is None)
