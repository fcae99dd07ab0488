"""The calls of a job as a timeline: one line each; a click on it shows what was sent and what came back."""

import json
from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from mmhub_desktop.domain.call import Call
from mmhub_desktop.gui import theme
from mmhub_desktop.gui.tables.jobs_words import response_time
from mmhub_desktop.gui.theme import font
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip import chip_width, paint_chip
from mmhub_desktop.gui.widgets.label import Label

LINE_HEIGHT = 32
_TIME_WIDTH, _TOOK_WIDTH, _GAP, _MARK = 66, 58, 8, 20


def mono(size: int = 12) -> QFont:
    """The system's monospace font."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    made.setPixelSize(size)
    return made


def outcome(call: Call) -> tuple[str, str]:
    """What came back in a word, and its tone: the status, or why there is none."""
    word = str(call.status) if call.status is not None else call.error or "No answer"
    if call.succeeded:
        return word, "ok"
    return word, "warn" if call.status == 429 or call.error in ("RateLimited", "Cancelled", "Offline") else "err"


def pretty(body: str) -> str:
    """JSON with line breaks; anything else as it is."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


class CallLine(QAbstractButton):
    """One call in a line: when, what, how it came out, how long it took. Pressed, its bodies are shown below."""

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.call = call
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        word, _ = outcome(call)
        self.setToolTip(f"{call.method} {call.path}")
        self.setAccessibleName(
            f"{call.method} {call.path}: {word} after {response_time(call.duration_ms)}. Show request and reply."
        )

    def sizeHint(self) -> QSize:
        """A line as wide as there is room."""
        return QSize(240, LINE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the line."""
        color = theme.theme().color
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.isChecked() or self.hasFocus():
            painter.setPen(color("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(color("sunken"))
            painter.drawRoundedRect(self.rect().adjusted(0, 1, -1, -1), 6, 6)
        room = self.rect().adjusted(4, 0, -6, 0)
        mark = "chevron-down" if self.isChecked() else "chevron-right"
        theme.icon(mark).paint(painter, QRect(room.left(), room.center().y() - 7, 14, 14))
        room.setLeft(room.left() + _MARK)
        side = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font("number"))
        painter.setPen(color("muted"))
        painter.drawText(room, side | Qt.AlignmentFlag.AlignLeft, f"{self.call.at.astimezone():%H:%M:%S}")
        painter.drawText(room, side | Qt.AlignmentFlag.AlignRight, response_time(self.call.duration_ms))
        word, tone = outcome(self.call)
        width = min(chip_width(word), 120)
        room.setRight(room.right() - _TOOK_WIDTH)
        paint_chip(painter, QRect(room.right() - width, room.top(), width, room.height()), word, tone)
        room.adjust(_TIME_WIDTH, 0, -width - _GAP, 0)
        painter.setPen(color("text"))
        painter.setFont(mono())
        words = f"{self.call.method} {self.call.path}"
        words = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, side | Qt.AlignmentFlag.AlignLeft, words)


class CallBodies(QWidget):
    """What was sent and what came back, each to be copied."""

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARK, 4, 0, 8)
        column.setSpacing(4)
        self.texts: list[QPlainTextEdit] = []
        for name, body in (("Request", call.request), ("Reply", call.reply)):
            row = QHBoxLayout()
            row.addWidget(Label(name if body else f"{name}: empty", "label", "muted"))
            row.addStretch(1)
            column.addLayout(row)
            if body:
                row.addWidget(self._copy_button(name, pretty(body)))
                column.addWidget(self._text(name, pretty(body)))

    def _copy_button(self, name: str, text: str) -> Button:
        button = Button("Copy", "copy", "quiet").set_hint(f"Copy the {name.lower()}")
        button.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        return button

    def _text(self, name: str, text: str) -> QPlainTextEdit:
        shown = QPlainTextEdit(text)
        shown.setReadOnly(True)
        shown.setFont(mono())
        shown.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        shown.setAccessibleName(name)
        lines = min(14, text.count("\n") + 2)
        shown.setFixedHeight(lines * QFontMetrics(mono()).lineSpacing() + 28)
        self.texts.append(shown)
        return shown


class CallList(QWidget):
    """The timeline. Calls that come later are added below; what is open stays open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Calls to the marketplace")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._shown: list[Call] = []
        self.lines: list[CallLine] = []

    def clear(self) -> None:
        """Show nothing."""
        self._shown, self.lines = [], []
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def show_calls(self, calls: Sequence[Call], step_label: Callable[[str], str]) -> None:
        """Show these calls, oldest first. ``step_label`` names an operation."""
        if list(calls[: len(self._shown)]) != self._shown:
            self.clear()
        if calls and not self._shown:
            self._column.addWidget(Label("Calls to the marketplace", "section"))
        for call in calls[len(self._shown) :]:
            before = self._shown[-1] if self._shown else None
            if before is None or (before.task_id, before.attempt) != (call.task_id, call.attempt):
                again = f", attempt {call.attempt}" if call.attempt > 1 else ""
                head = Label(f"{step_label(call.operation)}{again}", "label", "muted")
                head.setContentsMargins(0, 8, 0, 2)
                self._column.addWidget(head)
            self._add(call)
            self._shown.append(call)
        self.setVisible(bool(self._shown))

    def _add(self, call: Call) -> None:
        line = CallLine(call)
        self._column.addWidget(line)
        self.lines.append(line)
        bodies: list[CallBodies] = []

        def toggle(checked: bool) -> None:
            if checked and not bodies:  # made when first asked for: most calls are never opened
                bodies.append(CallBodies(call))
                self._column.insertWidget(self._column.indexOf(line) + 1, bodies[0])
            for each in bodies:
                each.setVisible(checked)

        line.toggled.connect(toggle)
