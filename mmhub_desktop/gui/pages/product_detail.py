"""One product beside the table: facts, images, words before and after, quality, listings and their log."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mmhub_desktop.domain.ids import AccountId, ProductId
from mmhub_desktop.domain.listing import Listing, SyncLogEntry
from mmhub_desktop.domain.marketplace import Account
from mmhub_desktop.domain.product import Product
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.errors import Finding
from mmhub_desktop.gui.background import asked
from mmhub_desktop.gui.pages.listing_part import ready_part
from mmhub_desktop.gui.pages.page import GuiContext
from mmhub_desktop.gui.pages.product_parts import (
    ImageStrip,
    facts_part,
    images_part,
    listings_part,
    log_part,
    quality_part,
    texts_part,
)
from mmhub_desktop.gui.thumbnails import ThumbnailCache
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Line
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label
from mmhub_desktop.gui.words import PRODUCT_STATUS


class ProductDetail(QFrame):
    """Shows one product; ``closed`` is emitted for Esc and the close button."""

    closed = Signal()

    def __init__(self, context: GuiContext, thumbnails: ThumbnailCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._thumbnails = thumbnails
        self.product_id: int = 0
        self._loading: asyncio.Task[Any] | None = None
        self.setProperty("surface", "panel")
        self.setAccessibleName("Product details")
        self.setMinimumWidth(340)
        self._title = Label("", "section")
        self._title.setWordWrap(True)
        self._sku = ElidedLabel("", "body", "muted")
        close = Button("", "x", "quiet").set_hint("Close details (Esc)")
        close.clicked.connect(self.closed)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._sku)
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 10, 12)
        head.addLayout(words, 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(Line())
        outer.addWidget(self._scroll, 1)

    def show_product(self, product_id: int) -> None:
        """Show another product, from the top."""
        if product_id != self.product_id:
            self.product_id = product_id
            self._scroll.verticalScrollBar().setValue(0)
        self.reload()

    def reload(self) -> None:
        """Read the product again."""
        if self._loading is not None:
            self._loading.cancel()
        self._loading = self._context.spawn(self._load(ProductId(self.product_id)), "Show the product")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def edit_listing(self, account_id: AccountId) -> None:
        """Open the product's form for an account."""
        self._context.spawn(self._edit_listing(account_id), "Edit the listing")

    async def _edit_listing(self, account_id: AccountId) -> None:
        from mmhub_desktop.gui.dialogs.attribute_form import AttributeForm

        form = AttributeForm(self._context, account_id, (ProductId(self.product_id),), parent=self.window())
        await asked(form)
        self.reload()

    async def _load(self, product_id: ProductId) -> None:
        workspace = self._context.workspace
        product = await workspace.products.get(product_id)
        if product is None:
            self.closed.emit()
            return
        listings = await workspace.listings.of_product(product_id)
        log = await workspace.listings.log_of(product_id)
        accounts = await workspace.accounts.all()
        known = await workspace.images.store.of(product.images)
        broken = [finding for image in known.values() if (finding := image.finding)]
        ready = await workspace.readiness.store.of_product(product_id)
        self._show(product, listings, log, accounts, broken, ready)

    def _show(
        self,
        product: Product,
        listings: Sequence[Listing],
        log: Sequence[SyncLogEntry],
        accounts: Sequence[Account],
        broken_images: Sequence[Finding],
        ready: Mapping[AccountId, tuple[ReadyState, tuple[Finding, ...]]],
    ) -> None:
        at = self._scroll.verticalScrollBar().value()
        self._title.setText(product.text.title)
        self._sku.setText(product.sku)
        content = QWidget()
        content.setProperty("clear", True)
        column = QVBoxLayout(content)
        column.setContentsMargins(20, 16, 16, 20)
        column.setSpacing(12)
        chips = QHBoxLayout()
        chips.setSpacing(8)
        wording = PRODUCT_STATUS[product.status]
        chips.addWidget(Chip(wording.word, wording.tone))
        if not product.active:
            chips.addWidget(Chip("Inactive", "neutral"))
        chips.addStretch(1)
        column.addLayout(chips)
        if product.images:
            column.addWidget(ImageStrip(product, self._thumbnails))
        column.addLayout(images_part(broken_images))
        column.addLayout(facts_part(product))
        for title, part in (
            ("Quality", quality_part(product)),
            ("Text", texts_part(product)),
            ("Ready for", ready_part(accounts, ready, self.edit_listing)),
            ("Listings", listings_part(listings, accounts)),
            ("Log", log_part(log, listings, accounts)),
        ):
            column.addSpacing(4)
            column.addWidget(Line())
            column.addWidget(Label(title, "section"))
            column.addLayout(part)
        column.addStretch(1)
        self._scroll.setWidget(content)
        self._scroll.verticalScrollBar().setValue(at)
