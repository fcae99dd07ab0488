"""A condition as a pill: pressed it is edited, its cross or Delete takes it away."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from mmhub_desktop.gui.theme import draw_icon, font, theme

HEIGHT = 28
PAD = 11
CROSS = 14
WIDEST = 340


class FilterChip(QAbstractButton):
    """``clicked``: the seller wants to change it (Enter, Space, click). ``removed``: Delete, Backspace or the cross."""

    removed = Signal()

    def __init__(self, text: str, parent: QWidget | None = None, *, icon: str = "", fixed: bool = False) -> None:
        super().__init__(parent)
        self.setText(text)
        self._icon = icon
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"Filter: {text}")
        does = "Delete removes it" if fixed else "Enter changes it, Delete removes it"
        self.setAccessibleDescription(does)
        self.setToolTip(f"{text}\n{does}")
        theme().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The words, and the cross behind them."""
        words = QFontMetrics(font("label")).horizontalAdvance(self.text()) + 2
        icon = CROSS + 6 if self._icon else 0
        return QSize(min(WIDEST, PAD + icon + words + 6 + CROSS + PAD - 2), HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace remove, Enter changes, Left and Right go to the next chip."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.focusNextPrevChild(key == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """On the cross it is removed, elsewhere changed."""
        on_cross = self._cross().adjusted(-5, -7, 9, 7).contains(event.position().toPoint())
        if on_cross and event.button() == Qt.MouseButton.LeftButton:
            self.setDown(False)
            self.removed.emit()
        else:
            super().mouseReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the pill."""
        color = theme().color
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(color("accent") if marked else color("accent_soft"), 1.0))
        painter.setBrush(color("accent_soft"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), HEIGHT / 2, HEIGHT / 2)
        left = PAD
        if self._icon:
            draw_icon(painter, QRect(left, (HEIGHT - CROSS) // 2, CROSS, CROSS), self._icon, "accent_text")
            left += CROSS + 6
        painter.setPen(color("accent_text"))
        painter.setFont(font("label"))
        room = QRect(left, 0, self._cross().left() - 4 - left, HEIGHT)
        words = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        draw_icon(painter, self._cross(), "x", "accent_text")

    def _cross(self) -> QRect:
        return QRect(self.width() - PAD + 2 - CROSS, (HEIGHT - CROSS) // 2, CROSS, CROSS)
