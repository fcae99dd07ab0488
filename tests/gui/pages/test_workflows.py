"""The workflows page in the real window: built by clicks, checked while it is edited, run, cancelled."""

import os
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from mmhub_desktop.actions.workflow_examples import EXAMPLES, usable
from mmhub_desktop.domain.ids import WorkflowId
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.domain.workflow import Condition, Workflow, WorkflowStep
from mmhub_desktop.domain.workflow_facts import ON_SCHEDULE, Operator
from mmhub_desktop.domain.workflow_run import RunState
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.dialogs.workflow_choice import WorkflowChoiceDialog
from mmhub_desktop.gui.dialogs.workflow_run import RunDialog
from mmhub_desktop.gui.dialogs.workflow_start import StartDialog
from mmhub_desktop.gui.dialogs.workflow_step import StepDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.pages.schedules import SchedulesPage
from mmhub_desktop.gui.pages.workflow_work import LeaveDialog
from mmhub_desktop.gui.pages.workflows import WorkflowsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.workspace import Workspace
from tests.fakes.shop import lamp
from tests.gui.conftest import Until

T = TypeVar("T", bound=QDialog)


@pytest.fixture
async def page(shop: MainWindow) -> WorkflowsPage:
    workspace = workspace_of(shop)
    await workspace.connect("mercadolibre", "Shop A", AccountKind.PRACTICE, {"lookup_lag_s": "0,0"})
    for number in (1, 2):
        await workspace.products.save(lamp(number))
    shop.show_page("workflows")
    await settle()
    found = shop.page("workflows")
    assert isinstance(found, WorkflowsPage)
    return found


def workspace_of(shop: MainWindow) -> Workspace:
    assert shop.context is not None
    return shop.context.workspace


async def shown(shop: MainWindow, kind: type[T], until: Until) -> T:
    def visible() -> list[T]:
        return [dialog for dialog in shop.findChildren(kind) if dialog.isVisible()]

    await until(lambda: bool(visible()))
    return visible()[0]


def pick(owner: QWidget, *path: str) -> None:
    """Choose an entry of the menu that is open, through its submenus."""
    menu = next(menu for menu in owner.findChildren(QMenu) if menu.isVisible())
    top = menu
    for text in path[:-1]:
        inner = next(action for action in menu.actions() if action.text() == text).menu()
        assert isinstance(inner, QMenu)
        menu = inner
    next(action for action in menu.actions() if action.text() == path[-1]).trigger()
    top.close()


def card_words(page: WorkflowsPage, number: int) -> str:
    return page.editor.steps.cards[number].accessibleName()


def grab(widget: QWidget, name: str) -> None:
    """A picture for people to look at, when a folder is named."""
    folder = os.environ.get("MMHUB_TEST_PICTURES")
    if folder:
        widget.grab().save(str(Path(folder) / name))


async def kept(page: WorkflowsPage, *steps: WorkflowStep, name: str = "Test") -> Workflow:
    """A saved workflow, open in the editor."""
    saved = await page.context.workspace.workflows.save(Workflow(WorkflowId(0), name, steps))
    page.show_what(workflow=saved.id)
    await settle()
    assert page.editor.draft is not None
    assert page.editor.draft.now == saved
    return saved


async def test_without_workflows_the_page_says_what_one_is(page: WorkflowsPage) -> None:
    said = [label.text() for label in page.findChildren(Label) if label.isVisible()]
    assert "No workflow yet" in said
    assert any("one after the other or side by side" in each for each in said)


async def test_a_workflow_is_built_by_clicks_checked_saved_and_run_until_live(
    shop: MainWindow, page: WorkflowsPage, until: Until
) -> None:
    workspace, editor = workspace_of(shop), page.editor
    page._show_new_menu(page.new_button)
    pick(page, "From scratch")
    await until(lambda: editor.draft is not None and editor.isVisible())
    editor.head.name.setText("Good lamps")
    assert "no steps" in editor.problems.text()
    assert not editor.head.run_button.isEnabled()
    assert "no steps" in editor.head.reason.text()
    assert not editor.head.save_button.isEnabled()

    for kind in ("Enhance", "Publish"):
        editor.add_button.click()
        pick(editor, kind)
        (await shown(shop, StepDialog, until)).keep_button.click()
        await settle()
    assert card_words(page, 1) == "Step 1: Enhance"
    assert "Problem: “Publish” has no account." in card_words(page, 2)
    assert not editor.head.save_button.isEnabled()

    editor.steps.cards[2].opened.emit("publish")
    dialog = await shown(shop, StepDialog, until)
    dialog.accounts[next(iter(dialog.accounts))].setChecked(True)
    dialog.conditions.add_button.click()
    dialog.conditions.rows[0].value.setText("many")
    dialog.keep_button.click()
    await settle()
    assert "that is not a whole number" in card_words(page, 2)
    editor.steps.cards[2].opened.emit("publish")
    dialog = await shown(shop, StepDialog, until)
    assert dialog.conditions.rows[0].value.text() == "many"
    dialog.conditions.rows[0].value.setText("10")
    grab(dialog, "workflow-step.png")
    dialog.keep_button.click()
    await settle()
    assert card_words(page, 2) == (
        "Step 2: Publish on Shop A. after the step above. only if quality score is at least 10"
    )
    assert editor.steps.cards[2].face.chips == (("Shop A (practice)", "info"),)
    assert editor.head.reason.text() == "Save it to run it."

    editor.head.save_button.click()
    await until(lambda: not page.has_unsaved)
    await settle()
    assert [row.workflow.name for row in page.model.rows] == ["Good lamps"]
    editor.head.run_button.click()
    run = await shown(shop, RunDialog, until)
    await until(lambda: run.run_button.text() == "Run for 14 products")
    run.of_search.setChecked(True)
    run.fields.search.setText("LAMP-")
    await until(lambda: run.run_button.text() == "Run for 2 products")
    assert [label.text() for label in run.lines] == [
        "2   Publish on Shop A: up to 2 listings, practice, nothing leaves this computer"
    ]
    grab(run, "workflow-run.png")
    run.run_button.click()
    await until(lambda: bool(editor.runs.rows))
    await until(lambda: next(iter(editor.runs.rows.values())).chip.text == "Done")
    row = next(iter(editor.runs.rows.values()))
    assert "2 of 2 products" in row.steps["publish"].words.text()
    assert row.steps["publish"].title.text() == "Publish on Shop A"
    account = (await workspace.accounts.all())[0]
    assert (await workspace.listings.count_by_state(account.id))[ListingState.LIVE] == 2
    grab(shop, "workflows.png")
    row.steps["publish"].jobs_button.click()
    assert shop.stack.currentWidget() is shop.page("jobs")


async def test_a_run_is_paused_resumed_and_cancelled(shop: MainWindow, page: WorkflowsPage, until: Until) -> None:
    saved = await kept(page, WorkflowStep("wait", "wait", options={"minutes": 60}))
    run_id = await workspace_of(shop).workflows.run(saved.id)
    await until(lambda: run_id in page.editor.runs.rows)
    row = page.editor.runs.rows[run_id]
    assert row.fold.isChecked()
    await until(lambda: "goes on at" in row.steps["wait"].words.text())
    row.pause_button.click()
    await until(lambda: row.chip.text == "Paused")
    assert page.model.rows[0].state == ("Paused", "warn")
    row.pause_button.click()
    await until(lambda: row.chip.text == "Running")
    row.cancel_button.click()
    (await shown(shop, ConfirmDialog, until)).action_button.click()
    await until(lambda: row.chip.text == "Cancelled")
    assert (await workspace_of(shop).workflows.run_detail(run_id)).state is RunState.CANCELLED
    assert not row.cancel_button.isVisible()


async def test_when_it_starts_is_chosen_with_the_timing_of_schedules(
    shop: MainWindow, page: WorkflowsPage, until: Until
) -> None:
    await kept(page, WorkflowStep("enhance", "enhance"))
    assert not page.editor.head.active.isVisible()
    page.editor.steps.opened.emit("")
    dialog = await shown(shop, StartDialog, until)
    assert not dialog.when.isVisible()
    dialog.kinds[ON_SCHEDULE].setChecked(True)
    assert dialog.when.isVisible()
    dialog.scope.search.setText("lamp")
    dialog.priority.setCurrentIndex(1)
    grab(dialog, "workflow-start.png")
    dialog.keep_button.click()
    await settle()
    assert card_words(page, 0) == "Starts: every day at 02:30. for products with “lamp”"
    assert page.editor.head.active.isVisible()
    page.editor.head.save_button.click()
    await until(lambda: not page.has_unsaved)
    await settle()
    assert page.model.rows[0].about.startswith("Next ")
    assert page.model.rows[0].workflow.priority == 10
    assert page.model.rows[0].state == ("Active", "ok")

    shop.show_page("schedules")
    schedules = shop.page("schedules")
    assert isinstance(schedules, SchedulesPage)
    await until(lambda: len(schedules.model.rows) == 1)
    row = schedules.current()
    assert row is not None
    assert row.about == "Workflow: products with “lamp”"
    assert schedules.edit_action.text() == "Open the workflow"
    assert not schedules.remove_action.isEnabled()
    schedules.run_action.trigger()
    await until(lambda: bool(shop.notices.findChildren(Label)))
    schedules.edit_action.trigger()
    await until(lambda: shop.stack.currentWidget() is page)
    await until(lambda: bool(page.editor.runs.rows))
    await until(lambda: next(iter(page.editor.runs.rows.values())).chip.text == "Done")


async def test_the_products_page_runs_a_workflow_for_its_selection(
    shop: MainWindow, page: WorkflowsPage, until: Until
) -> None:
    saved = await kept(page, WorkflowStep("enhance", "enhance"), name="Texts")
    shop.show_page("products", search=True)
    products = shop.page("products")
    assert isinstance(products, ProductsPage)
    await settle()
    products.table.selectRow(0)
    shop.act_on_products("workflow")
    choice = await shown(shop, WorkflowChoiceDialog, until)
    grab(choice, "workflow-choice.png")
    choice.next_button.click()
    run = await shown(shop, RunDialog, until)
    assert run.of_selection.isChecked()
    await until(lambda: run.run_button.text() == "Run for 1 product")
    assert [label.text() for label in run.lines] == ["Nothing."]
    run.run_button.click()
    workflows = workspace_of(shop).workflows
    await until(lambda: bool([label for label in shop.notices.findChildren(Label) if "runs for" in label.text()]))
    started = (await workflows.runs(saved.id, 1))[0]
    assert started.products == 1
    assert (await workflows.wait_run(started.id)).state is RunState.COMPLETED


async def test_a_workflow_travels_in_a_file(page: WorkflowsPage, tmp_path: Path) -> None:
    account = (await page.context.workspace.accounts.all())[0]
    step = WorkflowStep(
        "publish", "publish", when=(Condition("quality", Operator.AT_LEAST, "70"),), account_ids=(account.id,)
    )
    saved = await kept(page, step)
    await page.work.write(saved, tmp_path / "test.json")
    read = await page.work.read(tmp_path / "test.json")
    assert (read.id, read.name, read.steps) == (0, saved.name, saved.steps)
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    with pytest.raises(Exception, match="holds no workflow"):
        await page.work.read(tmp_path / "list.json")


async def test_the_examples_can_be_saved_as_they_are(page: WorkflowsPage) -> None:
    workflows, accounts = page.context.workspace.workflows, await page.context.workspace.accounts.all()
    ready = [each for each in EXAMPLES if usable(each, workflows.kinds)]
    assert len(ready) >= 2
    assert [workflows.check(each.make(accounts)) for each in ready] == [()] * len(ready)


async def test_unsaved_changes_are_asked_about_before_the_page_is_left(
    shop: MainWindow, page: WorkflowsPage, until: Until
) -> None:
    await kept(page, WorkflowStep("enhance", "enhance"), name="First")
    second = await kept(page, WorkflowStep("enhance", "enhance"), name="Second")
    page.editor.head.name.setText("Renamed")
    shop.show_page("jobs")
    question = await shown(shop, LeaveDialog, until)
    assert shop.stack.currentWidget() is page
    question.stay_button.click()
    await settle()
    assert shop.stack.currentWidget() is page
    assert page.has_unsaved
    assert shop.sidebar.buttons["workflows"].isChecked()

    page.view.setCurrentIndex(page.model.index(0, 0))
    (await shown(shop, LeaveDialog, until)).save_button.click()
    await until(lambda: page.editor.draft is not None and page.editor.draft.now.name == "First")
    assert (await workspace_of(shop).workflows.get(second.id)).name == "Renamed"

    page.editor.head.name.setText("Gone")
    assert not shop.close()
    (await shown(shop, LeaveDialog, until)).stay_button.click()
    await settle()
    assert shop.isVisible()
    shop.show_page("jobs")
    (await shown(shop, LeaveDialog, until)).discard_button.click()
    await until(lambda: shop.stack.currentWidget() is shop.page("jobs"))
    assert not page.has_unsaved
