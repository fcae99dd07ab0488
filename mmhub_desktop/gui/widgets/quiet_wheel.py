"""The wheel scrolls the form; it does not change a choice or number that it happens to pass over."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class _QuietWheel(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def let_wheel_scroll(control: QWidget) -> None:
    """Leave the wheel to what is around ``control`` unless it has the focus."""
    control.installEventFilter(_QuietWheel(control))
