"""The parts of the product detail: each draws one thing about a product."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from mmhub_desktop.domain.listing import Listing, SyncLogEntry
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import Product, Text
from mmhub_desktop.domain.quality import rate
from mmhub_desktop.errors import Finding
from mmhub_desktop.gui.tables.product_cells import quality_tone
from mmhub_desktop.gui.theme import font, theme
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.icon import IconLabel
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label, Passage
from mmhub_desktop.gui.widgets.progress import ProgressLine
from mmhub_desktop.gui.words import LISTING_STATE, ago, moment_text, number

IMAGE = 84
LOG_SHOWN = 30
FIELD_WORDS = {"remote_id": "listing number", "quantity": "stock"}


class ImageStrip(QWidget):
    """The product's images in order, as many as there is room for; the rest is counted."""

    def __init__(self, product: Product, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._product, self._thumbnails = product, thumbnails
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{len(product.images)} images")
        thumbnails.arrived.connect(self.update)

    def sizeHint(self) -> QSize:
        """One row of images."""
        return QSize(IMAGE, IMAGE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the images."""
        painter = QPainter(self)
        images = self._product.images
        room = max(1, (self.width() + 8) // (IMAGE + 8))
        shown = images if len(images) <= room else images[: room - 1]
        for place, source in enumerate(shown):
            spot = QRect(place * (IMAGE + 8), 0, IMAGE, IMAGE)
            title = self._product.text.title
            self._thumbnails.paint(painter, spot, source, self._product.image_base, title, self.devicePixelRatioF())
        if len(shown) < len(images):
            spot = QRect(len(shown) * (IMAGE + 8), 0, IMAGE, IMAGE)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color("sunken"))
            painter.drawRoundedRect(spot, 7, 7)
            painter.setPen(theme().color("muted"))
            painter.setFont(font("section"))
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, f"+{len(images) - len(shown)}")


def facts_part(product: Product) -> QLayout:
    size = " × ".join(str(side) for side in product.size_mm) + " mm" if product.size_mm else ""
    facts = [
        ("Price", str(product.price) if product.price else "—"),
        ("Cost", str(product.cost) if product.cost else ""),
        ("In stock", number(product.quantity)),
        ("Brand", product.brand),
        ("Category", product.category),
        ("GTIN", product.gtin),
        ("Condition", product.condition.value.capitalize()),
        ("Weight", f"{number(product.weight_g)} g" if product.weight_g else ""),
        ("Size", size),
        ("Keywords", ", ".join(product.text.keywords)),
        ("Source", " ".join(part for part in (product.source, product.source_id) if part)),
        *sorted(product.attributes.items()),
        ("Updated", ago(product.updated_at)),
    ]
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(fact for fact in facts if fact[1]):
        label = ElidedLabel(name, "body", "muted")
        label.setFixedWidth(96)
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Passage(value), row, 1)
    return grid


def images_part(broken: Sequence[Finding]) -> QLayout:
    column = QVBoxLayout()
    column.setSpacing(8)
    for finding in broken:
        column.addWidget(_finding(finding))
        link = ElidedLabel(finding.value, "small", "muted")
        link.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(link)
    return column


def quality_part(product: Product) -> QLayout:
    quality = rate(product)
    column = QVBoxLayout()
    column.setSpacing(8)
    parts = (
        ("Total", quality.score, 100), ("Title", quality.title, 30), ("Description", quality.description, 30),
        ("Images", quality.images, 20), ("Attributes", quality.attributes, 20),
    )  # fmt: skip
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for row, (name, points, most) in enumerate(parts):
        role, tone = ("strong", "text") if row == 0 else ("body", "muted")
        label = Label(name, role, tone)
        label.setFixedWidth(96)
        line = ProgressLine()
        line.set_progress(points / most, quality_tone(100 * points // most))
        grid.addWidget(label, row, 0)
        grid.addWidget(line, row, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(Label(f"{points} of {most}", role, tone), row, 2, Qt.AlignmentFlag.AlignRight)
    column.addLayout(grid)
    for finding in quality.findings:
        column.addWidget(_finding(finding))
    return column


def texts_part(product: Product) -> QLayout:
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(_text_box("Original", product.original), 1)
    if product.optimized is not None:
        by = f"Enhanced by {product.optimized_by}" if product.optimized_by else "Enhanced"
        row.addWidget(_text_box(by, product.optimized), 1)
    return row


def _text_box(head: str, text: Text) -> QWidget:
    box = QFrame()
    box.setProperty("surface", "sunken")
    column = QVBoxLayout(box)
    column.setContentsMargins(12, 10, 12, 12)
    column.setSpacing(6)
    column.addWidget(ElidedLabel(head, "label", "muted"))
    column.addWidget(Passage(text.title, "strong"))
    column.addWidget(Passage(text.description or "No description"))
    if text.keywords:
        column.addWidget(Passage(", ".join(text.keywords), "small", "muted"))
    column.addStretch(1)
    return box


def listings_part(listings: Sequence[Listing], accounts: Sequence[Account]) -> QLayout:
    column = QVBoxLayout()
    column.setSpacing(10)
    labels = {account.id: account.label for account in accounts}
    if not listings:
        column.addWidget(Label("Not listed anywhere yet.", "body", "muted"))
    for listing in listings:
        row = QHBoxLayout()
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(ElidedLabel(labels.get(listing.account_id, "Removed account"), "strong"))
        if listing.remote_id:
            words.addWidget(Passage(listing.remote_id, "small", "muted"))
        row.addLayout(words, 1)
        wording = LISTING_STATE[listing.state]
        chip = Chip(wording.word, wording.tone)
        chip.setToolTip(f"Read back {moment_text(listing.live_at)}" if listing.live_at else "")
        row.addWidget(chip)
        if listing.url:
            link = Button("", "external-link", "quiet").set_hint("Open the listing in the browser")
            link.clicked.connect(lambda _=False, url=listing.url: QDesktopServices.openUrl(QUrl(url)))
            row.addWidget(link)
        column.addLayout(row)
        for finding in listing.findings:
            column.addWidget(_finding(finding))
    return column


def log_part(log: Sequence[SyncLogEntry], listings: Sequence[Listing], accounts: Sequence[Account]) -> QLayout:
    labels = {account.id: account.label for account in accounts}
    where = {listing.id: labels.get(listing.account_id, "") for listing in listings}
    column = QVBoxLayout()
    column.setSpacing(8)
    if not log:
        column.addWidget(Label("Nothing has been sent yet.", "body", "muted"))
    for entry in log[:LOG_SHOWN]:
        change = f"{entry.old} → {entry.new}" if entry.old else entry.new
        field = FIELD_WORDS.get(entry.field, entry.field)
        what = f"{entry.operation.capitalize()}, {field}: {change}" if field else entry.operation.capitalize()
        when = " · ".join(part for part in (moment_text(entry.at), where.get(entry.listing_id, "")) if part)
        both = QVBoxLayout()
        both.setSpacing(1)
        both.addWidget(Passage(what))
        both.addWidget(Label(when, "small", "muted"))
        column.addLayout(both)
    return column


def _finding(finding: Finding) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    name, tone = ("circle-alert", "err") if finding.blocks else ("info", "warn")
    line.addWidget(IconLabel(name, tone), 0, Qt.AlignmentFlag.AlignTop)
    words = Passage(f"{finding.message} {finding.fix}".strip())
    words.setToolTip(finding.original)
    line.addWidget(words, 1)
    return row
