"""The product on one account: what would be shown there, where each value comes from, what is wrong, its listing."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy

from mmhub_desktop.actions.composing import Offer, Source
from mmhub_desktop.actions.product_editing import AccountSide
from mmhub_desktop.domain.ids import AccountId
from mmhub_desktop.domain.listing import ListingState
from mmhub_desktop.domain.readiness import ReadyState
from mmhub_desktop.errors import Finding
from mmhub_desktop.gui.dialogs.attribute_field import finding_line
from mmhub_desktop.gui.widgets.buttons import Button
from mmhub_desktop.gui.widgets.card import Card
from mmhub_desktop.gui.widgets.chip import Chip
from mmhub_desktop.gui.widgets.label import ElidedLabel, Label
from mmhub_desktop.gui.words import LISTING_STATE, READY_STATE, field_word, moment_text

Ready = Mapping[AccountId, tuple[ReadyState, tuple[Finding, ...]]]
_LABEL_WIDTH = 84
_ALWAYS = ("title", "price", "quantity")


class AccountCard(Card):
    """``edit`` opens the form with every field of the account's listing."""

    def __init__(self, side: AccountSide, offered: Offer, ready: Ready, edit: Callable[[AccountId], None]) -> None:
        super().__init__()
        state, findings = ready.get(side.account.id, (None, ()))
        self.body.addLayout(self._head(side, state, edit))
        self.body.addLayout(_values(offered))
        told = (*findings, *(each for each in side.listing.findings if each not in findings))
        for finding in told:
            field = f"{field_word(finding.field)}: " if finding.field else ""
            words = f"{field}{finding.message} {finding.fix}".strip()
            self.body.addWidget(finding_line(words, blocks=finding.blocks))

    def _head(self, side: AccountSide, state: ReadyState | None, edit: Callable[[AccountId], None]) -> QHBoxLayout:
        account, listing = side.account, side.listing
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(ElidedLabel(account.label, "section"), 1)
        there = listing.state is not ListingState.DRAFT
        if state is not None and not there:
            row.addWidget(Chip(READY_STATE[state].word, READY_STATE[state].tone))
        if there:
            wording = LISTING_STATE[listing.state]
            chip = Chip(wording.word, wording.tone)
            chip.setToolTip(f"Read back {moment_text(listing.live_at)}" if listing.live_at else "")
            row.addWidget(chip)
        if listing.url:
            link = Button("", "external-link", "quiet").set_hint(f"Open the listing on {account.label} in the browser")
            link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(listing.url)))
            row.addWidget(link)
        self.edit = Button("Edit", "pencil").set_hint(f"Edit every field of what is listed on {account.label}")
        self.edit.clicked.connect(lambda: edit(account.id))
        row.addWidget(self.edit)
        return row


def _values(offered: Offer) -> QGridLayout:
    """Title, price and stock, and whatever was set for the account alone."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 3)
    grid.setColumnStretch(2, 2)
    own = [name for name, source in offered.sources.items() if source.source is Source.OVERRIDE]
    for row, name in enumerate(dict.fromkeys((*_ALWAYS, *own))):
        source = offered.sources[name]
        label = Label({"quantity": "In stock"}.get(name) or field_word(name), "body", "muted")
        label.setFixedWidth(_LABEL_WIDTH)
        label.setWordWrap(True)
        grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_words(_value(offered, name), "body", "text"), row, 1, Qt.AlignmentFlag.AlignTop)
        tone = "accent" if source.source is Source.OVERRIDE else "muted"
        grid.addWidget(_words(source.words, "small", tone), row, 2, Qt.AlignmentFlag.AlignTop)
    return grid


def _value(offered: Offer, name: str) -> str:
    product = offered.product
    if name.startswith("attributes."):
        return product.attributes.get(name.removeprefix("attributes."), "")
    values = {
        "title": product.text.title, "description": product.text.description[:200],
        "price": str(product.price) if product.price else "none", "quantity": f"{product.quantity:,}",
        "brand": product.brand, "gtin": product.gtin, "condition": product.condition.value.capitalize(),
    }  # fmt: skip
    return values.get(name, "")


def _words(text: str, role: str, tone: str) -> Label:
    label = Label(text, role, tone)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
