"""The keys of undo and redo, for widgets that have an undo of their own before the window's."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence

UNDO, REDO = "Ctrl+Z", "Ctrl+Shift+Z; Ctrl+Y"
_KEYS = (UNDO, *REDO.split("; "))


def is_undo_key(event: QEvent) -> bool:
    """Whether a widget's event says that one of the keys was pressed."""
    return (
        event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        and isinstance(event, QKeyEvent)
        and _words(event) in _KEYS
    )


def take_undo_key(event: QEvent, undo: QAction, redo: QAction) -> bool:
    """Take such an event from the window's shortcuts, and act on it; always True."""
    event.accept()
    if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
        act = undo if _words(event) == UNDO else redo
        if act.isEnabled():
            act.trigger()
    return True


def _words(event: QKeyEvent) -> str:
    return QKeySequence(event.keyCombination()).toString()
