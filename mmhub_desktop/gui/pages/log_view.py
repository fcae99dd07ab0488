"""The log, newest line first: filtered by level, subject and words, and following what is written."""

import asyncio
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mmhub_desktop.gui.pages.call_list import mono
from mmhub_desktop.gui.pages.page import Spawn
from mmhub_desktop.gui.tables.line_delegate import LineDelegate
from mmhub_desktop.gui.tables.log import COLUMNS, LogModel, whole_line
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.plain_table import prepare_table
from mmhub_desktop.paths import log_folder
from mmhub_desktop.support.log_reading import LogFilter, LogPage, Place, read_newer, read_older

LEVELS = (("Everything", "debug"), ("Normal and worse", "info"), ("Warnings and worse", "warning"), ("Errors", "error"))
SUBJECTS = ("jobs", "http", "store", "import", "gui", "workspace", "webhooks", "credentials", "crash")
_FOLLOW_MS = 1_000
_TYPING_MS = 250
_ROW_HEIGHT = 32


class LogView(QWidget):
    """A tab of the activity page. Files are read in threads, a page at a time; nothing while it is not seen."""

    def __init__(self, spawn: Spawn, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spawn = spawn
        self._folder = log_folder()
        self._older: Place | None = None
        self._end: Place | None = None
        self._reading: asyncio.Task[Any] | None = None
        self.model = LogModel(self)
        self.model.more_wanted.connect(lambda: self._spawn(self._read_older(), "Read the log"))
        self.view = QTableView()
        self.level = QComboBox()
        self.subject = QComboBox()
        self.text = QLineEdit()
        self.whole = QPlainTextEdit()
        self.copy = Button("Copy", "copy", "quiet").set_hint("Copy the line")
        self._lay_out()
        self._typing = self._timer(_TYPING_MS, self.reload)
        self._typing.setSingleShot(True)
        self._follow = self._timer(_FOLLOW_MS, self._look_for_newer)
        self.text.textChanged.connect(lambda _: self._typing.start())
        self.level.currentIndexChanged.connect(lambda _: self.reload())
        self.subject.currentIndexChanged.connect(lambda _: self.reload())
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.whole.toPlainText()))

    def _timer(self, interval_ms: int, act: Any) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(act)
        return timer

    def _lay_out(self) -> None:
        for words, level in LEVELS:
            self.level.addItem(words, level)
        self.level.setAccessibleName("Level of the lines")
        self.subject.addItem("All subjects", "")
        for subject in SUBJECTS:
            self.subject.addItem(subject.capitalize(), subject)
        self.subject.setAccessibleName("Subject of the lines")
        self.text.setPlaceholderText("Find in the log")
        self.text.setAccessibleName("Find in the log")
        self.text.setClearButtonEnabled(True)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.level)
        bar.addWidget(self.subject)
        bar.addWidget(self.text, 1)
        self.whole.setReadOnly(True)
        self.whole.setFont(mono())
        self.whole.setAccessibleName("The whole line")
        self.whole.setFixedHeight(150)
        self.whole.hide()
        self.copy.hide()
        card = Card()
        card.body.setContentsMargins(1, 1, 1, 6)
        card.body.addWidget(self._prepare_view())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(bar)
        column.addWidget(card, 1)
        column.addWidget(self.whole)
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignRight)

    def _prepare_view(self) -> QTableView:
        view = self.view
        view.setModel(self.model)
        view.setItemDelegate(LineDelegate(view))
        view.setAccessibleName("Log lines")
        prepare_table(view, _ROW_HEIGHT, [column.width for column in COLUMNS])
        view.selectionModel().currentRowChanged.connect(lambda *_: self._show_whole())
        return view

    @property
    def wanted(self) -> LogFilter:
        """What the seller looks for."""
        return LogFilter(self.level.currentData(), self.subject.currentData(), self.text.text().strip())

    def showEvent(self, event: QShowEvent) -> None:
        """Read from the end, and follow."""
        super().showEvent(event)
        self.reload()
        self._follow.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is read while nobody looks."""
        super().hideEvent(event)
        self._follow.stop()

    def reload(self) -> None:
        """Read the end of the log again."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._spawn(self._reload(), "Read the log")

    async def _reload(self) -> None:
        wanted = self.wanted
        page = await asyncio.to_thread(read_older, self._folder, wanted)
        if wanted == self.wanted:
            self._older, self._end = page.older, page.end
            self.model.set_lines(page.lines, has_older=page.older is not None)
            self._show_whole()

    async def _read_older(self) -> None:
        wanted, before = self.wanted, self._older
        page: LogPage = await asyncio.to_thread(read_older, self._folder, wanted, before)
        if wanted == self.wanted and before == self._older:
            self._older = page.older
            self.model.add_older(page.lines, has_older=page.older is not None)

    def _look_for_newer(self) -> None:
        if self._reading is None or self._reading.done():
            self._reading = self._spawn(self._read_newer(), "Follow the log")

    async def _read_newer(self) -> None:
        wanted, after = self.wanted, self._end
        page = await asyncio.to_thread(read_newer, self._folder, wanted, after)
        if wanted == self.wanted and after == self._end:
            self._end = page.end
            self.model.add_newer(page.lines)

    def _show_whole(self) -> None:
        line = self.view.currentIndex().data(LogModel.LINE) if self.view.currentIndex().isValid() else None
        self.whole.setVisible(line is not None)
        self.copy.setVisible(line is not None)
        if line is not None:
            self.whole.setPlainText(whole_line(line))
