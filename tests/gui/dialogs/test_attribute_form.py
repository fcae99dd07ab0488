"""The form of a product for an account, as a seller fills it."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product import Text
from mmhub_desktop.gui import background
from mmhub_desktop.gui.bridge import Bridge
from mmhub_desktop.gui.dialogs.attribute_form import AttributeForm
from mmhub_desktop.gui.dialogs.confirm import ConfirmDialog
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.screenshots import settle
from tests.fakes.shop import Shop, lamp, open_shop
from tests.gui.conftest import Until


@pytest.fixture
async def shop(qtbot: QtBot, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, run=False) as opened:
        yield opened
        await background.cancel_all()


@pytest.fixture
async def lamps(shop: Shop) -> tuple[ProductId, ...]:
    """Two without a model, one whole; the rules were read."""
    found = await shop.add(lamp(1, attributes={}), lamp(2, attributes={}), lamp(3))
    await shop.workspace.readiness.read_rules(shop.account.id)
    return found


Open = Callable[..., AttributeForm]


@pytest.fixture
def open_form(shop: Shop) -> Iterator[Open]:
    bridge, window = Bridge(shop.workspace.bus), QWidget()
    forms: list[AttributeForm] = []

    def opened(ids: tuple[ProductId, ...], field: str = "") -> AttributeForm:
        context = GuiContext(shop.workspace, bridge, window)  # type: ignore[arg-type]
        forms.append(AttributeForm(context, shop.account.id, ids, field=field))
        forms[-1].open()
        return forms[-1]

    yield opened
    for form in forms:
        form.done(0)
    bridge.close()


async def test_products_are_mended_one_by_one_with_the_field_in_focus(
    shop: Shop, lamps: tuple[ProductId, ...], open_form: Open, until: Until
) -> None:
    form = open_form(lamps[:2], "attributes.MODEL")
    await until(lambda: "attributes.MODEL" in form.rows)
    row = form.rows["attributes.MODEL"]
    await until(lambda: form.focusWidget() is row.editor)
    assert "asks for" in row.editor.accessibleDescription()
    assert not form.save_button.isEnabled()
    row.set_text("Flex 1")
    assert form.save_button.isEnabled()
    form.next_button.click()
    await until(lambda: form.place == 1 and form.rows["attributes.MODEL"] is not row)
    assert (await shop.listing(lamps[0])).overrides == {"attributes": {"MODEL": "Flex 1"}}
    form.rows["attributes.MODEL"].set_text("Flex 2")
    form.keep_in.setCurrentIndex(1)
    form.save_button.click()
    await until(lambda: "attributes.MODEL" in form.rows and form.rows["attributes.MODEL"].field.value == "Flex 2")
    assert form.rows["attributes.MODEL"].field.findings == ()
    product = await shop.workspace.products.get(lamps[1])
    assert product is not None
    assert "Flex 2" in product.attributes.values()


async def test_values_are_searched_and_measures_have_units(
    shop: Shop, lamps: tuple[ProductId, ...], open_form: Open, until: Until
) -> None:
    form = open_form(lamps[2:])
    await until(lambda: bool(form.rows))
    first = len(form.rows)
    form.rows["brand"].set_text("Typed, not kept")
    form.show_all()
    await until(lambda: len(form.rows) > first)
    await settle()
    assert form.rows["brand"].text == "Typed, not kept"
    chosen = [
        row for row in form.rows.values() if row.field.key.startswith("attributes.") and len(row.field.choices) > 2
    ]
    choice = chosen[0]
    assert isinstance(choice.editor, QComboBox)
    completer = choice.editor.completer()
    assert completer is not None
    value = choice.field.choices[-1][0]
    completer.setCompletionPrefix(value[1:].upper())  # a part of it, in other case
    assert value in {completer.completionModel().index(at, 0).data() for at in range(completer.completionCount())}
    choice.set_text(value)
    assert choice.text == value
    measure = next(row for row in form.rows.values() if row.field.units)
    assert isinstance(measure.editor, QLineEdit)
    measure.editor.setText("12")
    assert measure.text == f"12 {measure.field.units[0]}"
    form.search.setText("modelo")
    assert [key for key, row in form.rows.items() if not row.isHidden()] == ["attributes.MODEL"]


async def test_a_value_that_cannot_be_is_said_and_stays_to_be_mended(
    shop: Shop, lamps: tuple[ProductId, ...], open_form: Open, until: Until
) -> None:
    form = open_form(lamps[2:])
    await until(lambda: bool(form.rows))
    form.rows["quantity"].set_text("many")
    form.save_button.click()
    await until(lambda: bool(form.mistake.text))
    assert "“many” is not a quantity" in form.mistake.text
    assert form.rows["quantity"].text == "many"
    assert form.save_button.isEnabled()
    form.reject()
    await until(lambda: any(each.isVisible() for each in form.findChildren(ConfirmDialog)))
    asked = form.findChildren(ConfirmDialog)[0]
    asked.reject()
    await until(lambda: form._asking is None)
    assert form.isVisible()
    form.reject()
    await until(lambda: any(each.isVisible() for each in form.findChildren(ConfirmDialog)))
    next(each for each in form.findChildren(ConfirmDialog) if each.isVisible()).action_button.click()
    await until(lambda: not form.isVisible())
    assert (await shop.listing(lamps[2])).overrides == {}


async def test_the_category_is_proposed_chosen_and_kept_for_the_account(
    shop: Shop, open_form: Open, until: Until
) -> None:
    (mug,) = await shop.add(lamp(1, category="", original=Text("Taza de cerámica", "Una taza.")))
    await shop.workspace.readiness.check(shop.account.id)
    form = open_form((mug,), "category")
    await until(lambda: "category" in form.rows)
    row = form.rows["category"]
    await until(lambda: form.focusWidget() is row.editor)
    assert row.field.findings[0].rule == "readiness.no_category"
    assert form.propose_button is not None
    form.propose_button.click()
    choice = row.editor
    assert isinstance(choice, QComboBox)
    await until(lambda: choice.count() > 1)
    category_id, words = choice.itemData(1), choice.itemText(1)
    assert words.endswith(f"({category_id})")
    row.set_text(category_id)
    form.keep_in.setCurrentIndex(1)  # a category belongs to the marketplace, whatever is chosen here
    form.save_button.click()
    await until(lambda: "category" in form.rows and form.rows["category"].field.is_own)
    assert form.rows["category"].field.value == category_id
    assert form.rows["category"].field.findings == ()
    assert (await shop.listing(mug)).overrides["category_id"] == category_id
    assert form.sheet is not None
    assert form.sheet.rules_known
    form.rows["category"].set_text("MLC-NOTHING")
    form.save_button.click()
    await until(lambda: bool(form.mistake.text))
    assert (await shop.listing(mug)).overrides["category_id"] == category_id
