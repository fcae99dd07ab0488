"""The jobs page in the real window: live rows, controls, explained errors."""

import json

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, text

from mmhub_desktop.app import ensure_practice_account
from mmhub_desktop.domain.ids import BatchId, ProductId
from mmhub_desktop.domain.job import JobState, Problem, WorkRequest
from mmhub_desktop.errors import Finding
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.jobs import JobsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.tables.jobs_delegate import CANCEL
from mmhub_desktop.gui.tables.jobs_model import JobsModel
from mmhub_desktop.gui.tables.jobs_outline import Level, Node
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.store.jobs import encode_problem
from tests.gui.conftest import Until

REFUSED = Problem(
    "Rejected",
    "MercadoLibre refused the listing.",
    "Correct the title.",
    json.dumps({"cause": [{"code": "item.title.invalid"}]}),
    (Finding("title.length", "title", "The title is too long.", "Shorten it.", "A long title", "60 characters"),),
)


@pytest.fixture
async def page(shop: MainWindow) -> JobsPage:
    shop.show_page("jobs")
    await settle()
    found = shop.page("jobs")
    assert isinstance(found, JobsPage)
    return found


async def submit_paused(shop: MainWindow, count: int = 3) -> BatchId:
    """A publication that does not begin, since its account is paused."""
    assert shop.context is not None
    workspace = shop.context.workspace
    account = await ensure_practice_account(workspace)
    await workspace.pause_account(account.id, paused=True)
    ids = tuple(ProductId(number + 1) for number in range(count))
    request = WorkRequest("publish", ids, (account.id,), "Publish three")
    return await workspace.submit(request)


def state_of(page: JobsPage, node: Node) -> JobState | None:
    item = page.model.item(node)
    return None if item is None else item.state


def asked(shop: MainWindow) -> ConfirmDialog | None:
    return next((dialog for dialog in shop.findChildren(ConfirmDialog) if dialog.isVisible()), None)


async def test_without_jobs_the_page_says_what_to_do(page: JobsPage) -> None:
    said = [label.text() for label in page.findChildren(Label) if label.isVisible()]
    assert "No jobs yet" in said
    assert not page.view.isVisible()


async def test_a_new_batch_appears_by_itself_and_can_be_paused_and_resumed(
    shop: MainWindow, page: JobsPage, until: Until
) -> None:
    batch = Node(Level.BATCH, await submit_paused(shop))
    await until(lambda: state_of(page, batch) is JobState.PENDING)
    assert page.view.isVisible()
    page.view.selectRow(0)
    assert page.controls.actions["pause"].isEnabled()
    assert not page.controls.actions["resume"].isEnabled()
    page.controls.actions["pause"].trigger()
    await until(lambda: state_of(page, batch) is JobState.PAUSED)
    assert page.controls.actions["resume"].isEnabled()
    page.controls.actions["resume"].trigger()
    await until(lambda: state_of(page, batch) in (JobState.PENDING, JobState.RUNNING))
    await until(lambda: "the account is paused" in str(page.model.index(0, 0).data(JobsModel.DETAIL)))


async def test_cancelling_asks_and_names_the_number(
    shop: MainWindow, page: JobsPage, until: Until, qtbot: QtBot
) -> None:
    batch = Node(Level.BATCH, await submit_paused(shop))
    await until(lambda: state_of(page, batch) is JobState.PENDING)
    page.controls.control(CANCEL, [batch])
    await until(lambda: asked(shop) is not None)
    dialog = asked(shop)
    assert dialog is not None
    assert dialog.action_button.text() == "Cancel 3 jobs"
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: state_of(page, batch) is JobState.CANCELLED)
    page.tabs.states[3].click()
    await until(lambda: page.model.rowCount() == 0)
    page.tabs.states[4].click()
    await until(lambda: page.model.rowCount() == 1)


async def test_a_failed_job_is_explained_with_the_marketplaces_words_one_click_away(
    shop: MainWindow, page: JobsPage, until: Until
) -> None:
    batch_id = await submit_paused(shop)
    assert shop.context is not None
    workspace = shop.context.workspace
    job_id = (await workspace.jobs.job_ids(batch_id))[0]

    def fail(connection: Connection) -> None:
        connection.execute(
            text("UPDATE marketplace_job SET state = 'failed', problem = :problem WHERE id = :id"),
            {"problem": encode_problem(REFUSED), "id": job_id},
        )

    await workspace.db.write(fail)
    await until(lambda: page.model.rowCount() == 1)
    await page.model.open(Node(Level.BATCH, batch_id))
    page.view.setCurrentIndex(page.model.index(1, 0))
    await until(lambda: page.detail.show_own_words is not None)
    said = [label.text() for label in page.detail.findChildren(Label) if label.isVisible()]
    for words in ("MercadoLibre refused the listing.", "Correct the title.", "Title", "The title is too long.",
                  "It is: A long title", "Allowed: 60 characters", "Shorten it."):  # fmt: skip
        assert words in said
    assert page.detail.own_words is not None
    assert page.detail.show_own_words is not None
    assert not page.detail.own_words.isVisible()
    page.detail.show_own_words.click()
    assert page.detail.own_words.isVisible()
    assert "item.title.invalid" in page.detail.own_words.toPlainText()
    assert page.controls.actions["retry"].isEnabled()


async def test_work_that_runs_is_shown_until_it_has_ended(shop: MainWindow, page: JobsPage, until: Until) -> None:
    assert shop.context is not None
    batch_id = await shop.context.workspace.submit(WorkRequest("enhance", (ProductId(1), ProductId(2))))
    batch = Node(Level.BATCH, batch_id)
    await until(lambda: state_of(page, batch) is JobState.COMPLETED)
    await page.model.open(batch)
    job_id = page.model.outline.job_ids(batch_id)[0]
    await until(lambda: state_of(page, Node(Level.JOB, batch_id, job_id)) is JobState.COMPLETED)
    await page.model.open(Node(Level.JOB, batch_id, job_id))
    await settle()
    tasks = [page.model.index(row, 0).data(JobsModel.ITEM) for row in range(2, page.model.rowCount() - 1)]
    assert tasks
    assert {task.state for task in tasks} == {JobState.COMPLETED}
    await until(lambda: "2 jobs, all finished" in [label.text() for label in page.header.findChildren(Label)])
