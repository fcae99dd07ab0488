"""The attributes of a product as rows: those it has, those a marketplace asks for, and an empty one to add with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from mmhub_desktop.actions.product_editing import AttributeHint
from mmhub_desktop.domain.attribute_kind import mismatch, read_attribute
from mmhub_desktop.domain.mapping import words_key
from mmhub_desktop.domain.product_cells import ATTRIBUTE
from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.theme import font, icon, theme

HEADS = ("Attribute", "Value", "Kind", "")
NAME, VALUE, KIND, NOTE = range(4)
MOST_ASKED = 15  # attributes that are asked for and missing, shown as empty rows
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """One line. ``hint``: what is known of such an attribute; ``is_there``: the product has it (or it is removed)."""

    name: str
    hint: AttributeHint | None = None
    is_there: bool = True


class AttributesModel(QAbstractTableModel):
    """Edits the sheet's cells. ``refused`` says why something that was typed was not taken."""

    refused = Signal(str)

    def __init__(self, sheet: EditedProduct, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self._hints: dict[str, AttributeHint] = {}
        self._begun: list[str] = []  # named, without a value yet
        self.rows: list[Row] = []
        self.is_behind = False  # rows are made anew as soon as Qt is through with what was typed

    def set_hints(self, hints: Sequence[AttributeHint]) -> None:
        """What is known of attributes that the product could have."""
        self._hints = {}
        for hint in hints:
            self._hints.setdefault(words_key(hint.name), hint)
        self.read()

    def forget_begun(self) -> None:
        """Another product is edited."""
        self._begun = []

    @property
    def names(self) -> list[str]:
        """Names to propose."""
        return [hint.name for hint in self._hints.values()]

    def values_for(self, row: int) -> tuple[str, ...]:
        """Values to propose."""
        hint = self.rows[row].hint if 0 <= row < len(self.rows) else None
        return hint.values if hint else ()

    def read(self) -> None:
        """Make the rows anew from the sheet; what is being edited stays open where the rows are the same."""
        keys = self._sheet.edits.keys(ATTRIBUTE)
        names = sorted((key.removeprefix(ATTRIBUTE) for key in keys), key=str.casefold)
        names = [name for name in names if self._value(name) or self._key(name) in self._sheet.edits]
        names += [name for name in self._begun if name not in names]
        present = {words_key(name) for name in names}
        rows = [Row(name, self._hints.get(words_key(name))) for name in names]
        asked = [hint for key, hint in self._hints.items() if hint.asked_by and key not in present]
        rows += [Row(hint.name, hint, is_there=False) for hint in asked[:MOST_ASKED]]
        rows.append(Row("", None, is_there=False))
        if self.is_behind:
            return
        if rows == self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(HEADS) - 1))
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def remove(self, rows: Sequence[int]) -> None:
        """Take attributes away."""
        names = [self.rows[row].name for row in rows if self.rows[row].is_there]
        for name in names:
            if name in self._begun:
                self._begun.remove(name)
            self._sheet.set(self._key(name), "")
        self.read()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Lines."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Name, value, kind, note."""
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Column heads."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Names and values can be edited; the empty line begins with a name."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        row = self.rows[index.row()]
        editable = {NAME: row.is_there or not row.name, VALUE: bool(row.name)}
        return flags | Qt.ItemFlag.ItemIsEditable if editable.get(index.column()) else flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, tone and icon of a cell."""
        row, column = self.rows[index.row()], index.column()
        fault = self._fault(row)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._words(row, column, fault, editing=role == Qt.ItemDataRole.EditRole)
        if role == Qt.ItemDataRole.ForegroundRole:
            quiet = column in (KIND, NOTE) or not row.is_there
            return theme().color("warn" if column == NOTE and fault else "muted" if quiet else "text")
        if role == Qt.ItemDataRole.DecorationRole and column == NOTE and fault:
            return icon("triangle-alert", "warn")
        if role == Qt.ItemDataRole.FontRole:
            return font("strong" if column == NAME and row.is_there else "body")
        if role == Qt.ItemDataRole.ToolTipRole and column in (VALUE, NOTE):
            return self._words(row, column, fault, editing=False)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = (row.name or "Add an attribute", self._value(row.name), self._words(row, NOTE, fault, editing=False))
            return ", ".join(part for part in said if part)
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        self.is_behind = True
        QTimer.singleShot(0, self, self._catch_up)
        row, text = self.rows[index.row()], " ".join(str(value).split())
        if index.column() == VALUE:
            if text == self._value(row.name):
                return False
            self._sheet.set(self._key(row.name), text)
            return True
        return text not in ("", row.name) and self._rename(row.name, text)

    def _rename(self, old: str, new: str) -> bool:
        others = {words_key(row.name): row.name for row in self.rows if row.is_there and row.name != old}
        if (same := others.get(words_key(new))) is not None:
            self.refused.emit(f"There is an attribute “{same}” already. Change its value, or choose another name.")
            return False
        value = self._value(old) if old else ""
        if old in self._begun:
            self._begun.remove(old)
        if old:
            self._sheet.set(self._key(old), "")
        if value:
            self._sheet.set(self._key(new), value)
        else:
            self._begun.append(new)
        return True

    def _catch_up(self) -> None:
        self.is_behind = False
        self.read()

    def _words(self, row: Row, column: int, fault: str, *, editing: bool) -> str:
        value = self._value(row.name) if row.name else ""
        if column == NAME:
            return row.name if row.name or editing else "Add an attribute…"
        if column == VALUE:
            return value
        if column == KIND:
            return read_attribute(value).words if value else ""
        if fault:
            return fault
        if row.is_there and not value and row.name not in self._begun:
            return "Is removed when you save"
        if row.hint is not None and row.hint.asked_by:
            return f"{'Required' if row.hint.required else 'Asked for'} by {row.hint.asked_by}"
        return ""

    def _fault(self, row: Row) -> str:
        hint = row.hint
        if hint is None or not hint.asked_by:
            return ""
        why = mismatch(self._value(row.name), hint.value_type, hint.units, hint.values)
        return f"{hint.asked_by} {why}" if why else ""

    def _key(self, name: str) -> str:
        return f"{ATTRIBUTE}{name}"

    def _value(self, name: str) -> str:
        return self._sheet.value(self._key(name)).strip()
