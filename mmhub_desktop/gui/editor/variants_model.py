"""Variants as a list (a line each) or as a matrix (one option down, the other across, one field in the cells)."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFont

from mmhub_desktop.domain.variant_grid import axes_of, is_whole, missing
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.editor.variant_cells import CellFace, VariantCells, VariantLine
from mmhub_desktop.gui.theme import font, icon, theme

FIELDS: tuple[tuple[str, str], ...] = (
    ("price", "Price"), ("quantity", "In stock"), ("sku", "SKU"), ("gtin", "Barcode"),
)  # fmt: skip
_Index = QModelIndex | QPersistentModelIndex


class VariantsModel(QAbstractTableModel):
    """``field`` is what the cells of the matrix hold; ``as_list`` shows all fields. ``caught_up``: read it again."""

    caught_up = Signal()

    def __init__(self, sheet: EditedProduct, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self.cells = VariantCells(sheet)
        self.axes: dict[str, list[str]] = {}
        self.extra: dict[str, list[str]] = {}  # values that no variant has yet
        self.field = "price"
        self.as_list = False
        self.can_be_matrix = False  # there are two options, and every variant has both
        self._grid: dict[tuple[str, str], VariantLine] = {}
        self._shape: tuple[Any, ...] = ()
        self._down: list[str] = []
        self._across: list[str] = []
        self._columns: list[str] = []
        self.is_behind = False  # rows are made anew as soon as Qt is through with what was typed

    @property
    def is_matrix(self) -> bool:
        """Whether it is shown as one."""
        return self.can_be_matrix and not self.as_list

    def missing(self) -> list[dict[str, str]]:
        """Combinations that could be variants and are not."""
        return missing(self.axes, [line.options for line in self.cells.lines])

    def read(self) -> None:
        """Show what the sheet says; where rows and columns stay, so do selection and keyboard."""
        if self.is_behind:
            return
        self.cells.read()
        options = [line.options for line in self.cells.lines]
        self.axes = axes_of(options, self.extra)
        self.can_be_matrix = len(self.axes) == 2 and is_whole(options, self.axes)
        shape = (self.is_matrix, {name: tuple(values) for name, values in self.axes.items()},
                 tuple(line.ref for line in self.cells.lines))  # fmt: skip
        if shape != self._shape:
            self.beginResetModel()
        names = list(self.axes)
        self._columns = [*(f"option:{name}" for name in names), *(name for name, _ in FIELDS), "note"]
        self._grid = {}
        if self.is_matrix:
            self._down, self._across = self.axes.values()
            self._grid = {(line.options[names[0]], line.options[names[1]]): line for line in self.cells.lines}
        if shape != self._shape:
            self._shape = shape
            self.endResetModel()
        else:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def line_at(self, index: _Index) -> VariantLine | None:
        """The variant of a cell; None for a combination that is none."""
        if not index.isValid():
            return None
        if not self.is_matrix:
            return self.cells.lines[index.row()]
        return self._grid.get(self._values(index))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Variants, or values of the first option."""
        if parent.isValid():
            return 0
        return len(self._down) if self.is_matrix else len(self.cells.lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Options and fields, or values of the second option."""
        if parent.isValid():
            return 0
        return len(self._across) if self.is_matrix else len(self.axes) + len(FIELDS) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Names of options and fields, or values."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if self.is_matrix:
            return (self._across if orientation is Qt.Orientation.Horizontal else self._down)[section]
        if orientation is Qt.Orientation.Vertical:
            return str(section + 1)
        return [*self.axes, *(label for _, label in FIELDS), ""][section]

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """All but removed variants can be edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        line = self.line_at(index)
        is_note = not self.is_matrix and index.column() == self.columnCount() - 1
        return flags if is_note or (line is not None and line.removed) else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, tone and sign of a cell."""
        line, cell = self.line_at(index), self._cell(index)
        if line is None:
            return self._data_of_gap(index, role)
        face = self._face(line, cell)
        if role == Qt.ItemDataRole.DisplayRole:
            return face.text
        if role == Qt.ItemDataRole.EditRole:
            return face.text if face.own else ""
        if role == Qt.ItemDataRole.ForegroundRole:
            tone = "faint" if line.removed else "err" if face.fault else "text" if face.own else "muted"
            return theme().color(tone)
        if role == Qt.ItemDataRole.FontRole:
            return _font(own=face.own and cell == "price", inherited=not face.own, removed=line.removed)
        if role == Qt.ItemDataRole.DecorationRole and face.fault:
            return icon("circle-alert", "err")
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{face.fault.message} {face.fault.hint}".strip() if face.fault else face.note
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = "removed" if line.removed else "" if face.own else "inherited"
            label = dict(FIELDS).get(cell, cell)
            return ", ".join(part for part in (line.words, label, face.text, state) if part)
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed; a combination that is no variant becomes one."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        self.is_behind = True
        QTimer.singleShot(0, self, self._catch_up)
        text, line, cell = str(value).strip(), self.line_at(index), self._cell(index)
        if line is None:
            if text:
                names = list(self.axes)
                down, across = self._values(index)
                self.cells.set(self.cells.add({names[0]: down, names[1]: across}), cell, text)
            return bool(text)
        if cell.startswith("option:"):
            name = cell.removeprefix("option:")
            if text and text != line.options.get(name):
                self.cells.set_options(line, {**line.options, name: text})
        elif text != (self._face(line, cell).text if self._face(line, cell).own else ""):
            self.cells.set(line.ref, cell, text)
        return True

    def _catch_up(self) -> None:
        self.is_behind = False
        self.caught_up.emit()

    def _values(self, index: _Index) -> tuple[str, str]:
        return self._down[index.row()], self._across[index.column()]

    def _cell(self, index: _Index) -> str:
        if self.is_matrix:
            return self.field
        return self._columns[index.column()]

    def _face(self, line: VariantLine, cell: str) -> CellFace:
        if cell.startswith("option:"):
            return CellFace(line.options.get(cell.removeprefix("option:"), ""))
        if cell == "note":
            return CellFace("Is removed when you save" if line.removed else "New" if line.is_new else "", own=False)
        return self.cells.face(line, cell)

    def _data_of_gap(self, index: _Index, role: int) -> Any:
        down, across = self._values(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return "–"
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme().color("faint")
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{down}, {across} is no variant yet: type a value to make it one"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{down}, {across}, no variant"
        return None


def _font(*, own: bool, inherited: bool, removed: bool) -> QFont:
    made = QFont(font("strong" if own else "body"))
    made.setItalic(inherited)
    made.setStrikeOut(removed)
    return made
