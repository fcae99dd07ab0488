"""The jobs page: what failed grouped by cause, and the menu for what goes first and what is skipped."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from mmhub_desktop.app import ensure_practice_account
from mmhub_desktop.domain.ids import BatchId, ProductId
from mmhub_desktop.domain.job import JobState, Priority, WorkRequest
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.job_order import add_order_menu
from mmhub_desktop.gui.pages.jobs import JobsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.tables.jobs_outline import Level, Node
from mmhub_desktop.gui.widgets.label import Label
from tests.gui.conftest import Until


@pytest.fixture
async def page(shop: MainWindow) -> JobsPage:
    shop.show_page("jobs")
    await settle()
    found = shop.page("jobs")
    assert isinstance(found, JobsPage)
    return found


async def end_unpublished(shop: MainWindow, count: int, *, paused: bool = False) -> BatchId:
    """Ending listings that do not exist: each job fails for the same reason."""
    assert shop.context is not None
    workspace = shop.context.workspace
    account = await ensure_practice_account(workspace)
    await workspace.pause_account(account.id, paused)
    ids = tuple(ProductId(number + 1) for number in range(count))
    batch_id = await workspace.submit(WorkRequest("end", ids, (account.id,)))
    if not paused:
        await workspace.engine.wait_batch(batch_id)
    return batch_id


def entries(page: JobsPage, nodes: list[Node]) -> dict[str, QAction]:
    menu = QMenu(page)
    add_order_menu(menu, nodes, page.model.item, page.controls.change_order, page.controls.skip)
    found = {}
    for action in menu.actions():
        inside = action.menu()
        for entry in inside.actions() if isinstance(inside, QMenu) else [action]:
            found[entry.text()] = entry
    return found


async def test_failed_jobs_are_listed_by_cause_and_tried_again(
    shop: MainWindow, page: JobsPage, until: Until
) -> None:  # fmt: skip
    page.tabs.views["causes"].click()
    await until(lambda: "Nothing has failed" in [w.text() for w in page.findChildren(Label) if w.isVisible()])
    batch_id = await end_unpublished(shop, 5)
    assert shop.context is not None
    workspace = shop.context.workspace
    await until(lambda: len(page.causes.causes.rows) == 1 and len(page.causes.jobs.rows) == 5)
    assert page.causes.view.isVisible()
    (cause,) = page.causes.causes.rows
    assert cause.count == 5
    assert page.causes.retry_all.text() == "Retry all 5"

    account = (await workspace.accounts.all())[0]
    await workspace.pause_account(account.id, paused=True)
    page.causes.retry_one.click()
    await until(lambda: len(page.causes.jobs.rows) == 4)
    page.causes.job_view.selectRow(0)
    assert page.causes.retry_selected.isEnabled()
    page.causes.retry_selected.click()
    await until(lambda: len(page.causes.jobs.rows) == 3)
    page.causes.retry_all.click()
    await until(lambda: not page.causes.causes.rows)
    batch = (await workspace.jobs.batches([batch_id]))[0]
    assert (batch.failed, batch.done) == (0, 0)
    page.tabs.states[0].click()
    await until(page.view.isVisible)


async def test_priority_and_skip_from_the_menu(shop: MainWindow, page: JobsPage, until: Until) -> None:
    batch_id = await end_unpublished(shop, 3, paused=True)
    node = Node(Level.BATCH, batch_id)
    await until(lambda: page.model.item(node) is not None)
    found = entries(page, [node])
    assert set(found) == {"Urgent", "Normal", "Low", "Skip what has not begun"}
    assert found["Normal"].isChecked()
    found["Urgent"].trigger()
    await until(lambda: getattr(page.model.item(node), "priority", 0) == Priority.URGENT)
    assert page.model.detail(page.model.item(node)).startswith("urgent")

    await page.model.open(node)
    job = Node(Level.JOB, batch_id, page.model.outline.job_ids(batch_id)[0])
    await until(lambda: page.model.item(job) is not None)
    entries(page, [job])["Skip"].trigger()
    await until(lambda: getattr(page.model.item(job), "state", None) is JobState.CANCELLED)
    assert "Skipped." in page.model.detail(page.model.item(job))
    assert entries(page, [job]) == {}
