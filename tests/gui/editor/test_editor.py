"""The product editor on a real window and workspace, by keyboard."""

import asyncio
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Text
from mmhub_desktop.events import ProductsChanged
from mmhub_desktop.gui.editor.editor import ProductEditor
from mmhub_desktop.gui.editor.facts_tab import FactsTab
from mmhub_desktop.gui.editor.text_tab import TextTab
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.store.database import Database
from mmhub_desktop.store.product_edits import ProductEditStore
from mmhub_desktop.workspace import Workspace
from tests.gui.conftest import Until
from tests.gui.editor.conftest import OpenEditor, Stored


def press(widget: QWidget, keys: str) -> None:
    """Press a key sequence where the keyboard is."""
    QTest.keySequence(widget, QKeySequence(keys))


def text_tab(editor: ProductEditor) -> TextTab:
    editor.tabs.setCurrentIndex(0)
    found = editor.findChild(TextTab)
    assert found is not None
    return found


def facts_tab(editor: ProductEditor) -> FactsTab:
    editor.tabs.setCurrentIndex(1)
    found = editor.findChild(FactsTab)
    assert found is not None
    return found


def focus(editor: ProductEditor) -> QWidget:
    found = editor.window().focusWidget()
    assert found is not None
    return found


async def test_enter_opens_and_escape_returns_to_the_row(
    page: ProductsPage, open_editor: OpenEditor, until: Until
) -> None:
    editor = await open_editor("SKU-000005")
    assert editor.isVisible()
    assert not page.header.isVisible()
    row = page.table.currentIndex().row()
    await until(lambda: focus(editor) is text_tab(editor).boxes["original.title"].editor)
    press(focus(editor), "Esc")
    assert page.table.isVisible()
    assert page.window().focusWidget() is page.table
    assert page.table.currentIndex().row() == row


async def test_a_title_is_typed_and_saved_by_keyboard(
    open_editor: OpenEditor, stored: Stored, qtbot: QtBot, until: Until
) -> None:
    editor = await open_editor("SKU-000003")
    await until(lambda: focus(editor) is text_tab(editor).boxes["original.title"].editor)
    press(focus(editor), "Ctrl+A")
    qtbot.keyClicks(focus(editor), "Bright desk lamp")
    assert editor.head.state == "1 unsaved change"
    press(focus(editor), "Ctrl+S")
    await until(lambda: editor.head.state.startswith("Saved at"))
    assert (await stored("SKU-000003")).original.title == "Bright desk lamp"
    assert editor.head.title.text() == "Bright desk lamp"


async def test_next_and_previous_keep_the_tab_and_move_the_row(
    page: ProductsPage, open_editor: OpenEditor, until: Until
) -> None:
    editor = await open_editor("SKU-000005")
    first, row = editor.product_id, page.table.currentIndex().row()
    facts_tab(editor)
    press(focus(editor), "Alt+PgDown")
    await until(lambda: editor.product_id == page.model.product_id(row + 1))
    assert editor.tabs.currentIndex() == 1
    assert page.table.currentIndex().row() == row + 1
    press(focus(editor), "Alt+PgUp")
    await until(lambda: editor.product_id == first)


async def test_leaving_keeps_a_draft_that_is_offered_on_return(
    shop: MainWindow, open_editor: OpenEditor, stored: Stored, qtbot: QtBot, until: Until
) -> None:
    editor = await open_editor("SKU-000002")
    facts = facts_tab(editor)
    facts.rows["brand"].control.setFocus()
    press(focus(editor), "Ctrl+A")
    qtbot.keyClicks(focus(editor), "Lumea")
    press(focus(editor), "Esc")
    assert "1 unsaved change of SKU-000002 kept as a draft." in [card.text.message for card in shop.notices.cards]
    await until(lambda: not editor.is_unkept)
    assert (await stored("SKU-000002")).brand == "Nordhaus"
    editor = await open_editor("SKU-000001")
    assert facts.rows["brand"].text == "Nordhaus"
    editor = await open_editor("SKU-000002")
    await until(editor.draft_notice.isVisible)
    assert "Unsaved changes from" in editor.draft_notice.words.text()
    assert "Brand" in editor.draft_notice.words.text()
    assert facts.rows["brand"].text == "Lumea"
    editor.draft_notice.discard.click()
    assert facts.rows["brand"].text == "Nordhaus"
    await until(lambda: not editor.is_unkept)
    await open_editor("SKU-000001")
    await open_editor("SKU-000002")
    assert not editor.draft_notice.isVisible()


async def test_what_is_typed_is_on_disk_soon(
    workspace: Workspace, open_editor: OpenEditor, qtbot: QtBot, until: Until
) -> None:
    editor = await open_editor("SKU-000003")
    facts = facts_tab(editor)
    facts.rows["category"].control.setFocus()
    qtbot.keyClicks(focus(editor), "Lamps")
    assert editor.is_unkept
    await until(lambda: not editor.is_unkept)
    await editor.keep()  # returns when what is being written is on disk
    found = await workspace.product_editing.read(editor.product_id)
    assert found is not None
    assert found.draft is not None
    assert found.draft.cells == {"category": ("", "Lamps")}


async def test_what_cannot_be_saved_is_said_where_it_stands(
    open_editor: OpenEditor, stored: Stored, qtbot: QtBot, until: Until
) -> None:
    editor = await open_editor("SKU-000004")
    facts = facts_tab(editor)
    facts.rows["quantity"].control.setFocus()
    press(focus(editor), "Ctrl+A")
    qtbot.keyClicks(focus(editor), "many")
    assert "“many” is not a quantity" in facts.rows["quantity"].note
    editor.tabs.setCurrentIndex(0)
    press(editor, "Ctrl+S")
    await until(lambda: "Quantity" in editor.mistake.text)
    assert editor.tabs.currentIndex() == 1
    assert (await stored("SKU-000004")).quantity == 4


async def test_a_change_made_elsewhere_is_named_and_chosen(
    workspace: Workspace, open_editor: OpenEditor, stored: Stored, qtbot: QtBot, until: Until
) -> None:
    editor = await open_editor("SKU-000006")
    facts = facts_tab(editor)
    for cell, text in (("price", "15.50"), ("brand", "Lumea")):
        facts.rows[cell].control.setFocus()
        press(focus(editor), "Ctrl+A")
        qtbot.keyClicks(focus(editor), text)
    before = await stored("SKU-000006")
    await workspace.products.save(replace(before, price=Money(1200, "MXN"), category="Lamps"))
    workspace.bus.publish(ProductsChanged((before.id,)))
    await until(editor.conflict_notice.isVisible)
    assert facts.rows["category"].text == "Lamps"  # not edited here: it follows
    assert not editor.head.save.isEnabled()
    words = [label.text() for label in editor.conflict_notice.findChildren(type(editor.conflict_notice.words))]
    assert any("Price: was “9.06”, is “12.00” now, yours “15.50”" in each for each in words)
    editor.conflict_notice.mine.emit("price")
    assert not editor.conflict_notice.isVisible()
    press(focus(editor), "Ctrl+S")
    await until(lambda: editor.head.state.startswith("Saved"))
    after = await stored("SKU-000006")
    assert (after.price, after.brand, after.category) == (Money(1550, "MXN"), "Lumea", "Lamps")


async def test_words_are_compared_accepted_and_reverted(
    workspace: Workspace, open_editor: OpenEditor, stored: Stored, until: Until
) -> None:
    product = await stored("SKU-000001")
    await workspace.products.set_optimized(product.id, Text("Table lamp, oak, warm light", "Better."), "a model")
    editor = await open_editor("SKU-000001")
    texts = text_tab(editor)
    box = texts.boxes["optimized.title"]
    await until(box.diff.isVisible)
    assert "added: , oak, warm light" in box.diff.accessibleDescription()
    actions = texts._actions["optimized.title"]
    assert actions.accept is not None
    assert actions.revert is not None
    actions.accept.click()
    assert texts.boxes["original.title"].text == "Table lamp, oak, warm light"
    await until(lambda: not box.diff.isVisible())
    editor.discard()
    actions.revert.click()
    await until(lambda: box.text == "Table lamp number 1")
    texts._actions["optimized.title"].undo.click()
    await until(lambda: box.text == "Table lamp, oak, warm light")


async def test_an_account_has_words_of_its_own(
    workspace: Workspace, open_editor: OpenEditor, stored: Stored, qtbot: QtBot, until: Until
) -> None:
    account = await workspace.connect("mercadolibre", "Our shop", AccountKind.PRACTICE, {})
    editor = await open_editor("SKU-000001")
    texts = text_tab(editor)
    box = texts.boxes["own.title"]
    await until(box.isVisible)
    texts.boxes["original.description"].write("<p>Warm light</p>")
    texts.boxes["original.keywords"].write("lamp, desk,, oak")
    await until(lambda: texts.boxes["original.keywords"]._count.text() == "3 keywords")
    assert texts.boxes["original.description"]._count.text().endswith("As plain text on MercadoLibre")
    assert box._source.text() == "From the product"
    assert box._count.text() == "19 characters of 60"
    box.editor.setFocus()
    press(focus(editor), "Ctrl+A")
    qtbot.keyClicks(box.editor, "Lamp for this shop " * 4)
    await until(lambda: "too long for MercadoLibre (60)" in box._count.text())
    assert box._source.text() == "Set for this account"
    press(box.editor, "Ctrl+S")
    await until(lambda: editor.head.state.startswith("Saved"))
    product = await stored("SKU-000001")
    listing = await workspace.listings.get(product.id, account.id)
    assert listing.overrides["title"] == ("Lamp for this shop " * 4).strip()
    revert = texts._actions["own.title"].revert
    assert revert is not None
    revert.click()
    assert box.text == "Table lamp number 1"
    press(box.editor, "Ctrl+S")
    await until(lambda: "own.1.title" not in editor.sheet.edits if editor.sheet else False)
    assert "title" not in (await workspace.listings.get(product.id, account.id)).overrides


async def test_brands_of_other_products_are_proposed(
    workspace: Workspace, open_editor: OpenEditor, stored: Stored, qtbot: QtBot, until: Until
) -> None:
    await workspace.products.save(replace(await stored("SKU-000002"), brand="Lumea Hogar"))
    editor = await open_editor("SKU-000001")
    brand = facts_tab(editor).rows["brand"].control
    assert isinstance(brand, QLineEdit)
    await until(lambda: brand.completer() is not None and brand.completer().model().rowCount() == 2)
    brand.setFocus()
    press(brand, "Ctrl+A")
    qtbot.keyClicks(brand, "hogar")
    popup = brand.completer().popup()
    await until(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    await until(lambda: editor.sheet is not None and editor.sheet.value("brand") == "Lumea Hogar")


async def test_the_barcode_says_who_gave_it_out_and_what_is_wrong(
    open_editor: OpenEditor, stored: Stored, qtbot: QtBot, until: Until
) -> None:
    editor = await open_editor("SKU-000007")
    facts = facts_tab(editor)
    facts.rows["gtin"].control.setFocus()
    qtbot.keyClicks(focus(editor), "4006381333932")
    assert "would have to be 1" in facts.rows["gtin"].note
    qtbot.mouseClick(facts.mend, Qt.MouseButton.LeftButton)
    assert "Germany" in facts.rows["gtin"].note
    press(focus(editor), "Ctrl+S")
    await until(lambda: editor.head.state.startswith("Saved"))
    assert (await stored("SKU-000007")).gtin == "4006381333931"


async def test_html_is_shown_safely_and_made_plain(
    workspace: Workspace, open_editor: OpenEditor, stored: Stored, until: Until
) -> None:
    product = await stored("SKU-000008")
    html = "<p>Warm <b>light</b></p><script>x</script><ul><li>Oak</li></ul>"
    await workspace.products.save(replace(product, original=Text("Lamp", html)))
    editor = await open_editor("SKU-000008")
    box = text_tab(editor).boxes["original.description"]
    assert box._preview.isVisible()
    box._preview.click()
    assert box.view.toPlainText().split("\n") == ["Warm light", "Oak"]
    box._preview.click()
    box._plain.click()
    assert box.text == "Warm light\n• Oak"
    press(box.editor, "Ctrl+Z")
    assert box.text == html


async def test_a_draft_survives_closing_the_program(
    shop: MainWindow, workspace: Workspace, open_editor: OpenEditor, qtbot: QtBot, until: Until
) -> None:
    editor = await open_editor("SKU-000009")
    await until(lambda: focus(editor) is text_tab(editor).boxes["original.title"].editor)
    qtbot.keyClicks(focus(editor), "New ")
    assert editor.is_unkept
    path = workspace.path
    shop.close()
    await asyncio.wait_for(asyncio.shield(shop.closed), 20)
    database = await asyncio.to_thread(Database.open, path, holder="a test")
    found = await ProductEditStore(database).read(editor.product_id)
    await asyncio.to_thread(database.close)
    assert found is not None
    assert found[1] is not None
    assert found[1].cells["original.title"][1].startswith("New ")


async def test_the_page_shows_what_it_is_asked_for_in_place_of_the_editor(
    shop: MainWindow, page: ProductsPage, open_editor: OpenEditor, until: Until
) -> None:
    editor = await open_editor("SKU-000001")
    shop.search()
    assert not page.editing.is_open
    assert page.table.isVisible()
    shop.show_page("products", edit=True)
    await until(editor.isVisible)
    assert page.editing.is_open


async def test_what_changed_while_another_page_was_shown_is_there_on_return(
    shop: MainWindow, workspace: Workspace, open_editor: OpenEditor, stored: Stored, until: Until
) -> None:
    editor = await open_editor("SKU-000001")
    facts = facts_tab(editor)
    shop.show_page("jobs")
    await workspace.products.save(replace(await stored("SKU-000001"), brand="Lumea"))
    shop.show_page("products")
    await until(lambda: facts.rows["brand"].text == "Lumea")


async def test_a_product_that_is_deleted_closes_its_editor(
    shop: MainWindow, page: ProductsPage, workspace: Workspace, open_editor: OpenEditor, until: Until
) -> None:
    editor = await open_editor("SKU-000001")
    assert editor.sheet is not None
    editor.sheet.set("brand", "Lumea")
    await workspace.delete_products([editor.product_id])
    await until(lambda: not page.editing.is_open)
    assert [card.text.message for card in shop.notices.cards] == ["SKU-000001 was deleted meanwhile."]
