"""A line to type in above a list: the arrows move in the list while the keyboard stays in the line."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget

_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class _Arrows(QObject):
    def __init__(self, line: QLineEdit, entries: QListWidget) -> None:
        super().__init__(line)
        self._entries = entries

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step, count = _STEPS.get(Qt.Key(event.key())), self._entries.count()
            if step is not None and count:
                self._entries.setCurrentRow((self._entries.currentRow() + step) % count)
                return True
        return super().eventFilter(watched, event)


def move_with_arrows(line: QLineEdit, entries: QListWidget) -> None:
    """Let Up and Down, pressed in ``line``, go through ``entries``, from the last to the first again."""
    line.installEventFilter(_Arrows(line, entries))
