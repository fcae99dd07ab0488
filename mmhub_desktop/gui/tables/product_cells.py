"""How the cells of the product table are painted. Each painter gets the cell's rectangle and the row."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.gui.theme import draw_icon, font, theme
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.chip import paint_chip
from mmhub_desktop.gui.widgets.progress import paint_progress
from mmhub_desktop.gui.words import PRODUCT_STATUS, READY_STATE, Wording, ago, listing_wording, number

ROW_HEIGHT = 56
THUMBNAIL = 40
PAD = 12

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class CellContext:
    """What painters need besides the row."""

    thumbnails: ThumbnailCache
    ratio: float


def _write(painter: QPainter, rect: QRect, text: str, role: str, token: str, align: Qt.AlignmentFlag = _LEFT) -> None:
    painter.setFont(font(role))
    painter.setPen(theme().color(token))
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, align | Qt.TextFlag.TextSingleLine, elided)


def _inner(rect: QRect) -> QRect:
    return rect.adjusted(PAD, 0, -PAD, 0)


def paint_product(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:
    """Thumbnail, title, and the SKU below it."""
    spot = QRect(rect.left() + 16, rect.top() + (rect.height() - THUMBNAIL) // 2, THUMBNAIL, THUMBNAIL)
    context.thumbnails.paint(painter, spot, row.image, row.image_base, row.title, context.ratio)
    words = QRect(spot.right() + 1 + PAD, rect.top(), rect.right() - spot.right() - 2 * PAD, rect.height())
    _write(painter, words.adjusted(0, 10, 0, -(rect.height() // 2) + 1), row.title, "strong", "text")
    _write(painter, words.adjusted(0, rect.height() // 2, 0, -10), row.sku, "small", "muted")


def paint_price(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:  # noqa: ARG001
    """The amount, with its currency small behind it; a dash when there is none."""
    room = _inner(rect)
    if row.price is None:
        _write(painter, room, "—", "body", "muted", _RIGHT)
        return
    _write(painter, room, row.price.currency, "small", "muted", _RIGHT)
    behind = painter.fontMetrics().horizontalAdvance(row.price.currency) + 5
    _write(painter, room.adjusted(0, 0, -behind, 0), f"{row.price.amount:,}", "number", "text", _RIGHT)


def paint_quantity(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:  # noqa: ARG001
    """The number in stock; none left is said in the warning colour."""
    _write(painter, _inner(rect), number(row.quantity), "number", "text" if row.quantity > 0 else "warn", _RIGHT)


def paint_status(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:  # noqa: ARG001
    """The product's status as a chip."""
    wording = PRODUCT_STATUS[row.status]
    paint_chip(painter, _inner(rect), wording.word, wording.tone)


def paint_quality(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:  # noqa: ARG001
    """A bar and the number."""
    room = _inner(rect)
    bar = QRect(room.left(), room.top(), min(64, max(0, room.width() - 34)), room.height())
    paint_progress(painter, bar, row.quality / 100, quality_tone(row.quality))
    _write(painter, room.adjusted(bar.width() + 10, 0, 0, 0), str(row.quality), "number", "muted")


def paint_listing(painter: QPainter, rect: QRect, state: str, context: CellContext) -> None:  # noqa: ARG001
    """The state on one account: icon and word, or a quiet dash where it is not listed."""
    room = _inner(rect)
    if not state:
        _write(painter, room, "—", "body", "faint")
        return
    _write_state(painter, room, listing_wording(state))


def paint_ready(painter: QPainter, rect: QRect, state: str, context: CellContext) -> None:  # noqa: ARG001
    """Whether it could be listed: icon and word, or a quiet dash where it was not checked yet."""
    if state:
        _write_state(painter, _inner(rect), READY_STATE[ReadyState(state)])
    else:
        _write(painter, _inner(rect), "—", "body", "faint")


def _write_state(painter: QPainter, room: QRect, wording: Wording) -> None:
    token = "accent_text" if wording.tone == "accent" else wording.tone
    draw_icon(painter, QRect(room.left(), room.top() + (room.height() - 16) // 2, 16, 16), wording.icon, token)
    _write(painter, room.adjusted(22, 0, 0, 0), wording.word, "body", token)


def paint_updated(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:  # noqa: ARG001
    """How long ago."""
    _write(painter, _inner(rect), ago(row.updated_at), "body", "muted")


def paint_loading(painter: QPainter, rect: QRect, first: bool) -> None:
    """A quiet bar where a row has not come yet."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("sunken"))
    if first:
        painter.drawRoundedRect(QRectF(rect.left() + 16, rect.top() + 8, THUMBNAIL, THUMBNAIL), 7, 7)
        painter.drawRoundedRect(QRectF(rect.left() + 68, rect.top() + 16, min(180, rect.width() - 80), 8), 4, 4)
        painter.drawRoundedRect(QRectF(rect.left() + 68, rect.top() + 33, min(90, rect.width() - 80), 8), 4, 4)
    else:
        painter.drawRoundedRect(QRectF(rect.left() + PAD, rect.center().y() - 4, rect.width() * 0.55, 8), 4, 4)
    painter.restore()


def quality_tone(score: int) -> str:
    """The colour token of a quality score."""
    return "ok" if score >= 75 else "accent" if score >= 50 else "warn"
