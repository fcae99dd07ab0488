"""A product's attributes in a table that is edited in place, with what marketplaces ask for."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QVBoxLayout, QWidget

from mmhub_desktop.actions.product_editing import AttributeHint
from mmhub_desktop.gui.dialogs.frame import Mistake
from mmhub_desktop.gui.editor.attributes_model import KIND, NAME, NOTE, VALUE, AttributesModel
from mmhub_desktop.gui.editor.cells_view import CellsView
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.label import Label

_WIDTHS = {NAME: 240, KIND: 130, NOTE: 300}


class AttributesTab(QWidget):
    """What can be asked of marketplaces and the catalog about attributes is read when the tab is first seen."""

    def __init__(self, sheet: EditedProduct, context: GuiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self._context = context
        self._hinted = 0
        self._at = ("", VALUE)
        self.model = AttributesModel(sheet, self)
        self.table = CellsView("Attributes", self.model, self._propose)
        self.table.verticalHeader().hide()
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Stretch)
        for place, width in _WIDTHS.items():
            self.table.setColumnWidth(place, width)
        self.mistake = Mistake()
        self.model.refused.connect(self.mistake.say)
        self.model.modelAboutToBeReset.connect(self._remember)
        self.model.modelReset.connect(self._return)
        self.table.removed.connect(self.remove)
        add = Button("Add attribute", "plus")
        add.clicked.connect(self.add)
        remove = Button("Remove", "trash-2")
        remove.setToolTip("Take the selected attributes away (Del)")
        remove.clicked.connect(self.remove)
        note = Label("Enter edits a name or a value. Several values: part them with |", "small", "muted")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for part in (add, remove, note):
            foot.addWidget(part)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 12, 12, 0)
        column.setSpacing(10)
        column.addWidget(self.mistake)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def show_content(self) -> None:
        """Show the attributes; for another product ask anew what it could have."""
        product_id = self._sheet.stored.id
        if product_id != self._hinted:
            self._hinted = product_id
            self.model.forget_begun()
            self.model.set_hints(())
            self._context.spawn(self._read_hints(product_id), "Show what attributes are asked for")
        self.model.read()

    def cell_changed(self, key: str) -> None:  # noqa: ARG002 - the rows follow all of them
        """An attribute was edited here or taken back elsewhere."""
        self.model.read()

    def first_field(self) -> QWidget:
        """The table, at its first value."""
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, VALUE if len(self.model.rows) > 1 else NAME))
        return self.table

    def add(self) -> None:
        """Name a further attribute."""
        index = self.model.index(len(self.model.rows) - 1, NAME)
        self.table.setFocus()
        self.table.setCurrentIndex(index)
        self.table.edit(index)

    def remove(self) -> None:
        """Take the selected attributes away."""
        self.model.remove(sorted({index.row() for index in self.table.selectedIndexes()}))

    def _remember(self) -> None:
        index = self.table.currentIndex()
        self._at = (self.model.rows[index.row()].name, index.column()) if index.isValid() else ("", VALUE)

    def _return(self) -> None:
        """Rows came or went: the keyboard stays on its attribute."""
        name, column = self._at
        row = next((place for place, row in enumerate(self.model.rows) if row.name == name), -1)
        if name and row >= 0:
            self.table.setCurrentIndex(self.model.index(row, column))

    async def _read_hints(self, product_id: int) -> None:
        content = self._sheet.content
        hints: list[AttributeHint] = await self._context.workspace.product_editing.hints(
            content.family, content.sides
        )  # fmt: skip
        if product_id == self._sheet.stored.id:
            self.model.set_hints(hints)

    def _propose(self, index: QModelIndex | QPersistentModelIndex) -> Sequence[str]:
        return self.model.names if index.column() == NAME else self.model.values_for(index.row())
