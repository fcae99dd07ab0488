"""Variants edited as matrix and list, by keyboard."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Product
from mmhub_desktop.gui.editor.editor import ProductEditor
from mmhub_desktop.gui.editor.tabs import tab_of
from mmhub_desktop.gui.editor.variants_tab import VariantsTab
from mmhub_desktop.workspace import Workspace
from tests.gui.conftest import Until
from tests.gui.editor.conftest import OpenEditor, Stored, TypeInto

SKU = "SKU-000004"


async def add_variants(workspace: Workspace, parent: Product) -> None:
    for size, colour in (("S", "Red"), ("M", "Red"), ("S", "Blue")):
        await workspace.products.save(
            replace(parent, id=type(parent.id)(0), sku=f"{SKU}-{size}-{colour}".upper(), parent_id=parent.id,
                    options={"Size": size, "Colour": colour}, quantity=2)
        )  # fmt: skip


@pytest.fixture
async def editor(workspace: Workspace, stored: Stored, open_editor: OpenEditor) -> ProductEditor:
    await add_variants(workspace, await stored(SKU))
    opened = await open_editor(SKU)
    opened.tabs.setCurrentIndex(tab_of("variant."))
    return opened


@pytest.fixture
def tab(editor: ProductEditor) -> VariantsTab:
    found = editor.findChild(VariantsTab)
    assert found is not None
    return found


def shown(tab: VariantsTab) -> list[list[str]]:
    model = tab.model
    return [
        [str(model.index(row, column).data() or "") for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def choose(tab: VariantsTab, field: str) -> None:
    tab.field.setCurrentIndex(tab.field.findData(field))


async def save(editor: ProductEditor, until: Until) -> None:
    editor.save()
    await until(lambda: editor.head.state.startswith("Saved"))


async def test_the_matrix_shows_inherited_prices_and_takes_own_ones(
    editor: ProductEditor, tab: VariantsTab, type_into: TypeInto, stored: Stored, until: Until
) -> None:
    assert shown(tab) == [["9.04", "9.04"], ["9.04", "–"]]
    assert "inherited" in tab.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    await type_into(tab.table, 0, 1, "11.5")
    assert tab.model.index(0, 1).data(Qt.ItemDataRole.FontRole).italic() is False
    assert tab.model.index(0, 0).data(Qt.ItemDataRole.FontRole).italic() is True
    await save(editor, until)
    assert (await stored(f"{SKU}-S-BLUE")).price == Money(1150, "MXN")
    assert shown(tab) == [["9.04", "11.50"], ["9.04", "–"]]
    await type_into(tab.table, 0, 1, "")
    await save(editor, until)
    assert (await stored(f"{SKU}-S-BLUE")).price == Money(904, "MXN")


async def test_typing_into_a_gap_makes_the_variant(
    editor: ProductEditor, tab: VariantsTab, type_into: TypeInto, stored: Stored, until: Until
) -> None:
    choose(tab, "quantity")
    assert shown(tab) == [["2", "2"], ["2", "–"]]
    await type_into(tab.table, 1, 1, "7")
    assert shown(tab) == [["2", "2"], ["2", "7"]]
    assert tab.create_button.isHidden()
    await save(editor, until)
    made = await stored(f"{SKU}-M-BLUE")
    assert (made.quantity, made.options, made.price) == (7, {"Size": "M", "Colour": "Blue"}, Money(904, "MXN"))


async def test_a_further_value_makes_room_and_missing_ones_are_created(
    editor: ProductEditor, tab: VariantsTab, qtbot: QtBot, workspace: Workspace, until: Until
) -> None:
    values = tab.options.rows[0][1]
    assert values.text() == "S, M"
    values.setFocus()
    qtbot.keyClick(values, Qt.Key.Key_End)
    qtbot.keyClicks(values, ", L")
    qtbot.keyClick(values, Qt.Key.Key_Return)
    assert tab.model.rowCount() == 3
    assert tab.create_button.text() == "Create 3 missing"
    tab.create_button.click()
    await save(editor, until)
    variants = await workspace.products.variants_of(editor.product_id)
    assert len(variants) == 6
    assert {each.sku for each in variants} >= {f"{SKU}-L-RED", f"{SKU}-L-BLUE", f"{SKU}-M-BLUE"}


async def test_the_list_shows_all_fields_and_what_is_wrong(
    editor: ProductEditor, tab: VariantsTab, type_into: TypeInto, workspace: Workspace, until: Until
) -> None:
    tab.as_list.click()
    assert shown(tab)[0] == ["S", "Red", "9.04", "2", f"{SKU}-S-RED", "", ""]
    await type_into(tab.table, 0, 3, "lots")
    assert "not a quantity" in tab.model.index(0, 3).data(Qt.ItemDataRole.ToolTipRole)
    editor.save()
    await until(lambda: "In stock" in editor.mistake.text or "Quantity" in editor.mistake.text)
    await type_into(tab.table, 0, 3, "9")
    await type_into(tab.table, 1, 1, "Green")
    await save(editor, until)
    variants = {each.sku: each for each in await workspace.products.variants_of(editor.product_id)}
    assert variants[f"{SKU}-S-RED"].quantity == 9
    assert variants[f"{SKU}-M-RED"].options == {"Size": "M", "Colour": "Green"}


async def test_removed_variants_can_be_brought_back_until_it_is_saved(
    editor: ProductEditor, tab: VariantsTab, qtbot: QtBot, workspace: Workspace, until: Until
) -> None:
    tab.table.setCurrentIndex(tab.model.index(0, 0))
    qtbot.keyClick(tab.table, Qt.Key.Key_Delete)
    assert tab.model.index(0, 0).data(Qt.ItemDataRole.FontRole).strikeOut()
    qtbot.keyClick(tab.table, Qt.Key.Key_Delete)
    assert not editor.head.state
    qtbot.keyClick(tab.table, Qt.Key.Key_Delete)
    await save(editor, until)
    assert {each.sku for each in await workspace.products.variants_of(editor.product_id)} == {
        f"{SKU}-M-RED", f"{SKU}-S-BLUE",
    }  # fmt: skip


async def test_options_are_given_to_a_product_without_variants(
    open_editor: OpenEditor, editor: ProductEditor, tab: VariantsTab, qtbot: QtBot, workspace: Workspace, until: Until
) -> None:
    await open_editor("SKU-000005")
    assert tab._rooms.currentIndex() == 0
    name, values = tab.options.rows[0]
    name.setFocus()
    qtbot.keyClicks(name, "Size")
    qtbot.keyClick(name, Qt.Key.Key_Tab)
    qtbot.keyClicks(values, "S, M")
    qtbot.keyClick(values, Qt.Key.Key_Return)
    assert tab.create_button.text() == "Create 2 variants"
    tab.create_button.click()
    await save(editor, until)
    assert [each.options for each in await workspace.products.variants_of(editor.product_id)] == [
        {"Size": "S"}, {"Size": "M"},
    ]  # fmt: skip


async def test_an_option_is_renamed_everywhere(
    editor: ProductEditor, tab: VariantsTab, qtbot: QtBot, workspace: Workspace, until: Until
) -> None:
    name = tab.options.rows[1][0]
    name.setFocus()
    name.selectAll()
    qtbot.keyClicks(name, "Color")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    await save(editor, until)
    variants = await workspace.products.variants_of(editor.product_id)
    assert all(list(each.options) == ["Size", "Color"] for each in variants)


async def test_a_variant_leads_to_its_main_product(
    open_editor: OpenEditor, editor: ProductEditor, tab: VariantsTab, stored: Stored, until: Until
) -> None:
    main = editor.product_id
    variant = await stored(f"{SKU}-S-RED")
    editor.opened.emit(variant.id)
    await until(lambda: editor.product_id == variant.id)
    assert tab.open_parent.isVisible()
    tab.open_parent.click()
    await until(lambda: editor.product_id == main)


async def test_values_with_commas_stay_whole(
    editor: ProductEditor, tab: VariantsTab, stored: Stored, workspace: Workspace, qtbot: QtBot, until: Until
) -> None:
    red = await stored(f"{SKU}-S-RED")
    await workspace.products.save(replace(red, options={"Size": "S", "Colour": "Red, light"}))
    editor.reload()
    await until(lambda: "Red, light" in tab.model.axes["Colour"])
    values = tab.options.rows[1][1]
    values.setFocus()
    qtbot.keyClick(values, Qt.Key.Key_Return)
    assert sorted(tab.model.axes["Colour"]) == ["Blue", "Red", "Red, light"]
