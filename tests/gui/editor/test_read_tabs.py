"""What the editor reads beside the product: its history with undo, and its accounts."""

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.listing_rules import ListingRules
from mmhub_desktop.domain.marketplace import AccountKind
from mmhub_desktop.domain.price_rule import PriceRule
from mmhub_desktop.gui.editor.account_tab import AccountTab
from mmhub_desktop.gui.editor.editor import ProductEditor
from mmhub_desktop.gui.editor.field_row import FieldRow
from mmhub_desktop.gui.editor.history_tab import HistoryTab
from mmhub_desktop.gui.editor.tabs import TABS
from mmhub_desktop.gui.widgets.label import Label
from mmhub_desktop.workspace import Workspace
from tests.gui.conftest import Until
from tests.gui.editor.conftest import OpenEditor, Stored


def open_tab(editor: ProductEditor, label: str) -> None:
    editor.tabs.setCurrentIndex([entry.label for entry in TABS].index(label))


def words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(Label))


async def test_a_saved_edit_is_listed_and_taken_back(open_editor: OpenEditor, stored: Stored, until: Until) -> None:
    editor = await open_editor("SKU-000002")
    assert editor.sheet is not None
    editor.sheet.set("brand", "Lumea")
    editor.sheet.set("price", "12.34")
    editor.save()
    await until(lambda: editor.head.state.startswith("Saved"))
    open_tab(editor, "History")
    tab = editor.findChild(HistoryTab)
    assert tab is not None
    await until(lambda: len(tab.happenings) == 1)
    assert set(tab.happenings[0].lines) == {"Brand: Nordhaus → Lumea", "Price: 9.02 MXN → 12.34 MXN"}
    next(iter(tab.buttons.values())).click()
    await until(lambda: any(happening.title.endswith("undone since") for happening in tab.happenings))
    assert (await stored("SKU-000002")).brand == "Nordhaus"
    await until(lambda: editor.sheet is not None and editor.sheet.value("brand") == "Nordhaus")


async def test_every_tab_has_a_place_for_the_keyboard_and_every_control_a_name(
    open_editor: OpenEditor, until: Until
) -> None:
    editor = await open_editor("SKU-000001")
    for place in range(len(TABS)):
        editor.tabs.setCurrentIndex(place)
        await until(lambda place=place: editor._tabs[place].first_field().isVisible())  # type: ignore[misc]
    unnamed = [
        control
        for control in editor.findChildren(QWidget)
        if isinstance(control, (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QTableView))
        and not (control.accessibleName() or getattr(control, "text", str)() or control.objectName().startswith("qt_"))
        and not isinstance(control.parent(), (QComboBox, QTableView, QTabBar))
    ]
    assert unnamed == []


async def test_each_account_says_what_it_would_show_and_why(
    workspace: Workspace, open_editor: OpenEditor, stored: Stored, until: Until
) -> None:
    account = await workspace.connect("mercadolibre", "Our shop", AccountKind.PRACTICE, {})
    product = await stored("SKU-000001")
    rules = ListingRules(price=PriceRule(factor=Decimal(2)))
    await workspace.listing_desk.save_rules(account.id, rules)
    await workspace.listing_desk.set_own(product.id, account.id, {"brand": "Lumea"})
    editor = await open_editor("SKU-000001")
    open_tab(editor, "Listings")
    tab = editor.findChild(AccountTab)
    assert tab is not None
    await until(lambda: len(tab.cards) == 1)
    said = words(tab.cards[0])
    for line in ("Price rule: 9.01 × 2", "Lumea", "Set for this account", "From the product"):
        assert line in said
    control = tab.cards[0].rows["price"].control
    assert isinstance(control, QLineEdit)
    assert (control.text(), control.placeholderText()) == ("", "18.02 MXN")


async def test_price_and_stock_are_set_for_one_account_and_taken_back(
    workspace: Workspace, open_editor: OpenEditor, stored: Stored, until: Until, qtbot: QtBot
) -> None:
    account = await workspace.connect("mercadolibre", "Our shop", AccountKind.PRACTICE, {})
    product = await stored("SKU-000003")
    editor = await open_editor("SKU-000003")
    open_tab(editor, "Listings")
    tab = editor.findChild(AccountTab)
    assert tab is not None
    await until(lambda: len(tab.cards) == 1)

    def row(cell: str) -> FieldRow:  # cards are drawn anew when something was checked
        return tab.cards[0].rows[cell]

    qtbot.keyClicks(row("price").control, "8x")
    assert "is not a price in CLP" in row("price").note  # what the account sells in
    editor.save()
    await until(lambda: "Price on Our shop" in editor.mistake.text)
    qtbot.keyClick(row("price").control, Qt.Key.Key_Backspace)
    qtbot.keyClicks(row("price").control, "50")
    qtbot.keyClicks(row("quantity").control, "2")
    assert (row("price").note, row("quantity").note) == ("Set for this account", "Set for this account")
    editor.save()
    await until(lambda: editor.head.state.startswith("Saved"))
    saved = await workspace.listings.get(product.id, account.id)
    assert saved.overrides == {"price_minor": 850, "currency": "CLP", "quantity": 2}
    assert (await stored("SKU-000003")).price == product.price
    assert (row("price").text, row("quantity").text) == ("850", "2")
    tab.cards[0].back["price"].click()
    tab.cards[0].back["quantity"].click()
    assert row("price").note == "From the product"
    editor.save()
    await until(lambda: not editor.sheet.edits if editor.sheet else False)
    assert (await workspace.listings.get(product.id, account.id)).overrides == {}


async def test_a_price_on_an_account_is_in_what_that_account_sells_in(
    workspace: Workspace, open_editor: OpenEditor, stored: Stored, until: Until, qtbot: QtBot
) -> None:
    account = await workspace.connect("walmart", "Our shop", AccountKind.PRACTICE, {})
    product = await stored("SKU-000003")
    editor = await open_editor("SKU-000003")  # its price is in MXN
    open_tab(editor, "Listings")
    tab = editor.findChild(AccountTab)
    assert tab is not None
    await until(lambda: len(tab.cards) == 1)
    assert "Price in USD" in words(tab.cards[0])
    qtbot.keyClicks(tab.cards[0].rows["price"].control, "8.5")
    editor.save()
    await until(lambda: editor.head.state.startswith("Saved"))
    assert (await workspace.listings.get(product.id, account.id)).overrides == {"price_minor": 850, "currency": "USD"}
