"""Importing in the real window by keyboard: reading, columns, questions, dry run, import, the next file."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QHeaderView, QScrollArea, QScrollBar, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.catalog.dry_run import FieldChange, ProductChange
from mmhub_desktop.domain.imports import ImportState
from mmhub_desktop.gui.dialogs.import_trial import Changes
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.tables.import_changes import change_lines
from mmhub_desktop.gui.tables.import_columns import ATTRIBUTES, BY_YOU, CHECK
from tests.fakes.import_hand import ImportHand, shown_notices, write
from tests.gui.conftest import Until

CLEAR = (
    "sku,title,price,currency,quantity\nA-1,Oak stool,12.50,EUR,4\nA-2,Linen lamp,39.90,EUR,2\n,No code,1.00,EUR,1\n"
)
UNCLEAR = "sku;title;price;quantity\nB-1;Oak stool;1.234;4\nB-2;Linen lamp;2.345;2\n"
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


async def test_a_file_is_checked_first_and_written_only_when_told(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    assert shop.context is not None
    products = shop.context.workspace.products
    before = await products.count()
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", CLEAR))
    dialog = hand.dialog
    await hand.comes("Next: columns")
    assert dialog.rail.accessibleName() == "Step 1 of 4: File"
    assert dialog.read.rows.item(0, 1).text() == "Oak stool"
    await hand.to_columns()
    assert hand.fields() == ["sku", "title", "price", "currency", "quantity"]
    await hand.enter("Import 2 rows")
    assert dialog.trial.counts.numbers["new"].text() == "2"
    assert dialog.trial.counts.numbers["refused"].text() == "1"
    assert dialog.trial.refused.topLevelItem(0).child(0).text(0).startswith("Line 4: ")
    trial = dialog.trial
    shown = [trial.tabs.tabText(place) for place in range(trial.tabs.count()) if trial.tabs.isTabVisible(place)]
    assert shown == ["New (2)", "Refused (1)"]  # nothing changes
    assert trial.added.isVisible()
    assert trial.added.model.heads[:3] == ("SKU", "Title", "Price")
    trial.added.product.setText("stool")
    found = [trial.added.model.index(row, 1).data() for row in range(trial.added.model.rowCount())]
    assert found == ["Oak stool"]
    assert not trial.added.words.isVisible()  # all new products are here
    assert await products.count() == before
    await hand.enter("Done")
    assert dialog.end.counts.numbers["new"].text() == "2"
    assert dialog.end.refused_button.isVisible()
    assert await products.count() == before + 2
    dialog.end.products_button.click()
    assert not dialog.isVisible()


async def test_alt_left_goes_back_and_escape_leaves(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", CLEAR))
    await hand.to_check("Import 2 rows")
    hand.press(Qt.Key.Key_Left, ALT)
    await until(hand.dialog.columns.isVisible)
    hand.press(Qt.Key.Key_Left, ALT)
    await until(hand.dialog.read.isVisible)
    hand.press(Qt.Key.Key_Escape)
    assert not hand.dialog.isVisible()
    assert shop.context is not None
    assert await shop.context.workspace.imports.history() == []


async def test_a_dry_run_that_was_left_is_not_shown_in_place_of_the_next(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    rows = "".join(f"K-{number},Oak stool {number},12.50,EUR,4\n" for number in range(20_000))
    hand = ImportHand(shop, until, write(tmp_path, "many.csv", "sku,title,price,currency,quantity\n" + rows))
    await hand.to_columns()
    await hand.comes("Check the rows")
    hand.press(Qt.Key.Key_Return)
    await until(hand.dialog.trial.isVisible)
    hand.press(Qt.Key.Key_Left, ALT)
    await until(hand.dialog.columns.isVisible)
    hand.dialog.columns.answered.emit("column:1", "ignore")  # now no row can be imported
    await until(lambda: hand.fields()[1] == "ignore")
    await hand.comes("Check the rows")
    hand.press(Qt.Key.Key_Return)
    await hand.comes("Import anyway")
    assert hand.dialog.trial.counts.numbers["refused"].text() == "20,000"
    hand.dialog.reject()


async def test_enter_pressed_too_often_does_not_stop_the_import(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    rows = "".join(f"K-{number},Oak stool {number},12.50,EUR,4\n" for number in range(60_000))
    hand = ImportHand(shop, until, write(tmp_path, "many.csv", "sku,title,price,currency,quantity\n" + rows))
    dialog = hand.dialog
    await hand.to_check("Import 60,000 rows")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Return):
        QTest.keyClick(dialog, key, CTRL)
    await until(dialog.running.isVisible)
    for modifier in (CTRL, Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(dialog, Qt.Key.Key_Return, modifier)
        QTest.keyClick(dialog.action_button, Qt.Key.Key_Return, modifier)
    await until(lambda: hand.action == "Done")
    assert dialog.end.counts.numbers["new"].text() == "60,000"


async def test_a_column_is_found_by_typing_and_nothing_else_is_lost(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    words = "sku,title,price,currency,Warenwert,Farbe\nA-1,Oak stool,12.50,EUR,9.90,red\n"
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", words))
    columns = hand.dialog.columns
    await hand.to_columns()
    assert hand.fields()[4:] == ["attribute", "attribute"]
    assert [line.sure for line in columns.model.lines[4:]] == [ATTRIBUTES, ATTRIBUTES]
    hand.mark(4)
    columns.detail.field.setFocus()
    hand.type("e")  # a letter opens the list
    popup = columns.detail.field.popup
    assert popup is not None
    await until(popup.isVisible)
    popup.field.setText("einkaufspreis")  # by a word of another language
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    await until(lambda: hand.fields()[4] == "cost")
    assert hand.fields()[:4] == ["sku", "title", "price", "currency"]
    assert columns.model.lines[4].sure == BY_YOU
    columns.kinds["Attributes"].click()
    assert columns.model.rowCount() == 1
    columns.kinds["All"].click()
    columns.search.setText("curr")
    assert [columns.model.index(row, 0).data() for row in range(columns.model.rowCount())] == ["currency"]
    hand.dialog.reject()


async def test_empty_cells_and_values_for_all_rows_are_said_per_column(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    words = "sku,title,price,currency,brand\nA-1,Oak stool,12.50,EUR,\nA-2,Linen lamp,3.50,EUR,Nord\n"
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", words))
    columns = hand.dialog.columns
    await hand.to_columns()
    hand.mark(4)
    detail = columns.detail
    detail.empty.setCurrentIndex(2)
    detail.empty.activated.emit(2)
    await until(detail.value.isVisible)
    detail.value.setFocus()
    hand.type("Lumea")
    await until(lambda: columns.model.index(columns.model.row_of(4), 3).data() == "“Lumea”")
    columns.add_button.click()
    assert columns.popup is not None
    columns.popup.field.setText("category")
    QTest.keyClick(columns.popup.field, Qt.Key.Key_Return)
    await until(lambda: columns.model.lines[0].place == -1)
    await until(detail.remove_button.isVisible)
    assert detail.value.hasFocus()
    hand.type("Lamps")
    await until(lambda: columns.model.lines[0].examples == "Lamps")
    assert hand.dialog.draft is not None
    plan = hand.dialog.draft.plan()
    assert (plan.columns[4].default, dict(plan.constants)) == ("Lumea", {"category": "Lamps"})
    detail.remove_button.click()
    await until(lambda: len(columns.model.lines) == 5)
    hand.dialog.reject()


async def test_f2_opens_the_choices_and_attributes_and_options_can_be_named(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    words = "sku,title,price,currency,Farbe,Gr\nA-1,Oak stool,12.50,EUR,red,L\n"
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", words))
    columns = hand.dialog.columns
    await hand.to_columns()
    hand.mark(4)
    columns.view.setFocus()
    hand.press(Qt.Key.Key_F2)
    popup = columns.detail.field.popup
    assert popup is not None
    await until(popup.isVisible)
    QTest.keyClick(popup.field, Qt.Key.Key_Escape)
    assert columns.detail.name.text() == "Farbe"
    columns.detail.name.setFocus()
    columns.detail.name.selectAll()
    hand.type("Colour")
    columns.view.setFocus()
    await until(lambda: hand.fields()[4] == "attribute:Colour")
    hand.mark(5)
    columns.detail.field.open("option")
    assert columns.detail.field.popup is not None
    QTest.keyClick(columns.detail.field.popup.field, Qt.Key.Key_Return)
    await until(lambda: hand.fields()[5] == "option:Gr")
    assert columns.model.lines[5].label == "Option “Gr”"
    hand.dialog.reject()


async def test_what_was_detected_can_be_corrected_and_the_sample_follows(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", CLEAR.replace("Oak", "Öak"), "cp1252"))
    read = hand.dialog.read
    await hand.comes("Next: columns")
    assert read.settings.encoding.currentData() == "cp1252"
    assert read.rows.item(0, 1).text() == "Öak stool"
    read.settings.encoding.setCurrentIndex(read.settings.encoding.findData("cp1250"))
    read.settings.encoding.activated.emit(0)
    await until(lambda: hand.dialog.draft is not None and hand.dialog.draft.reading is not None)
    await hand.comes("Next: columns")
    read.settings.delimiter.setCurrentIndex(read.settings.delimiter.findData(";"))
    read.settings.delimiter.activated.emit(0)
    await until(lambda: read.rows.columnCount() == 1)
    hand.dialog.reject()


async def test_doubtful_guesses_ask_to_be_checked(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    words = "sku,title,price,currency,Gesamt Menge\nA-1,Oak stool,12.50,EUR,3\n"
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", words))
    await hand.to_columns()
    line = hand.dialog.columns.model.lines[4]
    assert (line.field, line.sure) == ("quantity", CHECK)
    assert hand.dialog.columns.kinds["Please check"].text() == "Please check (1)"
    hand.dialog.reject()


async def test_a_file_that_cannot_be_read_is_explained_and_the_next_one_follows(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    hand = ImportHand(shop, until, write(tmp_path, "empty.csv", ""), write(tmp_path, "spring.csv", CLEAR))
    await until(lambda: bool(hand.dialog.mistake.text))
    assert "empty" in hand.dialog.mistake.text
    assert hand.action == "Next: spring.csv"
    hand.dialog.action_button.click()
    await hand.comes("Next: columns")
    assert hand.dialog.mistake.text == ""
    hand.dialog.add_files([write(tmp_path, "autumn.csv", CLEAR)])  # dropped on the dialog: comes last
    await hand.to_check("Import 2 rows")
    await hand.enter("Next: autumn.csv")
    hand.dialog.accept()


async def test_an_import_goes_on_when_its_dialog_is_closed(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace
    before = await workspace.products.count()
    rows = "".join(f"C-{number},Stool {number},12.50,EUR,4\n" for number in range(3_000))
    hand = ImportHand(shop, until, write(tmp_path, "many.csv", CLEAR.splitlines(keepends=True)[0] + rows))
    await hand.to_check("Import 3,000 rows")
    await hand.enter("Stop the import")
    hand.dialog.reject()
    hand.dialog.deleteLater()
    await until(lambda: "many.csv is imported" in shown_notices(shop))
    (job,) = await workspace.imports.history()
    assert job.state is ImportState.COMPLETED
    assert await workspace.products.count() == before + 3_000


async def test_changes_are_found_by_field_and_product(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    words = "sku,title,price,currency\nSKU-000001,A lamp,12.50,MXN\nSKU-000002,Table lamp number 2,1.00,MXN\n"
    hand = ImportHand(shop, until, write(tmp_path, "spring.csv", words))
    await hand.to_check("Import 2 rows")
    changes = hand.dialog.trial.changes
    assert changes.model.rowCount() == 3
    assert [changes.field.itemText(place) for place in range(changes.field.count())] == [
        "All fields", "Price (2)", "Title (1)",
    ]  # fmt: skip
    changes.field.setCurrentIndex(2)
    (line,) = [changes.model.index(row, 0).data(changes.model.LINE) for row in range(changes.model.rowCount())]
    assert (line.sku, line.old, line.new) == ("SKU-000001", "Table lamp number 1", "A lamp")
    changes.field.setCurrentIndex(0)
    changes.product.setText("number 2")
    assert changes.model.rowCount() == 1
    assert not changes.words.isVisible()  # all changed products are here
    hand.dialog.reject()


async def test_only_some_of_very_many_changes_are_listed_and_it_is_said(qtbot: QtBot) -> None:
    price = (FieldChange("Price", "1.00 EUR", "2.00 EUR"),)
    changes = [ProductChange(f"A-{number}", "Oak stool", price) for number in range(500)]
    listed = Changes()
    qtbot.addWidget(listed)
    listed.show()
    listed.show_changes(change_lines(changes), 12_345)
    assert listed.words.text() == "The first 500 of 12,345 changed products are listed here."
    assert listed.words.isVisible()
    wide = [ProductChange(f"A-{number}", "Oak stool", price * 300) for number in range(500)]
    listed.show_changes(change_lines(wide), 500)
    assert listed.words.text() == "The first 67 of 500 changed products are listed here."
    listed.show_changes(change_lines(changes[:1]), 1)
    assert not listed.words.isVisible()


async def test_every_control_has_a_name(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    hand = ImportHand(shop, until, write(tmp_path, "precios.csv", UNCLEAR))
    await hand.comes("Next: columns")
    nameless = unnamed(hand.dialog)
    await hand.to_columns()
    assert nameless + unnamed(hand.dialog) == []
    hand.dialog.reject()


def unnamed(dialog: QWidget) -> list[str]:
    """Visible controls that the keyboard reaches and a screen reader has no words for."""
    inside = (QScrollArea, QScrollBar, QHeaderView, QTabBar)
    reached = [each for each in dialog.findChildren(QWidget) if each.isVisible() and each.focusPolicy().value]
    own = [each for each in reached if not isinstance(each, inside) and not isinstance(each.parent(), QAbstractSpinBox)]
    named = [each for each in own if each.accessibleName() or (isinstance(each, QAbstractButton) and each.text())]
    return [f"{type(each).__name__} in {type(each.parent()).__name__}" for each in own if each not in named]
