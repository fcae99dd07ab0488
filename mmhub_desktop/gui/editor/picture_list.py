"""The pictures of a product in a row, moved by mouse or keyboard; files and links are dropped on it."""

from typing import Protocol

from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QListWidget

from mmhub_desktop.catalog.links import is_link

SIDE = 112
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class PictureHolder(Protocol):
    """What holds the pictures, and changes them as the list asks."""

    def add(self, sources: list[str]) -> None:
        """Put links and files behind the others."""

    def put(self, place: int, to: int) -> None:
        """Move one to another place."""

    def shift(self, step: int) -> None:
        """Move the current one on by a place."""

    def remove(self) -> None:
        """Take the current one out of the list."""

    def edit(self) -> None:
        """Make a better copy of the current one."""


class PictureList(QListWidget):
    """Pictures in a row, moved with the mouse or with Ctrl and an arrow; takes files and links that are dropped."""

    def __init__(self, tab: PictureHolder) -> None:
        super().__init__()
        self._tab = tab
        self.setAccessibleName("Images in order")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(QSize(SIDE + 20, SIDE + 44))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Snap)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setMinimumHeight(2 * (SIDE + 48))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl with an arrow moves the picture, Delete removes it, Enter edits it."""
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if step and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._tab.shift(step)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._tab.remove()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tab.edit()
        else:
            super().keyPressEvent(event)

    def mimeTypes(self) -> list[str]:
        """Its own pictures, files, and links as text."""
        return [*super().mimeTypes(), "text/uri-list", "text/plain"]

    def dropEvent(self, event: QDropEvent) -> None:
        """What comes from elsewhere is added; its own is put in its new place."""
        if event.source() is not self:
            self._tab.add(dropped(event.mimeData()))
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            return
        place = self.indexAt(event.position().toPoint()).row()
        event.setDropAction(Qt.DropAction.IgnoreAction)  # the cell is changed, and the list is drawn from it
        event.accept()
        self._tab.put(self.currentRow(), place if place >= 0 else self.count() - 1)


def dropped(mime: QMimeData) -> list[str]:
    """The files and links of what was dropped or copied."""
    if mime.hasUrls():
        return [url.toLocalFile() if url.isLocalFile() else url.toString() for url in mime.urls()]
    return [line.strip() for line in mime.text().splitlines() if is_link(line.strip())]
