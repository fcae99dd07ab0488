"""One step of a workflow as a card: icon, words, accounts as chips, conditions, what is wrong with it."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmhub_desktop.gui.theme import theme
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip_flow import ChipFlow
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import Label

RADIUS = 10
FINDING_ICONS = {"err": "circle-alert", "warn": "triangle-alert"}


@dataclass(frozen=True, slots=True)
class CardFace:
    """What a card shows. ``key`` is empty for the card at the top, which says what starts the workflow.

    ``number`` counts the steps from 1; ``lines`` are (icon, words), ``chips`` and ``findings`` (tone, words) pairs
    with the tone second and first; ``parents`` are the places of the cards above that a line leads from, None the top.
    """

    key: str
    icon: str
    title: str
    number: int = 0
    chips: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    indent: int = 0
    parents: tuple[int | None, ...] = ()

    @property
    def said(self) -> str:
        """All of it for a screen reader."""
        head = f"Step {self.number}: {self.title}" if self.number else self.title
        problems = [f"Problem: {words}" for _, words in self.findings]
        return ". ".join([head, *(words for _, words in self.lines), *problems])


class StepCard(QFrame):
    """Takes the keyboard; the arrow keys, Enter and the menu key are told to the list it stands in.

    ``dragged`` is emitted with the global position while the card is pulled, ``dropped`` at its end (False: given up).
    """

    came = Signal(str)  # it has the keyboard now
    opened = Signal(str)
    stepped = Signal(str, int)  # up (-1) or down (1)
    add_asked = Signal(str, QPoint)
    menu_asked = Signal(str, QPoint)
    dragged = Signal(str, QPoint)
    dropped = Signal(str, bool)

    def __init__(self, face: CardFace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = face
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pressed: QPoint | None = None
        self._pulled = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._inside = QWidget()
        self._column.addWidget(self._inside)
        self.show_face(face)

    def show_face(self, face: CardFace) -> None:
        """Draw another face of the same step."""
        self.face = face
        self.setAccessibleName(face.said)
        self._column.removeWidget(self._inside)
        self._inside.hide()
        self._inside.deleteLater()
        self._inside = self._build(face)
        self._column.addWidget(self._inside)
        self.update()

    def _build(self, face: CardFace) -> QWidget:
        inside = QWidget(self)
        row = QHBoxLayout(inside)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(12)
        side = QVBoxLayout()
        side.setContentsMargins(0, 8, 0, 0)
        side.addWidget(IconLabel(face.icon, "accent", 18))
        side.addStretch(1)
        row.addLayout(side)
        words = QVBoxLayout()
        words.setContentsMargins(0, 8, 0, 4)
        words.setSpacing(5)
        title = Label(f"{face.number}   {face.title}" if face.number else face.title, "strong")
        title.setWordWrap(True)
        words.addWidget(title)
        if face.chips:
            words.addWidget(ChipFlow(face.chips))
        for icon, said in face.lines:
            words.addLayout(_line(icon, "muted", said, "muted"))
        for tone, said in face.findings:
            words.addLayout(_line(FINDING_ICONS[tone], tone, said, tone))
        words.addStretch(1)
        row.addLayout(words, 1)
        name = f"step {face.number}" if face.number else "the start"
        if face.key:
            add = Button("", "plus", "quiet").set_hint(f"Add a step after or beside {name}")
            add.clicked.connect(lambda: self.add_asked.emit(face.key, add.mapToGlobal(add.rect().bottomLeft())))
            more = Button("", "ellipsis", "quiet").set_hint(f"What can be done with {name}")
            more.clicked.connect(lambda: self.menu_asked.emit(face.key, more.mapToGlobal(more.rect().bottomLeft())))
            for button in (add, more):
                row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        else:
            change = Button("", "pencil", "quiet").set_hint("Change what starts this workflow")
            change.clicked.connect(lambda: self.opened.emit(face.key))
            row.addWidget(change, 0, Qt.AlignmentFlag.AlignTop)
        return inside

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """The card's ground; its border is the accent while it has the keyboard, red when something blocks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        blocked = any(tone == "err" for tone, _ in self.face.findings)
        token, wide = ("accent", 2.0) if self.hasFocus() else ("err" if blocked else "border_strong", 1.0)
        painter.setPen(QPen(theme().color(token), wide))
        painter.setBrush(theme().color("surface" if self.face.key else "sunken"))
        half = wide / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), RADIUS, RADIUS)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """It is the current one now."""
        super().focusInEvent(event)
        self.came.emit(self.face.key)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Without the accent."""
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go to the neighbours, Enter opens, Esc gives up a drag."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self._pulled:
            self._end_pull(kept=False)
        elif event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.stepped.emit(self.face.key, -1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F2):
            self.opened.emit(self.face.key)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By mouse or by the menu key."""
        if self.face.key:
            self.menu_asked.emit(self.face.key, event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Perhaps a drag begins."""
        if event.button() == Qt.MouseButton.LeftButton and self.face.key:
            self._pressed = event.globalPosition().toPoint()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull the card."""
        spot = event.globalPosition().toPoint()
        if self._pressed is None:
            return
        far = (QPointF(spot) - QPointF(self._pressed)).manhattanLength()
        if self._pulled or far >= QApplication.startDragDistance():
            if not self._pulled:
                self._pulled = True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(self.face.key, spot)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Let the card go."""
        self._pressed = None
        if self._pulled:
            self._end_pull(kept=True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        self._pressed = None
        event.accept()
        self.opened.emit(self.face.key)

    def _end_pull(self, *, kept: bool) -> None:
        self._pressed, self._pulled = None, False
        self.unsetCursor()
        self.dropped.emit(self.face.key, kept)


def _line(icon: str, icon_tone: str, words: str, tone: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    row.addWidget(IconLabel(icon, icon_tone, 14), 0, Qt.AlignmentFlag.AlignTop)
    label = Label(words, "small", tone)
    label.setWordWrap(True)
    row.addWidget(label, 1, Qt.AlignmentFlag.AlignTop)
    return row
