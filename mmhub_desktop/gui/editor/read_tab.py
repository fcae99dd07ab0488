"""A tab that shows what is read from the workspace when it is seen, and is read again when the product changes."""

import asyncio
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.gui.editor.sheet import EditedProduct
from mmhub_desktop.gui.pages.page import GuiContext


class ReadTab(QScrollArea):
    """A subclass reads and fills in ``fill``; what it shows meanwhile stays."""

    def __init__(self, sheet: EditedProduct, context: GuiContext, name: str) -> None:
        super().__init__()
        self.sheet = sheet
        self.context = context
        self._reading: asyncio.Task[Any] | None = None
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_content(self) -> None:
        """Read and show."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self.context.spawn(self._read(), f"Show {self.accessibleName().lower()}")

    def cell_changed(self, key: str) -> None:
        """Nothing that is edited shows here before it is saved."""

    def first_field(self) -> QWidget:
        """The tab itself: it is scrolled by keyboard."""
        return self

    async def fill(self, column: QVBoxLayout) -> None:
        """Read what is to be shown, and put it into ``column``."""
        raise NotImplementedError

    async def _read(self) -> None:
        content = QWidget()
        content.setProperty("clear", True)
        column = QVBoxLayout(content)
        column.setContentsMargins(2, 12, 12, 12)
        column.setSpacing(12)
        at = self.verticalScrollBar().value()
        try:
            await self.fill(column)
        except asyncio.CancelledError:
            content.deleteLater()
            raise
        column.addStretch(1)
        self.setWidget(content)
        self.verticalScrollBar().setValue(at)
