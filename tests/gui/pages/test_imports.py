"""Importing in the real window: reading, asking, dry run, import, history."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import ImportId
from mmhub_desktop.domain.imports import ImportCounts, ImportJob, ImportState
from mmhub_desktop.events import ImportProgressed
from mmhub_desktop.gui.dialogs.import_file import ImportDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.imports import ImportsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.gui.tables.imports import ImportsModel
from tests.gui.conftest import Until

CLEAR = (
    "sku,title,price,currency,quantity\nA-1,Oak stool,12.50,EUR,4\nA-2,Linen lamp,39.90,EUR,2\n,No code,1.00,EUR,1\n"
)
UNCLEAR = "sku;title;price;quantity\nB-1;Oak stool;1.234;4\nB-2;Linen lamp;2.345;2\n"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def write(folder: Path, name: str, words: str) -> str:
    path = folder / name
    path.write_text(words, encoding="utf-8")
    return str(path)


def make(shop: MainWindow, *paths: str) -> ImportDialog:
    assert shop.context is not None
    dialog = ImportDialog(shop.context, paths, shop)
    dialog.open()
    return dialog


async def test_a_file_is_checked_first_and_written_only_when_told(
    shop: MainWindow, tmp_path: Path, until: Until, qtbot: QtBot
) -> None:
    assert shop.context is not None
    products = shop.context.workspace.products
    before = await products.count()
    dialog = make(shop, write(tmp_path, "spring.csv", CLEAR))
    await until(lambda: dialog.action_button.isVisible() and dialog.action_button.isEnabled())
    assert dialog.action_button.text() == "Check the rows"
    assert [combo.currentData() for combo in dialog.check.columns.fields] == [
        "sku", "title", "price", "currency", "quantity",
    ]  # fmt: skip
    assert dialog.check.columns.rows.item(0, 1).text() == "Oak stool"
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: dialog.action_button.text() == "Import 2 rows" and dialog.action_button.isVisible())
    assert dialog.trial.counts.numbers["new"].text() == "2"
    assert dialog.trial.counts.numbers["refused"].text() == "1"
    assert dialog.trial.samples.refused.rowCount() == 1
    assert await products.count() == before
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: dialog.action_button.text() == "Done" and dialog.action_button.isVisible())
    assert dialog.end.counts.numbers["new"].text() == "2"
    assert dialog.refused_button.isVisible()
    assert await products.count() == before + 2
    dialog.end.products_button.click()
    assert not dialog.isVisible()


async def test_enter_pressed_too_often_does_not_stop_the_import(
    shop: MainWindow, tmp_path: Path, until: Until, qtbot: QtBot
) -> None:
    rows = "".join(f"K-{number},Oak stool {number},12.50,EUR,4\n" for number in range(60_000))
    dialog = make(shop, write(tmp_path, "many.csv", "sku,title,price,currency,quantity\n" + rows))
    await until(lambda: dialog.action_button.isVisible() and dialog.action_button.isEnabled())
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Import 60,000 rows" and dialog.action_button.isVisible())
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Return):
        qtbot.keyClick(dialog, key, Qt.KeyboardModifier.ControlModifier)
    await until(dialog.running.isVisible)
    for modifier in (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier):
        qtbot.keyClick(dialog, Qt.Key.Key_Return, modifier)
        qtbot.keyClick(dialog.action_button, Qt.Key.Key_Return, modifier)
    await until(lambda: dialog.action_button.text() == "Done")
    assert dialog.end.counts.numbers["new"].text() == "60,000"


async def test_what_is_ambiguous_must_be_answered(shop: MainWindow, tmp_path: Path, until: Until, qtbot: QtBot) -> None:
    dialog = make(shop, write(tmp_path, "precios.csv", UNCLEAR))
    await until(lambda: "to answer" in dialog.action_button.text() and dialog.action_button.isVisible())
    assert dialog.action_button.text() == "2 questions to answer"
    assert not dialog.action_button.isEnabled()
    dialog.check.questions.lines["currency"].setText("CLP")
    assert dialog.action_button.text() == "1 question to answer"
    (key,) = dialog.check.questions.choices
    dialog.check.questions.choices[key][1].click()
    assert dialog.action_button.isEnabled()
    assert dialog.check.columns.styles[2].currentData() == "comma"
    dialog.check.columns.style_chosen.emit(2, "point")
    assert dialog.check.questions.choices[key][0].isChecked()
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Import 2 rows" and dialog.action_button.isVisible())
    dialog.reject()


async def test_columns_can_be_corrected_and_nothing_else_is_lost(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    dialog = make(shop, write(tmp_path, "spring.csv", CLEAR))
    await until(lambda: dialog.action_button.isVisible() and dialog.action_button.isEnabled())
    dialog.check.columns.chosen.emit(4, "ignore")
    await until(lambda: dialog.check.columns.fields[4].currentData() == "ignore")
    assert dialog.check.columns.fields[2].currentData() == "price"
    dialog.check.settings.delimiter.setCurrentIndex(dialog.check.settings.delimiter.findData(";"))
    dialog.check.settings.delimiter.activated.emit(0)
    await until(lambda: len(dialog.check.columns.fields) == 1)
    dialog.reject()


async def test_a_file_that_cannot_be_read_is_explained_and_the_next_one_follows(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    dialog = make(shop, write(tmp_path, "empty.csv", ""), write(tmp_path, "spring.csv", CLEAR))
    await until(lambda: bool(dialog.mistake.text))
    assert "empty" in dialog.mistake.text
    assert dialog.action_button.text() == "Next: spring.csv"
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Check the rows" and dialog.action_button.isEnabled())
    assert dialog.mistake.text == ""
    dialog.add_files([write(tmp_path, "autumn.csv", CLEAR)])  # dropped on the dialog: comes last
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Import 2 rows" and dialog.action_button.isVisible())
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Next: autumn.csv")
    dialog.accept()


async def test_an_import_goes_on_when_its_dialog_is_closed(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    before = await workspace.products.count()
    rows = "".join(f"C-{number},Stool {number},12.50,EUR,4\n" for number in range(3_000))
    dialog = make(shop, write(tmp_path, "many.csv", CLEAR.splitlines(keepends=True)[0] + rows))
    await until(lambda: dialog.action_button.text() == "Check the rows" and dialog.action_button.isEnabled())
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Import 3,000 rows" and dialog.action_button.isVisible())
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Stop the import")
    dialog.reject()
    dialog.deleteLater()
    await settle()
    (job,) = await workspace.imports.history()
    assert job.state is ImportState.COMPLETED
    assert await workspace.products.count() == before + 3_000


async def test_the_history_shows_what_became_of_a_file(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    shop.show_page("imports")
    await settle()
    page = shop.page("imports")
    assert isinstance(page, ImportsPage)
    assert page.model.rowCount() == 0
    dialog = make(shop, write(tmp_path, "spring.csv", CLEAR))
    await until(lambda: dialog.action_button.text() == "Check the rows" and dialog.action_button.isEnabled())
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Import 2 rows" and dialog.action_button.isVisible())
    dialog.action_button.click()
    await until(lambda: dialog.action_button.text() == "Done")
    dialog.accept()
    await until(lambda: page.model.rowCount() == 1 and page.model.index(0, 1).data() == "Done")
    assert [page.model.index(0, column).data() for column in range(6)] == ["spring.csv", "Done", "2", "0", "0", "1"]
    assert page.refused_action.isEnabled()
    assert not page.resume_action.isEnabled()


async def test_the_model_moves_a_running_import_on(qtbot: QtBot) -> None:
    job = ImportJob(
        ImportId(7), "a.csv", "/home/seller/a.csv", 10, "", ImportState.RUNNING, ImportCounts(), 0, "", "", NOW, None
    )
    model = ImportsModel(now=lambda: NOW)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_jobs([job])
    with qtbot.assertNotEmitted(model.modelReset):
        moved = model.progress(ImportProgressed(job.id, ImportState.RUNNING, ImportCounts(300), 1000, 150.0, 4.6))
    assert moved
    assert model.index(0, 2).data() == "300"
    assert model.index(0, 0).data(ImportsModel.DETAIL) == "300 of about 1,000 rows, 150 rows/s, about 5 s left"
    assert not model.progress(ImportProgressed(ImportId(8), ImportState.RUNNING, ImportCounts(), 1, 1.0, None))
    model.set_jobs([])
    assert model.rowCount() == 0
    del tester


async def test_an_import_that_cannot_go_on_says_why(shop: MainWindow, until: Until) -> None:
    assert shop.context is not None
    imports = shop.context.workspace.imports
    import_id = await imports.begin(file_name="a.csv", file_path="/nowhere/a.csv", file_size=1, file_hash="", plan="{}")
    await imports.end(import_id, ImportState.INTERRUPTED, "The program was closed.")
    shop.show_page("imports")
    page = shop.page("imports")
    assert isinstance(page, ImportsPage)
    await until(page.resume_action.isEnabled)
    page.resume_action.trigger()
    dialog = next(each for each in page.findChildren(ImportDialog) if each.isVisible())
    await until(lambda: bool(dialog.mistake.text))
    assert "not known any more" in dialog.mistake.text
    dialog.reject()
