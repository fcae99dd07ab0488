"""Editing a cell of the product table where it stands: F2 or typing begins, Enter goes down, Tab to the side.

The editor lies over the cell. What was typed is checked and written by the store; until that has said yes the editor
stays, with what is wrong beside it.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolTip, QWidget

from mmhub_desktop.domain.ids import ProductId
from mmhub_desktop.domain.measures import size_text, weight_text
from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product import Condition
from mmhub_desktop.domain.product_cells import ATTRIBUTE, YES
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.errors import MmhubError
from mmhub_desktop.gui.tables.catalog_table import CatalogTable
from mmhub_desktop.gui.tables.product_columns import Column
from mmhub_desktop.gui.tables.products import ROW_ROLE

Save = Callable[[ProductId, str, str, str], Awaitable[None]]  # id, field, what was shown, what is to be
Spawn = Callable[[Coroutine[Any, Any, Any], str], object]

_CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "condition": tuple((each.value, each.value.capitalize()) for each in Condition),
    "active": ((YES, "Yes"), ("", "No")),
}
_INHERITED = {"weight": "weight_g", "original.title": "title"}  # fields that ``ProductRow.inherited`` names otherwise


def cell_text(row: ProductRow, field: str) -> str:
    """What a cell holds, in the form it is edited in; nothing where a variant shows what its parent says."""
    if _INHERITED.get(field, field) in row.inherited:
        return ""
    if field.startswith(ATTRIBUTE):
        return row.attributes.get(field.removeprefix(ATTRIBUTE), "")
    return _TEXTS[field](row)


def _amount(money: Money | None) -> str:
    return "" if money is None else str(money.amount)


_TEXTS: Mapping[str, Callable[[ProductRow], str]] = {
    "original.title": lambda row: row.title,
    "sku": lambda row: row.sku,
    "price": lambda row: _amount(row.price),
    "cost": lambda row: _amount(row.cost),
    "quantity": lambda row: str(row.quantity),
    "brand": lambda row: row.brand,
    "category": lambda row: row.category,
    "gtin": lambda row: row.gtin,
    "condition": lambda row: row.condition.value,
    "weight": lambda row: weight_text(row.weight_g),
    "size": lambda row: size_text(row.size_mm),
    "active": lambda row: YES if row.active else "",
}


class CellEditing(QObject):
    """Begins, keeps and ends the editing of one cell of ``table`` at a time. ``save`` raises what keeps a value out."""

    def __init__(self, table: CatalogTable, save: Save, spawn: Spawn) -> None:
        super().__init__(table)
        self._table = table
        self._save = save
        self._spawn = spawn
        self._product = ProductId(0)
        self._field = self._old = ""
        self._is_saving = False
        self.editor: QLineEdit | QComboBox | None = None
        table.installEventFilter(self)
        for bar in (table.verticalScrollBar(), table.horizontalScrollBar()):
            bar.valueChanged.connect(lambda _: self._follow())
        table.horizontalHeader().sectionResized.connect(lambda *_: self._follow())

    def begin(self, typed: str = "") -> bool:
        """Edit the cell that the keyboard is on; ``typed`` takes the place of what it holds. Whether it can be."""
        index = self._table.currentIndex()
        column = self._column(index)
        row = index.data(ROW_ROLE) if index.isValid() else None
        if column is None or not column.field or not isinstance(row, ProductRow):
            return False
        self.leave()
        self._product, self._field = row.id, column.field
        self._old = cell_text(row, column.field)
        editor = self.editor = self._make(column, row, typed)
        editor.setAccessibleName(f"{column.title} of {row.title}")
        editor.installEventFilter(self)
        self._table.scrollTo(index)
        self._follow()
        editor.show()
        editor.setFocus()
        return True

    def leave(self) -> None:
        """End the editing; what was typed is forgotten."""
        editor, self.editor = self.editor, None
        if editor is not None:
            editor.removeEventFilter(self)
            editor.hide()
            editor.deleteLater()
            QToolTip.hideText()
            self._table.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that begin editing in the table, and those that end it in the editor."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self._table:
                return self._begins(event)
            if watched is self.editor:
                return self._ends(event)
        elif event.type() == QEvent.Type.FocusOut and watched is self.editor and not self._popup_is_open():
            self._keep(0, 0)
        return super().eventFilter(watched, event)

    def _begins(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_F2:
            return self.begin()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        words = event.text()
        tree_key = event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Minus) and self._table.currentIndex().column() == 0
        if not plain or not words.isprintable() or not words.strip() or tree_key:
            return False
        return self.begin(words)

    def _ends(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._keep(1, 0)
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._keep(0, 1 if key == Qt.Key.Key_Tab else -1)
        else:
            return False
        return True

    def _make(self, column: Column, row: ProductRow, typed: str) -> QLineEdit | QComboBox:
        viewport: QWidget = self._table.viewport()
        if choices := _CHOICES.get(column.field):
            box = QComboBox(viewport)
            for value, label in choices:
                box.addItem(label, value)
            box.setCurrentIndex(max(0, box.findData(self._old)))
            return box
        line = QLineEdit(typed or self._old, viewport)
        line.setAlignment(Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft)
        line.setPlaceholderText(column.text(row) if not self._old else "")
        if not typed:
            line.selectAll()
        return line

    def _popup_is_open(self) -> bool:
        return isinstance(self.editor, QComboBox) and self.editor.view().isVisible()

    def _column(self, index: QModelIndex) -> Column | None:
        return self._table.columns[index.column()] if index.isValid() else None

    def _follow(self) -> None:
        if self.editor is not None:
            self.editor.setGeometry(self._table.visualRect(self._table.currentIndex()).adjusted(2, 2, -2, -3))

    def _keep(self, down: int, aside: int) -> None:
        """Write what was typed, then go on to a neighbour; nothing is written where nothing changed."""
        editor = self.editor
        if editor is None or self._is_saving:
            return
        words = str(editor.currentData()) if isinstance(editor, QComboBox) else editor.text().strip()
        if words == self._old:
            self.leave()
            self._go(down, aside)
            return
        self._is_saving = True
        self._spawn(self._write(words, down, aside), "Edit a cell")

    async def _write(self, words: str, down: int, aside: int) -> None:
        try:
            await self._save(self._product, self._field, self._old, words)
        except MmhubError as error:
            self._say(error)
            return
        finally:
            self._is_saving = False
        self.leave()
        self._go(down, aside)

    def _say(self, error: MmhubError) -> None:
        editor = self.editor
        if editor is None:
            return
        said = f"{error.message}\n{error.hint}".strip()
        editor.setAccessibleDescription(said)
        editor.setToolTip(said)
        editor.setFocus()
        QToolTip.showText(editor.mapToGlobal(QPoint(0, editor.height())), said, editor)

    def _go(self, down: int, aside: int) -> None:
        table, index = self._table, self._table.currentIndex()
        model, header = table.model(), table.horizontalHeader()
        row = min(max(0, index.row() + down), model.rowCount() - 1)
        place = header.visualIndex(index.column()) + aside
        while 0 <= place < header.count():
            column = header.logicalIndex(place)
            if not table.isColumnHidden(column) and (not aside or table.columns[column].field):
                table.setCurrentIndex(model.index(row, column))
                return
            place += aside or 1
