"""A table whose cells are edited in place: typing or Enter begins, Enter goes down, Tab goes on, Esc takes back."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QCompleter,
    QFrame,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mmhub_desktop.gui import theme

ROW_HEIGHT = 36
_PAD, _ICON = 12, 16
Propose = Callable[[QModelIndex | QPersistentModelIndex], Sequence[str]]


class CellsView(QTableView):
    """``removed`` asks to take the selected cells away (Del); ``propose`` gives words to choose from while typing."""

    removed = Signal()

    def __init__(self, name: str, model: QAbstractItemModel, propose: Propose | None = None) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName(name)
        self.setProperty("framed", True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)  # outside of a cell's editor Tab leaves the table
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.AnyKeyPressed | trigger.EditKeyPressed)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().setFont(theme.font("label"))
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setItemDelegate(_CellDelegate(self, propose))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter edits, Delete takes away, Esc is left to what is around."""
        key = event.key()
        editing = self.state() is QAbstractItemView.State.EditingState
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing and not event.modifiers():
            self.edit(self.currentIndex())
        elif key == Qt.Key.Key_Delete and not editing:
            self.removed.emit()
        elif key == Qt.Key.Key_Escape and not editing:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """After Enter the keyboard is on the cell below."""
        super().closeEditor(editor, hint)
        if hint is QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            below = self.currentIndex().siblingAtRow(self.currentIndex().row() + 1)
            if below.isValid():
                self.setCurrentIndex(below)


class _CellDelegate(QStyledItemDelegate):
    def __init__(self, parent: QWidget, propose: Propose | None) -> None:
        super().__init__(parent)
        self._propose = propose

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """A cell with room at its sides and a quiet line below; the style takes nearly three times as long."""
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.theme().color("accent_soft"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.theme().color("border"))
        room = rect.adjusted(_PAD, 0, -_PAD, -1)
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(icon, QIcon):
            icon.paint(painter, QRect(room.left(), room.center().y() - _ICON // 2, _ICON, _ICON))
            room.adjust(_ICON + 6, 0, 0, 0)
        if text := index.data(Qt.ItemDataRole.DisplayRole):
            painter.setFont(index.data(Qt.ItemDataRole.FontRole) or theme.font("body"))
            painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole) or theme.theme().color("text"))
            words = painter.fontMetrics().elidedText(str(text), Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """A line as high as the row, with proposals."""
        made = super().createEditor(parent, option, index)
        if isinstance(made, QLineEdit):
            made.setStyleSheet("QLineEdit { border-radius: 0; padding: 0 8px; min-height: 0; max-height: 999px; }")
            words = list(self._propose(index)) if self._propose is not None else []
            if words:
                completer = QCompleter(words, made)
                completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
                completer.setFilterMode(Qt.MatchFlag.MatchContains)
                completer.setMaxVisibleItems(10)
                made.setCompleter(completer)
        return made
