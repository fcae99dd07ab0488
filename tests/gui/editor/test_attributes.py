"""Attributes edited in their table by keyboard."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from mmhub_desktop.actions.product_editing import AttributeHint
from mmhub_desktop.gui.editor.attributes_model import KIND, NAME, NOTE, VALUE
from mmhub_desktop.gui.editor.attributes_tab import AttributesTab
from mmhub_desktop.gui.editor.editor import ProductEditor
from mmhub_desktop.gui.editor.tabs import tab_of
from mmhub_desktop.workspace import Workspace
from tests.gui.conftest import Until
from tests.gui.editor.conftest import OpenEditor, Stored, TypeInto

SKU = "SKU-000003"


@pytest.fixture
async def editor(workspace: Workspace, stored: Stored, open_editor: OpenEditor) -> ProductEditor:
    given = {"Colour": "White", "Width": "12 cm"}
    await workspace.products.save(replace(await stored(SKU), attributes=given))
    opened = await open_editor(SKU)
    opened.tabs.setCurrentIndex(tab_of("attributes.Colour"))
    return opened


@pytest.fixture
def tab(editor: ProductEditor) -> AttributesTab:
    found = editor.findChild(AttributesTab)
    assert found is not None
    return found


def cell(tab: AttributesTab, row: int, column: int) -> str:
    return str(tab.model.index(row, column).data() or "")


async def test_values_are_changed_renamed_added_and_removed(
    editor: ProductEditor, tab: AttributesTab, stored: Stored, type_into: TypeInto, qtbot: QtBot, until: Until
) -> None:
    await until(lambda: len(tab.model.rows) == 3)
    assert [cell(tab, 1, column) for column in (NAME, VALUE, KIND)] == ["Width", "12 cm", "Measure in cm"]
    await type_into(tab.table, 0, VALUE, "Black")
    await type_into(tab.table, 1, NAME, "Diameter")
    assert [row.name for row in tab.model.rows] == ["Colour", "Diameter", "Width", ""]
    assert cell(tab, 2, NOTE) == "Is removed when you save"
    tab.add()
    line = next(each for each in tab.table.findChildren(QLineEdit) if each.isVisible())
    qtbot.keyClicks(line, "Power")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    await until(lambda: "Power" in [row.name for row in tab.model.rows])
    await type_into(tab.table, [row.name for row in tab.model.rows].index("Power"), VALUE, "9 W")
    tab.table.setCurrentIndex(tab.model.index(0, VALUE))
    qtbot.keyClick(tab.table, Qt.Key.Key_Delete)
    editor.save()
    await until(lambda: editor.head.state.startswith("Saved"))
    assert (await stored(SKU)).attributes == {"Diameter": "12 cm", "Power": "9 W"}


async def test_a_name_that_is_there_already_is_refused_with_a_reason(
    tab: AttributesTab, type_into: TypeInto, until: Until
) -> None:
    await until(lambda: len(tab.model.rows) == 3)
    await type_into(tab.table, 1, NAME, "COLOUR")
    assert "“Colour” already" in tab.mistake.text
    assert [row.name for row in tab.model.rows] == ["Colour", "Width", ""]


async def test_what_marketplaces_ask_for_is_shown_and_checked(
    tab: AttributesTab, type_into: TypeInto, until: Until
) -> None:
    await until(lambda: tab.model.names == ["Colour", "Width"])  # what is known here has come
    hints = [
        AttributeHint("Voltage", "MercadoLibre", required=True, value_type="number_unit", units=("V",)),
        AttributeHint("Colour", "MercadoLibre", value_type="list", values=("White", "Red")),
        AttributeHint("Material"),
    ]
    tab.model.set_hints(hints)  # as if a category had been read
    assert [row.name for row in tab.model.rows] == ["Colour", "Width", "Voltage", ""]
    assert cell(tab, 2, NOTE) == "Required by MercadoLibre"
    await type_into(tab.table, 2, VALUE, "12")
    at = [row.name for row in tab.model.rows].index("Voltage")
    assert cell(tab, at, NOTE) == "MercadoLibre needs a unit: V"
    await type_into(tab.table, 0, VALUE, "Pink")
    assert "takes one of 2 values" in cell(tab, 0, NOTE)
    assert tab.model.names == ["Voltage", "Colour", "Material"]


async def test_names_of_other_products_are_proposed(workspace: Workspace, editor: ProductEditor) -> None:
    assert editor.sheet is not None
    hints = await workspace.product_editing.hints(editor.sheet.content.family, ())
    assert {hint.name for hint in hints} == {"Colour", "Width"}


async def test_escape_takes_back_what_is_typed_and_only_then_leaves(
    editor: ProductEditor, tab: AttributesTab, qtbot: QtBot, until: Until
) -> None:
    await until(lambda: tab.model.names == ["Colour", "Width"])
    tab.table.setFocus()
    tab.table.setCurrentIndex(tab.model.index(0, VALUE))
    qtbot.keyClicks(tab.table, "B")
    line = next(each for each in tab.table.findChildren(QLineEdit) if each.isVisible())
    assert line.text() == "B"
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    await until(lambda: not line.isVisible())
    assert cell(tab, 0, VALUE) == "White"
    assert editor.isVisible()
    qtbot.keyClick(tab.table, Qt.Key.Key_Tab)
    assert editor.window().focusWidget() is not tab.table
    qtbot.keyClick(tab.table, Qt.Key.Key_Escape)
    assert not editor.isVisible()
