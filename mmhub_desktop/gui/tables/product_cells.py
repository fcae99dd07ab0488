"""How the cells of the product table are painted. Each painter gets the cell's rectangle and the row."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from mmhub_desktop.domain.money import Money
from mmhub_desktop.domain.product_row import ProductRow
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.gui.tables.declared_columns import LEFT, RIGHT
from mmhub_desktop.gui.tables.line_painting import PAD, width_of, write
from mmhub_desktop.gui.theme import draw_icon, font, theme
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.chip import paint_chip
from mmhub_desktop.gui.widgets.progress import paint_progress
from mmhub_desktop.gui.words import PRODUCT_STATUS, READY_STATE, Wording, ago, counted, listing_wording, number

ROW_HEIGHT = 56
THUMBNAIL = 40
ONE_LINE = 44  # rows lower than this have no second line and no picture
TALL = 80  # rows from here have a large picture, and the title may take two lines
INDENT = 24  # of variants below their parent, and the room of the arrow before it

_TOP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True, slots=True)
class CellContext:
    """What painters need besides the row. ``opened``: parents whose variants are shown; None where rows are flat."""

    thumbnails: ThumbnailCache
    ratio: float
    opened: Container[int] | None = field(default=None)


def _inner(rect: QRect) -> QRect:
    return rect.adjusted(PAD, 0, -PAD, 0)


def arrow_rect(rect: QRect, row: ProductRow, context: CellContext) -> QRect | None:
    """Where the arrow stands in a product's cell that shows and hides its variants; None where there is none."""
    if context.opened is None or row.family is None:
        return None
    return QRect(rect.left() + 8, rect.top() + (rect.height() - 18) // 2, 18, 18)


def paint_product(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:
    """Picture, title, and the SKU below it (behind it where rows are low); variants stand below their parents."""
    left = rect.left() + 16
    arrow = arrow_rect(rect, row, context)
    if arrow is not None and context.opened is not None:
        draw_icon(painter, arrow, "chevron-down" if row.id in context.opened else "chevron-right", "muted")
    if context.opened is not None:
        left += INDENT if row.parent_id is not None and row.parent_id in context.opened else 0
        left += INDENT - 8
    title_token = "muted" if "title" in row.inherited else "text"
    below = _below(row)
    if rect.height() < ONE_LINE:
        words = QRect(left, rect.top(), rect.right() - left - PAD, rect.height())
        write(painter, words, row.title, "strong", title_token)
        used = width_of(row.title, "strong") + 10
        if used + 40 < words.width():
            write(painter, words.adjusted(used, 0, 0, 0), below, "small", "muted")
        return
    side = THUMBNAIL if rect.height() < TALL else rect.height() - 16
    spot = QRect(left, rect.top() + (rect.height() - side) // 2, side, side)
    context.thumbnails.paint(painter, spot, row.image, row.image_base, row.title, context.ratio)
    words = QRect(spot.right() + 1 + PAD, rect.top(), rect.right() - spot.right() - 2 * PAD, rect.height())
    if rect.height() >= TALL:
        _paint_tall(painter, words, row.title, below, title_token)
        return
    write(painter, words.adjusted(0, 10, 0, -(rect.height() // 2) + 1), row.title, "strong", title_token)
    write(painter, words.adjusted(0, rect.height() // 2, 0, -10), below, "small", "muted")


def _paint_tall(painter: QPainter, words: QRect, title: str, below: str, token: str) -> None:
    """The title in at most two lines, and the SKU below."""
    painter.setFont(font("strong"))
    painter.setPen(theme().color(token))
    line = painter.fontMetrics().lineSpacing()
    elided = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, int(words.width() * 1.8))
    two = QRect(words.left(), words.top() + 14, words.width(), 2 * line)
    used = painter.drawText(two, int(_TOP | Qt.TextFlag.TextWordWrap), elided)
    write(
        painter, QRect(words.left(), min(used.bottom(), two.bottom()) + 5, words.width(), line), below, "small", "muted"
    )


def _below(row: ProductRow) -> str:
    """What the variant is, the SKU, how many variants there are."""
    parts = [", ".join(row.options.values())] if row.options else []
    parts.append(row.sku)
    if row.family is not None:
        parts.append(counted(row.family.variants, "variant"))
    return "  ·  ".join(parts)


def price_range(row: ProductRow) -> tuple[Money, Money] | None:
    """Lowest and highest price of a product's variants where they differ."""
    family = row.family
    if family is None or family.lowest is None or family.highest is None or family.lowest == family.highest:
        return None
    return family.lowest, family.highest


def paint_price(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:
    """The amount with its currency small behind it; in the tree a parent's is the range of its variants."""
    spread = price_range(row) if context.opened is not None else None
    if spread is not None:
        low, high = spread
        shorter = (f"from {low.amount:,}", f"{low.amount:,}+")
        _paint_amount(painter, rect, f"{low.amount:,} – {high.amount:,}", low.currency, "text", shorter)
        return
    paint_money(painter, rect, row.price, muted="price" in row.inherited)


def paint_cost(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:  # noqa: ARG001
    """What the seller pays for it."""
    paint_money(painter, rect, row.cost, muted="cost" in row.inherited)


def paint_money(painter: QPainter, rect: QRect, money: Money | None, *, muted: bool = False) -> None:
    """An amount, or a dash where there is none."""
    if money is None:
        write(painter, _inner(rect), "—", "body", "muted", RIGHT)
    else:
        _paint_amount(painter, rect, f"{money.amount:,}", money.currency, "muted" if muted else "text")


def _paint_amount(
    painter: QPainter, rect: QRect, amount: str, currency: str, token: str, shorter: Sequence[str] = ()
) -> None:  # fmt: skip
    """An amount with its currency; in its place the first of ``shorter`` that there is room for."""
    room = _inner(rect)
    write(painter, room, currency, "small", "muted", RIGHT)
    behind = width_of(currency, "small") + 5
    room = room.adjusted(0, 0, -behind, 0)
    fits = (each for each in (amount, *shorter) if width_of(each, "number") <= room.width())
    amount = next(fits, amount) if shorter else amount
    write(painter, room, amount, "number", token, RIGHT)


def shown_quantity(row: ProductRow, *, in_tree: bool) -> int:
    """The stock of a product; in the tree a parent's is that of its variants together."""
    return row.family.quantity if in_tree and row.family is not None else row.quantity


def paint_quantity(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:
    """The number in stock; none left is said in the warning colour."""
    quantity = shown_quantity(row, in_tree=context.opened is not None)
    write(painter, _inner(rect), number(quantity), "number", "text" if quantity > 0 else "warn", RIGHT)


def paint_status(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:  # noqa: ARG001
    """The product's status as a chip."""
    wording = PRODUCT_STATUS[row.status]
    paint_chip(painter, _inner(rect), wording.word, wording.tone)


def paint_quality(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:  # noqa: ARG001
    """A bar and the number."""
    room = _inner(rect)
    bar = QRect(room.left(), room.top(), min(64, max(0, room.width() - 34)), room.height())
    paint_progress(painter, bar, row.quality / 100, quality_tone(row.quality))
    write(painter, room.adjusted(bar.width() + 10, 0, 0, 0), str(row.quality), "number", "muted")


def paint_words(
    words: Callable[[ProductRow], str], name: str = "", *, right: bool = False, muted: bool = False
) -> Callable[[QPainter, QRect, ProductRow, CellContext], None]:  # fmt: skip
    """A painter of one line; what a variant inherits as field ``name`` is muted, nothing is a quiet dash."""

    def paint(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:  # noqa: ARG001
        text, align = words(row), RIGHT if right else LEFT
        if not text:
            write(painter, _inner(rect), "—", "body", "faint", align)
            return
        ink = "muted" if muted or (name and name in row.inherited) else "text"
        write(painter, _inner(rect), text, "number" if right else "body", ink, align)

    return paint


def paint_listing(painter: QPainter, rect: QRect, state: str, context: CellContext) -> None:  # noqa: ARG001
    """The state on one account: icon and word, or a quiet dash where it is not listed."""
    room = _inner(rect)
    if not state:
        write(painter, room, "—", "body", "faint")
        return
    _write_state(painter, room, listing_wording(state))


def paint_ready(painter: QPainter, rect: QRect, state: str, context: CellContext) -> None:  # noqa: ARG001
    """Whether it could be listed: icon and word, or a quiet dash where it was not checked yet."""
    if state:
        _write_state(painter, _inner(rect), READY_STATE[ReadyState(state)])
    else:
        write(painter, _inner(rect), "—", "body", "faint")


def _write_state(painter: QPainter, room: QRect, wording: Wording) -> None:
    token = "accent_text" if wording.tone == "accent" else wording.tone
    draw_icon(painter, QRect(room.left(), room.top() + (room.height() - 16) // 2, 16, 16), wording.icon, token)
    write(painter, room.adjusted(22, 0, 0, 0), wording.word, "body", token)


def paint_updated(painter: QPainter, rect: QRect, row: ProductRow, context: CellContext) -> None:  # noqa: ARG001
    """How long ago."""
    write(painter, _inner(rect), ago(row.updated_at), "body", "muted")


def paint_loading(painter: QPainter, rect: QRect, first: bool) -> None:
    """A quiet bar where a row has not come yet."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("sunken"))
    middle = rect.center().y()
    if first and rect.height() >= ONE_LINE:
        painter.drawRoundedRect(QRectF(rect.left() + 16, middle - 20, THUMBNAIL, THUMBNAIL), 7, 7)
        painter.drawRoundedRect(QRectF(rect.left() + 68, middle - 12, min(180, rect.width() - 80), 8), 4, 4)
        painter.drawRoundedRect(QRectF(rect.left() + 68, middle + 5, min(90, rect.width() - 80), 8), 4, 4)
    else:
        left = rect.left() + (16 if first else PAD)
        painter.drawRoundedRect(QRectF(left, middle - 4, rect.width() * 0.55, 8), 4, 4)
    painter.restore()


def quality_tone(score: int) -> str:
    """The colour token of a quality score."""
    return "ok" if score >= 75 else "accent" if score >= 50 else "warn"
