"""What every table draws its rows with: the ground they stand on, and words in one line or two."""

from functools import cache, lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from mmhub_desktop.gui.tables.declared_columns import LEFT, RIGHT
from mmhub_desktop.gui.theme import draw_icon, font, theme

PAD = 12
_EDGE, _ICON, _BEHIND_ICON = 16, 20, 50
_ALIGN = {align: int(align | Qt.TextFlag.TextSingleLine) for align in (LEFT, RIGHT)}  # joining them takes time


def paint_ground(painter: QPainter, rect: QRect, *, selected: bool, hovered: bool, first: bool = True) -> None:
    """What a row stands on: tinted when selected or under the mouse, a quiet line below; ``first`` cell of its row."""
    color = theme().color
    if selected:
        painter.fillRect(rect, color("accent_soft"))
    elif hovered:
        painter.fillRect(rect, color("sunken"))
    if selected and first:
        painter.fillRect(rect.left(), rect.top(), 3, rect.height(), color("accent"))
    painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, color("border"))


def write(
    painter: QPainter, rect: QRect, text: str, role: str, token: str, align: Qt.AlignmentFlag = LEFT
) -> None:  # fmt: skip
    """One line, elided, in a role of the type scale."""
    painter.setFont(font(role))
    painter.setPen(theme().color(token))
    painter.drawText(rect, _ALIGN[align], _elided(text, role, rect.width()))


def write_two_lines(
    painter: QPainter, rect: QRect, first: str, second: str, *, icon: str = "", tone: str = "muted"
) -> None:  # fmt: skip
    """A strong line and, in the colour of ``tone``, a quiet one below it; ``icon`` in front of both."""
    if icon:
        draw_icon(painter, QRect(rect.left() + _EDGE, rect.center().y() - _ICON // 2 + 1, _ICON, _ICON), icon)
    room, middle = rect.adjusted(_BEHIND_ICON if icon else _EDGE, 0, -PAD, 0), rect.height() // 2
    write(painter, room.adjusted(0, 10, 0, 1 - middle), first, "strong", "text")
    write(painter, room.adjusted(0, middle, 0, -10), second, "small", tone)


def width_of(text: str, role: str) -> int:
    """The pixels that ``write`` needs for it."""
    return _metrics(role).horizontalAdvance(text)


@lru_cache(maxsize=4_000)
def _elided(text: str, role: str, width: int) -> str:
    return _metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, width)


@cache
def _metrics(role: str) -> QFontMetrics:
    return QFontMetrics(font(role))
