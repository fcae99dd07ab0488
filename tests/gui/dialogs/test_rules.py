"""Rules and mappings of an account, as a seller enters them."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.listing_rules import ListingRules, StockRule
from mmhub_desktop.domain.price_rule import PriceRule, Rate, Rounding
from mmhub_desktop.gui import background
from mmhub_desktop.gui.bridge import Bridge
from mmhub_desktop.gui.dialogs.mapping import MappingDialog
from mmhub_desktop.gui.dialogs.rules import RulesDialog
from mmhub_desktop.gui.pages.page import GuiContext
from tests.fakes.shop import Shop, lamp, open_shop
from tests.gui.conftest import Until


@pytest.fixture
async def shop(qtbot: QtBot, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, run=False) as opened:
        yield opened
        await background.cancel_all()


@pytest.fixture
def context(shop: Shop) -> Iterator[GuiContext]:
    bridge, window = Bridge(shop.workspace.bus), QWidget()
    yield GuiContext(shop.workspace, bridge, window)  # type: ignore[arg-type]
    bridge.close()


async def test_rules_are_tried_on_a_product_while_they_are_typed(shop: Shop, context: GuiContext, until: Until) -> None:
    await shop.add(lamp())
    (product,) = await shop.workspace.products.get_many([1])
    dialog = RulesDialog(context, shop.account, ListingRules(), [product])
    dialog.open()
    assert dialog.shown["price"].text() == "Price: 24,990 CLP, as the product has it"
    dialog.factor.setText("1,15")
    dialog.addition.setText("500")
    dialog.rounding.setCurrentIndex(1)
    assert dialog.shown["price"].text() == "Price rule: 24,990 × 1.15 + 500 → 29,239 → rounded 29,990 CLP"
    dialog.keep_back.setValue(2)
    assert dialog.shown["quantity"].text() == "Stock buffer: 5 − 2 kept back → 3"
    dialog.forbidden.setText("escritorio; second  hand")
    assert dialog.rules().forbidden == ("escritorio", "second hand")
    assert "must not hold “escritorio” on this account" in dialog.shown["price"].text()
    dialog.forbidden.clear()
    dialog.template.setPlainText("{title}, by {brand}")
    assert dialog.shown["description"].text() == f"{product.text.title}, by Lumea"
    for field, bad in ((dialog.factor, "x"), (dialog.margin, "-1"), (dialog.rate, "0")):
        before = field.text()
        field.setText(bad)
        assert not dialog.keep_button.isEnabled()
        assert dialog.shown["price"].property("tone") == "err"
        field.setText(before)
        assert dialog.keep_button.isEnabled()
    dialog.template.setPlainText("{nonsense}")
    assert "{nonsense}" in dialog.shown["price"].text()
    dialog.template.setPlainText("")
    dialog.defaults.setPlainText("Garantía: 1 año\nno colon")
    assert not dialog.keep_button.isEnabled()
    dialog.defaults.setPlainText("Garantía: 1 año")
    dialog.rate_of.setText("usd")
    dialog.rate.setText("950")
    dialog.rate_to.setText("clp")
    dialog.rate_day.setText("2026-11-01")
    dialog.keep_button.click()
    await until(lambda: not dialog.isVisible())
    rate = Rate("USD", "CLP", Decimal(950), date(2026, 11, 1))
    price = PriceRule(Decimal("1.15"), Decimal(500), Rounding.NINETY_NINE, rate=rate)
    kept = await shop.workspace.listing_desk.rules(shop.account.id)
    assert kept == ListingRules(price, StockRule(2), "", {"Garantía": "1 año"})
    again = RulesDialog(context, shop.account, kept, [])
    assert again.rules() == kept
    assert "no product" in again.shown["price"].text()


async def test_a_category_is_confirmed_with_its_attributes_and_values(
    shop: Shop, context: GuiContext, until: Until
) -> None:
    attributes = {"Model": "Flex", "Tono": "azul marino", "Materiales": "Metal"}
    await shop.add(lamp(1, category="Lamps", attributes=attributes), lamp(2, category="Lamps", attributes=attributes))
    dialog = MappingDialog(context, shop.account)
    dialog.open()
    await until(lambda: dialog.proposals.count() > 0)
    assert dialog.model.index(0, 1).data() == "Not mapped"
    assert "proposal" in dialog.present.text()
    dialog.confirm_button.click()
    await until(lambda: dialog.model.index(0, 1).data() == "Confirmed")
    await until(lambda: ("", "Tono") in dialog.attributes.boxes)
    assert dialog.attributes.boxes["", "Model"].currentText().startswith("By its name")
    near = dialog.attributes.boxes["", "Materiales"]
    assert (near.currentData(), near.currentText()) == ("MATERIAL", "Material  (proposed)")
    box = dialog.attributes.boxes["", "Tono"]
    box.setCurrentIndex(box.findData("COLOR"))
    assert dialog.keep_button.isEnabled()
    dialog.keep_button.click()
    await until(lambda: not dialog.keep_button.isEnabled() and not dialog.attributes.changes())
    mappings = await shop.workspace.listing_desk.mappings.of("mercadolibre", shop.account.site)
    (category,) = mappings.categories.values()
    assert mappings.attributes == {category.category_id: {"tono": "COLOR", "materiales": "MATERIAL"}}
    dialog.reject()

    again = MappingDialog(context, shop.account)
    again.open()
    await until(lambda: ("COLOR", "azul marino") in again.attributes.boxes)
    value = again.attributes.boxes["COLOR", "azul marino"]
    value.setCurrentIndex(2)
    wanted = value.currentData()
    again.keep_button.click()
    await until(lambda: not again.attributes.changes())
    made = await shop.workspace.readiness.compose(ProductId(2), shop.account.id)
    assert made.draft.attributes["COLOR"] == wanted
    again.forget_button.click()
    await until(lambda: again.model.index(0, 1).data() == "Not mapped")
    again.reject()


async def test_a_category_that_the_marketplace_does_not_know_is_not_confirmed(
    shop: Shop, context: GuiContext, until: Until
) -> None:
    await shop.add(lamp(1, category="Lamps"))
    dialog = MappingDialog(context, shop.account)
    dialog.open()
    await until(lambda: dialog.proposals.count() > 0)
    dialog.proposals.setEditText("MLC-NONE")
    dialog.confirm_button.click()
    await until(lambda: bool(dialog.mistake.text))
    assert dialog.model.index(0, 1).data() == "Not mapped"
    dialog.words.setText(replace(lamp().original).title)
    dialog.find_button.click()
    await until(lambda: "Found by" in dialog.proposals.itemText(0))
    dialog.reject()
