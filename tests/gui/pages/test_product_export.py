"""Exporting from the window: chosen by keyboard, written beside it, stopped, and told how it ended."""

import csv
import os
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.domain.product_filter import Filter, Operator
from mmhub_desktop.gui import theme as themes
from mmhub_desktop.gui.dialogs.export import ExportDialog
from mmhub_desktop.gui.dialogs.export_progress import ExportProgressDialog
from mmhub_desktop.gui.main_window import MainWindow
from mmhub_desktop.gui.pages.products import ProductsPage
from mmhub_desktop.gui.screenshots import settle
from mmhub_desktop.store.product_rows import row_from_product
from mmhub_desktop.store.schema import product as product_table
from tests.gui.conftest import Until

SHOTS = os.environ.get("MMHUB_SHOTS", "")

Kind = TypeVar("Kind", bound=QWidget)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _shown(window: QWidget, kind: type[Kind]) -> list[Kind]:
    return [each for each in window.findChildren(kind) if each.isVisible()]


def _grab(widget: QWidget, name: str) -> None:
    if SHOTS:
        for mode in ("light", "dark"):
            themes.theme().set_mode(mode)
            widget.grab().save(f"{SHOTS}/{name}-{mode}.png")
        themes.theme().set_mode("light")


async def _asked(shop: MainWindow, until: Until) -> ExportDialog:
    shop.act_on_products("export")
    await until(lambda: bool(_shown(shop, ExportDialog)))
    return _shown(shop, ExportDialog)[0]


async def _save_as(shop: MainWindow, until: Until, target: Path) -> None:
    await until(lambda: bool(_shown(shop, QFileDialog)))
    (place,) = _shown(shop, QFileDialog)
    name = place.findChild(QLineEdit)
    assert name is not None
    name.setText(str(target))
    place.accept()


async def test_selected_products_with_chosen_columns(
    qtbot: QtBot, shop: MainWindow, until: Until, tmp_path: Path
) -> None:
    page = shop.page("products")
    assert isinstance(page, ProductsPage)
    await until(lambda: len(page.model.ids) == 12)
    page.table.selectRow(2)
    dialog = await _asked(shop, until)
    assert [button.text() for button in dialog.buttons_of(dialog.scopes)] == [
        "The selected: 1 product", "Everything: 12 products",
    ]  # fmt: skip
    await settle()
    _grab(dialog, "export")
    qtbot.keyClick(dialog.all_columns, Qt.Key.Key_Space)
    assert dialog.list.isVisible()
    for entry in range(dialog.list.count()):
        dialog.list.item(entry).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.save_button.isEnabled()
    qtbot.keyClicks(dialog.search, "sk")
    assert [dialog.list.item(row).text() for row in range(dialog.list.count())] == ["SKU", "SKU of the parent"]
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    _grab(dialog, "export-columns")
    assert (dialog.columns, dialog.save_button.isEnabled()) == (("sku",), True)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await _save_as(shop, until, tmp_path / "few.csv")
    await until((tmp_path / "few.csv").exists)
    row = page.model.row(2)
    assert row is not None
    assert _rows(tmp_path / "few.csv") == [{"sku": row.sku}]
    await until(lambda: "1 product is in “few.csv”." in _told(shop))


def _told(shop: MainWindow) -> list[str]:
    return [card.text.message for card in shop.notices.cards]


async def test_what_matches_as_a_shop_file(qtbot: QtBot, shop: MainWindow, until: Until, tmp_path: Path) -> None:
    page = shop.page("products")
    assert isinstance(page, ProductsPage)
    await until(lambda: len(page.model.ids) == 12)
    page.viewing.show_only((Filter("quantity", Operator.ABOVE, "4"),))
    await until(lambda: len(page.model.ids) == 2)
    dialog = await _asked(shop, until)
    assert dialog.scopes.checkedButton().text() == "Those that match the search and filters: 2"
    shopify = next(each for each in dialog.buttons_of(dialog.formats) if "Shopify" in each.text())
    shopify.click()
    assert not dialog.all_columns.isEnabled()
    dialog.save_button.click()
    await _save_as(shop, until, tmp_path / "shop.csv")
    await until((tmp_path / "shop.csv").exists)
    assert sorted(row["Variant Inventory Qty"] for row in _rows(tmp_path / "shop.csv")) == ["5", "6"]
    await until(lambda: any("shop.csv" in each for each in _told(shop)))


async def test_a_long_export_shows_how_far_it_is_and_is_stopped(
    qtbot: QtBot, shop: MainWindow, until: Until, tmp_path: Path
) -> None:
    assert shop.context is not None
    workspace = shop.context.workspace

    made = row_from_product(Product(id=ProductId(0), sku="", original=Text("Lamp", "x" * 1_000)))
    now = {"created_at": 1_760_000_000_000, "updated_at": 1_760_000_000_000}
    rows = [{**made, **now, "sku": f"P{number}", "sku_key": f"p{number}"} for number in range(20_000)]
    await workspace.db.write(lambda connection: connection.execute(product_table.insert(), rows).rowcount)
    dialog = await _asked(shop, until)
    workbook = next(each for each in dialog.buttons_of(dialog.formats) if "Excel" in each.text())
    workbook.click()
    dialog.save_button.click()
    target = tmp_path / "all.xlsx"
    await _save_as(shop, until, target)
    await until(lambda: bool(_shown(shop, ExportProgressDialog)))
    (progress,) = _shown(shop, ExportProgressDialog)
    _grab(progress, "export-progress")
    progress.stop_button.click()
    await until(lambda: "The export was stopped." in _told(shop))
    assert not target.exists()
    assert not _shown(shop, ExportProgressDialog)
