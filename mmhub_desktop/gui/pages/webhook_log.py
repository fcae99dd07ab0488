"""The messages of one webhook: a list, and beside it the request and every answer of the chosen one."""

import json
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from mmhub_desktop.domain.webhook import TEST_EVENT, Message, MessageState
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.pages.webhook_row import answer_words
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.label import ElidedLabel
from mmhub_desktop.gui.words import moment_text

_STATES = {
    MessageState.PENDING: ("Waiting", "info"),
    MessageState.DELIVERED: ("Delivered", "ok"),
    MessageState.FAILED: ("Given up", "err"),
    MessageState.DROPPED: ("Dropped", "muted"),
    MessageState.TEST: ("Being tested", "info"),
}
_HEADS = ("Event", "About", "When", "State", "Answer")
_STATE = _HEADS.index("State")
_WIDTHS = (210, 110, 140, 96, 0)


class WebhookLog(Card):
    """Newest first. ``redeliver_wanted`` carries a message's id."""

    redeliver_wanted = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Messages of the webhook")
        self._messages: list[Message] = []
        self.title = ElidedLabel("", "section")
        self.redeliver_button = Button("Redeliver", "rotate-cw")
        self.redeliver_button.clicked.connect(self._redeliver)
        close = Button("", "x", "quiet").set_hint("Close the log")
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.redeliver_button)
        head.addWidget(close)
        self.body.addLayout(head)
        self.table = self._make_table()
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName("Request and reply")
        self.detail.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.detail.setPlaceholderText("Choose a message to see what was sent and answered.")
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setSizes([260, 220])
        split.setChildrenCollapsible(False)
        self.body.addWidget(split, 1)
        self._choose()
        theme.theme().changed.connect(self._colour)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(_HEADS))
        table.setHorizontalHeaderLabels(list(_HEADS))
        table.setAccessibleName("Messages")
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setStyleSheet("QTableWidget::item { padding-left: 9px; }")  # as far in as the heads
        table.verticalHeader().hide()
        head = table.horizontalHeader()
        head.setFont(theme.font("label"))
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        for place, width in enumerate(_WIDTHS):
            if width:
                head.resizeSection(place, width)
            else:
                head.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
        table.itemSelectionChanged.connect(self._choose)
        return table

    def show_messages(self, url: str, messages: Sequence[Message]) -> None:
        """Show these; the chosen one stays chosen."""
        self.title.setText(f"Messages to {url}")
        if list(messages) == self._messages:
            return
        chosen = self.current()
        self._messages = list(messages)
        self.table.blockSignals(True)
        self.table.setRowCount(len(messages))
        for row, message in enumerate(messages):
            answer = answer_words(message.log[-1]) if message.log else "not sent yet"
            cells = (
                message.event_type,
                message.subject.replace(":", " "),
                moment_text(message.created_at),
                _STATES[message.state][0],
                answer,
            )
            for place, text in enumerate(cells):
                self.table.setItem(row, place, QTableWidgetItem(text))
        self._colour()
        rows = {message.id: row for row, message in enumerate(messages)}
        if chosen is not None and chosen.id in rows:
            self.table.selectRow(rows[chosen.id])
        elif messages:
            self.table.selectRow(0)
        self.table.blockSignals(False)
        self._choose()

    def _colour(self) -> None:
        """Each state in its tone, as the colours are now."""
        for row, message in enumerate(self._messages):
            item = self.table.item(row, _STATE)
            if item is not None:
                item.setForeground(theme.theme().color(_STATES[message.state][1]))

    def current(self) -> Message | None:
        """The chosen message."""
        rows = self.table.selectionModel().selectedRows()
        row = rows[0].row() if rows else -1
        return self._messages[row] if 0 <= row < len(self._messages) else None

    def _choose(self) -> None:
        message = self.current()
        can = message is not None and message.event_type != TEST_EVENT and message.state is not MessageState.PENDING
        self.redeliver_button.setEnabled(can)
        text = "" if message is None else request_words(message)
        if text != self.detail.toPlainText():
            self.detail.setPlainText(text)

    def _redeliver(self) -> None:
        message = self.current()
        if message is not None:
            self.redeliver_wanted.emit(message.id)


def request_words(message: Message) -> str:
    """The request as it is sent (its signature is made anew at each try), and every answer."""
    url = message.log[-1].url if message.log else ""
    lines = [f"POST {url}".strip(), "content-type: application/json", f"webhook-id: {message.event_id}", ""]
    lines.append(json.dumps(json.loads(message.payload), indent=2, ensure_ascii=False))
    for number, attempt in enumerate(message.log, 1):
        lines += ["", f"Try {number}, {attempt.at.astimezone():%d %b %Y, %H:%M:%S}: {answer_words(attempt)}"]
        lines += [text for text in (attempt.error if attempt.status else "", attempt.reply) if text]
    return "\n".join(lines)
