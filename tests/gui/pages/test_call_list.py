"""The calls of a job in the pane beside the tree: a timeline whose lines open."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.call import Call
from mmhub_desktop.domain.ids import AccountId, JobId, TaskId
from mmhub_desktop.domain.job import JobState, MarketplaceTask
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.call_list import CallList, outcome
from mmhub_desktop.gui.pages.jobs import JobsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.tables.jobs_outline import Level, Node
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label
from tests.gui.conftest import Until
from tests.gui.pages.test_jobs import submit_paused

CALL = Call(
    AccountId(1), datetime(2026, 5, 1, tzinfo=UTC), "POST", "/items", '{"title":"Lámpara"}', '{"id":"MLC1"}', 201, 340,
    operation="publish.create_listing", job_id=JobId(1), task_id=TaskId(3), attempt=1,
)  # fmt: skip


@pytest.fixture
def calls(qtbot: QtBot) -> CallList:
    made = CallList()
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_click_shows_request_and_reply_and_they_can_be_copied(calls: CallList) -> None:
    calls.show_calls([CALL], str.upper)
    calls.lines[0].click()
    texts = [text.toPlainText() for text in calls.findChildren(QPlainTextEdit) if text.isVisible()]
    assert texts == ['{\n  "title": "Lámpara"\n}', '{\n  "id": "MLC1"\n}']
    copies = [button for button in calls.findChildren(Button) if button.accessibleName() == "Copy the reply"]
    copies[0].click()
    assert QGuiApplication.clipboard().text() == texts[1]
    calls.lines[0].click()
    assert not [text for text in calls.findChildren(QPlainTextEdit) if text.isVisible()]


def test_calls_that_come_later_leave_open_ones_open(calls: CallList) -> None:
    calls.show_calls([CALL], str)
    calls.lines[0].click()
    first = calls.lines[0]
    calls.show_calls([CALL, replace(CALL, attempt=2, status=503, error="Unavailable")], str)
    assert calls.lines[0] is first
    assert first.isChecked()
    assert len(calls.lines) == 2
    assert "publish.create_listing, attempt 2" in [label.text() for label in calls.findChildren(Label)]
    calls.show_calls([replace(CALL, path="/other")], str)
    assert [line.call.path for line in calls.lines] == ["/other"]


def test_the_outcome_is_told_in_a_word() -> None:
    assert outcome(CALL) == ("201", "ok")
    assert outcome(replace(CALL, status=400)) == ("400", "err")
    assert outcome(replace(CALL, status=429, error="RateLimited")) == ("429", "warn")
    assert outcome(replace(CALL, status=None, error="Offline")) == ("Offline", "warn")


async def test_the_pane_shows_the_calls_of_the_job_and_of_its_step(shop: MainWindow, until: Until) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    batch_id = await submit_paused(shop, 1)
    job_id = JobId((await workspace.jobs.job_ids(batch_id))[0])
    tasks = await workspace.jobs.tasks(job_id)
    assert all(isinstance(task, MarketplaceTask) and task.state is JobState.PENDING for task in tasks)
    await workspace.calls.add(
        [replace(CALL, job_id=job_id, task_id=tasks[place].id, path=f"/{place}") for place in (0, 1)]
    )
    shop.show_page("jobs")
    await settle()
    page = shop.page("jobs")
    assert isinstance(page, JobsPage)
    await page.model.open(Node(Level.BATCH, batch_id))
    page.view.setCurrentIndex(page.model.index(1, 0))
    await until(lambda: [line.call.path for line in page.detail.calls.lines] == ["/0", "/1"])
    await page.model.open(Node(Level.JOB, batch_id, job_id))
    page.view.setCurrentIndex(page.model.index(3, 0))
    await until(lambda: [line.call.path for line in page.detail.calls.lines] == ["/1"])
