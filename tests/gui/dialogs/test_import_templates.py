"""Templates in the import wizard: saved by name, found again by the header, what has changed is said, managed."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.dialogs.import_templates import NameDialog, TemplatesDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.tables.import_columns import AS_LAST_TIME, CHECK
from tests.fakes.import_hand import ImportHand, write
from tests.gui.conftest import Until

FIRST = "Nr;Bezeichnung;VK;Farbe\nB-1;Oak stool;1.234;red\nB-2;Linen lamp;2.345;blue\n"
SECOND = "Nr;Bezeichnung;VK;Farbe\nB-3;Oak desk;7.000;red\n"
OTHER = "Nr;Bezeichnung;VK;Menge\nB-4;Oak door;7.000;3\n"


async def dialog_of(parent: QDialog, kind: type[QDialog], until: Until) -> QDialog:
    """The dialog of this kind that opens above another."""
    found: list[QDialog] = []

    def is_open() -> bool:
        found[:] = [each for each in parent.findChildren(kind) if each.isVisible()]
        return bool(found)

    await until(is_open)
    return found[0]


async def save_template(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    """Answer the first file's questions and save what was said as “Supplier Nord”."""
    hand = ImportHand(shop, until, write(tmp_path, "nord 1.csv", FIRST))
    columns = hand.dialog.columns
    await hand.to_columns()
    for key, value in (("sku", "0"), ("currency", "CLP"), ("number:2", "comma"), ("column:3", "category")):
        columns.answered.emit(key, value)
    await hand.comes("Check the rows")
    hand.dialog.save_button.click()
    asked = await dialog_of(hand.dialog, NameDialog, until)
    assert isinstance(asked, NameDialog)
    assert asked.field.text() == "nord 1"
    asked.field.setText("Supplier Nord")
    QTest.keyClick(asked.field, Qt.Key.Key_Return)
    await until(lambda: hand.dialog.save_button.text() == "Saved as “Supplier Nord”")
    hand.dialog.reject()


async def test_the_next_file_with_this_header_asks_nothing(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    await save_template(shop, tmp_path, until)
    hand = ImportHand(shop, until, write(tmp_path, "nord 2.csv", SECOND))
    await hand.comes("Next: columns")
    assert hand.dialog.read.notes.text == "Read as “Supplier Nord”, as last time."
    assert hand.dialog.read.settings.template.currentText() == "Supplier Nord"
    await hand.to_columns()
    assert hand.fields() == ["sku", "title", "price", "category"]
    assert {line.sure for line in hand.dialog.columns.model.lines} == {AS_LAST_TIME}
    await hand.enter("Import 1 row")
    await hand.enter("Done")
    assert shop.context is not None
    workspace = shop.context.workspace
    desk = await workspace.products.by_sku("B-3")
    assert desk is not None
    assert (str(desk.price), desk.category) == ("7,000 CLP", "red")
    (template,) = await workspace.import_templates.all()
    assert template.used_at is not None
    (job,) = await workspace.imports.history()
    assert job.template == "Supplier Nord"
    hand.dialog.accept()


async def test_what_has_changed_in_the_header_is_said_and_the_template_can_be_left(
    shop: MainWindow, tmp_path: Path, until: Until
) -> None:
    await save_template(shop, tmp_path, until)
    hand = ImportHand(shop, until, write(tmp_path, "nord 3.csv", OTHER))
    read = hand.dialog.read
    await hand.comes("Next: columns")
    assert "new: “Menge”; gone: “Farbe”" in read.notes.text
    await hand.to_columns()
    assert hand.fields() == ["sku", "title", "price", "quantity"]
    assert [line.sure for line in hand.dialog.columns.model.lines if line.place == 3] == [CHECK]
    hand.press(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    await until(read.isVisible)
    read.settings.template.setCurrentIndex(0)
    read.settings.template.activated.emit(0)
    await until(lambda: read.notes.text == "")
    await hand.to_columns()
    assert "to answer" in hand.action
    hand.dialog.reject()


async def test_templates_are_renamed_and_deleted(shop: MainWindow, tmp_path: Path, until: Until) -> None:
    assert shop.context is not None
    await save_template(shop, tmp_path, until)
    listed = TemplatesDialog(shop.context, shop)
    listed.open()
    await until(lambda: listed.current() is not None)
    QTest.keyClick(listed, Qt.Key.Key_F2)
    asked = await dialog_of(listed, NameDialog, until)
    assert isinstance(asked, NameDialog)
    asked.field.setText("Nordhaus")
    asked.action_button.click()
    await until(lambda: listed.list.item(0).text().startswith("Nordhaus\n4 columns"))
    listed.delete_button.click()
    sure = await dialog_of(listed, ConfirmDialog, until)
    assert isinstance(sure, ConfirmDialog)
    sure.action_button.click()
    await until(lambda: listed.current() is None and listed.nothing.isVisible())
    assert await shop.context.workspace.import_templates.all() == []
    listed.accept()
